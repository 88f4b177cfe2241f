"""The ledger: events are written here and nowhere else.

    with ledger.writing(Act(by="li.wei"), "split") as entry:
        entry.move("CE6-D", "lost:change6", 1200)
        entry.change(sample, sealed=False)

An `Entry` is an event in the making. When the block ends it is sealed: its postings are written, then the rows that it touches, then the
event itself, whose text tells all of it; the database refuses what breaks a rule, and then nothing has happened. Verbs are the way in for
everybody else (`farside.curation.verbs`).

*Model and limits*: writers wait for one another (SQLite: IMMEDIATE transactions; PostgreSQL: one advisory lock), and no two events can
have one predecessor. Time does not run backwards: an event is not before the last one; a clock that lags by a few seconds is forgiven.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import DataError, IntegrityError, connection, transaction
from django.db.utils import OperationalError

from farside.curation.models import KINDS, Entity, Event, Sample
from farside.curation.rows import insert_into, read, state_of, write
from farside.curation.rules.declared import SINKS, table_of
from farside.curation.text import TextError, day_of, now_utc, sealed_text

LOCK = 0x0FA51DE  # the advisory lock of writers on PostgreSQL
CLOCK_SLACK_S = 5.0  # assumed: by how much clocks of one laboratory's computers may differ

EVENT_COLUMNS = ("number", "prev", "hash", "verb", "at_utc", "actor", "second", "reason", "key", "text")
INSERT_EVENT = insert_into(table_of("event"), EVENT_COLUMNS)
INSERT_POSTING = insert_into(table_of("posting"), ("event", "line", "account", "mass_ug"))

AnyEntity = TypeVar("AnyEntity", bound=Entity)


class Refused(ValueError):
    """What was asked is against the rules, or about something that is not there: what was asked, why not, what would work."""


class Mistaken(Refused):
    """Arguments that no verb could take."""


class Denied(Refused):
    """Whoever asks may not."""


class Missing(Refused):
    """There is no row with this code."""

    def __init__(self, kind: str, code: str, near: str = "") -> None:
        super().__init__(f"there is no {kind} {code!r}{near}")
        self.kind, self.code = kind, code


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, with whom, why, and when (now, if nobody says). `key` marks a request: sent again, it is refused."""

    by: str
    second: str | None = None
    reason: str = ""
    key: str | None = None
    at_utc: str | None = None


@dataclass
class _Head:
    """The last event as writers know it within one transaction."""

    number: int
    hash: str
    at_utc: str


_open: ContextVar[_Head | None] = ContextVar("open_transaction", default=None)


@dataclass
class Entry:
    """An event in the making: what it posts and which rows it makes or changes."""

    verb: str
    act: Act
    at_utc: str
    data: dict[str, Any] = field(default_factory=dict)
    postings: dict[str, int] = field(default_factory=dict)
    event: Event | None = None
    _rows: dict[tuple[str, str], Entity] = field(default_factory=dict)
    _touched: dict[tuple[str, str], bool] = field(default_factory=dict)  # whether the row is a new one

    @property
    def today(self) -> date:
        """The day on which it is done, in UTC."""
        return day_of(self.at_utc)

    def get(self, model: type[AnyEntity], code: str) -> AnyEntity:
        """The row with this code, as this entry will leave it; `Refused` when there is none."""
        key = (_kind(model), code)
        if key not in self._rows:
            found = read(model, code)
            if found is None:
                raise Missing(key[0], code, _near(model, code))
            self._rows[key] = found
        return self._rows[key]  # type: ignore[return-value]

    def has(self, model: type[AnyEntity], code: str) -> bool:
        """Whether there is a row with this code, or this entry will make it."""
        return (_kind(model), code) in self._rows or read(model, code) is not None

    def add(self, row: AnyEntity) -> AnyEntity:
        """A new row."""
        key = (_kind(type(row)), row.code)
        if self.has(type(row), row.code):
            raise Refused(f"the {key[0]} {row.code!r} is there already, and a code is never given twice; choose another")
        self._rows[key], self._touched[key] = row, True
        return row

    def change(self, row: AnyEntity, **fields: Any) -> AnyEntity:
        """A row changed; without fields it is told as it is (its mass may change by postings)."""
        key = (_kind(type(row)), row.code)
        self._rows[key] = row
        self._touched.setdefault(key, False)
        for name, value in fields.items():
            setattr(row, name, value)
        return row

    def move(self, source: str, target: str, mass_ug: int) -> None:
        """Whole micrograms from one account to another; of zero nothing is told."""
        for account, added in ((source, -mass_ug), (target, mass_ug)):
            self.postings[account] = self.postings.get(account, 0) + added

    def note(self, **data: Any) -> None:
        """What else the event should tell."""
        self.data |= data


@contextmanager
def writing(act: Act, verb: str, data: dict[str, Any] | None = None) -> Iterator[Entry]:
    """One event: sealed when the block ends, undone when it raises; `Refused` when a rule is against it."""
    with batch() as head:
        entry = Entry(verb, act, _moment(act, head), data or {})
        yield entry
        with refusals(verb):
            _seal(entry, head)


@contextmanager
def batch() -> Iterator[_Head]:
    """Several events in one transaction: all of them, or none. A batch within a batch is part of it."""
    outer = _open.get()
    if outer is not None:
        yield outer
        return
    with refusals("the transaction"), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        number, digest, at_utc = Event.objects.order_by("-number").values_list("number", "hash", "at_utc")[0]
        mark = _open.set(head := _Head(number, digest, at_utc))
        try:
            yield head
        finally:
            _open.reset(mark)


@contextmanager
def refusals(verb: str) -> Iterator[None]:
    """What the database refuses, as `Refused` with the words of its rule."""
    try:
        yield
    except IntegrityError as error:
        raise Refused(f"{verb}: {_words(str(error))}") from error
    except (DataError, TextError) as error:  # longer than its column, a character that no text can hold
        raise Mistaken(f"{verb}: {str(error).splitlines()[0]}") from error
    except OperationalError as error:
        if "is full" in str(error) or "No space left" in str(error):
            raise Refused(f"{verb}: the disk is full; nothing was written. Make room where the ledger lies, and do it again") from error
        if "locked" not in str(error):
            raise
        raise Refused(f"{verb}: another writer held the ledger for too long; try again") from error


def head() -> Event:
    """The last event of the chain."""
    last = Event.objects.order_by("-number").first()
    assert last is not None, "a ledger has a genesis"
    return last


def sink(name: str, mission: str) -> str:
    """The account of a sink; one for each mission."""
    assert name in SINKS, name
    return f"{name}:{mission}"


def _seal(entry: Entry, head: _Head) -> None:
    """Write postings, rows, event, in this order."""
    number = head.number + 1
    postings = [(account, mass_ug) for account, mass_ug in entry.postings.items() if mass_ug]
    for account, added in postings:
        if ":" not in account:
            sample = entry.get(Sample, account)
            entry.change(sample, mass_ug=sample.mass_ug + added)
    with connection.cursor() as cursor:
        rows = [(number, line, account, mass_ug) for line, (account, mass_ug) in enumerate(postings)]
        if rows:
            cursor.executemany(INSERT_POSTING, rows)
        for (kind, _), new in sorted(entry._touched.items(), key=_writing_order):
            row = entry._rows[kind, _]
            row.event_id = number  # type: ignore[attr-defined]
            write(cursor, row, new)
        act = entry.act
        told: dict[str, Any] = {"number": number, "prev": head.hash, "verb": entry.verb, "at_utc": entry.at_utc, "actor": act.by}
        told |= {"second": act.second, "reason": act.reason, "key": act.key}
        columns = dict(told)
        told |= {"data": entry.data, "postings": [[a, m] for a, m in postings], "states": _states(entry)}
        columns["text"], columns["hash"] = sealed_text(told)
        cursor.execute(INSERT_EVENT, [columns[name] for name in EVENT_COLUMNS])
    entry.event = Event(number=number, prev_id=head.hash, hash=columns["hash"], verb=entry.verb, at_utc=entry.at_utc, actor_id=act.by,
                        second_id=act.second, reason=act.reason, key=act.key, text=columns["text"])  # fmt: skip
    head.number, head.hash, head.at_utc = number, columns["hash"], entry.at_utc


def _states(entry: Entry) -> dict[str, list[dict[str, Any]]]:
    states: dict[str, list[dict[str, Any]]] = {}
    for kind, code in sorted(entry._touched):
        states.setdefault(kind, []).append(state_of(entry._rows[kind, code]))
    return states


_ORDER = {kind: i for i, kind in enumerate(kind for kind in KINDS if kind != "sample")} | {"sample": len(KINDS)}


def _writing_order(touched: tuple[tuple[str, str], bool]) -> tuple[int, bool]:
    """Samples last, changed ones before new ones: what a rule of one row looks up in another is there."""
    (kind, _), new = touched
    return _ORDER[kind], new


def _kind(model: type[Entity]) -> str:
    return str(model._meta.model_name)


def _moment(act: Act, head: _Head) -> str:
    """When the event is: as told, or now; never before the last one."""
    at_utc = act.at_utc or now_utc()
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", at_utc):
        raise Refused(f"at_utc {at_utc!r}: write UTC with milliseconds, like 2024-06-28T01:09:06.479Z")
    if at_utc >= head.at_utc:
        return at_utc
    behind_s = (_parsed(head.at_utc) - _parsed(at_utc)).total_seconds()
    if act.at_utc is None and behind_s <= CLOCK_SLACK_S:
        return head.at_utc
    raise Refused(
        f"{at_utc} is before the last event, {head.at_utc}: "
        + ("an event follows the last one" if act.at_utc else f"this computer's clock is {behind_s:.0f} s behind; set it right")
    )


def _parsed(at_utc: str) -> datetime:
    return datetime.fromisoformat(at_utc)


def _near(model: type[Entity], code: str) -> str:
    """Codes that begin alike, to help whoever mistyped."""
    near = list(model._default_manager.filter(pk__istartswith=code[:4]).order_by("pk").values_list("pk", flat=True)[:5]) if code else []
    return f"; there are {', '.join(near)}" if near else ""


def _words(error: str) -> str:
    """The words of a rule, or the name of a constraint as words."""
    named = re.search(
        r'CHECK constraint failed: (\w+)|check constraint "(\w+)"|UNIQUE constraint failed: (\S+)|unique constraint "(\w+)"', error
    )
    if named is None:
        return error.splitlines()[0]
    return next(filter(None, named.groups())).replace("curation_", "").replace("_", " ")
