"""Custody passes by two hands; a slot holds one thing that belongs there; stock-taking tells what is not as the ledger says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, head, writing
from farside.curation.models import Sample, Touch

LI, WANG = Act(by="li"), Act(by="wang")
BOTH = Act(by="li", second="wang", reason="as agreed")


def test_only_the_custodian_offers_and_only_whom_it_was_offered_to_accepts(bench: str) -> None:
    with pytest.raises(Refused, match="CE6-D is in the custody of li, who alone can offer it"):
        v.hand_over(Act(by="wang"), sample="CE6-D", to="wang")
    v.hand_over(LI, sample="CE6-D", to="wang")
    with pytest.raises(Refused, match="CE6-D is offered to wang; its custodian, li, has to `hand_over` it to you"):
        v.accept(LI, sample="CE6-D")
    with pytest.raises(Refused, match="CE6-D is offered to wang; `withdraw` it first"):
        v.hand_over(LI, sample="CE6-D", to="wang")
    with pytest.raises(Refused, match="who alone can take the offer back"):
        v.withdraw(WANG, sample="CE6-D")
    v.decline(WANG, sample="CE6-D")
    v.hand_over(LI, sample="CE6-D", to="wang")
    v.withdraw(LI, sample="CE6-D")
    with pytest.raises(Refused, match="CE6-D is not offered to anybody"):
        v.accept(WANG, sample="CE6-D")
    v.hand_over(LI, sample="CE6-D", to="wang")
    v.accept(WANG, sample="CE6-D")
    taken = Sample.objects.get(pk="CE6-D")
    assert (taken.custodian_id, taken.offered_to_id) == ("wang", None)
    with pytest.raises(Refused, match="store: CE6-D is in the custody of wang"):
        v.store(LI, sample="CE6-D", slot="BJ-V1-1")
    with pytest.raises(Refused, match="custody passes to whom the sample was offered"), writing(LI, "grab") as entry:
        entry.change(entry.get(Sample, "CE6-D"), custodian_id="li")
    with pytest.raises(Refused, match="custody passes to whom the sample was offered"), writing(LI, "forget") as entry:
        entry.change(entry.get(Sample, "CE6-D"), custodian_id=None)

    v.enrol(LI, person="wang", name="Wang Fang", institution="NAOC", roles=["second_curator"], active=False)
    v.enrol(LI, person="zhou", name="Zhou Li", institution="NAOC", roles=["second_curator"])
    with pytest.raises(Refused, match="who alone can offer it"):
        v.hand_over(LI, sample="CE6-D", to="zhou")
    v.hand_over(Act(by="li", second="zhou", reason="Wang has left"), sample="CE6-D", to="li")
    v.accept(LI, sample="CE6-D")


def test_a_slot_holds_one_thing_and_only_where_it_belongs(bench: str) -> None:
    v.split(LI, sample="CE6-S", parts=[{"mass": "90 g", "code": "P"}, {"mass": "1 g", "code": "X"}])
    v.store(LI, sample="CE6-D", slot="BJ-N1-1")
    with pytest.raises(Refused, match="CE6-D is in BJ-N1-1; one thing a slot; free are BJ-N1-10, BJ-N1-2, BJ-N1-3"):
        v.store(LI, sample="X", slot="BJ-N1-1")
    v.store(LI, sample="CE6-D", slot="BJ-N1-2")  # from slot to slot
    v.unseal(Act(by="li"), sample=sealed("X"), atmosphere="air")
    with pytest.raises(Refused, match="BJ-N1 is for pristine samples, and X met air; choose another cabinet"):
        v.store(LI, sample="X", slot="BJ-N1-1")
    v.store(LI, sample="X", slot="BJ-A1-1")
    v.assign_purpose(LI, sample=sealed("P"), purpose="permanent")
    with pytest.raises(Refused, match="P is permanent, which is stored at a primary site; SS is a backup one"):
        v.store(LI, sample="P", slot="SS-V1-1")
    v.store(LI, sample="P", slot="BJ-V1-1")
    v.read_environment(LI, cabinet="BJ-N1", oxygen_ppb=10_001)
    for act in (lambda: v.take_out(LI, sample="CE6-D"), lambda: v.store(LI, sample="CE6-D", slot="BJ-V1-2")):
        with pytest.raises(Refused, match="BJ-N1, which is frozen: oxygen 10001 ppb is above 10000"):
            act()
    with pytest.raises(Refused, match="BJ-N1 is frozen: oxygen 10001 ppb is above 10000; two people `unfreeze` it"):
        v.store(LI, sample="CE6-S", slot="BJ-N1-5")
    v.take_out(LI, sample="X")
    with pytest.raises(Refused, match="X is in no slot"):
        v.take_out(LI, sample="X")
    with pytest.raises(Refused, match="there is no slot 'BJ-N1-99'; there are BJ-N1-1"):
        v.store(LI, sample="X", slot="BJ-N1-99")


def sealed(code: str) -> str:
    v.seal(LI, sample=code, vessel="ampoule")
    return code


def test_the_backup_goes_to_the_second_site_by_two_people_and_sealed(bench: str) -> None:
    v.split(LI, sample="CE6-S", parts=[{"mass": "90 g", "code": "B"}, {"mass": "1 g", "code": "R"}])
    v.assign_purpose(LI, sample=sealed("B"), purpose="backup")
    with pytest.raises(Refused, match="B is backup, which is stored at a backup site; BJ is a primary one"):
        v.store(LI, sample="B", slot="BJ-V1-1")
    with pytest.raises(Refused, match="B is not offered to anybody; its custodian, li, has to `hand_over` it to you"):
        v.back_up(WANG, sample="B", slot="SS-V1-1")
    v.hand_over(LI, sample="B", to="wang")
    v.hand_over(LI, sample="R", to="wang")
    with pytest.raises(Refused, match="BJ-V1-1 is at BJ, which is a primary site; the backup is kept elsewhere"):
        v.back_up(WANG, sample="B", slot="BJ-V1-1")
    with pytest.raises(Refused, match="R is for no purpose yet; `assign_purpose` backup is what comes here"):
        v.back_up(WANG, sample="R", slot="SS-V1-1")
    with pytest.raises(Refused, match="B is offered to wang"):
        v.back_up(LI, sample="B", slot="SS-V1-1")
    v.back_up(WANG, sample="B", slot="SS-V1-1")
    there = Sample.objects.get(pk="B")
    assert (there.slot_id, there.custodian_id, there.offered_to_id, there.sealed) == ("SS-V1-1", "wang", None, True)
    with pytest.raises(Refused, match="stored sealed; `take_out` first"):
        v.unseal(BOTH, sample="B")


def test_stock_taking_tells_what_is_missing_unexpected_or_elsewhere(bench: str) -> None:
    v.split(LI, sample="CE6-S", parts=[{"mass": "1 g", "code": code} for code in ("A", "B", "C", "D")])
    for code, slot in (("A", "BJ-V1-1"), ("B", "BJ-V1-2"), ("C", "BJ-V1-3"), ("D", "BJ-A1-1")):
        v.store(LI, sample=code, slot=slot)
    read = (("A", "BJ-V1-1"), ("B", "BJ-V1-9"), ("D", "BJ-V1-4"), ("???", None), ("CE6-D", None), ("A", "BJ-V1-1"))
    scanned = [{"sample": code, "slot": slot} for code, slot in read]
    event = v.take_stock(Act(by="audit"), cabinet="BJ-V1", scanned=scanned)
    told = json.loads(event.text)["data"]
    assert told["expected"] == 3
    assert told["discrepancies"] == [
        {"what": "read twice", "sample": "A", "times": 2},
        {"what": "unexpected", "sample": "???", "slot": None, "told": "no sample has this code"},
        {"what": "wrong slot", "sample": "B", "slot": "BJ-V1-9", "told": "BJ-V1-2"},
        {"what": "unexpected", "sample": "CE6-D", "slot": None, "told": "with li"},
        {"what": "unexpected", "sample": "D", "slot": "BJ-V1-4", "told": "BJ-A1-1"},
        {"what": "missing", "sample": "C", "slot": None, "told": "BJ-V1-3"},
    ]
    assert Touch.objects.filter(kind="cabinet", code="BJ-V1", event=event.number).exists()
    assert Sample.objects.get(pk="B").slot_id == "BJ-V1-2"  # stock-taking changes nothing
    clean = v.take_stock(WANG, cabinet="BJ-V1", scanned=[{"sample": code} for code in "CBA"])
    assert json.loads(clean.text)["data"]["discrepancies"] == []


WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    ("li", "hand_over", {"sample": "CE6-D", "to": "li"}, "li has CE6-D already"),
    ("li", "hand_over", {"sample": "CE6-D", "to": "smith"}, "smith keeps no samples here .* to others samples are lent"),
    ("li", "hand_over", {"sample": "CE6-D", "to": "nobody"}, "there is no person 'nobody'"),
    ("smith", "accept", {"sample": "CE6-D"}, "this is for curator or second_curator; smith has applicant"),
    ("li", "withdraw", {"sample": "CE6-D"}, "CE6-D is not offered to anybody"),
    ("wang", "decline", {"sample": "CE6-D"}, "CE6-D is not offered to anybody"),
    (
        "wang",
        "store",
        {"sample": "CE6-D", "slot": "BJ-V1-1"},
        "CE6-D is in the custody of li; it has to be offered to you and accepted first",
    ),
    ("wang", "take_out", {"sample": "CE6-D"}, "CE6-D is in the custody of li"),
    ("li", "take_out", {"sample": "CE6-D"}, "CE6-D is in no slot"),
    ("smith", "take_stock", {"cabinet": "BJ-V1", "scanned": []}, "this is for auditor or curator or second_curator"),
    ("li", "take_stock", {"cabinet": "BJ-V9", "scanned": []}, "there is no cabinet 'BJ-V9'; there are BJ-V1"),
]


@pytest.mark.parametrize(("by", "verb", "arguments", "words"), WRONG)
def test_what_is_not_theirs_is_refused(bench: str, by: str, verb: str, arguments: dict[str, Any], words: str) -> None:
    before = head().number
    with pytest.raises(Refused, match=words):
        v.VERBS[verb].call(Act(by=by), **arguments)
    assert head().number == before


def test_a_code_typed_in_small_letters_is_the_one_that_is_there(stocked: str) -> None:
    v.store(LI, sample="CE6-S", slot="BJ-V1-1")
    event = v.take_stock(LI, cabinet="BJ-V1", scanned=[{"sample": "ce6-s"}, {"sample": "Ce6-S", "slot": "BJ-V1-1"}])
    assert event.told["data"]["discrepancies"] == [{"what": "read twice", "sample": "CE6-S", "times": 2}]
