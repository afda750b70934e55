"""What can be done with the condition of a branch beside filtering: deny it, split it, and ask it of a loaded row.

A condition is a Q over columns of the row: comparisons with keys of the actor, and look-ups of a column in the rows of
another table (a share, a release, a grant), written as `pk__in=rows.values("report")`.
"""

import operator
from collections.abc import Iterator
from functools import reduce
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Lookup,
)

EVERY_ROW = Q(pk__isnull=False)  # an empty Q vanishes in an OR, so "all" must be said
COMPARED: dict[str, type[Lookup]] = {
    "exact": Exact, "in": In, "lt": LessThan, "lte": LessThanOrEqual, "gt": GreaterThan, "gte": GreaterThanOrEqual,
    "isnull": IsNull,
}  # fmt: skip
ON_LOADED = {
    "exact": operator.eq, "in": lambda left, right: left in right, "lt": operator.lt, "lte": operator.le,
    "gt": operator.gt, "gte": operator.ge,
}  # fmt: skip


class NotComparable(Exception):
    """The condition is not made of comparisons of the row's own columns; the database must be asked."""


def looks_elsewhere(condition: Any) -> bool:
    """Tell whether the condition looks into another table; such branches come last among the arms of a list."""
    if isinstance(condition, Q):
        return any(looks_elsewhere(child) for child in condition.children)
    return not isinstance(condition, tuple) or isinstance(condition[1], QuerySet)


def alternatives(condition: Q) -> list[Q]:
    """The parts of an OR, each of which can be answered by an index of its own."""
    if condition.negated or condition.connector != Q.OR:
        return [condition]
    return [child if isinstance(child, Q) else Q(child) for child in condition.children]


def denied(condition: Q) -> Q:
    """The rows that the condition leaves out, NULL included; a look-up elsewhere becomes one NOT EXISTS."""
    if not looks_elsewhere(condition):
        return ~condition  # Django adds IS NOT NULL to a denied comparison where the column can be NULL
    if condition.negated:
        return ~condition
    if condition.connector == Q.OR:
        return reduce(operator.and_, (denied(part) for part in alternatives(condition)))
    return _denied_look_up(list(_flat(condition)), condition)


def _flat(condition: Q) -> Iterator[Any]:
    for child in condition.children:
        if isinstance(child, Q) and not child.negated and (child.connector == Q.AND or len(child.children) == 1):
            yield from _flat(child)
        else:
            yield child


def _denied_look_up(leaves: list[Any], condition: Q) -> Q:
    elsewhere = [leaf for leaf in leaves if looks_elsewhere(leaf)]
    beside = [leaf for leaf in leaves if not looks_elsewhere(leaf)]
    if len(elsewhere) != 1 or not isinstance(elsewhere[0], tuple) or not all(isinstance(b, tuple) for b in beside):
        return ~condition
    (path, rows), column = elsewhere[0], selected(elsewhere[0][1])
    found = rows.filter(**{column: OuterRef(path.removesuffix("__in"))})
    # The comparisons go inside: NOT (a AND EXISTS) would be an OR, which the planner answers row by row.
    return ~Q(Exists(found.filter(*(_on_outer_row(path, value) for path, value in beside))))


def _on_outer_row(path: str, value: Any) -> Lookup:
    column, lookup = split(path)
    if lookup not in COMPARED:
        raise NotComparable(path)
    return COMPARED[lookup](OuterRef(column), value)


def selected(rows: QuerySet) -> str:
    """The one column that a look-up gives."""
    return next(iter(rows.query.values_select), "pk")


def split(path: str) -> tuple[str, str]:
    """Column and comparison of a path such as organization_id__in."""
    column, _, last = path.rpartition("__")
    return (column, last) if column and last in COMPARED else (path, "exact")


def holds(condition: Q, row: Model) -> bool:
    """Ask the condition of a loaded row: no query for its own columns, one probe for each look-up elsewhere."""
    answers = (_leaf_holds(child, row) for child in condition.children)
    found = any(answers) if condition.connector == Q.OR else all(answers)
    return found != condition.negated


def _leaf_holds(leaf: Any, row: Model) -> bool:
    if isinstance(leaf, Q):
        return holds(leaf, row)
    if not isinstance(leaf, tuple):
        raise NotComparable(leaf)
    path, value = leaf
    column, lookup = split(path)
    left = _value(row, column.split("__"))
    if lookup == "isnull":
        return (left is None) == value
    if left is None:
        return False
    if isinstance(value, QuerySet):
        return value.filter(**{selected(value): left}).exists()
    if isinstance(value, F) or hasattr(value, "resolve_expression"):
        raise NotComparable(path)
    return bool(ON_LOADED[lookup](left, value.pk if isinstance(value, Model) else value))


def _value(row: Model, names: list[str]) -> Any:
    for name in names[:-1]:
        related = getattr(row, name)
        if not isinstance(related, Model):
            raise NotComparable(name)
        row = related
    if names[-1] == "pk":
        return row.pk
    try:
        return getattr(row, row._meta.get_field(names[-1]).attname)  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError) as error:
        raise NotComparable(names[-1]) from error
