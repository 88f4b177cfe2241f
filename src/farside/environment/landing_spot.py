"""Where to land: the best place within reach whose slope and roughness a lander can stand, or by how much there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.environment.terrain import Terrain, footing_map

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """What a lander can stand on: slope and roughness under the circle of its feet, and how far it can move aside."""

    slope_rad: float = math.radians(8.0)  # assumed: the tilt a touchdown may have, all of it from the ground
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
        f"{limits.roughness_m:.2f}, {way:.0f} m aside; {100.0 * safe.mean():.3g} % of the places within {limits.reach_m:.0f} m are safe"
    )


def _why_not(slope: Array, rough: Array, k: int, limits: Limits) -> str:
    what = []
    if slope.min() > limits.slope_rad:
        what.append(f"too steep everywhere, by {math.degrees(slope.min() - limits.slope_rad):.1f} deg at the gentlest place")
    if rough.min() > limits.roughness_m:
        what.append(f"too rough everywhere, by {rough.min() - limits.roughness_m:.2f} m at the smoothest place")
    best = f"slope {math.degrees(slope[k]):.1f} deg of {math.degrees(limits.slope_rad):.1f} allowed, roughness {rough[k]:.2f} m of "
    named = "; ".join(what) or "no place is both gentle and smooth enough"
    return f"{named}; the best of {slope.size} within {limits.reach_m:.0f} m has {best}{limits.roughness_m:.2f}"
