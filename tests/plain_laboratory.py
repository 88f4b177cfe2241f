"""The laboratory in plain Python, without a database: what each verb does to things, once it is taken.

It is told the same arguments as the verbs and knows nothing of their code. It asks no rule: whether a verb is to be taken is the ledger's
business, what it then does is written down here a second time, for the state machine of `curation/test_machine.py` to compare.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

TOLERANCE_UG = 50_000  # of the balance XPR
WHOLE = ("section", "fragment")


@dataclass(frozen=True)
class Thing:
    """A sample."""

    mass: int
    form: str
    mission: str = "change6"
    purpose: str | None = None
    sealed: bool = False
    air: bool = False
    returned: bool = False
    slot: str | None = None
    custodian: str | None = None
    offered: str | None = None
    status: str = "held"
    reserved: int = 0


@dataclass(frozen=True)
class Out:
    """A loan."""

    sample: str
    borrower: str
    lent: int
    returned: int = 0
    consumed: int = 0
    lost: int = 0
    is_open: bool = True


@dataclass(frozen=True)
class Grant:
    """What a proposal asks of a sample."""

    asked: int
    granted: int = 0
    status: str = "asked"


@dataclass
class PlainLaboratory:
    """Things, sinks, loans and grants; one method for each verb, with the verb's own arguments (masses in whole micrograms)."""

    things: dict[str, Thing] = field(default_factory=dict)
    sinks: dict[str, int] = field(default_factory=dict)
    loans: dict[str, Out] = field(default_factory=dict)
    grants: dict[tuple[str, str], Grant] = field(default_factory=dict)
    applicants: dict[str, str] = field(default_factory=dict)
    offers: dict[str, dict[str, int]] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    depths: dict[str, tuple[int, int]] = field(default_factory=dict)
    past: dict[int, tuple[dict[str, Thing], dict[str, Thing], dict[str, int], dict[str, int]]] = field(default_factory=dict)

    def take(self, verb: str, act: Any, event: Any, arguments: dict[str, Any]) -> None:
        """A verb was taken: do what it does, and remember how things and sinks were before and are after."""
        things, sinks = dict(self.things), dict(self.sinks)
        getattr(self, verb)(act, json.loads(event.text)["data"], **arguments)
        self.past[event.number] = (things, dict(self.things), sinks, dict(self.sinks))

    def change(self, code: str, **fields: Any) -> None:
        self.things[code] = replace(self.things[code], **fields)

    def gone(self, where: str, code: str, mass: int) -> None:
        """Mass of a sample goes to a sink, or comes from it when it is negative."""
        thing = self.things[code]
        account = f"{where}:{thing.mission}"
        self.sinks[account] = self.sinks.get(account, 0) + mass
        self.change(code, mass=thing.mass - mass)

    def made(self, parent: str, code: str, form: str, mass: int, **fields: Any) -> None:
        """A part of a sample: it has its mission, purpose, marks and custodian; it is open, in no slot, and offered to nobody."""
        whole = self.things[parent]
        assert code not in self.things
        marks = {"purpose": whole.purpose, "air": whole.air, "returned": whole.returned, "custodian": whole.custodian}
        self.things[code] = Thing(mass, form, whole.mission, **{**marks, **fields})
        self.change(parent, mass=whole.mass - mass)

    def end(self, code: str) -> None:
        self.change(code, status="retired", slot=None, custodian=None, offered=None)

    def nothing(self, act: Any, told: Any, **_: Any) -> None:
        """Verbs that neither move nor hold a thing."""

    call = review = sign = extend = inventory = publish = take_stock = close_allocation = set_limits = nothing

    # From the door to the bench.

    def receive(self, act: Any, told: Any, document: dict[str, Any], prefix: str) -> None:
        mass = sum(portion["mass_ug"] for portion in document["portions"])
        mission, sealed = document["mission"], document["container"]["seal"] == "sealed"
        self.things[prefix] = Thing(mass, "container", mission, sealed=sealed, air=not sealed, custodian=act.by)
        self.sinks[f"received:{mission}"] = -mass

    def take_over(self, act: Any, told: Any, sample: str, mission: str, mass: int, form: str, purpose: str | None = None) -> None:
        self.things[sample] = Thing(mass, form, mission, purpose, custodian=act.by)
        self.sinks[f"received:{mission}"] = self.sinks.get(f"received:{mission}", 0) - mass

    def sample_gas(self, act: Any, told: Any, sample: str, volume_mm3: int, pressure_pa: int) -> None:
        self.made(sample, told["gas"], "gas", 0)

    def unseal(self, act: Any, told: Any, sample: str, atmosphere: str = "nitrogen") -> None:
        self.change(sample, sealed=False, air=self.things[sample].air or atmosphere == "air")

    def seal(self, act: Any, told: Any, sample: str, vessel: str) -> None:
        self.change(sample, sealed=True)

    def weigh(self, act: Any, told: Any, sample: str, balance: str, gross: int, tare: int, accept: bool = False) -> None:
        missing = self.things[sample].mass - (gross - tare)
        if abs(missing) <= TOLERANCE_UG or accept:
            self.gone("correction", sample, missing)

    def extract(self, act: Any, told: Any, sample: str, lost: int = 0) -> None:
        self.gone("lost", sample, lost)
        self.made(sample, told["content"], "bulk", self.things[sample].mass)

    def separate(self, act: Any, told: Any, sample: str, parts: list[dict[str, Any]], lost: int = 0) -> None:
        self.gone("lost", sample, lost)
        for part in parts:
            self.made(sample, part["code"], "core" if part["tool"] == "drill" else "bulk", part["mass"])

    # At the bench.

    def dissect(self, act: Any, told: Any, sample: str, intervals: list[dict[str, Any]], lost: int = 0) -> None:
        self.gone("lost", sample, lost)
        for piece in intervals:
            self.made(sample, piece["code"], "interval", piece["mass"])
            self.depths[piece["code"]] = piece["top_mm"], piece["bottom_mm"]

    def sieve(self, act: Any, told: Any, sample: str, fractions: list[dict[str, Any]], lost: int = 0) -> None:
        self.gone("lost", sample, lost)
        for part in fractions:
            self.made(sample, part["code"], "powder", part["mass"])

    def section(self, act: Any, told: Any, sample: str, sections: list[dict[str, Any]], lost: int = 0) -> None:
        self.gone("lost", sample, lost)
        for part in sections:
            self.made(sample, part["code"], "section", part["mass"])

    def split(self, act: Any, told: Any, sample: str, parts: list[dict[str, Any]], lost: int = 0) -> None:
        self.gone("lost", sample, lost)
        for part in parts:
            self.made(sample, part["code"], part["form"], part["mass"])

    def consume(self, act: Any, told: Any, sample: str, mass: int, method: str) -> None:
        self.gone("consumed", sample, mass)

    def lose(self, act: Any, told: Any, sample: str, mass: int) -> None:
        self.gone("lost", sample, mass)
        if not self.things[sample].mass:
            self.change(sample, slot=None)

    def retire(self, act: Any, told: Any, sample: str) -> None:
        self.end(sample)

    def transfer(self, act: Any, told: Any, sample: str, institution: str) -> None:
        self.gone("transferred", sample, self.things[sample].mass)
        self.end(sample)

    def assign_purpose(self, act: Any, told: Any, sample: str, purpose: str) -> None:
        self.change(sample, purpose=purpose)

    def correct(self, act: Any, told: Any, event: int) -> None:
        """Masses flow back; seal, slot and offer are as before; what was made ends; purpose, marks and custody stay."""
        things, after, sinks, sinks_after = self.past[event]
        for account in sinks_after:
            self.sinks[account] = self.sinks.get(account, 0) - sinks_after[account] + sinks.get(account, 0)
        for code in [code for code in after if after[code] != things.get(code)]:
            before = things.get(code)
            self.change(code, mass=self.things[code].mass - after[code].mass + (before.mass if before else 0))
            if before is None:
                self.end(code)
            else:
                self.change(code, sealed=before.sealed, slot=before.slot, offered=before.offered)

    # Who has it, and where it lies.

    def hand_over(self, act: Any, told: Any, sample: str, to: str) -> None:
        self.change(sample, offered=to)

    def accept(self, act: Any, told: Any, sample: str) -> None:
        self.change(sample, custodian=act.by, offered=None)

    def decline(self, act: Any, told: Any, sample: str) -> None:
        self.change(sample, offered=None)

    withdraw = decline

    def store(self, act: Any, told: Any, sample: str, slot: str) -> None:
        self.change(sample, slot=slot)

    def take_out(self, act: Any, told: Any, sample: str) -> None:
        self.change(sample, slot=None)

    def back_up(self, act: Any, told: Any, sample: str, slot: str) -> None:
        self.change(sample, custodian=act.by, offered=None, slot=slot)

    def read_environment(self, act: Any, told: Any, cabinet: str, oxygen_ppb: int) -> None:
        if cabinet == "BJ-N1" and oxygen_ppb > 10_000:
            self.frozen.add(cabinet)

    def unfreeze(self, act: Any, told: Any, cabinet: str) -> None:
        self.frozen.remove(cabinet)

    # From a call to a loan and back.

    def offer(self, act: Any, told: Any, call: str, samples: list[dict[str, Any]]) -> None:
        self.offers.setdefault(call, {}).update({each["sample"]: each["mass"] for each in samples})

    def apply(self, act: Any, told: Any, call: str, title: str, abstract: str, samples: list[dict[str, Any]], proposal: str) -> None:
        self.applicants[proposal] = act.by
        for each in samples:
            self.grants[proposal, each["sample"]] = Grant(each["mass"])

    def decide(
        self, act: Any, told: Any, proposal: str, decision: str, samples: list[dict[str, Any]] | None = None, words: str = ""
    ) -> None:
        granted = {each["sample"]: each["mass"] for each in samples or ()}
        for key, grant in list(self.grants.items()):
            if key[0] == proposal and key[1] in granted:
                self.grants[key] = replace(grant, granted=granted[key[1]], status="reserved")
                self.change(key[1], reserved=self.things[key[1]].reserved + granted[key[1]])
            elif key[0] == proposal:
                self.grants[key] = replace(grant, status="released")

    def release(self, act: Any, told: Any, proposal: str) -> None:
        for key, grant in list(self.grants.items()):
            if key[0] == proposal and grant.status == "reserved":
                self.grants[key] = replace(grant, status="released")
                self.change(key[1], reserved=self.things[key[1]].reserved - grant.granted)

    def lend(self, act: Any, told: Any, proposal: str, sample: str, due: str, loan: str, code: str) -> None:
        mass, borrower = self.grants[proposal, sample].granted, self.applicants[proposal]
        self.grants[proposal, sample] = replace(self.grants[proposal, sample], status="lent")
        self.change(sample, reserved=self.things[sample].reserved - mass)
        stock = self.things[sample]
        if stock.form in WHOLE or stock.mass == mass:
            lent, mass = sample, stock.mass
            self.change(sample, status="on_loan", custodian=borrower, slot=None)
        else:
            lent = code
            self.made(sample, code, stock.form, mass, status="on_loan", custodian=borrower)
        self.loans[loan] = Out(lent, borrower, mass)

    def consume_on_loan(self, act: Any, told: Any, loan: str, mass: int, words: str) -> None:
        out = self.loans[loan]
        self.gone("consumed", out.sample, mass)
        self.loans[loan] = replace(out, consumed=out.consumed + mass)

    def lose_on_loan(self, act: Any, told: Any, loan: str, mass: int, words: str) -> None:
        out = self.loans[loan]
        self.gone("lost", out.sample, mass)
        self.loans[loan] = replace(out, lost=out.lost + mass)

    def return_loan(
        self, act: Any, told: Any, loan: str, mass: int | None = None, weighed: dict[str, Any] | None = None, consumed: int = 0,
        lost: int = 0, words: str = "", exposed: bool = False,
    ) -> None:  # fmt: skip
        out = self.loans[loan]
        self.gone("consumed", out.sample, consumed)
        self.gone("lost", out.sample, lost)
        left = self.things[out.sample]
        there = mass if weighed is None else weighed["gross"] - weighed["tare"]
        self.gone("correction", out.sample, left.mass - there)
        self.change(out.sample, status="held", custodian=act.by, returned=True, air=left.air or exposed)
        told_of = {"consumed": out.consumed + consumed, "lost": out.lost + lost, "returned": left.mass}
        self.loans[loan] = replace(out, is_open=False, **told_of)

    def analyse(
        self, act: Any, told: Any, sample: str, method: str, laboratory: str, destructive: bool = False, consumed: int = 0
    ) -> None:  # fmt: skip
        self.gone("consumed", sample, consumed)
        for code, out in self.loans.items():
            if out.sample == sample and out.is_open:
                self.loans[code] = replace(out, consumed=out.consumed + consumed)
