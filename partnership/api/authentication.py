"""Who calls: a token of a connected system, or the session of a signed-in person."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions

from partnership.access import proof
from partnership.models import CALENDAR, ApiToken

TOUCH_AFTER = timedelta(minutes=1)


def digest(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(f"portal-token|{token}".encode()).hexdigest()


def live_token(token: str, *, is_calendar: bool = False) -> ApiToken | None:
    """The row of a token that is in use now, whose use is noted; one of a calendar's address is good for that alone."""
    live = ApiToken.objects.select_related("user").filter(
        digest=digest(token), revoked_at__isnull=True, expires_at__gt=Now(), user__is_active=True
    )
    row = (live.filter(areas=[CALENDAR]) if is_calendar else live.exclude(areas=[CALENDAR])).first()
    if row is not None and (row.last_used_at is None or row.last_used_at < timezone.now() - TOUCH_AFTER):
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=Now())
    return row


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer TOKEN`."""

    def authenticate(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "token") or not token:
            return None
        row = live_token(token.strip())
        if row is None:
            raise exceptions.AuthenticationFailed("The token is unknown, expired or revoked.")
        return row.user, row

    def authenticate_header(self, request):
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages, with its CSRF check and its second factor; a call without is answered 401."""

    def authenticate(self, request):
        found = super().authenticate(request)
        if found is not None and not proof.is_proven(request._request):
            raise exceptions.AuthenticationFailed("Finish signing in on the pages: the second factor is missing.")
        return found

    def authenticate_header(self, request):
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the document describes the token."""

    target_class = "partnership.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "A token made on the page “API tokens”."}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the document describes the session."""

    target_class = "partnership.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
