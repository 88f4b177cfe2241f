"""The lunar plane: the orbit that passes over the landing site at touchdown and, the node having drifted, again at lift-off.

*Model*: a circle of the declared altitude over the site at touchdown; its azimuth is the one unknown, the site's distance from the orbit's
plane at lift-off the one condition. The node's drift comes from propagation in the full field (about +0.8 deg a day here, with half a
degree of wobble in the inclination from C22), not from a formula. The circle is then flown backwards, so that the arrival can ask for the
plane and the phase it must hand over. *Limits*: the circle is osculating at touchdown; a flown orbit of another eccentricity drifts the
same to 1e-3. *How we know*: forward again from what the backward flight found.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import utc_from_tdb
from farside.basis.roots import secant
from farside.basis.twobody import cross, turned, unit
from farside.dynamics.arcs import Arc
from farside.dynamics.world import Point, World, coast

Array = NDArray[np.float64]
NEAR_RAD = 1e-7  # of the site from the plane: 17 cm on the ground
SCAN = 25  # azimuths tried when the first guess leads nowhere, or to an orbit of the other sense


class PlanError(ValueError):
    """The goals cannot be met: which condition, by how much, and what was tried."""


@dataclass(frozen=True)
class LandingGoal:
    """The site's unit vector (3,) in moon_me axes, its height [m] above the sphere of 1737.4 km, its name,
    and the epochs (TDB s past J2000) of touchdown and lift-off (infinite: never)."""

    site_moon_me: Array
    touchdown_s: float
    lift_off_s: float
    retrograde: bool
    height_m: float = 0.0
    site: str = "landing"


@dataclass(frozen=True)
class LunarPlane:
    """The orbit required at touchdown, and the same orbit flown backwards to the earliest epoch the arrival may reach it."""

    over_site: Point
    azimuth_rad: float
    inclination_rad: float
    backwards: Arc = field(repr=False)

    @property
    def radius_m(self) -> float:
        return float(np.linalg.norm(self.over_site.r_m))

    def state(self, epoch_s: float) -> Array:
        """Position and velocity (6,) about the Moon that the orbit has at an epoch."""
        return np.asarray(self.backwards.at(epoch_s)[0, :6])

    def normals(self, epochs_s: Array) -> Array:
        """Unit normals (k, 3) of the orbit at epochs (k,)."""
        y = self.backwards.at(epochs_s)
        h = np.cross(y[:, :3], y[:, 3:6])
        return np.asarray(h / np.linalg.norm(h, axis=1)[:, None])


def site_direction(world: World, site_moon_me: Array, epoch_s: float) -> Array:
    """The site's unit vector in ICRF axes at an epoch."""
    return np.asarray(world.moon_me(epoch_s).T @ site_moon_me)


def over_site(world: World, goal: LandingGoal, radius_m: float, azimuth_rad: float, mass_kg: float) -> Point:
    """A circular orbit over the site at touchdown, heading `azimuth_rad` clockwise from lunar north."""
    up = site_direction(world, goal.site_moon_me, goal.touchdown_s)
    north = unit(world.moon_me(goal.touchdown_s)[2] - up * float(world.moon_me(goal.touchdown_s)[2] @ up))
    heading = turned(north, up, -azimuth_rad)
    speed = math.sqrt(GM_MOON_M3_S2 / radius_m)
    return Point("moon", goal.touchdown_s, np.concatenate([radius_m * up, speed * heading, [mass_kg]]))


def out_of_plane(world: World, point: Point, site_moon_me: Array) -> float:
    """Angle [rad] of the site from the plane of an orbit about the Moon, positive towards the orbit's normal."""
    normal = unit(cross(point.r_m, point.v_m_s))
    return math.asin(float(np.clip(normal @ site_direction(world, site_moon_me, point.epoch_s), -1.0, 1.0)))


def plan_lunar_plane(world: World, goal: LandingGoal, altitude_m: float, earliest_s: float, mass_kg: float) -> LunarPlane:
    """Solve the azimuth over the site and fly the orbit backwards to `earliest_s`; `PlanError` when no orbit serves both epochs."""
    radius = MOON_RADIUS_M + altitude_m

    def miss(azimuth: float) -> float:
        return out_of_plane(world, coast(world, over_site(world, goal, radius, azimuth, mass_kg), goal.lift_off_s).point, goal.site_moon_me)

    azimuth, left = _root(miss, 1.0 if not goal.retrograde else -1.0)
    if not abs(left) <= NEAR_RAD:
        raise PlanError(
            f"no {'retrograde' if goal.retrograde else 'prograde'} orbit passes over the landing site both at touchdown and at lift-off:"
            f" the best leaves the site {math.degrees(left):.3f} deg out of the plane at lift-off; another stay, site or direction would do"
        )
    start = over_site(world, goal, radius, azimuth, mass_kg)
    back = coast(world, start, earliest_s, keep=True)
    if back.point.epoch_s > earliest_s:
        struck, earliest = utc_from_tdb(back.point.epoch_s, 0), utc_from_tdb(earliest_s, 0)
        raise PlanError(f"the orbit over the site, flown back to {earliest}, strikes the Moon at {struck}; a higher circle would do")
    pole = world.moon_me(goal.touchdown_s)[2]
    inclination = math.acos(float(unit(cross(start.r_m, start.v_m_s)) @ pole))
    return LunarPlane(start, azimuth % (2.0 * math.pi), inclination, back.arcs[0])


def _root(miss: Callable[[float], float], east: float) -> tuple[float, float]:
    """(azimuth, what it misses), heading east (`east` 1) or west (-1): from due east or west, else from a scan of that half."""
    middle = east * 0.5 * math.pi
    azimuth, left = secant(miss, middle, middle + 0.1, 1e-9, limit=0.3)
    if abs(left) <= NEAR_RAD and east * math.sin(azimuth) > 0.0:
        return azimuth, left
    tried = [(a, miss(a)) for a in middle + np.linspace(-0.5, 0.5, SCAN) * math.pi]
    crossings = [(one[0], other[0]) for one, other in itertools.pairwise(tried) if one[1] * other[1] <= 0.0]
    for low, high in sorted(crossings, key=lambda pair: abs(0.5 * (pair[0] + pair[1]) - middle)):
        azimuth, left = secant(miss, low, high, 1e-9)
        if abs(left) <= NEAR_RAD:
            return azimuth, left
    return min(tried, key=lambda pair: abs(pair[1]))
