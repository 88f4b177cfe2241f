"""Where a laboratory's ledger lies, and how its connections are opened.

A ledger is a SQLite file or a PostgreSQL database, named by a path or a `postgresql://` address. `use` points this process at one,
`create` makes one (or brings it to this version), `require_open` refuses a database whose rules are not those that are declared.

*Model and limits*: SQLite in write-ahead mode, every transaction IMMEDIATE, each commit synced (FULL); the driver is told to refuse what
would switch rules off: changes of the schema, deletes, attached files and telling pragmas. PostgreSQL: the application's role owns
nothing (see `rules.postgresql`); the schema is made as another user, the owner. Django's driver for it is psycopg.
One ledger a process at a time.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django
from django.apps import apps
from django.conf import settings

from farside.curation.text import SQLITE_FUNCTIONS

ENVIRONMENT = "FARSIDE_LAB"  # where the ledger lies, when nobody says
INIT = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON; PRAGMA foreign_keys = ON"
TIMEOUT_S = 60


class LedgerError(RuntimeError):
    """A ledger that cannot be opened; says why, and what would work."""


def default_ledger() -> str:
    """The ledger of this user when none is named: that of the environment, or a file in the user's data folder."""
    from platformdirs import user_data_dir

    return os.environ.get(ENVIRONMENT) or str(Path(user_data_dir("farside")) / "lab" / "lab.sqlite3")


def described(ledger: str | os.PathLike[str], owner: bool = False) -> dict[str, Any]:
    """The ledger as Django describes a database; `owner`: opened to change its schema."""
    address = urlsplit(str(ledger))
    if address.scheme in ("postgresql", "postgres"):
        database = {"ENGINE": "django.db.backends.postgresql", "NAME": unquote(address.path.lstrip("/")), "HOST": address.hostname or ""}
        database |= {"USER": unquote(address.username or ""), "PASSWORD": unquote(address.password or ""), "PORT": str(address.port or "")}
        return {**database, "OPTIONS": {"application_name": "farside lab"}, "FARSIDE_OWNER": owner}
    options = {"transaction_mode": "IMMEDIATE", "init_command": INIT, "timeout": TIMEOUT_S}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(ledger).absolute()), "OPTIONS": options, "FARSIDE_OWNER": owner}


def set_up() -> None:
    """Make Django know the laboratory's tables; where nobody has configured Django, with what the library needs and no more."""
    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        settings.configure(INSTALLED_APPS=["farside.curation"], DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True)
    if not apps.ready:
        django.setup()


def use(ledger: str | os.PathLike[str], owner: bool = False) -> None:
    """Point this process at a ledger: from here on every verb works on it."""
    from django.db import connections

    set_up()
    connections["default"].close()
    connections.settings["default"] = connections.configure_settings({"default": described(ledger, owner)})["default"]
    del connections["default"]


def create(ledger: str | os.PathLike[str], owner: str | None = None) -> None:
    """Make a ledger, or bring one to this version and put its rules back; `owner` is the address by which PostgreSQL's schema is changed.

    Raises `LedgerError` when the database cannot be reached, or when the application's role would own its tables.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.utils import OperationalError

    if described(ledger)["ENGINE"].endswith("sqlite3"):
        Path(ledger).absolute().parent.mkdir(parents=True, exist_ok=True)
    elif owner is None or described(owner)["USER"] == described(ledger)["USER"]:
        raise LedgerError(
            "a ledger on PostgreSQL has two users: the application's, and an owner who makes the tables; name the second one as well,"
            " like postgresql://owner@127.0.0.1/lab"
        )
    use(owner or ledger, owner=True)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        if connection.vendor == "postgresql":
            _grant(described(ledger)["USER"])
    except OperationalError as error:
        raise LedgerError(f"{ledger}: the database cannot be opened: {str(error).strip()}") from None
    finally:
        use(ledger)


def require_open(ledger: str | os.PathLike[str] | None = None, whole: bool = True) -> None:
    """Use a ledger (the one in use when None) and refuse it unless it is whole: `LedgerError` or `rules.RulesError` says what is wrong.

    `whole` False: whatever its rules are, to look at it or to verify it.
    """
    set_up()
    from django.db import connection
    from django.db.utils import OperationalError

    from farside.curation import rules

    if ledger is not None:
        if described(ledger)["ENGINE"].endswith("sqlite3") and not Path(ledger).is_file():
            raise LedgerError(f"{ledger}: no ledger there; `farside lab init` makes one")
        use(ledger)
    try:
        tables = set(connection.introspection.table_names())
    except OperationalError as error:
        raise LedgerError(f"the ledger cannot be opened: {str(error).strip()}") from None
    if "curation_event" not in tables:
        raise LedgerError(f"{connection.settings_dict['NAME']}: no ledger in this database; `farside lab init` makes one")
    if not whole:
        return
    if connection.vendor == "postgresql":
        _require_role(connection)
    rules.require(connection)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read one moment of the ledger, while writers go on; within a transaction that is open, that one."""
    from django.db import connection, transaction

    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":  # a transaction of Django's would be IMMEDIATE, and writers would wait
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def prepare(sender: Any, connection: Any, **_: Any) -> None:
    """What every new connection gets before it is used."""
    if connection.vendor == "sqlite":
        for name, function in SQLITE_FUNCTIONS.items():
            connection.connection.create_function(name, 1, function, deterministic=True)
        if not connection.settings_dict.get("FARSIDE_OWNER"):
            connection.connection.execute("SELECT 1 FROM json_each('[]')")  # makes the table function, which later looks like DDL
            connection.connection.set_authorizer(_allowed)


_SCHEMA = {
    getattr(sqlite3, f"SQLITE_{what}")
    for what in (
        "CREATE_INDEX", "CREATE_TABLE", "CREATE_TRIGGER", "CREATE_VIEW", "CREATE_VTABLE", "CREATE_TEMP_TABLE", "CREATE_TEMP_TRIGGER",
        "CREATE_TEMP_INDEX", "CREATE_TEMP_VIEW", "DROP_INDEX", "DROP_TABLE", "DROP_TRIGGER", "DROP_VIEW", "DROP_VTABLE",
        "DROP_TEMP_TRIGGER", "ALTER_TABLE", "ATTACH", "DETACH", "REINDEX",
    )
}  # fmt: skip
_PRAGMAS = {"foreign_key_check", "integrity_check", "quick_check", "table_info", "index_list", "index_info", "foreign_key_list"}


def _allowed(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    """What SQLite may do on the application's connections: everything but switch rules off."""
    if action in _SCHEMA:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and second is not None and first not in _PRAGMAS:
        return sqlite3.SQLITE_DENY
    if action in (sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_INSERT) and (first or "").startswith("sqlite_"):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _grant(role: str) -> None:
    """The application's role, made if it is not there, with what it may do."""
    from django.db import connection

    from farside.curation.rules import postgresql

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE ROLE "{role}" LOGIN')
        others = [t for t in connection.introspection.table_names(cursor) if not t.startswith("curation_") and t != "django_migrations"]
        for statement in postgresql.grants(role, others, connection.settings_dict["NAME"]):
            cursor.execute(statement)


def _require_role(connection: Any) -> None:
    """`LedgerError` when the role of the connection could switch rules off, or change what is only added to."""
    from farside.curation.models import LEDGER, RECORD, Touch

    every, record = ([model._meta.db_table for model in models] for models in (LEDGER, RECORD))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, r.rolsuper OR r.rolcreaterole OR has_schema_privilege('public', 'CREATE')"
            " OR has_any_column_privilege(%s, 'INSERT') OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = ANY(%s)"
            " AND c.relnamespace = 'public'::regnamespace AND (pg_has_role(c.relowner, 'MEMBER')"
            " OR has_table_privilege(c.oid, 'TRUNCATE, DELETE, TRIGGER')"
            " OR (c.relname = ANY(%s) AND has_any_column_privilege(c.oid, 'UPDATE'))))"
            " FROM pg_roles r WHERE r.rolname = current_user",
            [f"public.{Touch._meta.db_table}", every, record],
        )
        user, could = cursor.fetchone()
    if could:
        raise LedgerError(
            f"the role {user} could change the ledger's tables or truncate them; work as another, which `farside lab init` makes"
        )
