"""Closed loops over the Moon: truth with engine lag and slewing, guidance that sees an estimate, sensors between the two.

*Model*. Truth: the full gravity of `forces`, thrust along the craft's axis, first-order engine lag, an axis that turns along the great
circle to where guidance wants it, its rate and angular acceleration limited; classical fourth-order Runge-Kutta at the guidance step,
the thrust being held within a step. Knowledge: the error of the estimate is carried beside the truth, driven by accelerometer bias and
scale and by the gravity gradient, and pulled in by an altimeter (over the real ground), a velocity radar and an image fix, each with its
range, noise and time constant: a small filter of constant gains. `command` is chosen by the type of the guidance law and is given the
estimate, never the state.

*Limits*: rigid body, three degrees of freedom and a pointing direction; no plume, no slosh; gains do not adapt. *How we know*: against
DOP853 with the same thrust history; a biased estimate flies its bias.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.kernel import kernel
from farside.dynamics.forces import gravity
from farside.environment.ephemeris import moon_matrix, sky_at
from farside.environment.orientation import moon_rotation_rate
from farside.environment.terrain import Relief, height

Array = NDArray[np.float64]
Triple = tuple[float, float, float]
LANDED, TIME_OUT, DRY = 1, 2, 3


class Engine(NamedTuple):
    """An engine with continuous throttle between two thrusts, first-order lag, and its exhaust speed."""

    thrust_min_n: float
    thrust_max_n: float
    exhaust_m_s: float
    lag_s: float


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
    near = height(ground.relief, c * x - s * y, s * x + c * y)
    away = max(0.0, abs(x) + ground.relief.west_m)
    total = 0.0
    for k in range(ground.hills.shape[0]):
        total += ground.hills[k, 0] * math.sin(2.0 * math.pi * x / ground.hills[k, 1] + ground.hills[k, 2])
    return near + total * away / (away + 5000.0)


@kernel
def site_state(t, y, forces, ground):
    """Place (x, y, z) and ground velocity in the site's axes, and their unit vectors (9 numbers, rows, ICRF) at the craft."""
    s = sky_at(t, forces.sky)
    a, b, c, d, e, f, g, h, i = moon_matrix(s[6], s[7], s[8])
    m = np.array([[a, b, c], [d, e, f], [g, h, i]])
    axes = ground.triad @ m
    w = moon_rotation_rate(t, forces.sky)
    v = np.array([y[3] - w[1] * y[2] + w[2] * y[1], y[4] - w[2] * y[0] + w[0] * y[2], y[5] - w[0] * y[1] + w[1] * y[0]])
    r = math.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
    up = np.array([y[0] / r, y[1] / r, y[2] / r])
    p = axes @ up
    across = axes[1] - p[1] * up
    across = across / math.sqrt(np.sum(across * across))
    along = np.array([across[1] * up[2] - across[2] * up[1], across[2] * up[0] - across[0] * up[2], across[0] * up[1] - across[1] * up[0]])
    place = (ground.radius_m * math.atan2(p[0], p[2]), ground.radius_m * math.asin(p[1]), r - ground.radius_m)
    return place, (np.sum(v * along), np.sum(v * across), np.sum(v * up)), along, across, up


@kernel
def thrust_rate(t, y, forces, ax, ay, az, flow):
    """Derivative of (r, v, m) under gravity and a held thrust acceleration times mass (newtons along each axis)."""
    gx, gy, gz = gravity(t, y, forces)
    return y[3], y[4], y[5], gx + ax / y[6], gy + ay / y[6], gz + az / y[6], -flow


@kernel
def held_rate(t, y, forces, thrust, axis, exhaust):
    """Derivative (7,) of the truth with thrust [N] and axis held."""
    return np.array(thrust_rate(t, y, forces, thrust * axis[0], thrust * axis[1], thrust * axis[2], thrust / exhaust))


@kernel
def held_step(t, y, h, forces, thrust, axis, exhaust):
    """One Runge-Kutta step of the truth with thrust and axis held."""
    fx, fy, fz, flow = thrust * axis[0], thrust * axis[1], thrust * axis[2], thrust / exhaust
    k1 = thrust_rate(t, y, forces, fx, fy, fz, flow)
    k2 = thrust_rate(t + 0.5 * h, moved(y, k1, 0.5 * h), forces, fx, fy, fz, flow)
    k3 = thrust_rate(t + 0.5 * h, moved(y, k2, 0.5 * h), forces, fx, fy, fz, flow)
    k4 = thrust_rate(t + h, moved(y, k3, h), forces, fx, fy, fz, flow)
    out = y.copy()
    for i in range(7):
        out[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    return out


@kernel
def moved(y, k, h):
    """y + h k."""
    out = y.copy()
    for i in range(7):
        out[i] += h * k[i]
    return out


@kernel
def turned_axis(axis, wanted, spin, h, turning):
    """The axis after a step of turning towards `wanted`, and its rate: as fast as rate, acceleration and stopping in time allow."""
    angle = math.acos(max(-1.0, min(1.0, np.sum(axis * wanted))))
    if angle < 1e-9:
        return axis.copy(), 0.0
    allowed = min(turning.rate_rad_s, math.sqrt(2.0 * turning.acceleration_rad_s2 * angle))
    spin = min(spin + turning.acceleration_rad_s2 * h, allowed)
    step = min(angle, spin * h)
    aside = wanted - np.sum(axis * wanted) * axis
    size = math.sqrt(np.sum(aside * aside))
    if size < 1e-12:
        return axis.copy(), 0.0
    out = math.cos(step) * axis + math.sin(step) / size * aside
    return out / math.sqrt(np.sum(out * out)), spin


@kernel
def drifted(error, y, h, thrust, axis, sensors):
    """The error (6,) of the estimate after a step: accelerometer bias and scale, and the gravity gradient acting on it."""
    r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    k = GM_MOON_M3_S2 / (r2 * math.sqrt(r2))
    along = (y[0] * error[0] + y[1] * error[1] + y[2] * error[2]) / r2
    out = error.copy()
    for i in range(3):
        pull = sensors.bias_m_s2[i] + sensors.scale * thrust / y[6] * axis[i] - k * (error[i] - 3.0 * along * y[i])
        out[3 + i] += h * pull
        out[i] += h * error[3 + i] + 0.5 * h * h * pull
    return out


@kernel
def sensed(error, y, place, along, across, up, height, h, noise, sensors):
    """The error of the estimate after the sensors of this step have pulled at it.

    The altimeter measures `height` above the real ground and the filter takes it for the height above the site's level: relief becomes
    error, as it does on board.
    """
    out = error.copy()
    if height < sensors.altimeter_below_m:
        gain = 1.0 - math.exp(-h / sensors.altimeter_s)
        off = 0.0
        for i in range(3):
            off += out[i] * up[i]
        innovation = height + sensors.altimeter_noise_m * noise[0] - (place[2] + off)
        for i in range(3):
            out[i] += gain * innovation * up[i]
    if height < sensors.radar_below_m:
        gain = 1.0 - math.exp(-h / sensors.radar_s)
        for i in range(3):
            out[3 + i] += gain * (sensors.radar_noise_m_s * noise[1 + i] - out[3 + i])
    if height < sensors.image_below_m:
        gain = 1.0 - math.exp(-h / sensors.image_s)
        off_along = off_across = 0.0
        for i in range(3):
            off_along += out[i] * along[i]
            off_across += out[i] * across[i]
        pull_along = gain * (sensors.image_noise_m * noise[4] - off_along)
        pull_across = gain * (sensors.image_noise_m * noise[5] - off_across)
        for i in range(3):
            out[i] += pull_along * along[i] + pull_across * across[i]
    return out


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
def _closed_loop(t, y, axis, error, memory, h, steps, dry_kg, law, engine, turning, sensors, ground, forces, noise):
    """Fly until the ground, the time limit or the dry tank. Rows: epoch, y (7), thrust, axis (3), mode, error (6), height."""
    rows = np.empty((steps + 1, 20))
    y, axis, error = y.copy(), axis.copy(), error.copy()
    thrust, spin, status, n = 0.0, 0.0, TIME_OUT, 0
    for n in range(steps + 1):
        place, _, along, across, up = site_state(t, y, forces, ground)
        above = place[2] - ground_height(place[0], place[1], ground)
        rows[n, 0] = t
        rows[n, 1:8] = y
        rows[n, 8] = thrust
        rows[n, 9:12] = axis
        rows[n, 12] = memory[0]
        rows[n, 13:19] = error
        rows[n, 19] = above
        if above <= 0.0:
            status = LANDED
            break
        if n == steps:
            break
        error = sensed(error, y, place, along, across, up, above, h, noise[n], sensors)
        known = y.copy()
        known[:6] += error
        known_place, known_velocity, kx, ky, kz = site_state(t, known, forces, ground)
        seen = above + sensors.altimeter_noise_m * noise[n, 0] if above < sensors.altimeter_below_m else known_place[2]
        ax, ay, az, burning = command(t, known_place, known_velocity, y[6], seen, memory, law, engine)
        size = math.sqrt(ax * ax + ay * ay + az * az)
        wanted = (ax * kx + ay * ky + az * kz) / max(size, 1e-12)
        axis, spin = turned_axis(axis, wanted, spin, h, turning)
        goal = min(engine.thrust_max_n, max(engine.thrust_min_n, size * y[6])) if burning else 0.0
        thrust += (goal - thrust) * (1.0 - math.exp(-h / engine.lag_s))
        if y[6] - thrust / engine.exhaust_m_s * h <= dry_kg:
            status = DRY
            break
        later = t + h  # an epoch of 2024 resolves 0.12 microseconds: the step is as long as its epochs say
        y = held_step(t, y, later - t, forces, thrust, axis, engine.exhaust_m_s)
        error = drifted(error, y, h, thrust, axis, sensors)
        t = later
    return status, rows[: n + 1].copy()
