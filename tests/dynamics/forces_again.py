"""The forces of `farside.dynamics.forces` written a second time, in plain numpy and by other formulas; and an empty sky.

Harmonics by the recursion of Cunningham (Montenbruck & Gill, *Satellite Orbits*, 3.2.5, unnormalised), where the package has Pines' with
normalised functions; zonals by the same with the equator of date. Only where the bodies are and how they are turned comes from the
package: that is held against SPICE in the tests of the environment.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from farside.basis import constants as number
from farside.dynamics.forces import EARTH, Burn, Coast, Forces
from farside.environment.ephemeris import ORDER, Sky, moon_matrix, sky_at
from farside.environment.gravity import Harmonics, harmonics

Array = NDArray[np.float64]

EARTH_ZONALS = np.array([0.0, 0.0, *(-j for j in (number.EARTH_J2, number.EARTH_J3, number.EARTH_J4, number.EARTH_J5, number.EARTH_J6))])


def empty_sky(start_s: float = -1e9, end_s: float = 1e9) -> Sky:
    """A sky with Moon and Sun so far away that they do not pull, Moon's axes and Earth's pole along ICRF's."""
    table = np.zeros((1, ORDER, 11))
    table[0, 0, :6] = (1e18, 0.0, 0.0, 0.0, 1e19, 0.0)
    return Sky(start_s, end_s - start_s, table)


def no_harmonics() -> Harmonics:
    """A field of a point mass only."""
    return harmonics(number.GM_MOON_M3_S2, 1.738e6, np.zeros((3, 3)), np.zeros((3, 3)))


def plain(field: Harmonics) -> tuple[Array, Array]:
    """The field's coefficients without normalisation."""
    c, s = field.c.copy(), field.s.copy()
    for n in range(field.degree + 1):
        for m in range(n + 1):
            factor = math.sqrt((2 - (m == 0)) * (2 * n + 1) * math.factorial(n - m) / math.factorial(n + m))
            c[n, m] *= factor
            s[n, m] *= factor
    return c, s


def cunningham(r: Array, mu: float, radius: float, c: Array, s: Array) -> Array:
    """Acceleration by unnormalised harmonics (n, m) in body axes; the central term is in c[0, 0]."""
    top = len(c)
    v, w = np.zeros((top + 1, top + 1)), np.zeros((top + 1, top + 1))
    r2 = float(r @ r)
    x, y, z = radius * r / r2
    q = radius * radius / r2
    v[0, 0] = radius / math.sqrt(r2)
    for m in range(top + 1):
        if m > 0:
            v[m, m] = (2 * m - 1) * (x * v[m - 1, m - 1] - y * w[m - 1, m - 1])
            w[m, m] = (2 * m - 1) * (x * w[m - 1, m - 1] + y * v[m - 1, m - 1])
        for n in range(m + 1, top + 1):
            older = (v[n - 2, m], w[n - 2, m]) if n > m + 1 else (0.0, 0.0)
            v[n, m] = ((2 * n - 1) * z * v[n - 1, m] - (n + m - 1) * q * older[0]) / (n - m)
            w[n, m] = ((2 * n - 1) * z * w[n - 1, m] - (n + m - 1) * q * older[1]) / (n - m)
    ax = ay = az = 0.0
    for n in range(top):
        for m in range(n + 1):
            a, b = c[n, m], s[n, m]
            if m == 0:
                ax -= a * v[n + 1, 1]
                ay -= a * w[n + 1, 1]
            else:
                f = (n - m + 1) * (n - m + 2)
                ax += 0.5 * (-a * v[n + 1, m + 1] - b * w[n + 1, m + 1] + f * (a * v[n + 1, m - 1] + b * w[n + 1, m - 1]))
                ay += 0.5 * (-a * w[n + 1, m + 1] + b * v[n + 1, m + 1] + f * (-a * w[n + 1, m - 1] + b * v[n + 1, m - 1]))
            az += (n - m + 1) * (-a * v[n + 1, m] - b * w[n + 1, m])
    return mu / radius**2 * np.array([ax, ay, az])


def pole_axes(x: float, y: float) -> Array:
    """Axes (3, 3) whose third is the Earth's pole; where the first points does not matter to zonals."""
    pole = np.array([x, y, math.sqrt(1.0 - x * x - y * y)])
    first = np.cross([0.0, 1.0, 0.0], pole)
    first /= np.linalg.norm(first)
    return np.array([first, np.cross(pole, first), pole])


def zonals(r: Array, x: float, y: float) -> Array:
    """Acceleration by the Earth's J2 to J6 at r from its centre."""
    axes = pole_axes(x, y)
    c = np.zeros((7, 7))
    c[:, 0] = EARTH_ZONALS
    return axes.T @ cunningham(axes @ r, number.GM_EARTH_M3_S2, number.EARTH_RADIUS_M, c, np.zeros((7, 7)))


def lit(r: Array, sun: Array, radius: float) -> float:
    """Share of the Sun's disc that a sphere at the origin leaves free: overlap of two discs, exactly."""
    to_sun = sun - r
    d, size = float(np.linalg.norm(to_sun)), float(np.linalg.norm(r))
    a, b = math.asin(number.SUN_RADIUS_M / d), math.asin(radius / size)
    c = math.acos(float(np.clip(-(r @ to_sun) / (size * d), -1.0, 1.0)))
    if c >= a + b:
        return 1.0
    if c <= b - a:
        return 0.0
    if c <= a - b:
        return 1.0 - (b / a) ** 2
    x = (c * c + a * a - b * b) / (2.0 * c)
    y = math.sqrt(max(0.0, a * a - x * x))
    return 1.0 - (a * a * math.acos(x / a) + b * b * math.acos((c - x) / b) - c * y) / (math.pi * a * a)


def acceleration(t: float, y: Array, forces: Forces) -> Array:
    """All pulls and pushes on a state about the forces' centre."""
    sky = sky_at(t, forces.sky)
    moon, sun = np.array(sky[0:3]), np.array(sky[3:6])
    axes = forces.field.axes @ np.array(moon_matrix(*sky[6:9])).reshape(3, 3)
    from_earth = y[:3] if forces.center == EARTH else y[:3] + moon
    from_moon = from_earth - moon if forces.center == EARTH else y[:3]
    c, s = plain(forces.field)
    c[0, 0] = 0.0

    def from_all(at: Array) -> Array:
        """Pull of Earth (figure included) and Sun, at a place from the Earth; without the centre's own singular terms."""
        total = np.zeros(3)
        if np.linalg.norm(at) > 0.0:
            total -= forces.gm_earth_m3_s2 * at / np.linalg.norm(at) ** 3
            total += zonals(at, *sky[9:11])
        return total + forces.gm_sun_m3_s2 * (sun - at) / np.linalg.norm(sun - at) ** 3

    here = from_all(from_earth) - forces.gm_moon_m3_s2 * from_moon / np.linalg.norm(from_moon) ** 3
    here += axes.T @ cunningham(axes @ from_moon, forces.field.mu_m3_s2, forces.field.radius_m, c, s)
    centre = np.zeros(3) if forces.center == EARTH else moon
    there = from_all(centre)
    if forces.center == EARTH:
        there += forces.gm_moon_m3_s2 * moon / np.linalg.norm(moon) ** 3
    push = np.zeros(3)
    if forces.reflecting_area_m2 > 0.0:
        away = from_earth - sun
        share = lit(from_earth, sun, number.EARTH_RADIUS_M) * lit(from_moon, sun - moon, number.MOON_RADIUS_M)
        pressure = 1361.0 / 299792458.0 * (149597870700.0 / np.linalg.norm(away)) ** 2
        push = share * pressure * forces.reflecting_area_m2 / y[6] * away / np.linalg.norm(away)
    return here - there + push


def flown_by_scipy(t0: float, y0: Array, t1: float, model: Coast | Burn, tolerance: float = 1e-13) -> Array:
    """The state at t1 by SciPy's DOP853, scaled to kilometres so that its absolute tolerance means something."""

    def slope(seconds: float, y: Array) -> Array:
        t = t0 + seconds
        rate = np.concatenate([y[3:6], acceleration(t, y, model.forces), [0.0]])
        if isinstance(model, Burn):
            w = model.rate_rad_s * (t - model.reference_s)
            rate[3:6] += model.thrust_n / y[6] * (math.cos(w) * np.array(model.axis) + math.sin(w) * np.array(model.toward))
            rate[6] = -model.thrust_n / model.exhaust_m_s
        return rate

    size, speed = float(np.linalg.norm(y0[:3])), float(np.linalg.norm(y0[3:6]))
    near = tolerance * np.array([size] * 3 + [speed] * 3 + [y0[6]])
    found = solve_ivp(slope, (0.0, t1 - t0), y0, method="DOP853", rtol=tolerance, atol=near)
    assert found.success
    return np.asarray(found.y[:, -1])
