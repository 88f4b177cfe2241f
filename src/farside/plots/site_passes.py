"""The landing site, the tracks over it, and the plane that passes over it twice: for the landing and for the lift-off."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

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
NEAR_RAD, HIGH_RAD = math.radians(24.0), math.radians(12.0)  # of the site: what is looked at, and half the height of the map
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


def _degrees(track: Array, about: float) -> tuple[Array, Array]:
    """East, continuous about a longitude, and north [deg] of unit vectors."""
    east = np.degrees(np.arctan2(track[:, 1], track[:, 0]))
    return about + (east - about + 180.0) % 360.0 - 180.0, np.degrees(np.arcsin(track[:, 2]))


def _map(axes: Axes, story: Story, site: Array, found: list[Pass], own: Array) -> Labels:
    """Tracks about the site."""
    place = story.flight.mission.landing_site
    east, north = math.degrees(place.longitude_rad) % 360.0, math.degrees(place.latitude_rad)
    high = math.degrees(HIGH_RAD)
    wide = 1.25 * high / math.cos(place.latitude_rad)
    frame = (east - wide, east + wide, north - high, north + high)
    places = [(east, north, "site", "ink")]
    crowd: list[tuple[float, float]] = []
    lander = next(leg for _, leg in story.flown("descent")).before[0].name
    if len(own):
        x, y = _framed(own, east, frame)
        axes.plot(x, y, color=story.colours(lander), lw=2.6, alpha=0.6)
        if x.size:
            places.append((float(x[x.size // 3]), float(y[x.size // 3]), f"{lander} comes down", story.colours.name(lander)))
            crowd += list(zip(x[::6].tolist(), y[::6].tolist(), strict=True))
    for one in found:
        x, y = _framed(one.track, east, frame)
        axes.plot(x, y, color=story.colours(one.module), lw=1.0, ls="-" if one.event == "touchdown" else (0, (4, 2)))
        if x.size:
            k = x.size // 8 * (7 if one.event == "touchdown" else 6)
            places.append((float(x[k]), float(y[k]), f"{one.module} at the {WHEN[one.event]}", story.colours.name(one.module)))
            crowd += list(zip(x[::6].tolist(), y[::6].tolist(), strict=True))
    axes.plot([east], [north], "+", color=value("ink"), ms=9, mew=1.4)
    axes.set(xlim=frame[:2], ylim=frame[2:], aspect=1.0 / math.cos(place.latitude_rad))
    axes.set(xlabel="° east", ylabel="° north", title="Tracks on the Moon's ground")
    return Labels(axes, places, crowd)


def _framed(track: Array, about: float, frame: tuple[float, float, float, float]) -> tuple[Array, Array]:
    """East and north [deg] of a track's places inside a frame."""
    x, y = _degrees(track, about)
    inside = (x >= frame[0]) & (x <= frame[1]) & (y >= frame[2]) & (y <= frame[3])
    return x[inside], y[inside]


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
    touch = story.first("touchdown")
    if touch is not None and len(own):
        text += " The lander stands {miss_m:.1f} m from it."
        facts["miss_m"] = touch["data"]["target_miss_m"]
    return text, facts
