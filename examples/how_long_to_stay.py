"""What 49 hours cost: the same landing, with shorter and longer stays; the lunar plane must hold the site at touchdown and at lift-off.

    python examples/how_long_to_stay.py [HOURS ...]
"""

import math
import sys
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import farside as fs
from farside.mission import from_raw

MISSION = Path(__file__).parents[1] / "missions" / "change6.toml"
FLOWN_H = 49.25


def staying(hours: float) -> fs.Mission:
    """Chang'e-6 with another stay: lift-off, and what follows it until the docking, move together."""
    raw: dict[str, Any] = tomllib.loads(MISSION.read_text(encoding="utf-8"))
    phases = {phase["name"]: phase for phase in raw["phases"]}
    for table, key in ((raw["goals"], "lift_off"), (phases["phasing"], "meeting"), (phases["rendezvous"], "leave")):
        then = datetime.fromisoformat(table[key]["value"]) + timedelta(hours=hours - FLOWN_H)
        table[key]["value"] = f"{then:%Y-%m-%dT%H:%M:%SZ}"
    return from_raw(raw, f"a stay of {hours} h")


def main(stays_h: list[float]) -> None:
    told: dict[float, fs.Plan] = {}
    for hours in stays_h:
        try:
            told[hours] = fs.plan(staying(hours))
        except fs.PlanError as error:
            print(f"{hours} h: no plan: {error}")
    print(f"{'m/s, by the hours of the stay':<70}" + "".join(f"{hours:9.2f}" for hours in told))
    inclinations = (plan.lunar.inclination_rad for plan in told.values() if plan.lunar)
    print(f"{'inclination of the lunar orbit, deg':<70}" + "".join(f"{math.degrees(angle):9.2f}" for angle in inclinations))
    for what in dict.fromkeys(price.what for plan in told.values() for price in plan.prices):
        paid = ({price.what: price.delta_v_m_s for price in plan.prices} for plan in told.values())
        print(f"{what:<70}" + "".join(f"{prices[what]:9.1f}" for prices in paid))


if __name__ == "__main__":
    main([float(word) for word in sys.argv[1:]] or [24.0, FLOWN_H, 96.0])
