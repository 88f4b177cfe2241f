"""Heating: the formulas' own numbers, their range, units."""

from __future__ import annotations

import math

import numpy as np
import pytest

from farside.dynamics.heating import convective_w_m2, heat_flux_w_m2, heat_load_j_m2, radiation_holds, radiative_w_m2

RHO, FAST = np.array([3.0e-4]), np.array([11000.0])


def test_convection_by_hand() -> None:
    """1.7415e-4 sqrt(3e-4 / 0.5) 7500^3 = 1.7996e6 W/m2; the constant for 1 m, 1e-4 kg/m3 and 10 km/s gives 1.7415 MW/m2."""
    assert convective_w_m2(np.array([3e-4]), np.array([7500.0]), 0.5)[0] == pytest.approx(1.7996e6, rel=1e-4)
    assert convective_w_m2(np.array([1e-4]), np.array([1e4]), 1.0)[0] == pytest.approx(1.7415e6, rel=1e-12)


def test_convection_grows_as_it_should() -> None:
    """With the cube of speed and not with its power of 3.15, with the root of density, against the root of the radius."""
    one = convective_w_m2(RHO, FAST, 1.0)[0]
    assert convective_w_m2(RHO, 2.0 * FAST, 1.0)[0] == pytest.approx(8.0 * one)
    assert convective_w_m2(4.0 * RHO, FAST, 1.0)[0] == pytest.approx(2.0 * one)
    assert convective_w_m2(RHO, FAST, 4.0)[0] == pytest.approx(0.5 * one)


def test_radiation_by_hand() -> None:
    """4.736e4 r^a 3e-4^1.22 151 W/cm2 at 11 km/s; a = 1.072e6 11000^-1.88 3e-4^-0.325 = 0.380: of 1 m 360.3, of 2 m 469 W/cm2."""
    base = 4.736e4 * 3e-4**1.22 * 151.0
    assert base == pytest.approx(360.3, abs=0.5)
    assert radiative_w_m2(RHO, FAST, 1.0)[0] == pytest.approx(1e4 * base, rel=1e-9)
    power = 1.072e6 * 11000.0**-1.88 * 3e-4**-0.325
    assert power == pytest.approx(0.38, abs=0.005)
    assert radiative_w_m2(RHO, FAST, 2.0)[0] == pytest.approx(1e4 * base * 2.0**power, rel=1e-9)


@pytest.mark.parametrize(("radius", "most"), [(0.9, 1.0), (1.5, 0.6), (2.5, 0.5)])
def test_the_power_of_the_radius_is_bounded(radius: float, most: float) -> None:
    """At 9.5 km/s and 7e-5 kg/m3 the formula's power would be 0.78."""
    flux = radiative_w_m2(np.array([7e-5]), np.array([9500.0]), radius)[0]
    power = min(most, 1.072e6 * 9500.0**-1.88 * 7e-5**-0.325)
    assert flux == pytest.approx(1e4 * 4.736e4 * radius**power * 7e-5**1.22 * 9.7, rel=1e-9)


@pytest.mark.parametrize(("density", "speed", "radius"), [(6.6e-5, 11e3, 1.0), (6.4e-4, 11e3, 1.0), (3e-4, 8.9e3, 1.0), (3e-4, 11e3, 0.2)])
def test_outside_its_range_radiation_is_not_asked(density: float, speed: float, radius: float) -> None:
    assert not radiation_holds(np.array([density]), np.array([speed]), radius)[0]
    assert radiative_w_m2(np.array([density]), np.array([speed]), radius)[0] == 0.0


def test_both_together_and_the_load() -> None:
    assert heat_flux_w_m2(RHO, FAST, 1.0)[0] == convective_w_m2(RHO, FAST, 1.0)[0] + radiative_w_m2(RHO, FAST, 1.0)[0]
    t = np.linspace(0.0, math.pi, 1001)
    assert heat_load_j_m2(t, np.sin(t)) == pytest.approx(2.0, rel=1e-5)
