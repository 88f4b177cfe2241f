"""Orbits of the Moon: capture and what follows it, to scale, and how the plane turns while the craft waits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.environment.orientation import icrf_to_moon_me
from farside.plots.drawing import Labels, drawn, note, svg_of
from farside.plots.look import value
from farside.plots.story import Story, day, finer, flies, from_moon
from farside.plots.words import Absent, Fact, Picture, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.phases.leg import Burn

Array = NDArray[np.float64]
NAME, TITLE = "lunar-orbits", "Capture and waiting orbits"
LOOKS = 240  # of the plane, over the stay
LEAST_DAYS = 0.5  # a shorter stay shows no drift
ARRIVAL_M = 1.6e7  # how far out the arrival is shown


def lunar_orbits(story: Story) -> Picture | Absent:
    """The ellipses after each braking, seen along the normal of the first, and the node's drift until the craft leaves."""
    burns = [burn for kind in ("capture", "lowering") for _, leg in story.flown(kind) for burn in leg.burns if burn.center == "moon"]
    if not burns:
        return Absent(NAME, TITLE, "no craft of this flight brakes into an orbit of the Moon")
    waiting = _waiting(story, burns[-1])
    with drawn(*((4.0, 1.5) if waiting is not None else (4.0,))) as (figure, (first, *second)):
        labels = _ellipses(first, story, burns)
        if waiting is not None:
            _drift(second[0], story, burns[-1], *waiting)
        svg = svg_of(figure, NAME, labels)
    return Picture(NAME, TITLE, svg, *_caption(story, burns, waiting))


def perifocal(r_m: Array, v_m_s: Array) -> Array:
    """Rows (3, 3): to the periapsis of the osculating orbit about the Moon, across, along the normal."""
    h = np.cross(r_m, v_m_s)
    e = np.cross(v_m_s, h) / GM_MOON_M3_S2 - r_m / np.linalg.norm(r_m)
    x, z = e / np.linalg.norm(e), h / np.linalg.norm(h)
    return np.array([x, np.cross(z, x), z])


def _ellipses(axes: Axes, story: Story, burns: list[Burn]) -> Labels:
    """One turn of each orbit, and the way in."""
    from matplotlib.patches import Circle

    module = burns[0].module
    y = story.states(module, np.array([burns[0].cutoff_s]))[0]
    plane = perifocal(y[:3], y[3:6])
    axes.add_patch(Circle((0.0, 0.0), MOON_RADIUS_M / 1e6, color=value("moon"), alpha=0.35))
    places: list[tuple[float, float, str, str]] = [(0.0, 0.0, "Moon", "soft")]
    crowd: list[tuple[float, float]] = []
    way_in = _way_in(story, module, burns[0].ignition_s) @ plane.T / 1e6
    axes.plot(way_in[:, 0], way_in[:, 1], color=story.colours(burns[0].craft), lw=1.0, ls=(0, (3, 2)))
    if len(way_in):
        places.append((way_in[0, 0], way_in[0, 1], "arrival", story.colours.name(burns[0].craft)))
    shown = [burn for burn in burns if turn_s(story, burn) is not None]
    for number, burn in enumerate(shown):
        until = turn_s(story, burn)
        assert until is not None
        r = story.states(module, np.linspace(burn.cutoff_s, burn.cutoff_s + until, 241))[:, :3] @ plane.T / 1e6
        axes.plot(r[:, 0], r[:, 1], color=story.colours(burn.craft), lw=0.9 + 0.4 * (number + 1 == len(shown)))
        top = r[np.nanargmax(np.linalg.norm(r, axis=1))] if number + 1 < len(shown) else r[60]
        places.append((top[0], top[1], f"after {title(burn.name)}", story.colours.name(burn.craft)))
        crowd += [(float(a), float(b)) for a, b, _ in r[::8]]
    axes.set(aspect="equal", adjustable="datalim", xlabel="thousand km", title="Seen along the normal of the first orbit, to scale")
    axes.margins(0.08)
    return Labels(axes, places, crowd)


def _way_in(story: Story, module: str, until_s: float) -> Array:
    """The arrival (k, 3) about the Moon, from where it is shown to the first braking."""
    parts = []
    for _, arc, _ in story.along(module):
        if arc.end_s > until_s - 2.0 * DAY_S and arc.start_s < until_s and flies(arc):
            epochs = finer(arc)
            r = from_moon(arc, epochs[epochs <= until_s], story.sky)
            parts.append(r[np.linalg.norm(r, axis=1) < ARRIVAL_M])
    return np.concatenate(parts) if parts else np.empty((0, 3))


def turn_s(story: Story, burn: Burn) -> float | None:
    """How long one turn takes on the orbit that a burn leads to; None where the next burn comes before it is done."""
    y = story.states(burn.module, np.array([burn.cutoff_s]))[0]
    r, v = float(np.linalg.norm(y[:3])), float(np.linalg.norm(y[3:6]))
    inverse = 2.0 / r - v * v / GM_MOON_M3_S2
    if not inverse > 0.0:
        return None
    seconds = 2.0 * math.pi * math.sqrt(inverse**-3 / GM_MOON_M3_S2)
    end = story.states(burn.module, np.array([burn.cutoff_s + seconds]))[0]
    return seconds if np.isfinite(end).all() and abs(float(np.linalg.norm(end[:3])) - r) < 0.05 * r else None


def _waiting(story: Story, last: Burn) -> tuple[Array, Array, Array] | None:
    """Epochs, node and inclination [deg] from the last braking to the departure; None for too short a stay."""
    leaves = story.first("tei_1")
    ends = [arc.end_s for _, arc, _ in story.along(last.module) if arc.center == "moon"]
    until = leaves["epoch_tdb_s"] if leaves is not None else max(ends, default=last.cutoff_s)
    if until - last.cutoff_s < LEAST_DAYS * DAY_S:
        return None
    epochs = np.linspace(last.cutoff_s, until, LOOKS)
    y = story.states(last.module, epochs)
    sound = np.isfinite(y[:, 0])
    node, tilt = node_and_inclination(y[sound], epochs[sound], story)
    return epochs[sound], node, tilt


def node_and_inclination(y: Array, epochs_s: Array, story: Story) -> tuple[Array, Array]:
    """Longitude of the ascending node on the Moon's equator, from a direction that does not turn, unwrapped, and inclination [deg]."""
    poles = np.array([icrf_to_moon_me(float(t), story.sky)[2] for t in epochs_s])
    h = np.cross(y[:, :3], y[:, 3:6])
    h /= np.linalg.norm(h, axis=1)[:, None]
    start = np.cross([0.0, 0.0, 1.0], poles)
    start /= np.linalg.norm(start, axis=1)[:, None]
    across, node = np.cross(poles, start), np.cross(poles, h)
    angle = np.arctan2((node * across).sum(axis=1), (node * start).sum(axis=1))
    return np.degrees(np.unwrap(angle)), np.degrees(np.arccos(np.clip((h * poles).sum(axis=1), -1.0, 1.0)))


def _drift(axes: Axes, story: Story, last: Burn, epochs: Array, node: Array, tilt: Array) -> None:
    """How far the node and the inclination have moved."""
    days = (epochs - epochs[0]) / DAY_S
    colour = story.colours.name(last.module)
    axes.plot(days, node - node[0], color=value(colour))
    axes.plot(days, tilt - tilt[0], color=value("soft"), lw=1.0)
    k = -len(days) // 6
    note(axes, days[k], float(node[k] - node[0]), "node", colour, (-4.0, 4.0))
    note(axes, days[k], float(tilt[k] - tilt[0]), "inclination", "soft", (0.0, 5.0))
    for name in ("lander_separation", "touchdown", "ascent_liftoff", "docking"):
        record = story.first(name)
        if record is not None and epochs[0] < record["epoch_tdb_s"] < epochs[-1]:
            x = (record["epoch_tdb_s"] - epochs[0]) / DAY_S
            axes.axvline(x, color=value("faint"), lw=0.8)
            if name in ("touchdown", "docking"):
                note(axes, x, 1.0, name, "soft", (2.0 if name == "docking" else -2.0, -2.0), xycoords=axes.get_xaxis_transform())
    axes.set(xlabel=f"days since the last braking, {day(last.cutoff_s)}", ylabel="°", title="How the orbit's plane turns")
    axes.margins(x=0.0)


def _caption(story: Story, burns: list[Burn], waiting: tuple[Array, Array, Array] | None) -> tuple[str, dict[str, Fact]]:
    """Each orbit in kilometres, and the drift."""
    text, facts = "Perilune and apolune above the sphere:", dict[str, Fact]()
    for number, burn in enumerate(burns, 1):
        record = next(r for r in story.named(burn.name) if r["phase"] == burn.phase)
        data = record["data"]
        if data.get("apoapsis_altitude_km") is None:
            continue
        text += f" {{low_{number}:,.1f}} x {{high_{number}:,.1f}} km after {{name_{number}}},"
        facts |= {f"low_{number}": data["periapsis_altitude_km"], f"high_{number}": data["apoapsis_altitude_km"]}
        facts[f"name_{number}"] = title(burn.name)
    text = text.rstrip(",") + "."
    if waiting is not None:
        epochs, node, tilt = waiting
        days = (epochs - epochs[0]) / DAY_S
        text += (
            " In {days:.1f} days the node moves by {drift_deg:+.2f}°, {rate_deg_day:+.3f}° a day,"
            " while the inclination stays within {low_deg:.2f}° to {high_deg:.2f}°."
        )
        facts |= {"days": days[-1], "drift_deg": node[-1] - node[0], "rate_deg_day": float(np.polyfit(days, node, 1)[0])}
        facts |= {"low_deg": float(tilt.min()), "high_deg": float(tilt.max())}
    return text, {key: float(one) if isinstance(one, np.floating) else one for key, one in facts.items()}
