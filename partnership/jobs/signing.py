"""Messages to the workers carry a signature: whoever can write to the queue alone can make a worker do nothing.

A message holds identifiers only. The signature covers the task's name, its id, its arguments and its times, so that
none of them can be exchanged. The body is read by the project's guarded JSON parser. A valid message that is sent
again does no harm: each task bears being run twice.
"""

import hmac
import json
from typing import Any

from celery import Task
from celery.exceptions import Reject
from celery.signals import before_task_publish
from celery.worker.consumer import Consumer
from kombu.serialization import register
from kombu.utils.json import dumps

from partnership import keys
from partnership.guarded_json import loads
from partnership.security import note

SERIALIZER = "guarded-json"
HEADER = "portal_signature"


class Forged(Reject):
    """The message was not written by this portal; it is not put back."""


def signature(key: bytes, task: str, task_id: str, args: Any, kwargs: Any, eta: Any, expires: Any) -> str:
    """HMAC-SHA256 over all that decides what a worker does, in one canonical text."""
    said = json.loads(dumps([task, task_id, list(args or ()), kwargs or {}, eta, expires]))
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, text.encode(), "sha256").hex()


@before_task_publish.connect
def sign(sender: Any = None, body: Any = None, headers: Any = None, **_: Any) -> None:
    """Sign each message as it leaves."""
    args, kwargs, _embedded = body
    headers[HEADER] = signature(keys.current("queue"), headers["task"], headers["id"], args, kwargs,
                                headers.get("eta"), headers.get("expires"))  # fmt: skip


def check(request: Any) -> None:
    """Go on only with a message that carries a valid signature of the present key or a former one."""
    given = str(getattr(request, HEADER, None) or "")
    said = (request.task, request.id, request.args, request.kwargs, request.eta, request.expires)
    if not any(hmac.compare_digest(given, signature(key, *said)) for key in keys.accepted("queue")):
        note(
            "message_forged", detail={"task": str(request.task)[:100], "why": "no signature" if not given else "wrong"}
        )
        raise Forged("The message carries no valid signature.", requeue=False)


class SignedTask(Task):
    """The base of every task: looks at the signature before the work begins."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not (self.request.called_directly or self.request.is_eager):
            check(self.request)
        return super().__call__(*args, **kwargs)


class WatchfulConsumer(Consumer):
    """Notes messages that are no task of ours, which are dropped before any task is called."""

    def on_decode_error(self, message: Any, exc: Any) -> None:
        note("message_forged", detail={"why": "unreadable body or foreign kind"})
        super().on_decode_error(message, exc)

    def on_invalid_task(self, body: Any, message: Any, exc: Any) -> None:
        note("message_forged", detail={"why": "foreign kind or broken message"})
        super().on_invalid_task(body, message, exc)

    def on_unknown_message(self, body: Any, message: Any) -> None:
        note("message_forged", detail={"why": "no task message"})
        super().on_unknown_message(body, message)

    def on_unknown_task(self, body: Any, message: Any, exc: Any) -> None:
        note("message_forged", detail={"why": "unknown task"})
        super().on_unknown_task(body, message, exc)


def _read(data: Any) -> Any:
    return loads(data.encode() if isinstance(data, str) else bytes(data))


register(SERIALIZER, dumps, _read, content_type="application/x-guarded-json", content_encoding="utf-8")
