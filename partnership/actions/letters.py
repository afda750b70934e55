"""Letters: written with what they are about, delivered by a worker, tried again for a week when the post is down."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from partnership import mail
from partnership.jobs.post import post
from partnership.models import Letter, User

log = logging.getLogger(__name__)
DELIVER = "partnership.tasks.deliver_letters"
TRIED_FOR = timedelta(days=7)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
MOST = 200


def write(*, to: User, subject: str, path: str, at: datetime) -> Letter:
    """Put a letter into the transaction of its matter; without a commit there is none, and after it, it is not lost."""
    made = Letter.objects.create(person=to, subject=subject, path=path, written_at=at, next_at=at)
    transaction.on_commit(lambda: post(DELIVER))
    return made


def deliver(*, at: datetime) -> int:
    """Send what waits, each letter in a transaction of its own; returns how many were sent.

    One that fails waits five minutes, then twice as long each time up to six hours, and is given up after a week.
    Sent is noted after sending: a worker that dies in between sends that one letter twice rather than never.
    """
    sent = 0
    for _ in range(MOST):
        outcome = _next(at)
        if outcome is None:
            break
        sent += outcome
    return sent


@transaction.atomic
def _next(at: datetime) -> bool | None:
    waiting = Letter.objects.select_for_update(of=("self",), skip_locked=True).select_related("person")
    waiting = waiting.filter(sent_at__isnull=True, next_at__lte=at, written_at__gt=at - TRIED_FOR)
    letter = waiting.filter(person__is_active=True).order_by("next_at", "pk").first()
    if letter is None:
        return None
    letter.attempts += 1
    try:
        mail.send_link(
            to=letter.person.email, subject=letter.subject, link=settings.PORTAL_ORIGIN + letter.path, quietly=False
        )
    except OSError:  # SMTP's errors are of this kind too
        log.warning("Letter %s could not be sent; it is tried again.", letter.pk)
        letter.next_at = at + min(FIRST_PAUSE * 2 ** min(letter.attempts - 1, 10), LONGEST_PAUSE)
    else:
        letter.sent_at = at
    letter.save(update_fields=["attempts", "next_at", "sent_at"])
    return letter.sent_at is not None
