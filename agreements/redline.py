"""Two versions side by side: which clauses came, went or changed, and in a changed one, which words."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from agreements.wording import Clause, Section

Change = Literal["same", "added", "removed", "changed"]


@dataclass(frozen=True)
class Piece:
    """A run of words that both have, or only the old or the new one."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True)
class Line:
    """One clause in both versions."""

    key: str
    change: Change
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


@dataclass(frozen=True)
class Comparison:
    """A section in both versions."""

    title: str
    lines: tuple[Line, ...]

    @property
    def changes(self) -> int:
        return sum(line.change != "same" for line in self.lines)


def compare(old: list[Section], new: list[Section]) -> list[Comparison]:
    """Compare section by section; clauses are paired by their key, what is left over as removed or added."""
    before = {section.title: section.clauses for section in old}
    after = {section.title: section.clauses for section in new}
    titles = [*after, *(title for title in before if title not in after)]
    return [Comparison(title, tuple(_lines(before.get(title, ()), after.get(title, ())))) for title in titles]


def _lines(old: tuple[Clause, ...], new: tuple[Clause, ...]) -> list[Line]:
    gone = {clause.key: clause for clause in old}
    lines = []
    for clause in new:
        former = gone.pop(clause.key, None)
        lines.append(_line(clause.key, former.sentence if former else "", clause.sentence))
    return lines + [_line(key, clause.sentence, "") for key, clause in gone.items()]


def _line(key: str, old: str, new: str) -> Line:
    if old == new:
        return Line(key, "same", (Piece("same", old),), (Piece("same", new),))
    if not old:
        return Line(key, "added", (), (Piece("added", new),))
    if not new:
        return Line(key, "removed", (Piece("removed", old),), ())
    return Line(key, "changed", *_words(old, new))


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    one, other = re.findall(r"\s+|[^\s]+", old), re.findall(r"\s+|[^\s]+", new)
    left, right = [], []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            left.append(Piece("same", "".join(one[a:b])))
            right.append(Piece("same", "".join(other[c:d])))
            continue
        if a < b:
            left.append(Piece("removed", "".join(one[a:b])))
        if c < d:
            right.append(Piece("added", "".join(other[c:d])))
    return tuple(left), tuple(right)
