"""Commands: directions that turn as they should, and burns that change the velocity by what was commanded."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import angle_between
from farside.craft.module import Engine
from farside.dynamics.world import Point, World, coast
from farside.guidance import command as c

Array = NDArray[np.float64]
START_S = tdb_from_utc("2024-05-20T00:00:00Z")
MAIN = Engine("main", 3000.0, 312.0)
CIRCLE = Point("moon", START_S, np.array([1.94e6, 0.0, 0.0, 0.0, 1000.0, 1236.0, 2000.0]))

DIRECTIONS = st.tuples(st.floats(-1.0, 1.0), st.floats(-math.pi, math.pi)).map(
    lambda z: np.array([math.sqrt(1.0 - z[0] ** 2) * math.cos(z[1]), math.sqrt(1.0 - z[0] ** 2) * math.sin(z[1]), z[0]])
)


@given(DIRECTIONS, st.floats(0.1, 1e3), st.floats(-1e4, 1e4))
def test_fixed_steering_holds_its_direction(way: Array, size: float, after: float) -> None:
    steering = c.fixed(size * way, START_S)
    assert steering.direction(START_S + after) == pytest.approx(way, abs=1e-15)
    assert np.dot(steering.axis, steering.toward) == pytest.approx(0.0, abs=1e-15)


@given(DIRECTIONS, DIRECTIONS, st.floats(10.0, 2000.0))
def test_a_sweep_begins_and_ends_where_it_was_told(first: Array, last: Array, seconds: float) -> None:
    if not 1e-6 < angle_between(first, last) < math.pi - 1e-6:
        return
    steering = c.sweep(3.0 * first, START_S, 7.0 * last, START_S + seconds)
    assert steering.direction(START_S) == pytest.approx(first, abs=1e-14)
    assert steering.direction(START_S + seconds) == pytest.approx(last, abs=1e-8)
    half = steering.direction(START_S + 0.5 * seconds)
    assert angle_between(first, half) == pytest.approx(angle_between(half, last), abs=1e-7), "evenly"


@pytest.mark.parametrize("delta_v_m_s", [250.0, -250.0])
def test_a_burn_along_the_velocity_is_centred_and_turns_with_it(world: World, delta_v_m_s: float) -> None:
    centre_s = START_S + 2000.0
    command = c.along_velocity(world, CIRCLE, centre_s, delta_v_m_s, MAIN)
    seconds = c.burn_seconds(CIRCLE, command, MAIN)
    assert command.delta_v_m_s == 250.0
    assert command.ignition_s + 0.5 * seconds == pytest.approx(centre_s, abs=1e-3)
    for epoch in (command.ignition_s, centre_s, command.ignition_s + seconds):
        velocity = coast(world, CIRCLE, epoch).point.v_m_s * math.copysign(1.0, delta_v_m_s)
        # The ends are on the velocity, which between them does not turn quite evenly about one axis.
        assert angle_between(command.steering.direction(epoch), velocity) < 2e-4


def test_what_is_flown_is_what_was_commanded(world: World) -> None:
    command = c.along_velocity(world, CIRCLE, START_S + 2000.0, -200.0, MAIN)
    before, after = c.fly(world, CIRCLE, command, MAIN, keep=True)
    assert before.point.epoch_s == command.ignition_s and before.point.mass_kg == CIRCLE.mass_kg
    sensed = MAIN.exhaust_speed_m_s * math.log(CIRCLE.mass_kg / after.point.mass_kg)
    assert sensed == pytest.approx(200.0, rel=1e-9)  # the cut-off epoch resolves 0.12 microseconds
    assert (after.point.y == c.after_burn(world, CIRCLE, command, MAIN).y).all()
    speed = [float(np.linalg.norm(at.v_m_s)) for at in (before.point, after.point)]
    assert speed[0] - speed[1] == pytest.approx(200.0, abs=2.0), "braking in a circle, less what gravity gives back"


@given(DIRECTIONS, DIRECTIONS)
def test_local_axes_are_along_across_and_outward(place: Array, way: Array) -> None:
    if angle_between(place, way) < 0.01 or angle_between(place, -way) < 0.01:
        return
    axes = c.local_axes(Point("moon", START_S, np.array([*2e6 * place, *1500.0 * way, 1.0])))
    assert np.abs(axes @ axes.T - np.eye(3)).max() < 1e-12
    assert axes[0] == pytest.approx(way, abs=1e-12)
    assert float(axes[1] @ place) == pytest.approx(0.0, abs=1e-12)
    assert float(axes[2] @ place) > 0.0 or angle_between(place, way) < 0.02, "outward"
