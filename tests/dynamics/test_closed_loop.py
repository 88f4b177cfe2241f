"""The closed loop to the ground: places over a site, what the sensors do to the estimate, what guidance is given, how it ends."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from numba.extending import overload
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.dynamics.closed_loop import DRY, LANDED, TIME_OUT, Engine, Ground, Sensors, Turning, command, landing_loop, site_state
from farside.dynamics.world import World
from farside.environment.orientation import icrf_to_moon, rotation_rate
from farside.environment.terrain import Relief

Array = NDArray[np.float64]
EPOCH_S = 770729949.0
TIMES_S = {"altimeter_s": 5.0, "radar_s": 2.0, "image_s": 4.0}
BLIND = Sensors(**{**dict.fromkeys(Sensors._fields, -1.0), **TIMES_S, "bias_m_s2": np.zeros(3), "scale": 0.0})  # none works
UP, FORWARD, LEFT = np.array([0.6, 0.0, -0.8]), np.array([0.0, 1.0, 0.0]), np.array([0.8, 0.0, 0.6])
LEVEL = Ground(np.array([FORWARD, LEFT, UP]), MOON_RADIUS_M, Relief(-50.0, -50.0, 50.0, np.zeros((3, 3))), 0.0, np.zeros((0, 3)))


class Upright(NamedTuple):
    """Thrust straight up of a constant acceleration, or none: the least guidance there is. Its memory keeps what it was given."""

    acceleration_m_s2: float


@overload(command)
def _command(t, place, velocity, mass, height, memory, law, engine):  # type: ignore[no-untyped-def]
    if getattr(law, "instance_class", None) is Upright:

        def body(t, place, velocity, mass, height, memory, law, engine):  # type: ignore[no-untyped-def]
            for i in range(3):
                memory[1 + i], memory[4 + i] = place[i], velocity[i]
            memory[7] = height
            return 0.0, 0.0, law.acceleration_m_s2, law.acceleration_m_s2 > 0.0

        return body
    return None


def over(world: World, x_m: float, y_m: float, height_m: float, ground_velocity: tuple[float, float, float]) -> tuple[Array, Array]:
    """State (7,) about the Moon and unit vectors along, across, up (3, 3) of a place over the site, by the geometry of the sphere."""
    a, b = x_m / MOON_RADIUS_M, y_m / MOON_RADIUS_M
    level, along = math.cos(a) * UP + math.sin(a) * FORWARD, math.cos(a) * FORWARD - math.sin(a) * UP
    moon = np.array([along, math.cos(b) * LEFT - math.sin(b) * level, math.cos(b) * level + math.sin(b) * LEFT])
    units = moon @ icrf_to_moon(EPOCH_S, world.sky)
    r = (MOON_RADIUS_M + height_m) * units[2]
    v = np.cross(rotation_rate("moon", EPOCH_S, world.sky), r) + np.array(ground_velocity) @ units
    return np.array([*r, *v, 1000.0]), units


def flown(
    world: World,
    height_m: float = 100.0,
    acceleration: float = 0.0,
    steps: int = 300,
    error: Array | None = None,
    sensors: Sensors = BLIND,
    dry_kg: float = 900.0,
) -> tuple[int, Array, Array]:
    y, units = over(world, -30.0, 20.0, height_m, (0.0, 0.0, 0.0))
    memory = np.zeros(8)
    off = np.zeros(6) if error is None else np.concatenate([error[:3] @ units, error[3:] @ units])
    status, rows = landing_loop(
        EPOCH_S,
        y,
        units[2],
        off,
        memory,
        0.1,
        steps,
        dry_kg,
        Upright(acceleration),
        Engine(100.0, 5000.0, 3000.0, 0.2),
        Turning(0.1, 0.1),
        sensors,
        LEVEL,
        world.forces("moon"),
        np.zeros((steps + 1, 6)),
    )
    return status, rows, memory


def test_a_place_over_the_site_is_that_of_the_sphere(world: World) -> None:
    y, units = over(world, -400e3, 30e3, 12e3, (1500.0, -20.0, -7.0))
    place, velocity, *axes = site_state(EPOCH_S, y, world.forces("moon"), LEVEL)
    assert np.allclose(place, (-400e3, 30e3, 12e3), atol=1e-6)
    assert np.allclose(velocity, (1500.0, -20.0, -7.0), atol=1e-9)
    assert np.allclose(axes, units, atol=1e-14)


def test_without_thrust_it_falls(world: World) -> None:
    status, rows, _ = flown(world)
    seconds = math.sqrt(2.0 * 100.0 / (GM_MOON_M3_S2 / MOON_RADIUS_M**2))
    assert status == LANDED
    assert abs(rows[-1, 0] - EPOCH_S - seconds) < 0.2  # two steps: a row a step, and 3e-4 of gravity are the Moon's figure
    assert rows[-1, 19] <= 0.0 < rows[-2, 19]
    assert rows[-1, 7] == 1000.0


def test_it_ends_dry_or_by_the_clock(world: World) -> None:
    status, rows, _ = flown(world, acceleration=2.0, dry_kg=990.0)
    assert status == DRY
    assert 0.0 <= rows[-1, 7] - 990.0 < 0.1  # kg: what a step burns
    status, rows, _ = flown(world, acceleration=2.0, steps=50)
    assert status == TIME_OUT
    assert len(rows) == 51


def test_guidance_is_given_the_estimate(world: World) -> None:
    _, _, memory = flown(world, acceleration=2.0, steps=1, error=np.array([5.0, -3.0, 2.0, 0.1, 0.2, -0.3]))
    assert np.allclose(memory[1:4], (-25.0, 17.0, 102.0), atol=1e-3)  # metres; 100 m over a sphere of 1737 km
    assert np.allclose(memory[4:7], (0.1, 0.2, -0.3), atol=1e-4)  # m/s; a metre aside turns the axes by 6e-7
    assert memory[7] == memory[3]  # below no altimeter's reach the height is the estimate's


@pytest.mark.parametrize(
    ("sensor", "below", "time_constant", "places"),
    [
        ("altimeter", "altimeter_below_m", 5.0, (2,)),
        ("radar", "radar_below_m", 2.0, (3, 4, 5)),
        ("image", "image_below_m", 4.0, (0, 1)),
    ],
)
def test_a_sensor_pulls_its_part_of_the_error_in(
    world: World, sensor: str, below: str, time_constant: float, places: tuple[int, ...]
) -> None:
    """In 50 steps of 0.1 s: by the exponential of five seconds over its time constant, and the rest of the error stays."""
    begun = np.array([5.0, -3.0, 2.0, 0.0, 0.0, 0.0]) if sensor != "radar" else np.array([0.0, 0.0, 0.0, 0.1, 0.2, -0.3])
    _, rows, _ = flown(world, steps=50, error=begun, sensors=BLIND._replace(**{below: 1e3}))
    _, units = over(world, -30.0, 20.0, 0.0, (0.0, 0.0, 0.0))
    left = np.concatenate([units @ rows[-1, 13:16], units @ rows[-1, 16:19]])
    share = math.exp(-5.0 / time_constant)
    for i in (3, 4, 5) if sensor == "radar" else (0, 1, 2):
        assert left[i] == pytest.approx(begun[i] * (share if i in places else 1.0), abs=2e-4)  # the gravity gradient adds 1e-4 m
