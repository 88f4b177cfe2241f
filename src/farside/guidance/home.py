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

from farside.basis.roots import Condition, Solution, secant, solve
from farside.basis.twobody import angle_between, unit
from farside.craft.module import Engine
from farside.dynamics.world import Point, Steering, World, apsis, burn_seconds, coast
from farside.guidance.command import Command, after_burn, along_velocity, fixed, local_axes, vector
from farside.guidance.entry import EntryGoal, Gate, fall_to_gate
from farside.guidance.lunar import GuidanceError

Array = NDArray[np.float64]
AT_GATE = (
    Condition("flight-path angle at the gate", "deg", 1e-4),
    Condition("epoch of the separation height", "s", 0.5),
    Condition("cross-range at the gate", "km", 0.5),
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
        return coast(world, after, perilune_s + 86400.0, apsis(True, guard_s=3600.0)).point.epoch_s - perilune_s

    delta_v, left = secant(late, seed_m_s, seed_m_s + 0.5, 0.1, limit=20.0)
    if abs(left) > 0.1:
        raise GuidanceError(f"first burn home: the next perilune misses its epoch by {left:.1f} s")
    return along_velocity(world, start, centre_s, delta_v, engine)


def burn_about(world: World, start: Point, centre_s: float, delta_v: Array, engine: Engine) -> Command:
    """A burn centred on an epoch; `delta_v` (3,) m/s along the velocity, the orbit's normal and outward there, turning with the velocity."""
    size = float(np.linalg.norm(delta_v))
    seconds = burn_seconds(start.mass_kg, size, engine.thrust_n, engine.exhaust_speed_m_s)
    ignition = coast(world, start, centre_s - 0.5 * seconds).point
    middle = coast(world, ignition, centre_s).point
    axes = local_axes(middle)
    axis = unit(axes.T @ delta_v)
    rate = float(angle_between(ignition.v_m_s, middle.v_m_s) / (0.5 * seconds))
    toward = unit(np.cross(axes[1], axis))
    return Command(ignition.epoch_s, size, Steering(vector(axis), vector(toward), rate, centre_s))


def second(world: World, known: Point, engine: Engine, centre_s: float, seed: Array, goal: EntryGoal) -> tuple[Command, Gate, Solution]:
    """Leave the Moon around a perilune for the gate; `seed` (3,) is the impulse in local axes."""
    half = 0.5 * burn_seconds(known.mass_kg, 1.3 * float(np.linalg.norm(seed)), engine.thrust_n, engine.exhaust_speed_m_s)
    start = coast(world, known, max(known.epoch_s, centre_s - half - 600.0)).point

    def fly(x: Array) -> Gate | None:
        return fall_to_gate(world, after_burn(world, start, burn_about(world, start, centre_s, x, engine), engine), goal)

    found = solve(lambda x: gate_miss(fly(x), goal), seed, np.full(3, 0.01), AT_GATE, np.full(3, 20.0))
    gate = fly(found.x)
    if not found.met or gate is None:
        raise GuidanceError(f"second burn home: {found.advice}")
    return burn_about(world, start, centre_s, found.x, engine), gate, found


def correct(
    world: World, known: Point, engine: Engine, ignition_s: float, miss: Callable[[Point], Array], conditions: tuple[Condition, ...]
) -> tuple[Command | None, Solution]:
    """The smallest burn at an epoch after which `miss` is within its conditions; no command when nothing needs correcting."""
    start = coast(world, known, ignition_s).point

    def after(delta_v: Array) -> Point:
        size = float(np.linalg.norm(delta_v))
        return start if size == 0.0 else after_burn(world, start, Command(ignition_s, size, fixed(delta_v, ignition_s)), engine)

    found = solve(lambda x: miss(after(x)), np.zeros(3), np.full(3, 1e-3), conditions, np.full(3, 20.0))
    if not found.met:
        raise GuidanceError(f"correction: {found.advice}")
    size = float(np.linalg.norm(found.x))
    return (Command(ignition_s, size, fixed(found.x, ignition_s)) if size > 0.0 else None), found


def reached_gate(world: World, point: Point, goal: EntryGoal) -> Array:
    """The miss of a coast home from a point, for `correct`."""
    return gate_miss(fall_to_gate(world, point, goal), goal)
