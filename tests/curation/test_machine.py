"""Any sequence of verbs, lawful or not, keeps every microgram of 1935.3 g: a chain that verifies, and a plain laboratory that agrees."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from farside import delivery
from farside.curation import database, text
from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, head
from farside.curation.models import Allocation, Cabinet, Loan, Posting, Sample
from farside.curation.verify import verify
from laboratory import PAPERS, furnish
from plain_laboratory import Grant, Out, PlainLaboratory, Thing

TWO = {"second": "wang", "reason": "agreed"}
TOTAL_UG = 1_935_300_000  # 1935.3 g, what Chang'e-6 brought home
PORTIONS = (("drill-1", 0, 500, 300_000_000), ("drill-2", 500, 1200, 254_000_001), ("scoop-1", 0, 30, 1_381_299_999))  # mm, mm, ug
APART = {"found", "enrol", "add_site", "add_cabinet", "add_balance", "calibrate", "attach"}
"""Verbs that make people, places and papers, and hold no thing: no part of the machine."""

ALLOWED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53 - 1), 2**53 - 1)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(min_codepoint=1, max_codepoint=127)), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(ALLOWED)
def test_the_canonical_text_is_that_of_the_delivery(value: Any) -> None:
    """Two writers of RFC 8785, made apart."""
    assert text.canonical(value) == delivery.canonical(value).decode("utf-8")
    assert text.is_canonical(text.canonical(value))


def test_what_is_nested_too_deep_has_no_text_and_is_no_crash() -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(text.TextError, match="limit"):
        text.canonical(deep)
    assert not text.is_canonical("[" * 5000)
    assert not text.is_canonical("[" * 300 + "]" * 300)


def papers() -> dict[str, Any]:
    """The papers of a container with 1935.3 g."""
    flown = json.loads(PAPERS.read_text(encoding="utf-8"))
    collected = flown["portions"][0]["collected_utc"]
    portions = [
        {"id": name, "tool": name.partition("-")[0], "mass_ug": mass, "depth_top_mm": top, "depth_bottom_mm": bottom,
         "collected_utc": collected, "site": "landing"}
        for name, top, bottom, mass in PORTIONS
    ]  # fmt: skip
    return delivery.document_of(delivery.compose("change6", flown["flight_digest"], flown["container"], portions, flown["custody"]))


class Laboratory:
    """The ledger in use and the plain laboratory, side by side; a verb is done in both, or in neither."""

    def __init__(self) -> None:
        self.plain = PlainLaboratory()
        self.day = date(2040, 1, 2)
        self.taken, self.refused = Counter[str](), Counter[str]()
        self.codes = 0

    def act(self, by: str = "li", **more: Any) -> Act:
        return Act(by=by, at_utc=f"{self.day}T08:00:00.000Z", **more)

    def new(self) -> str:
        """A code that was not given yet."""
        self.codes += 1
        return f"N{self.codes}"

    def do(self, verb: str, act: Act | None = None, **arguments: Any) -> bool:
        """Whether a verb was taken; one that is refused has changed nothing."""
        act, before = act or self.act(), head()
        try:
            event = getattr(v, verb)(act, **arguments)
        except Refused:
            self.refused[verb] += 1
            assert (head().number, head().hash) == (before.number, before.hash)
            return False
        self.taken[verb] += 1
        assert event.number == before.number + 1
        self.plain.take(verb, act, event, arguments)
        return True

    def must(self, verb: str, act: Act | None = None, **arguments: Any) -> None:
        assert self.do(verb, act, **arguments), f"{verb} {arguments} is lawful"

    def check(self) -> None:
        """Things, loans, grants and sinks are the plain ones; masses add up; things are where they belong."""
        plain = self.plain
        held = {row[0]: Thing(*row[1:]) for row in Sample.objects.values_list("code", *SAMPLE_COLUMNS)}
        assert held == plain.things
        assert {row[0]: Out(*row[1:]) for row in Loan.objects.values_list("code", *LOAN_COLUMNS)} == plain.loans
        grants = Allocation.objects.values_list("proposal", "sample", "asked_ug", "granted_ug", "status")
        assert {row[:2]: Grant(*row[2:]) for row in grants} == plain.grants
        assert {cabinet.code for cabinet in Cabinet.objects.filter(frozen=True)} == plain.frozen
        posted = Counter[str]()
        for account, mass_ug in Posting.objects.filter(account__contains=":").values_list("account", "mass_ug"):
            posted[account] += mass_ug
        assert {account: mass for account, mass in posted.items() if mass} == {a: mass for a, mass in plain.sinks.items() if mass}
        for mission in {thing.mission for thing in held.values()}:
            there = sum(thing.mass for thing in held.values() if thing.mission == mission)
            gone = sum(mass for account, mass in posted.items() if account.endswith(f":{mission}"))
            assert there + gone == 0
        assert posted["received:change6"] in (0, -TOTAL_UG)
        self._rules(held)

    def _rules(self, held: dict[str, Thing]) -> None:
        reserved = Counter[str]()
        for (_, sample), grant in self.plain.grants.items():
            reserved[sample] += grant.granted if grant.status == "reserved" else 0
        out = Counter(loan.sample for loan in self.plain.loans.values() if loan.is_open)
        for code, thing in held.items():
            assert 0 <= thing.reserved <= thing.mass
            assert thing.reserved == reserved[code]
            assert out[code] == (thing.status == "on_loan")
            assert thing.status != "retired" or (thing.mass, thing.slot, thing.custodian) == (0, None, None)
            if thing.slot and thing.purpose in ("permanent", "backup"):
                assert thing.sealed
                assert thing.slot.startswith("BJ" if thing.purpose == "permanent" else "SS")
            assert not ((thing.slot or "").startswith("BJ-N1") and (thing.air or thing.returned)), "the cabinet is for pristine samples"
        slots = [thing.slot for thing in held.values() if thing.slot]
        assert len(slots) == len(set(slots))
        for loan in self.plain.loans.values():
            assert loan.is_open or loan.returned + loan.consumed + loan.lost == loan.lent

    def begin(self, far: int) -> None:
        """The container is here (0), opened (1), prepared (2), distributed (3)."""
        self.must("receive", document=papers(), prefix="CE6")
        for step in (self.open_up, self.prepare, self.distribute)[:far]:
            step()

    def open_up(self) -> None:
        """The container is unsealed, emptied, and what was drilled is taken from what was scooped."""
        self.must("sample_gas", sample="CE6", volume_mm3=1_000, pressure_pa=12)
        self.must("unseal", sample="CE6")
        self.must("extract", sample="CE6", lost=1_200)
        rest = TOTAL_UG - 1_200 - 554_000_001
        parts = [{"tool": "drill", "mass": 554_000_001, "code": "D"}, {"tool": "scoop", "mass": rest - 7, "code": "S"}]
        self.must("separate", sample="CE6.2", parts=parts, lost=7)
        self.plain.depths["D"] = 0, 1200

    def prepare(self) -> None:
        """Powder P, fragment F and section T for research, offered in a call that is open; Q and R are to be permanent and backup."""
        masses = {"P": 10_000_000, "F": 1_500_000, "Q": 3_000_000, "R": 2_000_000}
        parts = [{"mass": mass, "code": code, "form": "fragment" if code == "F" else "powder"} for code, mass in masses.items()]
        self.must("split", sample="S", parts=parts, lost=11)
        for code in ("P", "F"):
            self.must("assign_purpose", sample=code, purpose="research")
        self.must("section", sample="P", sections=[{"mass": 40_000, "code": "T"}], lost=3)
        self.must("call", call="C1", title="call", opens="2040-01-01", closes="2050-01-01")
        offered = [{"sample": "P", "mass": 5_000_000}, {"sample": "F", "mass": 1_500_000}, {"sample": "T", "mass": 40_000}]
        self.must("offer", call="C1", samples=offered)

    def distribute(self) -> None:
        """2 g of the powder are out to Smith, loan OUT, as OUT-1; the fragment is reserved."""
        asked = [{"sample": "P", "mass": 3_000_000}, {"sample": "F", "mass": 1_500_000}]
        self.must("apply", self.act("smith"), call="C1", title="Ages", abstract="Ages.", samples=asked, proposal="A1")
        self.must("review", self.act("weber"), proposal="A1", score=4, words="Sound.")
        granted = [{"sample": "P", "mass": 2_000_000}, {"sample": "F", "mass": 1_500_000}]
        self.must("decide", proposal="A1", decision="approve", samples=granted)
        self.must("sign", self.act("smith"), proposal="A1")
        self.must("lend", proposal="A1", sample="P", due=str(self.day + timedelta(days=200)), loan="OUT", code="OUT-1")


SAMPLE_COLUMNS = ("mass_ug", "form", "mission", "purpose", "sealed", "air_exposed", "returned", "slot", "custodian", "offered_to",
                  "status", "reserved_ug")  # fmt: skip
LOAN_COLUMNS = ("sample", "borrower", "lent_ug", "returned_ug", "consumed_ug", "lost_ug", "is_open")


@pytest.fixture
def fresh(store: Any) -> Iterator[Callable[[], str]]:
    """Puts a furnished laboratory in use, into which nothing has come yet: another one each time."""
    store.template("empty", None, None)
    store.template("furnished", furnish, "empty")

    def use() -> str:
        address: str = store.copy("furnished")
        database.use(address)
        return address

    yield use
    connection.close()


STORY: list[tuple[str, str, dict[str, Any]]] = [
    ("consume", "li", {"sample": "S", "mass": 1_000, "method": "acid"}),
    ("weigh", "li", {"sample": "Q", "balance": "XPR", "gross": 13_000_010, "tare": 10_000_000}),
    ("weigh", "li", {"sample": "Q", "balance": "XPR", "gross": 13_100_000, "tare": 10_000_000}),  # an alarm
    ("weigh", "li", {"sample": "Q", "balance": "XPR", "gross": 13_100_000, "tare": 10_000_000, "accept": True}),
    ("seal", "li", {"sample": "Q", "vessel": "V7"}),
    ("assign_purpose", "li", {"sample": "Q", "purpose": "permanent"}),
    ("store", "li", {"sample": "Q", "slot": "BJ-V1-1"}),
    ("take_stock", "audit", {"cabinet": "BJ-V1", "scanned": [{"sample": "Q", "slot": "BJ-V1-2"}]}),
    ("take_out", "li", {"sample": "Q"}),
    ("seal", "li", {"sample": "R", "vessel": "V8"}),
    ("assign_purpose", "li", {"sample": "R", "purpose": "backup"}),
    ("hand_over", "li", {"sample": "R", "to": "wang"}),
    ("withdraw", "li", {"sample": "R"}),
    ("hand_over", "li", {"sample": "R", "to": "wang"}),
    ("decline", "wang", {"sample": "R"}),
    ("hand_over", "li", {"sample": "R", "to": "wang"}),
    ("back_up", "wang", {"sample": "R", "slot": "SS-V1-1"}),
    ("dissect", "li", {"sample": "D", "lost": 1, "intervals": [
        {"mass": 250_000_000, "code": "D1", "top_mm": 0, "bottom_mm": 600},
        {"mass": 304_000_000, "code": "D2", "top_mm": 600, "bottom_mm": 1200}]}),
    ("retire", "li", {"sample": "D"}),
    ("sieve", "li", {"sample": "D1", "lost": 10, "fractions": [
        {"mass": 200_000_000, "code": "D1a", "grain_most_um": 1000}, {"mass": 49_999_990, "code": "D1b"}]}),
    ("transfer", "li", {"sample": "D1b", "institution": "NHM"}),
    ("hand_over", "li", {"sample": "D2", "to": "wang"}),
    ("accept", "wang", {"sample": "D2"}),
    ("set_limits", "li", {"cabinet": "BJ-N1", "limits": {"oxygen_most_ppb": 10_000}}),
    ("read_environment", "li", {"cabinet": "BJ-N1", "oxygen_ppb": 20_000}),
    ("read_environment", "li", {"cabinet": "BJ-N1", "oxygen_ppb": 5}),
    ("unfreeze", "li", {"cabinet": "BJ-N1"}),
    ("consume_on_loan", "smith", {"loan": "OUT", "mass": 100, "words": "laser"}),
    ("lose_on_loan", "smith", {"loan": "OUT", "mass": 50, "words": "spilt"}),
    ("analyse", "smith", {"sample": "OUT-1", "method": "SIMS", "laboratory": "OU", "destructive": True, "consumed": 30}),
    ("inventory", "smith", {"loans": [{"loan": "OUT"}]}),
    ("extend", "li", {"loan": "OUT", "due": "2040-12-01"}),
    ("publish", "li", {"doi": "10.1126/science.adt1093", "title": "Ages", "authors": "Smith", "samples": ["OUT-1"]}),
    ("return_loan", "li", {"loan": "OUT", "mass": 1_999_800, "consumed": 15, "lost": 5, "words": "in the post", "exposed": True}),
    ("lend", "li", {"proposal": "A1", "sample": "F", "due": "2040-12-01", "loan": "WHOLE", "code": "none"}),
    ("return_loan", "li", {"loan": "WHOLE", "weighed": {"balance": "XPR", "gross": 1_499_990, "tare": 0}}),
    ("apply", "ito", {"call": "C1", "title": "Grains", "abstract": "-", "samples": [{"sample": "P", "mass": 1_000_000}], "proposal": "A2"}),
    ("review", "weber", {"proposal": "A2", "score": 3, "words": "Fair."}),
    ("decide", "li", {"proposal": "A2", "decision": "approve", "samples": [{"sample": "P", "mass": 7}]}),
    ("release", "li", {"proposal": "A2"}),
    ("take_over", "li", {"sample": "10003", "mission": "Apollo11", "mass": 213_000_000, "form": "fragment"}),
    ("lose", "li", {"sample": "D1a", "mass": 200_000_000}),
]  # fmt: skip
"""Who does what, after `Laboratory.distribute`."""


def test_the_story_takes_every_verb(fresh: Callable[[], str]) -> None:
    """So that the machine below is not one long refusal: each verb is taken, and does what it does in the plain laboratory."""
    fresh()
    lab = Laboratory()
    lab.begin(3)
    for verb, by, arguments in STORY:
        lab.must(verb, lab.act(by, **(TWO if by == "li" else {})), **arguments)
        lab.check()
    lab.must("correct", lab.act(**TWO), event=head().number)
    assert lab.plain.things["D1a"].mass == 200_000_000
    assert not lab.do("correct", lab.act(**TWO), event=head().number)
    assert not lab.do("split", sample="S", parts=[{"mass": TOTAL_UG, "code": "X", "form": "powder"}])
    assert not lab.do("close_allocation", mission="change6")  # moves nothing; verbs/test_purpose.py closes one
    lab.check()
    assert set(lab.taken) | set(lab.refused) | APART == set(v.VERBS)
    assert verify().sound


class Machine(RuleBasedStateMachine):
    """Verbs in any order; who acts, on what and with how much is mostly lawful and sometimes not."""

    use: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        type(self).use()
        self.lab = Laboratory()

    @initialize(far=st.sampled_from([3, 3, 2, 1, 0]))
    def begin(self, far: int) -> None:
        self.lab.begin(far)

    @invariant()
    def everything_is_where_the_plain_laboratory_has_it(self) -> None:
        self.lab.check()

    def teardown(self) -> None:
        report = verify()
        assert report.sound, [str(finding) for finding in report.findings]

    def act(self, data: st.DataObject, by: str = "li") -> Act:
        """Mostly who may, with a second person and a reason or alone."""
        if not self.lawful(data):
            by = data.draw(st.sampled_from(["li", "wang", "weber", "smith", "ito", "audit", "nobody"]), "by")
        more = TWO if by == "li" and self.lawful(data) else {}
        return self.lab.act(by, **more)

    @staticmethod
    def lawful(data: st.DataObject) -> bool:
        """Whether the next thing is to be as it should: mostly."""
        return bool(data.draw(st.sampled_from([True] * 7 + [False]), "lawful"))

    def some(self, data: st.DataObject, fits: Callable[[Thing], bool]) -> str:
        """A sample, mostly one that fits."""
        things = self.lab.plain.things
        fitting = [code for code, thing in things.items() if thing.status == "held" and fits(thing)]
        everything = [*things, "NONE"]
        return str(data.draw(st.sampled_from(fitting if fitting and self.lawful(data) else everything), "sample"))

    def mass(self, data: st.DataObject, most: int) -> int:
        """Mostly a part of a mass; sometimes all of it, a microgram more, nothing, less than nothing."""
        wrong = st.sampled_from([most, most + 1, 0, -1, 1, 2**53])
        return int(data.draw(st.integers(1, max(most // 2, 1)) if self.lawful(data) else wrong, "mass"))

    def parts(self, data: st.DataObject, code: str, all_of_it: bool = False, **fields: Any) -> tuple[list[dict[str, Any]], int]:
        """Parts of a sample with codes of their own, and what is lost; `all_of_it`: mostly to the last microgram."""
        thing = self.lab.plain.things.get(code)
        whole = thing.mass - thing.reserved if thing else 5
        masses = [self.mass(data, whole // 2) for _ in range(data.draw(st.integers(1, 3), "parts"))]
        lost = data.draw(st.sampled_from([0, 0, 3, 1_000]), "lost")
        if all_of_it and self.lawful(data):
            masses[-1] = whole - lost - sum(masses[:-1])
        return [{"mass": mass, "code": self.lab.new(), **fields} for mass in masses], lost

    @rule(data=st.data())
    def take_over(self, data: st.DataObject) -> None:
        mission = data.draw(st.sampled_from(["Apollo11", "change6"]))
        if mission in {thing.mission for thing in self.lab.plain.things.values()} - {"Apollo11"}:
            return  # what is taken over for a mission that was flown here would be more than 1935.3 g
        self.lab.do("take_over", self.act(data), sample=self.lab.new(), mission=mission, mass=self.mass(data, 10_000_000), form="powder")

    @rule(data=st.data(), atmosphere=st.sampled_from(["nitrogen", "nitrogen", "air", "steam"]))
    def unseal(self, data: st.DataObject, atmosphere: str) -> None:
        self.lab.do("unseal", self.act(data), sample=self.some(data, lambda t: t.sealed), atmosphere=atmosphere)

    @rule(data=st.data())
    def seal(self, data: st.DataObject) -> None:
        self.lab.do("seal", self.act(data), sample=self.some(data, lambda t: not t.sealed and t.mass > 0), vessel="V")

    @rule(data=st.data())
    def sample_gas(self, data: st.DataObject) -> None:
        self.lab.do("sample_gas", self.act(data), sample=self.some(data, lambda t: t.form == "container"), volume_mm3=1, pressure_pa=2)

    @rule(data=st.data(), by_ug=st.sampled_from([0, 10, -20, 50_000, -60_000, 5]), tare=st.sampled_from([0, 10, 7]), accept=st.booleans())
    def weigh(self, data: st.DataObject, by_ug: int, tare: int, accept: bool) -> None:
        code = self.some(data, lambda t: t.mass > 0)
        thing = self.lab.plain.things.get(code)
        gross = (thing.mass if thing else 0) // 10 * 10 + by_ug + tare
        self.lab.do("weigh", self.act(data), sample=code, balance="XPR", gross=gross, tare=tare, accept=accept)

    @rule(data=st.data(), lost=st.integers(0, 2_000))
    def extract(self, data: st.DataObject, lost: int) -> None:
        self.lab.do("extract", self.act(data), sample=self.some(data, lambda t: t.form == "container"), lost=lost)

    @rule(data=st.data())
    def separate(self, data: st.DataObject) -> None:
        code = self.some(data, lambda t: t.form == "bulk" and t.mass > 0)
        parts, lost = self.parts(data, code, all_of_it=True)
        parts = [{**part, "tool": tool} for part, tool in zip(parts, ("drill", "scoop", "drill"), strict=False)]
        self.lab.do("separate", self.act(data), sample=code, parts=parts, lost=lost)

    @rule(data=st.data())
    def dissect(self, data: st.DataObject) -> None:
        code = self.some(data, lambda t: t.form in ("core", "interval") and not t.sealed and t.mass > 0)
        parts, lost = self.parts(data, code, all_of_it=True)
        top, bottom = self.lab.plain.depths.get(code, (0, 1200))
        edges = [top + (bottom - top) * i // len(parts) for i in range(len(parts) + 1)]
        edges[-1] -= data.draw(st.sampled_from([0] * 5 + [1]), "left at the bottom")
        intervals = [{**part, "top_mm": edges[i], "bottom_mm": edges[i + 1]} for i, part in enumerate(parts)]
        self.lab.do("dissect", self.act(data), sample=code, intervals=intervals, lost=lost)

    @rule(data=st.data(), mesh=st.sampled_from([1000, 500, 100]))
    def sieve(self, data: st.DataObject, mesh: int) -> None:
        code = self.some(data, lambda t: t.form in ("bulk", "interval", "powder") and not t.sealed and t.mass > 0)
        parts, lost = self.parts(data, code, all_of_it=True)
        fractions = [{**part, "grain_most_um": mesh // 2**i} for i, part in enumerate(parts)]
        self.lab.do("sieve", self.act(data), sample=code, fractions=fractions, lost=lost)

    @rule(data=st.data())
    def section(self, data: st.DataObject) -> None:
        code = self.some(data, lambda t: t.form == "fragment")
        sections, lost = self.parts(data, code)
        self.lab.do("section", self.act(data), sample=code, sections=sections, lost=lost)

    @rule(data=st.data(), form=st.sampled_from(["powder", "powder", "fragment", "bulk", "section"]))
    def split(self, data: st.DataObject, form: str) -> None:
        code = self.some(data, lambda t: t.mass > 0 and not t.sealed)
        parts, lost = self.parts(data, code, form=form)
        self.lab.do("split", self.act(data), sample=code, parts=parts, lost=lost)

    @rule(data=st.data(), verb=st.sampled_from(["consume", "lose", "analyse"]))
    def use_up(self, data: st.DataObject, verb: str) -> None:
        code = self.some(data, lambda t: t.mass > 0 and not t.sealed)
        thing = self.lab.plain.things.get(code)
        mass = self.mass(data, thing.mass if thing else 5)
        by = thing.custodian if thing and thing.status == "on_loan" and verb == "analyse" else "li"
        arguments: dict[str, Any] = {"consume": {"mass": mass, "method": "acid"}, "lose": {"mass": mass}}.get(verb) or {
            "method": "SIMS", "laboratory": "OU", "destructive": True, "consumed": mass,
        }  # fmt: skip
        self.lab.do(verb, self.act(data, by or "li"), sample=code, **arguments)

    @rule(data=st.data())
    def retire(self, data: st.DataObject) -> None:
        self.lab.do("retire", self.act(data), sample=self.some(data, lambda t: not t.mass))

    @rule(data=st.data())
    def transfer(self, data: st.DataObject) -> None:
        self.lab.do("transfer", self.act(data), sample=self.some(data, lambda t: 0 < t.mass < 10_000_000), institution="NHM")

    @rule(data=st.data(), purpose=st.sampled_from(["permanent", "backup", "research", "public", "gift"]))
    def assign_purpose(self, data: st.DataObject, purpose: str) -> None:
        preserved = purpose in ("permanent", "backup")
        code = self.some(data, lambda t: t.purpose is None and t.mass > 0 and t.sealed == preserved)
        self.lab.do("assign_purpose", self.act(data), sample=code, purpose=purpose)

    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        last = head().number
        event = last - data.draw(st.integers(0, 3) | st.integers(-1, last), "back")
        self.lab.do("correct", self.act(data), event=event)

    @rule(data=st.data(), to=st.sampled_from(["wang", "wang", "li", "smith"]))
    def hand_over(self, data: st.DataObject, to: str) -> None:
        code = self.some(data, lambda t: t.custodian in ("li", "wang") and t.offered is None and to != t.custodian)
        self.lab.do("hand_over", self.act(data, self.keeper(code)), sample=code, to=to)

    def keeper(self, code: str) -> str:
        thing = self.lab.plain.things.get(code)
        return (thing.custodian if thing else None) or "li"

    @rule(data=st.data(), verb=st.sampled_from(["accept", "decline", "withdraw", "back_up"]))
    def answer(self, data: st.DataObject, verb: str) -> None:
        code = self.some(data, lambda t: t.offered is not None and (verb != "back_up" or t.purpose == "backup"))
        thing = self.lab.plain.things.get(code)
        by = self.keeper(code) if verb == "withdraw" else (thing.offered if thing else None) or "li"
        more = {"slot": data.draw(st.sampled_from(SLOTS), "slot")} if verb == "back_up" else {}
        self.lab.do(verb, self.act(data, by), sample=code, **more)

    @rule(data=st.data())
    def store(self, data: st.DataObject) -> None:
        code = self.some(data, lambda t: t.custodian in ("li", "wang"))
        self.lab.do("store", self.act(data, self.keeper(code)), sample=code, slot=data.draw(st.sampled_from(SLOTS), "slot"))

    @rule(data=st.data())
    def take_out(self, data: st.DataObject) -> None:
        code = self.some(data, lambda t: t.slot is not None)
        self.lab.do("take_out", self.act(data, self.keeper(code)), sample=code)

    @rule(data=st.data(), oxygen_ppb=st.sampled_from([5, 20_000, 5, -1]))
    def read_environment(self, data: st.DataObject, oxygen_ppb: int) -> None:
        self.lab.do("read_environment", self.act(data), cabinet="BJ-N1", oxygen_ppb=oxygen_ppb)

    @rule(data=st.data())
    def unfreeze(self, data: st.DataObject) -> None:
        self.lab.do("unfreeze", self.act(data), cabinet=data.draw(st.sampled_from(["BJ-N1", "BJ-N1", "BJ-V1"])))

    @rule(data=st.data(), verb=st.sampled_from(["take_stock", "inventory", "close_allocation", "receive"]))
    def look(self, data: st.DataObject, verb: str) -> None:
        """Verbs that look at much and move nothing; the container does not come a second time."""
        out = [{"loan": code} for code, out in self.lab.plain.loans.items() if out.is_open and out.borrower == "smith"]
        by, arguments = {
            "take_stock": ("audit", {"cabinet": "BJ-N1", "scanned": [{"sample": "10003"}]}),
            "inventory": ("smith", {"loans": out}),
            "close_allocation": ("li", {"mission": "change6"}),
            "receive": ("li", {"document": papers(), "prefix": "CE7"}),
        }[verb]
        self.lab.do(verb, self.act(data, by), **arguments)

    @rule(data=st.data())
    def offer(self, data: st.DataObject) -> None:
        if not self.lab.plain.offers:
            self.lab.do("call", self.act(data), call="C1", title="call", opens="2040-01-01", closes="2050-01-01")
        code = self.some(data, lambda t: t.purpose == "research" and t.mass > t.reserved)
        thing = self.lab.plain.things.get(code)
        whole = thing is not None and thing.form in ("section", "fragment")
        mass = thing.mass if thing and whole else self.mass(data, thing.mass if thing else 5)
        self.lab.do("offer", self.act(data), call="C1", samples=[{"sample": code, "mass": mass}])

    @rule(data=st.data(), by=st.sampled_from(["smith", "ito"]))
    def apply(self, data: st.DataObject, by: str) -> None:
        offers = self.lab.plain.offers.get("C1", {}) or {"NONE": 5}
        code = data.draw(st.sampled_from(sorted(offers)), "of")
        thing = self.lab.plain.things.get(code)
        mass = offers[code] if thing and thing.form in ("section", "fragment") else self.mass(data, offers[code])
        asked, proposal = [{"sample": code, "mass": mass}], self.lab.new()
        self.lab.do("apply", self.act(data, by), call="C1", title="T", abstract="A", samples=asked, proposal=proposal)

    def proposal(self, data: st.DataObject, status: str) -> str:
        fitting = sorted({proposal for (proposal, _), grant in self.lab.plain.grants.items() if grant.status == status})
        any_of_them = [*self.lab.plain.applicants, "NONE"]
        return str(data.draw(st.sampled_from(fitting if fitting and self.lawful(data) else any_of_them), "proposal"))

    @rule(data=st.data(), conflict=st.sampled_from([False, False, False, True]))
    def review(self, data: st.DataObject, conflict: bool) -> None:
        score = None if conflict else data.draw(st.integers(1, 6))
        self.lab.do("review", self.act(data, "weber"), proposal=self.proposal(data, "asked"), score=score, words="-", conflict=conflict)

    @rule(data=st.data(), decision=st.sampled_from(["approve", "approve", "approve", "reject"]))
    def decide(self, data: st.DataObject, decision: str) -> None:
        proposal = self.proposal(data, "asked")
        asked = {key[1]: grant.asked for key, grant in self.lab.plain.grants.items() if key[0] == proposal}
        if decision == "approve":
            self.lab.do("review", self.act(data, "zhao"), proposal=proposal, score=3, words="-")
        whole = [code for code in asked if self.lab.plain.things[code].form in ("section", "fragment")]
        granted = [{"sample": code, "mass": mass if code in whole else self.mass(data, mass)} for code, mass in asked.items()]
        samples = granted if decision == "approve" else None
        self.lab.do("decide", self.act(data), proposal=proposal, decision=decision, samples=samples, words="-")

    @rule(data=st.data())
    def sign(self, data: st.DataObject) -> None:
        proposal = self.proposal(data, "reserved")
        self.lab.do("sign", self.act(data, self.lab.plain.applicants.get(proposal, "smith")), proposal=proposal)

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        self.lab.do("release", self.act(data), proposal=self.proposal(data, "reserved"))

    @rule(data=st.data(), days=st.sampled_from([100, 300, 366, 400, 0]))
    def lend(self, data: st.DataObject, days: int) -> None:
        reserved = [key for key, grant in self.lab.plain.grants.items() if grant.status == "reserved"] or [("NONE", "NONE")]
        proposal, sample = data.draw(st.sampled_from(reserved), "of")
        self.lab.do("sign", self.act(data, self.lab.plain.applicants.get(proposal, "smith")), proposal=proposal)
        due, codes = str(self.lab.day + timedelta(days=days)), {"loan": self.lab.new(), "code": self.lab.new()}
        self.lab.do("lend", self.act(data), proposal=proposal, sample=sample, due=due, **codes)

    def loan(self, data: st.DataObject) -> tuple[str, str, int]:
        """A loan, mostly an open one, with its borrower and what is left of it."""
        loans = self.lab.plain.loans
        fitting = [code for code, out in loans.items() if out.is_open]
        code = data.draw(st.sampled_from(fitting if fitting and self.lawful(data) else [*loans, "NONE"]), "loan")
        out = loans.get(code)
        return code, out.borrower if out else "smith", self.lab.plain.things[out.sample].mass if out else 5

    @rule(data=st.data(), verb=st.sampled_from(["consume_on_loan", "lose_on_loan"]))
    def use_up_on_loan(self, data: st.DataObject, verb: str) -> None:
        loan, borrower, left = self.loan(data)
        self.lab.do(verb, self.act(data, borrower), loan=loan, mass=self.mass(data, left), words="laser")

    @rule(data=st.data(), off=st.sampled_from([0, 0, 0, 1]), exposed=st.booleans(), balanced=st.booleans())
    def return_loan(self, data: st.DataObject, off: int, exposed: bool, balanced: bool) -> None:
        loan, _, left = self.loan(data)
        consumed, lost = data.draw(st.integers(0, left)), data.draw(st.sampled_from([0, 0, 5]))
        back = left - consumed - lost + off
        weighed = {"balance": "XPR", "gross": back // 10 * 10 + 10, "tare": 0}
        told: dict[str, Any] = {"weighed": weighed} if balanced else {"mass": back}
        self.lab.do("return_loan", self.act(data), loan=loan, consumed=consumed, lost=lost, words="-", exposed=exposed, **told)

    @rule(days=st.integers(1, 120))
    def wait(self, days: int) -> None:
        self.lab.day += timedelta(days=days)


SLOTS = ["BJ-N1-1", "BJ-N1-2", "BJ-V1-1", "BJ-V1-2", "BJ-A1-1", "SS-V1-1", "SS-V1-2", "NONE"]
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck))


def run(use: Callable[[], str], examples: int, steps: int) -> None:
    bound = type("Bound", (Machine,), {"use": staticmethod(use)})
    run_state_machine_as_test(bound, settings=settings(QUIET, max_examples=examples, stateful_step_count=steps))


def test_every_microgram_is_accounted_for_after_any_sequence(fresh: Callable[[], str], store: Any) -> None:
    if store.vendor == "sqlite":
        run(fresh, examples=15, steps=40)
    else:
        run(fresh, examples=3, steps=30)


@pytest.mark.slow
def test_every_microgram_is_accounted_for_after_many_sequences(fresh: Callable[[], str], store: Any) -> None:
    run(fresh, examples=100 if store.vendor == "sqlite" else 40, steps=60)
