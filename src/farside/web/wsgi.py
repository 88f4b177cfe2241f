"""The site for a server of WSGI: `gunicorn farside.web.wsgi`. It does not start on a ledger whose rules are not those declared."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from farside.curation import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farside.web.settings")
application = get_wsgi_application()
database.require_open(database.default_ledger())
