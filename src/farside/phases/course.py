"""A leg in the making: one craft, moved by coasts and burns, with its events, until the phase is done or cannot go on.

Phases are written with a few verbs: `fix` (what the craft knows), `coast`, `burn`, `powered`, `note` (an event). The truth moves by the
propagator and the closed loops alone; guidance is given the fix alone. *Navigation model*: with dispersions on, each fix is the truth plus
a Gaussian error of the declared size, as an orbit determination from the ground would leave it (`mistaken`); without, it is the truth.
*Execution model*: thrust, pointing and the accelerometer that cuts the engine off have one Gaussian error each per burn. *Limits*:
separations are triggered by the truth, and the mass is known exactly.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2
from farside.basis.draws import Draws
from farside.basis.epochs import utc_from_tdb
from farside.basis.twobody import turned, unit
from farside.craft.module import Center, Craft, Engine, Gone, Knowledge, Landed, Module, Orbit, State
from farside.dynamics import forces as f
from farside.dynamics import propagate as p
from farside.dynamics import world as w
from farside.dynamics.arcs import Arc
from farside.dynamics.powered import held_rates
from farside.dynamics.world import Point, Steering, World
from farside.environment.declared import SiteTerrain
from farside.environment.site_terrain import site_terrain
from farside.environment.terrain import Terrain
from farside.guidance.command import Command, sweep, vector
from farside.guidance.entry import EntryGoal
from farside.phases.dispersions import Dispersions
from farside.phases.faults import Fault, fix_error, lasting
from farside.phases.leg import Attitude, Burn, Event, History, Leg, Outcome, Throttled
from farside.planning.goals import Site
from farside.planning.lunar_plane import LandingGoal
from farside.planning.network import Network, site_of
from farside.planning.plan import Plan

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """What a phase is given besides the state: the world, the plan, the goals its guidance aims at, the errors of this run, who hears,
    what goes wrong; the sites of the mission, which of them the recovery is at, and all its phases."""

    world: World
    plan: Plan
    landing: LandingGoal | None
    entry: EntryGoal | None
    dispersions: Dispersions | None
    draws: Draws
    network: Network = field(default_factory=Network)
    faults: tuple[Fault, ...] = ()
    ground: SiteTerrain = field(default_factory=SiteTerrain)
    sites: Mapping[str, Site] = field(default_factory=dict)
    recovery_site: str = "recovery"
    phases: tuple[Moving, ...] = ()

    @functools.cached_property
    def terrain(self) -> Terrain:
        """The ground about the landing site, made when it is first asked for; the same one in all runs of a seed."""
        assert self.landing is not None
        return site_terrain(self.ground, self.draws.seed, site_of(self.landing))

    @property
    def minimum_correction_m_s(self) -> float:
        return self.dispersions.minimum_correction_m_s if self.dispersions else 0.0


class LegEnded(Exception):
    """The phase cannot go on: an outcome and its advice. Raised and caught inside the making of a leg only."""

    def __init__(self, outcome: Outcome, advice: str) -> None:
        super().__init__(advice)
        self.outcome, self.advice = outcome, advice


@dataclass
class Course:
    """The making of one leg. `craft` is the truth now; `partner` is the course of the other craft in a phase that moves two.

    `earlier`: legs of this phase that ended where the craft lost modules on the way (`part`).
    """

    setting: Setting
    phase: str
    before: Craft
    craft: Craft = field(init=False)
    knowledge: Knowledge | None = None
    others: tuple[Craft, ...] = ()
    after: tuple[Craft, ...] = ()
    partner: Course | None = None
    advice: str = ""
    earlier: list[Leg] = field(default_factory=list)
    arcs: list[Arc] = field(default_factory=list)
    loads: list[tuple[Module, ...]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    burns: list[Burn] = field(default_factory=list)
    history: History | None = None

    def __post_init__(self) -> None:
        self.craft = self.before

    @property
    def world(self) -> World:
        return self.setting.world

    @property
    def point(self) -> Point:
        """The truth as the propagator takes it."""
        return point_of(self.craft)

    def fix(self, what: str) -> Point:
        """What the craft knows of itself now; `what` names the fix for the draws."""
        point, errors = point_of(in_motion(self.world, self.craft)), self.setting.dispersions
        sigma_r, sigma_v = (errors.navigation_position_m, errors.navigation_velocity_m_s) if errors else (0.0, 0.0)
        off = self.setting.draws.normal(self.phase, f"navigation, {what}", 6)
        wrong = fix_error(self.setting.faults, self.phase, point.r_m, point.v_m_s)
        y = mistaken(point, sigma_r * off[:3] + wrong, sigma_v * off[3:], isinstance(self.craft.place, Orbit))
        on = self.setting.draws.enabled
        self.knowledge = Knowledge(
            point.epoch_s, point.center, vector(y[:3]), vector(y[3:6]), sigma_r if on else 0.0, sigma_v if on else 0.0
        )
        return Point(point.center, point.epoch_s, y)

    def coast(self, until_s: float, stop: f.Stop = f.no_stop, center: Center | None = None) -> bool:
        """Move without thrust; whether the stop was met. Ends the leg when the craft strikes a body, or is asked to go where it cannot.

        A craft that has landed stays where it is.
        """
        self._allowed(until_s)
        if isinstance(self.craft.place, Landed):
            self._stay(self.craft.place, until_s)
            return False
        flown = w.coast(self.world, self.point, until_s, stop, center, keep=True)
        self._moved(flown.arcs, flown.point)
        if flown.status == p.IMPACT:
            at = utc_from_tdb(flown.point.epoch_s)
            self.craft = replace(self.craft, place=Gone(f"struck the {flown.point.center}", f"at {at}"))
            raise LegEnded(
                Outcome.IMPACT, f"{self.craft.name} strikes the {flown.point.center} at {at}; a higher periapsis before would do"
            )
        if flown.status == p.STUCK:
            raise LegEnded(Outcome.TARGET_MISSED, f"the motion cannot be followed beyond {utc_from_tdb(flown.point.epoch_s)}")
        return flown.status == p.STOPPED

    def _stay(self, place: Landed, until_s: float) -> None:
        """Turn with the ground."""
        if until_s > self.craft.epoch_s:
            self.arcs.append(w.stay(self.world, place, self.craft.epoch_s, until_s, self.craft.mass_kg))
            self.loads.append(self.craft.modules)
        self.craft = replace(self.craft, epoch_s=until_s)

    def burn(self, command: Command, module: str, engine_name: str, event: str) -> None:
        """Coast to ignition and burn as commanded, with this run's errors; ends the leg when the tank runs dry."""
        self.coast(command.ignition_s)
        tank = self.craft.module(module)
        engine, steering, delta_v = self._executed(command, tank.engine(engine_name), event)
        mass, flow = self.craft.mass_kg, engine.thrust_n / engine.exhaust_speed_m_s
        seconds = w.burn_seconds(mass, delta_v, engine.thrust_n, engine.exhaust_speed_m_s)
        seconds *= lasting(self.setting.faults, self.phase, event)
        lacking = seconds * flow - tank.propellant_kg
        seconds = min(seconds, tank.propellant_kg / flow)
        flown = w.burn(self.world, self.point, seconds, engine.thrust_n, engine.exhaust_speed_m_s, steering, keep=True)
        self.note(event)
        used = mass - flown.point.mass_kg
        sensed = engine.exhaust_speed_m_s * float(np.log(mass / flown.point.mass_kg))
        self.burns.append(
            Burn(
                event,
                self.phase,
                self.craft.name,
                module,
                engine_name,
                flown.point.center,
                command.ignition_s,
                flown.point.epoch_s,
                engine.thrust_n,
                engine.isp_s,
                mass,
                used,
                sensed,
                Attitude(steering.axis, steering.toward, steering.rate_rad_s, steering.reference_s),
            )
        )
        self._moved(flown.arcs, flown.point)
        self.craft = self.craft.with_module(tank.burned(used))
        if lacking > 0.0:
            raise LegEnded(
                Outcome.PROPELLANT_EXHAUSTED,
                f"{module} ran dry in {event}: {lacking:.1f} kg more are needed for its {delta_v:.1f} m/s alone;"
                " more propellant or less dry mass would do",
            )

    def powered(self, event: str, module: str, engine_name: str, rows: Array) -> None:
        """Take over a closed-loop burn: `rows` of `dynamics.closed_loop`, one a step, become the burn's history and the arc's nodes."""
        tank, mass = self.craft.module(module), self.craft.mass_kg
        engine = tank.engine(engine_name)
        rates = held_rates(rows, self.world.forces("moon"), engine.exhaust_speed_m_s)
        arc = w.hermite_arc("moon", "burn", rows[:, 0], rows[:, 1:8], rates, float(rows[1:, 8].mean()))
        self.note(event)
        used = mass - float(rows[-1, 7])
        steering = sweep(rows[0, 9:12], float(rows[0, 0]), rows[-1, 9:12], float(rows[-1, 0]))
        self.burns.append(
            Burn(
                event,
                self.phase,
                self.craft.name,
                module,
                engine_name,
                "moon",
                float(rows[0, 0]),
                float(rows[-1, 0]),
                arc.thrust_n,
                engine.isp_s,
                mass,
                used,
                engine.exhaust_speed_m_s * float(np.log(mass / rows[-1, 7])),
                Attitude(steering.axis, steering.toward, steering.rate_rad_s, steering.reference_s),
                Throttled(rows[:-1, 0].copy(), rows[1:, 8].copy(), rows[1:, 9:12].copy()),  # a row tells the thrust of the step before it
            )
        )
        self._moved((arc,), Point("moon", float(rows[-1, 0]), rows[-1, 1:8].copy()))
        self.craft = self.craft.with_module(tank.burned(used))

    def note(self, name: str, **data: Any) -> None:
        """An event at the present epoch."""
        place = in_motion(self.world, self.craft).place
        assert isinstance(place, Orbit)
        self.events.append(
            Event(
                name,
                self.phase,
                self.craft.name,
                self.craft.module_names,
                self.craft.epoch_s,
                place.center,
                place.r_m,
                place.v_m_s,
                self.craft.mass_kg,
                data,
            )
        )

    def note_at(self, name: str, arc: Arc, epoch_s: float, **data: Any) -> None:
        """An event found afterwards on an arc of this leg."""
        y = arc.at(epoch_s)[0]
        where = (arc.center, vector(y[:3]), vector(y[3:6]))
        self.events.append(Event(name, self.phase, self.craft.name, self.craft.module_names, epoch_s, *where, float(y[6]), data))

    def part(self, name: str, modules: tuple[str, ...], gone: Gone) -> None:
        """Lose modules that nobody follows, as a craft of that name: the leg so far ends here, and the craft goes on with another."""
        craft = self.craft
        lost = Craft(name, tuple(craft.module(module) for module in modules), craft.epoch_s, gone)
        self.craft = replace(craft, modules=tuple(module for module in craft.modules if module.name not in modules))
        self.after = (self.craft, lost)
        self.earlier.append(self.leg())
        self.before, self.after = self.craft, ()
        self.arcs, self.loads, self.events, self.burns, self.history = [], [], [], [], None

    def leg(self, outcome: Outcome = Outcome.DONE, advice: str = "") -> Leg:
        """What the phase hands back."""
        events = tuple(sorted(self.events, key=lambda e: e.epoch_s))
        said, after = advice or self.advice, self.after or (self.craft,)
        arcs, loads = tuple(self.arcs), tuple(self.loads)
        return Leg(self.phase, (self.before,), after, arcs, events, tuple(self.burns), outcome, said, loads, self.history)

    def _allowed(self, until_s: float) -> None:
        """End the leg when an epoch has passed already, or lies beyond the ephemerides of this flight."""
        now, end = self.craft.epoch_s, self.world.sky.start_s + self.world.sky.step_s * len(self.world.sky.table)
        if until_s < now:
            raise LegEnded(
                Outcome.TARGET_MISSED,
                f"{utc_from_tdb(until_s)} has passed when {self.craft.name} gets here, {utc_from_tdb(now)};"
                f" the phases before must end {(now - until_s) / 3600.0:.2f} h earlier",
            )
        if until_s > end:
            raise LegEnded(
                Outcome.TARGET_MISSED,
                f"{utc_from_tdb(until_s)} lies beyond the ephemerides loaded for this mission, which end {utc_from_tdb(end)}",
            )

    def _moved(self, arcs: tuple[Arc, ...], point: Point) -> None:
        self.arcs.extend(arcs)
        self.loads.extend(self.craft.modules for _ in arcs)
        self.craft = replace(self.craft, epoch_s=point.epoch_s, place=Orbit(point.center, vector(point.r_m), vector(point.v_m_s)))

    def _executed(self, command: Command, engine: Engine, event: str) -> tuple[Engine, Steering, float]:
        """Engine, steering and velocity change as they turn out."""
        errors, draw = self.setting.dispersions, self.setting.draws
        if errors is None or not draw.enabled:
            return engine, command.steering, command.delta_v_m_s
        thrust = engine.thrust_n * (1.0 + errors.thrust * float(draw.normal(self.phase, f"thrust, {event}")[0]))
        scale = 1.0 + errors.accelerometer * float(draw.normal(self.phase, f"accelerometer, {event}")[0])
        tilt = errors.pointing_rad * draw.normal(self.phase, f"pointing, {event}", 3)
        size = float(np.linalg.norm(tilt))
        s = command.steering
        if size == 0.0:
            return replace(engine, thrust_n=thrust), s, command.delta_v_m_s / scale
        axis, toward = (turned(np.array(v), unit(tilt), size) for v in (s.axis, s.toward))
        return replace(engine, thrust_n=thrust), replace(s, axis=vector(axis), toward=vector(toward)), command.delta_v_m_s / scale


class Moving(Protocol):
    """A declared phase: its name, the craft it moves, and how. One that moves two has a `partner` too, the name of the other."""

    @property
    def name(self) -> str: ...

    @property
    def craft(self) -> str: ...

    def fly(self, course: Course) -> None: ...


def mistaken(point: Point, dr_m: Array, dv_m_s: Array, in_orbit: bool = True) -> Array:
    """The state (7,) as an orbit determination takes it, with an error of position (3,) and one of velocity (3,).

    Tracking knows the period of a craft `in_orbit`, so that the energy is off by what the velocity's error says and no more: the velocity
    is off by a further part along itself, which makes up for the error of the height.
    """
    y, gm = point.y.copy(), {"earth": GM_EARTH_M3_S2, "moon": GM_MOON_M3_S2}[point.center]
    r, v = point.r_m, point.v_m_s
    along = in_orbit * gm * float(r @ dr_m) / (float(np.linalg.norm(r)) ** 3 * float(v @ v))
    y[:3] += dr_m
    y[3:6] += dv_m_s - along * v
    return y


def in_motion(world: World, craft: Craft) -> Craft:
    """The same craft in free space at this instant: one that has landed moves with the ground."""
    place = craft.place
    if not isinstance(place, Landed):
        return craft
    y = w.landed_states(world, place, np.array([craft.epoch_s]), 0.0)[0][0]
    return replace(craft, place=Orbit(place.center, vector(y[:3]), vector(y[3:6])))


def point_of(craft: Craft) -> Point:
    """A craft in free space as the propagator takes it."""
    if not isinstance(craft.place, Orbit):
        raise ValueError(f"{craft.name} is {craft.place}; only a craft in free space moves")
    return Point(craft.place.center, craft.epoch_s, np.array([*craft.place.r_m, *craft.place.v_m_s, craft.mass_kg]))


def knowing(state: State, name: str, knowledge: Knowledge | None) -> State:
    """The state with what one craft knows renewed."""
    others = tuple((key, known) for key, known in state.knowledge if key != name)
    flying = {craft.name for craft in state.crafts}
    kept = (*others, (name, knowledge)) if knowledge else others
    return replace(state, knowledge=tuple((key, known) for key, known in kept if key in flying))
