"""The story of the laboratory: a flight's container is opened, its sample separated, stored, backed up, lent in two rounds, accounted for.

    python examples/laboratory_story.py [delivery.json] [LEDGER]

The papers are those that a flight of Chang'e-6 left (`farside fly missions/change6.toml`); unless a ledger is named one is made in a
temporary folder. Needs the extra `lab`. The people and what they find are made up.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from farside.curation import database

database.set_up()  # before the tables are imported

from django.db.models import Sum  # noqa: E402

from farside.curation import verbs as v  # noqa: E402
from farside.curation.ledger import Act, Refused, head  # noqa: E402
from farside.curation.models import Event, Posting, Sample  # noqa: E402
from farside.curation.verify import verify  # noqa: E402

PAPERS = Path(__file__).parents[1] / "tests" / "reference" / "delivery_change6.json"
INTERVALS_MM = (500, 1000, 1500, 2000)
PEOPLE = {
    "wang": ("Wang Fang", "Hunan University", "China", "second_curator"),
    "zhao": ("Zhao Min", "Peking University", "China", "reviewer"),
    "weber": ("Anna Weber", "University of Cologne", "Germany", "reviewer"),
    "chen": ("Chen Yu", "Peking University", "China", "applicant"),
    "ito": ("Ken Ito", "Osaka University", "Japan", "applicant"),
    "smith": ("Jo Smith", "The Open University", "United Kingdom", "applicant"),
}


def day(number: int) -> date:
    """A day of the story, counted from the one on which the ledger was made: no event is before that."""
    return date.fromisoformat(Event.objects.get(number=0).at_utc[:10]) + timedelta(days=number)


def on(number: int, by: str = "li") -> Any:
    """Somebody acts on a day, in the morning; Li Wei is the curator."""
    return Act(by=by, at_utc=f"{day(number)}T08:00:00.000Z")


def found_laboratory(papers: dict[str, Any]) -> None:
    """People, two sites with their vaults, and a balance."""
    act = on(1)
    v.found(act, name="Li Wei", institution="NAOC", country="China", site="BJ", site_name="Beijing")
    for person, (name, institution, country, role) in PEOPLE.items():
        v.enrol(act, person=person, name=name, institution=institution, country=country, roles=[role])
    v.add_site(act, site="SS", name="Shaoshan")
    for cabinet, site in (("BJ-N1", "BJ"), ("BJ-V1", "BJ"), ("SS-V1", "SS")):
        slots = [f"{cabinet}-{i}" for i in range(1, 5)]
        v.add_cabinet(act, cabinet=cabinet, site=site, name=cabinet, slots=slots, pristine=cabinet == "BJ-N1")
    v.add_balance(act, balance="XPR", name="balance", resolution="10 ug", tolerance="1 mg", certificate="A-17", calibration_due=day(1400))


def open_container(papers: dict[str, Any]) -> None:
    """Receive, sample the head space, unseal, extract, weigh, separate the scooped from the drilled."""
    v.receive(on(2), document=papers, prefix="CE6")
    v.sample_gas(on(12), sample="CE6", volume_mm3=1000, pressure_pa=12, method="needle valve")
    v.unseal(on(14), sample="CE6", atmosphere="nitrogen")
    v.extract(on(14), sample="CE6", lost="1.2 mg", words="Dust on the seal.")
    content_ug = Sample.objects.get(pk="CE6.2").mass_ug
    measured_ug = content_ug // 10 * 10
    v.weigh(on(15), sample="CE6.2", balance="XPR", gross=measured_ug + 250_000_000, tare="250 g")
    drilled_ug = sum(portion["mass_ug"] for portion in papers["portions"] if portion["tool"] == "drill")
    scooped = {"tool": "scoop", "mass": measured_ug - drilled_ug, "code": "CE6-S"}
    v.separate(on(19), sample="CE6.2", parts=[{"tool": "drill", "mass": drilled_ug, "code": "CE6-D"}, scooped])


def dissect_core(papers: dict[str, Any]) -> None:
    """Four intervals by depth, each with the mass that its portions have in the papers."""
    intervals, top_mm = [], 0
    for number, bottom_mm in enumerate(INTERVALS_MM, 1):
        inside = (p["mass_ug"] for p in papers["portions"] if p["tool"] == "drill" and top_mm <= p["depth_top_mm"] < bottom_mm)
        intervals.append({"top_mm": top_mm, "bottom_mm": bottom_mm, "mass": sum(inside), "code": f"CE6-D{number}"})
        top_mm = bottom_mm
    v.dissect(on(35), sample="CE6-D", intervals=intervals)


def keep_and_back_up(papers: dict[str, Any]) -> None:
    """The deepest interval and 20 g of the scooped are kept for good, sealed; 110 g go to the second site; 5 g are for the public, the rest
    for research."""
    act = on(55)
    parts = [{"mass": "20 g", "code": "CE6-K"}, {"mass": "110 g", "code": "CE6-B"}, {"mass": "5 g", "code": "CE6-E"}]
    v.split(act, sample="CE6-S", parts=parts)
    for sample, purpose, slot in (("CE6-D4", "permanent", "BJ-N1-1"), ("CE6-K", "permanent", "BJ-N1-2"), ("CE6-B", "backup", "")):
        v.seal(act, sample=sample, vessel="glass, PTFE and steel")
        v.assign_purpose(act, sample=sample, purpose=purpose)
        if slot:
            v.store(act, sample=sample, slot=slot)
    for sample in ("CE6-D1", "CE6-D2", "CE6-D3", "CE6-S"):
        v.assign_purpose(act, sample=sample, purpose="research")
    v.assign_purpose(act, sample="CE6-E", purpose="public")
    v.close_allocation(act, mission="change6")
    v.hand_over(act, sample="CE6-B", to="wang")
    v.back_up(on(62, "wang"), sample="CE6-B", slot="SS-V1-1")


def prepare(papers: dict[str, Any]) -> None:
    """A fragment sawn into two thin sections, and scooped soil sieved."""
    act = on(75)
    v.split(act, sample="CE6-S", parts=[{"mass": "2.5 g", "form": "fragment", "code": "CE6-F"}, {"mass": "30 g", "code": "CE6-P"}])
    v.section(act, sample="CE6-F", sections=[{"mass": "41 mg", "code": "CE6-F-1"}, {"mass": "39 mg", "code": "CE6-F-2"}], lost="180 mg")
    fractions = [{"grain_most_um": 45, "mass": "21.3 g", "code": "CE6-P45"}, {"grain_most_um": 250, "mass": "8.69 g", "code": "CE6-P250"}]
    v.sieve(act, sample="CE6-P", fractions=fractions, lost="10 mg")


def first_round(papers: dict[str, Any]) -> None:
    """Three apply; one reviewer has a conflict; two sign, one grant lapses; soil goes to England and a thin section to Japan."""
    v.call(on(125), call="A", title="First call", opens=day(130), closes=day(147))
    offered = [{"sample": "CE6-P45", "mass": "2 g"}, {"sample": "CE6-F-1"}, {"sample": "CE6-D1", "mass": "1 g"}]
    v.offer(on(125), call="A", samples=offered)
    for by, title, sample, mass in (
        ("smith", "Ages of far-side basalt", "CE6-P45", "800 mg"),
        ("ito", "Space weathering of a fragment", "CE6-F-1", None),
        ("chen", "Water along the core", "CE6-D1", "300 mg"),
    ):
        v.apply(on(145, by), call="A", title=title, abstract=title, samples=[{"sample": sample, "mass": mass}], proposal=f"A-{by}")
    for by in ("smith", "ito", "chen"):
        v.review(on(157, "weber"), proposal=f"A-{by}", score=4, words="Sound, and the mass is what it takes.")
    v.review(on(158, "zhao"), proposal="A-chen", conflict=True, words="A colleague.")
    v.review(on(158, "zhao"), proposal="A-smith", score=5, words="Nobody has dated this basalt.")
    v.decide(on(164), proposal="A-smith", decision="approve", samples=[{"sample": "CE6-P45", "mass": "500 mg"}])
    v.decide(on(164), proposal="A-ito", decision="approve", samples=[{"sample": "CE6-F-1"}])
    v.decide(on(164), proposal="A-chen", decision="approve", samples=[{"sample": "CE6-D1"}])
    v.sign(on(171, "smith"), proposal="A-smith")
    v.sign(on(175, "ito"), proposal="A-ito")
    v.release(on(190), proposal="A-chen")
    v.lend(on(200), proposal="A-smith", sample="CE6-P45", due=day(530), code="CE6-P45-OU", loan="L1")
    v.lend(on(200), proposal="A-ito", sample="CE6-F-1", due=day(565), loan="L2")


def work_on_loans(papers: dict[str, Any]) -> None:
    """An analysis that consumes, a loss, an inventory, a return by the balance, and a publication."""
    age = {"name": "age", "value": "2807", "uncertainty": "3", "unit": "Ma"}
    told = {"sample": "CE6-P45-OU", "method": "SIMS Pb-Pb", "laboratory": "The Open University"}
    v.analyse(on(278, "smith"), values=[age], destructive=True, consumed="12.4 mg", **told)
    v.lose_on_loan(on(347, "smith"), loan="L1", mass="3.1 mg", words="A vial broke in the glove box.")
    v.analyse(on(367, "ito"), sample="CE6-F-1", method="TEM", laboratory="Osaka University")
    v.publish(on(460, "smith"), doi="10.1000/farside.2025.17", title="A far-side basalt", authors="Smith J.", samples=["CE6-P45-OU"])
    weighed = {"balance": "XPR", "gross": "1.48448 g", "tare": "1 g"}
    v.return_loan(on(510), loan="L1", weighed=weighed)
    v.inventory(on(560, "ito"), loans=[{"loan": "L2"}])


def second_round(papers: dict[str, Any]) -> None:
    """Drilled soil goes out to Smith, who has returned all, but not to Ito, who is late; then the section comes back and Ito is next."""
    v.call(on(562), call="B", title="Second call", opens=day(562), closes=day(580))
    v.offer(on(562), call="B", samples=[{"sample": "CE6-D1", "mass": "1 g"}, {"sample": "CE6-F-2"}])
    for by, title, sample, mass in (("smith", "Ages along the core", "CE6-D1", "250 mg"), ("ito", "A second section", "CE6-F-2", None)):
        v.apply(on(575, by), call="B", title=title, abstract=title, samples=[{"sample": sample, "mass": mass}], proposal=f"B-{by}")
    for by in ("smith", "ito"):
        v.review(on(583, "weber"), proposal=f"B-{by}", score=4, words="It follows from the first.")
    for by, sample in (("smith", "CE6-D1"), ("ito", "CE6-F-2")):
        v.decide(on(587), proposal=f"B-{by}", decision="approve", samples=[{"sample": sample}])
    for by in ("smith", "ito"):
        v.sign(on(590, by), proposal=f"B-{by}")
    v.lend(on(595), proposal="B-smith", sample="CE6-D1", due=day(900), code="CE6-D1-OU", loan="L3")
    try:
        v.lend(on(595), proposal="B-ito", sample="CE6-F-2", due=day(900))
    except Refused as refusal:
        print(f"refused: {refusal}")
    v.return_loan(on(600), loan="L2", mass="41 mg", exposed=True)
    v.lend(on(601), proposal="B-ito", sample="CE6-F-2", due=day(900), loan="L4")


def account() -> dict[str, int]:
    """Where every microgram is: what each purpose has here, what is out, and what went into each sink."""

    samples = Sample.objects.filter(mass_ug__gt=0).values_list("purpose", "status").annotate(Sum("mass_ug")).order_by("purpose", "status")
    masses = {f"{purpose}, {'on loan' if status == 'on_loan' else 'here'}": mass_ug for purpose, status, mass_ug in samples}
    sinks = Posting.objects.filter(account__contains=":").values_list("account").annotate(Sum("mass_ug")).order_by("account")
    return {**masses, **dict(sinks)}


CHAPTERS: tuple[tuple[str, Callable[[dict[str, Any]], None]], ...] = (
    ("the laboratory is founded", found_laboratory),
    ("the container is received and opened, scooped and drilled are separated", open_container),
    ("the core is dissected", dissect_core),
    ("purposes, vaults, and the copy at the second site", keep_and_back_up),
    ("thin sections and sieved soil are prepared", prepare),
    ("first round", first_round),
    ("work on loans: an analysis, a loss, a publication, a return, an inventory", work_on_loans),
    ("second round", second_round),
)


def tell(papers: dict[str, Any]) -> None:
    """The whole story, a line a chapter."""
    for title, chapter in CHAPTERS:
        first = head().number + 1
        chapter(papers)
        print(f"events {first:3} to {head().number:3}: {title}")


def main(papers: Path = PAPERS, ledger: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database.create(ledger or str(Path(folder) / "lab.sqlite3"))
        tell(json.loads(papers.read_text(encoding="utf-8")))
        for name, mass_ug in account().items():
            print(f"{name:26}{mass_ug:15,} ug")
        report = verify()
        print(f"{'sum':26}{sum(account().values()):15,} ug; {report.events} events, {'sound' if report.sound else report.findings}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]), *sys.argv[2:3])
