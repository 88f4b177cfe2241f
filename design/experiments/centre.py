"""Where a coast changes its centre, and what that does to it.

    python design/experiments/centre.py

The way to the Moon is flown about the Earth up to a distance from the Moon, and about the Moon from there on. The equations are the same
on both sides. What is left apart is that the Moon moves as the ephemeris says, which knows more (relativity, tides, planets) than the
masses that pull on the craft: the Moon's acceleration in the ephemeris less that in our model is told first.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import farside as fs
from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2, GM_SUN_M3_S2
from farside.dynamics import world as w
from farside.dynamics.world import Point, apsis, coast
from farside.environment.ephemeris import sky_at
from farside.environment.gravity import zonal_acceleration
from farside.flight import build_world

MISSION = Path(__file__).parents[2] / "missions" / "change6.toml"


def of_the_ephemeris(world: w.World, epoch_s: float, step_s: float = 600.0) -> np.ndarray:
    """The Moon's acceleration about the Earth, by differences of its velocity (five points)."""
    v = [world.moon(epoch_s + k * step_s)[3:] for k in (-2, -1, 1, 2)]
    return (v[0] - 8.0 * v[1] + 8.0 * v[2] - v[3]) / (12.0 * step_s)


def of_the_model(world: w.World, epoch_s: float) -> np.ndarray:
    """The same by the point masses and the Earth's zonals that pull on a craft."""
    columns = np.array(sky_at(epoch_s, world.sky))
    moon, sun = columns[:3], columns[3:6]
    r, s = np.linalg.norm(moon), np.linalg.norm(sun)
    tide = GM_SUN_M3_S2 * ((sun - moon) / np.linalg.norm(sun - moon) ** 3 - sun / s**3)
    figure = np.array(zonal_acceleration(*moon, *world.earth_pole(epoch_s))) * (1.0 + GM_MOON_M3_S2 / GM_EARTH_M3_S2)
    return -(GM_EARTH_M3_S2 + GM_MOON_M3_S2) * moon / r**3 + tide + figure


def main() -> None:
    mission = fs.load(MISSION)
    world, flight = build_world(mission), fs.fly(mission, fs.plan(mission))
    arc = next(leg for leg in flight.legs if leg.phase == "tcm_1").arcs[0]
    start = Point(arc.center, arc.start_s, arc.states[0])
    gaps = [np.linalg.norm(of_the_ephemeris(world, t) - of_the_model(world, t)) for t in np.linspace(arc.start_s, arc.start_s + 4e5, 50)]
    print(f"the Moon's acceleration, ephemeris less model: {np.mean(gaps):.1e} m/s2, at most {max(gaps):.1e}")

    print("\nboundary km   perilune, from that with 66,000 km   steps")
    found = {}
    for boundary_m in (66e6, 30e6, 50e6, 100e6, 150e6, 250e6):
        w.BOUNDARY_M = boundary_m
        flown = coast(world, start, start.epoch_s + 6 * 86400.0, apsis(True), center="moon", keep=True)
        found[boundary_m] = (flown.point, sum(a.times_s.size - 1 for a in flown.arcs))
    reference = found[66e6][0]
    for boundary_m, (point, steps) in found.items():
        gap_m = float(np.linalg.norm(point.r_m - reference.r_m))
        print(f"{boundary_m / 1e3:11,.0f}   {gap_m:9.3f} m, {point.epoch_s - reference.epoch_s:+.6f} s {steps:18d}")


if __name__ == "__main__":
    main()
