"""At the bench: what is taken is what is made and what is lost, to the microgram, and each piece knows its depth."""

from __future__ import annotations

from typing import Any

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, head
from farside.curation.models import Sample
from farside.curation.samples import origin
from laboratory import TOTAL_UG

LI, WANG = Act(by="li"), Act(by="wang")
CORE_UG = 554_000_000
SCOOPED_UG = TOTAL_UG - CORE_UG
HALVES: list[dict[str, Any]] = [{"top_mm": 0, "bottom_mm": 1000, "mass": "270 g"}, {"top_mm": 1000, "bottom_mm": 2000, "mass": "284 g"}]


def mass(code: str) -> int:
    return Sample.objects.get(pk=code).mass_ug


def test_a_core_is_dissected_by_depth_and_each_interval_is_traced_to_its_drilled_portions(bench: str) -> None:
    upper = {"top_mm": 0, "bottom_mm": 950, "mass": "260 g", "code": "CE6-D-upper", "title": "upper half"}
    v.dissect(LI, sample="CE6-D", intervals=[{"top_mm": 950, "bottom_mm": 2000, "mass": "293 g"}, upper], lost="1 g")
    assert (mass("CE6-D"), mass("CE6-D-upper"), mass("CE6-D.2")) == (0, 260_000_000, 293_000_000)
    made = Sample.objects.get(pk="CE6-D-upper")
    assert (made.form, made.tool, made.depth_top_mm, made.depth_bottom_mm, made.title) == ("interval", "drill", 0, 950, "upper half")
    assert [portion["id"] for portion in origin(made)] == [f"drill-{i:03d}" for i in range(1, 11)]  # papers: 100 mm each
    assert [portion["id"] for portion in origin(Sample.objects.get(pk="CE6-D.2"))] == [f"drill-{i:03d}" for i in range(10, 21)]

    finer = [{"top_mm": 0, "bottom_mm": 100, "mass": "30 g"}, {"top_mm": 100, "bottom_mm": 950, "mass": "230 g"}]
    v.dissect(WANG, sample="CE6-D-upper", intervals=finer)
    assert [portion["id"] for portion in origin(Sample.objects.get(pk="CE6-D-upper.1"))] == ["drill-001"]
    with pytest.raises(Refused, match=r"from 950 to 2000 mm"):
        v.dissect(LI, sample="CE6-D.2", intervals=[{"top_mm": 0, "bottom_mm": 2000, "mass": "293 g"}])


def test_sieve_section_and_split_take_what_they_make_and_lose(bench: str) -> None:
    parts = [{"mass": "100 g", "code": "S1"}, {"mass": "3.5 mg", "form": "fragment"}]
    v.split(LI, sample="CE6-S", parts=parts, lost="0.5 mg", taken="100.004 g")
    assert (mass("CE6-S"), mass("S1"), mass("CE6-S.2")) == (SCOOPED_UG - 100_004_000, 100_000_000, 3_500)
    assert [Sample.objects.get(pk=code).form for code in ("S1", "CE6-S.2")] == ["bulk", "fragment"]
    fractions = [{"mass": "10 g", "form": "fragment"}, {"grain_most_um": 1000, "mass": "60 g"}, {"grain_most_um": 45, "mass": "29 g"}]
    v.sieve(LI, sample="S1", fractions=fractions, lost="1 g")
    assert mass("S1") == 0
    grains = {s.code: (s.form, s.grain_most_um, s.mass_ug) for s in Sample.objects.filter(parent="S1")}
    assert grains == {"S1.1": ("fragment", None, 10_000_000), "S1.2": ("powder", 1000, 60_000_000), "S1.3": ("powder", 45, 29_000_000)}
    v.sieve(LI, sample="S1.2", fractions=[{"mass": "20 g"}, {"grain_most_um": 200, "mass": "40 g"}])
    assert Sample.objects.get(pk="S1.2.1").grain_most_um == 1000  # stayed on 200 um, and had passed 1000 um
    v.section(LI, sample="S1.1", sections=[{"mass": 12_000, "title": "polished"}, {"mass": 9_000}], lost="30 mg")
    assert (mass("S1.1"), mass("S1.1.1")) == (10_000_000 - 51_000, 12_000)
    assert [portion["id"] for portion in origin(Sample.objects.get(pk="S1.1.1"))] == [f"scoop-{i:03d}" for i in range(1, 9)]
    for act in (lambda: v.split(LI, sample="S1.1.1", parts=[{"mass": 1}]), lambda: v.section(LI, sample="S1.1.1", sections=[{"mass": 1}])):
        with pytest.raises(Refused, match=r"S1\.1\.1 is a section; this is for a"):
            act()
    with pytest.raises(Refused, match=r"all of S1\.2\.2 passed 200 um already; 200 um would hold nothing back"):
        v.sieve(LI, sample="S1.2.2", fractions=[{"grain_most_um": 200, "mass": "40 g"}])


def test_a_sealed_sample_is_opened_before_it_is_worked_on(bench: str) -> None:
    v.seal(LI, sample="CE6-S", vessel="jar 1")
    with pytest.raises(Refused, match="split: CE6-S is sealed; `unseal` it first"):
        v.split(LI, sample="CE6-S", parts=[{"mass": "1 g"}])


GAP = [{**HALVES[0], "bottom_mm": 999}, HALVES[1]]
OVERLAP = [{**HALVES[0], "bottom_mm": 1001}, HALVES[1]]
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("dissect", {"sample": "CE6-D", "intervals": HALVES, "lost": 1}, r"are 554000001 ug, and CE6-D is 554000000 ug: -1 ug to account for"),
    ("dissect", {"sample": "CE6-D", "intervals": HALVES[:1], "lost": "284 g"}, r"from 0 to 1000 mm, and CE6-D is from 0 to 2000 mm"),
    ("dissect", {"sample": "CE6-D", "intervals": GAP}, r"leave a gap between 999 and 1000 mm"),
    ("dissect", {"sample": "CE6-D", "intervals": OVERLAP}, r"overlap between 1001 and 1000 mm"),
    ("dissect", {"sample": "CE6-D", "intervals": []}, r"no intervals; CE6-D is from 0 to 2000 mm"),
    ("dissect", {"sample": "CE6-D", "intervals": [{"top_mm": 5, "bottom_mm": 5, "mass": 1}]}, r"5 to 5 mm does not go down"),
    ("dissect", {"sample": "CE6-S", "intervals": HALVES}, r"CE6-S is a bulk; this is for a core or interval"),
    ("sieve", {"sample": "CE6-S", "fractions": [{"grain_most_um": 45, "mass": "1 g"}]}, r"to account for"),
    ("sieve", {"sample": "CE6-S", "fractions": [{"mass": 1}, {"mass": 1}]}, r"name each mesh once"),
    ("sieve", {"sample": "CE6-S", "fractions": []}, r"name each mesh once"),
    ("sieve", {"sample": "CE6-S", "fractions": [{"grain_most_um": 0, "mass": 1}]}, r"fractions\.0\.grain_most_um"),
    ("section", {"sample": "CE6-D", "sections": []}, r"no sections"),
    (
        "section",
        {"sample": "CE6-D", "sections": [{"mass": "554 g"}], "lost": 1},
        r"554000001 ug cannot be taken of CE6-D: it holds 554000000 ug",
    ),
    ("split", {"sample": "CE6-S", "parts": []}, r"no parts"),
    (
        "split",
        {"sample": "CE6-S", "parts": [{"mass": "1 g"}], "taken": "2 g"},
        r"2000000 ug were taken, 1000000 ug .* \+1000000 ug to account for",
    ),
    ("split", {"sample": "CE6-S", "parts": [{"mass": "1 kg"}]}, r"1000000000 ug cannot be taken of CE6-S"),
    ("split", {"sample": "CE6-S", "parts": [{"mass": "0.5 ug"}]}, r"parts\.0\.mass: 0\.5 ug is finer than a microgram"),
    ("split", {"sample": "CE6-S", "parts": [{"mass": 0}]}, r"parts\.0\.mass"),
    ("split", {"sample": "CE6-D", "parts": [{"mass": 1, "form": "bulk"}]}, r"of a core no bulk is made; parts are powder, fragment"),
    ("split", {"sample": "CE6", "parts": [{"mass": 1}]}, r"CE6 is a container; this is for a"),
    ("split", {"sample": "CE6-S", "parts": [{"mass": 1, "code": "CE6-D"}]}, r"CE6-D' is there already"),
    ("split", {"sample": "CE6-X", "parts": [{"mass": 1}]}, r"there is no sample 'CE6-X'; there are CE6-D, CE6-S"),
]


@pytest.mark.parametrize(("verb", "arguments", "words"), WRONG)
def test_what_does_not_balance_or_fit_is_refused(bench: str, verb: str, arguments: dict[str, Any], words: str) -> None:
    before = head().number
    with pytest.raises(Refused, match=words):
        v.VERBS[verb].call(LI, **arguments)
    assert head().number == before
