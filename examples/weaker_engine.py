"""One engine weaker: the orbiter's main engine with less and less thrust, the same goals; what the losses cost, and where it ends.

    python examples/weaker_engine.py [NEWTON ...] [--picture FILE.svg]
"""

import argparse
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import farside as fs
from farside.mission import from_raw

MISSION = Path(__file__).parents[1] / "missions" / "change6.toml"
SHOWN = ("loi_1", "loi_3", "loi_4", "tei_1")
FLOWN_N = 3000.0  # as the mission file has it


class Pushed(NamedTuple):
    """What a thrust led to: velocity change [m/s] and duration [s] of each burn shown, propellant left in the orbiter [kg], the outcome."""

    burns: dict[str, tuple[float, float]]
    left_kg: float
    outcome: str


def pushed_by(thrust_n: float) -> fs.Mission:
    """Chang'e-6 with another thrust of the orbiter's main engine."""
    raw: dict[str, Any] = tomllib.loads(MISSION.read_text(encoding="utf-8"))
    raw["modules"]["orbiter"]["engines"]["main"]["thrust"]["value"] = f"{thrust_n} N"
    return from_raw(raw, f"{thrust_n} N")


def flown(thrust_n: float) -> Pushed | str:
    """The flight with that thrust; why there is no plan where there is none."""
    mission = pushed_by(thrust_n)
    try:
        flight = fs.fly(mission, fs.plan(mission))
    except fs.PlanError as error:
        return str(error)
    burns = {burn.name: (burn.delta_v_m_s, burn.cutoff_s - burn.ignition_s) for burn in flight.burns if burn.name in SHOWN}
    orbiter = next(module for craft in flight.state.crafts for module in craft.modules if module.name == "orbiter")
    done = flight.outcome is fs.Outcome.DONE
    return Pushed(burns, orbiter.propellant_kg, "" if done else f"{flight.outcome.value}: {flight.advice}")


def told(found: dict[float, Pushed | str]) -> str:
    """What physics says, with the numbers."""
    flights = {thrust_n: one for thrust_n, one in found.items() if isinstance(one, Pushed)}
    strong, weak = flights[FLOWN_N], flights[min(flights)]
    lost = {name: weak.burns[name][0] - strong.burns[name][0] for name in SHOWN}
    dear = max(lost, key=lambda name: lost[name])
    refused = [thrust_n for thrust_n, one in found.items() if isinstance(one, str)]
    end = f" With {max(refused):.0f} N there is no plan any more: {found[max(refused)]}." if refused else ""
    return (
        f"A burn at a perilune pays best at the perilune itself. With {min(flights):.0f} N instead of {FLOWN_N:.0f} the capture lasts"
        f" {weak.burns['loi_1'][1] / 60.0:.0f} min instead of {strong.burns['loi_1'][1] / 60.0:.0f}, so that most of it happens before"
        " and after, where the craft is slower and the thrust less along its way. The four burns at the Moon cost"
        f" {sum(lost.values()):.0f} m/s more, {lost[dear]:.0f} of them in {dear}, and the orbiter comes home with {weak.left_kg:.0f} kg"
        f" instead of {strong.left_kg:.0f} kg.{end}"
    )


def picture(file: str, found: dict[float, Pushed | str]) -> None:
    """What is lost by a weaker engine, how long it burns, and what is left."""
    from farside.plots.drawing import drawn, note, write_picture
    from farside.plots.look import value

    flights = {thrust_n: one for thrust_n, one in sorted(found.items()) if isinstance(one, Pushed)}
    thrusts, colours = list(flights), {"loi_1": "stack", "loi_3": "lander", "loi_4": "ascender", "tei_1": "orbiter"}
    with drawn(2.0, 1.6, 1.4, shared=True) as (figure, (lost, lasts, left)):
        for name, colour in colours.items():
            more = [one.burns[name][0] - flights[FLOWN_N].burns[name][0] for one in flights.values()]
            lost.plot(thrusts, more, "o-", color=value(colour), ms=3)
            note(lost, thrusts[0], more[0], name.replace("_", " ").upper(), colour, (-5.0, 0.0))
            lasts.plot(thrusts, [one.burns[name][1] / 60.0 for one in flights.values()], "o-", color=value(colour), ms=3)
        lost.set(title=f"More than with {FLOWN_N:.0f} N, m/s")
        note(lasts, thrusts[0], flights[thrusts[0]].burns["loi_1"][1] / 60.0, "LOI 1", "stack", (-5.0, 0.0))
        lasts.set(title="Minutes that the engine burns", ylim=(0.0, None))
        left.plot(thrusts, [one.left_kg for one in flights.values()], "o-", color=value("orbiter"), ms=3)
        left.set(title="Propellant left in the orbiter, kg", xlabel="thrust, N", ylim=(0.0, 1.1 * flights[FLOWN_N].left_kg))
        for thrust_n in (thrust_n for thrust_n, one in found.items() if isinstance(one, str)):
            left.plot([thrust_n], [0.0], "x", color=value("bad"), ms=6, clip_on=False)
            note(left, thrust_n, 0.0, "no plan", "bad", (4.0, 3.0))
        write_picture(file, figure, "What a weaker engine costs")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("newton", nargs="*", type=float, default=[FLOWN_N, 2000.0, 1400.0, 1000.0, 500.0])
    asked.add_argument("--picture", metavar="FILE.svg")
    words = asked.parse_args()
    print(f"{'thrust':>8}" + "".join(f"{name + ', m/s in s':>19}" for name in SHOWN) + f"{'left, kg':>10}")
    found = {thrust_n: flown(thrust_n) for thrust_n in sorted({*words.newton, FLOWN_N}, reverse=True)}
    for thrust_n, one in found.items():
        if isinstance(one, str):
            print(f"{thrust_n:>6.0f} N  no plan: {one}")
            continue
        cells = (f"{one.burns[name][0]:.1f} in {one.burns[name][1]:.0f}" if name in one.burns else "-" for name in SHOWN)
        print(f"{thrust_n:>6.0f} N" + "".join(f"{cell:>19}" for cell in cells) + f"{one.left_kg:>10.1f}")
        if one.outcome:
            print(f"          {one.outcome}")
    print(f"\n{told(found)}")
    if words.picture:
        picture(words.picture, found)


if __name__ == "__main__":
    main()
