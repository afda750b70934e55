"""When something is due: one addition from the start, never a subtraction and never two additions.

Subtracting a period from today and adding it to a start day disagree at month ends, and adding twice differs from
adding once, so the due day is computed once, stored, and is a day of the agreement's own calendar.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db.models import Model

from agreements.models import RetentionTerm


def due_on(start: date, *, months: int, days: int) -> date:
    """The day until whose end a record is kept: months by the calendar first (31 January + 1 month is 28 or 29 February)."""
    return start + relativedelta(months=months, days=days)


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of a moment where the agreement lives."""
    return moment.astimezone(ZoneInfo(zone)).date()


def start_for(
    term: RetentionTerm, *, received_on: date | None, closed_on: date | None, agreement_ended_on: date | None
) -> date | None:
    """The day on which the term's trigger happened; None while it has not."""
    return {"received": received_on, "closed": closed_on, "agreement_ended": agreement_ended_on}[term.trigger]


def due_for(
    term: RetentionTerm, *, received_on: date | None, closed_on: date | None, agreement_ended_on: date | None
) -> tuple[date | None, date | None]:
    """(start, due day) of a record under a term; (None, None) while the trigger has not happened."""
    start = start_for(term, received_on=received_on, closed_on=closed_on, agreement_ended_on=agreement_ended_on)
    return (start, due_on(start, months=term.months, days=term.days)) if start else (None, None)


def example(term: RetentionTerm, today: date) -> str:
    """The worked example of a term, in one sentence."""
    verb = {"delete": "deleted", "anonymise": "anonymised", "return": "returned and deleted"}[term.action]
    what = {"received": "A report received today", "closed": "A report of an incident closed today",
            "agreement_ended": "A report, if the agreement ended today,"}[term.trigger]  # fmt: skip
    return f"{what} would be {verb} after {due_on(today, months=term.months, days=term.days):%-d %B %Y}."


def period(term: RetentionTerm) -> str:
    """The period in words."""
    return length(term.months, term.days)


def length(months: int, days: int) -> str:
    parts = [f"{n} {unit}{'s' if n != 1 else ''}" for n, unit in ((months, "month"), (days, "day")) if n]
    return " and ".join(parts)


def set_start(row: Model, start: date) -> None:
    """Start the clock of one governed row; the caller saves nothing else of it."""
    row.retention_start = start  # type: ignore[attr-defined]
    row.retain_until = due_on(start, months=row.term.months, days=row.term.days)  # type: ignore[attr-defined]
    row.save(update_fields=["retention_start", "retain_until"])
