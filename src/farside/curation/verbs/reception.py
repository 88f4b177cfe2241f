"""From the door to the bench: receive, sample the head space, unseal, weigh, extract, separate scooped from drilled."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from farside import delivery
from farside.curation.ledger import Entry, Refused, sink
from farside.curation.models import PRESERVED, Balance, Mission, Sample
from farside.curation.samples import child, in_hand
from farside.curation.verbs.register import Amount, Argument, Code, Line, Mass, Text, verb

Share = Annotated[int, Field(ge=0, le=1_000_000)]
"""A share in parts per million."""


class Policy(Argument):
    """Shares of a mission's mass that its policy allows [parts per million] when allocation closes.

    The default is the quoted figure, about four fifths for research and the rest preserved (facts K5), with 5 points of room.
    """

    research_least_ppm: Share = 750_000
    research_most_ppm: Share = 850_000
    permanent_least_ppm: Share = 50_000
    backup_least_ppm: Share = 50_000

    @model_validator(mode="after")
    def _least_within_most(self) -> Self:
        if self.research_least_ppm > self.research_most_ppm:
            raise ValueError(f"research: at least {self.research_least_ppm} ppm is more than at most {self.research_most_ppm} ppm")
        return self


DEEPEST = 50  # assumed: papers have tables in tables five deep


def _shallow(document: dict[str, Any]) -> dict[str, Any]:
    """A document whose tables and lists stand in one another no deeper than what reads them goes."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        level = [part for each in level for part in (each.values() if isinstance(each, dict) else each) if isinstance(part, (dict, list))]
        if not level:
            return document
    raise ValueError(f"tables and lists within one another more than {DEEPEST} deep; papers of a delivery are not")


Document = Annotated[dict[str, Any], AfterValidator(_shallow)]
"""The papers of a delivery, as they came; `delivery.check` says whether they are any."""


@verb("curator")
def receive(entry: Entry, document: Document, prefix: Code, policy: Policy | None = None) -> None:
    """Take over a container with its papers (the content of `delivery.json`): the mission is opened, its mass is what the papers say."""
    problems = delivery.check(document)
    if problems:
        raise Refused("receive: these papers are no delivery: " + "; ".join(map(str, problems)))
    text = delivery.canonical(document).decode("utf-8")
    papers = delivery.from_text(text)
    mission = papers.mission
    if entry.has(Mission, mission):
        raise Refused(f"receive: {mission} is here already; the container of a mission is received once, before anything else of it")
    shares = (policy or Policy()).model_dump()
    digest = delivery.digest(document)
    entry.add(Mission(code=mission, name=mission, flight_digest=papers.flight_digest, delivery_digest=digest, **shares))
    sealed = papers.container.seal == "sealed"
    container = Sample(code=prefix, mission_id=mission, form="container", title=f"container {papers.container.id}", sealed=sealed)
    container.portions = " ".join(portion.id for portion in papers.portions)
    container.air_exposed, container.custodian_id = not sealed, entry.act.by
    entry.add(container)
    entry.move(sink("received", mission), prefix, papers.mass_ug)
    entry.data.pop("document")
    entry.note(delivery=text)


@verb("curator")
def sample_gas(entry: Entry, sample: Code, volume_mm3: int = Field(gt=0), pressure_pa: int = Field(ge=0), method: Line = "") -> None:
    """Draw gas from the head space of a container that is still sealed; gas is told by volume and pressure, its mass is not counted."""
    container = in_hand(entry, sample, "container")
    if not container.sealed:
        raise Refused(f"sample_gas: {sample} is open; head-space gas is drawn before it is unsealed")
    gas = child(entry, container, form="gas", title="head-space gas")
    entry.change(container)
    entry.note(gas=gas.code)


@verb("curator", reason=True, second=True)
def unseal(entry: Entry, sample: Code, atmosphere: str = "nitrogen") -> None:
    """Open a sealed sample, in nitrogen, vacuum or air (which marks it for good); a preserved one with a second person and a reason."""
    opened = in_hand(entry, sample)
    if not opened.sealed:
        raise Refused(f"unseal: {sample} is open already")
    if atmosphere not in ("nitrogen", "vacuum", "air"):
        raise Refused(f"unseal: atmosphere {atmosphere!r}: nitrogen, vacuum or air")
    if opened.purpose in PRESERVED and opened.slot_id is not None:
        raise Refused(f"unseal: {sample} is {opened.purpose} and lies in {opened.slot_id}, where such are stored sealed; `take_out` first")
    entry.change(opened, sealed=False, air_exposed=opened.air_exposed or atmosphere == "air")


@verb("curator")
def seal(entry: Entry, sample: Code, vessel: Line) -> None:
    """Close a sample in a vessel and mark it."""
    closed = in_hand(entry, sample)
    if closed.sealed:
        raise Refused(f"seal: {sample} is sealed already")
    entry.change(closed, sealed=True)


def measured(entry: Entry, balance: str, gross: int, tare: int) -> tuple[int, Balance]:
    """Gross less tare [ug] and the balance that showed them; `Refused` when its calibration has ended or they are finer than it shows."""
    scale = entry.get(Balance, balance)
    if scale.calibration_due < entry.today:
        raise Refused(
            f"{entry.verb}: the calibration of {balance} ended on {scale.calibration_due}; `calibrate` it, or take another balance"
        )
    finer = [name for name, mass in (("gross", gross), ("tare", tare)) if mass % scale.resolution_ug]
    if finer:
        raise Refused(f"{entry.verb}: {' and '.join(finer)} finer than {balance} shows, {scale.resolution_ug} ug")
    if gross < tare:
        raise Refused(f"{entry.verb}: gross {gross} ug is less than tare {tare} ug")
    return gross - tare, scale


@verb("curator", reason=True, second=True)
def weigh(entry: Entry, sample: Code, balance: Code, gross: Amount, tare: Mass, accept: bool = False) -> None:
    """Measure a mass: gross less tare. A difference within the balance's tolerance is posted to correction; beyond it the event is an
    alarm and posts nothing, unless `accept` with a second person and a reason says that the measured mass is right."""
    thing = in_hand(entry, sample)
    net, scale = measured(entry, balance, gross, tare)
    difference = net - thing.mass_ug
    alarm = abs(difference) > scale.tolerance_ug
    if alarm and accept and not (entry.act.second and entry.act.reason):
        raise Refused(f"weigh: {difference:+} ug is beyond {scale.tolerance_ug} ug; to accept it takes a second person and a reason")
    entry.change(thing)
    if not alarm or accept:
        entry.move(sink("correction", thing.mission_id), sample, difference)
    entry.note(net_ug=net, difference_ug=difference, alarm=alarm, certificate=scale.certificate)


@verb("curator")
def extract(entry: Entry, sample: Code, lost: Mass = 0, words: Text = "") -> None:
    """Take everything out of an opened container: what was in it becomes a sample of its own, less what was lost."""
    container = in_hand(entry, sample, "container")
    if container.sealed:
        raise Refused(f"extract: {sample} is sealed; `unseal` it first")
    if container.mass_ug <= lost:
        raise Refused(f"extract: {sample} holds {container.mass_ug} ug; {lost} ug cannot be lost of it")
    content = child(entry, container, form="bulk", mass_ug=container.mass_ug - lost, title="content of the container")
    entry.move(sample, sink("lost", container.mission_id), lost)
    entry.note(content=content.code)


class Separated(Argument):
    """What is taken apart: all that one tool collected, or some of its portions."""

    tool: str = Field(pattern="^(drill|scoop)$")
    mass: Amount
    portions: tuple[str, ...] = ()
    code: Code | None = None


@verb("curator")
def separate(entry: Entry, sample: Code, parts: list[Separated], lost: Mass = 0) -> None:
    """Separate the scooped from the drilled: each part is a sample with its tool and its portions of the delivery, and nothing is left."""
    bulk = in_hand(entry, sample, "bulk")
    if bulk.tool:
        raise Refused(f"separate: {sample} is all by {bulk.tool} already")
    left = set(bulk.portions.split())
    total = sum(part.mass for part in parts) + lost
    if total != bulk.mass_ug:
        raise Refused(
            f"separate: parts and losses are {total} ug, and {sample} is {bulk.mass_ug} ug: {bulk.mass_ug - total:+} ug to account for"
        )
    for part in parts:
        own = set(part.portions) or {portion for portion in left if portion.startswith(part.tool)}
        if not own or not own <= left or not all(portion.startswith(part.tool) for portion in own):
            raise Refused(f"separate: {sorted(own - left) or part.tool}: not among the portions that are left, {', '.join(sorted(left))}")
        left -= own
        form = "core" if part.tool == "drill" else "bulk"
        child(entry, bulk, form=form, mass_ug=part.mass, code=part.code, tool=part.tool, portions=" ".join(sorted(own)))
    if left:
        raise Refused(f"separate: {', '.join(sorted(left))} are in no part")
    entry.move(sample, sink("lost", bulk.mission_id), lost)
