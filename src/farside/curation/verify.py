"""Whether the ledger is what was written: every hash, balance and row worked out again, and the first bad entry named.

Nothing is taken from the rules: what the tables hold is compared with what the texts of the events tell, and the texts with their hashes.
Whoever switched rules off (a foreign shell, a superuser) and wrote, is found here.

*Model and limits*: a chain written anew from some event on, consistently to its end, is consistent; only a head hash kept elsewhere (a
printed report, a backup at the other site) tells it: pass it as `known`. Contents of attachments are looked up beside the database
(`contents.folder`).
"""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import orjson
from django.db import DatabaseError, connection, transaction

from farside.curation import contents, rules, structure
from farside.curation.database import snapshot
from farside.curation.models import KINDS, LEDGER, Event
from farside.curation.rules.declared import CHANGEABLE, columns_of, table_of


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


COLUMNS = ("number", "prev", "verb", "at_utc", "actor", "second", "reason", "key")
KEYS = {*COLUMNS, "data", "postings", "states"}
_OWN = itemgetter(*COLUMNS)
Touched = tuple[str, str, int]


@dataclass
class _Told:
    """What the events tell, gathered while they are read."""

    head: str = ""
    number: int = -1
    at_utc: str = ""
    balances: dict[str, int] = field(default_factory=dict)
    states: dict[tuple[str, str], tuple[int, tuple[Any, ...]]] = field(default_factory=dict)  # values of `_WHOLE`: a fifth of a dict
    touches: set[Touched] = field(default_factory=set)


def verify(known: tuple[int, str] | None = None) -> Report:
    """Look at the whole ledger; `known` is a number and a hash that it must hold, as noted elsewhere."""
    told = _Told()
    counted: list[int] = []
    findings: list[Finding] = []
    looks = (_rules, _tables, lambda: _record(told, counted), lambda: _touches(told), lambda: _entities(told), _contents)
    try:
        with _beside(_file, _checks) as others, _no_collection(), snapshot():  # one moment, so that writers at work do not look like faults
            for look in looks:
                findings += _looked(look)
            if known is not None and not Event.objects.filter(number=known[0], hash=known[1]).exists():
                findings.append(Finding(f"event {known[0]}", f"its hash is not {known[1][:16]}..., the one noted elsewhere"))
        findings += others.result()
    except DatabaseError as error:
        findings.append(_unreadable(error))
    return Report(told.number + 1, sum(counted), len(told.states), told.head, tuple(findings))


@contextmanager
def _beside(*looks: Callable[[], Iterator[Finding]]) -> Iterator[Future[list[Finding]]]:
    """Looks that the database takes by itself, on another connection meanwhile; within an open transaction, which others do not see, at
    once."""
    if connection.in_atomic_block:
        done: Future[list[Finding]] = Future()
        done.set_result([each for look in looks for each in _looked(look)])
        yield done
        return

    def taken() -> list[Finding]:
        try:
            return [each for look in looks for each in _looked(look)]
        finally:
            connection.close()  # this thread's own

    with ThreadPoolExecutor(1) as other:
        yield other.submit(taken)


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for circles among what is gathered: there are none, and each search looks at all of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _looked(look: Any) -> Iterator[Finding]:
    """What a look finds; that it cannot be taken is a finding as well."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():  # PostgreSQL reads on after an error only from here
            yield from look()
    except DatabaseError as error:
        yield _unreadable(error)


def _unreadable(error: DatabaseError) -> Finding:
    return Finding("file" if connection.vendor == "sqlite" else "database", f"it cannot be read: {str(error).splitlines()[0]}")


def _rules() -> Iterator[Finding]:
    yield from (Finding("rules", what) for what in rules.differences(connection))


def _tables() -> Iterator[Finding]:
    yield from (Finding("tables", what) for what in structure.differences(connection))


def _file() -> Iterator[Finding]:
    """Whether SQLite finds its file whole: pages, order, and every index against its table."""
    if connection.vendor == "sqlite":
        yield from (Finding("file", answer) for (answer,) in _rows("PRAGMA integrity_check(5)") if answer != "ok")


def _rows(sql: str) -> list[tuple[Any, ...]]:
    """The rows of a question; where SQLite holds bytes that are no text, with half characters in their place."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql)
            return list(cursor.fetchall())
        except DatabaseError as error:
            if "decode" not in str(error):
                raise
        connection.connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            cursor.execute(sql)
            return list(cursor.fetchall())
        finally:
            connection.connection.text_factory = str


def _record(told: _Told, counted: list[int]) -> Iterator[Finding]:
    """Every event in order: chain, text, postings, balance; what it tells is gathered in `told`."""
    postings = _postings()
    counted.extend(map(len, postings.values()))
    for *columns, digest, text in _rows(f"SELECT {', '.join(map(_quoted, COLUMNS))}, hash, text FROM curation_event ORDER BY number"):
        number = columns[0]
        lines = postings.pop(number, [])
        what: list[str] = []
        try:
            for each in _event(told, columns, text, digest, lines):
                what.append(each)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
            what.append(f"its text cannot be read: {error}")
        yield from (Finding(f"event {number}", each) for each in what)
        told.number, told.head = number if isinstance(number, int) else told.number + 1, digest
    yield from (Finding(f"event {number}", "postings without an event") for number in sorted(postings, key=str))


def _postings() -> dict[int, list[list[Any]]]:
    """The postings of each event, in their order."""
    found: dict[int, list[list[Any]]] = {}
    for event, line, account, mass_ug in _rows("SELECT event, line, account, mass_ug FROM curation_posting ORDER BY event, line"):
        lines = found.setdefault(event, [])
        lines.append([account, mass_ug] if line == len(lines) else [account, mass_ug, f"line {line}"])
    return found


def _event(told: _Told, columns: list[Any], text: str, digest: str, lines: list[list[Any]]) -> Iterator[str]:
    """What is wrong with one event."""
    number, prev, _, at_utc, *_ = columns
    raw = text.encode("utf-8", "surrogateescape")
    if hashlib.sha256(raw).hexdigest() != digest:
        yield "its hash is not that of its text"
    if number != told.number + 1 or prev != (told.head or None):
        yield "it does not follow its predecessor"
    if not isinstance(at_utc, str) or at_utc < told.at_utc:
        yield "it is before its predecessor"
    told.at_utc = str(at_utc)
    document = orjson.loads(raw)
    if _OWN(document) != tuple(columns):
        yield f"its text tells another {', '.join(name for name, value in zip(COLUMNS, columns, strict=True) if document[name] != value)}"
    if document.keys() != KEYS or orjson.dumps(document, option=orjson.OPT_SORT_KEYS) != raw:
        yield "its text is not the canonical one"
    if document["postings"] != lines or not {type(line[1]) for line in lines} <= {int}:
        yield "its postings are not those of its text"
    if sum(line[1] for line in document["postings"]):
        yield "its postings do not sum to zero"
    yield from _account(told, document["postings"])
    yield from _gather(told, number, document["states"])


def _account(told: _Told, postings: list[list[Any]]) -> Iterator[str]:
    balances = told.balances
    for account, mass_ug in postings:
        balances[account] = balances.get(account, 0) + mass_ug
    below = [account for account, _ in postings if ":" not in account and balances[account] < 0]
    if below:
        yield f"it takes more of {below[0]} than there is"


def _gather(told: _Told, number: int, states: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for kind, rows in states.items():
        columns, own = _WHOLE[kind]
        for state in rows:
            code = state["code"]
            told.touches.add((kind, code, number))
            if len(state) != len(columns):
                yield f"it tells of {kind} {code} other columns than a {kind} has"
            values, before = own(state), told.states.get((kind, code))
            if before is not None and before[1] != values:
                yield from _changes(kind, code, dict(zip(columns, before[1], strict=True)), state)
            told.states[kind, code] = (number, values)
            if kind == "sample" and state["mass_ug"] != told.balances.get(code, 0):
                yield f"it tells {state['mass_ug']} ug of {code}, whose postings sum to {told.balances.get(code, 0)} ug"


_COLUMNS = {kind: columns_of(model) for kind, model in KINDS.items()}
_WHOLE: dict[str, tuple[list[str], Callable[[Any], tuple[Any, ...]]]] = {k: (own, itemgetter(*own)) for k, own in _COLUMNS.items()}
"""The columns of each kind, and what takes them from a state."""
_MAY_CHANGE = {kind: frozenset(CHANGEABLE.get(kind, ())) for kind in KINDS}


def _changes(kind: str, code: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What an event changes of a row that never changes."""
    changed = {name for name, value in after.items() if before.get(name) != value}
    kept = changed - _MAY_CHANGE[kind]
    if kind == "sample":
        kept |= {name for name in ("air_exposed", "returned") if name in changed and before[name]}
        kept |= {"purpose"} if "purpose" in changed and before["purpose"] is not None else set()
        kept |= {"status"} if before["status"] == "retired" else set()
    if kept:
        yield f"it changes {', '.join(sorted(kept))} of {kind} {code}, which never changes"


def _touches(told: _Told) -> Iterator[Finding]:
    there = Counter(_rows("SELECT kind, code, event FROM curation_touch"))
    wrong = (told.touches ^ there.keys()) | {touch for touch, times in there.items() if times > 1}
    for kind, code, number in sorted(wrong, key=lambda touch: (str(touch[2]).zfill(20), *map(str, touch[:2]))):
        what = "is listed and not told" if (kind, code, number) not in told.touches else "is told and not listed, or listed twice"
        yield Finding(f"event {number}", f"that it touches {kind} {code} {what}")


def _entities(told: _Told) -> Iterator[Finding]:
    """Rows that are not as the last event about them tells, or that no event tells of."""
    left = set(told.states)
    for kind, model in KINDS.items():
        columns = _COLUMNS[kind]
        readers = [(i, read) for i, column in enumerate(columns) if (read := _reader(model, column))]
        at = columns.index("code")
        for *values, event in _rows(f"SELECT {', '.join(map(_quoted, columns))}, event FROM {table_of(kind)} ORDER BY event, code"):
            code = values[at]
            for i, read in readers:
                values[i] = values[i] if values[i] is None else read(values[i])
            number, state = told.states.get((kind, code), (-1, None))
            if state is None:
                yield Finding(f"{kind} {code}", "no event tells of it")
                continue
            if number != event or state != tuple(values) or [*map(type, state)] != [*map(type, values)]:  # 1 is not true
                wrong = [c for c, said, there in zip(columns, state, values, strict=True) if said != there] or ["event"]
                yield Finding(f"{kind} {code}", f"{', '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} not as event {number} tells")
            if (kind, code) not in left:
                yield Finding(f"{kind} {code}", "it is there twice")
            left.discard((kind, code))
    yield from (
        Finding(f"{kind} {code}", f"event {told.states[kind, code][0]} tells of it, and it is not there") for kind, code in sorted(left)
    )


def _checks() -> Iterator[Finding]:
    """Rows that are against a constraint, though they should not have come in."""
    editor = connection.schema_editor(collect_sql=True)
    for model in LEDGER:
        kind, name = str(model._meta.model_name), model._meta.pk_fields[-1].column if model.__name__ != "Posting" else "event"
        for constraint, check in structure.checks(model, editor).items():
            found = _rows(f"SELECT {name} FROM {model._meta.db_table} WHERE NOT ({check.replace('%', '%%')}) ORDER BY 1 LIMIT 3")
            yield from (Finding(f"{kind} {code}", f"it is against {constraint}") for (code,) in found)


def _contents() -> Iterator[Finding]:
    yield from (Finding(f"attachment {code}", what) for code, what in contents.findings())


def _quoted(column: str) -> str:
    return f'"{column}"'


def _reader(model: Any, column: str) -> Any:
    """What makes of a column's value what the text holds; None where it is the same."""
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    internal = field.get_internal_type()
    return _truth if internal == "BooleanField" else str if internal == "DateField" else None


def _truth(value: Any) -> Any:
    """SQLite's 0 and 1 as truths; anything else as it is."""
    return bool(value) if value in (0, 1) else value
