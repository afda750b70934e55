"""Exceptions: a record opened to somebody by name, renewed and ended by whoever decides about the record."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from partnership import verbs
from partnership.abstract import GroupGrant, UserGrant
from partnership.access import grants
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.access.exceptions import Kind, decide_permission, kind_of_table, words
from partnership.access.questions import name_of, settle
from partnership.audit.record import SYSTEM, record
from partnership.errors import DomainError
from partnership.models import Confirmation, NamedGroup, User


class GrantOver(DomainError):
    default = "This exception has ended already. Give a new one if it is still needed."


class NotGranted(DomainError):
    """An exception that the rules do not allow."""


@transaction.atomic
def give(
    *,
    kind: Kind,
    obj: Any,
    to: User | NamedGroup,
    until: datetime,
    because: str,
    by: User,
    at: datetime,
    clause: str = "",
) -> UserGrant | GroupGrant:
    """Let one person, or a group that the grantor sees, see one record until a moment, at most 90 days ahead."""
    require(Actor(by), kind.decided_by, obj)
    table, whom = (kind.group, _group(kind, obj, to, by)) if isinstance(to, NamedGroup) else (kind.person, to)
    try:
        row = grants.grant(model=table, to=whom, codename=kind.codename, obj=obj, until=until,
                           reason=because, clause=clause, by=by, at=at)  # fmt: skip
    except (grants.GrantTooLong, grants.TooManyGrants) as error:
        raise NotGranted(str(error), field="days") from error
    record(verbs.GRANT_GIVEN, row, by=by, at=at, because=because, **words(kind, row), until=f"{until:%-d %B %Y}")
    return row


def _group(kind: Kind, obj: Any, group: NamedGroup, by: User) -> Group:
    """The group as far as it may be let in to the record; its row is locked, so that it is not closed meanwhile."""
    require(Actor(by), "partnership.view_group", group)
    found = NamedGroup.objects.select_for_update(of=("self",)).select_related("group").get(pk=group.pk)
    if found.closed_at is not None:
        raise NotGranted("This group is closed. Choose another one, or let in one person.", field="group")
    if refusal := kind.not_to_groups(obj):
        raise NotGranted(refusal, field="group")
    return found.group


@transaction.atomic
def renew(*, row: UserGrant | GroupGrant, until: datetime, because: str, by: User, at: datetime) -> Any:
    """Let an exception last longer, at most 90 days from now."""
    kind, row = _open(row, by, at)
    try:
        grants.renew(row=row, until=until, reason=because, by=by, at=at)
    except grants.GrantTooLong as error:
        raise NotGranted(str(error), field="days") from error
    settle(name_of(row), row, Confirmation.Outcome.KEPT, by=by, at=at)
    record(verbs.GRANT_RENEWED, row, by=by, at=at, because=because, **words(kind, row), until=f"{until:%-d %B %Y}")
    return row


@transaction.atomic
def end(*, row: UserGrant | GroupGrant, by: User, at: datetime) -> Any:
    """End an exception: it gives nothing at the next statement."""
    kind, row = _open(row, by, at)
    grants.revoke(row=row, by=by, at=at)
    settle(name_of(row), row, Confirmation.Outcome.ENDED, by=by, at=at)
    record(verbs.GRANT_ENDED, row, by=by, at=at, **words(kind, row))
    return row


def _open(row: UserGrant | GroupGrant, by: User, at: datetime) -> tuple[Kind, Any]:
    require(Actor(by), decide_permission(type(row)), row)
    rows: Any = type(row)._default_manager.select_for_update(of=("self",))
    found = rows.select_related("content_object").get(pk=row.pk)
    if found.revoked_at is not None or found.expires_at <= at:
        raise GrantOver
    return kind_of_table(found)[0], found


@transaction.atomic
def lapse(*, row: UserGrant | GroupGrant, at: datetime) -> None:
    """End an exception that nobody confirmed."""
    row.expires_at = row.closed_at = at
    row.save(update_fields=["expires_at", "closed_at"])
    record(verbs.GRANT_LAPSED, row, by=SYSTEM, at=at, **words(kind_of_table(row)[0], row))
