"""The Earth's coast lines and borders, for maps.

Natural Earth 1:110 million (public domain), written by `builders/make_land.py`. Good to some tens of kilometres: for seas and countries,
not for where a capsule lies.
"""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from farside.plots.look import value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
TURN = np.array([360.0, 0.0])
GAP = np.full((1, 2), np.nan)
MORE_DEG = 4.0  # beyond the frame, so that a line leaves it: the longest sides are not much longer


@functools.cache
def lines() -> tuple[tuple[str, Array], ...]:
    """What each line is, `coast` or `border`, and its places (k, 2): degrees east and north."""
    text = files("farside.plots").joinpath("land.txt").read_text(encoding="ascii")
    parts = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return tuple((what, np.array(numbers, dtype=float).reshape(-1, 2)) for what, *numbers in parts)


def draw_land(axes: Axes, west: float, east: float, south: float, north: float) -> None:
    """The lines inside a frame [deg], which may reach over the edge of the map; the frame becomes that of the axes."""
    for kind, colour, width in (("coast", "soft", 0.6), ("border", "faint", 0.5)):
        one = np.concatenate([np.vstack([places, GAP]) for what, places in lines() if what == kind])
        x, y = np.concatenate([one - TURN, one, one + TURN]).T
        near = (x > west - MORE_DEG) & (x < east + MORE_DEG) & (y > south - MORE_DEG) & (y < north + MORE_DEG)
        kept = near | np.roll(near, 1)  # one place more, to end the line at
        axes.plot(np.where(near, x, np.nan)[kept], y[kept], color=value(colour), lw=width)
    axes.set(xlim=(west, east), ylim=(south, north))
