"""Searches for roots: they find what there is, and say what they missed, by how much and after how many trials."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.roots import Array, Condition, secant, solve

KM = (Condition("height", "km", 0.01), Condition("range", "km", 0.01))


class Counted:
    """A function that remembers how often it was asked."""

    def __init__(self, function: object) -> None:
        self.function, self.calls = function, 0

    def __call__(self, x: object) -> object:
        self.calls += 1
        return self.function(x)  # type: ignore[operator]


@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0))
def test_secant_finds_a_root_from_anywhere(first: float, second: float) -> None:
    x, left = secant(lambda x: math.expm1(x) + x, first, second if second != first else first + 0.1, 1e-12, limit=1.0)
    assert abs(left) <= 1e-12
    assert x == pytest.approx(0.0, abs=1e-12)


def test_secant_stays_inside_a_bracket() -> None:
    """atan flattens: an unguarded secant from -2 and 30 leaves for infinity."""
    x, left = secant(math.atan, -2.0, 30.0, 1e-12)
    assert abs(left) <= 1e-12 and abs(x) < 1e-11


def test_secant_is_content_with_a_good_seed() -> None:
    asked = Counted(lambda x: x - 2.0)
    assert secant(asked, 2.0, 3.0, 1e-9) == (2.0, 0.0)  # type: ignore[arg-type]
    assert asked.calls == 1


def test_secant_answers_the_best_when_there_is_no_root() -> None:
    x, left = secant(lambda x: x * x + 1.0, 2.0, 1.5, 1e-9, limit=0.5)
    assert left == x * x + 1.0 and 1.0 <= left < 1.5


def test_secant_steps_no_further_than_its_limit() -> None:
    tried: list[float] = []

    def steep(x: float) -> float:
        tried.append(x)
        return 1e-3 * (x - 100.0)

    secant(steep, 0.0, 0.1, 1e-9, limit=2.0)
    assert max(b - a for a, b in itertools.pairwise(tried)) <= 2.0 + 1e-12
    assert tried[-1] > 70.0, "forty iterations of two"


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_solve_finds_two_unknowns_of_very_different_size(a: float, b: float) -> None:
    """Unknowns in radians and in metres, conditions in kilometres: scaling is the search's business."""

    def residual(x: Array) -> Array:
        u, w = x[0] * 1e3, x[1] / 1e3
        return np.array([u + 0.3 * math.sin(w) - a, w - 0.3 * u * u - b])

    found = solve(residual, np.zeros(2), np.array([1e-7, 0.1]), KM)
    assert found.met and found.advice.startswith("all conditions met")
    assert np.abs(residual(found.x)).max() <= 0.01


def test_solve_halves_its_steps_where_newton_overshoots() -> None:
    found = solve(lambda x: np.array([math.atan(x[0])]), np.array([5.0]), np.array([1e-6]), (Condition("angle", "rad", 1e-9),))
    assert found.met and abs(found.x[0]) < 1e-9


def test_solve_goes_round_where_there_is_no_answer() -> None:
    """A logarithm has none below zero: the step is shortened, the search goes on."""
    found = solve(
        lambda x: np.array([math.log(x[0]) if x[0] > 0.0 else math.nan]), np.array([20.0]), np.array([1e-6]), (Condition("log", "-", 1e-9),)
    )
    assert found.met and found.x[0] == pytest.approx(1.0, abs=1e-8)


def test_differences_turn_backward_at_an_edge() -> None:
    """At 1 the forward side has no answer."""
    found = solve(
        lambda x: np.array([math.sqrt(1.0 - x[0]) - 0.5 if x[0] <= 1.0 else math.nan]),
        np.array([1.0 - 1e-9]),
        np.array([1e-6]),
        (Condition("height", "km", 1e-9),),
        limits=np.array([0.5]),
    )
    assert found.met and found.x[0] == pytest.approx(0.75, abs=1e-8)


def test_limits_hold_each_step() -> None:
    seen: list[float] = []

    def residual(x: Array) -> Array:
        seen.append(float(x[0]))
        return np.array([x[0] - 10.0])

    found = solve(residual, np.zeros(1), np.array([1e-3]), (Condition("way", "m", 1e-6),), limits=np.array([1.0]))
    assert found.met
    assert max(b - a for a, b in itertools.pairwise(seen)) <= 1.0 + 1e-9


def test_a_jacobian_from_a_neighbour_saves_the_differences() -> None:
    turn = np.array([[2.0, 1.0], [-1.0, 3.0]])

    def residual(x: Array) -> Array:
        return turn @ x - np.array([1.0, 2.0])

    asked = Counted(residual)
    found = solve(asked, np.zeros(2), np.array([1e-6, 1e-6]), KM, jacobian=turn)  # type: ignore[arg-type]
    assert found.met and asked.calls == found.tried == 2


def test_solve_says_which_condition_it_missed_by_how_much_and_after_how_many_trials() -> None:
    found = solve(lambda x: np.array([x[0] - 1.0, x[0] ** 2 + 4.0]), np.zeros(1), np.array([1e-6]), KM)
    assert not found.met
    assert "range missed by 4" in found.advice and "km (allowed 0.01)" in found.advice
    assert found.advice.endswith(f"{found.tried} trajectories tried")


def test_a_start_without_an_answer_is_told_as_it_is() -> None:
    found = solve(lambda x: np.full(2, np.nan), np.zeros(2), np.ones(2), KM)
    assert not found.met and found.tried == 1
    assert found.advice == "no trial came near enough to be judged (height, range); 1 trajectories tried"
