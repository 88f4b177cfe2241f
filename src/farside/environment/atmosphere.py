"""The air: the U.S. Standard Atmosphere 1976 from its own equations, NRLMSIS 2.1 as a table, and the profile that kernels read.

*Model*. Below 86 km seven layers of linear molecular-scale temperature over geopotential height, in hydrostatic balance. Above, four
stretches of kinetic temperature; molecular nitrogen, atomic and molecular oxygen, argon and helium each in diffusive and eddy balance with
the standard's empirical flux terms, hydrogen by its own balance from 150 km; pressure and density are sums over the gases. The balances
are integrated here once, every 50 m, by the trapezoidal rule. *Source*: NOAA-S/T 76-1562, *U.S. Standard Atmosphere, 1976*, sections 1.2
and 1.3. *Limits*: middle latitudes, moderate Sun, no wind, no day and season; from 5 km below sea level to 1000 km. Speed of sound
above 86 km, which the standard leaves open, is that of a diatomic gas of the local temperature and molar mass. *How we know*: the
published table, to its last digit or 0.1 %.

A kernel is given a `Profile`: density and speed of sound at even steps of height, the logarithm of density linear between (steps of
100 m: 2e-5 of density). NRLMSIS 2.1 (Emmert et al. 2021, Earth and Space Science 8, e2020EA001321; 2022) fills such a profile from the
package `pymsis`, if that is installed; solar and geomagnetic indices are given by the caller, nothing is fetched.
"""

from __future__ import annotations

import functools
import importlib
import math
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.epochs import utc_from_tdb
from farside.basis.kernel import kernel

Array = NDArray[np.float64]

G0, R0_KM = 9.80665, 6356.766  # m/s2 and effective Earth radius of the standard
GAS, BOLTZMANN, AVOGADRO = 8.31432, 1.380622e-23, 6.022169e23  # J/(mol K), J/K, 1/mol, as the standard takes them
MOLAR_KG = 0.0289644  # of sea-level air
HEAT_RATIO = 1.4
LAYER_KM = (0.0, 11.0, 20.0, 32.0, 47.0, 51.0, 71.0, 84.852)  # geopotential
LAPSE_K_KM = (-6.5, 0.0, 1.0, 2.8, 0.0, -2.8, -2.0)
SEA_K, SEA_PA = 288.15, 101325.0
BOTTOM_KM, MIDDLE_KM, TOP_KM = -5.0, 86.0, 1000.0
MEAN_RATIO_FROM_KM, MEAN_RATIO_STEP_KM = 80.0, 0.5  # the standard's table 8: molar mass over that of sea level
MEAN_RATIO = (1.0, 0.999996, 0.999989, 0.999971, 0.999941, 0.999909, 0.999870, 0.999829, 0.999786, 0.999741, 0.999694, 0.999641, 0.999579)
STEP_KM = 0.05  # of the integrals above 86 km


@dataclass(frozen=True)
class Gas:
    """A gas above 86 km: molar mass [kg/mol], number at 86 km [1/m3], thermal diffusion, diffusion a [1/(m s)] and b, flux terms.

    Flux term: Q (Z-U)^2 exp(-W (Z-U)^3) + q (u-Z)^2 exp(-w (u-Z)^3) [1/km], the second below u alone.
    """

    molar_kg: float
    number: float
    thermal: float
    a: float
    b: float
    flux: tuple[float, float, float] = (0.0, 86.0, 0.0)
    lower: tuple[float, float, float] = (0.0, 86.0, 0.0)


NITROGEN = Gas(0.0280134, 1.129794e20, 0.0, 0.0, 0.0)
OXYGEN_ATOM = Gas(0.0159994, 8.6e16, 0.0, 6.986e20, 0.75, (-5.809644e-4, 56.90311, 2.706240e-5), (-3.416248e-3, 97.0, 5.008765e-4))
OXYGEN = Gas(0.0319988, 3.030898e19, 0.0, 4.863e20, 0.75, (1.366212e-4, 86.0, 8.333333e-5))
ARGON = Gas(0.039948, 1.351400e18, 0.0, 4.487e20, 0.87, (9.434079e-5, 86.0, 8.333333e-5))
HELIUM = Gas(0.0040026, 7.5817e14, -0.40, 1.700e21, 0.691, (-2.457369e-4, 86.0, 6.666667e-4))
HYDROGEN = Gas(0.00100797, 8.0e10, -0.25, 3.305e21, 0.5)  # its number is of 500 km
HYDROGEN_FROM_KM, HYDROGEN_AT_KM, HYDROGEN_FLUX = 150.0, 500.0, 7.2e11  # the flux upwards in 1/(m2 s)


class AtmosphereError(Exception):
    """A profile of the air that cannot be made, with what would work."""


@dataclass(frozen=True)
class Air:
    """Temperature [K], pressure [Pa], density [kg/m3] and speed of sound [m/s] at the heights asked for."""

    temperature_k: Array
    pressure_pa: Array
    density_kg_m3: Array
    sound_m_s: Array


def us1976(height_m: float | Array) -> Air:
    """The standard's air at geometric heights [m] (k,); `AtmosphereError` outside -5 to 1000 km."""
    z = np.atleast_1d(np.asarray(height_m, float)) / 1e3
    if not (np.isfinite(z).all() and z.min() >= BOTTOM_KM and z.max() <= TOP_KM):
        raise AtmosphereError(f"US 1976 reaches from {BOTTOM_KM:.0f} to {TOP_KM:.0f} km; asked for {z.min():g} to {z.max():g} km")
    low, high = _low(np.minimum(z, MIDDLE_KM)), _high(np.maximum(z, MIDDLE_KM))
    below = z < MIDDLE_KM
    return Air(*(np.where(below, a, b) for a, b in zip(low, high, strict=True)))


def _low(z_km: Array) -> tuple[Array, Array, Array, Array]:
    """Temperature, pressure, density, speed of sound up to 86 km."""
    h = R0_KM * z_km / (R0_KM + z_km)
    slope, pressure, base_k, base_pa = G0 * MOLAR_KG / GAS * 1e3, np.empty_like(h), SEA_K, SEA_PA
    scale = np.empty_like(h)
    for k, lapse in enumerate(LAPSE_K_KM):
        here = (h >= LAYER_KM[k]) | (k == 0)
        depth = LAYER_KM[k + 1] - LAYER_KM[k]
        rise = np.minimum(np.where(here, h - LAYER_KM[k], 0.0), depth)
        scale[here] = (base_k + lapse * rise)[here]
        pressure[here] = (base_pa * _share(base_k, lapse, rise, slope))[here]
        base_pa *= float(_share(base_k, lapse, np.array(depth), slope))
        base_k += lapse * depth
    place = (z_km - MEAN_RATIO_FROM_KM) / MEAN_RATIO_STEP_KM
    ratio = np.interp(place, np.arange(len(MEAN_RATIO)), MEAN_RATIO)
    specific = GAS / MOLAR_KG * scale
    return scale * ratio, pressure, pressure / specific, np.sqrt(HEAT_RATIO * specific)


def _share(base_k: float, lapse: float, rise_km: Array, slope: float) -> Array:
    """Pressure over that at the layer's foot."""
    if lapse == 0.0:
        return np.exp(-slope * rise_km / base_k)
    return (base_k / (base_k + lapse * rise_km)) ** (slope / lapse)


def _high(z_km: Array) -> tuple[Array, Array, Array, Array]:
    """The same from 86 km up, from the integrated balances."""
    grid, numbers = _numbers()
    molar = np.array([g.molar_kg for g in GASES])
    n = np.exp(np.array([np.interp(z_km, grid, row) for row in np.log(np.maximum(numbers, 1e-30))]))
    total, density, t = n.sum(axis=0), molar @ n / AVOGADRO, temperature_above(z_km)
    pressure = total * BOLTZMANN * t
    return t, pressure, density, np.sqrt(HEAT_RATIO * pressure / density)


GASES = (NITROGEN, OXYGEN_ATOM, OXYGEN, ARGON, HELIUM, HYDROGEN)


def temperature_above(z_km: Array) -> Array:
    """Kinetic temperature [K] from 86 to 1000 km (the standard's equations 25 to 31)."""
    bow = 263.1905 - 76.3232 * np.sqrt(np.maximum(0.0, 1.0 - ((z_km - 91.0) / -19.9429) ** 2))
    far = (z_km - 120.0) * (R0_KM + 120.0) / (R0_KM + z_km)
    t = np.where(z_km <= 110.0, bow, 240.0 + 12.0 * (z_km - 110.0))
    t = np.where(z_km <= 91.0, 186.8673, t)
    return np.where(z_km > 120.0, 1000.0 - 640.0 * np.exp(-12.0 / 640.0 * far), t)


def _slope_above(z_km: Array) -> Array:
    """dT/dZ [K/km]."""
    x = (z_km - 91.0) / -19.9429
    bow = -76.3232 / -19.9429 * -x / np.sqrt(np.maximum(1e-12, 1.0 - x * x))
    far = 12.0 * ((R0_KM + 120.0) / (R0_KM + z_km)) ** 2 * (1000.0 - temperature_above(z_km)) / 640.0
    slope = np.where(z_km <= 110.0, bow, np.where(z_km <= 120.0, 12.0, far))
    return np.where(z_km <= 91.0, 0.0, slope)


def _eddy(z_km: Array) -> Array:
    """Eddy diffusion [m2/s]."""
    gap = np.clip((z_km - 95.0) ** 2, 0.0, 399.999)
    return np.where(z_km < 95.0, 120.0, np.where(z_km < 115.0, 120.0 * np.exp(1.0 - 400.0 / (400.0 - gap)), 0.0))


def _summed(z_km: Array, rate: Array) -> Array:
    """The integral from the first height, by the trapezoidal rule."""
    return np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(z_km))])


@functools.cache
def _numbers() -> tuple[Array, Array]:
    """Heights [km] (k,) and numbers [1/m3] (6, k) of the gases, in the order of `GASES`."""
    z = np.linspace(MIDDLE_KM, TOP_KM, round((TOP_KM - MIDDLE_KM) / STEP_KM) + 1)
    t, gravity = temperature_above(z), G0 * (R0_KM / (R0_KM + z)) ** 2
    pull = gravity / (GAS * t) * 1e3  # 1/km for each kg/mol
    mixed = np.where(z <= 100.0, MOLAR_KG, NITROGEN.molar_kg)
    nitrogen = NITROGEN.number * t[0] / t * np.exp(-_summed(z, pull * mixed))
    found = [nitrogen]
    for gas in (OXYGEN_ATOM, OXYGEN):
        found.append(_balanced(gas, z, t, pull, nitrogen, mixed))
    background = found[0] + found[1] + found[2]
    weighed = (found[0] * NITROGEN.molar_kg + found[1] * OXYGEN_ATOM.molar_kg + found[2] * OXYGEN.molar_kg) / background
    for gas in (ARGON, HELIUM):
        found.append(_balanced(gas, z, t, pull, background, np.where(z <= 100.0, MOLAR_KG, weighed)))
    found.append(_hydrogen(z, t, pull, sum(found)))  # type: ignore[arg-type]
    return z, np.array(found)


def _balanced(gas: Gas, z: Array, t: Array, pull: Array, background: Array, mean: Array) -> Array:
    """Number of a gas in diffusive and eddy balance (the standard's equations 36 to 38)."""
    diffusion, eddy = gas.a / background * (t / 273.15) ** gas.b, _eddy(z)
    weight = gas.molar_kg + mean * eddy / diffusion + gas.thermal * _slope_above(z) / (pull * t)
    (q, u, w), (ql, ul, wl) = gas.flux, gas.lower
    flux = q * (z - u) ** 2 * np.exp(-w * (z - u) ** 3)
    flux = flux + np.where(z < ul, ql * (ul - z) ** 2 * np.exp(-wl * np.maximum(ul - z, 0.0) ** 3), 0.0)
    return gas.number * t[0] / t * np.exp(-_summed(z, pull * diffusion / (diffusion + eddy) * weight + flux))


def _hydrogen(z: Array, t: Array, pull: Array, background: Array) -> Array:
    """Number of hydrogen (the standard's equation 39); none below 150 km."""
    gas, at = HYDROGEN, int(np.argmin(np.abs(z - HYDROGEN_AT_KM)))
    depth = _summed(z, pull * gas.molar_kg)
    depth = depth - depth[at]
    warm = (t / t[at]) ** (1.0 + gas.thermal)
    diffusion = gas.a / background * (t / 273.15) ** gas.b
    lost = _summed(z, HYDROGEN_FLUX / diffusion * warm * np.exp(depth) * 1e3)
    number = (gas.number - np.where(z < HYDROGEN_AT_KM, lost - lost[at], 0.0)) / warm * np.exp(-depth)
    return np.where(z >= HYDROGEN_FROM_KM, number, 0.0)


class Profile(NamedTuple):
    """What a kernel reads: logarithm of density [kg/m3] and speed of sound [m/s] (n,) every `step_m` from `bottom_m` up."""

    bottom_m: float
    step_m: float
    log_density: Array
    sound_m_s: Array


def profile_of(air: Air, bottom_m: float, step_m: float) -> Profile:
    """A profile of air at even steps of height."""
    return Profile(bottom_m, step_m, np.log(air.density_kg_m3), np.ascontiguousarray(air.sound_m_s))


@functools.cache
def standard_profile(top_m: float = 1e6, step_m: float = 100.0) -> Profile:
    """The US 1976 air from 5 km below sea level to `top_m`, for kernels."""
    bottom = 1e3 * BOTTOM_KM
    heights = np.linspace(bottom, top_m, round((top_m - bottom) / step_m) + 1)
    return profile_of(us1976(heights), bottom, step_m)


def scaled(profile: Profile, factor: float) -> Profile:
    """The same air, that much denser at every height."""
    return profile._replace(log_density=profile.log_density + math.log(factor))


@kernel
def air_at(height, profile):  # type: ignore[no-untyped-def]
    """Density [kg/m3] and speed of sound [m/s] at a height [m]; above the profile it thins out as at its end, below it is held."""
    x = (height - profile.bottom_m) / profile.step_m
    last = profile.log_density.size - 1
    if x <= 0.0:
        return math.exp(profile.log_density[0]), profile.sound_m_s[0]
    k = min(int(x), last - 1)
    share = x - k
    log_density = profile.log_density[k] + share * (profile.log_density[k + 1] - profile.log_density[k])
    share = min(share, 1.0)
    return math.exp(log_density), profile.sound_m_s[k] + share * (profile.sound_m_s[k + 1] - profile.sound_m_s[k])


def msis_profile(
    epoch_s: float, latitude_rad: float, longitude_rad: float, f107: float, f107_mean: float, ap: float, top_m: float = 4e5
) -> Profile:
    """The air of NRLMSIS 2.1 over one place at one epoch (TDB s past J2000), every 100 m from the ellipsoid to `top_m`.

    `f107`: 10.7 cm flux of the day before, `f107_mean`: of 81 days [1e-22 W/(m2 Hz)], `ap`: daily geomagnetic index. `AtmosphereError`
    when `pymsis` is not installed.
    """
    pymsis = msis_package()
    step = 100.0
    heights = np.linspace(0.0, top_m, round(top_m / step) + 1)
    when = np.datetime64(utc_from_tdb(epoch_s).rstrip("Z"))
    place = (math.degrees(longitude_rad), math.degrees(latitude_rad))
    found = pymsis.calculate(when, *place, heights / 1e3, f107s=f107, f107as=f107_mean, aps=[[ap] * 7], version=2.1)[0, 0, 0]
    density, number = found[:, 0].astype(float), np.nansum(found[:, 1:9].astype(float), axis=1)
    pressure = number * BOLTZMANN * found[:, 10].astype(float)
    air = Air(found[:, 10].astype(float), pressure, density, np.sqrt(HEAT_RATIO * pressure / density))
    return profile_of(air, 0.0, step)


def msis_package() -> ModuleType:
    """The package, or an error that says how to get it."""
    try:
        return importlib.import_module("pymsis")
    except ImportError:
        raise AtmosphereError("NRLMSIS 2.1 needs the package pymsis: `pip install pymsis`, or fly in US 1976") from None
