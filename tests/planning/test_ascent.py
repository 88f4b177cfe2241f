"""The plan of an ascent: the orbiter's plane at insertion, the price of the way there, what cannot be."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from farside.basis.axes import from_planetocentric
from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.twobody import angle_between, cross, turned, unit
from farside.craft.module import Landed
from farside.dynamics.closed_loop import Engine, Turning
from farside.dynamics.world import Point, World, coast
from farside.guidance.command import vector
from farside.planning.ascent import Ascender, AscentPlan, perilune_speed, plan_ascent
from farside.planning.lunar_plane import PlanError

Array = NDArray[np.float64]
LIFT_OFF_S = 770729949.0  # of Chang'e-6, to a second
EXHAUST_M_S = 312.0 * 9.80665
SITE_M = np.array(from_planetocentric(math.radians(-41.6385), math.radians(206.0148), -5256.0, MOON_RADIUS_M))
ASCENDER = Ascender(785.0, 10.0, Engine(3000.0, 3000.0, EXHAUST_M_S, 0.1), Turning(math.radians(5.0), math.radians(3.0)))
LOW, HIGH = MOON_RADIUS_M + 15e3, MOON_RADIUS_M + 180e3


def orbiter(world: World, off_rad: float = 0.0, westward: bool = True) -> Point:
    """A circle at 200 km, an hour before lift-off, whose plane passes the site at that angle when it lifts off."""
    up = unit(world.moon_me(LIFT_OFF_S).T @ SITE_M)
    east = unit(cross(world.moon_me(LIFT_OFF_S)[2], up))
    along = turned(-east if westward else east, up, 0.2)
    normal = unit(cross(up, along))
    r = turned(up, along, off_rad) * (MOON_RADIUS_M + 200e3)
    normal = turned(normal, along, off_rad)
    v = math.sqrt(GM_MOON_M3_S2 / float(np.linalg.norm(r))) * unit(cross(normal, r))
    return coast(world, Point("moon", LIFT_OFF_S, np.array([*r, *v, 2000.0])), LIFT_OFF_S - 3600.0).point


def planned(world: World, point: Point, ascender: Ascender = ASCENDER) -> AscentPlan:
    return plan_ascent(world, Landed("moon", vector(SITE_M), "landing"), LIFT_OFF_S, point, ascender, LOW, HIGH)


def test_the_target_is_the_orbiters_plane_at_insertion(world: World) -> None:
    plan = planned(world, orbiter(world))
    there = coast(world, orbiter(world), plan.insertion_s).point
    assert angle_between(cross(there.r_m, there.v_m_s), np.array(plan.normal)) < 5e-6  # rad: five seconds of 0.8 deg a day and more
    assert plan.speed_m_s == pytest.approx(perilune_speed(LOW, HIGH)) == pytest.approx(1709.8, abs=0.1)  # two-body, by hand


def test_mass_and_velocity_change_belong_together(world: World) -> None:
    plan = planned(world, orbiter(world))
    assert plan.delta_v_m_s == pytest.approx(EXHAUST_M_S * math.log(785.0 / (785.0 - plan.propellant_kg)))
    assert plan.propellant_kg == pytest.approx(plan.duration_s * 3000.0 / EXHAUST_M_S, abs=1.0)  # the tail-off lasts one second


def test_the_turning_ground_helps_one_way_and_hinders_the_other(world: World) -> None:
    """Eastward the ground gives what it takes westward: twice 3.45 m/s at that latitude, less what points across."""
    west, east = (planned(world, orbiter(world, westward=w)).delta_v_m_s for w in (True, False))
    assert west - east == pytest.approx(2.0 * 3.45, abs=1.5)


def test_a_place_in_the_plane_has_no_price_and_the_price_goes_with_the_square(world: World) -> None:
    none, one, two = (planned(world, orbiter(world, math.radians(off))) for off in (0.0, 0.5, 1.0))
    assert abs(none.out_of_plane_rad) < math.radians(0.01)  # the plane turns by thousandths between lift-off and insertion
    assert none.plane_price_m_s < 0.05
    assert one.out_of_plane_rad == pytest.approx(math.radians(0.5), abs=math.radians(0.01))
    assert 3.0 < two.plane_price_m_s / one.plane_price_m_s < 5.0
    # Half a degree is 15 km; over some 310 km of way the velocity is turned by less than a tenth.
    assert 3.0 < one.plane_price_m_s < 15.0


def test_more_mass_takes_longer_and_more_thrust_takes_less(world: World) -> None:
    point = orbiter(world)
    base, heavy = planned(world, point), planned(world, point, replace(ASCENDER, mass_kg=830.0))
    strong = planned(world, point, replace(ASCENDER, engine=ASCENDER.engine._replace(thrust_min_n=3300.0, thrust_max_n=3300.0)))
    assert heavy.duration_s > base.duration_s > strong.duration_s
    assert heavy.delta_v_m_s > base.delta_v_m_s > strong.delta_v_m_s


def test_an_engine_too_weak_is_refused_with_what_would_do(world: World) -> None:
    with pytest.raises(PlanError, match=r"3000 N do not lift 2000 kg, which weigh 32\d\d N there; less than 18\d\d kg would do"):
        planned(world, orbiter(world), replace(ASCENDER, mass_kg=2000.0))


def test_an_orbit_that_cannot_be_reached_is_refused(world: World) -> None:
    weak = replace(ASCENDER, engine=Engine(3000.0, 3000.0, 60.0 * 9.80665, 0.1))
    with pytest.raises(PlanError, match="less mass, more thrust or a plane nearer"):
        planned(world, orbiter(world), weak)
