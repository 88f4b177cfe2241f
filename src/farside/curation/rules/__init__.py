"""The rules of the ledger in the database itself, as triggers: the same set on SQLite and on PostgreSQL.

`declared` says what is refused, once, in SQL that both understand; `sealing` what an event must tell; `sqlite` and `postgresql` write both
as triggers; this module puts them in, takes them away and compares what is there with what should be.

*Model and limits*: a rule refuses with an integrity error and its own words. Whoever may change the schema (a foreign shell on the SQLite
file, the owner of the PostgreSQL database) can switch rules off; `differences` tells, `verify` finds what was done meanwhile.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from farside.curation.rules import postgresql, sqlite

VENDORS = {"sqlite": sqlite, "postgresql": postgresql}


class RulesError(RuntimeError):
    """The database does not hold the rules that this version declares; says which, and what to do."""


def install(connection: Any) -> None:
    """Put every rule into the database, anew."""
    vendor = VENDORS[connection.vendor]
    with connection.cursor() as cursor:
        vendor.drop(cursor)
        for statement in vendor.statements():
            cursor.execute(statement)


def uninstall(connection: Any) -> None:
    """Take every rule out of the database; only a migration may want this."""
    with connection.cursor() as cursor:
        VENDORS[connection.vendor].drop(cursor)


def differences(connection: Any) -> list[str]:
    """What of the rules is missing, altered or there without being declared; nothing when all is well."""
    vendor = VENDORS[connection.vendor]
    with connection.cursor() as cursor:
        there = vendor.installed(cursor)
    declared = vendor.declared()
    missing = [f"the rule {name} is missing" for name in sorted(declared.keys() - there.keys())]
    foreign = [f"the trigger {name} is not declared" for name in sorted(there.keys() - declared.keys())]
    altered = [f"the rule {name} was altered" for name in sorted(declared.keys() & there.keys()) if declared[name] != there[name]]
    return [*missing, *foreign, *altered]


def require(connection: Any) -> None:
    """`RulesError` unless the database holds exactly the rules that are declared."""
    found = differences(connection)
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise RulesError(
            f"the laboratory does not open: {'; '.join(found[:3])}{more}. Look for who changed the database, run `farside lab verify`,"
            " then `farside lab init` puts the rules back"
        )


def uninstall_before(sender: Any, using: str, **_: Any) -> None:
    """Before a migration: Django rebuilds tables on SQLite and would drop triggers without a word."""
    uninstall(connections[using])


def install_after(sender: Any, using: str, **_: Any) -> None:
    """After a migration, once the tables are there."""
    connection = connections[using]
    if "curation_event" in connection.introspection.table_names():
        install(connection)
