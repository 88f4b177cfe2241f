"""Down under the parachute, found on the ground, and carried to the laboratory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.phases.parachute import Parachute
from farside.phases.recovery import Recovery, spot_of
from farside.phases.transport import Transport
from farside.plots.drawing import Labels, drawn, note, svg_of
from farside.plots.land import draw_land
from farside.plots.look import value
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.phases.leg import History, Leg
    from farside.planning.goals import Site
    from farside.plots.story import Record, Story

Array = NDArray[np.float64]
NAME, TITLE = "recovery", "Parachute, landing and search"
SAMPLES = 260
OPEN_S = 25.0  # after the opening of a canopy, how long its force is shown
OPENINGS = {"drogue": "drogue", "main": "main"}
MARGIN_DEG = 9.0  # about the way to the laboratory, on the map


def recovery(story: Story) -> Picture | Absent:
    """The fall under the canopies, the search about the site, and the way to the laboratory."""
    fall = next((leg for _, leg in story.flown("parachute") if leg.arcs), None)
    if fall is None:
        return Absent(NAME, TITLE, "no capsule of this flight comes down under a parachute")
    site = story.flight.mission.recovery_site
    search = next(((phase, leg) for phase, leg in story.flown("recovery") if isinstance(phase, Recovery)), None)
    way = next(((phase, leg) for phase, leg in story.flown("transport") if isinstance(phase, Transport) and leg.arcs), None)
    history = fall.history
    assert history is not None
    with drawn(*([1.5, 1.3, 2.7, 2.2] if way is not None else [1.5, 1.3, 2.7])) as (figure, (down, pull, about, *far)):
        colour = story.colours.name(fall.before[0].name)
        _descent(down, fall, history, site, colour)
        _pulls(pull, fall, history, colour)
        labels = [_about_the_site(about, story, fall, search, site, colour)]
        if way is not None:
            labels.append(_to_the_laboratory(far[0], way[1], colour))
        svg = svg_of(figure, NAME, *labels)
    return Picture(NAME, TITLE, svg, *_caption(story, fall))


def _states(fall: Leg) -> tuple[Array, Array]:
    """Epochs (k,) of the fall, and its states (k, 7) about the Earth."""
    parts = [np.linspace(arc.start_s, arc.end_s, max(2, SAMPLES // len(fall.arcs))) for arc in fall.arcs]
    return np.concatenate(parts), np.concatenate([arc.at(epochs) for arc, epochs in zip(fall.arcs, parts, strict=True)])


def _descent(axes: Axes, fall: Leg, history: History, site: Site, colour: str) -> None:
    """Speed against height: the canopies brake in steps."""
    up, columns = (history.columns["height_m"] - site.altitude_m) / 1e3, history.columns
    speed = np.hypot(columns["vertical_speed_m_s"], columns["horizontal_speed_m_s"])
    axes.plot(speed, up, color=value(colour))
    for event in fall.events:
        if event.name in OPENINGS:
            k = int(np.argmin(np.abs(history.epochs_s - event.epoch_s)))
            axes.plot(speed[k], up[k], "o", color=value(colour), ms=3)
            note(axes, speed[k], up[k], OPENINGS[event.name], colour, (-4.0, 4.0))
    axes.set_xscale("log")
    shown = [x for x in (2, 5, 10, 20, 50, 100, 200) if 0.9 * speed.min() <= x <= 1.1 * speed.max()]
    axes.set_xticks(shown, [str(x) for x in shown])
    axes.minorticks_off()
    axes.set(xlabel="m/s over the ground", ylabel="km above the site", title="Height and speed", ylim=(0.0, None))


def _pulls(axes: Axes, fall: Leg, history: History, colour: str) -> None:
    """The force of the canopies from the first opening until the last has been open for a while."""
    opened = [event for event in fall.events if event.name in OPENINGS]
    begins, ends = (opened[0].epoch_s, opened[-1].epoch_s + OPEN_S) if opened else (fall.start_s, fall.end_s)
    seconds, force = history.epochs_s - begins, history.columns["canopy_force_n"] / 1e3
    shown = (seconds >= -3.0) & (history.epochs_s <= ends)
    axes.plot(seconds[shown], force[shown], color=value(colour))
    for event in opened:
        until = min((one.epoch_s for one in opened if one.epoch_s > event.epoch_s), default=ends)
        part = (history.epochs_s >= event.epoch_s) & (history.epochs_s < until)
        k = int(np.flatnonzero(part)[np.argmax(force[part])])
        note(axes, float(seconds[k]), float(force[k]), OPENINGS[event.name], colour, (5.0, 1.0))
    axes.set(ylabel="kN", title="Force of the canopies", xlabel="seconds since the first opens", ylim=(0.0, None))
    axes.margins(x=0.0)


def _about_the_site(
    axes: Axes, story: Story, fall: Leg, search: tuple[Recovery, Leg] | None, site: Site, colour: str
) -> Labels:
    """The drift under the canopies, the landing, and who came to find it, in kilometres about the site."""
    epochs, y = _states(fall)
    fixed = np.einsum("kij,kj->ki", icrf_to_itrf(epochs), y[:, :3])
    drift = np.array([spot_of(site, (float(r[0]), float(r[1]), float(r[2]))) for r in fixed]) / 1e3
    axes.plot(drift[:, 0], drift[:, 1], color=value(colour), lw=2.0)
    axes.plot([0.0], [0.0], "+", color=value("ink"), ms=9, mew=1.4)
    axes.plot(drift[-1:, 0], drift[-1:, 1], "o", color=value(colour), ms=4)
    lands = (float(drift[-1, 0]), float(drift[-1, 1]))
    places = [(0.0, 0.0, "site", "ink"), (*lands, "landing", colour)]
    seen = story.first("located")
    for one in search[0].searchers(site) if search is not None else ():
        begins, shade = (one.spot.east_m / 1e3, one.spot.north_m / 1e3), "soft"
        turn, ends = _way(one, begins, lands, seen)
        axes.plot(*zip(begins, turn, ends, strict=True), color=value(shade), lw=1.0)
        axes.plot(*[[x] for x in begins], "s", color=value(shade), ms=4)
        places.append((*begins, one.name.replace("_", " "), shade))
    axes.set(aspect="equal", adjustable="datalim", xlabel="km east of the site", ylabel="km north", title="Landing and search")
    axes.margins(0.16)
    return Labels(axes, places, [(float(a), float(b)) for a, b in drift[::20]])


def _way(one: Any, begins: tuple[float, float], lands: tuple[float, float], seen: Record | None) -> tuple[tuple[float, float], ...]:
    """Where a searcher turns towards the beacon, and where it is when the capsule is seen: towards the site first, then to the landing."""
    if seen is None:
        return begins, begins
    heard, when = seen["data"]["beacon_heard_s"], seen["data"]["after_landing_s"]
    turn = _towards(begins, (0.0, 0.0), one.speed_m_s / 1e3 * max(0.0, (when if heard is None else heard) - one.ready_s))
    if heard is None:
        return turn, turn
    return turn, _towards(turn, lands, one.speed_m_s / 1e3 * max(0.0, when - max(heard, one.ready_s)))


def _towards(here: tuple[float, float], there: tuple[float, float], far: float) -> tuple[float, float]:
    """The place so far on the straight way, or its end."""
    whole = math.hypot(there[0] - here[0], there[1] - here[1])
    share = 1.0 if whole <= far else far / whole
    return here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])


def _to_the_laboratory(axes: Axes, leg: Leg, colour: str) -> Labels:
    """The way over land, stage by stage."""
    lines = []
    for arc in leg.arcs:
        epochs = np.linspace(arc.start_s, arc.end_s, 24)
        fixed = np.einsum("kij,kj->ki", icrf_to_itrf(epochs), arc.at(epochs)[:, :3])
        lines.append(np.degrees([geodetic_from_itrf(*place)[1::-1] for place in fixed]))
    for line in lines:
        axes.plot(line[:, 0], line[:, 1], color=value(colour))
        axes.plot(line[-1:, 0], line[-1:, 1], "o", color=value(colour), ms=3)
    begins, ends = lines[0][0], lines[-1][-1]
    places = [(float(begins[0]), float(begins[1]), "landing", colour), (float(ends[0]), float(ends[1]), "laboratory", colour)]
    xy = np.concatenate(lines)
    (west, south), (east, north) = xy.min(axis=0) - MARGIN_DEG, xy.max(axis=0) + MARGIN_DEG
    middle = 0.5 * (south + north)
    axes.set(aspect=1.0 / math.cos(math.radians(middle)), xlabel="° east", ylabel="° north", title="To the laboratory")
    draw_land(axes, west - MARGIN_DEG, east + MARGIN_DEG, south, north)
    return Labels(axes, places, [(float(x), float(y)) for x, y in xy[::4]])


def _caption(story: Story, fall: Leg) -> tuple[str, dict[str, Fact]]:
    """The fall, the landing, the search and the way in numbers."""
    text, facts = "", dict[str, Fact]()
    for event in fall.events:
        if event.name in OPENINGS and "opening_load_n" in event.data:
            name = event.name
            text += f" The {name} opens at {{{name}_m_s:.0f}} m/s with {{{name}_kn:.1f}} kN of {{{name}_most:.0f}} allowed."
            facts |= {f"{name}_m_s": event.data["air_speed_m_s"], f"{name}_kn": event.data["opening_load_n"] / 1e3}
            facts[f"{name}_most"] = event.data["opening_load_limit_n"] / 1e3
    text += " The fall takes {minutes:.1f} min."
    facts["minutes"] = (fall.end_s - fall.start_s) / 60.0
    phase = story.flight.mission.phase(fall.phase)
    landing = story.first("landing")
    if landing is not None and isinstance(phase, Parachute):
        data = landing["data"]
        text += " Landing at {down_m_s:.1f} m/s down (allowed: {most_m_s:.0f}) and {across_m_s:.1f} m/s across,"
        text += " {miss_km:.2f} km from the site."
        facts |= {"down_m_s": data["vertical_speed_m_s"], "most_m_s": phase.vertical_speed_max_m_s}
        facts |= {"across_m_s": data["horizontal_speed_m_s"], "miss_km": data["target_miss_m"] / 1e3}
    seen, there = story.first("located"), story.first("reached")
    if seen is not None and there is not None:
        text += " The capsule is seen by {by} after {seen_min:.1f} min and reached by {there_by} after {there_min:.1f} min."
        facts |= {"by": seen["data"]["by"].replace("_", " "), "seen_min": seen["data"]["after_landing_s"] / 60.0}
        facts |= {"there_by": there["data"]["by"].replace("_", " "), "there_min": there["data"]["after_landing_s"] / 60.0}
    done = story.first("delivered")
    if done is not None:
        text += " {hours:.1f} h later it is handed over, {cold_k:.1f} to {warm_k:.1f} K warm on the way,"
        text += " with shocks of up to {shock_g:.1f} g."
        data = done["data"]
        facts |= {"hours": data["hours"], "cold_k": data["temperature_least_k"], "warm_k": data["temperature_most_k"]}
        facts["shock_g"] = data["shock_most_g"]
    return text.strip(), facts
