"""How much a launcher brings to an energy: the payload whose trans-lunar burn takes the last of the propellant.

*Model*: for each payload the ascent of least propellant is planned anew, then one burn along the velocity begins in the parking orbit at
once. *Limits*: nothing is kept back, in lines or as a reserve, so that what is found is the most that the stage table can do.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from farside.basis.constants import GM_EARTH_M3_S2
from farside.basis.roots import secant
from farside.craft.module import Engine
from farside.dynamics.world import Point, World
from farside.guidance.command import after_burn
from farside.planning.launch import LaunchAscent, Trials, plan_launch
from farside.planning.transfer import burn_command


def after_departure(world: World, parking: Point, c3_m2_s2: float, engine: Engine) -> tuple[float, float]:
    """Velocity change [m/s] and mass [kg] after one burn along the velocity, from here, that leaves the Earth with that energy (C3)."""

    def energy_missed(delta_v: float) -> float:
        end = after_burn(world, parking, burn_command(world, parking, parking.epoch_s, delta_v, engine), engine)
        speed, r = float(np.linalg.norm(end.v_m_s)), float(np.linalg.norm(end.r_m))
        return (speed**2 - 2.0 * GM_EARTH_M3_S2 / r - c3_m2_s2) / 1e6

    r, v = float(np.linalg.norm(parking.r_m)), float(np.linalg.norm(parking.v_m_s))
    guess = math.sqrt(c3_m2_s2 + 2.0 * GM_EARTH_M3_S2 / r) - v
    delta_v, _ = secant(energy_missed, guess, guess + 20.0, 1e-4, limit=100.0)  # km2/s2: 0.01 m/s
    return delta_v, parking.mass_kg * math.exp(-delta_v / engine.exhaust_speed_m_s)


def payload_to(trials: Trials, azimuth_rad: float, c3_m2_s2: float) -> tuple[float, LaunchAscent]:
    """The payload [kg] that the launcher brings to an energy (C3) with its last propellant, and the ascent that it begins with."""
    upper = trials.vessel.launcher.upper
    engine = Engine("upper", upper.engine.thrust_vacuum_n, upper.engine.isp_vacuum_s)
    flown: list[LaunchAscent] = []

    def left(payload_kg: float) -> float:
        now = replace(trials, vessel=replace(trials.vessel, payload_kg=payload_kg))
        flown.append(plan_launch(now, azimuth_rad, flown[-1] if flown else None))
        ascent = flown[-1]
        mass = payload_kg + upper.dry_kg + ascent.propellant_left_kg
        parking = Point("earth", ascent.insertion_s, np.array([*ascent.r_m, *ascent.v_m_s, mass]))
        return after_departure(trials.world, parking, c3_m2_s2, engine)[1] - payload_kg - upper.dry_kg

    payload, _ = secant(left, trials.vessel.payload_kg, 1.1 * trials.vessel.payload_kg, 1.0, limit=2000.0)
    return payload, flown[-1]
