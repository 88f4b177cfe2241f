"""Both sites: cabinets, slots, what lies in them, their air now and over time, and the last stock-taking."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from farside.curation import models
from farside.web.curves import Curve, air_of, curves
from farside.web.pages.sample import Step, events_of
from farside.web.people import STAFF, only

READERS = (*STAFF, "auditor")
SHOWN, SHOWN_READINGS = 30, 1000


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
    history = events_of("cabinet", code)
    told = [step for step in history if step.event.verb != "read_environment" or step.event.told["data"]["alarm"]]
    context = {"cabinet": one, "slots": slots, "history": told[:SHOWN], "air": air_of(one), "curves": _curves(one, history)}
    return render(request, "web/cabinet.html", {**context, "stock": _stocks(history)[:3]})


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


def _stocks(history: list[Step]) -> list[dict[str, Any]]:
    return [{"event": step.event, "data": step.event.told["data"]} for step in history if step.event.verb == "take_stock"]


def _curves(one: models.Cabinet, history: list[Step]) -> list[Curve]:
    """Its air over the last readings."""
    states = [next(s for s in step.event.told["states"]["cabinet"] if s["code"] == one.code) for step in history[:SHOWN_READINGS]]
    return curves(one, reversed(states))


def _natural(code: str) -> list[tuple[int, int | str]]:
    """Codes in the order in which people count: BJ-2 before BJ-10."""
    import re

    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", code) if part]
