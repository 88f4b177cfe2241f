"""The air: the published table of the US Standard Atmosphere 1976, its physics, the profile of kernels, NRLMSIS."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from farside.environment import atmosphere as air
from farside.environment.atmosphere import AtmosphereError, air_at, msis_profile, scaled, standard_profile, us1976

# NOAA-S/T 76-1562, table I (geometric height): km, K, Pa, kg/m3, m/s (none above 86 km)
TABLE = (
    (0.0, 288.150, 1.01325e5, 1.2250, 340.294),
    (5.0, 255.676, 5.4048e4, 7.3643e-1, 320.545),
    (10.0, 223.252, 2.6500e4, 4.1351e-1, 299.532),
    (20.0, 216.650, 5.5293e3, 8.8910e-2, 295.069),
    (30.0, 226.509, 1.1970e3, 1.8410e-2, 301.709),
    (40.0, 250.350, 2.8714e2, 3.9957e-3, 317.189),
    (50.0, 270.650, 7.9779e1, 1.0269e-3, 329.799),
    (60.0, 247.021, 2.1959e1, 3.0968e-4, 315.072),
    (70.0, 219.585, 5.2209e0, 8.2829e-5, 297.062),
    (80.0, 198.639, 1.0524e0, 1.8458e-5, 282.538),
    (86.0, 186.867, 3.7338e-1, 6.958e-6, math.nan),
    (100.0, 195.08, 3.2011e-2, 5.604e-7, math.nan),
    (110.0, 240.00, 7.1042e-3, 9.708e-8, math.nan),
    (120.0, 360.00, 2.5382e-3, 2.222e-8, math.nan),
    (150.0, 634.39, 4.5422e-4, 2.076e-9, math.nan),
    (200.0, 854.56, 8.4736e-5, 2.541e-10, math.nan),
    (300.0, 976.01, 8.7704e-6, 1.916e-11, math.nan),
    (400.0, 995.83, 1.4518e-6, 2.803e-12, math.nan),
    (500.0, 999.24, 3.0236e-7, 5.215e-13, math.nan),
    (1000.0, 1000.00, 7.5138e-9, 3.561e-15, math.nan),
)


@pytest.mark.parametrize(("km", "kelvin", "pascal", "density", "sound"), TABLE)
def test_the_published_table(km: float, kelvin: float, pascal: float, density: float, sound: float) -> None:
    """To the table's last digit below 86 km; to 0.05 % above, where the integrals were taken by hand in 1976 with other steps."""
    found, share = us1976(km * 1e3), 2e-4 if km < 86.0 else 5e-4
    assert found.temperature_k[0] == pytest.approx(kelvin, rel=5e-5)
    assert found.pressure_pa[0] == pytest.approx(pascal, rel=share)
    assert found.density_kg_m3[0] == pytest.approx(density, rel=share)
    if math.isfinite(sound):
        assert found.sound_m_s[0] == pytest.approx(sound, rel=2e-5)


def test_the_two_halves_meet_at_86_km() -> None:
    low, high = us1976(85999.9), us1976(86000.1)
    for a, b in ((low.pressure_pa, high.pressure_pa), (low.density_kg_m3, high.density_kg_m3), (low.sound_m_s, high.sound_m_s)):
        assert a[0] == pytest.approx(b[0], rel=3e-4)  # the standard's own constants of the two halves differ by 0.01 %


def test_the_lower_air_is_in_hydrostatic_balance() -> None:
    """Pressure falls by density times gravity, with the standard's gravity over its effective radius."""
    z = np.linspace(0.0, 85e3, 17001)
    found = us1976(z)
    gravity = 9.80665 * (6356766.0 / (6356766.0 + z)) ** 2
    slope = np.gradient(np.log(found.pressure_pa), z)
    wanted = -found.density_kg_m3 * gravity / found.pressure_pa
    assert np.abs(slope[2:-2] / wanted[2:-2] - 1.0).max() < 1e-3  # at the corners of the layers; 1e-7 between


@pytest.mark.parametrize("metres", [-5001.0, 1000001.0, math.nan])
def test_outside_its_range_it_says_so(metres: float) -> None:
    with pytest.raises(AtmosphereError, match="US 1976 reaches from -5 to 1000 km"):
        us1976(metres)


def test_the_profile_of_kernels_is_the_standard() -> None:
    profile = standard_profile()
    for height in np.linspace(-5e3, 1e6, 501):
        density, sound = air_at(height, profile)
        at = us1976(height)
        assert density == pytest.approx(at.density_kg_m3[0], rel=2e-4)  # at the tropopause, a corner between two nodes; 2e-5 elsewhere
        assert sound == pytest.approx(at.sound_m_s[0], rel=1e-4)


def test_beyond_the_profile_air_thins_out_and_below_it_is_held() -> None:
    profile = standard_profile(2e5)
    above = [air_at(height, profile)[0] for height in (2e5, 3e5, 1e6)]
    assert above[0] > above[1] > above[2] > 0.0
    assert air_at(-9e3, profile)[0] == air_at(-5e3, profile)[0]


def test_scaled_air_is_that_much_denser_everywhere() -> None:
    for height in (0.0, 5e4, 1.5e5):
        thick, thin = air_at(height, scaled(standard_profile(), 1.2)), air_at(height, standard_profile())
        assert thick[0] == pytest.approx(1.2 * thin[0], rel=1e-12)
        assert thick[1] == thin[1]


def test_without_the_package_msis_says_what_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymsis", None)
    with pytest.raises(AtmosphereError, match="pip install pymsis"):
        msis_profile(7.7e8, 0.7, 1.9, 150.0, 150.0, 10.0)


def test_msis_is_offline_and_near_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between 20 and 70 km a day in June at 42 N is within a third of the standard; nothing is fetched."""
    pytest.importorskip("pymsis", reason="pymsis is not installed")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    profile = msis_profile(772566104.67, math.radians(42.3), math.radians(111.4), 180.0, 180.0, 8.0)
    for height in (2e4, 4e4, 6e4, 7e4):
        assert air_at(height, profile)[0] == pytest.approx(us1976(height).density_kg_m3[0], rel=0.35)
        assert air_at(height, profile)[1] == pytest.approx(us1976(height).sound_m_s[0], rel=0.05)
    assert math.exp(float(profile.log_density[-1])) < 1e-10  # 400 km


def test_the_gases_at_120_km_are_those_of_the_standard() -> None:
    """Table VIII at 120 km: N2 3.726e17, O 9.275e16, O2 4.395e16, Ar 1.366e15 (1/m3), to 0.2 %."""
    heights, numbers = air._numbers()
    at = int(np.argmin(np.abs(heights - 120.0)))
    for number, wanted in zip(numbers[:4, at], (3.726e17, 9.275e16, 4.395e16, 1.366e15), strict=True):
        assert number == pytest.approx(wanted, rel=2e-3)
