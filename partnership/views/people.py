"""Pages about people: memberships, invitations, tokens, profile, appearance."""

import django_filters
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from partnership.access.declare import OpenToAll, SignedIn
from partnership.access.scope import visible
from partnership.actions import accounts
from partnership.forms.people import AppearanceForm, EmptyForm, InvitationForm, JoinForm, ProfileForm, TokenForm
from partnership.models import ApiToken, Membership, Organization, Role
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, Page, now

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


class PersonList(ListPage):
    permission = "partnership.manage_people"
    page_title = "People and invitations"
    lead = "Who holds which role in the organizations that you administer."
    source_name = "partnership:person-list"
    filterset = PersonFilter
    ordering = ("user__name", "pk")
    row_url_name = "partnership:membership-end"
    count_label = "memberships"
    columns = [
        Column("name", "Name", source="user__name", links=True),
        Column("email", "Address", source="user__email"),
        Column("organization", "Organization", source="organization__name"),
        Column("role", "Role", kind="choice", choices=dict(Role.choices)),
        Column("since", "Since", kind="moment"),
        Column("until", "Until", kind="moment"),
    ]

    def queryset(self):
        return Membership.objects.all()

    def actions(self):
        return [("Invite somebody", reverse("partnership:invitation-new"), True)]


class MembershipEnd(ConfirmPage):
    permission = "partnership.manage_people"
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
    page_title = "Invite somebody"
    lead = "A link goes to the address; it works once and for 14 days."
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
        return {"email": self.invitation.email, "initial": {"name": self.invitation.name}}

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


class TokenList(FormPage):
    permission = OWN
    page_title = "API tokens"
    lead = "A token lets one of your systems act for you, with what you may see and nothing more. It is shown once."
    template_name = "partnership/token_list.html"
    form_class = TokenForm
    submit_label = "Make a token"

    def context(self, **more):
        return super().context(
            tokens=ApiToken.objects.filter(user=self.request.user).order_by("-created_at"), now=now(), **more
        )

    def act(self, form):
        made, token = accounts.make_token(user=self.request.user, at=now(), **form.cleaned_data)
        messages.success(self.request, f"Your token, shown this once: {token}")
        return made

    def success_url(self, made):
        return reverse("partnership:token-list")


class TokenRevoke(FormPage):
    permission = OWN
    page_title = "Revoke a token"
    form_class = EmptyForm
    submit_label = "Revoke"

    def prepare(self):
        self.token = ApiToken.objects.filter(
            user=self.request.user, pk=self.kwargs["pk"], revoked_at__isnull=True
        ).first()
        if self.token is None:
            raise Http404
        self.lead = f"Systems that use the token “{self.token.name}” are refused from the next call on."

    def get_breadcrumbs(self):
        return [("API tokens", reverse("partnership:token-list")), ("Revoke", None)]

    def act(self, form):
        return accounts.revoke_token(token=self.token, by=self.request.user, at=now())

    def success_url(self, made):
        return reverse("partnership:token-list")


class Profile(FormPage):
    permission = OWN
    page_title = "Your profile"
    form_class = ProfileForm
    success_message = "Saved."

    def form_kwargs(self):
        return {"initial": {"name": self.request.user.name, "time_zone": self.request.user.time_zone}}

    def act(self, form):
        person = self.request.user
        person.name, person.time_zone = form.cleaned_data["name"], form.cleaned_data["time_zone"]
        person.save(update_fields=["name", "time_zone"])
        return person

    def success_url(self, made):
        return reverse("partnership:profile")


class Appearance(FormPage):
    permission = OpenToAll("How pages look is a matter of the browser, kept in a cookie.")
    page_title = "Appearance"
    form_class = AppearanceForm

    def form_kwargs(self):
        return {"initial": {"theme": self.request.COOKIES.get("theme", "auto")}}

    def post(self, request, **kwargs):
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.show(status=422, form=form, submit_label=self.submit_label)
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        answer = redirect(back if safe else reverse("appearance"))
        answer.set_cookie("theme", form.cleaned_data["theme"], max_age=31536000, httponly=True, samesite="Lax",
                          secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
        return answer


class Gallery(Page):
    permission = OpenToAll("The components, with invented words.")
    page_title = "Components"
    lead = "Every part that pages are made of, in its states."
    template_name = "gallery.html"

    def get(self, request, **kwargs):
        return self.show(form=TokenForm({"name": "", "days": 0}), chips=[("Sector: Energy", "?")])
