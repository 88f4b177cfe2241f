"""The rules as triggers of PostgreSQL, each with a function; they refuse with ERRCODE 23514, so that Django says IntegrityError.

*Model and limits*: the application works as a role that can read all, insert, and update entities, but neither delete nor truncate nor
change the schema; tables and functions belong to the owner who migrates. A superuser can do everything, and `verify` finds what was done.
Touches are written by a function of the owner's.
"""

from __future__ import annotations

from typing import Any

from farside.curation.models import ENTITIES, Event, Posting, Token, Touch
from farside.curation.rules.declared import Rule, filled, rules
from farside.curation.rules.sealing import Dialect, sealing

BEFORE_ROW, AFTER_ROW = 3, 1
WRITES = {"insert": 4, "delete": 8, "update": 16}
_TOLD = "(SELECT COALESCE(jsonb_agg(jsonb_build_array(p.account, p.mass_ug) ORDER BY p.line), '[]') FROM {posting} p"
_TOLD += " WHERE p.event = NEW.number)"

DIALECT = Dialect(
    value=lambda json, key: f"({json}::jsonb ->> '{key}')",
    column=lambda name: f"{name}::text",
    states=lambda kind: f"jsonb_array_elements(COALESCE(NEW.text::jsonb -> 'states' -> {kind}, '[]')) s(value)",
    count=lambda kind: f"jsonb_array_length(COALESCE(NEW.text::jsonb -> 'states' -> {kind}, '[]'))",
    sha256="encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex')",
    postings_differ=f"{_TOLD} IS DISTINCT FROM NEW.text::jsonb -> 'postings'",
)


def statements() -> list[str]:
    """Functions and triggers, in the order in which they are made, and what the public may not do."""
    made = []
    for rule, write in _written():
        name = f"{rule.name}_{write}"
        made.append(f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $rule${_body(rule, write)}$rule$')
        made.append(f'CREATE TRIGGER "{name}" BEFORE {write.upper()} ON "{rule.table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()')
    fill = 'CREATE FUNCTION "event_fills_touch"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT'
    made.append(f"{fill} AS $rule${_fill()}$rule$")
    event = filled("{event}")
    made.append(f'CREATE TRIGGER "event_fills_touch" AFTER INSERT ON "{event}" FOR EACH ROW EXECUTE FUNCTION "event_fills_touch"()')
    return made


def declared() -> dict[str, str]:
    """Each trigger's name, and what it does in the words of `installed`."""
    made = {f"{r.name}_{w}": f"{r.table} {BEFORE_ROW | WRITES[w]} O {_body(r, w)}" for r, w in _written()}
    return {**made, "event_fills_touch": f"{filled('{event}')} {AFTER_ROW | WRITES['insert']} O {_fill()}"}


def installed(cursor: Any) -> dict[str, str]:
    """Each trigger on the laboratory's tables: table, kind, whether it fires, and the body of its function."""
    cursor.execute(
        "SELECT t.tgname, c.relname::text || ' ' || t.tgtype::text || ' ' || t.tgenabled::text || ' ' || p.prosrc FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND c.relname LIKE 'curation\\_%' AND c.relnamespace = current_schema()::regnamespace"
    )
    return dict(cursor.fetchall())


def drop(cursor: Any) -> None:
    """Take all triggers away, and their functions."""
    for name, told in installed(cursor).items():
        cursor.execute(f'DROP TRIGGER "{name}" ON "{told.split(" ", 1)[0]}"')
        cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"()')


def grants(role: str, others: list[str]) -> list[str]:
    """What the application's role may do, and no more; `others`: tables of the same database that are no part of the ledger."""
    append, entities = _named(Event, Posting), _named(*ENTITIES)
    every = f"{append}, {_named(Touch, Token)}, {entities}"
    made = [f'GRANT SELECT ON {every}, "django_migrations" TO "{role}"', f'GRANT INSERT ON {append}, {entities} TO "{role}"']
    made += [f'GRANT UPDATE ON {entities} TO "{role}"', f'GRANT INSERT, DELETE ON {_named(Token)} TO "{role}"']
    if others:
        made.append(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {", ".join(map(_quoted, others))} TO "{role}"')
        made.append(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
    return made


def _named(*models: Any) -> str:
    return ", ".join(_quoted(model._meta.db_table) for model in models)


def _quoted(table: str) -> str:
    return f'"{table}"'


def _written() -> list[tuple[Rule, str]]:
    return [(rule, write) for rule in (*rules(), *sealing(DIALECT)) for write in rule.writes]


def _body(rule: Rule, write: str) -> str:
    says = rule.says.replace("'", "''")
    row = "OLD" if write == "delete" else "NEW"
    return f"BEGIN IF {rule.when} THEN RAISE EXCEPTION USING MESSAGE = '{says}', ERRCODE = '23514'; END IF; RETURN {row}; END"


def _fill() -> str:
    each = "jsonb_each(NEW.text::jsonb -> 'states') k, jsonb_array_elements(k.value) s"
    rows = f"SELECT k.key, s.value ->> 'code', NEW.number FROM {each}"
    return filled(f"BEGIN INSERT INTO {{touch}} (kind, code, event) {rows}; RETURN NULL; END")
