"""How verbs are called: who may, with whom, and what tells requests apart."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.curation import verbs as v
from farside.curation.ledger import Act, Denied, Missing, Mistaken, head
from farside.curation.verbs.register import UNITS_UG, mass_ug

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


@pytest.mark.parametrize(
    "text",
    [
        "1e999999", "1e999999 kg", "1e-999999 kg", "1e100", "9" * 41, "1" + " " * 100_000 + "g g", "1.2.3 g", ".", "1 stone", "٣ g", "²",
        "",
    ],
)  # fmt: skip
def test_a_mass_that_is_none_is_refused_at_once(text: str) -> None:
    start = process_time()
    with pytest.raises(ValueError, match="is no mass; write a number of at most 40 digits with one of ug, mg, g, kg") as refused:
        mass_ug(text)
    assert process_time() - start < 0.1  # 44 s of a core for 1e999999, were it multiplied out
    assert len(str(refused.value)) < 250


def test_no_digit_of_a_mass_is_rounded_away() -> None:
    for text in ("1.000000000000000000000000000000000001 ug", "0.0000000000000000000000000000000000001 kg", "1e-99 kg"):
        with pytest.raises(ValueError, match="finer than a microgram"):
            mass_ug(text)
    assert mass_ug("1.000000000000000000000000000000000000 kg") == mass_ug("1e9") == 1_000_000_000


@given(st.integers(0, 2**53 - 1), st.sampled_from(sorted(UNITS_UG)))
def test_a_mass_in_any_unit_is_the_same_micrograms(micrograms: int, unit: str) -> None:
    whole, part = divmod(micrograms, UNITS_UG[unit])
    digits = len(str(UNITS_UG[unit])) - 1
    assert mass_ug(f" {whole}.{part:0{digits}d} {unit} " if digits else f"{whole}{unit}") == micrograms


def nested(depth: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for _ in range(depth):
        document = {"a": document}
    return document


@pytest.mark.parametrize("depth", [60, 400, 5_000])
def test_what_is_nested_without_end_is_mistaken(stocked: str, depth: int) -> None:
    with pytest.raises(Mistaken, match=r"nested too deeply|more than 50 deep"):
        v.receive(LI, document=nested(depth), prefix="X")


BIG = 10**20
CABINET = {"cabinet": "X", "site": "BJ", "name": "x", "slots": []}
PAPERS: dict[str, Any] = {"document": {}, "prefix": "X"}
PERSON = {"person": "x", "name": "x", "institution": "x", "roles": []}
OUT_OF_BOUNDS: list[tuple[str, dict[str, Any], str]] = [
    ("add_cabinet", {**CABINET, "limits": {"oxygen_most_ppb": BIG}}, "less than or equal to"),
    ("add_cabinet", {**CABINET, "limits": {"water_most_ppb": -1}}, "greater than or equal to 0"),
    ("set_limits", {"cabinet": "BJ-N1", "limits": {"pressure_least_pa": -BIG}}, "greater than or equal to"),
    ("receive", {**PAPERS, "policy": {"research_least_ppm": BIG}}, "less than or equal to 1000000"),
    ("receive", {**PAPERS, "policy": {"backup_least_ppm": -1}}, "greater than or equal to 0"),
    ("receive", {**PAPERS, "policy": {"research_least_ppm": 900_000}}, "at least 900000 ppm is more than at most 850000"),
    ("take_stock", {"cabinet": "BJ-N1", "scanned": [{"sample": "x" * 201}]}, "at most 200 characters"),
    ("take_stock", {"cabinet": "BJ-N1", "scanned": [{"sample": "a\nb"}]}, "match pattern"),
    ("enrol", {**PERSON, "country": "a\nb"}, "match pattern"),
    ("enrol", {**PERSON, "country": "x" * 81}, "at most 80 characters"),
]


@pytest.mark.parametrize(("verb", "arguments", "words"), OUT_OF_BOUNDS)
def test_arguments_have_bounds(stocked: str, verb: str, arguments: dict[str, Any], words: str) -> None:
    before = head().number
    with pytest.raises(Mistaken, match=words):
        v.VERBS[verb].call(LI, **arguments)
    assert head().number == before


def test_a_country_may_be_left_empty(stocked: str) -> None:
    v.enrol(LI, person="x", name="x", institution="x", roles=[], country=" ")
    v.set_limits(Act(by="li", second="wang", reason="r"), cabinet="BJ-N1", limits={"pressure_least_pa": -5, "oxygen_most_ppb": 2**53 - 1})
    v.take_stock(LI, cabinet="BJ-N1", scanned=[{"sample": " no code of ours (样品) "}])
