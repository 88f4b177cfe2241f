"""Rounds: calls, what they offer, proposals, blind reviews, decisions and agreements; each sees what their roles let them see."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from farside.curation import models
from farside.curation.access import Viewer, readable, view
from farside.web.people import STAFF, may, only, roles_of

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
    return render(request, "web/rounds.html", {"calls": calls, "begin": may(request.person, "call")})


@only(*READERS)
def round_(request: HttpRequest, code: str) -> HttpResponse:
    """One call: what it offers, and the proposals that the reader may see."""
    call, viewer = get_object_or_404(models.Call, pk=code), viewer_of(request)
    offers = models.Offer.objects.filter(call=code).select_related("sample").order_by("sample")
    proposals = [view(viewer, row) for row in readable(viewer, "proposal").filter(call=code)]
    asked_ug, own, names = _asked_ug(code), _own_reviews(viewer, code), _names(proposals, "applicant")
    rows = [
        {
            "seen": seen,
            "asked_ug": asked_ug.get(seen["code"], 0),
            "own": own.get(seen["code"]),
            "applicant": names.get(seen.get("applicant")),
        }
        for seen in proposals
    ]
    roles, state = roles_of(request.person), _state(call, _today())
    context = {"call": call, "offers": offers, "proposals": rows, "state": state, "may_offer": may(request.person, "offer")}
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
    reviewers = _names(reviews, "reviewer")
    for each in reviews:
        each["reviewer_name"] = reviewers.get(each.get("reviewer"))
    own = "applicant" in seen and seen["applicant"] == viewer.code
    decided = _decided(code) if own or roles & {*STAFF, "auditor"} else ""
    can = {
        "review": "reviewer" in roles and row.status == "submitted" and not any(each["reviewer"] == viewer.code for each in reviews),
        "decide": may(request.person, "decide") and row.status == "submitted",
        "sign": own and row.status == "approved" and not row.signed_utc,
        "lend": may(request.person, "lend") and bool(row.signed_utc),
    }
    loans = models.Loan.objects.filter(allocation__proposal=code).order_by("code") if own or roles & {*STAFF, "auditor"} else []
    context = {
        "seen": seen,
        "allocations": allocations,
        "reviews": reviews,
        "can": can,
        "loans": loans,
        "decided": decided,
        "applicant": _names([seen], "applicant").get(seen.get("applicant")),
    }
    return render(request, "web/proposal.html", context)


def _decided(proposal: str) -> str:
    """The words of the decision on a proposal."""
    numbers = models.Touch.objects.filter(kind="proposal", code=proposal).values("event_id")
    event = models.Event.objects.filter(number__in=numbers, verb="decide").first()
    return str(event.told["data"].get("words", "")) if event else ""


def _state(call: models.Call, today: date) -> str:
    return "soon" if today < call.opens else "open" if today <= call.closes else "closed"


def _today() -> date:
    return datetime.now(UTC).date()


def _asked_ug(call: str) -> dict[str, int]:
    """How much each proposal of a call asks for [ug]."""
    return dict(models.Allocation.objects.filter(proposal__call=call).values_list("proposal").annotate(Sum("asked_ug")))


def _own_reviews(viewer: Viewer, call: str) -> dict[str, models.Review]:
    """The viewer's own reviews of a call's proposals, by proposal."""
    if "reviewer" not in viewer.roles:
        return {}
    return {each.proposal_id: each for each in models.Review.objects.filter(proposal__call=call, reviewer=viewer.code)}


def _names(seen: list[dict[str, Any]], column: str) -> dict[Any, str]:
    """The names of people whose codes the reader was given in a column."""
    people = models.Person.objects.filter(pk__in={each[column] for each in seen if column in each})
    return {person.code: f"{person.name}, {person.institution}" for person in people}
