"""Counts by sector and month, and how long sharing took.

Only functions, only counts. A figure leaves when it rests on at least as many groups of organizations as the strictest
agreement behind the view demands, and never on fewer than three; a group is a parent with its subsidiaries. What is
below is hidden, zero included, since "none" is a figure too. Totals are shown only where the hidden part of their line
rests on enough groups itself and no hidden cell can be worked out from what is shown; else more is hidden.
TLP:RED never counts. Rounding is not done here yet (issue 3).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce

from incidents.aggregates.hiding import Figures, Line, protect
from incidents.models import Report
from partnership.models import TLP, Sector

FEWEST_GROUPS = 3
HIGHEST_TLP = TLP.AMBER_STRICT


@dataclass(frozen=True)
class Cell:
    """One figure, or the reason why there is none."""

    value: float | None
    reason: str = ""

    @property
    def is_hidden(self) -> bool:
        return self.value is None


@dataclass(frozen=True)
class Period:
    """Whole months, first and last included."""

    first: date
    last: date

    @property
    def months(self) -> list[date]:
        found, month = [], self.first.replace(day=1)
        while month <= self.last:
            found.append(month)
            month = (month + timedelta(days=32)).replace(day=1)
        return found


@dataclass(frozen=True)
class Grid:
    """Figures by sector and month, with the totals that may be shown."""

    title: str
    sectors: tuple[tuple[str, str], ...]  # code, label
    months: tuple[date, ...]
    cells: Mapping[tuple[str, date], Cell]
    sector_totals: Mapping[str, Cell]
    month_totals: Mapping[date, Cell]
    total: Cell
    threshold: int
    notes: tuple[str, ...] = ()

    def row(self, sector: str) -> list[Cell]:
        return [self.cells[sector, month] for month in self.months]

    @property
    def hidden_count(self) -> int:
        return sum(cell.is_hidden for cell in self.cells.values())


@dataclass(frozen=True)
class Series:
    """One figure a month."""

    title: str
    months: tuple[date, ...]
    cells: tuple[Cell, ...]
    threshold: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delay:
    """How long reports of a sector took, as medians in hours."""

    sector: str
    label: str
    aware_to_received: Cell
    received_to_released: Cell


@dataclass(frozen=True)
class Delays:
    """Time to share, by sector."""

    title: str
    rows: tuple[Delay, ...]
    threshold: int
    notes: tuple[str, ...] = ()


def incidents_by_sector_and_month(*, sectors: Iterable[str], period: Period) -> Grid:
    """How many incidents were received, by sector and month."""
    return _grid("Incidents received", sectors, period, Count("pk"))


def indicators_by_sector_and_month(*, sectors: Iterable[str], period: Period) -> Grid:
    """How many indicators came with the incidents received, by sector and month."""
    return _grid("Indicators shared", sectors, period, Count("indicators"), Q(indicators__isnull=False))


def trend_by_month(*, sectors: Iterable[str], period: Period) -> Series:
    """Incidents received a month over all of the sectors: the totals of the same table, hidden where it hides them."""
    grid = incidents_by_sector_and_month(sectors=sectors, period=period)
    return Series(
        "Incidents received, all sectors",
        grid.months,
        tuple(grid.month_totals[m] for m in grid.months),
        grid.threshold,
        grid.notes,
    )


def time_to_share(*, sectors: Iterable[str], period: Period) -> Delays:
    """Median hours from becoming aware to the report, and from the report to its release, by sector."""
    labels = _labels(sectors)
    rows = (
        _counted(labels, period)
        .filter(Q(aware_at__isnull=False, aware_precision="minute") | Q(released_at__isnull=False))
        .annotate(group=_GROUP)
        .values_list(
            "sector_id",
            "group",
            "aware_at",
            "aware_precision",
            "received_at",
            "released_at",
            "version__minimum_group_size",
        )
    )
    told: dict[str, list[tuple[UUID, float]]] = defaultdict(list)
    shared: dict[str, list[tuple[UUID, float]]] = defaultdict(list)
    threshold = FEWEST_GROUPS
    for sector, group, aware, precision, received, released, size in rows.iterator(chunk_size=5000):
        threshold = max(threshold, size)
        if aware and precision == "minute" and received >= aware:
            told[sector].append((group, (received - aware).total_seconds() / 3600))
        if released:
            shared[sector].append((group, (released - received).total_seconds() / 3600))
    return Delays(
        "Time to share", tuple(Delay(code, label, _median(told[code], threshold), _median(shared[code], threshold)) for code, label in labels.items()),
        threshold, (_note(threshold), "Reports whose moment of becoming aware is known to the minute are counted."),
    )  # fmt: skip


_GROUP = Coalesce("organization__parent_id", "organization_id")


def _counted(labels: Mapping[str, str], period: Period) -> Any:
    return Report.objects.filter(
        sector__in=list(labels), tlp__lte=HIGHEST_TLP, month__gte=period.months[0], month__lte=period.months[-1]
    ).order_by()


def _labels(sectors: Iterable[str]) -> dict[str, str]:
    return dict(Sector.objects.filter(pk__in=list(sectors)).order_by("position").values_list("pk", "label"))


def _grid(title: str, sectors: Iterable[str], period: Period, amount: Any, only: Q | None = None) -> Grid:
    labels, months = _labels(sectors), period.months
    counted = _counted(labels, period) if only is None else _counted(labels, period).filter(only)
    rows = (
        counted.annotate(group=_GROUP).values("sector_id", "month", "group")
        .annotate(amount=amount, size=Max("version__minimum_group_size"))
    )  # fmt: skip
    figures: dict[tuple[str, date], Figures] = {(sector, month): Figures() for sector in labels for month in months}
    threshold = FEWEST_GROUPS
    for row in rows.iterator(chunk_size=5000):
        figures[row["sector_id"], row["month"]].add(row["group"], row["amount"])
        threshold = max(threshold, row["size"])
    return _protected(title, labels, months, figures, threshold)


def _protected(
    title: str,
    labels: Mapping[str, str],
    months: Sequence[date],
    figures: Mapping[tuple[str, date], Figures],
    threshold: int,
) -> Grid:
    """Hide what must be hidden and lay the rest out as a table."""
    shown = protect(figures, rows=list(labels), columns=list(months), threshold=threshold)
    reason = f"Hidden, so that no figure rests on fewer than {threshold} groups of organizations."

    def cell(figure: Figures, is_shown: bool) -> Cell:
        return Cell(figure.amount) if is_shown else Cell(None, reason)

    return Grid(
        title=title, sectors=tuple(labels.items()), months=tuple(months),
        cells={key: cell(figure, key in shown.cells) for key, figure in figures.items()},
        sector_totals={row: cell(_sum(figures, row=row), Line("row", row) in shown.totals) for row in labels},
        month_totals={month: cell(_sum(figures, column=month), Line("column", month) in shown.totals) for month in months},
        total=cell(_sum(figures), Line("all", None) in shown.totals), threshold=threshold, notes=(_note(threshold),),
    )  # fmt: skip


def _sum(figures: Mapping[tuple[str, date], Figures], row: str | None = None, column: date | None = None) -> Figures:
    total = Figures()
    for (sector, month), figure in figures.items():
        if (row is None or sector == row) and (column is None or month == column):
            total.merge(figure)
    return total


def _median(values: list[tuple[UUID, float]], threshold: int) -> Cell:
    if len({group for group, _ in values}) < threshold:
        return Cell(None, f"Hidden, so that no figure rests on fewer than {threshold} groups of organizations.")
    return Cell(round(median(hours for _, hours in values), 1))


def _note(threshold: int) -> str:
    return (
        f"A figure is shown when it rests on at least {threshold} groups of organizations, the strictest number of the agreements"
        " behind this view. A parent and its subsidiaries are one group. Nothing counts that is marked TLP:RED."
    )
