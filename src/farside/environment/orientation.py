"""How the Earth and the Moon are turned at an epoch: their axes, poles and rates, and what a craft's state means on their ground.

Rotations are (3, 3) arrays from ICRF, rows the axes. `itrf` and `moon_me` turn with the body; the Moon's principal axes, `moon_pa`, those
of gravity files, differ from mean Earth by 0.03 deg (0.9 km on the ground).

*Source*: principal to mean-Earth axes of DE421: Williams, Boggs & Folkner 2008, JPL IOM 335-JW,DB,WF-20080314-001; of DE440: Park et al.
2021, AJ 161:105. *Limits*: the Earth turns at the mean rate of the Earth rotation angle about its pole of date (length of day and
nutation: 1e-5 m/s on the ground).
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf, icrf_to_true_of_date, planetocentric
from farside.basis.constants import ARCSECOND_RAD, EARTH_ROTATION_RATE_RAD_S, MOON_RADIUS_M
from farside.basis.kernel import kernel
from farside.environment.ephemeris import ORDER, PRINCIPAL, Sky, moon_matrix, sky_at

Array = NDArray[np.float64]
Body = Literal["earth", "moon"]
Orientation = Literal["me", "pa"]

# Mean-Earth axes = R1 R2 R3 of principal axes, angles in arcseconds.
_TILT_DE421 = (-0.30, -78.56, -67.92)  # Williams, Boggs & Folkner 2008
_TILT_DE440 = (-0.2785, -78.6944, -67.8526)  # Park et al. 2021


class Ground(NamedTuple):
    """A place over a body: latitude (geodetic on the Earth, planetocentric on the Moon), east longitude in [0, 2 pi) [rad], height [m]."""

    latitude_rad: float
    longitude_rad: float
    height_m: float


def orientation_of(sky: Sky) -> Orientation:
    """Which axes of the Moon the sky carries: "me" with DE421, "pa" with DE440; what `moon_gravity` and `read_gravity_file` ask for."""
    return "pa" if sky.moon_axes == PRINCIPAL else "me"


def principal_from(orientation: Orientation) -> Array:
    """The rotation (3, 3) from a sky's Moon axes to the principal axes: none from "pa", 0.03 deg from "me"."""
    if orientation == "pa":
        return np.eye(3)
    if orientation == "me":
        return np.ascontiguousarray(_mean_earth_from_principal(_TILT_DE421).T)
    raise ValueError(f'orientation {orientation!r} of the Moon; "me" is mean Earth, "pa" is principal axes')


def mean_earth_from(orientation: Orientation) -> Array:
    """The rotation (3, 3) from a sky's Moon axes to the mean-Earth axes: none from "me", that of DE440 from "pa"."""
    return np.eye(3) if orientation == "me" else _mean_earth_from_principal(_TILT_DE440)


def _mean_earth_from_principal(tilt_arcsec: tuple[float, float, float]) -> Array:
    a, b, c = (angle * ARCSECOND_RAD for angle in tilt_arcsec)
    r1 = np.array([[1.0, 0.0, 0.0], [0.0, math.cos(a), math.sin(a)], [0.0, -math.sin(a), math.cos(a)]])
    r2 = np.array([[math.cos(b), 0.0, -math.sin(b)], [0.0, 1.0, 0.0], [math.sin(b), 0.0, math.cos(b)]])
    r3 = np.array([[math.cos(c), math.sin(c), 0.0], [-math.sin(c), math.cos(c), 0.0], [0.0, 0.0, 1.0]])
    out: Array = r1 @ r2 @ r3
    return out


def icrf_to_moon(tdb_s: float, sky: Sky) -> Array:
    """The rotation from ICRF to the axes of the Moon that the sky carries."""
    return np.array(moon_matrix(*sky_at(tdb_s, sky)[6:9])).reshape(3, 3)


def icrf_to_moon_me(tdb_s: float, sky: Sky) -> Array:
    """The rotation from ICRF to the Moon's mean-Earth axes at `tdb_s` (TDB seconds past J2000), which latitudes and longitudes go with."""
    out: Array = mean_earth_from(orientation_of(sky)) @ icrf_to_moon(tdb_s, sky)
    return out


def icrf_to_moon_pa(tdb_s: float, sky: Sky) -> Array:
    """The rotation from ICRF to the Moon's principal axes at `tdb_s`, which gravity fields go with."""
    out: Array = principal_from(orientation_of(sky)) @ icrf_to_moon(tdb_s, sky)
    return out


def body_axes(body: Body, tdb_s: float, sky: Sky) -> Array:
    """The rotation from ICRF to the axes that turn with the body: ITRF or the Moon's mean-Earth axes."""
    return icrf_to_itrf(tdb_s) if body == "earth" else icrf_to_moon_me(tdb_s, sky)


def pole_of_date(body: Body, tdb_s: float, sky: Sky) -> Array:
    """The unit vector (3,) of the body's pole of date in ICRF axes: north."""
    if body == "moon":
        return icrf_to_moon_me(tdb_s, sky)[2]
    x, y = sky_at(tdb_s, sky)[9:11]
    return np.array([x, y, math.sqrt(1.0 - x * x - y * y)])


def equator_frozen(body: Body, tdb_s: float, sky: Sky) -> Array:
    """The rotation from ICRF to the body's equator at an epoch, taken as axes that do not turn: for orbital elements.

    The Earth's true equator and equinox of date (x to the equinox); the Moon's mean-Earth axes as they are at that instant (x to the
    prime meridian).
    """
    return icrf_to_true_of_date(tdb_s) if body == "earth" else icrf_to_moon_me(tdb_s, sky)


@kernel
def moon_rotation_rate(t, sky):  # type: ignore[no-untyped-def]
    """The Moon's angular velocity [rad/s], three numbers in ICRF axes: the exact derivative of the angles in the sky.

    Turning about phi is about the ICRF pole, about theta about the node line, about psi about the Moon's own pole.
    """
    table = sky.table
    place = (t - sky.start_s) / sky.step_s
    i = min(max(math.floor(place), 0), table.shape[0] - 1)
    x = 2.0 * (place - i) - 1.0
    phi = theta = phi_rate = theta_rate = psi_rate = 0.0
    p, q = 1.0, x  # T_k and T_k+1
    dp, dq = 0.0, 2.0 / sky.step_s  # and their derivatives by time
    for k in range(ORDER):
        phi += p * table[i, k, 6]
        theta += p * table[i, k, 7]
        phi_rate += dp * table[i, k, 6]
        theta_rate += dp * table[i, k, 7]
        psi_rate += dp * table[i, k, 8]
        dp, dq = dq, 2.0 * (2.0 / sky.step_s * q + x * dq) - dp
        p, q = q, 2.0 * x * q - p
    sf, cf, st, ct = math.sin(phi), math.cos(phi), math.sin(theta), math.cos(theta)
    return (
        theta_rate * cf + psi_rate * st * sf,
        theta_rate * sf - psi_rate * st * cf,
        phi_rate + psi_rate * ct,
    )


def rotation_rate(body: Body, tdb_s: float, sky: Sky) -> Array:
    """The angular velocity (3,) [rad/s] of the body's ground in ICRF axes."""
    if body == "moon":
        return np.array(moon_rotation_rate(tdb_s, sky))
    return EARTH_ROTATION_RATE_RAD_S * pole_of_date("earth", tdb_s, sky)


def ground_velocity(body: Body, r_m: Array, v_m_s: Array, tdb_s: float, sky: Sky) -> Array:
    """The velocity (3,) [m/s] relative to the turning body, in ICRF axes, of a craft at `r_m`, `v_m_s` about its centre (ICRF)."""
    out: Array = np.asarray(v_m_s) - np.cross(rotation_rate(body, tdb_s, sky), r_m)
    return out


def ground_place(body: Body, r_m: Array, tdb_s: float, sky: Sky) -> Ground:
    """Where over the body a point is: `r_m` (3,) [m] from its centre in ICRF axes; WGS 84, or the Moon's sphere of 1737.4 km."""
    x, y, z = body_axes(body, tdb_s, sky) @ np.asarray(r_m)
    return Ground(*(geodetic_from_itrf(x, y, z) if body == "earth" else planetocentric(x, y, z, MOON_RADIUS_M)))
