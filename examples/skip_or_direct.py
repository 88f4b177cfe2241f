"""What a skip buys: the capsule of Chang'e-6 meets the air at one speed, steeper and steeper; guided to its site, and falling straight.

    python examples/skip_or_direct.py [--picture FILE.svg]
"""

import argparse
import math
from pathlib import Path
from typing import NamedTuple

from farside.phases.entry import HeldBank
from farside.phases.entry_alone import EntryAlone, end_of, fly_alone, miss_of, read_alone

ENTRY = Path(__file__).parents[1] / "missions" / "entries" / "change6.toml"
FLOWN_DEG, HIT_KM = -5.8, 2.0  # the declared angle; nearer than this is at the site
ANGLES_DEG = (-5.0, -5.4, -5.8, -6.2, -6.6, -7.0, -8.0, -9.0)
LAWS = {"guided skip": None, "lift held upwards": 0.0, "lift held sideways": 90.0}


def asked(alone: EntryAlone, angle_deg: float, bank_deg: float | None) -> EntryAlone:
    """The entry at another angle, guided or at a bank that is held, with no limit that would end it."""
    changes: dict[str, object] = {"load_limit_m_s2": 70.0 if bank_deg is None else 1e3}
    if bank_deg is not None:
        changes |= {"guidance": HeldBank(kind="constant_bank", bank_rad=math.radians(bank_deg)), "miss_max_m": None}
    begins = alone.begins.model_copy(update={"flight_path_angle_rad": math.radians(angle_deg)})
    return alone.model_copy(update={"begins": begins, "entry": alone.entry.model_copy(update=changes)})


class Flown(NamedTuple):
    """Highest load [g], hottest [W/cm2], heat taken up [kJ/cm2], minutes to 10 km, and how far from the site that is [km]."""

    load_g: float
    hottest: float
    heat: float
    minutes: float
    miss_km: float


def flown(alone: EntryAlone, angle_deg: float, bank_deg: float | None) -> Flown:
    """The entry at an angle, guided or at a bank that is held."""
    leg = fly_alone(asked(alone, angle_deg, bank_deg))
    peaks = [event.data for event in leg.events if "load_g" in event.data]
    heat = sum(data["heat_load_j_cm2"] for data in peaks) / 1e3
    hottest = max(data["heat_flux_w_cm2"] for data in peaks)
    miss_m = miss_of(alone, leg)
    assert miss_m is not None
    return Flown(max(data["load_g"] for data in peaks), hottest, heat, end_of(leg).seconds / 60.0, miss_m / 1e3)


def told(found: dict[str, list[Flown]]) -> str:
    """What physics says, with the numbers."""
    skip, _, direct = (rows[ANGLES_DEG.index(FLOWN_DEG)] for rows in found.values())
    steepest = min(angle for angle, row in zip(ANGLES_DEG, found["guided skip"], strict=True) if row.miss_km < HIT_KM)
    return (
        f"At {-FLOWN_DEG} degrees below the horizon a capsule whose lift is held sideways falls straight: {direct.load_g:.1f} g,"
        f" {direct.minutes:.1f} min, {direct.miss_km:,.0f} km short of the site. Guided, it is lifted out of the air and enters again:"
        f" {skip.load_g:.1f} g, {skip.minutes:.1f} min, {skip.miss_km:.1f} km from the site. The price is heat: two passes take up"
        f" {skip.heat:.0f} kJ/cm² at the nose where one takes {direct.heat:.0f}. Of the angles tried {-steepest} degrees is the steepest"
        " from which guidance still reaches the site; beyond it even the whole lift upwards does not carry so far, and load grows with"
        " every tenth of a degree."
    )


def picture(file: str, found: dict[str, list[Flown]]) -> None:
    """Load, heat and miss over the angle, a line a law."""
    from farside.plots.drawing import drawn, note, write_picture
    from farside.plots.look import value

    angles = [-angle for angle in ANGLES_DEG]
    with drawn(2.2, 1.7, 1.7, shared=True) as (figure, (load, heat, miss)):
        for (law, rows), colour in zip(found.items(), ("capsule", "soft", "ink"), strict=True):
            width = 2.4 if law == "guided skip" else 1.0
            load.plot(angles, [row.load_g for row in rows], color=value(colour), lw=width)
            heat.plot(angles, [row.heat for row in rows], color=value(colour), lw=width)
            miss.plot(angles, [row.miss_km / 1e3 for row in rows], color=value(colour), lw=width)
        note(load, 7.0, found["lift held sideways"][5].load_g, "lift held sideways", "ink", (-5.0, 2.0))
        note(load, 7.0, found["guided skip"][5].load_g, "guided; lift held upwards", "capsule", (6.0, -4.0))
        note(heat, 5.1, found["guided skip"][0].heat, "guided", "capsule", (2.0, 2.0))
        note(heat, 5.0, found["lift held upwards"][0].heat, "upwards", "soft", (8.0, -1.0))
        note(heat, 8.0, found["lift held sideways"][6].heat, "sideways", "ink", (0.0, -5.0))
        note(miss, 6.2, found["lift held upwards"][3].miss_km / 1e3, "upwards: thrown far beyond it", "soft", (8.0, 0.0))
        note(miss, 5.6, 0.0, "guided", "capsule", (0.0, 4.0))
        load.set(title="Highest load, g", ylim=(0.0, None))
        heat.set(title="Heat taken up at the nose, kJ/cm²", ylim=(0.0, 37.0))
        miss.set(title="From the site at 10 km of height, thousand km", xlabel="degrees below the horizon at 120 km", ylim=(-0.3, None))
        write_picture(file, figure, "Skip or direct")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--picture", metavar="FILE.svg")
    file = words.parse_args().picture
    alone, found = read_alone(ENTRY), {}
    print(f"{'':20}{'deg':>6}{'g':>8}{'W/cm2':>8}{'kJ/cm2':>8}{'min':>7}{'km off':>9}")
    for law, bank_deg in LAWS.items():
        found[law] = [flown(alone, angle_deg, bank_deg) for angle_deg in ANGLES_DEG]
        for angle_deg, row in zip(ANGLES_DEG, found[law], strict=True):
            print(f"{law:20}{angle_deg:>6.1f}{row.load_g:>8.2f}{row.hottest:>8.0f}{row.heat:>8.1f}{row.minutes:>7.1f}{row.miss_km:>9.1f}")
    print(f"\n{told(found)}")
    if file:
        picture(file, found)


if __name__ == "__main__":
    main()
