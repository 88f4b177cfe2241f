"""Both sites: cabinets, slots, what lies in them, their air now and over time, and the last stock-taking."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from farside.curation import models
from farside.web.curves import QUANTITIES, air_of, curves
from farside.web.pages.sample import Step
from farside.web.people import STAFF, only

READERS = (*STAFF, "auditor")
SHOWN, SHOWN_READINGS = 30, 1000
NO_ALARM = '"alarm":""'
"""Stands in the text of a reading that was no alarm, and of no other: the state has one when the reading had."""


@only(*READERS)
def vaults(request: HttpRequest) -> HttpResponse:
    """The sites with their cabinets: how full, how the air is, frozen or not."""
    counts: dict[str, int] = {}
    masses: dict[str, int] = {}
    for cabinet, mass in models.Sample.objects.filter(slot__isnull=False).values_list("slot__cabinet", "mass_ug"):
        counts[cabinet] = counts.get(cabinet, 0) + 1
        masses[cabinet] = masses.get(cabinet, 0) + mass
    slots: dict[str, int] = {}
    for cabinet in models.Slot.objects.values_list("cabinet", flat=True):
        slots[cabinet] = slots.get(cabinet, 0) + 1
    sites = []
    for site in models.Site.objects.order_by("-kind", "code"):
        cabinets = [
            {"row": c, "filled": counts.get(c.code, 0), "slots": slots.get(c.code, 0), "mass_ug": masses.get(c.code, 0), "air": air_of(c)}
            for c in models.Cabinet.objects.filter(site=site.code).order_by("code")
        ]
        sites.append({"row": site, "cabinets": cabinets, "mass_ug": sum(c["mass_ug"] for c in cabinets), "stock": last_stock(site.code)})
    return render(request, "web/vaults.html", {"sites": sites})


@only(*READERS)
def cabinet(request: HttpRequest, code: str) -> HttpResponse:
    """One cabinet: its slots and what lies there, its air over time with limits, its stock-takings, and what else happened to it."""
    one = get_object_or_404(models.Cabinet.objects.select_related("site"), pk=code)
    lying = {sample.slot_id: sample for sample in models.Sample.objects.filter(slot__cabinet=code)}
    slots = [{"slot": slot, "sample": lying.get(slot.code)} for slot in models.Slot.objects.filter(cabinet=code)]
    slots.sort(key=lambda each: _natural(each["slot"].code))
    context = {"cabinet": one, "slots": slots, "history": _history(code), "air": air_of(one), "curves": curves(one, _readings(code))}
    return render(request, "web/cabinet.html", {**context, "stock": _stocks(code)})


@only(*READERS)
def slot(request: HttpRequest, code: str) -> HttpResponse:
    """A slot's code leads to what lies in it, or to its cabinet."""
    one = get_object_or_404(models.Slot, pk=code)
    sample = models.Sample.objects.filter(slot=code).first()
    return redirect(reverse("sample", args=[sample.code]) if sample else reverse("cabinet", args=[one.cabinet_id]))


def last_stock(site: str) -> models.Event | None:
    """The last stock-taking at a site, which is when its copy was last verified."""
    cabinets = models.Cabinet.objects.filter(site=site).values("code")
    numbers = models.Touch.objects.filter(kind="cabinet", code__in=cabinets).values("event_id")
    return models.Event.objects.filter(number__in=numbers, verb="take_stock").order_by("-number").first()


def _touches(code: str) -> QuerySet[models.Touch]:
    return models.Touch.objects.filter(kind="cabinet", code=code)


def _events(code: str) -> QuerySet[models.Event]:
    """All that happened to a cabinet, the newest first."""
    numbers = _touches(code).values("event_id")
    return models.Event.objects.filter(number__in=numbers).order_by("-number").select_related("actor", "second")


def _history(code: str) -> list[Step]:
    """What happened to a cabinet last, the newest first; of the readings those that were an alarm."""
    before = _touches(code).filter(event__lt=OuterRef("number")).order_by("-event").values("event_id")[:1]
    told = list(_events(code).exclude(verb="read_environment", text__contains=NO_ALARM).annotate(before=Subquery(before))[:SHOWN])
    earlier = models.Event.objects.in_bulk([event.before for event in told if event.before is not None])
    return [Step(event, 0, _changed(code, earlier.get(event.before), event)) for event in told]


def _changed(code: str, earlier: models.Event | None, event: models.Event) -> tuple[tuple[str, Any, Any], ...]:
    """What of a cabinet's state an event changed: name, before, after."""
    if earlier is None:
        return ()
    before = _state(code, earlier)
    return tuple((name, before.get(name), value) for name, value in _state(code, event).items() if before.get(name) != value)


def _state(code: str, event: models.Event) -> dict[str, Any]:
    """The state of a cabinet as an event tells it."""
    return next(state for state in event.told["states"]["cabinet"] if state["code"] == code)


def _readings(code: str) -> list[dict[str, Any]]:
    """The states of a cabinet after its last readings, the oldest first; what a reading left out is not in them."""
    last = list(_events(code).filter(verb="read_environment")[:SHOWN_READINGS])
    return [_state(code, event) | {name: event.told["data"].get(name) for name, *_ in QUANTITIES} for event in reversed(last)]


def _stocks(code: str) -> list[dict[str, Any]]:
    """The last three stock-takings of a cabinet."""
    return [{"event": event, "data": event.told["data"]} for event in _events(code).filter(verb="take_stock")[:3]]


def _natural(code: str) -> list[tuple[int, int | str]]:
    """Codes in the order in which people count: BJ-2 before BJ-10."""
    parts = re.split(r"([0-9]+)", code)
    return [(0, int(part)) if i % 2 else (1, part) for i, part in enumerate(parts) if part]
