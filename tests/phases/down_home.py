"""A capsule of Chang'e's kind at the end of its entry, the phases that bring it home, and the legs that they make."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from farside.basis.axes import itrf_from_geodetic
from farside.basis.declaration import Declaration
from farside.basis.draws import Draws
from farside.basis.twobody import unit
from farside.craft.module import Craft, Landed, Module, Orbit
from farside.dynamics.world import World
from farside.guidance.command import vector
from farside.guidance.entry import EntryGoal
from farside.guidance.interface import Interface
from farside.phases.course import Course, LegEnded, Setting
from farside.phases.entry import Entry, HeldBank
from farside.phases.leg import Leg
from farside.phases.parachute import Parachute
from farside.planning.goals import Site
from farside.planning.plan import Plan

D = math.radians
EPOCH_S, MASS_KG = 772567600.0, 301.5
RECOVERY = Site(body="earth", latitude_rad=D(42.3), longitude_rad=D(111.4), altitude_m=1100.0)
SITES = {
    "recovery": RECOVERY,
    "airfield": Site(body="earth", latitude_rad=D(40.85), longitude_rad=D(111.82), altitude_m=1080.0),
    "laboratory": Site(body="earth", latitude_rad=D(40.0), longitude_rad=D(116.38), altitude_m=50.0),
}
SITE = unit(np.array(itrf_from_geodetic(RECOVERY.latitude_rad, RECOVERY.longitude_rad, RECOVERY.altitude_m)))
GOAL = EntryGoal(SITE, EPOCH_S + 500.0, 5e6, EPOCH_S - 3000.0, EPOCH_S - 2900.0, 120e3, D(-5.8), 5e6, 6.5e6, 1e5)
PLAN = Plan("test", "0", None, None, None, None, ())
ENTRY = Entry(
    name="air",
    kind="entry",
    craft="capsule",
    aeroshell="change_returner",
    roll_rate_rad_s=D(15.0),
    roll_acceleration_rad_s2=D(5.0),
    guidance=HeldBank(kind="constant_bank", bank_rad=0.0),
    gate_altitude_m=10e3,
    gate_speed_m_s=100.0,
    skip_altitude_m=80e3,
    load_limit_m_s2=70.0,
    density_error=0.1,
    lift_error=0.05,
    drag_error=0.05,
    wind_error=0.5,
    accelerometer_bias_m_s2=5e-4,
    accelerometer_scale=1e-4,
)
DROGUE: dict[str, Any] = {
    "canopy": "conical_ribbon",
    "diameter_m": 2.0,
    "altitude_m": 10e3,
    "mach_max": 0.8,
    "pressure_min_pa": 500.0,
    "pressure_max_pa": 8e3,
    "load_limit_n": 20e3,
}
MAIN: dict[str, Any] = {"canopy": "ringsail", "diameter_m": 8.0, "altitude_m": 6e3, "load_limit_n": 30e3}
REEFED = {"reefed": 0.3, "reefed_for_s": 8.0}


def parachute(drogue: dict[str, Any] | None = None, main: dict[str, Any] | None = None, **fields: Any) -> Parachute:
    """The phase, with changes to its canopies or to itself."""
    kept = {"name": "parachute", "kind": "parachute", "craft": "capsule", "drag_error": 0.05}
    kept |= {"vertical_speed_max_m_s": 14.0, "horizontal_speed_max_m_s": 15.0}
    return Parachute(**(kept | fields), drogue=DROGUE | (drogue or {}), main=MAIN | (main or {}))


def setting(world: World, run: int | None = None) -> Setting:
    """What the phases are given; with `run`, the errors of that run."""
    return Setting(world, PLAN, None, GOAL, None, Draws(6, run or 0, run is not None), sites=SITES, phases=(ENTRY,))


def capsule(height_m: float = 10e3, speed_m_s: float = 120.0, angle_deg: float = -75.0, north_deg: float = 0.0) -> Craft:
    """The capsule in the air over the recovery site, or so many degrees north of it, flying east."""
    x, y, z = itrf_from_geodetic(RECOVERY.latitude_rad + D(north_deg), RECOVERY.longitude_rad, height_m)
    at = math.asin(z / math.hypot(x, y, z)), math.atan2(y, x), math.hypot(x, y, z)
    point = Interface(*at, speed_m_s, D(angle_deg), D(90.0), inertial=False).point(EPOCH_S, MASS_KG)
    return Craft("capsule", (Module("returner", MASS_KG),), EPOCH_S, Orbit("earth", vector(point.r_m), vector(point.v_m_s)))


def standing(north_deg: float = 0.0, east_deg: float = 0.0) -> Craft:
    """The capsule on the ground, so far from the recovery site."""
    place = itrf_from_geodetic(RECOVERY.latitude_rad + D(north_deg), RECOVERY.longitude_rad + D(east_deg), RECOVERY.altitude_m)
    return Craft("capsule", (Module("returner", MASS_KG),), EPOCH_S, Landed("earth", vector(np.array(place)), "recovery"))


def flown(world: World, phase: Declaration, craft: Craft, run: int | None = None) -> Leg:
    """The leg of a phase."""
    course = Course(setting(world, run), phase.name, craft)  # type: ignore[attr-defined]
    try:
        phase.fly(course)  # type: ignore[attr-defined]
    except LegEnded as ended:
        return course.leg(ended.outcome, ended.advice)
    return course.leg()
