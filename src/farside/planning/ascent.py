"""What an ascent is to reach: the perilune of an ellipse, level, in the orbiter's plane; and what it will take, before it is flown.

*Model*: the orbiter is flown to the predicted insertion, its plane there is the target. The forecast is guidance's own first solution
after the vertical rise (`guidance.ascent.forecast`). The place does not lie in the orbiter's plane exactly: the price of yawing into it
is the forecast's velocity change over that into the plane through the place that is nearest to the orbiter's. *Limits*: central gravity,
no lag, no turning limits: some 1 m/s under the flown one with a declared turn of a few degrees a second. *How we know*: against the flown
closed loop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.twobody import cross, unit
from farside.craft.module import Vector
from farside.dynamics.world import Point, World, coast, landed_states
from farside.guidance.ascent import AscentLaw, forecast
from farside.guidance.command import vector
from farside.planning.lunar_plane import PlanError

Array = NDArray[np.float64]
STEP_S = 0.1  # of guidance


@dataclass(frozen=True)
class Ascender:
    """What lifts off: its mass, its engine as guidance takes it, and how it is to rise."""

    mass_kg: float
    thrust_n: float
    exhaust_m_s: float
    lag_s: float
    rise_s: float


@dataclass(frozen=True)
class AscentPlan:
    """The insertion aimed at and its price. Epochs TDB s past J2000, `normal` (3,) of the target plane in ICRF axes.

    `out_of_plane_rad`: the place from that plane at lift-off, positive towards the normal; `plane_price_m_s`: what yawing costs.
    """

    lift_off_s: float
    insertion_s: float
    perilune_m: float
    apolune_m: float
    normal: Vector
    out_of_plane_rad: float
    plane_price_m_s: float
    duration_s: float
    delta_v_m_s: float
    propellant_kg: float

    @property
    def speed_m_s(self) -> float:
        """The horizontal speed at insertion, which is the perilune."""
        return perilune_speed(self.perilune_m, self.apolune_m)

    def law(self, ascender: Ascender) -> AscentLaw:
        """The target as guidance takes it."""
        return ascent_law(ascender, self.perilune_m, self.apolune_m, self.normal)


def perilune_speed(perilune_m: float, apolune_m: float) -> float:
    """Speed [m/s] at the perilune of an ellipse of those distances from the Moon's centre."""
    return math.sqrt(2.0 * GM_MOON_M3_S2 * apolune_m / (perilune_m * (perilune_m + apolune_m)))


def ascent_law(ascender: Ascender, perilune_m: float, apolune_m: float, normal: Vector) -> AscentLaw:
    """The law for an insertion at perilune, horizontal, in the plane of that normal."""
    speed, half = perilune_speed(perilune_m, apolune_m), 0.5 * (perilune_m + apolune_m)
    return AscentLaw(ascender.rise_s, perilune_m, speed, half, normal, ascender.exhaust_m_s, ascender.lag_s, STEP_S)


def plan_ascent(
    world: World, r_fixed_m: Array, lift_off_s: float, orbiter: Point, ascender: Ascender, perilune_m: float, apolune_m: float
) -> AscentPlan:
    """The target and the price of an ascent from a place (3,) in `moon_me` axes, at `lift_off_s`, into the plane of `orbiter`.

    `orbiter` about the Moon at any epoch, flown to the insertion; distances from the Moon's centre [m]. `PlanError` when the thrust does
    not carry the weight.
    """
    start = landed_states(world, r_fixed_m, np.array([lift_off_s]), ascender.mass_kg)[0][0]
    _can_rise(start, ascender)
    seconds, delta_v = 400.0, 0.0
    for _ in range(3):  # the plane turns by 1e-8 rad in a second: the second pass is exact already
        there = coast(world, orbiter, lift_off_s + seconds, center="moon").point
        normal = unit(cross(there.r_m, there.v_m_s))
        seconds, delta_v = _forecast(start, ascender, perilune_m, apolune_m, normal)
    out = float(normal @ unit(start[:3]))
    _, least = _forecast(start, ascender, perilune_m, apolune_m, unit(normal - out * unit(start[:3])))
    return AscentPlan(
        lift_off_s,
        lift_off_s + seconds,
        perilune_m,
        apolune_m,
        vector(normal),
        math.asin(out),
        max(0.0, delta_v - least),
        seconds,
        delta_v,
        seconds * ascender.thrust_n / ascender.exhaust_m_s,
    )


def _forecast(start: Array, ascender: Ascender, perilune_m: float, apolune_m: float, normal: Array) -> tuple[float, float]:
    """Seconds and velocity change [m/s] from rest on the ground into a plane."""
    law = ascent_law(ascender, perilune_m, apolune_m, vector(normal))
    seconds, delta_v = forecast(ascender.thrust_n, ascender.mass_kg, start[:3], start[3:6], law)
    return float(seconds), float(delta_v)


def _can_rise(start: Array, ascender: Ascender) -> None:
    weight = ascender.mass_kg * GM_MOON_M3_S2 / float(start[:3] @ start[:3])
    if ascender.thrust_n <= weight:
        raise PlanError(
            f"ascent: {ascender.thrust_n:.0f} N do not lift {ascender.mass_kg:.0f} kg, which weigh {weight:.0f} N there;"
            f" less than {ascender.thrust_n / weight * ascender.mass_kg:.0f} kg would do, or more thrust"
        )
