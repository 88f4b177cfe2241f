"""What a skip buys: the capsule of Chang'e-6 meets the air at one speed, steeper and steeper; guided to its site, and falling straight.

    python examples/skip_or_direct.py [PICTURE.png]
"""

import math
import sys
from pathlib import Path

from farside.phases.entry import HeldBank
from farside.phases.entry_alone import EntryAlone, end_of, fly_alone, miss_of, read_alone

ENTRY = Path(__file__).parents[1] / "missions" / "entries" / "change6.toml"
ANGLES_DEG = (-5.0, -5.4, -5.8, -6.2, -6.6, -7.0, -8.0, -9.0)
LAWS = {"guided skip": None, "lift held upwards": 0.0, "lift held sideways": 90.0}


def asked(alone: EntryAlone, angle_deg: float, bank_deg: float | None) -> EntryAlone:
    """The entry at another angle, guided or at a bank that is held, with no limit that would end it."""
    changes: dict[str, object] = {"load_limit_m_s2": 70.0 if bank_deg is None else 1e3}
    if bank_deg is not None:
        changes |= {"guidance": HeldBank(kind="constant_bank", bank_rad=math.radians(bank_deg)), "miss_max_m": None}
    begins = alone.begins.model_copy(update={"flight_path_angle_rad": math.radians(angle_deg)})
    return alone.model_copy(update={"begins": begins, "entry": alone.entry.model_copy(update=changes)})


def flown(alone: EntryAlone, angle_deg: float, bank_deg: float | None) -> tuple[float, float, float, float, float]:
    """Highest load [g], hottest [W/cm2], heat taken up [kJ/cm2], minutes to 10 km, and how far from the site that is [km]."""
    leg = fly_alone(asked(alone, angle_deg, bank_deg))
    peaks = [event.data for event in leg.events if "load_g" in event.data]
    heat = sum(data["heat_load_j_cm2"] for data in peaks) / 1e3
    hottest = max(data["heat_flux_w_cm2"] for data in peaks)
    miss_m = miss_of(alone, leg)
    assert miss_m is not None
    return max(data["load_g"] for data in peaks), hottest, heat, end_of(leg).seconds / 60.0, miss_m / 1e3


def picture(found: dict[str, list[tuple[float, ...]]], file: str) -> None:
    """Load and heat over the angle, a line a law."""
    from farside.plots.drawing import drawn, note
    from farside.plots.look import value

    with drawn(3.0, 3.0) as (figure, (load, heat)):
        for (law, rows), colour in zip(found.items(), ("capsule", "orbiter", "lander"), strict=True):
            angles = [-angle for angle in ANGLES_DEG]
            load.plot(angles, [row[0] for row in rows], color=value(colour))
            heat.plot(angles, [row[2] for row in rows], color=value(colour))
            note(load, angles[-1], rows[-1][0], law, colour, (-4.0, -6.0))
        load.set(title="Highest load, g", xlabel="degrees below the horizon", ylim=(0.0, None))
        heat.set(title="Heat taken up, kJ/cm²", xlabel="degrees below the horizon", ylim=(0.0, None))
        figure.savefig(file, dpi=160, facecolor="white")


def main(words: list[str]) -> None:
    alone, found = read_alone(ENTRY), {}
    print(f"{'':20}{'deg':>6}{'g':>8}{'W/cm2':>8}{'kJ/cm2':>8}{'min':>7}{'km off':>9}")
    for law, bank_deg in LAWS.items():
        found[law] = [flown(alone, angle_deg, bank_deg) for angle_deg in ANGLES_DEG]
        for angle_deg, (load, hottest, heat, minutes, miss) in zip(ANGLES_DEG, found[law], strict=True):
            print(f"{law:20}{angle_deg:>6.1f}{load:>8.2f}{hottest:>8.0f}{heat:>8.1f}{minutes:>7.1f}{miss:>9.1f}")
    if words:
        picture(found, words[0])


if __name__ == "__main__":
    main(sys.argv[1:])
