"""The yes/no question and its explanation, from the same branches as the lists."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q

from partnership.access.actor import Actor
from partnership.access.conditions import NotComparable, holds, looks_elsewhere
from partnership.access.table import PERMISSIONS, Branch, Permission, Standing


class Refused(PermissionDenied):
    """The actor does not hold the permission; pages answer 404, as if the thing were absent."""


def can(actor: Actor, permission: str, obj: Model | None = None) -> bool:
    """Whether the actor holds the permission, on the row if it concerns rows. An unknown permission is a no."""
    entry = PERMISSIONS.get(permission)
    if entry is None or not actor.is_known:
        return False
    if entry.model is None:
        return any(standing.holds(actor) for standing in entry.standings)
    return (
        obj is not None
        and _is_about(entry, obj)
        and any(_holds(branch, rows, actor, obj) for branch, rows in _cheap_first(entry, actor))
    )


def allowed(actor: Actor, permission: str, obj: Model) -> bool:
    """The same for a loaded row: answered from its columns and the actor's facts, without a query where they suffice."""
    return can(actor, permission, obj)


def may_somewhere(actor: Actor, permission: str) -> bool:
    """Whether any branch is open to the actor at all, without asking for rows; for menus and page doors."""
    entry = PERMISSIONS.get(permission)
    if entry is None or not actor.is_known:
        return False
    if entry.model is None:
        return any(standing.holds(actor) for standing in entry.standings)
    return any(branch.rows(actor) is not None for branch in entry.branches)


def require(actor: Actor, permission: str, obj: Model | None = None) -> None:
    """Go on only if the actor holds the permission."""
    if not can(actor, permission, obj):
        raise Refused(permission)


def explain(actor: Actor, permission: str, obj: Model | None = None) -> list[Branch | Standing]:
    """Every alternative by which the actor is allowed; empty when refused."""
    entry = PERMISSIONS.get(permission)
    if entry is None or not actor.is_known:
        return []
    if entry.model is None:
        return [standing for standing in entry.standings if standing.holds(actor)]
    if obj is None or not _is_about(entry, obj):
        return []
    found = [branch for branch, rows in entry.open_to(actor) if _holds(branch, rows, actor, obj)]
    return [replace(way, because=way.tell(actor, obj)) if way.tell else way for way in found]


def _is_about(entry: Permission, obj: Model) -> bool:
    """A row that was never stored, or of another kind, is nobody's."""
    return not obj._state.adding and isinstance(obj, entry.model)  # type: ignore[arg-type]


def _cheap_first(entry: Permission, actor: Actor) -> list[tuple[Branch, Q]]:
    return sorted(entry.open_to(actor), key=lambda pair: looks_elsewhere(pair[1]))


def _holds(branch: Branch, rows: Q, actor: Actor, obj: Model) -> bool:
    if branch.holds is not None:
        return branch.holds(actor, obj)
    try:
        return holds(rows, obj)
    except NotComparable:
        return type(obj)._base_manager.filter(rows, pk=obj.pk).exists()


def way(actor: Actor, permission: str, obj: Model | None = None) -> str:
    """The first alternative by which the actor is allowed, in words, for the trail; refused when there is none."""
    ways = explain(actor, permission, obj)
    if not ways:
        raise Refused(permission)
    return f"{ways[0].name}: {ways[0].because}"
