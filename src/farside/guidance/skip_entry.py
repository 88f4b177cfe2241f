"""Skip entry: a numerical predictor and corrector for a capsule with lift, from the gate of the atmosphere to that of the parachute.

*Model*. One unknown steers the range: the magnitude of bank now, from which it goes linearly in energy to a fixed magnitude at the end.
Every few seconds the rest of the flight is predicted from the estimate, over the turning Earth with J2, the air, wind and coefficients
known before the flight, density and lift corrected by what the accelerometers read; the magnitude that brings the capsule to the site is
found by a secant kept inside a bracket. The sign of bank steers across: two predictions, one that keeps the side and one that changes it
now, tell whether the side is to be changed; the number of changes is bounded. Five modes: *capture*, until the air is felt; *up-control*,
until it is no longer; *coast*, outside the air, all frozen; *final*; *homing*, when the capsule is slow and falls steeply: bank then points
lift to where it is needed. Where the load would pass its limit on the
way down, the magnitude of bank is capped until the capsule rises.

*Source*: the FNPEG family: Brunner & Lu 2008, J. Guidance, Control and Dynamics 31, 1210; Lu 2014, 37, 713; reversals by prediction as
Smith 2016, AAS 16-221. *Limits*: the prediction knows no dispersions; its steps are 2 s in the air. *How we know*: flights
in air that is what guidance takes it for, and in air, with lift and wind that are not.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from farside.basis.axes import height_from
from farside.basis.constants import EARTH_J2, EARTH_RADIUS_M, EARTH_ROTATION_RATE_RAD_S, GM_EARTH_M3_S2
from farside.basis.kernel import kernel
from farside.craft.aeroshell import coefficients
from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.dynamics.flying import Body, Rolling, across_flow, bank_command, wrapped
from farside.environment.atmosphere import air_at
from farside.environment.wind import wind_at

Array = NDArray[np.float64]

CAPTURE, UP_CONTROL, COAST, FINAL, HOMING = 1, 2, 3, 4, 5
GROUND_M = 6.371e6  # mean radius, for distances along the ground
LOAD_SHARE = 0.97  # of the load limit that guidance allows itself
AIR_TOP_M, STEP_S, COAST_STEP_S = 95e3, 2.0, 10.0
LONGEST_S, HIGHEST_M = 3000.0, 1.5e6  # of a prediction: beyond either the capsule is taken to fly on round the Earth
TRIALS = 14
FILTER_LEAST, FILTER_MOST = 0.3, 3.0
FILTER_MACH = 1.5  # below it wind counts for too much of the speed


class ConstantBank(NamedTuple):
    """The second law: one bank [rad], whatever happens."""

    bank_rad: float


class SkipLaw(NamedTuple):
    """What guidance knows and is to reach. `axes` (3, 3): ICRF to Earth-fixed axes at `epoch_s`; `site` (3,): unit vector in them.

    `body` and `mass_kg` are what the craft is taken for. The gate's height and speed end a prediction; the magnitude of bank goes to
    `final_bank_rad` there, and stays within `least_bank_rad` and `most_bank_rad`. Solved every `solve_s`, every `late_solve_s` when less
    than `late_s` is to go; `sensed_m_s2` is where the air begins, `homing_m_s` the speed where homing does; `damping` the share of the cross-range that a change of side leaves.
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
def earth_fixed(t, vector, law):
    """A vector in ICRF axes (three numbers) in axes that turn with the Earth."""
    a, angle = law.axes, EARTH_ROTATION_RATE_RAD_S * (t - law.epoch_s)
    c, s = math.cos(angle), math.sin(angle)
    x = a[0, 0] * vector[0] + a[0, 1] * vector[1] + a[0, 2] * vector[2]
    y = a[1, 0] * vector[0] + a[1, 1] * vector[1] + a[1, 2] * vector[2]
    return c * x + s * y, c * y - s * x, a[2, 0] * vector[0] + a[2, 1] * vector[1] + a[2, 2] * vector[2]


@kernel
def fixed_state(t, place, velocity, law):
    """Place and velocity (six numbers) in axes that turn with the Earth, the velocity as seen from there."""
    x, y, z = earth_fixed(t, place, law)
    u, v, w = earth_fixed(t, velocity, law)
    return x, y, z, u + EARTH_ROTATION_RATE_RAD_S * y, v - EARTH_ROTATION_RATE_RAD_S * x, w


@kernel
def airflow(q, wind):
    """Velocity relative to the air (3 numbers), height, of a state in axes that turn with the Earth."""
    rho = max(math.sqrt(q[0] * q[0] + q[1] * q[1]), 1e-3)
    height = height_from(rho, q[2])[0]
    if height > AIR_TOP_M:
        return q[3], q[4], q[5], height
    east, north = wind_at(height, wind)
    r = math.sqrt(rho * rho + q[2] * q[2])
    ex, ey, k = -q[1] / rho, q[0] / rho, north / r
    return q[3] - east * ex + k * q[2] * ey, q[4] - east * ey - k * q[2] * ex, q[5] - k * rho, height


@kernel
def energy(q):
    """Energy of a state in axes that turn with the Earth [m2/s2]: falls wherever there is drag."""
    return 0.5 * (q[3] * q[3] + q[4] * q[4] + q[5] * q[5]) - GM_EARTH_M3_S2 / math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])


@kernel
def onboard_rate(q, bank, denser, more_lift, law):
    """Derivative (six numbers) as guidance reckons it, and the height."""
    u, v, w, height = airflow(q, law.body.wind)
    r2 = q[0] * q[0] + q[1] * q[1] + q[2] * q[2]
    k = -GM_EARTH_M3_S2 / (r2 * math.sqrt(r2))
    j = 1.5 * EARTH_J2 * EARTH_RADIUS_M * EARTH_RADIUS_M / r2
    s = 5.0 * q[2] * q[2] / r2
    n = EARTH_ROTATION_RATE_RAD_S
    ax = k * q[0] * (1.0 + j * (1.0 - s)) + n * (n * q[0] + 2.0 * q[4])
    ay = k * q[1] * (1.0 + j * (1.0 - s)) + n * (n * q[1] - 2.0 * q[3])
    az = k * q[2] * (1.0 + j * (3.0 - s))
    speed = max(math.sqrt(u * u + v * v + w * w), 1e-6)
    density, sound = air_at(height, law.body.air)
    cl, cd = coefficients(speed / sound, law.body.shell)
    push = 0.5 * denser * density * speed * speed * law.body.shell.area_m2 / law.mass_kg
    ux, uy, uz, rx, ry, rz = across_flow(q[0], q[1], q[2], u, v, w)
    lift = cl * more_lift * push
    c, s, d = lift * math.cos(bank), lift * math.sin(bank), -cd * push / speed
    return q[3], q[4], q[5], ax + d * u + c * ux + s * rx, ay + d * v + c * uy + s * ry, az + d * w + c * uz + s * rz


@kernel
def further(q, k, h):
    """q + h k, six numbers."""
    return q[0] + h * k[0], q[1] + h * k[1], q[2] + h * k[2], q[3] + h * k[3], q[4] + h * k[4], q[5] + h * k[5]


@kernel
def onboard_step(q, h, bank, denser, more_lift, law):
    """One Runge-Kutta step, the bank held."""
    k1 = onboard_rate(q, bank, denser, more_lift, law)
    k2 = onboard_rate(further(q, k1, 0.5 * h), bank, denser, more_lift, law)
    k3 = onboard_rate(further(q, k2, 0.5 * h), bank, denser, more_lift, law)
    k4 = onboard_rate(further(q, k3, h), bank, denser, more_lift, law)
    return further(further(further(further(q, k1, h / 6.0), k2, h / 3.0), k3, h / 3.0), k4, h / 6.0)


@kernel
def magnitude_at(now, first, first_energy, law):
    """Magnitude of bank [rad] at an energy: linear from `first` at `first_energy` to the final one at the gate."""
    last = 0.5 * law.gate_speed_m_s**2 - GM_EARTH_M3_S2 / (GROUND_M + law.gate_height_m)
    share = max(0.0, min(1.0, (now - first_energy) / (last - first_energy)))
    return first + share * (law.final_bank_rad - first)


@kernel
def ground_axes(q):
    """Up, ahead and left (nine numbers) of a state: the plane of its flight over the ground."""
    r = math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    x, y, z = q[0] / r, q[1] / r, q[2] / r
    lx, ly, lz = y * q[5] - z * q[4], z * q[3] - x * q[5], x * q[4] - y * q[3]
    size = max(math.sqrt(lx * lx + ly * ly + lz * lz), 1e-9)
    lx, ly, lz = lx / size, ly / size, lz / size
    return x, y, z, ly * z - lz * y, lz * x - lx * z, lx * y - ly * x, lx, ly, lz


@kernel
def along_across(x, y, z, axes):
    """Metres along the ground ahead, and to the left, of a direction; `axes` of `ground_axes`."""
    r = math.sqrt(x * x + y * y + z * z)
    up = (x * axes[0] + y * axes[1] + z * axes[2]) / r
    ahead = (x * axes[3] + y * axes[4] + z * axes[5]) / r
    left = (x * axes[6] + y * axes[7] + z * axes[8]) / r
    return GROUND_M * math.atan2(ahead, up), GROUND_M * math.asin(max(-1.0, min(1.0, left)))


@kernel
def reckoned_load(q, denser, more_lift, law):
    """Load [m/s2] and vertical speed [m/s] as guidance reckons them."""
    u, v, w, height = airflow(q, law.body.wind)
    speed = max(math.sqrt(u * u + v * v + w * w), 1e-6)
    density, sound = air_at(height, law.body.air)
    cl, cd = coefficients(speed / sound, law.body.shell)
    cl = cl * more_lift
    push = 0.5 * denser * density * speed * speed * law.body.shell.area_m2 / law.mass_kg
    rising = (q[0] * q[3] + q[1] * q[4] + q[2] * q[5]) / math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    return push * math.sqrt(cl * cl + cd * cd), rising


@kernel
def turned_bank(bank, wanted, h, law):
    """Bank after a step, turning at its rate."""
    most = law.rolling.rate_rad_s * h
    return bank + max(-most, min(most, wrapped(wanted - bank)))


@kernel
def highest_load(q, bank, side, first, cap, denser, more_lift, law):
    """The highest load [m/s2] on the way down from here, the magnitude of bank kept at or below `cap`."""
    begun, worst, height = energy(q), 0.0, 0.0
    for _ in range(400):
        load, rising = reckoned_load(q, denser, more_lift, law)
        worst = max(worst, load)
        if rising >= 0.0 or load < 0.7 * worst:
            break
        height = height_from(math.sqrt(q[0] * q[0] + q[1] * q[1]), q[2])[0]
        if height <= law.gate_height_m:
            break
        h = STEP_S if height < AIR_TOP_M else COAST_STEP_S
        bank = turned_bank(bank, side * min(cap, magnitude_at(energy(q), first, begun, law)), h, law)
        q = onboard_step(q, h, bank, denser, more_lift, law)
    return worst


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
def predict(q, bank, side, first, cap, denser, more_lift, law):
    """How far beyond the site, and left of it, the capsule passes the gate's height [m], and in how many seconds.

    Bank begins as it is and turns at its rate to `side` times the magnitude of the profile that begins with `first` here, `cap` at most on
    this way down. A capsule that flies on round the Earth is half of it beyond.
    """
    axes, begun = ground_axes(q), energy(q)
    height, seconds, before, above, h = 1e9, 0.0, q, 1e9, STEP_S
    while True:
        before, above = q, height
        h = STEP_S if height < AIR_TOP_M or seconds == 0.0 else COAST_STEP_S
        if q[0] * q[3] + q[1] * q[4] + q[2] * q[5] >= 0.0:
            cap = math.pi
        bank = turned_bank(bank, side * min(cap, magnitude_at(energy(q), first, begun, law)), h, law)
        q = onboard_step(q, h, bank, denser, more_lift, law)
        seconds += h
        height = height_from(math.sqrt(q[0] * q[0] + q[1] * q[1]), q[2])[0]
        if height <= law.gate_height_m:
            break
        if seconds > LONGEST_S or height > HIGHEST_M:
            return math.pi * GROUND_M, 0.0, seconds
    share = 0.0 if above > 1e8 else (above - law.gate_height_m) / (above - height)
    x, y, z = before[0] + share * (q[0] - before[0]), before[1] + share * (q[1] - before[1]), before[2] + share * (q[2] - before[2])
    along, left = along_across(x, y, z, axes)
    site_along, site_left = along_across(law.site[0], law.site[1], law.site[2], axes)
    return along - site_along, left - site_left, seconds - (1.0 - share) * h


@kernel
def solve(q, bank, memory, law):
    """The magnitude that ends at the site, by secants kept inside a bracket; at a limit when even that falls short or flies beyond."""
    denser, more_lift, side, cap = memory[DENSITY], memory[LIFT], memory[SIDE], memory[CAP]
    axes = ground_axes(q)
    tolerance = max(20.0, min(2000.0, 2e-3 * abs(along_across(law.site[0], law.site[1], law.site[2], axes)[0])))
    low, high = law.least_bank_rad, law.most_bank_rad
    a = max(low, min(high, memory[MAGNITUDE]))
    along, left, to_go = predict(q, bank, side, a, cap, denser, more_lift, law)
    best, best_along, best_left, best_to_go = a, along, left, to_go
    step, previous, previous_along = 0.05, a, along
    f_low = f_high = 0.0  # of the ends of the bracket, once they are tried
    for _ in range(TRIALS):
        if abs(best_along) <= tolerance:
            break
        if along > 0.0:
            low, f_low = a, along
        else:
            high, f_high = a, along
        if f_low == 0.0 or f_high == 0.0:
            limit = law.most_bank_rad if along > 0.0 else law.least_bank_rad
            if a == limit:
                break
            trial = max(law.least_bank_rad, min(law.most_bank_rad, a + math.copysign(step, along)))
            step *= 3.0
        else:
            trial = a - along * (a - previous) / (along - previous_along) if along != previous_along else low
            edge = 0.02 * (high - low)
            if not (low + edge < trial < high - edge) or max(f_low, -f_high) > 3.0 * GROUND_M:
                trial = 0.5 * (low + high)
        previous, previous_along = a, along
        a = trial
        along, left, to_go = predict(q, bank, side, a, cap, denser, more_lift, law)
        if abs(along) < abs(best_along):
            best, best_along, best_left, best_to_go = a, along, left, to_go
    memory[MAGNITUDE], memory[ALONG], memory[ACROSS], memory[TO_GO] = best, best_along, best_left, best_to_go
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
    """The side to begin with: that which the site lies on when bank is zero; right when neither."""
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
        memory[SOLVED] = -1e300
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
    if memory[MODE] == CAPTURE and memory[SOLVED] > 0.0:
        interval = 1e300
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
