"""The way home: how the Moon is left, and the last hours over the turning Earth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S, MOON_RADIUS_M
from farside.plots.drawing import Labels, drawn, svg_of
from farside.plots.land import draw_land
from farside.plots.look import value
from farside.plots.lunar_orbits import ARRIVAL_M, perifocal, turn_s
from farside.plots.story import Story, day, finer, flies, from_moon
from farside.plots.words import Absent, Fact, Picture, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.phases.leg import Burn

Array = NDArray[np.float64]
NAME, TITLE = "way-home", "The way home"
LAST_S = 1.6 * 3600.0  # of the road to the ground that the map shows
MARKED = ("capsule_separation", "entry_interface", "skip_exit", "second_entry", "landing")


class Track(NamedTuple):
    """A track on the Earth: epochs (k,), degrees east (continuous) and north (k,), height [m] (k,)."""

    epochs_s: Array
    east_deg: Array
    north_deg: Array
    height_m: Array


def way_home(story: Story) -> Picture | Absent:
    """The burns home about the Moon, to scale, and the track of the capsule on the Earth."""
    burns = [burn for _, leg in story.flown("departure") for burn in leg.burns]
    module = _capsule(story)
    if not burns and module is None:
        return Absent(NAME, TITLE, "no craft of this flight leaves the Moon for the Earth")
    track = track_of(story, module) if module is not None else None
    with drawn(*[size for size, there in ((3.3, burns), (3.0, track is not None)) if there]) as (figure, rows):
        labels = [_departure(rows.pop(0), story, burns)] if burns else []
        if track is not None and module is not None:
            labels.append(_over_the_earth(rows.pop(0), story, module, track))
        svg = svg_of(figure, NAME, *labels)
    return Picture(NAME, TITLE, svg, *_caption(story, burns, track))


def _capsule(story: Story) -> str | None:
    """The module that comes back to the Earth's air; None in a flight that does not come so far."""
    gate = story.first("entry_interface")
    return None if gate is None else str(gate["modules"][0])


def track_of(story: Story, module: str) -> Track:
    """The last hours of a module over the turning Earth."""
    arcs = [arc for _, arc, _ in story.along(module) if arc.center == "earth" and flies(arc)]
    end = arcs[-1].end_s
    epochs = np.unique(np.concatenate([finer(arc, 3) for arc in arcs if arc.end_s > end - LAST_S]))
    epochs = epochs[epochs >= end - LAST_S]
    epochs = epochs[np.unique(np.linspace(0, epochs.size - 1, 700).astype(int))]
    fixed = np.einsum("kij,kj->ki", icrf_to_itrf(epochs), story.states(module, epochs)[:, :3])
    ground = np.array([geodetic_from_itrf(*place) for place in fixed])
    return Track(epochs, np.degrees(np.unwrap(ground[:, 1])), np.degrees(ground[:, 0]), ground[:, 2])


def _departure(axes: Axes, story: Story, burns: list[Burn]) -> Labels:
    """The circle, the ellipse and the way out, along the normal of the ellipse."""
    from matplotlib.patches import Circle

    module, colour = burns[0].module, story.colours.name(burns[0].craft)
    y = story.states(module, np.array([burns[0].cutoff_s]))[0]
    plane = perifocal(y[:3], y[3:6])
    axes.add_patch(Circle((0.0, 0.0), MOON_RADIUS_M / 1e6, color=value("moon"), alpha=0.35))
    places: list[tuple[float, float, str, str]] = [(0.0, 0.0, "Moon", "soft")]
    crowd: list[tuple[float, float]] = []
    for burn in burns:
        seconds = turn_s(story, burn)
        if seconds is not None:
            r = story.states(module, np.linspace(burn.cutoff_s, burn.cutoff_s + seconds, 241))[:, :3] @ plane.T / 1e6
            axes.plot(r[:, 0], r[:, 1], color=value(colour), lw=0.9)
            top = r[np.argmax(np.linalg.norm(r, axis=1))]
            places.append((float(top[0]), float(top[1]), f"after {title(burn.name)}", colour))
            crowd += [(float(a), float(b)) for a, b, _ in r[::8]]
    out = [from_moon(arc, finer(arc), story.sky) for _, arc, _ in story.along(module) if arc.start_s >= burns[-1].cutoff_s - 1.0]
    way = np.concatenate(out) @ plane.T / 1e6 if out else np.empty((0, 3))
    way = way[np.linalg.norm(way, axis=1) < ARRIVAL_M / 1e6]
    if len(way) and turn_s(story, burns[-1]) is None:
        axes.plot(way[:, 0], way[:, 1], color=value(colour))
        places.append((float(way[-1, 0]), float(way[-1, 1]), "to the Earth", colour))
    axes.set(aspect="equal", adjustable="datalim", xlabel="thousand km", title="Leaving the Moon, to scale")
    axes.margins(0.08)
    return Labels(axes, places, crowd)


def _over_the_earth(axes: Axes, story: Story, module: str, track: Track) -> Labels:
    """The track of the last hours on a map."""
    colour = story.colours.name(story.named("entry_interface")[0]["craft"])
    axes.plot(track.east_deg, track.north_deg, color=value(colour))
    west, east = float(track.east_deg.min()) - 12.0, float(track.east_deg.max()) + 12.0
    south, north = max(-88.0, float(track.north_deg.min()) - 10.0), min(88.0, float(track.north_deg.max()) + 10.0)
    places = []
    for name in MARKED:
        record = story.first(name)
        if record is not None and track.epochs_s[0] <= record["epoch_tdb_s"] <= track.epochs_s[-1]:
            x = float(np.interp(record["epoch_tdb_s"], track.epochs_s, track.east_deg))
            y = float(np.interp(record["epoch_tdb_s"], track.epochs_s, track.north_deg))
            axes.plot([x], [y], "o", color=value(colour), ms=3)
            places.append((x, y, title(name), colour))
    site = story.flight.mission.sites.get(story.flight.mission.goals.recovery_site)
    if site is not None:
        x = math.degrees(site.longitude_rad)
        x += 360.0 * round((float(track.east_deg[-1]) - x) / 360.0)
        axes.plot([x], [math.degrees(site.latitude_rad)], "+", color=value("ink"), ms=8, mew=1.3)
        places.append((x, math.degrees(site.latitude_rad), "site", "ink"))
    draw_land(axes, west, east, south, north)
    axes.set(aspect=1.0 / math.cos(math.radians(0.5 * (south + north))), xlabel="° east", ylabel="° north")
    axes.set_title("Over the turning Earth")
    axes.xaxis.set_major_formatter(lambda x, _: f"{(x + 180.0) % 360.0 - 180.0:.0f}")
    return Labels(axes, places, list(zip(track.east_deg[::12].tolist(), track.north_deg[::12].tolist(), strict=True)))


def _caption(story: Story, burns: list[Burn], track: Track | None) -> tuple[str, dict[str, Fact]]:
    """The burns, and the road over the ground."""
    text, facts = "", dict[str, Fact]()
    for number, burn in enumerate(burns):
        text += f" {{name_{number}}} on {{when_{number}}}: {{delta_v_{number}:,.1f}} m/s in {{minutes_{number}:.1f}} min."
        facts |= {f"name_{number}": title(burn.name), f"when_{number}": day(burn.ignition_s), f"delta_v_{number}": burn.delta_v_m_s}
        facts[f"minutes_{number}"] = (burn.cutoff_s - burn.ignition_s) / 60.0
    gate = story.first("entry_interface")
    if gate is not None and track is not None:
        side = "south" if gate["latitude_deg"] < 0.0 else "north"
        text += (
            " The map shows the last {hours:.1f} h, in which the Earth turns by {turn_deg:.1f}°. The air begins over"
            f" {{from_equator_deg:.1f}}° {side}, {{east_deg:.1f}}° east, on {{when}}, {{range_km:,.0f}} km along the ground before the site"
            " and {across_km:.0f} km across."
        )
        hours = float(track.epochs_s[-1] - track.epochs_s[0]) / 3600.0
        facts |= {"hours": hours, "turn_deg": math.degrees(EARTH_ROTATION_RATE_RAD_S * 3600.0 * hours)}
        facts |= {"from_equator_deg": abs(gate["latitude_deg"]), "east_deg": gate["longitude_deg"]}
        facts |= {"when": day(gate["epoch_tdb_s"]), "range_km": gate["data"]["range_to_target_km"]}
        facts["across_km"] = abs(gate["data"]["cross_range_km"])
    return text.strip(), facts
