"""What the database holds behind the figures of one month: members, reports not yet counted, indicators, times.

TLP:RED never counts, and neither does what has expired. A report counts once, in the line of its sector if its group is of that line's cohort, else among
the others if it is of theirs; else it waits. Nothing that is read here leaves the publisher.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce, Now

from agreements.models import Agreement, Party, unexpired
from incidents.aggregates.cohorts import OTHER, WITHOUT, Cohorts, Members
from incidents.models import CohortMember, CountedReport, Indicator, Report
from partnership.models import TLP, Organization

HIGHEST_TLP = TLP.AMBER_STRICT
LATEST = relativedelta(months=12)  # a report that is later than this is never counted
SEEN_BY = 3  # groups that must have seen an indicator before it counts, unless it is public
GROUP = Coalesce("organization__parent_id", "organization_id")


@dataclass
class Counted:
    """The reports of a release: their keys, and what each group contributed by line and severity."""

    reports: list[UUID] = field(default_factory=list)
    tallies: dict[tuple[str, UUID, int], int] = field(default_factory=lambda: defaultdict(int))
    strictest: dict[tuple[str, UUID, int], int] = field(default_factory=lambda: defaultdict(int))


def members(begin: datetime, end: datetime) -> Members:
    """Groups with a vetted organization that could file under an agreement in force at the end of the month."""
    over = [Agreement.State.DRAFT, Agreement.State.NEGOTIATION, Agreement.State.SIGNATURE]
    parties = (
        Party.objects.filter(since__lt=end, role__in=[Party.Role.PROVIDER, Party.Role.BOTH])
        .filter(Q(until__isnull=True) | Q(until__gte=end))
        .filter(organization__vetting=Organization.Vetting.VETTED, organization__suspended_at__isnull=True)
        .filter(agreement__in_force_since__lt=end.date())
        .filter(Q(agreement__ended_on__isnull=True) | Q(agreement__ended_on__gte=end.date()))
        .exclude(agreement__state__in=over)
        .values_list("organization__sectors", GROUP, "agreement__governing__minimum_group_size")
        .distinct()
    )
    by_sector: dict[str, set[UUID]] = defaultdict(set)
    strictest: dict[str, int] = defaultdict(int)
    for sector, group, size in parties:
        by_sector[sector or WITHOUT].add(group)
        strictest[sector or WITHOUT] = max(strictest[sector or WITHOUT], size or 0)
    return Members({sector: frozenset(groups) for sector, groups in by_sector.items()}, dict(strictest))


def since_of() -> dict[tuple[str, UUID], date]:
    """From which month on each group counts in each line."""
    rows = CohortMember.objects.values_list("line", "group_id", "since")
    return {(line, group): since for line, group, since in rows}


def reports(cohorts: Cohorts, since: Mapping[tuple[str, UUID], date], end: datetime) -> Counted:
    """Reports received before the end that no release has counted, as far as their groups are members."""
    found = Counted()
    rows = (
        Report.objects.filter(received_at__lt=end, received_at__gte=end - LATEST, tlp__lte=HIGHEST_TLP)
        .filter(unexpired(Now()), ~Exists(CountedReport.objects.filter(report=OuterRef("pk"))))
        .values_list("pk", "sector_id", GROUP, "severity", "month", "version__minimum_group_size")
    )
    for key, sector, group, severity, month, size in rows.iterator(chunk_size=5000):
        for line in dict.fromkeys((cohorts.line_of(sector), OTHER)):
            if (line, group) in since and since[line, group] <= month:
                found.reports.append(key)
                found.tallies[line, group, severity] += 1
                found.strictest[line, group, severity] = max(found.strictest[line, group, severity], size)
                break
    return found


def sightings(release: UUID, end: datetime) -> tuple[dict[tuple[str, UUID], int], int]:
    """Indicators of a release that three groups have seen, or that are public: each once for each group, by type.

    Also the greatest minimum group size of the agreements behind them.
    """
    mine = Indicator.objects.filter(unexpired(Now(), "report__"), report__counted__release=release)
    group = Coalesce("report__organization__parent_id", "report__organization_id")
    known = (
        Indicator.objects.filter(unexpired(Now(), "report__"), report__received_at__lt=end, report__received_at__gte=end - LATEST)
        .filter(report__tlp__lte=HIGHEST_TLP, value__in=mine.values("value")).values("type", "value")
        .annotate(groups=Count(group, distinct=True), marking=Min("report__tlp"))
        .filter(Q(groups__gte=SEEN_BY) | Q(marking=TLP.CLEAR))
    )  # fmt: skip
    open_ = set(known.values_list("type", "value"))
    found: dict[tuple[str, UUID], int] = defaultdict(int)
    strictest = 0
    rows = mine.annotate(group=group, size=F("report__version__minimum_group_size"))
    for kind, value, who, size in rows.values_list("type", "value", "group", "size").distinct():
        if (kind, value) in open_:
            found[kind, who] += 1
            strictest = max(strictest, size)
    return dict(found), strictest


def hours(releases: Sequence[UUID], cohorts: Cohorts) -> dict[str, dict[str, dict[UUID, list[float]]]]:
    """Hours that reports took, by measure, line and group: from aware to received, and from received to released."""
    found: dict[str, dict[str, dict[UUID, list[float]]]] = {"told": {}, "shared": {}}
    rows = (
        Report.objects.filter(unexpired(Now()), counted__release__in=releases)
        .filter(Q(aware_at__isnull=False, aware_precision="minute") | Q(released_at__isnull=False))
        .values_list("sector_id", GROUP, "aware_at", "aware_precision", "received_at", "released_at")
    )
    for sector, group, aware, precision, received, released in rows.iterator(chunk_size=5000):
        line = cohorts.line_of(sector)
        if aware and precision == "minute" and received >= aware:
            found["told"].setdefault(line, {}).setdefault(group, []).append((received - aware).total_seconds() / 3600)
        if released:
            found["shared"].setdefault(line, {}).setdefault(group, []).append(
                (released - received).total_seconds() / 3600
            )
    return found
