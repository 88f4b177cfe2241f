"""The powered descent: the way down, speeds, thrust and attitude, its parts marked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import MOON_RADIUS_M
from farside.environment.orientation import ground_velocity
from farside.plots.look import Labels, drawn, note, svg_of, value
from farside.plots.story import Story, on_the_moon
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.mission import Phase
    from farside.phases.leg import Burn, Leg

Array = NDArray[np.float64]
NAME, TITLE = "descent", "Powered descent"
SAMPLES = 420
PARTS = {"high_gate": "high gate", "hover": "hover", "touchdown": "touchdown", "impact": "impact"}


class Down(NamedTuple):
    """The way down at epochs (k,): seconds since ignition, height above the site's level and range to its end [m], speeds over the ground
    down and across [m/s], thrust [N], its elevation above the horizon [deg]."""

    epochs_s: Array
    seconds: Array
    height_m: Array
    range_m: Array
    down_m_s: Array
    across_m_s: Array
    thrust_n: Array
    pitch_deg: Array


def powered(story: Story) -> tuple[Phase, Leg, Burn] | None:
    """The descent that was flown under power; None in a flight without."""
    for phase, leg in story.flown("descent"):
        for burn in leg.burns:
            if burn.history is not None:
                return phase, leg, burn
    return None


def way_down(story: Story, leg: Leg, burn: Burn, level_m: float) -> Down:
    """The closed loop of a leg, sampled; more often near its end."""
    history = burn.history
    assert history is not None
    share = 1.0 - (1.0 - np.linspace(0.0, 1.0, SAMPLES)) ** 1.6
    epochs = burn.ignition_s + (burn.cutoff_s - burn.ignition_s) * share
    arc = next(arc for arc in leg.arcs if arc.mode == "burn" and arc.start_s <= 0.5 * (burn.ignition_s + burn.cutoff_s) <= arc.end_s)
    y = arc.at(np.clip(epochs, arc.start_s, arc.end_s))
    r, held = y[:, :3], history.held_at(epochs)
    size = np.linalg.norm(r, axis=1)
    up = r / size[:, None]
    ground = np.array([ground_velocity("moon", y[k, :3], y[k, 3:6], float(epochs[k]), story.sky) for k in range(epochs.size)])
    climb = (ground * up).sum(axis=1)
    fixed = on_the_moon(up, epochs, story.sky)
    away = np.arccos(np.clip(fixed @ fixed[-1], -1.0, 1.0)) * (MOON_RADIUS_M + level_m)
    pitch = np.degrees(np.arcsin(np.clip((history.axes[held] * up).sum(axis=1), -1.0, 1.0)))
    return Down(
        epochs,
        epochs - burn.ignition_s,
        size - MOON_RADIUS_M - level_m,
        away,
        -climb,
        np.linalg.norm(ground - climb[:, None] * up, axis=1),
        history.thrusts_n[held],
        pitch,
    )


def descent(story: Story) -> Picture | Absent:
    """Height against range, and speeds, thrust and attitude against time."""
    found = powered(story)
    if found is None:
        held = story.first("descent_held")
        why = "the descent was not begun: " + story.flight.advice if held else "no craft of this flight comes down on the Moon under power"
        return Absent(NAME, TITLE, why)
    phase, leg, burn = found
    down = way_down(story, leg, burn, story.flight.mission.landing_site.altitude_m)
    parts = {e.name: e.epoch_s - burn.ignition_s for e in leg.events if e.name in PARTS}
    with drawn(8.2) as figure:
        profile, *lower = figure.subplots(4, 1, height_ratios=(1.35, 1.0, 0.8, 0.8))
        colour = story.colours.name(burn.module)
        labels = _profile(profile, down, parts, colour)
        for axes in lower:
            _marks(axes, parts, axes is lower[0])
            axes.sharex(lower[-1])
        _speeds(lower[0], down, colour)
        lower[1].plot(down.seconds, down.thrust_n / 1e3, color=value(colour))
        lower[1].set(ylabel="kN", title="Thrust", ylim=(0.0, None))
        lower[2].plot(down.seconds, down.pitch_deg, color=value(colour))
        lower[2].set(ylabel="°", title="Thrust above the horizon", xlabel="seconds since ignition")
        lower[2].margins(x=0.0)
        svg = svg_of(figure, NAME, labels)
    return Picture(NAME, TITLE, svg, *_caption(story, phase, burn, down))


def _profile(axes: Axes, down: Down, parts: dict[str, float], colour: str) -> Labels:
    """The way down, the ground at the bottom."""
    axes.plot(down.range_m / 1e3, down.height_m / 1e3, color=value(colour))
    places = [(down.range_m[0] / 1e3, down.height_m[0] / 1e3, "ignition", colour)]
    for name, seconds in parts.items():
        k = int(np.argmin(np.abs(down.seconds - seconds)))
        axes.plot(down.range_m[k] / 1e3, down.height_m[k] / 1e3, "o", color=value(colour), ms=3)
        if name in ("high_gate", "touchdown", "impact"):
            places.append((down.range_m[k] / 1e3, down.height_m[k] / 1e3, PARTS[name], colour))
    axes.invert_xaxis()
    axes.set(xlabel="km to go", ylabel="km above the site", title="Height against range")
    axes.margins(0.03, 0.12)
    return Labels(axes, places, list(zip(down.range_m[::10] / 1e3, down.height_m[::10] / 1e3, strict=True)))


def _marks(axes: Axes, parts: dict[str, float], named: bool) -> None:
    """Lines where the descent's parts begin."""
    for name, seconds in parts.items():
        axes.axvline(seconds, color=value("soft"), lw=0.6, ls=(0, (2, 2)))
        if named and name in ("high_gate",):
            note(axes, seconds, 1.0, PARTS[name], "soft", (-3.0, -2.0), xycoords=axes.get_xaxis_transform())


def _speeds(axes: Axes, down: Down, colour: str) -> None:
    """Speeds over the ground."""
    axes.plot(down.seconds, down.across_m_s, color=value(colour))
    axes.plot(down.seconds, down.down_m_s, color=value("ink"), lw=1.0)
    k = len(down.seconds) // 3
    note(axes, down.seconds[k], down.across_m_s[k], "across", colour, (4.0, 4.0))
    note(axes, down.seconds[k], down.down_m_s[k], "down", "ink", (0.0, 4.0))
    axes.set(ylabel="m/s", title="Speed over the ground")


def _caption(story: Story, phase: Phase, burn: Burn, down: Down) -> tuple[str, dict[str, Fact]]:
    """The descent and its touchdown, each beside what is allowed."""
    text = (
        "Ignition {height_km:.2f} km above the site and {range_km:,.0f} km before it at {speed_m_s:,.1f} m/s over the ground;"
        " {seconds:.1f} s of thrust from {least_kn:.2f} to {most_kn:.2f} kN use {propellant_kg:,.1f} kg for {delta_v_m_s:,.1f} m/s."
    )
    facts: dict[str, Fact] = {
        "height_km": float(down.height_m[0]) / 1e3,
        "range_km": float(down.range_m[0]) / 1e3,
        "speed_m_s": math.hypot(float(down.down_m_s[0]), float(down.across_m_s[0])),
        "seconds": burn.cutoff_s - burn.ignition_s,
        "least_kn": float(down.thrust_n.min()) / 1e3,
        "most_kn": float(down.thrust_n.max()) / 1e3,
        "propellant_kg": burn.propellant_kg,
        "delta_v_m_s": burn.delta_v_m_s,
    }
    touch = next((r for r in story.named("touchdown") if r["phase"] == phase.name), None)
    if touch is not None:
        data = touch["data"]
        text += (
            " The lander touches down at {vertical_m_s:.2f} m/s (allowed: {vertical_most:.2f}) down and {across_m_s:.2f} m/s (allowed:"
            " {across_most:.2f}) across, {miss_m:.1f} m from the site, after {hover_s:.0f} s of hover."
        )
        facts |= {"vertical_m_s": data["vertical_speed_m_s"], "across_m_s": data["horizontal_speed_m_s"]}
        facts |= {"vertical_most": phase.vertical_speed_max_m_s, "across_most": phase.horizontal_speed_max_m_s}  # type: ignore[union-attr]
        facts |= {"miss_m": data["target_miss_m"], "hover_s": data["hover_duration_s"]}
    return text, facts
