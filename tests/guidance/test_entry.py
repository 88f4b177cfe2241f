"""The gate of the atmosphere: angles, ranges and sides by simple geometry, and the perigee that is defined where the gate is not."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.axes import height_above_ellipsoid, icrf_to_itrf, itrf_from_geodetic
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S, GM_EARTH_M3_S2, WGS84_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import kepler, turned, unit
from farside.dynamics.world import Point, World, coast
from farside.guidance.entry import GROUND_RADIUS_M, EntryGoal, fall_to_gate, gate_at, perigee_miss, perigee_of

Array = NDArray[np.float64]
LANDING_S = tdb_from_utc("2024-06-25T06:07:00Z")
GATE_S = tdb_from_utc("2024-06-25T05:40:36Z")


def goal(latitude_deg: float = 42.3, longitude_deg: float = 111.4) -> EntryGoal:
    site = unit(np.array(itrf_from_geodetic(math.radians(latitude_deg), math.radians(longitude_deg), 1100.0)))
    return EntryGoal(
        site, LANDING_S, 5e6, LANDING_S - 2820.0, LANDING_S - 2700.0, 1.2e5, math.radians(-5.8), 5e6, 6.5e6, 1e5
    )  # fmt: skip


def at_gate(up: Array, heading: Array, angle_rad: float = math.radians(-5.8), speed: float = 11000.0) -> Point:
    """A state 120 km above the ellipsoid (about ICRF's pole, to some metres), moving along `heading` (unit, across `up`) and down."""
    radius = WGS84_RADIUS_M + 1.2e5
    for _ in range(3):
        radius += 1.2e5 - height_above_ellipsoid(*radius * up, 0.0, 0.0, 1.0)
    v = speed * (math.sin(angle_rad) * up + math.cos(angle_rad) * heading)
    return Point("earth", GATE_S, np.array([*radius * up, *v, 300.0]))


def heading_to_site(world: World, wanted: EntryGoal, behind_m: float, aside_m: float = 0.0) -> Point:
    """At the gate `behind_m` before the site along the ground, flying straight at it (as it is there then), or past it on one side."""
    site = wanted.site(GATE_S)
    pole = world.earth_pole(GATE_S)
    east = unit(np.cross(pole, site))
    normal = np.cross(site, east)
    up = turned(site, normal, -behind_m / GROUND_RADIUS_M)
    heading = np.cross(normal, up)
    return at_gate(turned(up, heading, aside_m / GROUND_RADIUS_M), heading)


def test_range_is_along_the_ground_to_the_site(world: World) -> None:
    wanted = goal()
    for behind_m in (5e6, 6.5e6):
        assert gate_at(world, 0.0, heading_to_site(world, wanted, behind_m), wanted).range_m == pytest.approx(behind_m, rel=1e-9)


@given(st.floats(-15.0, -1.0))
def test_the_flight_path_angle_is_of_the_inertial_velocity(world: World, degrees: float) -> None:
    wanted = goal()
    point = heading_to_site(world, wanted, 6e6)
    heading = unit(point.v_m_s - unit(point.r_m) * float(unit(point.r_m) @ point.v_m_s))
    found = gate_at(world, 0.0, at_gate(unit(point.r_m), heading, math.radians(degrees)), wanted)
    assert math.degrees(found.flight_path_angle_rad) == pytest.approx(degrees, abs=1e-10)


def test_a_site_to_the_left_is_positive(world: World) -> None:
    """Headings that would pass 400 km apart if the gate were at the site; a great circle 6000 km long brings them nearer by its cosine."""
    wanted = goal()
    found = [gate_at(world, 0.0, heading_to_site(world, wanted, 6e6, aside), wanted).cross_range_m for aside in (-2e5, 0.0, 2e5)]
    assert abs(found[2] - found[0]) == pytest.approx(4e5 * math.cos(6e6 / 6.371e6), rel=0.1)
    south, north = heading_to_site(world, wanted, 6e6, -2e5), heading_to_site(world, wanted, 6e6, 2e5)
    lefts = [float(np.cross(unit(p.r_m), unit(p.v_m_s)) @ wanted.site(GATE_S)) for p in (south, north)]
    assert (found[0] > found[2]) == (lefts[0] > lefts[1])


def test_the_ground_carries_the_site_eastward_meanwhile(world: World) -> None:
    """The inertial cross-range is to where the site will be: half an hour moves it 6.6 deg, 545 km at 42 deg of latitude."""
    wanted = goal()
    moved = math.degrees(math.acos(float(wanted.site(GATE_S) @ wanted.site(LANDING_S))))
    hours = (LANDING_S - GATE_S) / 3600.0
    expected = 2.0 * math.asin(math.cos(math.radians(42.11)) * math.sin(0.5 * EARTH_ROTATION_RATE_RAD_S * hours * 3600.0))
    assert moved == pytest.approx(math.degrees(expected), abs=0.01)  # geocentric latitude 42.11 deg


@given(st.floats(-15.0, 15.0), st.floats(9000.0, 11060.0), st.floats(-3.0, 3.0))
def test_the_perigee_of_a_state_is_where_kepler_finds_it(angle_deg: float, speed: float, hours: float) -> None:
    """Ellipses and hyperbolas; on the way down and on the way up."""
    x, y = np.array([6.5e6, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    r, v = x, speed * (math.sin(math.radians(angle_deg)) * unit(x) + math.cos(math.radians(angle_deg)) * y)
    r, v = kepler(r, v, hours * 3600.0, GM_EARTH_M3_S2)
    radius, seconds = perigee_of(r, v)
    at, moving = kepler(r, v, seconds, GM_EARTH_M3_S2)
    assert np.linalg.norm(at) == pytest.approx(radius, rel=1e-9)
    assert abs(float(unit(at) @ unit(moving))) < 1e-6


def test_a_hyperbolas_perigee_too() -> None:
    r, v = kepler(np.array([6.5e6, 0.0, 0.0]), np.array([0.0, 12000.0, 0.0]), -7200.0, GM_EARTH_M3_S2)
    radius, seconds = perigee_of(r, v)
    assert radius == pytest.approx(6.5e6, rel=1e-9) and seconds == pytest.approx(7200.0, abs=1e-3)


def test_a_fall_through_the_gate_meets_what_it_was_made_of(world: World) -> None:
    """Flown back from the gate for a day and down again: angle and range are there, the passage is 1175 s before."""
    wanted = goal()
    made = heading_to_site(world, wanted, 5.5e6)
    made = replace(made, y=np.array([*made.r_m, *made.v_m_s, 300.0]))
    high = coast(world, made, GATE_S - 86400.0).point
    gate = fall_to_gate(world, high, wanted)
    assert gate is not None
    # The pole of date is 0.14 deg from ICRF's: up to 50 m of height, a thousandth of a degree, half a second.
    assert math.degrees(gate.flight_path_angle_rad) == pytest.approx(-5.8, abs=3e-3)
    assert gate.range_m == pytest.approx(5.5e6, abs=5e3)
    assert gate.point.epoch_s == pytest.approx(GATE_S, abs=0.1)
    assert gate.point.epoch_s - gate.passage_s == pytest.approx(1175.0, abs=15.0)


def test_a_pass_above_the_air_has_no_gate_but_a_perigee(world: World) -> None:
    wanted = goal()
    up, heading = unit(heading_to_site(world, wanted, 6e6).r_m), unit(heading_to_site(world, wanted, 6e6).v_m_s)
    heading = unit(heading - up * float(up @ heading))
    grazing = Point("earth", GATE_S, np.array([*7.5e6 * up, *10290.0 * heading, 300.0]))
    high = coast(world, grazing, GATE_S - 43200.0).point
    assert fall_to_gate(world, high, wanted) is None
    miss = perigee_miss(world, high, wanted)
    assert np.isfinite(miss).all()
    assert miss[0] == pytest.approx(7500.0 - 6431.0, abs=15.0)  # a perigee of 54 km goes with -5.8 deg at 120 km


def test_the_perigee_of_a_good_return_is_missed_by_little(world: World) -> None:
    wanted = goal()
    made = heading_to_site(world, wanted, 5.5e6)
    miss = perigee_miss(world, coast(world, made, GATE_S - 43200.0).point, wanted)
    assert abs(miss[0]) < 15.0, "kilometres"
    assert abs(miss[1]) < 60.0, "seconds"


def test_the_site_turns_with_the_ground(world: World) -> None:
    wanted = goal()
    assert icrf_to_itrf(GATE_S) @ wanted.site(GATE_S) == pytest.approx(wanted.site_itrf, abs=1e-14)
    assert wanted.passage_s == LANDING_S - 2760.0
