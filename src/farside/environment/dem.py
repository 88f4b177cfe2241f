"""Real elevation models of a site, brought along by the user, as terrain."""

from __future__ import annotations

import csv
import pathlib

import numpy as np
from numpy.typing import NDArray

from farside.environment.terrain import Relief, Terrain

Array = NDArray[np.float64]


class DemError(ValueError):
    """A file that is no grid of heights."""


def read_dem(path: str | pathlib.Path) -> Terrain:
    """A real elevation model as terrain: east and north of the site and height above its reference, in metres, on a regular square grid.

    `.csv`: a header `east_m,north_m,height_m` and one point a line, in any order, none missing; `.nc`: a NetCDF file with the coordinates
    `east_m` and `north_m` and the variable `height_m` (north, east). Raises `DemError` that says what is missing.
    """
    path = pathlib.Path(path)
    east, north, heights = _read_netcdf(path) if path.suffix == ".nc" else _read_csv(path)
    if min(east.size, north.size) < 2:
        raise DemError(f"{path}: {east.size} by {north.size} points; a terrain has at least two each way")
    steps = np.concatenate([np.diff(east), np.diff(north)])
    if not np.allclose(steps, steps[0], rtol=1e-6, atol=0.0):
        raise DemError(f"{path}: steps from {steps.min():g} to {steps.max():g} m; one and the same step, east and north, is needed")
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
