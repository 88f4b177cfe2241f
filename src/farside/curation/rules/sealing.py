"""What an event must tell to be sealed: its text is the whole record, and the database reads it.

When an event is written, its postings and rows are there already. The rules here hold them against the text: it is canonical JSON and
nothing else, the hash is its own, the number its predecessor's plus one, the postings those that it lists, zero in sum, and the rows that
name the event exactly those whose states it tells. Rows are written as JSON and compared whole, so that a text has no key too many, none
twice, and no number spelt as a word. SQLite and PostgreSQL write JSON differently, so each hands in its `Dialect`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from farside.curation.models import KINDS
from farside.curation.rules.declared import SINKS, Rule, filled, table_of

COLUMNS = ("actor", "at_utc", "key", "number", "prev", "reason", "second", "verb")
"""What the text tells of the event itself, beside `data`, `postings` and `states`."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database holds rows against a text, each as a condition that they differ: the text and its canonical form; the hash; the
    event's own columns, with nothing else beside them; its postings; the kinds that it tells; the rows of a kind; the form of its epoch."""

    not_canonical: str
    hash_differs: str
    columns_differ: str
    postings_differ: str
    kinds_unknown: str
    states_differ: Callable[[str], str]
    epoch_malformed: str


def sealing(dialect: Dialect) -> Iterator[Rule]:
    """The rules of sealing, tables filled in."""
    for name, when, says in (*_chain(dialect), *_postings(dialect)):
        yield Rule(name, table_of("event"), ("insert",), filled(when), says)
    for kind in KINDS:
        says = f"an event tells the whole state of every {kind} that it touches, and of no other"
        yield Rule(f"event_tells_{kind}", table_of("event"), ("insert",), filled(dialect.states_differ(kind)), says)
    rows = (
        f"(NEW.kind = '{kind}' AND EXISTS (SELECT 1 FROM {{{kind}}} t WHERE t.code = NEW.code AND t.event = NEW.event))" for kind in KINDS
    )
    yield Rule("touch_is_told", table_of("touch"), ("insert",), filled(f"NOT ({' OR '.join(rows)})"), "a touch is what an event tells")


def touches() -> str:
    """What an event touches, once it is sealed, as rows of touch."""
    return filled(" UNION ALL ".join(f"SELECT '{kind}', t.code, NEW.number FROM {{{kind}}} t WHERE t.event = NEW.number" for kind in KINDS))


def _chain(dialect: Dialect) -> Iterator[tuple[str, str, str]]:
    before = "SELECT 1 FROM {event} e WHERE e.hash = NEW.prev AND e.number = NEW.number - 1 AND e.at_utc <= NEW.at_utc"
    yield "event_follows_its_predecessor", f"NOT EXISTS ({before})", "an event follows its predecessor, in number and in time"
    yield (
        "event_text_is_canonical",
        dialect.not_canonical,
        "the text of an event is canonical JSON: keys sorted and once, whole numbers, no blanks",
    )
    yield "event_hash_is_of_its_text", dialect.hash_differs, "the hash of an event is the SHA-256 of its text"
    yield "event_text_tells_the_event", dialect.columns_differ, f"the text of an event tells its {', '.join(COLUMNS)}, and data"
    yield "event_epoch_is_utc", dialect.epoch_malformed, "the epoch of an event is UTC with milliseconds, like 2024-06-28T01:09:06.479Z"


def _postings(dialect: Dialect) -> Iterator[tuple[str, str, str]]:
    own = "FROM {posting} p WHERE p.event = NEW.number"
    yield "event_balances", f"(SELECT COALESCE(SUM(p.mass_ug), 0) {own}) <> 0", "the postings of an event sum to zero"
    yield "event_text_tells_its_postings", dialect.postings_differ, "the text of an event tells its postings, in their order"
    lines = f"(SELECT COUNT(*) <> COALESCE(MAX(p.line) + 1, 0) OR COALESCE(MIN(p.line), 0) <> 0 {own})"
    yield "event_counts_its_postings", lines, "the postings of an event are counted from zero"
    sinks = ", ".join(f"'{sink}:' || m.code" for sink in SINKS)
    unknown = f"SELECT 1 {own} AND NOT EXISTS (SELECT 1 FROM {{sample}} s WHERE s.code = p.account AND s.event = NEW.number)"
    unknown += f" AND NOT EXISTS (SELECT 1 FROM {{mission}} m WHERE p.account IN ({sinks}))"
    yield "event_posts_to_what_it_tells", f"EXISTS ({unknown})", "a posting is to a sample that the event tells of, or to a sink"
    yield "event_tells_known_kinds", dialect.kinds_unknown, "the states of an event are lists of things that there are"
