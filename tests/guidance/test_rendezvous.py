"""Relative motion: Clohessy and Wiltshire's answers, the same in the full field, and burns that bring the other craft where it belongs."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import kepler
from farside.craft.module import Engine
from farside.dynamics.world import Point, World, coast
from farside.guidance import rendezvous as law
from farside.guidance.command import after_burn
from farside.guidance.lunar import GuidanceError
from farside.guidance.rendezvous import Relative

RADIUS_M = 1937.4e3
N_RAD_S = math.sqrt(GM_MOON_M3_S2 / RADIUS_M**3)
EPOCH_S = tdb_from_utc("2024-06-06T03:18:00Z")
SMALL = Engine("two_25n", 50.0, 290.0)
STRONG = Engine("four_150n", 600.0, 300.0)


def circling(inclination: float = 0.7) -> Point:
    """An orbiter on a circle of 200 km."""
    c, s, v = math.cos(inclination), math.sin(inclination), N_RAD_S * RADIUS_M
    return Point("moon", EPOCH_S, np.array([RADIUS_M, 0.0, 0.0, 0.0, v * c, v * s, 2400.0]))


def matrix_rates(_t: float, y: np.ndarray) -> list[float]:
    """The equations of Clohessy and Wiltshire themselves, in up, ahead, aside."""
    return [*y[3:], 3.0 * N_RAD_S**2 * y[0] + 2.0 * N_RAD_S * y[4], -2.0 * N_RAD_S * y[3], -(N_RAD_S**2) * y[2]]


def test_axes_are_up_ahead_and_along_the_normal() -> None:
    own = circling(0.0)
    assert law.axes(own) == pytest.approx(np.eye(3), abs=1e-15)


def test_a_craft_on_the_same_circle_is_ahead_at_rest() -> None:
    own = circling()
    r, v = kepler(own.r_m, own.v_m_s, 30.0, GM_MOON_M3_S2)
    seen = law.relative(own, Point("moon", EPOCH_S, np.array([*r, *v, 440.0])))
    assert seen.r_m == pytest.approx([0.0, 30.0 * N_RAD_S * RADIUS_M, 0.0], abs=1e-6)  # the arc, 47.7 km, and no height: curvilinear
    assert seen.v_m_s == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


@given(st.tuples(*[st.floats(-9e4, 9e4)] * 3), st.tuples(*[st.floats(-50.0, 50.0)] * 3), st.floats(-0.02, 0.02))
def test_there_and_back(place: tuple[float, ...], rate: tuple[float, ...], eccentric: float) -> None:
    own = circling()
    y = own.y.copy()
    y[3] += eccentric * N_RAD_S * RADIUS_M
    own = replace(own, y=y)
    seen = law.relative(own, law.displaced(own, Relative(np.array(place), np.array(rate)), 440.0))
    assert seen.r_m == pytest.approx(np.array(place), abs=1e-7)  # rounding of numbers of 2e6 m
    assert seen.v_m_s == pytest.approx(np.array(rate), abs=1e-9)


def test_rates_are_the_derivatives_of_the_coordinates() -> None:
    own = circling()
    other = law.displaced(own, Relative(np.array([1e4, 5e4, -2e3]), np.array([3.0, -12.0, 1.0])))
    sides = []
    for seconds in (-1.0, 1.0):
        r1, v1 = kepler(own.r_m, own.v_m_s, seconds, GM_MOON_M3_S2)
        r2, v2 = kepler(other.r_m, other.v_m_s, seconds, GM_MOON_M3_S2)
        sides.append(law.relative(*(Point("moon", 0.0, np.array([*r, *v, 1.0])) for r, v in ((r1, v1), (r2, v2)))).r_m)
    assert (sides[1] - sides[0]) / 2.0 == pytest.approx([3.0, -12.0, 1.0], abs=1e-6)  # a third derivative of 1e-6 m/s3, over six


def test_the_transition_matrix_solves_its_equations() -> None:
    """Against the differential equations, integrated by another tool."""
    for seconds in (300.0, 3000.0, 9000.0):
        matrix = law.clohessy_wiltshire(N_RAD_S, seconds)
        for column in range(6):
            start = np.eye(6)[column]
            end = solve_ivp(matrix_rates, (0.0, seconds), start, rtol=1e-12, atol=1e-12).y[:, -1]
            assert matrix[:, column] == pytest.approx(end, rel=1e-8, abs=1e-8)


def test_known_motions() -> None:
    """Textbook answers: at rest ahead stays; a drift below runs ahead by 1.5 n h; half a turn after a push ahead it is 4 v/n above."""
    turn = 2.0 * math.pi / N_RAD_S
    assert law.clohessy_wiltshire(N_RAD_S, 1234.5) @ [0, 100.0, 0, 0, 0, 0] == pytest.approx([0, 100.0, 0, 0, 0, 0], abs=1e-12)
    steady = law.clohessy_wiltshire(N_RAD_S, 1000.0) @ [-1e3, 0, 0, 0, 1.5 * N_RAD_S * 1e3, 0]
    assert steady[:2] == pytest.approx([-1e3, 1.5 * N_RAD_S * 1e6], rel=1e-12)
    assert (law.clohessy_wiltshire(N_RAD_S, turn / 2.0) @ [0, 0, 0, 0, 1.0, 0])[0] == pytest.approx(4.0 / N_RAD_S)
    assert (law.clohessy_wiltshire(N_RAD_S, turn) @ [0, 0, 0, 0, 1.0, 0])[1] == pytest.approx(-6.0 * math.pi / N_RAD_S)


@given(st.floats(200.0, 6000.0), st.tuples(*[st.floats(-1e4, 1e4)] * 3), st.tuples(*[st.floats(-1e4, 1e4)] * 3))
def test_targeting_arrives(seconds: float, start: tuple[float, ...], goal: tuple[float, ...]) -> None:
    matrix = law.clohessy_wiltshire(N_RAD_S, seconds)
    rate = law.rate_towards(matrix, np.array(start), np.array(goal))
    assert (matrix @ [*start, *rate])[:3] == pytest.approx(np.array(goal), abs=1e-4)  # the matrix is near singular near half a turn


def test_the_propagated_matrix_is_clohessy_wiltshires_up_to_the_field(world: World) -> None:
    own = circling()
    other = law.displaced(own, Relative(np.array([0.0, 1000.0, 0.0]), np.zeros(3)))
    _, full = law.propagated(world, own, other, EPOCH_S + 1800.0)
    first = law.clohessy_wiltshire(N_RAD_S, 1800.0)
    scale = np.array([1.0, 1.0, 1.0, N_RAD_S, N_RAD_S, N_RAD_S])
    assert full / scale[:, None] * scale == pytest.approx(first / scale[:, None] * scale, abs=0.02)  # the field's eccentricity: 1e-3..1e-2
    assert np.linalg.det(full) == pytest.approx(1.0, abs=1e-4)  # a Hamiltonian flow keeps volumes


def test_a_craft_above_falls_back_steadily(world: World) -> None:
    own = circling()
    at = law.coelliptic(own, 50e3, 10e3)
    assert at.v_m_s[1] == pytest.approx(-12.3, abs=0.05)  # 1.5 x 8.21e-4 1/s x 10 km
    other = law.displaced(own, at)
    seen = law.relative(*(coast(world, point, EPOCH_S + 1000.0).point for point in (own, other)))
    assert seen.r_m == pytest.approx([10e3, 50e3 - 12.3e3, 0.0], abs=300.0)  # field and second order: 10 km is 0.5 % of the radius


@pytest.mark.parametrize(("seconds", "goal_m", "engine"), [(5400.0, 5e3, STRONG), (1800.0, 1e3, STRONG), (1200.0, 100.0, SMALL)])
def test_an_approach_arrives_in_the_full_field(world: World, seconds: float, goal_m: float, engine: Engine) -> None:
    own = circling()
    other = law.displaced(own, Relative(np.array([2.0 * goal_m, 10.0 * goal_m, 50.0]) / 2.0, np.array([0.0, -1.0, 0.1])), 440.0)
    arrival_s, goal = EPOCH_S + seconds, np.array([0.0, goal_m, 0.0])
    command = law.approach(world, own, other, engine, arrival_s, goal, 0.1)
    ends = [coast(world, point, arrival_s).point for point in (after_burn(world, own, command, engine), other)]
    assert np.abs(law.relative(*ends).r_m - goal).max() <= 0.1


def test_braking_leaves_the_rate_asked_for(world: World) -> None:
    own = circling()
    other = law.displaced(own, Relative(np.array([3.0, 100.0, -1.0]), np.array([0.2, -0.5, 0.1])))
    rate = np.array([0.0, -0.01, 0.0])
    command = law.brake(world, own, other, SMALL, rate)
    assert command is not None
    after = after_burn(world, own, command, SMALL)
    assert law.relative(after, coast(world, other, after.epoch_s).point).v_m_s == pytest.approx(rate, abs=1e-5)
    assert law.brake(world, own, law.displaced(own, Relative(np.array([0.0, 100.0, 0.0]), rate)), SMALL, rate) is None


@pytest.mark.parametrize("distance_m", [5e3, 1e3, 100.0])
@pytest.mark.parametrize("up_m", [-2.0, 0.0, 2.0])
def test_adrift_at_a_hold_point_the_craft_miss_for_a_day(world: World, distance_m: float, up_m: float) -> None:
    y = circling().y.copy()
    y[4:6] *= 1.003  # eccentricity 0.006, as the flown orbiter
    own, place = Point("moon", EPOCH_S, y), np.array([up_m, distance_m, 0.0])
    rate = law.safe_rate(own, Relative(place, np.zeros(3)), 0.01)
    miss = law.closest(world, own, law.displaced(own, Relative(place, rate)), 86400.0)
    assert miss > 0.75 * distance_m  # first they near by some n t v: metres from 100 m, then they part


def test_rest_at_a_hold_point_of_an_eccentric_orbit_would_not_miss(world: World) -> None:
    """Why there is a safe rate: at rest 100 m behind, with 5 mm/s wrong way, the craft come within a few metres in a day."""
    own, place = circling(), np.array([0.0, 100.0, 0.0])
    assert law.closest(world, own, law.displaced(own, Relative(place, np.array([0.0, 0.005, 0.0]))), 86400.0) < 50.0


def test_an_approach_that_cannot_be_says_so(world: World) -> None:
    own = circling()
    other = law.displaced(own, Relative(np.array([1e4, 5e4, 0.0]), np.zeros(3)))
    with pytest.raises(GuidanceError, match="more time between the hold points"):
        law.approach(world, own, other, Engine("two_25n", 5.0, 290.0), EPOCH_S + 300.0, np.array([0.0, 5e3, 0.0]), 1.0)
