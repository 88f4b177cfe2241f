"""The choice of a spot: safe by its own limits, the flat shelf on a slope, and what is said when nothing is safe."""

from __future__ import annotations

import math

import numpy as np
import pytest

from farside.environment.landing_spot import Limits, safe_spot
from farside.environment.synthetic_terrain import synthetic_terrain
from farside.environment.terrain import Relief, Terrain, footing_at


@pytest.fixture(scope="module")
def patch() -> Terrain:
    return synthetic_terrain(seed=7)


def plane(a: float, b: float, size_m: float = 120.0, spacing_m: float = 0.5) -> Terrain:
    along = np.arange(-size_m / 2, size_m / 2 + spacing_m / 2, spacing_m)
    return Terrain(Relief(-size_m / 2, -size_m / 2, spacing_m, a * along[None, :] + b * along[:, None]), "plane", "analytic")


def test_a_safe_spot_is_safe_and_says_why(patch: Terrain) -> None:
    limits = Limits()
    spot = safe_spot(patch, 2.5, limits)
    foot = footing_at(patch, spot.east_m, spot.north_m, 2.5)
    assert spot.safe and spot.slope_rad <= limits.slope_rad and spot.roughness_m <= limits.roughness_m
    assert (foot.slope_rad, foot.roughness_m) == (spot.slope_rad, spot.roughness_m)
    assert math.hypot(spot.east_m, spot.north_m) <= limits.reach_m
    assert "allowed" in spot.why and "% of the places" in spot.why


def test_of_a_crater_field_the_flat_place_is_taken() -> None:
    ground = plane(0.3, 0.0)  # 17 deg
    on = np.hypot(ground.east_m[None, :] - 20.0, ground.north_m[:, None] + 10.0) < 6.0
    ground.relief.heights_m[on] = 6.0
    spot = safe_spot(ground, 2.5)
    assert spot.safe and math.hypot(spot.east_m - 20.0, spot.north_m + 10.0) < 3.6  # its circle of 2.5 m on the shelf of 6 m
    assert spot.slope_rad < 1e-9


def test_too_steep_everywhere_says_by_how_much() -> None:
    spot = safe_spot(plane(math.tan(math.radians(11.5)), 0.0), 2.5)
    assert not spot.safe
    assert "too steep everywhere, by 3.5 deg" in spot.why
    assert spot.slope_rad == pytest.approx(math.radians(11.5))


def test_a_spot_off_the_terrain_is_refused(patch: Terrain) -> None:
    with pytest.raises(ValueError, match="terrain runs from -100 to 100 m east"):
        safe_spot(patch, 2.5, east_m=500.0)
    with pytest.raises(ValueError, match=r"every 0\.25 m"):
        safe_spot(patch, 0.3)
