"""The yes/no question and its explanation, from the same branches as the lists."""

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Case, Model, Value, When

from partnership.access.actor import Actor
from partnership.access.scope import visible
from partnership.access.table import PERMISSIONS, Branch, Standing


class Refused(PermissionDenied):
    """The actor does not hold the permission; pages answer 404, as if the thing were absent."""


def can(actor: Actor, permission: str, obj: Model | None = None) -> bool:
    """Whether the actor holds the permission, on the row if it concerns rows. An unknown permission is a no."""
    entry = PERMISSIONS.get(permission)
    if entry is None or not actor.is_known:
        return False
    if entry.model is None:
        return any(standing.holds(actor) for standing in entry.standings)
    if obj is None:
        return False
    return visible(actor, permission, entry.model._default_manager.filter(pk=obj.pk)).exists()


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
    """Every alternative by which the actor is allowed; empty when refused. One query for a row."""
    entry = PERMISSIONS.get(permission)
    if entry is None or not actor.is_known:
        return []
    if entry.model is None:
        return [standing for standing in entry.standings if standing.holds(actor)]
    if obj is None:
        return []
    open_branches = [(branch, rows) for branch in entry.branches if (rows := branch.rows(actor)) is not None]
    if not open_branches:
        return []
    marks = {
        f"by_{n}": Case(When(rows, then=Value(True)), default=Value(False), output_field=BooleanField())
        for n, (_, rows) in enumerate(open_branches)
    }
    found = entry.model._default_manager.filter(pk=obj.pk).annotate(**marks).values(*marks).first() or {}
    return [branch for n, (branch, _) in enumerate(open_branches) if found.get(f"by_{n}")]
