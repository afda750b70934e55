"""The disjoint form: a list of rows read branch by branch, as UNION ALL of conditions of which no two hold of one row.

The rule stands in the query as one OR, like any filter, so that whatever does not know this form (an update, a lock,
a sub-query, a union) still has the whole rule. Only when a SELECT is compiled is the OR replaced:

- a page reads the keys of its rows from the arms, each filtered, ordered and limited by itself;
- everything else (count, figures, export) reads the table as the union of its arms, into which PostgreSQL pushes the filters.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql import Query
from django.db.models.sql.constants import LOUTER
from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.where import WhereNode


class Rule(WhereNode):
    """The rule of a list within its conditions: the OR of all branches, which remembers the disjoint arms."""

    arms: tuple[Q, ...] = ()

    def clone(self):
        twin = super().clone()
        twin.arms = self.arms
        return twin


class ArmsTable(BaseTable):
    """The table of a query, seen through the arms: (SELECT ... UNION ALL SELECT ...) in place of its name."""

    def __init__(self, table_name: str, alias: str, sql: str, parameters: tuple[Any, ...]):
        super().__init__(table_name, alias)
        self.sql, self.parameters = sql, parameters

    def as_sql(self, compiler, connection):
        return f"({self.sql}) {compiler.quote_name_unless_alias(self.table_alias)}", self.parameters


class DisjointQuery(Query):
    """A query that is compiled in the disjoint form where it can be, and with the OR where it cannot."""

    def get_compiler(self, using=None, connection=None, elide_empty=True):
        connection = connection or connections[using]
        return _spelled_out(self, connection).get_compiler(using, connection, elide_empty)


def under(query: Query, rule: Q, arms: Sequence[Q]) -> DisjointQuery:
    """The query under the rule; `arms` are its branches made disjoint."""
    found = cast(DisjointQuery, query.chain(DisjointQuery))
    clause = Rule([rule.resolve_expression(found)])
    clause.arms = tuple(arms)
    found.where.children.append(clause)
    return found


def _spelled_out(query: DisjointQuery, connection: Any) -> Query:
    plain = query.chain(Query)
    rule = next((child for child in plain.where.children if isinstance(child, Rule)), None)
    if rule is None or _needs_the_or(plain):
        return plain
    _leave_out_idle_joins(plain, *plain.select, *plain.annotation_select.values(), *_grouped(plain))
    if len(rule.arms) < 2:
        return plain
    plain.where.children.remove(rule)
    if plain.high_mark is not None and plain.group_by is None and _is_by_columns(plain):
        return _of_keys(plain, rule.arms, connection)
    return _of_table(plain, rule.arms, connection)


def _needs_the_or(query: Query) -> bool:
    """Sub-queries may refer to the query around them; locks name the table; groups by its key need the key to be known."""
    if query.subquery or query.combinator or query.distinct or query.select_for_update or query.extra_tables:
        return True
    return query.group_by is True or any(_is_key(column, query.base_table) for column in _grouped(query))


def _grouped(query: Query) -> tuple[Any, ...]:
    return query.group_by if isinstance(query.group_by, tuple) else ()


def _leave_out_idle_joins(query: Query, *columns: Any) -> None:
    """Take out the joins that neither the columns given nor the conditions nor the order need.

    The columns of a page bring joins along, which its count and the arms that find its keys would make for each row.
    Only joins that neither repeat nor lose rows are taken out.
    """
    ordered = [query.annotations[name] for name in _names(query) if name in query.annotations]
    read = query._gen_cols([query.where, *columns, *ordered], include_external=True)  # type: ignore[attr-defined]
    needed = {column.alias for column in read}
    for alias in reversed(list(query.alias_map)):  # those that others hang on come later
        join = query.alias_map[alias]
        if alias in needed or not _keeps_every_row(join):
            needed |= {alias, join.parent_alias}
        else:
            query.alias_refcount[alias] = 0


def _keeps_every_row(join: Any) -> bool:
    field: Any = getattr(join, "join_field", None)
    one = field is not None and field.concrete and (field.many_to_one or field.one_to_one)
    return bool(one) and join.filtered_relation is None and (join.join_type == LOUTER or not field.null)


def _names(query: Query) -> list[str]:
    return [name.lstrip("-") for name in query.order_by if isinstance(name, str)]


def _is_key(column: Any, table: str | None) -> bool:
    return getattr(column, "alias", None) == table and column.target.primary_key


def _is_by_columns(query: Query) -> bool:
    """Tell whether the page has an order by paths, and no join that repeats rows."""
    joins = (getattr(join, "join_field", None) for join in query.alias_map.values())
    repeats = any(field is not None and (field.one_to_many or field.many_to_many) for field in joins)
    return bool(query.order_by) and not repeats and all(isinstance(o, str) and o != "?" for o in query.order_by)


def _of_keys(query: Query, arms: Sequence[Q], connection: Any) -> Query:
    """The page as `pk IN (keys)`; the keys come from the arms, each ordered and limited."""
    order: dict[str, bool] = {}
    for name in map(str, query.order_by):
        order.setdefault(name.lstrip("-"), name.startswith("-"))
    found = []
    bare = query.clone()
    bare.clear_limits()
    bare.clear_ordering(force=True)
    bare.select_related = False
    _leave_out_idle_joins(bare, *(bare.annotations[name] for name in order if name in bare.annotations))
    for arm in arms:
        rows: QuerySet = QuerySet(model=query.model, query=bare.chain()).filter(arm)
        rows = rows.order_by(*query.order_by).values_list("pk", *order)[: query.high_mark]
        found.append(rows.query)
    sql, parameters = _union(found, connection)
    if not sql:
        query.set_empty()
        return query
    names = ", ".join(f"o{n}" for n in range(len(order)))
    by = ", ".join(f"o{n} {'DESC' if down else 'ASC'}" for n, down in enumerate(order.values()))
    limit = f"LIMIT {(query.high_mark or 0) - query.low_mark} OFFSET {query.low_mark}"
    query.where = WhereNode()
    query.clear_limits()
    query.add_q(Q(pk__in=RawSQL(f"SELECT k FROM ({sql}) arms(k, {names}) ORDER BY {by} {limit}", parameters)))  # noqa: S611
    return query


def _of_table(query: Query, arms: Sequence[Q], connection: Any) -> Query:
    assert query.model is not None
    columns = [field.attname for field in query.model._meta.concrete_fields]
    found = [QuerySet(model=query.model).filter(arm).values_list(*columns).query for arm in arms]
    sql, parameters = _union(found, connection)
    if not sql:
        query.set_empty()
        return query
    alias = query.get_initial_alias()
    query.alias_map[alias] = ArmsTable(query.model._meta.db_table, alias, sql, parameters)
    return query


def _union(queries: Sequence[Query], connection: Any) -> tuple[str, tuple[Any, ...]]:
    parts: list[str] = []
    parameters: list[Any] = []
    for query in queries:
        try:
            sql, values = query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:  # Django knows without asking that the arm has no row
            continue
        parts.append(f"({sql})")
        parameters += values
    return " UNION ALL ".join(parts), tuple(parameters)
