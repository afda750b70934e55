"""One figure: what stands behind it, whether it may be shown at all, and as which number. Pure.

A figure below five is never told apart from any other hidden one, zero included: all hidden figures look the same and
carry the same reason, so that the reason itself tells nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Group = Any
Given = Mapping[Group, int]

STEP = 5  # every number is rounded to it, on its own
LEAST_COUNCIL, LEAST_PUBLIC = 5, 10  # groups that could report, for a council and for everybody
FEWEST_BEHIND = 3  # groups that did report, if no agreement asks for more
DOMINANCE = 20  # percent of the largest that the others beside the two largest must reach
WIDEST_STEP = 5  # nobody's share of a figure, and no hidden figure, is known more closely than this


@dataclass(frozen=True)
class Cell:
    """A figure with the groups behind it; never leaves the publisher."""

    key: Any
    given: Given  # group -> what it contributed, above zero
    population: int  # groups that could have contributed
    strictest: int = 0  # the greatest minimum group size of the agreements that fed it

    @cached_property
    def amount(self) -> int:
        return sum(self.given.values())


def top_two(given: Given) -> int:
    """What the two largest contributors know together."""
    return sum(sorted(given.values())[-2:])


def rounded(amount: int) -> int:
    return STEP * ((amount + STEP // 2) // STEP)


def interval(number: int) -> tuple[int, int]:
    """The amounts that are published as a number."""
    return max(STEP, number - STEP // 2), number + STEP // 2


def may_be_shown(cell: Cell, least: int = LEAST_COUNCIL) -> bool:
    """Whether the figure alone gives nobody away, to a reader, a contributor or two contributors who tell each other."""
    if cell.population < max(least, cell.strictest) or len(cell.given) < max(FEWEST_BEHIND, cell.strictest):
        return False
    known = top_two(cell.given)
    rest, largest = cell.amount - known, max(cell.given.values())
    is_dominated = 100 * rest < DOMINANCE * largest
    return cell.amount >= STEP and not is_dominated and interval(rounded(cell.amount))[1] - known >= WIDEST_STEP
