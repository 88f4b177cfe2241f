"""Rows of entities as the ledger reads and writes them: one prepared statement a kind, and no more work than a row needs.

*Model and limits*: Django's models tell the columns; its queries would take most of an event's time. Dates are texts on the way to the
database, which both take; truths are made of SQLite's numbers on the way back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import connection
from django.db.models.base import ModelState

from farside.curation.models import Entity
from farside.curation.text import TextError

AnyEntity = TypeVar("AnyEntity", bound=Entity)


@dataclass(frozen=True, slots=True)
class Table:
    """What is done to the rows of one kind, spelt out once: attributes and columns in their order, and the statements."""

    attributes: tuple[str, ...]
    columns: tuple[str, ...]
    truths: tuple[int, ...]
    dates: tuple[int, ...]
    lengths: tuple[tuple[int, int], ...]
    select: str
    insert: str
    update: str


_TABLES: dict[Any, Table] = {}


def table(model: Any) -> Table:
    """The table of a kind, spelt out at its first use."""
    if model not in _TABLES:
        _TABLES[model] = _spelt(model)
    return _TABLES[model]


def _spelt(model: type[Entity]) -> Table:
    fields, name = model._meta.concrete_fields, model._meta.db_table
    columns = tuple(field.column for field in fields)
    quoted = [f'"{column}"' for column in columns]
    of_type = [field.get_internal_type() for field in fields]
    return Table(
        tuple(field.attname for field in fields),
        columns,
        tuple(i for i, kind in enumerate(of_type) if kind == "BooleanField"),
        tuple(i for i, kind in enumerate(of_type) if kind == "DateField"),
        tuple((i, field.max_length) for i, field in enumerate(fields) if field.max_length is not None),
        f'SELECT {", ".join(quoted)} FROM "{name}" WHERE "code" = %s',
        insert_into(name, columns),
        f'UPDATE "{name}" SET {", ".join(f"{column} = %s" for column in quoted)} WHERE "code" = %s',
    )


def insert_into(name: str, columns: tuple[str, ...]) -> str:
    """The statement that puts a row into a table."""
    names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{name}" ({names}) VALUES ({marks})'


def read(model: type[AnyEntity], code: str) -> AnyEntity | None:
    """The row with this code, as it is now."""
    with connection.cursor() as cursor:
        cursor.execute(table(model).select, [code])
        found = cursor.fetchone()
    return None if found is None else row_of(model, found)


def row_of(model: type[AnyEntity], values: Any) -> AnyEntity:
    """A row of a kind from the values of its columns."""
    own, told = table(model), list(values)
    for i in own.truths:
        told[i] = bool(told[i]) if told[i] is not None else None
    for i in own.dates:
        told[i] = date.fromisoformat(told[i]) if isinstance(told[i], str) else told[i]
    row = model.__new__(model)  # what `from_db` does, less the signals of a model that has none
    row.__dict__ |= dict(zip(own.attributes, told, strict=True))
    row._state = ModelState()
    row._state.adding, row._state.db = False, connection.alias
    return row


def state_of(row: Entity) -> dict[str, Any]:
    """The whole state of a row as events tell it: every column but the event that told it."""
    own, values = table(type(row)), row.__dict__
    told = {column: values[attribute] for column, attribute in zip(own.columns, own.attributes, strict=True) if column != "event"}
    for i in own.dates:
        told[own.columns[i]] = _day(told[own.columns[i]])
    return told


def write(cursor: Any, row: Entity, new: bool) -> None:
    """A row as a new one, or over the old one; `TextError` for a text that is longer than its column, which SQLite would take."""
    own, values = table(type(row)), row.__dict__
    told = [values[attribute] for attribute in own.attributes]
    for i, most in own.lengths:
        if isinstance(told[i], str) and len(told[i]) > most:
            raise TextError(f"{own.columns[i]} of {row._meta.model_name} {row.code} has {len(told[i])} characters; it holds {most}")
    for i in own.dates:
        told[i] = _day(told[i])
    if new:
        cursor.execute(own.insert, told)
        return
    cursor.execute(own.update, [*told, row.code])
    assert cursor.rowcount == 1, f"{row._meta.model_name} {row.code} is not there"


def _day(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
