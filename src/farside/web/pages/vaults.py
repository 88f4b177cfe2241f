"""Both sites: cabinets, slots, what lies in them, their air now and over time, and the last stock-taking."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from farside.curation import models
from farside.web.pages.sample import events_of
from farside.web.people import STAFF, only

READERS = (*STAFF, "auditor")
READINGS = (
    ("oxygen_ppb", None, "oxygen_most_ppb", "O2", "ppm", 1000),
    ("water_ppb", None, "water_most_ppb", "H2O", "ppm", 1000),
    ("temperature_mk", "temperature_least_mk", "temperature_most_mk", "T", "K", 1000),
    ("pressure_pa", "pressure_least_pa", "pressure_most_pa", "Δp", "Pa", 1),
)
WIDTH, HEIGHT = 520, 110


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
    """One cabinet: its slots and what lies there, its air over time with limits, its stock-takings."""
    one = get_object_or_404(models.Cabinet.objects.select_related("site"), pk=code)
    lying = {sample.slot_id: sample for sample in models.Sample.objects.filter(slot__cabinet=code)}
    slots = [{"slot": slot, "sample": lying.get(slot.code)} for slot in models.Slot.objects.filter(cabinet=code)]
    slots.sort(key=lambda each: _natural(each["slot"].code))
    history = events_of("cabinet", code)
    context = {"cabinet": one, "slots": slots, "history": history[:30], "air": air_of(one), "series": _series(one, history)}
    return render(request, "web/cabinet.html", {**context, "stock": _stocks(history)[:3]})


@only(*READERS)
def slot(request: HttpRequest, code: str) -> HttpResponse:
    """A slot's code leads to what lies in it, or to its cabinet."""
    one = get_object_or_404(models.Slot, pk=code)
    sample = models.Sample.objects.filter(slot=code).first()
    return redirect(reverse("sample", args=[sample.code]) if sample else reverse("cabinet", args=[one.cabinet_id]))


def air_of(one: models.Cabinet) -> list[dict[str, Any]]:
    """The last reading of a cabinet: label, value in the unit that people use, limits, within or not."""
    told = []
    for name, least, most, label, unit, per in READINGS:
        value, low, high = getattr(one, name), getattr(one, least) if least else None, getattr(one, most)
        if value is None and low is None and high is None:
            continue
        within = value is None or ((low is None or value >= low) and (high is None or value <= high))
        shown = [None if each is None else each / per for each in (value, low, high)]
        told.append({"label": label, "unit": unit, "value": shown[0], "least": shown[1], "most": shown[2], "within": within})
    return told


def last_stock(site: str) -> models.Event | None:
    """The last stock-taking at a site, which is when its copy was last verified."""
    cabinets = models.Cabinet.objects.filter(site=site).values("code")
    numbers = models.Touch.objects.filter(kind="cabinet", code__in=cabinets).values("event_id")
    return models.Event.objects.filter(number__in=numbers, verb="take_stock").order_by("-number").first()


def _stocks(history: list[Any]) -> list[dict[str, Any]]:
    return [{"event": step.event, "data": json.loads(step.event.text)["data"]} for step in history if step.event.verb == "take_stock"]


def _series(one: models.Cabinet, history: list[Any]) -> list[dict[str, Any]]:
    """Each quantity over its readings as a line in a box, with its limits."""
    states = [next(s for s in json.loads(step.event.text)["states"]["cabinet"] if s["code"] == one.code) for step in reversed(history)]
    read = [state for i, state in enumerate(states) if state["read_utc"] and (i == 0 or state["read_utc"] != states[i - 1]["read_utc"])]
    drawn = []
    for name, least, most, label, unit, per in READINGS:
        values = [state[name] / per for state in read if state[name] is not None]
        limits = [getattr(one, each) / per for each in (least, most) if each and getattr(one, each) is not None]
        if len(values) > 1:
            drawn.append({"label": label, "unit": unit, "last": values[-1], **_line(values, limits)})
    return drawn


def _line(values: list[float], limits: list[float]) -> dict[str, Any]:
    low, high = min(values + limits), max(values + limits)
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return round(10 + (HEIGHT - 20) * (1 - (value - low) / span), 1)

    points = " ".join(f"{round(WIDTH * i / (len(values) - 1), 1)},{y(value)}" for i, value in enumerate(values))
    return {"points": points, "limits": [{"y": y(limit), "value": limit} for limit in limits], "width": WIDTH, "height": HEIGHT}


def _natural(code: str) -> list[tuple[int, int | str]]:
    """Codes in the order in which people count: BJ-2 before BJ-10."""
    import re

    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", code) if part]
