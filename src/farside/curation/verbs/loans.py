"""What is out: lend, extend, report what is consumed or lost, take the yearly inventory, take back.

A loan is told by mass: what is returned, consumed and lost is what was lent, to the microgram, or the loan stays open. Sections and
fragments go out whole; of everything else a part is weighed off, which gets a code of its own. What was out is marked as returned for
good and stays apart from what never left.

*Model and limits*: a loan is for a year at most and is extended by a year at most (facts K15, from memory: research up to a year, extended
on request); the public's loans, said to be shorter, get the day that the curator gives.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from farside.curation.codes import numbered
from farside.curation.ledger import Denied, Entry, Missing, Refused, sink
from farside.curation.loans import inventory_overdue, open_loans, overdue
from farside.curation.models import WHOLE_FORMS, Allocation, Loan, Person, Proposal, Sample
from farside.curation.samples import child, in_hand
from farside.curation.verbs.reception import measured
from farside.curation.verbs.register import Amount, Argument, Code, Mass, Text, verb


@verb("curator")
def lend(entry: Entry, proposal: Code, sample: Code, due: date, loan: Code | None = None, code: Code | None = None) -> None:
    """Lend what was granted of a sample to the proposal's applicant, until a day; the agreement is signed before.

    A section, a fragment, or a sample that was granted to its last microgram goes out itself; of others what was granted is split off,
    with this code or the next number of its parent. The first loan sets a day for the borrower's yearly inventory.
    """
    agreed, allocation = entry.get(Proposal, proposal), _reserved(entry, proposal, sample)
    if not agreed.signed_utc:
        raise Refused(f"lend: the agreement of {proposal} is not signed; its applicant has until {agreed.sign_by} to `sign`")
    borrower = entry.get(Person, agreed.applicant_id)
    _require_reliable(entry, borrower)
    _require_due(entry, due)
    stock = in_hand(entry, sample)
    if stock.offered_to_id is not None:
        raise Refused(f"lend: {sample} is on its way to {stock.offered_to_id}, who has not accepted it yet")
    entry.change(allocation, status="lent")
    entry.change(stock, reserved_ug=stock.reserved_ug - allocation.granted_ug)
    with_borrower: dict[str, Any] = {"status": "on_loan", "custodian_id": borrower.code}
    if stock.form in WHOLE_FORMS or stock.mass_ug == allocation.granted_ug:
        thing, lent_ug = entry.change(stock, slot_id=None, **with_borrower), stock.mass_ug
    else:
        thing, lent_ug = _split_off(entry, stock, allocation, code, with_borrower), allocation.granted_ug
    number = loan or numbered(Loan, f"L{entry.today.year}-")[0]
    entry.add(
        Loan(code=number, sample_id=thing.code, allocation_id=allocation.code, borrower_id=borrower.code, lent=entry.today, due=due,
             lent_ug=lent_ug)
    )  # fmt: skip
    entry.note(loan=number, lent=thing.code, mass_ug=lent_ug)


def _reserved(entry: Entry, proposal: str, sample: str) -> Allocation:
    """What is reserved of a sample for a proposal."""
    asked = Allocation.objects.filter(proposal=proposal, sample=sample).first()
    if asked is None or asked.status != "reserved":
        reserved = Allocation.objects.filter(proposal=proposal, status="reserved").order_by("code").values_list("sample_id", flat=True)
        why = f"it is {asked.status}" if asked is not None else "it was not asked for"
        raise Refused(f"lend: nothing of {sample} is reserved for {proposal}: {why}; reserved are {', '.join(reserved) or 'none'}")
    return entry.get(Allocation, asked.code)


def _require_reliable(entry: Entry, borrower: Person) -> None:
    """A borrower who may have more: active, nothing overdue, the yearly inventory made; who has nothing out begins a new year."""
    if not borrower.active:
        raise Refused(f"lend: {borrower.code} is not active here any more")
    late = overdue(entry.today, borrower.code).first()
    if late is not None:
        raise Refused(f"lend: {borrower.code} has {late.code} since {late.lent}, overdue since {late.due}; nothing more until it is back")
    if not open_loans(borrower.code).exists():
        entry.change(borrower, inventory_due=year_after(entry.today))
    elif inventory_overdue(borrower, entry.today):
        due = borrower.inventory_due
        raise Refused(f"lend: the inventory of {borrower.code} was due on {due}; nothing more until all that is out is told by `inventory`")


def _require_due(entry: Entry, due: date) -> None:
    last = year_after(entry.today)
    if not entry.today < due <= last:
        raise Refused(f"{entry.verb}: due on {due}; a loan is due after today and by {last}, a year from now")


def _split_off(entry: Entry, stock: Sample, allocation: Allocation, code: str | None, with_borrower: dict[str, Any]) -> Sample:
    if stock.sealed:
        raise Refused(f"lend: {stock.code} is sealed; `unseal` it to take {allocation.granted_ug} ug of its {stock.mass_ug} ug")
    return child(entry, stock, form=stock.form, mass_ug=allocation.granted_ug, code=code, title=stock.title, **with_borrower)


@verb("curator", reason=True)
def extend(entry: Entry, loan: Code, due: date) -> None:
    """Move on the day on which a loan is due, for a reason, by a year from now at most; not while the borrower's inventory is overdue."""
    out = _open(entry, loan)
    _require_due(entry, due)
    if due <= out.due:
        raise Refused(f"extend: {loan} is due on {out.due} already; a day is moved on, never back")
    if not entry.act.reason:
        raise Refused("extend: say for which reason")
    if inventory_overdue(borrower := entry.get(Person, out.borrower_id), entry.today):
        raise Refused(f"extend: the inventory of {borrower.code} was due on {borrower.inventory_due}; it comes first")
    entry.change(out, due=due)


@verb("applicant", "curator")
def consume_on_loan(entry: Entry, loan: Code, mass: Amount, words: Text) -> None:
    """Report what was used up of a loan, by its borrower or by a curator for them."""
    out = _used(entry, loan, mass, "consumed", words)
    entry.change(out, consumed_ug=out.consumed_ug + mass)


@verb("applicant", "curator")
def lose_on_loan(entry: Entry, loan: Code, mass: Amount, words: Text) -> None:
    """Report what was lost of a loan, and how, by its borrower or by a curator for them."""
    out = _used(entry, loan, mass, "lost", words)
    entry.change(out, lost_ug=out.lost_ug + mass)


def _used(entry: Entry, loan: str, mass_ug: int, where: str, words: str) -> Loan:
    """A loan of which a mass goes to a sink."""
    out = _open(entry, loan)
    sample = entry.get(Sample, out.sample_id)
    if mass_ug > sample.mass_ug:
        raise Refused(f"{entry.verb}: {mass_ug} ug {where} of {loan}, of which {sample.mass_ug} ug are left")
    if not words:
        raise Refused(f"{entry.verb}: say in words how it was {where}")
    entry.change(sample)
    entry.move(sample.code, sink(where, sample.mission_id), mass_ug)
    return out


def _open(entry: Entry, loan: str) -> Loan:
    """An open loan; to an applicant only their own are there."""
    if "curator" not in entry.get(Person, entry.act.by).roles.split():
        own = Loan.objects.filter(pk=loan, borrower=entry.act.by).exists()
        if not own:
            mine = open_loans(entry.act.by).values_list("code", flat=True)
            raise Missing("loan", loan, f" of yours; you have {', '.join(mine) or 'none'}")
    out = entry.get(Loan, loan)
    if not out.is_open:
        accounted = f"{out.returned_ug} ug returned, {out.consumed_ug} ug consumed, {out.lost_ug} ug lost"
        raise Refused(f"{entry.verb}: {loan} is closed: {accounted}")
    return out


class Found(Argument):
    """What a borrower says of a loan: that it is there, or in words why not; with the mass that is there, if it was weighed."""

    loan: Code
    there: bool = True
    mass: Mass | None = None
    words: Text = ""


@verb("applicant", "curator")
def inventory(entry: Entry, loans: list[Found] | None = None, borrower: Code | None = None) -> None:
    """Say of every loan of a borrower that it is there, or what is missing; once a year, by the borrower or by a curator who went to see.

    When all is there, the next inventory is due in a year. What is missing is listed, and the inventory is overdue at once, so that
    nothing more is lent until the loss is reported and a new inventory finds all of the rest.
    """
    person = entry.get(Person, borrower or entry.act.by)
    if person.code != entry.act.by and "curator" not in entry.get(Person, entry.act.by).roles.split():
        raise Denied("inventory: you say what you have yourself; leave the borrower out")
    out = {each.code: each for each in open_loans(person.code)}
    found = loans or []
    named = [each.loan for each in found]
    if sorted(named) != sorted(out):
        untold, foreign = sorted(out.keys() - set(named)), sorted(set(named) - out.keys())
        problems = [f"{', '.join(untold)} not told of"] if untold else []
        problems += [f"{', '.join(foreign)} not out to {person.code}"] if foreign else []
        wrong = "; ".join(problems) or "a loan told of twice"
        raise Refused(f"inventory: {wrong}; every loan that is out is told of once: {', '.join(out) or 'none is'}")
    discrepancies = [told for each in found if (told := _discrepancy(each, out[each.loan].sample))]
    next_due = entry.today - timedelta(days=1) if discrepancies else year_after(entry.today)
    entry.change(person, inventory_due=next_due)
    entry.note(discrepancies=discrepancies, due=next_due.isoformat())


def _discrepancy(found: Found, sample: Sample) -> dict[str, Any] | None:
    """Where what is there is not what the ledger says."""
    there_ug = 0 if not found.there else sample.mass_ug if found.mass is None else found.mass
    if there_ug == sample.mass_ug:
        return None
    if not found.words:
        raise Refused(f"inventory: of {found.loan} {there_ug} ug are there and the ledger says {sample.mass_ug} ug; say in words why")
    return {"loan": found.loan, "sample": sample.code, "ledger_ug": sample.mass_ug, "there_ug": there_ug, "words": found.words}


class Weighed(Argument):
    """What a balance shows of what came back: gross, and tare of its vessel."""

    balance: Code
    gross: Amount
    tare: Mass


@verb("curator")
def return_loan(
    entry: Entry, loan: Code, mass: Mass | None = None, weighed: Weighed | None = None, consumed: Mass = 0, lost: Mass = 0,
    words: Text = "", exposed: bool = False,
) -> None:  # fmt: skip
    """Take back a loan and close it: what is returned, consumed and lost, with what was reported before, is what was lent.

    What came back is told by its mass, or weighed: a difference within the balance's tolerance is posted to correction, a larger one has
    to be accounted for. `exposed`: it met air. With a mass of 0 a loan is closed of which nothing is left.
    """
    out = _open(entry, loan)
    if out.borrower_id == entry.act.by:
        raise Denied(f"return_loan: {loan} was lent to you; another curator takes it back")
    if (mass is None) == (weighed is None):
        raise Refused("return_loan: give the mass that came back, or weigh it; one of the two")
    if lost and not words:
        raise Refused("return_loan: say in words how it was lost")
    sample = entry.get(Sample, out.sample_id)
    left = sample.mass_ug - consumed - lost
    if left < 0:
        raise Refused(f"return_loan: {consumed} ug consumed and {lost} ug lost of {loan}, of which {sample.mass_ug} ug are left")
    difference, tolerance = _difference(entry, left, mass, weighed)
    if abs(difference) > tolerance:
        raise Refused(
            f"return_loan: {left + difference} ug came back and {left} ug should have: of the {out.lent_ug} ug lent"
            f" {out.consumed_ug + consumed} ug are told as consumed and {out.lost_ug + lost} ug as lost; {-difference:+} ug are to be"
            " accounted for"
        )
    entry.change(sample, status="held", custodian_id=entry.act.by, returned=True, air_exposed=sample.air_exposed or exposed)
    entry.move(sample.code, sink("consumed", sample.mission_id), consumed)
    entry.move(sample.code, sink("lost", sample.mission_id), lost)
    entry.move(sink("correction", sample.mission_id), sample.code, difference)
    told = {"consumed_ug": out.consumed_ug + consumed, "lost_ug": out.lost_ug + lost}
    entry.change(out, is_open=False, returned_ug=left, **told)
    entry.note(returned_ug=left, difference_ug=difference)


def _difference(entry: Entry, left_ug: int, mass_ug: int | None, weighed: Weighed | None) -> tuple[int, int]:
    """By how much what came back differs from what should have [ug], and how much of that is put down to weighing."""
    if weighed is None:
        assert mass_ug is not None
        return mass_ug - left_ug, 0
    net_ug, scale = measured(entry, weighed.balance, weighed.gross, weighed.tare)
    entry.note(net_ug=net_ug, certificate=scale.certificate)
    return net_ug - left_ug, scale.tolerance_ug


def year_after(day: date) -> date:
    """The same day of the next year; the last of February after a leap day."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
