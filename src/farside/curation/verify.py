"""Whether the ledger is what was written: every hash, balance and row worked out again, and the first bad entry named.

Nothing is taken from the rules: what the tables hold is compared with what the texts of the events tell, and the texts with their hashes.
Whoever switched rules off (a foreign shell, a superuser) and wrote, is found here.

*Model and limits*: a chain written anew from some event on, consistently to its end, is consistent; only a head hash kept elsewhere (a
printed report, a backup at the other site) tells it: pass it as `known`. Contents of attachments are looked up beside the database
(`contents.folder`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from farside.curation import contents, rules
from farside.curation.database import snapshot
from farside.curation.models import KINDS, LEDGER, Event
from farside.curation.rules.declared import columns_of, table_of
from farside.curation.text import hash_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where (an event's number, a table and a code, a rule), and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and everything that was found, the earliest event first."""

    events: int
    postings: int
    entities: int
    head: str
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass
class _Told:
    """What the events tell, gathered while they are read."""

    head: str = ""
    number: int = -1
    at_utc: str = ""
    postings: dict[int, list[Any]] | None = None
    balances: dict[str, int] | None = None
    states: dict[tuple[str, str], tuple[int, dict[str, Any]]] | None = None
    touches: set[tuple[str, str, int]] | None = None


def verify(known: tuple[int, str] | None = None) -> Report:
    """Look at the whole ledger; `known` is a number and a hash that it must hold, as noted elsewhere."""
    told = _Told(postings={}, balances={}, states={}, touches=set())
    findings = [*_structure()]
    with snapshot():
        postings = _postings()
        count = sum(map(len, postings.values()))
        findings += _events(told, postings)
        findings += (Finding(f"event {number}", "postings without an event") for number in sorted(postings))
        findings += _touches(told)
        findings += _entities(told)
        findings += (Finding(f"attachment {code}", what) for code, what in contents.findings())
        if known is not None and not Event.objects.filter(number=known[0], hash=known[1]).exists():
            findings.append(Finding(f"event {known[0]}", f"its hash is not {known[1][:16]}..., the one noted elsewhere"))
    assert told.states is not None
    return Report(told.number + 1, count, len(told.states), told.head, tuple(findings))


def _structure() -> Iterator[Finding]:
    """Rules, constraints and the file itself."""
    yield from (Finding("rules", what) for what in rules.differences(connection))
    yield from _constraints()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            answer = cursor.fetchone()[0]
            if answer != "ok":
                yield Finding("file", str(answer))


def _constraints() -> Iterator[Finding]:
    """Constraints of the tables that are no longer there."""
    with connection.cursor() as cursor:
        for model in LEDGER:
            kind = model.__name__.lower()
            if connection.vendor == "sqlite":
                cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s", [table_of(kind)])
                there = " ".join(sql for (sql,) in cursor.fetchall() if sql)
            else:
                cursor.execute(
                    "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass UNION SELECT indexname FROM pg_indexes"
                    " WHERE tablename = %s",
                    [table_of(kind), table_of(kind)],
                )
                there = " ".join(f'"{name}"' for (name,) in cursor.fetchall())
            missing = [constraint.name for constraint in model._meta.constraints if f'"{constraint.name}"' not in there]
            yield from (Finding("constraints", f"the constraint {name} of {kind} is missing") for name in missing)


def _postings() -> dict[int, list[list[Any]]]:
    """The postings of each event, in their order."""
    found: dict[int, list[list[Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT event, line, account, mass_ug FROM curation_posting ORDER BY event, line")
        for event, line, account, mass_ug in cursor.fetchall():
            lines = found.setdefault(event, [])
            lines.append([account, mass_ug] if line == len(lines) else [account, mass_ug, f"line {line}"])
    return found


def _events(told: _Told, postings: dict[int, list[list[Any]]]) -> Iterator[Finding]:
    """Every event in order: chain, text, balance; what it tells is gathered in `told`, its postings are taken out of `postings`."""
    columns = ("number", "prev", "hash", "verb", "at_utc", "actor", "second", "reason", "key", "text")
    with connection.cursor() as cursor:
        names = ", ".join(f'"{c}"' for c in columns)
        cursor.execute(f"SELECT {names} FROM curation_event ORDER BY number")
        for row in cursor.fetchall():
            number, _, digest, *_, text = row
            lines = postings.pop(number, [])
            try:
                document = json.loads(text)
                what = list(_event(told, row, document, lines))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                what = [f"its text cannot be read: {error}"]
            if hash_of(text) != digest:
                what.append("its hash is not that of its text")
            yield from (Finding(f"event {number}", each) for each in what)
            told.number, told.head = number, digest


def _event(told: _Told, row: Any, document: dict[str, Any], lines: list[list[Any]]) -> Iterator[str]:
    """What is wrong with one event."""
    number, prev, _, verb, at_utc, actor, second, reason, key, _ = row
    if number != told.number + 1 or prev != (told.head or None):
        yield "it does not follow its predecessor"
    if at_utc < told.at_utc:
        yield "it is before its predecessor"
    told.at_utc = at_utc
    wanted = {
        "number": number,
        "prev": prev,
        "verb": verb,
        "at_utc": at_utc,
        "actor": actor,
        "second": second,
        "reason": reason,
        "key": key,
    }
    wrong = [name for name, value in wanted.items() if document[name] != value]
    if wrong:
        yield f"its text tells another {', '.join(wrong)}"
    if document["postings"] != lines:
        yield "its postings are not those of its text"
    if sum(line[1] for line in document["postings"]):
        yield "its postings do not sum to zero"
    yield from _account(told, document["postings"])
    yield from _gather(told, number, document["states"])


def _account(told: _Told, postings: list[list[Any]]) -> Iterator[str]:
    assert told.balances is not None
    balances = told.balances
    for account, mass_ug in postings:
        balances[account] = balances.get(account, 0) + mass_ug
    below = [account for account, _ in postings if ":" not in account and balances[account] < 0]
    if below:
        yield f"it takes more of {below[0]} than there is"


def _gather(told: _Told, number: int, states: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    assert told.states is not None and told.touches is not None and told.balances is not None
    for kind, rows in states.items():
        for state in rows:
            code = state["code"]
            told.states[kind, code] = (number, state)
            told.touches.add((kind, code, number))
            if kind == "sample" and state["mass_ug"] != told.balances.get(code, 0):
                yield f"it tells {state['mass_ug']} ug of {code}, whose postings sum to {told.balances.get(code, 0)} ug"


def _touches(told: _Told) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, code, event FROM curation_touch")
        there = set(cursor.fetchall())
    assert told.touches is not None
    for kind, code, number in sorted(there ^ told.touches, key=lambda touch: (touch[2], *touch[:2])):
        what = "is told and not listed" if (kind, code, number) in told.touches else "is listed and not told"
        yield Finding(f"event {number}", f"that it touches {kind} {code} {what}")


def _entities(told: _Told) -> Iterator[Finding]:
    """Rows that are not as the last event about them tells, or that no event tells of."""
    assert told.states is not None
    left = set(told.states)
    for kind, model in KINDS.items():
        columns = columns_of(model)
        readers = [_reader(model, column) for column in columns]
        with connection.cursor() as cursor:
            names = ", ".join(f'"{c}"' for c in columns)
            cursor.execute(f'SELECT {names}, event FROM "{table_of(kind)}" ORDER BY event, code')
            for *values, event in cursor.fetchall():
                code = values[columns.index("code")]
                left.discard((kind, code))
                row = {c: read(v) if read and v is not None else v for c, v, read in zip(columns, values, readers, strict=True)}
                number, state = told.states.get((kind, code), (-1, None))
                if state is None:
                    yield Finding(f"{kind} {code}", "no event tells of it")
                elif number != event or state != row:
                    wrong = [c for c in columns if state.get(c) != row[c]] or ["event"]
                    yield Finding(f"{kind} {code}", f"{', '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} not as event {number} tells")
    yield from (
        Finding(f"{kind} {code}", f"event {told.states[kind, code][0]} tells of it, and it is not there") for kind, code in sorted(left)
    )


def _reader(model: Any, column: str) -> Any:
    """What makes of a column's value what the text holds; None where it is the same."""
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    internal = field.get_internal_type()
    return bool if internal == "BooleanField" else str if internal == "DateField" else None
