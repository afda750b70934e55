"""Which rows an actor may see or act upon."""

import operator
from functools import reduce
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from partnership.access.actor import Actor
from partnership.access.decide import can
from partnership.access.disjoint import under
from partnership.access.table import PERMISSIONS, Branch, Permission

M = TypeVar("M", bound=Model)


def visible(actor: Actor, permission: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """The rows of a queryset on which the actor holds the permission; none for an unknown one.

    The rule is one condition, which composes with everything: sub-queries, locks, joins, updates.
    """
    entry = _entry(permission, queryset)
    found = entry.open_to(actor) if entry else []
    return queryset.filter(reduce(operator.or_, (rows for _, rows in found))) if found else queryset.none()


def listed(actor: Actor, permission: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """The same rows for lists: counts, pages, exports and figures are read branch by branch, each by its own index.

    Filters, order and columns may be added afterwards; they are applied to every branch.
    """
    entry = _entry(permission, queryset)
    found = entry.open_to(actor) if entry else []
    if entry is None or not found:
        return queryset.none()
    scoped = queryset.all()
    scoped.query = under(queryset.query, reduce(operator.or_, (rows for _, rows in found)), entry.arms(actor))
    return scoped


def count_up_to(rows: QuerySet, most: int) -> int:
    """How many rows there are, counting no further than `most`."""
    return rows.order_by()[:most].count()


def _entry(permission: str, queryset: QuerySet) -> Permission | None:
    entry = PERMISSIONS.get(permission)
    if entry is None or entry.model is None:
        return None
    if not issubclass(queryset.model, entry.model):
        raise TypeError(f"{permission} is about {entry.model.__name__}, not {queryset.model.__name__}.")
    return entry


def get_or_404(actor: Actor, permission: str, queryset: QuerySet[M], **key: Any) -> M:
    """The one row, or 404 alike for absent, forbidden and malformed keys."""
    try:
        return visible(actor, permission, queryset).get(**key)
    except (ObjectDoesNotExist, ValidationError, ValueError) as missing:
        raise Http404 from missing


def permitted(actor: Actor, permission: str, rows: list[M]) -> set[Any]:
    """The keys of those loaded rows on which the actor holds the permission: one query for a page of buttons."""
    if not rows:
        return set()
    manager = type(rows[0])._default_manager
    return set(visible(actor, permission, manager.filter(pk__in=[r.pk for r in rows])).values_list("pk", flat=True))


def via(field: str, permission: str, parents: Any) -> list[Branch]:
    """Branches of a child that inherits from the row which it belongs to.

    `parents` is the parent model; the child is visible when the parent is, and has no rule of its own.
    """

    def rows(actor: Actor) -> Q | None:
        seen = visible(actor, permission, parents._default_manager.all())
        return Q(**{f"{field}__in": seen.values("pk")}) if PERMISSIONS[permission].open_to(actor) else None

    def of_each_arm(actor: Actor) -> list[Q]:
        every = parents._default_manager.all()
        return [Q(**{f"{field}__in": every.filter(arm).values("pk")}) for arm in PERMISSIONS[permission].arms(actor)]

    def parent_holds(actor: Actor, row: Model) -> bool:
        return can(actor, permission, reduce(getattr, field.split("__"), row))

    because = f"You may see the {parents._meta.verbose_name} to which it belongs."
    return [Branch(f"via {field}", because, rows, arms=of_each_arm, holds=parent_holds)]


def one_of(field: str, keys: Any) -> Q | None:
    """A condition that a column is one of some keys; None when there is no key, so that the branch falls away.

    `keys` is a set of keys, or an expression that gives them in the database (see Branch).
    """
    if hasattr(keys, "resolve_expression"):
        return Q(**{f"{field}__in": keys})
    return Q(**{f"{field}__in": sorted(keys)}) if keys else None
