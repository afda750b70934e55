"""The exceptions that concern an actor: those received, and those given or decided about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.http import Http404

from partnership.abstract import UserGrant
from partnership.access.actor import Actor
from partnership.access.decide import can
from partnership.access.exceptions import KINDS, GrantTable, Kind, To, decide_permission, view_permission
from partnership.access.grants import groups_of
from partnership.access.scope import get_or_404, permitted, visible
from partnership.models import GroupMembership

MOST = 200


@dataclass(frozen=True)
class Seen:
    """An exception as the person who looks may see it."""

    kind: Kind
    to: To
    row: Any
    is_received: bool
    may_decide: bool
    may_see_record: bool

    @property
    def key(self) -> str:
        return f"{self.kind.name}-{self.to}-{self.row.pk}"

    @property
    def whom(self) -> str:
        return self.row.user.name if self.to == "person" else f"Group {self.row.group.name}"

    @property
    def what(self) -> str:
        """The record's name, for those who may see the record; else only what it is."""
        return str(self.row.content_object) if self.may_see_record or self.may_decide else f"One {self.kind.noun}"

    def is_live(self, at: Any) -> bool:
        return self.row.revoked_at is None and self.row.expires_at > at


def every(actor: Actor) -> Iterator[Seen]:
    """All that the actor may see, those that end first at the front of each kind; at most 200 of each table."""
    for kind in KINDS.values():
        for to, table in kind.tables:
            yield from _of_table(actor, kind, to, table)


def _of_table(actor: Actor, kind: Kind, to: To, table: GrantTable) -> Iterator[Seen]:
    rows = list(_rows(visible(actor, view_permission(table), table._default_manager.all())).order_by(
        "-expires_at", "pk")[:MOST])  # fmt: skip
    decided = permitted(actor, decide_permission(table), rows)
    records = [row.content_object for row in rows]
    seen = permitted(actor, kind.seen_by, records)
    mine = _received(actor, to, table, rows)
    for row in rows:
        yield Seen(kind, to, row, row.pk in mine, row.pk in decided, row.content_object_id in seen)


def _received(actor: Actor, to: To, table: GrantTable, rows: list[Any]) -> set[Any]:
    if to == "person":
        return {row.pk for row in rows if row.user_id == actor.user.pk}
    mine = Q(pk__in=[row.pk for row in rows], group__in=groups_of(actor.user))
    return set(table._default_manager.filter(mine).values_list("pk", flat=True))


def _rows(rows: Any) -> Any:
    whom = "user" if issubclass(rows.model, UserGrant) else "group"
    return rows.select_related(whom, "content_object", "granted_by", "renewed_by", "revoked_by")


def one(actor: Actor, key: str, *, decide: bool = False) -> Seen:
    """One exception by its key, such as report-person-12; 404 for one that is hidden, absent or malformed."""
    name, _, rest = key.partition("-")
    to, _, number = rest.partition("-")
    kind = KINDS.get(name)
    table = kind.table(to) if kind is not None else None
    if kind is None or table is None or not number.isascii() or not number.isdigit() or len(number) > 18:
        raise Http404
    permission = decide_permission(table) if decide else view_permission(table)
    row = get_or_404(actor, permission, _rows(table._default_manager.all()), pk=int(number))
    decides = can(actor, decide_permission(table), row)
    return Seen(kind, to, row, row.pk in _received(actor, to, table, [row]), decides,  # type: ignore[arg-type]
                can(actor, kind.seen_by, row.content_object))  # fmt: skip


def ending(actor: Actor, at: datetime, until: datetime) -> list[Seen]:
    """Exceptions in force that the actor decides about and that end before a moment."""
    found = []
    for kind in KINDS.values():
        for to, table in kind.tables:
            live = table._default_manager.filter(revoked_at__isnull=True, expires_at__gt=at, expires_at__lte=until)
            rows = _rows(visible(actor, decide_permission(table), live)).order_by("expires_at", "pk")[:MOST]
            found += [Seen(kind, to, row, False, True, True) for row in rows]
    return sorted(found, key=lambda seen: seen.row.expires_at)


def newcomers(actor: Actor, since: datetime) -> list[tuple[Seen, GroupMembership]]:
    """People who came after a moment into groups that were let in to a record which the actor decides about."""
    now = GroupMembership.objects.in_force().filter(since__gt=since).exclude(added_by=actor.user.pk)
    came = {row.group_id: row for row in now.select_related("user").order_by("since")}
    found = []
    for kind in KINDS.values() if came else ():
        table: Any = kind.group
        live = table._default_manager.filter(group__in=came, revoked_at__isnull=True, expires_at__gt=Now())
        rows = _rows(visible(actor, decide_permission(table), live)).order_by("pk")[:MOST]
        found += [(Seen(kind, "group", row, False, True, True), came[row.group_id]) for row in rows]
    return found
