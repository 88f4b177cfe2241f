"""The flight of a capsule as guidance predicts it on board: in axes that turn with the Earth, from what is known before the flight.

*Model*: J2 gravity, the turning Earth, lift and drag of the law's body in the law's air and wind, density and lift corrected by factors;
bank turns at its rate to a magnitude that goes linearly in energy; Runge-Kutta of fourth order, 2 s in the air and 10 s above. Functions
take the law as `guidance.skip_entry` declares it. States are six numbers: place [m] and velocity [m/s] as seen from the turning Earth.
*Limits*: what it is asked is right to some 100 m over 5000 km, and less further on, against the truth of `dynamics.flying`.
"""

from __future__ import annotations

import math

from farside.basis.axes import height_from
from farside.basis.constants import EARTH_J2, EARTH_RADIUS_M, EARTH_ROTATION_RATE_RAD_S, GM_EARTH_M3_S2
from farside.basis.kernel import kernel
from farside.craft.aeroshell import coefficients
from farside.dynamics.flying import across_flow, wrapped
from farside.environment.atmosphere import air_at
from farside.environment.wind import wind_at

GROUND_M = 6.371e6  # mean radius, for distances along the ground
AIR_TOP_M, STEP_S, COAST_STEP_S = 95e3, 2.0, 10.0
LONGEST_S, HIGHEST_M = 3000.0, 1.5e6  # of a prediction: beyond either the capsule is taken to fly on round the Earth
LOAD_FALLS = 0.7  # of the highest load so far: when it is less, the highest is past


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
        if rising >= 0.0 or load < LOAD_FALLS * worst:
            break
        height = height_from(math.sqrt(q[0] * q[0] + q[1] * q[1]), q[2])[0]
        if height <= law.gate_height_m:
            break
        h = STEP_S if height < AIR_TOP_M else COAST_STEP_S
        bank = turned_bank(bank, side * min(cap, magnitude_at(energy(q), first, begun, law)), h, law)
        q = onboard_step(q, h, bank, denser, more_lift, law)
    return worst


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
