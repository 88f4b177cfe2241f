"""DE421 with the IAU's axes of the Moon, or DE440 with its librations: what the choice does to a flight. Needs the extra `precise`.

    python design/experiments/ephemeris.py
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

import farside as fs
from farside.basis.constants import MOON_RADIUS_M
from farside.dynamics.world import Point, coast
from farside.environment.ephemeris import sky_at
from farside.flight import build_world
from farside.mission import from_text

MISSION = Path(__file__).parents[2] / "missions" / "change6.toml"
DAY_S = 86400.0


def apart_m(one: Point, other: Point) -> float:
    return float(np.linalg.norm(one.r_m - other.r_m))


def main() -> None:
    text = MISSION.read_text(encoding="utf-8")
    missions = [from_text(text), from_text(text.replace('ephemeris = "de421"', 'ephemeris = "de440"'))]
    de421, de440 = (build_world(mission) for mission in missions)
    epochs = np.arange(missions[0].goals.liftoff_s, missions[0].goals.return_landing_s, 3600.0)
    apart = np.array([np.array(sky_at(t, de421.sky)) - np.array(sky_at(t, de440.sky)) for t in epochs])
    turned = [np.linalg.norm(de421.moon_me(t) @ de440.moon_me(t).T - np.eye(3), 2) for t in epochs]
    print(f"the Moon, at most                      {np.linalg.norm(apart[:, :3], axis=1).max():8.1f} m")
    print(f"the Sun, at most                       {np.linalg.norm(apart[:, 3:6], axis=1).max():8.1f} m")
    print(f"ground of the Moon, at most            {max(turned) * MOON_RADIUS_M:8.1f} m")

    flights = [fs.fly(mission, fs.plan(mission)) for mission in missions]
    way = next(leg for leg in flights[0].legs if leg.phase == "tcm_1").arcs[0]
    start = Point(way.center, way.start_s, way.states[0])
    ends = [coast(world, start, way.start_s + 4.6 * DAY_S).point for world in (de421, de440)]
    print(f"coast to the Moon, 4.6 days            {apart_m(*ends):8.1f} m")
    low = next(leg for leg in flights[0].legs if leg.phase == "departure").arcs[0]
    start = Point(low.center, low.start_s, low.states[0])
    ends = [coast(world, start, low.start_s + 21.0 * DAY_S).point for world in (de421, de440)]
    print(f"low lunar orbit, 21 days               {apart_m(*ends):8.1f} m")

    print("\neach planned and flown anew     DE421      DE440")
    for one, other in zip(flights[0].burns, flights[1].burns, strict=True):
        print(f"{one.name:<8} delta-v m/s        {one.delta_v_m_s:9.3f}  {other.delta_v_m_s:9.3f}")
    for name in ("loi_1", "entry_interface"):
        at = [next(event for event in flight.events if event.name == name) for flight in flights]
        print(f"{name:<16} speed m/s {'':<5}" + "  ".join(f"{math.hypot(*event.v_m_s):9.3f}" for event in at))


if __name__ == "__main__":
    main()
