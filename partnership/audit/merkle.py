"""The tree of RFC 6962 over the seals, grown by its right edge: what is kept of n leaves is at most log2(n) hashes.

The frontier of n leaves holds the roots of the full subtrees that n falls into, the largest first. It is enough to
add leaves, to give the root, and to prove to somebody who knows an older root that nothing before it has changed.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def sizes(count: int) -> list[int]:
    """The powers of two of which a number is the sum, the largest first."""
    return [1 << bit for bit in range(count.bit_length() - 1, -1, -1) if count >> bit & 1]


class Tree:
    """A tree of which only the right edge is kept."""

    def __init__(self, size: int = 0, frontier: Iterable[bytes] = ()):
        self.size, self.frontier = size, list(frontier)
        if len(self.frontier) != size.bit_count() or any(len(kept) != 32 for kept in self.frontier):
            raise ValueError(f"A tree of {size} leaves has {size.bit_count()} full subtrees.")

    def add(self, data: bytes) -> None:
        """Add one leaf."""
        grown, size = leaf(data), self.size
        while size & 1:
            grown, size = node(self.frontier.pop(), grown), size >> 1
        self.frontier.append(grown)
        self.size += 1

    def extend(self, seals: Sequence[bytes]) -> None:
        """Add many leaves; whole subtrees are hashed level by level, which is quicker than leaf by leaf."""
        begin = 0
        while begin < len(seals):
            fits = (len(seals) - begin).bit_length() - 1
            height = min(fits, (self.size & -self.size).bit_length() - 1) if self.size else fits
            self._join(_root_of_full([leaf(data) for data in seals[begin : begin + (1 << height)]]), height)
            begin += 1 << height

    def _join(self, root: bytes, height: int) -> None:
        size = self.size >> height
        while size & 1:
            root, size = node(self.frontier.pop(), root), size >> 1
        self.frontier.append(root)
        self.size += 1 << height

    @property
    def root(self) -> bytes:
        if not self.frontier:
            return EMPTY
        *rest, found = self.frontier
        for left in reversed(rest):
            found = node(left, found)
        return found

    def copy(self) -> "Tree":
        return Tree(self.size, self.frontier)


def _root_of_full(level: list[bytes]) -> bytes:
    sha256 = hashlib.sha256
    while len(level) > 1:
        level = [sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level), 2)]
    return level[0]


class Later:
    """What came after an old size: the roots that a proof of consistency needs, gathered in one pass over the leaves.

    `wanted` are the ranges of leaves, in the order in which the leaves come; each becomes one hash of the proof.
    """

    def __init__(self, wanted: Iterable[tuple[int, int]]):
        self.wanted = sorted(wanted)
        self.found: dict[tuple[int, int], bytes] = {}

    def read(self, leaves: Iterable[bytes], begin: int) -> None:
        """Go through the leaves from number `begin` on."""
        tree, at, ranges = Tree(), begin, iter(self.wanted)
        now = next(ranges, None)
        for data in leaves:
            if now is None:
                return
            if at >= now[0]:
                tree.add(data)
            at += 1
            if at == now[1]:
                self.found[now] = tree.root
                tree, now = Tree(), next(ranges, None)


def proof_parts(old: int, new: int) -> list[tuple[int, int]]:
    """The ranges of leaves whose roots prove that the tree of `new` leaves begins with that of `old` (RFC 6962, 2.1.2)."""
    if not 0 < old < new:
        return []
    return _parts(old, 0, new, is_whole=True)


def _parts(old: int, begin: int, end: int, is_whole: bool) -> list[tuple[int, int]]:
    count = end - begin
    if old == count:
        return [] if is_whole else [(begin, end)]
    half = 1 << (count - 1).bit_length() - 1
    if old <= half:
        return [*_parts(old, begin, begin + half, is_whole), (begin + half, end)]
    return [*_parts(old - half, begin + half, end, is_whole=False), (begin, begin + half)]


def prove(old: Tree, new: int, later: Iterable[bytes]) -> list[bytes]:
    """The proof from an old tree, whose frontier is known, to a new size, given the leaves that came after it."""
    parts = proof_parts(old.size, new)
    known, begin = {}, 0
    for size, kept in zip(sizes(old.size), old.frontier, strict=True):
        known[begin, begin + size] = kept
        begin += size
    gathered = Later(part for part in parts if part not in known)
    gathered.read(later, old.size)
    return [known[part] if part in known else gathered.found[part] for part in parts]


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the new tree begins with the old one (the check of RFC 9162, 2.1.4.2)."""
    if old == new:
        return old_root == new_root and not proof
    if old == 0:
        return old < new and not proof
    if old > new or not proof:
        return False
    parts = list(proof) if old & old - 1 else [old_root, *proof]
    inner, last = old - 1, new - 1
    while inner & 1:
        inner, last = inner >> 1, last >> 1
    first = second = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if inner & 1 or inner == last:
            first, second = node(part, first), node(part, second)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            second = node(second, part)
        inner, last = inner >> 1, last >> 1
    return first == old_root and second == new_root and last == 0
