"""Crater numbers against the publications' own values and the count where Chang'e-6 landed, draws against their law, the file's reader."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from farside.environment.craters import (
    CraterFileError,
    complete_above_m,
    counted_near,
    depth_of,
    draw_craters,
    produced_per_km2,
    read_crater_count,
    standing_per_km2,
)
from farside.environment.lunar_site import moon_site

SITE = moon_site(-41.6385, 206.0148, -5256.0)


def test_a_billion_years_make_the_published_number_beyond_a_kilometre() -> None:
    assert produced_per_km2(1.0, 1.0) == pytest.approx(10.0**-3.0876, rel=1e-12)  # Neukum et al. 2001, table 1: a0
    # Their chronology: 8.38e-4 a km2 and Ga once the early flux is over (under 1 % of 1 Ga is left of it).
    assert produced_per_km2(1.0, 2.0) / produced_per_km2(1.0, 1.0) == pytest.approx(2.0, rel=0.01)


def test_production_falls_smoothly_past_the_smallest_published_size() -> None:
    sizes = np.geomspace(1e-3, 1.0, 200)
    slopes = np.diff(np.log(produced_per_km2(sizes, 3.1))) / np.diff(np.log(sizes))
    assert slopes.max() < -1.5
    assert np.abs(np.diff(slopes)).max() < 0.1  # no kink where the polynomial ends


def test_small_craters_are_in_equilibrium_and_large_ones_are_not() -> None:
    assert standing_per_km2(1.0, 3.1) == produced_per_km2(1.0, 3.1)
    assert standing_per_km2(0.06, 3.1) == pytest.approx(0.046 * 0.06**-1.83)  # Hartmann 1984
    assert standing_per_km2(0.01, 3.1) < 0.02 * produced_per_km2(0.01, 3.1)


def test_the_count_at_the_site_of_change_6(shared_data: Path) -> None:
    """799 craters, and as many a km2 as the population says: equal beyond 300 m (11 craters: 30 %), within a factor of two beyond 100 m."""
    count = read_crater_count(shared_data / "ce6_vicinity_craters.scc")
    assert count.diameter_m.size == 799
    assert count.area_m2 == pytest.approx(52.4872365e6)
    assert np.degrees(count.longitude_rad).min() > 205.0 and np.degrees(count.longitude_rad).max() < 207.0
    area_km2 = count.area_m2 / 1e6
    assert np.sum(count.diameter_m > 300.0) / area_km2 == pytest.approx(float(standing_per_km2(0.3, 3.1)), rel=0.3)
    assert 0.5 < np.sum(count.diameter_m > 100.0) / area_km2 / standing_per_km2(0.1, 3.1) < 2.0
    assert 45.0 < complete_above_m(count) < 100.0  # the images have 1 m a pixel; far below this hardly any crater was counted


def test_counted_craters_lie_where_they_were_counted(shared_data: Path) -> None:
    count = read_crater_count(shared_data / "ce6_vicinity_craters.scc")
    near = counted_near(count, SITE, 1000.0, np.random.default_rng(0))
    k = int(np.argmin(np.hypot(near.east_m - 433.4, near.north_m + 203.3)))
    assert near.east_m.size > 30
    assert near.diameter_m.min() >= complete_above_m(count)
    latitude = SITE.latitude_rad + near.north_m / 1.7374e6
    longitude = SITE.longitude_rad + near.east_m / 1.7374e6 / math.cos(SITE.latitude_rad)
    found = np.hypot(count.latitude_rad - latitude[k], count.longitude_rad - longitude[k])
    assert found.min() * 1.7374e6 < 1e-3


def test_drawn_craters_follow_the_population() -> None:
    half_m, smallest_m = 2000.0, 10.0
    craters = draw_craters(np.random.default_rng(3), half_m, smallest_m, 300.0, 3.1)
    inside = np.maximum(np.abs(craters.east_m), np.abs(craters.north_m)) < half_m
    for d in (20.0, 50.0):
        expected = float(standing_per_km2(d / 1e3, 3.1) - standing_per_km2(0.3, 3.1)) * 16.0
        assert np.sum(inside & (craters.diameter_m > d)) == pytest.approx(expected, abs=4.0 * math.sqrt(expected))
    assert craters.diameter_m.min() >= smallest_m and craters.diameter_m.max() <= 300.0


def test_depths_run_from_fresh_to_invisible_with_the_mean_of_change_4() -> None:
    share = np.linspace(0.0, 1.0, 10001)
    ratio = depth_of(np.ones_like(share), share)
    assert ratio[0] == pytest.approx(0.2) and ratio[-1] == pytest.approx(0.03)
    assert ratio.mean() == pytest.approx(0.061, abs=0.01)  # Wu et al. 2021: small craters at Chang'e-4


HEAD = "crater = {diam, fraction, lon, lat\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing\n", "no craters"),
        (f"{HEAD}0.1 1 x 2\n}}\n", "line 2"),
        (f"{HEAD}0.1 1 10\n}}\n", "line 2: '0.1 1 10' is not `diameter fraction longitude latitude`"),
        (f"{HEAD}0.1 1 nan 2\n}}\n", "line 2: diameter 0.1 km, latitude 2.0 and longitude nan deg: no crater has these"),
        ("Total_area = large\n", "line 1: 'Total_area = large' is not"),
    ],
)
def test_a_file_that_is_no_count_says_so(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.scc"
    path.write_text(text)
    with pytest.raises(CraterFileError, match=said):
        read_crater_count(path)
