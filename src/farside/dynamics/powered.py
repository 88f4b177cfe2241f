"""Powered flight over the Moon, a step of a closed loop at a time: the truth, the axis that turns, the error of the estimate, the row kept.

*Model*. Truth: the full gravity of `forces` and a thrust held within a step along an axis that is held too, by Nystrom's method of fourth
order (Hairer, Norsett & Wanner 1993, II.14) for the Moon's point mass and the thrust; the rest of gravity is taken once, in the step's
middle. The axis turns along a great circle, its rate and angular acceleration limited. The error of the estimate is carried beside the
truth, driven by accelerometer bias and scale and by the gradient of gravity.

*Limits*: for steps of a tenth of a second; rigid body, three degrees of freedom and a pointing direction. What is given as an array is
changed in place: no step makes a new one. *How we know*: against DOP853 with the same thrust history; taking all of gravity at every stage
moves a descent of 15 minutes by less than a micrometre.
"""

from __future__ import annotations

import math

import numpy as np

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.kernel import kernel
from farside.basis.triples import dot, length, plus, scaled
from farside.dynamics.forces import gravity


@kernel
def pull(r, gm, rest, push, axis):
    """Acceleration (three numbers) at `r` by a point mass, by the rest of gravity, and by thrust along the axis."""
    return plus(plus(rest, -gm / (dot(r, r) * length(r)), r), push, axis)


@kernel
def move(t, y, h, forces, thrust, axis, exhaust):
    """Change the truth y (7,) by a step with thrust [N] and axis held."""
    r, v, gm = (y[0], y[1], y[2]), (y[3], y[4], y[5]), forces.gm_moon_m3_s2
    mass, burned = y[6], h * thrust / exhaust
    middle = plus(r, 0.5 * h, v)
    whole = gravity(t + 0.5 * h, middle + v + (mass,), forces)
    rest = plus(whole, gm / (dot(middle, middle) * length(middle)), middle)
    k1 = pull(r, gm, rest, thrust / mass, axis)
    k2 = pull(plus(middle, h * h / 8.0, k1), gm, rest, thrust / (mass - 0.5 * burned), axis)
    k3 = pull(plus(plus(r, h, v), h * h / 2.0, k2), gm, rest, thrust / (mass - burned), axis)
    for i in range(3):
        y[i] += h * v[i] + h * h / 6.0 * (k1[i] + 2.0 * k2[i])
        y[3 + i] += h / 6.0 * (k1[i] + 4.0 * k2[i] + k3[i])
    y[6] -= burned


@kernel
def held_rates(rows, forces, exhaust):
    """Derivatives (k, 7) of the truth in rows of a closed loop, with the thrust and the axis of the row held."""
    out = np.empty((rows.shape[0], 7))
    for n in range(rows.shape[0]):
        y, axis = rows[n, 1:8], rows[n, 9:12]
        out[n, :3] = y[3:6]
        out[n, 3], out[n, 4], out[n, 5] = plus(gravity(rows[n, 0], y, forces), rows[n, 8] / y[6], axis)
        out[n, 6] = -rows[n, 8] / exhaust
    return out


@kernel
def turn(axis, wanted, spin, h, turning):
    """Turn the axis (3,) for a step towards `wanted`, as fast as rate, acceleration and stopping in time allow; answers its rate."""
    cosine = dot(axis, wanted)
    angle = math.acos(max(-1.0, min(1.0, cosine)))
    aside = plus(wanted, -cosine, axis)
    size = length(aside)
    if angle < 1e-9 or size < 1e-12:
        return 0.0
    allowed = min(turning.rate_rad_s, math.sqrt(2.0 * turning.acceleration_rad_s2 * angle))
    spin = min(spin + turning.acceleration_rad_s2 * h, allowed)
    step = min(angle, spin * h)
    turned = plus(scaled(math.cos(step), axis), math.sin(step) / size, aside)
    axis[0], axis[1], axis[2] = scaled(1.0 / length(turned), turned)
    return spin


@kernel
def drift(error, y, h, thrust, axis, sensors):
    """Change the error (6,) of the estimate by a step: accelerometer bias and scale, and the gravity gradient acting on it."""
    r2 = dot(y, y)
    k = GM_MOON_M3_S2 / (r2 * math.sqrt(r2))
    along = dot(y, error) / r2
    for i in range(3):
        off = sensors.bias_m_s2[i] + sensors.scale * thrust / y[6] * axis[i] - k * (error[i] - 3.0 * along * y[i])
        error[i] += h * error[3 + i] + 0.5 * h * h * off
        error[3 + i] += h * off


@kernel
def gain(h, time_constant):
    """The share of a difference that a first-order lag closes in a step."""
    return 1.0 - math.exp(-h / time_constant)


@kernel
def record(row, t, y, thrust, axis, mode, error, above):
    """Write a row of a closed loop: epoch, y (7), thrust, axis (3), mode, error (6), height."""
    row[0], row[8], row[12], row[19] = t, thrust, mode, above
    row[1:8] = y
    row[9:12] = axis
    row[13:19] = error
