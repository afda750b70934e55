"""Pages about people: memberships, invitations, profile, appearance."""

import django_filters
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from partnership.access.decide import can
from partnership.access.declare import OpenToAll, SignedIn
from partnership.access.scope import visible
from partnership.actions import accounts
from partnership.forms.organizations import ReasonForm
from partnership.forms.people import (
    AppearanceForm,
    EmptyForm,
    InvitationForm,
    JoinForm,
    ProfileForm,
    TokenForm,
)
from partnership.models import Invitation, Membership, Organization, Role, User
from partnership.tables import Column
from partnership.web.context import theme_cookie
from partnership.web.pages import ConfirmPage, FormPage, ListPage, Page, RecordPage, now

PEOPLE = "partnership:person-list"
OWN = SignedIn("It concerns the person alone.")


class PersonFilter(django_filters.FilterSet):
    text = django_filters.CharFilter(label="Name or address contains", method="by_text")
    role = django_filters.ChoiceFilter(choices=Role.choices)

    class Meta:
        model = Membership
        fields = ["text", "role"]

    def by_text(self, queryset, name, value):
        return queryset.filter(Q(user__name__icontains=value) | Q(user__email__icontains=value))


class InvitationFilter(django_filters.FilterSet):
    text = django_filters.CharFilter(label="Name or address contains", method="by_text")
    role = django_filters.ChoiceFilter(choices=Role.choices)
    is_open = django_filters.BooleanFilter(label="Still open", method="by_open")

    class Meta:
        model = Invitation
        fields = ["text", "role"]

    def by_text(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(email__icontains=value))

    def by_open(self, queryset, name, value):
        is_open = Q(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now())
        return queryset.filter(is_open) if value else queryset.exclude(is_open)


class PersonList(ListPage):
    permission = "partnership.manage_people"
    page_title = "People and invitations"
    lead = "Who holds which role in the organizations that you administer."
    source_name = "partnership:person-list"
    filterset = PersonFilter
    ordering = ("user__name", "pk")
    row_url_name = "partnership:membership-detail"
    count_label = "memberships"
    columns = [
        Column("name", "Name", source="user__name", links=True),
        Column("email", "Address", source="user__email"),
        Column("organization", "Organization", source="organization__name"),
        Column("role", "Role", kind="choice", choices=dict(Role.choices)),
        Column("since", "Since", kind="moment", brief=True),
        Column("until", "Until", kind="moment", brief=True),
    ]

    def queryset(self):
        return Membership.objects.all()

    def actions(self):
        return [("Invite somebody", reverse("partnership:invitation-new"), True),
                ("Invitations", reverse("partnership:invitation-list"), False)]  # fmt: skip


class MembershipDetail(RecordPage):
    permission = "partnership.manage_people"
    model = Membership
    template_name = "partnership/membership_detail.html"

    def queryset(self):
        return Membership.objects.select_related("user", "organization", "granted_by", "ended_by")

    def get_breadcrumbs(self):
        return [("People", reverse(PEOPLE)), (self.object.user.name, None)]

    def extra(self):
        others = visible(self.actor, self.permission, Membership.objects.in_force(now()))
        return {"page_title": self.object.user.name, "actions": self.buttons(), "is_over": not self.is_running,
                "others": others.filter(user=self.object.user_id).exclude(pk=self.object.pk)
                .select_related("organization").order_by("organization__name")}  # fmt: skip

    @property
    def is_running(self):
        return self.object.until is None or self.object.until > now()

    def buttons(self):
        found = []
        if self.is_running:
            found.append(
                ("End this membership", reverse("partnership:membership-end", kwargs={"pk": self.object.pk}), False)
            )
        if self.object.user.is_active and can(self.actor, "partnership.deactivate_person", self.object.user):
            url = reverse("partnership:person-deactivate", kwargs={"pk": self.object.user_id})
            found.append(("Close the account", url, False))
        return found


class PersonDeactivate(ConfirmPage):
    permission = "partnership.deactivate_person"
    fresh = True
    page_title = "Close an account"
    model = User
    form_class = ReasonForm
    submit_label = "Close the account"
    is_dangerous = True

    def get_breadcrumbs(self):
        return [("People", reverse(PEOPLE)), (self.object.name, None)]

    def get_consequences(self):
        return [f"{self.object.name} is out at the next request, on pages and through the API; all sessions end.",
                "What the person did stays in the trail."]  # fmt: skip

    def act(self, form):
        return accounts.deactivate(user=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class MembershipEnd(ConfirmPage):
    permission = "partnership.manage_people"
    fresh = True
    page_title = "End a membership"
    model = Membership
    form_class = EmptyForm
    submit_label = "End the membership"
    is_dangerous = True

    def queryset(self):
        return Membership.objects.select_related("user", "organization")

    def get_breadcrumbs(self):
        return [("People", reverse(PEOPLE)), (self.object.user.name, None)]

    def get_consequences(self):
        held = self.object
        return [f"{held.user.name} is no longer {held.get_role_display().lower()} of {held.organization.name}, from the next request on.",
                "What the person did stays in the trail."]  # fmt: skip

    def act(self, form):
        return accounts.end_membership(membership=self.object, by=self.request.user, at=now())


class InvitationNew(FormPage):
    permission = "partnership.invite_person"
    fresh = True
    page_title = "Invite somebody"
    lead = f"A link goes to the address; it works once and for {settings.PORTAL_INVITATION_DAYS} days."
    form_class = InvitationForm
    submit_label = "Send the invitation"

    def get_breadcrumbs(self):
        return [("People", reverse(PEOPLE)), ("Invite", None)]

    def form_kwargs(self):
        return {"organizations": visible(self.actor, self.permission, Organization.objects.order_by("name"))}

    def act(self, form):
        page = reverse("partnership:invitation-accept", kwargs={"token": "TOKEN"})
        link = self.request.build_absolute_uri(page)
        made, token = accounts.invite(by=self.request.user, at=now(), link=link, **form.cleaned_data)
        messages.success(self.request, f"Invited. The link, shown this once: {link.replace('TOKEN', token)}")
        return made

    def success_url(self, made):
        return reverse(PEOPLE)


class InvitationList(ListPage):
    permission = "partnership.manage_invitation"
    page_title = "Invitations"
    lead = "Open ones can be withdrawn; the link stops working at once."
    source_name = "partnership:invitation-list"
    filterset = InvitationFilter
    ordering = ("-invited_at", "pk")
    row_url_name = "partnership:invitation-withdraw"
    count_label = "invitations"
    empty = ("Nobody is invited", "Invitations to your organizations appear here.")
    columns = [
        Column("email", "Address", links=True),
        Column("name", "Name"),
        Column("organization", "Organization", source="organization__name"),
        Column("role", "Role", kind="choice", choices=dict(Role.choices)),
        Column("invited_at", "Sent", kind="moment", brief=True),
        Column("expires_at", "Open until", kind="moment", brief=True),
        Column("accepted_at", "Accepted", kind="moment", brief=True),
        Column("withdrawn_at", "Withdrawn", kind="moment", brief=True),
    ]

    def queryset(self):
        return Invitation.objects.all()

    def actions(self):
        return [("Invite somebody", reverse("partnership:invitation-new"), True)]


class InvitationWithdraw(ConfirmPage):
    permission = "partnership.manage_invitation"
    page_title = "Withdraw an invitation"
    model = Invitation
    form_class = EmptyForm
    submit_label = "Withdraw it"

    def queryset(self):
        return Invitation.objects.select_related("organization")

    def get_breadcrumbs(self):
        return [
            ("People", reverse(PEOPLE)),
            ("Invitations", reverse("partnership:invitation-list")),
            (self.object.email, None),
        ]

    def get_consequences(self):
        if self.object.is_open(now()):
            return [f"The link that {self.object.email} received does not work any more."]
        return ["It is not open any more; nothing is left to withdraw."]

    def act(self, form):
        return accounts.withdraw(invitation=self.object, by=self.request.user, at=now())


class InvitationAccept(FormPage):
    permission = OpenToAll("Who is invited has no account yet; the link is the key.")
    page_title = "Join the partnership"
    form_class = JoinForm
    submit_label = "Join"

    def prepare(self):
        self.invitation = accounts.find_invitation(self.kwargs["token"], now())
        if self.invitation is None:
            raise Http404
        role = self.invitation.get_role_display().lower()
        self.lead = f"You are invited into {self.invitation.organization.name} as {role}."

    def form_kwargs(self):
        return {
            "email": self.invitation.email,
            "organization": self.invitation.organization.name,
            "initial": {"name": self.invitation.name},
        }

    def make_form(self, data=None, files=None):
        if self.actor.is_known:
            return EmptyForm(data)
        return super().make_form(data, files)

    def act(self, form):
        if self.actor.is_known:
            return accounts.accept_as(token=self.kwargs["token"], user=self.request.user, at=now())
        return accounts.accept(token=self.kwargs["token"], at=now(), **form.cleaned_data)

    success_message = "Welcome. Sign in with your address and password."

    def success_url(self, made):
        return reverse("home")


class Profile(FormPage):
    permission = OWN
    page_title = "Your profile"
    form_class = ProfileForm
    success_message = "Saved."

    def form_kwargs(self):
        return {"initial": {"name": self.request.user.name, "time_zone": self.request.user.time_zone}}

    def act(self, form):
        return accounts.change_profile(person=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse("partnership:profile")


class Appearance(FormPage):
    permission = OpenToAll("How pages look is a matter of the browser, kept in a cookie.")
    page_title = "Appearance"
    form_class = AppearanceForm

    def form_kwargs(self):
        return {"initial": {"theme": self.request.COOKIES.get(theme_cookie(), "auto")}}

    def post(self, request, **kwargs):
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.show(status=422, form=form, submit_label=self.submit_label)
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        answer = redirect(back if safe else reverse("appearance"))
        answer.set_cookie(theme_cookie(), form.cleaned_data["theme"], max_age=31536000, httponly=True, samesite="Lax",
                          secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
        return answer


class Gallery(Page):
    permission = OpenToAll("The components, with invented words.")
    page_title = "Components"
    lead = "Every part that pages are made of, in its states."
    template_name = "gallery.html"

    def get(self, request, **kwargs):
        return self.show(form=TokenForm({"name": "", "days": 0}), chips=[("Sector: Energy", "?")])
