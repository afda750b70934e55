"""How a table is written down once it is settled: rounded numbers, bands and gaps, and nothing else. Pure."""

from collections.abc import Collection, Sequence
from typing import Any

from incidents.aggregates.attack import FREE
from incidents.aggregates.cells import Cell, rounded
from incidents.aggregates.settle import Settled

HIDDEN = "Hidden: it is below five, rests on too few groups of organizations, or would give away another hidden figure."
WITHHELD = "Withheld: no part of this table could be published without giving somebody away."
POPULATION_BANDS = [(5, "under 5"), (10, "5 to 9"), (20, "10 to 19"), (50, "20 to 49"), (FREE, "50 or more")]


def band(value: float, bands: Sequence[tuple[int, str]]) -> str:
    """The label of the first band whose edge is above the value."""
    return next(label for edge, label in bands if value < edge)


def row(key: str, label: str, groups: Collection[Any], values: list[Any]) -> dict[str, Any]:
    """One row; how many groups could report is told as a band."""
    return {"key": key, "label": label, "population": band(len(groups), POPULATION_BANDS), "values": values}


def number(cell: Cell, settled: Settled) -> int | None:
    """What is published of a figure."""
    return rounded(cell.amount) if cell.key in settled.shown else None


def counts(
    code: str, title: str, unit: str, columns: Sequence[tuple[str, str]], rows: list[dict[str, Any]], settled: Settled,
    total: list[int | None] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A table of numbers."""
    made = bands(code, title, columns, rows)
    state, because = ("withheld", WITHHELD) if settled.is_withheld else ("published", settled.draft.because)
    hidden = made["hidden"] + sum(value is None for value in total or [])
    return {**made, "unit": unit, "total": total, "hidden": hidden, "state": state, "because": because}


def bands(code: str, title: str, columns: Sequence[tuple[str, str]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A table of bands."""
    values = [value for one in rows for value in one["values"]]
    is_empty = all(value is None for value in values)
    return {
        "code": code, "title": title, "unit": "band", "columns": [list(column) for column in columns], "rows": rows, "total": None,
        "state": "withheld" if is_empty else "published", "because": WITHHELD if is_empty else "", "hidden": values.count(None),
    }  # fmt: skip
