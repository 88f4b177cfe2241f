"""Many coasts in lanes beside the same coasts one by one: seconds in turn, the farthest from the truth; and which instructions do it.

    python design/experiments/lanes.py

The coasts begin where Chang'e-6 leaves the Earth, scattered by 300 m and 0.1 m/s, and go 4.6 days to the Moon. "Times" are the processor's
seconds of both in turn, five times. The instructions are those of the machine code that the compiler makes of some kernels here and now:
floating-point ones by how many numbers they work on at once.
"""

from __future__ import annotations

import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numba
import numpy as np

import farside as fs
from farside.dynamics import lanes
from farside.dynamics.many import Points, coast_many
from farside.dynamics.world import Point, World, coast
from farside.flight import build_world

MISSION = Path(__file__).parents[2] / "missions" / "change6.toml"
DAYS, COUNT, CHECKED = 4.6, 1000, 100
WIDTH = {"xmm": "2 or 1 at once", "ymm": "4 at once", "zmm": "8 at once"}
ARITHMETIC = re.compile(r"^\s+v?(?:add|sub|mul|div|sqrt|f[n]?m(?:add|sub)\d*)(p|s)d\s(.*)$", re.MULTILINE)


def seconds(work: Callable[[], Any]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def compare(world: World, points: Points, until_s: float, tolerance: float) -> None:
    """One line: what both take, and how far the farthest of the first hundred is from the truth."""
    tried, fine = replace(world, tolerance=tolerance), replace(world, tolerance=1e-15)
    truth = np.array([coast(fine, points[k], until_s).point.r_m for k in range(CHECKED)])
    flown = coast_many(tried, points, until_s)
    pairs = []
    for _ in range(5):
        together = seconds(lambda: coast_many(tried, points, until_s))
        alone = seconds(lambda: [coast(tried, points[k], until_s) for k in range(CHECKED)]) * len(points) / CHECKED
        pairs.append((together, alone, alone / together))
    error_m = np.linalg.norm(flown.points.states[:CHECKED, :3] - truth, axis=1).max()
    together, alone, ratio = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratios = [pair[2] for pair in pairs]
    spread = f"({min(ratios):.1f} to {max(ratios):.1f})"
    print(f"  {tolerance:9.0e} {error_m:10.2g} {flown.steps:7d} {together:10.4f} {alone:10.3f} {ratio:8.1f}  {spread}")


def instructions(kernel: Any, *arguments: Any) -> Counter[str]:
    """Arithmetic of the machine code of a kernel, compiled anew, by how many numbers an instruction works on."""
    fresh = numba.njit(error_model="numpy", nogil=True)(kernel.py_func)
    fresh(*arguments)
    found: Counter[str] = Counter()
    for packed, operands in ARITHMETIC.findall("\n".join(fresh.inspect_asm().values())):
        register = re.search(r"[xyz]mm", operands)
        if register:
            found["1 at once" if packed == "s" else WIDTH[register.group()].replace(" or 1", "")] += 1
    return found


def vectors(world: World, point: Point) -> None:
    """The kernels that most of the time goes to."""
    forces = world.forces(point.center)
    y, out, sky = np.repeat(point.y[:6], lanes.LANES), np.empty(lanes.ROWS), np.empty(lanes.SHARED)
    lanes.share(point.epoch_s, forces, sky)
    scratch, k = np.empty(lanes.SCRATCH * lanes.LANES), np.zeros((13, lanes.ROWS))
    asked = {
        "about_earth": (lanes.about_earth, (y, out, sky, forces)),
        "figure, a term": (lanes._next_term, (scratch, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)),
        "four stages added": (lanes._add_four, (out, k[0], k[1], k[2], k[3], 1.0, 1.0, 1.0, 1.0)),
    }
    for what, (kernel, arguments) in asked.items():
        found = instructions(kernel, *arguments)
        print(f"  {what:<20}" + ", ".join(f"{count} of {width}" for width, count in sorted(found.items())))


def main() -> None:
    mission = fs.load(MISSION)
    world, flight = build_world(mission), fs.fly(mission, fs.plan(mission))
    arc = next(leg for leg in flight.legs if leg.phase == "tcm_1").arcs[0]
    start, draw = Point(arc.center, arc.start_s, arc.states[0]), np.random.default_rng(1)
    states = np.tile(start.y, (COUNT, 1))
    states[:, :3] += 300.0 * draw.standard_normal((COUNT, 3))
    states[:, 3:6] += 0.1 * draw.standard_normal((COUNT, 3))
    print(f"{COUNT} coasts of {DAYS} days to the Moon\n  tolerance    error m   steps    together   one by one    times")
    for tolerance in (1e-9, 3e-10, 1e-10, 1e-11, 1e-13):
        compare(world, Points(start.center, start.epoch_s, states), start.epoch_s + DAYS * 86400.0, tolerance)
    print("arithmetic instructions")
    vectors(world, start)


if __name__ == "__main__":
    main()
