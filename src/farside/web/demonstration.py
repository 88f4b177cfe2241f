"""A laboratory with a history, to look at: people, loans and results are made up, the delivery is the flight's own.

*Model and limits*: everything is done by verbs, in their order and with their rules; only the days are given, from the hand-over on. The
masses follow from what the papers say. The last call is open today, so that a visitor can apply.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import sin
from typing import Any

from farside.curation import verbs as v
from farside.curation.ledger import Act, batch
from farside.curation.models import Sample
from farside.curation.text import utc_text

PEOPLE = (
    ("li.wei", "Li Wei 李伟", "National laboratory", "China", ["curator"]),
    ("chen.yu", "Chen Yu 陈瑜", "National laboratory", "China", ["curator", "second_curator"]),
    ("wang.fang", "Wang Fang 王芳", "Backup vault", "China", ["second_curator"]),
    ("zhao.min", "Zhao Min 赵敏", "University A", "China", ["reviewer"]),
    ("weber", "Anna Weber", "University B", "Germany", ["reviewer"]),
    ("smith", "Jo Smith", "University C", "United Kingdom", ["applicant"]),
    ("ito", "Ken Ito 伊藤健", "University D", "Japan", ["applicant"]),
    ("audit", "Sun Li 孙丽", "Audit office", "China", ["auditor"]),
)
FIRST = "li.wei"
CORE_MM, INTERVAL_MM, SLOTS = 2000, 200, 24


class _Clock:
    """The days of a history: acts follow one another by minutes, and jump ahead when a new day is told."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self.readings = 0

    def on(self, day: date, hour: int = 9) -> None:
        """Go on to a day; every week until then somebody reads the nitrogen cabinet."""
        until = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        while (week := self.now + timedelta(days=7)) < until:
            self.now = week
            self.read_air()
        self.now = max(self.now + timedelta(minutes=1), until)

    def wait(self, days: int) -> None:
        """Some days pass."""
        self.on((self.now + timedelta(days=days)).date())

    def read_air(self, **other: int) -> None:
        """A reading of the nitrogen cabinet; the numbers wander a little, as made-up ones may."""
        self.readings += 1
        phase = self.readings * 0.7
        read = {
            "oxygen_ppb": round(3_200 + 900 * sin(phase)), "water_ppb": round(4_100 + 1_300 * sin(phase / 3 + 1)),
            "temperature_mk": round(294_000 + 450 * sin(phase / 2)), "pressure_pa": round(420 + 60 * sin(phase / 5)),
        }  # fmt: skip
        v.read_environment(self.act(), cabinet="N1", **read | other)

    def act(self, by: str = FIRST, **more: Any) -> Act:
        self.now += timedelta(minutes=7)
        return Act(by=by, at_utc=utc_text(self.now), **more)


def demonstrate(papers: dict[str, Any], today: date | None = None) -> None:
    """Fill an empty ledger with a history that begins with a delivery; everything or nothing."""
    today = today or datetime.now(UTC).date()
    total = sum(portion["mass_ug"] for portion in papers["portions"])
    handed_over = max([custody["since_utc"] for custody in papers["custody"]], default="2024-06-28T00:00:00.000Z")
    clock = _Clock(datetime.fromisoformat(handed_over) + timedelta(hours=1))
    with batch():
        _found(clock)
        core, soil = _open_container(clock, papers, total)
        stock = _distribute(clock, core, soil)
        _first_round(clock, stock)
        _second_round(clock, stock, today)


def _found(clock: _Clock) -> None:
    v.found(clock.act(), name=PEOPLE[0][1], institution=PEOPLE[0][2], country=PEOPLE[0][3], site="PRI", site_name="Primary vault")
    for code, name, institution, country, roles in PEOPLE[1:]:
        v.enrol(clock.act(), person=code, name=name, institution=institution, country=country, roles=roles)
    v.add_site(clock.act(), site="SEC", name="Backup vault in another province", kind="backup")
    nitrogen = {"oxygen_most_ppb": 10_000, "water_most_ppb": 10_000, "pressure_least_pa": 100, "pressure_most_pa": 900}
    for cabinet, site, name, pristine in (
        ("N1", "PRI", "nitrogen cabinet 1", True), ("V1", "PRI", "vault 1", False), ("A1", "PRI", "bench in air", False),
        ("B1", "SEC", "vault", False),
    ):  # fmt: skip
        slots = [f"{cabinet}-{i:02d}" for i in range(1, SLOTS + 1)]
        v.add_cabinet(
            clock.act(), cabinet=cabinet, site=site, name=name, slots=slots, pristine=pristine, limits=nitrogen if pristine else None
        )
    v.add_balance(
        clock.act(), balance="BAL1", name="analytical balance", resolution="10 ug", tolerance="20 mg", certificate="cal-2024-17",
        calibration_due="2099-12-31",
    )  # fmt: skip


def _open_container(clock: _Clock, papers: dict[str, Any], total_ug: int) -> tuple[str, str]:
    """Receive, draw gas, unseal, weigh, extract, separate: the codes of core and soil."""
    v.receive(clock.act(), document=papers, prefix="CE6")
    v.sample_gas(clock.act(), sample="CE6", volume_mm3=2000, pressure_pa=8, method="needle into the head space")
    clock.read_air()
    clock.wait(days=3)
    v.unseal(clock.act(), sample="CE6", atmosphere="nitrogen")
    measured = round(total_ug + 3_140, -1)
    v.weigh(clock.act(), sample="CE6", balance="BAL1", gross=measured + 812_400_000, tare=812_400_000)
    v.extract(clock.act(), sample="CE6", lost=1_200)
    drilled = sum(portion["mass_ug"] for portion in papers["portions"] if portion["tool"] == "drill")
    scooped = measured - 1_200 - drilled
    parts = [{"tool": "drill", "mass": drilled, "code": "CE6-D"}, {"tool": "scoop", "mass": scooped, "code": "CE6-S"}]
    v.separate(clock.act(), sample="CE6.2", parts=parts)
    return "CE6-D", "CE6-S"


def _distribute(clock: _Clock, core: str, soil: str) -> dict[str, str]:
    """Dissect the core, divide the soil, give purposes, store at both sites; the codes by what they are for."""
    clock.wait(days=20)
    intervals = _intervals(core)
    v.dissect(clock.act(), sample=core, intervals=intervals)
    whole, shares = _mass(soil), {"permanent": 12, "backup": 12, "research": 62, "public": 6}  # percent; the rest stays with the soil
    codes = {name: f"{soil}-{name[:3].upper()}" for name in shares}
    parts = [{"mass": whole * share // 100, "code": codes[name], "title": f"scooped soil, {name}"} for name, share in shares.items()]
    v.split(clock.act(), sample=soil, parts=parts, lost=2_500)
    kept = {intervals[i]["code"]: purpose for i, purpose in ((3, "permanent"), (6, "backup"))}
    purposes = {code: name for name, code in codes.items()} | kept
    rest = {row["code"]: "research" for row in intervals if row["code"] not in kept}
    for code, purpose in {**purposes, **rest, soil: "research"}.items():
        if purpose in ("permanent", "backup"):
            v.seal(clock.act(), sample=code, vessel="quartz glass, welded")
        v.assign_purpose(clock.act(), sample=code, purpose=purpose)
    _store(clock, purposes | rest | {soil: "research"})
    v.close_allocation(clock.act(), mission=_mission(soil))
    return {**codes, "fragment": _fragments(clock, codes["research"]), "interval": intervals[0]["code"], "soil": soil}


def _intervals(core: str) -> list[dict[str, Any]]:
    """The core in equal lengths, whose masses are whole micrograms and sum to the core's."""
    mass, count = _mass(core), CORE_MM // INTERVAL_MM
    cut = [mass * i // count for i in range(count + 1)]
    return [
        {"top_mm": i * INTERVAL_MM, "bottom_mm": (i + 1) * INTERVAL_MM, "mass": cut[i + 1] - cut[i], "code": f"{core}-{i + 1:02d}"}
        for i in range(count)
    ]


def _store(clock: _Clock, purposes: dict[str, str]) -> None:
    """Permanent samples in the vault, the backup taken over at the other site, the rest in the nitrogen cabinet."""
    slots = {cabinet: iter([f"{cabinet}-{i:02d}" for i in range(1, SLOTS + 1)]) for cabinet in ("N1", "V1", "B1")}
    for code, purpose in purposes.items():
        if purpose != "backup":
            v.store(clock.act(), sample=code, slot=next(slots["V1" if purpose == "permanent" else "N1"]))
    clock.wait(days=9)
    backups = [code for code, purpose in purposes.items() if purpose == "backup"]
    for code in backups:
        v.hand_over(clock.act(), sample=code, to="wang.fang")
    clock.wait(days=1)
    for code in backups:
        v.back_up(clock.act("wang.fang"), sample=code, slot=next(slots["B1"]))
    v.take_stock(clock.act("wang.fang"), cabinet="B1", scanned=[{"sample": code} for code in backups])


def _fragments(clock: _Clock, powder: str) -> str:
    """A fragment picked from the soil, and a thin section of it; the code of the section."""
    v.split(
        clock.act(), sample=powder, parts=[{"mass": "412.5 mg", "form": "fragment", "code": f"{powder}-F1", "title": "basalt fragment"}]
    )
    v.section(
        clock.act(),
        sample=f"{powder}-F1",
        sections=[{"mass": "38.2 mg", "code": f"{powder}-TS1", "title": "polished section"}],
        lost="12.4 mg",
    )
    return f"{powder}-TS1"


def _first_round(clock: _Clock, stock: dict[str, str]) -> None:
    """A call, two proposals, votes and a conflict, loans, results, a loss, a return and an inventory."""
    opens = date(clock.now.year, 11, 5)
    clock.on(opens)
    v.call(clock.act(), call="R1", title="First call for proposals", opens=opens, closes=opens + timedelta(days=17))
    offered = [{"sample": stock["research"], "mass": "20 g"}, {"sample": stock["fragment"]}, {"sample": stock["interval"], "mass": "2 g"}]
    v.offer(clock.act(), call="R1", samples=offered)
    clock.on(opens + timedelta(days=6))
    v.apply(clock.act("smith"), call="R1", proposal="R1-P1", title="Age of the basalts of the south-eastern Apollo basin",
            abstract="Pb-Pb and Rb-Sr ages of single fragments; destructive of at most 150 mg.",
            samples=[{"sample": stock["research"], "mass": "500 mg"}, {"sample": stock["fragment"]}])  # fmt: skip
    v.apply(clock.act("ito"), call="R1", proposal="R1-P2", title="Water in agglutinates by depth", abstract="NanoSIMS of glass rims.",
            samples=[{"sample": stock["research"], "mass": "200 mg"}, {"sample": stock["interval"], "mass": "300 mg"}])  # fmt: skip
    clock.on(opens + timedelta(days=40))
    v.review(clock.act("zhao.min"), proposal="R1-P1", score=5, words="The question that the samples were brought for.")
    v.review(clock.act("weber"), proposal="R1-P1", conflict=True, words="We publish together.")
    v.review(clock.act("zhao.min"), proposal="R1-P2", score=4, words="Sound; the depths are what makes it new.")
    v.review(clock.act("weber"), proposal="R1-P2", score=4, words="Well prepared.")
    clock.on(opens + timedelta(days=75))
    v.decide(
        clock.act(),
        proposal="R1-P1",
        decision="approve",
        samples=[{"sample": stock["research"], "mass": "400 mg"}, {"sample": stock["fragment"]}],
    )
    v.decide(clock.act(), proposal="R1-P2", decision="approve", samples=[{"sample": stock["research"]}, {"sample": stock["interval"]}])
    for person, proposal in (("smith", "R1-P1"), ("ito", "R1-P2")):
        v.sign(clock.act(person), proposal=proposal)
    _lend_and_return(clock, stock)


def _lend_and_return(clock: _Clock, stock: dict[str, str]) -> None:
    clock.wait(days=5)
    due = clock.now.date() + timedelta(days=360)
    v.take_out(clock.act(), sample=stock["fragment"]) if _slot(stock["fragment"]) else None
    v.lend(clock.act(), proposal="R1-P1", sample=stock["research"], due=due, loan="L1", code="CE6-L1")
    v.lend(clock.act(), proposal="R1-P1", sample=stock["fragment"], due=due, loan="L2")
    v.lend(clock.act(), proposal="R1-P2", sample=stock["research"], due=due, loan="L3", code="CE6-L3")
    v.lend(clock.act(), proposal="R1-P2", sample=stock["interval"], due=due, loan="L4", code="CE6-L4")
    clock.wait(days=50)
    _torn_glove(clock)
    clock.wait(days=40)
    v.analyse(clock.act("smith"), sample="CE6-L1", method="Pb-Pb dating by SIMS", laboratory="University C",
              values=[{"name": "age", "value": "2830", "uncertainty": "5", "unit": "Ma"}], destructive=True, consumed="120 mg")  # fmt: skip
    v.lose_on_loan(clock.act("ito"), loan="L3", mass="1.8 mg", words="Swept off the mount by static charge.")
    clock.wait(days=60)
    v.publish(clock.act("smith"), doi="10.5555/demonstration.1", title="A young mare on the far side (made up)",
              authors="J. Smith and others", samples=["CE6-L1", stock["fragment"]])  # fmt: skip
    clock.wait(days=120)
    v.return_loan(clock.act(), loan="L1", weighed={"balance": "BAL1", "gross": 13_279_990, "tare": 13_000_000})
    v.inventory(clock.act("ito"), loans=[{"loan": "L3"}, {"loan": "L4"}])
    v.analyse(clock.act("ito"), sample="CE6-L4", method="water by NanoSIMS", laboratory="University D",
              values=[{"name": "H2O in glass rims", "value": "116", "uncertainty": "9", "unit": "ug/g"}])  # fmt: skip
    clock.wait(days=60)
    v.inventory(clock.act("smith"), loans=[{"loan": "L2"}])
    v.return_loan(clock.act(), loan="L2", mass="38.2 mg", words="Back in its box.")
    v.return_loan(clock.act(), loan="L4", mass="300 mg")


def _torn_glove(clock: _Clock) -> None:
    """Air comes into the nitrogen cabinet: an alarm, a freeze, and its end by two people; then everything in it is counted."""
    clock.read_air(oxygen_ppb=14_800, water_ppb=12_600)
    clock.now += timedelta(hours=6)
    clock.read_air()
    v.unfreeze(clock.act(second="chen.yu", reason="Left glove torn and replaced; no sample was open."), cabinet="N1")
    lying = Sample.objects.filter(slot__cabinet="N1").values_list("code", "slot_id")
    v.take_stock(clock.act(), cabinet="N1", scanned=[{"sample": code, "slot": slot} for code, slot in lying])


def _second_round(clock: _Clock, stock: dict[str, str], today: date) -> None:
    """A call that is open today."""
    opens = max(today - timedelta(days=9), clock.now.date())
    clock.on(opens, hour=0)
    v.call(clock.act(), call="R2", title="Second call for proposals", opens=opens, closes=opens + timedelta(days=30))
    v.offer(clock.act(), call="R2", samples=[{"sample": stock["research"], "mass": "10 g"}, {"sample": stock["public"], "mass": "5 g"}])
    v.apply(clock.act("ito"), call="R2", proposal="R2-P1", title="Solar wind in the topmost grains",
            abstract="Helium and neon by step heating.", samples=[{"sample": stock["research"], "mass": "1 g"}])  # fmt: skip
    v.review(clock.act("zhao.min"), proposal="R2-P1", score=3, words="Interesting; the mass asked for is large.")


def _mass(code: str) -> int:
    return int(Sample.objects.values_list("mass_ug", flat=True).get(pk=code))


def _slot(code: str) -> str | None:
    slot: str | None = Sample.objects.values_list("slot_id", flat=True).get(pk=code)
    return slot


def _mission(code: str) -> str:
    return str(Sample.objects.values_list("mission_id", flat=True).get(pk=code))
