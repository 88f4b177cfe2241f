"""Arrivals at the Moon after a correction: against the same craft flown one by one, against linear theory, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import farside as fs
from farside.basis.draws import Draws
from farside.dynamics.world import Point
from farside.flight import build_world
from farside.guidance.passage import bplane_miss
from farside.phases.course import mistaken
from farside.studies.arrivals import Arrivals, arrivals

MISSION = Path(__file__).parents[2] / "missions" / "change6.toml"
RUNS = 400


@pytest.fixture(scope="module")
def flight() -> fs.Flight:
    mission = fs.load(MISSION)
    return fs.fly(mission, fs.plan(mission))


@pytest.fixture(scope="module")
def after_first(flight: fs.Flight) -> Arrivals:
    return arrivals(flight, "tcm_1", RUNS)


def start_of(flight: fs.Flight, phase: str) -> Point:
    arc = next(leg for leg in flight.legs if leg.phase == phase).arcs[-1]
    return Point(arc.center, arc.end_s, arc.states[-1])


def test_a_run_misses_by_what_it_misses_alone(flight: fs.Flight, after_first: Arrivals) -> None:
    """By the road's own miss, at the perilune itself. Six hours before it the hyperbola is another one, by some per cent."""
    world, goal, errors = build_world(flight.mission), flight.plan.perilune, flight.mission.dispersions
    assert goal is not None
    assert errors is not None
    start = start_of(flight, "tcm_1")
    nominal = bplane_miss(world, start, goal)
    for run in range(5):
        off = Draws(flight.mission.seed, run, True).normal("tcm_1", "navigation", 6)
        y = mistaken(start, errors.navigation_position_m * off[:3], errors.navigation_velocity_m_s * off[3:], True)
        miss = bplane_miss(world, Point(start.center, start.epoch_s, y), goal) - nominal
        told = after_first.runs[run].numbers
        assert np.hypot(told["miss_t_m"] / 1e3 - miss[0], told["miss_r_m"] / 1e3 - miss[1]) < 0.05 * np.hypot(miss[0], miss[1]) + 0.05
        assert told["late_s"] == pytest.approx(miss[2], abs=0.05 * abs(miss[2]) + 0.3)


def test_the_spread_is_that_of_linear_theory(flight: fs.Flight, after_first: Arrivals) -> None:
    """Variance by the partial derivatives of the road's own miss, to what 400 draws scatter (3.5 % of a sigma, three of them) and the
    hyperbola of six hours before (some per cent)."""
    world, goal, errors = build_world(flight.mission), flight.plan.perilune, flight.mission.dispersions
    assert goal is not None
    assert errors is not None
    start, columns = start_of(flight, "tcm_1"), []
    for i, size in enumerate([errors.navigation_position_m] * 3 + [errors.navigation_velocity_m_s] * 3):
        off = np.zeros(6)
        off[i] = size
        ends = [
            bplane_miss(world, Point("earth", start.epoch_s, mistaken(start, s * off[:3], s * off[3:], True)), goal) for s in (1.0, -1.0)
        ]
        columns.append(0.5 * (ends[0] - ends[1]))
    sigma = np.sqrt((np.array(columns) ** 2).sum(axis=0))
    spreads = after_first.spreads
    assert spreads["miss_t_m"].sigma / 1e3 == pytest.approx(sigma[0], rel=0.15)
    assert spreads["miss_r_m"].sigma / 1e3 == pytest.approx(sigma[1], rel=0.15)
    assert spreads["late_s"].sigma == pytest.approx(sigma[2], rel=0.2)


def test_a_later_correction_leaves_less(flight: fs.Flight, after_first: Arrivals) -> None:
    second = arrivals(flight, "tcm_2", RUNS)
    assert second.from_s > after_first.from_s
    assert second.spreads["perilune_altitude_m"].sigma < 0.6 * after_first.spreads["perilune_altitude_m"].sigma
    assert second.outcomes == {"passes": RUNS}


def test_run_k_is_the_same_whatever_the_number_of_runs(flight: fs.Flight, after_first: Arrivals) -> None:
    """To a metre in the B-plane: the mesh of steps is another one, the errors are the same."""
    few = arrivals(flight, "tcm_1", 3)
    for one, other in zip(few.runs, after_first.runs, strict=False):
        assert one.outcome == other.outcome
        assert one.numbers["miss_t_m"] == pytest.approx(other.numbers["miss_t_m"], abs=2.0)


def test_errors_a_hundred_times_larger_strike_the_moon_or_lose_it(flight: fs.Flight) -> None:
    errors = flight.mission.dispersions
    assert errors is not None
    wild = errors.model_copy(update={"navigation_velocity_m_s": 100.0 * errors.navigation_velocity_m_s})
    found = arrivals(replace(flight, mission=replace(flight.mission, dispersions=wild)), "tcm_1", 200)
    assert found.outcomes["strikes"] > 20
    assert found.outcomes["passes"] > 20
    assert sum(found.outcomes.values()) == 200


def test_what_cannot_be_asked_is_told(flight: fs.Flight) -> None:
    with pytest.raises(ValueError, match=r"'descent' is no correction on the way to the Moon; there are: tcm_1, tcm_2"):
        arrivals(flight, "descent")
    with pytest.raises(ValueError, match="no \\[dispersions\\] to draw from"):
        arrivals(replace(flight, mission=replace(flight.mission, dispersions=None)), "tcm_1")
