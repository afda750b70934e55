"""The one door to Celery: tasks carry identifiers only, and each run has its own correlation id."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import shared_task

from partnership.request_id import correlated


def task(name: str) -> Callable[[Callable[..., Any]], Any]:
    """Make a Celery task. It may be delivered twice, late or never; what it does must bear all three."""

    def make(work: Callable[..., Any]) -> Any:
        @wraps(work)
        def run(**identifiers: Any) -> Any:
            with correlated():
                return work(**identifiers)

        return shared_task(name=name, acks_late=True, reject_on_worker_lost=True)(run)

    return make
