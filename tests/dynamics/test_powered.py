"""A step of powered flight: its truth against another integrator, its axis and its drifting error against formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.dynamics.closed_loop import Turning
from farside.dynamics.forces import gravity
from farside.dynamics.insertion import Inertial
from farside.dynamics.powered import drift, gain, held_rates, move, turn
from farside.dynamics.world import World

Array = NDArray[np.float64]
EPOCH_S, STEP_S = 770729949.0, 0.125  # a step that an epoch of 2024 can hold exactly
THRUST_N, EXHAUST_M_S = 7000.0, 3040.0
AXIS = np.array([0.3, -0.9, 0.1]) / math.sqrt(0.91)
LOW = np.array([MOON_RADIUS_M + 15e3, 20e3, -5e3, 30.0, 1600.0, 450.0, 3900.0])


def rate(t: float, y: Array, world: World) -> Array:
    push = THRUST_N * AXIS / y[6]
    return np.array([*y[3:6], *(np.array(gravity(t, y, world.forces("moon"))) + push), -THRUST_N / EXHAUST_M_S])


def test_the_steps_of_a_braking_end_where_another_integrator_does(world: World) -> None:
    """SciPy's DOP853 takes all of gravity wherever it looks; the steps take all but the point mass once each."""
    y, steps = LOW.copy(), round(700.0 / STEP_S)
    for k in range(steps):
        move(EPOCH_S + k * STEP_S, y, STEP_S, world.forces("moon"), THRUST_N, AXIS, EXHAUST_M_S)
    end = solve_ivp(rate, (EPOCH_S, EPOCH_S + 700.0), LOW, args=(world,), method="DOP853", rtol=1e-13, atol=1e-9).y[:, -1]
    assert np.linalg.norm(y[:3] - end[:3]) < 5e-6  # metres: rounding of 10^6 m over 5600 steps is one of them
    assert np.linalg.norm(y[3:6] - end[3:6]) < 1e-8
    assert y[6] == pytest.approx(LOW[6] - THRUST_N / EXHAUST_M_S * 700.0, abs=1e-9)


def test_rates_of_rows_are_those_of_the_truth(world: World) -> None:
    rows = np.zeros((3, 20))
    for k, row in enumerate(rows):
        row[0], row[1:8], row[8], row[9:12] = EPOCH_S + k, LOW + k, THRUST_N, AXIS
    wanted = [rate(row[0], row[1:8], world) for row in rows]
    assert np.allclose(held_rates(rows, world.forces("moon"), EXHAUST_M_S), wanted, rtol=1e-14)


def test_the_axis_starts_at_its_acceleration_goes_at_its_rate_and_arrives(world: World) -> None:
    turning, axis, wanted, spin = Turning(0.08, 0.05), np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]), 0.0
    angles = [0.0]
    for _ in range(300):
        spin = turn(axis, wanted, spin, 0.1, turning)
        angles.append(math.atan2(axis[1], axis[0]))
        assert axis[2] == 0.0  # along the great circle
    steps = np.diff(angles)
    assert steps[0] == pytest.approx(0.05 * 0.1 * 0.1, rel=1e-6)
    assert steps.max() == pytest.approx(0.08 * 0.1, rel=1e-6)
    assert angles[-1] == pytest.approx(math.pi / 2, abs=1e-6)
    assert max(angles) < math.pi / 2 + 1e-6


def test_an_error_drifts_by_bias_scale_and_gradient() -> None:
    still = np.array([MOON_RADIUS_M, 0.0, 0.0, 0.0, 0.0, 0.0, 1000.0])
    error, up, level = np.zeros(6), np.array([10.0, 0.0, 0.0, 0.0, 0.0, 0.0]), np.array([0.0, 10.0, 0.0, 0.0, 0.0, 0.0])
    for _ in range(1000):
        drift(error, still, 0.1, 500.0, np.array([0.0, 0.0, 1.0]), Inertial(np.array([0.0, 1e-3, 0.0]), 0.01))
        drift(up, still, 0.1, 0.0, AXIS, Inertial(np.zeros(3), 0.0))
        drift(level, still, 0.1, 0.0, AXIS, Inertial(np.zeros(3), 0.0))
    k = GM_MOON_M3_S2 / MOON_RADIUS_M**3
    assert error[1] == pytest.approx(0.5 * 1e-3 * 100.0**2, rel=2e-3)  # the gradient takes k t^2 / 12 of it
    assert error[5] == pytest.approx(0.01 * 0.5 * 100.0, rel=5e-3)
    assert up[0] == pytest.approx(10.0 * math.cosh(math.sqrt(2.0 * k) * 100.0), abs=1e-3)  # upwards it grows, sideways it swings
    assert level[1] == pytest.approx(10.0 * math.cos(math.sqrt(k) * 100.0), abs=1e-3)


def test_a_lag_closes_its_share() -> None:
    assert 1.0 - (1.0 - gain(0.1, 2.0)) ** 20 == pytest.approx(1.0 - math.exp(-1.0), abs=1e-12)
