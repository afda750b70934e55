"""One machine, for evaluation and development: plain http on loopback, no secrets to manage."""

import hashlib

from partnership.settings import env
from partnership.settings.base import *  # noqa: F403  (settings modules build on each other)

# A key of its own per state folder: good enough where only this machine can reach the portal.
SECRET_KEY = env.SECRET_KEY or hashlib.sha256(f"local {env.STATE_DIR}".encode()).hexdigest()
ALLOWED_HOSTS = env.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [env.ORIGIN] if env.ORIGIN else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # no collectstatic step on an evaluation machine
WHITENOISE_AUTOREFRESH = False
(env.STATE_DIR / "static").mkdir(parents=True, exist_ok=True, mode=0o700)  # whitenoise asks for the folder
