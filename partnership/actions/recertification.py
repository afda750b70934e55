"""Each quarter whoever answers for a right is asked whether it is still needed; and the ends that come by date.

What is promised: no question and no answer gives anybody anything that they did not have. Confirming leaves a right as
it is; ending calls the ordinary action with its own refusals, so that nobody ends the last person who can act for an
organization; silence ends a right where its kind says that this is safe, and else goes to the secretariat, once.
Nobody answers about a right of their own, except about a token, which gives nothing that its person lacks.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from partnership import verbs
from partnership.access.actor import Actor
from partnership.access.decide import Refused
from partnership.access.exceptions import KINDS, words
from partnership.access.questions import Asked, answerable, open_question, right_of, settle
from partnership.audit.record import SYSTEM, record, record_many
from partnership.errors import DomainError
from partnership.models import Confirmation, User
from partnership.registry import REVIEWED, Reviewed

TO_ANSWER = timedelta(days=21)
WARNED_BEFORE = timedelta(days=7)


class NotAsked(DomainError):
    default = "Nobody asked about this, or it was answered already."


class NoReason(DomainError):
    default = "Say why it ends."


@transaction.atomic
def ask(*, at: datetime) -> Counter[str]:
    """Put every right that is in force to whoever answers for it, with three weeks; returns how many of each kind."""
    asked: Counter[str] = Counter()
    for name in sorted(REVIEWED):
        made = _ask(REVIEWED[name], at)
        asked[name] = len(made)
        record_many(
            verbs.RIGHT_ASKED, made, by=SYSTEM, at=at, right=REVIEWED[name].noun, until=f"{at + TO_ANSWER:%-d %B %Y}"
        )
    return +asked


def _ask(kind: Reviewed, at: datetime) -> list[Confirmation]:
    waiting = set(Confirmation.objects.filter(kind=kind.name, outcome=Confirmation.Outcome.OPEN)
                  .values_list("row_key", flat=True))  # fmt: skip
    made = [
        Confirmation(kind=kind.name, row_key=str(row.pk), asked_at=at, due_at=at + TO_ANSWER, **_about(kind, row))
        for row in kind.rows(at).order_by("pk") if str(row.pk) not in waiting
    ]  # fmt: skip
    return Confirmation.objects.bulk_create(made, batch_size=1000)


def _about(kind: Reviewed, row: Any) -> dict[str, str]:
    about = kind.about(row)
    return {"about_type": about._meta.label_lower, "about_id": str(about.pk)} if about is not None else {}


@transaction.atomic
def confirm(*, questions: list[Confirmation], by: User, at: datetime) -> list[Confirmation]:
    """Say of rights that they are still needed: of all that are given, or of none. Their ends stay where they are."""
    actor = Actor(by)
    for asked in [_open(question, actor, at) for question in questions]:
        settle(asked.kind.name, asked.row, Confirmation.Outcome.KEPT, by=by, at=at)
        record(verbs.RIGHT_CONFIRMED, asked.question, by=by, at=at, **_words(asked))
    return questions


def question_about(name: str, row: Any) -> Confirmation:
    """The question about a right that waits for an answer."""
    question = open_question(name, row)
    if question is None:
        raise NotAsked
    return question


@transaction.atomic
def end(*, question: Confirmation, because: str, by: User, at: datetime) -> Confirmation:
    """End a right that is asked about, with a reason; by the action that ends it on any other day."""
    if not because.strip():
        raise NoReason(field="because")
    asked = _open(question, Actor(by), at)
    asked.kind.end(row=asked.row, because=because, by=by, at=at)
    settle(asked.kind.name, asked.row, Confirmation.Outcome.ENDED, by=by, at=at, because=because)
    # The action may have settled it without the reason.
    Confirmation.objects.filter(pk=question.pk).update(because=because)
    record(verbs.RIGHT_ENDED, question, by=by, at=at, because=because, **_words(asked))
    return question


def _open(question: Confirmation, actor: Actor, at: datetime) -> Asked:
    """A question that waits, its row locked, about a right in force on which the actor answers."""
    question = Confirmation.objects.select_for_update(of=("self",)).get(pk=question.pk)
    asked = right_of(question)
    if asked is None or not answerable(actor, asked.kind, asked.kind.every().filter(pk=asked.row.pk)).exists():
        raise Refused(question.kind)
    if question.outcome != Confirmation.Outcome.OPEN or not asked.kind.rows(at).filter(pk=asked.row.pk).exists():
        raise NotAsked
    return asked


def _words(asked: Asked) -> dict[str, Any]:
    return {"person": asked.whom, "right": asked.what, "subject": asked.kind.about(asked.row)}


@transaction.atomic
def tend(*, at: datetime) -> dict[str, int]:
    """End or escalate what nobody confirmed in time, and enter what is over; run every hour, harmless twice."""
    done = Counter({"lapsed": 0, "escalated": 0, "closed": _close(at)})
    due = Confirmation.objects.select_for_update(of=("self",), skip_locked=True).filter(
        outcome=Confirmation.Outcome.OPEN, due_at__lte=at)  # fmt: skip
    for question in due.order_by("pk"):
        outcome = _silence(question, at)
        if outcome:
            done[outcome] += 1
    return dict(done)


def _silence(question: Confirmation, at: datetime) -> str:
    """What silence does to one right: it lapses, goes to the secretariat once, or was over before."""
    asked = right_of(question)
    if asked is None or not asked.kind.rows(at).filter(pk=asked.row.pk).exists():
        Confirmation.objects.filter(pk=question.pk).update(outcome=Confirmation.Outcome.OVER)
        return ""
    if asked.kind.lapse is not None:
        asked.kind.lapse(row=asked.row, at=at)
        Confirmation.objects.filter(pk=question.pk).update(outcome=Confirmation.Outcome.LAPSED)
        return "lapsed"
    if question.escalated_at is None:
        Confirmation.objects.filter(pk=question.pk).update(escalated_at=at)
        record(verbs.RIGHT_ESCALATED, question, by=SYSTEM, at=at, **_words(asked))
        return "escalated"
    return ""


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
