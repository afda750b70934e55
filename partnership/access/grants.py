"""The one door to explicit exceptions: guardian rows with an end, a grantor and a reason."""

from datetime import datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.auth.models import Permission as ModelPermission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now

from partnership.abstract import GroupGrant, UserGrant
from partnership.access.actor import Actor
from partnership.access.table import Branch
from partnership.models import GroupMembership, User

LONGEST = timedelta(days=90)
MOST_LIVE_GRANTS = 5000
NOBODY = UUID(int=0)


class GrantTooLong(ValueError):
    """An exception ends within 90 days; it can be renewed."""


class TooManyGrants(ValueError):
    """A person or a group holds at most 5,000 live exceptions; share through an agreement or a council instead."""


def live(model: type[UserGrant] | type[GroupGrant], user: User | AnonymousUser) -> QuerySet:
    """Exceptions of a person, or of the groups of a person, neither expired nor revoked by the database clock."""
    whom: dict[str, Any] = {"user_id": user.pk or NOBODY}
    if issubclass(model, GroupGrant):
        whom = {"group__in": groups_of(user)}
    return model.objects.filter(**whom, expires_at__gt=Now(), revoked_at__isnull=True)


def groups_of(user: User | AnonymousUser) -> QuerySet:
    """Keys of the groups to which a person belongs now, by the database clock."""
    return GroupMembership.objects.in_force().filter(user_id=user.pk or NOBODY).values("group")


def live_on(model: type[UserGrant] | type[GroupGrant], obj: Model) -> QuerySet:
    """Exceptions on one row that are neither expired nor revoked, by the database clock."""
    on_row: dict[str, Any] = {"content_object": obj.pk}  # the subclass's column
    return model.objects.filter(**on_row, expires_at__gt=Now(), revoked_at__isnull=True)


def grant(
    *,
    model: type[UserGrant] | type[GroupGrant],
    to: User | Group,
    codename: str,
    obj: Model,
    until: datetime,
    reason: str,
    by: User,
    at: datetime,
    clause: str = "",
) -> Any:
    """Let a person or a group do one thing with one row until a moment; granting again renews the same exception."""
    if until > at + LONGEST:
        raise GrantTooLong("Choose an end within 90 days; the exception can be renewed.")
    whom: dict[str, Any] = {"group" if issubclass(model, GroupGrant) else "user": to}
    held = model.objects.filter(**whom, expires_at__gt=Now(), revoked_at__isnull=True)
    if held.count() >= MOST_LIVE_GRANTS:
        raise TooManyGrants("There are 5,000 exceptions for it already; share through an agreement or a council.")
    permission = ModelPermission.objects.get(content_type=ContentType.objects.get_for_model(obj), codename=codename)
    row, _ = model.objects.update_or_create(  # type: ignore[misc]  # content_object is the subclass's
        **whom, permission=permission, content_object=obj,
        defaults={"granted_at": at, "granted_by": by, "reason": reason, "clause": clause, "expires_at": until,
                  "revoked_at": None, "revoked_by": None, "renewed_at": None, "renewed_by": None, "warned_at": None,
                  "closed_at": None},
    )  # fmt: skip
    return row


def renew(*, row: UserGrant | GroupGrant, until: datetime, reason: str, by: User, at: datetime) -> None:
    """Let an exception that has not ended last until another moment, for a reason that takes the place of the former."""
    if until > at + LONGEST:
        raise GrantTooLong("Choose an end within 90 days; the exception can be renewed.")
    row.expires_at, row.renewed_at, row.renewed_by, row.warned_at, row.closed_at = until, at, by, None, None
    row.reason = reason
    row.save(update_fields=["reason", "expires_at", "renewed_at", "renewed_by", "warned_at", "closed_at"])


def revoke(*, row: UserGrant | GroupGrant, by: User, at: datetime) -> None:
    """End an exception now; the row stays, so that who could see what on a day remains answerable."""
    row.revoked_at, row.revoked_by = at, by
    row.save(update_fields=["revoked_at", "revoked_by"])


BY_NAME = "It was shared with you by name."
BY_GROUP = "It was shared with a group that you belong to."


def through(model: type[GroupGrant], actor: Actor, keys: Any) -> list[str]:
    """Names of the groups by which rows are open to a person, in order."""
    rows = live(model, actor.user).filter(content_object__in=keys).order_by("group__name")
    return list(rows.values_list("group__name", flat=True).distinct())


def in_words(groups: list[str], otherwise: str) -> str:
    """The reason that names the groups; the general one where there is none."""
    return f"It was shared with the group {', '.join(groups)}, to which you belong." if groups else otherwise


def granted(model: type[UserGrant] | type[GroupGrant], codename: str, because: str = "", field: str = "pk") -> Branch:
    """The branch by which a named person, or a person of a named group, is let in."""

    def has_any(actor: Actor) -> bool:
        return actor.is_member and live(model, actor.user).filter(permission__codename=codename).exists()

    def rows(actor: Actor) -> Q | None:
        if not actor.fact(has_any):
            return None
        keys = live(model, actor.user).filter(permission__codename=codename).values("content_object_id")
        return Q(**{f"{field}__in": keys})

    if issubclass(model, UserGrant):
        return Branch("explicit grant", because or BY_NAME, rows)
    by_group = because or BY_GROUP

    def tell(actor: Actor, row: Model) -> str:
        return in_words(through(model, actor, [reduce(_value, field.split("__"), row)]), by_group)

    return Branch("group grant", by_group, rows, tell=tell)


def _value(row: Any, name: str) -> Any:
    return getattr(row, name)
