"""Real elevation models of a site, brought along by the user, as terrain."""

from __future__ import annotations

import pathlib

import numpy as np
from numpy.typing import NDArray

from farside.environment.terrain import Relief, Terrain

Array = NDArray[np.float64]

COLUMNS = ("east_m", "north_m", "height_m")
ROUNDING = 0.01  # share of a step by which a written place may be off its grid: coordinates are rounded


class DemError(ValueError):
    """A file that is no grid of heights."""


def read_dem(path: str | pathlib.Path) -> Terrain:
    """A real elevation model as terrain: east and north of the site and height above its altitude, in metres, on a regular square grid.

    A table in text: a header `east_m,north_m,height_m` and one point a line, in any order, none missing; or a NetCDF file (told by its
    first bytes) with the coordinates `east_m` and `north_m` and the variable `height_m` (north, east). Raises `DemError` that says what is
    missing.
    """
    path = pathlib.Path(path)
    east, north, heights = _read_netcdf(path) if _is_netcdf(path) else _read_csv(path)
    if min(east.size, north.size) < 2:
        raise DemError(f"{path}: {east.size} by {north.size} points; a terrain has at least two each way")
    if not np.isfinite(heights).all():
        raise DemError(f"{path}: {np.count_nonzero(~np.isfinite(heights))} of {heights.size} points have no height; fill or cut them")
    relief = Relief(float(east[0]), float(north[0]), _step(path, east, north), np.ascontiguousarray(heights))
    return Terrain(relief, path.name, f"file {path.name}")


def _is_netcdf(path: pathlib.Path) -> bool:
    with open(path, "rb") as file:
        return file.read(4) in (b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF")


def _step(path: pathlib.Path, east: Array, north: Array) -> float:
    """The one step of the grid, east and north, by the longer of the two."""
    longer = max((east, north), key=len)
    step = float((longer[-1] - longer[0]) / (longer.size - 1))
    off = max(float(np.abs(axis - axis[0] - step * np.arange(axis.size)).max()) for axis in (east, north))
    if not (step > 0.0 and off <= ROUNDING * step):
        steps = np.concatenate([np.diff(east), np.diff(north)])
        raise DemError(f"{path}: steps from {steps.min():g} to {steps.max():g} m; one and the same step, east and north, is needed")
    return step


def _read_csv(path: pathlib.Path) -> tuple[Array, Array, Array]:
    points = _points(path)
    if points.size == 0:
        raise DemError(f"{path}: no points; each line after the header is `{','.join(COLUMNS)}`")
    east, j = np.unique(points[:, 0], return_inverse=True)
    north, i = np.unique(points[:, 1], return_inverse=True)
    if east.size * north.size > 4 * len(points):
        raise DemError(f"{path}: {len(points)} points at {east.size} eastings and {north.size} northings; each must have all of the other")
    heights = np.full((north.size, east.size), np.nan)
    heights[i, j] = points[:, 2]
    twice = len(points) - np.count_nonzero(np.bincount(i.ravel() * east.size + j.ravel()))
    if twice:
        raise DemError(f"{path}: {twice} of {len(points)} points stand there more than once; one height a place")
    return east, north, heights


def _points(path: pathlib.Path) -> Array:
    """The three columns of a table (n, 3), whatever stands beside them."""
    form = f"each line is `{','.join(COLUMNS)}` in numbers, and the first names them"
    try:
        with open(path, encoding="utf-8-sig") as file:  # some programs begin a table with a mark
            head = next((line for line in file if line.strip() and not line.startswith("#")), "")
            named = [word.strip() for word in head.split(",")]
            missing = [name for name in COLUMNS if name not in named]
            if missing:
                raise DemError(f"{path}: no column {', '.join(missing)}: {form}")
            lines = (line for line in file if line.strip() and not line.startswith("#"))
            first = next(lines, None)
            if first is None:
                return np.empty((0, 3))
            rows = (line for part in ((first,), lines) for line in part)
            return np.loadtxt(rows, delimiter=",", usecols=[named.index(name) for name in COLUMNS], ndmin=2, comments=None)
    except UnicodeDecodeError:
        raise DemError(f"{path}: neither text nor NetCDF: {form}") from None
    except ValueError as error:
        raise error if isinstance(error, DemError) else DemError(f"{path}: {error}: {form}") from None


def _read_netcdf(path: pathlib.Path) -> tuple[Array, Array, Array]:
    import netCDF4

    try:
        file = netCDF4.Dataset(path)
    except OSError as error:
        raise DemError(f"{path}: cannot be read as NetCDF ({error.strerror or error}); the file may be cut short") from None
    with file:
        missing = [name for name in COLUMNS if name not in file.variables]
        if missing:
            raise DemError(f"{path}: no {', '.join(missing)}; there: {', '.join(file.variables) or 'nothing'}")
        grid = file.variables["height_m"]
        if grid.dimensions != (*file.variables["north_m"].dimensions, *file.variables["east_m"].dimensions):
            raise DemError(f"{path}: height_m has the dimensions {grid.dimensions}; needed are north, then east")
        east, north, heights = (np.ma.filled(file.variables[name][:].astype(float), np.nan) for name in COLUMNS)
    flip_e, flip_n = (slice(None, None, -1 if axis.size > 1 and axis[1] < axis[0] else 1) for axis in (east, north))
    return east[flip_e], north[flip_n], heights[flip_n, flip_e]
