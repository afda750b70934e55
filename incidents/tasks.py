"""Celery entry points of this floor; importing the actions tells the worker which jobs they run."""

from django.utils import timezone

from incidents.actions import figures, imports
from partnership.audit.record import SYSTEM
from partnership.jobs.task import task

__all__ = ["imports", "publish_figures"]


@task("incidents.tasks.publish_figures")
def publish_figures() -> None:
    """Publish what is due; asked for every day, so that a missed day or an empty queue loses no month."""
    figures.publish_due(by=SYSTEM, at=timezone.now())
