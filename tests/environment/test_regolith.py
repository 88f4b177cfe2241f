"""Soil and rocks against the values their sources print, and the rocks met against holes drilled through spheres strewn at random."""

from __future__ import annotations

import math

import numpy as np
import pytest

from farside.environment.regolith import (
    SURVEYOR_1,
    SURVEYOR_3,
    SURVEYOR_7,
    RockCounts,
    chance_of_rock,
    cohesion,
    column_mass,
    covered_share,
    density,
    draw_rocks,
    friction_angle,
    rocks_met,
    rocks_per_m2,
)


def test_densities_are_those_of_the_sourcebook() -> None:
    """Lunar Sourcebook, table 9.4: averages of 1.50 +- 0.05 over 0-15 cm, 1.58 over 0-30, 1.74 over 30-60 and 1.66 over 0-60 cm."""
    for top, bottom, average in ((0.0, 0.15, 1500.0), (0.0, 0.30, 1580.0), (0.30, 0.60, 1740.0), (0.0, 0.60, 1660.0)):
        assert column_mass(top, bottom) / (bottom - top) == pytest.approx(average, abs=50.0)
    assert density(0.0) == pytest.approx(1301.0, abs=1.0)  # 1.30 g/cm3 at the surface
    assert density(3.0) < 1920.0


def test_a_column_is_the_integral_of_the_density() -> None:
    z = np.linspace(0.1, 1.9, 20001)
    assert column_mass(0.1, 1.9) == pytest.approx(np.trapezoid(density(z), z), rel=1e-8)
    assert column_mass(0.0, 1.0) + column_mass(1.0, 2.0) == pytest.approx(column_mass(0.0, 2.0), rel=1e-14)


def test_strength_grows_with_depth_and_averages_to_the_sourcebook() -> None:
    """Table 9.12: 0.52 kPa and 42 deg over 0-15 cm, 0.90 kPa and 46 deg over 0-30 cm, within its ranges (0.44-0.62, 0.74-1.1 kPa)."""
    shallow, deeper = np.linspace(0.0, 0.15, 1001), np.linspace(0.0, 0.30, 1001)
    assert 440.0 < cohesion(shallow).mean() < 620.0
    assert 740.0 < cohesion(deeper).mean() < 1100.0
    assert math.degrees(friction_angle(deeper).mean()) == pytest.approx(46.0, abs=2.0)
    assert np.all(np.diff(cohesion(np.linspace(0.0, 2.0, 50))) >= 0.0)
    assert cohesion(2.0) == 3000.0


def test_depths_count_down() -> None:
    with pytest.raises(ValueError, match="begins at 0"):
        density(-0.01)


def test_rocks_are_as_many_as_surveyor_counted() -> None:
    """Surveyor 3: 3.3e6 y^-2.56 on 100 m2 beyond y mm: 25 of more than 10 cm. Tycho's rim has more, and larger ones."""
    assert 100.0 * rocks_per_m2(SURVEYOR_3, 0.1) == pytest.approx(3.3e6 * 100.0**-2.56, rel=0.01)
    assert rocks_per_m2(SURVEYOR_7, 0.3) > 5.0 * rocks_per_m2(SURVEYOR_3, 0.3)
    assert rocks_per_m2(SURVEYOR_3, 2.0) == 0.0
    # Chang'e-4 found 0.21 % of the ground under rocks (Wu et al. 2021): the same order.
    assert 0.001 < covered_share(SURVEYOR_3, 0.1) < 0.01


def test_rocks_met_are_those_of_a_soil_strewn_with_spheres() -> None:
    """5000 holes of 3 cm through 1 m of a block in which spheres of 3 to 30 cm lie at random, as many as the counts say."""
    rocks = SURVEYOR_1._replace(smallest_m=0.03, largest_m=0.3)
    rng = np.random.default_rng(11)
    width, depth, b = 12.0, 1.0, 0.03
    edges = np.geomspace(0.03, 0.3, 41)
    on_area = rocks_per_m2(rocks, edges)
    middles = np.sqrt(edges[1:] * edges[:-1])
    numbers = rng.poisson(1.5 * (on_area[:-1] - on_area[1:]) / middles * width * width * depth)
    d = np.repeat(middles, numbers)
    x, y = rng.uniform(0.0, width, (2, d.size))
    hx, hy = rng.uniform(0.3, width - 0.3, (2, 5000))
    met = sum(int(np.sum((x - cx) ** 2 + (y - cy) ** 2 < (0.5 * (d + b)) ** 2)) for cx, cy in zip(hx, hy, strict=True))
    expected = rocks_met(rocks, depth, b, 0.03)
    assert met / 5000.0 == pytest.approx(expected, rel=0.06)  # 2900 rocks, and the same block for all holes


def test_an_area_cut_through_the_spheres_shows_the_counts_share() -> None:
    """Delesse: the volume's share of rocks is the area's."""
    rocks = SURVEYOR_3
    d = np.geomspace(0.05, 1.0, 20001)
    per_area = rocks.per_m2 * rocks.power * d ** (-rocks.power - 1.0)
    share = np.trapezoid(math.pi / 6.0 * d**3 * 1.5 * per_area / d, d)
    assert share == pytest.approx(covered_share(rocks, 0.05), rel=1e-4)


def test_drawn_rocks_have_the_number_and_the_sizes() -> None:
    rng = np.random.default_rng(5)
    holes = [draw_rocks(rng, SURVEYOR_3, 2.0, 0.03, 0.03) for _ in range(1500)]
    counts = np.array([hole.depth_m.size for hole in holes])
    expected = rocks_met(SURVEYOR_3, 2.0, 0.03, 0.03)
    assert counts.mean() == pytest.approx(expected, abs=4.0 * math.sqrt(expected / 1500.0))
    assert np.mean(counts > 0) == pytest.approx(chance_of_rock(SURVEYOR_3, 2.0, 0.03, 0.03), abs=0.04)
    large = np.concatenate([hole.diameter_m for hole in holes]) > 0.1
    share = rocks_met(SURVEYOR_3, 2.0, 0.03, 0.1) / expected
    assert large.mean() == pytest.approx(share, abs=4.0 * math.sqrt(share / large.size))
    assert all(np.all(np.diff(hole.depth_m) >= 0.0) and (hole.depth_m.size == 0 or hole.depth_m.max() <= 2.0) for hole in holes)


def test_no_rocks_no_chance() -> None:
    assert chance_of_rock(RockCounts(0.0, 2.5), 2.0, 0.03, 0.03) == 0.0
    assert chance_of_rock(SURVEYOR_3, 2.0, 0.03, 1.5) == 0.0
    assert draw_rocks(np.random.default_rng(0), RockCounts(0.0, 2.5), 2.0, 0.03, 0.03).depth_m.size == 0
