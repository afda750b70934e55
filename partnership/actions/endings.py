"""The end of an exception is told a week ahead, once, to whoever can renew it or let it go."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Coalesce
from django.urls import reverse

from partnership import verbs
from partnership.access.actor import Actor
from partnership.access.audience import who_can
from partnership.access.decide import can
from partnership.access.exceptions import KINDS, Kind, decide_permission, words
from partnership.actions import letters
from partnership.actions.recertification import WARNED_BEFORE
from partnership.audit.record import SYSTEM, record
from partnership.models import User

MOST_TOLD = 10
LENGTH = ExpressionWrapper(F("expires_at") - Coalesce("renewed_at", "granted_at"), output_field=DurationField())


def tell(*, at: datetime) -> int:
    """Write to the grantors of exceptions that end within a week; returns how many exceptions that were.

    Each is told once: `warned_at` and the letter stand in one transaction, and renewing clears it. One that was given
    for a week or less is not told of, since whoever gave it has just chosen its end; the home page shows it.
    """
    told = 0
    for kind in KINDS.values():
        for to, table in kind.tables:
            for key in _ending(table, at).order_by("pk").values_list("pk", flat=True):
                told += _tell(kind, to, table, key, at)
    return told


def _ending(table: Any, at: datetime) -> Any:
    soon = table._default_manager.filter(expires_at__gt=at, expires_at__lte=at + WARNED_BEFORE, revoked_at__isnull=True)
    return soon.annotate(length=LENGTH).filter(warned_at__isnull=True, length__gt=timedelta(days=7))


@transaction.atomic
def _tell(kind: Kind, to: str, table: Any, key: int, at: datetime) -> int:
    row = _ending(table, at).select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
    if row is None:
        return 0
    row.warned_at = at
    row.save(update_fields=["warned_at"])
    people = _people(row)
    path = reverse("partnership:grant-renew", kwargs={"key": f"{kind.name}-{to}-{row.pk}"})
    for person in people:
        letters.write(to=person, subject="An exception ends within a week", path=path, at=at)
    record(verbs.GRANT_END_TOLD, row, by=SYSTEM, at=at, count=len(people), until=f"{row.expires_at:%-d %B %Y}",
           **words(kind, row))  # fmt: skip
    return 1


def _people(row: Any) -> list[User]:
    """Whoever gave or renewed it last; if that person decides no more, those who do."""
    grantor, permission = row.renewed_by or row.granted_by, decide_permission(type(row))
    if grantor.is_active and can(Actor(grantor), permission, row):
        return [grantor]
    return [found.person for found in who_can(permission, row)[:MOST_TOLD]]
