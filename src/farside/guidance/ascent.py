"""Ascent from the Moon: vertical rise, explicit guidance into a given plane, cut-off by energy, as functions of the estimate alone.

*Model*. After `rise_s` along the vertical, powered explicit guidance: the thrust direction is `lambda + lambda_dot (t - t_lambda)`, the
linear-tangent law that is the optimum over a flat body, in three dimensions, so that pitch into the orbit and yaw into the plane are one
solution. Thrust integrals are closed (constant thrust and exhaust speed), gravity along the way that of a coasting arc close to it, and
the target is a radius, a horizontal velocity and a plane; where along the plane is free. Thrust acceleration is what the accelerometers
read, exhaust speed the nominal one. The last seconds hold the law and cut off when speed and radius make the wanted semi-major axis, the
tail-off of the engine allowed for.

*Source*: McHenry, Brand, Long, Cockrell & Thibodeau, *Space Shuttle ascent guidance, navigation, and control*, J. Astronaut. Sci. 27
(1979) 1; *Space Shuttle powered explicit guidance*, Boeing for NASA, contract NAS9-13568, volume V (1974). *Limits*: central gravity in
the forecast (each cycle takes the error out); neither turning limits nor relief are known to the law. *How we know*: a biased estimate
inserts with its bias; the optimum by the maximum principle, written separately, is 1 m/s better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.kernel import kernel
from farside.basis.twobody import unit
from farside.dynamics.closed_loop import Engine, Turning
from farside.dynamics.insertion import Inertial, insertion_loop, steering
from farside.dynamics.world import Point, World
from farside.guidance.powered_explicit import (
    AXIS,
    BEGUN,
    GAIN,
    LAST,
    MEMORY,
    MODE,
    RATE,
    REFERENCE,
    SOLVED,
    TO_GO,
    begin,
    dot,
    lacking,
    norm,
    renew,
)

Array = NDArray[np.float64]
RISE, STEER, HOLD, CUT_OFF = 1, 2, 3, 4
CYCLE_S = 0.5  # between two solutions
HOLD_S = 6.0  # to go: from here on position is no longer steered for, its gain would run away
FIRST_TRIES = 40  # cycles that the first solution is given to settle
FIRST_ANGLE = 0.25  # rad downrange: a guess to begin with


class AscentLaw(NamedTuple):
    """What the ascent is to reach, and what guidance takes for granted of the engine.

    Horizontal velocity `speed_m_s` at `radius_m` from the Moon's centre in the plane whose normal (ICRF, unit, along r x v) is given,
    on an orbit of semi-major axis `semi_major_m`; `rise_s` of vertical rise; `step_s` the guidance step.
    """

    rise_s: float
    radius_m: float
    speed_m_s: float
    semi_major_m: float
    normal: tuple[float, float, float]
    exhaust_m_s: float
    lag_s: float
    step_s: float


@kernel
def thrust_integrals(to_go, exhaust, acceleration):
    """Integrals over the time to go of the thrust acceleration a(t): (L, J, S, Q, P, H) of McHenry et al.

    L = int a, J = int a t, S = iint a, Q = iint a t, P = iint a t^2, H = int a t^2; constant thrust, acceleration now `acceleration`.
    """
    tau = exhaust / acceleration
    a0 = -exhaust * math.log(1.0 - to_go / tau)
    a1 = tau * a0 - exhaust * to_go
    s0 = a0 * to_go - a1
    s1 = s0 * tau - 0.5 * exhaust * to_go * to_go
    s2 = s1 * tau - exhaust * to_go**3 / 6.0
    return a0, a1, s0, s1, s2, a1 * to_go - s1


@kernel
def solve(t, r, v, acceleration, memory, law):
    """One cycle: what the engine gives until the velocity to gain is gained, as the accelerometers read it now."""
    tau = law.exhaust_m_s / acceleration
    to_go = tau * -math.expm1(-norm(memory[GAIN : GAIN + 3]) / law.exhaust_m_s)
    renew(t, r, v, (to_go, *thrust_integrals(to_go, law.exhaust_m_s, acceleration)), GM_MOON_M3_S2, memory, law)


@kernel
def first_solution(t, r, v, acceleration, memory, law):
    """Cycles from the first guess until the time to go stands still."""
    begin(r, v, FIRST_ANGLE, GM_MOON_M3_S2, memory, law)
    for _ in range(FIRST_TRIES):
        before = memory[TO_GO]
        solve(t, r, v, acceleration, memory, law)
        if abs(memory[TO_GO] - before) < 1e-3:
            break


@kernel
def burning_share(r, v, sensed, law):
    """For which share of this step the engine must still burn: one until the speed lacking is less than a step and the tail-off bring."""
    along = dot(sensed, v) / norm(v)
    tail = law.step_s / math.expm1(law.step_s / law.lag_s)
    return max(0.0, min(1.0, (lacking(r, v, law.semi_major_m, GM_MOON_M3_S2) / max(along, 1e-6) - tail) / law.step_s))


@kernel
def ascent_steering(t, place, velocity, sensed, memory, law):
    """One step: keep account of what was gained, solve when a cycle is over, steer by the last solution, cut off."""
    r, v, a = np.array(place), np.array(velocity), np.array(sensed)
    if memory[MODE] == 0.0:
        memory[MODE], memory[BEGUN], memory[LAST] = RISE, t, t
    memory[GAIN : GAIN + 3] -= (t - memory[LAST]) * a
    memory[LAST] = t
    if memory[MODE] == RISE and t - memory[BEGUN] >= law.rise_s - 0.5 * law.step_s:
        first_solution(t, r, v, norm(a), memory, law)
        memory[MODE] = STEER
    if memory[MODE] == RISE:
        return r[0] / norm(r), r[1] / norm(r), r[2] / norm(r), 1.0
    if memory[MODE] == STEER and t - memory[SOLVED] >= CYCLE_S - 0.5 * law.step_s:
        solve(t, r, v, norm(a), memory, law)
    if memory[MODE] == STEER and memory[SOLVED] + memory[TO_GO] - t < HOLD_S:
        memory[MODE] = HOLD
    share = 1.0
    if memory[MODE] == HOLD:
        share = burning_share(r, v, a, law)
        if share < 1.0:
            memory[MODE] = CUT_OFF
    elif memory[MODE] == CUT_OFF:
        share = 0.0
    u = memory[AXIS : AXIS + 3] + memory[RATE : RATE + 3] * (t - memory[REFERENCE])
    return u[0] / norm(u), u[1] / norm(u), u[2] / norm(u), share


@overload(steering)
def _steering(t, place, velocity, sensed, memory, law):
    if getattr(law, "instance_class", None) is AscentLaw:
        return lambda t, place, velocity, sensed, memory, law: ascent_steering(t, place, velocity, sensed, memory, law)
    return None


@dataclass(frozen=True)
class Ascent:
    """One ascent: the law, the engine and its turning as they are, errors of the accelerometers, the mass [kg] with an empty tank."""

    law: AscentLaw
    engine: Engine
    turning: Turning
    inertial: Inertial
    dry_kg: float


def fly_ascent(world: World, point: Point, known: Point, ascent: Ascent) -> tuple[int, Array]:
    """Fly the closed loop from the ground, upright; (status, rows of `dynamics.insertion`). `known` is what the craft takes `point` for."""
    burning_s = (point.mass_kg - ascent.dry_kg) * ascent.engine.exhaust_m_s / ascent.engine.thrust_max_n
    status, rows = insertion_loop(
        point.epoch_s,
        point.y,
        unit(point.r_m),
        known.y[:6] - point.y[:6],
        np.zeros(MEMORY),
        ascent.law.step_s,
        math.ceil((burning_s + 60.0 * ascent.engine.lag_s) / ascent.law.step_s),
        ascent.dry_kg,
        ascent.law,
        ascent.engine,
        ascent.turning,
        ascent.inertial,
        world.forces("moon"),
    )
    return int(status), rows
