"""Settings that hold everywhere; each line that is not Django's default says why."""

from csp.constants import NONE, SELF

from partnership.settings import env

ROOT = env.ROOT
PORTAL_NAME = env.PORTAL_NAME
PORTAL_VERSION = "0.1.0"
PORTAL_DEMO = env.DEMO
PORTAL_DEMO_ALLOWED = True
PORTAL_DEMO_PASSWORD = "lighthouse-keepers-share-fog"  # of the invented people of the demonstration alone
PORTAL_DEMO_LOGINS = [
    {"role": "Liaison officer", "email": "officer@noordnet.example"},
    {"role": "Signatory", "email": "signatory@noordnet.example"},
    {"role": "Signatory of a partner", "email": "signatory@cert-nl.example"},
    {"role": "Council member", "email": "member@noordnet.example"},
    {"role": "Council chair", "email": "member@cert-nl.example"},
    {"role": "Auditor", "email": "auditor@audithuis.example"},
    {"role": "Coordinator", "email": "coordinator@secretariat.example"},
    {"role": "Administrator", "email": "admin@noordnet.example"},
]

PORTAL_KEYS = env.all_keys()  # purpose -> texts, the current one first; partnership.keys tells what each is for
SECRET_KEY = next(iter(PORTAL_KEYS["sessions"]), "")
SECRET_KEY_FALLBACKS = list(PORTAL_KEYS["sessions"][1:])
DEBUG = False
ALLOWED_HOSTS = env.ALLOWED_HOSTS
ROOT_URLCONF = "partnership.urls"
WSGI_APPLICATION = "partnership.wsgi.application"
AUTH_USER_MODEL = "partnership.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # so that our form templates are found beside Django's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",  # OpenID Connect; its tables stay empty, see docs/adr/0012
    "csp",
    "django_filters",
    "django_htmx",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "partnership",
    "agreements",
    "incidents",
    "councils",
]

MIDDLEWARE = [
    # The headers of the shell come first, so that static files, redirects and errors of inner layers carry them too.
    "partnership.web.headers.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "partnership.web.headers.PolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partnership.web.middleware.RequestIdMiddleware",
    "partnership.web.middleware.InputGuardMiddleware",
    "partnership.web.serving.ServingMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "partnership.web.watch.WatchMiddleware",
    "partnership.access.middleware.DeclaredAccessMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partnership.web.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.database(env.DATABASE_URL)} if env.DATABASE_URL else {}
if DATABASES:
    # A request is one statement of fact: either all of it is written, with its audit entry, or nothing.
    DATABASES["default"] |= {"ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.REDIS_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 5},
    }
}
SESSION_ENGINE = "partnership.access.sessions"  # knows its person, so that sessions can be listed and ended
SESSION_COOKIE_AGE = 12 * 60 * 60  # absolute length of a session, seconds
PORTAL_SESSION_IDLE_SECONDS = 30 * 60  # without a request in between
PORTAL_API_PER_MINUTE = 60  # calls of one person, over all tokens
PORTAL_EXPORTS_PER_HOUR = 10  # of one person
PORTAL_STEP_UP_SECONDS = 5 * 60  # how long a proof of the second factor is fresh
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie that lacks the __Host- name
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "partnership.views.errors.csrf_failure"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "partnership.web.passwords.GuessableParts"},
    {"NAME": "partnership.web.passwords.KnownFromBreaches"},
]
PORTAL_BREACHED_PASSWORDS = env.BREACHED_PASSWORDS  # path of a list; see partnership.breached
AUTHENTICATION_BACKENDS = [
    "partnership.access.backend.PolicyBackend",  # has_perm on an object asks the one policy
    "allauth.account.auth_backends.AuthenticationBackend",
]

# allauth: people come by invitation, so there is no sign-up; an address is a login.
ACCOUNT_ADAPTER = "partnership.web.accounts.PortalAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "partnership.web.accounts.SignInForm",
    "reset_password": "partnership.web.accounts.ForgottenForm",
}
ACCOUNT_USER_DISPLAY = "partnership.web.accounts.name_of"
ACCOUNT_RATE_LIMITS = False  # counted in access/limits.py, in one statement each
MFA_ADAPTER = "partnership.web.accounts.PortalMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # recovery codes are our own: stored as digests, of 128 bits
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = False
MFA_FORMS = {
    "authenticate": "partnership.web.accounts.CodeForm",
    "authenticate_webauthn": "partnership.web.accounts.PasskeyForm",
    "login_webauthn": "partnership.web.accounts.PasskeyLoginForm",
}
# Single sign-on makes no account and joins none by itself; partnership.web.sign_on decides who comes in.
PORTAL_SIGN_ON = env.sign_on()
PORTAL_SIGN_ON_SECONDS = 15 * 60  # from the provider's word to the second factor
SOCIALACCOUNT_ADAPTER = "partnership.web.openid.SignOnAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # an address is unique without regard to case, by a constraint that the check does not know
    "guardian.W001",  # guardian's own backend ignores expiry; the policy asks the grant tables itself
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "partnership.api.authentication.TokenAuthentication",
        "partnership.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["partnership.access.rest.DeclaredPermission"],
    "DEFAULT_PARSER_CLASSES": ["partnership.api.parsers.GuardedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "partnership.api.paging.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "partnership.api.errors.handle",
    "DEFAULT_THROTTLE_CLASSES": ["partnership.api.throttles.PerPerson"],
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Portal API",
    "DESCRIPTION": "Everything a form does, under the same rules and with the same visibility.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "TLPEnum": "partnership.models.reference.TLP",  # choices that several columns share need one name
        "AgreementKindEnum": "agreements.models.agreements.Agreement.Kind",
        "MembershipRoleEnum": "partnership.models.people.Role",
        "VettingEnum": "partnership.models.organizations.Organization.Vetting",
        "AnswerEnum": "incidents.models.reports.Report.Answer",
        "HandlingPermissionEnum": "agreements.models.handling.HandlingPolicy.Permission",
        "PrecisionEnum": "incidents.models.reports.Precision",
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        # Text becomes markup through one named policy alone (static/js/trusted.js); text never becomes a script.
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
        "report-uri": ["/policy-reports"],  # for browsers that do not know report-to yet
        "report-to": ["policy"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"  # no-referrer makes Chromium send Origin: null, which the CSRF check refuses
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes of a form or JSON body that is not a file
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "partnership.web.uploads.SizeGuard",  # first, so that what is too large is cut off before it is stored anywhere
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
PORTAL_ATTACHMENT_MAX_BYTES = 10 * 1024 * 1024
PORTAL_IMPORT_MAX_BYTES = 50 * 1024 * 1024
PORTAL_JSON_MAX_DEPTH = 32
PORTAL_FILES_DIR = env.FILES_DIR
PORTAL_KEYS_DIR = env.KEYS_DIR
PORTAL_FONTS_DIR = env.FONTS_DIR
PORTAL_SCANNER = env.SCANNER  # address of clamd; without one, attachments are marked as not scanned
PORTAL_STATE_DIR = env.STATE_DIR
PORTAL_TRAIL_DIR = env.TRAIL_DIR  # checkpoints and public keys, outside the database
PORTAL_BACKUP_DIR = env.BACKUP_DIR
PORTAL_BACKUP_DAYS = env.BACKUP_DAYS  # certificates name the day on which the last backup that may hold a record ends
PORTAL_TRAIL_KEY_FILE = env.TRAIL_KEY_FILE
PORTAL_TRAIL_KEY_IS_MADE = False  # a deployment brings its key; only an evaluation set-up makes its own
PORTAL_ORIGIN = env.ORIGIN or "http://127.0.0.1:8000"  # for links in mails that no request has asked for
PORTAL_TRAIL_NAME = env.TRAIL_NAME or f"{env.host_of(env.ORIGIN)}/trail"
PORTAL_PDF_MAX_ROWS = 5000  # typst needs about 5 MB a page
PORTAL_EXPORT_INLINE_ROWS = 2000  # longer exports run as a job with a progress bar
PORTAL_EXPORT_KEPT_DAYS = 7
PORTAL_INVITATION_DAYS = 14
PORTAL_SECURITY_LOG_DAYS = 180  # long enough to look into an attack that was noticed late
PORTAL_BEHIND_PROXY = env.BEHIND_PROXY
PORTAL_RETENTION_HOUR = 2  # UTC, of the nightly run: after midnight in all of Europe, before the working day
PORTAL_RETENTION_LARGE = 0.2  # a night that takes more than this share of what is kept, or of an agreement, is large
PORTAL_RETENTION_LARGE_FROM = 1000  # records from which a whole night can be large: shares of a few say nothing
PORTAL_RETENTION_LARGE_FROM_OF_AGREEMENT = 100  # the same of one agreement
PORTAL_RETENTION_APPROVAL_DAYS = 3  # a record that waits longer for its second person raises the alarm
MEDIA_ROOT = env.FILES_DIR

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = env.STATE_DIR / "static"
STATICFILES_DIRS = [ROOT / "static"]

vars().update(env.email(env.EMAIL_URL))
DEFAULT_FROM_EMAIL = env.EMAIL_FROM
SERVER_EMAIL = env.EMAIL_FROM

# The queue is a bell and never the record: all state is in PostgreSQL, so a lost message costs time and nothing else.
CELERY_BROKER_URL = env.broker(env.REDIS_URL)
CELERY_TASK_SERIALIZER = "guarded-json"  # ours: bounded in depth; see partnership.jobs.signing
CELERY_ACCEPT_CONTENT = ["guarded-json"]
CELERY_WORKER_CONSUMER = "partnership.jobs.signing:WatchfulConsumer"
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # its commands come over the queue and carry no signature
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 30 * 60
CELERY_TASK_TIME_LIMIT = 35 * 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 60,  # above the longest task, or a second worker starts it again
    "unacked_restore_interval": 10,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "portal"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "partnership.web.middleware.RequestIdFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
