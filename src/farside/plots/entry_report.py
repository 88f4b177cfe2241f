"""The report of an entry alone: one page that needs nothing beside it; what was published of the one that flew stands beside the answers.

    write_entries(flown, Path("flights/stardust"), entry_report_file(flown))
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.plots.drawing import Labels, drawn, svg_of
from farside.plots.entry import entry_svg, told_of
from farside.plots.land import draw_land
from farside.plots.look import style_sheet, value
from farside.plots.report import REPORT, template, uncollected
from farside.plots.words import Fact, Picture, fact, title
from farside.products.entry_study import entry_record
from farside.products.timeline import mission_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.phases.leg import Leg
    from farside.products.whole import Writer
    from farside.studies.entries import Entries

Record = Mapping[str, Any]
COLOUR = "capsule"
MARGIN_DEG = 4.0  # about the track, on the map
NEAR_DEG = 0.3  # an end as near to its aim as this is not named apart from it
SPREAD = ("mean", "sigma", "least", "p5", "p50", "p95", "most")


class Tile(NamedTuple):
    """A number that people ask for first: its value as HTML, its unit, and what it is."""

    value: str
    unit: str
    what: str


def entry_report_file(flown: Entries) -> dict[str, Writer]:
    """The report as `write_entries` takes it: its name, and what writes it. Drawn here and now."""
    page = entry_report(flown)
    return {REPORT: functools.partial(_write, page=page)}


def _write(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8")


def entry_report(flown: Entries) -> str:
    """The report of an entry alone, as HTML."""
    record = entry_record(flown)
    with uncollected():
        return template("entry.html").render(
            record=record,
            tiles=list(tiles(record, flown.nominal)),
            events=[_line(event) for event in record["events"]],
            pictures=[through_the_air(flown, record), track(flown, record)],
            spread=_spread(record),
            styles=style_sheet(),
            version=version("farside"),
        )


def tiles(record: Record, leg: Leg) -> Sequence[Tile]:
    """The first numbers of an entry, those that it has."""
    history, end = leg.history, record["end"]
    assert history is not None
    load = max(event["data"]["load_g"] for event in record["events"] if "load_g" in event["data"])
    flux = history.columns["heat_flux_w_m2"].max()
    found = [
        Tile(fact("load", float(load), ".2f"), "g", "highest load"),
        Tile(fact("flux", float(flux) / 1e4, ",.0f"), "W/cm²", "hottest, at the nose"),
        Tile(fact("seconds", end["seconds"], ".0f"), "s", f"until it is {end['altitude_m'] / 1e3:.2f} km up"),
        Tile(fact("speed", end["speed_m_s"], ",.1f"), "m/s", "over the ground there"),
    ]
    if end["miss_m"] is not None:
        found.append(Tile(fact("miss", end["miss_m"] / 1e3, ",.2f"), "km", "from its aim there"))
    return found


def through_the_air(flown: Entries, record: Record) -> Picture:
    """Altitude, load, bank and heat flux against time."""
    leg, begins = flown.nominal, flown.alone.begins
    most_g = flown.alone.entry.load_limit_m_s2 / STANDARD_GRAVITY_M_S2
    text = "In at {speed_km_s:.3f} km/s, {angle_deg:.2f} degrees below the horizon, " + (
        "as seen from a place that does not turn." if begins.velocity == "inertial" else "relative to the turning Earth."
    )
    facts: dict[str, Fact] = {"speed_km_s": begins.speed_m_s / 1e3, "angle_deg": -math.degrees(begins.flight_path_angle_rad)}
    more, rest = told_of(leg, record["events"], most_g)
    return Picture("entry", "Through the air", entry_svg(leg, most_g, COLOUR), text + more, {**facts, **rest})


def track(flown: Entries, record: Record) -> Picture:
    """The way over the Earth, from the interface to where the entry ends, and what it aims at."""
    arc, aim, end = flown.nominal.arcs[-1], flown.alone.aim, record["end"]
    epochs = np.linspace(arc.start_s, arc.end_s, 200)
    ground = np.degrees([geodetic_from_itrf(*place)[:2] for place in np.einsum("kij,kj->ki", icrf_to_itrf(epochs), arc.at(epochs)[:, :3])])
    north, east = ground[:, 0], np.degrees(np.unwrap(np.radians(ground[:, 1])))
    places = [(float(east[0]), float(north[0]), "interface", COLOUR), (float(east[-1]), float(north[-1]), "end", COLOUR)]
    if aim is not None:
        x = float(east[-1]) + (math.degrees(aim.longitude_rad) - float(east[-1]) + 180.0) % 360.0 - 180.0
        places.append((x, math.degrees(aim.latitude_rad), "aim", "ink"))
        if math.hypot(x - float(east[-1]), places[-1][1] - float(north[-1])) < NEAR_DEG:
            places[1:] = [(*places[-1][:2], "end, at its aim", COLOUR)]
    with drawn(2.6) as (figure, (axes,)):
        _map(axes, east, north, places)
        svg = svg_of(figure, "track", Labels(axes, places, list(zip(east[::8].tolist(), north[::8].tolist(), strict=True))))
    text = "From {from_n:.2f}° north {from_e:.2f}° east to {to_n:.3f}° north {to_e:.3f}° east, {along_km:,.0f} km along the ground."
    facts: dict[str, Fact] = {"from_n": float(north[0]), "from_e": float(ground[0, 1])}
    facts |= {"to_n": end["latitude_deg"], "to_e": end["longitude_deg"], "along_km": _along_km(north, east)}
    return Picture("track", "Over the Earth", svg, text, facts)


def _along_km(north: Any, east: Any) -> float:
    """The length of a track (k,) over a ball of the Earth's mean radius."""
    phi, lam = np.radians(north), np.radians(east)
    d = np.sin(0.5 * np.diff(phi)) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(0.5 * np.diff(lam)) ** 2
    return float(2.0 * 6371.0 * np.arcsin(np.sqrt(d)).sum())


def _map(axes: Axes, east: Any, north: Any, places: Sequence[tuple[float, float, str, str]]) -> None:
    axes.plot(east, north, color=value(COLOUR))
    for x, y, _, colour in places:
        axes.plot([x], [y], "+" if colour == "ink" else "o", color=value(colour), ms=7 if colour == "ink" else 4)
    xs, ys = [*east, *(place[0] for place in places)], [*north, *(place[1] for place in places)]
    south, top = max(-88.0, min(ys) - MARGIN_DEG), min(88.0, max(ys) + MARGIN_DEG)
    wide = max(MARGIN_DEG, 0.9 * (top - south) - 0.5 * (max(xs) - min(xs)))
    draw_land(axes, min(xs) - wide, max(xs) + wide, south, top)
    axes.set(aspect=1.0 / math.cos(math.radians(0.5 * (south + top))), xlabel="° east", ylabel="° north", title="Track")
    axes.xaxis.set_major_formatter(lambda x, _: f"{(x + 180.0) % 360.0 - 180.0:.0f}")


def _line(event: Record) -> dict[str, str]:
    """An event as the page shows it."""
    data = event["data"]
    what = f"{data['load_g']:.2f} g, {data['heat_flux_w_cm2']:,.0f} W/cm²" if "load_g" in data else ""
    return {
        "met": mission_time(event["met_s"]),
        "event": title(event["event"]),
        "altitude": f"{event['altitude_km']:,.1f} km",
        "speed": f"{event['speed_km_s']:.3f} km/s",
        "what": what,
    }


def _spread(record: Record) -> list[tuple[str, list[str]]]:
    """How the runs spread: the name of a number, and its cells."""
    runs = record["runs"]
    return [] if runs is None else [(name, [f"{one[key]:,.3f}" for key in SPREAD]) for name, one in runs["spread"].items()]
