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
from functools import partial

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S, GM_EARTH_M3_S2
from farside.basis.twobody import angle_between, cross, unit
from farside.craft.launcher import Launcher
from farside.craft.module import STANDARD_GRAVITY_M_S2, Landed, Vector
from farside.dynamics.closed_loop import Turning
from farside.dynamics.insertion import INSERTED, Inertial
from farside.dynamics.launching import SEGMENT
from farside.dynamics.rocket import ALONE, UPPER, stack, still_air
from farside.dynamics.world import Point, World, landed_states
from farside.guidance.command import vector
from farside.guidance.launch import Launch, LaunchLaw, fly_launch
from farside.planning.lunar_plane import PlanError

Array = NDArray[np.float64]
STEP_S = 0.2  # of guidance
ALMOST_ALL = 0.95  # of the upper stage and its payload may be propellant in a forecast
FIRST_PITCH_RAD, FIRST_RATIO, FIRST_ROW = math.radians(0.3), 1.4, 10  # the row of pitch-overs that the search begins with: 0.3 to 6 deg
HEADING_STEP_RAD = math.radians(0.5)


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
    return Point("earth", epoch_s, landed_states(world, Landed("earth", pad.r_m, "pad"), np.array([epoch_s]), mass_kg)[0][0])


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
        np.empty((0, 3)),
    )


def program(rows: Array) -> Array:
    """The axes (n, 3) of a flown turn in the air, every `STEP_S` from liftoff on, as a law takes them."""
    turn = rows[rows[:, SEGMENT] < ALONE]
    times = np.arange(turn[0, 0], turn[-1, 0], STEP_S)
    axes = np.array([np.interp(times, turn[:-1, 0], turn[1:, 9 + i]) for i in range(3)]).T  # a row tells the axis of the step before it
    return np.ascontiguousarray(axes / np.linalg.norm(axes, axis=1)[:, None])


@dataclass(frozen=True)
class Trials:
    """Nominal flights of one vessel from one pad into one plane."""

    world: World
    pad: Pad
    liftoff_s: float
    vessel: Vessel
    normal: Array
    radius_m: float

    def law(self, heading_rad: float, pitch_over_rad: float) -> LaunchLaw:
        """The law whose turn follows the velocity."""
        angles = (heading_rad, pitch_over_rad)
        return launch_law(self.world, self.pad, self.liftoff_s, self.vessel, self.normal, self.radius_m, *angles)

    def flight_law(self, heading_rad: float, pitch_over_rad: float) -> LaunchLaw:
        """The law that flies it: the turn in the air as a program."""
        law = self.law(heading_rad, pitch_over_rad)
        return law._replace(program=program(self.fly(law)[1]))

    def fly(self, law: LaunchLaw) -> tuple[int, Array]:
        """Status and rows of one flight, its upper stage burning whatever it takes."""
        vessel = self.vessel
        craft = stack(vessel.launcher)
        tanks = craft.tanks_kg.copy()
        tanks[UPPER] = ALMOST_ALL * (vessel.launcher.upper.gross_kg + vessel.payload_kg)
        point = on_pad(self.world, self.pad, self.liftoff_s, vessel.liftoff_kg)
        launch = Launch(law, craft._replace(tanks_kg=tanks), vessel.turning, Inertial(np.zeros(3), 0.0), still_air())
        return fly_launch(self.world, point, point, launch)

    def used_kg(self, heading_rad: float, pitch_over_rad: float) -> float:
        """Propellant of the upper stage to the parking orbit; infinite where it is not reached."""
        status, rows = self.fly(self.law(heading_rad, pitch_over_rad))
        empty_kg = self.vessel.launcher.upper.gross_kg + self.vessel.payload_kg
        return empty_kg - float(rows[-1, 7]) if status == INSERTED else math.inf


def plan_launch(trials: Trials, azimuth_rad: float, near: LaunchAscent | None = None) -> LaunchAscent:
    """The ascent of least propellant into the trials' plane, which leaves the pad at `azimuth_rad`; from a neighbouring one if given.

    `PlanError` when the launcher does not rise, or reaches the parking orbit at no pitch-over.
    """
    _can_rise(trials.vessel)
    known: dict[tuple[float, float], float] = {}

    def used(heading: float, log_pitch: float) -> float:
        key = (heading, log_pitch)
        if key not in known:
            known[key] = trials.used_kg(heading, math.exp(log_pitch))
        return known[key]

    heading = near.heading_rad if near else azimuth_rad
    pitch = math.log(near.pitch_over_rad) if near else _first_pitch(trials, heading)
    step = 0.05 if near else 0.2
    for _ in range(2):
        pitch = lowest(partial(used, heading), pitch, step)
        heading = lowest(partial(_swapped, used, pitch), heading, HEADING_STEP_RAD)
        step = 0.05
    return ascent_of(trials, heading, math.exp(pitch), len(known) + 1)


def _swapped(function: Callable[[float, float], float], second: float, first: float) -> float:
    """A function of two numbers, as one of its first."""
    return function(first, second)


def lowest(function: Callable[[float], float], x: float, step: float) -> float:
    """Where a smooth function is lowest: the vertex of the parabola through three points around its lowest trial."""
    low, here, high = (function(x + k * step) for k in (-1.0, 0.0, 1.0))
    for _ in range(40):
        if here <= min(low, high):
            break
        if low < high:
            x, low, here, high = x - step, function(x - 2.0 * step), low, here
        else:
            x, low, here, high = x + step, here, high, function(x + 2.0 * step)
    bend = low - 2.0 * here + high
    return x + (0.5 * step * (low - high) / bend if math.isfinite(bend) and bend > 0.0 else 0.0)


def _first_pitch(trials: Trials, heading_rad: float) -> float:
    """The logarithm of a pitch-over that leads to the parking orbit, the best of a coarse row from little to much."""
    pitch, used = _best_of_row(trials, heading_rad)
    if not math.isfinite(used):
        most = heaviest_kg(trials, heading_rad)
        raise PlanError(
            f"launch: a payload of {trials.vessel.payload_kg:.0f} kg is too heavy for {trials.vessel.launcher.name} by"
            f" {trials.vessel.payload_kg - most:.0f} kg, about {most:.0f} kg reach that orbit; less payload or a lower orbit would do"
        )
    return math.log(pitch)


def _best_of_row(trials: Trials, heading_rad: float) -> tuple[float, float]:
    """Of a row of pitch-overs the one that takes least propellant, and how much."""
    row = [FIRST_PITCH_RAD * FIRST_RATIO**k for k in range(FIRST_ROW)]
    return min(((pitch, trials.used_kg(heading_rad, pitch)) for pitch in row), key=lambda found: found[1])


def heaviest_kg(trials: Trials, heading_rad: float) -> float:
    """The heaviest payload that reaches the parking orbit with what the upper stage carries, to half a percent; by bisection."""
    propellant = trials.vessel.launcher.upper.propellant_kg
    low, high = 0.0, trials.vessel.payload_kg
    while high - low > 0.005 * high:
        middle = 0.5 * (low + high)
        enough = _best_of_row(replace(trials, vessel=replace(trials.vessel, payload_kg=middle)), heading_rad)[1] <= propellant
        low, high = (middle, high) if enough else (low, middle)
    return low


def _can_rise(vessel: Vessel) -> None:
    stages = (vessel.launcher.boosters, vessel.launcher.core)
    thrust = sum(stage.count * stage.engine.thrust_sea_level_n for stage in stages)
    weight = vessel.liftoff_kg * STANDARD_GRAVITY_M_S2
    if thrust <= weight:
        raise PlanError(
            f"launch: {thrust / 1e3:.0f} kN do not lift {vessel.liftoff_kg / 1e3:.1f} t, which weigh {weight / 1e3:.0f} kN;"
            f" {(weight - thrust) / STANDARD_GRAVITY_M_S2 / 1e3:.1f} t less would do, or more thrust"
        )


def ascent_of(trials: Trials, heading_rad: float, pitch_over_rad: float, tried: int = 1) -> LaunchAscent:
    """The ascent as it is flown with a heading and a pitch-over."""
    vessel, (_, rows) = trials.vessel, trials.fly(trials.flight_law(heading_rad, pitch_over_rad))
    first, last = rows[0], rows[-1]
    left = float(last[7]) - vessel.launcher.upper.dry_kg - vessel.payload_kg
    downrange = angle_between(first[1:4], last[1:4])
    at = (float(last[0]), vector(last[1:4]), vector(last[4:7]))
    return LaunchAscent(trials.liftoff_s, heading_rad, pitch_over_rad, *at, downrange, left, tried)
