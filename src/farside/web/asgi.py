"""The site for a server of ASGI, with pages that are made in threads. It does not start on a ledger whose rules are not those declared."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from farside.curation import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farside.web.settings")
application = get_asgi_application()
database.require_open(database.default_ledger())
