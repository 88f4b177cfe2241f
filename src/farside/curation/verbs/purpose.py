"""What samples are for, and the mission's policy: assign a purpose once, close allocation within the declared shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Sum

from farside.curation.ledger import Entry, Refused
from farside.curation.models import PRESERVED, PURPOSES, Mission, Sample
from farside.curation.samples import in_hand
from farside.curation.verbs.register import Code, verb

PPM = 1_000_000


@verb("curator", reason=True, second=True)
def assign_purpose(entry: Entry, sample: Code, purpose: str) -> None:
    """Say what a sample is for: permanent, backup, research or public. It is said once, and holds for all that is made of it; permanent and
    backup samples are sealed first, or assigned open by two people with a reason."""
    if purpose not in PURPOSES:
        raise Refused(f"assign_purpose: {purpose!r}: no such purpose; there are {', '.join(PURPOSES)}")
    thing = in_hand(entry, sample)
    if thing.purpose is not None:
        again = "already" if thing.purpose == purpose else "and a purpose once assigned is kept"
        raise Refused(f"assign_purpose: {sample} is for {thing.purpose} {again}")
    if not thing.mass_ug and thing.form != "gas":
        raise Refused(f"assign_purpose: {sample} is empty; assign what was made of it")
    if purpose in PRESERVED:
        if not thing.sealed and not (entry.act.second and entry.act.reason):
            instead = f"`seal` {sample} first, or say who is with you and why it is open"
            raise Refused(f"assign_purpose: {purpose} samples are kept sealed; {instead}")
        wanted = "primary" if purpose == "permanent" else "backup"
        if thing.slot_id is not None and thing.slot.cabinet.site.kind != wanted:
            raise Refused(f"assign_purpose: {sample} lies in {thing.slot_id}, and {purpose} is stored at a {wanted} site; `take_out` first")
    entry.change(thing, purpose=purpose)


@verb("curator")
def close_allocation(entry: Entry, mission: Code) -> None:
    """Close the allocation of a mission: every sample has a purpose, and the shares are those that its policy allows."""
    closing = entry.get(Mission, mission)
    if closing.closed:
        raise Refused(f"close_allocation: the allocation of {mission} is closed already")
    told = shares(closing)
    total = sum(_masses(mission).values())
    if not total:
        raise Refused(f"close_allocation: {mission} has no mass to allocate")
    unassigned = _masses(mission).get(None, 0)
    if unassigned or not all(share.within for share in told):
        words = [str(share) for share in told]
        if unassigned:
            words.append(f"without a purpose: {unassigned} ug in {_unassigned(mission)}; `assign_purpose`")
        raise Refused(f"close_allocation: not within the policy of {mission}. " + "; ".join(words))
    entry.change(closing, closed=True)
    entry.note(total_ug=total, shares_ug={share.name: share.mass_ug for share in told})


def _unassigned(mission: str) -> str:
    """The first samples that have no purpose yet, and how many more there are."""
    left = Sample.objects.filter(mission=mission, purpose__isnull=True, mass_ug__gt=0).order_by("code").values_list("code", flat=True)
    return ", ".join(left[:5]) + (f" and {left.count() - 5} more" if left.count() > 5 else "")


@dataclass(frozen=True, slots=True)
class Share:
    """One share of a mission's mass [ug], the least and the most that its policy allows, rounded so that keeping them keeps the policy."""

    name: str
    mass_ug: int
    total_ug: int
    least_ug: int
    most_ug: int

    @property
    def within(self) -> bool:
        """Whether the policy allows it."""
        return self.least_ug <= self.mass_ug <= self.most_ug

    def __str__(self) -> str:
        """The share, its limits and how many micrograms would have to change."""
        has = f"{self.name}: {self.mass_ug} ug ({_percent(self.mass_ug, self.total_ug)}), allowed {self.least_ug} to {self.most_ug} ug"
        if self.mass_ug < self.least_ug:
            return f"{has}: {self.least_ug - self.mass_ug} ug too little"
        return f"{has}: {self.mass_ug - self.most_ug} ug too much" if self.mass_ug > self.most_ug else f"{has}: well"


def shares(mission: Mission) -> tuple[Share, ...]:
    """The shares of a mission as its policy counts them: research with public, permanent, backup."""
    masses = _masses(mission.code)
    total = sum(masses.values())
    told = _told(mission, masses)
    return tuple(Share(name, mass, total, -(-total * least // PPM), total * most // PPM) for name, mass, least, most in told)


def _told(mission: Mission, masses: dict[str | None, int]) -> Iterator[tuple[str, int, int, int]]:
    research = masses.get("research", 0) + masses.get("public", 0)
    yield "research and public", research, mission.research_least_ppm, mission.research_most_ppm
    yield "permanent", masses.get("permanent", 0), mission.permanent_least_ppm, PPM
    yield "backup", masses.get("backup", 0), mission.backup_least_ppm, PPM


def _masses(mission: str) -> dict[str | None, int]:
    """The mass of a mission's samples by purpose [ug]."""
    found = Sample.objects.filter(mission=mission, mass_ug__gt=0).values_list("purpose").annotate(Sum("mass_ug")).order_by("purpose")
    return {purpose: int(mass_ug) for purpose, mass_ug in found}


def _percent(mass_ug: int, total_ug: int) -> str:
    hundredths = (mass_ug * 10_000 + total_ug // 2) // total_ug if total_ug else 0
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
