"""Signing in and out, the first page, and the scan box."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from farside.curation.models import KINDS, Person
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
    """The page of whatever has the code that was scanned or typed; a code in another case is found too."""
    code = request.GET.get("code", "").strip().rsplit("/go/", maxsplit=1)[-1]
    staff = bool(roles_of(request.person) & (STAFF | {"auditor"}))
    for kind, page in PAGES.items() if staff else ():
        row = KINDS[kind].objects.filter(code__iexact=code).first() if code else None
        if row is not None:
            return redirect(reverse(page, args=[row.code]))
    if not staff and code:
        return redirect(reverse("catalogue_sample", args=[code.upper()]) if "/" not in code else reverse("catalogue"))
    near = list(KINDS["sample"].objects.filter(code__istartswith=code[:4]).order_by("code")[:8]) if staff and code else []
    return render(request, "web/nothing.html", {"code": code, "near": near}, status=404)


class SignIn(LoginView):
    """Sign in; in a demonstration the page says who is who."""

    template_name = "web/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **known: Any) -> dict[str, Any]:
        people = Person.objects.filter(active=True).order_by("code") if settings.DEMONSTRATION else ()
        return {**super().get_context_data(**known), "people": people}


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Too many failed tries."""
    return render(request, "web/locked_out.html", status=429)
