"""The days ahead of an agreement that somebody must not miss: told in the portal and by mail from here alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from agreements.models import Agreement, Reminder

DAYS_BEFORE = (7, 30, 90)  # when people are reminded, by mail and by their calendar
WARNED = max(DAYS_BEFORE)  # days before which a day ahead is shown on the home page


@dataclass(frozen=True)
class DayAhead:
    """What happens on a day, in words that stand before the agreement's name."""

    kind: str
    words: str
    day: date


def days_ahead(agreement: Agreement) -> Iterator[DayAhead]:
    """The governing version's days: the end of each law behind a purpose, the agreement's own end, and its review.

    Several purposes may rest on one law; its end is told once.
    """
    version = agreement.governing
    if version is None:
        return
    for day in sorted({day for purpose in version.purposes.all() if (day := purpose.last_day_of_law)}):
        yield DayAhead(Reminder.Kind.LAW, "The law ends under", day)
    if version.ends_on:
        yield DayAhead(Reminder.Kind.END, "Renew or let end", version.ends_on)
    if version.review_on:
        yield DayAhead(Reminder.Kind.REVIEW, "Review", version.review_on)
