"""The bench: what waits today, for whom, and one click to do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farside.curation import models
from farside.curation.journal import last_of
from farside.curation.loans import open_loans
from farside.curation.verbs import VERBS
from farside.web import words
from farside.web.people import STAFF, may, only, roles_of
from farside.web.templatetags.lab import day, mass

SOON = timedelta(days=30)
SHOWN = 12
LABORATORY = ("receive", "take_over", "enrol", "add_site", "add_cabinet", "add_balance", "calibrate", "call", "close_allocation", "publish")


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: what, where to look, what to do about it."""

    words: str
    address: str
    do: str = ""
    do_address: str = ""
    urgent: bool = False


@only(*STAFF)
def bench(request: HttpRequest) -> HttpResponse:
    """What waits today."""
    today = datetime.now(UTC).date()
    found = ((title, list(waits(request.person, today))) for title, waits in WAITING)
    groups = [{"title": title, "rows": rows[:SHOWN], "more": len(rows) - SHOWN} for title, rows in found if rows]
    roles = roles_of(request.person)
    verbs = [{"name": name, "label": words.verb(name)} for name in LABORATORY if name in VERBS and VERBS[name].roles & roles]
    latest = models.Event.objects.order_by("-number").select_related("actor")[:8]
    return render(request, "web/bench.html", {"groups": groups, "verbs": verbs, "latest": latest})


def _act(verb: str, **known: Any) -> str:
    return f"{reverse('act', args=[verb])}?{urlencode({**known, 'back': reverse('bench')})}"


def _sample(row: models.Sample, told: str, verb: str = "", urgent: bool = False) -> Waiting:
    about = f"{row.code} {words.word(row.form)}, {mass(row.mass_ug)}{': ' if told else ''}{told}"
    do = (words.verb(verb), _act(verb, sample=row.code)) if verb in VERBS else ("", "")
    return Waiting(about, reverse("sample", args=[row.code]), *do, urgent=urgent)


def _waiting(person: models.Person, told: str, where: str, verb: str, urgent: bool = False, **known: str) -> Waiting:
    """A thing that waits, with the verb that does something about it, if this person may."""
    do = (words.verb(verb), _act(verb, **known)) if verb and may(person, verb) else ("", "")
    return Waiting(told, where, *do, urgent=urgent)


def _offered(person: models.Person, today: date) -> Iterable[Waiting]:
    for row in models.Sample.objects.filter(offered_to=person.code).order_by("code"):
        yield _sample(row, _("offered to you"), "accept")


def _alarms(person: models.Person, today: date) -> Iterable[Waiting]:
    """Frozen cabinets, what a stock-taking did not find as it should be, and weighings beyond tolerance that no later one took back."""
    for row in models.Cabinet.objects.filter(Q(frozen=True) | ~Q(alarm="")).order_by("code"):
        yield _waiting(person, f"{row.code}: {row.alarm}", reverse("cabinet", args=[row.code]), "read_environment", True, cabinet=row.code)
    for code, event in last_of("take_stock", "cabinet").items():
        if wrong := event.told["data"]["discrepancies"]:
            told = ngettext("%(code)s: %(n)d discrepancy of stock", "%(code)s: %(n)d discrepancies of stock", len(wrong))
            where = reverse("cabinet", args=[code])
            yield _waiting(person, told % {"code": code, "n": len(wrong)}, where, "take_stock", True, cabinet=code)
    for code, event in last_of("weigh", "sample").items():
        if event.told["data"]["alarm"]:
            told = _("%(code)s was weighed %(mass)s from what the ledger says")
            found = {"code": code, "mass": mass(event.told["data"]["difference_ug"])}
            yield _waiting(person, told % found, reverse("sample", args=[code]), "weigh", True, sample=code)


def _loose(person: models.Person, today: date) -> Iterable[Waiting]:
    held = models.Sample.objects.filter(status="held", slot__isnull=True, mass_ug__gt=0).order_by("code")
    for row in held[:SHOWN]:
        yield _sample(row, _("in hand, in no slot"), "store" if row.purpose else "assign_purpose")
    yield from repeat(Waiting("", ""), held.count() - SHOWN)  # those that are only counted


def _proposals(person: models.Person, today: date) -> Iterable[Waiting]:
    voted = models.Review.objects.filter(score__isnull=False, proposal__status="submitted").values_list("proposal")
    counts = dict(voted.annotate(n=Count("pk")).order_by())
    for row in models.Proposal.objects.filter(status="submitted").order_by("code"):
        votes = counts.get(row.code, 0)
        told = ngettext("%(code)s “%(title)s”: %(votes)d vote, to decide", "%(code)s “%(title)s”: %(votes)d votes, to decide", votes)
        said, where = told % {"code": row.code, "title": row.title, "votes": votes}, reverse("proposal", args=[row.code])
        yield _waiting(person, said, where, "decide" if votes else "", proposal=row.code)


def _to_lend(person: models.Person, today: date) -> Iterable[Waiting]:
    ready = models.Allocation.objects.filter(status="reserved").select_related("proposal", "sample").order_by("code")
    for row in ready:
        if row.proposal.signed_utc:
            told = _("%(sample)s, %(mass)s, is signed for and waits to be lent") % {"sample": row.sample_id, "mass": mass(row.granted_ug)}
            yield Waiting(
                told,
                reverse("proposal", args=[row.proposal_id]),
                words.verb("lend"),
                _act("lend", proposal=row.proposal_id, sample=row.sample_id),
            )
        elif row.proposal.sign_by and row.proposal.sign_by < today:
            told = _("%(proposal)s was not signed by %(day)s") % {"proposal": row.proposal_id, "day": day(row.proposal.sign_by)}
            yield Waiting(told, reverse("proposal", args=[row.proposal_id]), urgent=True)


def _due(person: models.Person, today: date) -> Iterable[Waiting]:
    for row in models.Loan.objects.filter(is_open=True, due__lte=today + SOON).select_related("borrower").order_by("due"):
        late = row.due < today
        told = _("%(loan)s with %(who)s: due %(day)s") % {"loan": row.code, "who": row.borrower.name, "day": day(row.due)}
        yield _waiting(person, told, reverse("loan", args=[row.code]), "return_loan", late, loan=row.code)


def _inventories(person: models.Person, today: date) -> Iterable[Waiting]:
    borrowers = models.Person.objects.filter(pk__in=open_loans().values("borrower"))
    for row in borrowers.filter(inventory_due__lte=today + SOON).order_by("inventory_due"):
        told = _("%(who)s: yearly inventory due %(day)s") % {"who": row.name, "day": day(row.inventory_due)}
        yield _waiting(person, told, reverse("loans"), "inventory", row.inventory_due < today, borrower=row.code)


def _calibrations(person: models.Person, today: date) -> Iterable[Waiting]:
    for row in models.Balance.objects.filter(calibration_due__lte=today + SOON).order_by("calibration_due"):
        told = _("%(balance)s: calibration ends %(day)s") % {"balance": row.name, "day": day(row.calibration_due)}
        yield Waiting(
            told,
            _act("calibrate", balance=row.code),
            words.verb("calibrate"),
            _act("calibrate", balance=row.code),
            row.calibration_due < today,
        )


WAITING: tuple[tuple[Any, Callable[[models.Person, date], Iterable[Waiting]]], ...] = (
    (words.WAITS["alarms"], _alarms),
    (words.WAITS["offered"], _offered),
    (words.WAITS["loans"], _due),
    (words.WAITS["inventories"], _inventories),
    (words.WAITS["proposals"], _proposals),
    (words.WAITS["lend"], _to_lend),
    (words.WAITS["loose"], _loose),
    (words.WAITS["balances"], _calibrations),
)
