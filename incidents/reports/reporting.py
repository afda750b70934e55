"""What auditors export about incidents: how much was reported, how fast, and what came late. Counts, no narrative."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import Extract, Round

from incidents.models import Report
from partnership.access.scope import visible
from partnership.tables import Column, Table, TableSource, source

LATE_AFTER = timedelta(hours=72)  # NIS2 Directive, Article 23(4)(b): incident notification


class PeriodForm(forms.Form):
    """The days of receipt that a report covers."""

    received_from = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Received from"
    )
    received_until = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Received until"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("received_from"), data.get("received_until")
        if first and last and last < first:
            self.add_error("received_until", "The last day comes before the first. Check both.")
        return data


COLUMNS = [
    Column("agreement", "Agreement", "agreement__reference"),
    Column("organization", "Organization", "organization__name"),
    Column("sector", "Sector", "sector__label"),
    Column("reports", "Reports", "reports", kind="number", sort="reports"),
    Column("open", "Open", "open", kind="number", sort="open"),
    Column("closed", "Closed", "closed", kind="number", sort="closed"),
    Column("released", "Released", "released", kind="number", sort="released"),
    Column("personal", "With personal data", "personal", kind="number", sort="personal"),
    Column("timed", "Awareness known to the minute", "timed", kind="number", sort="timed"),
    Column("late", "Later than 72 hours", "late", kind="number", sort="late"),
    Column("hours", "Hours from awareness to receipt, mean", "hours", kind="number", sort="hours"),
    Column("without_due", "Deletion date not yet set", "without_due", kind="number", sort="without_due"),
    Column("last", "Last received", "last", kind="moment", sort="last"),
]


def build(actor: Any, parameters: Mapping[str, Any]) -> Table:
    """Reports that the actor may count, by agreement, organization and sector."""
    form = PeriodForm(parameters or {})
    rows = visible(actor, "incidents.report_incidents", Report.objects.all())
    rows = _within(rows, form.cleaned_data) if form.is_valid() else rows.none()
    timed = Q(aware_at__isnull=False, aware_precision="minute", received_at__gte=F("aware_at"))
    delay = ExpressionWrapper(F("received_at") - F("aware_at"), output_field=DurationField())
    counted = (
        rows.values("agreement__reference", "organization__name", "sector__label")
        .annotate(
            reports=Count("pk"), open=Count("pk", filter=~Q(state="closed")), closed=Count("pk", filter=Q(state="closed")),
            released=Count("pk", filter=Q(released_at__isnull=False)), personal=Count("pk", filter=Q(personal_data="yes")),
            timed=Count("pk", filter=timed), late=Count("pk", filter=timed & Q(received_at__gt=F("aware_at") + LATE_AFTER)),
            hours=Round(Extract(Avg(delay, filter=timed), "epoch") / 3600.0, 1),
            without_due=Count("pk", filter=Q(retain_until__isnull=True)), last=Max("received_at"),
        )
        .order_by("agreement__reference", "organization__name", "sector__label")
    )  # fmt: skip
    return Table(
        "incidents:reporting", "Incident reporting", COLUMNS, queryset=counted, marking=2,
        notes=[
            "One line for each agreement, organization and sector with at least one report.",
            "Late: received more than 72 hours after the organization became aware (NIS2 Directive, Article 23(4)(b));"
            " only reports whose moment of awareness is known to the minute are judged.",
        ],
        parameters={name: str(value) for name, value in parameters.items() if value},
    )  # fmt: skip


def _within(rows: Any, period: Mapping[str, Any]) -> Any:
    first, last = period.get("received_from"), period.get("received_until")
    if first:
        rows = rows.filter(received_at__date__gte=first)
    return rows.filter(received_at__date__lte=last) if last and last < date.max else rows


source(
    TableSource(
        "incidents:reporting",
        "Incident reporting",
        "incidents.report_incidents",
        build,
        is_report=True,
        form=PeriodForm,
        description="Reports by agreement, organization and sector: how many, how fast after becoming aware, what came late.",
    )  # fmt: skip
)
