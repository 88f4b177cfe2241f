"""What leaves a sample's account goes to a sink, with a reason; what is left covers what is promised."""

from __future__ import annotations

from typing import Any

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, head
from farside.curation.models import Sample
from farside.curation.whereabouts import whereabouts

LI = Act(by="li")
BOTH = Act(by="li", second="wang", reason="agreement of 2026 between the institutions")


def sinks() -> dict[str, int]:
    return {place.account: place.mass_ug for place in whereabouts("change6") if place.account != "sample"}


def test_what_is_consumed_lost_and_transferred_is_in_its_sink_and_the_empty_sample_retires(bench: str) -> None:
    v.split(LI, sample="CE6-S", parts=[{"mass": "2 g", "code": "A"}, {"mass": "3 g", "code": "B"}])
    v.consume(LI, sample="A", mass="250 mg", method="dissolved for ICP-MS")
    v.store(LI, sample="A", slot="BJ-N1-1")
    v.lose(Act(by="li", reason="vial fell on the floor"), sample="A", mass="1.75 g")
    v.transfer(BOTH, sample="B", institution="National Museum")
    assert {name: sinks()[name] for name in ("consumed", "lost", "transferred")} == {
        "consumed": 250_000,
        "lost": 1_750_000,
        "transferred": 3_000_000,
    }
    lost, gone = Sample.objects.get(pk="A"), Sample.objects.get(pk="B")
    assert (lost.mass_ug, lost.slot_id, lost.status) == (0, None, "held")  # found again, the report can be corrected
    assert (gone.mass_ug, gone.status, gone.custodian_id) == (0, "retired", None)
    v.hand_over(LI, sample="A", to="wang")
    v.retire(LI, sample="A")
    retired = Sample.objects.get(pk="A")
    assert (retired.status, retired.custodian_id, retired.offered_to_id) == ("retired", None, None)
    with pytest.raises(Refused, match="consume: A is retired"):
        v.consume(LI, sample="A", mass=1, method="none")


def test_a_preserved_sample_stays_and_is_opened_by_two(bench: str) -> None:
    v.seal(LI, sample="CE6-D", vessel="tube")
    v.assign_purpose(LI, sample="CE6-D", purpose="permanent")
    with pytest.raises(Refused, match="CE6-D is sealed"):
        v.consume(BOTH, sample="CE6-D", mass=1, method="any")
    with pytest.raises(Refused, match="transfer: CE6-D is permanent, and stays"):
        v.transfer(BOTH, sample="CE6-D", institution="National Museum")
    with pytest.raises(Refused, match="open only in the hands of two people"):
        v.unseal(LI, sample="CE6-D")
    v.unseal(BOTH, sample="CE6-D")
    with pytest.raises(Refused, match="open only in the hands of two people"):
        v.consume(LI, sample="CE6-D", mass=1, method="any")
    v.consume(BOTH, sample="CE6-D", mass=1, method="decided by the committee")
    assert Sample.objects.get(pk="CE6-D").mass_ug == 553_999_999


WRONG: list[tuple[Act, str, dict[str, Any], str]] = [
    (LI, "consume", {"sample": "CE6-D", "mass": "555 g", "method": "any"}, "555000000 ug cannot be taken of CE6-D: it holds 554000000 ug"),
    (LI, "consume", {"sample": "CE6-D", "mass": "1 g", "method": " "}, "method"),
    (LI, "lose", {"sample": "CE6-D", "mass": "1 g"}, "say in the reason how 1000000 ug of CE6-D were lost"),
    (BOTH, "lose", {"sample": "CE6-D", "mass": "1 kg"}, "cannot be taken"),
    (LI, "retire", {"sample": "CE6-D"}, "CE6-D holds 554000000 ug; `split`, `consume`, `lose` or `transfer` them first"),
    (
        LI,
        "transfer",
        {"sample": "CE6-D", "institution": "NHM"},
        "554000000 ug of CE6-D leave for good; this takes a second person and a reason",
    ),
    (BOTH, "transfer", {"sample": "CE6", "institution": "NHM"}, "CE6 is empty; `retire` it"),
    (
        Act(by="smith"),
        "consume",
        {"sample": "CE6-D", "mass": 1, "method": "any"},
        "this is for curator or second_curator; smith has applicant",
    ),
    (Act(by="wang"), "retire", {"sample": "CE6"}, "this is for curator; wang has second_curator"),
]


@pytest.mark.parametrize(("act", "verb", "arguments", "words"), WRONG)
def test_what_cannot_leave_is_refused(bench: str, act: Act, verb: str, arguments: dict[str, Any], words: str) -> None:
    before = head().number
    with pytest.raises(Refused, match=words):
        v.VERBS[verb].call(act, **arguments)
    assert head().number == before


def test_papers_come_in_once(stocked: str, papers: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="change6 is here already; the container of a mission is received once"):
        v.receive(LI, document=papers, prefix="AGAIN")
