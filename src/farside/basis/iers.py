"""What the Earth did, as the IERS measured it: UT1, polar motion, celestial pole offsets.

The tables are those of the package `astropy-iers-data`, read once a process: `finals2000A.all`, measured from 1973 on, a year of
predictions at its end; before it the series C04 from 1962. Nothing is downloaded.

*Limits*: linear between the daily values of UT1 - TAI (0.1 ms, 5 cm at the equator) and of the pole; in the sixties the measurements are
good to 2 ms and 0.03" (a metre). Before and after the table its first or last values of polar motion and offsets hold, and UT1 - TAI runs
on with its last rate: no better than 0.3 s a year ahead (140 m at the equator), which `covered` tells.
"""

from __future__ import annotations

import functools
import importlib.util
import itertools
import pathlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import ARCSECOND_RAD, DAY_S
from farside.basis.epochs import TT_MINUS_TAI_S, utc_steps

Array = NDArray[np.float64]

_MJD_2000 = 51544  # MJD of 2000-01-01
_C04_COLUMNS = {"x": 5, "y": 6, "ut1": 7, "dx": 8, "dy": 9}  # of eopc04.1962-now (its ReadMe): MJD is the fifth; arcseconds, seconds
# Columns of finals2000A.all (its ReadMe, counted from 0): the values of Bulletin A, and of Bulletin B where it is out.
_MJD = slice(7, 15)
_COLUMNS_A = {"x": slice(18, 27), "y": slice(37, 46), "ut1": slice(58, 68), "dx": slice(97, 106), "dy": slice(116, 125)}
_COLUMNS_B = {"x": slice(134, 144), "y": slice(144, 154), "ut1": slice(154, 165), "dx": slice(165, 175), "dy": slice(175, 185)}


class EarthOrientation(NamedTuple):
    """Daily values at 0 h UTC: `seconds` TT past J2000 (n,), UT1 - TAI [s], polar motion x and y [rad], celestial pole offsets [rad]."""

    seconds: Array
    ut1_minus_tai_s: Array
    x_rad: Array
    y_rad: Array
    dx_rad: Array
    dy_rad: Array


class Turn(NamedTuple):
    """The Earth's orientation at one epoch (floats) or several (arrays): UT1 - TT [s], polar motion and celestial pole offsets [rad]."""

    ut1_minus_tt_s: Array
    x_rad: Array
    y_rad: Array
    dx_rad: Array
    dy_rad: Array


def package_file(package: str, *names: str) -> pathlib.Path:
    """The path of a file inside an installed package of data, which is not imported; `FileNotFoundError` that says what to install."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        found = pathlib.Path(folder).joinpath(*names)
        if found.is_file():
            return found
    raise FileNotFoundError(f"{'/'.join(names)} not found: the package {package.replace('_', '-')} is not installed; pip install it")


@functools.cache
def earth_orientation() -> EarthOrientation:
    """The whole table: measured values first, then predictions."""
    mjd, value = _finals()
    early_mjd, early = _before(float(mjd[0]))
    mjd = np.concatenate([early_mjd, mjd])
    days = (mjd - _MJD_2000).astype(int)
    tai_minus_utc = np.array([utc_steps().at(int(day)) for day in days])
    seconds = days * DAY_S - DAY_S / 2 + tai_minus_utc + TT_MINUS_TAI_S
    x, y, ut1, dx, dy = (np.concatenate([early[name], value[name]]) for name in ("x", "y", "ut1", "dx", "dy"))
    angles = (angle * ARCSECOND_RAD for angle in (x, y, dx, dy))
    return EarthOrientation(seconds, ut1 - tai_minus_utc, *angles)


def _finals() -> tuple[Array, dict[str, Array]]:
    """MJD and values of finals2000A.all: x, y, dx, dy ["] and UT1 - UTC [s]."""
    text = package_file("astropy_iers_data", "data", "finals2000A.all").read_bytes()
    width = text.index(b"\n") + 1
    lines = np.frombuffer(text[: len(text) // width * width], dtype="S1").reshape(-1, width)
    lines = lines[_filled(lines, _COLUMNS_A["ut1"])]
    value = {name: _measured(lines, name) for name in _COLUMNS_A}
    return _numbers(lines, _MJD, np.nan), {**value, "dx": 1e-3 * value["dx"], "dy": 1e-3 * value["dy"]}


def _before(mjd: float) -> tuple[Array, dict[str, Array]]:
    """The same of the series C04 before a day."""
    with package_file("astropy_iers_data", "data", "eopc04.1962-now").open(encoding="ascii") as file:
        rows = (line.split() for line in file if not line.startswith("#"))
        table = np.array([row[4:10] for row in itertools.takewhile(lambda row: float(row[4]) < mjd, rows)], dtype=np.float64)
    return table[:, 0], {name: table[:, column - 4] for name, column in _C04_COLUMNS.items()}


def _measured(lines: NDArray[np.bytes_], name: str) -> Array:
    """One quantity of the table: Bulletin B's value where there is one, else Bulletin A's, else zero (pole offsets are not predicted)."""
    a = _numbers(lines, _COLUMNS_A[name], 0.0)
    b = _numbers(lines, _COLUMNS_B[name], np.nan)
    return np.where(np.isnan(b), a, b)


def _numbers(lines: NDArray[np.bytes_], columns: slice, blank: float) -> Array:
    """The numbers in those columns of the lines; `blank` where there is none."""
    out = np.full(len(lines), blank)
    filled = _filled(lines, columns)
    words = np.ascontiguousarray(lines[filled, columns]).view(f"S{columns.stop - columns.start}").ravel()
    out[filled] = words.astype(np.float64)
    return out


def _filled(lines: NDArray[np.bytes_], columns: slice) -> NDArray[np.bool_]:
    """Which of the lines have anything in those columns."""
    out: NDArray[np.bool_] = (lines[:, columns] != b" ").any(axis=1)
    return out


def covered() -> tuple[float, float]:
    """First and last epoch of the table [TT seconds past J2000]."""
    seconds = earth_orientation().seconds
    return float(seconds[0]), float(seconds[-1])


def turn_at(tt_s: float | Array) -> Turn:
    """The Earth's orientation at epochs in TT seconds past J2000, interpolated between days."""
    table = earth_orientation()
    tt = np.asarray(tt_s, dtype=np.float64)
    ut1_minus_tai = np.interp(tt, table.seconds, table.ut1_minus_tai_s)
    for outside, end, month in ((np.maximum(tt - table.seconds[-1], 0.0), -1, -31), (np.minimum(tt - table.seconds[0], 0.0), 0, 30)):
        rate = (table.ut1_minus_tai_s[end] - table.ut1_minus_tai_s[month]) / (table.seconds[end] - table.seconds[month])
        ut1_minus_tai = ut1_minus_tai + rate * outside
    pole = [np.interp(tt, table.seconds, column) for column in table[2:]]
    return Turn(ut1_minus_tai - TT_MINUS_TAI_S, *pole)
