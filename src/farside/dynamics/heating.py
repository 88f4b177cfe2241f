"""Heating of a nose in flight: convective, radiative, and the heat load.

*Model*. Convective heat flux at the stagnation point of a cold wall: `k sqrt(density / nose radius) speed^3` with the constant of air
(Sutton & Graves 1971, NASA TR R-376, 1.7415e-4 in SI units). Radiative: `C r^a density^b f(speed)` for air in equilibrium (Tauber & Sutton
1991, J. Spacecraft and Rockets 28, 40), whose answer is W/cm2. *Limits*: the radiative formula holds from 54 to 72 km (6.66e-5 to 6.31e-4
kg/m3), from 10 to 16 km/s (its table begins at 9) and for noses of 0.3 to 3 m. Outside that it is not asked: there the answer is zero, and
`radiation_holds` says so. No ablation, no catalysis, no shape but a sphere. *How we know*: against the formulas' own numbers, by hand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SUTTON_GRAVES = 1.7415e-4  # kg^0.5 / m, air; SI in, W/m2 out
TAUBER_SUTTON, DENSITY_POWER = 4.736e4, 1.22  # W/cm2
RADIATING_M_S = np.array(
    [9000, 9250, 9500, 9750, 10000, 10250, 10500, 10750, 11000, 11500, 12000, 12500, 13000, 13500, 14000, 14500, 15000, 15500, 16000], float
)
RADIATING = np.array(
    [1.5, 4.3, 9.7, 19.5, 35.0, 55.0, 81.0, 115.0, 151.0, 238.0, 359.0, 495.0, 660.0, 850.0, 1065.0, 1313.0, 1550.0, 1780.0, 2040.0]
)
RADIATING_KG_M3 = (6.66e-5, 6.31e-4)
RADIATING_NOSE_M = (0.3, 3.0)
W_M2_IN_W_CM2 = 1e4


def convective_w_m2(density_kg_m3: Array, speed_m_s: Array, nose_radius_m: float) -> Array:
    """Stagnation point heat flux by convection [W/m2]; speed relative to the air."""
    return SUTTON_GRAVES * np.sqrt(np.asarray(density_kg_m3) / nose_radius_m) * np.asarray(speed_m_s) ** 3


def radiation_holds(density_kg_m3: Array, speed_m_s: Array, nose_radius_m: float) -> NDArray[np.bool_]:
    """Where the radiative formula is within its range."""
    density, speed = np.asarray(density_kg_m3), np.asarray(speed_m_s)
    inside = (density >= RADIATING_KG_M3[0]) & (density <= RADIATING_KG_M3[1]) & (speed >= RADIATING_M_S[0]) & (speed <= RADIATING_M_S[-1])
    return np.asarray(inside & (RADIATING_NOSE_M[0] <= nose_radius_m <= RADIATING_NOSE_M[1]))


def radiative_w_m2(density_kg_m3: Array, speed_m_s: Array, nose_radius_m: float) -> Array:
    """Stagnation point heat flux by radiation of the shock layer [W/m2]; zero where the formula does not hold."""
    density, speed = np.asarray(density_kg_m3, float), np.asarray(speed_m_s, float)
    holds = radiation_holds(density, speed, nose_radius_m)
    v, rho = np.where(holds, speed, RADIATING_M_S[0]), np.where(holds, density, RADIATING_KG_M3[0])
    most = 0.5 if nose_radius_m >= 2.0 else 0.6 if nose_radius_m >= 1.0 else 1.0
    power = np.minimum(most, 1.072e6 * v**-1.88 * rho**-0.325)
    flux = TAUBER_SUTTON * nose_radius_m**power * rho**DENSITY_POWER * np.interp(v, RADIATING_M_S, RADIATING)
    return np.where(holds, W_M2_IN_W_CM2 * flux, 0.0)


def heat_flux_w_m2(density_kg_m3: Array, speed_m_s: Array, nose_radius_m: float) -> Array:
    """Both together [W/m2]."""
    return convective_w_m2(density_kg_m3, speed_m_s, nose_radius_m) + radiative_w_m2(density_kg_m3, speed_m_s, nose_radius_m)


def heat_load_j_m2(epochs_s: Array, flux_w_m2: Array) -> float:
    """The integral of a flux over its epochs [J/m2], by the trapezoidal rule."""
    return float(np.trapezoid(flux_w_m2, epochs_s))
