"""Celery entry points of retention: bells for an engine whose state is in PostgreSQL."""

from django.utils import timezone

from agreements.actions import amending, attesting, departures, reminders, retention
from partnership.jobs import heartbeat
from partnership.jobs.task import task


@task("agreements.tasks.retention_tick")
def retention_tick() -> None:
    retention.tick()
    heartbeat.beat(name="retention", at=timezone.now())


@task("agreements.tasks.erase_files")
def erase_files() -> None:
    retention.erase_files(at=timezone.now())


@task("agreements.tasks.keep_dates")
def keep_dates() -> None:
    amending.keep_dates(at=timezone.now())


@task("agreements.tasks.let_leave")
def let_leave() -> None:
    departures.complete_due(at=timezone.now())


@task("agreements.tasks.remind")
def remind() -> None:
    reminders.remind(at=timezone.now())
    attesting.remind(at=timezone.now())
