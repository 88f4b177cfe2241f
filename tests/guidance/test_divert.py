"""The divert's law on a way down from the Moon: the gradient, the perigee that is flown, what is cheaper, what cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.constants import GM_EARTH_M3_S2, WGS84_RADIUS_M
from farside.basis.roots import secant
from farside.basis.twobody import cross, unit
from farside.craft.module import Engine
from farside.dynamics import propagate as p
from farside.dynamics.world import Point, World, apsis, burn_seconds, coast
from farside.guidance.command import Command, after_burn, fixed
from farside.guidance.divert import divert, height, perigee_gradient, perigee_height
from farside.guidance.entry import perigee_of
from farside.guidance.lunar import GuidanceError

Array = NDArray[np.float64]
ENGINE = Engine("main", 3000.0, 312.0)
EPOCH_S, RADIUS_M = 770729949.0, 11.378e6


def coming_down(perigee_m: float = 6.43e6, eccentricity: float = 0.97) -> Point:
    """A craft of 1.5 t, 5000 km up, on the way down an ellipse whose perigee has that radius, in a plane that leans by 40 deg."""
    h = math.sqrt(GM_EARTH_M3_S2 * perigee_m * (1.0 + eccentricity))
    across = h / RADIUS_M
    down = math.sqrt(2.0 * GM_EARTH_M3_S2 / RADIUS_M - GM_EARTH_M3_S2 * (1.0 - eccentricity) / perigee_m - across**2)
    c, s = math.cos(math.radians(40.0)), math.sin(math.radians(40.0))
    return Point("earth", EPOCH_S, np.array([RADIUS_M, 0.0, 0.0, -down, c * across, s * across, 1500.0]))


@given(
    st.tuples(*[st.floats(-1.0, 1.0)] * 3).filter(lambda way: math.hypot(*way[1:]) > 0.1 and abs(way[0]) > 0.1),
    st.floats(3e3, 11e3),
)
def test_the_gradient_is_that_of_differences(way: tuple[float, float, float], speed_m_s: float) -> None:
    """On ellipses and hyperbolas, to a ten-thousandth of its length; at an apsis, and on a circle, it vanishes or has no direction."""
    r, v = np.array([RADIUS_M, 0.0, 0.0]), speed_m_s * unit(np.array(way))
    at, step = perigee_gradient(r, v), 0.05
    differences = [(perigee_of(r, v + step * axis)[0] - perigee_of(r, v - step * axis)[0]) / (2.0 * step) for axis in np.eye(3)]
    assert np.linalg.norm(at - differences) < 1e-4 * np.linalg.norm(at)


def flown_perigee_m(world: World, known: Point, command: Command) -> float:
    """The height of the perigee that a commanded burn leads to, by the height of every kilometre around it."""
    end = after_burn(world, known, command, ENGINE)
    at = coast(world, end, end.epoch_s + 86400.0, apsis(True))
    assert at.status == p.STOPPED
    return min(height(world, coast(world, at.point, at.point.epoch_s + seconds).point) for seconds in np.linspace(-20.0, 20.0, 81))


@pytest.mark.parametrize("perigee_m", [160e3, 200e3, 400e3])
@pytest.mark.parametrize("wait_s", [0.0, 300.0])
def test_it_leads_to_the_perigee_asked_for(world: World, perigee_m: float, wait_s: float) -> None:
    known = coming_down()
    command = divert(world, known, ENGINE, known.epoch_s + wait_s, perigee_m)
    assert command is not None and command.ignition_s == known.epoch_s + wait_s
    assert flown_perigee_m(world, known, command) == pytest.approx(perigee_m, abs=100.0)  # the ellipsoid is nearest beside the apsis


def test_an_impulse_would_cost_about_as_much(world: World) -> None:
    """Half a minute of thrust, falling at 6 km/s: the burn is made 100 km lower in the mean, where it moves the perigee by less."""
    known = coming_down()
    command = divert(world, known, ENGINE, known.epoch_s, 180e3)
    assert command is not None
    lacking = 180e3 - perigee_height(world, known)
    impulse = lacking / np.linalg.norm(perigee_gradient(known.r_m, known.v_m_s))
    assert impulse < command.delta_v_m_s < 1.05 * impulse


def test_any_other_direction_costs_more(world: World) -> None:
    """Turned by five degrees in the plane or out of it; the cosine of that is 0.4 %."""
    known = coming_down()
    command = divert(world, known, ENGINE, known.epoch_s + 60.0, 180e3)
    assert command is not None
    start, way = coast(world, known, command.ignition_s).point, np.array(command.steering.axis)
    across = unit(cross(start.r_m, start.v_m_s))

    def price(direction: Array) -> float:
        def miss(delta_v: float) -> float:
            end = after_burn(world, start, Command(command.ignition_s, delta_v, fixed(direction, command.ignition_s)), ENGINE)
            return perigee_height(world, end) - 180e3

        return secant(miss, command.delta_v_m_s, 1.01 * command.delta_v_m_s, 1.0)[0]

    for aside in (across, -across, cross(across, way), -cross(across, way)):
        turned = math.cos(math.radians(5.0)) * way + math.sin(math.radians(5.0)) * aside
        assert 1.001 < price(turned) / command.delta_v_m_s < 1.01


def test_the_longer_it_waits_the_dearer(world: World) -> None:
    known = coming_down()
    commands = [divert(world, known, ENGINE, known.epoch_s + wait_s, 180e3) for wait_s in (0.0, 120.0, 240.0, 480.0)]
    sizes = [command.delta_v_m_s for command in commands if command is not None]
    assert len(sizes) == 4 and sizes == sorted(sizes)


def test_a_craft_that_passes_higher_anyway_burns_nothing(world: World) -> None:
    known = coming_down(perigee_m=WGS84_RADIUS_M + 300e3)
    assert divert(world, known, ENGINE, known.epoch_s, 180e3) is None


@pytest.mark.parametrize("perigee_m", [6.0e6, 6.37e6])
def test_one_that_would_strike_the_earth_is_brought_past_it(world: World, perigee_m: float) -> None:
    known = coming_down(perigee_m)
    assert perigee_height(world, known) < 0.0
    command = divert(world, known, ENGINE, known.epoch_s, 180e3)
    assert command is not None
    assert flown_perigee_m(world, known, command) == pytest.approx(180e3, abs=100.0)


@pytest.mark.parametrize("thrust_n", [3000.0, 100.0])
def test_too_late_or_too_weak_says_what_would_do(world: World, thrust_n: float) -> None:
    """Two minutes before the perigee, or with a thrust that takes an hour."""
    known, engine = coming_down(), Engine("main", thrust_n, 312.0)
    late_s = 1140.0 if thrust_n > 1000.0 else 0.0
    with pytest.raises(GuidanceError, match=r"divert: the perigee .*; a shorter wait or more thrust would do"):
        divert(world, known, engine, known.epoch_s + late_s, 180e3)


def test_how_long_the_burn_of_change6_takes(world: World) -> None:
    """Three kilonewtons on a tonne and a half: 2 m/s2, so that 85 m/s take some 40 s."""
    known = coming_down()
    command = divert(world, known, ENGINE, known.epoch_s + 30.0, 180e3)
    assert command is not None
    assert burn_seconds(known.mass_kg, command.delta_v_m_s, ENGINE.thrust_n, ENGINE.exhaust_speed_m_s) == pytest.approx(42.0, abs=8.0)
