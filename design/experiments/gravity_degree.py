"""How much of the Moon's gravity a flight needs: the circle flown on for three weeks in fields of more and more terms.

    python design/experiments/gravity_degree.py FILE

FILE is a larger field, as lp165p.cof or one of GRAIL. The field that comes with farside ends at degree 6.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

import farside as fs
from farside.basis.twobody import angle_between
from farside.dynamics.world import Point, apsides, coast
from farside.environment.gravity import read_gravity_file
from farside.environment.orientation import orientation_of
from farside.flight import build_world

MISSION = Path(__file__).parents[2] / "missions" / "change6.toml"


def main(file: str) -> None:
    mission = fs.load(MISSION)
    world, flight = build_world(mission), fs.fly(mission, fs.plan(mission))
    arc = next(leg for leg in flight.legs if leg.phase == "departure").arcs[0]
    start, end_s = Point(arc.center, arc.start_s, arc.states[0]), arc.start_s + 21.0 * 86400.0
    most = read_gravity_file(file).degree
    degrees = [degree for degree in (6, 10, 20, 40, 80, most) if degree <= most]
    worlds = {"built in, 6": world}
    worlds |= {f"file, {n}": replace(world, moon_field=read_gravity_file(file, n, orientation_of(world.sky))) for n in degrees}
    ends, took = {}, {}
    for what, tried in worlds.items():
        begin = time.perf_counter()
        ends[what] = coast(tried, start, end_s).point
        took[what] = time.perf_counter() - begin
    reference = ends[f"file, {most}"]
    normal = np.cross(reference.r_m, reference.v_m_s)
    print(f"three weeks, against degree {most} of {Path(file).name}")
    print("field             along km   plane deg   perilune km   apolune km        s")
    for what, end in ends.items():
        along = np.linalg.norm(reference.r_m) * float(angle_between(end.r_m, reference.r_m)) / 1e3
        tilt = np.degrees(float(angle_between(np.cross(end.r_m, end.v_m_s), normal)))
        low, high = (radius / 1e3 - 1737.4 for radius in apsides(end))
        print(f"{what:<16}{along:10.1f} {tilt:11.4f} {low:13.1f} {high:12.1f} {took[what]:8.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
