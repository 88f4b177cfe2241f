"""How the Moon is passed: a hyperbola made for a goal misses nothing, one made for another misses what it should."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import hyperbola_periapsis, impact_parameter, unit
from farside.dynamics.world import Point, World, coast
from farside.guidance.passage import PeriluneGoal, bplane_miss

EPOCH_S = tdb_from_utc("2024-05-08T02:20:00Z")
RADIUS_M = MOON_RADIUS_M + 2e5
ANGLES = st.floats(-math.pi, math.pi)


def coming(world: World, goal: PeriluneGoal, excess_m_s: float = 850.0) -> Point:
    """A day before the perilune of a goal, about the Earth."""
    moon = world.moon(goal.epoch_s)
    excess = excess_m_s * unit(-unit(moon[3:]) + 0.25 * unit(moon[:3]))
    r, v = hyperbola_periapsis(excess, goal.angle_rad, goal.radius_m, GM_MOON_M3_S2, world.moon_me(goal.epoch_s)[2])
    return coast(world, Point("moon", goal.epoch_s, np.array([*r, *v, 1.0])), goal.epoch_s - 86400.0, center="earth").point


@given(ANGLES, st.floats(600.0, 1200.0))
@settings(max_examples=10)
def test_a_passage_made_for_the_goal_misses_nothing(world: World, angle: float, excess: float) -> None:
    """On both sides of the B-plane and in both senses; the coast changed its centre on the way."""
    goal = PeriluneGoal(EPOCH_S, RADIUS_M, angle)
    miss = bplane_miss(world, coming(world, goal, excess), goal)
    assert np.abs(miss[:2]).max() < 0.01, "kilometres"
    assert abs(miss[2]) < 0.01, "seconds"


@given(ANGLES, ANGLES)
@settings(max_examples=10)
def test_the_other_side_is_missed_by_the_way_across(world: World, is_rad: float, wanted_rad: float) -> None:
    """|B| is about 5,700 km at 850 m/s; prograde instead of retrograde misses twice that."""
    passed = coming(world, PeriluneGoal(EPOCH_S, RADIUS_M, is_rad))
    miss = bplane_miss(world, passed, PeriluneGoal(EPOCH_S, RADIUS_M, wanted_rad))
    size = impact_parameter(RADIUS_M, 850.0, GM_MOON_M3_S2) / 1e3
    assert math.hypot(miss[0], miss[1]) == pytest.approx(2.0 * size * abs(math.sin(0.5 * (is_rad - wanted_rad))), rel=0.01, abs=0.05)


def test_a_later_goal_is_missed_by_its_seconds(world: World) -> None:
    passed = coming(world, PeriluneGoal(EPOCH_S, RADIUS_M, math.pi))
    assert bplane_miss(world, passed, PeriluneGoal(EPOCH_S + 60.0, RADIUS_M, math.pi))[2] == pytest.approx(-60.0, abs=0.01)


def test_a_craft_that_runs_into_the_moon_is_still_told_what_it_misses(world: World) -> None:
    """Its hyperbola counts: a targeter must be able to come back from there."""
    passed = coming(world, PeriluneGoal(EPOCH_S, 3e5, 1.0))
    miss = bplane_miss(world, passed, PeriluneGoal(EPOCH_S, 3e5, 1.0))
    # Near: below the surface the field to degree 6 is not what it is above.
    assert np.abs(miss[:2]).max() < 10.0 and abs(miss[2]) < 20.0


def test_a_craft_that_stays_at_the_earth_has_no_answer(world: World) -> None:
    circle = Point("earth", EPOCH_S - 1e5, np.array([7e6, 0.0, 0.0, 0.0, math.sqrt(GM_EARTH_M3_S2 / 7e6), 0.0, 1.0]))
    assert np.isnan(bplane_miss(world, circle, PeriluneGoal(EPOCH_S - 8e4, RADIUS_M, 0.0))).all()
