"""A synthetic patch of the Moon: like the place, labelled synthetic, the same for the same seed.

*Model*: craters of `craters`, real ones where a count is given, and self-affine relief that adds what the craters leave of the measured
median slope of the maria. *Limits*: craters of less than two spacings are part of the self-affine relief; no rocks, no ridges.
"""

from __future__ import annotations

import hashlib
import math

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
    complete_above_m,
    counted_near,
    draw_craters,
)
from farside.environment.orientation import Ground
from farside.environment.terrain import Relief, Terrain, height, rises

Array = NDArray[np.float64]

HURST = 0.76  # lunar maria; Rosenburg et al. 2011, JGR 116, E02001
MEDIAN_SLOPE_RAD = math.radians(2.0)  # lunar maria at a baseline of 17 m; Rosenburg et al. 2011
SLOPE_BASELINE_M = 17.0  # Rosenburg et al. 2011
AGE_GA = 3.1  # the flow on which Chang'e-6 stands; facts C11


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
    largest = complete_above_m(count) if count is not None and real else size_m
    if largest > 2.0 * spacing_m:
        _dig_all(relief, draw_craters(_generator(seed, "craters"), half, 2.0 * spacing_m, largest, age_ga))
    fractal = _fractal(_generator(seed, "fractal"), points, spacing_m)
    relief.heights_m[:] += _missing_roughness(relief, fractal) * fractal
    along = spacing_m * np.arange(points) - half
    relief.heights_m[:] += math.tan(slope_east_rad) * along[None, :] + math.tan(slope_north_rad) * along[:, None]
    relief.heights_m[:] -= height(relief, 0.0, 0.0)
    label = f"synthetic terrain, seed {seed}: not a map" + (" (larger craters where they were counted)" if real else "")
    source = f"Neukum et al. 2001 production at {age_ga:g} Ga, Hartmann 1984 equilibrium, fractal relief after Rosenburg et al. 2011"
    return Terrain(relief, label, source)


def _generator(seed: int, part: str) -> np.random.Generator:
    """Random numbers that belong to a part of a terrain by name, whatever else is drawn."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(f"{seed}/terrain/{part}".encode()).digest()[:16], "big"))


def _fractal(rng: np.random.Generator, points: int, spacing_m: float) -> Array:
    """Self-affine relief (points, points) of exponent HURST, not scaled yet; made wider and cut, so that its edges do not match."""
    n = 5 * math.ceil(points / 4)
    frequency = np.hypot(np.fft.fftfreq(n, spacing_m)[:, None], np.fft.rfftfreq(n, spacing_m)[None, :])
    frequency[0, 0] = np.inf
    waves = np.fft.rfft2(rng.standard_normal((n, n))) * frequency ** -(HURST + 1.0)
    return np.ascontiguousarray(np.fft.irfft2(waves, (n, n))[:points, :points])


def _missing_roughness(relief: Relief, fractal: Array) -> float:
    """The factor of the fractal relief with which craters and it together have the measured median slope; 0 where the craters have it.

    By halving: the median rises with the factor. On a patch too small for the baseline the slope wanted is that of a shorter one.
    """
    k = max(1, round(min(SLOPE_BASELINE_M / relief.spacing_m, 0.25 * relief.heights_m.shape[0])))
    baseline = k * relief.spacing_m
    wanted = baseline * math.tan(MEDIAN_SLOPE_RAD) * (SLOPE_BASELINE_M / baseline) ** (1.0 - HURST)
    (east, north), (more_east, more_north) = rises(relief.heights_m, k), rises(fractal, k)
    low, high = 0.0, 2.0 * wanted / float(np.median(np.hypot(more_east, more_north)))
    for _ in range(12):
        middle = 0.5 * (low + high)
        enough = float(np.median(np.hypot(east + middle * more_east, north + middle * more_north))) > wanted
        low, high = (low, middle) if enough else (middle, high)
    return low


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
