"""The gate of the atmosphere: what a craft coming home meets there, and how it stands to the recovery site on the turning Earth.

*Model*: a free fall through the height where the capsule leaves the orbiter and on to the entry interface. The range is along the ground
from the point below the entry interface to the site. The cross-range is how far to the left of where the capsule comes down the site will
lie, by the level flight of `guidance.skip`; its spread is that between a slow and a fast skip. *Limits*: no entry physics: a capsule with
lift has to make good what brakings harder or softer than assumed leave, some 25 km.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf
from farside.basis.constants import DAY_S, GM_EARTH_M3_S2, WGS84_RADIUS_M
from farside.basis.twobody import angle_between, cross, unit
from farside.dynamics import propagate as p
from farside.dynamics.world import Point, World, apsis, coast, descent_through
from farside.guidance.skip import SKIP_M_S, side_of

Array = NDArray[np.float64]
GROUND_RADIUS_M = 6.371e6  # mean radius, for distances along the ground
FALL_S = 1175.0  # from 5000 km to 120 km on any return from the Moon, to some seconds; a seed


@dataclass(frozen=True)
class EntryGoal:
    """The recovery site's unit vector (3,) in ITRF, its landing epoch, when the separation height must be passed, and the gate."""

    site_itrf: Array
    landing_s: float
    passage_height_m: float
    passage_min_s: float
    passage_max_s: float
    gate_height_m: float
    flight_path_angle_rad: float
    range_min_m: float
    range_max_m: float
    cross_range_max_m: float

    @property
    def passage_s(self) -> float:
        return 0.5 * (self.passage_min_s + self.passage_max_s)

    def site(self, epoch_s: float) -> Array:
        """The site's unit vector in ICRF axes at an epoch."""
        return np.asarray(icrf_to_itrf(epoch_s).T @ self.site_itrf)


@dataclass(frozen=True)
class Gate:
    """The entry interface of one return; flight-path angle of the inertial velocity, cross-range positive when the site lies left."""

    passage_s: float
    point: Point
    flight_path_angle_rad: float
    range_m: float
    cross_range_m: float
    cross_range_spread_m: float


def gate_at(world: World, passage_s: float, point: Point, goal: EntryGoal) -> Gate:
    """Angles and distances at an entry interface."""
    r, v = point.r_m, point.v_m_s
    here, pole = goal.site(point.epoch_s), world.earth_pole(point.epoch_s)
    range_m = GROUND_RADIUS_M * angle_between(r, here)
    middle, slow, fast = (float(side_of(r, v, pole, here, range_m, skip)) for skip in (SKIP_M_S, 0.95 * SKIP_M_S, 1.05 * SKIP_M_S))
    return Gate(passage_s, point, math.asin(float(unit(r) @ unit(v))), range_m, middle, abs(fast - slow))


def perigee_miss(world: World, point: Point, goal: EntryGoal) -> Array:
    """How a coast home passes the Earth against how it should, defined also where the gate is not reached: perigee radius [km], its epoch
    [s], distance of the turned site from the plane [km]. NaN when the Earth is not passed within three days of the goal."""
    flown = coast(world, point, goal.passage_s + 3.0 * DAY_S, apsis(True), center="earth")
    if flown.point.center != "earth" or flown.status not in (p.STOPPED, p.IMPACT):
        return np.full(3, np.nan)
    r, v = flown.point.r_m, flown.point.v_m_s
    energy = 0.5 * float(v @ v) - GM_EARTH_M3_S2 / float(np.linalg.norm(r))
    perigee, to_perigee = perigee_of(r, v)
    gate_radius = WGS84_RADIUS_M + goal.gate_height_m
    speed = math.sqrt(2.0 * (energy + GM_EARTH_M3_S2 / gate_radius))
    angle = goal.flight_path_angle_rad
    wanted, later = perigee_of(np.array([gate_radius, 0.0, 0.0]), speed * np.array([math.sin(angle), math.cos(angle), 0.0]))
    gate_s = goal.passage_s + FALL_S
    site = goal.site(0.5 * (gate_s + goal.landing_s))
    across = GROUND_RADIUS_M * math.asin(float(unit(cross(r, v)) @ site))
    return np.array([(perigee - wanted) / 1e3, flown.point.epoch_s + to_perigee - (gate_s + later), across / 1e3])


def perigee_of(r: Array, v: Array) -> tuple[float, float]:
    """Osculating perigee radius [m] about the Earth, and the seconds to that perigee (negative: since)."""
    mu, size = GM_EARTH_M3_S2, float(np.linalg.norm(r))
    a = 1.0 / (2.0 / size - float(v @ v) / mu)
    h = cross(r, v)
    e = math.sqrt(max(0.0, 1.0 - float(h @ h) / (mu * a)))
    if a > 0.0:
        anomaly = math.atan2(float(r @ v) / math.sqrt(mu * a), 1.0 - size / a)
        mean = anomaly - e * math.sin(anomaly)
    else:
        anomaly = math.asinh(float(r @ v) / (e * math.sqrt(-mu * a)))
        mean = e * math.sinh(anomaly) - anomaly
    return a * (1.0 - e), -mean * math.sqrt(abs(a) ** 3 / mu)


def fall_to_gate(world: World, point: Point, goal: EntryGoal) -> Gate | None:
    """Coast home from a point about either body; None when the separation height or the gate is not reached."""
    latest = goal.passage_s + 3.0 * DAY_S
    passage = coast(world, point, latest, descent_through(goal.passage_height_m), center="earth")
    if passage.status != p.STOPPED or passage.point.center != "earth":
        return None
    gate = coast(world, passage.point, latest, descent_through(goal.gate_height_m))
    if gate.status != p.STOPPED:
        return None
    return gate_at(world, passage.point.epoch_s, gate.point, goal)
