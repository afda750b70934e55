"""Sessions: where a person is signed in, and how they are ended."""

from datetime import datetime

from django.db import transaction

from partnership import verbs
from partnership.audit.record import record
from partnership.models import Session, User


@transaction.atomic
def end_others(*, user: User, kept: str, at: datetime) -> int:
    """End all sessions of a person but the one with this digest; they are out at the next request."""
    rows = Session.objects.filter(user=user).exclude(pk=kept)
    ended = rows.delete()[0]
    record(verbs.SESSIONS_ENDED, user, by=user, at=at, number=ended)
    return ended
