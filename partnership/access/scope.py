"""Which rows an actor may see or act upon."""

import operator
from functools import reduce
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from partnership.access.actor import Actor
from partnership.access.table import PERMISSIONS, Branch

M = TypeVar("M", bound=Model)


def visible(actor: Actor, permission: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """The rows of a queryset on which the actor holds the permission; none for an unknown one."""
    entry = PERMISSIONS.get(permission)
    if entry is None or entry.model is None or not actor.is_known:
        return queryset.none()
    if not issubclass(queryset.model, entry.model):
        raise TypeError(f"{permission} is about {entry.model.__name__}, not {queryset.model.__name__}.")
    conditions = [rows for branch in entry.branches if (rows := branch.rows(actor)) is not None]
    if not conditions:
        return queryset.none()
    return queryset.filter(reduce(operator.or_, conditions))


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
        return Q(**{f"{field}__in": visible(actor, permission, parents._default_manager.all()).values("pk")})

    return [Branch(f"via {field}", f"You may see the {parents._meta.verbose_name} to which it belongs.", rows)]


def one_of(field: str, keys: frozenset[UUID] | frozenset[str]) -> Q | None:
    """A condition that a column is one of some keys; None when there is no key, so that the branch falls away."""
    return Q(**{f"{field}__in": sorted(keys)}) if keys else None
