"""Rendezvous and docking: the active craft in the local axes of the passive one, far, near, and in the corridor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.dynamics.world import Point
from farside.guidance.rendezvous import relative
from farside.plots.drawing import Labels, drawn, note, svg_of
from farside.plots.look import value
from farside.plots.story import Story
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.mission import Phase
    from farside.phases.leg import Leg

Array = NDArray[np.float64]
NAME, TITLE = "rendezvous", "Rendezvous and docking"
SAMPLES = 360  # of each phase
NEAR_SHARE = 1.25  # of the second hold's distance: what the middle picture shows


class Pair(NamedTuple):
    """A phase of two craft: what was declared, and the legs of the active and of the passive one."""

    phase: Phase
    active: Leg
    passive: Leg


class Near(NamedTuple):
    """The active craft at epochs (k,) in the local axes of the passive one: up, ahead, aside (k, 3) [m]."""

    epochs_s: Array
    place_m: Array


def pairs(story: Story, kind: str) -> list[Pair]:
    """The phases of a kind that were flown by two craft."""
    found = []
    for phase, leg in story.flown(kind):
        others = [other for other in story.legs if other.phase == phase.name and other is not leg]
        if others and leg.arcs and others[0].arcs:
            found.append(Pair(phase, leg, others[0]))
    return found


def seen(pair: Pair) -> Near:
    """The active craft as the passive one would see it, often where it moves much."""
    ends = sorted({arc.start_s for leg in pair[1:] for arc in leg.arcs} | {leg.end_s for leg in pair[1:]})
    first, last = ends[0], min(leg.arcs[-1].end_s for leg in pair[1:])
    epochs = np.unique(np.concatenate([np.linspace(first, last, SAMPLES), [e for e in ends if first <= e <= last]]))
    own, other = (_states(leg, epochs) for leg in (pair.passive, pair.active))
    places = [relative(Point("moon", t, a), Point("moon", t, b)).r_m for t, a, b in zip(epochs.tolist(), own, other, strict=True)]
    return Near(epochs, np.array(places))


def _states(leg: Leg, epochs: Array) -> Array:
    """States (k, 7) of a leg's craft about the Moon."""
    out = np.full((epochs.size, 7), np.nan)
    for arc in leg.arcs:
        inside = (epochs >= arc.start_s) & (epochs <= arc.end_s)
        out[inside] = arc.at(epochs[inside])
    return out


def rendezvous(story: Story) -> Picture | Absent:
    """The whole approach, its last kilometres, and the corridor to the latch."""
    far, last = pairs(story, "rendezvous"), pairs(story, "docking")
    if not far:
        return Absent(NAME, TITLE, "no two craft of this flight meet")
    pair, near = far[-1], seen(far[-1])
    dock = seen(last[-1]) if last else None
    with drawn(*((1.5, 1.3, 1.5) if dock is not None else (1.5, 1.3))) as (figure, rows):
        labels = [_far(rows[0], story, pair, near), _near(rows[1], story, pair, near)]
        if dock is not None:
            labels.append(_corridor(rows[2], story, last[-1], pair, dock))
        svg = svg_of(figure, NAME, *labels)
    return Picture(NAME, TITLE, svg, *_caption(story, pair, near, dock))


def _axes(axes: Axes, title: str, unit: str) -> None:
    axes.set(title=title, xlabel=f"{unit} ahead of the passive craft", ylabel=f"{unit} above")


def _far(axes: Axes, story: Story, pair: Pair, near: Near) -> Labels:
    """All of it, in kilometres."""
    colour = story.colours.name(pair.active.before[0].name)
    x, y = near.place_m[:, 1] / 1e3, near.place_m[:, 0] / 1e3
    axes.plot(x, y, color=value(colour))
    places = [(0.0, 0.0, pair.passive.before[0].name, story.colours.name(pair.passive.before[0].name)), (x[0], y[0], "start", colour)]
    places += [(-hold.distance_m / 1e3, 0.0, f"hold {hold.distance_m / 1e3:g} km", "soft") for hold in pair.phase.holds[:1]]  # type: ignore[union-attr]
    _dots(axes, places, story, pair)
    _axes(axes, f"The {pair.active.before[0].name} comes to the {pair.passive.before[0].name}", "km")
    axes.margins(0.08, 0.25)
    return Labels(axes, places, list(zip(x[::8], y[::8], strict=True)))


def _dots(axes: Axes, places: list[tuple[float, float, str, str]], story: Story, pair: Pair) -> None:
    axes.plot([place[0] for place in places[1:]], [place[1] for place in places[1:]], "o", color=value("soft"), ms=2.8)
    axes.plot([0.0], [0.0], "o", color=story.colours(pair.passive.before[0].name), ms=5)


def _near(axes: Axes, story: Story, pair: Pair, near: Near) -> Labels:
    """From the hold before the last but one on, in kilometres."""
    holds = pair.phase.holds  # type: ignore[union-attr]
    reach = NEAR_SHARE * holds[min(1, len(holds) - 1)].distance_m
    colour = story.colours.name(pair.active.before[0].name)
    outside = np.flatnonzero(np.linalg.norm(near.place_m, axis=1) > 1.2 * reach)
    x, y = (near.place_m[outside[-1] + 1 if outside.size else 0 :, k] for k in (1, 0))
    axes.plot(x, y, color=value(colour))
    places = [(0.0, 0.0, pair.passive.before[0].name, story.colours.name(pair.passive.before[0].name))]
    places += [(-hold.distance_m, 0.0, f"hold {hold.distance_m:g} m", "soft") for hold in holds if hold.distance_m <= reach]
    _dots(axes, places, story, pair)
    axes.set_xlim(-reach, 0.16 * reach)
    shown = (x >= -reach) & (x <= 0.16 * reach)
    if shown.any():
        low, high = float(y[shown].min()), float(y[shown].max())
        axes.set_ylim(low - 0.3 * (high - low) - 5.0, high + 0.3 * (high - low) + 5.0)
    _axes(axes, "Its last transfers", "m")
    return Labels(axes, places, list(zip(x[shown][::6], y[shown][::6], strict=True)))


def _corridor(axes: Axes, story: Story, pair: Pair, before: Pair, dock: Near) -> Labels:
    """The straight approach inside the corridor."""
    colour = story.colours.name(pair.active.before[0].name)
    reach = 1.15 * float(np.abs(dock.place_m[:, 1]).max())
    half = math.tan(pair.phase.corridor_rad)  # type: ignore[union-attr]
    axes.fill([0.0, -reach, -reach], [0.0, half * reach, -half * reach], color=value("good"), alpha=0.13, lw=0.0)
    axes.plot(dock.place_m[:, 1], dock.place_m[:, 0], color=value(colour))
    keep_out = before.phase.keep_out_m  # type: ignore[union-attr]
    places = [(0.0, 0.0, "contact", story.colours.name(pair.passive.before[0].name))]
    places += [(-hold.distance_m, 0.0, f"hold {hold.distance_m:g} m", "soft") for hold in before.phase.holds if hold.distance_m <= reach]  # type: ignore[union-attr]
    _dots(axes, places, story, pair)
    note(axes, -0.72 * reach, 0.72 * half * reach, "corridor", "good", (0.0, -4.0))
    axes.axvline(-keep_out, color=value("bad"), lw=0.7, ls=(0, (3, 2)))
    side = -3.0 if keep_out < 0.4 * reach else 3.0  # where there is room
    note(axes, -keep_out, 1.0, "keep out, unless docking", "bad", (side, -2.0), xycoords=axes.get_xaxis_transform())
    axes.set_xlim(-reach, 0.16 * reach)
    _axes(axes, "The corridor", "m")
    return Labels(axes, places)


def _caption(story: Story, pair: Pair, near: Near, dock: Near | None) -> tuple[str, dict[str, Fact]]:
    """How it went, and the contact beside what the latch takes."""
    text = "The approach begins {behind_km:.1f} km behind and {below_km:.1f} km below"
    facts: dict[str, Fact] = {"behind_km": -float(near.place_m[0, 1]) / 1e3, "below_km": -float(near.place_m[0, 0]) / 1e3}
    burns = pair.active.burns
    text += " and takes {hours:.2f} h and {count:d} burns of {delta_v_m_s:.2f} m/s in all to the last hold."
    facts |= {"hours": (near.epochs_s[-1] - near.epochs_s[0]) / 3600.0, "count": len(burns)}
    facts["delta_v_m_s"] = sum(burn.delta_v_m_s for burn in burns)
    data = [record["data"] for record in story.events if record["phase"] == pair.phase.name]
    safe = [one["free_drift_closest_m"] for one in data if "free_drift_closest_m" in one]
    if safe:
        text += " Adrift from any hold, the two would stay {closest_m:,.0f} m apart for a day."
        facts["closest_m"] = min(safe)
    touch = story.first("docking")
    if touch is not None and dock is not None:
        data = touch["data"]
        text += (
            " Contact at {closing_m_s:.3f} m/s, {lateral_m_s:.3f} m/s across, {offset_m:.3f} m off the axis;"
            " the latch takes {closing_most:.2f} m/s, {lateral_most:.2f} m/s and {offset_most:.2f} m."
        )
        latch = next(phase.latch for phase, _ in story.flown("docking"))  # type: ignore[union-attr]
        facts |= {"closing_m_s": data["closing_speed_m_s"], "lateral_m_s": data["lateral_speed_m_s"], "offset_m": data["offset_m"]}
        facts |= {"closing_most": latch.closing_speed_m_s, "lateral_most": latch.lateral_speed_m_s, "offset_most": latch.offset_m}
    return text, {key: float(one) if isinstance(one, np.floating) else one for key, one in facts.items()}
