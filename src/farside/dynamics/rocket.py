"""A launcher in the air of a turning Earth: its stages as arrays, the air of a run, and what pushes and pulls.

*Model*: the gravity of `forces` (J2 to J6, Moon, Sun), thrust in vacuum less the air's pressure on the nozzles' mouths, drag along the
air-relative velocity by Mach number, air that turns with the Earth plus a wind by height. *Limits*: three degrees of freedom and a
pointing direction; no lift (the angle of attack is near zero where there is air); wind is level and does not change with time.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import height_above_ellipsoid
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S
from farside.basis.kernel import kernel
from farside.craft.launcher import Launcher
from farside.dynamics.forces import gravity
from farside.environment.atmosphere import HEAT_RATIO, Profile, air_at, scaled, standard_profile
from farside.environment.ephemeris import sky_at

Array = NDArray[np.float64]
TIMED, GUIDED = -1, -2  # segments that end with no tank: by the clock, by guidance
BOOSTERS, CORE, UPPER = 0, 1, 2  # groups of engines
TOP_M = 250e3  # of the air that a launcher meets
TOGETHER, PARTING, ALONE, CORE_WAIT, IGNITION_WAIT, UPPER_BURN = range(6)  # segments of a launcher with boosters, core and upper stage


class Stack(NamedTuple):
    """A launcher as the loop takes it. Per group of engines (g,): thrust in vacuum, mouths, flow, least throttle, propellant.

    Per segment: which groups fire (s, g); the group whose empty tank ends it, or TIMED or GUIDED (s,); how long a timed one lasts; the
    mass that is dropped at its end; the area in front. `mach` and `drag` (k,): the drag coefficient.
    """

    thrust_n: Array
    mouth_m2: Array
    flow_kg_s: Array
    throttle_min: Array
    tanks_kg: Array
    fires: Array
    ends_with: NDArray[np.int64]
    seconds: Array
    drop_kg: Array
    front_m2: Array
    fairing_kg: float
    fairing_from: int
    fairing_w_m2: float
    load_m_s2: float
    mach: Array
    drag: Array


class Air(NamedTuple):
    """The air of this run: its profile, how fast it turns with the Earth, and the wind every `wind_step_m` of height: towards east, north.

    `pressure` is how much there is of the pressure that goes with density and sound.
    """

    profile: Profile
    pressure: float
    spin_rad_s: float
    wind_step_m: float
    east_m_s: Array
    north_m_s: Array


def still_air(density: float = 1.0) -> Air:
    """The standard air without wind, its density times a factor (its pressure is left)."""
    profile = scaled(standard_profile(TOP_M), density)
    return Air(profile, 1.0 / density, EARTH_ROTATION_RATE_RAD_S, 1e3, np.zeros(2), np.zeros(2))


def stack(launcher: Launcher) -> Stack:
    """A launcher of boosters, core, upper stage and fairing as the loop takes it."""
    stages, wait = (launcher.boosters, launcher.core, launcher.upper), launcher.sequence
    count = np.array([float(stage.count) for stage in stages])
    nose = max(launcher.core.front_m2, launcher.fairing.front_m2)
    beside = launcher.boosters.front_m2 + nose
    return Stack(
        count * [stage.engine.thrust_vacuum_n for stage in stages],
        count * [stage.engine.mouth_m2 for stage in stages],
        count * [stage.engine.flow_kg_s for stage in stages],
        np.array([stage.engine.throttle_min for stage in stages]),
        count * [stage.propellant_kg for stage in stages],
        np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0] * 3, [0.0] * 3, [0.0, 0.0, 1.0]]),
        np.array([BOOSTERS, TIMED, CORE, TIMED, TIMED, GUIDED]),
        np.array([0.0, wait.booster_wait_s, 0.0, wait.core_wait_s, wait.ignition_wait_s, 0.0]),
        np.array([0.0, count[0] * launcher.boosters.dry_kg, 0.0, launcher.core.dry_kg, 0.0, 0.0]),
        np.array([beside, beside, nose, nose, nose, nose]),
        launcher.fairing.mass_kg,
        ALONE,
        wait.fairing_w_m2,
        wait.load_m_s2,
        np.array(launcher.mach),
        np.array(launcher.drag),
    )


@kernel
def between(x, xs, ys):
    """The value at x of the line through points (k,) with rising xs, held beyond their ends."""
    if x <= xs[0]:
        return ys[0]
    for k in range(1, xs.size):
        if x < xs[k]:
            return ys[k - 1] + (x - xs[k - 1]) / (xs[k] - xs[k - 1]) * (ys[k] - ys[k - 1])
    return ys[-1]


@kernel
def wind_at(height, air):
    """Wind [m/s] towards east and north at a height; the table's ends are held."""
    place = min(max(height / air.wind_step_m, 0.0), air.east_m_s.size - 1.0)
    k = min(math.floor(place), air.east_m_s.size - 2)
    x = place - k
    east = air.east_m_s[k] + x * (air.east_m_s[k + 1] - air.east_m_s[k])
    return east, air.north_m_s[k] + x * (air.north_m_s[k + 1] - air.north_m_s[k])


@kernel
def in_air(t, y, air, forces):
    """Height [m], density, pressure, sound, and the velocity relative to the air (three numbers, ICRF axes)."""
    sky = sky_at(t, forces.sky)
    px, py = sky[9], sky[10]
    pz = math.sqrt(1.0 - px * px - py * py)
    height = height_above_ellipsoid(y[0], y[1], y[2], px, py, pz)
    density, sound = air_at(height, air.profile)
    pressure = air.pressure * density * sound * sound / HEAT_RATIO
    ex, ey, ez = py * y[2] - pz * y[1], pz * y[0] - px * y[2], px * y[1] - py * y[0]  # east, as long as the distance from the axis
    rho, r = math.sqrt(ex * ex + ey * ey + ez * ez), math.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
    east, north = wind_at(height, air)
    k, n = air.spin_rad_s + east / rho, north / (r * rho)
    nx, ny, nz = y[1] * ez - y[2] * ey, y[2] * ex - y[0] * ez, y[0] * ey - y[1] * ex
    relative = (y[3] - k * ex - n * nx, y[4] - k * ey - n * ny, y[5] - k * ez - n * nz)
    return height, density, pressure, sound, relative


@kernel
def launch_rate(t, y, axis, throttles, front, craft, air, forces):
    """Derivative of (r, v, m), what the accelerometers feel (three numbers) and the thrust [N], axis and throttles being held."""
    gx, gy, gz = gravity(t, y, forces)
    _, density, pressure, sound, (vx, vy, vz) = in_air(t, y, air, forces)
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    drag = 0.5 * density * speed * between(speed / sound, craft.mach, craft.drag) * front / y[6]
    thrust = flow = 0.0
    for g in range(throttles.size):
        if throttles[g] > 0.0:
            thrust += max(0.0, throttles[g] * craft.thrust_n[g] - pressure * craft.mouth_m2[g])
            flow += throttles[g] * craft.flow_kg_s[g]
    push = thrust / y[6]
    fx, fy, fz = push * axis[0] - drag * vx, push * axis[1] - drag * vy, push * axis[2] - drag * vz
    return (y[3], y[4], y[5], gx + fx, gy + fy, gz + fz, -flow), (fx, fy, fz), thrust


@kernel
def moved(y, k, h):
    """y + h k, a new array (7,)."""
    out = y.copy()
    for i in range(7):
        out[i] += h * k[i]
    return out


@kernel
def launch_step(t, y, h, axis, throttles, front, craft, air, forces):
    """One Runge-Kutta step with axis and throttles held."""
    k1 = launch_rate(t, y, axis, throttles, front, craft, air, forces)[0]
    k2 = launch_rate(t + 0.5 * h, moved(y, k1, 0.5 * h), axis, throttles, front, craft, air, forces)[0]
    k3 = launch_rate(t + 0.5 * h, moved(y, k2, 0.5 * h), axis, throttles, front, craft, air, forces)[0]
    k4 = launch_rate(t + h, moved(y, k3, h), axis, throttles, front, craft, air, forces)[0]
    out = y.copy()
    for i in range(7):
        out[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    return out
