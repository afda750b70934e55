"""Who calls: a token of a connected system, or the session of a signed-in person."""

import hashlib

from django.db.models.functions import Now, TruncDate
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
