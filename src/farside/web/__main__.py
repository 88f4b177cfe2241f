"""Django's own commands on the site: `python -m farside.web check --deploy`.

The tables of the site are made by `migrate`, as the owner of the ledger: FARSIDE_LAB_OWNER names them on PostgreSQL, as
`farside lab init --owner` does; a SQLite file has none, and is opened to change its schema for this command alone.
"""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from farside.curation import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farside.web.settings")
if sys.argv[1:2] == ["migrate"]:
    database.create(database.default_ledger(), os.environ.get("FARSIDE_LAB_OWNER"))
    sys.stdout.write(f"the tables of the site are in {database.default_ledger()}\n")
else:
    execute_from_command_line(sys.argv)
