"""The synthetic patch: the same again, the statistics it claims, real craters where they were counted."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from farside.environment.craters import read_crater_count
from farside.environment.lunar_site import moon_site
from farside.environment.synthetic_terrain import synthetic_terrain
from farside.environment.terrain import Terrain, height_at, median_slope

SITE = moon_site(-41.6385, 206.0148, -5256.0)


@pytest.fixture(scope="module")
def patch() -> Terrain:
    return synthetic_terrain(seed=7)


def test_the_patch_says_what_it_is_and_is_the_same_again(patch: Terrain) -> None:
    again, other = synthetic_terrain(seed=7), synthetic_terrain(seed=8)
    assert "synthetic" in patch.label and "not a map" in patch.label
    assert np.array_equal(again.relief.heights_m, patch.relief.heights_m)
    assert not np.array_equal(other.relief.heights_m, patch.relief.heights_m)
    assert patch.relief.heights_m.shape == (801, 801)
    assert height_at(patch, 0.0, 0.0) == pytest.approx(0.0, abs=1e-12)
    assert "heights" not in repr(patch)


def test_the_patch_has_the_slope_of_the_maria(patch: Terrain) -> None:
    """2.0 deg at 17 m (Rosenburg et al. 2011), which the relief is scaled to, to the last halving; steeper at 1 m, but not wild."""
    assert math.degrees(median_slope(patch.relief, 17.0)) == pytest.approx(2.0, abs=0.01)
    assert 3.0 < math.degrees(median_slope(patch.relief, 1.0)) < 7.0


def test_the_fractal_keeps_its_exponent() -> None:
    """Without craters (a very young surface) the deviation grows as baseline^0.76; a patch of 200 m estimates that to 0.15."""
    young = [synthetic_terrain(seed=s, age_ga=1e-7).relief for s in range(4)]
    slope = {b: np.mean([math.tan(median_slope(r, b)) for r in young]) for b in (2.0, 16.0)}
    assert 1.0 + math.log(slope[16.0] / slope[2.0]) / math.log(8.0) == pytest.approx(0.76, abs=0.15)


def test_counted_craters_are_dug_where_they_are(shared_data: Path) -> None:
    """A crater of 133.2 m, 98 m east and 639 m south of the site, is a pit in every seed."""
    count = read_crater_count(shared_data / "ce6_vicinity_craters.scc")
    drops = []
    for seed in range(6):
        ground = synthetic_terrain(seed, 1600.0, 4.0, site=SITE, count=count)
        ring = np.linspace(0.0, 2.0 * math.pi, 60)
        rim = height_at(ground, 98.1 + 66.6 * np.cos(ring), -638.8 + 66.6 * np.sin(ring)).mean()
        drops.append(float(rim - height_at(ground, 98.1, -638.8)))
    assert "counted" in ground.label
    assert np.mean(drops) == pytest.approx(0.067 * 133.2, rel=0.7)  # depths are drawn: 0.03 to 0.2 of the diameter, and relief is added
    assert min(drops) > 0.0


def test_a_regional_slope_is_added_as_declared() -> None:
    """3 deg up to the east: the mean slope of the patch changes by just that, away from the lone craters."""
    flat, tilted = synthetic_terrain(3), synthetic_terrain(3, slope_east_rad=math.radians(3.0))
    rise = tilted.relief.heights_m - flat.relief.heights_m
    assert (rise[:, -1] - rise[:, 0]).mean() == pytest.approx(200.0 * math.tan(math.radians(3.0)))
