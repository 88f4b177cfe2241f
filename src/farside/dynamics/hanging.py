"""Falling through the air, without a canopy and under one that fills, down to the ground in the wind.

*Model*. Three degrees of freedom about the Earth, ICRF axes: the gravity of `forces`, air and wind that turn with the Earth as in
`flying`; the drag of the shell and that of a canopy add up along the flow, and capsule and canopy are one body. The canopy's drag area
grows with the way through the air (`craft.parachute`). Classical fourth-order Runge-Kutta of an even step; the end, the ground or a gate
of height, Mach number and dynamic pressure, is found within the step. *Limits*: no lift (a capsule that is not steered any more turns
about its flight path), no swinging, no added mass. *How we know*: terminal speed, Knacke's opening load, the work of drag, the wind.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel
from farside.craft.aeroshell import coefficients
from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.craft.parachute import CLOSED, Opening, drag_area
from farside.dynamics.flying import Body, relative_flow
from farside.dynamics.forces import Forces, gravity
from farside.dynamics.world import World
from farside.environment.atmosphere import air_at

Array = NDArray[np.float64]

GROUND, GATE, TIME_OUT, FULL = 1, 2, 3, 4
STEP_S, STEPS_A_ROW = 0.05, 20
FILLING_STEPS, FILLING_STEP_S = 100.0, 0.02  # steps within the filling way at the speed it begins with, and the longest of them
LONGEST_S = 7200.0

# Columns of the rows. Vectors take three.
EPOCH, PLACE, SPEED, MASS, WAY, HEIGHT, FLOW = 0, 1, 4, 7, 8, 9, 10
DENSITY, MACH, AREA, PULL, LOAD = 11, 12, 13, 14, 15
COLUMNS = 16


class Gate(NamedTuple):
    """Where a fall is to stop: at or below a height [m], a Mach number and within two dynamic pressures [Pa], all at once."""

    height_m: float
    mach: float
    pressure_min_pa: float
    pressure_max_pa: float


NO_GATE = Gate(-math.inf, math.inf, 0.0, math.inf)


def at_height(height_m: float) -> Gate:
    """A gate of height alone."""
    return Gate(height_m, math.inf, 0.0, math.inf)


@kernel
def fall_state(t, y, body, opening, forces):
    """Velocity relative to the air (3 numbers, ICRF), height, its size, density, Mach number, drag area of the canopy, of all [m2]."""
    u, v, w, height = relative_flow(t, y, forces, body.wind)
    speed = math.sqrt(u * u + v * v + w * w)
    density, sound = air_at(height, body.air)
    canopy = drag_area(y[7], opening)
    return u, v, w, height, speed, density, speed / sound, canopy, canopy + coefficients(speed / sound, body.shell)[1] * body.shell.area_m2


@kernel
def fall_rate(t, y, body, opening, forces):
    """Derivative (8 numbers) of position, velocity, mass and way through the air."""
    u, v, w, _, speed, density, _, _, area = fall_state(t, y, body, opening, forces)
    k = 0.5 * density * speed * area / y[6]
    gx, gy, gz = gravity(t, y, forces)
    return y[3], y[4], y[5], gx - k * u, gy - k * v, gz - k * w, 0.0, speed


@kernel
def fallen(y, k, h):
    """y + h k (8,)."""
    out = y.copy()
    for i in range(8):
        out[i] += h * k[i]
    return out


@kernel
def fall_step(t, y, h, body, opening, forces):
    """One Runge-Kutta step (8,)."""
    k1 = fall_rate(t, y, body, opening, forces)
    k2 = fall_rate(t + 0.5 * h, fallen(y, k1, 0.5 * h), body, opening, forces)
    k3 = fall_rate(t + 0.5 * h, fallen(y, k2, 0.5 * h), body, opening, forces)
    k4 = fall_rate(t + h, fallen(y, k3, h), body, opening, forces)
    out = y.copy()
    for i in range(8):
        out[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    return out


@kernel
def above_gate(t, y, gate, body, opening, forces):
    """How far from inside the gate, in shares of what it asks (1000 m of height); zero or less inside."""
    _, _, _, height, speed, density, mach, _, _ = fall_state(t, y, body, opening, forces)
    pressure = 0.5 * density * speed * speed
    off = max((height - gate.height_m) / 1000.0, mach / gate.mach - 1.0)
    return max(off, max(pressure / gate.pressure_max_pa, gate.pressure_min_pa / max(pressure, 1e-300)) - 1.0)


@kernel
def above_ground(t, y, ground_m, body, forces):
    return relative_flow(t, y, forces, body.wind)[3] - ground_m


@kernel
def share_of_step(t, y, h, at_gate, ground_m, gate, body, opening, forces):
    """The share of a step after which the gate, or the ground, is passed (halving: to 1e-9 of the step)."""
    low, high = 0.0, 1.0
    for _ in range(30):
        share = 0.5 * (low + high)
        new = fall_step(t, y, share * h, body, opening, forces)
        if at_gate:
            inside = above_gate(t + share * h, new, gate, body, opening, forces) <= 0.0
        else:
            inside = above_ground(t + share * h, new, ground_m, body, forces) <= 0.0
        if inside:
            high = share
        else:
            low = share
    return high


@kernel
def fall_loop(t, y, h, substeps, steps, full_m, ground_m, gate, body, opening, forces):
    """Fall until the ground, the gate, a way through the air, or so many rows; (status, rows)."""
    rows = np.empty((steps + 1, COLUMNS))
    y = y.copy()
    begun, status, n, count = t, TIME_OUT, 0, 0
    if above_gate(t, y, gate, body, opening, forces) <= 0.0:
        status = GATE
    while True:
        _, _, _, height, speed, density, mach, canopy, area = fall_state(t, y, body, opening, forces)
        pressure = 0.5 * density * speed * speed
        rows[n, EPOCH], rows[n, PLACE : PLACE + 8], rows[n, HEIGHT], rows[n, FLOW] = t, y, height, speed
        rows[n, DENSITY], rows[n, MACH], rows[n, AREA], rows[n, PULL] = density, mach, canopy, pressure * canopy
        rows[n, LOAD] = pressure * area / y[6] / STANDARD_GRAVITY_M_S2
        if status != TIME_OUT or n == steps:
            break
        for _ in range(substeps):
            count += 1
            step = begun + count * h - t  # as long as the epochs say: they are rounded to 1e-7 s
            new = fall_step(t, y, step, body, opening, forces)
            if above_ground(t + step, new, ground_m, body, forces) <= 0.0:
                status = GROUND
                step *= share_of_step(t, y, step, False, ground_m, gate, body, opening, forces)
                new = fall_step(t, y, step, body, opening, forces)
            if above_gate(t + step, new, gate, body, opening, forces) <= 0.0:
                status = GATE
                step *= share_of_step(t, y, step, True, ground_m, gate, body, opening, forces)
                new = fall_step(t, y, step, body, opening, forces)
            t, y = t + step, new
            if y[7] >= full_m and status == TIME_OUT:
                status = FULL
            if status != TIME_OUT:
                break
        n += 1
    return status, rows[: n + 1].copy()


def fall(
    world: World,
    epoch_s: float,
    y: Array,
    body: Body,
    ground_m: float,
    opening: Opening = CLOSED,
    gate: Gate = NO_GATE,
    seconds: float = LONGEST_S,
) -> tuple[int, Array]:
    """Fall from a state (7,) about the Earth to the ground, a gate, or for so many seconds: the status, and rows (n, COLUMNS).

    `opening`: the canopy, which begins to fill now; `ground_m`: the height of the ground above the ellipsoid.
    """
    start, forces = np.append(y[:7], 0.0), world.forces("earth")
    if opening.to_m2 <= 0.0:
        return _evenly(epoch_s, start, seconds, ground_m, gate, body, opening, forces)
    speed = fall_state(epoch_s, start, body, opening, forces)[4]
    h = min(FILLING_STEP_S, opening.filling_m / (FILLING_STEPS * max(speed, 1.0)))
    full_m, steps = 2.0 * opening.filling_m, max(1, math.floor(seconds / h))
    status, rows = fall_loop(epoch_s, start, h, 1, min(steps, 20_000), full_m, ground_m, gate, body, opening, forces)
    left = seconds - (rows[-1, EPOCH] - epoch_s)
    if status not in (FULL, TIME_OUT) or left <= 0.0:
        return status, rows
    status, then = _evenly(float(rows[-1, EPOCH]), rows[-1, PLACE : PLACE + 8], left, ground_m, gate, body, opening, forces)
    return status, np.concatenate([rows, then[1:]])


def _evenly(
    epoch_s: float, start: Array, seconds: float, ground_m: float, gate: Gate, body: Body, opening: Opening, forces: Forces
) -> tuple[int, Array]:
    """Fall on with rows a second apart, or evenly less in a shorter time."""
    steps = max(1, math.ceil(seconds / (STEP_S * STEPS_A_ROW) - 1e-9))
    h = seconds / (steps * STEPS_A_ROW)
    found: tuple[int, Array] = fall_loop(
        epoch_s, np.ascontiguousarray(start), h, STEPS_A_ROW, steps, math.inf, ground_m, gate, body, opening, forces
    )
    return found
