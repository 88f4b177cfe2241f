"""How the Moon is to be passed, and by how much a flight misses that: the condition of the transfer and of corrections on the way out.

*Model*: B-plane of the osculating hyperbola where the flight is nearest to the Moon (or strikes it), T along the trace of the lunar
equator; the epoch is that of the hyperbola's perilune. *Limits*: flights that come within 66,000 km of the Moon;
others have no answer (NaN).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_MOON_M3_S2
from farside.basis.roots import Condition
from farside.basis.twobody import arrival, impact_parameter
from farside.dynamics import propagate as p
from farside.dynamics.world import Point, World, apsis, coast

Array = NDArray[np.float64]
AT_PERILUNE = (Condition("B-plane, T", "km", 0.5), Condition("B-plane, R", "km", 0.5), Condition("perilune epoch", "s", 1.0))


@dataclass(frozen=True)
class PeriluneGoal:
    """How the Moon is to be passed: epoch, radius, and the angle of B from T (the lunar equator's trace) towards R."""

    epoch_s: float
    radius_m: float
    angle_rad: float


def bplane_miss(world: World, point: Point, goal: PeriluneGoal) -> Array:
    """What a flight from `point` misses: B.T [km], B.R [km], epoch [s]; NaN when it never comes into the Moon's surroundings."""
    flown = coast(world, point, goal.epoch_s + 5.0 * DAY_S, apsis(True), center="moon")
    if flown.point.center != "moon" or flown.status not in (p.STOPPED, p.IMPACT):
        return np.full(3, np.nan)
    at, pole = flown.point, world.moon_me(goal.epoch_s)[2]
    try:
        found = arrival(at.r_m, at.v_m_s, GM_MOON_M3_S2, pole)
    except ValueError:
        return np.full(3, np.nan)
    size = impact_parameter(goal.radius_m, found.excess_m_s, GM_MOON_M3_S2)
    miss_t, miss_r = found.b_t_m - size * math.cos(goal.angle_rad), found.b_r_m - size * math.sin(goal.angle_rad)
    return np.array([miss_t / 1e3, miss_r / 1e3, at.epoch_s + found.to_periapsis_s - goal.epoch_s])
