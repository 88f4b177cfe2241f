"""The rules as triggers of SQLite.

*Model and limits*: `INSERT OR REPLACE` and `UPDATE OR REPLACE` delete rows without asking delete triggers unless recursive triggers are on
in the connection, as they are in ours; so that they fail on any connection, every unique key has a trigger of its own here that looks
first. The SHA-256 comes from a function that our connections register (`database.prepare`); a connection without it cannot write an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import UniqueConstraint

from farside.curation.database import SHA256
from farside.curation.models import LEDGER
from farside.curation.rules.declared import Rule, filled, rules
from farside.curation.rules.sealing import Dialect, sealing

_TOLD = "(SELECT json_group_array(json_array(p.account, p.mass_ug)) FROM (SELECT account, mass_ug FROM {posting}"
_TOLD += " WHERE event = NEW.number ORDER BY line) p)"

DIALECT = Dialect(
    value=lambda json, key: f"json_extract({json}, '$.{key}')",
    column=lambda name: name,
    states=lambda kind: f"json_each(NEW.text, '$.states.' || {kind}) s",
    count=lambda kind: f"COALESCE(json_array_length(NEW.text, '$.states.' || {kind}), 0)",
    sha256=f"{SHA256}(NEW.text)",
    postings_differ=f"{_TOLD} IS DISTINCT FROM json_extract(NEW.text, '$.postings')",
)


def statements() -> list[str]:
    """The triggers, in the order in which they are made."""
    return list(declared().values())


def declared() -> dict[str, str]:
    """Each trigger's name and its text, as SQLite keeps it."""
    made = {f"{rule.name}_{write}": _trigger(rule, write) for rule in (*rules(), *sealing(DIALECT), *_unique()) for write in rule.writes}
    return {**made, "event_fills_touch": _fill()}


def installed(cursor: Any) -> dict[str, str]:
    """Each trigger on the laboratory's tables that is there, with its text."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'curation^_%' ESCAPE '^'")
    return dict(cursor.fetchall())


def drop(cursor: Any) -> None:
    """Take all of them away."""
    for name in installed(cursor):
        cursor.execute(f'DROP TRIGGER "{name}"')


def _trigger(rule: Rule, write: str) -> str:
    when = rule.when.replace("IS NOT DISTINCT FROM", "IS").replace("IS DISTINCT FROM", "IS NOT")
    says = rule.says.replace("'", "''")
    return (
        f'CREATE TRIGGER "{rule.name}_{write}" BEFORE {write.upper()} ON "{rule.table}" FOR EACH ROW'
        f" WHEN {when} BEGIN SELECT RAISE(ABORT, '{says}'); END"
    )


def _fill() -> str:
    """Touches follow from the text of an event."""
    each = "json_each(NEW.text, '$.states') k, json_each(k.value) s"
    rows = f"SELECT k.key, json_extract(s.value, '$.code'), NEW.number FROM {each}"
    into = filled('INSERT INTO "{touch}" (kind, code, event)')
    return f'CREATE TRIGGER "event_fills_touch" AFTER INSERT ON "{filled("{event}")}" FOR EACH ROW BEGIN {into} {rows}; END'


def _unique() -> Iterator[Rule]:
    """No row takes another's place: one rule for each unique key of each table."""
    for model in LEDGER:
        kind, table, own = model.__name__.lower(), model._meta.db_table, _columns(model, model._meta.pk_fields)
        for fields, condition in _unique_keys(model):
            columns = _columns(model, fields)
            same = " AND ".join(f'u."{c}" = NEW."{c}"' for c in columns) + condition
            says = f"a {kind} with this {' and '.join(columns)} is there already"
            name = f"{kind}_{'_'.join(columns)}_is_taken"
            yield Rule(name, table, ("insert",), f'EXISTS (SELECT 1 FROM "{table}" u WHERE {same})', says)
            if columns != own:
                another = " OR ".join(f'u."{c}" <> OLD."{c}"' for c in own)
                yield Rule(name, table, ("update",), f'EXISTS (SELECT 1 FROM "{table}" u WHERE {same} AND ({another}))', says)


def _unique_keys(model: type[models.Model]) -> Iterator[tuple[list[str], str]]:
    """The fields of each unique key, and the condition of one that holds for some rows alone."""
    yield [field.name for field in model._meta.pk_fields], ""
    yield from (([field.name], "") for field in model._meta.concrete_fields if field.unique and not field.primary_key)
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.fields), ' AND u."is_open" AND NEW."is_open"' if constraint.condition else ""


def _columns(model: type[models.Model], fields: Any) -> list[str]:
    return [model._meta.get_field(getattr(field, "name", field)).column for field in fields]
