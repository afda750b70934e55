"""The suite: cheap password hashes, mail in memory, tasks in place unless a test starts a real worker."""

from partnership import keys
from partnership.settings.base import *  # noqa: F403  (settings modules build on each other)

PORTAL_TRAIL_KEY_IS_MADE = True
PORTAL_KEYS = {name: (f"the-suite-needs-a-key-for-{name}-and-keeps-no-secrets",) for name in keys.KEYS}
SECRET_KEY = PORTAL_KEYS["sessions"][0]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
PORTAL_BREACHED_PASSWORDS = ""
PORTAL_SIGN_ON = None  # tests of it start a provider of their own
PORTAL_API_PER_MINUTE = PORTAL_EXPORTS_PER_HOUR = 100_000  # tests of the limits set their own
