"""Skip entry: a numerical predictor and corrector for a capsule with lift, from the gate of the atmosphere to that of the parachute.

*Model*. One unknown steers the range: the magnitude of bank now, from which it goes linearly in energy to a fixed magnitude at the end.
Every few seconds the rest of the flight is predicted from the estimate, over the turning Earth with J2, the air, wind and coefficients
known before the flight, density and lift corrected by what the accelerometers read; the magnitude that brings the capsule to the site is
found by a secant kept inside a bracket. The sign of bank steers across: two predictions, one that keeps the side and one that changes it
now, tell whether the side is to be changed; the number of changes is bounded. Five modes: *capture*, until the air is felt; *up-control*,
until it is no longer; *coast*, outside the air, all frozen; *final*; *homing*, when the capsule is slow and falls steeply: bank then points
lift to where it is needed. Where the load would pass its limit on the way down, the magnitude of bank is capped until the capsule rises.

*Source*: the FNPEG family: Brunner & Lu 2008, J. Guidance, Control and Dynamics 31, 1210; Lu 2014, 37, 713; reversals by prediction as
Smith 2016, AAS 16-221. *Limits*: the prediction knows no dispersions; what lies between two solutions is not seen. *How we
know*: flights in air that is what guidance takes it for, and in air, with lift and wind that are not; the end point of Apollo 10.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from farside.basis.kernel import kernel
from farside.craft.aeroshell import coefficients
from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.dynamics.flying import Body, Rolling, across_flow, bank_command
from farside.environment.atmosphere import air_at
from farside.guidance.onboard import (
    GROUND_M,
    airflow,
    along_across,
    earth_fixed,
    energy,
    fixed_state,
    ground_axes,
    highest_load,
    magnitude_at,
    predict,
)

Array = NDArray[np.float64]

CAPTURE, UP_CONTROL, COAST, FINAL, HOMING = 1, 2, 3, 4, 5
LOAD_SHARE = 0.97  # of the load limit that guidance allows itself
TRIALS, FIRST_STEP_RAD = 15, 0.05
LEAST_MISS_M, MOST_MISS_M, MISS_SHARE = 20.0, 2000.0, 2e-3  # along, at which a magnitude is good enough: by the range to go
FOREVER_S = 1e300
FILTER_LEAST, FILTER_MOST = 0.3, 3.0
FILTER_MACH = 1.5  # below it wind counts for too much of the speed


class ConstantBank(NamedTuple):
    """The second law: one bank [rad], whatever happens."""

    bank_rad: float


class SkipLaw(NamedTuple):
    """What guidance knows and is to reach. `axes` (3, 3): ICRF to Earth-fixed axes at `epoch_s`; `site` (3,): unit vector in them.

    `body` and `mass_kg` are what the craft is taken for. The gate's height and speed end a prediction; the magnitude of bank goes to
    `final_bank_rad` there, and stays within `least_bank_rad` and `most_bank_rad`. Solved every `solve_s`, every `late_solve_s` when less
    than `late_s` is to go; `sensed_m_s2` is where the air begins, `homing_m_s` the speed where homing does; `damping` is the share of the
    miss across that a change of side may leave to the next one.
    """

    axes: Array
    epoch_s: float
    site: Array
    body: Body
    mass_kg: float
    rolling: Rolling
    gate_height_m: float
    gate_speed_m_s: float
    final_bank_rad: float
    least_bank_rad: float
    most_bank_rad: float
    load_limit_g: float
    solve_s: float
    late_solve_s: float
    late_s: float
    reversals: int
    damping: float
    sensed_m_s2: float
    homing_m_s: float
    filter_s: float


# Places in the memory; the first eight are told in the rows of the flight.
MODE, MAGNITUDE, SIDE, DENSITY, LIFT, ALONG, ACROSS, CHANGES, ENERGY, SOLVED, TO_GO, LAST, WANTED, CAP = range(14)
MEMORY = 14


@kernel
def load_cap(q, bank, memory, law):
    """The largest magnitude of bank [rad] with which the load stays within its limit on the way down: none when it does anyway (pi)."""
    side, first, denser, more_lift = memory[SIDE], memory[MAGNITUDE], memory[DENSITY], memory[LIFT]
    limit = LOAD_SHARE * law.load_limit_g * STANDARD_GRAVITY_M_S2
    if highest_load(q, bank, side, first, math.pi, denser, more_lift, law) <= limit:
        return math.pi
    low, high = 0.0, first
    for _ in range(6):
        middle = 0.5 * (low + high)
        if highest_load(q, bank, side, first, middle, denser, more_lift, law) <= limit:
            low = middle
        else:
            high = middle
    return low


@kernel
def next_trial(now, along, previous, previous_along, low, far, high, near, step, law):
    """The magnitude to try after `now`: outward by `step` until the site lies between two, then by secants and, where they fail, halves.

    `low` flew `far` beyond the site and `high` stayed `near` short of it (zero: not tried yet).
    """
    if far == 0.0 or near == 0.0:
        return max(law.least_bank_rad, min(law.most_bank_rad, now + math.copysign(step, along)))
    edge = 0.02 * (high - low)
    if along != previous_along and max(far, -near) < 3.0 * GROUND_M:
        trial = now - along * (now - previous) / (along - previous_along)
        if low + edge < trial < high - edge:
            return trial
    return 0.5 * (low + high)


@kernel
def solve(q, bank, memory, law):
    """The magnitude that ends at the site, by secants kept inside a bracket; at a limit when even that falls short or flies beyond."""
    denser, more_lift, side, cap = memory[DENSITY], memory[LIFT], memory[SIDE], memory[CAP]
    range_m = abs(along_across(law.site[0], law.site[1], law.site[2], ground_axes(q))[0])
    tolerance = max(LEAST_MISS_M, min(MOST_MISS_M, MISS_SHARE * range_m))
    now = max(law.least_bank_rad, min(law.most_bank_rad, memory[MAGNITUDE]))
    previous, low, high, step, previous_along, far, near, best = now, now, now, FIRST_STEP_RAD, 0.0, 0.0, 0.0, 1e300
    for _ in range(TRIALS):
        along, left, to_go = predict(q, bank, side, now, cap, denser, more_lift, law)
        if abs(along) <= best:  # of magnitudes that all fly on round the Earth the last one tried, the largest
            best = abs(along)
            memory[MAGNITUDE], memory[ALONG], memory[ACROSS], memory[TO_GO] = now, along, left, to_go
        if best <= tolerance:
            break
        if along > 0.0:
            low, far = now, along
        else:
            high, near = now, along
        trial = next_trial(now, along, previous, previous_along, low, far, high, near, step, law)
        if trial == now:
            break
        previous, previous_along, now, step = now, along, trial, 3.0 * step
    memory[ENERGY] = energy(q)


@kernel
def choose_side(q, bank, memory, law):
    """Whether bank is to change its side now: by what would be missed across with and without; True when it did."""
    if memory[CHANGES] >= law.reversals:
        return False
    keep = memory[ACROSS]
    change = predict(q, bank, -memory[SIDE], memory[MAGNITUDE], memory[CAP], memory[DENSITY], memory[LIFT], law)[1]
    left = law.reversals - memory[CHANGES] - 1
    damping = law.damping if left > 0 else 0.0
    if keep * change > 0.0:
        wise = abs(change) < abs(keep)
    else:
        wise = abs(change) <= damping * abs(keep)
    if wise:
        memory[SIDE], memory[CHANGES] = -memory[SIDE], memory[CHANGES] + 1
    return wise


@kernel
def first_side(q, bank, memory, law):
    """The side to begin with: that with which less is missed across."""
    left = predict(q, bank, 1.0, 0.5 * law.final_bank_rad, math.pi, 1.0, 1.0, law)[1]
    other = predict(q, bank, -1.0, 0.5 * law.final_bank_rad, math.pi, 1.0, 1.0, law)[1]
    memory[SIDE] = 1.0 if abs(left) <= abs(other) else -1.0


@kernel
def learn(q, felt_along, felt_across, h, memory, law):
    """Density and lift against what they were taken for, from what is felt against and across the flow, by first-order filters."""
    u, v, w, height = airflow(q, law.body.wind)
    speed = math.sqrt(u * u + v * v + w * w)
    density, sound = air_at(height, law.body.air)
    if speed < FILTER_MACH * sound:
        return
    cl, cd = coefficients(speed / sound, law.body.shell)
    push = 0.5 * density * speed * speed * law.body.shell.area_m2 / law.mass_kg
    gain = 1.0 - math.exp(-h / law.filter_s)
    denser = max(FILTER_LEAST, min(FILTER_MOST, felt_along / (cd * push)))
    memory[DENSITY] += gain * (denser - memory[DENSITY])
    if cl > 0.0:
        more = max(FILTER_LEAST, min(FILTER_MOST, felt_across / max(felt_along, 1e-9) * cd / cl))
        memory[LIFT] += gain * (more - memory[LIFT])


@kernel
def felt_parts(t, q, sensed, law):
    """What is felt against the flow, across it and in all [m/s2]; vertical speed and speed relative to the air [m/s]."""
    x, y, z = earth_fixed(t, sensed, law)
    u, v, w, _ = airflow(q, law.body.wind)
    speed = max(math.sqrt(u * u + v * v + w * w), 1e-6)
    along = -(x * u + y * v + z * w) / speed
    square = x * x + y * y + z * z
    rising = (q[0] * q[3] + q[1] * q[4] + q[2] * q[5]) / math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    return along, math.sqrt(max(square - along * along, 0.0)), math.sqrt(square), rising, speed


@kernel
def next_mode(mode, size, rising, speed, law):
    """The mode after what is felt: the air is felt, or left on the way up, or met again; the capsule is slow."""
    if mode >= UP_CONTROL and speed < law.homing_m_s:
        return HOMING
    if mode == CAPTURE and size >= law.sensed_m_s2:
        return UP_CONTROL
    if mode == UP_CONTROL and size < law.sensed_m_s2 and rising > 0.0:
        return COAST
    if mode == COAST and size >= law.sensed_m_s2 and rising < 0.0:
        return FINAL
    return mode


@kernel
def homing_bank(q, bank, memory, law):
    """The bank that points lift to the side on which the site lies of where the capsule would pass the gate without lift."""
    along, left, to_go = predict(q, bank, 1.0, 0.0, math.pi, memory[DENSITY], 0.0, law)
    memory[ALONG], memory[ACROSS], memory[TO_GO] = along, left, to_go
    axes = ground_axes(q)
    x, y, z = -along * axes[3] - left * axes[6], -along * axes[4] - left * axes[7], -along * axes[5] - left * axes[8]
    u, v, w, _ = airflow(q, law.body.wind)
    ux, uy, uz, rx, ry, rz = across_flow(q[0], q[1], q[2], u, v, w)
    return math.atan2(x * rx + y * ry + z * rz, x * ux + y * uy + z * uz)


@kernel
def skip_bank(t, place, velocity, sensed, bank, memory, law):
    """One command: learn from what is felt, change the mode, solve when it is time, follow the profile of bank."""
    q = fixed_state(t, place, velocity, law)
    along, across, size, rising, speed = felt_parts(t, q, sensed, law)
    if memory[MODE] == 0.0:
        memory[MODE], memory[DENSITY], memory[LIFT], memory[MAGNITUDE], memory[LAST] = CAPTURE, 1.0, 1.0, law.final_bank_rad, t
        memory[SOLVED] = -FOREVER_S
        first_side(q, bank, memory, law)
    h, memory[LAST] = t - memory[LAST], t
    before = memory[MODE]
    memory[MODE] = next_mode(before, size, rising, speed, law)
    if memory[MODE] == COAST:
        return memory[WANTED]
    if size >= law.sensed_m_s2:
        learn(q, along, across, h, memory, law)
    if memory[MODE] == HOMING:
        memory[WANTED] = homing_bank(q, bank, memory, law)
        return memory[WANTED]
    interval = law.late_solve_s if memory[TO_GO] - (t - memory[SOLVED]) < law.late_s else law.solve_s
    if memory[MODE] == CAPTURE and memory[SOLVED] > -FOREVER_S:
        interval = FOREVER_S
    if t - memory[SOLVED] >= interval - 0.01 or memory[MODE] != before:
        memory[CAP] = load_cap(q, bank, memory, law)
        solve(q, bank, memory, law)
        if choose_side(q, bank, memory, law):
            solve(q, bank, memory, law)
        memory[SOLVED] = t
    magnitude = magnitude_at(energy(q), memory[MAGNITUDE], memory[ENERGY], law)
    memory[WANTED] = memory[SIDE] * (min(magnitude, memory[CAP]) if rising < 0.0 else magnitude)
    return memory[WANTED]


@overload(bank_command)
def _bank_command(t, place, velocity, sensed, bank, memory, law):
    kind = getattr(law, "instance_class", None)
    if kind is SkipLaw:
        return lambda t, place, velocity, sensed, bank, memory, law: skip_bank(t, place, velocity, sensed, bank, memory, law)
    if kind is ConstantBank:
        return lambda t, place, velocity, sensed, bank, memory, law: law.bank_rad
    return None
