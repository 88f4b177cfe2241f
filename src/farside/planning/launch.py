"""The launch that takes least propellant into a plane: how far to pitch over, and towards which heading.

*Model*: the closed loop of `guidance.launch` with a nominal launcher and a perfect estimate is flown for each trial; the upper stage may
burn more than it carries, so that a trial says what is asked for, not whether it is there. Heading and pitch-over are found by parabolas
through three trials, in turns: the mass left is smooth in both, and flat at its top. The plane, radius and epoch of liftoff are given.
*Limits*: those of the loop; the steering after the boosters is explicit, so that nothing of it is planned. *How we know*: trials around
the answer take more propellant.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S, GM_EARTH_M3_S2
from farside.basis.twobody import angle_between, cross, unit
from farside.craft.launcher import Launcher
from farside.craft.module import Vector
from farside.dynamics.closed_loop import Turning
from farside.dynamics.insertion import INSERTED, Inertial
from farside.dynamics.launching import UPPER, stack, still_air
from farside.dynamics.world import Point, World
from farside.guidance.command import vector
from farside.guidance.launch import Launch, LaunchLaw, fly_launch
from farside.planning.lunar_plane import PlanError

Array = NDArray[np.float64]
STEP_S = 0.2  # of guidance
ALMOST_ALL = 0.95  # of the upper stage and its payload may be propellant in a forecast
FIRST_PITCH_RAD = math.radians(4.0)  # where the search begins
PITCH_STEP_RAD, HEADING_STEP_RAD = math.radians(0.4), math.radians(0.5)


@dataclass(frozen=True)
class Pad:
    """A pad on the Earth: its place [m] and its plumb line (unit vector), both (3,) in ITRF axes."""

    r_m: Vector
    up: Vector


@dataclass(frozen=True)
class Vessel:
    """What stands on the pad, nominal: the launcher, its payload, how long it rises straight up, how fast it turns."""

    launcher: Launcher
    payload_kg: float
    rise_s: float
    turning: Turning

    @property
    def liftoff_kg(self) -> float:
        return self.launcher.liftoff_kg(self.payload_kg)


@dataclass(frozen=True)
class LaunchAscent:
    """A planned ascent: how it pitches over, and where, when and with how much propellant [kg] it reaches the parking orbit (ICRF).

    `propellant_left_kg` is below zero where the upper stage would need more than it carries. `downrange_rad`: angle at the Earth's centre
    from where the pad was at liftoff.
    """

    liftoff_s: float
    heading_rad: float
    pitch_over_rad: float
    insertion_s: float
    r_m: Vector
    v_m_s: Vector
    downrange_rad: float
    propellant_left_kg: float
    tried: int


def pad_at(latitude_rad: float, longitude_rad: float, altitude_m: float) -> Pad:
    """The pad at a geodetic place (WGS 84)."""
    c = math.cos(latitude_rad)
    up = (c * math.cos(longitude_rad), c * math.sin(longitude_rad), math.sin(latitude_rad))
    x, y, z = itrf_from_geodetic(latitude_rad, longitude_rad, altitude_m)
    return Pad((float(x), float(y), float(z)), up)


def on_pad(world: World, pad: Pad, epoch_s: float, mass_kg: float) -> Point:
    """A craft on the pad, turning with the Earth."""
    r = icrf_to_itrf(epoch_s).T @ np.array(pad.r_m)
    v = EARTH_ROTATION_RATE_RAD_S * cross(world.earth_pole(epoch_s), r)
    return Point("earth", epoch_s, np.array([*r, *v, mass_kg]))


def plane_from(world: World, pad: Pad, liftoff_s: float, azimuth_rad: float) -> Array:
    """The normal (3,), ICRF, of the plane that holds the pad's direction at liftoff and leaves it at an azimuth."""
    site = unit(icrf_to_itrf(liftoff_s).T @ np.array(pad.r_m))
    pole = world.earth_pole(liftoff_s)
    east = unit(cross(pole, site))
    north = cross(site, east)
    return np.asarray(cross(site, math.cos(azimuth_rad) * north + math.sin(azimuth_rad) * east))


def launch_law(
    world: World, pad: Pad, liftoff_s: float, vessel: Vessel, normal: Array, radius_m: float, heading_rad: float, pitch_over_rad: float
) -> LaunchLaw:
    """The law that pitches over towards a heading (clockwise from north) and steers into the circle of that radius and plane."""
    pole, up = world.earth_pole(liftoff_s), icrf_to_itrf(liftoff_s).T @ np.array(pad.up)
    east = unit(cross(pole, up))
    north = cross(up, east)
    core, upper = vessel.launcher.core, vessel.launcher.upper
    wait = vessel.launcher.sequence
    return LaunchLaw(
        liftoff_s,
        vessel.rise_s,
        pitch_over_rad,
        vector(up),
        vector(math.cos(heading_rad) * north + math.sin(heading_rad) * east),
        vector(pole),
        EARTH_ROTATION_RATE_RAD_S,
        radius_m,
        math.sqrt(GM_EARTH_M3_S2 / radius_m),
        radius_m,
        vector(normal),
        core.burn_s,
        core.engine.exhaust_m_s,
        wait.core_wait_s + wait.ignition_wait_s,
        upper.engine.exhaust_m_s,
        upper.engine.thrust_vacuum_n / (upper.gross_kg + vessel.payload_kg),
        STEP_S,
    )


@dataclass(frozen=True)
class Trials:
    """Nominal flights of one vessel from one pad into one plane."""

    world: World
    pad: Pad
    liftoff_s: float
    vessel: Vessel
    normal: Array
    radius_m: float

    def fly(self, heading_rad: float, pitch_over_rad: float) -> tuple[int, Array]:
        """Status and rows of one flight, its upper stage burning whatever it takes."""
        vessel = self.vessel
        law = launch_law(self.world, self.pad, self.liftoff_s, vessel, self.normal, self.radius_m, heading_rad, pitch_over_rad)
        craft = stack(vessel.launcher)
        tanks = craft.tanks_kg.copy()
        tanks[UPPER] = ALMOST_ALL * (vessel.launcher.upper.gross_kg + vessel.payload_kg)
        point = on_pad(self.world, self.pad, self.liftoff_s, vessel.liftoff_kg)
        launch = Launch(law, craft._replace(tanks_kg=tanks), vessel.turning, Inertial(np.zeros(3), 0.0), still_air())
        return fly_launch(self.world, point, point, launch)

    def used_kg(self, heading_rad: float, pitch_over_rad: float) -> float:
        """Propellant of the upper stage to the parking orbit; infinite where it is not reached."""
        status, rows = self.fly(heading_rad, pitch_over_rad)
        empty_kg = self.vessel.launcher.upper.gross_kg + self.vessel.payload_kg
        return empty_kg - float(rows[-1, 7]) if status == INSERTED else math.inf
