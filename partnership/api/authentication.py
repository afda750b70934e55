"""Who calls: a token of a connected system, or the session of a signed-in person."""

import hashlib

from django.conf import settings
from django.db.models.functions import Now, TruncDate
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions

from partnership.models import ApiToken


def digest(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(f"portal-token|{token}".encode()).hexdigest()


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer TOKEN`."""

    def authenticate(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "token") or not token:
            return None
        row = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest(token.strip()), revoked_at__isnull=True, expires_at__gt=Now(), user__is_active=True)
            .first()
        )
        if row is None:
            raise exceptions.AuthenticationFailed("The token is unknown, expired or revoked.")
        ApiToken.objects.filter(pk=row.pk).exclude(last_used_on=TruncDate(Now())).update(last_used_on=TruncDate(Now()))
        return row.user, row

    def authenticate_header(self, request):
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages, with its CSRF check; a call without either is answered 401."""

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
