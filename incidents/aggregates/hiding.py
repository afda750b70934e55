"""Which figures of a table with totals may be shown, so that none that is hidden can be worked out from the others.

Pure functions over counts and the sets of groups behind them. Four steps:
1. A cell is hidden when fewer groups than the threshold stand behind it; zero is hidden alike.
2. Per line with a total, what is hidden must be two cells at least and rest on enough groups together, since the
   reader can subtract; else the line's smallest shown cell is hidden too, or, where that would cost the line its
   last figures, the total is.
3. What a reader can work out by adding and subtracting lines, and by knowing that counts are never negative, is
   computed; a hidden cell that comes out within fewer than `threshold` values loses the totals of its lines.
4. The grand total is shown only together with all row or all column totals' safety: it is one more line.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

Key = tuple[Hashable, Hashable]


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


def protect(figures: Mapping[Key, Figures], *, rows: Sequence[Hashable], columns: Sequence[Hashable], threshold: int) -> Shown:
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
    return changed


def _close_gaps(figures: Mapping[Key, Figures], lines: Mapping[Line, list[Key]], shown: Shown, threshold: int) -> bool:
    """Take away the totals by which a hidden cell could be narrowed down; true when one was taken."""
    found = narrowed(figures, lines, shown, threshold)
    if found is None:
        return False
    touching = [line for line in (Line("row", found[0]), Line("column", found[1]), Line("all", None)) if line in shown.totals]
    shown.totals -= set(touching)
    return bool(touching)


def narrowed(figures: Mapping[Key, Figures], lines: Mapping[Line, list[Key]], shown: Shown, threshold: int) -> Key | None:
    """A hidden cell that a reader can pin down to fewer than `threshold` values, if there is one."""
    unknown = sorted({key for keys in lines.values() for key in keys} - shown.cells, key=str)
    equations = [
        ([key for key in lines[line] if key not in shown.cells], sum(figures[key].amount for key in lines[line] if key not in shown.cells))
        for line in sorted(shown.totals, key=str)
    ]
    equations = [(keys, amount) for keys, amount in equations if keys]
    return _by_bounds(unknown, equations, threshold) or _by_elimination(unknown, equations)


def _by_bounds(unknown: Sequence[Key], equations: Sequence[tuple[list[Key], int]], threshold: int) -> Key | None:
    """Counts are never negative: narrow each unknown by every line until nothing moves."""
    bounded = {key for keys, _ in equations for key in keys}
    low = dict.fromkeys(bounded, 0)
    high = {key: min(amount for keys, amount in equations if key in keys) for key in bounded}
    for _ in range(50):
        moved = False
        for keys, amount in equations:
            lows, highs = sum(low[key] for key in keys), sum(high[key] for key in keys)
            for key in keys:
                up, down = amount - (lows - low[key]), amount - (highs - high[key])
                if up < high[key] or down > low[key]:
                    highs, lows = highs + min(up, high[key]) - high[key], lows + max(down, low[key]) - low[key]
                    high[key], low[key], moved = min(up, high[key]), max(down, low[key]), True
        if not moved:
            break
    return next((key for key in unknown if key in bounded and high[key] - low[key] < threshold), None)


def _by_elimination(unknown: Sequence[Key], equations: Sequence[tuple[list[Key], int]]) -> Key | None:
    """Adding and subtracting lines: a row of the reduced system with a single unknown gives it away."""
    place = {key: n for n, key in enumerate(unknown)}
    rows: list[dict[int, Fraction]] = []
    for keys, _ in equations:
        row = {place[key]: Fraction(1) for key in keys}
        for pivot_row in rows:
            _subtract(row, pivot_row, min(pivot_row))
        if row:
            pivot = min(row)
            row = {n: value / row[pivot] for n, value in row.items()}
            for other in rows:
                _subtract(other, row, pivot)
            rows.append(row)
    return next((unknown[min(row)] for row in rows if len(row) == 1), None)


def _subtract(row: dict[int, Fraction], other: Mapping[int, Fraction], pivot: int) -> None:
    factor = row.get(pivot)
    if not factor:
        return
    for n, value in other.items():
        row[n] = row.get(n, Fraction(0)) - factor * value
        if not row[n]:
            del row[n]
