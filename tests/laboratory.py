"""A laboratory at work, made by its verbs: what most tests begin with."""

from __future__ import annotations

import json
from pathlib import Path

PAPERS = Path(__file__).parent / "reference" / "delivery_change6.json"
TOTAL_UG = 1_535_249_434  # what the papers say
T0 = "2026-01-01T08:00:00.000Z"


def act(by: str = "li", **more: str) -> object:
    """Li Wei acts, the first curator."""
    from farside.curation.ledger import Act

    return Act(by=by, **more)


def stock() -> None:
    """Found a laboratory, enrol one person of each role (two reviewers and applicants), receive the container and separate it.

    People: li (curator), wang (second curator), zhao and weber (reviewers), smith and ito (applicants), audit (auditor). Sites BJ (primary;
    pristine cabinet BJ-N1, vault BJ-V1, bench BJ-A1 in air) and SS (backup; vault SS-V1), ten slots each, like BJ-N1-1. Samples: CE6 (the
    empty container), CE6.1 (gas), CE6.2 (empty bulk), CE6-D (core, 554 g), CE6-S (scooped bulk, the rest); balance XPR.
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
    v.receive(li, document=json.loads(PAPERS.read_text(encoding="utf-8")), prefix="CE6")
    v.sample_gas(li, sample="CE6", volume_mm3=1000, pressure_pa=12, method="needle valve")
    v.unseal(li, sample="CE6")
    v.extract(li, sample="CE6")
    parts = [{"tool": "drill", "mass": "554 g", "code": "CE6-D"}, {"tool": "scoop", "mass": TOTAL_UG - 554_000_000, "code": "CE6-S"}]
    v.separate(li, sample="CE6.2", parts=parts)
