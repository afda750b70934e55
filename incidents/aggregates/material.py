"""What a release is made of; it never leaves the publisher. Pure."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from incidents.aggregates.cells import Cell

ALL = "all"


class Tallied(NamedTuple):
    """What a group contributed to a line in a month, by severity."""

    line: str
    month: date
    group: Hashable
    severity: int
    amount: int
    strictest: int


@dataclass
class Material:
    """The tallies of a month and of the months before it in the quarter, and who could have contributed."""

    month: date
    labels: Mapping[str, str]  # lines in their order
    live: Mapping[str, frozenset[Any]]  # groups of each line that could report
    tallies: Sequence[Tallied]  # of this quarter, as far as it is of this series
    earlier: Mapping[date, set[Any]] = field(default_factory=dict)  # month -> what was shown of it
    sightings: Mapping[tuple[str, Any], int] = field(default_factory=dict)  # (type, group) -> indicators
    sightings_strictest: int = 0
    hours: Mapping[str, Mapping[str, Mapping[Any, list[float]]]] = field(default_factory=dict)

    @property
    def everybody(self) -> frozenset[Any]:
        return frozenset().union(*self.live.values())

    @property
    def ends_quarter(self) -> bool:
        return self.month.month % 3 == 0

    def population(self, line: str) -> frozenset[Any]:
        """Groups that could report, in a line or in all."""
        return self.everybody if line == ALL else self.live[line]

    def cell(self, key: Any, line: str, month: date | None = None, severities: Collection[int] | None = None) -> Cell:
        """The figure over the tallies of a line (or of all), in a month or in the quarter, of some severities or of all."""
        given: dict[Any, int] = defaultdict(int)
        strictest = 0
        for row in self.tallies:
            if (
                line in (ALL, row.line)
                and month in (None, row.month)
                and (severities is None or row.severity in severities)
            ):
                given[row.group] += row.amount
                strictest = max(strictest, row.strictest)
        return Cell(key, dict(given), len(self.population(line)), strictest)

    def sighted(self, key: str, types: Collection[str]) -> Cell:
        """The sightings of indicators of some types."""
        given: dict[Any, int] = defaultdict(int)
        for (kind, group), amount in self.sightings.items():
            if kind in types:
                given[group] += amount
        return Cell(key, dict(given), len(self.everybody), self.sightings_strictest)
