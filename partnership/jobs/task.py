"""The one door to Celery: tasks carry identifiers only, and each run has its own correlation id."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal
from uuid import UUID

from celery import shared_task

from partnership.registry import refusal
from partnership.request_id import correlated

log = logging.getLogger(__name__)


class NoActor(TypeError):
    """A task that acts for a person names the person in its message."""


def task(name: str, *, acts_for: Literal["system", "person"] = "system") -> Callable[[Callable[..., Any]], Any]:
    """Make a Celery task. It may be delivered twice, late or never; what it does must bear all three.

    While the portal refuses to serve, as between a restore and its replay, no task does anything.
    A task that acts for a person is given the person's key as `actor`; without one it does nothing.
    """

    def make(work: Callable[..., Any]) -> Any:
        @wraps(work)
        def run(**identifiers: Any) -> Any:
            if acts_for == "person":
                if not identifiers.get("actor"):
                    raise NoActor(name)
                identifiers["actor"] = UUID(identifiers["actor"])
            with correlated():
                if why := refusal():
                    log.error("%s was not done: %s", name, why)  # its row is found again when the portal serves
                    return None
                return work(**identifiers)

        return shared_task(name=name, acks_late=True, reject_on_worker_lost=True)(run)

    return make
