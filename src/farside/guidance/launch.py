"""Launch from the Earth: vertical rise, pitch-over, gravity turn, then explicit guidance through two stages into a given plane.

*Model*. The launcher rises along the plumb line of its pad, tilts by `pitch_over_rad` towards its heading, and from the moment when the
air-relative velocity lies that far from the plumb line keeps its axis along that velocity: no angle of attack, a gravity turn. So it is
planned; in flight the axes of the planned turn are a program of time, since a turn that follows its own velocity makes much of every
error (0.5 % of thrust cost up to 3 t of propellant, by the program 0.2 t). When the boosters are gone it steers by powered explicit
guidance (`guidance.powered_explicit`), whose thrust integrals run over the stages to come: what the core still has, the
wait, the upper stage. Burn times of spent stages are those of the clock, the acceleration now is what the accelerometers read, that of
the stage to come is nominal. The last seconds hold the law and cut off by energy.

*Source*: McHenry, Brand, Long, Cockrell & Thibodeau, *Space Shuttle ascent guidance, navigation, and control*, J. Astronaut. Sci. 27
(1979) 1; the sums over stages as in Jaggers, *An explicit solution to the exoatmospheric powered flight guidance and trajectory
optimization problem for rocket propelled vehicles*, AIAA 77-1051. *Limits*: central gravity in the forecast; no wind known; nothing is
done about a stage that fails. *How we know*: closed forms of the turn, insertions into planes and radii asked for, off-nominal engines.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from farside.basis.constants import GM_EARTH_M3_S2
from farside.basis.kernel import kernel
from farside.basis.twobody import cross
from farside.dynamics.closed_loop import Turning
from farside.dynamics.insertion import Inertial
from farside.dynamics.launching import guide, launch_loop
from farside.dynamics.rocket import ALONE, CORE_WAIT, UPPER_BURN, Air, Stack
from farside.dynamics.world import Point, World
from farside.guidance.powered_explicit import (
    AXIS,
    BEGUN,
    GAIN,
    LAST,
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
Triple = tuple[float, float, float]
RISE, PITCH, TURN, STEER, HOLD, CUT_OFF = range(1, 7)
SINCE = 24  # place in the memory: when the wait between the stages began
MEMORY = 25
CYCLE_S = 1.0  # between two solutions
HOLD_S = 6.0  # to go: from here on position is no longer steered for
FIRST_TRIES = 60  # cycles that the first solution is given to settle
FIRST_ANGLE = 0.4  # rad downrange: a guess to begin with


class LaunchLaw(NamedTuple):
    """What the ascent is to reach, and what guidance takes for granted of the launcher. Directions are ICRF unit vectors at liftoff.

    Horizontal velocity `speed_m_s` at `radius_m` from the Earth's centre, in the plane of `normal`, on an orbit of semi-major axis
    `semi_major_m`. `core_s`: how long the core burns from liftoff on; `wait_s`: from its end to the upper stage's ignition;
    `upper_m_s2`: the upper stage's acceleration at ignition. `program` (n, 3): axes in the air, ICRF, every `step_s` from liftoff on; empty
    where the turn is to follow the velocity.
    """

    liftoff_s: float
    rise_s: float
    pitch_over_rad: float
    up: Triple
    heading: Triple
    pole: Triple
    spin_rad_s: float
    radius_m: float
    speed_m_s: float
    semi_major_m: float
    normal: Triple
    core_s: float
    core_exhaust_m_s: float
    wait_s: float
    upper_exhaust_m_s: float
    upper_m_s2: float
    step_s: float
    program: Array


@kernel
def spun(vector, pole, angle):
    """An array (3,) turned about a unit axis."""
    c, s = math.cos(angle), math.sin(angle)
    return vector * c + cross(pole, vector) * s + pole * (dot(pole, vector) * (1.0 - c))


@kernel
def stage_integrals(gain, stages):
    """Time to go and the integrals (L, J, S, Q, P, H) of thrust over stages (k, 3): exhaust speed, acceleration at its start, seconds.

    A stage without exhaust speed is a wait. The last burns as long as the velocity to gain asks, whatever its seconds.
    """
    le = j = s = q = p = h = begun = 0.0
    last = stages.shape[0] - 1
    for k in range(last + 1):
        ve, a, seconds = stages[k, 0], stages[k, 1], stages[k, 2]
        lk = jk = sk = qk = pk = 0.0
        if ve > 0.0:
            tau = ve / a
            if k == last:
                seconds = tau * -math.expm1(-max(gain - le, 1.0) / ve)
            lk = -ve * math.log(1.0 - seconds / tau)
            jk = tau * lk - ve * seconds
            sk = lk * seconds - jk
            qk = sk * (tau + begun) - 0.5 * ve * seconds * seconds
            pk = qk * (tau + begun) - 0.5 * ve * seconds * seconds * (seconds / 3.0 + begun)
            jk += lk * begun
        sk += le * seconds
        qk += j * seconds
        pk += h * seconds
        le, j, s, q, p = le + lk, j + jk, s + sk, q + qk, p + pk
        begun += seconds
        h = j * begun - q
    return begun, le, j, s, q, p, h


@kernel
def stages_ahead(t, sensed, segment, memory, law):
    """The stages (k, 3) still to burn, as `stage_integrals` takes them."""
    if segment <= ALONE:
        left = max(law.liftoff_s + law.core_s - t, 0.05)
        tau = max(law.core_exhaust_m_s / sensed, left + 1.0)
        return np.array(
            [[law.core_exhaust_m_s, law.core_exhaust_m_s / tau, left], [0.0, 0.0, law.wait_s], [law.upper_exhaust_m_s, law.upper_m_s2, 0.0]]
        )
    if segment < UPPER_BURN:
        left = max(memory[SINCE] + law.wait_s - t, 0.0)
        return np.array([[0.0, 0.0, left], [law.upper_exhaust_m_s, law.upper_m_s2, 0.0]])
    return np.array([[law.upper_exhaust_m_s, max(sensed, 0.5 * law.upper_m_s2), 0.0]])


@kernel
def solve(t, r, v, stages, memory, law):
    """One cycle: what the stages to come give until the velocity to gain is gained."""
    renew(t, r, v, stage_integrals(norm(memory[GAIN : GAIN + 3]), stages), GM_EARTH_M3_S2, memory, law)


@kernel
def first_solution(t, r, v, stages, memory, law):
    """Cycles from the first guess until the time to go stands still."""
    begin(r, v, FIRST_ANGLE, GM_EARTH_M3_S2, memory, law)
    for _ in range(FIRST_TRIES):
        before = memory[TO_GO]
        solve(t, r, v, stages, memory, law)
        if abs(memory[TO_GO] - before) < 1e-3:
            break


@kernel
def in_the_air(t, r, v, memory, law):
    """Direction (3,) of the axis until the boosters are gone: up, tilted, along the velocity through the air."""
    pole, turn = np.array(law.pole), law.spin_rad_s * (t - law.liftoff_s)
    up = spun(np.array(law.up), pole, turn)
    wind = v - law.spin_rad_s * cross(pole, r)
    if memory[MODE] == RISE and t - memory[BEGUN] >= law.rise_s - 0.5 * law.step_s:
        memory[MODE] = PITCH
    if memory[MODE] == PITCH and dot(wind, up) < math.cos(law.pitch_over_rad) * norm(wind):
        memory[MODE] = TURN
    if memory[MODE] == RISE:
        return up
    if memory[MODE] == PITCH:
        return math.cos(law.pitch_over_rad) * up + math.sin(law.pitch_over_rad) * spun(np.array(law.heading), pole, turn)
    return wind / norm(wind)


@kernel
def programmed(t, law):
    """The axis (3,) of the program at an epoch; its last one from its end on."""
    place = max(t - law.liftoff_s, 0.0) / law.step_s
    k = min(math.floor(place), law.program.shape[0] - 2)
    x = min(place - k, 1.0)
    u = law.program[k] + x * (law.program[k + 1] - law.program[k])
    return u / norm(u)


@kernel
def launch_guidance(t, place, velocity, sensed, segment, memory, law):
    """One step: the mode, the law of steering when a cycle is over, and the share of the step that a guided engine burns."""
    r, v, a = np.array(place), np.array(velocity), np.array(sensed)
    if memory[MODE] == 0.0:
        memory[MODE], memory[BEGUN], memory[LAST] = RISE, t, t
    if segment < ALONE:
        u = in_the_air(t, r, v, memory, law)
        if law.program.shape[0] > 1:
            u = programmed(t, law)
        memory[LAST] = t
        return u[0], u[1], u[2], 1.0
    memory[GAIN : GAIN + 3] -= (t - memory[LAST]) * a
    memory[LAST] = t
    if segment == CORE_WAIT and memory[SINCE] == 0.0:
        memory[SINCE] = t
    if memory[MODE] < STEER:
        first_solution(t, r, v, stages_ahead(t, norm(a), segment, memory, law), memory, law)
        memory[MODE] = STEER
    if memory[MODE] == STEER and t - memory[SOLVED] >= CYCLE_S - 0.5 * law.step_s:
        solve(t, r, v, stages_ahead(t, norm(a), segment, memory, law), memory, law)
    if memory[MODE] == STEER and segment == UPPER_BURN and memory[SOLVED] + memory[TO_GO] - t < HOLD_S:
        memory[MODE] = HOLD
    share = 1.0
    if memory[MODE] == HOLD:
        along = max(dot(a, v) / norm(v), 1e-6)
        share = max(0.0, min(1.0, lacking(r, v, law.semi_major_m, GM_EARTH_M3_S2) / along / law.step_s))
        if share < 1.0:
            memory[MODE] = CUT_OFF
    u = memory[AXIS : AXIS + 3] + memory[RATE : RATE + 3] * (t - memory[REFERENCE])
    return u[0] / norm(u), u[1] / norm(u), u[2] / norm(u), share


@overload(guide)
def _guide(t, place, velocity, sensed, segment, memory, law):
    if getattr(law, "instance_class", None) is LaunchLaw:
        return lambda t, place, velocity, sensed, segment, memory, law: launch_guidance(t, place, velocity, sensed, segment, memory, law)
    return None


@dataclass(frozen=True)
class Launch:
    """One launch: the law, the launcher and the air as they are in this run, how fast it turns, errors of its accelerometers."""

    law: LaunchLaw
    craft: Stack
    turning: Turning
    inertial: Inertial
    air: Air
    limit_s: float = 1500.0  # from the pad; none takes half of it


def fly_launch(world: World, point: Point, known: Point, launch: Launch) -> tuple[int, Array]:
    """Fly the closed loop from the pad, upright; (status, rows of `dynamics.launching`). `known` is what the launcher takes `point` for."""
    status, rows = launch_loop(
        point.epoch_s,
        point.y,
        np.array(launch.law.up),
        known.y[:6] - point.y[:6],
        np.zeros(MEMORY),
        launch.law.step_s,
        launch.limit_s,
        launch.law,
        launch.craft,
        launch.turning,
        launch.inertial,
        launch.air,
        world.forces("earth"),
    )
    return int(status), rows
