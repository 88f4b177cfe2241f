"""The transfer: every side of the Moon is hit, in both senses of orbit, and what cannot be is refused with a reason."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farside.basis.constants import EARTH_RADIUS_M, GM_EARTH_M3_S2, GM_MOON_M3_S2
from farside.basis.twobody import angle_between, arrival, impact_parameter, kepler, unit
from farside.dynamics.world import World, apsis, coast
from farside.guidance.command import after_burn
from farside.guidance.passage import PeriluneGoal
from farside.planning import transfer
from farside.planning.lunar_plane import PlanError
from farside.planning.road import RoadGoal
from farside.planning.transfer import insertion, plan_transfer


def goal_at(road: RoadGoal, degrees: float) -> PeriluneGoal:
    return PeriluneGoal(road.capture_s + 180.0, road.perilune_m, math.radians(degrees))


@pytest.mark.parametrize("degrees", range(0, 360, 45))
def test_all_round_the_moon_from_a_cold_start(world6: World, road6: RoadGoal, degrees: int) -> None:
    """Prograde (0), over the north or south pole (90 and 270), retrograde (180): as asked, not the other way round."""
    goal = goal_at(road6, degrees)
    found = plan_transfer(world6, road6.launch, road6.ship.launcher, goal)
    end = after_burn(world6, found.insertion, found.command, road6.ship.launcher)
    perilune = coast(world6, end, goal.epoch_s + 86400.0, apsis(True), center="moon").point
    assert perilune.epoch_s == pytest.approx(goal.epoch_s, abs=0.2)
    assert float(np.linalg.norm(perilune.r_m)) == pytest.approx(goal.radius_m, abs=500.0)
    pole = world6.moon_me(goal.epoch_s)[2]
    seen = arrival(perilune.r_m, perilune.v_m_s, GM_MOON_M3_S2, pole)
    size = impact_parameter(goal.radius_m, seen.excess_m_s, GM_MOON_M3_S2)
    miss = math.hypot(seen.b_t_m - size * math.cos(goal.angle_rad), seen.b_r_m - size * math.sin(goal.angle_rad))
    assert miss < 50.0, "metres in the B-plane"
    sense = float(pole @ unit(np.cross(perilune.r_m, perilune.v_m_s)))
    assert sense * math.cos(goal.angle_rad) > 0.0 or abs(math.cos(goal.angle_rad)) < 1e-9
    assert (perilune.y == found.perilune.y).all()
    assert 600.0 < seen.excess_m_s < 1100.0, "an ordinary transfer, not one that falls at the Moon"


@pytest.mark.parametrize("degrees", [10, 170])
def test_the_near_side_mission_too(world5: World, road5: RoadGoal, degrees: int) -> None:
    goal = goal_at(road5, degrees)
    found = plan_transfer(world5, road5.launch, road5.ship.launcher, goal)
    pole = world5.moon_me(goal.epoch_s)[2]
    assert (float(pole @ np.cross(found.perilune.r_m, found.perilune.v_m_s)) > 0.0) == (degrees == 10)


@given(st.floats(-0.5, 0.5))
@settings(max_examples=5)
def test_a_neighbour_leads_to_the_same_answer(world6: World, road6: RoadGoal, turn: float) -> None:
    goal = goal_at(road6, 180.0)
    near = plan_transfer(world6, road6.launch, road6.ship.launcher, replace(goal, angle_rad=goal.angle_rad + turn))
    warm = plan_transfer(world6, road6.launch, road6.ship.launcher, goal, near)
    cold = plan_transfer(world6, road6.launch, road6.ship.launcher, goal)
    assert warm.command.delta_v_m_s == pytest.approx(cold.command.delta_v_m_s, abs=1e-3)
    assert warm.azimuth_rad == pytest.approx(cold.azimuth_rad, abs=1e-6)


@pytest.mark.parametrize("hours", [-24.0, 24.0, 48.0])
def test_other_arrival_epochs(world6: World, road6: RoadGoal, hours: float) -> None:
    goal = replace(goal_at(road6, 180.0), epoch_s=road6.capture_s + 3600.0 * hours)
    found = plan_transfer(world6, road6.launch, road6.ship.launcher, goal)
    assert found.perilune.epoch_s == pytest.approx(goal.epoch_s, abs=0.2)
    assert 3130.0 < found.command.delta_v_m_s < 3180.0


def test_the_parking_orbit_begins_downrange_of_the_pad_and_holds_it(world6: World, road6: RoadGoal) -> None:
    """The plane holds the site's direction at liftoff; the azimuth is clockwise from north; the orbit is circular."""
    launch, azimuth = replace(road6.launch, flown=None), math.radians(100.0)
    point = insertion(world6, launch, azimuth)
    assert angle_between(point.r_m, launch.site_icrf) == pytest.approx(launch.downrange_rad, abs=1e-12)
    normal = unit(np.cross(point.r_m, point.v_m_s))
    assert float(normal @ launch.site_icrf) == pytest.approx(0.0, abs=1e-14)
    pole = world6.earth_pole(launch.insertion_s)
    latitude = math.asin(float(pole @ launch.site_icrf))
    assert float(normal @ pole) == pytest.approx(math.cos(latitude) * math.sin(azimuth), abs=1e-12)  # cos i = cos latitude sin azimuth
    assert float(np.cross(launch.site_icrf, point.r_m) @ normal) > 0.0, "ahead, not behind"
    assert float(point.r_m @ point.v_m_s) == pytest.approx(0.0, abs=1e-3)
    assert float(np.linalg.norm(point.v_m_s)) == pytest.approx(math.sqrt(GM_EARTH_M3_S2 / launch.radius_m), rel=1e-12)
    assert point.mass_kg == launch.mass_kg and point.epoch_s == launch.insertion_s


def test_the_seed_is_an_ellipse_that_is_near_the_moon_in_time(world6: World, road6: RoadGoal) -> None:
    perilune_s = road6.capture_s
    azimuth, impulse_s, delta_v = transfer.seed(world6, road6.launch, perilune_s)
    radius = road6.launch.radius_m
    speed = math.sqrt(GM_EARTH_M3_S2 / radius)
    r, _ = kepler(np.array([radius, 0.0, 0.0]), np.array([0.0, speed + delta_v, 0.0]), perilune_s - impulse_s, GM_EARTH_M3_S2)
    assert float(np.linalg.norm(r)) == pytest.approx(float(np.linalg.norm(world6.moon(perilune_s)[:3])), rel=0.05)
    assert road6.launch.azimuth_min_rad < azimuth < road6.launch.azimuth_max_rad
    assert 0.0 < impulse_s - road6.launch.insertion_s < 2.0 * math.pi * radius / speed, "within the first revolution"
    assert radius > EARTH_RADIUS_M


def test_an_azimuth_that_is_not_allowed_is_told(world6: World, road6: RoadGoal) -> None:
    launch = replace(road6.launch, azimuth_max_rad=math.radians(95.0))
    with pytest.raises(PlanError, match=r"launch azimuth must be 103\.\d\d deg, allowed are 70\.0 to 95\.0 deg; another liftoff time"):
        plan_transfer(world6, launch, road6.ship.launcher, goal_at(road6, 180.0))


def test_an_engine_that_is_too_weak_is_told(world6: World, road6: RoadGoal) -> None:
    weak = replace(road6.ship.launcher, thrust_n=30e3)
    with pytest.raises(PlanError, match=r"transfer: .*(B-plane|perilune epoch).* trajectories tried; another launch epoch, arrival epoch"):
        plan_transfer(world6, road6.launch, weak, goal_at(road6, 180.0))


def test_an_arrival_before_the_launch_could_get_there_is_told(world6: World, road6: RoadGoal) -> None:
    """Six hours to the Moon."""
    with pytest.raises(PlanError, match=r"transfer: .* trajectories tried"):
        plan_transfer(
            world6, road6.launch, road6.ship.launcher, PeriluneGoal(road6.launch.insertion_s + 6.0 * 3600.0, road6.perilune_m, math.pi)
        )
