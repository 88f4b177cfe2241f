"""The states that the three missions of failed landings begin with, found as `make_lunar_states.py` finds those of the others.

    python builders/make_failure_states.py [MISSION ...]

Luna 25's orbit is an ellipse whose perilune lies where it was to be lowered, over the south: its argument is given besides. What is printed
is rounded as there; `tests/missions/test_news.py` compares it with the files.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
from make_lunar_states import Array, Pass, passing, rounded, world_of

from farside.basis.epochs import tdb_from_utc
from farside.basis.roots import Condition, solve
from farside.dynamics.world import World, coast
from farside.guidance.lunar import along_track
from farside.planning.lunar_plane import out_of_plane, site_direction
from farside.planning.relay_orbit import RelayOrbit, relay_point

PASSES = {
    "luna25": Pass("2023-08-21T08:30:00Z", "2023-08-21T11:15:00Z", (-69.5, 43.5), 91.0, 113.0, 90.0, False),
    "slim": Pass("2024-01-19T12:00:00Z", "2024-01-19T15:20:00Z", (-13.3, 25.2), 600.0, 600.0, 90.0, False),
    "im1": Pass("2024-02-22T20:30:00Z", "2024-02-22T23:24:00Z", (-80.1, 1.4), 92.0, 92.0, 90.0, False),
}
"""The orbit of each mission's lander, all of them coming from the north."""
ARGUMENTS_DEG = {"luna25": 270.0}
"""The argument of the perilune of those that are no circles."""


def state(mission: str) -> dict[str, str]:
    """The values of the table [crafts.lander] of a mission, as they are written."""
    asked = PASSES[mission]
    world = world_of(tdb_from_utc(asked.begin), tdb_from_utc(asked.over))
    return rounded(turned(world, asked, passing(world, asked), math.radians(ARGUMENTS_DEG.get(mission, 0.0))))


def turned(world: World, asked: Pass, orbit: RelayOrbit, argument_rad: float) -> RelayOrbit:
    """The orbit that passes over the same site at the same epoch with its perilune elsewhere: node and mean anomaly solved again."""
    if argument_rad == 0.0:
        return orbit
    over_s = tdb_from_utc(asked.over)
    site = site_direction(world, asked.site, over_s)

    def found(x: Array) -> RelayOrbit:
        return replace(orbit, node_rad=float(x[0]), argument_rad=argument_rad, mean_anomaly_rad=float(x[1]))

    def missed(x: Array) -> Array:
        start = relay_point(world, found(x))
        over = coast(world, start, over_s).point
        return np.array([out_of_plane(world, over, asked.site), along_track(world, start, over_s, site)])

    near = (Condition("site from the plane", "rad", 1e-8), Condition("site along the track", "rad", 1e-8))
    first = np.array([orbit.node_rad, orbit.mean_anomaly_rad - argument_rad])
    solved = solve(missed, first, np.array([1e-4, 1e-4]), near, np.array([0.2, 0.2]))
    assert solved.met, solved.advice
    return found(solved.x % (2.0 * math.pi))


def main(names: tuple[str, ...]) -> None:
    for name in names:
        print(f"# {name}\n[crafts.lander]")
        for key, value in state(name).items():
            print(f'{key} = {{ value = "{value}", source = "..." }}')


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or tuple(PASSES))
