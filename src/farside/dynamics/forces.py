"""Forces on a craft between the Earth and the Moon, and the two models of motion made of them: `Coast` and `Burn`.

*Model*: about the Earth or the Moon, ICRF axes. Point masses of Earth, Moon and Sun with the centre's own acceleration taken off (DE421 or
DE440 positions); zonal harmonics J2-J6 of the Earth about its true pole of date; the Moon's harmonics in its principal axes; solar
radiation pressure on a sphere with conical shadows of both bodies, if an area is given; thrust constant in size, its direction sweeping
at constant rate along a great circle, mass leaving at `thrust / exhaust speed`.

*Limits*: no relativity (below 1e-9 m/s2 here), no planets (Venus and Jupiter below 1e-10 m/s2 of tide at the Moon), no solid tides
(J2 of the Earth varies by 1e-8), no tesseral harmonics of the Earth (a parking orbit of half an hour moves by some 100 m), no pull of
the Moon's figure on the Earth (1e-13 m/s2).

*How we know*: gradients against finite differences of potentials written separately, and whole flights against another integrator.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from numba.extending import overload

from farside.basis.axes import height_above_ellipsoid
from farside.basis.constants import AU_M, EARTH_RADIUS_M, MOON_RADIUS_M, SOLAR_PRESSURE_PA, SUN_RADIUS_M
from farside.basis.kernel import kernel
from farside.environment.ephemeris import Sky, moon_matrix, sky_at
from farside.environment.gravity import Harmonics, harmonics_acceleration, zonal_acceleration

EARTH, MOON = 0, 1


class Forces(NamedTuple):
    """What pulls and pushes: `center` is EARTH or MOON; `reflecting_area_m2` is area times (1 + reflectivity), zero for none."""

    center: int
    sky: Sky
    field: Harmonics
    gm_earth_m3_s2: float
    gm_moon_m3_s2: float
    gm_sun_m3_s2: float
    reflecting_area_m2: float


class Stop(NamedTuple):
    """Where a stretch of motion ends before its time: the first passage of zero of a signed function of the state.

    `kind` is one of the constants below, `value` its threshold, `rising` +1 for an upward and -1 for a downward passage; passages within
    `guard_s` of the start do not count, so that an arc may begin where another one ended.
    """

    kind: int
    value: float
    rising: int
    guard_s: float


NEVER, APSIS, HEIGHT, NODE, MOON_DISTANCE = 0, 1, 2, 3, 4
no_stop = Stop(NEVER, 0.0, 1, 0.0)


class Coast(NamedTuple):
    """Unpowered motion."""

    forces: Forces
    stop: Stop


class Burn(NamedTuple):
    """Powered motion: direction `cos(w) axis + sin(w) toward`, `w = rate_rad_s (t - reference_s)`."""

    forces: Forces
    stop: Stop
    thrust_n: float
    exhaust_m_s: float
    axis: tuple[float, float, float]
    toward: tuple[float, float, float]
    rate_rad_s: float
    reference_s: float


@kernel
def tide(x, y, z, bx, by, bz, gm):
    """Acceleration at (x, y, z) by a point mass at b, less that of the origin."""
    dx, dy, dz = bx - x, by - y, bz - z
    d2, b2 = dx * dx + dy * dy + dz * dz, bx * bx + by * by + bz * bz
    d3, b3 = d2 * math.sqrt(d2), b2 * math.sqrt(b2)  # a power of 1.5 costs three times as much
    return gm * (dx / d3 - bx / b3), gm * (dy / d3 - by / b3), gm * (dz / d3 - bz / b3)


@kernel
def lit_fraction(x, y, z, sx, sy, sz, radius):
    """Share of the Sun's disc not hidden by a sphere at the origin; linear between the edges of umbra and penumbra."""
    dx, dy, dz = sx - x, sy - y, sz - z
    r = math.sqrt(x * x + y * y + z * z)
    d = math.sqrt(dx * dx + dy * dy + dz * dz)
    separation = math.acos(max(-1.0, min(1.0, -(x * dx + y * dy + z * dz) / (r * d))))
    body, sun = math.asin(min(1.0, radius / r)), SUN_RADIUS_M / d
    return max(0.0, min(1.0, (separation - body + sun) / (2.0 * sun)))


@kernel
def sunlight_acceleration(x, y, z, mx, my, mz, sx, sy, sz, area, mass):
    """Solar radiation pressure at (x, y, z) from the Earth, with the Moon at m and the Sun at s."""
    dx, dy, dz = x - sx, y - sy, z - sz
    d2 = dx * dx + dy * dy + dz * dz
    lit = lit_fraction(x, y, z, sx, sy, sz, EARTH_RADIUS_M) * lit_fraction(x - mx, y - my, z - mz, sx - mx, sy - my, sz - mz, MOON_RADIUS_M)
    k = lit * SOLAR_PRESSURE_PA * AU_M * AU_M / d2 * area / mass / math.sqrt(d2)
    return k * dx, k * dy, k * dz


@kernel
def moon_figure(x, y, z, phi, theta, psi, field):
    """Acceleration by the Moon's harmonics (without the central term) at (x, y, z) from the Moon, ICRF in and out."""
    a, b, c, d, e, f, g, h, i = moon_matrix(phi, theta, psi)
    p = field.axes
    ux, uy, uz = a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z
    qx = p[0, 0] * ux + p[0, 1] * uy + p[0, 2] * uz
    qy = p[1, 0] * ux + p[1, 1] * uy + p[1, 2] * uz
    qz = p[2, 0] * ux + p[2, 1] * uy + p[2, 2] * uz
    gx, gy, gz = harmonics_acceleration(qx, qy, qz, field)
    ux = p[0, 0] * gx + p[1, 0] * gy + p[2, 0] * gz
    uy = p[0, 1] * gx + p[1, 1] * gy + p[2, 1] * gz
    uz = p[0, 2] * gx + p[1, 2] * gy + p[2, 2] * gz
    return a * ux + d * uy + g * uz, b * ux + e * uy + h * uz, c * ux + f * uy + i * uz


@kernel
def gravity(t, y, forces):
    """Acceleration [m/s2] at state y about the forces' centre."""
    mx, my, mz, sx, sy, sz, phi, theta, psi, px, py = sky_at(t, forces.sky)
    pz = math.sqrt(1.0 - px * px - py * py)
    x, yy, z = y[0], y[1], y[2]
    r2 = x * x + yy * yy + z * z
    r3 = r2 * math.sqrt(r2)
    if forces.center == EARTH:
        k = -forces.gm_earth_m3_s2 / r3
        ax, ay, az = tide(x, yy, z, mx, my, mz, forces.gm_moon_m3_s2)
        bx, by, bz = tide(x, yy, z, sx, sy, sz, forces.gm_sun_m3_s2)
        cx, cy, cz = zonal_acceleration(x, yy, z, px, py, pz)
        dx, dy, dz = moon_figure(x - mx, yy - my, z - mz, phi, theta, psi, forces.field)
        ex, ey, ez = x, yy, z
    else:
        k = -forces.gm_moon_m3_s2 / r3
        ax, ay, az = tide(x, yy, z, -mx, -my, -mz, forces.gm_earth_m3_s2)
        bx, by, bz = tide(x, yy, z, sx - mx, sy - my, sz - mz, forces.gm_sun_m3_s2)
        ex, ey, ez = x + mx, yy + my, z + mz
        cx, cy, cz = zonal_acceleration(ex, ey, ez, px, py, pz)
        ox, oy, oz = zonal_acceleration(mx, my, mz, px, py, pz)
        cx, cy, cz = cx - ox, cy - oy, cz - oz
        dx, dy, dz = moon_figure(x, yy, z, phi, theta, psi, forces.field)
    ax, ay, az = k * x + ax + bx + cx + dx, k * yy + ay + by + cy + dy, k * z + az + bz + cz + dz
    if forces.reflecting_area_m2 > 0.0:
        bx, by, bz = sunlight_acceleration(ex, ey, ez, mx, my, mz, sx, sy, sz, forces.reflecting_area_m2, y[6])
        ax, ay, az = ax + bx, ay + by, az + bz
    return ax, ay, az


def rate(t, y, model):
    """Time derivative of (r, v, m), seven numbers; chosen at compile time by the type of `model`."""
    raise TypeError(f"{type(model).__name__} is not a model of motion; Coast and Burn are")


@kernel
def coast_rate(t, y, model):
    ax, ay, az = gravity(t, y, model.forces)
    return y[3], y[4], y[5], ax, ay, az, 0.0


@kernel
def burn_rate(t, y, model):
    ax, ay, az = gravity(t, y, model.forces)
    w = model.rate_rad_s * (t - model.reference_s)
    c, s, a = math.cos(w), math.sin(w), model.thrust_n / y[6]
    ux = c * model.axis[0] + s * model.toward[0]
    uy = c * model.axis[1] + s * model.toward[1]
    uz = c * model.axis[2] + s * model.toward[2]
    return y[3], y[4], y[5], ax + a * ux, ay + a * uy, az + a * uz, -model.thrust_n / model.exhaust_m_s


@overload(rate)
def _rate(t, y, model):
    kind = getattr(model, "instance_class", None)
    if kind is Coast:
        return lambda t, y, model: coast_rate(t, y, model)
    if kind is Burn:
        return lambda t, y, model: burn_rate(t, y, model)
    return None


@kernel
def height(t, y, forces):
    """Height [m] above the WGS 84 ellipsoid or above the Moon's sphere of 1737.4 km."""
    if forces.center == MOON:
        return math.sqrt(y[0] ** 2 + y[1] ** 2 + y[2] ** 2) - MOON_RADIUS_M
    sky = sky_at(t, forces.sky)
    px, py = sky[9], sky[10]
    return height_above_ellipsoid(y[0], y[1], y[2], px, py, math.sqrt(1.0 - px * px - py * py))


@kernel
def stop_value(t, y, forces, stop):
    """The signed function whose passage of zero in the direction `stop.rising` ends the motion, made to rise there."""
    if stop.kind == APSIS:
        g = y[0] * y[3] + y[1] * y[4] + y[2] * y[5]
    elif stop.kind == HEIGHT:
        g = height(t, y, forces) - stop.value
    elif stop.kind == NODE:
        s = sky_at(t, forces.sky)
        pole = moon_matrix(s[6], s[7], s[8])
        g = pole[6] * y[0] + pole[7] * y[1] + pole[8] * y[2]
    elif stop.kind == MOON_DISTANCE:
        s = sky_at(t, forces.sky)
        k = 1.0 if forces.center == EARTH else 0.0
        g = math.sqrt((y[0] - k * s[0]) ** 2 + (y[1] - k * s[1]) ** 2 + (y[2] - k * s[2]) ** 2) - stop.value
    else:
        g = -1.0
    return g * stop.rising


@kernel
def below_surface(y, forces):
    """Whether the state is inside the body of its centre."""
    r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    surface = MOON_RADIUS_M - 9.0e3 if forces.center == MOON else 6.3567e6
    return r2 < surface * surface
