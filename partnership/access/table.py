"""The table of permissions: each with its alternatives, each alternative with a reason in words.

An app's policy.py fills it. A permission on rows is a list of branches; a branch turns an actor into a condition on
rows, or into None when it gives that actor nothing. A permission without rows is a list of standings. Lists in both
forms, single check and explanation are all computed from these, so they cannot disagree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.db.models import Model, Q
from django.db.models.functions import Now

from partnership.access.actor import Actor
from partnership.access.conditions import EVERY_ROW, alternatives, denied, looks_elsewhere

__all__ = [
    "EVERY_ROW", "PERMISSIONS", "Branch", "Permission", "Standing", "extend", "in_general", "is_withheld", "on_rows",
    "withhold",
]  # fmt: skip


@dataclass(frozen=True)
class Branch:
    """One way to be allowed on rows.

    `rows` turns an actor into a Q over the row's columns, or None. It may compare columns with the actor's keys
    (`one_of`) and look a column up in another table (`pk__in=rows.values("report")`); then everything else follows:
    its negation, its place among the arms of a list (comparisons come before look-ups), and the answer on a loaded row.

    SQL text, such as the policies of row-level security need, comes from the same function: call `rows` with an
    actor whose `fact` answers an expression (say, a call of a database function that gives an array) in place of a
    set of keys. `one_of` takes such an expression as it takes keys, and the Q compiles to SQL without literals.
    """

    name: str
    because: str  # a sentence to the person: "Your organization filed it."
    rows: Callable[[Actor], Q | None]
    negation: Callable[[Q], Q] | None = denied  # what the branch leaves out; a branch without one fails the start
    arms: Callable[[Actor], list[Q]] | None = None  # disjoint parts, where the condition alone does not show them
    holds: Callable[[Actor, Model], bool] | None = None  # the answer on a loaded row, where the condition is costly
    of_withheld: bool = False  # gives rows that are withheld from ordinary use, and only those; see `withhold`
    tell: Callable[[Actor, Model], str] | None = None  # the reason for one row, where it can be told more exactly


@dataclass(frozen=True)
class Standing:
    """One way to be allowed in general, without a row."""

    name: str
    because: str
    holds: Callable[[Actor], bool]


@dataclass(frozen=True)
class Permission:
    """A thing that can be done, with every way to be allowed to do it."""

    name: str
    description: str
    model: type[Model] | None
    branches: tuple[Branch, ...] = ()
    standings: tuple[Standing, ...] = ()

    def open_to(self, actor: Actor) -> list[tuple[Branch, Q]]:
        """The branches that give the actor something, each with its condition; built once for an actor."""
        return actor.fact(self._asks_open) if actor.is_known else []

    def arms(self, actor: Actor) -> list[Q]:
        """The branches as conditions of which no two hold of one row; comparisons first, look-ups elsewhere last."""
        return actor.fact(self._asks_arms)

    @cached_property
    def _asks_open(self) -> Callable[[Actor], list[tuple[Branch, Q]]]:
        return partial(Permission._open, self)

    @cached_property
    def _asks_arms(self) -> Callable[[Actor], list[Q]]:
        return partial(Permission._disjoint, self)

    def _open(self, actor: Actor) -> list[tuple[Branch, Q]]:
        return [(branch, rows & self._within(branch, actor)) for branch, rows in self._given(actor)]

    def _given(self, actor: Actor) -> list[tuple[Branch, Q]]:
        """The same without a look at what is withheld."""
        return [(branch, rows) for branch in self.branches if (rows := branch.rows(actor)) is not None]

    def _within(self, branch: Branch, actor: Actor) -> Q:
        """What the branch can reach at all: an ordinary one nothing that is withheld, the others nothing else."""
        withheld = WITHHELD.get(self.model) if self.model else None
        if withheld is None:
            return Q()
        return withheld(actor.now) if branch.of_withheld else denied(withheld(actor.now))

    def _disjoint(self, actor: Actor) -> list[Q]:
        found = self._given(actor)
        if len(found) == 1 and found[0][0].arms is not None:
            return found[0][0].arms(actor)
        return [
            arm
            for kind in (False, True)
            for arm in self._arms_of(actor, [f for f in found if f[0].of_withheld == kind])
        ]

    def _arms_of(self, actor: Actor, found: list[tuple[Branch, Q]]) -> list[Q]:
        """The arms of branches which all reach withheld rows, or all do not."""
        if any(rows == EVERY_ROW for _, rows in found):
            return [EVERY_ROW & self._within(found[0][0], actor)]
        parts = [(branch, part) for branch, rows in found for part in alternatives(rows)]
        parts.sort(key=lambda pair: looks_elsewhere(pair[1]))
        disjoint, before = [], Q()
        for branch, part in parts:
            disjoint.append(part & before & self._within(branch, actor))
            assert branch.negation is not None  # a check at the start sees to it
            before &= branch.negation(part)
        return disjoint


PERMISSIONS: dict[str, Permission] = {}
# A condition on the rows of a model, for the moment given: a time, or the database's own clock.
WITHHELD: dict[type[Model], Callable[[Any], Q]] = {}


def withhold(model: type[Model], rows: Callable[[Any], Q]) -> None:
    """Keep rows of a model out of every permission on it, now and in future, but for branches made for such rows.

    `rows` turns a moment into the condition of what is withheld then, over columns of the row.
    """
    WITHHELD[model] = rows


def is_withheld(row: Model) -> bool:
    """Whether a stored row is withheld at this moment, by the database's clock."""
    rows = WITHHELD.get(type(row))
    return rows is not None and type(row)._base_manager.filter(rows(Now()), pk=row.pk).exists()


def on_rows(name: str, model: type[Model], description: str, branches: Sequence[Branch]) -> Permission:
    """Register a permission on the rows of a model."""
    return _add(Permission(name, description, model, branches=tuple(branches)))


def in_general(name: str, description: str, standings: Sequence[Standing]) -> Permission:
    """Register a permission that concerns no row."""
    return _add(Permission(name, description, None, standings=tuple(standings)))


def _add(permission: Permission) -> Permission:
    if permission.name in PERMISSIONS:
        raise ValueError(f"The permission {permission.name} is registered twice.")
    PERMISSIONS[permission.name] = permission
    return permission


def extend(name: str, branches: Sequence[Branch]) -> None:
    """Add ways to a permission of a lower floor, which cannot know them."""
    entry = PERMISSIONS[name]
    PERMISSIONS[name] = Permission(
        entry.name, entry.description, entry.model, (*entry.branches, *branches), entry.standings
    )
