"""Where a report stands: agreement, version, legal bases, term, and what becomes of it; for the page's side panel."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from agreements.models import LegalHold, Purpose, RetentionTerm
from agreements.retention.due import period
from incidents.models import Indicator, Precision, Report
from partnership.access.actor import Actor
from partnership.access.decide import can
from partnership.access.scope import visible

WAITS_FOR = {
    RetentionTerm.Trigger.RECEIVED: "its day of receipt",
    RetentionTerm.Trigger.CLOSED: "the report to be closed",
    RetentionTerm.Trigger.AGREEMENT_ENDED: "the agreement to end",
}

FATES = {
    RetentionTerm.Action.DELETE: "It is deleted", RetentionTerm.Action.ANONYMISE: "It is anonymised",
    RetentionTerm.Action.RETURN: "It is returned, then deleted",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What the side panel says."""

    purposes: list[Purpose]
    holds: list[LegalHold]
    term: str
    due: date | None
    fate: str
    waits_for: str
    has_expired: bool
    links_agreement: bool
    links_holds: bool
    hold_url: str

    @property
    def waits_for_return(self) -> bool:
        return self.has_expired and not self.is_held

    @property
    def is_held(self) -> bool:
        return bool(self.holds)


def standing_of(report: Report, actor: Actor) -> Standing:
    """Read what governs the report; three queries."""
    holds = LegalHold.objects.active().over(report)
    return Standing(
        purposes=list(report.version.purposes.select_related("legal_basis").order_by("position")),
        holds=list(holds.order_by("reference")), term=in_words(report.term), due=report.retain_until,
        waits_for=WAITS_FOR[RetentionTerm.Trigger(report.term.trigger)] if report.retain_until is None else "",
        fate=FATES[RetentionTerm.Action(report.term.action)], hold_url=_hold_url(report),
        has_expired=report.expires_at is not None and report.expires_at <= actor.now,
        links_agreement=can(actor, "agreements.view_agreement", report.agreement),
        links_holds=can(actor, "agreements.hold_agreement", report.agreement),
    )  # fmt: skip


def _hold_url(report: Report) -> str:
    """The page on which a hold for this record is placed."""
    return f"{reverse('agreements:hold-new')}?agreement={report.agreement_id}&record_type=incidents.report&record_id={report.pk}"


def in_words(term: Any) -> str:
    """A retention term as a sentence."""
    return f"{term.get_action_display()} {period(term)} after: {term.get_trigger_display().lower()}"


FORMS = {Precision.YEAR: "%Y", Precision.MONTH: "%B %Y", Precision.DAY: "%-d %B %Y"}


def moment_in_words(moment: datetime | None, precision: str, zone: str) -> str:
    """A moment as exactly as it is known; only a known minute has a zone."""
    if moment is None:
        return "not known"
    if precision == Precision.MINUTE:
        return f"{moment.astimezone(ZoneInfo(zone)):%-d %B %Y, %H:%M} ({zone})"
    return f"{moment:{FORMS[Precision(precision)]}}"


def times_of(report: Report, zone: str) -> list[tuple[str, str]]:
    """The times of a report, in the zone of the person who reads."""
    times = [
        ("Happened", moment_in_words(report.occurred_at, report.occurred_precision, zone)),
        ("Became aware", moment_in_words(report.aware_at, report.aware_precision, zone)),
        ("Received", moment_in_words(report.received_at, Precision.MINUTE, zone)),
    ]
    later = [("Released", report.released_at), ("Closed", report.closed_at)]
    return times + [(name, moment_in_words(moment, Precision.MINUTE, zone)) for name, moment in later if moment]


def similar_to(report: Report, actor: Actor, most: int = 5) -> list[Report]:
    """Other reports, visible with their body, that name an indicator of this one."""
    values = report.indicators.values("value")
    others = Indicator.objects.filter(value__in=values).exclude(report=report).values("report")
    return list(
        visible(actor, "incidents.view_report_body", Report.objects.filter(pk__in=others)).order_by(
            "-received_at", "-id"
        )[:most]
    )
