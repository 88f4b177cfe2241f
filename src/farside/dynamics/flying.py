"""Flight through the air: a body with lift, drag and bank over the turning ellipsoid, and its closed loop with guidance.

*Model*. Three degrees of freedom about the Earth, ICRF axes: the gravity of `forces` (J2 to J6, Moon and Sun), drag against and lift across
the velocity relative to air that turns with the Earth and blows as `wind` says; bank turns the lift out of the vertical plane, positive
to the right of the flight. The closed loop: classical fourth-order Runge-Kutta, a whole number of steps to each command of guidance; bank
follows commands within a rate and an angular acceleration, the shorter way round, its rate held within a step. Knowledge: the error of
the estimate is carried beside the truth, driven by accelerometer bias and scale and by the gravity gradient. `bank_command` is chosen by
the type of the law; it is given the estimate and what the accelerometers read, never the state, the air or the coefficients.

*Limits*: trimmed body, no sideslip, no ablation, mass constant; bank is about the velocity relative to the air. *How we know*: DOP853 with
the same bank history; energy lost against the work of drag; Allen and Eggers' peak.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from farside.basis.axes import height_above_ellipsoid
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S, GM_EARTH_M3_S2
from farside.basis.kernel import kernel
from farside.craft.aeroshell import Shell, coefficients
from farside.craft.module import STANDARD_GRAVITY_M_S2, Vector
from farside.dynamics.forces import Forces, Stop, gravity, rate
from farside.environment.atmosphere import Profile, air_at
from farside.environment.ephemeris import sky_at
from farside.environment.wind import Wind, wind_at

Array = NDArray[np.float64]

DOWN, TIME_OUT, LEFT = 1, 2, 3
LEFT_M = 2e6  # a height at which the air is left for good, or for more than guidance reckons with

# Columns of the loop's rows, one a command. Vectors take three.
EPOCH, PLACE, SPEED, MASS, BANK, ROLL, LOAD, HEIGHT = 0, 1, 4, 7, 8, 9, 10, 11
FLOW, DENSITY, MACH, WANTED, ERROR, MODE = 12, 13, 14, 15, 16, 22
MEMORY_SHOWN = 8  # numbers of guidance's memory, mode first, that rows tell
COLUMNS = MODE + MEMORY_SHOWN


class Body(NamedTuple):
    """What the air does to a craft, as it is: its shell, the air, the wind."""

    shell: Shell
    air: Profile
    wind: Wind


class Rolling(NamedTuple):
    """How fast bank may turn, and how fast that may change."""

    rate_rad_s: float
    acceleration_rad_s2: float


class Gliding(NamedTuple):
    """Motion through the air with bank `bank_rad + roll_rad_s (t - reference_s)`, for the propagator."""

    forces: Forces
    stop: Stop
    body: Body
    bank_rad: float
    roll_rad_s: float
    reference_s: float


@kernel
def relative_flow(t, y, forces, wind):
    """Velocity [m/s] of the craft relative to the air (3 numbers, ICRF) and height [m] above the ellipsoid."""
    sky = sky_at(t, forces.sky)
    px, py = sky[9], sky[10]
    pz = math.sqrt(1.0 - px * px - py * py)
    ex, ey, ez = py * y[2] - pz * y[1], pz * y[0] - px * y[2], px * y[1] - py * y[0]  # pole x r: east, as long as the distance to the axis
    size = max(math.sqrt(ex * ex + ey * ey + ez * ez), 1e-9)
    r = math.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
    height = height_above_ellipsoid(y[0], y[1], y[2], px, py, pz)
    east, north = wind_at(height, wind)
    along, k = EARTH_ROTATION_RATE_RAD_S + east / size, north / (r * size)
    nx, ny, nz = y[1] * ez - y[2] * ey, y[2] * ex - y[0] * ez, y[0] * ey - y[1] * ex  # r x east: north
    return y[3] - along * ex - k * nx, y[4] - along * ey - k * ny, y[5] - along * ez - k * nz, height


@kernel
def across_flow(x, y, z, u, v, w):
    """Unit vectors across the velocity (u, v, w) at (x, y, z): upward in the vertical plane, and to the right (six numbers)."""
    speed = max(math.sqrt(u * u + v * v + w * w), 1e-9)
    u, v, w = u / speed, v / speed, w / speed
    rx, ry, rz = v * z - w * y, w * x - u * z, u * y - v * x  # velocity x up: right
    size = max(math.sqrt(rx * rx + ry * ry + rz * rz), 1e-9)
    rx, ry, rz = rx / size, ry / size, rz / size
    return ry * w - rz * v, rz * u - rx * w, rx * v - ry * u, rx, ry, rz


@kernel
def air_acceleration(t, y, bank, forces, body):
    """Acceleration [m/s2] by the air (3 numbers, ICRF); height [m], speed relative to the air [m/s], density [kg/m3] and Mach number."""
    u, v, w, height = relative_flow(t, y, forces, body.wind)
    speed = math.sqrt(u * u + v * v + w * w)
    density, sound = air_at(height, body.air)
    cl, cd = coefficients(speed / sound, body.shell)
    push = 0.5 * density * speed * speed * body.shell.area_m2 / y[6]
    ux, uy, uz, rx, ry, rz = across_flow(y[0], y[1], y[2], u, v, w)
    c, s, d = cl * push * math.cos(bank), cl * push * math.sin(bank), -cd * push / max(speed, 1e-9)
    return d * u + c * ux + s * rx, d * v + c * uy + s * ry, d * w + c * uz + s * rz, height, speed, density, speed / sound


@kernel
def glide(t, y, bank, forces, body):
    """Derivative of (r, v, m) in flight, the bank given."""
    air = air_acceleration(t, y, bank, forces, body)
    gx, gy, gz = gravity(t, y, forces)
    return y[3], y[4], y[5], gx + air[0], gy + air[1], gz + air[2], 0.0


@kernel
def gliding_rate(t, y, model):
    return glide(t, y, model.bank_rad + model.roll_rad_s * (t - model.reference_s), model.forces, model.body)


@overload(rate)
def _rate(t, y, model):
    if getattr(model, "instance_class", None) is Gliding:
        return lambda t, y, model: gliding_rate(t, y, model)
    return None


@kernel
def shifted(y, k, h):
    """y + h k (7,)."""
    out = y.copy()
    for i in range(6):
        out[i] += h * k[i]
    return out


@kernel
def glide_step(t, y, h, bank, roll, forces, body):
    """One Runge-Kutta step (7,) with the bank turning at a rate that is held."""
    middle = bank + 0.5 * h * roll
    k1 = glide(t, y, bank, forces, body)
    k2 = glide(t + 0.5 * h, shifted(y, k1, 0.5 * h), middle, forces, body)
    k3 = glide(t + 0.5 * h, shifted(y, k2, 0.5 * h), middle, forces, body)
    k4 = glide(t + h, shifted(y, k3, h), bank + h * roll, forces, body)
    out = y.copy()
    for i in range(6):
        out[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    return out


@kernel
def wrapped(angle):
    """The same angle between -pi and pi."""
    return angle - 2.0 * math.pi * math.floor(angle / (2.0 * math.pi) + 0.5)


@kernel
def rolled(bank, roll, wanted, h, rolling):
    """The rate at which bank turns over the next step, towards `wanted`: as rate, acceleration and stopping in time allow."""
    off = wrapped(wanted - bank)
    fast = min(rolling.rate_rad_s, math.sqrt(2.0 * rolling.acceleration_rad_s2 * abs(off)), abs(off) / h)
    most = rolling.acceleration_rad_s2 * h
    return roll + max(-most, min(most, math.copysign(fast, off) - roll))


@kernel
def drifted(error, y, h, ax, ay, az, inertial):
    """The error (6,) of the estimate after a step: accelerometer bias and scale, and the Earth's gravity gradient acting on it."""
    r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    k = GM_EARTH_M3_S2 / (r2 * math.sqrt(r2))
    along = (y[0] * error[0] + y[1] * error[1] + y[2] * error[2]) / r2
    out, felt = error.copy(), (ax, ay, az)
    for i in range(3):
        pull = inertial.bias_m_s2[i] + inertial.scale * felt[i] - k * (error[i] - 3.0 * along * y[i])
        out[3 + i] += h * pull
        out[i] += h * error[3 + i] + 0.5 * h * h * pull
    return out


def bank_command(t: float, place: Vector, velocity: Vector, sensed: Vector, bank: float, memory: Array, law: tuple[Any, ...]) -> float:
    """The bank [rad] that guidance wants, from what the craft knows alone; chosen at compile time by the type of `law`.

    `place`, `velocity`: three numbers each about the Earth, ICRF axes, as estimated; `sensed`: what the accelerometers read [m/s2], ICRF
    axes; `bank`: as it is [rad]; `memory`: guidance's own (n,) numbers, the first being its mode.
    """
    raise TypeError(f"{type(law).__name__} is not a law of bank")


@kernel
def last_share(t, y, h, bank, roll, end_m, forces, body):
    """The share of a step at which the height passes `end_m` downwards (regula falsi, kept inside; to a millimetre)."""
    low, high = 0.0, 1.0
    above = relative_flow(t, y, forces, body.wind)[3] - end_m
    below = relative_flow(t + h, glide_step(t, y, h, bank, roll, forces, body), forces, body.wind)[3] - end_m
    for _ in range(60):
        share = (low * below - high * above) / (below - above)
        if not low < share < high:
            share = 0.5 * (low + high)
        off = relative_flow(t + share * h, glide_step(t, y, share * h, bank, roll, forces, body), forces, body.wind)[3] - end_m
        if abs(off) < 1e-3:
            return share
        if off > 0.0:
            low, above, below = share, off, 0.5 * below
        else:
            high, below, above = share, off, 0.5 * above
    return high


@kernel
def flight_loop(t, y, bank, roll, error, memory, step_s, substeps, steps, end_m, law, body, rolling, inertial, forces):
    """Fly until the height `end_m`, out of the air for good, or the time limit; (status, rows)."""
    rows = np.empty((steps + 1, COLUMNS))
    y, error = y.copy(), error.copy()
    begun, h, status, n, count, wanted = t, step_s / substeps, TIME_OUT, 0, 0, bank
    while True:
        ax, ay, az, height, speed, density, mach = air_acceleration(t, y, bank, forces, body)
        place = (y[0] + error[0], y[1] + error[1], y[2] + error[2])
        velocity = (y[3] + error[3], y[4] + error[4], y[5] + error[5])
        more, b = 1.0 + inertial.scale, inertial.bias_m_s2
        if status == TIME_OUT:
            wanted = bank_command(t, place, velocity, (more * ax + b[0], more * ay + b[1], more * az + b[2]), bank, memory, law)
        rows[n, EPOCH], rows[n, BANK], rows[n, ROLL], rows[n, LOAD] = t, bank, roll, math.sqrt(ax * ax + ay * ay + az * az)
        rows[n, LOAD] /= STANDARD_GRAVITY_M_S2
        rows[n, PLACE : PLACE + 7], rows[n, ERROR : ERROR + 6] = y, error
        rows[n, HEIGHT], rows[n, FLOW], rows[n, DENSITY], rows[n, MACH], rows[n, WANTED] = height, speed, density, mach, wanted
        rows[n, MODE : MODE + MEMORY_SHOWN] = memory[:MEMORY_SHOWN]
        if height > LEFT_M and status == TIME_OUT:
            status = LEFT
        if status != TIME_OUT or n == steps:
            break
        for _ in range(substeps):
            ax, ay, az, height, speed, density, mach = air_acceleration(t, y, bank, forces, body)
            roll = rolled(bank, roll, wanted, h, rolling)
            count += 1
            step = begun + count * h - t  # as long as the epochs say: they are rounded to 1e-7 s
            new = glide_step(t, y, step, bank, roll, forces, body)
            if height > end_m >= relative_flow(t + step, new, forces, body.wind)[3]:
                step *= last_share(t, y, step, bank, roll, end_m, forces, body)
                new = glide_step(t, y, step, bank, roll, forces, body)
                status = DOWN
            error = drifted(error, y, step, ax, ay, az, inertial)
            t, y, bank = t + step, new, wrapped(bank + step * roll)
            if status == DOWN:
                break
        n += 1
    return status, rows[: n + 1].copy()
