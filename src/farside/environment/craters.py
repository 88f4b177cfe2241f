"""Craters of the Moon: how many there are of each size, how deep they are, what one looks like; real positions from a count file.

*Model*: the population of a surface is what the production function makes in its age, but no more than the equilibrium of Hartmann, in
which small craters vanish as fast as they are made. Where Chang'e-6 landed, a count finds 0.21 craters a km2 beyond 300 m and 4.7 beyond
100 m; this makes 0.23 and 3.1. A crater in equilibrium is anywhere between fresh and unrecognisable, with any age as
likely as another; its depth falls as linear diffusion fills a Gaussian pit. *Limits*: circular, simple craters (below 15 km), no
clusters of secondaries, no rays; a filled crater keeps the outline of a fresh one.
"""

from __future__ import annotations

import math
import pathlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import MOON_RADIUS_M
from farside.environment.orientation import Ground

Array = NDArray[np.float64]

# Production in 1 Ga, craters a km2 beyond D in km, 10 m to 300 km; Neukum, Ivanov & Hartmann 2001, Space Sci. Rev. 96:55, table 1 (new).
_PRODUCTION = (
    -3.0876, -3.557528, 0.781027, 1.021521, -0.156012, -0.444058, 0.019977, 0.086850, -0.005874, -0.006809, 8.25e-4, 5.54e-5,
)  # fmt: skip
_SMALLEST_PRODUCED_KM = 0.01  # where the polynomial ends; smaller ones follow its slope there
_EQUILIBRIUM = (0.046, -1.83)  # craters a km2 beyond 1 km, and the power of D; Hartmann 1984, Icarus 60:56, seen down to 60 m

FRESH_DEPTH_OF_DIAMETER = 0.2  # rim to floor; Pike 1974, GRL 1:291
FRESH_RIM_OF_DIAMETER = 0.036  # Pike 1977, in Impact and Explosion Cratering, 489: 0.036 D^1.014, D in km
RIM_DECAY = 3.0  # exponent of the ejecta's thickness with distance; McGetchin, Settle & Head 1973, EPSL 20:226
RIM_REACH = 3.0  # radii to which the rim's slope is drawn; assumed: 4 % of the rim is left there
VISIBLE_DEPTH_OF_DIAMETER = 0.03  # assumed: the shallowest pit that is still counted as a crater


class Craters(NamedTuple):
    """Craters on a plane: centre east and north of the site [m], rim diameter [m], depth from rim to floor [m], all (k,)."""

    east_m: Array
    north_m: Array
    diameter_m: Array
    depth_m: Array


class CraterCount(NamedTuple):
    """Counted craters: latitude and east longitude [rad] and diameter [m], (k,) each, and the counted area [m2]."""

    latitude_rad: Array
    longitude_rad: Array
    diameter_m: Array
    area_m2: float


class CraterFileError(ValueError):
    """A file that is no spatial crater count."""


def produced_per_km2(diameter_km: Array | float, age_ga: float) -> Array:
    """Craters a km2 larger than `diameter_km` made in `age_ga` (10^9 years).

    *Source*: production and chronology of Neukum, Ivanov & Hartmann 2001, eqs 2 and 5; below 10 m, where the polynomial ends, with its
    slope there (-3.0 of 1 Ga), which the equilibrium overrules on any surface older than 10^8 years.
    """
    d = np.asarray(diameter_km, dtype=np.float64)
    known = np.log10(np.maximum(d, _SMALLEST_PRODUCED_KM))
    series = np.polynomial.Polynomial(_PRODUCTION)
    smallest = math.log10(_SMALLEST_PRODUCED_KM)
    extended = series(known) + np.minimum(np.log10(d) - smallest, 0.0) * series.deriv()(smallest)
    made = (5.44e-14 * math.expm1(6.93 * age_ga) + 8.38e-4 * age_ga) / (5.44e-14 * math.expm1(6.93) + 8.38e-4)
    return np.asarray(10.0**extended * made)


def standing_per_km2(diameter_km: Array | float, age_ga: float) -> Array:
    """Craters a km2 larger than `diameter_km` that are to be seen: produced ones, at most Hartmann's equilibrium.

    *Limits*: the equilibrium is continued below 60 m; Trask's of 1966 has four times as many at 10 m, Minton's of 2019 less than half.
    """
    number, power = _EQUILIBRIUM
    return np.minimum(produced_per_km2(diameter_km, age_ga), number * np.asarray(diameter_km, dtype=np.float64) ** power)


def depth_of(diameter_m: Array, share_of_life: Array) -> Array:
    """Depths [m] of craters at a share of their visible life, 0 fresh to 1 about to be lost.

    *Model*: diffusion fills a Gaussian pit as 1 / (1 + t). Over all ages the mean depth is 0.067 of the diameter; Chang'e-4's small craters
    have 0.061 (Wu et al. 2021, EPSL 553:116666), a check, not an input.
    """
    filled = 1.0 + share_of_life * (FRESH_DEPTH_OF_DIAMETER / VISIBLE_DEPTH_OF_DIAMETER - 1.0)
    return np.asarray(FRESH_DEPTH_OF_DIAMETER * diameter_m / filled)


def draw_craters(rng: np.random.Generator, half_size_m: float, smallest_m: float, largest_m: float, age_ga: float) -> Craters:
    """Craters of a square patch of `2 half_size_m` about the site and of its surroundings as far as their rims reach into it.

    Sizes from `smallest_m` to `largest_m`, from the standing population; each crater of the surroundings is drawn in a square as much
    larger as the largest one's reach, so that the same patch has the same density everywhere.
    """
    reach = half_size_m + 0.5 * RIM_REACH * largest_m
    edges = np.geomspace(smallest_m, largest_m, 65)
    above = standing_per_km2(edges / 1e3, age_ga) * (2.0 * reach / 1e3) ** 2
    counts = rng.poisson(above[:-1] - above[1:])
    # Inside a narrow class N falls as a power; between its edges the logarithm of D is as good as evenly spread.
    low = np.repeat(np.log(edges[:-1]), counts)
    diameter = np.exp(low + rng.random(low.size) * math.log(edges[1] / edges[0]))
    east, north = rng.uniform(-reach, reach, (2, low.size))
    depth = depth_of(diameter, rng.random(low.size))
    near = np.maximum(np.abs(east), np.abs(north)) < half_size_m + 0.5 * RIM_REACH * diameter
    return Craters(east[near], north[near], diameter[near], depth[near])


def complete_above_m(count: CraterCount) -> float:
    """The diameter [m] above which a count can be taken as whole: the commonest size, in steps of the square root of two.

    On the Moon smaller craters are always more, so that fewer of them in a count are those that were not seen.
    """
    steps = np.arange(math.floor(2.0 * math.log2(count.diameter_m.min())), math.ceil(2.0 * math.log2(count.diameter_m.max())) + 1)
    edges = 2.0 ** (0.5 * steps)
    numbers, _ = np.histogram(count.diameter_m, edges)
    return float(edges[np.argmax(numbers)])


def counted_near(count: CraterCount, site: Ground, half_size_m: float, rng: np.random.Generator) -> Craters:
    """The counted craters whose rims reach into a patch about a site, those of sizes that are whole in the count; their depths, which a
    count does not tell, are drawn.

    *Model and limits*: east and north as arcs of the sphere; over 10 km at 42 deg of latitude that bends by 4 m.
    """
    north = (count.latitude_rad - site.latitude_rad) * MOON_RADIUS_M
    turn = (count.longitude_rad - site.longitude_rad + math.pi) % (2.0 * math.pi) - math.pi
    east = turn * math.cos(site.latitude_rad) * MOON_RADIUS_M
    depth = depth_of(count.diameter_m, rng.random(count.diameter_m.size))
    near = np.maximum(np.abs(east), np.abs(north)) < half_size_m + 0.5 * RIM_REACH * count.diameter_m
    near &= count.diameter_m >= complete_above_m(count)
    return Craters(east[near], north[near], count.diameter_m[near], depth[near])


def read_crater_count(path: str | pathlib.Path) -> CraterCount:
    """The craters of a spatial crater count (`.scc`, as craterstats and its companions write): diameter in km, longitude, latitude in deg.

    Raises `CraterFileError` for a file without a crater table, naming the line where reading stopped.
    """
    area, rows, table = math.nan, [], False
    for number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        words = line.split()
        if line.startswith("Total_area"):
            area = _area_km2(path, number, line) * 1e6
        elif line.startswith("crater ="):
            table = True
        elif table and line.strip().startswith("}"):
            break
        elif table and words:
            rows.append(_crater(path, number, words))
    if not rows:
        raise CraterFileError(f"{path}: no craters; a spatial crater count has a table `crater = {{diam, fraction, lon, lat, ..` with rows")
    diameter, longitude, latitude = np.array(rows).T
    return CraterCount(np.radians(latitude), np.radians(longitude % 360.0), diameter * 1e3, area)


def _area_km2(path: str | pathlib.Path, number: int, line: str) -> float:
    try:
        return float(line.partition("=")[2].split()[0])
    except (ValueError, IndexError):
        raise CraterFileError(f"{path}: line {number}: {line!r} is not `Total_area = NUMBER <km^2>`") from None


def _crater(path: str | pathlib.Path, number: int, words: list[str]) -> tuple[float, float, float]:
    try:
        diameter, _fraction, longitude, latitude = (float(word) for word in words[:4])
    except ValueError:
        raise CraterFileError(f"{path}: line {number}: {' '.join(words)!r} is not `diameter fraction longitude latitude`") from None
    if not (0.0 < diameter < math.inf and abs(latitude) <= 90.0 and math.isfinite(longitude)):
        where = f"latitude {latitude} and longitude {longitude} deg"
        raise CraterFileError(f"{path}: line {number}: diameter {diameter} km, {where}: no crater has these")
    return diameter, longitude, latitude
