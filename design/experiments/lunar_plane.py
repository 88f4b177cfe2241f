"""Which orbit passes over the landing site at touchdown and again at lift-off: with the node as it really drifts, and with a frozen plane.

    python design/experiments/lunar_plane.py
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

import farside as fs
from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.twobody import unit
from farside.dynamics.world import coast
from farside.environment.gravity import LUNAR_RADIUS_M, moon_gravity
from farside.flight import build_world, landing_goal
from farside.planning.lunar_plane import out_of_plane, over_site, plan_lunar_plane, site_direction

MISSIONS = Path(__file__).parents[2] / "missions"
DAY_S = 86400.0


def node_deg(axes: np.ndarray, y: np.ndarray) -> float:
    h = axes @ np.cross(y[:3], y[3:6])
    return math.degrees(math.atan2(h[0], -h[1]))


def main() -> None:
    for name in ("change6", "change5"):
        mission = fs.load(MISSIONS / f"{name}.toml")
        world, goal = build_world(mission), landing_goal(mission)
        radius = MOON_RADIUS_M + mission.phase("lowering").circular_altitude_m
        plane = plan_lunar_plane(world, goal, radius - MOON_RADIUS_M, goal.touchdown_s - 10.0 * DAY_S, 8000.0)
        first, last = (site_direction(world, goal.site_moon_me, t) for t in (goal.touchdown_s, goal.lift_off_s))
        frozen = unit(np.cross(first, last)) * (1.0 if goal.retrograde else -1.0)
        pole = world.moon_me(goal.touchdown_s)[2]
        frozen = frozen if (frozen @ pole > 0.0) != goal.retrograde else -frozen
        heading = np.cross(frozen, first)
        north = unit(pole - first * float(pole @ first))
        azimuth = math.atan2(float(heading @ np.cross(north, first)), float(heading @ north))
        end = coast(world, over_site(world, goal, radius, azimuth, 8000.0), goal.lift_off_s).point
        off_deg = abs(math.degrees(out_of_plane(world, end, goal.site_moon_me)))
        frozen_deg = math.degrees(math.acos(float(frozen @ pole)))
        print(f"{name}: inclination at touchdown {math.degrees(plane.inclination_rad):.2f} deg")
        print(f"  with a frozen plane {frozen_deg:.2f} deg; the site is then {off_deg:.2f} deg out of it at lift-off")

        axes = world.moon_me(goal.touchdown_s - 5.0 * DAY_S)
        nodes = np.unwrap([node_deg(axes, plane.state(goal.touchdown_s - day * DAY_S)) for day in range(11)], period=360.0)
        rates = -np.diff(nodes)
        j2 = moon_gravity(2).c[2, 0] * -math.sqrt(5.0)
        formula = -1.5 * j2 * math.sqrt(GM_MOON_M3_S2 / radius**3) * (LUNAR_RADIUS_M / radius) ** 2 * math.cos(plane.inclination_rad)
        print(f"  node, degrees a day over ten days: {rates.min():+.2f} to {rates.max():+.2f}, mean {rates.mean():+.2f};"
              f" by the formula for J2 {math.degrees(formula) * DAY_S:+.2f}")  # fmt: skip
        normals = plane.normals(goal.touchdown_s - np.linspace(0.0, 10.0 * DAY_S, 400))
        tilts = np.degrees(np.arccos(normals @ axes[2]))
        print(f"  inclination over ten days: {tilts.min():.2f} to {tilts.max():.2f} deg\n")


if __name__ == "__main__":
    main()
