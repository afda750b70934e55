"""What a council's dashboard shows: figures of its sectors from the aggregates, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from incidents import aggregates
from partnership.tables import Column, Table

MONTHS = 12


@dataclass(frozen=True)
class Board:
    """All panels of one council for one period."""

    incidents: aggregates.Grid
    indicators: aggregates.Grid
    trend: aggregates.Series
    delays: aggregates.Delays

    @property
    def threshold(self) -> int:
        return max(self.incidents.threshold, self.indicators.threshold, self.delays.threshold)

    @property
    def hidden(self) -> int:
        cells = [*self.incidents.cells.values(), *self.indicators.cells.values()]
        return sum(cell.value is None for cell in cells)


def board(sectors: Sequence[str], today: date) -> Board:
    """The figures of a council's sectors over twelve months, the current one included."""
    month = today.replace(day=1)
    period = aggregates.Period(month + relativedelta(months=1 - MONTHS), month)
    return Board(
        aggregates.incidents_by_sector_and_month(sectors=sectors, period=period),
        aggregates.indicators_by_sector_and_month(sectors=sectors, period=period),
        aggregates.trend_by_month(sectors=sectors, period=period),
        aggregates.time_to_share(sectors=sectors, period=period),
    )


def rows(grid: aggregates.Grid) -> list[tuple[str, list[Any], Any]]:
    """(sector, values by month, total) with None for a hidden figure."""
    return [
        (label, [grid.cells[code, month].value for month in grid.months], grid.sector_totals[code].value)
        for code, label in grid.sectors
    ]


def most(grid: aggregates.Grid) -> float:
    return max([cell.value for cell in grid.cells.values() if cell.value is not None] or [0])


def table(name: str, shown: Board) -> Table:
    """The dashboard as a table: the same cells, hidden ones as the word hidden."""
    columns = [Column("panel", "Panel"), Column("sector", "Sector"), Column("month", "Month"), Column("value", "Value")]
    given = []
    for grid in (shown.incidents, shown.indicators):
        for code, label in grid.sectors:
            for month in grid.months:
                value = grid.cells[code, month].value
                given.append([grid.title, label, f"{month:%Y-%m}", "hidden" if value is None else f"{value:g}"])
    for delay in shown.delays.rows:
        for title, cell in (("Hours from aware to received, median", delay.aware_to_received),
                            ("Hours from received to released, median", delay.received_to_released)):  # fmt: skip
            given.append([title, delay.label, "whole period", "hidden" if cell.value is None else f"{cell.value:g}"])
    notes = [*shown.incidents.notes, f"{shown.hidden} cells are hidden."]
    return Table(name, "Council dashboard", columns, given=given, marking=2, notes=notes)
