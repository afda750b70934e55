"""Pages of departures: asked for with a preview, confirmed by a second person, attested, collected on one page."""

from urllib.parse import urlencode

import django_filters
from django.contrib import messages
from django.db.models import Count, Q
from django.urls import reverse

from agreements import leaving
from agreements.actions import attesting, departures
from agreements.forms.agreements import ReasonForm
from agreements.forms.departures import AttestForm, ConfirmLeaveForm, LeaveForm
from agreements.models import Attestation, Departure, Party
from agreements.retention import departing
from agreements.retention.due import local_day
from partnership.access.decide import can
from partnership.access.scope import permitted
from partnership.tables import Column
from partnership.web.pages import EXPORT_FORMATS, ConfirmPage, ListPage, RecordFormPage, RecordPage, now

LIST = "agreements:departure-list"
DETAIL = "agreements:departure-detail"
TONES = {"asked": "warn", "declined": "neutral", "confirmed": "info", "left": "good"}


class DepartureFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=Departure.State.choices)

    class Meta:
        model = Departure
        fields = ["state"]


class DepartureList(ListPage):
    permission = "agreements.view_departure"
    page_title = "Departures"
    lead = "Parties that leave an agreement, and the attestations of what became of the data."
    source_name = LIST
    filterset = DepartureFilter
    ordering = ("-asked_at", "pk")
    row_url_name = DETAIL
    count_label = "departures"
    columns = [
        Column("reference", "Reference", links=True),
        Column("agreement", "Agreement", source="agreement__reference"),
        Column("organization", "Leaves", source="organization__name"),
        Column("state", "State", kind="choice", choices=dict(Departure.State.choices), tone=TONES),
        Column("leaves_on", "On", kind="day"),
        Column("attest_by", "Attested by", kind="day"),
        Column("owed", "Owed", kind="number", sort=None,
               source=Count("attestations", filter=Q(attestations__outcome=""), distinct=True)),
    ]  # fmt: skip

    def queryset(self):
        return Departure.objects.all()


class DepartureDetail(RecordPage):
    """The one page of a departure; what the organization that left can still reach."""

    permission = "agreements.view_departure"
    model = Departure
    template_name = "agreements/departure_detail.html"

    def queryset(self):
        return Departure.objects.select_related("agreement__lead", "organization", "party", "asked_by", "decided_by")

    def get_breadcrumbs(self):
        return [("Departures", reverse(LIST)), (self.object.reference, None)]

    def extra(self):
        found, at = self.object, now()
        today = local_day(at, found.agreement.time_zone)
        rows = list(leaving.attestations(found))
        mine = permitted(self.actor, "agreements.attest_destruction", rows)
        due = set(found.attestations.filter(attesting.waiting(today)).values_list("pk", flat=True))
        query = {"departure": found.pk}
        return {
            "page_title": f"{found.organization.name} leaves {found.agreement.reference}", "lead": found.reference,
            "tone": TONES[found.state], "actions": self.buttons(), "parts": leaving.by_part(found.acted or found.seen),
            "rows": [(row, row.pk in due, row.pk in mine and row.pk in due and found.state == "left") for row in rows],
            "is_late": found.attest_by < today, "certificates": leaving.certificates(found), "held": leaving.held(found, today),
            "progress": (len(rows) - len(due), len(rows)), "may_read": can(self.actor, "agreements.view_agreement", found.agreement),
            "exports": [(label, f"{reverse('partnership:export-new', kwargs={'source': leaving.SOURCE})}?{urlencode({**query, 'format': code})}")
                        for code, label in EXPORT_FORMATS],
        }  # fmt: skip

    def buttons(self):
        where = {"pk": self.object.pk}
        if self.object.state == Departure.State.ASKED and can(self.actor, "agreements.decide_departure", self.object):
            return [("Decline", reverse("agreements:departure-decline", kwargs=where), False),
                    ("Confirm", reverse("agreements:departure-confirm", kwargs=where), True)]  # fmt: skip
        return []


class WithPreview(RecordFormPage):
    """A form below the preview; what was read is compared with what would happen when it is sent."""

    template_name = "agreements/departure_preview.html"

    def party(self):
        raise NotImplementedError

    def prepare(self):
        super().prepare()
        self.lines = departing.lines(self.party(), now())

    def form_kwargs(self):
        return {"initial": {"seen_hash": departing.digest(self.lines)}}

    def context(self, **more):
        return super().context(object=self.object, parts=leaving.by_part([line.as_data for line in self.lines]), **more)

    def again(self, form):
        """After a refusal the page shows the newer preview; sending the form again is about that one."""
        form.data = {**form.data.dict(), "seen_hash": departing.digest(self.lines)}


class Leave(WithPreview):
    """Ask that a party leaves."""

    permission = "agreements.let_leave"
    fresh = True
    model = Party
    page_title = "Leave the agreement"
    form_class = LeaveForm
    submit_label = "Ask a second person"

    def queryset(self):
        return Party.objects.select_related("agreement__governing", "agreement__lead", "organization")

    def party(self):
        return self.object

    def get_breadcrumbs(self):
        url = reverse("agreements:agreement-detail", kwargs={"pk": self.object.agreement_id})
        return [
            ("Agreements", reverse("agreements:agreement-list")),
            (self.object.agreement.reference, url),
            ("Leave", None),
        ]

    def form_kwargs(self):
        first = departures.first_day(self.object, now())
        initial = {**super().form_kwargs()["initial"], "leaves_on": first}
        return {"initial": initial, "first_day": first}

    def context(self, **more):
        lead = f"{self.object.organization.name} leaves {self.object.agreement}. Nothing happens before a second person confirms."
        return {**super().context(**more), "lead": lead}

    def act(self, form):
        try:
            return departures.ask(party=self.object, by=self.request.user, at=now(), **form.cleaned_data)
        except departures.OtherSet:
            self.again(form)
            raise

    def success_url(self, made):
        return reverse(DETAIL, kwargs={"pk": made.pk})


class OnDeparture(RecordFormPage):
    """One decision about one departure."""

    model = Departure

    def queryset(self):
        return Departure.objects.select_related(
            "agreement__lead", "organization", "party__organization", "party__agreement"
        )

    def get_breadcrumbs(self):
        page = reverse(DETAIL, kwargs={"pk": self.object.pk})
        return [("Departures", reverse(LIST)), (self.object.reference, page), (self.page_title, None)]

    def success_url(self, made):
        return reverse(DETAIL, kwargs={"pk": made.pk})


class Confirm(OnDeparture, WithPreview):
    permission = "agreements.decide_departure"
    fresh = True
    page_title = "Confirm the departure"
    form_class = ConfirmLeaveForm
    submit_label = "Let the party leave"

    def party(self):
        return self.object.party

    def context(self, **more):
        changed = departing.grown(self.object.seen, self.lines)
        return super().context(changed=changed, departure=self.object, is_dangerous=True, **more)

    def act(self, form):
        try:
            made = departures.confirm(departure=self.object, by=self.request.user, at=now(), **form.cleaned_data)
        except departures.OtherSet:
            self.again(form)
            raise
        messages.success(self.request, f"{made.organization.name} leaves on {made.leaves_on:%-d %B %Y}.")
        return made


class Decline(OnDeparture, ConfirmPage):
    permission = "agreements.decide_departure"
    page_title = "Decline the departure"
    form_class = ReasonForm
    submit_label = "Decline"
    consequences = ["The party stays as it is. Whoever asked is told, and can ask again."]

    def act(self, form):
        return departures.decline(departure=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class Attest(RecordFormPage):
    permission = "agreements.attest_destruction"
    fresh = True
    page_title = "Attest what became of data"
    model = Attestation
    form_class = AttestForm
    submit_label = "Attest"
    success_message = "Attested."

    def queryset(self):
        return Attestation.objects.select_related(
            "departure__agreement", "departure__organization", "organization", "category"
        )

    def get_breadcrumbs(self):
        found = self.object.departure
        return [
            ("Departures", reverse(LIST)),
            (found.reference, reverse(DETAIL, kwargs={"pk": found.pk})),
            ("Attest", None),
        ]

    def context(self, **more):
        row = self.object
        what = "gave" if row.direction == Attestation.Direction.GIVEN else "received"
        lead = (f"For {row.organization.name}: {row.category.label.lower()} that {row.departure.organization.name} {what} under"
                f" {row.departure.agreement.reference}. You bind your organization; it stands in the trail with your name.")  # fmt: skip
        return {**super().context(**more), "lead": lead}

    def act(self, form):
        return attesting.attest(attestation=self.object, by=self.request.user, at=now(), **form.cleaned_data)
