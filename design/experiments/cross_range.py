"""Cross-range at the gate told two ways, and on which side of each a capsule comes down that the air slows.

    python design/experiments/cross_range.py

Told: how far to the left the site lies (1) of the plane of the inertial orbit, where it has turned to at the landing epoch, as if there
were no air; (2) of the great circle along the heading relative to the ground, as if the air carried the capsule from the gate on. Flown:
level flight 70 km high over a turning sphere, drag against the velocity relative to the air and nothing sideways; a first braking at 2.5 g
to a skip speed, a skip without drag, a second braking at 2 g; the skip lasts until the declared range is covered.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

import farside as fs
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S
from farside.basis.roots import secant
from farside.basis.twobody import angle_between, turned, unit
from farside.dynamics.world import Point
from farside.flight import build_world, entry_goal
from farside.guidance.entry import GROUND_RADIUS_M, EntryGoal, Gate, gate_at

MISSIONS = Path(__file__).parents[2] / "missions"
RADIUS_M = GROUND_RADIUS_M + 70e3
G0_M_S2 = 9.80665


def flown(gate: Gate, pole: np.ndarray, skip_m_s: float, skip_s: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Direction, velocity relative to the ground and seconds since the gate where the capsule has slowed to 300 m/s."""
    up, v = unit(gate.point.r_m), gate.point.v_m_s
    v = float(np.linalg.norm(v)) * unit(v - float(v @ up) * up)
    t, skipped, step = 0.0, 0.0, 1.0
    while True:
        relative = v - EARTH_ROTATION_RATE_RAD_S * np.cross(pole, RADIUS_M * up)
        speed = float(np.linalg.norm(relative))
        if speed < 300.0:
            return up, relative, t
        skipping = speed <= skip_m_s and skipped < skip_s
        skipped += step if skipping else 0.0
        drag = 0.0 if skipping else 2.5 * G0_M_S2 if speed > skip_m_s else 2.0 * G0_M_S2
        turn = float(np.linalg.norm(v)) / RADIUS_M * step
        axis = unit(np.cross(up, v))
        up, v = turned(up, axis, turn), turned(v - drag * step / speed * relative, axis, turn)
        t += step


def comes_down_km(gate: Gate, pole: np.ndarray, goal: EntryGoal, skip_m_s: float) -> tuple[float, float]:
    """How far to the left the site lies of where the capsule comes down, and minutes from the gate to there."""

    def short(skip_s: float) -> float:
        up, _, t = flown(gate, pole, skip_m_s, skip_s)
        began = unit(gate.point.r_m)
        return float(angle_between(turned(up, pole, -EARTH_ROTATION_RATE_RAD_S * t), began)) * GROUND_RADIUS_M / gate.range_m - 1.0

    skip_s, _ = secant(short, 300.0, 400.0, 1e-3)
    up, relative, t = flown(gate, pole, skip_m_s, skip_s)
    left = unit(np.cross(up, relative))
    return GROUND_RADIUS_M / 1e3 * float(np.arcsin(left @ goal.site(gate.point.epoch_s + t))), t / 60.0


def told_km(gate: Gate, pole: np.ndarray, goal: EntryGoal) -> tuple[float, float]:
    """How far to the left the site lies of the inertial plane at the landing epoch, and of the first heading relative to the ground."""
    r, v = gate.point.r_m, gate.point.v_m_s
    relative = v - EARTH_ROTATION_RATE_RAD_S * np.cross(pole, r)
    inertial = unit(np.cross(r, v)) @ goal.site(goal.landing_s)
    ground = unit(np.cross(r, relative)) @ goal.site(gate.point.epoch_s)
    return GROUND_RADIUS_M / 1e3 * float(np.arcsin(inertial)), GROUND_RADIUS_M / 1e3 * float(np.arcsin(ground))


def main() -> None:
    for name in ("change6", "change5"):
        mission = fs.load(MISSIONS / f"{name}.toml")
        world, goal, flight = build_world(mission), entry_goal(mission), fs.fly(mission, fs.plan(mission))
        end = next(leg for leg in flight.legs if leg.phase == "entry").after[0]
        y = np.array([*end.place.r_m, *end.place.v_m_s, end.mass_kg])
        point, pole = Point("earth", end.epoch_s, y), world.earth_pole(end.epoch_s)
        range_km = gate_at(world, 0.0, point, goal).range_m / 1e3
        print(f"{name}: range {range_km:.0f} km, {(goal.landing_s - end.epoch_s) / 60.0:.0f} min from gate to landing")
        print("  azimuth turned   (1) no air   (2) air all the way   package   flown, skip at 7.0, 7.4, 7.8 km/s   minutes")
        for degrees in (-1.0, 0.0, 1.0):
            v = turned(y[3:6], unit(y[:3]), np.radians(-degrees))
            gate = gate_at(world, 0.0, replace(point, y=np.concatenate([y[:3], v, y[6:]])), goal)
            down = [comes_down_km(gate, pole, goal, skip) for skip in (7.0e3, 7.4e3, 7.8e3)]
            no_air, air = told_km(gate, pole, goal)
            told = f"{no_air:12.0f} {air:21.0f} {gate.cross_range_m / 1e3:9.0f}"
            print(f"  {degrees:+10.0f} deg{told}   {''.join(f'{km:11.0f}' for km, _ in down)}   {down[1][1]:7.1f}")


if __name__ == "__main__":
    main()
