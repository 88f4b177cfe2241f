"""Tables of a report: the burns, the modules, and the numbers that are assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from farside.craft.container import sample_mass_ug
from farside.craft.module import Gone, Landed
from farside.phases.leg import Burn
from farside.plots.story import Story, day
from farside.plots.words import title

ASSUMED = "assumed"  # how the source of an assumption begins
FEWEST = 3  # burns of one name in one phase that share a row


@dataclass(frozen=True)
class Burned:
    """A burn, or a run of small ones of one name: what it is called, of which module and engine, when, how long, how much."""

    name: str
    module: str
    engine: str
    when: str
    seconds: float
    thrust_n: float
    delta_v_m_s: float
    propellant_kg: float


def burns(story: Story) -> list[Burned]:
    """The burns of the flight, by ignition; a run of one name (`approach_1`, `approach_2`, ..) in one row."""
    found: list[Burned] = []
    for _, run in groupby(story.flight.burns, key=lambda burn: (burn.phase, re.sub(r"_\d+$", "", burn.name), burn.module)):
        same = list(run)
        for group in [same] if len(same) >= FEWEST and _small(same) else [[one] for one in same]:
            found.append(_row(group))
    return found


def _small(same: list[Burn]) -> bool:
    """Whether burns are so short that one row says enough."""
    return max(burn.cutoff_s - burn.ignition_s for burn in same) < 10.0


def _row(group: list[Burn]) -> Burned:
    first = group[0]
    number = group[-1].name.rpartition("_")[2]
    return Burned(
        title(first.name) + (f" to {number}" if len(group) > 1 else ""),
        first.module,
        first.engine.replace("_", " "),
        day(first.ignition_s),
        sum(burn.cutoff_s - burn.ignition_s for burn in group),
        first.thrust_n,
        sum(burn.delta_v_m_s for burn in group),
        sum(burn.propellant_kg for burn in group),
    )


@dataclass(frozen=True)
class Weighed:
    """A module: dry mass, propellant at the start and at the end [kg], sample aboard [g], all its burns [m/s], where it is at the end."""

    name: str
    dry_kg: float
    loaded_kg: float
    left_kg: float
    sample_g: float
    delta_v_m_s: float
    ends: str


def modules(story: Story) -> list[Weighed]:
    """Every module of the flight, at its end."""
    found = []
    for craft in story.flight.state.crafts:
        for module in craft.modules:
            own = [burn.delta_v_m_s for burn in story.flight.burns if burn.module == module.name]
            begins = story.flight.mission.modules[module.name]
            masses = (begins.dry_mass_kg, begins.propellant_kg, module.propellant_kg)
            found.append(Weighed(module.name, *masses, sample_mass_ug([module]) / 1e6, sum(own), _where(craft.place)))
    order = story.flight.modules
    return sorted(found, key=lambda one: order.index(one.name))


def _where(place: object) -> str:
    """Where a craft is, in words."""
    if isinstance(place, Gone):
        return f"{place.where}: {place.why}"
    body = "the Moon" if getattr(place, "center", "") == "moon" else "the Earth"
    return f"stands on {body}, {place.site} site" if isinstance(place, Landed) else f"flies about {body}"


def assumptions(story: Story) -> Iterator[tuple[str, str, str]]:
    """The numbers of the mission file that nobody published: key, what is written there, and why it was assumed."""
    for path, (written, source) in story.flight.mission.sources.items():
        if source.startswith(ASSUMED):
            yield path, written, source.removeprefix(ASSUMED).lstrip(": ") or "no reason is given"
