"""Pages of councils: list, record, founding, seats, dashboard."""

import django_filters
from django.urls import reverse

from councils.actions import councils
from councils.forms import AppointForm, CharterForm, CouncilForm, SeatForm
from councils.models import Charter, Council, Occupancy
from partnership.access.decide import can
from partnership.access.scope import get_or_404
from partnership.forms.people import EmptyForm
from partnership.models import Organization, Sector
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordFormPage, RecordPage, now

LIST = "councils:council-list"


class CouncilFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label="Name contains")
    sectors = django_filters.ModelChoiceFilter(label="Sector", queryset=Sector.objects.order_by("position"))
    state = django_filters.ChoiceFilter(choices=Council.State.choices)

    class Meta:
        model = Council
        fields = ["name", "sectors", "state"]


class CouncilList(ListPage):
    filterset = CouncilFilter
    permission = "councils.view_council"
    page_title = "Councils"
    lead = "Where partners advise each other on figures without names, meet and decide."
    source_name = "councils:council-list"
    ordering = ("name", "pk")
    row_url_name = "councils:council-detail"
    count_label = "councils"
    columns = [
        Column("name", "Council", links=True),
        Column("secretariat", "Served by", source="secretariat__name"),
        Column("state", "State", kind="choice", choices=dict(Council.State.choices), tone={"active": "good"}),
        Column("created_at", "Founded", kind="moment", brief=True),
    ]

    def queryset(self):
        return Council.objects.all()

    def actions(self):
        return (
            [("Found a council", reverse("councils:council-new"), True)]
            if can(self.actor, "councils.found_council")
            else []
        )


class CouncilDetail(RecordPage):
    permission = "councils.view_council"
    model = Council
    template_name = "councils/council_detail.html"

    def get_breadcrumbs(self):
        return [("Councils", reverse(LIST)), (self.object.name, None)]

    def extra(self):
        seats = self.object.seats.order_by("number").prefetch_related(
            "occupancies__membership__user", "occupancies__organization"
        )
        table = [(seat, next((o for o in seat.occupancies.all() if o.vacated_at is None), None)) for seat in seats]
        runs, key = can(self.actor, "councils.run_council", self.object), {"pk": self.object.pk}
        actions = [("Dashboard", reverse("councils:dashboard", kwargs=key), True)]
        if runs:
            actions += [("Add a seat", reverse("councils:seat-new", kwargs=key), False), ("Appoint", reverse("councils:appoint", kwargs=key), False),
                        ("Adopt a charter", reverse("councils:charter-new", kwargs=key), False), ("Plan a meeting", reverse("councils:meeting-new", kwargs=key), False)]  # fmt: skip
        return {"page_title": self.object.name, "charter": councils.charter_of(self.object),
                "earlier": self.object.charters.order_by("-number")[1:], "seats": table, "runs": runs, "actions": actions,
                "sectors": self.object.sectors.order_by("position"), "meetings": self.object.meetings.order_by("-starts_at")[:10]}  # fmt: skip


class CouncilNew(FormPage):
    permission = "councils.found_council"
    page_title = "Found a council"
    form_class = CouncilForm

    def get_breadcrumbs(self):
        return [("Councils", reverse(LIST)), ("New", None)]

    def act(self, form):
        values = dict(form.cleaned_data)
        body = Organization.objects.get(is_secretariat=True)
        return councils.found(
            name=values.pop("name"),
            sectors=values.pop("sectors"),
            secretariat=body,
            charter=values,
            by=self.request.user,
            at=now(),
        )

    def success_url(self, made):
        return reverse("councils:council-detail", kwargs={"pk": made.pk})


class OfCouncil(RecordFormPage):
    model = Council
    permission = "councils.run_council"

    def get_breadcrumbs(self):
        return [
            ("Councils", reverse(LIST)),
            (self.object.name, reverse("councils:council-detail", kwargs={"pk": self.object.pk})),
            (self.page_title, None),
        ]


class CharterNew(OfCouncil):
    page_title = "Adopt a charter"
    lead = "It takes the place of the charter in force. Meetings that are planned already keep the rules they were planned under."
    form_class = CharterForm
    submit_label = "Adopt"

    def form_kwargs(self):
        return {"instance": Charter.objects.get(pk=councils.charter_of(self.object).pk)}

    def act(self, form):
        return councils.adopt_charter(council=self.object, charter=form.cleaned_data, by=self.request.user, at=now())


class SeatNew(OfCouncil):
    page_title = "Add a seat"
    form_class = SeatForm

    def act(self, form):
        return councils.create_seat(council=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class Appoint(OfCouncil):
    page_title = "Appoint somebody"
    fresh = True
    form_class = AppointForm

    def form_kwargs(self):
        return {"council": self.object}

    def act(self, form):
        return councils.appoint(by=self.request.user, at=now(), **form.cleaned_data)


class Vacate(ConfirmPage):
    permission = "councils.run_council"
    fresh = True
    page_title = "Vacate a seat"
    model = Council
    form_class = EmptyForm
    submit_label = "Vacate"
    consequences = ["The person sees nothing of the council from the next request on."]

    def prepare(self):
        self.occupancy = Occupancy.objects.select_related("seat__council").filter(pk=self.kwargs["pk"]).first()
        self.object = get_or_404(
            self.actor,
            self.permission,
            Council.objects.all(),
            pk=self.occupancy.seat.council_id if self.occupancy else None,
        )

    def get_breadcrumbs(self):
        return [
            ("Councils", reverse(LIST)),
            (self.object.name, reverse("councils:council-detail", kwargs={"pk": self.object.pk})),
            ("Vacate", None),
        ]

    def act(self, form):
        return councils.vacate(occupancy=self.occupancy, by=self.request.user, at=now())
