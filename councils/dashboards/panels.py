"""What a council's dashboard shows: published figures of its sectors, and nothing else. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from incidents import aggregates
from partnership.tables import Column, Table

HIDDEN = "hidden"


@dataclass(frozen=True)
class Glance:
    """A number of the newest month with its period and what to compare it with."""

    label: str
    value: Any
    comparison: str


def board(sectors: Sequence[str]) -> aggregates.Published | None:
    """The published figures of a council's sectors; None before the first release."""
    return aggregates.published(sectors=sectors)


def glances(shown: aggregates.Published) -> list[Glance]:
    """The newest month of each line, beside the month before; differences are taken between the published numbers."""
    panel = shown.panel("sectors")
    assert panel is not None
    return [Glance(f"{row.label}, {panel.columns[-1].label}", row.figures[-1].value, _comparison(panel, row.figures)) for row in reversed(panel.rows)]  # fmt: skip


def _comparison(panel: aggregates.Panel, figures: Sequence[aggregates.Figure]) -> str:
    if len(figures) < 2:
        return "the first release"
    if panel.columns[-1].begins_series:
        return "a new series: not comparable with the month before"
    now, before = figures[-1].value, figures[-2].value
    month = panel.columns[-2].label
    if before is None:
        return f"{month} is hidden"
    if now is None:
        return f"{before} in {month}"
    change = round(100 * (int(now) - int(before)) / int(before))
    return f"{before} in {month}, {change:+d} %" if change else f"{before} in {month}, the same"


def sentence(panel: aggregates.Panel) -> str:
    """What a panel says, in one sentence, from its published figures alone."""
    known = [(figure.value, row.label, column.label) for row in panel.rows if row.key != "all"
             for figure, column in zip(row.figures, panel.columns, strict=True) if isinstance(figure.value, int)]  # fmt: skip
    hidden = f"{panel.hidden} of {panel.size} figures are hidden." if panel.hidden else "No figure is hidden."
    if panel.is_empty:
        return f"{panel.title}, {panel.period}: nothing could be published."
    if not known:
        return f"{panel.title}, {panel.period}: {hidden}"
    most = max(known, key=lambda found: found[0])
    return f"{panel.title}, {panel.period}: the most were {most[0]} {panel.unit} ({most[1]}, {most[2]}). {hidden}"


def trend(panel: aggregates.Panel) -> list[tuple[str, list[tuple[str, int | None]]]]:
    """The national numbers as runs of (month, number), a run for each series."""
    total = next(row for row in panel.rows if row.key == "all")
    runs: list[tuple[str, list[tuple[str, int | None]]]] = []
    for column, figure in zip(panel.columns, total.figures, strict=True):
        if column.begins_series or not runs:
            runs.append((column.label, []))
        runs[-1][1].append((column.label, figure.value if isinstance(figure.value, int) else None))
    return runs


def most(panel: aggregates.Panel) -> int:
    numbers = [f.value for row in panel.rows if row.key != "all" for f in row.figures if isinstance(f.value, int)]
    return max(numbers, default=0)


def cells(shown: aggregates.Published | None) -> list[list[str]]:
    """Every figure as (table, row, column, value, reason): what files and the API give is what the page shows."""
    return [
        [panel.title, row.label, f"{column.label}{', new series' if column.begins_series else ''}",
         HIDDEN if figure.is_hidden else str(figure.value), figure.reason]
        for panel in (shown.panels if shown else ()) for row in panel.rows
        for column, figure in zip(panel.columns, row.figures, strict=True)
    ]  # fmt: skip


def notes(shown: aggregates.Published | None) -> list[str]:
    """How the figures came about, as sentences below every table and file."""
    if shown is None:
        return ["No figures have been published yet. They are published five days after the end of each month."]
    rules, release = shown.release.rules, shown.release
    return [
        f"{release.title}, published on {release.published_on:%-d %B %Y}. SHA-256 {release.content_hash}.",
        f"{shown.hidden} figures are hidden.",
        "A group is a parent with its subsidiaries. A figure is shown when at least "
        f"{rules['groups_for_councils']} groups could report and at least {rules['groups_behind']} did, more if an agreement behind it asks for more.",
        f"The groups beside the two largest must have at least {rules['dominance_percent']} % of what the largest has.",
        f"Every number is rounded to {rules['rounded_to']} on its own; differences and percentages are taken from rounded numbers.",
        "Before a release, all figures ever published are attacked together, as a reader, each contributor and each two would:"
        f" no hidden figure may become known more closely than {rules['least_uncertainty']} or half of its value.",
        "A release never changes. Reports that come late enter the next one. TLP:RED never counts.",
    ]  # fmt: skip


def table(name: str, title: str, shown: aggregates.Published | None) -> Table:
    """The dashboard as a table for files."""
    columns = [Column("panel", "Table"), Column("row", "Row"), Column("column", "Column"), Column("value", "Value"),
               Column("reason", "Why there is no value")]  # fmt: skip
    return Table(name, title, columns, given=cells(shown), marking=2, notes=notes(shown))
