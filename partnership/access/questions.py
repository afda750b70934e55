"""The quarterly question about a right: which one waits, who may answer it, and what became of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from partnership.access.actor import Actor
from partnership.access.exceptions import kind_of_table
from partnership.access.scope import visible
from partnership.models import Confirmation, User
from partnership.registry import REVIEWED, Reviewed

MOST = 500  # of each kind on one page


@dataclass(frozen=True)
class Asked:
    """A question with the right that it is about."""

    question: Confirmation
    kind: Reviewed
    row: Any

    @property
    def whom(self) -> str:
        return self.kind.whom(self.row)

    @property
    def what(self) -> str:
        return self.kind.what(self.row)

    @property
    def page(self) -> str:
        return self.kind.page(self.row)


def waiting(actor: Actor, at: datetime, **about: Any) -> list[Asked]:
    """The questions that the actor may answer, those due first at the front; at most 500 of each kind.

    A question is there for whoever holds the permission of its kind on the right, except for the person who has it.
    """
    by_kind: dict[str, dict[str, Confirmation]] = defaultdict(dict)
    for question in Confirmation.objects.filter(outcome=Confirmation.Outcome.OPEN, **about):
        by_kind[question.kind][question.row_key] = question
    found = []
    for name, questions in by_kind.items():
        if (kind := REVIEWED.get(name)) is not None:
            for row in answerable(actor, kind, kind.rows(at).filter(pk__in=list(questions)))[:MOST]:
                found.append(Asked(questions[str(row.pk)], kind, row))
    return sorted(found, key=lambda asked: (asked.question.due_at, asked.kind.name, str(asked.row.pk)))


def answerable(actor: Actor, kind: Reviewed, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those rights about which the actor answers: permitted, and not the actor's own."""
    seen = visible(actor, kind.permission, rows)
    return seen.exclude(**{kind.person: actor.user.pk}) if kind.person else seen


def right_of(question: Confirmation) -> Asked | None:
    """A question with its right, in force or over; None when the row is gone or the kind is not known any more."""
    kind = REVIEWED.get(question.kind)
    row = kind.every().filter(pk=question.row_key).first() if kind is not None else None
    return Asked(question, kind, row) if kind is not None and row is not None else None


def open_question(name: str, row: Any) -> Confirmation | None:
    """The question about a right that waits for an answer."""
    return _open(name, row).first()


def name_of(row: Any) -> str:
    """The kind under which an exception is asked about."""
    kind, to = kind_of_table(row)
    return f"{kind.name}-{to}"


def settle(name: str, row: Any, outcome: str, *, by: User, at: datetime, because: str = "") -> None:
    """Note what became of the question about a right, if there is one."""
    _open(name, row).update(outcome=outcome, answered_at=at, answered_by=by, because=because)


def _open(name: str, row: Any) -> QuerySet[Confirmation]:
    return Confirmation.objects.filter(kind=name, row_key=str(row.pk), outcome=Confirmation.Outcome.OPEN)
