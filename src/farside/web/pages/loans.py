"""Loans: what is out, with whom, until when; accountability by mass; inventories; papers to print."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from farside.curation import models
from farside.curation.access import readable
from farside.curation.loans import inventory_overdue, missing
from farside.curation.text import whole
from farside.web.pages.rounds import viewer_of
from farside.web.pages.sample import events_of
from farside.web.papers import annual_report, loan_paper
from farside.web.people import STAFF, only, roles_of

READERS = (*STAFF, "auditor", "applicant")


@only(*READERS)
def loans(request: HttpRequest) -> HttpResponse:
    """Open loans by the day on which they are due, closed ones, and borrowers whose inventory is overdue."""
    today, viewer = datetime.now(UTC).date(), viewer_of(request)
    rows = list(readable(viewer, "loan").select_related("borrower", "sample"))
    out = sorted((row for row in rows if row.is_open), key=lambda row: row.due)
    context: dict[str, Any] = {
        "open": [{"row": row, "late": row.due < today} for row in out],
        "closed": [row for row in rows if not row.is_open],
    }
    staff = bool(roles_of(request.person) & {*STAFF, "auditor"})
    borrowers = models.Person.objects.filter(pk__in=[row.borrower_id for row in out], inventory_due__isnull=False).order_by("inventory_due")
    context["staff"] = staff
    context["borrowers"] = [
        {"row": row, "late": inventory_overdue(row, today), "missing": [each["loan"] for each in missing(row.code)]} for row in borrowers
    ]
    context["overdue"] = sum(1 for each in context["open"] if each["late"])
    context["delinquent"] = sum(1 for each in context["borrowers"] if each["late"])
    return render(request, "web/loans.html", context)


@only(*READERS)
def loan(request: HttpRequest, code: str) -> HttpResponse:
    """One loan: what was lent, what became of it, to the microgram."""
    row = _loan(request, code)
    staff = bool(roles_of(request.person) & {*STAFF, "auditor"})
    history = events_of("loan", code) if staff else []
    left = row.lent_ug - row.consumed_ug - row.lost_ug - row.returned_ug
    late = row.is_open and row.due < datetime.now(UTC).date()
    return render(request, "web/loan.html", {"loan": row, "history": history, "left_ug": left, "late": late, "staff": staff})


@only(*READERS)
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The loan's paper, to print and to sign (PDF)."""
    row = _loan(request, code)
    answer = HttpResponse(loan_paper(row), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="loan-{row.code.replace("/", "-")}.pdf"'
    return answer


@only(*STAFF, "auditor")
def annual(request: HttpRequest) -> HttpResponse:
    """The annual report with the head hash on it (PDF), of this year or of the one that is asked for."""
    asked = request.GET.get("year", "").strip()
    year = whole(asked) if asked else datetime.now(UTC).year
    if year is None or not MINYEAR <= year <= MAXYEAR:
        raise Http404
    answer = HttpResponse(annual_report(year), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="annual-report-{year}.pdf"'
    return answer


def _loan(request: HttpRequest, code: str) -> models.Loan:
    row = readable(viewer_of(request), "loan").select_related("borrower", "sample", "allocation__proposal").filter(pk=code).first()
    if row is None:
        raise Http404
    found: models.Loan = row
    return found
