"""A round: who may apply, review, decide and sign, when, and that nothing is granted twice; by the verbs, and by the database alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Denied, Entry, Missing, Mistaken, Refused, writing
from farside.curation.models import Allocation, Call, Offer, Person, Proposal, Review, Sample
from farside.curation.verbs.rounds import working_days_after
from farside.curation.verify import verify
from laboratory import on

ASKED = [{"sample": "CE6-P"}]


def refused(words: str, verb: Callable[..., Any], act: Act, kind: type[Refused] = Refused, /, **arguments: Any) -> None:
    with pytest.raises(kind, match=words):
        verb(act, **arguments)


@pytest.mark.parametrize(("day", "after"), [("2040-02-06", "2040-02-20"), ("2040-02-10", "2040-02-24"), ("2040-02-11", "2040-02-24")])
def test_ten_working_days_are_two_weeks_and_weekends_do_not_count(day: str, after: str) -> None:
    """From a Monday, a Friday and a Saturday of 2040, by a calendar."""
    assert working_days_after(date.fromisoformat(day), 10) == date.fromisoformat(after)


def test_what_is_granted_is_reserved_and_the_rest_is_released(agreed: str) -> None:
    assert Sample.objects.get(pk="CE6-P").reserved_ug == 1_500_000
    assert Sample.objects.get(pk="CE6-F").reserved_ug == Sample.objects.get(pk="CE6-F").mass_ug
    granted = [{"sample": "CE6-T"}]
    event = v.decide(on("2040-02-13"), proposal="ITO", decision="approve", samples=granted)
    assert json.loads(event.text)["data"]["sign_by"] == "2040-02-27"
    assert dict(Allocation.objects.filter(proposal="ITO").values_list("sample_id", "status")) == {"CE6-P": "released", "CE6-T": "reserved"}
    assert Sample.objects.get(pk="CE6-P").reserved_ug == 1_500_000
    assert verify().sound


def test_a_call_is_not_of_the_past(agreed: str) -> None:
    refused("before it opens", v.call, on("2040-02-11"), call="C2", title="t", opens="2040-06-01", closes="2040-05-01")
    refused("choose a later day", v.call, on("2040-02-11"), call="C2", title="t", opens="2040-01-01", closes="2040-02-01")


def test_what_is_offered_can_be_lent(agreed: str) -> None:
    refused("C1 closed on 2040-02-03", v.offer, on("2040-02-11"), call="C1", samples=[{"sample": "CE6-S"}])
    v.call(on("2040-02-11"), call="C2", title="second", opens="2040-06-01", closes="2040-07-01")
    later = on("2040-02-12")
    for sample, words in (
        ({"sample": "CE6-S"}, "without a purpose"),
        ({"sample": "CE6-K"}, "is permanent; only samples for research"),
        ({"sample": "CE6-T", "mass": "1 mg"}, "a section and is lent whole, 40000 ug"),
        ({"sample": "CE6-F"}, "of which 1500000 ug are reserved"),
        ({"sample": "CE6-P", "mass": "9 g"}, "9000000 ug of CE6-P, of which 8500000 ug are free"),
        ({"sample": "CE6-X"}, "there is no sample 'CE6-X'"),
    ):
        refused(words, v.offer, later, call="C2", samples=[sample])
    v.offer(later, call="C2", samples=[{"sample": "CE6-P"}])
    assert Offer.objects.get(call="C2").mass_ug == 8_500_000


def test_an_applicant_asks_for_what_the_call_offers(agreed: str) -> None:
    v.call(on("2040-02-11"), call="C2", title="second", opens="2040-06-01", closes="2040-07-01")
    v.offer(on("2040-02-11"), call="C2", samples=[{"sample": "CE6-P", "mass": "1 g"}, {"sample": "CE6-T"}])
    told: dict[str, Any] = {"call": "C2", "title": "t", "abstract": "a"}
    day = on("2040-06-01", "smith")
    refused("takes proposals from 2040-06-01", v.apply, on("2040-05-31", "smith"), samples=ASKED, **told)
    refused("this is for applicant", v.apply, on("2040-06-01"), Denied, samples=ASKED, **told)
    refused(r"C2 offers CE6-P \(1000000 ug\), CE6-T", v.apply, day, samples=[], **told)
    refused("does not offer CE6-F; it offers CE6-P", v.apply, day, samples=[{"sample": "CE6-F"}], **told)
    refused("of which C2 offers 1000000 ug", v.apply, day, samples=[{"sample": "CE6-P", "mass": "1.000001 g"}], **told)
    refused("asked for twice", v.apply, day, samples=[*ASKED, *ASKED], **told)
    refused("ask for all of its 40000 ug", v.apply, day, samples=[{"sample": "CE6-T", "mass": "1 mg"}], **told)
    refused("finer than a microgram", v.apply, day, Mistaken, samples=[{"sample": "CE6-P", "mass": "0.1 ug"}], **told)
    event = v.apply(on("2040-07-01", "smith"), samples=ASKED, **told)
    assert json.loads(event.text)["data"]["proposal"] == "C2-P1"
    refused("nobody has voted on C2-P1", v.decide, on("2040-07-02"), proposal="C2-P1", decision="approve", samples=ASKED)
    v.review(on("2040-07-02", "zhao"), proposal="C2-P1", conflict=True)
    refused(r"nobody has voted on C2-P1 \(1 declared a conflict\)", v.decide, on("2040-07-02"), proposal="C2-P1", decision="approve",
            samples=ASKED)  # fmt: skip
    with pytest.raises(Refused, match="approved after at least one vote"), writing(on("2040-07-02"), "decide") as entry:
        allocation = entry.get(Allocation, "C2-P1-1")
        entry.change(allocation, status="reserved", granted_ug=1)
        entry.change(entry.get(Sample, "CE6-P"), reserved_ug=1_500_001)
        entry.change(entry.get(Proposal, "C2-P1"), status="approved", decided_utc=entry.at_utc, sign_by=date(2040, 7, 16))


def test_a_vote_is_told_once_in_words_or_barred_by_a_conflict(agreed: str) -> None:
    zhao = on("2040-02-11", "zhao")
    refused("give a score from 1 to 5, or declare a conflict", v.review, zhao, proposal="ITO")
    refused("give a score from 1 to 5, or declare a conflict", v.review, zhao, proposal="ITO", score=3, conflict=True)
    refused("say in words why", v.review, zhao, proposal="ITO", score=3)
    refused("less than or equal to 5", v.review, zhao, Mistaken, proposal="ITO", score=6, words="w")
    refused("SMITH is approved already", v.review, zhao, proposal="SMITH", score=3, words="w")
    refused("a vote stands", v.review, on("2040-02-11", "weber"), proposal="ITO", score=5, words="Better.")
    v.enrol(on("2040-02-11"), person="ito", name="Ken Ito", institution="Osaka University", roles=["applicant", "reviewer", "curator"])
    refused("is your own", v.review, on("2040-02-11", "ito"), Denied, proposal="ITO", score=5, words="Excellent.")
    refused("is your own", v.decide, on("2040-02-11", "ito"), Denied, proposal="ITO", decision="approve", samples=ASKED)
    v.review(zhao, proposal="ITO", conflict=True, words="We write a paper together.")
    assert Review.objects.get(reviewer="zhao").score is None


def test_a_decision_is_final_and_grants_what_is_free(agreed: str) -> None:
    day = on("2040-02-11")
    for words, told in (
        ("an approval grants something", {"decision": "approve"}),
        ("leave the samples out", {"decision": "reject", "samples": ASKED}),
        ("tell the applicant in words why", {"decision": "reject"}),
        ("does not ask for CE6-F; it asks for CE6-P, CE6-T", {"decision": "approve", "samples": [{"sample": "CE6-F"}]}),
        ("of which 4000000 ug were asked", {"decision": "approve", "samples": [{"sample": "CE6-P", "mass": "4.1 g"}]}),
        ("a section and is lent whole", {"decision": "approve", "samples": [{"sample": "CE6-T", "mass": "1 mg"}]}),
        ("CE6-P is granted twice; name it once", {"decision": "approve", "samples": [{"sample": "CE6-P", "mass": "1 g"}, *ASKED]}),
    ):
        refused(words, v.decide, day, proposal="ITO", **told)
    refused("SMITH was approved on 2040-02-06, and a decision is final", v.decide, day, proposal="SMITH", decision="reject", words="w")
    v.decide(day, proposal="ITO", decision="reject", words="The committee prefers others.")
    assert set(Allocation.objects.filter(proposal="ITO").values_list("status", flat=True)) == {"released"}
    refused("ITO is rejected", v.sign, on("2040-02-11", "ito"), proposal="ITO")


def test_an_agreement_is_signed_in_time_by_the_applicant_or_lapses(agreed: str) -> None:
    v.decide(on("2040-02-13"), proposal="ITO", decision="approve", samples=[{"sample": "CE6-P", "mass": "2 g"}])
    refused("no proposal 'ITO' of yours", v.sign, on("2040-02-14", "smith"), Missing, proposal="ITO")
    refused("SMITH was signed on 2040-02-10", v.sign, on("2040-02-14", "smith"), proposal="SMITH")
    refused("is not signed; its applicant has until 2040-02-27", v.lend, on("2040-02-14"), proposal="ITO", sample="CE6-P", due="2040-09-01")
    refused("has not lapsed; say for which reason", v.release, on("2040-02-27"), proposal="ITO")
    early = "2040-02-01T08:00:00.000Z"
    for act, signed in ((on("2040-02-14", "smith"), None), (on("2040-02-28", "ito"), None), (on("2040-02-27", "ito"), early)):
        with pytest.raises(Refused, match="signed once, by the applicant, by the day"), writing(act, "sign") as entry:
            entry.change(entry.get(Proposal, "ITO"), signed_utc=signed or entry.at_utc)
    refused("the grant has lapsed; apply in the next call", v.sign, on("2040-02-28", "ito"), proposal="ITO")
    refused("reserved are CE6-P", v.release, on("2040-02-28"), proposal="ITO", samples=["CE6-T"])
    v.release(on("2040-02-28"), proposal="ITO")
    assert Sample.objects.get(pk="CE6-P").reserved_ug == 1_500_000
    refused("nothing is reserved for ITO", v.release, on("2040-02-28"), proposal="ITO")
    assert verify().sound


def test_what_is_granted_is_given_back_for_a_reason(agreed: str) -> None:
    v.release(on("2040-02-28", reason="withdrawn by the applicant"), proposal="SMITH", samples=["CE6-F"])
    assert Sample.objects.get(pk="CE6-F").reserved_ug == 0
    refused("it is released; reserved are CE6-P", v.lend, on("2040-03-01"), proposal="SMITH", sample="CE6-F", due="2040-09-01")


def second_call(entry: Entry, sample: str, offered_ug: int, asked_ug: int | None = None) -> None:
    """A call of today that offers a sample, and a proposal of whoever acts that asks for it, in one event."""
    entry.add(Call(code="C2", title="t", opens=entry.today, closes=entry.today))
    entry.add(Offer(code="C2-1", call_id="C2", sample_id=sample, mass_ug=offered_ug))
    if asked_ug is not None:
        entry.add(Proposal(code="X", call_id="C2", applicant_id=entry.act.by, title="t", abstract="a"))
        entry.add(Allocation(code="X-1", proposal_id="X", sample_id=sample, asked_ug=asked_ug))


def propose(entry: Entry, applicant: str, call: str = "C1", **more: Any) -> None:
    entry.add(Proposal(code="X", call_id=call, applicant_id=applicant, title="t", abstract="a", **more))


def vote(entry: Entry, reviewer: str, proposal: str = "ITO", score: int | None = 5, conflict: bool = False) -> None:
    entry.add(Review(code="X", proposal_id=proposal, reviewer_id=reviewer, score=score, words="w", conflict=conflict))


def colleague_votes(entry: Entry) -> None:
    entry.change(entry.get(Person, "zhao"), institution=" osaka UNIVERSITY")
    vote(entry, "zhao")


def decide(entry: Entry, statuses: dict[str, str], decided_utc: str | None = None) -> None:
    """Approve the proposal that waits; with so much of CE6-P or CE6-T as was asked where the status is `reserved`."""
    for code, status in statuses.items():
        allocation = entry.get(Allocation, code)
        reserved = status == "reserved"
        entry.change(allocation, status=status, granted_ug=allocation.asked_ug if reserved else 0)
        sample = entry.get(Sample, allocation.sample_id)
        entry.change(sample, reserved_ug=sample.reserved_ug + allocation.granted_ug)
    decided_utc = decided_utc or entry.at_utc
    entry.change(entry.get(Proposal, "ITO"), status="approved", decided_utc=decided_utc, sign_by=date(2040, 2, 27))


BOTH = {"ITO-1": "reserved", "ITO-2": "reserved"}
DAY = "2040-02-13"
FORGED: dict[str, tuple[str, Callable[[Entry], Any], str]] = {
    "a_permanent_sample_is_offered": ("li", lambda e: second_call(e, "CE6-K", 1), "for research or the public"),
    "a_sample_without_purpose_is_offered": ("li", lambda e: second_call(e, "CE6-S", 1), "for research or the public"),
    "more_is_offered_than_there_is": ("li", lambda e: second_call(e, "CE6-P", 10_000_001), "for research or the public"),
    "half_a_fragment_is_offered": ("li", lambda e: second_call(e, "CE6-F", 750_000), "fragments are offered whole"),
    "more_is_asked_than_is_offered": ("smith", lambda e: second_call(e, "CE6-P", 10, 11), "no more than is offered"),
    "half_a_section_is_asked_for": ("smith", lambda e: second_call(e, "CE6-T", 40_000, 20_000), "for sections and fragments whole"),
    "a_late_application": ("smith", lambda e: propose(e, "smith"), "while the call is open"),
    "an_application_for_another": ("smith", lambda e: (second_call(e, "CE6-P", 10), propose(e, "ito", "C2")), "for themself"),
    "an_application_by_a_curator": ("li", lambda e: (second_call(e, "CE6-P", 10), propose(e, "li", "C2")), "an applicant proposes"),
    "more_is_asked_for_later": (
        "ito",
        lambda e: e.add(Allocation(code="X", proposal_id="ITO", sample_id="CE6-F", asked_ug=1_500_000)),
        "told with the proposal, and not later",
    ),
    "a_vote_for_another_reviewer": ("weber", lambda e: vote(e, "zhao"), "themselves"),
    "a_colleague_votes": ("zhao", colleague_votes, "has a conflict of interest"),
    "a_vote_by_an_applicant": ("smith", lambda e: vote(e, "smith"), "a vote is a reviewer's"),
    "a_vote_after_the_decision": ("zhao", lambda e: vote(e, "zhao", "SMITH"), "not decided"),
    "a_vote_with_a_conflict": ("zhao", lambda e: vote(e, "zhao", conflict=True), "conflict bars the vote"),
    "a_score_of_six": ("zhao", lambda e: vote(e, "zhao", score=6), "conflict bars the vote"),
    "a_second_vote": ("weber", lambda e: vote(e, "weber"), "review once a reviewer|proposal and reviewer is there"),
    "a_decision_leaves_something_open": ("li", lambda e: decide(e, {"ITO-1": "reserved"}), "on all that was asked"),
    "an_approval_grants_nothing": ("li", lambda e: decide(e, {"ITO-1": "released", "ITO-2": "released"}), "an approval grants something"),
    "a_decision_on_ones_own": ("ito", lambda e: decide(e, BOTH), "by another than the applicant"),
    "a_decision_of_yesterday": ("li", lambda e: decide(e, BOTH, f"{DAY}T07:59:59.999Z"), "made now|granted with the decision"),
    "a_decision_without_a_day_to_sign": (
        "li",
        lambda e: (decide(e, BOTH), e.change(e.get(Proposal, "ITO"), sign_by=None)),
        "decided says when",
    ),
    "a_decision_is_changed": ("li", lambda e: e.change(e.get(Proposal, "SMITH"), status="rejected"), "a decision stands"),
    "a_signature_is_taken_back": ("smith", lambda e: e.change(e.get(Proposal, "SMITH"), signed_utc=""), "so does a signature"),
    "a_grant_is_raised": (
        "li",
        lambda e: e.change(e.get(Allocation, "SMITH-1"), granted_ug=2_000_000),
        "so does what was granted",
    ),
    "a_reservation_is_forgotten": ("li", lambda e: e.change(e.get(Sample, "CE6-P"), reserved_ug=0), "what its allocations reserve"),
    "a_call_is_moved": ("li", lambda e: e.change(e.get(Call, "C1"), closes=date(2040, 3, 3)), "of a call these never change"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_the_database_refuses(agreed: str, name: str) -> None:
    """Well-formed events, sealed as the library seals them, past the verbs."""
    by, forge, words = FORGED[name]
    with pytest.raises(Refused, match=words), writing(on(DAY, by), "forge") as entry:
        forge(entry)
