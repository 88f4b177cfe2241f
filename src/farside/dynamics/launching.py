"""The closed loop from the pad into a parking orbit: a launcher of parallel and serial stages through the air of a turning Earth.

*Model*. Truth: the gravity of `forces` (J2 to J6, Moon, Sun), thrust in vacuum less the air's pressure on the nozzles' mouths, drag along
the air-relative velocity by Mach number, air that turns with the Earth plus a wind by height; the axis turns towards where guidance wants
it within limits; classical Runge-Kutta of fourth order at the guidance step, axis and throttle being held within a step, which ends
early where a tank is empty, a wait is over or guidance cuts off. The sequencer throttles engines that can be throttled to the load limit,
parts stages, and drops the fairing when the heating by free molecules is low enough. Knowledge: an inertial estimate whose error drifts
by the accelerometers and the gravity gradient. `guide` is chosen by the type of the guidance law and is given the estimate only.

*Limits*: three degrees of freedom and a pointing direction; no lift (the angle of attack is near zero where there is air); engines start
and stop at once; the sequencer sees the truth. *How we know*: closed forms without air and turning, the sum of energies, the recorded
history flown again by another integrator.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel
from farside.dynamics.closed_loop import DRY, LANDED, TIME_OUT
from farside.dynamics.insertion import INSERTED, SUNK_M
from farside.dynamics.powered import turn
from farside.dynamics.rocket import GUIDED, TIMED, in_air, launch_rate, launch_step

Array = NDArray[np.float64]
Triple = tuple[float, float, float]
EMPTY_KG = 0.01  # less than this is rounding of the epochs, 1e-7 s of flow

# Columns of the rows of `launch_loop`; those before are `dynamics.insertion`'s: epoch, y (7), thrust, axis (3), mode, error (6), height.
SEGMENT, FAIRING, THROTTLE, PRESSURE, MACH, LOAD = range(20, 26)
RATE = 26
TANKS = 33
WIDTH = 36


def guide(t: float, place: Triple, velocity: Triple, sensed: Triple, segment: int, memory: Array, law: Any) -> tuple[float, ...]:
    """What guidance wants, from what the launcher knows alone; chosen at compile time by the type of `law`.

    `place`, `velocity`: about the Earth, ICRF axes, as estimated; `sensed`: the acceleration [m/s2] that the accelerometers read;
    `segment`: what the sequencer is at; `memory`: guidance's own (n,) numbers, the first being its mode. Answers the direction of thrust
    (three numbers, unit, ICRF) and for which share of this step a guided engine is to burn.
    """
    raise TypeError(f"{type(law).__name__} is not a guidance law")


@kernel
def throttled(mass, pressure, tanks, segment, h, craft):
    """Throttles (g,) of a segment: full, or what keeps the acceleration at the end of the step under the limit."""
    out = np.zeros(tanks.size)
    firm = loose = mouths = least = flow = 0.0
    for g in range(tanks.size):
        if craft.fires[segment, g] > 0.0 and tanks[g] > EMPTY_KG:
            out[g] = 1.0
            flow += craft.flow_kg_s[g]
            if craft.throttle_min[g] < 1.0:
                loose += craft.thrust_n[g]
                mouths += pressure * craft.mouth_m2[g]
                least = max(least, craft.throttle_min[g])
            else:
                firm += craft.thrust_n[g] - pressure * craft.mouth_m2[g]
    if loose > 0.0:
        allowed = (craft.load_m_s2 * (mass - flow * h) - firm + mouths) / loose
        for g in range(tanks.size):
            if out[g] > 0.0 and craft.throttle_min[g] < 1.0:
                out[g] = min(1.0, max(least, allowed))
    return out


@kernel
def step_length(h, share, elapsed, tanks, throttles, segment, craft):
    """How long this step may be: until a tank is empty, a wait is over or guidance cuts off."""
    if craft.ends_with[segment] == GUIDED:
        h *= share
    if craft.ends_with[segment] == TIMED:
        h = min(h, craft.seconds[segment] - elapsed)
    for g in range(tanks.size):
        if throttles[g] > 0.0:
            h = min(h, tanks[g] / (throttles[g] * craft.flow_kg_s[g]))
    return max(h, 0.0)


@kernel
def drifted(error, y, h, felt, inertial, gm):
    """The error (6,) of the estimate after a step: accelerometer bias and scale, and the gravity gradient acting on it."""
    r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    k = gm / (r2 * math.sqrt(r2))
    along = (y[0] * error[0] + y[1] * error[1] + y[2] * error[2]) / r2
    out = error.copy()
    for i in range(3):
        pull = inertial.bias_m_s2[i] + inertial.scale * felt[i] - k * (error[i] - 3.0 * along * y[i])
        out[3 + i] += h * pull
        out[i] += h * error[3 + i] + 0.5 * h * h * pull
    return out


@kernel
def write(row, t, y, thrust, axis, mode, error, segment, fairing, throttle, felt, rate, tanks, air, forces):
    """Fill one row."""
    height, density, _, sound, (vx, vy, vz) = in_air(t, y, air, forces)
    square = vx * vx + vy * vy + vz * vz
    row[0] = t
    row[1:8] = y
    row[8] = thrust
    row[9:12] = axis
    row[12] = mode
    row[13:19] = error
    row[19] = height
    row[SEGMENT], row[FAIRING], row[THROTTLE] = segment, fairing, throttle
    row[PRESSURE], row[MACH] = 0.5 * density * square, math.sqrt(square) / sound
    row[LOAD] = math.sqrt(felt[0] * felt[0] + felt[1] * felt[1] + felt[2] * felt[2])
    for i in range(7):
        row[RATE + i] = rate[i]
    for g in range(3):
        row[TANKS + g] = tanks[g]


@kernel
def segment_over(segment, elapsed, tanks, craft):
    """Whether the sequencer goes on to the next segment."""
    ends = craft.ends_with[segment]
    if ends >= 0:
        return tanks[ends] <= EMPTY_KG
    return ends == TIMED and elapsed >= craft.seconds[segment] - 1e-6


@kernel
def launch_loop(t, y, axis, error, memory, step, limit_s, law, craft, turning, inertial, air, forces):
    """Fly until guidance has cut off in a guided segment, its tank is dry, the launcher is down, or the time is over.

    Rows (k, WIDTH): those of `dynamics.insertion`, then segment, fairing (1 on, 0 gone), least throttle, dynamic pressure [Pa], Mach, load
    [m/s2], the derivative of y (7,) at the row, propellant (3,). A parting has two rows at one epoch: before and after.
    """
    rows = np.empty((math.ceil(limit_s / step) + 40, WIDTH))
    y, axis, error, tanks = y.copy(), axis.copy(), error.copy(), craft.tanks_kg.copy()
    level = in_air(t, y, air, forces)[0]
    begun, elapsed, spin, thrust, felt = t, 0.0, 0.0, 0.0, (0.0, 0.0, 0.0)
    segment, fairing, n, status, least = 0, 1.0, 0, TIME_OUT, 1.0
    throttles = np.zeros(tanks.size)
    while n < rows.shape[0] - 4:
        height, density, pressure, _, (vx, vy, vz) = in_air(t, y, air, forces)
        front = craft.front_m2[segment]
        old, felt, thrust = launch_rate(t, y, axis, throttles, front, craft, air, forces)
        if height < level - SUNK_M or t - begun > limit_s:
            status = LANDED if height < level - SUNK_M else TIME_OUT
            write(rows[n], t, y, thrust, axis, memory[0], error, segment, fairing, least, felt, old, tanks, air, forces)
            n += 1
            break
        heat = 0.5 * density * (vx * vx + vy * vy + vz * vz) ** 1.5
        if fairing > 0.0 and segment >= craft.fairing_from and heat < craft.fairing_w_m2:
            write(rows[n], t, y, thrust, axis, memory[0], error, segment, fairing, least, felt, old, tanks, air, forces)
            n += 1
            y[6] -= craft.fairing_kg
            fairing = 0.0
        place = (y[0] + error[0], y[1] + error[1], y[2] + error[2])
        velocity = (y[3] + error[3], y[4] + error[4], y[5] + error[5])
        scale, bias = 1.0 + inertial.scale, inertial.bias_m_s2
        sensed = (scale * felt[0] + bias[0], scale * felt[1] + bias[1], scale * felt[2] + bias[2])
        wx, wy, wz, share = guide(t, place, velocity, sensed, segment, memory, law)
        before = axis.copy()
        spin = turn(axis, np.array([wx, wy, wz]), spin, step, turning)
        throttles = throttled(y[6], pressure, tanks, segment, step, craft)
        h = step_length(step, share, elapsed, tanks, throttles, segment, craft)
        rate, _, _ = launch_rate(t, y, axis, throttles, front, craft, air, forces)
        write(rows[n], t, y, thrust, before, memory[0], error, segment, fairing, least, felt, rate, tanks, air, forces)
        n += 1
        later = t + h
        y = launch_step(t, y, later - t, axis, throttles, front, craft, air, forces)
        error = drifted(error, y, later - t, felt, inertial, forces.gm_earth_m3_s2)
        elapsed += later - t
        least = 1.0
        for g in range(tanks.size):
            if throttles[g] > 0.0:
                tanks[g] -= throttles[g] * craft.flow_kg_s[g] * (later - t)
                least = min(least, throttles[g])
                if tanks[g] <= EMPTY_KG:  # what the rounding of the epochs left, or took too much
                    y[6] -= tanks[g]
                    tanks[g] = 0.0
        t = later
        over = segment_over(segment, elapsed, tanks, craft)
        if craft.ends_with[segment] == GUIDED:
            dry = False
            for g in range(tanks.size):
                dry = dry or (throttles[g] > 0.0 and tanks[g] <= EMPTY_KG)
            if share < 1.0 or dry:
                status = INSERTED if share < 1.0 else DRY
                over = True
        if over:
            old, felt, thrust = launch_rate(t, y, axis, throttles, front, craft, air, forces)
            write(rows[n], t, y, thrust, axis, memory[0], error, segment, fairing, least, felt, old, tanks, air, forces)
            n += 1
            if status != TIME_OUT:
                break
            y[6] -= craft.drop_kg[segment]
            segment += 1
            elapsed = 0.0
    return status, rows[:n].copy()
