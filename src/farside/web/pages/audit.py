"""The chain as a journal that people can read, its verification, and the proof that a page equals its events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from farside.curation import models
from farside.curation.ledger import Refused
from farside.curation.rows import state_of
from farside.curation.text import hash_of
from farside.curation.verbs.correction import require_undoable
from farside.curation.verify import verify as look
from farside.web import words
from farside.web.people import STAFF, only

READERS = (*STAFF, "auditor")
PER_PAGE, LONG = 40, 2_000


@only(*READERS)
def audit(request: HttpRequest) -> HttpResponse:
    """The journal, newest first, by verb, person, day and code."""
    asked = {name: request.GET.get(name, "").strip() for name in ("verb", "person", "since", "until", "code")}
    rows = models.Event.objects.order_by("-number").select_related("actor", "second")
    if asked["verb"]:
        rows = rows.filter(verb=asked["verb"])
    if asked["person"]:
        rows = rows.filter(actor=asked["person"])
    if asked["since"]:
        rows = rows.filter(at_utc__gte=asked["since"])
    if asked["until"]:
        rows = rows.filter(at_utc__lt=f"{asked['until']}T24")
    if asked["code"]:
        rows = rows.filter(number__in=models.Touch.objects.filter(code=asked["code"]).values("event_id"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    entries = [{"event": event, "touched": _touched(event), "moved_ug": _moved(event)} for event in page]
    query = request.GET.copy()
    query.pop("page", None)
    verbs = sorted(set(models.Event.objects.values_list("verb", flat=True).distinct()))
    context: dict[str, Any] = {"page": page, "entries": entries, "asked": asked, "verbs": verbs, "query": query.urlencode()}
    context |= {"people": models.Person.objects.order_by("code"), "year": datetime.now(UTC).year}
    return render(request, "web/audit.html", context)


@only(*READERS)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Work the whole ledger out again and say what was found."""
    return render(request, "web/verified.html", {"report": look()})


@only(*READERS)
def event(request: HttpRequest, number: int) -> HttpResponse:
    """One event, whole: its postings, what it changed, its text and hash."""
    one = get_object_or_404(models.Event.objects.select_related("actor", "second"), pk=number)
    told = one.told
    states = [(kind, state["code"]) for kind, rows in told["states"].items() for state in rows]
    following = models.Event.objects.filter(prev=one.hash).first()
    context = {"event": one, "told": told, "states": states, "next": following, "hash_holds": hash_of(one.text) == one.hash}
    noted = [(name, value) for name, value in told["data"].items() if not isinstance(value, (dict, list)) and len(str(value)) < LONG]
    return render(request, "web/event.html", {**context, "noted": noted, "why_not": _why_not_undone(one)})


def _why_not_undone(one: models.Event) -> str:
    """Why an event cannot be undone; nothing when it can."""
    try:
        require_undoable(one)
    except Refused as error:
        return words.refusal(error, "correct")
    return ""


@only(*READERS)
def proof(request: HttpRequest, code: str) -> HttpResponse:
    """That a sample's row equals its events: its mass from its postings, its state from the last event about it, each hash again."""
    one = get_object_or_404(models.Sample, pk=code)
    steps, total = [], 0
    numbers = models.Touch.objects.filter(kind="sample", code=code).values("event_id")
    for each in models.Event.objects.filter(number__in=numbers).order_by("number"):
        told = each.told
        added = sum(mass for account, mass in told["postings"] if account == code)
        total += added
        state = next(row for row in told["states"]["sample"] if row["code"] == code)
        holds = hash_of(each.text) == each.hash and state["mass_ug"] == total
        steps.append({"event": each, "added_ug": added, "total_ug": total, "state": state, "holds": holds})
    equal = bool(steps) and steps[-1]["state"] == state_of(one) and all(step["holds"] for step in steps)
    return render(request, "web/proof.html", {"sample": one, "steps": steps, "equal": equal})


def _touched(event: models.Event) -> list[tuple[str, str]]:
    states = event.told["states"]
    return [(kind, row["code"]) for kind, rows in states.items() for row in rows][:8]


def _moved(event: models.Event) -> int:
    return sum(mass for _, mass in event.told["postings"] if mass > 0)
