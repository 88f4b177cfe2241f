"""The lunar plane serves the site twice, with the node's drift flown, not assumed; in both senses, for sites anywhere."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.constants import MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import unit
from farside.dynamics.world import Point, World, coast
from farside.planning.lunar_plane import LandingGoal, LunarPlane, PlanError, out_of_plane, over_site, plan_lunar_plane, site_direction
from farside.planning.road import RoadGoal

Array = NDArray[np.float64]
DAY_S = 86400.0


def landing(road: RoadGoal) -> LandingGoal:
    assert road.lunar is not None
    return road.lunar.landing


def planned(world: World, goal: LandingGoal, days_before: float = 1.0, altitude_m: float = 2e5) -> LunarPlane:
    return plan_lunar_plane(world, goal, altitude_m, goal.touchdown_s - days_before * DAY_S, 6350.0)


def node_and_inclination(world: World, point: Point, axes_s: float) -> tuple[float, float]:
    """Of the orbit's plane, to the lunar equator frozen at an epoch [deg]."""
    normal = world.moon_me(axes_s) @ unit(np.cross(point.r_m, point.v_m_s))
    return math.degrees(math.atan2(normal[0], -normal[1])) % 360.0, math.degrees(math.acos(normal[2]))


@pytest.fixture(scope="module")
def plane6(world6: World, road6: RoadGoal) -> LunarPlane:
    return planned(world6, landing(road6), 20.0)


def test_the_inclination_of_change6(plane6: LunarPlane) -> None:
    """Retrograde, osculating at touchdown: 137.85 deg, found independently before this code was written."""
    assert math.degrees(plane6.inclination_rad) == pytest.approx(137.85, abs=0.05)
    assert math.pi < plane6.azimuth_rad < 2.0 * math.pi, "heading west"


def test_the_site_is_in_the_plane_at_touchdown_and_at_lift_off(world6: World, road6: RoadGoal, plane6: LunarPlane) -> None:
    goal = landing(road6)
    for epoch in (goal.touchdown_s, goal.lift_off_s):
        at = coast(world6, plane6.over_site, epoch).point
        assert abs(math.degrees(out_of_plane(world6, at, goal.site_moon_me))) < 0.01


def test_a_frozen_node_would_be_another_plane_and_miss(world6: World, road6: RoadGoal) -> None:
    """The plane through the site's two directions is 137.55 deg; flown, its node drifts and leaves the site 0.6 deg aside, 19 km."""
    goal = landing(road6)
    first, last = (site_direction(world6, goal.site_moon_me, epoch) for epoch in (goal.touchdown_s, goal.lift_off_s))
    normal = unit(np.cross(first, last))
    normal = normal if normal @ world6.moon_me(goal.touchdown_s)[2] < 0.0 else -normal
    assert math.degrees(math.acos(normal @ world6.moon_me(goal.touchdown_s)[2])) == pytest.approx(137.55, abs=0.05)
    speed = float(np.linalg.norm(over_site(world6, goal, MOON_RADIUS_M + 2e5, 0.0, 1.0).v_m_s))
    frozen = Point("moon", goal.touchdown_s, np.array([*(MOON_RADIUS_M + 2e5) * first, *speed * np.cross(normal, first), 1.0]))
    aside = out_of_plane(world6, coast(world6, frozen, goal.lift_off_s).point, goal.site_moon_me)
    assert abs(math.degrees(aside)) == pytest.approx(0.61, abs=0.05)


def test_the_node_drifts_as_flown(world6: World, road6: RoadGoal, plane6: LunarPlane) -> None:
    """About +0.8 deg a day in the circle, with the inclination wobbling: known from propagation, not from a formula."""
    goal = landing(road6)
    days = np.arange(0.0, 20.0, 0.25)
    points = [Point("moon", epoch, np.array([*plane6.state(epoch), 1.0])) for epoch in (goal.touchdown_s - day * DAY_S for day in days)]
    nodes, inclinations = zip(*(node_and_inclination(world6, p, goal.touchdown_s) for p in points), strict=True)
    drift = -np.polyfit(days, np.unwrap(np.radians(nodes)), 1)[0]
    assert math.degrees(drift) == pytest.approx(0.8, abs=0.1)
    assert 0.3 < max(inclinations) - min(inclinations) < 1.5


def test_the_orbit_flown_back_comes_forward_again(world6: World, plane6: LunarPlane) -> None:
    start_s = plane6.backwards.end_s
    back = Point("moon", start_s, np.array([*plane6.state(start_s), 6350.0]))
    forward = coast(world6, back, plane6.over_site.epoch_s).point
    assert np.linalg.norm(forward.r_m - plane6.over_site.r_m) < 1.0  # of three weeks in a low orbit
    assert plane6.radius_m == pytest.approx(MOON_RADIUS_M + 2e5, abs=1e-6)


def test_normals_are_those_of_the_states(plane6: LunarPlane) -> None:
    epochs = np.linspace(plane6.backwards.end_s, plane6.over_site.epoch_s, 7)
    for epoch, normal in zip(epochs, plane6.normals(epochs), strict=True):
        y = plane6.state(float(epoch))
        assert normal == pytest.approx(unit(np.cross(y[:3], y[3:])), abs=1e-12)


def test_the_near_side_mission_is_prograde(world5: World, road5: RoadGoal) -> None:
    goal = landing(road5)
    plane = planned(world5, goal)
    assert 0.0 < plane.azimuth_rad < math.pi
    assert math.degrees(plane.inclination_rad) == pytest.approx(43.5, abs=1.0)  # no plane over 43.06 deg of latitude lies lower
    at = coast(world5, plane.over_site, goal.lift_off_s).point
    assert abs(math.degrees(out_of_plane(world5, at, goal.site_moon_me))) < 0.01


@given(st.floats(-85.0, 85.0), st.floats(0.0, 360.0), st.floats(0.5, 4.0), st.booleans())
@settings(max_examples=10)
def test_any_site_and_stay_in_the_sense_that_was_asked(
    world: World, latitude: float, longitude: float, stay_days: float, retrograde: bool
) -> None:
    a, b = math.radians(latitude), math.radians(longitude)
    site = np.array([math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)])
    touchdown_s = tdb_from_utc("2024-06-01T22:23:00Z")
    goal = LandingGoal(site, touchdown_s, touchdown_s + stay_days * DAY_S, retrograde)
    plane = planned(world, goal)
    assert (plane.inclination_rad > 0.5 * math.pi) == retrograde
    at = coast(world, plane.over_site, goal.lift_off_s).point
    assert abs(math.degrees(out_of_plane(world, at, site))) < 0.01


@pytest.mark.slow
def test_a_half_months_stay_turns_the_search_round_but_not_the_orbit(world6: World, road6: RoadGoal) -> None:
    """After fourteen days the nearest root lies on the other sense; the one asked for is found all the same."""
    goal = replace(landing(road6), lift_off_s=landing(road6).touchdown_s + 14.0 * DAY_S)
    plane = planned(world6, goal)
    assert plane.inclination_rad > 0.5 * math.pi, "retrograde"
    at = coast(world6, plane.over_site, goal.lift_off_s).point
    assert abs(math.degrees(out_of_plane(world6, at, goal.site_moon_me))) < 0.01


def test_out_of_plane_is_positive_towards_the_normal(world6: World, road6: RoadGoal) -> None:
    goal = landing(road6)
    point = over_site(world6, goal, MOON_RADIUS_M + 2e5, 4.8, 1.0)
    assert out_of_plane(world6, point, goal.site_moon_me) == pytest.approx(0.0, abs=1e-12)
    normal = world6.moon_me(goal.touchdown_s) @ unit(np.cross(point.r_m, point.v_m_s))
    assert out_of_plane(world6, point, unit(goal.site_moon_me + math.tan(0.1) * normal)) == pytest.approx(0.1, abs=1e-12)


def test_a_circle_too_low_to_last_is_told_with_when_it_strikes(world6: World, road6: RoadGoal) -> None:
    with pytest.raises(PlanError, match=r"flown back to 2024-05-12T22:23:00Z, strikes the Moon at 2024-05-.*Z; a higher circle would do"):
        planned(world6, landing(road6), 20.0, 1.5e4)
