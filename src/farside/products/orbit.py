"""How a state is told to people: over which place, how fast, how steep, and on which orbit.

*Model*: WGS 84 ellipsoid and the Earth's orientation of date; the Moon's mean-Earth axes (`moon_me`) and the sphere of 1737.4 km. The
flight-path angle is positive up, from the plane normal to the geocentric radius; the azimuth is clockwise from north, north being the
projection of the body's pole of date on that plane. Orbits are two-body (osculating), to the Earth's true equator and equinox of date or
to the Moon's `moon_me` equator and prime meridian, frozen at that instant; altitudes of apsides are above the equatorial radius of
WGS 84 (6378.137 km) or the sphere.

*Limits*: elements are not defined where they are not: the node of an equatorial orbit and the argument of a circle are what rounding
makes of them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2, MOON_RADIUS_M, WGS84_RADIUS_M
from farside.craft.module import Center, Vector
from farside.environment.ephemeris import Sky
from farside.environment.orientation import equator_frozen, ground_place, ground_velocity, pole_of_date

Array = NDArray[np.float64]

GM_M3_S2 = {"earth": GM_EARTH_M3_S2, "moon": GM_MOON_M3_S2}
RADIUS_M = {"earth": WGS84_RADIUS_M, "moon": MOON_RADIUS_M}


def place(center: Center, epoch_s: float, r_m: Vector, sky: Sky) -> dict[str, float]:
    """Latitude (geodetic on Earth), east longitude 0-360 and altitude of a position about `center`, ICRF axes."""
    ground = ground_place(center, np.array(r_m), epoch_s, sky)
    return {
        "latitude_deg": math.degrees(ground.latitude_rad),
        "longitude_deg": math.degrees(ground.longitude_rad) % 360.0,
        "altitude_km": ground.height_m / 1e3,
    }


def motion(center: Center, epoch_s: float, r_m: Vector, v_m_s: Vector, sky: Sky) -> dict[str, float]:
    """Speed and directions of the inertial velocity, and of the velocity relative to the ground (`ground_...`)."""
    r, v, pole = np.array(r_m), np.array(v_m_s), pole_of_date(center, epoch_s, sky)
    relative = ground_velocity(center, r, v, epoch_s, sky)
    return {**direction(v, r, pole), **direction(relative, r, pole, "ground_")}


def direction(velocity: Array, r: Array, pole: Array, prefix: str = "") -> dict[str, float]:
    """Speed, flight-path angle and azimuth of a velocity (3,) at r (3,), `pole` (3,) being the body's; keys begin with `prefix`."""
    up = r / np.linalg.norm(r)
    east = np.cross(pole, up)
    east = east / np.linalg.norm(east)
    north = np.cross(up, east)
    climb, level = float(velocity @ up), velocity - float(velocity @ up) * up
    return {
        f"{prefix}speed_km_s": float(np.linalg.norm(velocity)) / 1e3,
        f"{prefix}flight_path_angle_deg": math.degrees(math.atan2(climb, float(np.linalg.norm(level)))),
        f"{prefix}azimuth_deg": math.degrees(math.atan2(float(level @ east), float(level @ north))) % 360.0,
    }


def osculating(center: Center, epoch_s: float, r_m: Vector, v_m_s: Vector, sky: Sky) -> dict[str, float | None]:
    """The two-body orbit through a state about `center`, ICRF axes; apoapsis and period are None on a hyperbola."""
    equator, mu = equator_frozen(center, epoch_s, sky), GM_M3_S2[center]
    r, v = equator @ np.array(r_m), equator @ np.array(v_m_s)
    size, h = float(np.linalg.norm(r)), np.cross(r, v)
    c3 = float(v @ v) - 2.0 * mu / size
    e = np.cross(v, h) / mu - r / size
    eccentricity, parameter = float(np.linalg.norm(e)), float(h @ h) / mu
    node = np.array([-h[1], h[0], 0.0]) / math.hypot(h[0], h[1])
    across = np.cross(h / np.linalg.norm(h), node)
    bound = c3 < 0.0
    return {
        "periapsis_altitude_km": (parameter / (1.0 + eccentricity) - RADIUS_M[center]) / 1e3,
        "apoapsis_altitude_km": (parameter / (1.0 - eccentricity) - RADIUS_M[center]) / 1e3 if bound else None,
        "inclination_deg": math.degrees(math.atan2(math.hypot(h[0], h[1]), float(h[2]))),
        "node_deg": math.degrees(math.atan2(node[1], node[0])) % 360.0,
        "argument_of_periapsis_deg": math.degrees(math.atan2(float(e @ across), float(e @ node))) % 360.0,
        "period_s": 2.0 * math.pi * mu / (-c3) ** 1.5 if bound else None,
        "c3_km2_s2": c3 / 1e6,
    }


def plane_change_deg(before: tuple[Vector, Vector], after: tuple[Vector, Vector]) -> float:
    """Angle between the osculating planes of two states (r, v) about one centre."""
    a, b = (np.cross(np.array(r), np.array(v)) for r, v in (before, after))
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b)))
