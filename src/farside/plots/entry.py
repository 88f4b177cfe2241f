"""The entry: altitude, load, bank and heat flux of a capsule in the air."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from farside.phases.entry import Entry
from farside.plots.drawing import drawn, note, svg_of
from farside.plots.look import value
from farside.plots.story import Record, Story
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    assert isinstance(phase, Entry)
    return Picture(NAME, TITLE, entry_svg(leg, phase.load_limit_g, story.colours.name(leg.before[0].name)), *_caption(story, phase, leg))


def entry_svg(leg: Leg, most_g: float, colour: str) -> str:
    """The drawing: of a leg with the history of an entry, the load that is allowed, and a colour by name. No bank that never turns."""
    history = leg.history
    assert history is not None
    kept = np.unique(np.linspace(0, history.epochs_s.size - 1, SAMPLES).astype(int))
    seconds = history.epochs_s[kept] - leg.start_s
    columns = {name: column[kept] for name, column in history.columns.items()}
    turns = float(np.ptp(columns["bank_rad"])) > 0.0
    with drawn(*((1.7, 1.4, 1.2, 1.3) if turns else (1.7, 1.4, 1.3)), shared=True) as (figure, (height, load, *banks, heat)):
        height.plot(seconds, columns["height_m"] / 1e3, color=value(colour))
        height.set(ylabel="km", title="Altitude", ylim=(0.0, None))
        load.plot(seconds, columns["load_g"], color=value(colour))
        load.set(ylabel="g", title="Load", ylim=(0.0, 1.12 * max(float(columns["load_g"].max()), most_g)))
        _most(load, most_g)
        for bank in banks:
            bank.plot(seconds, np.degrees(columns["bank_rad"]), color=value(colour), lw=1.0)
            bank.set(ylabel="°", title="Bank, right of up", ylim=(-185.0, 185.0), yticks=(-180, -90, 0, 90, 180))
        _heat(heat, seconds, columns, colour)
        for axes in (height, load, *banks, heat):
            axes.margins(x=0.0)
            _marks(axes, leg, axes is height)
        return svg_of(figure, NAME)


def _heat(axes: Axes, seconds: Array, columns: Mapping[str, Array], colour: str) -> None:
    """Convection all the way; radiation on top of it where its formula holds, which begins and ends at once."""
    whole, radiation = columns["heat_flux_w_m2"] / W_M2_IN_W_CM2, columns["heat_flux_radiative_w_m2"] / W_M2_IN_W_CM2
    convection = whole - np.nan_to_num(radiation)
    axes.plot(seconds, convection, color=value(colour))
    top = 1.15 * float(whole.max())
    axes.set(ylabel="W/cm²", title="Heat flux at the nose", xlabel="seconds since the interface", ylim=(0.0, top))
    holds = np.isfinite(radiation)
    if not holds.any():
        return
    axes.fill_between(seconds, convection, np.where(holds, whole, np.nan), color=value("sun"), alpha=0.45, lw=0.0)
    k = int(np.nanargmax(np.where(holds, whole, np.nan)))
    after = 0.02 * float(seconds[-1])
    note(axes, float(seconds[np.flatnonzero(holds)[-1]]) + after, float(whole[k]), "radiation, where its formula holds", "sun", (3.0, -1.0))
    low = int(np.argmin(np.abs(seconds - seconds[np.flatnonzero(holds)[-1]] - 2.0 * after)))
    note(axes, float(seconds[low]) + after, float(convection[low]), "convection", colour, (3.0, 3.0))


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


def _caption(story: Story, phase: Entry, leg: Leg) -> tuple[str, dict[str, Fact]]:
    """Both passes through the air in numbers."""
    gate, (text, facts) = story.first("entry_interface"), ("", dict[str, Fact]())
    if gate is not None:
        text += "In at {speed_km_s:.3f} km/s, {angle_deg:.2f} degrees below the horizon, {range_km:,.0f} km before the site."
        facts |= {"speed_km_s": gate["speed_km_s"], "angle_deg": -gate["flight_path_angle_deg"]}
        facts["range_km"] = gate["data"]["range_to_target_km"]
    more, rest = told_of(leg, [record for record in story.events if record["phase"] == leg.phase], phase.load_limit_g)
    return text + more, {**facts, **rest}


def told_of(leg: Leg, records: Sequence[Record], most_g: float) -> tuple[str, dict[str, Fact]]:
    """What the drawing shows, in numbers: loads and heat of the passes through the air, the end, the sides of the bank."""
    history, named = leg.history, {record["event"]: record for record in records}
    assert history is not None
    columns = history.columns
    peaks = [named[name]["data"] for name in ("first_peak_load", "second_peak_load") if name in named]
    facts: dict[str, Fact] = {"most_g": most_g, "flux": float(columns["heat_flux_w_m2"].max()) / W_M2_IN_W_CM2}
    if len(peaks) == 2:
        text = " Loads of {first_g:.2f} and {second_g:.2f} g, of {most_g:.1f} allowed;"
        facts |= {"first_g": peaks[0]["load_g"], "second_g": peaks[1]["load_g"]}
    else:
        text = " A load of {first_g:.2f} g, of {most_g:.1f} allowed;"
        facts["first_g"] = float(columns["load_g"].max())
    text += " at the nose {flux:,.0f} W/cm² at most."
    if "skip_apogee" in named:
        text += " Between them the capsule rises to {apogee_km:.1f} km."
        facts["apogee_km"] = named["skip_apogee"]["altitude_km"]
    more, rest = _radiation(leg)
    text, facts = text + more, {**facts, **rest}
    text += " After {minutes:.1f} min it is {end_km:.2f} km up at {end_m_s:.0f} m/s through the air."
    facts |= {"minutes": (float(history.epochs_s[-1]) - leg.start_s) / 60.0, "end_km": float(columns["height_m"][-1]) / 1e3}
    facts["end_m_s"] = float(columns["air_speed_m_s"][-1])
    banks = np.degrees(columns["bank_rad"])
    text += " The bank changes sides {reversals:d} times." if np.ptp(banks) > 0.0 else ""
    facts["reversals"] = int(np.count_nonzero(np.diff(np.sign(banks[np.abs(banks) > math.degrees(0.05)])) != 0))
    return text, facts


def _radiation(leg: Leg) -> tuple[str, dict[str, Fact]]:
    """What of the heat is radiation, and from when to when that is known at all."""
    history = leg.history
    assert history is not None
    radiation = history.columns["heat_flux_radiative_w_m2"] / W_M2_IN_W_CM2
    holds = np.flatnonzero(np.isfinite(radiation))
    if not holds.size:
        return " Radiation is not told: nowhere on the way does the formula for it hold.", {}
    text = (
        " Up to {radiation:,.1f} W/cm² of it are radiation, by a formula that holds in this air and at this speed from {begins_s:.0f} to"
        " {ends_s:.0f} s only; before and after there is some too, and none is added: hence the steps."
    )
    seconds = history.epochs_s[holds] - leg.start_s
    return text, {"radiation": float(np.nanmax(radiation)), "begins_s": float(seconds[0]), "ends_s": float(seconds[-1])}
