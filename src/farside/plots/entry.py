"""The entry: altitude, load, bank and heat flux of a capsule in the air."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.phases.entry import Entry
from farside.plots.drawing import drawn, note, svg_of
from farside.plots.look import value
from farside.plots.story import Story
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.mission import Phase
    from farside.phases.leg import Leg

Array = NDArray[np.float64]
NAME, TITLE = "entry", "Through the air"
MARKED = {"skip_exit": "out", "skip_apogee": "highest", "second_entry": "in again"}
W_M2_IN_W_CM2 = 1e4
SAMPLES = 500


def entry(story: Story) -> Picture | Absent:
    """Altitude, load, bank and heat flux against time."""
    found = next(((phase, leg) for phase, leg in story.flown("entry") if leg.history is not None), None)
    if found is None:
        gate = any(True for _ in story.flown("gate"))
        why = "its road ends at the gate of the atmosphere" if gate else "no craft of this flight comes back to the Earth's air"
        return Absent(NAME, TITLE, why)
    phase, leg = found
    history = leg.history
    assert history is not None
    kept = np.unique(np.linspace(0, history.epochs_s.size - 1, SAMPLES).astype(int))
    seconds = history.epochs_s[kept] - leg.start_s
    columns = {name: column[kept] for name, column in history.columns.items()}
    colour = value(story.colours.name(leg.before[0].name))
    with drawn(1.7, 1.4, 1.2, 1.2, shared=True) as (figure, (height, load, bank, heat)):
        height.plot(seconds, columns["height_m"] / 1e3, color=colour)
        height.set(ylabel="km", title="Altitude", ylim=(0.0, None))
        load.plot(seconds, columns["load_g"], color=colour)
        load.set(ylabel="g", title="Load", ylim=(0.0, None))
        _most(load, _allowed_g(phase))
        bank.plot(seconds, np.degrees(columns["bank_rad"]), color=colour, lw=1.0)
        bank.set(ylabel="°", title="Bank, right of up", ylim=(-185.0, 185.0), yticks=(-180, -90, 0, 90, 180))
        heat.plot(seconds, columns["heat_flux_w_m2"] / W_M2_IN_W_CM2, color=colour)
        heat.set(ylabel="W/cm²", title="Heat flux at the nose", xlabel="seconds since the interface", ylim=(0.0, None))
        for axes in (height, load, bank, heat):
            axes.margins(x=0.0)
            _marks(axes, leg, axes is height)
        load.set_ylim(0.0, 1.12 * max(float(columns["load_g"].max()), _allowed_g(phase)))
        svg = svg_of(figure, NAME)
    return Picture(NAME, TITLE, svg, *_caption(story, phase, leg))


def _allowed_g(phase: Phase) -> float:
    assert isinstance(phase, Entry)
    return phase.load_limit_m_s2 / STANDARD_GRAVITY_M_S2


def _most(axes: Axes, most_g: float) -> None:
    """The load that is allowed."""
    axes.axhline(most_g, color=value("bad"), lw=0.8, ls=(0, (3, 2)))
    note(axes, 1.0, most_g, "allowed", "bad", (-2.0, -2.0), xycoords=axes.get_yaxis_transform())


def _marks(axes: Axes, leg: Leg, named: bool) -> None:
    """Lines where the capsule leaves the air, is highest, and comes back."""
    for event in leg.events:
        if event.name in MARKED:
            x = event.epoch_s - leg.start_s
            axes.axvline(x, color=value("soft"), lw=0.6, ls=(0, (2, 2)))
            if named:
                note(axes, x, 1.0, MARKED[event.name], "soft", (2.0, -1.0), xycoords=axes.get_xaxis_transform())


def _caption(story: Story, phase: Phase, leg: Leg) -> tuple[str, dict[str, Fact]]:
    """Both passes through the air in numbers."""
    told = {record["event"]: record for record in story.events if record["phase"] in (leg.phase, "interface")}
    gate = story.first("entry_interface")
    text, facts = "", dict[str, Fact]()
    if gate is not None:
        text += "In at {speed_km_s:.3f} km/s, {angle_deg:.2f} degrees below the horizon, {range_km:,.0f} km before the site."
        facts |= {"speed_km_s": gate["speed_km_s"], "angle_deg": -gate["flight_path_angle_deg"]}
        facts["range_km"] = gate["data"]["range_to_target_km"]
    history = leg.history
    assert history is not None
    peaks = [told[name]["data"] for name in ("first_peak_load", "second_peak_load") if name in told]
    if len(peaks) == 2:
        text += " Loads of {first_g:.2f} and {second_g:.2f} g, of {most_g:.1f} allowed;"
        facts |= {"first_g": peaks[0]["load_g"], "second_g": peaks[1]["load_g"]}
    else:
        text += " A load of {first_g:.2f} g, of {most_g:.1f} allowed;"
        facts["first_g"] = float(history.columns["load_g"].max())
    text += " at the nose {flux:,.0f} W/cm² at most."
    facts["most_g"] = _allowed_g(phase)
    facts["flux"] = float(history.columns["heat_flux_w_m2"].max()) / W_M2_IN_W_CM2
    if "skip_apogee" in told:
        text += " Between them the capsule rises to {apogee_km:.1f} km."
        facts["apogee_km"] = told["skip_apogee"]["altitude_km"]
    text += " After {minutes:.1f} min it is {end_km:.2f} km up at {end_m_s:.0f} m/s through the air."
    facts |= {"minutes": (history.epochs_s[-1] - leg.start_s) / 60.0, "end_km": float(history.columns["height_m"][-1]) / 1e3}
    facts["end_m_s"] = float(history.columns["air_speed_m_s"][-1])
    banks = np.degrees(history.columns["bank_rad"])
    text += " The bank changes sides {reversals:d} times."
    facts["reversals"] = int(np.count_nonzero(np.diff(np.sign(banks[np.abs(banks) > math.degrees(0.05)])) != 0))
    return text, {key: float(one) if isinstance(one, np.floating) else one for key, one in facts.items()}
