"""Move the landing site along the far side: what another longitude costs at the same minutes, and when the landing waits for it.

    python examples/move_the_site.py [EAST_DEG ...] [--picture FILE.svg]
"""

import argparse
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import farside as fs
from farside.mission import from_raw

MISSION = Path(__file__).parents[1] / "missions" / "change6.toml"
FLOWN_DEG = 206.0148  # as the mission file has it
TURN_DEG_DAY = 360.0 / 27.321661  # of the Moon under the plane of an orbit: one turn in a sidereal month
TO_THE_MOON, TURNED, HOME = "trans-lunar burn", "plane rotation at apolune (part of loi_2)", "plane change inside the second burn"
Prices = dict[str, float]


def moved(east_deg: float, waits: bool) -> fs.Mission:
    """Chang'e-6 with its site at another longitude; landing and lift-off as they were, or when the Moon has turned it to their place."""
    raw: dict[str, Any] = tomllib.loads(MISSION.read_text(encoding="utf-8"))
    raw["sites"]["landing"]["longitude"]["value"] = f"{east_deg} deg"
    phases = {phase["name"]: phase for phase in raw["phases"]}
    dated = ((raw["goals"], "touchdown"), (raw["goals"], "lift_off"), (phases["phasing"], "meeting"), (phases["rendezvous"], "leave"))
    for table, key in dated if waits else ():
        then = datetime.fromisoformat(table[key]["value"]) + timedelta(days=later_days(east_deg))
        table[key]["value"] = f"{then:%Y-%m-%dT%H:%M:%SZ}"
    return from_raw(raw, f"site at {east_deg} E")


def later_days(east_deg: float) -> float:
    """How much later the Moon has turned a site to where that of Chang'e-6 was."""
    return (FLOWN_DEG - east_deg) / TURN_DEG_DAY


def prices(east_deg: float, waits: bool) -> Prices:
    """What each part of the road costs; nothing, and why, where there is none."""
    try:
        return {price.what: price.delta_v_m_s for price in fs.plan(moved(east_deg, waits)).prices}
    except fs.PlanError as error:
        print(f"{east_deg} E, {'waiting' if waits else 'the same minutes'}: no plan: {error}")
        return {}


def orbiter_m_s(paid: Prices) -> float:
    """From the capture to the way home: what is left of the prices without the launcher's burn; the last is a part of the one before."""
    return sum(delta_v for what, delta_v in paid.items() if what != TO_THE_MOON and not what.startswith(HOME))


def part_m_s(paid: Prices, name: str) -> float:
    return next(delta_v for what, delta_v in paid.items() if what.startswith(name))


def told(same: dict[float, Prices], waited: dict[float, Prices]) -> str:
    """What physics says, with the numbers."""
    dear = max((east for east in same if east in waited), key=lambda east: orbiter_m_s(same[east]))
    flown, worst, kept = orbiter_m_s(same[FLOWN_DEG]), orbiter_m_s(same[dear]), orbiter_m_s(waited[dear])
    return (
        f"The plane of a lunar orbit nearly keeps its place in space, and the Moon turns under it, {TURN_DEG_DAY:.1f} degrees a day."
        f" Chang'e-6 came down at {FLOWN_DEG:.1f} E as that place passed under a plane from which the way home is cheap: from the"
        f" capture to the last burn its orbiter pays {flown:,.0f} m/s. A site at {dear:.0f} E at the same minutes asks for another plane"
        f" and pays {worst:,.0f} m/s, {part_m_s(same[dear], HOME):,.0f} of them to change planes on the way home. If the landing at"
        f" {dear:.0f} E waits {later_days(dear):.1f} days, until the Moon has turned it to that place, it costs {kept:,.0f} m/s: on the"
        " Moon a longitude is a date."
    )


def picture(file: str, same: dict[float, Prices], waited: dict[float, Prices]) -> None:
    """What the orbiter pays over longitude, and the two changes of plane that make the difference."""
    from farside.plots.drawing import drawn, note, write_picture
    from farside.plots.look import value

    east, waiting = sorted(same), sorted({**waited, FLOWN_DEG: same[FLOWN_DEG]})
    with drawn(2.6, 1.9) as (figure, (whole, parts)):
        whole.plot(east, [orbiter_m_s(same[one]) for one in east], "o-", color=value("orbiter"), ms=3)
        whole.plot(waiting, [orbiter_m_s({**waited, FLOWN_DEG: same[FLOWN_DEG]}[one]) for one in waiting], "o-", color=value("good"), ms=3)
        note(whole, east[0], orbiter_m_s(same[east[0]]), "landing at the same minutes", "orbiter", (8.0, -2.0))
        note(whole, waiting[0], orbiter_m_s(waited[waiting[0]]), "landing when the Moon has turned the site", "good", (2.0, -7.0))
        whole.plot([FLOWN_DEG], [orbiter_m_s(same[FLOWN_DEG])], "o", color=value("ink"), ms=6)
        note(whole, FLOWN_DEG, orbiter_m_s(same[FLOWN_DEG]), "Chang'e-6", "ink", (0.0, 9.0))
        whole.set(title="Orbiter, capture to departure, m/s", ylim=(0.0, 1.1 * max(orbiter_m_s(paid) for paid in same.values())))
        for what, colour, label in ((HOME, "orbiter", "on the way home"), (TURNED, "stack", "at the first apolune")):
            line = [part_m_s(same[one], what) for one in east]
            parts.plot(east, line, "o-", color=value(colour), ms=3)
            note(parts, east[0], line[0], label, colour, (8.0, 2.0))
        parts.set(title="Of it changes of plane, m/s, at the same minutes", xlabel="longitude of the site, ° east")
        parts.set_ylim(0.0, 1.2 * max(part_m_s(paid, HOME) for paid in same.values()))
        write_picture(file, figure, "What a longitude on the far side costs")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("east_deg", nargs="*", type=float, default=[180.0, 193.0, FLOWN_DEG, 230.0])
    asked.add_argument("--picture", metavar="FILE.svg")
    words = asked.parse_args()
    sites = dict.fromkeys([*words.east_deg, FLOWN_DEG])
    same = {east: paid for east in sites if (paid := prices(east, waits=False))}
    waited = {east: paid for east in sites if east != FLOWN_DEG and (paid := prices(east, waits=True))}
    for title, found in (("the same minutes", same), ("waiting for the site", waited)):
        print(f"{title + ': m/s, by degrees east':<70}" + "".join(f"{east:9.1f}" for east in found))
        for what in dict.fromkeys(what for paid in found.values() for what in paid):
            print(f"{what:<70}" + "".join(f"{paid[what]:9.1f}" for paid in found.values()))
    print(f"\n{told(same, waited)}")
    if words.picture:
        picture(words.picture, same, waited)


if __name__ == "__main__":
    main()
