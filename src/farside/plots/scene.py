"""The flight in three dimensions: what the page's own script needs to draw it, and the library that draws.

Two views: the Earth and the Moon, from above the Moon's orbit; the Moon, from above its equator. Places are in thousands of kilometres, in
axes that do not turn. plotly.js (MIT) comes with the Python package plotly; it stands in the page compressed, and is unpacked by the
reader's browser when a view is asked for.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, MOON_RADIUS_M, WGS84_RADIUS_M
from farside.basis.epochs import utc_from_tdb
from farside.environment.orientation import icrf_to_moon_me
from farside.plots.lunar_orbits import turn_s
from farside.plots.roads import pieces
from farside.plots.story import Story, moon_places
from farside.plots.words import title

Array = NDArray[np.float64]
ROAD_STEPS, STAY_STEPS = 240, 160  # of the time slider, on a road and between roads
BEFORE_S, AFTER_S = 3600.0, 7800.0  # about a burn at the Moon: more than a turn of a low orbit
LONGEST_TURN_S = 13.0 * 3600.0  # of an ellipse that is shown whole
LEAST_STEP_S, MOST_STEPS = 60.0, 130  # of a chapter at the Moon
DIGITS = 5  # of a place, in thousands of kilometres: 10 m
GZIP_LEVEL = 6


class Chapter(NamedTuple):
    """A stretch of time that the slider runs through: epochs (k,)."""

    epochs_s: Array


def library() -> str:
    """plotly.js as the page carries it: gzip, base64."""
    package = find_spec("plotly")
    assert package is not None
    assert package.submodule_search_locations
    script = Path(package.submodule_search_locations[0]) / "package_data" / "plotly.min.js"
    return base64.b64encode(gzip.compress(script.read_bytes(), GZIP_LEVEL, mtime=0)).decode("ascii")


def scene(story: Story) -> str | None:
    """The views of a flight as JSON; None when there is nothing to show in any."""
    views = [view for view in (_earth_and_moon(story), _moon(story)) if view is not None]
    return json.dumps({"views": views}, separators=(",", ":"), allow_nan=False) if views else None


def _earth_and_moon(story: Story) -> dict[str, Any] | None:
    """The roads, about the Earth."""
    found = list(pieces(story))
    if not any(np.linalg.norm(piece.r_m, axis=1).max() > 5e7 for piece in found):
        return None
    roads: list[list[Array]] = []
    for piece in found:
        if not roads or piece.epochs_s[0] - roads[-1][-1][-1] > DAY_S:
            roads.append([])
        roads[-1].append(piece.epochs_s)
    chapters: list[Array] = []
    for road in (np.unique(np.concatenate(parts)) for parts in roads):
        if chapters:
            chapters.append(np.linspace(chapters[-1][-1], road[0], STAY_STEPS + 2)[1:-1])
        chapters.append(road[np.unique(np.linspace(0, road.size - 1, ROAD_STEPS).astype(int))])
    epochs = np.concatenate(chapters)
    moon = moon_places(story.sky, epochs)
    turn = _above(np.cross(moon[0, :3], moon[0, 3:]))
    moving = [_mover("Moon", "moon", moon[:, :3] @ turn.T), *_movers(story, epochs, turn, "earth")]
    earth = {"name": "Earth", "radius": WGS84_RADIUS_M / 1e6, "colour": "earth"}
    return _view("earth-moon-3d", "The Earth and the Moon", [earth], moving, epochs, [epochs.size], story)


def _moon(story: Story) -> dict[str, Any] | None:
    """What happens about the Moon, chapter by chapter."""
    chapters = list(_chapters(story))
    if not chapters:
        return None
    epochs = np.concatenate([chapter.epochs_s for chapter in chapters])
    poles = icrf_to_moon_me(float(epochs[0]), story.sky)
    turn = _above(poles[2])
    movers = _movers(story, epochs, turn, "moon")
    site = story.flight.mission.sites.get(story.flight.mission.goals.landing_site)
    if site is not None:
        c = np.cos(site.latitude_rad)
        fixed = np.array([c * np.cos(site.longitude_rad), c * np.sin(site.longitude_rad), np.sin(site.latitude_rad)])
        places = np.array([icrf_to_moon_me(float(t), story.sky).T @ fixed for t in epochs]) * (MOON_RADIUS_M + site.altitude_m)
        movers.append(_mover("site", "ink", places @ turn.T))
    moon = {"name": "Moon", "radius": MOON_RADIUS_M / 1e6, "colour": "moon"}
    ends = np.cumsum([chapter.epochs_s.size for chapter in chapters]).tolist()
    return _view("moon-3d", "About the Moon", [moon], movers, epochs, ends, story)


def _chapters(story: Story) -> Iterator[Chapter]:
    """Stretches about the burns at the Moon, those that overlap in one."""
    spans: list[list[float]] = []
    last = max((arc.end_s for leg in story.legs for arc in leg.arcs if arc.center == "moon"), default=0.0)
    for burn in story.flight.burns:
        if burn.center == "moon":
            turn = turn_s(story, burn)
            after = max(AFTER_S, turn if turn is not None and turn < LONGEST_TURN_S else 0.0)
            span = [burn.ignition_s - BEFORE_S, min(burn.cutoff_s + after, last)]
            if spans and span[0] <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], span[1])
            else:
                spans.append(span)
    for first, end in spans:
        count = int(np.clip((end - first) / LEAST_STEP_S, 2, MOST_STEPS))
        yield Chapter(np.linspace(first, end, count))


def _above(normal: Array) -> Array:
    """Rows (3, 3) of axes whose third is a direction, the first as near to the equinox as it can be."""
    z = normal / np.linalg.norm(normal)
    x = np.array([1.0, 0.0, 0.0]) - z[0] * z
    x /= np.linalg.norm(x)
    return np.array([x, np.cross(z, x), z])


def _movers(story: Story, epochs: Array, turn: Array, center: str) -> list[dict[str, Any]]:
    """Each craft as long as it flies by itself, about the Earth or about the Moon."""
    moon = moon_places(story.sky, epochs)[:, :3]
    found: dict[str, Array] = {}
    for leg in story.legs:
        places = found.setdefault(leg.before[0].name, np.full((epochs.size, 3), np.nan))
        for arc in leg.arcs:
            inside = (epochs >= arc.start_s) & (epochs <= arc.end_s)
            if inside.any():
                r = arc.at(epochs[inside])[:, :3]
                shift = 0.0 if arc.center == center else moon[inside] if center == "earth" else -moon[inside]
                places[inside] = (r + shift) @ turn.T
    return [_mover(name, story.colours.name(name), places) for name, places in found.items() if np.isfinite(places).any()]


def _mover(name: str, colour: str, places_m: Array) -> dict[str, Any]:
    """One thing that moves, in thousands of kilometres; null where it is not."""
    told = [[None if np.isnan(x) else round(float(x) / 1e6, DIGITS) for x in places_m[:, k]] for k in range(3)]
    return {"name": name.replace("_", " "), "colour": colour, "x": told[0], "y": told[1], "z": told[2]}


def _view(
    name: str, words: str, bodies: list[dict[str, Any]], movers: list[dict[str, Any]], epochs: Array, ends: Sequence[int], story: Story
) -> dict[str, Any]:
    """A view: its bodies, what moves, and what the slider says at each step; `ends` are where its chapters end."""
    events = [(record["epoch_tdb_s"], title(record["event"])) for record in story.events]
    said, names = [], list(dict.fromkeys(what for _, what in events))
    k = -1
    for epoch in epochs:
        while k + 1 < len(events) and events[k + 1][0] <= epoch:
            k += 1
        said.append(-1 if k < 0 else names.index(events[k][1]))
    utc = [utc_from_tdb(float(epoch), 0)[:16].replace("T", " ") for epoch in epochs]
    steps = {"utc": utc, "event": said, "names": names, "ends": list(ends)}
    return {"name": name, "title": words, "bodies": bodies, "movers": movers, "steps": steps}
