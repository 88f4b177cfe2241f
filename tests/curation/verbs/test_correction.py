"""An event is undone by another, while nothing stands on it: samples and sinks are as before, to the microgram."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, head, state_of
from farside.curation.models import Event, Sample
from farside.curation.whereabouts import Whereabouts, whereabouts

LI = Act(by="li")
WHY = Act(by="li", reason="the wrong vial was scanned")
BOTH = Act(by="li", second="wang", reason="the wrong vial was scanned")


def samples() -> dict[str, dict[str, Any]]:
    return {sample.code: state_of(sample) for sample in Sample.objects.exclude(status="retired")}


def sinks() -> dict[str, int]:
    return {place.account: place.mass_ug for place in whereabouts("change6") if place.account != "sample" and place.mass_ug}


def undone(act: Callable[[], Event], by: Act = WHY) -> None:
    """Do, undo, and find everything as before."""
    before = samples(), sinks()
    event = act()
    assert (samples(), sinks()) != before
    v.correct(by, event=event.number)
    assert (samples(), sinks()) == before


def test_what_was_done_at_the_bench_is_undone(bench: str) -> None:
    lost = Act(by="li", reason="vial fell on the floor")
    undone(lambda: v.split(LI, sample="CE6-S", parts=[{"mass": "1 g"}, {"mass": "2 g"}], lost="1 mg"))
    undone(lambda: v.dissect(LI, sample="CE6-D", intervals=[{"top_mm": 0, "bottom_mm": 2000, "mass": "554 g"}]))
    undone(lambda: v.weigh(LI, sample="CE6-D", balance="XPR", gross="554.01 g", tare=0))
    undone(lambda: v.seal(LI, sample="CE6-D", vessel="tube"))
    undone(lambda: v.hand_over(LI, sample="CE6-D", to="wang"))
    undone(lambda: v.store(LI, sample="CE6-D", slot="BJ-N1-1"))
    v.store(LI, sample="CE6-D", slot="BJ-N1-1")
    undone(lambda: v.take_out(LI, sample="CE6-D"))
    undone(lambda: v.lose(lost, sample="CE6-D", mass="554 g"))  # found again, and back in its slot
    gone = Sample.objects.filter(parent="CE6-S", status="retired").order_by("code")
    assert list(gone.values_list("code", "mass_ug", "custodian")) == [("CE6-S.1", 0, None), ("CE6-S.2", 0, None)]
    v.split(LI, sample="CE6-S", parts=[{"mass": "1 g"}])
    assert Sample.objects.filter(pk="CE6-S.3").exists()  # numbers are never given again


def test_what_stands_on_an_event_is_named(bench: str) -> None:
    split = v.split(LI, sample="CE6-S", parts=[{"mass": "1 g", "code": "A"}])
    sealed = v.seal(LI, sample="A", vessel="ampoule")
    with pytest.raises(Refused, match=rf"event {sealed.number} \(seal\) touched A after event {split.number}; correct that one first"):
        v.correct(WHY, event=split.number)
    correction = v.correct(WHY, event=sealed.number)
    with pytest.raises(Refused, match=rf"event {correction.number} \(correct\) touched A after event {sealed.number}"):
        v.correct(WHY, event=sealed.number)
    with pytest.raises(Refused, match="is a correction itself; do again what was undone"):
        v.correct(WHY, event=correction.number)


def test_a_slot_taken_meanwhile_or_frozen_stands_in_the_way(bench: str) -> None:
    v.store(LI, sample="CE6-D", slot="BJ-N1-1")
    out = v.take_out(LI, sample="CE6-D")
    taken = v.store(LI, sample="CE6-S", slot="BJ-N1-1")
    with pytest.raises(Refused, match=f"CE6-D was in BJ-N1-1, and event {taken.number} is the last of CE6-S, which is there now"):
        v.correct(WHY, event=out.number)
    v.read_environment(LI, cabinet="BJ-N1", water_ppb=10**6)
    with pytest.raises(Refused, match="BJ-N1 is frozen; two people `unfreeze` it first"):
        v.correct(WHY, event=taken.number)
    with pytest.raises(Refused, match="is about a cabinet, and only what was done to samples alone is undone; read again"):
        v.correct(WHY, event=head().number)


def test_purpose_pristinity_custody_and_retirement_stay(bench: str) -> None:
    assigned = v.assign_purpose(LI, sample="CE6-S", purpose="research")
    with pytest.raises(Refused, match=r"\(assign_purpose\) can be undone: purpose of CE6-S stay as they are"):
        v.correct(WHY, event=assigned.number)
    v.seal(LI, sample="CE6-S", vessel="jar")
    opened = v.unseal(LI, sample="CE6-S", atmosphere="air")
    v.correct(WHY, event=opened.number)
    sample = Sample.objects.get(pk="CE6-S")
    assert (sample.sealed, sample.air_exposed) == (True, True)
    v.hand_over(LI, sample="CE6-D", to="wang")
    accepted = v.accept(Act(by="wang"), sample="CE6-D")
    with pytest.raises(Refused, match=r"\(accept\) passed CE6-D from li to wang; `hand_over` it back"):
        v.correct(WHY, event=accepted.number)
    retired = v.retire(LI, sample="CE6.2")
    with pytest.raises(Refused, match=r"\(retire\) made CE6\.2 retired, which is for good"):
        v.correct(WHY, event=retired.number)


def test_what_took_two_is_undone_by_two(bench: str) -> None:
    v.seal(LI, sample="CE6-D", vessel="tube")
    v.assign_purpose(LI, sample="CE6-D", purpose="permanent")
    opened = v.unseal(BOTH, sample="CE6-D")
    with pytest.raises(Refused, match=r"event \d+ \(unseal\) took two people, and so does undoing it"):
        v.correct(WHY, event=opened.number)
    v.correct(BOTH, event=opened.number)
    assert Sample.objects.get(pk="CE6-D").sealed


@pytest.mark.parametrize(
    ("act", "event", "words"),
    [
        (WHY, 10_000, "there is no event 10000"),
        (WHY, 0, "is about no sample"),
        (WHY, 1, r"event 1 \(found\) is about a person and a site, and only what was done to samples alone is undone"),
        (WHY, -1, "event: Input should be greater than or equal to 0"),
        (LI, 1, r"say in the reason what was wrong with event 1 \(found\)"),
        (Act(by="wang", reason="any"), 1, "this is for curator; wang has second_curator"),
    ],
)
def test_what_cannot_be_undone_is_refused(bench: str, act: Act, event: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        v.correct(act, event=event)


def test_whereabouts_sum_to_zero_against_what_was_received(bench: str) -> None:
    v.split(LI, sample="CE6-S", parts=[{"mass": "1 g", "code": "A"}], lost="2 mg")
    v.store(LI, sample="A", slot="BJ-N1-1")
    there = whereabouts("change6")
    assert Whereabouts("sample", "bulk", "", "held", "BJ", "BJ-N1", "", 1, 1_000_000) in there
    assert Whereabouts("sample", "core", "", "held", "", "", "li", 1, 554_000_000) in there
    assert Whereabouts("lost", "", "", "", "", "", "", 1, 2_000) in there
