"""The landing site, the tracks over it, and the plane that passes over it twice: for the landing and for the lift-off."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import from_planetocentric
from farside.basis.constants import DAY_S, MOON_RADIUS_M
from farside.plots.drawing import Labels, drawn, note, svg_of
from farside.plots.look import value
from farside.plots.story import Story, day, on_the_moon
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
NAME, TITLE = "site", "The site and the passes over it"
HALF_TURN_S, STEP_S = 4200.0, 15.0  # about the epoch of a pass: a little more than half a turn of a low orbit
NEAR_RAD, HIGH_KM = math.radians(24.0), 400.0  # of the site: what is looked at; half the height of the map of a landing
BEFORE_S = 1.2 * DAY_S  # before the landing and after the lift-off, in the lower picture
WHEN = {"touchdown": "landing", "ascent_liftoff": "lift-off"}


class Pass(NamedTuple):
    """A pass over the site: its event, the module above, epochs (k,), the track in the Moon's axes (k, 3) [unit vectors], how far the
    site is from the orbit's plane at the event [rad], and the nearest that the track comes to it [rad]."""

    event: str
    module: str
    epoch_s: float
    track: Array
    off_rad: float
    nearest_rad: float


def site_passes(story: Story) -> Picture | Absent:
    """A map of the site with the tracks over it, and how far the plane of the waiting craft is from the site."""
    mission = story.flight.mission
    if not any(True for _ in story.flown("descent")):
        return Absent(NAME, TITLE, "no craft of this flight comes down on the Moon")
    place = mission.landing_site
    site = np.array(from_planetocentric(place.latitude_rad, place.longitude_rad, 0.0, 1.0))
    found = [one for event in WHEN for one in _pass(story, event, site)]
    own = _own_track(story)
    if not found and not len(own):
        return Absent(NAME, TITLE, "the craft did not come near its site")
    waiting = found[0].module if found else None
    ends = [one.epoch_s for one in found]
    drift = _plane(story, waiting, site, min(ends) - BEFORE_S, max(ends) + BEFORE_S) if waiting is not None else None
    with drawn(*((3.3, 1.4) if drift is not None else (3.3,))) as (figure, (first, *second)):
        labels = _map(first, story, site, found, own)
        if drift is not None and waiting is not None:
            _off(second[0], story, waiting, found, *drift)
        svg = svg_of(figure, NAME, labels)
    return Picture(NAME, TITLE, svg, *_caption(story, found, own, site))


def _pass(story: Story, event: str, site: Array) -> list[Pass]:
    """The pass of a craft in orbit that belongs to an event on the ground; none in a flight without."""
    record = story.first(event)
    module = _above(story, record["epoch_tdb_s"], record["modules"]) if record is not None else None
    if record is None or module is None:
        return []
    epoch = record["epoch_tdb_s"]
    epochs = np.arange(epoch - HALF_TURN_S, epoch + HALF_TURN_S, STEP_S)
    y = story.states(module, epochs)
    sound = np.isfinite(y[:, 0])
    fixed = on_the_moon(y[sound, :3], epochs[sound], story.sky)
    track = fixed / np.linalg.norm(fixed, axis=1)[:, None]
    angle = np.arccos(np.clip(track @ site, -1.0, 1.0))
    k = int(angle.argmin())
    near = (angle < NEAR_RAD) & (np.abs(np.arange(angle.size) - k) < HALF_TURN_S / STEP_S)
    return [Pass(event, module, epoch, track[near], _off_plane(story, module, site, np.array([epoch]))[0], float(angle[k]))]


def _above(story: Story, epoch_s: float, below: list[str]) -> str | None:
    """A module in orbit of the Moon at an epoch that is not of the craft on the ground."""
    for module in story.flight.modules:
        y = story.states(module, np.array([epoch_s]))[0]
        if module not in below and np.isfinite(y[0]) and 1.0 < np.linalg.norm(y[:3]) / MOON_RADIUS_M < 3.0:
            arcs = [arc for _, arc, _ in story.along(module) if arc.start_s <= epoch_s <= arc.end_s]
            if arcs and arcs[-1].center == "moon" and arcs[-1].mode != "landed":
                return module
    return None


def _off_plane(story: Story, module: str, site: Array, epochs_s: Array) -> Array:
    """How far the site is from the plane of a module's orbit (k,) [rad], positive to the side of its normal."""
    y = story.states(module, epochs_s)
    normal = on_the_moon(np.cross(y[:, :3], y[:, 3:6]), epochs_s, story.sky)
    return np.asarray(np.arcsin(np.clip(normal @ site / np.linalg.norm(normal, axis=1), -1.0, 1.0)))


def _plane(story: Story, module: str, site: Array, first_s: float, last_s: float) -> tuple[Array, Array]:
    """Epochs and how far the site is from the plane [deg], as long as the module is in orbit of the Moon."""
    epochs = np.linspace(first_s, last_s, 160)
    arcs = [arc for _, arc, _ in story.along(module) if arc.center == "moon"]
    epochs = epochs[(epochs >= arcs[0].start_s) & (epochs <= arcs[-1].end_s)]
    return epochs, np.degrees(_off_plane(story, module, site, epochs))


def _own_track(story: Story) -> Array:
    """The track (k, 3) of the craft that lands, from its last burn in orbit to the ground; empty without one."""
    for _, leg in story.flown("descent"):
        if leg.burns:
            arcs = [arc for arc in leg.arcs if arc.start_s >= leg.burns[0].ignition_s]
            epochs = np.concatenate([np.linspace(arc.start_s, arc.end_s, 200) for arc in arcs])
            r = np.concatenate([arc.at(np.linspace(arc.start_s, arc.end_s, 200))[:, :3] for arc in arcs])
            fixed = on_the_moon(r, epochs, story.sky)
            return np.asarray(fixed / np.linalg.norm(fixed, axis=1)[:, None])
    return np.empty((0, 3))


def about_site(track: Array, site: Array) -> Array:
    """Kilometres east and north (k, 2) of a site along great circles, of unit vectors (k, 3) in the Moon's axes."""
    east = np.cross([0.0, 0.0, 1.0], site)
    east = east / np.linalg.norm(east)
    x, y = track @ east, track @ np.cross(site, east)
    flat = np.hypot(x, y)
    away = np.arctan2(flat, track @ site) * MOON_RADIUS_M / 1e3
    return np.stack([x, y], axis=1) * (away / np.maximum(flat, 1e-12))[:, None]


def _map(axes: Axes, story: Story, site: Array, found: list[Pass], own: Array) -> Labels:
    """Tracks about the site, to scale."""
    lander = next(leg for _, leg in story.flown("descent")).before[0].name
    down = about_site(own, site) if len(own) else np.empty((0, 2))
    high = max(HIGH_KM, 1.25 * float(np.abs(down[-1]).max())) if len(down) else HIGH_KM
    places, crowd = [(0.0, 0.0, "site", "ink")], list[tuple[float, float]]()
    tracks: list[tuple[Array, str, float, Any, str, float]] = [(down, lander, 2.6, "-", f"{lander} comes down", 0.33)]
    for one in found:
        landing = one.event == "touchdown"
        where = about_site(one.track, site), one.module, 1.0, "-" if landing else (0, (4, 2)), f"{one.module} at the {WHEN[one.event]}"
        tracks.append((*where, 0.88 if landing else 0.75))
    for track, craft, width, dash, words, share in tracks:
        inside = track[(np.abs(track[:, 0]) < 1.25 * high) & (np.abs(track[:, 1]) < high)]
        if len(inside):
            axes.plot(inside[:, 0], inside[:, 1], color=story.colours(craft), lw=width, ls=dash, alpha=0.6 if width > 2.0 else 1.0)
            places.append((*inside[int(share * (len(inside) - 1))].tolist(), words, story.colours.name(craft)))
            crowd += [(float(x), float(y)) for x, y in inside[::6]]
    if len(down) and story.first("impact") is not None:
        axes.plot(down[-1:, 0], down[-1:, 1], "x", color=value("bad"), ms=7, mew=1.6)
        places.append((float(down[-1, 0]), float(down[-1, 1]), "impact", "bad"))
    axes.plot([0.0], [0.0], "+", color=value("ink"), ms=9, mew=1.4)
    axes.set(xlim=(-1.25 * high, 1.25 * high), ylim=(-high, high), aspect="equal")
    axes.set(xlabel="km east of the site", ylabel="km north", title="Tracks on the Moon's ground")
    return Labels(axes, places, crowd)


def _off(axes: Axes, story: Story, module: str, found: list[Pass], epochs: Array, off: Array) -> None:
    """How far the site is from the plane."""
    days = (epochs - found[0].epoch_s) / DAY_S
    axes.axhline(0.0, color=value("faint"), lw=1.0)
    axes.plot(days, off, color=story.colours(module))
    for one in found:
        x = (one.epoch_s - found[0].epoch_s) / DAY_S
        axes.plot([x], [math.degrees(one.off_rad)], "o", color=story.colours(module), ms=4)
        note(axes, x, math.degrees(one.off_rad), WHEN[one.event], "ink", (4.0, 5.0))
    axes.set(xlabel="days since the landing", ylabel="°", title=f"Site from the plane of the {module}")
    axes.margins(x=0.0)


def _caption(story: Story, found: list[Pass], own: Array, site: Array) -> tuple[str, dict[str, Fact]]:
    """The site and the passes in numbers."""
    place = story.flight.mission.landing_site
    side, over = ("south" if place.latitude_rad < 0.0 else "north"), ("below" if place.altitude_m < 0.0 else "above")
    text = f"The site: {{from_equator_deg:.4f}}° {side}, {{east_deg:.4f}}° east, {{height_m:,.0f}} m {over} the Moon's sphere."
    facts: dict[str, Fact] = {"from_equator_deg": abs(math.degrees(place.latitude_rad))}
    facts |= {"east_deg": math.degrees(place.longitude_rad) % 360.0, "height_m": abs(place.altitude_m)}
    for number, one in enumerate(found):
        text += (
            f" At the {WHEN[one.event]}, {{when_{number}}}, it lies {{off_{number}:.3f}}° from the plane of the {one.module},"
            f" {{off_km_{number}:.2f}} km on the ground, whose track passes {{near_km_{number}:.1f}} km from it."
        )
        off = abs(float(one.off_rad))
        facts |= {f"when_{number}": day(one.epoch_s), f"off_{number}": math.degrees(off), f"off_km_{number}": off * MOON_RADIUS_M / 1e3}
        facts[f"near_km_{number}"] = one.nearest_rad * MOON_RADIUS_M / 1e3
    touch, struck = story.first("touchdown"), story.first("impact")
    if struck is not None and len(own) and struck["center"] == "moon":
        text += " The craft strikes the ground {struck_km:,.0f} km from it, at {struck_m_s:,.0f} m/s."
        away = math.acos(float(np.clip(own[-1] @ site, -1.0, 1.0)))
        facts |= {"struck_km": away * MOON_RADIUS_M / 1e3, "struck_m_s": 1e3 * struck["ground_speed_km_s"]}
    if touch is not None and len(own):
        text += " The lander stands {miss_m:.1f} m from it."
        facts["miss_m"] = touch["data"]["target_miss_m"]
    return text, facts
