"""The quarterly question about an exception: which one waits, and what became of it."""

from datetime import datetime
from typing import Any

from partnership.access.exceptions import kind_of_table
from partnership.models import Confirmation, User


def open_question(row: Any) -> Confirmation | None:
    """The question about an exception that waits for an answer."""
    return _open(row).first()


def settle(row: Any, outcome: str, *, by: User, at: datetime) -> None:
    """Note what became of the question about an exception, if there is one."""
    _open(row).update(outcome=outcome, answered_at=at, answered_by=by)


def _open(row: Any) -> Any:
    kind, to = kind_of_table(row)
    return Confirmation.objects.filter(kind=kind.name, to=to, grant_id=row.pk, outcome=Confirmation.Outcome.OPEN)
