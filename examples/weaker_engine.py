"""One engine weaker: the orbiter's main engine with less and less thrust, the same goals; what the losses cost, and where it ends.

    python examples/weaker_engine.py [NEWTON ...]
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

import farside as fs
from farside.mission import from_raw

MISSION = Path(__file__).parents[1] / "missions" / "change6.toml"
SHOWN = ("loi_1", "loi_3", "loi_4", "tei_1")


def pushed_by(thrust_n: float) -> fs.Mission:
    """Chang'e-6 with another thrust of the orbiter's main engine."""
    raw: dict[str, Any] = tomllib.loads(MISSION.read_text(encoding="utf-8"))
    raw["modules"]["orbiter"]["engines"]["main"]["thrust"]["value"] = f"{thrust_n} N"
    return from_raw(raw, f"{thrust_n} N")


def main(thrusts_n: list[float]) -> None:
    print(f"{'thrust':>8}" + "".join(f"{name + ', m/s in s':>19}" for name in SHOWN) + f"{'left, kg':>10}")
    for thrust_n in thrusts_n:
        mission = pushed_by(thrust_n)
        try:
            flight = fs.fly(mission, fs.plan(mission))
        except fs.PlanError as error:
            print(f"{thrust_n:>6.0f} N  no plan: {error}")
            continue
        burns = {burn.name: burn for burn in flight.burns}
        cells = (f"{burns[n].delta_v_m_s:.1f} in {burns[n].cutoff_s - burns[n].ignition_s:.0f}" if n in burns else "-" for n in SHOWN)
        orbiter = next(module for craft in flight.state.crafts for module in craft.modules if module.name == "orbiter")
        print(f"{thrust_n:>6.0f} N" + "".join(f"{cell:>19}" for cell in cells) + f"{orbiter.propellant_kg:>10.1f}")
        if flight.outcome is not fs.Outcome.DONE:
            print(f"          {flight.outcome.value}: {flight.advice}")


if __name__ == "__main__":
    main([float(word) for word in sys.argv[1:]] or [3000.0, 2000.0, 1000.0])
