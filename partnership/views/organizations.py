"""Pages of the directory: list, record, profile, vetting, offices, contact log."""

import django_filters
from django.db.models import Prefetch, Q
from django.http import Http404
from django.urls import reverse

from partnership.access.decide import can
from partnership.access.scope import get_or_404, visible
from partnership.actions import offices, organizations
from partnership.forms.organizations import (
    ChannelForm,
    ContactForm,
    IdentifierForm,
    OfficeForm,
    OfficerForm,
    OrganizationForm,
    ReasonForm,
    VettingForm,
)
from partnership.forms.people import EmptyForm
from partnership.models import (
    Channel,
    ContactEntry,
    LiaisonOffice,
    Membership,
    OfficeAssignment,
    Organization,
    OrganizationIdentifier,
    Sector,
    User,
)
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordFormPage, RecordPage, now

DIRECTORY = "partnership:organization-list"
VETTING_TONES = {"vetted": "good", "refused": "bad", "expired": "warn", "waiting": "info", "applicant": "info"}


class OrganizationFilter(django_filters.FilterSet):
    text = django_filters.CharFilter(label="Name contains", method="by_text")
    kind = django_filters.MultipleChoiceFilter(choices=Organization.Kind.choices)
    sectors = django_filters.ModelChoiceFilter(label="Sector", queryset=Sector.objects.order_by("position"))
    country = django_filters.CharFilter(lookup_expr="iexact", max_length=2)
    vetting = django_filters.ChoiceFilter(choices=Organization.Vetting.choices)

    class Meta:
        model = Organization
        fields = ["text", "kind", "sectors", "country", "vetting"]

    def by_text(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(short_name__icontains=value))


class OrganizationList(ListPage):
    permission = "partnership.view_organization"
    page_title = "Organizations"
    lead = "Everybody in the partnership, and how far each is vetted."
    source_name = "partnership:organization-list"
    filterset = OrganizationFilter
    ordering = ("name", "pk")
    row_url_name = "partnership:organization-detail"
    count_label = "organizations"
    columns = [
        Column("name", "Name", links=True),
        Column("kind", "Kind", kind="choice", choices=dict(Organization.Kind.choices)),
        Column("country", "Country"),
        Column("size", "Size", kind="choice", choices=dict(Organization.Size.choices)),
        Column("parent", "Group", source="parent__name"),
        Column("vetting", "Vetting", kind="choice", choices=dict(Organization.Vetting.choices), tone=VETTING_TONES),
        Column("tier", "Tier", kind="number"),
    ]

    def queryset(self):
        return Organization.objects.all()

    def actions(self):
        if can(self.actor, "partnership.create_organization"):
            return [("Enter an organization", reverse("partnership:organization-new"), True)]
        return []


class OrganizationDetail(RecordPage):
    permission = "partnership.view_organization"
    model = Organization
    template_name = "partnership/organization_detail.html"

    def get_breadcrumbs(self):
        return [("Organizations", reverse(DIRECTORY)), (self.object.name, None)]

    def timeline(self):
        return super().timeline() if self.sees_contacts else []

    def extra(self):
        pk = self.object.pk
        found = {"page_title": self.object.name, "sectors": self.object.sectors.order_by("position")}
        if self.sees_contacts:
            serving = (
                OfficeAssignment.objects.in_force(now()).select_related("user").order_by("is_deputy", "user__name")
            )
            found["offices"] = self.object.offices.prefetch_related(
                "channels", Prefetch("assignments", serving, to_attr="serving")).order_by("name")  # fmt: skip
            found["people"] = (
                Membership.objects.in_force().filter(organization_id=pk).select_related("user").order_by("user__name")
            )
        talks = visible(self.actor, "partnership.view_contact_entry", ContactEntry.objects.filter(
            Q(partner=self.object) | Q(office__organization=self.object)))  # fmt: skip
        found["contacts"] = talks.select_related("partner", "office__organization").order_by("-held_on", "pk")[:20]
        found["actions"] = self.buttons()
        found["sees_contacts"] = self.sees_contacts
        found["may_change"] = can(self.actor, "partnership.change_organization", self.object)
        return found

    @property
    def sees_contacts(self):
        if not hasattr(self, "_sees"):
            self._sees = can(self.actor, "partnership.view_organization_contacts", self.object)
        return self._sees

    def buttons(self):
        pk, found = self.object.pk, []
        if can(self.actor, "partnership.change_organization", self.object):
            found.append(("Edit the profile", reverse("partnership:organization-edit", kwargs={"pk": pk}), False))
            found.append(("Enter a number", reverse("partnership:identifier-new", kwargs={"pk": pk}), False))
            found.append(("Open an office", reverse("partnership:office-new", kwargs={"pk": pk}), False))
        if can(self.actor, "partnership.vet_organization", self.object):
            found.append(("Decide on vetting", reverse("partnership:organization-vet", kwargs={"pk": pk}), True))
            found.append(("Suspend or resume", reverse("partnership:organization-suspend", kwargs={"pk": pk}), False))
        return found


class OrganizationNew(FormPage):
    permission = "partnership.create_organization"
    page_title = "Enter an organization"
    form_class = OrganizationForm

    def form_kwargs(self):
        return {"known": known_to(self.actor)}

    def get_breadcrumbs(self):
        return [("Organizations", reverse(DIRECTORY)), ("New", None)]

    def act(self, form):
        values = dict(form.cleaned_data)
        return organizations.create(columns=values, sectors=values.pop("sectors"), by=self.request.user, at=now())

    def success_url(self, made):
        return reverse("partnership:organization-detail", kwargs={"pk": made.pk})


def known_to(actor, key=None):
    """The organizations that somebody may see, and the one that stands in the form already."""
    seen = visible(actor, "partnership.view_organization", Organization.objects.all())
    return Organization.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk=key))


class OfOrganization(RecordFormPage):
    """A form about one organization."""

    model = Organization

    def get_breadcrumbs(self):
        url = reverse("partnership:organization-detail", kwargs={"pk": self.object.pk})
        return [("Organizations", reverse(DIRECTORY)), (self.object.name, url), (self.page_title, None)]


class OrganizationEdit(OfOrganization):
    permission = "partnership.change_organization"
    page_title = "Edit the profile"
    form_class = OrganizationForm

    def form_kwargs(self):
        own = Organization.objects.get(pk=self.object.pk)
        return {"instance": own, "known": known_to(self.actor, own.parent_id)}

    def act(self, form):
        values = dict(form.cleaned_data)
        return organizations.change(organization=self.object, columns=values, sectors=values.pop("sectors"),
                                    by=self.request.user, at=now())  # fmt: skip


class OrganizationVet(OfOrganization):
    permission = "partnership.vet_organization"
    page_title = "Decide on vetting"
    form_class = VettingForm

    def form_kwargs(self):
        return {
            "initial": {"decision": self.object.vetting, "tier": self.object.tier, "revet_on": self.object.revet_on}
        }

    def act(self, form):
        return organizations.vet(organization=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class OrganizationSuspend(OfOrganization, ConfirmPage):
    permission = "partnership.vet_organization"
    form_class = ReasonForm
    is_dangerous = True

    @property
    def page_title(self):
        return "Lift the suspension" if self.object.suspended_at else "Suspend"

    submit_label = "Do it"

    def get_consequences(self):
        if self.object.suspended_at:
            return [f"The members of {self.object.name} see again what their roles and agreements allow."]
        return [
            f"At their next request, the members of {self.object.name} see nothing any more, on pages and through the API."
        ]

    def act(self, form):
        do = organizations.resume if self.object.suspended_at else organizations.suspend
        return do(organization=self.object, because=form.cleaned_data["because"], by=self.request.user, at=now())


class IdentifierNew(OfOrganization):
    permission = "partnership.change_organization"
    page_title = "Enter a number of a register"
    form_class = IdentifierForm

    def act(self, form):
        return organizations.add_identifier(
            organization=self.object, by=self.request.user, at=now(), **form.cleaned_data
        )


class IdentifierRemove(OfOrganization, ConfirmPage):
    permission = "partnership.change_organization"
    page_title = "Remove a number"
    form_class = EmptyForm
    submit_label = "Remove it"

    def prepare(self):
        self.object = get_or_404(
            self.actor, self.permission, Organization.objects.all(), identifiers__pk=self.kwargs["pk"]
        )
        self.identifier = OrganizationIdentifier.objects.select_related("organization").get(pk=self.kwargs["pk"])

    def get_consequences(self):
        return [
            f"{self.identifier.get_scheme_display()} {self.identifier.value} is no longer shown for {self.object.name}."
        ]

    def act(self, form):
        return organizations.remove_identifier(identifier=self.identifier, by=self.request.user, at=now())


class OfficeNew(OfOrganization):
    permission = "partnership.change_organization"
    page_title = "Open an office"
    form_class = OfficeForm

    def act(self, form):
        return offices.create(organization=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class OfOffice(FormPage):
    """A form about one office of an organization whose profile the actor may change."""

    permission = "partnership.change_organization"

    def prepare(self):
        allowed = visible(self.actor, self.permission, Organization.objects.all())
        self.office = get_or_404_office(self.kwargs["pk"], allowed)

    def get_breadcrumbs(self):
        organization = self.office.organization
        url = reverse("partnership:organization-detail", kwargs={"pk": organization.pk})
        return [("Organizations", reverse(DIRECTORY)), (organization.name, url), (self.page_title, None)]

    def success_url(self, made):
        return reverse("partnership:organization-detail", kwargs={"pk": self.office.organization_id})


def get_or_404_office(pk, organizations_allowed):
    office = (
        LiaisonOffice.objects.select_related("organization")
        .filter(pk=pk, organization__in=organizations_allowed)
        .first()
    )
    if office is None:
        raise Http404
    return office


class OfficerAssign(OfOffice):
    page_title = "Assign an officer"
    form_class = OfficerForm

    def form_kwargs(self):
        held = Membership.objects.in_force(now()).filter(organization=self.office.organization_id)
        return {"members": User.objects.filter(pk__in=held.values("user")).order_by("name")}

    def act(self, form):
        return offices.assign(office=self.office, by=self.request.user, at=now(), **form.cleaned_data)


class OfficerRelease(OfOffice):
    page_title = "End the service at an office"
    form_class = EmptyForm
    submit_label = "End it"

    def prepare(self):
        get_or_404(self.actor, self.permission, Organization.objects.all(), offices__assignments__pk=self.kwargs["pk"])
        self.assignment = OfficeAssignment.objects.select_related("office__organization", "user").get(
            pk=self.kwargs["pk"]
        )
        self.office = self.assignment.office
        self.lead = f"{self.assignment.user.name} no longer speaks for {self.office.name}."

    def act(self, form):
        return offices.release(assignment=self.assignment, by=self.request.user, at=now())


class ChannelNew(OfOffice):
    page_title = "Add a channel"
    form_class = ChannelForm

    def act(self, form):
        return offices.add_channel(office=self.office, columns=form.cleaned_data, by=self.request.user, at=now())


class ContactNew(OfOffice):
    page_title = "Record a contact"
    form_class = ContactForm

    def form_kwargs(self):
        return {"partners": visible(self.actor, "partnership.view_organization", Organization.objects.order_by("name"))}

    def act(self, form):
        values = dict(form.cleaned_data)
        return offices.log_contact(
            office=self.office, partner=values.pop("partner"), columns=values, by=self.request.user, at=now()
        )


class ChannelVerify(OfOffice):
    page_title = "Verify a channel"
    form_class = EmptyForm
    submit_label = "It was answered"

    def prepare(self):
        get_or_404(self.actor, self.permission, Organization.objects.all(), offices__channels__pk=self.kwargs["pk"])
        self.channel = Channel.objects.select_related("office__organization").get(pk=self.kwargs["pk"])
        self.office = self.channel.office

    def act(self, form):
        return offices.verify_channel(channel=self.channel, by=self.request.user, at=now())
