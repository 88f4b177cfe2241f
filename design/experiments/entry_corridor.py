"""How wide the corridor of the skip entry is: angle, load and miss; air and lift that are not as expected; what frequent solving buys.

Run: python design/experiments/entry_corridor.py
"""

from __future__ import annotations

import math
from pathlib import Path

from farside.phases.entry_alone import EntryAlone, fly_alone, read_alone

FILE = Path(__file__).parents[2] / "missions" / "entries" / "change6.toml"


def at_angle(alone: EntryAlone, degrees: float) -> EntryAlone:
    return alone.model_copy(update={"begins": alone.begins.model_copy(update={"flight_path_angle_rad": math.radians(degrees)})})


def solved_every(alone: EntryAlone, seconds: float) -> EntryAlone:
    guidance = alone.entry.guidance.model_copy(update={"solve_every_s": seconds})
    return alone.model_copy(update={"entry": alone.entry.model_copy(update={"guidance": guidance})})


def main() -> None:
    alone = read_alone(FILE)
    print("inertial flight-path angle at 120 km")
    for tenths in range(-66, -48, 2):
        leg = fly_alone(at_angle(alone, tenths / 10.0))
        print(f"  {tenths / 10.0:5.1f} deg  {leg.outcome.value}: {leg.advice}")
    print("solved every")
    for seconds in (2.0, 5.0, 10.0, 20.0, 40.0):
        print(f"  {seconds:4.0f} s  {fly_alone(solved_every(alone, seconds)).advice}")
    print("dispersed runs")
    for run in range(20):
        leg = fly_alone(alone, run)
        print(f"  {run:2d}  {leg.outcome.value}: {leg.advice}")


if __name__ == "__main__":
    main()
