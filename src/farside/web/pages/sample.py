"""A sample's pages: its card, its history, its family and mass flow, the core by depth, its label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from farside.curation import models, readings
from farside.curation.samples import origin
from farside.web.people import STAFF, only
from farside.web.possible import possible

READERS = (*STAFF, "auditor")
PER_PAGE = 50
SHOWN_CHILDREN = 200


@only(*READERS)
def samples(request: HttpRequest) -> HttpResponse:
    """Every sample, found by code, form, purpose, place and state."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "form", "purpose", "site", "status", "tool")}
    rows = models.Sample.objects.select_related("slot__cabinet", "custodian").order_by("code")
    if asked["q"]:
        rows = rows.filter(Q(code__icontains=asked["q"]) | Q(title__icontains=asked["q"]))
    for name, column in (("form", "form"), ("status", "status"), ("tool", "tool"), ("site", "slot__cabinet__site")):
        if asked[name]:
            rows = rows.filter(**{column: asked[name]})
    if asked["purpose"]:
        rows = rows.filter(purpose=None if asked["purpose"] == "none" else asked["purpose"])
    facets = {
        "form": models.FORMS, "purpose": ("none", *models.PURPOSES), "status": models.SAMPLE_STATES, "tool": ("drill", "scoop"),
        "site": tuple(models.Site.objects.values_list("code", flat=True)),
    }  # fmt: skip
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/samples.html", {"page": page, "asked": asked, "facets": facets, "query": _query(request)})


@only(*READERS)
def sample(request: HttpRequest, code: str) -> HttpResponse:
    """The card of a sample: what it is, where, what may be done with it now, and all that happened to it."""
    rows = models.Sample.objects.select_related("mission", "parent", "slot__cabinet__site", "custodian", "offered_to")
    one = get_object_or_404(rows, pk=code)
    history = events_of("sample", code)
    context: dict[str, Any] = {"sample": one, "history": history, "origin": origin(one), "family": family_of(code)}
    context |= {"possible": possible(request.person, one), "counted": last_count(one), "lay_in": None if one.slot_id else _lay_in(history)}
    context["flow"] = flow_of(code)
    context["loans"] = models.Loan.objects.filter(sample=code).select_related("borrower").order_by("-lent")
    context["analyses"] = models.Analysis.objects.filter(sample=code)
    context["publications"] = models.Publication.objects.filter(pk__in=models.Citation.objects.filter(sample=code).values("publication_id"))
    context["attachments"] = models.Attachment.objects.filter(kind="sample", of=code)
    return render(request, "web/sample.html", context)


@only(*READERS)
def core(request: HttpRequest, code: str) -> HttpResponse:
    """The drilled core by depth: portions of the flight, dissected intervals, what was measured on each."""
    one = get_object_or_404(models.Sample, pk=code)
    parts = list(models.Sample.objects.filter(parent=code, depth_top_mm__isnull=False).order_by("depth_top_mm"))
    portions = sorted((p for p in origin(one) if p["tool"] == "drill"), key=lambda portion: portion["depth_top_mm"])
    deepest = max([portion["depth_bottom_mm"] for portion in portions] + [part.depth_bottom_mm or 0 for part in parts] + [100])
    below = [each.code for each in readings.family(code) if each.generation > 0]
    analyses = list(models.Analysis.objects.filter(sample__in=below).select_related("sample").order_by("event"))
    drawn = [
        _drawn(part.depth_top_mm, part.depth_bottom_mm, deepest)
        | {"part": part, "analyses": [each for each in analyses if _lies_in(each.sample, part)]}
        for part in parts
    ]
    told = [_drawn(p["depth_top_mm"], p["depth_bottom_mm"], deepest) | {"portion": p} for p in portions]
    ticks = [{"y": HEIGHT * mm / deepest + TOP, "mm": mm} for mm in range(0, deepest + 1, _step(deepest))]
    context = {"sample": one, "parts": drawn, "portions": told, "ticks": ticks, "height": HEIGHT + 2 * TOP}
    return render(request, "web/core.html", context)


def _lies_in(one: models.Sample, part: models.Sample) -> bool:
    """Whether what was made of a core, or of a part of it, is of this interval: it has its depths, or finer ones."""
    if one.depth_top_mm is None or one.depth_bottom_mm is None:
        return False
    return bool(part.depth_top_mm <= one.depth_top_mm and one.depth_bottom_mm <= part.depth_bottom_mm)


HEIGHT, TOP = 720, 24


def _drawn(top_mm: int, bottom_mm: int, deepest_mm: int) -> dict[str, Any]:
    y, height = TOP + HEIGHT * top_mm / deepest_mm, HEIGHT * (bottom_mm - top_mm) / deepest_mm
    return {"y": round(y, 2), "height": round(height, 2), "middle": round(y + height / 2 + 4, 2)}


def _step(deepest_mm: int) -> int:
    return next((step for step in (10, 20, 50, 100, 200, 500) if deepest_mm / step <= 12), 1000)


@dataclass(frozen=True)
class Step:
    """An event as a history shows it: the event, what it added to the thing's mass [ug], and what of its state changed."""

    event: models.Event
    added_ug: int
    changed: tuple[tuple[str, Any, Any], ...]


def events_of(kind: str, code: str) -> list[Step]:
    """All that happened to a thing, the newest first: what told its state, attached something to it, analysed or cited it."""
    numbers = {*models.Touch.objects.filter(kind=kind, code=code).values_list("event_id", flat=True)}
    numbers |= {*models.Attachment.objects.filter(kind=kind, of=code).values_list("event_id", flat=True)}
    numbers |= {step.event for step in readings.history(code)} if kind == "sample" else set()
    steps: list[Step] = []
    before: dict[str, Any] = {}
    for event in models.Event.objects.filter(number__in=numbers).order_by("number").select_related("actor", "second"):
        told = event.told
        state = next((row for row in told["states"].get(kind, ()) if row["code"] == code), before)
        added = sum(mass for account, mass in told["postings"] if account == code) if kind == "sample" else 0
        changed = tuple((name, before.get(name), value) for name, value in state.items() if before and before.get(name) != value)
        steps.append(Step(event, added, tuple(each for each in changed if each[0] != "mass_ug")))
        before = state
    return steps[::-1]


def last_count(one: models.Sample) -> models.Event | None:
    """The last stock-taking of its cabinet, if that found it there."""
    if one.slot is None:
        return None
    numbers = models.Touch.objects.filter(kind="cabinet", code=one.slot.cabinet_id).values("event_id")
    last = models.Event.objects.filter(number__in=numbers, verb="take_stock").order_by("-number").first()
    return last if last and any(each["sample"] == one.code for each in last.told["data"]["scanned"]) else None


def _lay_in(history: list[Step]) -> str | None:
    """The slot in which a thing lay last."""
    return next((before for step in history for name, before, _ in step.changed if name == "slot" and before), None)


@dataclass(frozen=True)
class Flow:
    """What came into an account and where it went [ug]: code of the other side, and how much."""

    came: tuple[tuple[str, int], ...]
    went: tuple[tuple[str, int], ...]

    @property
    def total_ug(self) -> int:
        """All that ever came in."""
        return sum(mass for _, mass in self.came)


def flow_of(code: str) -> Flow:
    """The mass flow of a sample over all its events: what came from each other account, and what went there."""
    came: dict[str, int] = {}
    went: dict[str, int] = {}
    for flow in readings.mass_flow(code):
        side = came if flow.mass_ug > 0 else went
        for account, mass_ug in flow.others:
            if (mass_ug > 0) != (flow.mass_ug > 0):
                side[account] = side.get(account, 0) + min(abs(mass_ug), abs(flow.mass_ug))
    return Flow(tuple(came.items()), tuple(went.items()))


def family_of(code: str) -> dict[str, Any]:
    """Those that a sample was made of, the container first, and those that were made of it."""
    relatives = readings.family(code)
    below = [each for each in relatives if each.generation == 1]
    return {"above": [each for each in relatives if each.generation < 0], "below": below[:SHOWN_CHILDREN]}


def _query(request: HttpRequest) -> str:
    """The filters of the address without the page, to go on with."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
