"""The soil a drill goes through: how dense and how strong it is with depth, and the rocks in it.

*Model*: density by the hyperbola of the Apollo cores; cohesion and friction by layers of the Lunar Sourcebook, straight lines between
their middles; rocks of all sizes by the Surveyor counts, as many inside the soil as on it (an area cut through spheres shows their share
of the volume; Delesse 1847). *Limits*: averages of the places between craters; one site may differ by a third in strength and by a factor
of several in rocks; rocks are spheres; nothing is known of layers.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# rho = 1.92 (z + 12.2) / (z + 18) g/cm3, z in cm; Carrier, Olhoeft & Mendell 1991, Lunar Sourcebook, 9.1.4, to three metres.
DEEP_DENSITY_KG_M3 = 1920.0
_NUMERATOR_M, _DENOMINATOR_M = 0.122, 0.18

# Cohesion [Pa] and friction angle [deg] at the middles of 0-15, 15-30 and 30-60 cm; Lunar Sourcebook, table 9.12. The book gives 0-15
# (0.52 kPa, 42), 0-30 (0.90, 46) and 30-60 cm (3.0, 54); the second here is 2 (0-30) - (0-15).
_STRENGTH = ((0.075, 520.0, 42.0), (0.225, 1280.0, 50.0), (0.45, 3000.0, 54.0))


class RockCounts(NamedTuple):
    """Rocks on the ground: `per_m2 (D / 1 m)^-power` a square metre larger than D, from `smallest_m` to `largest_m`."""

    per_m2: float
    power: float
    smallest_m: float = 0.005  # assumed: below, the soil itself
    largest_m: float = 1.0  # assumed: the counts' end


def surveyor(per_100_m2: float, power: float) -> RockCounts:
    """A count as Shoemaker & Morris 1970 (Icarus 12:188) print it: rocks on 100 m2 larger than y millimetres, `per_100_m2 y^-power`."""
    return RockCounts(per_100_m2 / 100.0 * 1000.0**-power, power)


SURVEYOR_1 = surveyor(5.0e5, 2.11)  # mare, near a rocky crater; Shoemaker & Morris 1970, in Lunar Sourcebook 9.1
SURVEYOR_3 = surveyor(3.3e6, 2.56)  # mare; Chang'e-3's counts are like it (Di et al. 2016, Planet. Space Sci. 120:103)
SURVEYOR_5 = surveyor(1.25e6, 2.65)  # mare
SURVEYOR_6 = surveyor(1.91e6, 2.51)  # mare
SURVEYOR_7 = surveyor(7.9e5, 1.82)  # rim of Tycho: the rockiest


class Rocks(NamedTuple):
    """Rocks on a drill's way: where it meets each [m of depth] and how large it is [m], by depth, (k,) each."""

    depth_m: Array
    diameter_m: Array


def density(depth_m: Array | float) -> Array:
    """Bulk density [kg/m3] at depths [m]."""
    z = _below(depth_m)
    return np.asarray(DEEP_DENSITY_KG_M3 * (z + _NUMERATOR_M) / (z + _DENOMINATOR_M))


def column_mass(top_m: Array | float, bottom_m: Array | float) -> Array:
    """Mass of a column of soil [kg/m2] between two depths [m]: the density's integral, exact."""
    return np.asarray(_mass_above(_below(bottom_m)) - _mass_above(_below(top_m)))


def _mass_above(z: Array) -> Array:
    return np.asarray(DEEP_DENSITY_KG_M3 * (z - (_DENOMINATOR_M - _NUMERATOR_M) * np.log1p(z / _DENOMINATOR_M)))


def _below(depth_m: Array | float) -> Array:
    z = np.asarray(depth_m, dtype=np.float64)
    if z.size and not z.min() >= 0.0:
        raise ValueError(f"depth {z.min()} m: the soil begins at 0 and depths count down from there")
    return z


def cohesion(depth_m: Array | float) -> Array:
    """Cohesion [Pa] at depths [m]; level above 7.5 cm and below 45 cm."""
    depths, pascal, _ = zip(*_STRENGTH, strict=True)
    return np.interp(_below(depth_m), depths, pascal)


def friction_angle(depth_m: Array | float) -> Array:
    """Angle of internal friction [rad] at depths [m]; level above 7.5 cm and below 45 cm."""
    depths, _, degrees = zip(*_STRENGTH, strict=True)
    return np.radians(np.interp(_below(depth_m), depths, degrees))


def rocks_per_m2(rocks: RockCounts, larger_than_m: Array | float) -> Array:
    """Rocks on a square metre of ground larger than a diameter [m], up to the counts' largest."""
    d = np.clip(np.asarray(larger_than_m, dtype=np.float64), rocks.smallest_m, rocks.largest_m)
    return np.asarray(rocks.per_m2 * (d**-rocks.power - rocks.largest_m**-rocks.power))


def covered_share(rocks: RockCounts, larger_than_m: float) -> float:
    """The share of the ground that rocks larger than a diameter [m] cover."""
    return 0.25 * math.pi * rocks.per_m2 * rocks.power * _moment(rocks, larger_than_m, 1.0 - rocks.power)


def _moment(rocks: RockCounts, from_m: float, power: float) -> float:
    """Integral of D^power from a diameter to the largest rock's; zero beyond that."""
    low, high = max(from_m, rocks.smallest_m), rocks.largest_m
    if low >= high:
        return 0.0
    return math.log(high / low) if abs(power + 1.0) < 1e-12 else (high ** (power + 1.0) - low ** (power + 1.0)) / (power + 1.0)


def rocks_met(rocks: RockCounts, length_m: float, drill_diameter_m: float, larger_than_m: float) -> float:
    """How many rocks larger than a diameter a drill meets on its way, on average over many holes.

    *Model*: spheres at random in the soil, (3 / 2 D) of them a volume for each on an area, so that both have the same share; the drill
    meets those whose centres lie within half the sum of both diameters of its axis.
    """
    factor = 0.25 * math.pi * length_m * 1.5 * rocks.per_m2 * rocks.power
    b = drill_diameter_m
    parts = ((1.0, 0.0), (2.0 * b, 1.0), (b * b, 2.0))  # of (D + b)^2 over D, as powers of D below the first
    return factor * sum(weight * _moment(rocks, larger_than_m, -rocks.power - lower) for weight, lower in parts)


def chance_of_rock(rocks: RockCounts, length_m: float, drill_diameter_m: float, larger_than_m: float) -> float:
    """The probability that a drill meets at least one rock larger than a diameter on its way (Poisson)."""
    return -math.expm1(-rocks_met(rocks, length_m, drill_diameter_m, larger_than_m))


def draw_rocks(rng: np.random.Generator, rocks: RockCounts, length_m: float, drill_diameter_m: float, larger_than_m: float) -> Rocks:
    """The rocks of one hole: a draw of those that `rocks_met` counts, with their sizes, by depth."""
    number = int(rng.poisson(rocks_met(rocks, length_m, drill_diameter_m, larger_than_m)))
    sizes = np.geomspace(max(larger_than_m, rocks.smallest_m), rocks.largest_m, 120)
    beyond = np.array([rocks_met(rocks, length_m, drill_diameter_m, float(d)) for d in sizes])
    diameter = np.interp(rng.random(number), 1.0 - beyond / max(beyond[0], 1e-300), sizes)
    return Rocks(np.sort(rng.uniform(0.0, length_m, number)), diameter)
