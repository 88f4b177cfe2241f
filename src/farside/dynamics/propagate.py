"""The one propagator: DOP853, adaptive, with dense output and one stop condition found by root search.

*Model*: explicit Runge-Kutta of order 8(5,3) (Hairer, Norsett & Wanner 1993, II.5); the step error is measured in position and velocity
apart, each relative to its size. *Limits*: non-stiff smooth motion; a stop whose function passes zero twice within one step is not seen
(steps are about a twentieth of a revolution). *How we know*: two-body answers, there and back again, and other integrators.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel
from farside.dynamics.dop853 import E3, E5, A, B, C, D
from farside.dynamics.forces import below_surface, rate, stop_value

REACHED, STOPPED, IMPACT, STUCK = 0, 1, 2, 3
TOLERANCE = 1e-13


class Path(NamedTuple):
    """What `propagate` answers: how it ended, and the accepted steps (only first and last unless kept)."""

    status: int
    times_s: NDArray[np.float64]
    states: NDArray[np.float64]
    dense: NDArray[np.float64]


@kernel
def fill(k, row, t, y, model):
    """Put the rate at (t, y) into a row of the stages."""
    f = rate(t, y, model)
    for i in range(7):
        k[row, i] = f[i]


@kernel
def stage(k, row, t, y, h, trial, model):
    """One stage of the tableau: `trial` is scratch."""
    for i in range(7):
        total = 0.0
        for j in range(row):
            total += A[row, j] * k[j, i]
        trial[i] = y[i] + h * total
    fill(k, row, t + C[row] * h, trial, model)


@kernel
def attempt(k, t, y, h, new, trial, model):
    """One step of size h from (t, y) into `new`; the first stage is filled already, the thirteenth is the rate at the step's end."""
    for row in range(1, 12):
        stage(k, row, t, y, h, trial, model)
    for i in range(7):
        total = 0.0
        for j in range(12):
            total += B[j] * k[j, i]
        new[i] = y[i] + h * total
    fill(k, 12, t + h, new, model)


@kernel
def step_error(k, y, new, h, tolerance):
    """Estimated error of a step over what is allowed, the larger of position's and velocity's."""
    worst = 0.0
    for block in range(2):
        five = three = before = after = 0.0
        for i in range(3 * block, 3 * block + 3):
            e5 = e3 = 0.0
            for j in range(12):
                e5 += E5[j] * k[j, i]
                e3 += E3[j] * k[j, i]
            e5 += E5[12] * k[12, i]
            e3 += E3[12] * k[12, i]
            five += e5 * e5
            three += e3 * e3
            before += y[i] * y[i]
            after += new[i] * new[i]
        if five > 0.0:
            allowed = tolerance * math.sqrt(max(before, after))
            worst = max(worst, abs(h) * five / math.sqrt(five + 0.01 * three) / allowed)
    return worst


@kernel
def interpolant(k, t, y, new, h, trial, model, out):
    """The seven vectors of the step's dense output (three further stages)."""
    for row in range(13, 16):
        stage(k, row, t, y, h, trial, model)
    for i in range(7):
        out[0, i] = new[i] - y[i]
        out[1, i] = h * k[0, i] - out[0, i]
        out[2, i] = 2.0 * out[0, i] - h * (k[12, i] + k[0, i])
        for m in range(4):
            total = 0.0
            for j in range(16):
                total += D[m, j] * k[j, i]
            out[3 + m, i] = h * total


@kernel
def read(dense, y, x, out):
    """The state at the share x of a step that began at y."""
    for i in range(7):
        value = 0.0
        for m in range(6, -1, -1):
            value += dense[m, i]
            value *= x if m % 2 == 0 else 1.0 - x
        out[i] = y[i] + value


@kernel
def stop_share(dense, t, y, h, low, g_low, high, g_high, trial, model):
    """The share of the step at which the stop function passes zero (regula falsi, Illinois variant, to the last bits)."""
    side = 0
    for _ in range(100):
        x = (low * g_high - high * g_low) / (g_high - g_low)
        if not low < x < high:
            x = 0.5 * (low + high)
        read(dense, y, x, trial)
        g = stop_value(t + x * h, trial, model.forces, model.stop)
        if g == 0.0 or abs(high - low) * abs(h) < 1e-7:
            return x
        if g > 0.0:
            high, g_high = x, g
            if side == 1:
                g_low *= 0.5
            side = 1
        else:
            low, g_low = x, g
            if side == -1:
                g_high *= 0.5
            side = -1
    return high


@kernel
def grown(array):
    """The same array with room for twice as many rows."""
    bigger = np.empty((2 * array.shape[0],) + array.shape[1:])  # noqa: RUF005 (numba adds tuples, it does not unpack them)
    bigger[: array.shape[0]] = array
    return bigger


@kernel
def _propagate(t0, y0, t1, model, tolerance, keep):
    """Integrate from (t0, y0) to t1, either way in time, or to the model's stop."""
    k, y, new, trial = np.empty((16, 7)), y0.copy(), np.empty(7), np.empty(7)
    room = 256 if keep else 1
    times, states, dense, one = np.empty(room + 1), np.empty((room + 1, 7)), np.empty((room, 7, 7)), np.empty((7, 7))
    times[0] = t0
    states[0] = y0
    n, t, status, tried = 0, t0, REACHED, 0
    way = 1.0 if t1 >= t0 else -1.0
    h = way * 0.02 * math.sqrt((y[0] ** 2 + y[1] ** 2 + y[2] ** 2) / (y[3] ** 2 + y[4] ** 2 + y[5] ** 2))
    fill(k, 0, t, y, model)
    watching = model.stop.kind != 0
    g, armed = stop_value(t, y, model.forces, model.stop) if watching else 0.0, model.stop.guard_s <= 0.0
    if not math.isfinite(t1 - t0 + y0[0] + y0[3] + y0[6]):
        return STUCK, times[:1].copy(), states[:1].copy(), dense[:0].copy()
    while t != t1:
        last = abs(t1 - t) <= abs(h) * 1.0000001
        h = t1 - t if last else (t + h) - t  # what the epochs, which resolve 0.1 microseconds, say it is: else 1 mm a step is lost
        t_new = t1 if last else t + h
        attempt(k, t, y, h, new, trial, model)
        error = step_error(k, y, new, h, tolerance)
        tried += 1
        if not error < 1.0:
            h *= max(0.2, 0.9 * error**-0.125) if error == error else 0.1
            if abs(h) < 1e-6 or tried > 2_000_000:
                status = STUCK
                break
            continue
        low, stopping = 0.0, False
        if watching:
            g_new = stop_value(t_new, new, model.forces, model.stop)
            if not armed and abs(t_new - t0) >= model.stop.guard_s:
                interpolant(k, t, y, new, h, trial, model, one)
                low = (t0 + way * model.stop.guard_s - t) / h
                read(one, y, low, trial)
                g = stop_value(t + low * h, trial, model.forces, model.stop)
                armed = True
            stopping = armed and g < 0.0 <= g_new
        if keep or stopping:
            interpolant(k, t, y, new, h, trial, model, one)
        if keep:
            if n == dense.shape[0]:
                times, states, dense = np.append(times, np.empty(n)), grown(states), grown(dense)
            dense[n] = one
        if stopping:
            x = stop_share(one, t, y, h, low, g, 1.0, g_new, trial, model)
            t1 = t + x * h
            if abs(t1 - t) > 1e-9:  # the last, shortened step is made anew, so that its interpolant is its own
                h = t1 - t
                attempt(k, t, y, h, new, trial, model)
                interpolant(k, t, y, new, h, trial, model, one)
                if keep:
                    dense[n] = one
            else:
                status = STOPPED
                break
            t_new, status = t1, STOPPED
        t = t_new
        y[:] = new
        k[0] = k[12]
        n += 1
        if keep:
            times[n] = t
            states[n] = y
        if status == STOPPED:
            break
        if watching:
            g = g_new
        if below_surface(y, model.forces):
            status = IMPACT
            break
        h *= min(6.0, 0.9 * error**-0.125) if error > 1e-12 else 6.0
    if not keep:
        n = 1
        times[1] = t
        states[1] = y
    return status, times[: n + 1].copy(), states[: n + 1].copy(), dense[: n if keep else 0].copy()


def propagate(t0_s: float, y0: NDArray[np.float64], t1_s: float, model: Any, tolerance: float = TOLERANCE, keep: bool = False) -> Path:
    """Fly a state (7,) from `t0_s` to `t1_s` (TDB s past J2000, either way in time), or until the model's stop.

    Returns a `Path`; its status is REACHED (`t1_s`), STOPPED (the stop condition), IMPACT (a state inside the central body) or STUCK
    (the step became too small: the model is not smooth). Nothing is raised for a motion that ends badly.
    """
    return Path(*_propagate(float(t0_s), np.ascontiguousarray(y0, dtype=np.float64), float(t1_s), model, tolerance, keep))


@kernel
def sample(epochs, times, states, dense):
    """States (k, 7) at the epochs (k,), each within `times` (rising or falling); recorded states are answered to the bit."""
    out = np.empty((epochs.size, 7))
    way = 1.0 if times[-1] >= times[0] else -1.0
    for i in range(epochs.size):
        j, beyond = 0, times.size
        while beyond - j > 1:
            middle = (j + beyond) // 2
            if way * times[middle] <= way * epochs[i]:
                j = middle
            else:
                beyond = middle
        if epochs[i] == times[j] or j == times.size - 1:
            out[i] = states[j]
        else:
            read(dense[j], states[j], (epochs[i] - times[j]) / (times[j + 1] - times[j]), out[i])
    return out
