"""The ascent from the Moon: the way up, speeds, thrust and attitude."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farside.plots.drawing import Labels, drawn, note, svg_of
from farside.plots.look import value
from farside.plots.powered import Powered, closed_loop, powered
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.phases.leg import Burn
    from farside.plots.story import Story

NAME, TITLE = "ascent", "Up from the Moon"


def ascent(story: Story) -> Picture | Absent:
    """Height against range, and speeds and attitude against time."""
    found = closed_loop(story, "ascent")
    if found is None:
        return Absent(NAME, TITLE, "no craft of this flight lifts off from the Moon")
    leg, burn = found
    up = powered(story, leg, burn, story.flight.mission.landing_site.altitude_m, from_end=False)
    colour = story.colours.name(burn.module)
    with drawn(1.5, 1.3, 1.0) as (figure, (profile, speeds, pitch)):
        labels = _profile(profile, up, colour)
        speeds.plot(up.seconds, up.across_m_s, color=value(colour))
        speeds.plot(up.seconds, up.up_m_s, color=value("ink"), lw=1.0)
        k = len(up.seconds) // 2
        note(speeds, up.seconds[k], up.across_m_s[k], "across", colour, (-4.0, 3.0))
        note(speeds, up.seconds[k], up.up_m_s[k], "up", "ink", (0.0, 4.0))
        speeds.set(ylabel="m/s", title="Speed over the ground")
        pitch.plot(up.seconds, up.pitch_deg, color=value(colour))
        pitch.set(ylabel="°", title="Thrust above the horizon", xlabel="seconds since ignition", yticks=(0, 30, 60, 90))
        for axes in (speeds, pitch):
            axes.margins(x=0.0)
            axes.sharex(pitch)
        svg = svg_of(figure, NAME, labels)
    return Picture(NAME, TITLE, svg, *_caption(story, burn, up))


def _profile(axes: Axes, up: Powered, colour: str) -> Labels:
    """The way up, from the site."""
    x, y = up.range_m / 1e3, up.height_m / 1e3
    axes.plot(x, y, color=value(colour))
    axes.set(xlabel="km from the site", ylabel="km above it", title="Height against range")
    axes.margins(0.04, 0.14)
    places = [(float(x[0]), float(y[0]), "lift-off", colour), (float(x[-1]), float(y[-1]), "insertion", colour)]
    return Labels(axes, places, list(zip(x[::10].tolist(), y[::10].tolist(), strict=True)))


def _caption(story: Story, burn: Burn, up: Powered) -> tuple[str, dict[str, Fact]]:
    """The burn and the orbit it leads to."""
    text = (
        "{seconds:.1f} s of thrust of {thrust_kn:.2f} kN on the mean use {propellant_kg:,.1f} kg for {delta_v_m_s:,.1f} m/s and end"
        " {height_km:.2f} km above the site, {range_km:,.0f} km from it."
    )
    facts: dict[str, Fact] = {
        "seconds": burn.cutoff_s - burn.ignition_s,
        "thrust_kn": burn.thrust_n / 1e3,
        "propellant_kg": burn.propellant_kg,
        "delta_v_m_s": burn.delta_v_m_s,
        "height_km": float(up.height_m[-1]) / 1e3,
        "range_km": float(up.range_m[-1]) / 1e3,
    }
    done = next((r for r in story.named("ascent_insertion") if r["phase"] == burn.phase), None)
    if done is not None:
        data = done["data"]
        text += (
            " The orbit: {low_km:.1f} x {high_km:.1f} km, {plane_deg:.3f}° from the plane of the craft that waits; to get into that plane,"
            " {off_deg:.3f}° away at lift-off, cost {price_m_s:.2f} m/s."
        )
        facts |= {"low_km": data["periapsis_altitude_km"], "high_km": data["apoapsis_altitude_km"], "plane_deg": data["plane_error_deg"]}
        facts |= {"off_deg": abs(data["out_of_plane_at_liftoff_deg"]), "price_m_s": data["plane_price_m_s"]}
    return text, facts
