"""Closed loops over the Moon: truth with engine lag and slewing, guidance that sees an estimate, sensors between the two.

*Model*. Truth: `powered`'s step, with first-order engine lag, at the guidance rate. Knowledge: the error of the estimate is carried beside
the truth, drifts as in `powered`, and is pulled in by an altimeter (over the real ground), a velocity radar and an image fix, each with
its range, noise and time constant: a small filter of constant gains. `command` is chosen by the type of the guidance law and is given the
estimate, never the state.

*Limits*: rigid body, three degrees of freedom and a pointing direction; no plume, no slosh; gains do not adapt. *How we know*: against
DOP853 with the same thrust history; a biased estimate flies its bias.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel
from farside.basis.triples import dot, length, plus, scaled, times
from farside.dynamics.powered import drift, gain, move, record, turn
from farside.environment.ephemeris import moon_matrix, sky_at
from farside.environment.orientation import moon_rotation_rate
from farside.environment.terrain import Relief, height, outside

Array = NDArray[np.float64]
Triple = tuple[float, float, float]
LANDED, TIME_OUT, DRY = 1, 2, 3


class Engine(NamedTuple):
    """An engine with continuous throttle between two thrusts, first-order lag, and its exhaust speed."""

    thrust_min_n: float
    thrust_max_n: float
    exhaust_m_s: float
    lag_s: float


class Failure(NamedTuple):
    """What is left of an engine below a height [m]: at most a share of its thrust, leaning from the craft's axis across the way.

    `answer`: how much it gives of what it is asked for, at any height.
    """

    below_m: float
    thrust_share: float
    lean_rad: float
    answer: float = 1.0


SOUND = Failure(-math.inf, 1.0, 0.0)
"""An engine that does not fail."""


class Turning(NamedTuple):
    """How fast the craft's axis may turn, and how fast that may change."""

    rate_rad_s: float
    acceleration_rad_s2: float


class Sensors(NamedTuple):
    """Errors as they are in this run; per sensor the height [m] below which it works, its time constant [s] in the filter, its noise."""

    bias_m_s2: Array  # of the accelerometers, ICRF axes (3,)
    scale: float  # of the accelerometers
    altimeter_below_m: float
    altimeter_s: float
    altimeter_noise_m: float
    radar_below_m: float
    radar_s: float
    radar_noise_m_s: float
    image_below_m: float
    image_s: float
    image_noise_m: float
    gauge_below_m: float
    gauge_noise_m: float


class Ground(NamedTuple):
    """The site's axes and the ground around it. `triad` (3, 3): rows along, across, up in the sky's Moon axes; `radius_m` of the site.

    `relief` is the ground around the site in east and north metres, of which `along_rad` is the direction of `along` (from east to north);
    `hills` (k, 3) amplitude [m], wavelength [m], phase [rad] of the ground before the relief's edge, fading out towards it.
    """

    triad: Array
    radius_m: float
    relief: Relief
    along_rad: float
    hills: Array


@kernel
def ground_height(x, y, ground):
    """Height [m] of the ground above the site's level at a place in the site's axes."""
    c, s = math.cos(ground.along_rad), math.sin(ground.along_rad)
    east, north = c * x - s * y, s * x + c * y
    near, away = height(ground.relief, east, north), outside(ground.relief, east, north)
    total = 0.0
    for k in range(ground.hills.shape[0]):
        total += ground.hills[k, 0] * math.sin(2.0 * math.pi * x / ground.hills[k, 1] + ground.hills[k, 2])
    return near + total * away / (away + 5000.0)


@kernel
def site_axes(t, forces, ground):
    """The site's axes at `t` as they stand in ICRF: along, across, up, and the ground's angular velocity [rad/s], three numbers each."""
    s = sky_at(t, forces.sky)
    a, b, c, d, e, f, g, h, i = moon_matrix(s[6], s[7], s[8])
    x, y, z = (a, d, g), (b, e, h), (c, f, i)  # ICRF's axes in the Moon's
    along, across, up = ground.triad[0], ground.triad[1], ground.triad[2]
    return (
        (dot(along, x), dot(along, y), dot(along, z)),
        (dot(across, x), dot(across, y), dot(across, z)),
        (dot(up, x), dot(up, y), dot(up, z)),
        moon_rotation_rate(t, forces.sky),
    )


@kernel
def seen_from(axes, r, v, radius):
    """`site_state` of a craft at `r` with velocity `v`, three numbers each, the site's axes being known."""
    forward, left, overhead, spin = axes
    away = length(r)
    up = scaled(1.0 / away, r)
    aside = dot(left, up)
    across = plus(left, -aside, up)
    across = scaled(1.0 / length(across), across)
    along = times(across, up)
    v = plus(v, -1.0, times(spin, r))
    place = (radius * math.atan2(dot(forward, up), dot(overhead, up)), radius * math.asin(aside), away - radius)
    return place, (dot(v, along), dot(v, across), dot(v, up)), along, across, up


@kernel
def site_state(t, y, forces, ground):
    """Place (x, y, z) and ground velocity in the site's axes, and their unit vectors at the craft: three numbers each, these in ICRF."""
    return seen_from(site_axes(t, forces, ground), (y[0], y[1], y[2]), (y[3], y[4], y[5]), ground.radius_m)


@kernel
def sense(error, place, along, across, up, height, h, noise, sensors):
    """Let the sensors of this step pull at the error (6,) of the estimate.

    The altimeter measures `height` above the real ground and the filter takes it for the height above the site's level: relief becomes
    error, as it does on board.
    """
    if height < sensors.altimeter_below_m:
        off = height + sensors.altimeter_noise_m * noise[0] - (place[2] + dot(error, up))
        shift(error, gain(h, sensors.altimeter_s) * off, up)
    if height < sensors.radar_below_m:
        for i in range(3):
            error[3 + i] += gain(h, sensors.radar_s) * (sensors.radar_noise_m_s * noise[1 + i] - error[3 + i])
    if height < sensors.image_below_m:
        off_along = sensors.image_noise_m * noise[4] - dot(error, along)
        off_across = sensors.image_noise_m * noise[5] - dot(error, across)
        shift(error, gain(h, sensors.image_s) * off_along, along)
        shift(error, gain(h, sensors.image_s) * off_across, across)


@kernel
def shift(a, k, b):
    """Add k b to the first three of an array."""
    a[0], a[1], a[2] = plus(a, k, b)


def command(
    t: float, place: Triple, velocity: Triple, mass: float, height: float, memory: Array, law: Any, engine: Engine
) -> tuple[float, float, float, bool]:
    """What guidance wants, from the estimate alone; chosen at compile time by the type of `law`.

    `place`, `velocity`: three numbers each in the site's axes; `height`: of the height sensor; `memory`: guidance's own (n,) numbers,
    the first being its mode. Answers the thrust acceleration (ax, ay, az) [m/s2] in the site's axes at the craft, and whether the engine
    is to burn.
    """
    raise TypeError(f"{type(law).__name__} is not a guidance law")


@kernel
def leaned(push, axis, across, angle):
    """Set the thrust's direction (3,): the craft's axis, leaning by an angle towards `across`."""
    aside = plus(across, -dot(across, axis), axis)
    size = length(aside)
    for i in range(3):
        push[i] = axis[i] if angle == 0.0 or size < 1e-9 else math.cos(angle) * axis[i] + math.sin(angle) / size * aside[i]


@kernel
def height_seen(above, estimate, noise, sensors):
    """The height that guidance is told: by the gauge near the ground, else by the altimeter, else the estimate's, over the site's level."""
    if above < sensors.gauge_below_m:
        return above + sensors.gauge_noise_m * noise
    if above < sensors.altimeter_below_m:
        return above + sensors.altimeter_noise_m * noise
    return estimate


@kernel
def landing_loop(t, y, axis, error, memory, h, steps, dry_kg, law, engine, failure, turning, sensors, ground, forces, noise):
    """Fly until the ground, the time limit or the dry tank: the status, rows (n, 20) as `record` writes them, the craft's axis (3,).

    The axis of a row is that of the thrust, which is the craft's until the engine fails.
    """
    rows = np.empty((steps + 1, 20))
    y, axis, error, push = y.copy(), axis.copy(), error.copy(), axis.copy()
    thrust, spin, status, most, lean, n = 0.0, 0.0, TIME_OUT, engine.thrust_max_n, 0.0, 0
    for n in range(steps + 1):
        axes, r, v = site_axes(t, forces, ground), (y[0], y[1], y[2]), (y[3], y[4], y[5])
        place, _, along, across, up = seen_from(axes, r, v, ground.radius_m)
        above = place[2] - ground_height(place[0], place[1], ground)
        record(rows[n], t, y, thrust, push, memory[0], error, above)
        if above <= 0.0:
            status = LANDED
            break
        if n == steps:
            break
        sense(error, place, along, across, up, above, h, noise[n], sensors)
        known, velocity, along, across, up = seen_from(axes, plus(r, 1.0, error), plus(v, 1.0, error[3:]), ground.radius_m)
        height = height_seen(above, known[2], noise[n, 0], sensors)
        ax, ay, az, burning = command(t, known, velocity, y[6], height, memory, law, engine)
        wanted = plus(plus(scaled(ax, along), ay, across), az, up)
        size = length(wanted)
        spin = turn(axis, scaled(1.0 / max(size, 1e-12), wanted), spin, h, turning)
        if above < failure.below_m:
            most, lean = failure.thrust_share * engine.thrust_max_n, failure.lean_rad
        leaned(push, axis, across, lean)
        goal = failure.answer * min(most, max(engine.thrust_min_n, size * y[6])) if burning else 0.0
        thrust += (goal - thrust) * gain(h, engine.lag_s)
        if y[6] - thrust / engine.exhaust_m_s * h <= dry_kg:
            status = DRY
            break
        later = t + h  # an epoch of 2024 resolves 0.12 microseconds: the step is as long as its epochs say
        move(t, y, later - t, forces, thrust, push, engine.exhaust_m_s)
        drift(error, y, h, thrust, push, sensors)
        t = later
    return status, rows[: n + 1].copy(), axis
