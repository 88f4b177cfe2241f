"""The ground a lander comes down on: a grid of heights about the site, its slope and roughness under the feet, and where it is safe.

`synthetic_terrain` makes a patch that is like the Moon and is not a map of it, and says so in its label; `read_dem` takes a real one.
*Model*: craters of `craters`, real ones where a count is given, and fractal relief that adds what the craters leave of the measured
median slope. *Limits*: no rocks (`regolith` has them); the ground beyond the grid is level with its edge.
"""

from __future__ import annotations

import csv
import hashlib
import math
import pathlib
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel
from farside.environment.craters import (
    FRESH_DEPTH_OF_DIAMETER,
    FRESH_RIM_OF_DIAMETER,
    RIM_DECAY,
    RIM_REACH,
    CraterCount,
    Craters,
    counted_near,
    draw_craters,
)
from farside.environment.orientation import Ground

Array = NDArray[np.float64]

HURST = 0.76  # lunar maria; Rosenburg et al. 2011, JGR 116, E02001
MEDIAN_SLOPE_RAD = math.radians(2.0)  # lunar maria at a baseline of 17 m; Rosenburg et al. 2011
SLOPE_BASELINE_M = 17.0  # Rosenburg et al. 2011
MEDIAN_OF_SIGMA = 0.6745  # median of |x| of a normal x of unit spread
AGE_GA = 3.1  # the flow on which Chang'e-6 stands; facts C11


class Relief(NamedTuple):
    """A grid of heights: `heights_m` (north, east) above the site's reference, the first at `west_m`, `south_m`, both steps `spacing_m`."""

    west_m: float
    south_m: float
    spacing_m: float
    heights_m: Array


@dataclass(frozen=True)
class Terrain:
    """The ground about a site: its relief in local east and north metres, what it is (`label`) and where it comes from."""

    relief: Relief = field(repr=False)
    label: str
    source: str

    @property
    def east_m(self) -> Array:
        return self.relief.west_m + self.relief.spacing_m * np.arange(self.relief.heights_m.shape[1])

    @property
    def north_m(self) -> Array:
        return self.relief.south_m + self.relief.spacing_m * np.arange(self.relief.heights_m.shape[0])


class Footing(NamedTuple):
    """A circle of ground: height of the plane through it at its centre [m], slope [rad], the way down clockwise from north [rad], and
    roughness, the largest distance of a point from the plane [m]."""

    height_m: float
    slope_rad: float
    downhill_rad: float
    roughness_m: float


@dataclass(frozen=True)
class Limits:
    """What a lander can stand on: slope and roughness under the circle of its feet, and how far it can move aside."""

    slope_rad: float = math.radians(8.0)  # the tilt a touchdown may have, issue of the landing; assumed: all of it from the ground
    roughness_m: float = 0.2  # assumed: clearance under the engine bell of a lander of this size
    reach_m: float = 50.0  # assumed: the sideways way from a hover at 100 m


@dataclass(frozen=True)
class Spot:
    """A place to land on, east and north of the site [m], its slope [rad] and roughness [m]; `safe` and `why` in words.

    Where nothing is safe it is the least unsafe place, and `why` says by how much it fails.
    """

    east_m: float
    north_m: float
    slope_rad: float
    roughness_m: float
    safe: bool
    why: str


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


def safe_spot(
    terrain: Terrain, radius_m: float, limits: Limits | None = None, east_m: float = 0.0, north_m: float = 0.0, step_m: float = 1.0
) -> Spot:
    """Where to land within reach of a place, by default the site, for a lander whose feet stand on a circle of `radius_m`.

    Places are tried every `step_m`; of the safe ones that with the least sum of slope, roughness and way, each as a share of its limit.
    With none safe the answer is the place that fails least, `safe` false.
    """
    limits = limits or Limits()
    east, north = _places(terrain, radius_m, limits, east_m, north_m, step_m)
    slope, rough = footing_map(terrain, east, north, radius_m)
    steep, bumpy = slope / limits.slope_rad, rough / limits.roughness_m
    way = np.hypot(east - east_m, north - north_m)
    safe = (steep <= 1.0) & (bumpy <= 1.0)
    cost = np.where(safe, steep + bumpy + way / limits.reach_m, np.inf) if safe.any() else np.maximum(steep, bumpy)
    k = int(np.argmin(cost))
    why = _why_safe(slope[k], rough[k], way[k], limits, safe) if safe.any() else _why_not(slope, rough, k, limits)
    return Spot(float(east[k]), float(north[k]), float(slope[k]), float(rough[k]), bool(safe.any()), why)


def _places(terrain: Terrain, radius_m: float, limits: Limits, east_m: float, north_m: float, step_m: float) -> tuple[Array, Array]:
    """The places to try, those whose circle lies on the grid; `ValueError` when there is none."""
    steps = np.arange(-math.floor(limits.reach_m / step_m), math.floor(limits.reach_m / step_m) + 1) * step_m
    east, north = (offsets.ravel() for offsets in np.meshgrid(east_m + steps, north_m + steps))
    grid_east, grid_north = terrain.east_m, terrain.north_m
    on_grid = (east - radius_m >= grid_east[0]) & (east + radius_m <= grid_east[-1])
    on_grid &= (north - radius_m >= grid_north[0]) & (north + radius_m <= grid_north[-1])
    on_grid &= np.hypot(east - east_m, north - north_m) <= limits.reach_m
    if not on_grid.any() or radius_m < 2.0 * terrain.relief.spacing_m:
        raise ValueError(
            f"no circle of {radius_m} m about ({east_m:.0f}, {north_m:.0f}) m can be judged: the terrain runs from {grid_east[0]:.0f} to "
            f"{grid_east[-1]:.0f} m east and {grid_north[0]:.0f} to {grid_north[-1]:.0f} m north, every {terrain.relief.spacing_m} m"
        )
    return east[on_grid], north[on_grid]


def _why_safe(slope: float, rough: float, way: float, limits: Limits, safe: NDArray[np.bool_]) -> str:
    return (
        f"slope {math.degrees(slope):.1f} deg of {math.degrees(limits.slope_rad):.1f} allowed, roughness {rough:.2f} m of "
        f"{limits.roughness_m:.2f}, {way:.0f} m aside; {100.0 * safe.mean():.0f} % of the places within {limits.reach_m:.0f} m are safe"
    )


def _why_not(slope: Array, rough: Array, k: int, limits: Limits) -> str:
    what = []
    if slope.min() > limits.slope_rad:
        what.append(f"too steep everywhere, by {math.degrees(slope.min() - limits.slope_rad):.1f} deg at the gentlest place")
    if rough.min() > limits.roughness_m:
        what.append(f"too rough everywhere, by {rough.min() - limits.roughness_m:.2f} m at the smoothest place")
    best = f"slope {math.degrees(slope[k]):.1f} deg of {math.degrees(limits.slope_rad):.1f} allowed, roughness {rough[k]:.2f} m of "
    named = "; ".join(what) or "no place is both gentle and smooth enough"
    return f"{named}; the best of {slope.size} within {limits.reach_m:.0f} m has {best}{limits.roughness_m:.2f}: more reach would help"


def synthetic_terrain(
    seed: int = 0,
    size_m: float = 200.0,
    spacing_m: float = 0.25,
    age_ga: float = AGE_GA,
    site: Ground | None = None,
    count: CraterCount | None = None,
    slope_east_rad: float = 0.0,
    slope_north_rad: float = 0.0,
) -> Terrain:
    """A square patch of mare about the site, `size_m` wide, the same for the same arguments; height 0 is the ground at the site.

    `count` with `site` puts the counted craters where they are; smaller ones than it holds are drawn. A regional slope, rising to the
    east and to the north, is added as declared. Craters smaller than two spacings are left to the fractal relief.
    """
    half = 0.5 * size_m
    points = round(size_m / spacing_m) + 1
    relief = Relief(-half, -half, spacing_m, np.zeros((points, points)))
    real = count is not None and site is not None
    if count is not None and site is not None:
        _dig_all(relief, counted_near(count, site, half, _generator(seed, "counted")))
    largest = float(count.diameter_m.min()) if count is not None and real else size_m
    if largest > 2.0 * spacing_m:
        _dig_all(relief, draw_craters(_generator(seed, "craters"), half, 2.0 * spacing_m, largest, age_ga))
    fractal = _fractal(_generator(seed, "fractal"), points, spacing_m)
    relief.heights_m[:] += _missing_roughness(relief, fractal) * fractal
    along = spacing_m * np.arange(points) - half
    relief.heights_m[:] += math.tan(slope_east_rad) * along[None, :] + math.tan(slope_north_rad) * along[:, None]
    relief.heights_m[:] -= height(relief, 0.0, 0.0)
    label = f"synthetic terrain, seed {seed}: not a map" + (" (larger craters where they were counted)" if real else "")
    source = f"Neukum et al. 2001 production at {age_ga:g} Ga, Trask 1966 equilibrium, fractal relief after Rosenburg et al. 2011"
    return Terrain(relief, label, source)


def _generator(seed: int, part: str) -> np.random.Generator:
    """Random numbers that belong to a part of a terrain by name, whatever else is drawn."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(f"{seed}/terrain/{part}".encode()).digest()[:16], "big"))


def _fractal(rng: np.random.Generator, points: int, spacing_m: float) -> Array:
    """Self-affine relief (points, points) of exponent HURST, not scaled yet; made twice as wide and cut, so that its edges do not match."""
    n = 1 << (2 * points - 1).bit_length() if points < 512 else 2 * points
    frequency = np.hypot(np.fft.fftfreq(n, spacing_m)[:, None], np.fft.rfftfreq(n, spacing_m)[None, :])
    frequency[0, 0] = np.inf
    waves = np.fft.rfft2(rng.standard_normal((n, n))) * frequency ** -(HURST + 1.0)
    return np.ascontiguousarray(np.fft.irfft2(waves, (n, n))[:points, :points])


def slope_spread(relief: Relief, baseline_m: float = SLOPE_BASELINE_M) -> float:
    """The spread [rad] of the slopes along east and north over a baseline, as the median of their sizes by that of a normal spread."""
    k = max(1, round(baseline_m / relief.spacing_m))
    h = relief.heights_m
    rises = np.concatenate([(h[:, k:] - h[:, :-k]).ravel(), (h[k:] - h[:-k]).ravel()])
    return math.atan(float(np.median(np.abs(rises))) / (k * relief.spacing_m)) / MEDIAN_OF_SIGMA


def _missing_roughness(relief: Relief, fractal: Array) -> float:
    """The factor of the fractal relief with which craters and it together have the measured median slope; 0 where the craters have it."""
    baseline = min(SLOPE_BASELINE_M, 0.25 * relief.spacing_m * (relief.heights_m.shape[0] - 1))
    baseline = max(baseline, relief.spacing_m)
    wanted = MEDIAN_SLOPE_RAD / MEDIAN_OF_SIGMA * (SLOPE_BASELINE_M / baseline) ** (1.0 - HURST)
    missing = max(wanted**2 - slope_spread(relief, baseline) ** 2, 0.0)
    return math.sqrt(missing) / slope_spread(relief._replace(heights_m=fractal), baseline)


def _dig_all(relief: Relief, craters: Craters) -> None:
    """Dig the craters into the relief, largest first (sums do not care, the rounding does)."""
    order = np.argsort(-craters.diameter_m, kind="stable")
    _dig(relief, craters.east_m[order], craters.north_m[order], craters.diameter_m[order], craters.depth_m[order])


@kernel
def _dig(relief, east, north, diameter, depth):  # type: ignore[no-untyped-def]
    """Add to the heights each crater's shape: a parabolic bowl inside the rim, the rim's slope outside it."""
    h, d = relief.heights_m, relief.spacing_m
    end = RIM_REACH**-RIM_DECAY
    for k in range(east.size):
        radius = 0.5 * diameter[k]
        rim = depth[k] * FRESH_RIM_OF_DIAMETER / FRESH_DEPTH_OF_DIAMETER
        x0, y0, reach = (east[k] - relief.west_m) / d, (north[k] - relief.south_m) / d, RIM_REACH * radius / d
        for i in range(max(0, math.ceil(y0 - reach)), min(h.shape[0], math.floor(y0 + reach) + 1)):
            for j in range(max(0, math.ceil(x0 - reach)), min(h.shape[1], math.floor(x0 + reach) + 1)):
                s = ((i - y0) * (i - y0) + (j - x0) * (j - x0)) * d * d / (radius * radius)
                if s <= 1.0:
                    h[i, j] += rim - depth[k] * (1.0 - s)
                elif s < RIM_REACH * RIM_REACH:
                    h[i, j] += rim * (1.0 / (s * math.sqrt(s)) - end) / (1.0 - end)


class DemError(ValueError):
    """A file that is no grid of heights."""


def read_dem(path: str | pathlib.Path) -> Terrain:
    """A real elevation model as terrain: east and north of the site and height above its reference, in metres, on a regular square grid.

    `.csv`: a header `east_m,north_m,height_m` and one point a line, in any order, none missing; `.nc`: a NetCDF file with the coordinates
    `east_m` and `north_m` and the variable `height_m` (north, east). Raises `DemError` that says what is missing.
    """
    path = pathlib.Path(path)
    east, north, heights = _read_netcdf(path) if path.suffix == ".nc" else _read_csv(path)
    steps = np.concatenate([np.diff(east), np.diff(north)])
    if east.size < 2 or north.size < 2 or not np.allclose(steps, steps[0], rtol=1e-6, atol=0.0):
        raise DemError(f"{path}: {east.size} x {north.size} points with steps from {steps.min():g} to {steps.max():g} m: one step is needed")
    if not np.isfinite(heights).all():
        raise DemError(f"{path}: {np.count_nonzero(~np.isfinite(heights))} of {heights.size} points have no height; fill or cut them")
    return Terrain(Relief(float(east[0]), float(north[0]), float(steps[0]), np.ascontiguousarray(heights)), path.name, f"file {path.name}")


def _read_csv(path: pathlib.Path) -> tuple[Array, Array, Array]:
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        try:
            points = np.array([[float(row[name]) for name in ("east_m", "north_m", "height_m")] for row in rows]).reshape(-1, 3)
        except (KeyError, TypeError, ValueError) as error:
            raise DemError(f"{path}: {error}: each line is `east_m,north_m,height_m` in numbers, and the first names them") from None
    if points.size == 0:
        raise DemError(f"{path}: no points; each line after the header is `east_m,north_m,height_m`")
    east, j = np.unique(points[:, 0], return_inverse=True)
    north, i = np.unique(points[:, 1], return_inverse=True)
    heights = np.full((north.size, east.size), np.nan)
    heights[i, j] = points[:, 2]
    return east, north, heights


def _read_netcdf(path: pathlib.Path) -> tuple[Array, Array, Array]:
    import netCDF4

    with netCDF4.Dataset(path) as file:
        missing = [name for name in ("east_m", "north_m", "height_m") if name not in file.variables]
        if missing:
            raise DemError(f"{path}: no {', '.join(missing)}; there: {', '.join(file.variables) or 'nothing'}")
        grid = file.variables["height_m"]
        if grid.dimensions != (*file.variables["north_m"].dimensions, *file.variables["east_m"].dimensions):
            raise DemError(f"{path}: height_m has the dimensions {grid.dimensions}; needed are north, then east")
        east, north, heights = (np.ma.filled(file.variables[name][:].astype(float), np.nan) for name in ("east_m", "north_m", "height_m"))
    flip_e, flip_n = (slice(None, None, -1 if axis.size > 1 and axis[1] < axis[0] else 1) for axis in (east, north))
    return east[flip_e], north[flip_n], heights[flip_n, flip_e]
