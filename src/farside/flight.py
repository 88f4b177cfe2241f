"""Flight: `plan` solves what a mission's goals require, `fly` folds its phases over the state, and `Flight` answers what happened.

    mission = load("missions/change6.toml")
    flight = fly(mission, plan(mission))
    flight.at(epoch_s, "lander"), flight.events, print(flight)

The plan is kept in the cache by the digest of mission, sources and data; deleting the cache changes nothing but the time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pydantic import TypeAdapter, ValidationError

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.basis.constants import DAY_S, MOON_RADIUS_M, WGS84_RADIUS_M
from farside.basis.draws import Draws
from farside.basis.epochs import utc_from_tdb
from farside.basis.kernel import cache_root, source_digest
from farside.basis.twobody import unit
from farside.craft.module import Craft, Engine, Gone, Landed, Module, Orbit, State
from farside.dynamics.world import World
from farside.environment.ephemeris import Sky, load_sky
from farside.environment.ephemeris_files import EPHEMERIS_PACKAGES
from farside.environment.gravity import moon_gravity, read_gravity_file
from farside.environment.landing_spot import Limits
from farside.environment.orientation import mean_earth_from, orientation_of
from farside.environment.site_terrain import check_ground
from farside.environment.store import find
from farside.guidance.command import vector
from farside.guidance.entry import EntryGoal
from farside.guidance.lunar import GuidanceError
from farside.mission import Mission, Phase, load
from farside.phases.capture import Capture, Lowering
from farside.phases.course import Course, LegEnded, Moving, Setting, knowing
from farside.phases.departure import Departure
from farside.phases.descent import Descent
from farside.phases.gate import Gate
from farside.phases.launch import Launch
from farside.phases.leg import Burn, Event, Leg, Outcome
from farside.phases.separation import Separation
from farside.phases.transfer import Transfer
from farside.phases.trigger import LONGEST_S, AtAltitude
from farside.planning.approach import Ship
from farside.planning.arrival import Orbits
from farside.planning.departure import DepartureGoal
from farside.planning.launch import pad_at
from farside.planning.lunar_plane import LandingGoal, PlanError
from farside.planning.network import Network, site_of
from farside.planning.plan import Plan
from farside.planning.relay_orbit import RelayOrbit, declared_orbit, relay_point
from farside.planning.road import HomeGoal, LunarGoal, Progress, RoadGoal, plan_road
from farside.planning.to_orbit import Rocket
from farside.planning.transfer import LaunchGoal

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["Burn", "Event", "Flight", "Leg", "Outcome", "Plan", "PlanError", "fly", "load", "plan"]

PLAN = TypeAdapter(Plan)
Kind = TypeVar("Kind")
ABOUT_S, ABOUT_RAD = 660.0, 0.45  # from liftoff to the parking orbit, in time and angle: what the search for an ascent begins with


def quiet(stage: str, done: float) -> None:
    """The progress report nobody listens to."""


@dataclass(frozen=True)
class Truth:
    """Where a module is at an epoch: position [m] and velocity [m/s] about `center`, ICRF axes; mass [kg] of all modules joined to it."""

    epoch_s: float
    center: str
    r_m: tuple[float, float, float]
    v_m_s: tuple[float, float, float]
    mass_kg: float
    craft: str


@dataclass(frozen=True, repr=False)
class Flight:
    """What flying left: the legs, in order, and how it ended. Everything else is a reading of them."""

    mission: Mission
    plan: Plan
    legs: tuple[Leg, ...] = field(repr=False)
    sky: Sky = field(repr=False)
    state: State = field(repr=False)
    outcome: Outcome
    advice: str = ""
    seed: int | None = None
    run: int = 0

    @property
    def events(self) -> tuple[Event, ...]:
        """All events by epoch, ties by leg."""
        return tuple(sorted((event for leg in self.legs for event in leg.events), key=lambda event: event.epoch_s))

    @property
    def burns(self) -> tuple[Burn, ...]:
        """All burns by ignition."""
        return tuple(sorted((burn for leg in self.legs for burn in leg.burns), key=lambda burn: burn.ignition_s))

    @property
    def modules(self) -> tuple[str, ...]:
        """The names of all modules, as they were joined at the start."""
        return tuple(self.mission.modules)

    def at(self, epoch_s: float, module: str) -> Truth:
        """Where a module is at an epoch (TDB s past J2000), attached or free; `ValueError` outside its life, `KeyError` for none such."""
        if module not in self.modules:
            raise KeyError(f"no module {module!r} in {self.mission.name}; it has {', '.join(self.modules)}")
        lives = [leg for leg in self.legs if module in leg.before[0].module_names]
        for leg in reversed(lives):
            for arc in reversed(leg.arcs):
                if arc.start_s <= epoch_s <= arc.end_s:
                    y = arc.at(epoch_s)[0]
                    return Truth(epoch_s, arc.center, vector(y[:3]), vector(y[3:6]), float(y[6]), leg.before[0].name)
        first, last = lives[0].start_s, max(leg.end_s for leg in lives)
        raise ValueError(f"{module} is followed from {utc_from_tdb(first)} to {utc_from_tdb(last)}; asked for {utc_from_tdb(epoch_s)}")

    def to_xarray(self) -> xr.DataTree:
        """The trajectories, a group for each module: `farside.to_xarray`, which reads legs from above this room."""
        return sys.modules["farside"].to_xarray(self)

    def to_pandas(self) -> pd.DataFrame:
        """The events, a row each: `farside.to_pandas`, likewise."""
        return sys.modules["farside"].to_pandas(self)

    def __repr__(self) -> str:
        burned = sum(burn.delta_v_m_s for burn in self.burns)
        first, last = min(leg.start_s for leg in self.legs), max(leg.end_s for leg in self.legs)
        return (
            f"<Flight {self.mission.name} {utc_from_tdb(first, 0)} to {utc_from_tdb(last, 0)}, {len(self.legs)} legs,"
            f" {len(self.burns)} burns of {burned:.0f} m/s, {self.outcome.value}>"
        )

    def __str__(self) -> str:
        lines = [repr(self), *(repr(leg) for leg in self.legs)]
        return "\n  ".join(lines) + (f"\n{self.advice}" if self.advice else "")


def build_world(mission: Mission) -> World:
    """The world that the mission's environment declares, over its whole calendar and a month more."""
    environment = mission.environment
    relay_s = mission.relay.epoch_s if mission.relay else mission.begins_s
    first_s, last_s = min(mission.begins_s, relay_s), max(_last_epoch(mission) + LONGEST_S, relay_s)
    sky = load_sky(first_s - DAY_S, last_s + 3.0 * DAY_S, environment.ephemeris)
    axes = orientation_of(sky)
    if environment.moon_gravity_file is None:
        moon_field = moon_gravity(environment.moon_gravity_degree, axes)
    else:
        moon_field = read_gravity_file(find("gravity", environment.moon_gravity_file).path, environment.moon_gravity_degree, axes)
    light = environment.solar_pressure
    area = light.area_m2 * (1.0 + light.reflectivity) if light else 0.0
    return World(sky, moon_field, mean_earth_from(axes), area)


def _last_epoch(mission: Mission) -> float:
    """The latest epoch that the mission can reach by its goals and clocks; `after`s are added up."""
    goals = mission.goals
    told = (goals.capture_s, goals.touchdown_s, goals.lift_off_s, goals.return_landing_s)
    epochs = [mission.begins_s, *(epoch for epoch in told if epoch is not None)]
    waits = 0.0
    for phase in mission.phases:
        trigger = getattr(phase, "when", getattr(phase, "until", None))
        waits += getattr(phase, "after_s", 0.0) + getattr(trigger, "after_s", 0.0) + getattr(phase, "declared_s", 0.0)
        epochs += [getattr(trigger, key) for key in ("epoch_s", "node_on_day_s") if hasattr(trigger, key)]
        epochs += [getattr(phase, key) for key in ("meeting_s", "leave_s") if hasattr(phase, key)]
    return max(epochs) + waits


def plan(mission: Mission, progress: Progress = quiet) -> Plan:
    """What the mission's goals require, from the cache or solved; `PlanError` names the condition that cannot be met and by how much.

    A mission that begins at the Moon has no road to plan: its phases solve what they need.
    """
    kept = cache_root() / "plans" / f"{_plan_digest(mission)}.json"
    with contextlib.suppress(OSError, ValidationError):
        return PLAN.validate_json(kept.read_bytes())
    if mission.start is None:
        return Plan(mission.name, mission.digest, None, None, None, None, ())
    found = plan_road(build_world(mission), road_goal(mission), progress)
    _keep(kept, json.dumps(asdict(found)))
    return found


def _plan_digest(mission: Mission) -> str:
    """What the plan depends on: the mission, the sources, and the content of the user's files."""
    digest = hashlib.sha256(f"{mission.digest} {source_digest()}".encode())
    for name in ("numpy", "pyerfa", "astropy-iers-data", EPHEMERIS_PACKAGES[mission.environment.ephemeris]):
        with contextlib.suppress(PackageNotFoundError):
            digest.update(f"{name} {version(name)}".encode())
    for kind, name in mission.data_files:
        digest.update(find(kind, name).sha256.encode())
    return digest.hexdigest()[:32]


def _keep(path: Path, text: str) -> None:
    """Write, then rename; a cache that cannot be written is no error."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as hidden:
            hidden.write(text)
        os.replace(hidden.name, path)


def road_goal(mission: Mission) -> RoadGoal:
    """The mission's goals and vehicles as the planning takes them."""
    transfer = _one(mission.phases, Transfer)
    capture = _one(mission.phases, Capture)
    lowering = _one(mission.phases, Lowering)
    assert transfer is not None
    stack = _names_after(mission, transfer)
    engine = _engine(mission, capture or transfer)
    ship = Ship(
        sum(mission.modules[m].mass_kg for m in stack),
        _engine(mission, transfer),
        engine,
        _engine(mission, lowering) if lowering else engine,
    )
    perilune = MOON_RADIUS_M + (capture.perilune_altitude_m if capture else 200e3)
    goals = mission.goals
    assert goals.capture_s is not None and goals.capture_tolerance_s is not None
    return RoadGoal(
        mission.name,
        mission.digest,
        _launch_goal(mission),
        ship,
        goals.capture_s,
        goals.capture_tolerance_s,
        perilune,
        MOON_RADIUS_M + (capture.apolune_altitude_m if capture else 8600e3),
        goals.lunar_orbit == "retrograde",
        _lunar_goal(mission, capture, lowering),
        _home_goal(mission, stack),
        _rocket(mission),
    )


def _one(phases: Iterable[Phase], kind: type[Kind]) -> Kind | None:
    """The phase of a kind that comes at most once."""
    return next((phase for phase in phases if isinstance(phase, kind)), None)


def _engine(mission: Mission, phase: Transfer | Capture | Lowering) -> Engine:
    return mission.modules[phase.module].engine(phase.engine)


def _names_after(mission: Mission, transfer: Transfer) -> tuple[str, ...]:
    """The modules that fly on when the launcher has left them."""
    for phase in mission.phases[mission.phases.index(transfer) :]:
        if isinstance(phase, Separation):
            return phase.carrier.modules
    assert mission.start is not None
    return mission.start.modules


def _launch_goal(mission: Mission) -> LaunchGoal:
    """Where the road begins; with a launch about there, and as heavy as on the pad, until the ascent is known."""
    start, site, liftoff_s = mission.start, mission.launch_site, mission.goals.liftoff_s
    assert start is not None and liftoff_s is not None
    itrf = np.array(itrf_from_geodetic(site.latitude_rad, site.longitude_rad, site.altitude_m))
    return LaunchGoal(
        unit(icrf_to_itrf(liftoff_s).T @ itrf),
        liftoff_s + (ABOUT_S if start.insertion_after_s is None else start.insertion_after_s),
        ABOUT_RAD if start.insertion_downrange_rad is None else start.insertion_downrange_rad,
        WGS84_RADIUS_M + start.parking_altitude_m,
        start.azimuth_min_rad,
        start.azimuth_max_rad,
        sum(mission.modules[m].mass_kg for m in start.modules),
    )


def _rocket(mission: Mission) -> Rocket | None:
    """What stands on the pad at liftoff; None in a mission that begins in the parking orbit."""
    launch = _one(mission.phases, Launch)
    if launch is None:
        return None
    site, standing = mission.launch_site, _on_its_pad(mission)
    return Rocket(pad_at(site.latitude_rad, site.longitude_rad, site.altitude_m), standing.epoch_s, launch.vessel(standing))


def _on_its_pad(mission: Mission) -> Craft:
    """The joined modules on the launch site at liftoff."""
    start, site, liftoff_s = mission.start, mission.launch_site, mission.goals.liftoff_s
    assert start is not None and liftoff_s is not None
    place = Landed("earth", vector(itrf_from_geodetic(site.latitude_rad, site.longitude_rad, site.altitude_m)), mission.goals.launch_site)
    return Craft(start.craft, tuple(mission.modules[name] for name in start.modules), liftoff_s, place)


def landing_goal(mission: Mission) -> LandingGoal | None:
    """The landing site and its two epochs; None in a mission without."""
    goals = mission.goals
    if goals.touchdown_s is None:
        return None
    lift_off_s = math.inf if goals.lift_off_s is None else goals.lift_off_s
    site = mission.landing_site
    c = math.cos(site.latitude_rad)
    direction = np.array([c * math.cos(site.longitude_rad), c * math.sin(site.longitude_rad), math.sin(site.latitude_rad)])
    return LandingGoal(direction, goals.touchdown_s, lift_off_s, goals.lunar_orbit == "retrograde", site.altitude_m, goals.landing_site)


def network_of(mission: Mission) -> Network:
    """Who hears the mission's craft at the Moon: its relay, if it declares one, and the stations of the Earth."""
    return Network(declared_orbit(mission.relay)) if mission.relay else Network()


def entry_goal(mission: Mission) -> EntryGoal | None:
    """The gate of the atmosphere and the site behind it; None in a mission without a gate, or without a separation at an altitude."""
    gate, landing_s = _one(mission.phases, Gate), mission.goals.return_landing_s
    if gate is None or landing_s is None:
        return None
    site = mission.recovery_site
    trigger = next((p.when for p in mission.phases if isinstance(p, Separation) and isinstance(p.when, AtAltitude)), None)
    if trigger is None:
        return None
    return EntryGoal(
        unit(np.array(itrf_from_geodetic(site.latitude_rad, site.longitude_rad, site.altitude_m))),
        landing_s,
        trigger.altitude_m,
        landing_s - trigger.before_landing_max_s,
        landing_s - trigger.before_landing_min_s,
        gate.altitude_m,
        gate.flight_path_angle_rad,
        gate.range_min_m,
        gate.range_max_m,
        gate.cross_range_max_m,
    )


def _lunar_goal(mission: Mission, capture: Capture | None, lowering: Lowering | None) -> LunarGoal | None:
    landing = landing_goal(mission)
    if capture is None or lowering is None or landing is None:
        return None
    orbits = Orbits(
        MOON_RADIUS_M + capture.perilune_altitude_m,
        MOON_RADIUS_M + capture.apolune_altitude_m,
        capture.apolune_tolerance_m or 0.0,
        tuple(step.period_s for step in lowering.steps),
        MOON_RADIUS_M + lowering.circular_altitude_m,
        lowering.phasing_m,
        lowering.earliest_circular_s,
        lowering.latest_circular_s,
        2 if mission.phases.index(lowering) > mission.phases.index(capture) + 1 else 1,  # what comes between takes the first apolune
    )
    return LunarGoal(orbits, landing)


def _home_goal(mission: Mission, stack: tuple[str, ...]) -> HomeGoal | None:
    departure, entry = _one(mission.phases, Departure), entry_goal(mission)
    if departure is None or entry is None:
        return None
    before = mission.phases[: mission.phases.index(departure)]
    partings = [phase for phase in reversed(before) if isinstance(phase, Separation) and phase.carrier.name == departure.craft]
    home = partings[0].carrier.modules if partings else stack
    first, second = (mission.modules[b.module].engine(b.engine) for b in departure.burns)
    leaving = DepartureGoal(
        departure.earliest_s, departure.latest_s, departure.ellipse_period_min_s, departure.ellipse_period_max_s, first, second
    )
    return HomeGoal(entry, leaving, sum(mission.modules[m].mass_kg for m in stack if m not in home))


def first_state(mission: Mission, plan: Plan, world: World) -> State:
    """The mission's craft where it begins: on the pad, at the insertion into the parking orbit, or in orbit of the Moon as declared."""
    if mission.start is None or plan.launch is None:
        return State(tuple(_in_orbit(mission, name, world) for name in mission.crafts))
    if plan.launch.ascent is not None:
        return State((_on_its_pad(mission),))
    modules: tuple[Module, ...] = tuple(mission.modules[name] for name in mission.start.modules)
    launch = plan.launch
    return State((Craft(mission.start.craft, modules, launch.insertion_s, Orbit("earth", launch.r_m, launch.v_m_s)),))


def _in_orbit(mission: Mission, name: str, world: World) -> Craft:
    """A craft that the mission begins with in orbit of the Moon."""
    told = mission.crafts[name]
    angles = (told.inclination_rad, told.node_rad, told.argument_rad, told.mean_anomaly_rad)
    point = relay_point(world, RelayOrbit(told.epoch_s, told.perilune_altitude_m, told.apolune_altitude_m, *angles))
    place = Orbit("moon", vector(point.r_m), vector(point.v_m_s))
    return Craft(name, tuple(mission.modules[module] for module in told.modules), told.epoch_s, place)


def fly(mission: Mission, plan: Plan, progress: Progress = quiet, dispersed: bool = False, run: int = 0) -> Flight:
    """Fly the mission's phases in order, each from the state the one before left.

    With `dispersed`, navigation and execution errors are drawn by (the mission's seed, run, phase, parameter). A phase that cannot go on
    ends the flight with an outcome and its advice; everything flown until then is kept.
    """
    setting = setting_of(mission, plan, dispersed, run)
    state, legs, outcome, advice = fly_phases(setting, first_state(mission, plan, setting.world), mission.phases, progress)
    progress("fly: craft left behind", 1.0)
    state, late = catch_up(setting, state)
    lost = next((leg for leg in late if leg.outcome is not Outcome.DONE), None)
    if lost is not None and outcome is Outcome.DONE:
        outcome, advice = lost.outcome, f"{lost.phase}: {lost.advice}"
    return Flight(mission, plan, (*legs, *late), setting.world.sky, state, outcome, advice, mission.seed if dispersed else None, run)


def setting_of(mission: Mission, plan: Plan, dispersed: bool = False, run: int = 0) -> Setting:
    """What the mission's phases are given besides the state: without errors, or with those of a run."""
    if plan.digest != mission.digest:
        raise ValueError(
            f"this plan is of {plan.mission} {plan.digest[:8]}, the mission is {mission.name} {mission.digest[:8]}: fly(m, plan(m))"
        )
    if dispersed and mission.dispersions is None:
        raise ValueError(f"{mission.name} has no [dispersions] to draw from; add that table, or fly without dispersed=True")
    _check_ground(mission)
    draws, goals = Draws(mission.seed, run, dispersed), (landing_goal(mission), entry_goal(mission))
    return Setting(
        build_world(mission),
        plan,
        *goals,
        mission.dispersions,
        draws,
        network_of(mission),
        mission.faults,
        mission.terrain,
        mission.sites,
        mission.goals.recovery_site,
        mission.phases,
    )


def _check_ground(mission: Mission) -> None:
    """Nothing when the files that [terrain] names can be the ground of the mission's descents; else an error that says why not."""
    landing = landing_goal(mission)
    for phase in mission.phases:
        if isinstance(phase, Descent) and landing is not None:
            check_ground(mission.terrain, site_of(landing), phase.footpad_radius_m, Limits().reach_m)


def fly_phases(setting: Setting, state: State, phases: Sequence[Moving], progress: Progress) -> tuple[State, list[Leg], Outcome, str]:
    """The state after phases flown in order, their legs, and how it ended: at the first that cannot go on, with its advice."""
    legs: list[Leg] = []
    for number, phase in enumerate(phases):
        progress(f"fly: {phase.name}", number / len(phases))
        state, flown = fly_phase(setting, state, phase)
        legs.extend(flown)
        ended = next((leg for leg in flown if leg.outcome is not Outcome.DONE), None)
        if ended is not None:
            named = ended.advice if ended.advice.startswith(f"{phase.name}: ") else f"{phase.name}: {ended.advice}"
            return state, legs, ended.outcome, named
    return state, legs, Outcome.DONE, ""


def fly_phase(setting: Setting, state: State, phase: Moving) -> tuple[State, list[Leg]]:
    """The state after one phase, and its legs: one for each craft it moves, after those of a craft that lagged behind the other.

    A phase of two craft (it has a `partner`) finds both at one epoch; where they join, both legs end with the same craft. A phase that
    loses modules on the way has a leg for each set of them.
    """
    partner = getattr(phase, "partner", None)
    names = (phase.craft,) if partner is None else (phase.craft, partner)
    state, legs = catch_up(setting, state, names)
    if any(leg.outcome is not Outcome.DONE for leg in legs):
        return state, legs
    others = tuple(craft for craft in state.crafts if craft.name not in names)
    courses = [Course(setting, phase.name, state.craft(name), others=others) for name in names]
    courses[0].partner = courses[1] if partner is not None else None
    flown = [_leg(courses[0], phase.fly), *(course.leg() for course in courses[1:])]
    earlier = courses[0].earlier
    after = [craft for craft in state.crafts if craft.name not in names]
    for craft in (*(lost for leg in earlier for lost in leg.after[1:]), *(craft for leg in flown for craft in leg.after)):
        if craft not in after:
            after.append(craft)
    state = replace(state, crafts=tuple(after))
    for name, course in zip(names, courses, strict=True):
        state = knowing(state, name, course.knowledge)
    return state, [*legs, *earlier, *flown]


def _leg(course: Course, move: Callable[[Course], object]) -> Leg:
    """The leg that a movement makes of a course, whether it ends well or not."""
    try:
        move(course)
    except LegEnded as ended:
        return course.leg(ended.outcome, ended.advice)
    except GuidanceError as error:
        return course.leg(Outcome.TARGET_MISSED, str(error))
    return course.leg()


def catch_up(setting: Setting, state: State, names: tuple[str, ...] | None = None) -> tuple[State, list[Leg]]:
    """Fly every craft (of `names`, if given) that is behind to the latest epoch among them, by a coast of its own."""
    asked = [craft for craft in state.crafts if names is None or craft.name in names]
    latest = max((craft.epoch_s for craft in asked if not isinstance(craft.place, Gone)), default=0.0)
    crafts, legs = [], []
    for craft in state.crafts:
        if craft not in asked or isinstance(craft.place, Gone) or craft.epoch_s == latest:
            crafts.append(craft)
            continue
        doing = "stay" if isinstance(craft.place, Landed) else "coast"
        leg = _leg(Course(setting, f"{craft.name}_{doing}", craft), lambda course: course.coast(latest))
        legs.append(leg)
        crafts.extend(leg.after)
    return replace(state, crafts=tuple(crafts)), legs
