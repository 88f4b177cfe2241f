"""The level flight that tells where a capsule comes down: its stretches, its end, and another way of flying it."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from farside.basis.twobody import angle_between, unit
from farside.flight import Flight, World, build_world, entry_goal
from farside.guidance import skip
from farside.guidance.entry import gate_at
from farside.phases.course import point_of

EXPERIMENT = Path(__file__).parents[2] / "design" / "experiments" / "cross_range.py"
POLE = np.array([0.0, 0.0, 1.0])


@pytest.fixture(scope="module")
def experiment() -> Any:
    """The experiment that settled it: the same flight, stepped by the second with thresholds, in plain NumPy."""
    spec = importlib.util.spec_from_file_location("cross_range_experiment", EXPERIMENT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_braking_it_is_a_great_circle_at_constant_speed() -> None:
    up, v = np.array([1.0, 0.0, 0.0]), np.array([0.0, 5000.0, 5000.0])
    there, then = skip.stretch(up, v, POLE, 700.0, 0.0)
    assert angle_between(up, there) == pytest.approx(math.sqrt(5e7) * 700.0 / skip.RADIUS_M, rel=1e-12)
    assert float(np.linalg.norm(then)) == pytest.approx(math.sqrt(5e7), rel=1e-12)
    assert abs(float(unit(np.cross(up, v)) @ there)) < 1e-12


def test_it_ends_slow_relative_to_the_ground() -> None:
    up, v = np.array([0.9, 0.1, math.sqrt(1.0 - 0.82)]), np.array([-3000.0, 10000.0, 2000.0])
    _, relative, seconds = skip.comes_down(up, v, POLE, skip.SKIP_M_S, 300.0)
    assert float(np.linalg.norm(relative)) == pytest.approx(skip.SLOW_M_S, abs=60.0)  # the air's own speed changes along the way
    assert 600.0 < seconds < 1200.0


@pytest.fixture(scope="module", params=["change6", "change5"])
def gate(request: pytest.FixtureRequest) -> tuple[Flight, World]:
    flight: Flight = request.getfixturevalue(request.param)
    return flight, build_world(flight.mission)


def test_the_plan_closes_it_and_another_way_of_flying_it_agrees(gate: tuple[Flight, World], experiment: Any) -> None:
    flight, world = gate
    goal = entry_goal(flight.mission)
    assert goal is not None
    capsule = next(leg for leg in flight.legs if leg.phase == "interface").after[0]
    found = gate_at(world, 0.0, point_of(capsule), goal)
    assert abs(found.cross_range_m) < 500.0
    other_km, _ = experiment.comes_down_km(found, world.earth_pole(capsule.epoch_s), goal, skip.SKIP_M_S)
    assert other_km == pytest.approx(found.cross_range_m / 1e3, abs=8.0)  # steps of a second at 7 km/s, and their thresholds
    assert found.cross_range_spread_m < 25e3
