"""The stay on the ground: drilling, scooping, sealing, the flag, pictures and instruments, from touchdown to lift-off.

The craft turns with the ground. `operations` is a function of the declaration, two epochs, the soil and the run's draws; the mass of the
sample is an answer, and it is aboard from the moment it is collected. With draws off (the nominal flight) every draw is zero and the spot
is the median one: median density, strength, recovery and fill, rocks at their median distance. Any run with draws on has a spot of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import Field, model_validator

from farside.basis.declaration import Declaration, Distance, Duration, Mass, Measured, Name, Period, Thrust
from farside.basis.draws import Draws
from farside.basis.quantities import Dimension
from farside.craft.arm import SCOOP, fills, scooped_kg
from farside.craft.container import MICROGRAMS_PER_KG, Container, Portion, Tool, as_of, filled, renewed, sealed, whole_micrograms
from farside.craft.drill import DRILL, Bore, Limits, bored, core, recovery
from farside.craft.ground import MEDIAN_SOIL, Ground, Soil, ground_under
from farside.craft.module import Landed
from farside.environment.site_conditions import site_conditions
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome
from farside.planning.lunar_plane import LandingGoal
from farside.planning.network import contact_events, site_of, stay_contacts

HOUR_S = 3600.0

TORQUE = Dimension("a torque", "N * m", "15 N*m", "N*m")
LEAK_RATE = Dimension("a leak rate", "Pa * m**3 / s", "1e-9 Pa*m^3/s", "Pa*m^3/s")
DEPTH_MAX_M = 3.0  # the deepest Apollo core, Apollo 17: no density was measured below it (Lunar Sourcebook, chapter 9)

Torque = Annotated[float, Measured(TORQUE, above=0.0, within="above 0 N*m")]
LeakRate = Annotated[float, Measured(LEAK_RATE, least=0.0, within="0 Pa*m^3/s or more")]


class Drilling(Declaration):
    """When the drill starts (after touchdown), how deep, how long (with unfolding it and winding up the core) and how hard it may work.

    The core is kept in pieces of `core_interval_m`.
    """

    start_s: Duration = Field(alias="start")
    duration_s: Period = Field(alias="duration")
    depth_m: Distance = Field(alias="depth")
    weight_on_bit_n: Thrust = Field(alias="weight_on_bit")
    torque_n_m: Torque = Field(alias="torque")
    core_interval_m: Distance = Field(alias="core_interval")

    @model_validator(mode="after")
    def _core_is_whole(self) -> Drilling:
        if self.depth_m > DEPTH_MAX_M:
            raise ValueError(f"depth is {self.depth_m} m; the soil is known down to {DEPTH_MAX_M} m")
        if self.core_interval_m < 0.002:
            raise ValueError("core_interval must be at least 2 mm: depths are told in whole millimetres")
        return self


class Scooping(Declaration):
    """When the arm starts (after touchdown), how many passes it is to make, and how long one takes."""

    start_s: Duration = Field(alias="start")
    passes: Annotated[int, Field(strict=True, ge=0, le=200)]
    pace_s: Period = Field(alias="pace")


class Vessel(Declaration):
    """The container: what it may hold, how long sealing takes, when it is sealed at the latest (after touchdown), and its leak rate."""

    capacity_kg: Mass = Field(alias="capacity")
    sealing_s: Duration = Field(alias="sealing")
    latest_s: Period = Field(alias="latest")
    leak_rate_pa_m3_s: LeakRate = Field(alias="leak_rate")


class Watch(Declaration):
    """When an instrument is switched on (after touchdown), and for how long."""

    start_s: Duration = Field(alias="start")
    duration_s: Period = Field(alias="duration")


class Surface(Declaration):
    """The stay of `craft` from touchdown to the lift-off of the goals; `container_module` carries the sample from then on."""

    name: Name
    kind: Literal["surface"]
    craft: Name
    container_module: Name
    drill: Drilling
    scoop: Scooping
    container: Vessel
    flag_s: Duration = Field(alias="flag")
    rover_picture_s: Duration | None = Field(default=None, alias="rover_picture")
    instruments: dict[Name, Watch] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_thing_at_a_time(self) -> Surface:
        drilled = self.drill.start_s + self.drill.duration_s
        if self.scoop.start_s < drilled:
            raise ValueError(f"scoop.start must not be before the drill is done, {drilled / HOUR_S:g} h after touchdown")
        if self.container.latest_s < drilled + self.container.sealing_s:
            raise ValueError(
                "container.latest must leave time to drill and to seal: "
                f"{(drilled + self.container.sealing_s) / HOUR_S:g} h after touchdown or more"
            )
        return self

    def fly(self, course: Course) -> None:
        landing, place, landed_s = course.setting.landing, course.craft.place, course.craft.epoch_s
        assert landing is not None
        if not isinstance(place, Landed):
            raise LegEnded(Outcome.TARGET_MISSED, f"{self.name}: {self.craft} has not landed; a descent before would do")
        if landing.lift_off_s <= landed_s:
            late_h = (landed_s - landing.lift_off_s) / HOUR_S
            raise LegEnded(Outcome.TARGET_MISSED, f"{self.name}: lift_off passed {late_h:.1f} h before touchdown; a later one would do")
        done = operations(self, place.site, landed_s, landing.lift_off_s, course.setting.draws)
        self._aboard(course, as_of(done.container, landed_s))
        for happening in self._with_surroundings(course, landing, done.events):
            course.coast(happening.epoch_s)
            self._aboard(course, as_of(done.container, happening.epoch_s))
            course.note(happening.name, **happening.data)
        course.coast(landing.lift_off_s)
        course.advice = done.advice

    def _with_surroundings(self, course: Course, landing: LandingGoal, events: tuple[Happening, ...]) -> list[Happening]:
        """The events with those of the contacts, in order; each tells where the Sun stands and how warm the ground is."""
        world, site, landed_s = course.world, site_of(landing), course.craft.epoch_s
        heard = stay_contacts(world, course.setting.network, site, landed_s, landing.lift_off_s)
        told = sorted([*events, *starmap(Happening, contact_events(heard))], key=lambda happening: happening.epoch_s)
        if not told:
            return []
        there = site_conditions(site, np.array([happening.epoch_s for happening in told]), world.sky)
        sun, warm = there.sun_elevation_deg.tolist(), there.temperature_k.tolist()
        return [
            happening._replace(data=happening.data | {"sun_elevation_deg": high, "ground_temperature_k": kelvin})
            for happening, high, kelvin in zip(told, sun, warm, strict=True)
        ]

    def _aboard(self, course: Course, container: Container) -> None:
        """The container as it is now, on the module that carries it."""
        course.craft = course.craft.with_module(renewed(course.craft.module(self.container_module), container))


class Happening(NamedTuple):
    """An event of the stay: its name, when (TDB seconds past J2000), and what only this kind of event has."""

    name: str
    epoch_s: float
    data: dict[str, Any]


@dataclass(frozen=True)
class Operations:
    """What was done on the ground: events by epoch, the portions, the container that holds them, the hole, and what was cut short."""

    events: tuple[Happening, ...]
    portions: tuple[Portion, ...]
    container: Container
    bore: Bore | None
    advice: str = ""


@dataclass(frozen=True)
class _Taken:
    """Soil that a tool brought: depths [m], mass before rounding, epoch."""

    id: str
    tool: Tool
    mass_kg: float
    top_m: float
    bottom_m: float
    epoch_s: float


def operations(
    surface: Surface, site: str, landed_s: float, lift_off_s: float, draws: Draws, soil: Soil = MEDIAN_SOIL, container_id: str = "sample"
) -> Operations:
    """All that happens on the ground between two epochs (TDB seconds past J2000).

    `site`: the name that the portions carry. `draws`: of this run; off gives the median spot.
    Returns events, portions and the container, sealed if there was time. What the stay or the container had no room for is left out, and
    `advice` says so. Raises `ValueError` when the craft lifts off before it lands.
    *Model and limits*: one thing after another at declared times; soil that does not fit into the container is left on the ground.
    """
    if lift_off_s <= landed_s:
        raise ValueError(f"lift-off ({lift_off_s}) must come after touchdown ({landed_s})")
    # Deep enough for the bit and for the scoop, whichever goes deeper.
    ground = ground_under(soil, DRILL.bit_m, max(surface.drill.depth_m, SCOOP.depth_m), draws, surface.name)
    close_s = landed_s + min(surface.container.latest_s, lift_off_s - landed_s) - surface.container.sealing_s
    drill, bore = _drilled(surface, ground, soil, landed_s, close_s, draws)
    scoops, asked = _scooped(surface, ground, landed_s, close_s, draws), surface.scoop.passes
    kept = _that_fits((*drill, *scoops), surface.container.capacity_kg)
    container = _container(surface, site, kept, close_s, landed_s, container_id)
    events = (
        *_sampling_events(drill, bore, surface, landed_s, container),
        *_other_events(surface, landed_s, lift_off_s),
    )
    return Operations(
        tuple(sorted(events, key=lambda event: event.epoch_s)),
        container.portions,
        container,
        bore,
        _advice(surface, kept, (len(drill), len(scoops), asked), container, bore, lift_off_s - landed_s),
    )


def _drilled(
    surface: Surface, ground: Ground, soil: Soil, landed_s: float, close_s: float, draws: Draws
) -> tuple[tuple[_Taken, ...], Bore | None]:
    """The core, collected when the drill hands it over, and the hole; nothing when there is no time to go down at all."""
    told = surface.drill
    start_s = landed_s + told.start_s
    time_s = min(told.duration_s, close_s - start_s) - DRILL.unfold_s - DRILL.retrieve_s
    if time_s <= 0.0:
        return (), None
    bore = bored(DRILL, ground, Limits(told.weight_on_bit_n, told.torque_n_m, told.depth_m, time_s), soil.gravity_m_s2)
    end_s = start_s + DRILL.unfold_s + bore.time_s + DRILL.retrieve_s
    pieces = core(DRILL, ground, bore, recovery(DRILL, draws, surface.name), told.core_interval_m)
    return tuple(_Taken(f"drill-{i:03d}", "drill", p.mass_kg, p.top_m, p.bottom_m, end_s) for i, p in enumerate(pieces, 1)), bore


def _scooped(surface: Surface, ground: Ground, landed_s: float, close_s: float, draws: Draws) -> tuple[_Taken, ...]:
    """The passes that end before the container has to close, each collected at its end."""
    density = ground.mean_density_kg_m3(0.0, SCOOP.depth_m)
    passes = []
    for i, fill in enumerate(fills(SCOOP, surface.scoop.passes, draws, surface.name), 1):
        end_s = landed_s + surface.scoop.start_s + i * surface.scoop.pace_s
        if end_s <= close_s:
            passes.append(_Taken(f"scoop-{i:03d}", "scoop", scooped_kg(SCOOP, fill, density), 0.0, SCOOP.depth_m, end_s))
    return tuple(passes)


def _that_fits(taken: tuple[_Taken, ...], capacity_kg: float) -> tuple[_Taken, ...]:
    """What goes into the container, in the order of collecting: the piece that fills it in part, those after it not at all."""
    kept, room_kg = [], capacity_kg
    for piece in taken:
        mass_kg = min(piece.mass_kg, room_kg)
        if mass_kg * MICROGRAMS_PER_KG >= 2.0:  # less would be nothing once it is rounded
            kept.append(_Taken(piece.id, piece.tool, mass_kg, piece.top_m, piece.bottom_m, piece.epoch_s))
        room_kg -= mass_kg
    return tuple(kept)


def _container(surface: Surface, site: str, kept: tuple[_Taken, ...], close_s: float, landed_s: float, name: str) -> Container:
    """The container with its portions; sealed after the last of them, or at the latest when it has to be, if there is time."""
    vessel = surface.container
    capacity_ug = math.floor(vessel.capacity_kg * MICROGRAMS_PER_KG + 1e-3)
    masses = whole_micrograms([piece.mass_kg for piece in kept], capacity_ug)
    portions = [_portion(piece, mass, site) for piece, mass in zip(kept, masses, strict=True)]
    held = filled(Container(name, capacity_ug), portions)
    if close_s < landed_s:
        return held
    last_s = max((portion.collected_s for portion in held.portions), default=close_s)
    return sealed(held, last_s + vessel.sealing_s, vessel.leak_rate_pa_m3_s)


def _portion(piece: _Taken, mass_ug: int, site: str) -> Portion:
    """What was taken, in whole micrograms and millimetres; a core may be shorter than a millimetre."""
    top_mm = round(piece.top_m * 1e3)
    return Portion(piece.id, piece.tool, mass_ug, top_mm, max(top_mm + 1, round(piece.bottom_m * 1e3)), piece.epoch_s, site)


def _sampling_events(
    drill: tuple[_Taken, ...], bore: Bore | None, surface: Surface, landed_s: float, container: Container
) -> Iterator[Happening]:
    """Drilling once at its end, scooping once a pass, the container at its sealing; masses are those in the container."""
    if bore is not None:
        core_ug = sum(portion.mass_ug for portion in container.portions if portion.tool == "drill")
        end_s = landed_s + surface.drill.start_s + DRILL.unfold_s + bore.time_s + DRILL.retrieve_s
        told = {"depth_m": bore.depth_m, "core_mass_kg": core_ug / MICROGRAMS_PER_KG, "refusal": bore.refusal, "ended_by": bore.ended}
        yield Happening("drilling", end_s, {**told, "core_pieces": len(drill)})
    for portion in container.portions:
        if portion.tool == "scoop":
            yield Happening("scooping", portion.collected_s, {"mass_kg": portion.mass_ug / MICROGRAMS_PER_KG, "portion": portion.id})
    if container.sealed_s is not None:
        data = {"mass_kg": container.mass_kg, "portions": len(container.portions), "leak_rate_pa_m3_s": container.leak_rate_pa_m3_s}
        yield Happening("container_sealed", container.sealed_s, data)


def _shown(surface: Surface) -> list[tuple[str, float]]:
    """What is shown and pictured, and when after touchdown."""
    told = (("flag", surface.flag_s), ("rover_picture", surface.rover_picture_s))
    return [(name, after_s) for name, after_s in told if after_s is not None]


def _other_events(surface: Surface, landed_s: float, lift_off_s: float) -> Iterator[Happening]:
    """Flag, picture and instruments, as far as the stay allows; an instrument still on at lift-off is switched off by it."""
    for name, after_s in _shown(surface):
        if landed_s + after_s <= lift_off_s:
            yield Happening(name, landed_s + after_s, {})
    for name, watch in surface.instruments.items():
        on_s = landed_s + watch.start_s
        off_s = min(on_s + watch.duration_s, lift_off_s)
        if on_s < off_s:
            yield Happening("instrument_on", on_s, {"instrument": name})
            yield Happening("instrument_off", off_s, {"instrument": name, "hours": (off_s - on_s) / HOUR_S})


def _advice(
    surface: Surface, kept: tuple[_Taken, ...], counts: tuple[int, int, int], container: Container, bore: Bore | None, stay_s: float
) -> str:
    """What was cut short and what would help, as sentences; empty when all was done."""
    drilled, scooped, asked = counts
    scoops_kept = sum(piece.tool == "scoop" for piece in kept)
    said = []
    if bore is None:
        said.append("the drill had no time to go down; an earlier drill.start, a longer drill.duration or a longer stay would do")
    elif bore.ended == "time":
        said.append(f"the drill's time ran out at {bore.depth_m:.2f} m; a longer drill.duration or more weight_on_bit would do")
    elif bore.refusal:
        said.append(f"the drill was stopped by {bore.refusal} at {bore.depth_m:.2f} m; more weight_on_bit or torque may do")
    if scooped < asked:
        said.append(f"time for {scooped} of {asked} scoop passes; an earlier scoop.start, a shorter pace or a later lift-off would do")
    if scoops_kept < scooped or drilled > len(kept) - scoops_kept:
        said.append(f"the container was full at {container.mass_kg:.3f} kg; a larger container.capacity would hold more")
    if container.sealed_s is None:
        said.append(f"a stay of {stay_s / HOUR_S:.1f} h is too short to seal the container; a later lift-off would do")
    late = [name for name, watch in surface.instruments.items() if watch.start_s >= stay_s]
    late += [name for name, after_s in _shown(surface) if after_s > stay_s]
    if late:
        said.append(f"{', '.join(late)}: would start after lift-off; an earlier start would do")
    return "; ".join(said)
