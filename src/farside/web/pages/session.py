"""Signing in and out, the first page, and the scan box."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from farside.curation.access import Viewer, readable
from farside.curation.models import KINDS, Person
from farside.curation.verbs.register import CODE
from farside.web.pages.rounds import viewer_of
from farside.web.people import STAFF, roles_of

PAGES = {"sample": "sample", "cabinet": "cabinet", "slot": "slot", "call": "round", "proposal": "proposal", "loan": "loan"}


def home(request: HttpRequest) -> HttpResponse:
    """Where each begins: the bench for those who work there, the rounds for reviewers and applicants, the catalogue for everybody."""
    roles = roles_of(request.person)
    if roles & STAFF:
        return redirect("bench")
    if "auditor" in roles:
        return redirect("audit")
    return redirect("rounds" if roles & {"reviewer", "applicant"} else "catalogue")


def go(request: HttpRequest) -> HttpResponse:
    """The page of whatever has the code that was scanned or typed, of what the reader may see; a sample's is in the catalogue for those
    who do not work here. One in another case is found too, unless there are several."""
    code, viewer = request.GET.get("code", "").strip().rsplit("/go/", maxsplit=1)[-1], viewer_of(request)
    possible = re.fullmatch(CODE, code) is not None
    found = next(_called(viewer, code=code), None) if possible else None
    others = list(_called(viewer, code__iexact=code)) if possible and found is None else []
    staff = bool(roles_of(request.person) & (STAFF | {"auditor"}))
    if found or len(others) == 1:
        kind, known = found or others[0]
        return redirect(reverse("catalogue_sample" if kind == "sample" and not staff else PAGES[kind], args=[known]))
    near = list(KINDS["sample"].objects.filter(code__istartswith=code[:4]).order_by("code")[:8]) if staff and possible else []
    return render(request, "web/nothing.html", {"code": code, "near": near}, status=404)


def _called(viewer: Viewer, **condition: str) -> Iterator[tuple[str, str]]:
    """Kind and code of what has a page, has this code, and may be seen by the viewer."""
    for kind in PAGES:
        yield from ((kind, code) for code in readable(viewer, kind).filter(**condition).values_list("code", flat=True))


class SignIn(LoginView):
    """Sign in; in a demonstration the page says who is who. Whoever is signed in and may not act any more sees it too, and may leave."""

    template_name = "web/login.html"

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        """The page, or on to where a person who is signed in wanted to go."""
        self.redirect_authenticated_user = request.person is not None and self.get_success_url() != request.path
        answer: HttpResponse = super().dispatch(request, *args, **named)
        return answer

    def get_context_data(self, **known: Any) -> dict[str, Any]:
        people = Person.objects.filter(active=True).order_by("code") if settings.DEMONSTRATION else ()
        return {**super().get_context_data(**known), "people": people}


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Too many failed tries."""
    return render(request, "web/locked_out.html", status=429)
