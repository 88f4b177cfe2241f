"""The ground against the Lunar Sourcebook, and rocks met against the integral they are drawn from."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.draws import Draws
from farside.craft.ground import MEDIAN_SOIL, Ground, Layer, density_kg_m3, ground_under, rocks_met, rocks_per_m, strength_pa

BIT_M = 0.038


@pytest.mark.parametrize(
    ("top_m", "bottom_m", "published"),
    [(0.0, 0.15, 1500.0), (0.0, 0.30, 1580.0), (0.30, 0.60, 1740.0), (0.0, 0.60, 1660.0)],  # Lunar Sourcebook, table 9.5
)
def test_density_is_that_of_the_core_tubes(top_m: float, bottom_m: float, published: float) -> None:
    ground = ground_under(MEDIAN_SOIL, BIT_M, 2.0, Draws(), "surface")
    assert ground.mean_density_kg_m3(top_m, bottom_m) == pytest.approx(published, abs=50.0)  # the table's own uncertainty


def test_density_and_strength_at_the_surface_and_deep_down() -> None:
    assert density_kg_m3(MEDIAN_SOIL, 0.0) == pytest.approx(1920.0 * 12.2 / 18.0)
    assert density_kg_m3(MEDIAN_SOIL, 1e6) == pytest.approx(1920.0, rel=1e-6)
    passive = math.tan(math.radians(45.0 + 21.0)) ** 2
    assert strength_pa(MEDIAN_SOIL, 0.0) == pytest.approx(2.0 * 520.0 * math.sqrt(passive))  # no weight above: cohesion alone


@given(st.floats(0.0, 2.9), st.floats(1e-3, 0.1))
def test_deeper_is_denser_and_stronger(depth_m: float, step_m: float) -> None:
    assert density_kg_m3(MEDIAN_SOIL, depth_m + step_m) > density_kg_m3(MEDIAN_SOIL, depth_m)
    assert strength_pa(MEDIAN_SOIL, depth_m + step_m) > strength_pa(MEDIAN_SOIL, depth_m)


@given(st.integers(0, 10**6), st.floats(0.03, 3.0), st.floats(0.0, 50.0))
def test_layers_have_no_gap_and_rocks_no_overlap(seed: int, depth_m: float, rockier: float) -> None:
    soil = replace(MEDIAN_SOIL, rocks_per_m2=rockier * MEDIAN_SOIL.rocks_per_m2)
    ground = ground_under(soil, BIT_M, depth_m, Draws(seed, 0, True), "surface")
    assert ground.layers[0].top_m == 0.0
    assert ground.layers[-1].bottom_m == depth_m
    assert all(above.bottom_m == below.top_m for above, below in pairwise(ground.layers))
    assert all(rock.top_m < rock.bottom_m and rock.top_m < depth_m for rock in ground.rocks)
    assert all(above.bottom_m <= below.top_m for above, below in pairwise(ground.rocks))


def test_a_run_draws_the_same_ground_again_and_another_run_another() -> None:
    grounds = [ground_under(MEDIAN_SOIL, BIT_M, 2.0, Draws(1, run, True), "surface") for run in (7, 7, 8)]
    assert grounds[0] == grounds[1] != grounds[2]


def test_a_longer_path_meets_the_same_rocks_first() -> None:
    soil = replace(MEDIAN_SOIL, rocks_per_m2=0.15)
    short, long = (rocks_met(soil, BIT_M, depth, Draws(3, 0, True), "surface") for depth in (5.0, 10.0))
    assert len(long) > len(short) > 16  # more than are drawn at once
    assert long[: len(short)] == short


def test_the_rate_is_the_sum_over_diameters() -> None:
    """Spheres of diameter D, N(D) = n(D) / D of them in a volume (Wicksell), each met within a disc of its own size."""
    steps, ratio, rate = 100_000, 1e9 ** (1.0 / 100_000), 0.0
    for i in range(steps):
        diameter = BIT_M * ratio ** (i + 0.5)
        per_area = MEDIAN_SOIL.rocks_per_m2 * MEDIAN_SOIL.rock_exponent * diameter ** (-MEDIAN_SOIL.rock_exponent - 1.0)
        rate += per_area / diameter * math.pi / 4.0 * diameter**2 * diameter * math.log(ratio)
    assert rocks_per_m(MEDIAN_SOIL, BIT_M) == pytest.approx(rate, rel=1e-6)


def test_without_draws_the_next_rock_is_at_the_median_distance() -> None:
    """Half of the exponential distances are longer than ln 2 over the rate; on the Moon's median mare that is below 2 m: none is met."""
    assert rocks_met(MEDIAN_SOIL, BIT_M, 2.0, Draws(), "surface") == ()
    rocky = replace(MEDIAN_SOIL, rocks_per_m2=0.01)
    assert rocks_met(rocky, BIT_M, 2.0, Draws(), "surface")[0].top_m == pytest.approx(math.log(2.0) / rocks_per_m(rocky, BIT_M))


def test_rocks_come_as_often_and_as_large_as_the_law_says() -> None:
    """Of many paths, exp(-rate depth) meet none; of the rocks, (D / bit)^(1 - b) are above D, and chords are up to the diameter."""
    soil, many = replace(MEDIAN_SOIL, rocks_per_m2=0.004), 1500
    paths = [rocks_met(soil, BIT_M, 1.0, Draws(seed, 0, True), "surface") for seed in range(many)]
    free = math.exp(-rocks_per_m(soil, BIT_M))
    assert sum(not path for path in paths) / many == pytest.approx(free, abs=4.0 * math.sqrt(free * (1.0 - free) / many))
    chords = [path[0].bottom_m - path[0].top_m for path in paths if path]
    b, x = soil.rock_exponent, 0.1 / BIT_M  # chords above 10 cm, integrated over diameters: sqrt(u) D > c for 1 - (c / D)^2 of them
    longer = (b - 1.0) * x ** (1.0 - b) * (1.0 / (b - 1.0) - 1.0 / (b + 1.0))
    assert sum(c > 0.1 for c in chords) / len(chords) == pytest.approx(longer, abs=4.0 * math.sqrt(longer / len(chords)))


def test_a_mean_is_between_what_it_is_of() -> None:
    ground = Ground((Layer(0.0, 0.1, 1000.0, 1.0), Layer(0.1, 0.3, 2000.0, 1.0)))
    assert ground.mean_density_kg_m3(0.0, 0.3) == pytest.approx(5000.0 / 3.0)
    assert ground.mean_density_kg_m3(0.15, 0.25) == pytest.approx(2000.0)
