"""The news end to end by the library, as examples/laboratory_story.py tells it, on both databases; where every microgram is at its end."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from farside.curation import loans
from farside.curation.ledger import batch
from farside.curation.models import Analysis, Citation, Event, Loan, Mission, Posting, Proposal, Sample
from farside.curation.samples import origin
from farside.curation.verify import verify
from laboratory import TOTAL_UG

EXAMPLE = Path(__file__).parents[2] / "examples" / "laboratory_story.py"


def story() -> ModuleType:
    spec = importlib.util.spec_from_file_location("laboratory_story", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_story_of_the_news(ledger: str, papers: dict[str, Any]) -> None:
    """From the door to two rounds of loans abroad, a loss, a return, an inventory and a publication; by hand:

    lost are 1.2 mg at the seal, 180 mg by the saw, 10 mg in the sieve and 3.1 mg of a vial; consumed 12.4 mg; the balance showed 4 ug and
    20 ug less than the ledger said; preserved are 20 g and 110 g of the scooped and the drilled below 1500 mm.
    """
    told = story()
    with batch():
        told.tell(papers)
    deepest_ug = sum(p["mass_ug"] for p in papers["portions"] if p["tool"] == "drill" and p["depth_top_mm"] >= 1500)
    account = told.account()
    preserved = {"permanent, here": deepest_ug + 20_000_000, "backup, here": 110_000_000, "public, here": 5_000_000}
    sinks = {"received:change6": -TOTAL_UG, "lost:change6": 194_300, "consumed:change6": 12_400, "correction:change6": 24}
    out_ug = 250_000 + 39_000
    research_ug = TOTAL_UG - sum(preserved.values()) - 194_300 - 12_400 - 24 - out_ug
    assert account == {**preserved, **sinks, "research, here": research_ug, "research, on loan": out_ug}
    assert sum(Posting.objects.values_list("mass_ug", flat=True)) == 0
    report = verify()
    assert report.sound, report.findings
    _things_are_where_they_belong()
    _rounds_and_loans_are_told(told)


def _things_are_where_they_belong() -> None:
    assert Mission.objects.get().closed
    backup = Sample.objects.get(pk="CE6-B")
    assert (backup.slot_id, backup.custodian_id, backup.sealed) == ("SS-V1-1", "wang", True)
    assert {s.slot_id for s in Sample.objects.filter(purpose="permanent")} == {"BJ-N1-1", "BJ-N1-2"}
    for sample in Sample.objects.filter(mass_ug__gt=0):
        assert origin(sample), sample.code
    assert [portion["id"] for portion in origin(Sample.objects.get(pk="CE6-D1-OU"))] == [f"drill-00{i}" for i in range(1, 6)]
    assert {portion["tool"] for portion in origin(Sample.objects.get(pk="CE6-F-2"))} == {"scoop"}
    assert set(Sample.objects.filter(returned=True).values_list("code", flat=True)) == {"CE6-P45-OU", "CE6-F-1"}
    assert list(Sample.objects.filter(air_exposed=True).values_list("code", flat=True)) == ["CE6-F-1"]
    assert not Sample.objects.filter(reserved_ug__gt=0).exists()


def _rounds_and_loans_are_told(told: ModuleType) -> None:
    assert set(Proposal.objects.filter(status="approved", signed_utc="").values_list("code", flat=True)) == {"A-chen"}
    accounts = {loan.code: (loan.returned_ug, loan.consumed_ug, loan.lost_ug, loan.is_open) for loan in Loan.objects.all()}
    assert accounts["L1"] == (484_500, 12_400, 3_100, False)
    assert accounts["L2"] == (41_000, 0, 0, False)
    assert [loan.code for loan in loans.open_loans()] == ["L3", "L4"]
    assert {loan.borrower.country for loan in loans.open_loans()} == {"United Kingdom", "Japan"}
    assert list(loans.overdue(told.day(900))) == [] and len(loans.overdue(told.day(901))) == 2
    assert (Analysis.objects.count(), Citation.objects.get().sample_id) == (2, "CE6-P45-OU")
    assert Event.objects.filter(verb="inventory").count() == 1
