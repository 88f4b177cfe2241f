"""Axes and heights: from ICRF to the turning Earth, and latitude, longitude, altitude on it and on a sphere.

*Model*: ITRF by IAU 2006/2000A and the IERS tables of UT1, polar motion and pole offsets (`erfa`, the CIO based way; IERS Conventions
2010, chapter 5); WGS 84 ellipsoid. *Limits*: no tides of less than a day in UT1 and the pole (3 cm on the ground); ICRF and GCRS are
taken as one, since only directions are turned here.
"""

from __future__ import annotations

import functools
import math

import erfa
import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, J2000_JD, WGS84_FLATTENING, WGS84_POLAR_RADIUS_M, WGS84_RADIUS_M
from farside.basis.epochs import tt_from_tdb
from farside.basis.iers import Turn, turn_at
from farside.basis.kernel import kernel

Array = NDArray[np.float64]

_E2 = WGS84_FLATTENING * (2.0 - WGS84_FLATTENING)  # first eccentricity squared
_EP2 = _E2 / (1.0 - _E2)  # second eccentricity squared
_A, _B = WGS84_RADIUS_M, WGS84_POLAR_RADIUS_M


def icrf_to_itrf(tdb_s: float | Array) -> Array:
    """The rotation from ICRF to ITRF at an epoch (3, 3) or at several (k, 3, 3); `tdb_s` TDB seconds past J2000."""
    if np.ndim(tdb_s):
        return _icrf_to_itrf(np.asarray(tdb_s, dtype=np.float64))
    return _icrf_to_itrf_at(float(tdb_s)).copy()


@functools.lru_cache(maxsize=4096)
def _icrf_to_itrf_at(tdb_s: float) -> Array:
    return _icrf_to_itrf(np.float64(tdb_s))


def _icrf_to_itrf(tdb_s: Array | np.float64) -> Array:
    tt = tt_from_tdb(tdb_s)
    turn = turn_at(tt)
    x, y = celestial_pole(tt, turn)
    to_intermediate = erfa.c2ixys(x, y, erfa.s06(J2000_JD, tt / DAY_S, x, y))
    ut1 = tt + turn.ut1_minus_tt_s
    days = np.floor(ut1 / DAY_S)
    angle = erfa.era00(J2000_JD + days, (ut1 - days * DAY_S) / DAY_S)
    polar_motion = erfa.pom00(turn.x_rad, turn.y_rad, erfa.sp00(J2000_JD, tt / DAY_S))
    out: Array = erfa.c2tcio(to_intermediate, angle, polar_motion)
    return out


def icrf_to_true_of_date(tdb_s: float) -> Array:
    """The rotation (3, 3) from ICRF to the Earth's true equator and equinox of date, IAU 2006/2000A: axes that do not turn with the day."""
    out: Array = erfa.pnm06a(J2000_JD, float(tt_from_tdb(tdb_s)) / DAY_S)
    return out


def celestial_pole(tt_s: float | Array, turn: Turn | None = None) -> tuple[Array, Array]:
    """x and y of the Earth's pole of date (celestial intermediate pole) as an ICRF unit vector, IAU 2006/2000A with IERS offsets."""
    offsets = turn_at(tt_s) if turn is None else turn
    x, y, _ = erfa.xys06a(J2000_JD, np.asarray(tt_s) / DAY_S)
    return x + offsets.dx_rad, y + offsets.dy_rad


@kernel
def height_from(rho, z):  # type: ignore[no-untyped-def]
    """Height above the WGS 84 ellipsoid [m] and cosine and sine of geodetic latitude, at `rho` from the axis and `z` above the equator [m].

    Bowring 1985, Survey Review 28, 202, one step: the latitude errs by less than 1e-9 rad up to any height, the height, which depends on
    the square of that, by less than a micrometre. Not for the inmost 50 km of the Earth.
    """
    r = math.sqrt(rho * rho + z * z)
    c, s = _A * rho, _B * z * (1.0 + _EP2 * _B / r)
    n = math.sqrt(c * c + s * s)
    c, s = c / n, s / n
    c, s = rho - _E2 * _A * c * c * c, z + _EP2 * _B * s * s * s
    n = math.sqrt(c * c + s * s)
    c, s = c / n, s / n
    return rho * c + z * s - _A * math.sqrt(1.0 - _E2 * s * s), c, s


@kernel
def height_above_ellipsoid(x, y, z, px, py, pz):  # type: ignore[no-untyped-def]
    """Height above the WGS 84 ellipsoid [m] at `x`, `y`, `z` [m] from the Earth's centre, its pole being the unit vector `px`, `py`, `pz`.

    All in the same axes, ICRF in the propagator; no turning is needed. With the pole of date the ellipsoid stands on the celestial
    intermediate pole, up to 10 m from the pole of ITRF: below 4 cm of height (the flattening times 10 m).
    """
    up = x * px + y * py + z * pz
    square = x * x + y * y + z * z - up * up
    return height_from(math.sqrt(max(square, 0.0)), up)[0]


@kernel
def geodetic_from_itrf(x, y, z):  # type: ignore[no-untyped-def]
    """Geodetic latitude, east longitude in [0, 2 pi) [rad] and height [m] above WGS 84 of a point in ITRF axes [m]."""
    height, c, s = height_from(math.sqrt(x * x + y * y), z)
    return math.atan2(s, c), math.atan2(y, x) % (2.0 * math.pi), height


@kernel
def itrf_from_geodetic(latitude, longitude, height):  # type: ignore[no-untyped-def]
    """The point [m] in ITRF axes at geodetic latitude, east longitude [rad] and height [m] above WGS 84."""
    s, c = math.sin(latitude), math.cos(latitude)
    n = _A / math.sqrt(1.0 - _E2 * s * s)
    return (n + height) * c * math.cos(longitude), (n + height) * c * math.sin(longitude), (n * (1.0 - _E2) + height) * s


@kernel
def planetocentric(x, y, z, radius):  # type: ignore[no-untyped-def]
    """Latitude, east longitude in [0, 2 pi) [rad] and height [m] above a sphere of that radius [m] of a point in the body's axes [m]."""
    r = math.sqrt(x * x + y * y + z * z)
    return math.atan2(z, math.sqrt(x * x + y * y)), math.atan2(y, x) % (2.0 * math.pi), r - radius


@kernel
def from_planetocentric(latitude, longitude, height, radius):  # type: ignore[no-untyped-def]
    """The point [m] in the body's axes at that latitude, east longitude [rad] and height [m] above a sphere of that radius [m]."""
    r = radius + height
    return (
        r * math.cos(latitude) * math.cos(longitude),
        r * math.cos(latitude) * math.sin(longitude),
        r * math.sin(latitude),
    )
