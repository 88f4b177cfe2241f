"""The U.S. Standard Atmosphere 1976 up to 250 km as a table of even steps: density, pressure and speed of sound by height.

*Model*: below 86 km the seven layers of constant gradient of the molecular-scale temperature; above, the kinetic temperature of the
standard and its diffusion equations for N2, O, O2, Ar and He, integrated upwards from 86 km. Heights are geometric, above the ellipsoid
here. *Source*: NOAA, NASA & USAF, *U.S. Standard Atmosphere, 1976*, NOAA-S/T 76-1562, equations 18-43 and tables 4, 6-8. *Limits*: one
mean day at middle latitudes, no wind; hydrogen, which counts from 500 km on, is left out; the speed of sound is that of the perfect gas
with the ratio 1.4 and means little above 86 km, where the standard gives none. *How we know*: the standard's own tables.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel

Array = NDArray[np.float64]

GRAVITY_M_S2 = 9.80665  # the standard's sea level
RADIUS_M = 6356766.0  # the standard's Earth
GAS_J_KMOL_K = 8314.32  # the standard's gas constant
AIR_KG_KMOL = 28.9644  # mean molecular weight at sea level
SEA_LEVEL_PA = 101325.0
RATIO = 1.4  # of specific heats
AVOGADRO_KMOL = 6.022169e26
# Layers: geopotential height [m] of the base, gradient of the molecular-scale temperature [K/m].
BASES_M = (0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3, 84852.0)
GRADIENTS_K_M = (-6.5e-3, 0.0, 1.0e-3, 2.8e-3, 0.0, -2.8e-3, -2.0e-3)
SEA_LEVEL_K = 288.15
DIFFUSE_M = 86e3  # from here on gases part by weight

# Gases above 86 km: weight [kg/kmol], number there [1/m3]; diffusion a [1/(m s)], b; thermal alpha; flux Q [1/km3], U [km], W [1/km3].
NITROGEN = (28.0134, 1.129794e20)
GASES = (
    (15.9994, 8.6e16, 6.986e20, 0.750, 0.0, -5.809644e-4, 56.90311, 2.706240e-5),  # O
    (31.9988, 3.030898e19, 4.863e20, 0.750, 0.0, 1.366212e-4, 86.0, 8.333333e-5),  # O2
    (39.948, 1.351400e18, 4.487e20, 0.870, 0.0, 9.434079e-5, 86.0, 8.333333e-5),  # Ar
    (4.0026, 7.5817e14, 1.700e21, 0.691, -0.40, -2.457369e-4, 86.0, 6.666667e-4),  # He
)


class AirTable(NamedTuple):
    """Air by geometric height, every `step_m` from `bottom_m`: natural logarithms of density [kg/m3] and pressure [Pa], sound [m/s]."""

    bottom_m: float
    step_m: float
    log_density: Array
    log_pressure: Array
    sound_m_s: Array


@kernel
def density_pressure_sound(height_m, table):  # type: ignore[no-untyped-def]
    """Density [kg/m3], pressure [Pa] and speed of sound [m/s] at a height [m]; logarithms are linear between the table's heights.

    Below the table its first interval goes on, above it its last.
    """
    place = (height_m - table.bottom_m) / table.step_m
    k = min(max(math.floor(place), 0), table.log_density.size - 2)
    x = place - k
    density = math.exp(table.log_density[k] + x * (table.log_density[k + 1] - table.log_density[k]))
    pressure = math.exp(table.log_pressure[k] + x * (table.log_pressure[k + 1] - table.log_pressure[k]))
    sound = table.sound_m_s[k] + min(max(x, 0.0), 1.0) * (table.sound_m_s[k + 1] - table.sound_m_s[k])
    return density, pressure, sound


@functools.cache
def standard_air(step_m: float = 250.0, top_m: float = 250e3) -> AirTable:
    """The table of the standard from 1 km below the sea to `top_m`.

    At 250 m the straight logarithm is off by less than 3e-5 of the density.
    """
    heights = np.arange(-1000.0, top_m + 0.5 * step_m, step_m)
    low = heights[heights < DIFFUSE_M]
    rows = [_layered(float(h)) for h in low]
    upper = _diffused(heights[heights >= DIFFUSE_M])
    density, pressure, sound = (np.concatenate([[row[i] for row in rows], upper[i]]) for i in range(3))
    return AirTable(float(heights[0]), step_m, np.log(density), np.log(pressure), sound)


def _layered(height_m: float) -> tuple[float, float, float]:
    """Density, pressure and sound below 86 km."""
    h = RADIUS_M * height_m / (RADIUS_M + height_m)
    temperature, pressure = SEA_LEVEL_K, SEA_LEVEL_PA
    k = GRAVITY_M_S2 * AIR_KG_KMOL / GAS_J_KMOL_K
    for base, top, gradient in zip(BASES_M[:-1], BASES_M[1:], GRADIENTS_K_M, strict=True):
        rise = min(h, top) - base
        warmer = temperature + gradient * rise
        pressure *= (temperature / warmer) ** (k / gradient) if gradient else math.exp(-k * rise / temperature)
        temperature = warmer
        if h <= top:
            break
    specific = GAS_J_KMOL_K / AIR_KG_KMOL * temperature
    return pressure / specific, pressure, math.sqrt(RATIO * specific)


def temperature_gradient(height_m: float) -> tuple[float, float]:
    """Kinetic temperature [K] and its gradient [K/m] from 86 km on."""
    z = height_m / 1e3
    if z <= 91.0:
        return 186.8673, 0.0
    if z <= 110.0:
        root = math.sqrt(1.0 - ((z - 91.0) / 19.9429) ** 2)
        return 263.1905 - 76.3232 * root, 76.3232 / 19.9429**2 * (z - 91.0) / root / 1e3
    if z <= 120.0:
        return 240.0 + 12.0 * (z - 110.0), 12e-3
    share = (RADIUS_M / 1e3 + 120.0) / (RADIUS_M / 1e3 + z)
    fall = 640.0 * math.exp(-0.01875 * (z - 120.0) * share)
    return 1000.0 - fall, 0.01875 * fall * share**2 / 1e3


def _eddy(z: float) -> float:
    """Eddy diffusion [m2/s] at a height [km]."""
    if z < 95.0:
        return 120.0
    return 120.0 * math.exp(1.0 - 400.0 / (400.0 - (z - 95.0) ** 2)) if z < 115.0 else 0.0


def _slopes(height_m: float, numbers: Array) -> Array:
    """Derivative by height [1/m] of the logarithms of n T for N2, O, O2, Ar, He, whose numbers [1/m3] are given."""
    z, (temperature, gradient) = height_m / 1e3, temperature_gradient(height_m)
    gravity = GRAVITY_M_S2 * (RADIUS_M / (RADIUS_M + height_m)) ** 2
    k, eddy = gravity / (GAS_J_KMOL_K * temperature), _eddy(z)
    mixed = z <= 100.0
    weights = np.array([NITROGEN[0], GASES[0][0], GASES[1][0]])
    out = [-k * (AIR_KG_KMOL if mixed else NITROGEN[0])]
    for i, (weight, _, a, b, alpha, q, u, w) in enumerate(GASES):
        around = numbers[0] if i < 2 else numbers[:3].sum()
        mean = AIR_KG_KMOL if mixed else NITROGEN[0] if i < 2 else float(weights @ numbers[:3]) / around
        molecular = a / around * (temperature / 273.15) ** b
        pull = k * (weight * molecular + mean * eddy) / (molecular + eddy) + alpha * gradient / temperature * molecular / (molecular + eddy)
        flux = q * (z - u) ** 2 * math.exp(-w * (z - u) ** 3)
        if i == 0 and z < 97.0:
            flux += -3.416248e-3 * (97.0 - z) ** 2 * math.exp(-5.008765e-4 * (97.0 - z) ** 3)
        out.append(-pull - flux / 1e3)
    return np.array(out)


def _diffused(heights_m: Array) -> tuple[Array, Array, Array]:
    """Density, pressure and sound at rising heights from 86 km on: midpoint rule in steps of at most 50 m."""
    weights = np.array([NITROGEN[0], *(gas[0] for gas in GASES)])
    first = temperature_gradient(DIFFUSE_M)[0]
    height, logs = DIFFUSE_M, np.log(np.array([NITROGEN[1], *(gas[1] for gas in GASES)]) * first)
    rows = []
    for goal in heights_m:
        steps = max(1, math.ceil((goal - height) / 50.0))
        h = (goal - height) / steps
        for _ in range(steps):
            half = logs + 0.5 * h * _slopes(height, np.exp(logs) / temperature_gradient(height)[0])
            middle = height + 0.5 * h
            logs = logs + h * _slopes(middle, np.exp(half) / temperature_gradient(middle)[0])
            height += h
        height = float(goal)
        temperature = temperature_gradient(height)[0]
        numbers = np.exp(logs) / temperature
        density, pressure = float(weights @ numbers) / AVOGADRO_KMOL, float(numbers.sum()) * GAS_J_KMOL_K / AVOGADRO_KMOL * temperature
        rows.append((density, pressure, math.sqrt(RATIO * pressure / density)))
    columns = np.array(rows).T
    return columns[0], columns[1], columns[2]
