"""The whole road as one plan: goals in, `Plan` out. Backwards first (touchdown and lift-off give the lunar plane), then forwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from farside.basis.constants import DAY_S, MOON_RADIUS_M
from farside.basis.twobody import unit
from farside.dynamics.world import Point, World, coast
from farside.guidance.command import vector
from farside.guidance.entry import EntryGoal
from farside.guidance.passage import PeriluneGoal
from farside.planning.approach import Approach, Ship, half_capture_s, plan_approach
from farside.planning.arrival import Orbits
from farside.planning.departure import Departure, DepartureGoal, plan_departure
from farside.planning.lunar_plane import LandingGoal, PlanError, plan_lunar_plane
from farside.planning.plan import AscentPlan, HomePlan, LaunchPlan, Lowered, LunarPlan, Plan, Price
from farside.planning.to_orbit import Ascended, Rocket, first_ascent, join
from farside.planning.transfer import LaunchGoal, Transfer, plan_transfer

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class LunarGoal:
    """The orbits about the Moon, what they must serve, and when capture ignites within its tolerance (TDB s past J2000)."""

    orbits: Orbits
    landing: LandingGoal


@dataclass(frozen=True)
class HomeGoal:
    """The gate, the departure, and the modules' mass [kg] that stays behind at the Moon."""

    entry: EntryGoal
    leaving: DepartureGoal
    left_behind_kg: float


@dataclass(frozen=True)
class RoadGoal:
    """What the whole road must meet; parts are None when the mission ends before them, `rocket` when it begins in the parking orbit."""

    mission: str
    digest: str
    launch: LaunchGoal
    ship: Ship
    capture_s: float
    capture_tolerance_s: float
    perilune_m: float
    apolune_m: float
    retrograde: bool
    lunar: LunarGoal | None
    home: HomeGoal | None
    rocket: Rocket | None = None


def plan_road(world: World, goal: RoadGoal, progress: Progress) -> Plan:
    """Solve everything the goals require; `PlanError` names the condition that cannot be met and by how much."""
    begun = None
    if goal.rocket is not None:
        progress("plan: ascent", 0.0)
        begun = first_ascent(world, goal.rocket, goal.launch, goal.capture_s)
    launch = begun.launch if begun else goal.launch
    if goal.lunar is None:
        progress("plan: transfer", 0.0)
        angle = np.pi if goal.retrograde else 0.0
        perilune = PeriluneGoal(goal.capture_s + half_capture_s(goal.ship, goal.perilune_m, goal.apolune_m), goal.perilune_m, float(angle))
        begun, transfer = _joined(world, goal, begun, plan_transfer(world, launch, goal.ship.launcher, perilune), perilune)
        price = Price("tli", transfer.command.delta_v_m_s)
        return Plan(goal.mission, goal.digest, _launch(transfer, begun), perilune, None, None, (price,))
    progress("plan: lunar plane", 0.0)
    lunar = goal.lunar
    plane = plan_lunar_plane(
        world, lunar.landing, lunar.orbits.circle_m - MOON_RADIUS_M, lunar.orbits.earliest_circle_s - 3.0 * DAY_S, goal.ship.stack_kg
    )
    approach = plan_approach(world, launch, goal.ship, lunar.orbits, goal.capture_s, plane, lunar.landing, progress)
    begun, transfer = _joined(world, goal, begun, approach.transfer, approach.goal)
    approach = replace(approach, transfer=transfer)
    late = approach.lowering.capture.ignition_s - goal.capture_s
    if abs(late) > goal.capture_tolerance_s:
        raise PlanError(f"capture ignites {late / 60.0:.1f} min after its goal, allowed are {goal.capture_tolerance_s / 60.0:.1f} min")
    home = None
    if goal.home is not None:
        progress("plan: the way home", 0.0)
        home = plan_departure(world, _waiting(world, approach, goal.home), goal.home.entry, goal.home.leaving)
    return Plan(
        goal.mission,
        goal.digest,
        _launch(approach.transfer, begun),
        approach.goal,
        _lunar(approach),
        _home(home) if home else None,
        _prices(approach, home),
    )


def _joined(
    world: World, goal: RoadGoal, begun: Ascended | None, transfer: Transfer, perilune: PeriluneGoal
) -> tuple[Ascended | None, Transfer]:
    """The transfer with the ascent that leads to it, where there is one."""
    if goal.rocket is None or begun is None:
        return None, transfer
    return join(world, goal.rocket, begun, transfer, goal.ship.launcher, perilune)


def _waiting(world: World, approach: Approach, home: HomeGoal) -> Point:
    """The craft that goes home, in its orbit shortly before its window."""
    circle = approach.lowering.circle
    alone = replace(circle, y=np.append(circle.y[:6], circle.mass_kg - home.left_behind_kg))
    return coast(world, alone, home.leaving.earliest_s - 3600.0).point


def _launch(transfer: Transfer, begun: Ascended | None) -> LaunchPlan:
    at = transfer.insertion
    ascent = AscentPlan(begun.launch.radius_m, begun.ascent.heading_rad, begun.ascent.pitch_over_rad) if begun else None
    azimuth = begun.azimuth_rad if begun else transfer.azimuth_rad
    return LaunchPlan(azimuth, at.epoch_s, vector(at.r_m), vector(at.v_m_s), transfer.command, ascent)


def _lunar(approach: Approach) -> LunarPlan:
    low, option, periods = approach.lowering, approach.option, approach.periods_s
    steps = tuple(Lowered(t, period, c.delta_v_m_s) for t, period, c in zip(low.lower_s, periods, low.lower, strict=True))
    return LunarPlan(
        approach.apolune_m,
        low.capture.delta_v_m_s,
        low.turn_s,
        low.normal_m_s,
        approach.perilune_m,
        (*steps, Lowered(low.circle_s, None, low.circularise.delta_v_m_s)),
        approach.plane.azimuth_rad,
        approach.plane.inclination_rad,
        approach.goal.angle_rad,
        option.revolutions,
        approach.rise_m,
    )


def _home(home: Departure) -> HomePlan:
    gate = home.gate
    return HomePlan(
        home.first_s,
        home.first.delta_v_m_s,
        vector(unit(home.way.home.r_m)),
        home.perilune_s,
        vector(home.leaving_m_s),
        gate.passage_s,
        gate.point.epoch_s,
        gate.range_m,
    )


def _prices(approach: Approach, home: Departure | None) -> tuple[Price, ...]:
    """What each part pays, and what the turns of the plane do."""
    low, normal = approach.lowering, abs(approach.lowering.normal_m_s)
    found = [
        Price("trans-lunar burn", approach.transfer.command.delta_v_m_s),
        Price("capture", low.capture.delta_v_m_s),
        Price("plane rotation at apolune (part of loi_2)", normal),
        Price("height of the next perilune (part of loi_2)", float(np.sqrt(max(0.0, low.turn.delta_v_m_s**2 - normal**2)))),
        *(Price(f"lowering {n}", c.delta_v_m_s) for n, c in enumerate(low.lower, 1)),
        Price("circularisation", low.circularise.delta_v_m_s),
    ]
    if home is not None:
        along, normal, outward = home.impulse
        found += [
            Price("first burn home", home.first.delta_v_m_s),
            Price("second burn home", home.second.delta_v_m_s),
            Price(
                "plane change inside the second burn (excess over an in-plane one)",
                home.second.delta_v_m_s - float(np.hypot(along, outward)),
            ),
        ]
    return tuple(found)
