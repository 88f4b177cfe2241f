"""Terrain: planes whose height and slope are known, a stone on one, heights between the points."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.environment.synthetic_terrain import synthetic_terrain
from farside.environment.terrain import Relief, Terrain, footing_at, footing_map, height_at, outside


@pytest.fixture(scope="module")
def patch() -> Terrain:
    return synthetic_terrain(seed=7)


def plane(a: float, b: float, size_m: float = 120.0, spacing_m: float = 0.5) -> Terrain:
    along = np.arange(-size_m / 2, size_m / 2 + spacing_m / 2, spacing_m)
    return Terrain(Relief(-size_m / 2, -size_m / 2, spacing_m, a * along[None, :] + b * along[:, None]), "plane", "analytic")


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(-40.0, 40.0), st.floats(-40.0, 40.0))
def test_a_plane_is_read_as_it_is(a: float, b: float, east: float, north: float) -> None:
    ground = plane(a, b)
    foot = footing_at(ground, east, north, 2.5)
    assert height_at(ground, east, north) == pytest.approx(a * east + b * north, abs=1e-9)
    assert foot.height_m == pytest.approx(a * east + b * north, abs=1e-9)
    assert foot.slope_rad == pytest.approx(math.atan(math.hypot(a, b)), abs=1e-9)
    assert foot.roughness_m < 1e-9
    if math.hypot(a, b) > 1e-6:
        down = np.array([math.sin(foot.downhill_rad), math.cos(foot.downhill_rad)])
        assert down @ (a, b) == pytest.approx(-math.hypot(a, b), rel=1e-6)


def test_a_stone_on_a_plane_is_roughness_and_hardly_slope() -> None:
    ground = plane(0.05, 0.0)
    ground.relief.heights_m[120, 120] += 0.4  # at (0, 0): one point of the 81 under the circle
    foot = footing_at(ground, 0.0, 0.0, 2.5)
    assert foot.roughness_m == pytest.approx(0.4 * (1.0 - 1.0 / 81.0) / math.hypot(1.0, 0.05), rel=1e-9)
    assert foot.slope_rad == pytest.approx(math.atan(0.05), abs=1e-12)  # the stone is at the centre


def test_beyond_the_grid_the_ground_is_level_and_a_circle_there_has_no_plane() -> None:
    ground = plane(0.1, 0.0)
    assert height_at(ground, 1e4, 0.0) == pytest.approx(6.0)
    assert math.isnan(footing_at(ground, 1e4, 0.0, 2.5).slope_rad)


def test_heights_between_points_are_continuous(patch: Terrain) -> None:
    east = np.linspace(-20.0, 20.0, 4001)
    steps = np.abs(np.diff(height_at(patch, east, np.full_like(east, 3.3))))
    assert steps.max() < 0.01 * 1.5  # 1 cm apart on ground that is nowhere steeper than 56 deg


def test_footings_of_many_places_are_those_of_each(patch: Terrain) -> None:
    east, north = np.array([1.0, -30.0, 55.5]), np.array([0.0, 12.0, -70.25])
    slope, rough = footing_map(patch, east, north, 2.0)
    for k in range(3):
        foot = footing_at(patch, east[k], north[k], 2.0)
        assert (slope[k], rough[k]) == (foot.slope_rad, foot.roughness_m)


@pytest.mark.parametrize(
    ("east", "north", "away"),
    [
        (0.0, 0.0, 0.0),
        (-10.0, 30.0, 0.0),
        (50.0, 0.0, 0.0),
        (-11.0, 0.0, 1.0),
        (53.0, 34.0, 5.0),
        (0.0, -25.0, 5.0),
        (-10.0 - 3e5, 0.0, 3e5),
    ],
)
def test_how_far_a_place_is_beyond_a_grid_that_is_not_about_the_site(east: float, north: float, away: float) -> None:
    """From 10 m west to 50 m east, from 20 m south to 30 m north."""
    relief = Relief(-10.0, -20.0, 0.5, np.zeros((101, 121)))
    assert outside(relief, east, north) == pytest.approx(away)
