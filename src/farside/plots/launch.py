"""The launch: motion, thrust, load and the air's pressure from the pad to the parking orbit, and where stages fall."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.plots.drawing import Labels, drawn, note, svg_of
from farside.plots.land import draw_land
from farside.plots.look import value
from farside.plots.words import Absent, Fact, Picture
from farside.products.histories import joined

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.phases.leg import Burn, Event, Leg
    from farside.plots.story import Story

Array = NDArray[np.float64]
NAME, TITLE = "launch", "Launch"
SAMPLES = 400
DEG = 180.0 / math.pi
PARTINGS = {"booster_separation": "boosters off", "fairing_separation": "fairing off", "core_separation": "core off"}
MARGIN_DEG = 6.0  # about the track, on the map


class Climb(NamedTuple):
    """The way up at epochs (k,): seconds since liftoff, degrees east (continuous) and north, the history of the loop (columns by name),
    thrust [N] of each module as it would be in vacuum."""

    epochs_s: Array
    seconds: Array
    east_deg: Array
    north_deg: Array
    columns: dict[str, Array]
    thrust_n: dict[str, Array]


def launch(story: Story) -> Picture | Absent:
    """Altitude, speed, angles, thrust, load and pressure against time, and the track on a map."""
    legs = [leg for _, leg in story.flown("launch")]
    if not legs:
        return Absent(NAME, TITLE, "this flight does not begin on the ground of the Earth")
    climb = _climb(story, legs)
    partings = [event for leg in legs for event in leg.events if event.name in PARTINGS]
    with drawn(1.4, 1.1, 1.1, 1.1, 1.0, 1.0, 2.3, shared=6) as (figure, (height, speed, angle, thrust, load, pressure, track)):
        colour = story.colours.name(legs[0].before[0].name)
        height.plot(climb.seconds, climb.columns["height_m"] / 1e3, color=value(colour))
        height.set(ylabel="km", title="Altitude", ylim=(0.0, 1.15 * float(climb.columns["height_m"].max()) / 1e3))
        _pair(speed, climb, ("speed_m_s", 1e-3, "in space"), ("ground_speed_m_s", 1e-3, "over the ground"), colour)
        speed.set(ylabel="km/s", title="Speed")
        _pair(angle, climb, ("pitch_rad", DEG, "axis"), ("ground_flight_path_angle_rad", DEG, "way over the ground"), colour)
        angle.set(ylabel="°", title="Above the horizon", ylim=(-25.0, 95.0), yticks=(0, 30, 60, 90))
        _thrusts(thrust, story, climb)
        load.plot(climb.seconds, climb.columns["load_g"], color=value(colour), lw=1.0)
        load.set(ylabel="g", title="Load", ylim=(0.0, 1.15 * float(climb.columns["load_g"].max())))
        pressure.plot(climb.seconds, climb.columns["dynamic_pressure_pa"] / 1e3, color=value(colour))
        pressure.set(ylabel="kPa", title="Pressure of the air", xlabel="seconds since liftoff", ylim=(0.0, None))
        for axes in (height, speed, angle, thrust, load, pressure):
            _parted(axes, partings, climb, axes is height)
        svg = svg_of(figure, NAME, _map(track, story, legs, climb, colour))
    return Picture(NAME, TITLE, svg, *_caption(story, legs, climb))


def _parted(axes: Axes, partings: list[Event], climb: Climb, named: bool) -> None:
    """Lines where stages part."""
    axes.margins(x=0.0)
    for k, event in enumerate(partings):
        x = event.epoch_s - float(climb.epochs_s[0])
        axes.axvline(x, color=value("soft"), lw=0.6, ls=(0, (2, 2)))
        if named:
            note(axes, x, 1.0 - 0.14 * (k % 2), PARTINGS[event.name], "soft", (3.0, -2.0), xycoords=axes.get_xaxis_transform())


def _pair(axes: Axes, climb: Climb, one: tuple[str, float, str], other: tuple[str, float, str], colour: str) -> None:
    """Two columns (name, factor, label), the first above the second."""
    for (name, factor, label), shade, width, where, at in ((one, colour, 1.4, 0.6, (-4.0, 3.0)), (other, "soft", 1.0, 0.36, (4.0, -8.0))):
        column, k = factor * climb.columns[name], int(where * len(climb.seconds))
        axes.plot(climb.seconds, column, color=value(shade), lw=width)
        note(axes, climb.seconds[k], float(column[k]), label, shade, at)


def _climb(story: Story, legs: list[Leg]) -> Climb:
    """The history of the launch, with where it was."""
    history = joined([leg.history for leg in legs if leg.history is not None])
    kept = np.unique(np.linspace(0, history.epochs_s.size - 1, SAMPLES).astype(int))
    epochs, arcs = history.epochs_s[kept], [arc for leg in legs for arc in leg.arcs]
    r = np.full((epochs.size, 3), np.nan)
    for arc in arcs:
        inside = (epochs >= arc.start_s) & (epochs <= arc.end_s)
        r[inside] = arc.at(epochs[inside])[:, :3]
    ground = np.array([geodetic_from_itrf(*place) for place in np.einsum("kij,kj->ki", icrf_to_itrf(epochs), r)])
    thrust: dict[str, Array] = {}
    for burn in (burn for leg in legs for burn in leg.burns):
        thrust.setdefault(burn.module, np.zeros(epochs.size))
        thrust[burn.module] += _thrust(burn, epochs)
    east, north = np.degrees(np.unwrap(ground[:, 1])), np.degrees(ground[:, 0])
    columns = {name: column[kept] for name, column in history.columns.items()}
    return Climb(epochs, epochs - epochs[0], east, north, columns, thrust)


def _thrust(burn: Burn, epochs: Array) -> Array:
    """The thrust (k,) of one burn, zero before and after."""
    on = (epochs >= burn.ignition_s) & (epochs < burn.cutoff_s)
    level = np.full(epochs.size, burn.thrust_n) if burn.history is None else burn.history.thrusts_n[burn.history.held_at(epochs)]
    return np.where(on, level, 0.0)


def _thrusts(axes: Axes, story: Story, climb: Climb) -> None:
    """The thrust of each module, by name."""
    for module, level in climb.thrust_n.items():
        shown = np.where(level > 0.0, level / 1e6, np.nan)
        axes.plot(climb.seconds, shown, color=story.colours(module))
        k = int(np.nanargmax(shown))
        note(axes, climb.seconds[k], float(shown[k]), module.replace("_", " "), story.colours.name(module), (3.0, 3.0))
    axes.set(ylabel="MN", title="Thrust, as in vacuum")
    axes.set_ylim(0.0, 1.3e-6 * max(float(level.max()) for level in climb.thrust_n.values()))


def _map(axes: Axes, story: Story, legs: list[Leg], climb: Climb, colour: str) -> Labels:
    """The track over land and sea, and where stages fall."""
    axes.plot(climb.east_deg, climb.north_deg, color=value(colour))
    axes.plot(climb.east_deg[:1], climb.north_deg[:1], "o", color=value(colour), ms=4)
    places = [(float(climb.east_deg[0]), float(climb.north_deg[0]), "pad", colour)]
    places.append((float(climb.east_deg[-1]), float(climb.north_deg[-1]), "parking orbit", colour))
    for event in (event for leg in legs for event in leg.events):
        if event.name in PARTINGS and "impact_longitude_deg" in event.data:
            x = _near(event.data["impact_longitude_deg"], float(climb.east_deg[0]))
            axes.plot([x], [event.data["impact_latitude_deg"]], "x", color=value("soft"), ms=5)
            places.append((x, event.data["impact_latitude_deg"], PARTINGS[event.name].removesuffix(" off"), "soft"))
    xs, ys = [place[0] for place in places], [place[1] for place in places]
    south, north = min(ys) - MARGIN_DEG, max(ys) + MARGIN_DEG
    draw_land(axes, min(xs) - MARGIN_DEG, max(xs) + MARGIN_DEG, south, north)
    axes.set(aspect=1.0 / math.cos(math.radians(0.5 * (south + north))), xlabel="° east", ylabel="° north")
    axes.set_title("Track, and where stages fall")
    axes.xaxis.set_major_formatter(lambda x, _: f"{(x + 180.0) % 360.0 - 180.0:.0f}")
    return Labels(axes, places, list(zip(climb.east_deg[::12].tolist(), climb.north_deg[::12].tolist(), strict=True)))


def _near(degrees: float, about: float) -> float:
    """A longitude within half a turn of another."""
    return about + (degrees - about + 180.0) % 360.0 - 180.0


def _caption(story: Story, legs: list[Leg], climb: Climb) -> tuple[str, dict[str, Fact]]:
    """The launch in numbers."""
    text = "{tonnes:,.1f} t lift off; {minutes:.2f} min later {orbit_tonnes:,.1f} t are {height_km:.1f} km up at {speed_km_s:.3f} km/s."
    facts: dict[str, Fact] = {
        "tonnes": legs[0].before[0].mass_kg / 1e3,
        "minutes": float(climb.seconds[-1]) / 60.0,
        "orbit_tonnes": legs[-1].after[0].mass_kg / 1e3,
        "height_km": float(climb.columns["height_m"][-1]) / 1e3,
        "speed_km_s": float(climb.columns["speed_m_s"][-1]) / 1e3,
    }
    orbit = next((record for record in story.named("parking_orbit") if record["phase"] == legs[0].phase), None)
    if orbit is not None and "highest_load_g" in orbit["data"]:
        data = orbit["data"]
        text += (
            " The parking orbit is {low_km:.1f} x {high_km:.1f} km. Faster than sound after {sonic_s:.0f} s; the air presses most,"
            " {pressure_kpa:.1f} kPa, after {pressure_s:.0f} s; the highest load is {load_g:.2f} g."
        )
        facts |= {"low_km": data["periapsis_altitude_km"], "high_km": data["apoapsis_altitude_km"], "load_g": data["highest_load_g"]}
        facts |= {"pressure_kpa": data["highest_dynamic_pressure_pa"] / 1e3, "pressure_s": data["highest_dynamic_pressure_after_s"]}
        facts["sonic_s"] = float(climb.seconds[int(np.argmax(climb.columns["mach"] >= 1.0))])
    return text, facts
