"""The wind: a seasonal profile of a middle latitude, soundings from a file, and the profile that kernels read.

*Model*. Horizontal wind over height alone, linear between its nodes, held beyond the last one below, none above the highest. The
seasonal profile is a yearly cosine between a January and a July profile of the eastward wind: the jet below the tropopause, light air
above it, the stratospheric westerlies of winter and easterlies of summer. *Limits*: no north-south component, no gusts, no change along
the way; a jet on a given day is half or twice its mean. *Source*: rounded by hand from the zonal means of CIRA-86 (Fleming et al. 1990,
Adv. Space Res. 10, 11) at 40 N; below 20 km raised to what the East Asian jet is over the mean of its latitude. `# assumed` marks them.

A sounding is a CSV file with a header: `height_m` and either `east_m_s,north_m_s` or `speed_m_s,from_deg` (where it blows from, clockwise
from north, as meteorologists say it).
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S
from farside.basis.kernel import kernel

Array = NDArray[np.float64]

YEAR_S = 365.25 * DAY_S
COLDEST_S = 15.0 * DAY_S  # mid-January, seconds after the turn of the year
HEIGHTS_M = (0.0, 1.5e3, 5e3, 9e3, 12e3, 16e3, 20e3, 25e3, 30e3, 40e3, 50e3, 60e3, 70e3, 80e3, 90e3, 100e3)
# assumed: eastward, m/s, 40 N 110 E, mid-January and mid-July (see Source)
JANUARY_M_S = (2.0, 5.0, 20.0, 38.0, 45.0, 25.0, 12.0, 8.0, 10.0, 30.0, 50.0, 60.0, 50.0, 25.0, 5.0, 0.0)
JULY_M_S = (1.0, 3.0, 8.0, 16.0, 22.0, 10.0, -3.0, -10.0, -15.0, -25.0, -38.0, -48.0, -45.0, -20.0, 10.0, 0.0)


class Wind(NamedTuple):
    """What a kernel reads: eastward and northward wind [m/s] (n,) at rising heights [m] above the ellipsoid (n,)."""

    height_m: Array
    east_m_s: Array
    north_m_s: Array


class WindError(Exception):
    """A file that is no sounding, with the line that says why."""


def calm() -> Wind:
    """No wind."""
    return Wind(np.array([0.0, 1e5]), np.zeros(2), np.zeros(2))


def seasonal_wind(epoch_s: float, southern: bool = False) -> Wind:
    """The mean wind of a middle latitude at an epoch (TDB s past J2000); `southern` turns the seasons round."""
    j2000_after_new_year_s = 0.5 * DAY_S
    angle = 2.0 * math.pi * (epoch_s + j2000_after_new_year_s - COLDEST_S) / YEAR_S
    winter = 0.5 + 0.5 * math.cos(angle) * (-1.0 if southern else 1.0)
    east = winter * np.array(JANUARY_M_S) + (1.0 - winter) * np.array(JULY_M_S)
    return Wind(np.array(HEIGHTS_M), east, np.zeros(len(HEIGHTS_M)))


def stronger(wind: Wind, factor: float, across_m_s: float = 0.0) -> Wind:
    """The same wind times a factor, and so much more northward wind at every node below the highest."""
    north = factor * wind.north_m_s + np.where(wind.height_m < wind.height_m[-1], across_m_s, 0.0)
    return Wind(wind.height_m, factor * wind.east_m_s, north)


def read_sounding(path: str | Path) -> Wind:
    """The wind of a sounding; `WindError` naming the file, the line, and what a line must hold."""
    with Path(path).open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        names = set(reader.fieldnames or ())
        if "height_m" not in names or not ({"east_m_s", "north_m_s"} <= names or {"speed_m_s", "from_deg"} <= names):
            raise WindError(f"{path}: the header must name height_m and east_m_s,north_m_s or speed_m_s,from_deg; it is {sorted(names)}")
        rows = [_row(path, reader.line_num, row) for row in reader]
    height, east, north = np.array(rows, float).reshape(-1, 3).T
    if height.size < 2 or not np.all(np.diff(height) > 0.0):
        raise WindError(f"{path}: a sounding needs two heights or more, each above the one before; it has {height.size}")
    return Wind(np.ascontiguousarray(height), np.ascontiguousarray(east), np.ascontiguousarray(north))


def _row(path: str | Path, line: int, row: dict[str, str]) -> tuple[float, float, float]:
    """Height, eastward and northward wind of one line."""
    try:
        height = float(row["height_m"])
        if "east_m_s" in row:
            found = height, float(row["east_m_s"]), float(row["north_m_s"])
        else:
            speed, blows_from = float(row["speed_m_s"]), math.radians(float(row["from_deg"]))
            found = height, -speed * math.sin(blows_from), -speed * math.cos(blows_from)
    except (TypeError, ValueError):
        raise WindError(f"{path}: line {line}: {','.join(str(v) for v in row.values())} are not numbers") from None
    if not all(math.isfinite(v) for v in found):
        raise WindError(f"{path}: line {line}: every number must be finite")
    return found


@kernel
def wind_at(height, wind):  # type: ignore[no-untyped-def]
    """Eastward and northward wind [m/s] at a height [m]."""
    last = wind.height_m.size - 1
    if height <= wind.height_m[0]:
        return wind.east_m_s[0], wind.north_m_s[0]
    if height >= wind.height_m[last]:
        return 0.0, 0.0
    k, beyond = 0, last
    while beyond - k > 1:
        middle = (k + beyond) // 2
        if wind.height_m[middle] <= height:
            k = middle
        else:
            beyond = middle
    share = (height - wind.height_m[k]) / (wind.height_m[k + 1] - wind.height_m[k])
    return (
        wind.east_m_s[k] + share * (wind.east_m_s[k + 1] - wind.east_m_s[k]),
        wind.north_m_s[k] + share * (wind.north_m_s[k + 1] - wind.north_m_s[k]),
    )
