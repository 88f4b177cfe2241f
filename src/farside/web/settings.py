"""Settings of the laboratory's site, all of which the environment may give.

`FARSIDE_LAB` names the ledger, `FARSIDE_LAB_SECRET` the key by which Django signs (drawn anew at each start when it is not given),
`FARSIDE_LAB_HOSTS` the names by which the site is called, with commas between (this machine's own when not given), and
`FARSIDE_LAB_HTTPS=1` says that readers come by HTTPS, through a server in front that sets `X-Forwarded-Proto`. `FARSIDE_LAB_FLIGHT` names
the folder of the flight whose delivery came in, and `FARSIDE_LAB_DEMONSTRATION=1` marks every page as a demonstration.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

from farside.curation.database import default_ledger, described

LARGEST_REQUEST = 36 * 2**20  # bytes; the largest attachment in base64, or the papers of a delivery
HTTPS = os.environ.get("FARSIDE_LAB_HTTPS") == "1"

DEBUG = False
SECRET_KEY = os.environ.get("FARSIDE_LAB_SECRET") or secrets.token_urlsafe(64)
ALLOWED_HOSTS = os.environ.get("FARSIDE_LAB_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DATABASES = {"default": {**described(default_ledger()), "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "farside.curation",
    "farside.web.apps.SiteConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "farside.web.guard.guarded",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "farside.web.people.person_middleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "farside.web.context.page",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
]
CSRF_FAILURE_VIEW = "farside.web.pages.errors.forged"
LOGIN_URL, LOGIN_REDIRECT_URL = "login", "home"
AXES_FAILURE_LIMIT, AXES_COOLOFF_TIME = 5, timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "farside.web.pages.session.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # what the packages bring along is served as it is; nothing has to be collected
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DEMONSTRATION = os.environ.get("FARSIDE_LAB_DEMONSTRATION") == "1"
FLIGHT = os.environ.get("FARSIDE_LAB_FLIGHT", "")
ROOT_URLCONF = "farside.web.urls"
WSGI_APPLICATION = "farside.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_REQUEST

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 86_400
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
