"""What is out and who is late: open loans, overdue ones, and borrowers who are to be reminded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from farside.curation.models import Event, Loan, Person, Touch


@dataclass(frozen=True, slots=True)
class Delinquent:
    """A borrower from whom something is due: loans past their day, an inventory past its day, what the last inventory did not find."""

    person: Person
    overdue: tuple[Loan, ...]
    inventory_overdue: bool
    missing: tuple[dict[str, Any], ...]


def open_loans(borrower: str | None = None) -> QuerySet[Loan]:
    """What is out, of one borrower or of all, the earliest due first."""
    loans = Loan.objects.filter(is_open=True).select_related("sample", "borrower").order_by("due", "code")
    return loans if borrower is None else loans.filter(borrower=borrower)


def overdue(on: date, borrower: str | None = None) -> QuerySet[Loan]:
    """What should have come back before this day."""
    return open_loans(borrower).filter(due__lt=on)


def delinquent(on: date) -> list[Delinquent]:
    """Borrowers with something out from whom something is due on this day, by code."""
    borrowers = Person.objects.filter(pk__in=open_loans().values("borrower")).order_by("code")
    found = (Delinquent(each, tuple(overdue(on, each.code)), inventory_overdue(each, on), missing(each.code)) for each in borrowers)
    return [each for each in found if each.overdue or each.inventory_overdue or each.missing]


def inventory_overdue(person: Person, on: date) -> bool:
    """Whether the yearly inventory should have been made before this day."""
    return person.inventory_due is not None and person.inventory_due < on


def missing(borrower: str) -> tuple[dict[str, Any], ...]:
    """What the borrower's last inventory did not find, or not whole, of the loans that are still open."""
    told = Touch.objects.filter(kind="person", code=borrower).values("event_id")
    last = Event.objects.filter(number__in=told, verb="inventory").order_by("-number").first()
    if last is None:
        return ()
    still_open = set(open_loans(borrower).values_list("code", flat=True))
    return tuple(_of(last.told["data"]["discrepancies"], still_open))


def _of(discrepancies: Iterable[dict[str, Any]], loans: set[str]) -> Iterable[dict[str, Any]]:
    return (each for each in discrepancies if each["loan"] in loans)
