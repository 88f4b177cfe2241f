"""Flying a powered descent: from the orbit that is left to the ground, by the laws of `guidance.descent`.

`plan_descent` finds the burn into the descent ellipse whose perilune lies where braking must begin, from what the craft knows; `ignition`
the epoch at which the forecast of braking reaches the high gate; `land` runs the closed loop on the truth. *Model and limits*: see
`guidance.descent` and `dynamics.closed_loop`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.roots import secant
from farside.basis.twobody import cross, unit
from farside.craft import module
from farside.dynamics import closed_loop as loop
from farside.dynamics.world import Point, World, apsides, apsis, coast
from farside.guidance.command import Command, after_burn, along_velocity
from farside.guidance.descent import DescentLaw, braking_forecast
from farside.guidance.lunar import GuidanceError

Array = NDArray[np.float64]
STEP_S = 0.1  # of the closed loop: the guidance rate


@dataclass(frozen=True)
class Descent:
    """What flies down: the law, the engine as it is commanded and as it is, turning, sensors, and the ground of the site."""

    law: DescentLaw
    engine: loop.Engine
    turning: loop.Turning
    sensors: loop.Sensors
    ground: loop.Ground
    spot_m: tuple[float, float]
    dry_kg: float
    failure: loop.Failure = loop.SOUND


def site_triad(world: World, site_moon_me: Array, over: Point) -> Array:
    """Rows along, across, up (3, 3) of a site in the sky's Moon axes; along is the ground track of an orbit that passes over it."""
    me = world.moon_me(over.epoch_s)
    up = me.T @ site_moon_me
    track = over.v_m_s - np.cross(2.6617e-6 * me[2], over.r_m)  # the ground's turning: for the direction of the axes only
    along = unit(track - up * float(track @ up))
    to_table = world.me_from_table.T @ me
    return np.ascontiguousarray(np.array([to_table @ along, to_table @ cross(up, along), to_table @ up]))


def lead(world: World, point: Point, descent: Descent) -> float:
    """Metres along the ground by which braking, begun here, would stop past (positive) or short of the high gate."""
    place, velocity, *_ = loop.site_state(point.epoch_s, point.y, world.forces("moon"), descent.ground)
    _, ground = braking_forecast(velocity[0], velocity[2], place[2], point.mass_kg, descent.law, descent.engine.exhaust_m_s)
    return float(place[0] + ground - descent.law.high_gate.x_m)


def plan_descent(world: World, known: Point, engine: module.Engine, descent: Descent, perilune_m: float, touchdown_s: float) -> Command:
    """The burn against the velocity, on the last revolution before `touchdown_s`, into an ellipse whose perilune lies where braking begins.

    Unknowns: its epoch and size. `GuidanceError` when the search does not settle.
    """
    low, high = apsides(known)
    half = math.pi * math.sqrt((0.5 * (perilune_m + 0.5 * (low + high))) ** 3 / GM_MOON_M3_S2)
    centre, delta_v = touchdown_s - half - 1000.0, 40.0
    early = coast(world, known, centre - 3000.0).point
    for _ in range(20):  # from a circle of 200 km half of them, from higher ones more
        command = along_velocity(world, early, centre, -delta_v, engine)
        at = coast(world, after_burn(world, early, command, engine), centre + 3.0 * half, apsis(True, guard_s=600.0)).point
        radius, miss = float(np.linalg.norm(at.r_m)), lead(world, at, descent)
        if abs(radius - perilune_m) < 20.0 and abs(miss) < 500.0:
            return command
        delta_v += (radius - perilune_m) / 4.5e3  # an orbit of 200 km: 1 m/s lowers the opposite side by some 4.5 km
        centre -= miss / 1.6e3
    raise GuidanceError(
        f"descent ellipse: perilune misses by {(radius - perilune_m) / 1e3:.2f} km and the braking point by {miss / 1e3:.1f} km"
    )


def ignition(world: World, known: Point, descent: Descent) -> float:
    """The epoch at which braking must begin, the craft coasting from what it knows."""
    limit = known.epoch_s + 5400.0
    flown = coast(world, known, limit, apsis(True, guard_s=600.0)).point

    def miss(epoch_s: float) -> float:
        return lead(world, coast(world, known, epoch_s).point, descent)

    epoch_s, left = secant(miss, flown.epoch_s - 30.0, flown.epoch_s, 1.0, limit=300.0)
    if not abs(left) <= 10.0:
        raise GuidanceError(f"ignition: the forecast of braking misses the high gate by {left:.0f} m")
    return epoch_s


def land(world: World, point: Point, known: Point, descent: Descent, noise: Array) -> tuple[int, Array, Array]:
    """Fly the closed loop on the truth from where it is; (status, rows of `landing_loop`, the craft's axis at the end, ICRF)."""
    memory = np.zeros(8)
    memory[4:6] = descent.spot_m
    axis = -unit(known.v_m_s)
    status, rows, axis = loop.landing_loop(
        point.epoch_s,
        point.y,
        axis,
        known.y[:6] - point.y[:6],
        memory,
        STEP_S,
        noise.shape[0] - 1,
        descent.dry_kg,
        descent.law,
        descent.engine,
        descent.failure,
        descent.turning,
        descent.sensors,
        descent.ground,
        world.forces("moon"),
        noise,
    )
    return int(status), rows, axis


def along_from_east(triad: Array) -> float:
    """The angle [rad] of the site's axis along, from east to north; `triad` in Moon axes whose third is the pole."""
    east = unit(cross(np.array([0.0, 0.0, 1.0]), triad[2]))
    return math.atan2(float(triad[0] @ cross(triad[2], east)), float(triad[0] @ east))
