"""An attacker on published figures: linear programs over all that was ever published, apart from the publisher's solver.

It knows what everybody may read (the contents of the releases) and, where insiders take part, what these contributed
themselves. Its unknowns are the reports of the others by release, line and severity; every published number is a pair
of inequalities. For each figure and each group it asks for the least and the greatest value that fits.
"""

from itertools import product

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

LEVELS = range(5)


def bounds_of(number):
    """What was rounded to five, and is not below five."""
    return max(5, number - 2), number + 2


class Attack:
    """All releases of a series of months together, seen by insiders; `truth` is (release, line, level, group) -> amount."""

    def __init__(self, contents, truth, insiders=()):
        self.truth, self.insiders = truth, set(insiders)
        self.own = {}
        for (release, line, level, group), amount in truth.items():
            if group in self.insiders:
                self.own[release, line, level] = self.own.get((release, line, level), 0) + amount
        self.index = {}
        for content in contents:
            for (line, _), level in product(content["lines"], LEVELS):
                self.index[content["number"], line, level] = len(self.index)
        self.rows, self.figures = [], []
        for content in contents:
            self._read(content, [c for c in contents if self._same_quarter(c, content)])
        self._build()

    @staticmethod
    def _same_quarter(other, content):
        (year, month), (y, m) = (map(int, c["month"].split("-")) for c in (other, content))
        return (year, (month - 1) // 3) == (y, (m - 1) // 3) and other["series"] == content["series"] and month <= m

    def _read(self, content, quarter):
        lines = [line for line, _ in content["lines"]]
        for table in content["tables"]:
            if table["code"] == "sectors":
                for row in table["rows"]:
                    self._note([(content["number"], row["key"], level) for level in LEVELS], row["values"][0])
                self._note(
                    [(content["number"], *atom) for atom in product(lines, LEVELS)], table["total"][0], is_total=True
                )
            if table["code"] == "severity":
                for row in table["rows"]:
                    for (code, _), value in zip(table["columns"], row["values"], strict=True):
                        first, last = int(code[0]), int(code[-1])
                        self._note(
                            [(c["number"], row["key"], n) for c in quarter for n in range(first, last + 1)], value
                        )

    def _note(self, atoms, value, is_total=False):
        known = sum(self.own.get(atom, 0) for atom in atoms)
        self.figures.append((atoms, value, known, is_total))
        if value is not None:
            low, high = bounds_of(value)
            self.rows.append((atoms, low - known, high - known))

    def _build(self):
        entries = [(n, self.index[atom]) for n, (atoms, _, _) in enumerate(self.rows) for atom in atoms]
        shape = (len(self.rows), len(self.index))
        rows, columns = zip(*entries, strict=True) if entries else ((), ())
        self.matrix = coo_matrix((np.ones(len(entries)), (rows, columns)), shape=shape).tocsr()
        self.low = np.array([low for _, low, _ in self.rows], dtype=float)
        self.high = np.array([high for _, _, high in self.rows], dtype=float)

    def extreme(self, atoms, sign):
        """The least (1) or greatest (-1) sum of some unknowns; 10,000 where nothing bounds it."""
        aim = np.zeros(len(self.index))
        aim[[self.index[atom] for atom in atoms]] = sign
        limits = {}
        if self.rows:
            from scipy.sparse import vstack

            limits = {"A_ub": vstack([self.matrix, -self.matrix]), "b_ub": np.concatenate([self.high, -self.low])}
        found = linprog(aim, bounds=(0, 10_000), method="highs", **limits)
        assert found.status == 0, "the truth fits, so there is an answer"
        return sign * found.fun

    def others(self, atoms):
        """What the groups that are not insiders really contributed, by group."""
        wanted, found = set(atoms), {}
        for (release, line, level, group), amount in self.truth.items():
            if (release, line, level) in wanted and group not in self.insiders:
                found[group] = found.get(group, 0) + amount
        return found

    def narrowed(self, only=None):
        """Figures in which somebody is known too closely, each with what is known."""
        for n, (atoms, value, _, _) in enumerate(self.figures):
            if only is not None and n not in only:
                continue
            rest = self.others(atoms)
            total, high = sum(rest.values()), self.extreme(atoms, -1)
            # a single group may have all of what the others have, or nothing: its part lies between 0 and high
            if high < max([5, *rest.values()]) - 1e-6:
                yield atoms, "a group", 0, high
            if value is None:
                low = self.extreme(atoms, 1)
                if high - low < max(5, total / 2) - 1e-6:
                    yield atoms, "a hidden figure", low, high
