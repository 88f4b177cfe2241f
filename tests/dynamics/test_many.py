"""Many coasts at once: each ends where it ends alone, whoever flies beside it; the laws of one coast; what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_EARTH_M3_S2, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import kepler, lambert, unit
from farside.craft.module import Center
from farside.dynamics import propagate as p
from farside.dynamics.lanes import LANES
from farside.dynamics.many import Points, coast_many
from farside.dynamics.world import Point, World, coast

Array = NDArray[np.float64]
EPOCH_S = tdb_from_utc("2024-05-10T00:00:00Z")


@pytest.fixture(scope="module")
def sharp(world: World) -> World:
    """A world whose coasts are good to far below a metre."""
    return replace(world, tolerance=1e-12)


def toward_moon(world: World, days: float = 4.6) -> Array:
    """A state (7,) 20,000 km from the Earth on a way that comes to the Moon's surroundings."""
    there = world.moon(EPOCH_S + days * DAY_S)[:3]
    side = unit(np.cross(there, [0.0, 0.0, 1.0]))
    here = -2.0e7 * unit(there) + 5e6 * side
    v, _ = lambert(here, there + 1.5e7 * side, days * DAY_S, GM_EARTH_M3_S2, np.cross(here, there + 1.5e7 * side))
    return np.array([*here, *v, 8350.0])


def circle(height_m: float) -> Array:
    """A state (7,) on a circle over the Moon's poles."""
    r = MOON_RADIUS_M + height_m
    return np.array([r, 0.0, 0.0, 0.0, 0.1, np.sqrt(GM_MOON_M3_S2 / r), 400.0])


def about(y: Array, count: int, metres: float, metres_a_second: float, seed: int = 1) -> Array:
    """States (count, 7) scattered about one."""
    states, draw = np.tile(y, (count, 1)), np.random.default_rng(seed)
    states[:, :3] += metres * draw.standard_normal((count, 3))
    states[:, 3:6] += metres_a_second * draw.standard_normal((count, 3))
    return states


def apart_m(world: World, a: Point, b: Point) -> float:
    return float(np.linalg.norm(a.r_m - world.about(b, a.center).r_m))


@pytest.mark.parametrize(
    ("center", "wanted", "days", "allowed_m"),
    [("earth", "earth", 4.6, 0.01), ("earth", "moon", 4.6, 0.5), ("moon", "moon", 0.5, 0.01), ("earth", "earth", -0.1, 0.01)],
)
def test_each_ends_where_it_ends_alone(sharp: World, center: Center, wanted: Center, days: float, allowed_m: float) -> None:
    """To a centimetre, a block and a half of craft: by a mesh that is no craft's own, to a tolerance of 1e-12 (0.4 mm of the Moon's
    distance a step, and what the Moon makes of it). To half a metre where they change their centre: all do so with the first of them, some
    minutes early, and the Moon of the ephemeris is not quite moved by the forces of the craft (design/centres.md)."""
    states = about(toward_moon(sharp) if center == "earth" else circle(100e3), LANES * 3 // 2, 1e3, 0.5)
    flown = coast_many(sharp, Points(center, EPOCH_S, states), EPOCH_S + days * DAY_S, wanted)
    assert (flown.status == p.REACHED).all()
    assert flown.alone == 0
    assert flown.points.center == wanted
    for k in range(0, len(states), 7):
        alone = coast(sharp, Point(center, EPOCH_S, states[k]), EPOCH_S + days * DAY_S, center=wanted)
        assert alone.point.center == wanted
        assert apart_m(sharp, flown.points[k], alone.point) < allowed_m
        assert flown.points[k].mass_kg == states[k, 6]


@pytest.mark.parametrize("tolerance", [1e-9, 3e-11])
def test_the_guard_holds_every_lane_to_the_tolerance(world: World, tolerance: float) -> None:
    """No lane is further from the truth than the same coast alone by the same tolerance, but for a half: the mesh is as fine as the most
    demanding lane asks for."""
    states, until = about(toward_moon(world), LANES, 3e5, 3.0), EPOCH_S + 4.6 * DAY_S
    loose, fine = replace(world, tolerance=tolerance), replace(world, tolerance=1e-15)
    flown = coast_many(loose, Points("earth", EPOCH_S, states), until)
    assert flown.alone == 0
    here, alone = [], []
    for k in range(0, LANES, 6):
        truth = coast(fine, Point("earth", EPOCH_S, states[k]), until).point
        here.append(apart_m(world, flown.points[k], truth))
        alone.append(apart_m(world, coast(loose, Point("earth", EPOCH_S, states[k]), until).point, truth))
    assert 0.0 < max(here) < 1.5 * max(alone)


def test_a_craft_ends_at_the_same_place_whoever_flies_beside_it(sharp: World) -> None:
    states = about(toward_moon(sharp), 90, 1e4, 1.0)
    points, until = Points("earth", EPOCH_S, states), EPOCH_S + 3.0 * DAY_S
    whole = coast_many(sharp, points, until).points.states
    shuffled = np.random.default_rng(5).permutation(90)
    mixed = coast_many(sharp, replace(points, states=states[shuffled]), until).points.states
    assert np.linalg.norm(whole[shuffled, :3] - mixed[:, :3], axis=1).max() < 1e-3
    one = coast_many(sharp, replace(points, states=states[17:18]), until).points.states
    assert np.linalg.norm(whole[17, :3] - one[0, :3]) < 0.01


@settings(max_examples=15)
@given(days=st.floats(0.05, 3.0), seed=st.integers(0, 1000))
def test_there_and_back_again(world: World, days: float, seed: int) -> None:
    sharp = replace(world, tolerance=1e-13)
    points = Points("earth", EPOCH_S, about(toward_moon(world), 5, 1e5, 1.0, seed))
    there = coast_many(sharp, points, EPOCH_S + days * DAY_S).points
    back = coast_many(sharp, there, EPOCH_S).points
    # 1e-13 of 4e8 m a step, some forty steps both ways, and the fall from there back to the Earth multiplies it
    assert np.linalg.norm(back.states[:, :3] - points.states[:, :3], axis=1).max() < 1.0


def test_two_bodies_as_kepler_says() -> None:
    from forces_again import empty_sky, no_harmonics

    alone = World(empty_sky(), no_harmonics(), tolerance=1e-13)
    states = about(circle(500e3), 20, 2e4, 10.0)
    flown = coast_many(alone, Points("moon", 0.0, states), 86400.0).points.states
    for k, y in enumerate(states):
        r, _ = kepler(y[:3], y[3:6], 86400.0, GM_MOON_M3_S2)
        # the Earth and the Sun of an empty sky still pull, from 1e18 m: nothing; some 8 revolutions of 1e-13 a step
        assert np.linalg.norm(flown[k, :3] - r) < 1e-3


def test_one_that_strikes_ends_there_and_the_others_go_on(sharp: World) -> None:
    states = about(circle(100e3), 40, 1e3, 0.1)
    states[3, 3:6] *= 0.5
    states[39, 3:6] *= 0.6  # the last one, with which the block is filled up
    flown, until = coast_many(sharp, Points("moon", EPOCH_S, states), EPOCH_S + 7200.0), EPOCH_S + 7200.0
    assert sorted(flown.ended) == [3, 39]
    assert flown.status[[3, 39]].tolist() == [p.IMPACT, p.IMPACT]
    assert np.isnan(flown.points.states[[3, 39]]).all()
    assert EPOCH_S < flown.ended[3].epoch_s < until
    assert np.linalg.norm(flown.ended[3].r_m) < MOON_RADIUS_M
    assert (np.delete(flown.status, [3, 39]) == p.REACHED).all()
    alone = coast(sharp, Point("moon", EPOCH_S, states[4]), until)
    assert apart_m(sharp, flown.points[4], alone.point) < 0.01
    none = coast_many(sharp, Points("moon", EPOCH_S, states[[3, 39]]), until)
    assert none.status.tolist() == [p.IMPACT, p.IMPACT]


def test_one_that_asks_for_far_smaller_steps_is_flown_alone(sharp: World) -> None:
    """A craft 100 km above the Moon among a hundred that are 60,000 km from it: the others keep their steps, and it keeps its accuracy."""
    states = about(circle(6e7), 100, 1e5, 1.0)
    until = EPOCH_S + 0.5 * DAY_S
    few = coast_many(sharp, Points("moon", EPOCH_S, states), until).steps
    states[50] = circle(100e3)
    flown = coast_many(sharp, Points("moon", EPOCH_S, states), until)
    assert flown.alone == 1
    assert flown.steps < 2 * few
    assert apart_m(sharp, flown.points[50], coast(sharp, Point("moon", EPOCH_S, states[50]), until).point) < 1e-6


def test_sunlight_pushes_by_each_ones_mass(sharp: World) -> None:
    lit = replace(sharp, reflecting_area_m2=30.0)
    states = np.tile(toward_moon(sharp), (3, 1))
    states[:, 6] = 100.0, 1000.0, 1e9
    until = EPOCH_S + 2.0 * DAY_S
    flown = coast_many(lit, Points("earth", EPOCH_S, states), until).points
    for k in range(3):
        assert apart_m(lit, flown[k], coast(lit, Point("earth", EPOCH_S, states[k]), until).point) < 0.01
    assert apart_m(lit, flown[0], flown[2]) > 10.0 * apart_m(lit, flown[1], flown[2]) * 0.9 > 1e3


def test_none_and_no_time() -> None:
    from forces_again import empty_sky, no_harmonics

    alone = World(empty_sky(), no_harmonics())
    assert len(coast_many(alone, Points("moon", 0.0, np.zeros((0, 7))), 10.0).points) == 0
    states = about(circle(5e5), 2, 1.0, 0.0)
    assert (coast_many(alone, Points("moon", 0.0, states), 0.0).points.states == states).all()


@pytest.mark.parametrize(
    ("states", "until_s", "words"),
    [
        (np.zeros((3, 6)), 1.0, r"shape \(3, 6\)"),
        (np.zeros(7), 1.0, r"shape \(7,\)"),
        (np.full((2, 7), np.nan), 1.0, "state 0 of 2 is not finite"),
        (np.ones((2, 7)), np.inf, "epochs are finite"),
    ],
)
def test_what_cannot_be_flown_is_refused(world: World, states: Array, until_s: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        coast_many(world, Points("moon", 0.0, states), until_s)
