"""From the parking orbit to the Moon: the plane, the coast and the trans-lunar burn.

*Model*: the parking orbit's plane holds the launch site's direction at liftoff, so its launch azimuth is the first unknown; the ignition
in the parking orbit and the velocity change are the others. Wanted: where in the B-plane, and when, the Moon is passed. The seed is a
two-body ellipse from the parking orbit to where the Moon will be; every trial after it is a full flight with a finite burn along the
velocity. The ascent is a declared time and angle from the site, or one that was flown, turned about the site with the azimuth
(`planning.to_orbit`). *Limits*: one burn. *How we know*: the residual is flown, not linearised; both sides of the B-plane and both senses
of the lunar orbit are tested.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_EARTH_M3_S2
from farside.basis.roots import Condition, Solution, secant, solve
from farside.basis.twobody import cross, kepler, turned, unit
from farside.craft.module import Engine, Vector
from farside.dynamics.world import Point, World, apsis, burn_seconds, coast
from farside.guidance.command import Command, after_burn, sweep
from farside.guidance.passage import PeriluneGoal, bplane_miss
from farside.planning.lunar_plane import PlanError

Array = NDArray[np.float64]

ROUGH = tuple(Condition(f"two-body position at the Moon, {axis}", "km", 300.0) for axis in "xyz")
# An epoch of 2024 resolves 0.12 microseconds: a millimetre at ignition, metres at the Moon; nearer than this is noise.
CONDITIONS = (Condition("B-plane, T", "km", 0.02), Condition("B-plane, R", "km", 0.02), Condition("perilune epoch", "s", 0.1))


@dataclass(frozen=True)
class Inserted:
    """Where an ascent towards an azimuth [rad] reached the parking orbit: position [m] and velocity [m/s] about the Earth, ICRF."""

    azimuth_rad: float
    r_m: Vector
    v_m_s: Vector


@dataclass(frozen=True)
class LaunchGoal:
    """Where the road begins: the site's unit vector (3,) at liftoff, ICRF; epochs TDB s past J2000, angles rad, radius m.

    `flown`: the end of an ascent that was flown; without one, time, angle and radius say where the parking orbit begins.
    """

    site_icrf: Array
    insertion_s: float
    downrange_rad: float
    radius_m: float
    azimuth_min_rad: float
    azimuth_max_rad: float
    mass_kg: float
    flown: Inserted | None = None


@dataclass(frozen=True)
class Transfer:
    """The launch azimuth, the insertion point and the trans-lunar burn that meet a perilune goal, and the flight to that perilune."""

    azimuth_rad: float
    insertion: Point
    command: Command
    perilune: Point
    solution: Solution


def insertion(world: World, launch: LaunchGoal, azimuth_rad: float) -> Point:
    """The parking orbit's first point for a launch azimuth; a flown ascent is turned about the site."""
    if launch.flown is not None:
        turn = launch.flown.azimuth_rad - azimuth_rad
        r, v = (turned(np.array(vector), launch.site_icrf, turn) for vector in (launch.flown.r_m, launch.flown.v_m_s))
        return Point("earth", launch.insertion_s, np.array([*r, *v, launch.mass_kg]))
    pole = world.earth_pole(launch.insertion_s)
    north = unit(pole - launch.site_icrf * float(pole @ launch.site_icrf))
    heading = turned(north, launch.site_icrf, -azimuth_rad)
    normal = cross(launch.site_icrf, heading)
    up = turned(launch.site_icrf, normal, launch.downrange_rad)
    speed = math.sqrt(GM_EARTH_M3_S2 / launch.radius_m)
    return Point("earth", launch.insertion_s, np.concatenate([launch.radius_m * up, speed * cross(normal, up), [launch.mass_kg]]))


def seed(world: World, launch: LaunchGoal, perilune_s: float) -> tuple[float, float, float]:
    """Azimuth, epoch of the impulse and velocity change of the two-body ellipse that meets the Moon's centre."""
    moon = world.moon(perilune_s)[:3]
    pole, site = world.earth_pole(perilune_s), launch.site_icrf
    normal = unit(cross(site, moon))
    normal = normal if normal @ pole > 0.0 else -normal
    north, east = unit(pole - site * float(pole @ site)), unit(cross(pole, site))
    heading = cross(normal, site)
    azimuth = math.atan2(float(heading @ east), float(heading @ north)) % (2.0 * math.pi)
    distance, speed = float(np.linalg.norm(moon)), math.sqrt(GM_EARTH_M3_S2 / launch.radius_m)
    to_moon = math.atan2(float(cross(site, moon) @ normal), float(site @ moon)) % (2.0 * math.pi)
    flight_s = perilune_s - launch.insertion_s - 1800.0
    for _ in range(20):
        perigee_speed, anomaly = _ellipse(launch.radius_m, distance, flight_s)
        angle = (to_moon - anomaly - launch.downrange_rad) % (2.0 * math.pi)
        coast_s = angle * launch.radius_m / speed
        flight_s = perilune_s - launch.insertion_s - coast_s
    return azimuth, launch.insertion_s + coast_s, perigee_speed - speed


def _ellipse(perigee_m: float, distance_m: float, seconds: float) -> tuple[float, float]:
    """Perigee speed and true anomaly of the orbit that rises from its perigee to a distance in so many seconds."""
    escape = math.sqrt(2.0 * GM_EARTH_M3_S2 / perigee_m)

    def radius_reached(speed: float) -> float:
        r, v = kepler(np.array([perigee_m, 0.0, 0.0]), np.array([0.0, speed, 0.0]), seconds, GM_EARTH_M3_S2)
        past = float(r @ v) < 0.0
        apogee = 1.0 / (1.0 / perigee_m * (2.0 * GM_EARTH_M3_S2 / (perigee_m * speed**2) - 1.0)) if past else 0.0
        return ((2.0 * apogee - float(np.linalg.norm(r))) if past else float(np.linalg.norm(r))) / distance_m - 1.0

    least = math.sqrt(2.0 * GM_EARTH_M3_S2 / perigee_m * distance_m / (perigee_m + distance_m))
    speed, _ = secant(
        lambda v: radius_reached(v) if not 0.0 < v < least else -1.0, escape * 0.9999, escape * 1.01, 1e-9, limit=0.01 * escape
    )
    r, _ = kepler(np.array([perigee_m, 0.0, 0.0]), np.array([0.0, speed, 0.0]), seconds, GM_EARTH_M3_S2)
    return speed, math.atan2(r[1], r[0]) % (2.0 * math.pi)


def burn_command(world: World, parking: Point, ignition_s: float, delta_v_m_s: float, engine: Engine) -> Command:
    """The trans-lunar burn along the velocity: it turns as the velocity does between ignition and cut-off (found in two passes)."""
    start = coast(world, parking, ignition_s).point
    seconds = burn_seconds(start.mass_kg, delta_v_m_s, engine.thrust_n, engine.exhaust_speed_m_s)
    ahead = turned(
        start.v_m_s, unit(cross(start.r_m, start.v_m_s)), seconds * float(np.linalg.norm(start.v_m_s) / np.linalg.norm(start.r_m))
    )
    for _ in range(2):
        command = Command(ignition_s, delta_v_m_s, sweep(start.v_m_s, ignition_s, ahead, ignition_s + seconds))
        ahead = after_burn(world, start, command, engine).v_m_s
    return command


def plan_transfer(world: World, launch: LaunchGoal, engine: Engine, goal: PeriluneGoal, near: Transfer | None = None) -> Transfer:
    """Solve the trans-lunar burn for a perilune goal, from a neighbouring transfer if there is one; `PlanError` says what was missed."""

    def trial(x: Array) -> tuple[Point, Command]:
        parking = insertion(world, launch, x[0])
        return parking, burn_command(world, parking, launch.insertion_s + float(x[1]), float(x[2]), engine)

    def residual(x: Array) -> Array:
        parking, command = trial(x)
        return bplane_miss(world, after_burn(world, parking, command, engine), goal)

    def rough(x: Array) -> Array:
        parking, command = trial(x)
        end = after_burn(world, parking, command, engine)
        r, _ = kepler(end.r_m, end.v_m_s, goal.epoch_s - end.epoch_s, GM_EARTH_M3_S2)
        return np.asarray((r - world.moon(goal.epoch_s)[:3]) / 1e3)

    steps, limits = np.array([1e-6, 1e-2, 1e-3]), np.array([0.05, 60.0, 10.0])
    if near is None:
        azimuth, impulse_s, delta_v = seed(world, launch, goal.epoch_s)
        seconds = burn_seconds(launch.mass_kg, delta_v, engine.thrust_n, engine.exhaust_speed_m_s)
        first = np.array([azimuth, impulse_s - 0.5 * seconds - launch.insertion_s, delta_v])
        start, jacobian = solve(rough, first, steps, ROUGH, 5.0 * limits).x, None
    else:
        start = np.array([near.azimuth_rad, near.command.ignition_s - launch.insertion_s, near.command.delta_v_m_s])
        jacobian = near.solution.jacobian
    found = solve(residual, start, steps, CONDITIONS, limits, jacobian)
    if not found.met:
        raise PlanError(f"transfer: {found.advice}; another launch epoch, arrival epoch or parking altitude would do")
    if not launch.azimuth_min_rad <= found.x[0] <= launch.azimuth_max_rad:
        raise PlanError(
            f"transfer: the launch azimuth must be {math.degrees(found.x[0]):.2f} deg, allowed are"
            f" {math.degrees(launch.azimuth_min_rad):.1f} to {math.degrees(launch.azimuth_max_rad):.1f} deg;"
            " another liftoff time of day would do"
        )
    parking, command = trial(found.x)
    perilune = coast(world, after_burn(world, parking, command, engine), goal.epoch_s + DAY_S, apsis(True), center="moon").point
    return Transfer(float(found.x[0]), parking, command, perilune, found)
