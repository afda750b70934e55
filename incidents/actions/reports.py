"""Reports: filed under an agreement in force, changed, taken up, closed, shared and released by their owner."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from agreements.actions import uses
from agreements.models import Agreement, DataCategory, PermittedUse
from incidents import verbs
from incidents.actions import indicators, references, terms
from incidents.models import Precision, Release, Report, ReportBody, ReportGroupGrant, ReportUserGrant, SectorShare
from partnership.access import grants
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import TLP, Audience, Organization, Sector, User

CONTENT = (
    "title", "sector", "kind", "severity", "tlp", "pap", "personal_data", "cross_border", "affected_service",
    "occurred_at", "occurred_precision", "aware_at", "aware_precision",
)  # fmt: skip


class ReportIsClosed(DomainError):
    """A closed report stands as it is."""

    default = (
        "This report is closed and stands as it is. File a new report, or ask for a correction through your office."
    )


class ImpossibleTimes(DomainError):
    """What happened came before it was noticed, and both before now."""


class MarkingForbids(DomainError):
    """A marking limits with whom a report may be shared."""


class SharedAlready(DomainError):
    """A report is shared once with a sector and released once to an audience."""


@transaction.atomic
def file(
    *, organization: Organization, agreement: Agreement, category: DataCategory, content: Mapping[str, Any],
    by: User, at: datetime, narrative: str = "", indicator_list: str = "", source: str = Report.Source.FORM,
) -> Report:  # fmt: skip
    """File a report for an organization under an agreement in force; its retention starts to count."""
    columns = _columns(content)
    _check_times(columns, at)
    version, term = terms.governing(
        agreement=agreement, category=category, organization=organization, tlp=columns.get("tlp", TLP.AMBER), at=at
    )
    report = Report.objects.create(
        reference=references.take(1, at.year)[0], organization=organization, agreement=agreement, version=version,
        term=term, category=category, received_at=at, filed_by=by, source=source,
        **columns, **terms.kept(agreement=agreement, term=term, received_at=at),
    )  # fmt: skip
    ReportBody.objects.create(report=report, narrative=narrative)
    record(verbs.REPORT_FILED, report, by=by, at=at, subject=organization, agreement=agreement.reference)
    if indicator_list.strip():
        indicators.add(report=report, text=indicator_list, by=by, at=at)
    return report


@transaction.atomic
def change(
    *,
    report: Report,
    content: Mapping[str, Any],
    by: User,
    at: datetime,
    narrative: str | None = None,
    because: str = "",
) -> Report:
    """Change what a report says; the trail keeps which columns changed, and of short ones the values."""
    report = _open(report)
    columns = _columns(content)
    _check_times({**_as_stored(report), **columns}, report.received_at)
    if "tlp" in columns and columns["tlp"] != report.tlp:
        _check_marking(report, columns["tlp"])
    changes = {
        name: (_plain(getattr(report, name)), _plain(value))
        for name, value in columns.items() if getattr(report, name) != value
    }  # fmt: skip
    for name, value in columns.items():
        setattr(report, name, value)
    if changes:
        report.save(update_fields=list(changes))
    if narrative is not None and narrative != report.body.narrative:
        report.body.narrative = narrative
        report.body.save(update_fields=["narrative"])
        changes["narrative"] = ("(before)", "(changed)")
    if changes:
        record(
            verbs.REPORT_CHANGED, report, by=by, at=at, because=because, changes=changes, subject=report.organization
        )
    return report


@transaction.atomic
def take_up(*, report: Report, by: User, at: datetime) -> Report:
    """Begin to work on a report."""
    report = _open(report)
    if report.state == Report.State.RECEIVED:
        report.state = Report.State.IN_WORK
        report.save(update_fields=["state"])
        record(verbs.REPORT_TAKEN_UP, report, by=by, at=at, subject=report.organization)
    return report


@transaction.atomic
def close(*, report: Report, by: User, at: datetime, because: str = "") -> Report:
    """Close a report; where its term counts from closing, the retention clock starts."""
    report = _open(report)
    report.state, report.closed_at, report.closed_by = Report.State.CLOSED, at, by
    kept = terms.kept(agreement=report.agreement, term=report.term, received_at=report.received_at, closed_at=at)
    report.retention_start, report.retain_until = kept["retention_start"], kept["retain_until"]
    report.save(update_fields=["state", "closed_at", "closed_by", "retention_start", "retain_until"])
    record(verbs.REPORT_CLOSED, report, by=by, at=at, because=because, subject=report.organization)
    return report


@transaction.atomic
def share(*, report: Report, sector: Sector, by: User, at: datetime) -> SectorShare:
    """Share a report, at most TLP:GREEN, with the partners of a sector, under a use that its agreement permits."""
    report = Report.objects.select_for_update(of=("self",)).select_related("organization").get(pk=report.pk)
    if report.tlp > TLP.GREEN:
        raise MarkingForbids(
            f"A sector may see reports up to TLP:GREEN; this one is {TLP(report.tlp).label}. Change its marking first.",
            field="sector",
        )
    if report.sector_shares.filter(sector=sector).exists():
        raise SharedAlready(f"The report is shared with {sector.label} already.", field="sector")
    use = uses.named(**_asked(report, PermittedUse.Recipients.SECTOR, at), field="sector")
    shared = SectorShare.objects.create(report=report, sector=sector, use=use, shared_at=at, shared_by=by)
    _mark_released(report, by, at)
    record(verbs.REPORT_SHARED, report, by=by, at=at, subject=report.organization, sector=sector.label,
           use=_row(report, use))  # fmt: skip
    return shared


@transaction.atomic
def release(*, report: Report, audience: Audience, by: User, at: datetime) -> Release:
    """Release a report, at most TLP:AMBER, to an audience such as a council, under a use that its agreement permits."""
    report = Report.objects.select_for_update(of=("self",)).select_related("organization").get(pk=report.pk)
    if report.tlp > TLP.AMBER:
        raise MarkingForbids(
            f"An audience may see reports up to TLP:AMBER; this one is {TLP(report.tlp).label}."
            " Change its marking first, or let in persons by name.", field="audience",
        )  # fmt: skip
    if report.releases.filter(audience=audience).exists():
        raise SharedAlready(f"The report is released to {audience.name} already.", field="audience")
    use = uses.named(**_asked(report, PermittedUse.Recipients.AUDIENCES, at), field="audience")
    released = Release.objects.create(report=report, audience=audience, use=use, released_at=at, released_by=by)
    _mark_released(report, by, at)
    record(verbs.REPORT_RELEASED, report, by=by, at=at, subject=report.organization, audience=audience.name,
           use=_row(report, use))  # fmt: skip
    return released


def permitted(*, report: Report, recipients: str, at: datetime) -> uses.Answer:
    """What the report's agreement says now to sharing it with a class of recipients; changes nothing."""
    return uses.ask(**_asked(report, recipients, at))


def _asked(report: Report, recipients: str, at: datetime) -> dict[str, Any]:
    return {"agreement": report.agreement, "purpose": None, "categories": [report.category], "recipients": recipients,
            "tlp": report.tlp, "at": at}  # fmt: skip


def _row(report: Report, use: PermittedUse) -> str:
    """Where in which words it is permitted, for the trail."""
    return f"permitted use {use.position} of {report.agreement.reference}, version {use.version.number}"


@transaction.atomic
def let_in(*, report: Report, person: User, until: datetime, because: str, by: User, at: datetime) -> ReportUserGrant:
    """Let one person see one report until a moment; the only way to TLP:RED outside its organization."""
    try:
        row = grants.grant(
            model=ReportUserGrant,
            to=person,
            codename="view_report",
            obj=report,
            until=until,
            reason=because,
            by=by,
            at=at,
        )
    except (grants.GrantTooLong, grants.TooManyGrants) as error:
        raise DomainError(str(error), field="until") from error
    record(verbs.REPORT_GRANTED, report, by=by, at=at, because=because, subject=report.organization,
           person=person.name, until=f"{until:%-d %b %Y}")  # fmt: skip
    return row


def _open(report: Report) -> Report:
    found = Report.objects.select_for_update(of=("self",)).select_related(
        "organization", "agreement", "term", "version", "body"
    )
    report = found.get(pk=report.pk)
    if report.state == Report.State.CLOSED:
        raise ReportIsClosed
    return report


def _columns(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content[name] for name in CONTENT if name in content}


def _as_stored(report: Report) -> dict[str, Any]:
    return {name: getattr(report, name) for name in CONTENT}


def _check_times(columns: Mapping[str, Any], at: datetime) -> None:
    """Coarse dates stand for their first moment, so only what is surely wrong is refused."""
    occurred, aware = columns.get("occurred_at"), columns.get("aware_at")
    for name, moment in (("occurred_year", occurred), ("aware_year", aware)):
        if moment and moment > at:
            raise ImpossibleTimes("It lies in the future. Check year, month and day.", field=name)
    exact = columns.get("occurred_precision") == columns.get("aware_precision") == Precision.MINUTE
    if occurred and aware and (aware < occurred if exact else aware.year < occurred.year):
        raise ImpossibleTimes(
            "The organization cannot have known before it happened. Check both times.", field="aware_year"
        )


def _check_marking(report: Report, tlp: int) -> None:
    terms.check_ceiling(agreement=report.agreement, version=report.version, category=report.category, tlp=tlp)
    if tlp > TLP.GREEN and report.sector_shares.exists():
        raise MarkingForbids("It is shared with a sector, which may see reports up to TLP:GREEN.", field="tlp")
    if tlp > TLP.AMBER and report.releases.exists():
        raise MarkingForbids("It is released to an audience, which may see reports up to TLP:AMBER.", field="tlp")
    if tlp > TLP.AMBER_STRICT and grants.live_on(ReportGroupGrant, report).exists():
        raise MarkingForbids(
            "It is granted to a group, and TLP:RED reaches named persons only. End that grant first.", field="tlp"
        )


def _mark_released(report: Report, by: User, at: datetime) -> None:
    if report.released_at is None:
        report.released_at, report.released_by = at, by
        report.save(update_fields=["released_at", "released_by"])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value if value is None or isinstance(value, int | str) else str(value.pk)
