"""Away from the air: the least burn that raises a perigee, for a craft that brought a capsule to the Earth and is to fly past it.

*Model*. For an impulse the least velocity change points along the gradient of the perigee's radius with respect to velocity, which has a
closed form on the osculating ellipse or hyperbola; on the way down from the Moon it lies near the horizontal, forward. The burn holds that
direction, of the middle of the burn; its size is solved with the finite burn in the full field, from what the craft knows, until the
perigee that is flown has the height asked for. *Limits*: the gradient is that of the orbit before the burn; over 100 m/s the best direction
turns by a degree, which costs two ten-thousandths. The perigee is the point of least distance; the ellipsoid is nearest beside it, by less
than 100 m of height. No air: below 150 km there is some. *How we know*: the gradient against differences; the burn turned by five degrees
either way costs more.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import height_above_ellipsoid
from farside.basis.constants import DAY_S, GM_EARTH_M3_S2, WGS84_RADIUS_M
from farside.basis.roots import secant
from farside.basis.twobody import cross
from farside.craft.module import Engine
from farside.dynamics import propagate as p
from farside.dynamics.world import Point, World, apsis, burn_seconds, coast
from farside.guidance.command import Command, after_burn, fixed
from farside.guidance.entry import perigee_of
from farside.guidance.lunar import GuidanceError

Array = NDArray[np.float64]
NEAR_M = 10.0  # the perigee is solved to so much
LATEST_S = DAY_S  # a perigee that does not come by then is not that of this way down


def perigee_gradient(r_m: Array, v_m_s: Array) -> Array:
    """By how much the osculating perigee's radius rises for each component of velocity [s] (3,), in the axes of `r_m` and `v_m_s`."""
    mu, normal = GM_EARTH_M3_S2, cross(r_m, v_m_s)
    h, energy = float(np.linalg.norm(normal)), 0.5 * float(v_m_s @ v_m_s) - GM_EARTH_M3_S2 / float(np.linalg.norm(r_m))
    e = math.sqrt(max(1e-24, 1.0 + 2.0 * energy * h * h / (mu * mu)))
    by_e = -h * h / (mu * (1.0 + e) ** 2)
    by_h = 2.0 * h / (mu * (1.0 + e)) + by_e * 2.0 * energy * h / (mu * mu * e)
    return np.asarray(by_h * cross(normal / h, r_m) + by_e * h * h / (mu * mu * e) * v_m_s)


def height(world: World, point: Point) -> float:
    """The height [m] of a point about the Earth above the ellipsoid of WGS 84."""
    pole = world.earth_pole(point.epoch_s)
    return float(height_above_ellipsoid(*point.r_m, *pole))


def perigee_height(world: World, point: Point) -> float:
    """The height [m] above the ellipsoid of the perigee that a coast from a point leads to; of one below the ground the osculating."""
    flown = coast(world, point, point.epoch_s + LATEST_S, apsis(True), center="earth")
    if flown.status == p.STOPPED:
        return height(world, flown.point)
    return perigee_of(flown.point.r_m, flown.point.v_m_s)[0] - WGS84_RADIUS_M


def divert(world: World, known: Point, engine: Engine, ignition_s: float, perigee_m: float) -> Command | None:
    """The least burn from `ignition_s` on that leads to a perigee `perigee_m` above the ellipsoid; None when the coast leads higher.

    `GuidanceError` when the perigee is passed before the burn ends, or the search does not settle.
    """
    start = coast(world, known, ignition_s, center="earth").point
    lacking = perigee_m - perigee_height(world, start)
    if lacking <= 0.0:
        return None
    guess = lacking / float(np.linalg.norm(perigee_gradient(start.r_m, start.v_m_s)))
    seconds = burn_seconds(start.mass_kg, guess, engine.thrust_n, engine.exhaust_speed_m_s)
    middle = coast(world, start, ignition_s + 0.5 * seconds).point
    steering = fixed(perigee_gradient(middle.r_m, middle.v_m_s), ignition_s)

    def after(delta_v_m_s: float) -> Point:
        return after_burn(world, start, Command(ignition_s, delta_v_m_s, steering), engine)

    delta_v, left = secant(lambda x: perigee_height(world, after(x)) - perigee_m, guess, 1.02 * guess, NEAR_M, limit=0.5 * guess)
    end = after(delta_v)
    if float(end.r_m @ end.v_m_s) >= 0.0:
        raise GuidanceError("divert: the perigee is passed before the burn ends; a shorter wait or more thrust would do")
    if not abs(left) <= NEAR_M:
        raise GuidanceError(f"divert: the perigee misses its height by {left / 1e3:.1f} km; a shorter wait or more thrust would do")
    return Command(ignition_s, delta_v, steering)
