"""Retention: run by a person, and the confirmation that data was returned."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models, transaction

from agreements import verbs
from agreements.models import Agreement, DeletionRun
from agreements.retention import anchors, certificates, clock, execute, ledger, plan, rows, standing
from partnership import files
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit import checkpoints
from partnership.audit.record import record, record_many
from partnership.models import User
from partnership.registry import health

log = logging.getLogger(__name__)
TICK_LOCK = 7_211_985
LATE = timedelta(hours=2)  # after this the night's run counts as missed
SILENT = timedelta(minutes=15)  # a run shows that it lives after each batch, which takes seconds


def run_now(*, by: User) -> DeletionRun:
    """Run the sweep at once, for a coordinator."""
    require(Actor(by), "agreements.run_retention")
    return execute.sweep(trigger="person", by=by)


def tick() -> DeletionRun | None:
    """The schedule's knock: one run a night, caught up at the next knock where it was missed or broke off.

    A knock that comes doubled, late or not at all changes nothing in the result. By a clock in doubt nothing runs;
    the health page says so until it is right again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TICK_LOCK])
        if not cursor.fetchone()[0]:
            return None
        try:
            _lay_down()
            cursor.execute("SELECT now()")
            return execute.sweep(trigger="schedule") if _run_is_wanted(cursor.fetchone()[0]) else None
        except (clock.ClockInDoubt, standing.NotReplayed) as error:
            log.error("Retention does not run: %s", error)
            return None
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [TICK_LOCK])


def _lay_down() -> None:
    """Write what a crash or a full disk left out of the ledger; what cannot be written now is written at a later knock."""
    try:
        anchors.publish()
    except (OSError, ledger.Unfit, checkpoints.Unfit):
        log.exception("The ledger of deletions could not be written.")


def _run_is_wanted(now: datetime) -> bool:
    """Tell whether this night's run has not come to its end; what it could not delete is tried again each hour."""
    night = plan.next_run(now) - timedelta(days=1)
    last = DeletionRun.objects.filter(started_at__gte=night).order_by("-started_at").first()
    if last is None or last.state == DeletionRun.State.RUNNING:
        return True
    return last.state == DeletionRun.State.PARTIAL and last.started_at < now - timedelta(hours=1)


def erase_files(*, at: datetime) -> tuple[int, int]:
    """Drain the outbox of files whose records are gone."""
    return files.erase_pending(at=at)


@transaction.atomic
def confirm_return(*, row: models.Model, by: User, at: datetime) -> models.Model:
    """Note that data was given back; from now on it may be deleted."""
    require(Actor(by), "agreements.hold_agreement", row.agreement)  # type: ignore[attr-defined]
    row.returned_on = at.date()  # type: ignore[attr-defined]
    row.save(update_fields=["returned_on"])
    record(verbs.RETURN_CONFIRMED, row, by=by, at=at, subject=row.agreement)  # type: ignore[attr-defined]
    return row


@transaction.atomic
def confirm_returns(*, agreement: Agreement, because: str, by: User, at: datetime) -> int:
    """Note that everything an agreement wants back by tonight was given back; returns how many records that are."""
    require(Actor(by), "agreements.hold_agreement", agreement)
    waiting = plan.waiting(agreement, plan.next_run(at))
    for model in rows.models():
        keys = [key for found, key, _ in waiting if found is model]
        given = list(model._default_manager.select_for_update().filter(pk__in=keys, returned_on__isnull=True))
        model._default_manager.filter(pk__in=[row.pk for row in given]).update(returned_on=at.date())
        record_many(verbs.RETURN_CONFIRMED, given, by=by, at=at, because=because, subject=agreement)
    return len(waiting)


@health("retention")
def retention_health() -> tuple[bool, str]:
    """Well while nothing is overdue by more than a day, last night's run came and ended, and the clock is not in doubt."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now = cursor.fetchone()[0]
    overdue = plan.counts(now - timedelta(hours=24)).goes
    unapproved = plan.counts(now).unapproved
    forgotten = (
        plan.counts(now - timedelta(days=settings.PORTAL_RETENTION_APPROVAL_DAYS)).unapproved if unapproved else 0
    )
    last = DeletionRun.objects.order_by("-started_at").first()
    faults = [clock.doubt(), *(_faults_of(last, now) if last else [])]
    if forgotten:
        faults.insert(
            0, f"{forgotten} of them have waited for more than {settings.PORTAL_RETENTION_APPROVAL_DAYS} days."
        )
    words = [
        f"{overdue} records are more than a day overdue.",
        f"{unapproved} wait for the approval of a second coordinator.",
        *filter(None, faults),
    ]
    words.append(
        f"Last run {last.started_at:%-d %B %Y, %H:%M} UTC, {last.get_state_display().lower()}."
        if last
        else "No run yet."
    )
    return overdue == 0 and not any(faults), " ".join(words)


def _faults_of(last: DeletionRun, now: datetime) -> list[str]:
    """What is wrong with the newest run: missed since, silent, or short of some records."""
    night = plan.next_run(now) - timedelta(days=1)
    faults = []
    if last.started_at < night and now > night + LATE:
        faults.append(f"The run of {night:%-d %B %Y, %H:%M} UTC was missed.")
    if last.state == DeletionRun.State.RUNNING and last.beat_at < now - SILENT:
        faults.append("The last run has shown no sign of life for a quarter of an hour.")
    if last.failed_count:
        faults.append(f"{last.failed_count} records could not be deleted; the run's page names them.")
    return faults


__all__ = ["certificates", "confirm_return", "confirm_returns", "erase_files", "retention_health", "run_now", "tick"]
