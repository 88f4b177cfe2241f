"""A laboratory at work, made by its verbs: what most tests begin with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farside.curation.ledger import Act

PAPERS = Path(__file__).parent / "reference" / "delivery_change6.json"
TOTAL_UG = 1_535_249_434  # what the papers say
T0 = "2026-01-01T08:00:00.000Z"


def act(by: str = "li", **more: str) -> object:
    """Li Wei acts, the first curator."""
    from farside.curation.ledger import Act

    return Act(by=by, **more)


def furnish() -> None:
    """Found a laboratory and enrol one person of each role (two reviewers and applicants); nothing has come in yet.

    People: li (curator), wang (second curator), zhao and weber (reviewers), smith and ito (applicants), audit (auditor). Sites BJ (primary;
    pristine cabinet BJ-N1, vault BJ-V1, bench BJ-A1 in air) and SS (backup; vault SS-V1), ten slots each, like BJ-N1-1; balance XPR.
    """
    from farside.curation import verbs as v
    from farside.curation.ledger import Act

    li = Act(by="li")
    v.found(Act(by="li", at_utc=None), name="Li Wei", institution="NAOC", site="BJ", site_name="Beijing", country="China")
    people = {
        "wang": ("Wang Fang", "NAOC", ["second_curator"]),
        "zhao": ("Zhao Min", "Peking University", ["reviewer"]),
        "weber": ("Anna Weber", "University of Cologne", ["reviewer"]),
        "smith": ("Jo Smith", "The Open University", ["applicant"]),
        "ito": ("Ken Ito", "Osaka University", ["applicant"]),
        "audit": ("Chen Yu", "Audit Office", ["auditor"]),
    }
    for code, (name, institution, roles) in people.items():
        v.enrol(li, person=code, name=name, institution=institution, roles=roles)
    v.add_site(li, site="SS", name="Shaoshan")
    for cabinet, site, pristine in (("BJ-N1", "BJ", True), ("BJ-V1", "BJ", False), ("BJ-A1", "BJ", False), ("SS-V1", "SS", False)):
        limits = {"oxygen_most_ppb": 10_000, "water_most_ppb": 10_000} if pristine else None
        slots = [f"{cabinet}-{i}" for i in range(1, 11)]
        v.add_cabinet(li, cabinet=cabinet, site=site, name=cabinet, slots=slots, pristine=pristine, limits=limits)
    v.add_balance(li, balance="XPR", name="balance", resolution="10 ug", tolerance="50 mg", certificate="c-1", calibration_due="2099-12-31")


def receive() -> None:
    """After `furnish`: the container has come in, sealed, as CE6."""
    from farside.curation import verbs as v

    furnish()
    v.receive(act(), document=json.loads(PAPERS.read_text(encoding="utf-8")), prefix="CE6")


def stock() -> None:
    """After `receive`: open the container and separate what is in it. Samples: CE6 (the empty container), CE6.1 (gas), CE6.2 (empty
    bulk), CE6-D (core, 554 g), CE6-S (scooped bulk, the rest)."""
    from farside.curation import verbs as v
    from farside.curation.ledger import Act

    receive()
    li = Act(by="li")
    v.sample_gas(li, sample="CE6", volume_mm3=1000, pressure_pa=12, method="needle valve")
    v.unseal(li, sample="CE6")
    v.extract(li, sample="CE6")
    parts = [{"tool": "drill", "mass": "554 g", "code": "CE6-D"}, {"tool": "scoop", "mass": TOTAL_UG - 554_000_000, "code": "CE6-S"}]
    v.separate(li, sample="CE6.2", parts=parts)


def on(day: str, by: str = "li", **more: str) -> Act:
    """Somebody acts on a day, in the morning."""
    from farside.curation.ledger import Act

    return Act(by=by, at_utc=f"{day}T08:00:00.000Z", **more)


def agree() -> None:
    """After `stock`, in 2040 so that days are known: research samples, a call, a proposal of Smith's approved, and the agreement signed.

    Samples: CE6-P (powder, 10 g), CE6-F (fragment, 1.5 g), CE6-T (section, 40 mg), all for research; CE6-K (2 g, permanent, sealed).
    Call C1 (3 January to 3 February) offers 5 g of CE6-P, CE6-F and CE6-T. Proposal SMITH: 1.5 g of CE6-P and CE6-F granted on 6 February,
    signed on the 10th. Proposal ITO asks for 4 g of CE6-P and CE6-T; it has a vote and waits for the decision.
    """
    from farside.curation import verbs as v
    from farside.curation.ledger import writing
    from farside.curation.models import Sample
    from farside.curation.samples import child

    with writing(on("2040-01-02"), "prepare") as entry:
        bulk = entry.get(Sample, "CE6-S")
        for code, form, mass_ug, purpose in (
            ("CE6-P", "powder", 10_000_000, "research"),
            ("CE6-F", "fragment", 1_500_000, "research"),
            ("CE6-T", "section", 40_000, "research"),
            ("CE6-K", "powder", 2_000_000, "permanent"),
        ):
            child(entry, bulk, form=form, mass_ug=mass_ug, code=code, purpose=purpose, sealed=purpose == "permanent")
    v.call(on("2040-01-02"), call="C1", title="first call", opens="2040-01-03", closes="2040-02-03")
    v.offer(on("2040-01-02"), call="C1", samples=[{"sample": "CE6-P", "mass": "5 g"}, {"sample": "CE6-F"}, {"sample": "CE6-T"}])
    asked = [{"sample": "CE6-P", "mass": "2 g"}, {"sample": "CE6-F"}]
    v.apply(on("2040-01-10", "smith"), call="C1", title="Ages", abstract="Ages of basalt.", samples=asked, proposal="SMITH")
    asked = [{"sample": "CE6-P", "mass": "4 g"}, {"sample": "CE6-T"}]
    v.apply(on("2040-01-11", "ito"), call="C1", title="Grains", abstract="Shapes of grains.", samples=asked, proposal="ITO")
    v.review(on("2040-02-04", "weber"), proposal="SMITH", score=4, words="Sound.")
    v.review(on("2040-02-04", "weber"), proposal="ITO", score=3, words="Fair.")
    granted = [{"sample": "CE6-P", "mass": "1.5 g"}, {"sample": "CE6-F"}]
    v.decide(on("2040-02-06"), proposal="SMITH", decision="approve", samples=granted)
    v.sign(on("2040-02-10", "smith"), proposal="SMITH")


def lend() -> None:
    """After `agree`: 1.5 g of CE6-P are out to Smith as CE6-P.1, loan L2040-1, from 1 March 2040 until the same day of 2041."""
    from farside.curation import verbs as v

    v.lend(on("2040-03-01"), proposal="SMITH", sample="CE6-P", due="2041-03-01")
