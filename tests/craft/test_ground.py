"""The ground against the Lunar Sourcebook, and rocks met against the integral they are drawn from."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.draws import Draws
from farside.craft.ground import MEDIAN_SOIL, Ground, Layer, Soil, ground_under, rocks_met, strength_pa

BIT_M = 0.038


@pytest.mark.parametrize(
    ("top_m", "bottom_m", "published"),
    [(0.0, 0.15, 1500.0), (0.0, 0.30, 1580.0), (0.30, 0.60, 1740.0), (0.0, 0.60, 1660.0)],  # Lunar Sourcebook, table 9.5
)
def test_density_is_that_of_the_core_tubes(top_m: float, bottom_m: float, published: float) -> None:
    ground = ground_under(MEDIAN_SOIL, BIT_M, 2.0, Draws(), "surface")
    assert ground.mean_density_kg_m3(top_m, bottom_m) == pytest.approx(published, abs=50.0)  # the table's own uncertainty


def test_strength_at_the_surface_is_cohesion_alone() -> None:
    passive = math.tan(math.radians(45.0 + 21.0)) ** 2
    assert strength_pa(np.zeros(1), 1.62)[0] == pytest.approx(2.0 * 520.0 * math.sqrt(passive))
    assert strength_pa(np.ones(1), 0.0)[0] == pytest.approx(2.0 * 3000.0 * math.tan(math.radians(45.0 + 27.0)))


@given(st.floats(0.0, 2.9), st.floats(1e-3, 0.1))
def test_deeper_is_stronger(depth_m: float, step_m: float) -> None:
    above, below = strength_pa(np.array([depth_m, depth_m + step_m]), 1.62)
    assert below > above


def rocky(factor: float) -> Soil:
    """Soil with that many times the rocks."""
    counts = MEDIAN_SOIL.rocks
    return replace(MEDIAN_SOIL, rocks=counts._replace(per_m2=factor * counts.per_m2))


@given(st.integers(0, 10**6), st.floats(0.03, 3.0), st.floats(0.0, 50.0))
def test_layers_have_no_gap_and_rocks_no_overlap(seed: int, depth_m: float, rockier: float) -> None:
    ground = ground_under(rocky(rockier), BIT_M, depth_m, Draws(seed, 0, True), "surface")
    assert ground.layers[0].top_m == 0.0
    assert ground.layers[-1].bottom_m == depth_m
    assert all(above.bottom_m == below.top_m for above, below in pairwise(ground.layers))
    assert all(rock.top_m < rock.bottom_m and rock.top_m < depth_m for rock in ground.rocks)
    assert all(above.bottom_m <= below.top_m for above, below in pairwise(ground.rocks))


def test_a_run_draws_the_same_ground_again_and_another_run_another() -> None:
    grounds = [ground_under(MEDIAN_SOIL, BIT_M, 2.0, Draws(1, run, True), "surface") for run in (7, 7, 8)]
    assert grounds[0] == grounds[1] != grounds[2]


def test_a_longer_path_meets_the_same_rocks_first() -> None:
    short, long = (rocks_met(rocky(200.0), BIT_M, depth, Draws(3, 0, True), "surface") for depth in (5.0, 10.0))
    assert len(long) > len(short) > 16  # more than are drawn at once
    assert long[: len(short)] == short


def per_m(soil: Soil) -> float:
    """Rocks on a metre of line: in a volume 1.5 / D for each on an area, met within a disc of their own size; summed over diameters."""
    rocks, steps, rate = soil.rocks, 100_000, 0.0
    ratio = (rocks.largest_m / BIT_M) ** (1.0 / steps)
    for i in range(steps):
        diameter = BIT_M * ratio ** (i + 0.5)
        per_area = rocks.per_m2 * rocks.power * diameter ** (-rocks.power - 1.0)
        rate += 1.5 / diameter * per_area * math.pi / 4.0 * diameter**2 * diameter * math.log(ratio)
    return rate


def test_without_draws_the_next_rock_is_at_the_median_distance() -> None:
    """Half of the exponential distances are longer than ln 2 over the rate; on a median mare that is below 2 m: none is met."""
    assert rocks_met(MEDIAN_SOIL, BIT_M, 2.0, Draws(), "surface") == ()
    assert rocks_met(rocky(15.0), BIT_M, 2.0, Draws(), "surface")[0].top_m == pytest.approx(math.log(2.0) / per_m(rocky(15.0)), rel=1e-6)


def test_rocks_come_as_often_and_as_large_as_the_law_says() -> None:
    """Of many paths, exp(-rate depth) meet none; chords above a length are counted by an integral over diameters of its own."""
    soil, many = rocky(6.0), 1500
    paths = [rocks_met(soil, BIT_M, 1.0, Draws(seed, 0, True), "surface") for seed in range(many)]
    free = math.exp(-per_m(soil))
    assert sum(not path for path in paths) / many == pytest.approx(free, abs=4.0 * math.sqrt(free * (1.0 - free) / many))
    chords = np.array([path[0].bottom_m - path[0].top_m for path in paths if path])
    diameters = np.geomspace(BIT_M, 1.0, 20_001)
    weights = diameters ** (1.0 - soil.rocks.power)  # of a step in the logarithm
    beyond = np.clip(1.0 - (0.1 / diameters) ** 2, 0.0, None)  # of the chords of a sphere, this part is above 10 cm
    longer = float((weights * beyond).sum() / weights.sum())
    assert (chords > 0.1).mean() == pytest.approx(longer, abs=4.0 * math.sqrt(longer / chords.size))
    assert chords.max() <= 1.0


def test_a_mean_is_between_what_it_is_of() -> None:
    ground = Ground((Layer(0.0, 0.1, 1000.0, 1.0), Layer(0.1, 0.3, 2000.0, 1.0)))
    assert ground.mean_density_kg_m3(0.0, 0.3) == pytest.approx(5000.0 / 3.0)
    assert ground.mean_density_kg_m3(0.15, 0.25) == pytest.approx(2000.0)
