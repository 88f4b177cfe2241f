"""Error against tolerance: three weeks in a low lunar orbit, and five days to the Moon, and what they cost.

    python design/experiments/tolerance.py

Each tolerance of DOP853 is compared with 1e-15, which is as far as it can be told from its neighbours; steps, rates of the forces and
milliseconds are told beside.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

import farside as fs
from farside.dynamics.world import Point, World, coast
from farside.flight import build_world

MISSION = Path(__file__).parents[2] / "missions" / "change6.toml"
TOLERANCES = (1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14)
DAY_S = 86400.0


def starts(flight: fs.Flight) -> dict[str, tuple[Point, float]]:
    """The two coasts: where they begin, and how long they are."""
    after_tli = next(leg for leg in flight.legs if leg.phase == "tcm_1").arcs[0]
    circle = next(leg for leg in flight.legs if leg.phase == "departure").arcs[0]
    return {
        "three weeks, 200 km above the Moon": (Point("moon", circle.start_s, circle.states[0]), 21.0 * DAY_S),
        "4.6 days, to the Moon": (Point("earth", after_tli.start_s, after_tli.states[0]), 4.6 * DAY_S),
    }


def milliseconds(world: World, start: Point, end_s: float) -> float:
    """The least of five."""
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        coast(world, start, end_s)
        took.append(time.perf_counter() - begin)
    return 1e3 * min(took)


def main() -> None:
    mission = fs.load(MISSION)
    world, flight = build_world(mission), fs.fly(mission, fs.plan(mission))
    for what, (start, seconds) in starts(flight).items():
        end_s = start.epoch_s + seconds
        reference = coast(replace(world, tolerance=1e-15), start, end_s).point
        print(f"{what}\n  tolerance      error m    steps       ms")
        for tolerance in TOLERANCES:
            tried = replace(world, tolerance=tolerance)
            flown = coast(tried, start, end_s, keep=True)
            error_m = float(np.linalg.norm(flown.point.r_m - reference.r_m))
            steps = sum(arc.times_s.size - 1 for arc in flown.arcs)
            print(f"  {tolerance:9.0e} {error_m:12.3g} {steps:8d} {milliseconds(tried, start, end_s):8.2f}")


if __name__ == "__main__":
    main()
