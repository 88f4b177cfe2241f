"""The closed loop from the ground into an orbit: its truth against another integrator, its estimate, its ends."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numba
import numpy as np
import pytest
from numba.extending import overload
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.dynamics.closed_loop import DRY, LANDED, TIME_OUT, Engine, Turning
from farside.dynamics.forces import gravity
from farside.dynamics.insertion import INSERTED, Inertial, insertion_loop, steering
from farside.dynamics.world import World

Array = NDArray[np.float64]
EPOCH_S = 770729949.0
EXHAUST_M_S = 312.0 * 9.80665
QUICK = Turning(math.radians(5.0), math.radians(3.0))
PERFECT = Inertial(np.zeros(3), 0.0)


# The laws of tests stay out of the cache on disk: another process cannot read an index that names a test's type.
UNCACHED = numba.njit(nogil=True, error_model="numpy")(insertion_loop.py_func)


class Slanted(NamedTuple):
    """Thrust in one direction for so many seconds: the least guidance there is."""

    direction: tuple[float, float, float]
    begun_s: float
    burn_s: float
    step_s: float


@overload(steering)
def _steering(t, place, velocity, sensed, memory, law):  # type: ignore[no-untyped-def]
    if getattr(law, "instance_class", None) is Slanted:

        def body(t, place, velocity, sensed, memory, law):  # type: ignore[no-untyped-def]
            memory[1:4] = np.array(place)
            memory[4:7] = np.array(sensed)
            x, y, z = law.direction
            return x, y, z, max(0.0, min(1.0, (law.begun_s + law.burn_s - t) / law.step_s))

        return body
    return None


def flown(
    world: World,
    thrust_n: float = 3000.0,
    burn_s: float = 60.03,
    error: Array | None = None,
    inertial: Inertial = PERFECT,
    dry_kg: float = 400.0,
    seconds: float = 100.0,
    lag_s: float = 0.2,
) -> tuple[int, Array, Array]:
    memory = np.zeros(7)
    status, rows = UNCACHED(
        EPOCH_S,
        np.array([MOON_RADIUS_M, 0.0, 0.0, 0.0, 3.0, 0.0, 800.0]),
        np.array([1.0, 0.0, 0.0]),
        np.zeros(6) if error is None else error,
        memory,
        0.1,
        round(seconds / 0.1),
        dry_kg,
        Slanted((0.8, 0.6, 0.0), EPOCH_S, burn_s, 0.1),
        Engine(thrust_n, thrust_n, EXHAUST_M_S, lag_s),
        QUICK,
        inertial,
        world.forces("moon"),
    )
    return status, rows, memory


def test_another_integrator_ends_where_the_history_says(world: World) -> None:
    status, rows, _ = flown(world)
    forces, y = world.forces("moon"), rows[0, 1:8]
    for early, late in itertools.pairwise(rows):

        def rate(t: float, y: Array, held: Array = late) -> Array:
            push = held[8] * held[9:12] / y[6]
            return np.array([*y[3:6], *(np.array(gravity(t, y, forces)) + push), -held[8] / EXHAUST_M_S])

        y = solve_ivp(rate, (early[0], late[0]), y, method="DOP853", rtol=1e-12, atol=1e-9).y[:, -1]
    assert status == INSERTED
    assert np.linalg.norm(y[:3] - rows[-1, 1:4]) < 1e-5  # Runge-Kutta at 0.1 s
    assert np.linalg.norm(y[3:6] - rows[-1, 4:7]) < 1e-6
    assert abs(y[6] - rows[-1, 7]) < 1e-6


def test_a_cut_off_is_not_rounded_to_the_step(world: World) -> None:
    used = [rows[0, 7] - rows[-1, 7] for _, rows, _ in (flown(world, burn_s=s) for s in (60.0, 60.03, 60.06))]
    flow = 3000.0 / EXHAUST_M_S
    assert np.allclose(
        np.diff(used), 0.03 * flow, atol=2e-5
    )  # kg: three hundredths of a second each; what is cut at 1e-4 of the thrust is the rest
    assert abs(used[0] - 60.0 * flow) < 1e-3  # what the lag holds back at ignition comes after the cut-off, but for 1e-4 of the thrust


def test_the_axis_turns_within_its_limits(world: World) -> None:
    _, rows, _ = flown(world)
    axes = rows[:, 9:12]
    step = np.arccos(np.clip(np.sum(axes[1:] * axes[:-1], axis=1), -1.0, 1.0)) / 0.1
    assert step.max() < QUICK.rate_rad_s * (1.0 + 1e-6)
    assert np.diff(step[:10]).max() < 0.1 * QUICK.acceleration_rad_s2 * (1.0 + 1e-6)
    assert np.allclose(axes[-1], (0.8, 0.6, 0.0), atol=1e-6)


def test_guidance_is_given_the_estimate_and_the_reading(world: World) -> None:
    error = np.array([50.0, -30.0, 20.0, 0.0, 0.0, 0.0])
    inertial = Inertial(np.array([1e-3, 0.0, 0.0]), 0.01)
    _, rows, memory = flown(world, error=error, inertial=inertial)
    # At the last call the engine is out: the accelerometers read their bias, the place is the truth and its error.
    assert np.allclose(memory[1:4], rows[-1, 1:4] + rows[-1, 13:16], atol=1e-6)
    assert np.allclose(memory[4:7], inertial.bias_m_s2, atol=1e-3 * 4.0)


def test_the_error_grows_by_bias_and_gravity_gradient(world: World) -> None:
    _, rows, _ = flown(world, error=np.array([100.0, 0.0, 0.0, 0.0, 0.0, 0.0]))
    k, t = 2.0 * GM_MOON_M3_S2 / MOON_RADIUS_M**3, rows[-1, 0] - rows[0, 0]
    assert abs(rows[-1, 13] - 100.0 * math.cosh(math.sqrt(k) * t)) < 0.05  # m; upwards an error grows as cosh, and the craft climbs
    _, rows, _ = flown(world, inertial=Inertial(np.array([0.0, 1e-3, 0.0]), 0.0))
    assert abs(rows[-1, 17] - 1e-3 * t) < 1e-3 * t * 0.01  # m/s; the gradient takes half a per cent of it


@pytest.mark.parametrize(
    ("status", "told"),
    [(DRY, {"dry_kg": 780.0}), (LANDED, {"thrust_n": 1000.0}), (TIME_OUT, {"seconds": 30.0}), (INSERTED, {})],
)
def test_it_ends_for_one_of_four_reasons(world: World, status: int, told: dict[str, float]) -> None:
    ended, rows, _ = flown(world, **told)  # type: ignore[arg-type]
    assert ended == status
    assert rows[-1, 7] >= 400.0
    if status == DRY:
        assert 0.0 <= rows[-1, 7] - 780.0 < 0.1  # kg: what a step burns
    if status == LANDED:
        assert -2.0 < rows[-1, 19] < -1.0  # m under the level left from
