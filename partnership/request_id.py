"""The correlation id: what one click, call or task writes can be read as one."""

from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid4

_current: ContextVar[UUID | None] = ContextVar("request_id", default=None)


def current() -> UUID:
    """The id of the request or task under way; a fresh one outside of both."""
    return _current.get() or uuid4()


@contextmanager
def correlated(request_id: UUID | None = None):
    """Give everything inside one id."""
    token = _current.set(request_id or uuid4())
    try:
        yield _current.get()
    finally:
        _current.reset(token)
