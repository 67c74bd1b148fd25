"""Settings of Weibao. Everything that differs between installations comes from the environment.

DATABASE_URL   PostgreSQL; unset: the embedded server of `make run` (addresses in var/servers.env)
REDIS_URL      broker and cache
BASE_URL       address that people type; https switches on Secure cookies and HSTS
SECRET_KEY     required in production
CRYPTO_KEYS    keys for access data of customers' systems, comma separated, the newest first; see core.crypto
EMAIL_URL      smtp+tls://user:password@host:587, filemail:///folder or consolemail://
ALLOWED_HOSTS  further host names, comma separated
NUM_PROXIES    how many proxies of our own stand in front and set X-Forwarded-For and -Proto
VAR_DIR        folder for everything that the product writes
DEBUG, DEMO    1 or 0
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

# Without a database of its own this process belongs to the embedded servers, whose addresses the supervisor wrote down.
EMBEDDED = "DATABASE_URL" not in os.environ
if EMBEDDED and (VAR_DIR / "servers.env").exists():
    env.read_env(VAR_DIR / "servers.env")

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=EMBEDDED)
DEFAULT_SECRET_KEY = "not-a-secret-for-development-only-set-SECRET_KEY-in-production"
SECRET_KEY = env.str("SECRET_KEY", default=DEFAULT_SECRET_KEY)
CRYPTO_KEYS = env.list("CRYPTO_KEYS", default=[])
BASE_URL = env.str("BASE_URL", default="").rstrip("/")
NUM_PROXIES = env.int("NUM_PROXIES", default=0)

# --- Hosts, cookies, transport -----------------------------------------------------------------------------------

HTTPS = BASE_URL.startswith("https://")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [
    *env.list("ALLOWED_HOSTS", default=[]),
    *filter(None, [urlsplit(BASE_URL).hostname]),
    *(LOCAL_HOSTS if DEBUG or DEMO else []),
]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if NUM_PROXIES else None
SECURE_SSL_REDIRECT = HTTPS and NUM_PROXIES > 0  # without a proxy that says what came in there is nothing to judge by
SECURE_REDIRECT_EXEMPT = [r"^healthz"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# The firm's other host names are not ours to bind to HTTPS: neither subdomains nor the browsers' preload list.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = COOKIE_PREFIX + "weibao_session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_NAME = COOKIE_PREFIX + "weibao_csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = COOKIE_PREFIX + "weibao_language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
DEVICE_COOKIE_NAME = COOKIE_PREFIX + "weibao_device"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Apps and middleware -----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "csp",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "core",
    "accounts",
    "customers",
    "contracts",
    "tickets",
    "feedback",
    "reports",
    "config",
]

# The content security policy stands far out, so that answers of the inner layers (403 of csrf, 404, 500) carry it.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random against BREACH; CSRF tokens are masked anew each time
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PrivacyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.middleware.PreferenceMiddleware",
    "config.middleware.RequestSizeMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "core.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "config.context.desk",
            ],
        },
    },
]

# --- Database, cache, files --------------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"postgres://weibao@/weibao?host={VAR_DIR}/run")
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}
DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5} | DATABASES["default"].get("OPTIONS", {})

REDIS_URL = env.str("REDIS_URL", default=f"unix://{VAR_DIR}/run/valkey.sock")
CACHES = {
    "default": {
        "BACKEND": "config.cache.OutageProofCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "weibao",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
STATIC_HASHED = env.bool("STATIC_HASHED", default=not DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# A request without its files; forms cap each file (decision: 20 MB, mp4 100 MB). Larger uploads go to disk at once.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
UPLOAD_MAX_REQUEST_SIZE = 130 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- People ------------------------------------------------------------------------------------------------------

STYLEGUIDE = DEBUG or DEMO
COMPANY_NAME = env.str("COMPANY_NAME", default="")
SERVICE_HOTLINE = env.str("SERVICE_HOTLINE", default="400-800-1234")
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- Language and time -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Mail --------------------------------------------------------------------------------------------------------

EMAIL = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR}/mail")
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = EMAIL["EMAIL_FILE_PATH"]
EMAIL_HOST = EMAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT = EMAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="weibao@localhost")

# --- Background work ---------------------------------------------------------------------------------------------

# Tasks only drain rows of the database, so the broker may lose or repeat any of them.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "retry_on_timeout": True,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 5000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"tickets.sweep": {"queue": "clock"}, "tickets.refold": {"queue": "clock"}}


def tick(task: str, seconds: int) -> dict[str, object]:
    """A beat entry that is dropped rather than queued up when the workers are behind."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_MAX_LOOP_INTERVAL = 2
CELERY_BEAT_SCHEDULE = {
    "sweep": tick("tickets.sweep", 2),
    "refold": tick("tickets.refold", 2),
    "reapply": tick("tickets.reapply", 2),
    "outbox": tick("core.drain_outbox", 2),
    "beat-heartbeat": tick("core.beat_heartbeat", 10),
    "worker-heartbeat": tick("core.worker_heartbeat", 10),
    "close-silent": tick("tickets.close_silent", 600),
    **({"demo": tick("config.load_demo", 5)} if DEMO else {}),
    "imports": tick("customers.drain_imports", 2),
    "remind-care": tick("customers.remind_care", 3600),
    "draft-reports": tick("reports.draft_monthly", 3600),
    "simulate": tick("reports.simulate", 2),
    "purge-simulations": tick("reports.purge_simulations", 3600),
    "contract-day": tick("contracts.daily", 1800),
    "holidays-missing": tick("contracts.warn_holidays", 3600),
    "obligations-missed": tick("contracts.find_missed", 1800),
    "payments-due": tick("contracts.remind_payments", 1800),
}

# --- REST --------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.DenyAll"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.JsonAlways",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "30/min", "user": "600/min"},
    "NUM_PROXIES": NUM_PROXIES,
    "EXCEPTION_HANDLER": "core.api.errors.handler",
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Schema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Weibao",
    "DESCRIPTION": _(
        "Tickets, promises and master data for programs. Send a token (Authorization: Bearer) or use a logged-in "
        "session with its CSRF token. Lists are paged by cursor; unknown parameters and fields are refused."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "TicketKind": "tickets.enums.Kind",
        "LinkKind": "tickets.enums.LinkKind",
        "PauseReason": "tickets.enums.PauseReason",
        "CancelReason": "tickets.enums.CancelReason",
        "TicketState": "tickets.enums.State",
        "WorkingState": "tickets.api.bodies.WORKING",
        "ContractState": "contracts.enums.ContractState",
        "ObligationKind": "contracts.enums.ObligationKind",
        "QuotaKind": "contracts.enums.QuotaKind",
        "DunningKind": "contracts.enums.DunningKind",
        "DocumentKind": "contracts.enums.DocumentKind",
        "DrawState": "contracts.enums.DrawState",
        "PartnerKind": "customers.enums.PartnerKind",
        "ProductKind": "customers.enums.ProductKind",
        "AssetState": "customers.enums.AssetState",
        "AcceptanceState": "contracts.enums.AcceptanceState",
        "Coverage": "contracts.enums.Coverage",
        "DayKind": "contracts.enums.DayKind",
        "FaultCause": "contracts.enums.FaultCause",
        "TicketCause": "tickets.enums.Cause",
        "PriceBasis": "customers.enums.PriceBasis",
        "ServiceKind": "customers.enums.ServiceKind",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "core.api.schema.sort_out"],
}

# --- Logs: one line a record, to standard output -----------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.OneLineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}},
    "root": {"handlers": ["stdout"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        # How far the demonstration is, also where the worker speaks of warnings only.
        "config.tasks": {"level": "INFO"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}

# --- Tickets -----------------------------------------------------------------------------------------------------

REOPEN_DAYS = 14
AUTO_CLOSE_DAYS = 7
