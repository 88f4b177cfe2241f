"""The way home by the hour of departure, from three seeds, and how many flights each takes.

    python design/experiments/continuation.py

Cold: the two-body path of that hour. Continued: the same, corrected by what full gravity asked of the hour before. Carried over: the
solution itself of a departure a day earlier, as it stands.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import farside as fs
from farside.dynamics.world import Point, coast
from farside.flight import build_world, entry_goal, road_goal
from farside.planning import departure as way
from farside.planning.departure import HOUR_S, Conic, Home

MISSIONS = Path(__file__).parents[2] / "missions"
STEP_S, DAY_S = 4.0 * HOUR_S, 24.0 * HOUR_S


class Counted:
    """`coast`, counted."""

    flights = 0

    def __call__(self, *args: Any, **named: Any) -> Any:
        Counted.flights += 1
        return coast(*args, **named)


def tried(*args: Any) -> tuple[Home | None, str]:
    """A return, and how it went."""
    Counted.flights = 0
    home = way.backwards(*args)
    return home, f"{Counted.flights:4d} flights" if home else f"{Counted.flights:4d}, lost  "


def seed(conic: Conic) -> np.ndarray:
    """The unknowns of a two-body path: gate speed, tilt of the plane, angle from gate to site."""
    return np.array([conic.speed_m_s, 0.0, conic.ahead_rad])


def main() -> None:
    way.coast = Counted()
    for name in ("change6", "change5"):
        mission = fs.load(MISSIONS / f"{name}.toml")
        world, goal, flight = build_world(mission), entry_goal(mission), fs.fly(mission, fs.plan(mission))
        leaving = road_goal(mission).home.leaving
        arc = next(leg for leg in flight.legs if leg.phase == "departure").arcs[0]
        track = coast(world, Point(arc.center, arc.start_s, arc.states[0]), leaving.latest_s, keep=True).arcs[0]
        print(f"{name}        cold start    continued     carried over    range km")
        nudge, solutions = np.zeros(3), {}
        for leave_s in np.arange(leaving.earliest_s + leaving.period_min_s, leaving.latest_s, STEP_S):
            conic = way.conic_home(world, goal, leave_s)
            at = track.at(leave_s - leaving.period_min_s)[0]
            home, cold = tried(world, leave_s, conic, goal, at, np.zeros(3))
            continued = tried(world, leave_s, conic, goal, at, nudge)[1]
            carried = ""
            if leave_s - DAY_S in solutions:
                other = solutions[leave_s - DAY_S] - seed(conic)
                carried = tried(world, leave_s, conic, goal, at, other)[1]
            if home is not None:
                nudge, solutions[leave_s] = home.nudge, seed(conic) + home.nudge
            told = f"{home.range_m / 1e3:10.0f}" if home else ""
            print(f"  window +{(leave_s - leaving.earliest_s) / 3600.0:3.0f} h  {cold}  {continued}  {carried:>14} {told}")


if __name__ == "__main__":
    main()
