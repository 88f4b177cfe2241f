"""What people ask of a sample: history, family, mass flow, and its whole page."""

from __future__ import annotations

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused
from farside.curation.models import Sample
from farside.curation.readings import Relative, detail, family, history, mass_flow
from laboratory import TOTAL_UG

LI = Act(by="li")


def test_a_sample_tells_its_history_family_and_flow(bench: str) -> None:
    pieces = [{"top_mm": 0, "bottom_mm": 150, "mass": "40 g"}, {"top_mm": 150, "bottom_mm": 2000, "mass": "514 g"}]
    v.dissect(LI, sample="CE6-D", intervals=pieces)
    v.split(LI, sample="CE6-D.1", parts=[{"mass": "1 g"}, {"mass": "2 g", "form": "powder"}], lost="3 mg")
    v.store(Act(by="li", reason="for the night"), sample="CE6-D.1", slot="BJ-N1-3")
    assert [(step.verb, step.actor, step.reason) for step in history("CE6-D.1")] == [
        ("dissect", "li", ""),
        ("split", "li", ""),
        ("store", "li", "for the night"),
    ]
    flow = mass_flow("CE6-D.1")
    assert [(each.verb, each.mass_ug) for each in flow] == [("dissect", 40_000_000), ("split", -3_003_000)]
    assert dict(flow[1].others) == {"CE6-D.1.1": 1_000_000, "CE6-D.1.2": 2_000_000, "lost:change6": 3_000}
    for sample in Sample.objects.all():
        assert sum(each.mass_ug for each in mass_flow(sample.code)) == sample.mass_ug
    tree = [(relative.generation, relative.code) for relative in family("CE6-D")]
    made = [(1, "CE6-D.1"), (1, "CE6-D.2"), (2, "CE6-D.1.1"), (2, "CE6-D.1.2")]
    assert tree == [(-2, "CE6"), (-1, "CE6.2"), (0, "CE6-D"), *made]
    assert {relative.code for relative in family("CE6")} == set(Sample.objects.values_list("code", flat=True))

    told = detail("CE6-D.1")
    assert (told.site, told.cabinet, told.sample.slot_id, told.frozen) == ("BJ", "BJ-N1", "BJ-N1-3", False)
    assert (told.depths_mm, [portion["id"] for portion in told.origin]) == ((0, 150), ["drill-001", "drill-002"])
    assert [relative.code for relative in told.ancestors] == ["CE6", "CE6.2", "CE6-D"]
    assert told.children[1] == Relative(1, "CE6-D.1.2", "CE6-D.1", "powder", "", 2_000_000, None, "held", 0, 150, None)
    assert (told.history, told.flow) == (history("CE6-D.1"), flow)
    assert (told.loans, told.analyses, told.publications, told.attachments) == ((), (), (), ())
    core = detail("CE6-D")
    assert (core.depths_mm, core.site, len(core.origin), core.sample.mass_ug) == ((0, 2000), None, 20, 0)
    assert mass_flow("CE6")[0].mass_ug == TOTAL_UG


def test_a_sample_that_is_not_there_has_no_page(stocked: str) -> None:
    for ask in (detail, family):
        with pytest.raises(Refused, match="there is no sample 'CE7'"):
            ask("CE7")
