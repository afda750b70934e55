"""How exactly a reader can work out a hidden count from totals, computed as flows in a network.

Counts in a table with known sums of some rows and columns are a flow from rows to columns. Any other table that tells
the same sums differs by closed walks, so the greatest rise of a cell is the greatest flow back from its column to its
row through the other cells, and its greatest fall likewise. Rows without a known sum share one node, as do such
columns; the two nodes are joined where the grand total is not known either. Exact, and small enough for plain Python.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping, Set
from math import inf

Key = tuple[Hashable, Hashable]
Node = tuple[str, Hashable]
Network = dict[Node, dict[Node, float]]

ROWS, COLUMNS = ("rows", None), ("columns", None)  # of those without a known sum


def narrow(
    hidden: Mapping[Key, int], *, rows: Set[Hashable], columns: Set[Hashable], whole: bool, enough: int
) -> Key | None:
    """A hidden cell whose possible values are fewer than enough, or None; rows and columns are those with known sums."""
    network = _network(hidden, rows, columns, whole)
    for key in sorted(hidden, key=str):
        if not whole and key[0] not in rows and key[1] not in columns:
            continue  # nothing is known about it
        if _width(network, key, hidden[key], enough) < enough:
            return key
    return None


def _network(hidden: Mapping[Key, int], rows: Set[Hashable], columns: Set[Hashable], whole: bool) -> Network:
    """What may still move: arcs with the amount by which a flow can be changed along them."""
    network: Network = defaultdict(dict)
    of_rows: dict[Hashable, int] = defaultdict(int)
    of_columns: dict[Hashable, int] = defaultdict(int)
    for (row, column), amount in hidden.items():
        network["row", row]["column", column], network["column", column]["row", row] = inf, amount
        of_rows[row] += amount
        of_columns[column] += amount
    for row, amount in of_rows.items():
        if row not in rows:
            network[ROWS]["row", row], network["row", row][ROWS] = inf, amount
    for column, amount in of_columns.items():
        if column not in columns:
            network["column", column][COLUMNS], network[COLUMNS]["column", column] = inf, amount
    if not whole:
        free = min(
            sum(a for r, a in of_rows.items() if r not in rows),
            sum(a for c, a in of_columns.items() if c not in columns),
        )
        network[COLUMNS][ROWS], network[ROWS][COLUMNS] = inf, free
    return network


def _width(network: Network, key: Key, amount: int, enough: int) -> float:
    """By how much the cell may rise and fall together, counted up to enough."""
    row, column = ("row", key[0]), ("column", key[1])
    up = _flow(network, column, row, (row, column), enough)
    return up if up >= enough else up + min(amount, _flow(network, row, column, (row, column), enough - up))


def _flow(network: Network, source: Node, target: Node, without: tuple[Node, Node], enough: float) -> float:
    """The greatest flow from source to target, found path by path, up to enough; the cell's own arc is left out."""
    changed: dict[tuple[Node, Node], float] = defaultdict(float)
    found = 0.0
    while found < enough and (path := _path(network, changed, source, target, set(without))):
        size = min(min(network[a].get(b, 0) + changed[a, b] for a, b in path), enough - found)
        for a, b in path:
            changed[a, b] -= size
            changed[b, a] += size
        found += size
    return found


def _path(
    network: Network, changed: Mapping[tuple[Node, Node], float], source: Node, target: Node, ends: Set[Node]
) -> list[tuple[Node, Node]]:
    came: dict[Node, Node] = {}
    todo = deque([source])
    while todo:
        here = todo.popleft()
        for there, room in network[here].items():
            if there in came or there == source or {here, there} == ends:
                continue
            if room + (changed.get((here, there), 0) if changed else 0) > 0:
                came[there] = here
                if there == target:
                    return _back(came, source, target)
                todo.append(there)
    return []


def _back(came: Mapping[Node, Node], source: Node, target: Node) -> list[tuple[Node, Node]]:
    path, there = [], target
    while there != source:
        path.append((came[there], there))
        there = came[there]
    return path
