"""From a call for proposals to a signed agreement: call, offer, apply, review, decide, sign, release.

What is real (facts K8-K14): two calls a year, each open for about a month; a first stage of reviews, then the committee; whoever is granted
samples signs an agreement within ten working days. What is granted is reserved on the sample at once, so that nothing is granted twice.

*Model and limits*: working days are Monday to Friday; public holidays are not known here, so that an agreement may be due a few days early.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from farside.curation.codes import numbered
from farside.curation.ledger import Denied, Entry, Missing, Refused
from farside.curation.models import DISTRIBUTED, WHOLE_FORMS, Allocation, Call, Offer, Person, Proposal, Review, Sample
from farside.curation.verbs.register import Amount, Argument, Code, Line, Text, verb

SIGN_WORKING_DAYS = 10  # facts K8
NOT_OFFERED = ("container", "gas", "core")  # a core is dissected first


@verb("curator")
def call(entry: Entry, call: Code, title: Line, opens: date, closes: date) -> None:
    """Call for proposals, from one day to another, both included; neither is changed later."""
    if closes < opens:
        raise Refused(f"call: it would close on {closes}, before it opens on {opens}")
    if closes < entry.today:
        raise Refused(f"call: it would have closed on {closes}, and today is {entry.today}; choose a later day")
    entry.add(Call(code=call, title=title, opens=opens, closes=closes))


class Offered(Argument):
    """A sample and how much of it is offered; without a mass all of it that is not reserved."""

    sample: Code
    mass: Amount | None = None


@verb("curator")
def offer(entry: Entry, call: Code, samples: list[Offered]) -> None:
    """Offer samples for research or for the public in a call; sections and fragments whole, what is powdery by mass."""
    called = entry.get(Call, call)
    if called.closes < entry.today:
        raise Refused(f"offer: {call} closed on {called.closes}")
    for code, each in zip(numbered(Offer, f"{call}-", len(samples)), samples, strict=True):
        sample = _held(entry, each.sample)
        entry.add(Offer(code=code, call_id=call, sample_id=sample.code, mass_ug=_offered(sample, each.mass)))


def _held(entry: Entry, code: str) -> Sample:
    """A sample that is neither lent nor retired; where it stands does not matter to paper."""
    sample = entry.get(Sample, code)
    if sample.status != "held":
        raise Refused(f"{entry.verb}: {code} is {sample.status.replace('_', ' ')}")
    return sample


def _offered(sample: Sample, mass_ug: int | None) -> int:
    """How much of a sample may be offered, if this is asked."""
    if sample.purpose not in DISTRIBUTED:
        purpose = sample.purpose or "without a purpose"
        raise Refused(f"offer: {sample.code} is {purpose}; only samples for research or the public are offered")
    if sample.form in NOT_OFFERED:
        raise Refused(f"offer: {sample.code} is a {sample.form}; offer powder, intervals, sections or fragments made of it")
    free = sample.mass_ug - sample.reserved_ug
    wanted = free if mass_ug is None else mass_ug
    if sample.form in WHOLE_FORMS and wanted != sample.mass_ug:
        whole = f"{sample.mass_ug} ug, of which {sample.reserved_ug} ug are reserved"
        raise Refused(f"offer: {sample.code} is a {sample.form} and is lent whole, {whole}")
    if not 0 < wanted <= free:
        raise Refused(f"offer: {wanted} ug of {sample.code}, of which {free} ug are free")
    return wanted


class Asked(Argument):
    """A sample that is asked for, and how much of it; without a mass all that is offered."""

    sample: Code
    mass: Amount | None = None


@verb("applicant")
def apply(entry: Entry, call: Code, title: Line, abstract: Text, samples: list[Asked], proposal: Code | None = None) -> None:
    """Apply for samples that an open call offers, for oneself; without a code the proposal gets the next number of the call."""
    called = entry.get(Call, call)
    if not called.opens <= entry.today <= called.closes:
        raise Refused(f"apply: {call} takes proposals from {called.opens} to {called.closes}, and today is {entry.today}{_open_now(entry)}")
    if not samples:
        raise Refused(f"apply: a proposal asks for samples; {call} offers {_listed(_offers(call))}")
    code = proposal or numbered(Proposal, f"{call}-P")[0]
    entry.add(Proposal(code=code, call_id=call, applicant_id=entry.act.by, title=title, abstract=abstract))
    offers, seen = _offers(call), set[str]()
    for number, each in enumerate(samples, 1):
        if each.sample in seen:
            raise Refused(f"apply: {each.sample} is asked for twice; ask once for all of it")
        seen.add(each.sample)
        asked_ug = _asked(entry, call, offers, each)
        entry.add(Allocation(code=f"{code}-{number}", proposal_id=code, sample_id=each.sample, asked_ug=asked_ug))
    entry.note(proposal=code)


def _offers(call: str) -> dict[str, int]:
    """What a call offers: the code of each sample and how much of it [ug]."""
    return dict(Offer.objects.filter(call=call).order_by("code").values_list("sample_id", "mass_ug"))


def _asked(entry: Entry, call: str, offers: dict[str, int], each: Asked) -> int:
    """How much is asked of a sample, if the call offers it."""
    if each.sample not in offers:
        raise Refused(f"apply: {call} does not offer {each.sample}; it offers {_listed(offers)}")
    offered = offers[each.sample]
    asked = offered if each.mass is None else each.mass
    if asked > offered:
        raise Refused(f"apply: {asked} ug of {each.sample}, of which {call} offers {offered} ug")
    form = entry.get(Sample, each.sample).form
    if form in WHOLE_FORMS and asked != offered:
        raise Refused(f"apply: {each.sample} is a {form} and is lent whole; ask for all of its {offered} ug, or give no mass")
    return asked


def _open_now(entry: Entry) -> str:
    calls = Call.objects.filter(opens__lte=entry.today, closes__gte=entry.today).order_by("closes").values_list("code", "closes")
    return "".join(f"; {code} is open until {closes}" for code, closes in calls[:3]) or "; no call is open"


def _listed(offers: dict[str, int]) -> str:
    shown = [f"{sample} ({mass_ug} ug)" for sample, mass_ug in list(offers.items())[:8]]
    return ", ".join(shown) + (f" and {len(offers) - 8} more" if len(offers) > 8 else "") or "nothing yet"


Score = Annotated[int, Field(ge=1, le=5)]


@verb("reviewer")
def review(entry: Entry, proposal: Code, score: Score | None = None, words: Text = "", conflict: bool = False) -> None:
    """Vote on a proposal, 1 (poor) to 5 (excellent) with words; or declare a conflict of interest, which bars the vote."""
    asked, reviewer = entry.get(Proposal, proposal), entry.get(Person, entry.act.by)
    applicant = entry.get(Person, asked.applicant_id)
    if applicant.code == reviewer.code:
        raise Denied(f"review: {proposal} is your own")
    if asked.status != "submitted":
        raise Refused(f"review: {proposal} is {asked.status} already")
    if Review.objects.filter(proposal=proposal, reviewer=reviewer.code).exists():
        raise Refused(f"review: you have told your view of {proposal} already, and a vote stands")
    if conflict == (score is not None):
        raise Refused("review: give a score from 1 to 5, or declare a conflict, which bars the vote; one of the two")
    if not conflict and _plain(applicant.institution) == _plain(reviewer.institution):
        raise Refused(f"review: you and the applicant are both of {applicant.institution}; declare the conflict of interest, do not vote")
    if not conflict and not words:
        raise Refused("review: say in words why; a vote without words helps neither committee nor applicant")
    code = numbered(Review, f"{proposal}-R")[0]
    entry.add(Review(code=code, proposal_id=proposal, reviewer_id=reviewer.code, conflict=conflict, score=score, words=words))
    entry.note(review=code)


def _plain(institution: str) -> str:
    return institution.strip().lower()


class Granted(Argument):
    """A sample that is granted and how much of it; without a mass all that was asked."""

    sample: Code
    mass: Amount | None = None


Decision = Literal["approve", "reject"]


@verb("curator")
def decide(entry: Entry, proposal: Code, decision: Decision, samples: list[Granted] | None = None, words: Text = "") -> None:
    """Tell the committee's decision, for good: approve, with what is granted, which is reserved at once; or reject, in words.

    What is asked and not granted is released. The applicant has ten working days to sign.
    """
    asked = entry.get(Proposal, proposal)
    if asked.status != "submitted":
        raise Refused(f"decide: {proposal} was {asked.status} on {asked.decided_utc[:10]}, and a decision is final")
    if asked.applicant_id == entry.act.by:
        raise Denied(f"decide: {proposal} is your own; another curator decides on it")
    if decision == "approve":
        _require_votes(proposal)
    _require_reasons(decision, samples, words)
    allocations = {a.sample_id: entry.get(Allocation, a.code) for a in Allocation.objects.filter(proposal=proposal).order_by("code")}
    granted = _granted(samples or ())
    unknown = sorted(granted.keys() - allocations.keys())
    if unknown:
        raise Refused(f"decide: {proposal} does not ask for {', '.join(unknown)}; it asks for {', '.join(allocations)}")
    for sample, allocation in allocations.items():
        if sample in granted:
            _reserve(entry, allocation, granted[sample])
        else:
            entry.change(allocation, status="released")
    if decision == "approve":
        sign_by = working_days_after(entry.today, SIGN_WORKING_DAYS)
        entry.change(asked, status="approved", decided_utc=entry.at_utc, sign_by=sign_by)
        entry.note(sign_by=sign_by.isoformat())
    else:
        entry.change(asked, status="rejected", decided_utc=entry.at_utc)


def _granted(samples: Iterable[Granted]) -> dict[str, int | None]:
    """How much of each sample is granted [ug], None for all that was asked."""
    granted: dict[str, int | None] = {}
    for each in samples:
        if each.sample in granted:
            raise Refused(f"decide: {each.sample} is granted twice; name it once, with all that is granted of it")
        granted[each.sample] = each.mass
    return granted


def _require_votes(proposal: str) -> None:
    if not Review.objects.filter(proposal=proposal, score__isnull=False).exists():
        conflicts = Review.objects.filter(proposal=proposal).count()
        aside = f" ({conflicts} declared a conflict)" if conflicts else ""
        raise Refused(f"decide: nobody has voted on {proposal}{aside}; a reviewer votes first, with `review`")


def _require_reasons(decision: Decision, samples: list[Granted] | None, words: str) -> None:
    if decision == "approve" and not samples:
        raise Refused("decide: an approval grants something; name samples and masses, or reject")
    if decision == "reject" and samples:
        raise Refused("decide: a rejected proposal is granted nothing; leave the samples out, or approve")
    if decision == "reject" and not words:
        raise Refused("decide: tell the applicant in words why")


def _reserve(entry: Entry, allocation: Allocation, mass_ug: int | None) -> None:
    """Grant a part of a sample, or all that was asked, and reserve it."""
    sample = _held(entry, allocation.sample_id)
    granted = allocation.asked_ug if mass_ug is None else mass_ug
    if granted > allocation.asked_ug:
        raise Refused(f"decide: {granted} ug of {sample.code}, of which {allocation.asked_ug} ug were asked for")
    if sample.form in WHOLE_FORMS and granted != allocation.asked_ug:
        raise Refused(f"decide: {sample.code} is a {sample.form} and is lent whole, {allocation.asked_ug} ug")
    free = sample.mass_ug - sample.reserved_ug
    if granted > free:
        raise Refused(f"decide: {granted} ug of {sample.code}, of which {free} ug are free: {sample.reserved_ug} ug are reserved already")
    entry.change(allocation, status="reserved", granted_ug=granted)
    entry.change(sample, reserved_ug=sample.reserved_ug + granted)


@verb("applicant")
def sign(entry: Entry, proposal: Code) -> None:
    """Sign the agreement of one's approved proposal, by the day that the decision tells."""
    own = Proposal.objects.filter(pk=proposal, applicant=entry.act.by).first()
    if own is None:
        raise Missing("proposal", proposal, " of yours")
    if own.status != "approved" or own.sign_by is None:
        raise Refused(f"sign: {proposal} is {own.status}; an approved proposal is signed")
    if own.signed_utc:
        raise Refused(f"sign: {proposal} was signed on {own.signed_utc[:10]}")
    if own.sign_by < entry.today:
        raise Refused(f"sign: {proposal} was to be signed by {own.sign_by}, and the grant has lapsed; apply in the next call")
    if not Allocation.objects.filter(proposal=proposal, status="reserved").exists():
        raise Refused(f"sign: what was granted to {proposal} has been released; apply in the next call")
    entry.change(own, signed_utc=entry.at_utc)


@verb("curator", reason=True)
def release(entry: Entry, proposal: Code, samples: list[Code] | None = None) -> None:
    """Give back what is reserved for a proposal, all or of these samples: after its agreement was not signed in time, or for a reason."""
    granted = entry.get(Proposal, proposal)
    lapsed = granted.sign_by is not None and granted.sign_by < entry.today and not granted.signed_utc
    if not lapsed and not entry.act.reason:
        raise Refused(f"release: the grant of {proposal} has not lapsed; say for which reason it is given back")
    reserved = {a.sample_id: a.code for a in Allocation.objects.filter(proposal=proposal, status="reserved").order_by("code")}
    if not reserved:
        raise Refused(f"release: nothing is reserved for {proposal}")
    wrong = sorted(set(samples or ()) - reserved.keys())
    if wrong:
        raise Refused(f"release: nothing of {', '.join(wrong)} is reserved for {proposal}; reserved are {', '.join(reserved)}")
    for sample_code in dict.fromkeys(samples or reserved):
        allocation, sample = entry.get(Allocation, reserved[sample_code]), entry.get(Sample, sample_code)
        entry.change(allocation, status="released")
        entry.change(sample, reserved_ug=sample.reserved_ug - allocation.granted_ug)


def working_days_after(day: date, count: int) -> date:
    """The day that is this many working days, Monday to Friday, after another."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
