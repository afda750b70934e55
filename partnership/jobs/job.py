"""Jobs that people watch: asked for in a transaction, run by a worker exactly once, with progress on the page.

The row in PostgreSQL is the record. A job is run inside one transaction together with its mark "done", under an
advisory lock of its own, so that a message delivered twice, a worker killed in the middle or a lost queue leaves
either all of its work or none, never half and never double. Progress lives in the cache: it may be lost, it means
nothing.
"""

import logging
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from partnership.errors import DomainError
from partnership.models import Job, User

log = logging.getLogger(__name__)
RUN = "partnership.tasks.run_job"
MOST_ATTEMPTS = 3
LOST_AFTER = timedelta(minutes=2)

Handler = Callable[["Job", "Progress"], dict[str, Any] | None]
HANDLERS: dict[str, Handler] = {}


def runs(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of a kind: (job, progress) -> result, to be kept on the job."""

    def add(handler: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"Jobs of kind {kind} have a handler already.")
        HANDLERS[kind] = handler
        return handler

    return add


class Progress:
    """Tells the page how far a job is, at most twice a second."""

    def __init__(self, job_id: UUID):
        self._key, self._next = _key(job_id), 0.0

    def __call__(self, done: int, total: int = 0, message: str = "") -> None:
        if time.monotonic() >= self._next or (total and done >= total):
            cache.set(self._key, {"done": done, "total": total, "message": message}, 3600)
            self._next = time.monotonic() + 0.5


def _key(job_id: UUID) -> str:
    return f"job-progress:{job_id}"


def progress_of(job: Job) -> dict[str, Any]:
    """How far a job is: {done, total, message}; from the row once it has ended."""
    if job.state == Job.State.RUNNING and (seen := cache.get(_key(job.pk))):
        return seen
    return {"done": job.done, "total": job.total, "message": job.message}


def start(*, kind: str, title: str, arguments: dict[str, Any], by: User, at: datetime, total: int = 0) -> Job:
    """Ask for a job; a worker hears of it once the transaction has committed."""
    if kind not in HANDLERS:
        raise ValueError(f"There is no handler for jobs of kind {kind}.")
    job = Job.objects.create(
        kind=kind, title=title[:200], arguments=arguments, total=total, requested_at=at, requested_by=by
    )
    transaction.on_commit(lambda: ring(job.pk, by.pk))
    return job


def ring(job_id: UUID, actor: UUID) -> None:
    """Tell the workers for whom to do what; if the queue cannot be reached, the schedule finds the row by itself."""
    identifiers = {"job_id": str(job_id), "actor": str(actor)}
    if current_app.conf.task_always_eager:
        current_app.loader.import_default_modules()
        current_app.tasks[RUN].apply(kwargs=identifiers)
        return
    try:
        current_app.send_task(RUN, kwargs=identifiers)
    except (OSError, OperationalError):
        log.warning("The queue is out of reach; job %s waits for the schedule.", job_id)


def run(job_id: UUID, actor: UUID, is_in: Callable[[User], bool]) -> None:
    """Do a job of a person that is waiting or was lost; do nothing if it has ended or another worker holds it.

    `is_in` is asked now, not when the job was asked for: who has been shut out meanwhile gets nothing.
    """
    with _held(job_id) as is_ours:
        job = (
            Job.objects.select_related("requested_by")
            .filter(pk=job_id, requested_by=actor, state__in=[Job.State.QUEUED, Job.State.RUNNING])
            .first()
            if is_ours
            else None
        )
        if job is None:
            return
        if not is_in(job.requested_by):
            _fail(
                job, "Whoever asked for this belongs to no organization of the partnership any more. Nothing was done."
            )
            return
        if job.attempts >= MOST_ATTEMPTS:
            _fail(job, "The job stopped three times without finishing. Ask an administrator to read the worker's log.")
            return
        _begin(job)
        try:
            with transaction.atomic():
                result = HANDLERS[job.kind](job, Progress(job.pk)) or {}
                _finish(job, result)
        except DomainError as error:
            _fail(job, str(error))
        except Exception:
            log.exception("Job %s failed", job.pk)
            _fail(job, f"The job failed and changed nothing. Quote job {str(job.pk)[:8]} when you ask for help.")


def lost(at: datetime) -> list[tuple[UUID, UUID]]:
    """Jobs that wait too long or whose worker went away, each with its person."""
    waiting = Job.objects.filter(state=Job.State.QUEUED, requested_at__lt=at - timedelta(seconds=60))
    running = Job.objects.filter(state=Job.State.RUNNING, beat_at__lt=at - LOST_AFTER)
    return [*waiting.values_list("pk", "requested_by_id"), *running.values_list("pk", "requested_by_id")]


@contextmanager
def _held(job_id: UUID):
    number = job_id.int >> 65  # 63 bits: PostgreSQL's advisory locks are signed
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        is_ours = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _begin(job: Job) -> None:
    now = timezone.now()
    job.state, job.started_at, job.beat_at, job.attempts = Job.State.RUNNING, now, now, job.attempts + 1
    job.save(update_fields=["state", "started_at", "beat_at", "attempts"])


def _finish(job: Job, result: dict[str, Any]) -> None:
    job.state, job.result, job.finished_at = Job.State.DONE, result, timezone.now()
    job.message = str(result.get("message", ""))[:500]
    job.total = int(result.get("total", job.total or 1))
    job.done = int(result.get("done", job.total))
    job.save(update_fields=["state", "result", "finished_at", "message", "done", "total"])


def _fail(job: Job, message: str) -> None:
    job.state, job.message, job.finished_at = Job.State.FAILED, message[:500], timezone.now()
    job.save(update_fields=["state", "message", "finished_at"])
