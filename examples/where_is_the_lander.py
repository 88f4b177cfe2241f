"""Where a module is at an epoch: over which place, how high, how fast, joined to what.

    python examples/where_is_the_lander.py [UTC [MODULE]]
"""

import math
import sys
from pathlib import Path

import numpy as np

import farside as fs
from farside.basis.epochs import tdb_from_utc
from farside.environment.orientation import ground_place

MISSIONS = Path(__file__).parents[1] / "missions"


def main(utc: str, module: str) -> None:
    mission = fs.load(MISSIONS / "change6.toml")
    flight = fs.fly(mission, fs.plan(mission))
    truth = flight.at(tdb_from_utc(utc), module)
    place = ground_place(truth.center, np.array(truth.r_m), truth.epoch_s, flight.sky)
    latitude, longitude = math.degrees(place.latitude_rad), math.degrees(place.longitude_rad)
    print(f"{module} at {utc}: {latitude:.2f} N {longitude:.2f} E, {place.height_m / 1e3:.1f} km above the {truth.center}")
    print(f"{math.hypot(*truth.v_m_s) / 1e3:.4f} km/s about the {truth.center}; the craft is {truth.craft}, {truth.mass_kg:.1f} kg")


if __name__ == "__main__":
    main(*(sys.argv[1:] + ["2024-06-02T12:00:00Z", "lander"][len(sys.argv) - 1 :]))
