"""The session engine: rows that know their person, keys stored as digests, an idle and an absolute end."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.core.exceptions import SuspiciousOperation
from django.utils import timezone

from partnership.models import Session

STARTED = "started"
TOUCH_AFTER = timedelta(minutes=1)


def digest(key: str) -> str:
    """What is stored of a session key; the key itself is in the person's cookie alone."""
    return hashlib.sha256(f"portal-session|{key}".encode()).hexdigest()


class SessionStore(db.SessionStore):
    """Django's engine on our own table."""

    row: Session | None = None
    _get_or_create_session_key: Callable[[], str]

    @classmethod
    def get_model_class(cls):
        return Session

    def _get_session_from_db(self):
        now = timezone.now()
        try:
            self.row = Session.objects.get(
                session_key=digest(str(self.session_key)), expire_date__gt=now,
                seen_at__gt=now - timedelta(seconds=settings.PORTAL_SESSION_IDLE_SECONDS),
                started_at__gt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
            )  # fmt: skip
        except (Session.DoesNotExist, SuspiciousOperation):
            self._session_key = None
            return None
        return self.row

    def exists(self, session_key):
        return Session.objects.filter(session_key=digest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        started = data.setdefault(STARTED, now.timestamp())
        return Session(
            session_key=digest(self._get_or_create_session_key()), session_data=self.encode(data),
            expire_date=self.get_expiry_date(), user_id=data.get("_auth_user_id"), device=data.get("device", ""),
            started_at=datetime.fromtimestamp(started, UTC), seen_at=now,
        )  # fmt: skip

    def delete(self, session_key=None):
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=digest(key)).delete()

    def touch(self) -> None:
        """Note that the session is in use, at most once a minute."""
        now = timezone.now()
        if self.row is not None and self.row.seen_at < now - TOUCH_AFTER:
            Session.objects.filter(pk=self.row.pk).update(seen_at=now)

    def begin(self, device: str) -> None:
        """Start the absolute time anew, at login, and note by which device."""
        self[STARTED] = timezone.now().timestamp()
        self["device"] = device
