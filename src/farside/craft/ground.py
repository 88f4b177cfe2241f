"""What lies under one tool at one spot: soil in layers, and the rocks that its path meets. Drawn once a run; the median with draws off."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.draws import Draws
from farside.environment import regolith
from farside.environment.regolith import SURVEYOR_3, RockCounts

Array = NDArray[np.float64]

LAYER_M = 0.01


@dataclass(frozen=True, slots=True)
class Soil:
    """What a site's soil is besides the average Moon's, and how much single spots differ from it.

    `rock_energy_pa`: to cut a volume of rock. Scatters are one-sigma in the natural logarithm; strength goes with density to the power
    `strength_exponent`.
    """

    rocks: RockCounts
    rock_energy_pa: float
    density_scatter: float
    strength_exponent: float
    strength_scatter: float
    rock_scatter: float
    gravity_m_s2: float = GM_MOON_M3_S2 / MOON_RADIUS_M**2


MEDIAN_SOIL = Soil(
    rocks=SURVEYOR_3,  # assumed: a mare, as the floor of the Apollo basin at the site is; Chang'e-3's counts are like it
    rock_energy_pa=300e6,  # assumed: specific energy of dense basalt, one to two times its strength of 150 to 300 MPa (Teale 1965)
    density_scatter=0.03,  # Carrier et al. 1991, Lunar Sourcebook, table 9.5: 1.50, 1.58, 1.74 +- 0.05 g/cm3
    strength_exponent=12.0,  # the same tables: cohesion rises sixfold while density rises by 16 %
    strength_scatter=0.2,  # assumed: what density does not explain
    rock_scatter=0.5,  # assumed: vesicular and shattered basalt against dense
)


@dataclass(frozen=True, slots=True)
class Layer:
    """Soil between two depths; `strength_pa` is its passive resistance to a blade."""

    top_m: float
    bottom_m: float
    density_kg_m3: float
    strength_pa: float


@dataclass(frozen=True, slots=True)
class Rock:
    """The part of the path that runs through one rock, and the energy that cutting a volume of it takes."""

    top_m: float
    bottom_m: float
    energy_pa: float


@dataclass(frozen=True, slots=True)
class Ground:
    """What a vertical path meets: layers without gap from the surface, and rocks from above, none within another."""

    layers: tuple[Layer, ...]
    rocks: tuple[Rock, ...] = ()

    def mean_density_kg_m3(self, top_m: float, bottom_m: float) -> float:
        """The mean density of the soil between two depths."""
        overlaps = [(max(0.0, min(bottom_m, y.bottom_m) - max(top_m, y.top_m)), y.density_kg_m3) for y in self.layers]
        return sum(length * density for length, density in overlaps) / sum(length for length, _ in overlaps)


def strength_pa(depth_m: Array, gravity_m_s2: float) -> Array:
    """The median passive resistance of the soil at depths (n,) [m].

    *Model and limits*: Rankine, `weight above K + 2 cohesion sqrt(K)`, `K = tan^2(45 deg + friction / 2)`, for a blade, not a point.
    """
    passive = np.tan(math.pi / 4.0 + regolith.friction_angle(depth_m) / 2.0) ** 2
    above_pa = regolith.column_mass(np.zeros_like(depth_m), depth_m) * gravity_m_s2
    return np.asarray(above_pa * passive + 2.0 * regolith.cohesion(depth_m) * np.sqrt(passive))


def ground_under(soil: Soil, bit_m: float, depth_m: float, draws: Draws, phase: str) -> Ground:
    """The ground under a bit of diameter `bit_m` down to `depth_m`, as this run draws it.

    `draws` of `phase`: "soil, density", "soil, strength" and those of `rocks_met`. With draws off it is the median soil.
    *Model and limits*: one factor for the density of the whole spot, lognormal; strength goes with a power of it and a factor of its own.
    """
    denser = math.exp(soil.density_scatter * float(draws.normal(phase, "soil, density")[0]))
    stronger = denser**soil.strength_exponent * math.exp(soil.strength_scatter * float(draws.normal(phase, "soil, strength")[0]))
    edges = np.array([*(LAYER_M * i for i in range(max(1, math.ceil(depth_m / LAYER_M)))), depth_m])
    middles = (edges[:-1] + edges[1:]) / 2.0
    columns = zip(
        itertools.pairwise(edges.tolist()),
        (denser * regolith.density(middles)).tolist(),
        (stronger * strength_pa(middles, soil.gravity_m_s2)).tolist(),
        strict=True,
    )
    layers = tuple(Layer(top, bottom, density, strength) for (top, bottom), density, strength in columns if bottom > top)
    return Ground(layers, rocks_met(soil, bit_m, depth_m, draws, phase))


def rocks_met(soil: Soil, bit_m: float, depth_m: float, draws: Draws, phase: str) -> tuple[Rock, ...]:
    """The rocks larger than the bit on its path down to `depth_m`; smaller ones are pushed aside.

    `draws` of `phase`: "rocks, gap", "rocks, size", "rocks, offset", "rocks, strength". With draws off each gap and size is the median.
    *Model and limits*: a Poisson process along the path, at the rate of `regolith.rocks_met` for a line. Rocks are spheres; those that the
    axis of the bit misses give way.
    """
    rocks: list[Rock] = []
    rate, bottom, count = regolith.rocks_met(soil.rocks, 1.0, 0.0, bit_m), 0.0, 16
    if rate <= 0.0:
        return ()
    while True:
        gaps, sizes, offsets, strengths = (draws.normal(phase, f"rocks, {what}", count) for what in ("gap", "size", "offset", "strength"))
        for gap, size, offset, strength in list(zip(gaps, sizes, offsets, strengths, strict=True))[count - 16 :]:
            top = bottom - math.log(_above(float(gap))) / rate
            if top >= depth_m:
                return tuple(rocks)
            diameter = _diameter(soil.rocks, bit_m, _above(float(size)))
            bottom = top + diameter * math.sqrt(_above(float(offset)))  # a chord, its distance from the centre squared being uniform
            if bottom > top:
                rocks.append(Rock(top, bottom, soil.rock_energy_pa * math.exp(soil.rock_scatter * float(strength))))
        count += 16


def _diameter(rocks: RockCounts, larger_than_m: float, part: float) -> float:
    """The diameter that this part of the rocks on a line exceeds: the integral of `D^-power` up to the largest, turned round."""
    low, high, power = max(larger_than_m, rocks.smallest_m), rocks.largest_m, 1.0 - rocks.power
    if abs(power) < 1e-9:
        return float(high * (low / high) ** part)
    return float((high**power + part * (low**power - high**power)) ** (1.0 / power))


def _above(normal: float) -> float:
    """The probability that a standard normal number is above this one: uniform in (0, 1) over all draws, one half for zero."""
    return min(max(0.5 * math.erfc(normal / math.sqrt(2.0)), 1e-300), 1.0 - 1e-16)
