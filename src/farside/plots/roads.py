"""The roads between the Earth and the Moon, in axes that keep still and in axes that turn with the Moon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, MOON_RADIUS_M, WGS84_RADIUS_M
from farside.plots.drawing import Labels, drawn, svg_of
from farside.plots.look import value
from farside.plots.story import Story, finer, flies, from_earth, from_moon, moon_places
from farside.plots.words import Absent, Fact, Picture, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Circle

    from farside.dynamics.arcs import Arc
    from farside.phases.leg import Leg

Array = NDArray[np.float64]
NAME, TITLE = "roads", "Between the Earth and the Moon"
NEAR_M = 3e7  # nearer to the Moon than this all along, an arc is of an orbit there and not of the road
FAR_M = 5e7  # from the Earth: a road goes that far
MARKED = ("tcm_1", "tcm_2", "return_tcm_1", "return_tcm_2")


class Piece(NamedTuple):
    """A piece of a road: who flies it, epochs (k,), places (k, 3) from the Earth's centre [m]."""

    craft: str
    epochs_s: Array
    r_m: Array


def pieces(story: Story) -> Iterator[Piece]:
    """The arcs of the flight that are not orbits of the Moon, one after the other."""
    for leg in story.legs:
        for arc in leg.arcs:
            if flies(arc) and arc.end_s > arc.start_s and _is_road(arc, leg, story):
                epochs = finer(arc)
                yield Piece(leg.before[0].name, epochs, from_earth(arc, epochs, story.sky))


def _is_road(arc: Arc, leg: Leg, story: Story) -> bool:
    """Whether an arc leads away from the Moon's neighbourhood."""
    if arc.center == "earth":
        return True
    return bool(np.linalg.norm(from_moon(arc, arc.times_s, story.sky), axis=1).max() > NEAR_M)


def roads(story: Story) -> Picture | Absent:
    """The road there and the road back, from above the Moon's orbit, and as the Moon sees them."""
    found = list(pieces(story))
    far = max((float(np.linalg.norm(piece.r_m, axis=1).max()) for piece in found), default=0.0)
    if far < FAR_M:
        return Absent(NAME, TITLE, "no craft of this flight goes from the Earth to the Moon or back")
    with drawn(3.6, 2.9) as (figure, (still, turning)):
        svg = svg_of(figure, NAME, _still(still, story, found), _turning(turning, story, found))
    return Picture(NAME, TITLE, svg, *_caption(story, far))


def _plane(story: Story, found: list[Piece]) -> Array:
    """Rows (3, 3): to the Moon when the first road ends, across that in the plane of its orbit, along the normal."""
    epoch = max(piece.epochs_s[-1] for piece in found[: _first_end(found)])
    moon = moon_places(story.sky, np.array([epoch]))[0]
    x, z = moon[:3] / np.linalg.norm(moon[:3]), np.cross(moon[:3], moon[3:])
    z = z / np.linalg.norm(z)
    return np.array([x, np.cross(z, x), z])


def _first_end(found: list[Piece]) -> int:
    """How many pieces there are before the first pause of a day."""
    for k in range(1, len(found)):
        if found[k].epochs_s[0] - found[k - 1].epochs_s[-1] > DAY_S:
            return k
    return len(found)


def _still(axes: Axes, story: Story, found: list[Piece]) -> Labels:
    """Seen along the normal of the Moon's orbit, in axes that do not turn."""
    plane = _plane(story, found)
    first, last = min(piece.epochs_s[0] for piece in found), max(piece.epochs_s[-1] for piece in found)
    month = np.linspace(first, min(last, first + 27.4 * DAY_S), 240)
    path = moon_places(story.sky, month)[:, :3] @ plane.T / 1e6
    axes.plot(path[:, 0], path[:, 1], color=value("moon"), lw=0.8, ls=(0, (1, 2)))
    for piece in found:
        r = piece.r_m @ plane.T / 1e6
        axes.plot(r[:, 0], r[:, 1], color=story.colours(piece.craft))
    axes.plot([0], [0], "o", color=value("earth"), ms=5)
    places = [(0.0, 0.0, "Earth", "earth")]
    for when, text in _moons(story, found):
        x, y, _ = moon_places(story.sky, np.array([when]))[0, :3] @ plane.T / 1e6
        axes.plot([x], [y], "o", color=value("moon"), ms=4)
        places.append((x, y, text, "soft"))
    places += [(*(r @ plane.T / 1e6)[:2], text, colour) for r, text, colour in _marks(story, axes, plane)]
    axes.set(aspect="equal", adjustable="datalim", xlabel="thousand km", title="In axes that keep still")
    axes.margins(0.12)
    return Labels(axes, places, [(float(x), float(y)) for piece in found for x, y, _ in (piece.r_m @ plane.T / 1e6)[::12]])


def _moons(story: Story, found: list[Piece]) -> Iterator[tuple[float, str]]:
    """When the roads end or begin at the Moon, and what to write there."""
    for record, text in ((story.first("loi_1"), "Moon at arrival"), (story.first("tei_2") or story.first("tei_1"), "Moon at departure")):
        if record is not None:
            yield record["epoch_tdb_s"], text


def _marks(story: Story, axes: Axes, plane: Array) -> Iterator[tuple[Array, str, str]]:
    """Burns on the way, marked; their places from the Earth's centre and their names."""
    for name in MARKED:
        for record in story.named(name):
            r = _geocentric(story, record)
            colour = story.colours.name(record["craft"])
            x, y, _ = r @ plane.T / 1e6
            axes.plot([x], [y], "o", color=value(colour), ms=2.8)
            yield r, title(name), colour


def _geocentric(story: Story, record: object) -> Array:
    assert isinstance(record, dict)
    r = 1e3 * np.array(record["position_km"])
    return r if record["center"] == "earth" else r + moon_places(story.sky, np.array([record["epoch_tdb_s"]]))[0, :3]


def turned(epochs_s: Array, r_m: Array, story: Story) -> Array:
    """Places (k, 3) in axes that turn with the Moon, in Earth-Moon distances of the moment: x to the Moon, z along its orbit's normal."""
    moon = moon_places(story.sky, epochs_s)
    size = np.linalg.norm(moon[:, :3], axis=1)[:, None]
    x, h = moon[:, :3] / size, np.cross(moon[:, :3], moon[:, 3:])
    z = h / np.linalg.norm(h, axis=1)[:, None]
    return np.stack([(r_m * axis).sum(axis=1) for axis in (x, np.cross(z, x), z)], axis=1) / size


def _turning(axes: Axes, story: Story, found: list[Piece]) -> Labels:
    """In axes that turn with the Moon."""
    crowd: list[tuple[float, float]] = []
    ends: dict[str, tuple[float, float]] = {}
    came_back = False
    for piece in found:
        r = turned(piece.epochs_s, piece.r_m, story)
        axes.plot(r[:, 0], r[:, 1], color=story.colours(piece.craft))
        crowd += [(float(x), float(y)) for x, y, _ in r[::12]]
        middle = r[np.argmin(np.abs(np.linalg.norm(r, axis=1) - 0.55))]
        if abs(float(np.linalg.norm(middle)) - 0.55) < 0.1:
            way = "back" if np.linalg.norm(r[-1]) < np.linalg.norm(r[0]) else "goes on" if came_back else "there"
            came_back = came_back or way == "back"
            ends[f"{piece.craft}, {way}"] = (float(middle[0]), float(middle[1]))
    for x, radius, name in ((0.0, WGS84_RADIUS_M, "earth"), (1.0, MOON_RADIUS_M, "moon")):
        axes.add_patch(_disc(x, radius / 3.844e8, name))
    places = [(0.0, 0.0, "Earth", "earth"), (1.0, 0.0, "Moon", "soft")]
    places += [(*at, text, story.colours.name(text.split(",")[0])) for text, at in ends.items()]
    axes.set(aspect="equal", adjustable="datalim", xlabel="Earth-Moon distances", title="In axes that turn with the Moon")
    axes.margins(0.1, 0.18)
    return Labels(axes, places, crowd)


def _disc(x: float, radius: float, colour: str) -> Circle:
    from matplotlib.patches import Circle

    return Circle((x, 0.0), radius, color=value(colour))


def _caption(story: Story, far_m: float) -> tuple[str, dict[str, Fact]]:
    """What the two pictures show, in numbers."""
    text = "In the lower picture both bodies are to scale. The craft go as far as {far_km:,.0f} km from the Earth."
    facts: dict[str, Fact] = {"far_km": far_m / 1e3}
    tli, loi = story.first("tli"), story.first("loi_1")
    if tli and loi:
        text += " The road there takes {there_days:.2f} days, from the burn of {tli_m_s:,.1f} m/s to the braking at the Moon."
        facts |= {"there_days": (loi["epoch_tdb_s"] - tli["epoch_tdb_s"]) / DAY_S, "tli_m_s": tli["data"]["delta_v_m_s"]}
    tei, gate = story.first("tei_2") or story.first("tei_1"), story.first("entry_interface")
    if tei and gate:
        text += " The road back takes {back_days:.2f} days and meets the air at {gate_km_s:.3f} km/s."
        facts |= {"back_days": (gate["epoch_tdb_s"] - tei["epoch_tdb_s"]) / DAY_S, "gate_km_s": gate["speed_km_s"]}
    return text, facts
