"""Settings of Django. What differs between installations comes from the environment; see docs/web.md."""

from __future__ import annotations

import os
from pathlib import Path

from trede_web.database import database
from trede_web.house_style import house_style
from trede_web.mail import mail
from trede_web.state import data_folder, secret

HERE = Path(__file__).parent
DATA = data_folder()
SECRET_KEY = secret()
DEBUG = False
HTTPS = os.environ.get("TREDE_WEB_HTTPS") == "1"
"""Whether people reach the application by https, through a reverse proxy."""

ALLOWED_HOSTS = (os.environ.get("TREDE_WEB_HOSTS") or "localhost,127.0.0.1,[::1]").split(",")
ROOT_URLCONF = "trede_web.urls"
WSGI_APPLICATION = "trede_web.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "trede_web.counts",
    "trede_web.people",
    "trede_web.inbox",
    "trede_web.work",
    "trede_web.comments",
    "trede_web.api",
    "trede_web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trede_web.security.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "trede_web.api.problems.problems",
    "trede_web.pages.about.faults.only_does",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["trede_web.templatetags.trede"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    }
]

DATABASES = {"default": database(DATA)}
CACHES = {"default": {"BACKEND": "trede_web.counts.cache.SharedCache"}}
"""In the database: failed log-ins, requests of tokens and used codes are counted over all processes together."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "trede_web.people.strength.NotAboutYou"},
    {"NAME": "trede_web.people.strength.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "trede_web.people.strength.NotCommon"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "trede_web.people.adapter.InvitedOnly"
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
"""Failed log-ins are counted by address: behind a proxy by the one that it names."""
MFA_ADAPTER = "trede_web.people.adapter.SealedCodes"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Trede"
MFA_ALLOW_UNVERIFIED_EMAIL = True
"""Addresses are those that were invited."""
MFA_RECOVERY_CODES_SHOW_ONCE = True

_MAIL = mail()
MAIL = _MAIL is not None
"""Whether there is a server for e-mail."""
if _MAIL is not None:
    EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.scheme == "smtp", _MAIL.scheme == "smtps"
    EMAIL_TIMEOUT = 20
    DEFAULT_FROM_EMAIL = _MAIL.sender
HOUSE_STYLE = house_style()
"""Colours, letters and a logo in the place of ours; None without."""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_PASSWORD_CHANGE_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

UPLOAD_LIMIT = 50 * 1024 * 1024
"""Bytes of one file."""
BUNDLE_LIMIT = 150 * 1024 * 1024
"""Bytes of a bundle that somebody brings to be verified."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

API_REQUESTS = (300, 60)
"""How many requests a token may make in how many seconds."""
API_FAILED = (30, 60)
"""How often an address may come with a token that is none."""

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "trede_web.pages.about.faults.forbidden"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-session", "__Host-csrf", "__Host-language"
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING"},
        "trede_web": {"handlers": ["console"], "level": "INFO"},
    },
}
