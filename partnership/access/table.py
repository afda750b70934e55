"""The table of permissions: each with its alternatives, each alternative with a reason in words.

An app's policy.py fills it. A permission on rows is a list of branches; a branch turns an actor into a condition on
rows, or into None when it gives that actor nothing. A permission without rows is a list of standings. List, single
check and explanation are all computed from these, so they cannot disagree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Model, Q

from partnership.access.actor import Actor

EVERY_ROW = Q(pk__isnull=False)  # an empty Q vanishes in an OR, so "all" must be said


@dataclass(frozen=True)
class Branch:
    """One way to be allowed on rows."""

    name: str
    because: str  # a sentence to the person: "Your organization filed it."
    rows: Callable[[Actor], Q | None]


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


PERMISSIONS: dict[str, Permission] = {}


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
