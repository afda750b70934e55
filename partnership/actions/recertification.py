"""Each quarter whoever decides is asked about every exception; what nobody confirms ends. And the ends that come by date."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from partnership import verbs
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.access.exceptions import KINDS, Kind, To, decide_permission, kind_of_table
from partnership.access.questions import open_question, settle
from partnership.audit.record import SYSTEM, record, record_many
from partnership.errors import DomainError
from partnership.models import Confirmation, User

TO_ANSWER = timedelta(days=21)
WARNED_BEFORE = timedelta(days=7)


class NotAsked(DomainError):
    default = "Nobody asked about this exception, or it was answered already."


@transaction.atomic
def ask(*, at: datetime) -> int:
    """Put every exception that is in force to whoever decides about it, with three weeks to answer."""
    made = []
    for kind, to, rows in _live(at):
        asked = Confirmation.objects.filter(kind=kind.name, to=to, outcome=Confirmation.Outcome.OPEN)
        keys = rows.exclude(pk__in=asked.values("grant_id")).order_by("pk").values_list("pk", flat=True)
        made += [Confirmation(kind=kind.name, to=to, grant_id=key, asked_at=at, due_at=at + TO_ANSWER) for key in keys]
    Confirmation.objects.bulk_create(made, batch_size=1000)
    record_many(verbs.GRANT_ASKED, made, by=SYSTEM, at=at, until=f"{at + TO_ANSWER:%-d %B %Y}")
    return len(made)


@transaction.atomic
def confirm(*, row: Any, by: User, at: datetime) -> Any:
    """Say that an exception is still needed; its end stays where it is."""
    require(Actor(by), decide_permission(type(row)), row)
    asked = open_question(row)
    if asked is None:
        raise NotAsked
    settle(row, Confirmation.Outcome.KEPT, by=by, at=at)
    record(verbs.GRANT_CONFIRMED, row, by=by, at=at, **words(kind_of_table(row)[0], row))
    return row


@transaction.atomic
def tend(*, at: datetime) -> dict[str, int]:
    """End what nobody confirmed in time, and enter the end of what is over; run every night, harmless twice."""
    return {"lapsed": _lapse(at), "closed": _close(at)}


def _lapse(at: datetime) -> int:
    due = Confirmation.objects.select_for_update().filter(outcome=Confirmation.Outcome.OPEN, due_at__lte=at)
    ended = 0
    for question in due.order_by("pk"):
        kind = KINDS[question.kind]
        row = dict(kind.tables)[question.to]._default_manager.filter(pk=question.grant_id).first()  # type: ignore[index]
        question.outcome = Confirmation.Outcome.LAPSED
        question.save(update_fields=["outcome"])
        if row is not None and row.revoked_at is None and row.expires_at > at:
            row.expires_at = row.closed_at = at
            row.save(update_fields=["expires_at", "closed_at"])
            record(verbs.GRANT_LAPSED, row, by=SYSTEM, at=at, **words(kind, row))
            ended += 1
    return ended


def _close(at: datetime) -> int:
    closed = 0
    for kind in KINDS.values():
        for _, table in kind.tables:
            over = table._default_manager.select_for_update(of=("self",)).filter(
                expires_at__lte=at, closed_at__isnull=True, revoked_at__isnull=True
            )
            for row in over.order_by("pk"):
                row.closed_at = at
                row.save(update_fields=["closed_at"])
                record(verbs.GRANT_ENDED_BY_ITSELF, row, by=SYSTEM, at=at, **words(kind, row))
                closed += 1
    return closed


def words(kind: Kind, row: Any) -> dict[str, Any]:
    """Who is let in to what, for the sentence, and the organization or agreement that it concerns."""
    whom = row.user.name if hasattr(row, "user_id") else f"the group {row.group.name}"
    return {"subject": kind.subject(row.content_object), "person": whom, "record": str(row.content_object)}


def _live(at: datetime) -> Iterator[tuple[Kind, To, Any]]:
    for kind in KINDS.values():
        for to, table in kind.tables:
            yield kind, to, table._default_manager.filter(expires_at__gt=at, revoked_at__isnull=True)
