"""Whether a session has proven a second factor, and how long ago. Every door asks here."""

from datetime import datetime
from typing import Any

from django.conf import settings

KEY = "second_factor"


def prove(session: Any, user: Any, at: datetime) -> None:
    """Note that this person has just proven a second factor in this session."""
    session[KEY] = [str(user.pk), at.timestamp()]


def prove_elsewhere(session: Any, user: Any, at: datetime) -> None:
    """Note that a trusted provider vouches for a second factor; nobody here saw it, so that it is not fresh."""
    session[KEY] = [str(user.pk), at.timestamp() - settings.PORTAL_STEP_UP_SECONDS]


def proven_at(request: Any) -> float | None:
    """When the person of this request last proved a second factor in this session."""
    session, user = getattr(request, "session", None), request.user
    if session is None or not user.is_authenticated:
        return None
    person, at = session.get(KEY) or (None, None)
    return at if person == str(user.pk) else None


def is_proven(request: Any) -> bool:
    return proven_at(request) is not None


def is_fresh(request: Any, at: datetime) -> bool:
    """Proven within the last minutes: what signatures, holds and grants ask for."""
    proven = proven_at(request)
    return proven is not None and at.timestamp() - proven < settings.PORTAL_STEP_UP_SECONDS
