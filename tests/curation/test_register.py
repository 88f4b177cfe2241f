"""How verbs are called: who may, with whom, and what tells requests apart."""

from __future__ import annotations

import json

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Denied, Missing, Mistaken, head

LI = Act(by="li")


@pytest.mark.parametrize("second", ["smith", "zhao", "audit", "nobody", "li"])
def test_the_second_person_is_another_curator(stocked: str, second: str) -> None:
    before = head().number
    with pytest.raises(Denied, match="the second person is another curator"):
        v.seal(Act(by="li", second=second, reason="two see more"), sample="CE6-S", vessel="v-1")
    assert head().number == before


def test_a_verb_says_in_its_own_type_why_it_is_refused(stocked: str) -> None:
    with pytest.raises(Mistaken, match="vessel: Field required"):
        v.seal(LI, sample="CE6-S")
    with pytest.raises(Denied, match="this is for curator; smith has applicant"):
        v.seal(Act(by="smith"), sample="CE6-S", vessel="v-1")
    with pytest.raises(Missing, match="there is no sample 'CE7'") as missing:
        v.seal(LI, sample="CE7", vessel="v-1")
    assert (missing.value.kind, missing.value.code) == ("sample", "CE7")


def test_what_no_column_can_hold_is_mistaken(stocked: str) -> None:
    for country in ("\ud800", "a\0b"):
        with pytest.raises(Mistaken, match="half a character"):
            v.enrol(LI, person="long", name="a", institution="b", roles=[], country=country)


def test_a_request_with_a_key_tells_its_digest(stocked: str) -> None:
    told = json.loads(v.seal(Act(by="li", key="k-1"), sample="CE6-S", vessel="v-1").text)["data"]
    assert len(told.pop("request")) == 64
    assert told == {"sample": "CE6-S", "vessel": "v-1"}
