"""How warm the Moon's soil is: one-dimensional conduction under the Sun, from the surface down to where the day is not felt.

*Model*: Hayne et al. 2017, JGR Planets 122:2371, doi 10.1002/2017JE005387, appendix A: density and conductivity of the solid contact that
rise with depth, radiation between grains, heat capacity by temperature, albedo by the Sun's height, heat from below. Finite volumes on
their growing grid, backward Euler in time, the surface's balance solved with the layers by Newton. No parameter is tuned.
*Limits*: level, free of rocks, no heat from slopes in sight; layers and steps of half the size change no temperature by 0.1 K.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, SOLAR_IRRADIANCE_W_M2
from farside.basis.kernel import kernel
from farside.environment.ephemeris import Sky
from farside.environment.orientation import Ground
from farside.environment.sunlight import subsolar_point, sunlight

Array = NDArray[np.float64]

SYNODIC_MONTH_S = 29.530588 * DAY_S  # mean lunation; Meeus, Astronomical Algorithms, 2nd ed. 1998, ch. 49
STEFAN_BOLTZMANN_W_M2_K4 = 5.670374419e-8  # exact, SI 2019
STEP_S = 1800.0  # assumed: a quarter of a degree of the Sun's way
LUNATIONS = 12  # assumed: after them every temperature stands to 0.01 K
DEPTH_M = 2.5  # assumed: deeper than a drill of two metres goes


class Soil(NamedTuple):
    """The soil: density and solid conductivity at the surface and at depth, the depth H over which they change, and what light it takes."""

    surface_density_kg_m3: float = 1100.0  # Hayne et al. 2017, table A1
    deep_density_kg_m3: float = 1800.0  # table A1
    surface_conductivity_w_m_k: float = 7.4e-4  # table A1
    deep_conductivity_w_m_k: float = 3.4e-3  # table A1
    scale_depth_m: float = 0.07  # H, the mean of the maps of Hayne et al. 2017; 0.06 in their figure A2
    radiative: float = 2.7  # chi, table A1: radiation between grains at 350 K over conduction
    albedo: float = 0.12  # A0 of highlands, with the Sun overhead; table A1
    albedo_cubic: float = 0.06  # a of Keihm's law A0 + a (i / 45 deg)^3 + b (i / 90 deg)^8; table A1
    albedo_eighth: float = 0.25  # b of the same
    emissivity: float = 0.95  # table A1
    heat_flow_w_m2: float = 0.018  # table A1


HIGHLAND = Soil()
MARE = Soil(albedo=0.07)  # Hayne et al. 2017: A0 of maria


class Layers(NamedTuple):
    """The grid: depth of each temperature [m], mass a square metre about it [kg/m2], solid conductance to the one below [W/m2/K]."""

    depth_m: Array
    mass_kg_m2: Array
    conductance_w_m2_k: Array


class Temperatures(NamedTuple):
    """Soil temperatures: `surface_k` (k,) at `epochs_s` (k,); `profile_k` (n,) at `depth_m` (n,) at the last epoch; `mean_k`, `lowest_k`
    and `highest_k` (n,) at each depth over all epochs."""

    epochs_s: Array
    surface_k: Array
    depth_m: Array
    profile_k: Array
    mean_k: Array
    lowest_k: Array
    highest_k: Array


def layers_of(soil: Soil) -> Layers:
    """The grid of Hayne et al. 2017, A2.2: ten steps in the first skin depth, each a fifth thicker than the one above; to DEPTH_M."""
    capacity = float(heat_capacity(250.0))
    skin = math.sqrt(soil.surface_conductivity_w_m_k / (soil.surface_density_kg_m3 * capacity) * SYNODIC_MONTH_S / math.pi)
    steps = [skin / 10.0]
    while sum(steps) < DEPTH_M:
        steps.append(steps[-1] * 1.2)
    thick = np.array(steps)
    depth = np.concatenate([[0.0], np.cumsum(thick)])
    middle = depth[:-1] + 0.5 * thick
    about = 0.5 * (np.append(thick, 0.0) + np.concatenate([[0.0], thick]))
    share = (soil.deep_conductivity_w_m_k - soil.surface_conductivity_w_m_k) * np.exp(-middle / soil.scale_depth_m)
    density = soil.deep_density_kg_m3 - (soil.deep_density_kg_m3 - soil.surface_density_kg_m3) * np.exp(-depth / soil.scale_depth_m)
    return Layers(depth, density * about, (soil.deep_conductivity_w_m_k - share) / thick)


@kernel
def heat_capacity(t):  # type: ignore[no-untyped-def]
    """Heat capacity of the soil [J/kg/K] at a temperature [K]; Hayne et al. 2017, table A1, after Hemingway et al. 1981; above 10 K."""
    return -3.6125 + t * (2.7431 + t * (2.3616e-3 + t * (-1.2340e-5 + t * 8.9093e-9)))


@kernel
def absorbed(sine_elevation, distance_au, soil):  # type: ignore[no-untyped-def]
    """Sunlight taken in [W/m2] at a sine of the Sun's elevation and a distance; none below the horizon."""
    if sine_elevation <= 0.0:
        return 0.0
    i = math.acos(min(1.0, sine_elevation))
    albedo = soil.albedo + soil.albedo_cubic * (i / (0.25 * math.pi)) ** 3 + soil.albedo_eighth * (i / (0.5 * math.pi)) ** 8
    return SOLAR_IRRADIANCE_W_M2 / (distance_au * distance_au) * (1.0 - min(albedo, 1.0)) * sine_elevation


@kernel
def step(t, seconds, light, soil, layers):  # type: ignore[no-untyped-def]
    """The temperatures (n,) `seconds` later under `light` [W/m2], by backward Euler; capacity and radiation between grains as before it."""
    n = t.size
    lower, upper, middle, right = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(n):
        stored = layers.mass_kg_m2[i] * heat_capacity(t[i]) / seconds
        middle[i], right[i] = stored, stored * t[i]
    for i in range(n - 1):
        mean = 0.5 * (t[i] + t[i + 1])
        flow = layers.conductance_w_m2_k[i] * (1.0 + soil.radiative * (mean / 350.0) ** 3)
        middle[i] += flow
        middle[i + 1] += flow
        upper[i], lower[i + 1] = -flow, -flow
    right[n - 1] += soil.heat_flow_w_m2
    for i in range(n - 1, 0, -1):  # the layers told by the one above, up to the surface
        factor = upper[i - 1] / middle[i]
        middle[i - 1] -= factor * lower[i]
        right[i - 1] -= factor * right[i]
    radiated = soil.emissivity * STEFAN_BOLTZMANN_W_M2_K4
    surface = t[0]
    for _ in range(30):
        change = (middle[0] * surface + radiated * surface**4 - right[0] - light) / (middle[0] + 4.0 * radiated * surface**3)
        surface -= change
        if abs(change) < 1e-6:
            break
    out = np.empty(n)
    out[0] = surface
    for i in range(1, n):
        out[i] = (right[i] - lower[i] * out[i - 1]) / middle[i]
    return out


@kernel
def march(t, seconds, sines, distances_au, soil, layers):  # type: ignore[no-untyped-def]
    """From temperatures (n,) through `sines` (k,), a step of `seconds` to each: the last temperatures, the surface's (k,), mean, lowest
    and highest at each depth, and how much warmer each depth has to be for the mean heat flow to be that from below."""
    surface, missing = np.empty(sines.size), np.zeros(t.size)
    mean, low, high = np.zeros(t.size), np.full(t.size, np.inf), np.zeros(t.size)
    flow, conductance = np.zeros(t.size), np.zeros(t.size)
    for k in range(sines.size):
        t = step(t, seconds, absorbed(sines[k], distances_au[k], soil), soil, layers)
        surface[k] = t[0]
        for i in range(t.size):
            mean[i] += t[i] / sines.size
            low[i], high[i] = min(low[i], t[i]), max(high[i], t[i])
        for i in range(t.size - 1):
            conducts = layers.conductance_w_m2_k[i] * (1.0 + soil.radiative * ((t[i] + t[i + 1]) / 700.0) ** 3)
            conductance[i] += conducts
            flow[i] += conducts * (t[i + 1] - t[i])
    for i in range(t.size - 1):
        missing[i + 1] = missing[i] + (soil.heat_flow_w_m2 * sines.size - flow[i]) / conductance[i]
    return t, surface, mean, low, high, missing


def lunation(
    latitude_rad: float,
    soil: Soil = HIGHLAND,
    subsolar_latitude_rad: float = 0.0,
    distance_au: float = 1.0,
    until_hour_rad: float = 0.0,
    lunations: int = LUNATIONS,
    step_s: float = STEP_S,
) -> Temperatures:
    """The periodic state: the last of so many lunations, ending with the Sun `until_hour_rad` past noon; epochs are seconds before that.

    *Model and limits*: the Sun moves evenly round the pole at one height above the equator. After each lunation but the last three the
    depths are warmed by what their mean heat flow lacks, so that the warmth two metres down need not come its long way.
    """
    steps = round(SYNODIC_MONTH_S / step_s)
    hours = until_hour_rad + 2.0 * math.pi * (np.arange(1, steps + 1) / steps - 1.0)
    overhead = math.cos(latitude_rad) * math.cos(subsolar_latitude_rad)
    sines = math.sin(latitude_rad) * math.sin(subsolar_latitude_rad) + overhead * np.cos(hours)
    away = np.full(steps, distance_au)
    layers = layers_of(soil)
    taken = np.mean([absorbed(s, distance_au, soil) for s in sines])
    start = (max(taken, soil.heat_flow_w_m2) / (soil.emissivity * STEFAN_BOLTZMANN_W_M2_K4)) ** 0.25
    t = np.full(layers.depth_m.size, 0.9 * start)  # assumed: day and night radiate as 0.9 of the mean light would
    for left in range(lunations - 1, -1, -1):
        t, surface, mean, low, high, missing = march(t, SYNODIC_MONTH_S / steps, sines, away, soil, layers)
        t = t + missing if left >= 3 else t
    epochs = SYNODIC_MONTH_S * (np.arange(1, steps + 1) / steps - 1.0)
    return Temperatures(epochs, surface, layers.depth_m, t, mean, low, high)


def soil_temperatures(
    site: Ground, start_s: float, end_s: float, sky: Sky, soil: Soil = HIGHLAND, mask_rad: float = 0.0, step_s: float = STEP_S
) -> Temperatures:
    """The soil at a site from `start_s` to `end_s` (TDB s past J2000) under the Sun as it stood there.

    Before that the periodic state of lunations with the Sun at its height of the start; `mask_rad` is a level horizon's elevation.
    `ValueError` when the end is before the start.
    """
    if not start_s <= end_s:
        raise ValueError(f"soil temperatures were asked for from {start_s} to {end_s} s, backwards; the end must not be before the start")
    under = subsolar_point(start_s, sky)
    first = sunlight(site, start_s, sky)
    hour = (site.longitude_rad - under.longitude_rad + math.pi) % (2.0 * math.pi) - math.pi
    before = lunation(site.latitude_rad, soil, under.latitude_rad, float(first.distance_au[0]), hour, step_s=step_s)
    steps = max(1, math.ceil((end_s - start_s) / step_s))
    epochs = np.linspace(start_s, end_s, steps + 1)
    sun = sunlight(site, epochs[1:], sky)
    sines = np.where(sun.elevation_rad > mask_rad, np.sin(sun.elevation_rad), 0.0)
    layers = layers_of(soil)
    t, surface, mean, low, high, _missing = march(
        before.profile_k, max((end_s - start_s) / steps, 1e-3), sines, sun.distance_au, soil, layers
    )
    return Temperatures(epochs, np.concatenate([before.surface_k[-1:], surface]), layers.depth_m, t, mean, low, high)
