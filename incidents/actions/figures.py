"""Publish the figures of a month, once and for good: who counts, what is counted, what of it may be shown."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import connection, transaction

from incidents import verbs
from incidents.aggregates import cohorts, counting, rules, tables
from incidents.aggregates.cohorts import OTHER, Cohorts
from incidents.aggregates.material import Material, Tallied
from incidents.models import CohortMember, CountedReport, FigureRelease, Tally
from partnership.audit.record import By, record
from partnership.errors import DomainError
from partnership.models import Sector

LOCK = 7_310_052_204_118_530_233  # of this deed alone
CHUNK = 5000


class NotDue(DomainError):
    default = "The figures of a month are published once, five days after its end, and month by month without a gap."


class MidQuarter(DomainError):
    default = "A new series begins with a quarter: in January, April, July or October."


def due(at: datetime) -> list[date]:
    """The months whose figures wait to be published at a moment; where none ever was, only the newest."""
    newest = (at.astimezone(UTC).date() - timedelta(days=rules.DAYS_AFTER)).replace(day=1) - relativedelta(months=1)
    last = FigureRelease.objects.order_by("-month").values_list("month", flat=True).first()
    if last is None:
        return [newest]
    return [last + relativedelta(months=n) for n in range(1, 1 + _months_between(last, newest))]


def publish_due(*, by: By, at: datetime) -> list[FigureRelease]:
    """Publish what is due; each month in a transaction of its own."""
    return [publish(month=month, by=by, at=at) for month in due(at)]


@transaction.atomic
def publish(*, month: date, by: By, at: datetime, new_series: bool = False) -> FigureRelease:
    """Publish the figures of a month for good.

    `new_series` begins the cohorts anew out of turn, with a visible break; it takes a decision of a council.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = FigureRelease.objects.order_by("-month").first()
    _check(month, last, at, new_series)
    is_new = last is None or month.month == 1 or new_series
    begin = datetime(month.year, month.month, 1, tzinfo=UTC)
    end = begin + relativedelta(months=1)
    whose, live = _cohorts(month, last, is_new, begin, end)
    release = FigureRelease(number=last.number + 1 if last else 1, month=month, published_at=at,
                            series=(last.series if last else 0) + is_new)  # fmt: skip
    found = counting.reports(whose, counting.since_of(), end)
    made = _write(release, found, whose, live, last, end)
    record(verbs.FIGURES_PUBLISHED, made, by=by, at=at, number=made.number, month=f"{month:%B %Y}", hash=made.content_hash,
           hidden=sum(table["hidden"] for table in made.content["tables"]))  # fmt: skip
    return made


def _check(month: date, last: FigureRelease | None, at: datetime, new_series: bool) -> None:
    end = month + relativedelta(months=1)
    if month.day != 1 or at.astimezone(UTC).date() < end + timedelta(days=rules.DAYS_AFTER):
        raise NotDue()
    if last is not None and month != last.month + relativedelta(months=1):
        raise NotDue()
    if new_series and month.month % 3 != 1:
        raise MidQuarter()


def _months_between(first: date, last: date) -> int:
    return max(0, (last.year - first.year) * 12 + last.month - first.month)


def _cohorts(
    month: date, last: FigureRelease | None, is_new: bool, begin: datetime, end: datetime
) -> tuple[Cohorts, Mapping[str, frozenset[Any]]]:
    """Whose reports count this month, and which of them could still report; what changed is kept."""
    members = counting.members(begin, end)
    merged = frozenset(code for code, _ in last.content["merged"]) if last else frozenset()
    if is_new or last is None:
        now = cohorts.begin(members, merged)
    else:
        before: dict[str, set[UUID]] = {OTHER: set(), **{code: set() for code, _ in last.content["lines"]}}
        for line, group in CohortMember.objects.values_list("line", "group_id"):
            before[line].add(group)
        now = cohorts.follow(Cohorts({k: frozenset(v) for k, v in before.items()}, merged), members)
    _keep(now, month, is_new)
    present = cohorts.lines_of(members, now.merged)
    return now, {line: groups & present.get(line, frozenset()) for line, groups in now.lines.items()}


def _keep(now: Cohorts, month: date, is_new: bool) -> None:
    wanted = {(line, group) for line, groups in now.lines.items() for group in groups}
    known = set(CohortMember.objects.values_list("line", "group_id"))
    for line, group in known - wanted:
        CohortMember.objects.filter(line=line, group=group).delete()
    CohortMember.objects.bulk_create(
        [CohortMember(line=line, group_id=group, since=month) for line, group in sorted(wanted - known, key=str)],
        batch_size=CHUNK,
    )


def _write(release: FigureRelease, found: counting.Counted, whose: Cohorts, live: Mapping[str, frozenset[Any]],
           last: FigureRelease | None, end: datetime) -> FigureRelease:  # fmt: skip
    """Count, settle and publish; the tallies of a quarter go with its last month."""
    quarter = _quarter(release)
    Tally.objects.exclude(month__gte=quarter).delete()
    Tally.objects.bulk_create(
        [Tally(line=line, month=release.month, group_id=group, severity=severity, amount=amount,
               strictest=found.strictest[line, group, severity]) for (line, group, severity), amount in found.tallies.items()],
        batch_size=CHUNK,
    )  # fmt: skip
    CountedReport.objects.bulk_create(  # its release comes into being within this transaction
        (CountedReport(report_id=key, release_id=release.pk) for key in found.reports), batch_size=CHUNK
    )
    earlier = list(FigureRelease.objects.filter(month__gte=quarter, series=release.series).order_by("month"))
    sightings, strictest = counting.sightings(release.pk, end)
    material = Material(
        month=release.month, labels=_labels(whose), live=live, earlier={one.month: _shown(one) for one in earlier},
        tallies=[Tallied(*row) for row in Tally.objects.filter(month__in=[release.month, *(one.month for one in earlier)])
                 .values_list("line", "month", "group_id", "severity", "amount", "strictest")],
        sightings=sightings, sightings_strictest=strictest,
    )  # fmt: skip
    if material.ends_quarter:
        material.hours = counting.hours([release.pk, *(one.pk for one in earlier)], whose)
    release.content = _content(release, whose, tables.all_tables(material), last)
    release.content_hash = hash_of(release.content)
    release.save(force_insert=True)
    if material.ends_quarter:
        Tally.objects.all().delete()
    return release


def _quarter(release: FigureRelease) -> date:
    month = release.month
    return month.replace(month=month.month - (month.month - 1) % 3)


def _shown(release: FigureRelease) -> set[Any]:
    """What an earlier release showed of its month."""
    table = next(one for one in release.content["tables"] if one["code"] == "sectors")
    return tables.shown_of(table, release.month)


def _labels(whose: Cohorts) -> dict[str, str]:
    """The lines that have members, in the order of the sectors; the others last."""
    lines = [line for line, groups in whose.lines.items() if groups]
    names = Sector.objects.filter(pk__in=lines).order_by("position", "pk").values_list("pk", "label", "scheme")
    labels = {code: f"{label} (US)" if scheme == "us16" else label for code, label, scheme in names}
    return {**labels, **({OTHER: "Other sectors"} if OTHER in lines else {})}


def _content(
    release: FigureRelease, whose: Cohorts, made: list[dict[str, Any]], last: FigureRelease | None
) -> dict[str, Any]:
    names = dict(Sector.objects.filter(pk__in=list(whose.merged)).values_list("pk", "label"))
    return {
        "number": release.number, "month": f"{release.month:%Y-%m}", "series": release.series,
        "is_break": last is not None and last.series != release.series, "published_on": f"{release.published_at:%Y-%m-%d}",
        "lines": [list(pair) for pair in _labels(whose).items()],
        "merged": [[code, names.get(code, "No sector")] for code in sorted(whose.merged)],
        "rules": rules.in_force(), "tables": made, "previous": last.content_hash if last else "",
    }  # fmt: skip


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical text of what was published; the hash of the release before is part of it."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
