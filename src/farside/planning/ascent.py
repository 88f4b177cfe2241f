"""What an ascent is to reach, and what it will take: perilune of an ellipse, level, in the orbiter's plane.

*Model*: the orbiter is flown to the insertion; its plane there is the target. Duration and velocity change are those of the closed loop
with a nominal engine, a perfect estimate and as much propellant as it asks for. The place does not lie in the orbiter's plane exactly:
the price of yawing into it is the velocity change over that into the nearest plane through the place. *Limits*: those of the loop. *How
we know*: without any distance from the plane there is no price; with some, it grows as the square.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.twobody import cross, unit
from farside.craft.module import Landed, Vector
from farside.dynamics.closed_loop import Engine, Turning
from farside.dynamics.insertion import INSERTED, Inertial
from farside.dynamics.world import Point, World, coast, landed_states
from farside.guidance.ascent import Ascent, AscentLaw, fly_ascent
from farside.guidance.command import vector
from farside.planning.lunar_plane import PlanError

Array = NDArray[np.float64]
STEP_S = 0.1  # of guidance
FIRST_GUESS_S = 370.0  # to insertion: the plane turns by 4e-5 deg in the seconds that this is wrong
ALMOST_ALL = 0.95  # of the mass may be propellant here: the forecast says what is asked for, not whether it is there


@dataclass(frozen=True)
class Ascender:
    """What lifts off: its mass, how it rises, its engine and how fast it turns, all nominal."""

    mass_kg: float
    rise_s: float
    engine: Engine
    turning: Turning


@dataclass(frozen=True)
class AscentPlan:
    """The insertion aimed at and its price. Epochs TDB s past J2000; distances from the Moon's centre.

    `normal` (3,) of the target plane, ICRF axes; `out_of_plane_rad`: the place from that plane at lift-off, positive towards the normal;
    `plane_price_m_s`: what yawing costs of `delta_v_m_s`.
    """

    lift_off_s: float
    perilune_m: float
    apolune_m: float
    normal: Vector
    out_of_plane_rad: float
    plane_price_m_s: float
    duration_s: float
    delta_v_m_s: float
    propellant_kg: float

    @property
    def insertion_s(self) -> float:
        return self.lift_off_s + self.duration_s

    @property
    def speed_m_s(self) -> float:
        """The horizontal speed at insertion."""
        return perilune_speed(self.perilune_m, self.apolune_m)


def perilune_speed(perilune_m: float, apolune_m: float) -> float:
    """Speed [m/s] at the perilune of an ellipse of those distances from the Moon's centre."""
    return math.sqrt(2.0 * GM_MOON_M3_S2 * apolune_m / (perilune_m * (perilune_m + apolune_m)))


def ascent_law(ascender: Ascender, perilune_m: float, apolune_m: float, normal: Vector) -> AscentLaw:
    """The law for an insertion at perilune, level, in the plane of that normal."""
    speed, half = perilune_speed(perilune_m, apolune_m), 0.5 * (perilune_m + apolune_m)
    engine = ascender.engine
    return AscentLaw(ascender.rise_s, perilune_m, speed, half, normal, engine.exhaust_m_s, engine.lag_s, STEP_S)


def plan_ascent(
    world: World, site: Landed, lift_off_s: float, orbiter: Point, ascender: Ascender, perilune_m: float, apolune_m: float
) -> AscentPlan:
    """The target and the price of an ascent from a place on the Moon, at `lift_off_s`, into the plane of `orbiter`.

    `orbiter` at any epoch; it is flown to the insertion. `PlanError` when the thrust does not carry the weight, or nothing is left to
    insert.
    """
    start = landed_states(world, site, np.array([lift_off_s]), ascender.mass_kg)[0][0]
    _can_rise(start, ascender)
    there = coast(world, orbiter, lift_off_s + FIRST_GUESS_S, center="moon").point
    normal = unit(cross(there.r_m, there.v_m_s))
    up = unit(start[:3])
    out = float(normal @ up)
    here = Point("moon", lift_off_s, start)
    seconds, used_kg = _nominal(world, here, ascender, ascent_law(ascender, perilune_m, apolune_m, vector(normal)))
    _, least_kg = _nominal(world, here, ascender, ascent_law(ascender, perilune_m, apolune_m, vector(unit(normal - out * up))))
    delta_v, least = (-ascender.engine.exhaust_m_s * math.log1p(-kg / ascender.mass_kg) for kg in (used_kg, least_kg))
    price = max(0.0, delta_v - least)
    return AscentPlan(lift_off_s, perilune_m, apolune_m, vector(normal), math.asin(out), price, seconds, delta_v, used_kg)


def _nominal(world: World, start: Point, ascender: Ascender, law: AscentLaw) -> tuple[float, float]:
    """Seconds to insertion and propellant [kg] of the nominal closed loop."""
    perfect = Inertial(np.zeros(3), 0.0)
    ascent = Ascent(law, ascender.engine, ascender.turning, perfect, (1.0 - ALMOST_ALL) * ascender.mass_kg)
    status, rows = fly_ascent(world, start, start, ascent)
    if status != INSERTED:
        raise PlanError(
            f"ascent: {ascender.engine.thrust_max_n:.0f} N do not bring {ascender.mass_kg:.0f} kg into orbit with all of it but 5 % burned;"
            " less mass, more thrust or a plane nearer to the place would do"
        )
    return float(rows[-1, 0] - rows[0, 0]), float(rows[0, 7] - rows[-1, 7])


def _can_rise(start: Array, ascender: Ascender) -> None:
    weight, thrust = ascender.mass_kg * GM_MOON_M3_S2 / float(start[:3] @ start[:3]), ascender.engine.thrust_max_n
    if thrust <= weight:
        raise PlanError(
            f"ascent: {thrust:.0f} N do not lift {ascender.mass_kg:.0f} kg, which weigh {weight:.0f} N there;"
            f" less than {thrust / weight * ascender.mass_kg:.0f} kg would do, or more thrust"
        )
