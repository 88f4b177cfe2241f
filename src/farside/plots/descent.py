"""The powered descent: the way down, speeds, thrust and attitude, its parts marked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from farside.phases.descent import Descent
from farside.plots.drawing import Labels, drawn, note, svg_of
from farside.plots.look import value
from farside.plots.powered import Powered, closed_loop, powered
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.phases.leg import Burn
    from farside.plots.story import Story

NAME, TITLE = "descent", "Powered descent"
PARTS = {"high_gate": "high gate", "hover": "hover", "touchdown": "touchdown", "impact": "impact"}


def descent(story: Story) -> Picture | Absent:
    """Height against range, and speeds, thrust and attitude against time."""
    found = closed_loop(story, "descent")
    if found is None:
        held = any(True for _ in story.flown("descent"))
        why = f"no engine brought it down: {story.flight.advice}" if held else "no craft of this flight comes down on the Moon under power"
        return Absent(NAME, TITLE, why)
    leg, burn = found
    down = powered(story, leg, burn, story.flight.mission.landing_site.altitude_m, from_end=True)
    parts = {e.name: e.epoch_s - burn.ignition_s for e in leg.events if e.name in PARTS}
    with drawn(1.8, 1.3, 1.1, 1.1) as (figure, (profile, *lower)):
        colour = story.colours.name(burn.module)
        labels = _profile(profile, down, parts, colour)
        for axes in lower:
            _marks(axes, parts, axes is lower[0])
            axes.sharex(lower[-1])
        _speeds(lower[0], down, colour)
        _thrust(lower[1], down, colour)
        lower[2].plot(down.seconds, down.pitch_deg, color=value(colour))
        lower[2].set(ylabel="°", title="Thrust above the horizon", xlabel="seconds since ignition", yticks=(0, 30, 60, 90))
        lower[2].margins(x=0.0)
        svg = svg_of(figure, NAME, labels)
    return Picture(NAME, TITLE, svg, *_caption(story, leg.phase, burn, down))


def _profile(axes: Axes, down: Powered, parts: dict[str, float], colour: str) -> Labels:
    """The way down, the ground at the bottom."""
    x, y = down.range_m / 1e3, down.height_m / 1e3
    axes.plot(x, y, color=value(colour))
    places = [(float(x[0]), float(y[0]), "ignition", colour)]
    for name, seconds in parts.items():
        k = int(np.argmin(np.abs(down.seconds - seconds)))
        axes.plot(x[k], y[k], "o", color=value(colour), ms=3)
        if name != "hover":
            places.append((float(x[k]), float(y[k]), PARTS[name], colour))
    axes.invert_xaxis()
    axes.set(xlabel="km to go", ylabel="km above the site", title="Height against range")
    axes.margins(0.04, 0.14)
    return Labels(axes, places, list(zip(x[::10].tolist(), y[::10].tolist(), strict=True)))


def _marks(axes: Axes, parts: dict[str, float], named: bool) -> None:
    """Lines where the descent's parts begin."""
    for name, seconds in parts.items():
        axes.axvline(seconds, color=value("soft"), lw=0.6, ls=(0, (2, 2)))
        if named and name == "high_gate":
            note(axes, seconds, 1.0, PARTS[name], "soft", (-3.0, -2.0), xycoords=axes.get_xaxis_transform())


def _speeds(axes: Axes, down: Powered, colour: str) -> None:
    """Speeds over the ground."""
    axes.plot(down.seconds, down.across_m_s, color=value(colour))
    axes.plot(down.seconds, -down.up_m_s, color=value("ink"), lw=1.0)
    k = len(down.seconds) // 3
    note(axes, down.seconds[k], down.across_m_s[k], "across", colour, (4.0, 4.0))
    note(axes, down.seconds[k], -down.up_m_s[k], "down", "ink", (0.0, 4.0))
    axes.set(ylabel="m/s", title="Speed over the ground")


def _thrust(axes: Axes, down: Powered, colour: str) -> None:
    """The thrust that the engine gave."""
    axes.plot(down.seconds, down.thrust_n / 1e3, color=value(colour), lw=1.0)
    axes.set(ylabel="kN", title="Thrust", ylim=(0.0, None))


def _caption(story: Story, name: str, burn: Burn, down: Powered) -> tuple[str, dict[str, Fact]]:
    """The descent and its touchdown, each beside what is allowed."""
    text = (
        "Ignition {height_km:.2f} km above the site and {range_km:,.0f} km before it at {speed_m_s:,.1f} m/s over the ground;"
        " {seconds:.1f} s of thrust of up to {most_kn:.2f} kN use {propellant_kg:,.1f} kg for {delta_v_m_s:,.1f} m/s."
    )
    facts: dict[str, Fact] = {
        "height_km": float(down.height_m[0]) / 1e3,
        "range_km": float(down.range_m[0]) / 1e3,
        "speed_m_s": math.hypot(float(down.up_m_s[0]), float(down.across_m_s[0])),
        "seconds": burn.cutoff_s - burn.ignition_s,
        "most_kn": float(down.thrust_n.max()) / 1e3,
        "propellant_kg": burn.propellant_kg,
        "delta_v_m_s": burn.delta_v_m_s,
    }
    touch = next((r for r in story.named("touchdown") if r["phase"] == name), None)
    phase = story.flight.mission.phase(name)
    if touch is not None and isinstance(phase, Descent):
        data = touch["data"]
        text += (
            " The {craft} touches down at {vertical_m_s:.2f} m/s (allowed: {vertical_most:.2f}) down and {across_m_s:.2f} m/s (allowed:"
            " {across_most:.2f}) across, {miss_m:.1f} m from the site, after {hover_s:.0f} s of hover."
        )
        facts |= {"craft": burn.craft, "vertical_m_s": data["vertical_speed_m_s"], "across_m_s": data["horizontal_speed_m_s"]}
        facts |= {"vertical_most": phase.vertical_speed_max_m_s, "across_most": phase.horizontal_speed_max_m_s}
        facts |= {"miss_m": data["target_miss_m"], "hover_s": data["hover_duration_s"]}
    return text, facts
