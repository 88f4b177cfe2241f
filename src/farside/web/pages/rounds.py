"""Rounds: calls, what they offer, proposals, blind reviews, decisions and agreements; each sees what their roles let them see."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from farside.curation import models
from farside.curation.access import Viewer, readable, view
from farside.curation.verbs import VERBS
from farside.web import words
from farside.web.people import STAFF, only, roles_of

READERS = (*STAFF, "auditor", "reviewer", "applicant")


def viewer_of(request: HttpRequest) -> Viewer:
    """Who looks."""
    return Viewer() if request.person is None else Viewer.of(request.person)


@only(*READERS)
def rounds(request: HttpRequest) -> HttpResponse:
    """The calls, the newest first, and what of each the reader may see."""
    today, viewer = _today(), viewer_of(request)
    proposals = [view(viewer, row) for row in readable(viewer, "proposal")]
    calls = []
    for call in models.Call.objects.order_by("-opens", "code"):
        own = [proposal for proposal in proposals if proposal["call"] == call.code]
        calls.append({"row": call, "state": _state(call, today), "proposals": own})
    allowed = roles_of(request.person)
    return render(request, "web/rounds.html", {"calls": calls, "begin": _may("call", allowed)})


@only(*READERS)
def round_(request: HttpRequest, code: str) -> HttpResponse:
    """One call: what it offers, and the proposals that the reader may see."""
    call, viewer = get_object_or_404(models.Call, pk=code), viewer_of(request)
    offers = models.Offer.objects.filter(call=code).select_related("sample").order_by("sample")
    rows = []
    for row in readable(viewer, "proposal").filter(call=code):
        seen = view(viewer, row)
        asked = sum(models.Allocation.objects.filter(proposal=row.code).values_list("asked_ug", flat=True))
        own = models.Review.objects.filter(proposal=row.code, reviewer=viewer.code).first() if "reviewer" in viewer.roles else None
        rows.append({"seen": seen, "asked_ug": asked, "own": own, "applicant": _name(seen.get("applicant"))})
    roles, state = roles_of(request.person), _state(call, _today())
    context = {"call": call, "offers": offers, "proposals": rows, "state": state, "may_offer": _may("offer", roles)}
    context |= {"may_apply": "applicant" in roles and state == "open", "is_reviewer": "reviewer" in roles}
    return render(request, "web/round.html", context)


@only(*READERS)
def proposal(request: HttpRequest, code: str) -> HttpResponse:
    """One proposal, as far as the reader may see it, and what they may do about it."""
    viewer, roles = viewer_of(request), roles_of(request.person)
    row = readable(viewer, "proposal").filter(pk=code).first()
    if row is None:
        raise Http404
    seen = view(viewer, row)
    allocations = [view(viewer, each) for each in readable(viewer, "allocation").filter(proposal=code)]
    reviews = (
        [view(viewer, each) for each in readable(viewer, "review").filter(proposal=code)] if roles & {*STAFF, "auditor", "reviewer"} else []
    )
    for each in reviews:
        each["reviewer_name"] = _name(each.get("reviewer"))
    own = "applicant" in seen and seen["applicant"] == viewer.code
    can = {
        "review": "reviewer" in roles and row.status == "submitted" and not any(each["reviewer"] == viewer.code for each in reviews),
        "decide": _may("decide", roles) and row.status == "submitted",
        "sign": own and row.status == "approved" and not row.signed_utc,
        "lend": _may("lend", roles) and bool(row.signed_utc),
    }
    loans = models.Loan.objects.filter(allocation__proposal=code).order_by("code") if own or roles & {*STAFF, "auditor"} else []
    context = {
        "seen": seen,
        "allocations": allocations,
        "reviews": reviews,
        "can": can,
        "loans": loans,
        "applicant": _name(seen.get("applicant")),
    }
    return render(request, "web/proposal.html", context)


def _may(verb: str, roles: frozenset[str]) -> bool:
    return verb in VERBS and bool(VERBS[verb].roles & roles)


def _state(call: models.Call, today: date) -> str:
    return "soon" if today < call.opens else "open" if today <= call.closes else "closed"


def _today() -> date:
    return datetime.now(UTC).date()


def _name(code: Any) -> str:
    """A person's name, if the reader was given their code."""
    person = models.Person.objects.filter(pk=code).first() if code else None
    return f"{person.name}, {person.institution}" if person else words.word("")
