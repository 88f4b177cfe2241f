"""Fly a mission and print what happened.

    python examples/fly_and_print.py [MISSION]
"""

import sys
from pathlib import Path

import farside as fs
from farside.products import rows, table

MISSIONS = Path(__file__).parents[1] / "missions"


def main(file: str) -> None:
    mission = fs.load(file)
    flight = fs.fly(mission, fs.plan(mission))
    print(table(rows(flight)))
    print()
    print(flight)
    for price in flight.plan.prices:
        print(f"{price.what:<72}{price.delta_v_m_s:9.1f} m/s")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(MISSIONS / "change6.toml"))
