"""A real deployment: https only, and no start with a weak or missing secret."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from partnership import keys
from partnership.audit import keys as trail_keys
from partnership.settings import env
from partnership.settings.base import *  # noqa: F403  (settings modules build on each other)


def _refuse_weak_settings() -> None:
    """Name every missing or weak value at once, so that one start tells all."""
    passwords = [urlsplit(url).password or "" for url in (env.DATABASE_URL, env.REDIS_URL, env.EMAIL_URL)]
    passwords.append(env.SIGN_ON_SECRET)
    faults = keys.faults(env.all_keys(), env.KEYS_DIR, passwords)
    if env.DEMO:
        faults.append("PORTAL_DEMO must be left out: the logins of the demonstration are known to everybody.")
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
    faults += env.breached_faults() + env.sign_on_faults(may_be_plain=False)
    try:
        trail_keys.load(env.TRAIL_KEY_FILE)
    except trail_keys.UnfitKey as error:
        faults.append(f"PORTAL_TRAIL_KEY_FILE must name the key that signs checkpoints. {error}")
    if faults:
        raise ImproperlyConfigured("The portal does not start:\n- " + "\n- ".join(faults))


_refuse_weak_settings()

PORTAL_DEMO_ALLOWED = False
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
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # attempts are counted by the address that the proxy saw
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
