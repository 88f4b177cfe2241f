"""The chain as people read it: which events there are, and what became of one thing.

*Model and limits*: what is told here is read from the tables; `verify` says whether they are what was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max

from farside.curation import readings
from farside.curation.ledger import Refused
from farside.curation.models import KINDS, Entity, Event, Touch
from farside.curation.rows import read, state_of

RECENT = 200
HISTORY = f"SELECT {', '.join(f'e.{field.column}' for field in Event._meta.concrete_fields)} FROM curation_touch t JOIN curation_event e"
HISTORY += " ON e.number = t.event WHERE t.kind = %s AND t.code = %s ORDER BY e.number"


@dataclass(frozen=True, slots=True)
class Line:
    """An event in short: when, who, what, which things it tells of, and the masses that it moved [ug] by account."""

    number: int
    at_utc: str
    verb: str
    actor: str | None
    second: str | None
    reason: str
    hash: str
    touched: tuple[tuple[str, str], ...]
    moved: tuple[tuple[str, int], ...]


def journal(
    *,
    of: str | None = None,
    by: str | None = None,
    verb: str | None = None,
    since_utc: str | None = None,
    until_utc: str | None = None,
    before: int | None = None,
    last: int | None = None,
) -> list[Line]:
    """The events in their order: those that tell of a thing with the code `of`, by somebody, of one verb, from one epoch until before
    another, before a number; of these the `last` ones."""
    events = Event.objects.order_by("-number")
    if of is not None:
        events = events.filter(number__in=Touch.objects.filter(code=of, kind__in=KINDS).values("event_id"))
    wanted = {"actor": by, "verb": verb, "at_utc__gte": since_utc, "at_utc__lt": until_utc, "number__lt": before}
    events = events.filter(**{name: value for name, value in wanted.items() if value is not None})
    return lines(reversed(events[:last] if last is not None else events))


def lines(events: Iterable[Event]) -> list[Line]:
    """Events in short."""
    found = []
    for event in events:
        told = event.told
        touched = tuple((kind, state["code"]) for kind, states in told["states"].items() for state in states)
        moved = tuple((account, mass_ug) for account, mass_ug in told["postings"])
        found.append(
            Line(event.number, event.at_utc, event.verb, event.actor_id, event.second_id, event.reason, event.hash, touched, moved)
        )
    return found


def last_of(verb: str, kind: str) -> dict[str, Event]:
    """The last event of a verb about each thing of a kind, by the thing's code; among the verb's last `RECENT` events."""
    numbers = list(Event.objects.filter(verb=verb).order_by("-number").values_list("number", flat=True)[:RECENT])
    touched = Touch.objects.filter(kind=kind, event__in=numbers).values_list("code")
    wanted = dict(touched.annotate(last=Max("event")).order_by("code"))
    events = Event.objects.in_bulk(list(wanted.values()))
    return {code: events[number] for code, number in wanted.items()}


def things(code: str) -> list[Entity]:
    """Everything that has this code: one thing, or several of different kinds; `Refused` when nothing has it."""
    found = [row for model in KINDS.values() if (row := read(model, code)) is not None]
    if not found:
        near = sorted({c for model in KINDS.values() for c in _near(model, code)})[:5]
        raise Refused(f"nothing here has the code {code!r}{'; there are ' + ', '.join(near) if near else ''}")
    return found


def detail(thing: Entity) -> dict[str, Any]:
    """One thing as a plain record: its kind, its state, its history; of a sample also what it was made of and what was made of it, its
    balance by its postings [ug] and where in the delivery it comes from."""
    kind = type(thing).__name__.lower()
    told: dict[str, Any] = {"kind": kind, "state": state_of(thing)}
    if kind == "sample":
        page = readings.detail(thing.code)
        told["made_of"] = [each.code for each in reversed(page.ancestors)]
        told["children"] = [{"code": each.code, "form": each.form, "mass_ug": each.mass_ug} for each in page.children]
        told["balance_ug"] = sum(flow.mass_ug for flow in page.flow)
        told["origin"] = list(page.origin)
    told["history"] = lines(Event(*row) for row in _asked(HISTORY, kind, thing.code))
    return told


def _asked(query: str, *values: str) -> list[Any]:
    """The rows that answer a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _near(model: type[Entity], code: str) -> list[str]:
    return list(model._default_manager.filter(pk__istartswith=code[:4]).order_by("pk").values_list("pk", flat=True)[:5]) if code else []
