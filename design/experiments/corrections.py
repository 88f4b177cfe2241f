"""What corrections do: flights with navigation and execution errors, each from its own seed, and what they spend and miss.

    python design/experiments/corrections.py [RUNS]
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

import farside as fs
from farside.basis.twobody import angle_between
from farside.environment.orientation import icrf_to_moon_me
from farside.flight import entry_goal, landing_goal
from farside.products.events import event_records

MISSION = Path(__file__).parents[2] / "missions" / "change6.toml"


def figures(flight: fs.Flight) -> dict[str, float]:
    """What one flight spent on corrections, and what it missed."""
    events = {record["event"]: record for record in event_records(flight)}
    goal, entry = landing_goal(flight.mission), entry_goal(flight.mission)
    found = {f"{name} m/s": record["data"]["delta_v_m_s"] for name, record in events.items() if "tcm" in name}
    at = flight.at(goal.touchdown_s, "orbiter")
    site = icrf_to_moon_me(at.epoch_s, flight.sky).T @ goal.site_moon_me
    found["orbiter from the site at touchdown km"] = 1737.4 * float(angle_between(np.array(at.r_m), site))
    found["touchdown from the site m"] = events["touchdown"]["data"]["target_miss_m"]
    found["phasing m/s"] = sum(burn.delta_v_m_s for burn in flight.burns if burn.phase == "phasing")
    found["closing speed at contact m/s"] = events["docking"]["data"]["closing_speed_m_s"]
    found["sample g"] = 1e3 * events["container_sealed"]["data"]["mass_kg"]
    gate = events["entry_interface"]
    found["flight-path angle at the gate, off by deg"] = abs(gate["flight_path_angle_deg"] - np.degrees(entry.flight_path_angle_rad))
    found["cross-range km"] = abs(gate["data"]["cross_range_km"])
    found["all burns of the orbiter m/s"] = sum(burn.delta_v_m_s for burn in flight.burns if burn.module == "orbiter")
    return found


def main(runs: int) -> None:
    mission = fs.load(MISSION)
    plan = fs.plan(mission)
    nominal = figures(fs.fly(mission, plan))
    rows, ended = [], []
    for seed in range(1, runs + 1):
        flight = fs.fly(replace(mission, seed=seed), plan, dispersed=True)
        if flight.outcome is fs.Outcome.DONE:
            rows.append(figures(flight))
        else:
            ended.append(f"seed {seed}: {flight.outcome.value}: {flight.advice}")
    print(f"{len(rows)} of {runs} dispersed flights reach the gate\n{'':<44} nominal    least   median     most")
    for what, value in nominal.items():
        spread = np.array([row[what] for row in rows])
        print(f"{what:<44}{value:8.2f} {spread.min():8.2f} {np.median(spread):8.2f} {spread.max():8.2f}")
    print(*ended, sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
