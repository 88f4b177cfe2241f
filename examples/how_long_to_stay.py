"""What 49 hours cost: the same landing, with shorter and longer stays; the lunar plane must hold the site at touchdown and at lift-off.

    python examples/how_long_to_stay.py [HOURS ...] [--picture FILE.svg]
"""

import argparse
import math
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import farside as fs
from farside.mission import from_raw

MISSION = Path(__file__).parents[1] / "missions" / "change6.toml"
FLOWN_H = 49.25
TO_THE_MOON, TURNED, HOME = "trans-lunar burn", "plane rotation at apolune (part of loi_2)", "plane change inside the second burn"


def staying(hours: float) -> fs.Mission:
    """Chang'e-6 with another stay: lift-off, and what follows it until the docking, move together."""
    raw: dict[str, Any] = tomllib.loads(MISSION.read_text(encoding="utf-8"))
    phases = {phase["name"]: phase for phase in raw["phases"]}
    for table, key in ((raw["goals"], "lift_off"), (phases["phasing"], "meeting"), (phases["rendezvous"], "leave")):
        then = datetime.fromisoformat(table[key]["value"]) + timedelta(hours=hours - FLOWN_H)
        table[key]["value"] = f"{then:%Y-%m-%dT%H:%M:%SZ}"
    return from_raw(raw, f"a stay of {hours} h")


def planned(stays_h: list[float]) -> dict[float, fs.Plan]:
    """The plan for each stay that has one."""
    found: dict[float, fs.Plan] = {}
    for hours in stays_h:
        try:
            found[hours] = fs.plan(staying(hours))
        except fs.PlanError as error:
            print(f"{hours} h: no plan: {error}")
    return found


def inclination_deg(plan: fs.Plan) -> float:
    """Of the lunar orbit at the landing; above 90 it runs against the Moon's turning."""
    assert plan.lunar is not None
    return math.degrees(plan.lunar.inclination_rad)


def part_m_s(plan: fs.Plan, name: str) -> float:
    return next(price.delta_v_m_s for price in plan.prices if price.what.startswith(name))


def orbiter_m_s(plan: fs.Plan) -> float:
    """From the capture to the way home: the prices without the launcher's burn; the last is a part of the one before."""
    return sum(price.delta_v_m_s for price in plan.prices if price.what != TO_THE_MOON and not price.what.startswith(HOME))


def told(plans: dict[float, fs.Plan]) -> str:
    """What physics says, with the numbers."""
    short, long, flown = plans[min(plans)], plans[max(plans)], plans[FLOWN_H]
    cheapest = min(plans, key=lambda hours: orbiter_m_s(plans[hours]))
    return (
        "While the lander stands, the Moon turns its site out of the plane that the orbiter nearly keeps. A plane that holds the site"
        f" twice, at touchdown and {FLOWN_H} h later, is inclined by {inclination_deg(flown):.2f} degrees; after {min(plans):g} h it"
        f" would be {inclination_deg(short):.2f} and after {max(plans):g} h {inclination_deg(long):.2f}. The arrival from the Earth and"
        f" the way home each have planes that are cheap. Chang'e-6's orbiter pays {orbiter_m_s(flown):,.0f} m/s from the capture to the"
        f" last burn; with a stay of {min(plans):g} h it would pay {orbiter_m_s(short):,.0f}, with {max(plans):g} h"
        f" {orbiter_m_s(long):,.0f}. Of these {part_m_s(short, HOME):.0f}, {part_m_s(flown, HOME):.0f} and {part_m_s(long, HOME):.0f}"
        f" m/s change planes on the way home. The cheapest of the stays tried is {cheapest:g} h,"
        f" {orbiter_m_s(flown) - orbiter_m_s(plans[cheapest]):.0f} m/s below the flown one."
    )


def picture(file: str, plans: dict[float, fs.Plan]) -> None:
    """What the orbiter pays over the hours of the stay, the two changes of plane in it, and the inclination."""
    from farside.plots.drawing import drawn, note, write_picture
    from farside.plots.look import value

    hours = sorted(plans)
    with drawn(2.0, 1.8, 1.3, shared=True) as (figure, (whole, parts, tilt)):
        whole.plot(hours, [orbiter_m_s(plans[one]) for one in hours], "o-", color=value("orbiter"), ms=3)
        whole.plot([FLOWN_H], [orbiter_m_s(plans[FLOWN_H])], "o", color=value("ink"), ms=6)
        note(whole, FLOWN_H, orbiter_m_s(plans[FLOWN_H]), "Chang'e-6", "ink", (0.0, 9.0))
        whole.set(title="Orbiter, capture to departure, m/s", ylim=(0.0, 1.15 * max(map(orbiter_m_s, plans.values()))))
        for what, colour, label in ((HOME, "orbiter", "on the way home"), (TURNED, "stack", "at the first apolune")):
            line = [part_m_s(plans[one], what) for one in hours]
            parts.plot(hours, line, "o-", color=value(colour), ms=3)
            note(parts, hours[0], line[0], label, colour, (8.0, 2.0))
        parts.set(title="Of it changes of plane, m/s")
        parts.set_ylim(0.0, 1.25 * max(part_m_s(plan, what) for plan in plans.values() for what in (HOME, TURNED)))
        tilt.plot(hours, [inclination_deg(plans[one]) for one in hours], "o-", color=value("orbiter"), ms=3)
        tilt.set(title="Inclination of the lunar orbit, °", xlabel="hours on the ground")
        write_picture(file, figure, "What the hours on the ground cost")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("hours", nargs="*", type=float, default=[24.0, 36.0, FLOWN_H, 72.0, 96.0])
    asked.add_argument("--picture", metavar="FILE.svg")
    words = asked.parse_args()
    plans = planned(sorted({*words.hours, FLOWN_H}))
    print(f"{'m/s, by the hours of the stay':<70}" + "".join(f"{hours:9.2f}" for hours in plans))
    print(f"{'inclination of the lunar orbit, deg':<70}" + "".join(f"{inclination_deg(plan):9.2f}" for plan in plans.values()))
    for what in dict.fromkeys(price.what for plan in plans.values() for price in plan.prices):
        paid = ({price.what: price.delta_v_m_s for price in plan.prices} for plan in plans.values())
        print(f"{what:<70}" + "".join(f"{prices[what]:9.1f}" for prices in paid))
    print(f"\n{told(plans)}")
    if words.picture:
        picture(words.picture, plans)


if __name__ == "__main__":
    main()
