"""The attack that every release must bear before it is published: how closely can a hidden figure be worked out?

Figures that add up (sectors to a national number, months of a sector to its severities) are arcs of a network through
which the reports flow, from "out" and back to it. A published number bounds its arc by what rounds to it; a hidden one
is not bounded. Any other world that tells the same story differs by closed walks, so the most that a figure can rise or
fall is a greatest flow in what is left of the network: exact, and in whole numbers.

Contributors know their own part of every figure, so for them no figure can be below that part. The first test gives
one reader the two largest contributors of every figure at once, which is more than any pair has; what bears that bears
every pair. What does not is tried with each pair, unless there are too many: then it counts as found.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from incidents.aggregates.cells import WIDEST_STEP, Given, Group, top_two

Node = Hashable
Residue = dict[Node, dict[Node, int]]
FREE = 10**9  # no bound
MOST_CONTRIBUTORS = 40  # with more, pairs are not tried one by one


@dataclass(frozen=True)
class Arc:
    """A figure in the network: what it is in truth, and what a reader is told of it."""

    key: Hashable
    tail: Node
    head: Node
    given: Given
    low: int = 0
    high: int = FREE
    is_figure: bool = True  # False: it joins figures and is none itself

    @cached_property
    def amount(self) -> int:
        return sum(self.given.values())

    @cached_property
    def largest_two(self) -> int:
        return top_two(self.given)

    @property
    def is_hidden(self) -> bool:
        return self.high == FREE


def weak(arcs: Sequence[Arc]) -> Iterator[Arc]:
    """The figures that a reader, one contributor or two together can work out too closely."""
    lows = {arc.key: max(arc.low, arc.largest_two) for arc in arcs}
    residue = _residue(arcs, lows)
    for arc in arcs:
        if arc.is_figure:
            up, down = _room(residue, arc, lows[arc.key])
            bears_all = all(_holds(arc, up, down, known) for known in (0, arc.largest_two))
            if not bears_all and not _holds_against_pairs(arcs, arc, lows):
                yield arc


def _holds(arc: Arc, up: int, down: int, known: int) -> bool:
    """Whether what the others contributed stays open for somebody who knows a part of the figure."""
    rest = arc.amount - known
    if not arc.is_hidden:
        return rest + min(up, arc.high - arc.amount) >= WIDEST_STEP
    return up + min(down, rest) >= max(WIDEST_STEP, -(-rest // 2))


def _holds_against_pairs(arcs: Sequence[Arc], arc: Arc, lows: Mapping[Hashable, int]) -> bool:
    contributors = {group for other in arcs if other.is_hidden and other.is_figure for group in other.given}
    contributors |= set(arc.given)
    if len(contributors) > MOST_CONTRIBUTORS:
        return False
    for pair in _pairs(contributors):
        own = {
            other.key: sum(other.given.get(group, 0) for group in pair) if other.is_hidden else lows[other.key]
            for other in arcs
        }
        known = sum(arc.given.get(group, 0) for group in pair)
        if not _holds(arc, *_room(_residue(arcs, own), arc, own[arc.key]), known):
            return False
    return True


def _pairs(groups: Iterable[Group]) -> Iterator[tuple[Group, ...]]:
    """Nobody, each contributor, each two."""
    ordered = sorted(groups, key=str)
    for size in range(3):
        yield from combinations(ordered, size)


def _residue(arcs: Sequence[Arc], lows: Mapping[Hashable, int]) -> Residue:
    """By how much the flow from node to node may change."""
    residue: Residue = defaultdict(lambda: defaultdict(int))
    for arc in arcs:
        residue[arc.tail][arc.head] += arc.high - arc.amount
        residue[arc.head][arc.tail] += arc.amount - lows[arc.key]
    return residue


def _room(residue: Residue, arc: Arc, low: int) -> tuple[int, int]:
    """How far the figure may rise and fall when all others make up for it, each counted up to what is needed."""
    wanted = max(WIDEST_STEP, -(-arc.amount // 2))
    others = {node: dict(heads) for node, heads in residue.items()}
    others[arc.tail][arc.head] -= arc.high - arc.amount
    others[arc.head][arc.tail] -= arc.amount - low
    up = _flow({node: dict(heads) for node, heads in others.items()}, arc.head, arc.tail, wanted)
    return up, _flow(others, arc.tail, arc.head, wanted)


def _flow(residue: dict[Node, dict[Node, int]], source: Node, target: Node, wanted: int) -> int:
    """The greatest flow from source to target, path by path, up to what is wanted."""
    found = 0
    while found < wanted and (path := _path(residue, source, target)):
        size = min(wanted - found, *(residue[a][b] for a, b in path))
        for a, b in path:
            residue[a][b] -= size
            residue[b][a] = residue[b].get(a, 0) + size
        found += size
    return found


def _path(residue: Mapping[Node, Mapping[Node, int]], source: Node, target: Node) -> list[tuple[Node, Node]]:
    came: dict[Node, Node] = {source: source}
    todo = deque([source])
    while todo and target not in came:
        here = todo.popleft()
        for there, room in residue[here].items():
            if room > 0 and there not in came:
                came[there] = here
                todo.append(there)
    if target not in came:
        return []
    path, there = [], target
    while there != source:
        path.append((came[there], there))
        there = came[there]
    return path
