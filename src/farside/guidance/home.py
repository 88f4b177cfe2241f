"""Burns of the way home: into the departure ellipse, out of it towards the gate, and corrections on the way; also those on the way out.

Each takes what the craft knows and answers with a command whose flight meets its conditions: the epoch of the next perilune for the
first; flight-path angle, epoch of the separation height and cross-range at the gate for the second and for a correction home; the
B-plane and the epoch for a correction outward. Three conditions, three components of the velocity change.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S
from farside.basis.roots import Condition, Solution, secant, solve
from farside.basis.twobody import angle_between, cross, unit
from farside.craft.module import Engine
from farside.dynamics.world import Point, Steering, World, apsis, burn_seconds, coast
from farside.guidance.command import Command, after_burn, along_velocity, fixed, local_axes, vector
from farside.guidance.entry import EntryGoal, Gate, fall_to_gate, perigee_miss
from farside.guidance.lunar import GuidanceError
from farside.guidance.passage import AT_PERILUNE, PeriluneGoal, bplane_miss

Array = NDArray[np.float64]
AT_GATE = (
    Condition("flight-path angle at the gate", "deg", 1e-4),
    Condition("epoch of the separation height", "s", 0.5),
    Condition("cross-range at the gate", "km", 0.5),
)


AT_PERIGEE = (
    Condition("perigee radius", "km", 30.0),
    Condition("perigee epoch", "s", 60.0),
    Condition("site from the plane of the return", "km", 30.0),
)


def gate_miss(gate: Gate | None, goal: EntryGoal) -> Array:
    """What a gate misses, in the units of `AT_GATE`; NaN for none."""
    if gate is None:
        return np.full(3, np.nan)
    return np.array(
        [math.degrees(gate.flight_path_angle_rad - goal.flight_path_angle_rad), gate.passage_s - goal.passage_s, gate.cross_range_m / 1e3]
    )


def first(world: World, known: Point, engine: Engine, centre_s: float, perilune_s: float, seed_m_s: float) -> Command:
    """Accelerate around an epoch in the circle until the next perilune comes at `perilune_s` (to 0.1 s)."""
    start = coast(world, known, centre_s - 1200.0).point

    def late(delta_v: float) -> float:
        after = after_burn(world, start, along_velocity(world, start, centre_s, delta_v, engine), engine)
        return coast(world, after, perilune_s + DAY_S, apsis(True, guard_s=3600.0)).point.epoch_s - perilune_s

    delta_v, left = secant(late, seed_m_s, seed_m_s + 0.5, 0.1, limit=20.0)
    if not abs(left) <= 0.1:
        raise GuidanceError(f"first burn home: the next perilune misses its epoch by {left:.1f} s")
    return along_velocity(world, start, centre_s, delta_v, engine)


def burn_about(world: World, start: Point, centre_s: float, delta_v: Array, engine: Engine) -> Command:
    """A burn centred on an epoch; `delta_v` (3,) [m/s] along velocity, orbit's normal and outward there, turning with the velocity."""
    size = float(np.linalg.norm(delta_v))
    seconds = burn_seconds(start.mass_kg, size, engine.thrust_n, engine.exhaust_speed_m_s)
    ignition = coast(world, start, centre_s - 0.5 * seconds).point
    middle = coast(world, ignition, centre_s).point
    axes = local_axes(middle)
    axis = unit(axes.T @ delta_v)
    rate = float(angle_between(ignition.v_m_s, middle.v_m_s) / (0.5 * seconds))
    toward = unit(cross(axes[1], axis))
    return Command(ignition.epoch_s, size, Steering(vector(axis), vector(toward), rate, centre_s))


def pass_near(world: World, known: Point, line: Array, epoch_s: float) -> float:
    """The epoch nearest to one given at which a near-circle passes a direction (3,) (to 1 ms)."""
    for _ in range(3):
        at = coast(world, known, epoch_s).point
        normal = unit(cross(at.r_m, at.v_m_s))
        angle = math.atan2(float(cross(at.r_m, line) @ normal), float(at.r_m @ line))
        epoch_s += angle * float(at.r_m @ at.r_m) / float(np.linalg.norm(cross(at.r_m, at.v_m_s)))
    return epoch_s


def second(
    world: World, known: Point, engine: Engine, centre_s: float, leaving_m_s: Array, goal: EntryGoal
) -> tuple[Command, Gate, Solution]:
    """Leave the Moon around a perilune for the gate; the seed is the impulse that would leave with the velocity `leaving_m_s` (3,)."""
    perilune = coast(world, known, centre_s).point
    seed = local_axes(perilune) @ (leaving_m_s - perilune.v_m_s)
    half = 0.5 * burn_seconds(known.mass_kg, 1.3 * float(np.linalg.norm(seed)), engine.thrust_n, engine.exhaust_speed_m_s)
    start = coast(world, known, max(known.epoch_s, centre_s - half - 600.0)).point

    def after(x: Array) -> Point:
        return after_burn(world, start, burn_about(world, start, centre_s, x, engine), engine)

    found = to_gate(world, after, seed, 0.01, goal)
    gate = fall_to_gate(world, after(found.x), goal)
    if not found.met or gate is None:
        raise GuidanceError(f"second burn home: {found.advice}")
    return burn_about(world, start, centre_s, found.x, engine), gate, found


def to_gate(world: World, after: Callable[[Array], Point], seed: Array, step: float, goal: EntryGoal) -> Solution:
    """Three components of velocity that lead to the gate; where the seed does not reach it, first those that pass the Earth roughly so."""

    def miss(x: Array) -> Array:
        return gate_miss(fall_to_gate(world, after(x), goal), goal)

    steps, limits = np.full(3, step), np.full(3, 20.0)
    if not np.isfinite(miss(seed)).all():
        seed = solve(lambda x: perigee_miss(world, after(x), goal), seed, steps, AT_PERIGEE, limits).x
    return solve(miss, seed, steps, AT_GATE, limits)


def correct_home(world: World, known: Point, engine: Engine, goal: EntryGoal) -> Command | None:
    """The burn, now, that leads to the gate; None when the coast does already."""
    found = to_gate(world, lambda x: _pushed(world, known, x, engine), np.zeros(3), 1e-3, goal)
    return _correction(known, found)


def correct_out(world: World, known: Point, engine: Engine, goal: PeriluneGoal) -> Command | None:
    """The burn, now, that passes the Moon as wanted; None when the coast does already."""
    found = solve(
        lambda x: bplane_miss(world, _pushed(world, known, x, engine), goal), np.zeros(3), np.full(3, 1e-3), AT_PERILUNE, np.full(3, 20.0)
    )
    return _correction(known, found)


def _pushed(world: World, known: Point, delta_v: Array, engine: Engine) -> Point:
    """Where a burn now, in a fixed direction, leaves the craft."""
    size = float(np.linalg.norm(delta_v))
    return after_burn(world, known, Command(known.epoch_s, size, fixed(delta_v, known.epoch_s)), engine) if size > 0.0 else known


def _correction(known: Point, found: Solution) -> Command | None:
    """The command of a solved correction."""
    if not found.met:
        raise GuidanceError(f"correction: {found.advice}")
    size = float(np.linalg.norm(found.x))
    return Command(known.epoch_s, size, fixed(found.x, known.epoch_s)) if size > 0.0 else None
