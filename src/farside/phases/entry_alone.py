"""An entry alone: a capsule from the interface of the atmosphere down, declared in a file of its own, without a mission around it.

For capsules that flew and whose entry was published: the file may hold what was, so that both can be told beside each other.
"""

from __future__ import annotations

import math
import pathlib
import tomllib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field, ValidationError, model_validator

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf, itrf_from_geodetic
from farside.basis.constants import DAY_S
from farside.basis.declaration import FROM_FILE, Altitude, Angle, Declaration, Distance, Epoch, Latitude, Longitude, Mass, Speed, Text
from farside.basis.draws import Draws
from farside.basis.twobody import unit
from farside.craft.module import Craft, Module, Orbit
from farside.dynamics.flying import relative_flow
from farside.dynamics.world import World
from farside.environment.ephemeris import load_sky
from farside.environment.gravity import moon_gravity
from farside.environment.orientation import mean_earth_from, orientation_of
from farside.environment.wind import calm
from farside.guidance.command import vector
from farside.guidance.entry import EntryGoal
from farside.guidance.interface import Interface
from farside.phases.course import Course, LegEnded, Setting, point_of
from farside.phases.entry import Entry
from farside.phases.entry_end import miss_m
from farside.phases.leg import Leg
from farside.planning.plan import Plan

NO_PLAN = Plan("entry alone", "", None, None, None, None, ())


class EntryError(Exception):
    """A file that is no entry, with every problem found in it."""


class Begins(Declaration):
    """The interface: geocentric latitude, east longitude, radius, and the velocity, inertial or relative to the turning Earth."""

    epoch_s: Epoch = Field(alias="epoch")
    latitude_rad: Latitude = Field(alias="latitude")
    longitude_rad: Longitude = Field(alias="longitude")
    radius_m: Distance = Field(alias="radius")
    velocity: Literal["inertial", "relative"]
    speed_m_s: Speed = Field(alias="speed")
    flight_path_angle_rad: Angle = Field(alias="flight_path_angle")
    azimuth_rad: Angle = Field(alias="azimuth")
    mass_kg: Mass = Field(alias="mass")

    @property
    def interface(self) -> Interface:
        inertial = self.velocity == "inertial"
        angles = (self.flight_path_angle_rad, self.azimuth_rad)
        return Interface(self.latitude_rad, self.longitude_rad, self.radius_m, self.speed_m_s, *angles, inertial)


class Aim(Declaration):
    """The place below which the entry is to end: geodetic latitude, east longitude, altitude."""

    latitude_rad: Latitude = Field(alias="latitude")
    longitude_rad: Longitude = Field(alias="longitude")
    altitude_m: Altitude = Field(alias="altitude")


class Published(Declaration):
    """Something that is known of the entry as it was flown, in words: nothing is computed from it.

    `here`: which number of this flight stands beside it: the highest load, the highest heat flux, when and where that is (`hottest`), how
    long it takes, the speed over the ground or the Mach number at its end, the highest point between two dips (`apogee`).
    """

    what: Text
    value: Text
    source: Text
    here: Literal["load", "heat_flux", "hottest", "seconds", "speed", "mach", "apogee"] | None = None


class EntryAlone(Declaration):
    """The whole file: where the entry begins, what it aims at, how it is flown, what was published of it."""

    name: Text
    description: Text
    begins: Begins
    aim: Aim | None = None
    entry: Entry
    published: tuple[Published, ...] = ()

    @model_validator(mode="after")
    def _aims_if_guided(self) -> EntryAlone:
        if self.aim is None and (self.entry.guidance.kind == "skip" or self.entry.miss_max_m is not None):
            raise ValueError("guidance and miss_max need an [aim]: latitude, longitude, altitude")
        return self


@dataclass(frozen=True)
class GateState:
    """The end of an entry: seconds since its beginning, where it is, how fast over the turning Earth."""

    seconds: float
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    speed_m_s: float


def read_alone(path: str | pathlib.Path) -> EntryAlone:
    """The entry that a TOML file declares; `EntryError` with every problem of the file."""
    try:
        raw = tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        if "phases" in raw:
            raise EntryError(f"{path}: this is a mission; `farside fly {path}` flies it, an entry alone has tables [begins] and [entry]")
        return EntryAlone.model_validate(raw, context=FROM_FILE, by_alias=True, by_name=False)
    except FileNotFoundError:
        raise EntryError(f"{path}: No such file; those that come with farside are in missions/entries") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EntryError(f"{path}: {error}") from None
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(str(part) for part in found['loc']) or 'file'}: {found['msg']}" for found in error.errors()]
        raise EntryError("\n".join(lines)) from None


def world_of(epoch_s: float) -> World:
    """The world about an epoch."""
    sky = load_sky(epoch_s - DAY_S, epoch_s + DAY_S)
    axes = orientation_of(sky)
    return World(sky, moon_gravity(orientation=axes), mean_earth_from(axes))


def fly_alone(alone: EntryAlone, run: int | None = None, seed: int = 0) -> Leg:
    """The leg of an entry alone, without errors, or with those of a run."""
    begins = alone.begins
    world, point = world_of(begins.epoch_s), begins.interface.point(begins.epoch_s, begins.mass_kg)
    place = Orbit("earth", vector(point.r_m), vector(point.v_m_s))
    craft = Craft(alone.entry.craft, (Module(alone.entry.craft, begins.mass_kg),), begins.epoch_s, place)
    setting = Setting(world, NO_PLAN, None, goal_of(alone), None, Draws(seed, run or 0, run is not None))
    course = Course(setting, alone.entry.name, craft)
    try:
        alone.entry.fly(course)
    except LegEnded as ended:
        return course.leg(ended.outcome, ended.advice)
    return course.leg()


def goal_of(alone: EntryAlone) -> EntryGoal:
    """The goal as the phase takes it: the aim, else the place below the interface, which is then not asked for."""
    begins, aim = alone.begins, alone.aim
    latitude, longitude, altitude = (begins.latitude_rad, begins.longitude_rad, 0.0) if aim is None else tuple(dict(aim).values())
    site = unit(np.array(itrf_from_geodetic(latitude, longitude, altitude)))
    height = begins.radius_m - 6.371e6
    return EntryGoal(
        site, begins.epoch_s, height, begins.epoch_s, begins.epoch_s, height, begins.flight_path_angle_rad, 0.0, math.inf, math.inf
    )


def end_of(leg: Leg) -> GateState:
    """Where and how an entry ended."""
    point = point_of(leg.after[0])
    latitude, longitude, altitude = geodetic_from_itrf(*(icrf_to_itrf(point.epoch_s) @ point.r_m))
    forces = world_of(point.epoch_s).forces("earth")
    u, v, w, _ = relative_flow(point.epoch_s, point.y, forces, calm())
    speed = math.sqrt(u * u + v * v + w * w)
    return GateState(leg.end_s - leg.start_s, math.degrees(latitude), math.degrees(longitude), float(altitude), speed)


def miss_of(alone: EntryAlone, leg: Leg) -> float | None:
    """Metres along the ground from below where an entry ended to its aim; None without an aim."""
    if alone.aim is None:
        return None
    point = point_of(leg.after[0])
    return miss_m(goal_of(alone), point.epoch_s, point.r_m)
