"""Phasing: four burns that bring a craft from a low ellipse to a place ahead of and above another one, at a given epoch.

    phasing_1   at the first apolune: the perilune rises from 15 km (relief!) to the height of the phasing circle
    phasing_2   halfway, at a perilune: the apolune too; the height of the circle sets by how much the craft gains on the other
    phasing_3   570 degrees before the meeting: onto the ellipse that touches the final height; takes the plane's error along
    phasing_4   at the meeting: coelliptic with the other craft, ahead and above

*Model*: finite burns of constant direction, centred on their epochs, in the full field; unknowns are velocity changes, conditions the
place at the meeting. Each burn is solved again, with those after it, from what the craft knows then: `solved` takes the stage. The seed is
two-body motion on circles. *Limits*: both craft go round the same way, in planes that differ by less than a degree or so.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.roots import Condition, secant, solve
from farside.craft.module import Engine
from farside.dynamics import propagate as p
from farside.dynamics.world import Point, World, apsides, apsis, coast
from farside.guidance.command import Command, after_burn, burn_seconds, fixed
from farside.guidance.lunar import GuidanceError, period
from farside.guidance.rendezvous import axes, coelliptic, displaced, relative

Array = NDArray[np.float64]
TRANSFER_RAD = 2.0 * math.pi + 7.0 * math.pi / 6.0  # phasing_3 to the meeting: far from 180 deg, where the plane could not be turned
TILT = 2.0 * math.tan(0.5 * (math.pi - TRANSFER_RAD % (2.0 * math.pi)))  # outward per tangential part, shared evenly by both burns
HALFWAY = 0.45  # share of the time at which phasing_2 comes: what is not known of the orbit at phasing_1 grows for half as long
LAST_BURN_S = 20.0  # the meeting is this long after the middle of phasing_4
EARLIEST_APOLUNE_S = 600.0  # before that there is no time for a fix and a command
PLANNING_TOLERANCE = 1e-10  # of the propagator: 3 mm in two days


@dataclass(frozen=True)
class MeetingGoal:
    """Where the craft is to be: so far ahead of and above the other at `epoch_s`; the phasing circle not below `lowest_m` altitude."""

    epoch_s: float
    ahead_m: float
    above_m: float
    lowest_m: float


@dataclass(frozen=True)
class Phasing:
    """Epochs of the middles of the four burns and the velocity changes (4, 3) up, ahead, aside in the local axes there [m/s]."""

    middles_s: tuple[float, float, float, float]
    delta_v_m_s: Array
    circle_m: float

    @property
    def total_m_s(self) -> float:
        return float(np.linalg.norm(self.delta_v_m_s, axis=1).sum())


def plan(world: World, craft: Point, other: Point, engine: Engine, goal: MeetingGoal) -> Phasing:
    """The four burns from what is known of both craft at one epoch; `GuidanceError` says what would make an impossible phase possible."""
    seed = first_guess(world, craft, other, goal)
    return solved(world, craft, coast(world, other, goal.epoch_s).point, engine, goal, seed, 1)


def first_guess(world: World, craft: Point, other: Point, goal: MeetingGoal) -> Phasing:
    """The burns as two-body motion on circles has them: the phasing circle is the highest, not above the meeting, that fits the phase."""
    flown = coast(world, craft, craft.epoch_s + 2.0 * period(craft), apsis(False, guard_s=EARLIEST_APOLUNE_S))
    if flown.status != p.STOPPED:
        raise GuidanceError(
            "phasing_1: no apolune within two revolutions, the orbit strikes the Moon or is open; a higher insertion would do"
        )
    at = flown.point
    seen = relative(coast(world, other, at.epoch_s).point, at)
    high = float(np.linalg.norm(at.r_m))
    r_other = float(np.mean(apsides(other)))
    top = r_other + goal.above_m
    phase = seen.r_m[1] / float(np.linalg.norm(coast(world, other, at.epoch_s).point.r_m))
    left = goal.epoch_s - LAST_BURN_S - at.epoch_s
    rate = _mean_rate(world, other, at.epoch_s, left)
    turns = math.pi * (1 + 2 * max(0, round(HALFWAY * left * _motion(0.5 * (high + top)) / (2.0 * math.pi) - 0.5)))

    def gain(circle: float) -> float:
        """Angle by which the craft is ahead at the meeting, full turns counted."""
        rise, cross_s = turns / _motion(0.5 * (high + circle)), TRANSFER_RAD / _motion(0.5 * (circle + top))
        return phase + turns + _motion(circle) * (left - rise - cross_s) + TRANSFER_RAD - rate * left

    wanted = goal.ahead_m / r_other
    wanted += 2.0 * math.pi * math.ceil((gain(top) - wanted) / (2.0 * math.pi))
    circle, _ = secant(lambda r: gain(r) - wanted, top, top - 1e4, 1e-9, limit=5e4)
    lowest = MOON_RADIUS_M + goal.lowest_m
    if circle < lowest or left < 2.0 * TRANSFER_RAD / rate:
        raise GuidanceError(
            f"phasing: {math.degrees(wanted - gain(top)):.0f} deg to be gained in {left / 3600.0:.1f} h need a circle"
            f" {(circle - MOON_RADIUS_M) / 1e3:.0f} km high, the lowest allowed is {goal.lowest_m / 1e3:.0f} km; a later meeting would do"
        )
    return _two_body(at, circle, top, turns, goal)


def _first_apolune(world: World, craft: Point) -> Point:
    """Where the perilune is raised."""
    flown = coast(world, craft, craft.epoch_s + 2.0 * period(craft), apsis(False, guard_s=EARLIEST_APOLUNE_S))
    if flown.status != p.STOPPED:
        raise GuidanceError("phasing_1: no apolune within two revolutions, the orbit strikes the Moon; a higher insertion would do")
    return flown.point


def _two_body(at: Point, circle: float, top: float, turns_rad: float, goal: MeetingGoal) -> Phasing:
    """The burns on circles: velocity changes from vis-viva, epochs from angles; `turns_rad` from the first to the second."""
    last_s, high = goal.epoch_s - LAST_BURN_S, float(np.linalg.norm(at.r_m))
    middles = (
        at.epoch_s,
        at.epoch_s + turns_rad / _motion(0.5 * (high + circle)),
        last_s - TRANSFER_RAD / _motion(0.5 * (circle + top)),
        last_s,
    )
    rise = _speed(high, 0.5 * (high + circle)) - float(np.linalg.norm(at.v_m_s))
    rounding = _speed(circle, circle) - _speed(circle, 0.5 * (high + circle))
    half = 0.25 * (top - circle) * _motion(circle)
    burns = np.array([[0.0, rise, 0.0], [0.0, rounding, 0.0], [TILT * half, half, 0.0], [-TILT * half, half, 0.0]])
    return Phasing(middles, burns, circle - MOON_RADIUS_M)


def _motion(a: float) -> float:
    return math.sqrt(GM_MOON_M3_S2 / a**3)


def _speed(r: float, a: float) -> float:
    return math.sqrt(GM_MOON_M3_S2 * (2.0 / r - 1.0 / a))


def _mean_rate(world: World, other: Point, from_s: float, seconds: float) -> float:
    """Mean angular rate [rad/s] of a craft in the real field: the angle it covers, full turns by its period."""
    first = coast(world, other, from_s).point
    last = coast(world, first, from_s + seconds).point
    part = relative(first, last).r_m[1] / float(np.linalg.norm(first.r_m))
    about = _motion(float(np.mean(apsides(other)))) * seconds
    return (part + 2.0 * math.pi * round((about - part) / (2.0 * math.pi))) / seconds


def solved(world: World, craft: Point, meeting: Point, engine: Engine, goal: MeetingGoal, seed: Phasing, stage: int) -> Phasing:
    """The burns from `stage` (1 to 4) on, such that the craft meets the goal; those before are taken as flown.

    `meeting` is the other craft at the goal's epoch. Unknowns and conditions by stage: 1: rise, rounding, transfer, normal part of
    phasing_3 for a round phasing orbit and the place; 2: the same without roundness; 3: phasing_3 for the place; 4: phasing_4 for the
    velocity (before stage 4 it is guessed from the velocities).
    """
    world = replace(world, tolerance=PLANNING_TOLERANCE)
    target = displaced(meeting, coelliptic(meeting, goal.ahead_m, goal.above_m))
    if stage == 4:
        return _last(world, craft, target, engine, seed)
    opposite = coast(world, target, seed.middles_s[3]).point
    other = coast(world, meeting, seed.middles_s[3]).point
    aim = relative(other, opposite)
    spread = _UNKNOWNS[stage]
    start = np.array([seed.delta_v_m_s[i, k] for i, k in _FREE[stage]])

    def missed(x: Array) -> Array:
        burns = spread(seed.delta_v_m_s, x)
        points = _flown(world, craft, engine, replace(seed, delta_v_m_s=burns), stage)
        if points is None:
            return np.full(len(x), np.nan)
        place = relative(other, points[-1]).r_m - aim.r_m
        return np.array([_roundness(points[1]), *place]) if stage == 1 else place

    found = solve(missed, start, np.full(len(start), 1e-3), _conditions(stage), limits=np.full(len(start), 3.0))
    if not found.met:
        raise GuidanceError(f"phasing_{stage}: {found.advice}; a later meeting or a plane nearer to the other craft's would do")
    burns = spread(seed.delta_v_m_s, found.x)
    points = _flown(world, craft, engine, replace(seed, delta_v_m_s=burns), stage)
    assert points is not None
    burns[3] = axes(points[-1]) @ (opposite.v_m_s - points[-1].v_m_s)
    return replace(seed, delta_v_m_s=burns)


def _last(world: World, craft: Point, target: Point, engine: Engine, seed: Phasing) -> Phasing:
    """phasing_4, so that at the meeting the velocity is the target's."""

    def missed(x: Array) -> Array:
        burns = seed.delta_v_m_s.copy()
        burns[3] = x
        after = after_burn(world, craft, command(world, craft, engine, replace(seed, delta_v_m_s=burns), 4), engine)
        return coast(world, after, target.epoch_s).point.v_m_s - target.v_m_s

    near = tuple(Condition(f"velocity {axis}", "m/s", 1e-4) for axis in "xyz")
    found = solve(missed, seed.delta_v_m_s[3], np.full(3, 1e-3), near)
    if not found.met:
        raise GuidanceError(f"phasing_4: {found.advice}; an engine that burns less than {2.0 * LAST_BURN_S:.0f} s would do")
    burns = seed.delta_v_m_s.copy()
    burns[3] = found.x
    return replace(seed, delta_v_m_s=burns)


def command(world: World, craft: Point, engine: Engine, phasing: Phasing, stage: int) -> Command:
    """The command of one burn: held direction, centred on its epoch."""
    middle = coast(world, craft, phasing.middles_s[stage - 1]).point
    delta_v = phasing.delta_v_m_s[stage - 1]
    size = max(float(np.linalg.norm(delta_v)), 1e-9)
    direction = axes(middle).T @ (delta_v if size > 1e-9 else np.array([0.0, 1.0, 0.0]))
    aim = Command(middle.epoch_s, size, fixed(direction, middle.epoch_s))
    return replace(aim, ignition_s=middle.epoch_s - 0.5 * burn_seconds(middle, aim, engine))


def _flown(world: World, craft: Point, engine: Engine, phasing: Phasing, stage: int) -> list[Point] | None:
    """The craft after each of the burns from `stage` to the third, and in the middle of the fourth; None when it falls down."""
    points = []
    for number in range(stage, 4):
        craft = after_burn(world, craft, command(world, craft, engine, phasing, number), engine)
        points.append(craft)
    end = coast(world, craft, phasing.middles_s[3])
    return None if end.status == p.IMPACT else [*points, end.point]


def _roundness(point: Point) -> float:
    """By how much the speed makes the semi-major axis larger than the radius [m]."""
    r = float(np.linalg.norm(point.r_m))
    return r * (r * float(point.v_m_s @ point.v_m_s) / GM_MOON_M3_S2 - 1.0)


def _conditions(stage: int) -> tuple[Condition, ...]:
    place = tuple(Condition(name, "m", 10.0) for name in ("up", "ahead", "aside"))
    return (Condition("roundness of the phasing orbit", "m", 500.0), *place) if stage == 1 else place


def _with_transfer(burns: Array, along: float, aside: float) -> Array:
    burns[2] = [TILT * along, along, aside]
    return burns


def _first_stage(burns: Array, x: Array) -> Array:
    new = burns.copy()
    new[0, 1], new[1, 1] = x[0], x[1]
    return _with_transfer(new, x[2], x[3])


def _second_stage(burns: Array, x: Array) -> Array:
    new = burns.copy()
    new[1, 1] = x[0]
    return _with_transfer(new, x[1], x[2])


def _third_stage(burns: Array, x: Array) -> Array:
    new = burns.copy()
    new[2] = x
    return new


_UNKNOWNS: dict[int, Callable[[Array, Array], Array]] = {1: _first_stage, 2: _second_stage, 3: _third_stage}
_FREE = {1: ((0, 1), (1, 1), (2, 1), (2, 2)), 2: ((1, 1), (2, 1), (2, 2)), 3: ((2, 0), (2, 1), (2, 2))}
