"""Powered descent: explicit guidance on the curved Moon, in six modes, as functions of the estimate alone.

*Axes*. The Moon-fixed frame of the site: `x` along the ground towards the site and past it (an arc of the sphere through the site, negative
before it), `y` across to the left, `z` up from the site's own level; velocities are relative to the turning ground. The centrifugal term of
the curved path is part of the equations, so braking over 15 degrees of arc needs no re-targeting.

*Model*. Main braking, approach and avoidance fly the polynomial (E-) guidance of Cherry 1964 and Klumpp 1974 (Automatica 10, 133):
acceleration linear in time that meets position and velocity at the end of `time_to_go`. In braking the time to go is that of a constant
nominal thrust below the maximum, predicted by integrating the speed down with the weight not yet carried by the path's curvature, so that
the throttle's reserve is what corrects the range. The quick attitude adjustment is the turn, at limited rate, that the approach's first
command asks for. Hover and final descent are linear feedback on the estimate; the engine is cut by the height sensor.

*Limits*: three degrees of freedom; terrain enters by the height sensor and by the safe spot handed in. *How we know*: a biased estimate
lands on its bias; limits on touchdown are tested with thrust, navigation and slope off nominal.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from numba.extending import overload

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.kernel import kernel
from farside.dynamics.closed_loop import command

SIDEWAYS_M_S2 = 0.5  # assumed: a lean of 17 deg, which a craft that gains 3 deg/s in a second follows; harder, it swings
LEAN = 0.47  # assumed: sideways for one of thrust upward, a lean of 25 deg, in hover and final descent; an engine that leans needs some 15
CARRIED = 0.4  # assumed: share of the weight that hover and final descent always carry, so that the craft stays upright
BRAKING, ADJUST, APPROACH, HOVER, AVOIDANCE, FINAL, CUT_OFF = 1, 2, 3, 4, 5, 6, 7


class Gate(NamedTuple):
    """A place [m] and velocity [m/s] in the site's axes that a mode ends in."""

    x_m: float
    z_m: float
    vx_m_s: float
    vz_m_s: float


class DescentLaw(NamedTuple):
    """What the descent is to fly: gates, rates and times. `nominal_thrust_n` is what braking plans with."""

    nominal_thrust_n: float
    high_gate: Gate
    adjust_s: float
    hover_m: float
    hover_s: float
    approach_s: float
    avoidance_s: float
    final_m: float
    final_rate_m_s: float
    cut_off_m: float
    radius_m: float  # of the site from the Moon's centre


@kernel
def linear(to_go, velocity, wanted, time_to_go):
    """The first acceleration of the linear-in-time law that covers `to_go` and reaches `wanted` velocity in `time_to_go`."""
    return (6.0 * to_go - (4.0 * velocity + 2.0 * wanted) * time_to_go) / (time_to_go * time_to_go)


@kernel
def braking_forecast(vx, vz, z, mass, law, exhaust):
    """(seconds, metres of ground) that nominal thrust takes to bring the speed along the ground down to the high gate's.

    The vertical thrust carries the weight that the path's curvature does not, and the mean of what brings height and climb to the gate.
    """
    thrust, gate = law.nominal_thrust_n, law.high_gate
    seconds, ground, step, r = 0.0, 0.0, 4.0, law.radius_m + z
    whole = max(1.0, (vx - gate.vx_m_s) * mass / thrust)
    still, curvature = GM_MOON_M3_S2 / (r * r) + (gate.vz_m_s - vz) / whole, 1.0 / r
    while vx > gate.vx_m_s and mass > 1.0 and seconds < 3000.0:
        pull = thrust / mass
        weight = still - vx * vx * curvature
        along = math.sqrt(max(pull * pull - weight * weight, 0.04 * pull * pull))
        if along * step > vx - gate.vx_m_s:  # the last step
            step = (vx - gate.vx_m_s) / along + 1e-9
        ground += (vx - 0.5 * along * step) * step * law.radius_m * curvature
        vx -= along * step
        mass -= thrust / exhaust * step
        seconds += step
    return seconds, ground


@kernel
def curved_weight(vx, vy, z, law):
    """The upward acceleration [m/s2] that holds the height on the curved path."""
    r = law.radius_m + z
    return GM_MOON_M3_S2 / (r * r) - (vx * vx + vy * vy) / r


@kernel
def upright(ax, ay, az, up):
    """The thrust acceleration nearest to what is asked for that carries a share of the weight `up` [m/s2] and leans little."""
    az = max(az, CARRIED * up)
    share = min(1.0, LEAN * az / max(math.hypot(ax, ay), 1e-12))
    return share * ax, share * ay, az


@kernel
def demand(mode, elapsed, x, y, z, vx, vy, vz, mass, height, time_to_go, spot_x, spot_y, law, exhaust):
    """The thrust acceleration (ax, ay, az) [m/s2] that a mode asks for, and the time to go it reckons with.

    All of it from the estimate: place and velocity in the site's axes, mass, the height sensor's `height`; `spot` is the safe spot.
    """
    up = curved_weight(vx, vy, z, law)
    if mode == BRAKING:
        seconds, _ = braking_forecast(vx, vz, z, mass, law, exhaust)
        t = max(seconds, 2.0)
        gate = law.high_gate
        r = law.radius_m + z
        scale = r / law.radius_m
        ax = linear((gate.x_m - x) * scale, vx, gate.vx_m_s, t) + vx * vz / r
        return ax, linear(-y, vy, 0.0, t), linear(gate.z_m - z, vz, gate.vz_m_s, t) + up, t
    if mode == ADJUST or mode == APPROACH:  # noqa: SIM109 (numba)
        t = max(time_to_go, 4.0)
        return linear(-x, vx, 0.0, t), linear(-y, vy, 0.0, t), linear(law.hover_m - height, vz, 0.0, t) + up, t
    if mode == HOVER:
        ax, ay, az = upright(-0.1 * x - 0.6 * vx, -0.1 * y - 0.6 * vy, 0.15 * (law.hover_m - height) - 0.8 * vz + up, up)
        return ax, ay, az, 0.0
    if mode == AVOIDANCE:
        t = max(time_to_go, 4.0)
        lateral_x, lateral_y = linear(spot_x - x, vx, 0.0, t), linear(spot_y - y, vy, 0.0, t)
        return lateral_x, lateral_y, linear(law.final_m - height, vz, -law.final_rate_m_s, t) + up, t
    ax, ay = 0.15 * (spot_x - x) - 0.8 * vx, 0.15 * (spot_y - y) - 0.8 * vy
    ax, ay, az = upright(ax, ay, -1.2 * (vz + law.final_rate_m_s) + up, up)
    return ax, ay, az, 0.0


@kernel
def next_mode(mode, elapsed, x, z, vx, vz, height, time_to_go, law):
    """The mode after this one, or the same: from the estimate, the height sensor and the clock of the mode."""
    if mode == BRAKING and (time_to_go <= 2.5 or vx <= law.high_gate.vx_m_s):
        return ADJUST
    if mode == ADJUST and elapsed >= law.adjust_s:
        return APPROACH
    if mode == APPROACH and (time_to_go <= 4.0 or height < 0.9 * law.hover_m):
        return HOVER
    if mode == HOVER and elapsed >= law.hover_s and abs(vx) < 1.0 and abs(vz) < 1.0:
        return AVOIDANCE
    if mode == AVOIDANCE and time_to_go <= 4.0:
        return FINAL
    if mode == FINAL and height <= law.cut_off_m:
        return CUT_OFF
    return mode


MODE, SINCE, UNTIL, TO_GO, SPOT_X, SPOT_Y = range(6)  # places in the memory


@kernel
def descent_command(t, place, velocity, mass, height, memory, law, engine):
    """One cycle of the descent: the mode's demand, then the change of mode."""
    if memory[MODE] == 0.0:
        memory[MODE], memory[SINCE], memory[TO_GO] = BRAKING, t, 1e4
    x, y, z = place
    vx, vy, vz = velocity
    mode = int(memory[MODE])
    ax, ay, az, to_go = demand(
        mode,
        t - memory[SINCE],
        x,
        y,
        z,
        vx,
        vy,
        vz,
        mass,
        height,
        memory[UNTIL] - t,
        memory[SPOT_X],
        memory[SPOT_Y],
        law,
        engine.exhaust_m_s,
    )
    memory[TO_GO] = to_go
    after = next_mode(mode, t - memory[SINCE], x, z, vx, vz, height, to_go, law)
    if after != mode:
        memory[MODE] = after
        memory[SINCE] = t
        if after == ADJUST:
            memory[UNTIL] = t + law.approach_s
        if after == AVOIDANCE:
            away = math.hypot(memory[SPOT_X] - x, memory[SPOT_Y] - y)
            memory[UNTIL] = t + max(law.avoidance_s, math.sqrt(6.0 * away / SIDEWAYS_M_S2))
    return ax, ay, az, mode != CUT_OFF


@overload(command)
def _command(t, place, velocity, mass, height, memory, law, engine):
    if getattr(law, "instance_class", None) is DescentLaw:
        return lambda t, place, velocity, mass, height, memory, law, engine: descent_command(
            t, place, velocity, mass, height, memory, law, engine
        )
    return None
