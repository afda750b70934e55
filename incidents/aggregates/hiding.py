"""Which figures of a table with totals may be shown, so that none that is hidden can be worked out from the others.

Pure functions over counts and the sets of groups behind them. Four rules:
1. A cell is hidden when fewer groups than the threshold stand behind it; zero is hidden alike.
2. Per line with a total, what is hidden must be two cells at least and rest on enough groups together, since the
   reader can subtract; else the line's smallest shown cell is hidden too, or, where that would cost the line its
   last figures, the total is.
3. The grand total less the shown totals of rows (or of columns) is a sum too, and must rest on enough groups.
4. What a reader can work out by adding and subtracting all that is shown, knowing that counts are never negative, is
   computed exactly (ranges.py); a hidden cell with a range of fewer than `threshold` values loses its lines' totals.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from incidents.aggregates.ranges import narrow

Key = tuple[Any, Any]


@dataclass
class Figures:
    """A count and the groups behind it."""

    amount: int = 0
    groups: set[Hashable] = field(default_factory=set)

    def add(self, group: Hashable, amount: int) -> None:
        self.amount += amount
        self.groups.add(group)

    def merge(self, other: "Figures") -> None:
        self.amount += other.amount
        self.groups |= other.groups


class Line(NamedTuple):
    """A row, a column, or the whole table."""

    kind: str
    key: Hashable


@dataclass
class Shown:
    """The cells and totals that may be shown."""

    cells: set[Key]
    totals: set[Line]


def protect(
    figures: Mapping[Key, Figures], *, rows: Sequence[Hashable], columns: Sequence[Hashable], threshold: int
) -> Shown:
    """Decide for each cell and each total whether it may be shown."""
    lines = _lines(rows, columns)
    shown = Shown({key for key, figure in figures.items() if len(figure.groups) >= threshold}, set())
    shown.totals = {line for line, keys in lines.items() if len(_groups(figures, keys)) >= threshold}
    while _complement(figures, lines, shown, threshold) or _close_gaps(figures, lines, shown, threshold):
        pass
    return shown


def _lines(rows: Sequence[Hashable], columns: Sequence[Hashable]) -> dict[Line, list[Key]]:
    lines = {Line("row", row): [(row, column) for column in columns] for row in rows}
    lines |= {Line("column", column): [(row, column) for row in rows] for column in columns}
    lines[Line("all", None)] = [(row, column) for row in rows for column in columns]
    return lines


def _groups(figures: Mapping[Key, Figures], keys: Sequence[Key]) -> set[Hashable]:
    return set().union(*(figures[key].groups for key in keys)) if keys else set()


def _complement(figures: Mapping[Key, Figures], lines: Mapping[Line, list[Key]], shown: Shown, threshold: int) -> bool:
    """Make each shown total safe against one subtraction; true when anything was hidden on the way."""
    changed = False
    for line, keys in lines.items():
        while line in shown.totals:
            hidden = [key for key in keys if key not in shown.cells]
            if not hidden or (len(hidden) >= 2 and len(_groups(figures, hidden)) >= threshold):
                break
            changed = True
            rest = sorted((key for key in keys if key in shown.cells), key=lambda key: (figures[key].amount, str(key)))
            if line.kind == "all" or len(rest) < 2:
                shown.totals.discard(line)
            else:
                shown.cells.discard(rest[0])
    return changed | _drop_whole(figures, lines, shown, threshold)


def _drop_whole(figures: Mapping[Key, Figures], lines: Mapping[Line, list[Key]], shown: Shown, threshold: int) -> bool:
    """Hide the grand total where subtracting the shown totals of rows or columns leaves too few groups."""
    whole = Line("all", None)
    if whole not in shown.totals:
        return False
    for kind in ("row", "column"):
        rest = [
            key
            for line, keys in lines.items()
            if line.kind == kind and line not in shown.totals
            for key in keys
            if key not in shown.cells
        ]
        if rest and len(_groups(figures, rest)) < threshold:
            shown.totals.discard(whole)
            return True
    return False


def _close_gaps(figures: Mapping[Key, Figures], lines: Mapping[Line, list[Key]], shown: Shown, threshold: int) -> bool:
    """Take away the totals by which a hidden cell could be narrowed down; true when one was taken."""
    found = narrowed(figures, shown, threshold)
    if found is None:
        return False
    touching = [
        line for line in (Line("row", found[0]), Line("column", found[1]), Line("all", None)) if line in shown.totals
    ]
    shown.totals -= set(touching)
    return bool(touching)


def narrowed(figures: Mapping[Key, Figures], shown: Shown, threshold: int) -> Key | None:
    """A hidden cell that a reader can pin down to fewer than `threshold` values, if there is one."""
    hidden = {key: figure.amount for key, figure in figures.items() if key not in shown.cells}
    return narrow(
        hidden, rows={line.key for line in shown.totals if line.kind == "row"},
        columns={line.key for line in shown.totals if line.kind == "column"}, whole=Line("all", None) in shown.totals, enough=threshold,
    )  # fmt: skip
