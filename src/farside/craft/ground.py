"""What lies under one tool at one spot: soil in layers, and the rocks that its path meets. Drawn once a run; the median with draws off."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from farside.basis.draws import Draws


@dataclass(frozen=True, slots=True)
class SoilPoint:
    """Cohesion and angle of internal friction at one depth."""

    depth_m: float
    cohesion_pa: float
    friction_rad: float


@dataclass(frozen=True, slots=True)
class Soil:
    """The soil of a site and how much single spots differ from it.

    Density follows `deep_density_kg_m3 (z + upper_m) / (z + lower_m)`; on a square metre of surface there are
    `rocks_per_m2 D^-rock_exponent` rocks with a diameter above D [m]. Scatters are one-sigma in the natural logarithm.
    """

    deep_density_kg_m3: float
    upper_m: float
    lower_m: float
    strengths: tuple[SoilPoint, ...]
    gravity_m_s2: float
    rocks_per_m2: float
    rock_exponent: float
    rock_energy_pa: float
    density_scatter: float
    strength_exponent: float
    strength_scatter: float
    rock_scatter: float


MEDIAN_SOIL = Soil(
    deep_density_kg_m3=1920.0,  # Carrier, Olhoeft & Mendell 1991, Lunar Sourcebook, equation 9.3
    upper_m=0.122,  # the same
    lower_m=0.18,  # the same
    strengths=(  # the same, table 9.12: 0-15 cm and 30-60 cm, at their middles
        SoilPoint(0.075, 520.0, math.radians(42.0)),
        SoilPoint(0.45, 3000.0, math.radians(54.0)),
    ),
    gravity_m_s2=1.62,  # GM over the square of the mean radius
    rocks_per_m2=6.9e-4,  # Surveyor 3, Shoemaker & Morris in NASA SP-184 (1969): 3.3e6 D^-2.56 on 100 m2, D in mm (from memory)
    rock_exponent=2.56,  # the same; the mare of Chang'e-3 is like it (Di et al. 2016, Planet. Space Sci. 120, 103)
    rock_energy_pa=300e6,  # assumed: specific energy of dense basalt, one to two times its strength of 150 to 300 MPa (Teale 1965)
    density_scatter=0.03,  # Lunar Sourcebook, table 9.5: 1.50, 1.58, 1.74 +- 0.05 g/cm3
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


def density_kg_m3(soil: Soil, depth_m: float) -> float:
    """The median density at a depth.

    *Model and limits*: the hyperbola of Carrier, Olhoeft & Mendell 1991 (Apollo core tubes and drill stems); measured down to 3 m.
    """
    return soil.deep_density_kg_m3 * (depth_m + soil.upper_m) / (depth_m + soil.lower_m)


def strength_pa(soil: Soil, depth_m: float) -> float:
    """The median passive resistance of the soil at a depth.

    *Model and limits*: Rankine, `density gravity depth K + 2 cohesion sqrt(K)`, `K = tan^2(45 deg + friction / 2)`; the weight above is
    that of the density here, a few percent too much; cohesion and friction are linear between the tabulated depths and flat outside them.
    """
    cohesion, friction = _interpolated(soil, depth_m)
    passive = math.tan(math.pi / 4.0 + friction / 2.0) ** 2
    return density_kg_m3(soil, depth_m) * soil.gravity_m_s2 * depth_m * passive + 2.0 * cohesion * math.sqrt(passive)


def _interpolated(soil: Soil, depth_m: float) -> tuple[float, float]:
    """Cohesion [Pa] and friction [rad] at a depth."""
    points = soil.strengths
    for above, below in itertools.pairwise(points):
        if depth_m < below.depth_m:
            part = max(0.0, (depth_m - above.depth_m) / (below.depth_m - above.depth_m))
            return (
                above.cohesion_pa + part * (below.cohesion_pa - above.cohesion_pa),
                above.friction_rad + part * (below.friction_rad - above.friction_rad),
            )
    return points[-1].cohesion_pa, points[-1].friction_rad


def ground_under(soil: Soil, bit_m: float, depth_m: float, draws: Draws, phase: str, layer_m: float = 0.01) -> Ground:
    """The ground under a bit of diameter `bit_m` down to `depth_m`, as this run draws it.

    `draws` of `phase`: "soil, density", "soil, strength" and those of `rocks_met`. With draws off it is the median soil.
    *Model and limits*: one factor for the density of the whole spot, lognormal; strength goes with a power of it and a factor of its own.
    """
    denser = math.exp(soil.density_scatter * float(draws.normal(phase, "soil, density")[0]))
    stronger = denser**soil.strength_exponent * math.exp(soil.strength_scatter * float(draws.normal(phase, "soil, strength")[0]))
    edges = [min(depth_m, layer_m * i) for i in range(math.ceil(depth_m / layer_m) + 1)]
    layers = tuple(
        Layer(top, bottom, denser * density_kg_m3(soil, (top + bottom) / 2.0), stronger * strength_pa(soil, (top + bottom) / 2.0))
        for top, bottom in itertools.pairwise(edges)
        if bottom > top
    )
    return Ground(layers, rocks_met(soil, bit_m, depth_m, draws, phase))


def rocks_met(soil: Soil, bit_m: float, depth_m: float, draws: Draws, phase: str) -> tuple[Rock, ...]:
    """The rocks larger than the bit on its path down to `depth_m`; smaller ones are pushed aside.

    `draws` of `phase`: "rocks, gap", "rocks, size", "rocks, offset", "rocks, strength". With draws off each gap and size is the median.
    *Model and limits*: a Poisson process along the path. Rocks are spheres with the size law of the surface; a plane cuts `D` times as many
    per area as there are per volume (Wicksell 1925, Biometrika 17, 84), so rocks per volume go as one power of D steeper. Rocks that the
    axis of the bit misses give way. `rock_exponent` must be above 1.
    """
    rocks: list[Rock] = []
    rate, bottom, count = rocks_per_m(soil, bit_m), 0.0, 16
    if rate <= 0.0:
        return ()
    while True:
        gaps, sizes, offsets, strengths = (draws.normal(phase, f"rocks, {what}", count) for what in ("gap", "size", "offset", "strength"))
        for gap, size, offset, strength in list(zip(gaps, sizes, offsets, strengths, strict=True))[count - 16 :]:
            top = bottom - math.log(_above(float(gap))) / rate
            if top >= depth_m:
                return tuple(rocks)
            diameter = bit_m * _above(float(size)) ** (1.0 / (1.0 - soil.rock_exponent))
            bottom = top + diameter * math.sqrt(_above(float(offset)))  # a chord, its distance from the centre squared being uniform
            if bottom > top:
                rocks.append(Rock(top, bottom, soil.rock_energy_pa * math.exp(soil.rock_scatter * float(strength))))
        count += 16


def rocks_per_m(soil: Soil, larger_than_m: float) -> float:
    """How many rocks above a diameter a metre of path runs through: the integral of `b k D^(-b-2) pi/4 D^2` over D."""
    b = soil.rock_exponent
    return b * soil.rocks_per_m2 * math.pi / 4.0 * float(larger_than_m ** (1.0 - b)) / (b - 1.0)


def _above(normal: float) -> float:
    """The probability that a standard normal number is above this one: uniform in (0, 1) over all draws, one half for zero."""
    return min(max(0.5 * math.erfc(normal / math.sqrt(2.0)), 1e-300), 1.0 - 1e-16)
