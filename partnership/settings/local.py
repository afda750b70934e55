"""One machine, for evaluation and development: plain http on loopback, no secrets to manage."""

from django.core.exceptions import ImproperlyConfigured

from partnership import keys
from partnership.settings import env
from partnership.settings.base import *  # noqa: F403  (settings modules build on each other)

if _faults := env.sign_on_faults():
    raise ImproperlyConfigured("The portal does not start:\n- " + "\n- ".join(_faults))

PORTAL_TRAIL_KEY_IS_MADE = True
for _purpose, _texts in env.all_keys().items():
    if not _texts:
        keys.make(_purpose, env.KEYS_DIR)  # nobody has to manage secrets to try the portal
PORTAL_KEYS = env.all_keys()
SECRET_KEY = PORTAL_KEYS["sessions"][0]
SECRET_KEY_FALLBACKS = list(PORTAL_KEYS["sessions"][1:])
ALLOWED_HOSTS = env.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [env.ORIGIN] if env.ORIGIN else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # no collectstatic step on an evaluation machine
WHITENOISE_AUTOREFRESH = False
(env.STATE_DIR / "static").mkdir(parents=True, exist_ok=True, mode=0o700)  # whitenoise asks for the folder
