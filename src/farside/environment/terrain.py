"""The ground about a site: a grid of heights, and its height, slope and roughness under the feet of a lander.

Where grids come from: `synthetic_terrain` (like the Moon, not a map of it) and `dem` (real elevation models). *Limits*: the ground beyond
the grid is level with its edge; rocks are not part of it (`regolith` has them).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel

Array = NDArray[np.float64]


class Relief(NamedTuple):
    """A grid of heights: `heights_m` (north, east) above the site's reference, the first at `west_m`, `south_m`, both steps `spacing_m`."""

    west_m: float
    south_m: float
    spacing_m: float
    heights_m: Array


@dataclass(frozen=True, eq=False)
class Terrain:
    """The ground about a site: its relief in local east and north metres, what it is (`label`) and where it comes from.

    Two are the same when they are one and the same object.
    """

    relief: Relief = field(repr=False)
    label: str
    source: str

    @property
    def east_m(self) -> Array:
        return np.asarray(self.relief.west_m + self.relief.spacing_m * np.arange(self.relief.heights_m.shape[1]), dtype=np.float64)

    @property
    def north_m(self) -> Array:
        return np.asarray(self.relief.south_m + self.relief.spacing_m * np.arange(self.relief.heights_m.shape[0]), dtype=np.float64)


class Footing(NamedTuple):
    """A circle of ground: height of the plane through it at its centre [m], slope [rad], the way down clockwise from north [rad], and
    roughness, the largest distance of a point from the plane [m]."""

    height_m: float
    slope_rad: float
    downhill_rad: float
    roughness_m: float


@kernel
def height(relief, east, north):  # type: ignore[no-untyped-def]
    """Height of the ground [m] at `east`, `north` [m], between the grid's points bilinear; beyond the grid that of its edge."""
    h = relief.heights_m
    x = min(max((east - relief.west_m) / relief.spacing_m, 0.0), h.shape[1] - 1.0)
    y = min(max((north - relief.south_m) / relief.spacing_m, 0.0), h.shape[0] - 1.0)
    j, i = min(int(x), h.shape[1] - 2), min(int(y), h.shape[0] - 2)
    x, y = x - j, y - i
    return (1.0 - y) * ((1.0 - x) * h[i, j] + x * h[i, j + 1]) + y * ((1.0 - x) * h[i + 1, j] + x * h[i + 1, j + 1])


@kernel
def outside(relief, east, north):  # type: ignore[no-untyped-def]
    """How far [m] a place is beyond the edge of the grid; 0 on it."""
    h, d = relief.heights_m, relief.spacing_m
    x = max(relief.west_m - east, 0.0, east - relief.west_m - d * (h.shape[1] - 1))
    y = max(relief.south_m - north, 0.0, north - relief.south_m - d * (h.shape[0] - 1))
    return math.hypot(x, y)


@kernel
def footing(relief, east, north, radius):  # type: ignore[no-untyped-def]
    """Plane by least squares through the grid's points within `radius` [m] of a place, and the largest distance from it: see `Footing`.

    Four numbers. Fewer than three points, or all in one line: NaN (a radius of two spacings and a place inside the grid always do).
    """
    h, d = relief.heights_m, relief.spacing_m
    x0, y0 = (east - relief.west_m) / d, (north - relief.south_m) / d
    n, r = 0.0, radius / d
    sx = sy = sz = sxx = sxy = syy = sxz = syz = 0.0
    for i in range(max(0, math.ceil(y0 - r)), min(h.shape[0], math.floor(y0 + r) + 1)):
        for j in range(max(0, math.ceil(x0 - r)), min(h.shape[1], math.floor(x0 + r) + 1)):
            x, y = j - x0, i - y0
            if x * x + y * y <= r * r:
                z = h[i, j]
                n += 1.0
                sx, sy, sz = sx + x, sy + y, sz + z
                sxx, sxy, syy, sxz, syz = sxx + x * x, sxy + x * y, syy + y * y, sxz + x * z, syz + y * z
    sxx, sxy, syy, sxz, syz = sxx - sx * sx / n, sxy - sx * sy / n, syy - sy * sy / n, sxz - sx * sz / n, syz - sy * sz / n
    determinant = sxx * syy - sxy * sxy
    if not determinant > 1e-9:
        return math.nan, math.nan, math.nan, math.nan
    a, b = (sxz * syy - syz * sxy) / determinant, (syz * sxx - sxz * sxy) / determinant
    c = (sz - a * sx - b * sy) / n
    worst = 0.0
    for i in range(max(0, math.ceil(y0 - r)), min(h.shape[0], math.floor(y0 + r) + 1)):
        for j in range(max(0, math.ceil(x0 - r)), min(h.shape[1], math.floor(x0 + r) + 1)):
            x, y = j - x0, i - y0
            if x * x + y * y <= r * r:
                worst = max(worst, abs(h[i, j] - a * x - b * y - c))
    steep = math.sqrt(a * a + b * b) / d
    return c, math.atan(steep), math.atan2(-a, -b) % (2.0 * math.pi), worst / math.sqrt(1.0 + steep * steep)


def height_at(terrain: Terrain, east_m: float | Array, north_m: float | Array) -> Array:
    """Heights of the ground [m] at places east and north of the site [m], of the shape of both together; level beyond the grid."""
    east, north = np.broadcast_arrays(np.asarray(east_m, dtype=np.float64), np.asarray(north_m, dtype=np.float64))
    return _heights(terrain.relief, east.ravel(), north.ravel()).reshape(east.shape)


@kernel
def _heights(relief, east, north):  # type: ignore[no-untyped-def]
    out = np.empty(east.size)
    for k in range(east.size):
        out[k] = height(relief, east[k], north[k])
    return out


def footing_at(terrain: Terrain, east_m: float, north_m: float, radius_m: float) -> Footing:
    """How the ground lies under a circle of `radius_m` about a place east and north of the site [m]."""
    return Footing(*footing(terrain.relief, float(east_m), float(north_m), float(radius_m)))


def footing_map(terrain: Terrain, east_m: Array, north_m: Array, radius_m: float) -> tuple[Array, Array]:
    """Slope [rad] and roughness [m], (k,) each, under circles about the places (k,)."""
    out = _footings(terrain.relief, np.asarray(east_m, dtype=np.float64), np.asarray(north_m, dtype=np.float64), float(radius_m))
    return out[:, 0], out[:, 1]


@kernel
def _footings(relief, east, north, radius):  # type: ignore[no-untyped-def]
    out = np.empty((east.size, 2))
    for k in range(east.size):
        _height, out[k, 0], _downhill, out[k, 1] = footing(relief, east[k], north[k], radius)
    return out


def median_slope(relief: Relief, baseline_m: float) -> float:
    """The median [rad] of the slope's steepness over a baseline: rises over it to the east and to the north, taken together."""
    k = max(1, round(baseline_m / relief.spacing_m))
    return math.atan(float(np.median(np.hypot(*rises(relief.heights_m, k)))) / (k * relief.spacing_m))


def rises(heights_m: Array, k: int) -> tuple[Array, Array]:
    """What the ground rises by over k points to the east and to the north, at every third place."""
    base = heights_m[:-k:3, :-k:3]
    return heights_m[:-k:3, k::3] - base, heights_m[k::3, :-k:3] - base
