"""Whether the tables are those that the models declare: columns, constraints, keys, indexes, and nothing beside them.

The rules that are triggers are compared by `rules.differences`; here stands everything else that a database holds a row to. Constraints are
compared by what they say: on SQLite by their text, on PostgreSQL by the filter that the server's planner makes of each.

*Model and limits*: what is looked at is the ledger's own tables (`models.LEDGER`); a missing index that only speeds up is told as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.db.models import CheckConstraint, Field, Model, UniqueConstraint

from farside.curation.models import LEDGER, Token

OWN = {Token._meta.db_table, *(model._meta.db_table for model in LEDGER)}


def differences(connection: Any) -> list[str]:
    """What of the tables is missing, altered or there without being declared; nothing when all is well. Asks within a transaction."""
    tables = _sqlite if connection.vendor == "sqlite" else _postgresql
    editor = connection.schema_editor(collect_sql=True)  # writes SQL and runs none
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # so that a condition is one filter, and not half of it a search
            cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexonlyscan = off")
        found = [f"{model._meta.model_name}: {what}" for model in LEDGER for what in tables(cursor, model, editor)]
        return [*found, *_foreign_tables(cursor, connection.vendor)]


def checks(model: type[Model], editor: Any) -> dict[str, str]:
    """The checks of a table by their names, in SQL."""
    own = (constraint for constraint in model._meta.constraints if isinstance(constraint, CheckConstraint))
    return {constraint.name: str(constraint._get_check_sql(model, editor)) for constraint in own}  # type: ignore[attr-defined]


def _fields(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.column is not None]


def _uniques(model: type[Model]) -> set[tuple[tuple[str, ...], bool]]:
    """The columns of each unique key, and whether it holds for some rows alone."""
    column = {field.name: field.column for field in _fields(model)}
    keys = {(tuple(column[field.name] for field in model._meta.pk_fields), False)}
    keys |= {((field.column,), False) for field in _fields(model) if field.unique}
    named = (constraint for constraint in model._meta.constraints if isinstance(constraint, UniqueConstraint))
    return keys | {(tuple(column[name] for name in constraint.fields), constraint.condition is not None) for constraint in named}


def _references(model: type[Model]) -> set[tuple[str, str, str]]:
    """Each reference: its column, the table and the column that it refers to."""
    references = (field for field in _fields(model) if field.remote_field is not None)
    return {(field.column, field.related_model._meta.db_table, field.target_field.column) for field in references}


def _compared(what: str, declared: Any, there: Any) -> Iterator[str]:
    """The differences of two sets."""
    yield from (f"the {what} {each} is missing or altered" for each in sorted(map(str, declared - there)))
    yield from (f"the {what} {each} is not declared" for each in sorted(map(str, there - declared)))


def _sqlite(cursor: Any, model: type[Model], editor: Any) -> Iterator[str]:
    table = model._meta.db_table
    cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
    sql = next((row[0] for row in cursor.fetchall()), "")
    cursor.execute(f"PRAGMA table_info({table})")
    there = {(name, kind.lower(), bool(notnull), default is None) for _, name, kind, notnull, default, _ in cursor.fetchall()}
    declared = {(f.column, f.db_type(editor.connection), not f.null, True) for f in _fields(model)}
    yield from _compared("column", declared, there)
    yield from (f"the constraint {name} is missing or altered" for name, check in checks(model, editor).items()
                if f'CONSTRAINT "{name}" CHECK ({check})' not in sql)  # fmt: skip
    if sql.count("CHECK (") != len(checks(model, editor)) or re.search(r"\bCOLLATE\b|\bON CONFLICT\b|\bGENERATED\b|\bWITHOUT ROWID\b", sql):
        yield "its table says more than is declared"
    cursor.execute(f"PRAGMA foreign_key_list({table})")
    references = {(column, other, to) for _, _, other, column, to, *_ in cursor.fetchall()}
    yield from _compared("reference", _references(model), references)
    if sql.count("DEFERRABLE INITIALLY DEFERRED") != len(_references(model)):
        yield "its references are not deferred"
    cursor.execute(f"PRAGMA index_list({table})")
    uniques = set()
    indexed = set()
    for _, index, unique, _, partial in cursor.fetchall():
        cursor.execute(f"PRAGMA index_info({index})")
        columns = tuple(name for _, _, name in cursor.fetchall())
        uniques |= {(columns, bool(partial))} if unique else set()
        indexed |= {columns[0]}
    yield from _compared("unique key", _uniques(model), uniques)
    yield from _indexes(model, indexed)


def _indexes(model: type[Model], indexed: set[str]) -> Iterator[str]:
    wanted = {field.column for field in _fields(model) if field.db_index or field.unique}
    yield from (f"the index on {column} is missing" for column in sorted(wanted - indexed))


def _postgresql(cursor: Any, model: type[Model], editor: Any) -> Iterator[str]:
    table = f"public.{model._meta.db_table}"
    cursor.execute(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
        " NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = ''"
        " FROM pg_attribute a WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped",
        [table],
    )
    declared = {(f.column, _type(f, editor.connection), not f.null, True) for f in _fields(model)}
    yield from _compared("column", declared, set(cursor.fetchall()))
    cursor.execute(
        "SELECT relkind <> 'r' OR relrowsecurity OR relhasrules OR relhassubclass OR relpersistence <> 'p',"
        " EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgisinternal AND t.tgenabled <> 'O' AND t.tgrelid = c.oid)"
        " FROM pg_class c WHERE c.oid = to_regclass(%s)",
        [table],
    )
    for more, switched_off in cursor.fetchall():
        yield from (what for what, bad in (("its table is more than one", more), ("its references are switched off", switched_off)) if bad)
    cursor.execute(
        "SELECT conname, contype::text, convalidated, pg_get_expr(conbin, conrelid), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = to_regclass(%s)",
        [table],
    )
    constraints = cursor.fetchall()
    there = {name: expression for name, kind, valid, expression, _ in constraints if kind == "c" and valid}
    wanted = checks(model, editor)
    yield from _compared("constraint", set(wanted), set(there))
    same = (name for name in wanted if name in there and _filter(cursor, table, wanted[name]) != _filter(cursor, table, there[name]))
    yield from (f"the constraint {name} is missing or altered" for name in same)
    references = {told for _, kind, valid, _, told in constraints if kind == "f" and valid}
    declared_references = {f"FOREIGN KEY ({c}) REFERENCES {t}({to}) DEFERRABLE INITIALLY DEFERRED" for c, t, to in _references(model)}
    yield from _compared("reference", declared_references, {told.replace('"', "") for told in references})
    cursor.execute(
        "SELECT i.indisunique, i.indpred IS NOT NULL, array_agg(a.attname::text ORDER BY k.n) FROM pg_index i CROSS JOIN LATERAL"
        " unnest(i.indkey::int[]) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
        " WHERE i.indrelid = to_regclass(%s) AND i.indisvalid GROUP BY i.indexrelid, i.indisunique, i.indpred IS NOT NULL",
        [table],
    )
    keys = [(unique, partial, tuple(columns)) for unique, partial, columns in cursor.fetchall()]
    yield from _compared("unique key", _uniques(model), {(columns, partial) for unique, partial, columns in keys if unique})
    yield from _indexes(model, {columns[0] for _, _, columns in keys})


def _type(field: Field[Any, Any], connection: Any) -> str:
    return str(field.db_type(connection)).replace("varchar", "character varying")


def _filter(cursor: Any, table: str, expression: str) -> str:
    """What PostgreSQL's planner makes of a condition: the same for two that are spelt in two ways."""
    cursor.execute(f"EXPLAIN (COSTS OFF) SELECT 1 FROM {table} WHERE {expression.replace('%', '%%')}")
    return "\n".join(line for (line,) in cursor.fetchall())


def _foreign_tables(cursor: Any, vendor: str) -> Iterator[str]:
    """Tables and views that look as if they were the ledger's."""
    if vendor == "sqlite":
        cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name LIKE 'curation^_%' ESCAPE '^'")
    else:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND relname LIKE 'curation\\_%'"
            " AND relnamespace = 'public'::regnamespace"
        )
    yield from (f"the table {name} is not declared" for name in sorted({row[0] for row in cursor.fetchall()} - OWN))
