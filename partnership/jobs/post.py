"""Hand a short task to the workers from a request, so that the answer does not wait for the work."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def post(name: str, **identifiers: str) -> None:
    """Send a task; when the queue is out of reach it is lost, and whoever waits asks again."""
    if current_app.conf.task_always_eager:
        current_app.loader.import_default_modules()
        current_app.tasks[name].apply(kwargs=identifiers)
        return
    try:
        current_app.send_task(name, kwargs=identifiers)
    except (OSError, OperationalError):
        log.warning("The queue is out of reach; %s was not sent.", name)
