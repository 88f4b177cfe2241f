"""Chang'e-5 against Chang'e-6: the same kind of craft, the near and the far side; how long each part took, and what each burn cost.

    python examples/five_and_six.py [--picture FILE.svg]
"""

import argparse
import math
from pathlib import Path

import farside as fs
from farside.basis.constants import DAY_S

MISSIONS = Path(__file__).parents[1] / "missions"
NAMES = {"change5": "Chang'e-5", "change6": "Chang'e-6"}
PARTS = (
    ("on the way", "liftoff", "loi_1", "launcher"),
    ("in orbit", "loi_1", "pdi", "stack"),
    ("on the ground", "touchdown", "ascent_liftoff", "lander"),
    ("rendezvous", "ascent_liftoff", "docking", "ascender"),
    ("waiting", "docking", "tei_1", "orbiter"),
    ("home", "tei_1", "landing", "capsule"),
)
"""Parts of a mission: what it is called, the events at its beginning and end, the colour of who flies."""
LABELS = {"on the ground": (-1.0, -12.0), "waiting": (0.0, -12.0)}
"""Where labels stand that would cover others, in points from the middle of their part."""
BURNS = {
    "capture": ("loi_1",),
    "down to the circle": ("loi_2", "loi_3", "loi_4"),
    "descent": ("doi", "pdi"),
    "ascent": ("ascent_liftoff",),
    "phasing": ("phasing_1", "phasing_2", "phasing_3", "phasing_4"),
    "home": ("tei_1", "tei_2"),
    "divert": ("orbiter_divert",),
}
"""What is compared, and the burns that it is the sum of."""


def epoch_s(flight: fs.Flight, event: str) -> float:
    return next(one.epoch_s for one in flight.events if one.name == event)


def days(flight: fs.Flight, begins: str, ends: str) -> float:
    return (epoch_s(flight, ends) - epoch_s(flight, begins)) / DAY_S


def paid_m_s(flight: fs.Flight, names: tuple[str, ...]) -> float:
    return sum(burn.delta_v_m_s for burn in flight.burns if burn.name in names)


def inclination_deg(flight: fs.Flight) -> float:
    """Of the lunar orbit at the landing; above 90 it runs against the Moon's turning."""
    assert flight.plan.lunar is not None
    return math.degrees(flight.plan.lunar.inclination_rad)


def told(five: fs.Flight, six: fs.Flight) -> str:
    """What physics says, with the numbers."""
    costs = [sum(paid_m_s(flight, names) for names in BURNS.values()) for flight in (five, six)]
    waits = [days(flight, "docking", "tei_1") for flight in (five, six)]
    return (
        f"The two roads differ in days more than in burns: {days(five, 'liftoff', 'landing'):.1f} and"
        f" {days(six, 'liftoff', 'landing'):.1f} days from the pad to the steppe, {costs[0]:,.0f} and {costs[1]:,.0f} m/s after the"
        f" launcher. Chang'e-5 flew with the Moon's turning, inclined by {inclination_deg(five):.1f} degrees, to a site in the north of"
        f" the near side; Chang'e-6 against it, {inclination_deg(six):.1f} degrees, to one in the south of the far side. Its orbit waits"
        f" {days(six, 'loi_1', 'pdi'):.1f} days, {days(five, 'loi_1', 'pdi'):.1f} for Chang'e-5, until the Sun is up at the site and the"
        f" Moon has turned it under the plane; the orbiter then waits {waits[1]:.1f} days instead of {waits[0]:.1f} until the plane"
        f" points home. Waiting is free: no part of the road costs the one more than {most_apart(five, six):.0f} m/s more than the"
        " other."
    )


def most_apart(five: fs.Flight, six: fs.Flight) -> float:
    """The largest difference of any sum of burns [m/s]."""
    return max(abs(paid_m_s(five, names) - paid_m_s(six, names)) for names in BURNS.values())


def picture(file: str, flights: dict[str, fs.Flight]) -> None:
    """The days of both, part by part, and what their burns cost side by side."""
    from farside.plots.drawing import drawn, note, write_picture
    from farside.plots.look import value

    with drawn(1.5, 2.4, left_in=1.25) as (figure, (calendar, burns)):
        for row, flight in enumerate(flights.values()):
            zero, ends_day = epoch_s(flight, "liftoff"), 0.0
            for what, begins, ends, colour in PARTS:
                first, ends_day = ((epoch_s(flight, event) - zero) / DAY_S for event in (begins, ends))
                calendar.barh(row, ends_day - first, left=first, height=0.34, color=value(colour))
                if row == len(flights) - 1:
                    note(calendar, 0.5 * (first + ends_day), row, what, colour, LABELS.get(what, (0.0, 12.0)))
            note(calendar, ends_day, row, f"{ends_day:.1f} days", "ink", (4.0, 0.0))
        calendar.set_yticks(range(len(flights)), list(flights))
        calendar.set(title="Days since liftoff", ylim=(len(flights) - 0.35, -0.45), xlim=(0.0, 68.0))
        calendar.grid(axis="y", visible=False)
        for row, (what, names) in enumerate(BURNS.items()):
            for shift, (name, flight), colour in zip((-0.2, 0.2), flights.items(), ("soft", "ink"), strict=True):
                paid = paid_m_s(flight, names)
                burns.barh(row + shift, paid, height=0.34, color=value(colour))
                note(burns, paid, row + shift, f"{paid:,.0f}" + (f"  {name}" if what == "descent" else ""), colour, (3.0, 0.0))
        burns.set_yticks(range(len(BURNS)), list(BURNS))
        burns.set(title="Burns after the launcher, m/s", ylim=(len(BURNS) - 0.4, -0.6), xlim=(0.0, 3300.0))
        burns.grid(axis="y", visible=False)
        write_picture(file, figure, "Chang'e-5 and Chang'e-6")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--picture", metavar="FILE.svg")
    words = asked.parse_args()
    flights = {}
    for name, said in NAMES.items():
        mission = fs.load(str(MISSIONS / f"{name}.toml"))
        flights[said] = fs.fly(mission, fs.plan(mission))
    print(f"{'':24}" + "".join(f"{name:>12}" for name in flights))
    for what, begins, ends, _ in PARTS:
        print(f"{'days ' + what:24}" + "".join(f"{days(flight, begins, ends):12.2f}" for flight in flights.values()))
    for what, names in BURNS.items():
        print(f"{what + ', m/s':24}" + "".join(f"{paid_m_s(flight, names):12.1f}" for flight in flights.values()))
    print(f"\n{told(*flights.values())}")
    if words.picture:
        picture(words.picture, flights)


if __name__ == "__main__":
    main()
