"""Whose reports count in which line: the cohort rule, so that nobody shows by coming or going. Pure.

A line is a sector, or "other" for all sectors with too few groups. Between two releases the groups of a line change by
none or by at least k at once; who joins or leaves waits until then, or until January, when a new series begins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from incidents.aggregates.cells import LEAST_COUNCIL

OTHER = "other"
WITHOUT = "none"  # the sector of members that have none; always among the others
Lines = Mapping[str, frozenset[Any]]


@dataclass(frozen=True)
class Members:
    """Groups that could report now, by sector, and the greatest minimum group size of the agreements they stand under."""

    by_sector: Mapping[str, frozenset[Any]]
    strictest: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cohorts:
    """The groups that count in each line, and the sectors that were merged into "other" for good."""

    lines: Lines
    merged: frozenset[str]

    def line_of(self, sector: str) -> str:
        return sector if sector in self.lines and sector != OTHER else OTHER


def begin(members: Members, merged: Iterable[str] = ()) -> Cohorts:
    """The cohorts of a new series: everybody who could report; sectors below k go into "other", and stay there."""
    kept = {WITHOUT, *merged}
    for sector, groups in members.by_sector.items():
        if len(groups) < max(LEAST_COUNCIL, members.strictest.get(sector, 0)):
            kept.add(sector)
    return Cohorts(lines_of(members, frozenset(kept)), frozenset(kept))


def follow(before: Cohorts, members: Members) -> Cohorts:
    """The cohorts of the next release of a series: lines change by none or by at least k groups, and so does their sum."""
    merged = before.merged | (members.by_sector.keys() - before.lines.keys())
    now = lines_of(members, merged)
    least = {line: max(LEAST_COUNCIL, _strictest(members, merged, line)) for line in before.lines}
    changed = {line for line in before.lines if len(before.lines[line] ^ now.get(line, frozenset())) >= least[line]}
    lines = {line: now.get(line, frozenset()) if line in changed else groups for line, groups in before.lines.items()}
    moved = frozenset().union(*before.lines.values()) ^ frozenset().union(*lines.values())
    if moved and len(moved) < max(least.values()):
        lines = dict(before.lines)
    return Cohorts(lines, merged)


def lines_of(members: Members, merged: frozenset[str]) -> dict[str, frozenset[Any]]:
    """The groups that could report now, by line."""
    lines = {sector: groups for sector, groups in members.by_sector.items() if sector not in merged}
    lines[OTHER] = frozenset().union(*(members.by_sector[sector] for sector in merged & members.by_sector.keys()))
    return lines


def _strictest(members: Members, merged: frozenset[str], line: str) -> int:
    sectors = merged if line == OTHER else {line}
    return max((members.strictest.get(sector, 0) for sector in sectors), default=0)
