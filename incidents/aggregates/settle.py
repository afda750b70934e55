"""Which figures of a table are shown: first hide more, then merge, then drop the total, then withhold the table. Pure."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from incidents.aggregates.attack import Arc, weak
from incidents.aggregates.cells import Cell, may_be_shown

Build = Callable[[set[Hashable]], Sequence[Arc]]  # the network of all that is known, given which new figures are shown


@dataclass(frozen=True)
class Draft:
    """One way to publish a table: its figures, and the network in which they stand."""

    cells: Mapping[Any, Cell]  # without the total
    build: Build
    total: Cell | None = None
    because: str = ""  # what was done to it, in a sentence


@dataclass(frozen=True)
class Settled:
    """What is shown of a draft; nothing at all means that the table is withheld."""

    draft: Draft
    shown: frozenset[Hashable]

    @property
    def is_withheld(self) -> bool:
        return not self.shown

    @property
    def kept(self) -> int:
        """Figures shown, the total apart."""
        return len(self.shown & self.draft.cells.keys())

    @property
    def share(self) -> Fraction:
        return Fraction(self.kept, max(1, len(self.draft.cells)))


def settle(drafts: Sequence[Draft], enough: Fraction = Fraction(1, 2)) -> Settled:
    """The first draft that shows enough of its figures; else the one that shows most; else nothing."""
    best = Settled(drafts[0], frozenset())
    for draft in drafts:
        tried = Settled(draft, frozenset(_hide_until_safe(draft)))
        if tried.shown and tried.share >= enough:
            return tried
        if (tried.share, len(tried.shown)) > (best.share, len(best.shown)):
            best = tried
    return best


def _possible(cells: Iterable[Cell]) -> set[Hashable]:
    return {cell.key for cell in cells if may_be_shown(cell)}


def _hide_until_safe(draft: Draft) -> set[Hashable]:
    """Hide the smallest figure beside each one that is too exposed, until none is; nothing where that does not end."""
    shown = _possible([*draft.cells.values(), *([draft.total] if draft.total else [])])
    while (found := next(weak(draft.build(shown)), None)) is not None:
        chosen = _next(found, draft, shown)
        if chosen is None:
            return set()
        shown.discard(chosen)
    return shown


def _next(found: Arc, draft: Draft, shown: set[Hashable]) -> Hashable | None:
    if found.key in shown:
        return found.key
    ends = {found.tail, found.head} - {"out"}
    open_ = [arc for arc in draft.build(shown) if arc.key in shown and arc.key in draft.cells]
    near = [arc for arc in open_ if ends & {arc.tail, arc.head}] or open_
    return min(near, key=lambda arc: (arc.amount, str(arc.key))).key if near else None
