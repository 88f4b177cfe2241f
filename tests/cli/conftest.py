"""Django knows the laboratory's tables before a test imports them, where Django is."""

from __future__ import annotations

from contextlib import suppress

with suppress(ImportError):
    from farside.curation import database

    database.set_up()
