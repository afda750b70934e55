"""A real deployment: https only, and no start with a weak or missing secret."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from partnership.settings import env
from partnership.settings.base import *  # noqa: F403  (settings modules build on each other)

_KNOWN = ("django-insecure", "change", "secret", "example", "the-suite-needs")


def _refuse_weak_settings() -> None:
    """Name every missing or weak value at once, so that one start tells all."""
    faults = []
    for name, key in [
        ("PORTAL_SECRET_KEY", env.SECRET_KEY),
        *(("PORTAL_SECRET_KEY_FALLBACKS", k) for k in env.SECRET_KEY_FALLBACKS),
    ]:
        if len(key) < 50 or len(set(key)) < 10 or any(word in key.lower() for word in _KNOWN):
            faults.append(f"{name} must be a random text of at least 50 characters.")
    if not env.DATABASE_URL:
        faults.append("DATABASE_URL must name a PostgreSQL server, such as postgres://user:password@host/portal.")
    elif (
        urlsplit(env.DATABASE_URL).password in (None, "", "postgres", "password", "portal")
        and "host=" not in env.DATABASE_URL
    ):
        faults.append("DATABASE_URL must carry a password that is not a well-known one, or use a local socket.")
    if not env.REDIS_URL:
        faults.append("REDIS_URL must name a Redis server, such as redis://:password@host:6379/0.")
    if not env.ALLOWED_HOSTS or "*" in env.ALLOWED_HOSTS:
        faults.append("PORTAL_ALLOWED_HOSTS must list the host names that the portal answers to, without a star.")
    if not env.ORIGIN.startswith("https://"):
        faults.append("PORTAL_ORIGIN must be the address that people type, beginning with https://.")
    if faults:
        raise ImproperlyConfigured("The portal does not start:\n- " + "\n- ".join(faults))


_refuse_weak_settings()

CSRF_TRUSTED_ORIGINS = [env.ORIGIN]
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$"]  # probes come from inside
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
if env.BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
