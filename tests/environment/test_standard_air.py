"""The standard air against the standard's own tables, and its laws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from farside.environment.standard_air import density_pressure_sound, standard_air, temperature_gradient

# U.S. Standard Atmosphere 1976, tables I and II (geometric height, km): pressure [Pa], density [kg/m3].
PUBLISHED = [
    (0.0, 101325.0, 1.2250),
    (5.0, 5.4048e4, 7.3643e-1),
    (11.0, 2.2700e4, 3.6480e-1),
    (20.0, 5.5293e3, 8.8910e-2),
    (30.0, 1.1970e3, 1.8410e-2),
    (50.0, 7.9779e1, 1.0269e-3),
    (70.0, 5.2209, 8.2829e-5),
    (86.0, 3.7338e-1, 6.958e-6),
    (100.0, 3.2011e-2, 5.604e-7),
    (120.0, 2.5382e-3, 2.222e-8),
    (150.0, 4.5422e-4, 2.076e-9),
    (200.0, 8.4736e-5, 2.541e-10),
]


@pytest.mark.parametrize(("height_km", "pressure", "density"), PUBLISHED)
def test_it_is_the_published_table(height_km: float, pressure: float, density: float) -> None:
    found = density_pressure_sound(height_km * 1e3, standard_air())
    assert found[0] == pytest.approx(density, rel=3e-4)  # the tables have four to five figures, the steps of the table 3e-5
    assert found[1] == pytest.approx(pressure, rel=3e-4)


def test_sound_and_temperatures() -> None:
    assert density_pressure_sound(0.0, standard_air())[2] == pytest.approx(340.294, abs=0.01)
    assert density_pressure_sound(11e3, standard_air())[2] == pytest.approx(295.15, abs=0.02)
    for height_km, kelvin in ((90.0, 186.87), (100.0, 195.08), (110.0, 240.0), (120.0, 360.0), (150.0, 634.39), (200.0, 854.56)):
        assert temperature_gradient(height_km * 1e3)[0] == pytest.approx(kelvin, abs=0.01)


def test_the_gradient_is_the_derivative() -> None:
    for height in (88e3, 95e3, 105e3, 115e3, 140e3, 190e3):
        slope = (temperature_gradient(height + 10.0)[0] - temperature_gradient(height - 10.0)[0]) / 20.0
        assert temperature_gradient(height)[1] == pytest.approx(slope, abs=1e-8)


def test_it_carries_its_own_weight() -> None:
    """Between two heights the pressure falls by the weight of the air between: below 86 km, the layers; above, the diffusion equations."""
    table = standard_air()
    for low, high, allowed in ((0.0, 10e3, 1e-4), (40e3, 60e3, 1e-4), (86e3, 120e3, 2e-3), (150e3, 200e3, 2e-3)):
        heights = np.linspace(low, high, 4001)
        weight = [density_pressure_sound(h, table)[0] * 9.80665 * (6356766.0 / (6356766.0 + h)) ** 2 for h in heights]
        fall = density_pressure_sound(low, table)[1] - density_pressure_sound(high, table)[1]
        assert fall == pytest.approx(np.trapezoid(weight, heights), rel=allowed)  # above 86 km gases flow: not quite at rest


def test_outside_its_heights_it_goes_on() -> None:
    table = standard_air()
    last = density_pressure_sound(250e3, table)[0]
    assert 0.0 < density_pressure_sound(400e3, table)[0] < 0.05 * last
    assert density_pressure_sound(1e9, table)[:2] == (0.0, 0.0)
    assert density_pressure_sound(-1500.0, table)[0] > density_pressure_sound(-900.0, table)[0]
    assert all(math.isfinite(x) for x in density_pressure_sound(-5000.0, table))
