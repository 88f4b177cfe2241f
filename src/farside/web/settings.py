"""Settings of the laboratory's site, all of which the environment may give.

`FARSIDE_LAB` names the ledger, `FARSIDE_LAB_SECRET` the key by which Django signs (drawn anew at each start when it is not given),
`FARSIDE_LAB_HOSTS` the names by which the site is called, with commas between (this machine's own when not given), and
`FARSIDE_LAB_HTTPS=1` says that readers come by HTTPS, through a server in front that sets `X-Forwarded-Proto`.
"""

from __future__ import annotations

import os
import secrets

from farside.curation.database import default_ledger, described

LARGEST_REQUEST = 36 * 2**20  # bytes; the largest attachment in base64, or the papers of a delivery
HTTPS = os.environ.get("FARSIDE_LAB_HTTPS") == "1"

DEBUG = False
SECRET_KEY = os.environ.get("FARSIDE_LAB_SECRET") or secrets.token_urlsafe(64)
ALLOWED_HOSTS = os.environ.get("FARSIDE_LAB_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DATABASES = {"default": described(default_ledger())}
INSTALLED_APPS = ["farside.curation"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "farside.web.guard.guarded",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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
