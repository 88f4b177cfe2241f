"""The rules as triggers of SQLite.

*Model and limits*: `INSERT OR REPLACE` and `UPDATE OR REPLACE` delete rows without asking delete triggers unless recursive triggers are on
in the connection, as they are in ours; so that they fail on any connection, every unique key has a trigger of its own here that looks
first. SQLite takes any value in any column, so types and lengths are rules too. The SHA-256 and the canonical form come from functions
that our connections register (`database.prepare`); a connection without them cannot write an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, UniqueConstraint

from farside.curation.models import ENTITIES, KINDS, LEDGER, Event, Posting
from farside.curation.rules.declared import Rule, columns_of, filled, rules
from farside.curation.rules.sealing import COLUMNS, Dialect, sealing, touches
from farside.curation.text import IS_CANONICAL, SHA256

_TOLD = "(SELECT json_group_array(json_array(p.account, p.mass_ug)) FROM (SELECT account, mass_ug FROM {posting}"
_TOLD += " WHERE event = NEW.number ORDER BY line) p)"
_OWN = ", ".join(f"'{column}', NEW.{column}" for column in COLUMNS)
_KNOWN = ", ".join(f"'{kind}'" for kind in KINDS)
TEXT_RULES = "event_is_as_its_text"  # the one trigger of those rules
EPOCH = "%Y-%m-%dT%H:%M:%fZ"


def _states_differ(kind: str) -> str:
    """Rows of a kind that name the event, as one JSON text, against the text's list of them."""
    pairs = ", ".join(f"'{column}', {_json(KINDS[kind], column)}" for column in sorted(columns_of(KINDS[kind])))
    rows = f"(SELECT * FROM {{{kind}}} WHERE event = NEW.number ORDER BY code) t"
    written = f"(SELECT NULLIF(json_group_array(json_object({pairs})), '[]') FROM {rows})"
    return f"json_extract(NEW.text, '$.states.{kind}') IS DISTINCT FROM {written}"


def _json(model: type[Model], column: str) -> str:
    """A column as JSON: truths are numbers in SQLite."""
    truth = _field(model, column).get_internal_type() == "BooleanField"
    return f"json(CASE t.\"{column}\" WHEN 1 THEN 'true' ELSE 'false' END)" if truth else f't."{column}"'


DIALECT = Dialect(
    not_canonical=f"{IS_CANONICAL}(NEW.text) IS DISTINCT FROM 1",
    hash_differs=f"NEW.hash IS DISTINCT FROM {SHA256}(NEW.text)",
    columns_differ=f"json_remove(NEW.text, '$.data', '$.postings', '$.states') IS DISTINCT FROM json_object({_OWN})"
    " OR json_type(NEW.text, '$.data') IS DISTINCT FROM 'object'",
    postings_differ=f"{_TOLD} IS DISTINCT FROM json_extract(NEW.text, '$.postings')",
    kinds_unknown="json_type(NEW.text, '$.states') IS DISTINCT FROM 'object'"
    f" OR EXISTS (SELECT 1 FROM json_each(NEW.text, '$.states') k WHERE k.key NOT IN ({_KNOWN}) OR k.type <> 'array' OR k.value = '[]')",
    states_differ=_states_differ,
    epoch_malformed=f"strftime('{EPOCH}', NEW.at_utc) IS DISTINCT FROM NEW.at_utc",
)


def statements() -> list[str]:
    """The triggers, in the order in which they are made: SQLite asks the newest first, so those of types and of the text come last."""
    return list(declared().values())[::-1]


def declared() -> dict[str, str]:
    """Each trigger's name and its text, as SQLite keeps it."""
    every = (*_typed(), *sealing(DIALECT), *_unique(), *rules())
    made = {}
    for rule in every:
        if _reads_text(rule):
            made[f"{TEXT_RULES}_insert"] = ""
        else:
            made |= {f"{rule.name}_{write}": _trigger(rule, write) for write in rule.writes}
    made[f"{TEXT_RULES}_insert"] = _together([rule for rule in every if _reads_text(rule)])
    return {**made, "event_fills_touch": _fill()}


def installed(cursor: Any) -> dict[str, str]:
    """Each trigger on the laboratory's tables that is there, with its text."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'curation^_%' ESCAPE '^'")
    return dict(cursor.fetchall())


def drop(cursor: Any) -> None:
    """Take all of them away."""
    for name in installed(cursor):
        cursor.execute(f'DROP TRIGGER "{name}"')


def _typed() -> Iterator[Rule]:
    """Every value is of its column's type, and no longer than the column: what PostgreSQL sees to by itself."""
    models: tuple[type[Model], ...] = (Event, Posting, *ENTITIES)
    for model in models:
        kind = str(model._meta.model_name)
        when = " OR ".join(f"({each})" for each in map(_mistyped, model._meta.concrete_fields) if each)
        writes = ("insert", "update") if kind in KINDS else ("insert",)
        yield Rule(
            f"{kind}_has_its_types", model._meta.db_table, writes, when, f"a value of this {kind} is not of its column's type or length"
        )


def _mistyped(field: Any) -> str:
    """The condition that a column's new value is not of its type; empty for what is no column."""
    if field.column is None:
        return ""
    new, kind = f'NEW."{field.column}"', field.target_field.get_internal_type() if field.remote_field else field.get_internal_type()
    if kind == "BooleanField":
        wrong = f"typeof({new}) <> 'integer' OR {new} NOT IN (0, 1)"
    elif kind in ("IntegerField", "BigIntegerField"):
        most = 2**31 - 1 if kind == "IntegerField" else 2**53 - 1
        wrong = f"typeof({new}) <> 'integer' OR {new} NOT BETWEEN -{most} AND {most}"
    elif kind == "DateField":
        wrong = f"typeof({new}) <> 'text' OR date({new}) IS DISTINCT FROM {new}"
    else:
        most = (field.target_field if field.remote_field else field).max_length
        wrong = f"typeof({new}) <> 'text'" + (f" OR length({new}) > {most}" if most else "")
    return f"{new} IS NOT NULL AND ({wrong})"


def _trigger(rule: Rule, write: str) -> str:
    when = rule.when.replace("IS NOT DISTINCT FROM", "IS").replace("IS DISTINCT FROM", "IS NOT")
    return (
        f'CREATE TRIGGER "{rule.name}_{write}" BEFORE {write.upper()} ON "{rule.table}" FOR EACH ROW'
        f" WHEN {when} BEGIN SELECT RAISE(ABORT, '{_escaped(rule.says)}'); END"
    )


def _reads_text(rule: Rule) -> bool:
    """Whether a rule reads what the text of an event tells."""
    return rule.table == filled("{event}") and "(NEW.text" in rule.when and rule.name != "event_has_its_types"


def _together(own: list[Rule]) -> str:
    """The rules that read the text of an event, in one trigger: SQLite parses a text once in a trigger, and anew in the next one."""
    asked = [rule.when.replace("IS DISTINCT FROM", "IS NOT") for rule in own]
    cases = "".join(f" WHEN {when} THEN RAISE(ABORT, '{_escaped(rule.says)}')" for rule, when in zip(own, asked, strict=True))
    return (
        f'CREATE TRIGGER "{TEXT_RULES}_insert" BEFORE INSERT ON "{filled("{event}")}" FOR EACH ROW'
        f" WHEN {' OR '.join(f'({when})' for when in asked)} BEGIN SELECT CASE{cases} END; END"
    )


def _escaped(says: str) -> str:
    return says.replace("'", "''")


def _fill() -> str:
    """Touches follow from the rows that name the event."""
    into = filled('INSERT INTO "{touch}" (kind, code, event)')
    return f'CREATE TRIGGER "event_fills_touch" AFTER INSERT ON "{filled("{event}")}" FOR EACH ROW BEGIN {into} {touches()}; END'


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


def _unique_keys(model: type[Model]) -> Iterator[tuple[list[str], str]]:
    """The fields of each unique key, and the condition of one that holds for some rows alone."""
    yield [field.name for field in model._meta.pk_fields], ""
    yield from (([field.name], "") for field in model._meta.concrete_fields if field.unique and not field.primary_key)
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.fields), ' AND u."is_open" AND NEW."is_open"' if constraint.condition else ""


def _columns(model: type[Model], fields: Any) -> list[str]:
    return [model._meta.get_field(getattr(field, "name", field)).column for field in fields]


def _field(model: type[Model], column: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.column == column)
