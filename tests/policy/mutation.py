"""How a policy is broken on purpose, inside the running process, and mended again.

A mutant is one change: of the words of a function, whose code is replaced where it stands, so that everything that
holds the function has the change; or of the condition that a branch gives, in the table of permissions.
"""

import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pkgutil import resolve_name
from typing import Any

from partnership.access.table import PERMISSIONS

Pair = tuple[str, str]  # a permission on rows and the name of one of its branches


class Stale(Exception):
    """The code is no longer what the mutant was written against: mend the mutant."""


@dataclass(frozen=True)
class Mutant:
    """One deliberate bug: what is wrong, and the branches (`permission|permission/branch`, with *) that it makes wrong."""

    name: str
    about: tuple[str, ...]
    where: str = ""
    old: str = ""
    new: str = ""
    alter: Callable[[Any, Any], Any] | None = None
    is_of_form: bool = False  # wrong in what is made of the branches, not in a branch

    @property
    def pairs(self) -> list[Pair]:
        found = [pair for pair in every_pair() if any(_is_about(pair, wanted) for wanted in self.about)]
        if not found:
            raise Stale(f"{self.name}: no branch is called {self.about}")
        return found

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """The program with the bug."""
        with self._in_words() if self.alter is None else self._in_table():
            yield

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        function = resolve_name(self.where)
        function = function.fget if isinstance(function, property) else function
        right = function.__code__
        function.__code__ = _changed(function, self.old, self.new)
        try:
            yield
        finally:
            function.__code__ = right

    @contextmanager
    def _in_table(self) -> Iterator[None]:
        right, pairs = dict(PERMISSIONS), set(self.pairs)
        for name in {name for name, _ in pairs}:
            branches = tuple(
                replace(branch, rows=_altered(branch.rows, self.alter), arms=None, holds=None)
                if (name, branch.name) in pairs else branch
                for branch in right[name].branches
            )  # fmt: skip
            PERMISSIONS[name] = replace(right[name], branches=branches)
        try:
            yield
        finally:
            PERMISSIONS.update(right)


def every_pair() -> list[Pair]:
    """Every branch of every permission on rows."""
    return [(name, branch.name) for name, entry in PERMISSIONS.items() for branch in entry.branches]


def survivors(mutant: Mutant, judge: Any) -> list[Any]:
    """The permissions and branches of which nobody noticed that they are broken."""
    pairs = [pair for pair in mutant.pairs if judge.knows(pair[0])]
    with mutant.at_work():
        alive = [permission for permission in sorted({name for name, _ in pairs}) if not judge.finds(permission)]
        return alive + [pair for pair in pairs if not mutant.is_of_form and not judge.finds_branch(*pair)]


def _is_about(pair: Pair, wanted: str) -> bool:
    permissions, _, branch = wanted.partition("/")
    return fnmatchcase(pair[1], branch) and any(fnmatchcase(pair[0], one) for one in permissions.split("|"))


def _altered(rows: Callable[[Any], Any], alter: Any) -> Callable[[Any], Any]:
    return lambda actor: alter(actor, rows(actor))


def _changed(function: Any, old: str, new: str) -> Any:
    """The code of the function with some words replaced."""
    text = textwrap.dedent(inspect.getsource(function))
    text = text[text.index("def ") :]
    if text.count(old) != 1:
        raise Stale(f"“{old}” stands {text.count(old)} times in {function.__qualname__}")
    found: dict[str, Any] = {}
    exec(compile(text.replace(old, new), f"<{function.__qualname__}, broken>", "exec"), function.__globals__, found)  # noqa: S102
    return found[function.__name__].__code__
