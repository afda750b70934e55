"""Read what was published: the newest release and the months before it, for some sectors. Nothing is counted here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from incidents.aggregates.cohorts import OTHER
from incidents.aggregates.layout import HIDDEN
from incidents.models import FigureRelease

MONTHS = 12


@dataclass(frozen=True)
class Figure:
    """A published number or band, or the reason why there is none."""

    value: int | str | None

    @property
    def is_hidden(self) -> bool:
        return self.value is None

    @property
    def reason(self) -> str:
        return HIDDEN if self.value is None else ""


@dataclass(frozen=True)
class Column:
    """A column of a panel; the first of a new series cannot be compared with the one before it."""

    key: str
    label: str
    begins_series: bool = False


@dataclass(frozen=True)
class Row:
    key: str
    label: str
    population: str  # a band: how many groups could report
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Panel:
    """One of the fixed tables, over one release or several."""

    code: str
    title: str
    unit: str
    period: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    state: str
    remarks: tuple[str, ...]

    @property
    def is_withheld(self) -> bool:
        return self.state == "withheld"

    @property
    def size(self) -> int:
        return len(self.rows) * len(self.columns)

    @property
    def hidden(self) -> int:
        return sum(figure.is_hidden for row in self.rows for figure in row.figures)

    @property
    def is_empty(self) -> bool:
        """Nothing of it is shown, in no release."""
        return self.hidden == self.size


@dataclass(frozen=True)
class Release:
    """What is printed with every figure: which release, when, under which rules, and the hash that vouches for it."""

    number: int
    month: date
    published_on: date
    content_hash: str
    rules: dict[str, Any]
    merged: tuple[str, ...]  # labels of the sectors of the reader that are counted among the others

    @property
    def title(self) -> str:
        return f"Release {self.number}, {self.month:%B %Y}"


@dataclass(frozen=True)
class Published:
    """Everything that a council may see of its sectors."""

    release: Release
    panels: tuple[Panel, ...]

    def panel(self, code: str) -> Panel | None:
        return next((panel for panel in self.panels if panel.code == code), None)

    @property
    def hidden(self) -> int:
        return sum(panel.hidden for panel in self.panels)

    @property
    def size(self) -> int:
        return sum(panel.size for panel in self.panels)


def published(*, sectors: Iterable[str], months: int = MONTHS) -> Published | None:
    """The figures of some sectors, over the newest releases; None before the first one."""
    releases = list(FigureRelease.objects.order_by("-month")[:months])[::-1]
    if not releases:
        return None
    newest = releases[-1].content
    lines = {code for code, _ in newest["lines"]}
    wanted = {code if code in lines else OTHER for code in sectors}
    merged = tuple(label for code, label in newest["merged"] if code in set(sectors))
    panels = [_over_months(releases, "sectors", wanted), _over_months(releases, "indicators", None)]
    panels += [panel for code in ("severity", "risk", "hours") if (panel := _of_quarter(releases, code, wanted))]
    last = releases[-1]
    release = Release(last.number, last.month, last.published_at.date(), last.content_hash, newest["rules"], merged)
    return Published(release, tuple(panels))


def _table(release: FigureRelease, code: str) -> dict[str, Any] | None:
    return next((table for table in release.content["tables"] if table["code"] == code), None)


def _over_months(releases: Sequence[FigureRelease], code: str, wanted: set[str] | None) -> Panel:
    """A monthly table, one column for each release."""
    tables = [_table(release, code) or {"rows": [], "total": None} for release in releases]
    labels: dict[str, tuple[str, str]] = {}
    for table in tables:
        for row in table["rows"]:
            if wanted is None or row["key"] in wanted:
                labels[row["key"]] = (row["label"], row["population"])
    columns = tuple(
        Column(release.content["month"], f"{release.month:%b %Y}", release.content["is_break"]) for release in releases
    )
    rows = [
        Row(key, label, band, tuple(_found(table, key) for table in tables)) for key, (label, band) in labels.items()
    ]
    total = "All sectors" if code == "sectors" else "All types"
    rows.append(Row("all", total, "", tuple(Figure((table["total"] or [None])[0]) for table in tables)))
    newest, remarks = tables[-1], []
    if newest["because"]:
        remarks.append(f"{releases[-1].month:%B %Y}: {newest['because']}")
    if any(column.begins_series for column in columns):
        remarks.append("A new series began where the table says so: its figures cannot be compared with those before.")
    period = f"{releases[0].month:%B %Y} to {releases[-1].month:%B %Y}"
    return Panel(code, newest["title"], newest["unit"], period, columns, tuple(rows), newest["state"], tuple(remarks))


def _found(table: dict[str, Any], key: str) -> Figure:
    return Figure(next((row["values"][0] for row in table["rows"] if row["key"] == key), None))


def _of_quarter(releases: Sequence[FigureRelease], code: str, wanted: set[str]) -> Panel | None:
    """The newest of a quarterly table."""
    for release in reversed(releases):
        if (table := _table(release, code)) is not None:
            rows = [
                Row(row["key"], row["label"], row["population"], tuple(Figure(value) for value in row["values"]))
                for row in table["rows"]
                if row["key"] in wanted or row["key"] == "all"
            ]
            quarter = f"quarter {(release.month.month + 2) // 3} of {release.month:%Y}, release {release.number}"
            remarks = (table["because"],) if table["because"] else ()
            columns = tuple(Column(key, label) for key, label in table["columns"])
            return Panel(code, table["title"], table["unit"], quarter, columns, tuple(rows), table["state"], remarks)
    return None
