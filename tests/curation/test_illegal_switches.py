"""The rules cannot be switched off from a connection as the application opens it: the schema, settings, roles, and tables in disguise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from farside.curation import database, rules
from farside.curation.verify import verify
from forging import Forged, last, run, update

ON_BOTH = {
    "drop a table": "DROP TABLE curation_posting",
    "drop a rule": 'DROP TRIGGER "event_balances_insert"',
    "a rule of one's own": "CREATE TRIGGER mine AFTER INSERT ON curation_event BEGIN SELECT 1; END",
    "a table's new name": "ALTER TABLE curation_event RENAME TO curation_past",
    "a column more": "ALTER TABLE curation_event ADD COLUMN more text",
    "a column less": "ALTER TABLE curation_event DROP COLUMN hash",
    "an index": "CREATE INDEX mine ON curation_event (verb)",
    "a unique index": "CREATE UNIQUE INDEX mine ON curation_event (verb)",
    "an index dropped": "DROP INDEX curation_sample_event_6d2d097f",
    "a view": "CREATE VIEW curation_mine AS SELECT 1",
    "a table": "CREATE TABLE mine (code text)",
    "a temporary view": "CREATE TEMP VIEW curation_event AS SELECT 1",
}
ON_SQLITE = {
    "a temporary trigger": "CREATE TEMP TRIGGER mine BEFORE INSERT ON curation_event BEGIN SELECT RAISE(IGNORE); END",
    "a temporary table in disguise": "CREATE TEMP TABLE curation_event (number integer)",
    "a virtual table": "CREATE VIRTUAL TABLE mine USING fts5(code)",
    "the schema as a table": "UPDATE sqlite_master SET sql = '' WHERE type = 'trigger'",
    "the schema emptied": "DELETE FROM sqlite_master WHERE type = 'trigger'",
    "the pages as a table": "UPDATE sqlite_dbpage SET data = zeroblob(4096) WHERE pgno = 2",
    "writable_schema": "PRAGMA writable_schema = ON",
    "foreign_keys": "PRAGMA foreign_keys = OFF",
    "recursive_triggers": "PRAGMA recursive_triggers = OFF",
    "ignore_check_constraints": "PRAGMA ignore_check_constraints = ON",
    "defer_foreign_keys": "PRAGMA defer_foreign_keys = ON",
    "synchronous": "PRAGMA synchronous = OFF",
    "journal_mode": "PRAGMA journal_mode = OFF",
    "trusted_schema": "PRAGMA trusted_schema = OFF",
    "legacy_alter_table": "PRAGMA legacy_alter_table = ON",
    "user_version": "PRAGMA user_version = 7",
    "a file attached": "ATTACH DATABASE ':memory:' AS other",
    "the main one detached": "DETACH DATABASE main",
    "vacuum into a file": "VACUUM INTO '/tmp/farside-no-such-copy.sqlite3'",
    "an extension": "SELECT load_extension('mine')",
    "reindex": "REINDEX curation_event",
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE curation_event CASCADE",
    "truncate one": "TRUNCATE curation_touch",
    "delete": "DELETE FROM curation_event",
    "triggers off": "ALTER TABLE curation_event DISABLE TRIGGER ALL",
    "user triggers off": "ALTER TABLE curation_event DISABLE TRIGGER USER",
    "session_replication_role": "SET session_replication_role = replica",
    "the role of another": "SET ROLE postgres",
    "the session of another": "SET SESSION AUTHORIZATION postgres",
    "a function of one's own": "CREATE OR REPLACE FUNCTION event_insert_rules() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
    "a function's settings": "ALTER FUNCTION event_insert_rules() RESET ALL",
    "a function dropped": "DROP FUNCTION event_insert_rules() CASCADE",
    "a schema": "CREATE SCHEMA mine",
    "a database": "CREATE DATABASE mine",
    "a role": "CREATE ROLE mine",
    "a rewriting rule": "CREATE RULE mine AS ON INSERT TO curation_event DO INSTEAD NOTHING",
    "a policy": "CREATE POLICY mine ON curation_event USING (false)",
    "row security": "ALTER TABLE curation_event ENABLE ROW LEVEL SECURITY",
    "a table that inherits": "CREATE TABLE mine () INHERITS (curation_posting)",
    "a constraint dropped": "ALTER TABLE curation_sample DROP CONSTRAINT sample_mass_is_never_below_zero",
    "a column's type": "ALTER TABLE curation_posting ALTER COLUMN mass_ug TYPE numeric",
    "a program's output": "COPY curation_event FROM PROGRAM 'true'",
    "a file's content": "COPY curation_event FROM '/etc/hostname'",
    "a file as a large object": "SELECT lo_import('/etc/hostname')",
    "touches": "INSERT INTO curation_touch (kind, code, event) VALUES ('site', 'SS', 1)",
    "the catalogue": "UPDATE pg_trigger SET tgenabled = 'D'",
    "an extension": "CREATE EXTENSION dblink",
    "a server setting": "ALTER SYSTEM SET fsync = off",
    "migrations": "DELETE FROM django_migrations",
}


def _denied(statement: str) -> None:
    before = last()
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        run(statement)
    assert not isinstance(caught.value, IntegrityError)
    assert last() == before
    assert not rules.differences(connection)


@pytest.mark.parametrize("statement", [pytest.param(sql, id=name) for name, sql in ON_BOTH.items()])
def test_neither_database_allows(statement: str, stocked: str) -> None:
    if connection.vendor == "postgresql":  # the same act in its words
        statement = statement.replace('"event_balances_insert"', "event_insert_rules ON curation_event")
        statement = statement.replace("BEGIN SELECT 1; END", "FOR EACH ROW EXECUTE FUNCTION event_insert_rules()")
        statement = statement.replace("CREATE TEMP VIEW curation_event", "CREATE VIEW public.curation_mine")
    _denied(statement)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", [pytest.param(sql, id=name) for name, sql in ON_SQLITE.items()])
def test_sqlite_does_not_allow(statement: str, stocked: str) -> None:
    _denied(statement)


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statement", [pytest.param(sql, id=name) for name, sql in ON_POSTGRESQL.items()])
def test_postgresql_does_not_allow(statement: str, stocked: str) -> None:
    _denied(statement)


@pytest.fixture
def misled(busy: str) -> Iterator[None]:
    """A session of PostgreSQL whose temporary tables and settings would mislead rules that trust them."""
    run("CREATE TEMP TABLE curation_event (LIKE public.curation_event)")
    run("CREATE TEMP TABLE curation_posting (LIKE public.curation_posting)")
    run("CREATE TEMP TABLE curation_call AS SELECT code, date '2000-01-01' AS opens, date '2999-01-01' AS closes FROM public.curation_call")
    run("SET search_path = pg_temp, public")
    run("SET datestyle = 'German'")
    run("SET plan_cache_mode = force_custom_plan")
    yield
    connection.close()


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_tables_in_disguise_mislead_no_rule(misled: None) -> None:
    with pytest.raises(IntegrityError, match="before its event is sealed"), transaction.atomic():
        run("INSERT INTO public.curation_posting (event, line, account, mass_ug) VALUES (1, 77, 'lost:change6', 5)")
    sealed = run("SELECT MAX(number) FROM public.curation_event")[0][0]
    with pytest.raises(IntegrityError, match="only within an event"), transaction.atomic():
        run("UPDATE public.curation_sample SET title = 'mine', event = %s WHERE code = 'CE6-R'", sealed)


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_session_that_writes_dates_otherwise_misleads_no_rule(busy: str) -> None:
    run("SET datestyle = 'German'")
    proposal = {"code": "P-9", "call": "CALL-0", "applicant": "smith", "title": "t", "abstract": "a", "status": "submitted"}
    with pytest.raises(IntegrityError, match="while the call is open"), transaction.atomic():
        Forged(made=[("proposal", proposal | {"decided_utc": "", "signed_utc": ""})], event={"actor": "smith"}).write()
    connection.close()


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_the_owners_role_does_not_open_the_laboratory(stocked: str, postgresql_server: object) -> None:
    name = stocked.rpartition("/")[2]
    with pytest.raises(database.LedgerError, match="could change the ledger's tables"):
        database.require_open(f"{postgresql_server.address}/{name}")  # type: ignore[attr-defined]
    database.use(stocked)


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "right",
    ["TRUNCATE ON curation_touch", "DELETE ON curation_sample", "UPDATE ON curation_posting", "INSERT ON curation_touch",
     "TRIGGER ON curation_event", "UPDATE (text) ON curation_event", "CREATE ON SCHEMA public"],
)  # fmt: skip
def test_a_role_with_too_many_rights_does_not_open_the_laboratory(right: str, stocked: str, postgresql_server: object) -> None:
    name = stocked.rpartition("/")[2]
    role = run("SELECT current_user")[0][0]
    connection.close()
    postgresql_server.run(f"GRANT {right} TO {role}", name=name)  # type: ignore[attr-defined]
    try:
        with pytest.raises(database.LedgerError, match="could change the ledger's tables"):
            database.require_open(stocked)
    finally:
        connection.close()
        postgresql_server.run(f"REVOKE {right} FROM {role}", name=name)  # type: ignore[attr-defined]
    database.require_open(stocked)


def test_after_all_that_the_ledger_is_sound(stocked: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        update("sample", "CE6-D", {"mass_ug": 1})
    assert verify().sound
