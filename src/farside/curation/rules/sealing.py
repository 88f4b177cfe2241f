"""What an event must tell to be sealed: its text is the whole record, and the database reads it.

When an event is written, its postings and rows are there already. The rules here hold them against the text: the hash is the text's, the
number its predecessor's plus one, the postings those that the text lists and zero in sum, and the rows that name the event exactly those
whose states the text tells. JSON is spelt differently by SQLite and PostgreSQL, so each hands in its `Dialect`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from farside.curation.models import KINDS
from farside.curation.rules.declared import SINKS, Rule, columns_of, filled, table_of


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database spells JSON: `value(json, key)` of an object; `column(name)` to compare with it; the states of a kind as rows `s`
    with a `value`, and their count; the SHA-256 of the text; and a condition that postings are not those of the text."""

    value: Callable[[str, str], str]
    column: Callable[[str], str]
    states: Callable[[str], str]
    count: Callable[[str], str]
    sha256: str
    postings_differ: str


def sealing(dialect: Dialect) -> Iterator[Rule]:
    """The rules of sealing, tables filled in."""
    for name, when, says in (*_chain(dialect), *_postings(dialect)):
        yield Rule(name, table_of("event"), ("insert",), filled(when), says)
    for kind in KINDS:
        says = f"an event tells the whole state of every {kind} that it touches, and of no other"
        yield Rule(f"event_tells_{kind}", table_of("event"), ("insert",), filled(_states(dialect, kind)), says)
    told = f"SELECT 1 FROM {{event}} e, {dialect.states('NEW.kind').replace('NEW.text', 'e.text')} WHERE e.number = NEW.event AND "
    told = f"NOT EXISTS ({told}{dialect.value('s.value', 'code')} = NEW.code)"
    yield Rule("touch_is_told", table_of("touch"), ("insert",), filled(told), "a touch is what an event tells")


def _chain(dialect: Dialect) -> Iterator[tuple[str, str, str]]:
    before = "SELECT 1 FROM {event} e WHERE e.hash = NEW.prev AND e.number = NEW.number - 1 AND e.at_utc <= NEW.at_utc"
    yield "event_follows_its_predecessor", f"NOT EXISTS ({before})", "an event follows its predecessor, in number and in time"
    yield "event_hash_is_of_its_text", f"NEW.hash IS DISTINCT FROM {dialect.sha256}", "the hash of an event is the SHA-256 of its text"
    columns = ("number", "prev", "verb", "at_utc", "actor", "second", "reason", "key")
    differ = (f"{dialect.value('NEW.text', c)} IS DISTINCT FROM {dialect.column(f'NEW.{c}')}" for c in columns)
    yield "event_text_tells_the_event", " OR ".join(differ), f"the text of an event tells its {', '.join(columns)}"


def _postings(dialect: Dialect) -> Iterator[tuple[str, str, str]]:
    total = "SELECT COALESCE(SUM(p.mass_ug), 0) FROM {posting} p WHERE p.event = NEW.number"
    yield "event_balances", f"({total}) <> 0", "the postings of an event sum to zero"
    yield "event_text_tells_its_postings", dialect.postings_differ, "the text of an event tells its postings, in their order"
    sinks = ", ".join(f"'{sink}:' || m.code" for sink in SINKS)
    unknown = "SELECT 1 FROM {posting} p WHERE p.event = NEW.number"
    unknown += " AND NOT EXISTS (SELECT 1 FROM {sample} s WHERE s.code = p.account AND s.event = NEW.number)"
    unknown += f" AND NOT EXISTS (SELECT 1 FROM {{mission}} m WHERE p.account IN ({sinks}))"
    yield "event_posts_to_what_it_tells", f"EXISTS ({unknown})", "a posting is to a sample that the event tells of, or to a sink"


def _states(dialect: Dialect, kind: str) -> str:
    """Where the rows that name the event are not those of the text."""
    columns = columns_of(KINDS[kind])
    differ = " OR ".join(f"{dialect.value('s.value', c)} IS DISTINCT FROM " + dialect.column(f't."{c}"') for c in columns)
    code = dialect.value("s.value", "code")
    other = f"SELECT 1 FROM {dialect.states(repr(kind))} LEFT JOIN {{{kind}}} t ON t.code = {code}"
    other += f" WHERE t.event IS DISTINCT FROM NEW.number OR {differ}"
    return f"{dialect.count(repr(kind))} <> (SELECT COUNT(*) FROM {{{kind}}} t WHERE t.event = NEW.number) OR EXISTS ({other})"
