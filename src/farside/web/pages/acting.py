"""Doing: one page for every verb, asked for as a form, done as an event of the ledger, undone by a reversal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farside.curation.access import Viewer, readable
from farside.curation.ledger import Act, Refused
from farside.curation.models import ROLES, Allocation, Event
from farside.curation.requests import perform
from farside.curation.verbs import VERBS, Verb
from farside.curation.verbs.register import checked
from farside.web import words
from farside.web.asking import Form, arguments_of, form_of, inside, with_wrong, wrong_of
from farside.web.pages.rounds import viewer_of
from farside.web.people import only, roles_of, second_of
from farside.web.templatetags.lab import mass

KEY = re.compile(r"[\x21-\x7e]{1,80}")


@only(*ROLES)
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Ask for a verb (GET) and do it (POST)."""
    asked = VERBS.get(verb)
    if asked is None or not asked.roles & roles_of(request.person):
        raise Http404
    if request.method != "POST":
        known = {name: value for name, value in request.GET.items() if name in {*asked.arguments.model_fields, "back"}}
        fixed = _fixed(asked, known)
        known |= _suggested(viewer_of(request), verb, known)
        return _asked(request, form_of(viewer_of(request), asked, request.get_full_path(), known, fixed=fixed))
    return answered(request, asked)


def answered(request: HttpRequest, verb: Verb, template: str = "web/act.html", **context: Any) -> HttpResponse:
    """What was sent, done; or the form again, with what is wrong beside its fields."""
    viewer, values = viewer_of(request), _meant(verb, arguments_of(verb, request.POST, request.FILES))
    form = form_of(viewer, verb, request.get_full_path(), values, request.POST, fixed=_fixed(verb, values))
    if "more" in request.POST:
        return _asked(request, form, template, **context)
    wrong = wrong_of(verb, values)
    second, unproven = second_of(request)
    if wrong or unproven:
        about = [f"{words.question(name)}: {wrong[name]}" for name in _fixed(verb, values) if name in wrong]  # no field shows these
        told = " ".join([unproven or _("Not done yet: look at the fields marked below."), *about])
        return _asked(request, with_wrong(_told(form, told), wrong), template, status=422, **context)
    try:
        event, again = perform(viewer, verb, _act(request, second), checked(verb.name, verb.arguments, values))
    except Refused as error:
        return _asked(request, _told(form, words.refusal(error, verb.name)), template, status=409, **context)
    if again:
        messages.info(request, _("This was done already, as event %(number)d; nothing was done twice.") % {"number": event.number})
    else:
        messages.success(request, _done(event))
        if event.told["data"].get("alarm"):
            messages.warning(request, _alarm(event))
    return redirect(_onward(request, values))


def _meant(verb: Verb, values: dict[str, Any]) -> dict[str, Any]:
    """What was answered, less what the form had filled in and the answer leaves no place for: who rejects grants nothing."""
    if verb.name == "decide" and values.get("decision") == "reject":
        return {name: value for name, value in values.items() if name != "samples"}
    return values


def _suggested(viewer: Viewer, verb: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Rows that a form need not ask for from nothing: the loans of an inventory, what a proposal asks for."""
    if verb == "inventory":
        out = readable(viewer, "loan").filter(borrower=known.get("borrower", viewer.code), is_open=True)
        return {"loans": [{"loan": loan.code, "there": True} for loan in out]}
    if verb == "decide":
        asked = Allocation.objects.filter(proposal=known.get("proposal"), status="asked").order_by("code")
        return {"samples": [{"sample": sample, "mass": f"{mass} ug"} for sample, mass in asked.values_list("sample_id", "asked_ug")]}
    return {}


def _asked(request: HttpRequest, form: Form, template: str = "web/act.html", status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=status)


def _told(form: Form, told: str) -> Form:
    return replace(form, words=told)


def _act(request: HttpRequest, second: str | None) -> Act:
    key = request.POST.get("key", "")
    reason = request.POST.get("reason", "").strip()
    return Act(by=request.person.code, second=second, reason=reason, key=key if KEY.fullmatch(key) else None)


def _fixed(verb: Verb, known: Mapping[str, Any]) -> tuple[str, ...]:
    """What a page has decided already: the thing that it is about."""
    about = (
        "sample",
        "cabinet",
        "proposal",
        "loan",
        "event",
        "of",
        *(("call",) if verb.name != "call" else ()),
        *(("kind",) if "of" in known else ()),
    )
    return tuple(name for name in about if name in known and name in verb.arguments.model_fields)


def _onward(request: HttpRequest, values: Mapping[str, Any]) -> str:
    """Where to go after it was done: back where it was asked, or to what it was about."""
    if back := inside(request.POST.get("back", "")):
        return back
    if values.get("sample"):
        return reverse("sample", args=[values["sample"]])
    return reverse("home")


def _done(event: Event) -> str:
    moved = sum(1 for _ in _postings(event))
    told = _("Done: %(verb)s, event %(number)d.") % {"verb": words.verb(event.verb), "number": event.number}
    return told if not moved else f"{told} " + ngettext("%(n)d account changed.", "%(n)d accounts changed.", moved) % {"n": moved}


def _alarm(event: Event) -> str:
    """What was measured beyond a limit: nothing was posted, or a cabinet is frozen."""
    told = event.told["data"]
    if "difference_ug" in told:
        return _("Alarm: %(mass)s from what the ledger says, beyond the tolerance.") % {"mass": mass(told["difference_ug"])}
    return _("Alarm: %(what)s") % {"what": told["alarm"]}


def _postings(event: Event) -> list[Any]:
    posted: list[Any] = event.told["postings"]
    return posted
