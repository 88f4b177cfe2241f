"""The journal over HTTP: events for those who may read them, the head for everybody, the whole ledger worked out again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Query
from pydantic import BaseModel, ConfigDict, Field

from farside.curation.access import JOURNAL
from farside.curation.ledger import Missing, head
from farside.curation.models import Event, Touch
from farside.curation.verify import verify
from farside.web.answers import Head, Journal, Verified, Whole, declared
from farside.web.rows import Plain, one, require_read
from farside.web.way_in import OPTIONAL, Token

LARGEST = 2**53 - 1


class Asked(BaseModel):
    """Which events."""

    model_config = ConfigDict(extra="forbid")
    after: int = Field(-1, ge=-1, le=LARGEST, description="events whose number comes after this one")
    limit: int = Field(100, ge=1, le=500)
    verb: Plain | None = None
    actor: Plain | None = None
    kind: Plain | None = Field(None, description="with `code`: events that touch this row")
    code: Plain | None = None


def offer_journal(api: NinjaAPI) -> None:
    """Addresses of the journal."""
    closed: dict[str, Any] = {"auth": Token(), "tags": ["journal"]}
    api.get("/events", response=declared(Journal, 401, 403, 422), operation_id="list_events", **closed)(events)
    api.get("/events/{number}", response=declared(Whole, 401, 403, 404, 422), operation_id="show_event", **closed)(event)
    api.get("/history/{path:code}", response=declared(Journal, 401, 403, 404, 422), operation_id="history", **closed)(history)
    api.get("/verify", response=declared(Verified, 401, 403), operation_id="verify", **closed)(verified)
    told: dict[str, Any] = {"auth": Token(optional=True), "tags": ["journal"], "openapi_extra": OPTIONAL}
    api.get("/head", response=declared(Head, 401), operation_id="head", **told)(last)


def events(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """The journal in its order: what was done, by whom, when and why."""
    require_read(request.auth, JOURNAL)  # type: ignore[attr-defined]
    found = Event.objects.filter(number__gt=asked.after).order_by("number")
    if asked.verb is not None:
        found = found.filter(verb=asked.verb)
    if asked.actor is not None:
        found = found.filter(actor=asked.actor)
    if asked.kind is not None or asked.code is not None:
        found = found.filter(number__in=Touch.objects.filter(kind=asked.kind or "", code=asked.code or "").values("event_id"))
    rows = list(found[: asked.limit + 1])
    kept = rows[: asked.limit]
    return {"items": [_told(row) for row in kept], "next": kept[-1].number if len(rows) > asked.limit else None}


def event(request: HttpRequest, number: int) -> dict[str, Any]:
    """One event with all that it tells."""
    require_read(request.auth, JOURNAL)  # type: ignore[attr-defined]
    found = Event.objects.filter(pk=number).first() if 0 <= number <= LARGEST else None
    if found is None:
        raise Missing(JOURNAL, str(number))
    text = found.told
    return {**_told(found), "text": found.text, **{name: text[name] for name in ("data", "postings", "states")}}


def history(request: HttpRequest, code: str, asked: Query[Asked]) -> dict[str, Any]:
    """What was done with a sample, from its making on."""
    require_read(request.auth, JOURNAL)  # type: ignore[attr-defined]
    sample = one(request.auth, "sample", code)  # type: ignore[attr-defined]
    return events(request, asked.model_copy(update={"kind": "sample", "code": sample.code}))


def verified(request: HttpRequest) -> dict[str, Any]:
    """Work the whole ledger out again: every hash, balance and row; the first bad entry comes first."""
    require_read(request.auth, JOURNAL)  # type: ignore[attr-defined]
    report = verify()
    return {**asdict(report), "sound": report.sound}


def last(request: HttpRequest) -> dict[str, Any]:
    """The last event of the chain."""
    found = head()
    return {"number": found.number, "hash": found.hash, "at_utc": found.at_utc}


def _told(row: Event) -> dict[str, Any]:
    return {
        "number": row.number, "prev": row.prev_id, "hash": row.hash, "verb": row.verb, "at_utc": row.at_utc, "actor": row.actor_id,
        "second": row.second_id, "reason": row.reason, "key": row.key,
    }  # fmt: skip
