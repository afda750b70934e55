"""The one door to explicit exceptions: guardian rows with an end, a grantor and a reason."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.models import Permission as ModelPermission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now

from partnership.abstract import UserGrant
from partnership.access.actor import Actor
from partnership.access.table import Branch
from partnership.models import User

LONGEST = timedelta(days=90)
MOST_LIVE_GRANTS = 5000
NOBODY = UUID(int=0)


class GrantTooLong(ValueError):
    """An exception ends within 90 days; it can be renewed."""


class TooManyGrants(ValueError):
    """One person holds at most 5,000 live exceptions; share through an agreement or a council instead."""


def live(model: type[UserGrant], user: User | AnonymousUser) -> QuerySet:
    """Exceptions of a person that are neither expired nor revoked, by the database clock."""
    return model.objects.filter(user_id=user.pk or NOBODY, expires_at__gt=Now(), revoked_at__isnull=True)


def grant(
    *,
    model: type[UserGrant],
    user: User,
    codename: str,
    obj: Model,
    until: datetime,
    reason: str,
    by: User,
    at: datetime,
) -> Any:
    """Let one person do one thing with one row until a moment; granting again renews the same exception."""
    if until > at + LONGEST:
        raise GrantTooLong("Choose an end within 90 days; the exception can be renewed.")
    if live(model, user).count() >= MOST_LIVE_GRANTS:
        raise TooManyGrants("This person holds 5,000 exceptions already; share through an agreement or a council.")
    permission = ModelPermission.objects.get(content_type=ContentType.objects.get_for_model(obj), codename=codename)
    row, _ = model.objects.update_or_create(  # type: ignore[misc]  # content_object is the subclass's
        user=user, permission=permission, content_object=obj,
        defaults={"granted_at": at, "granted_by": by, "reason": reason, "expires_at": until, "revoked_at": None,
                  "revoked_by": None},
    )  # fmt: skip
    return row


def revoke(*, row: UserGrant, by: User, at: datetime) -> None:
    """End an exception now; the row stays, so that who could see what on a day remains answerable."""
    row.revoked_at, row.revoked_by = at, by
    row.save(update_fields=["revoked_at", "revoked_by"])


def granted(model: type[UserGrant], codename: str, because: str = "It was shared with you by name.") -> Branch:
    """The branch by which a named person is let in."""

    def has_any(actor: Actor) -> bool:
        return live(model, actor.user).filter(permission__codename=codename).exists()

    def rows(actor: Actor) -> Q | None:
        if not actor.fact(has_any):
            return None
        keys = live(model, actor.user).filter(permission__codename=codename).values("content_object_id")
        return Q(pk__in=keys)

    return Branch("explicit grant", because, rows)
