"""The world: coasts that change their centre, and the small readings of points and steerings."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from forces_again import empty_sky, no_harmonics
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import hyperbola_periapsis, unit
from farside.craft.module import Center, Landed
from farside.dynamics import propagate as p
from farside.dynamics import world as w
from farside.dynamics.world import Point, Steering, World, apsides, apsis, burn_seconds, coast

Array = NDArray[np.float64]
PERILUNE_S = tdb_from_utc("2024-05-08T02:12:00Z")
DAY_S = 86400.0


def outward(world: World, angle_rad: float = math.pi, excess_m_s: float = 850.0) -> Point:
    """Four days before a perilune at 200 km: a coast out from near the Earth, about the Earth."""
    moon = world.moon(PERILUNE_S)
    # A craft from the Earth arrives slower than the Moon moves: seen from the Moon it comes from ahead, a little from below.
    excess = excess_m_s * unit(-unit(moon[3:]) + 0.25 * unit(moon[:3]))
    r, v = hyperbola_periapsis(excess, angle_rad, MOON_RADIUS_M + 2e5, GM_MOON_M3_S2, world.moon_me(PERILUNE_S)[2])
    perilune = Point("moon", PERILUNE_S, np.array([*r, *v, 8350.0]))
    return coast(world, perilune, PERILUNE_S - 4.0 * DAY_S, center="earth").point


def test_a_coast_back_from_the_moon_comes_from_the_earth(world: World) -> None:
    start = outward(world)
    assert start.center == "earth" and start.epoch_s == PERILUNE_S - 4.0 * DAY_S
    assert 1e7 < float(np.linalg.norm(start.r_m)) < 1e8, "from within a quarter of the way"


@pytest.mark.parametrize("distance_m", [2e7, 4e7, None], ids=["20,000 km", "40,000 km", "never"])
@pytest.mark.parametrize("angle_rad", [0.0, math.pi / 2.0, math.pi], ids=["prograde", "polar", "retrograde"])
def test_where_the_centre_changes_does_not_matter(
    world: World, monkeypatch: pytest.MonkeyPatch, distance_m: float | None, angle_rad: float
) -> None:
    """Changed at 66,000 km, nearer to the Moon, or not at all, the flight of four days is the same at the perilune to 1.5 m.

    What is left is not the integrator's: the ephemeris moves the Moon with relativity, 2.5e-10 m/s2 here, and the forces have none.
    """
    start = outward(world, angle_rad)
    usual = coast(world, start, PERILUNE_S + DAY_S, apsis(True), center="moon")
    assert usual.status == p.STOPPED and usual.point.center == "moon"
    assert abs(usual.point.epoch_s - PERILUNE_S) < 3e-3
    if distance_m is None:
        other = world.about(coast(world, start, usual.point.epoch_s).point, "moon")
    else:
        monkeypatch.setattr(w, "BOUNDARY_M", distance_m)
        other = coast(world, start, usual.point.epoch_s, center="moon").point
    assert other.center == "moon"
    assert np.linalg.norm(other.r_m - usual.point.r_m) < 1.5


def test_the_arcs_of_a_change_join(world: World) -> None:
    flown = coast(world, outward(world), PERILUNE_S + DAY_S, apsis(True), center="moon", keep=True)
    far, near = flown.arcs
    assert (far.center, near.center) == ("earth", "moon") and far.end_s == near.start_s
    joint = world.about(Point("earth", far.end_s, far.states[-1]), "moon")
    assert (joint.y == near.states[0]).all()
    assert np.linalg.norm(joint.r_m) == pytest.approx(w.BOUNDARY_M, abs=0.01)
    assert near.end_s == flown.point.epoch_s and (near.states[-1] == flown.point.y).all()


def test_a_craft_beyond_the_boundary_is_told_about_the_new_centre_at_once(world: World) -> None:
    start = outward(world)
    near = coast(world, start, PERILUNE_S - 7200.0, center="moon").point
    told = coast(world, world.about(near, "earth"), PERILUNE_S - 3600.0, center="moon", keep=True)
    assert [arc.center for arc in told.arcs] == ["moon"]
    assert np.linalg.norm(told.point.r_m - coast(world, near, PERILUNE_S - 3600.0).point.r_m) < 1e-3


def test_a_craft_that_never_comes_there_stays_about_its_centre(world: World) -> None:
    circle = Point("earth", PERILUNE_S, np.array([7e6, 0.0, 0.0, 0.0, math.sqrt(GM_EARTH_M3_S2 / 7e6), 0.0, 1.0]))
    flown = coast(world, circle, PERILUNE_S + 7200.0, apsis(True), center="moon")
    assert flown.status == p.REACHED and flown.point.center == "earth"


def test_there_and_back_between_the_bodies(world: World) -> None:
    """Four days out and back again, the centre changed twice."""
    start = outward(world)
    there = coast(world, start, PERILUNE_S - 1800.0, center="moon").point
    back = coast(world, there, start.epoch_s, center="earth").point
    assert np.linalg.norm(back.r_m - start.r_m) < 1.0


@given(st.floats(0.0, 40.0 * DAY_S), st.lists(st.floats(-4e8, 4e8), min_size=3, max_size=3))
def test_about_another_centre_and_back(world: World, after: float, place: list[float]) -> None:
    point = Point("earth", tdb_from_utc("2024-05-10T00:00:00Z") + after, np.array([*place, 100.0, -200.0, 300.0, 5.0]))
    moved = world.about(point, "moon")
    assert moved.center == "moon" and moved.mass_kg == 5.0
    assert np.abs(moved.r_m + world.moon(point.epoch_s)[:3] - point.r_m).max() < 1e-6
    back = world.about(moved, "earth")
    assert np.abs(back.y - point.y).max() < 2e-7  # 4e8 m are told to 6e-8 m
    assert world.about(point, "earth") is point


@given(st.floats(0.0, 0.9), st.floats(1.8e6, 1e7), st.floats(-math.pi, math.pi))
def test_apsides_are_those_of_the_conic(eccentricity: float, perilune_m: float, anomaly: float) -> None:
    parameter = perilune_m * (1.0 + eccentricity)
    r = parameter / (1.0 + eccentricity * math.cos(anomaly)) * np.array([math.cos(anomaly), math.sin(anomaly), 0.0])
    v = math.sqrt(GM_MOON_M3_S2 / parameter) * np.array([-math.sin(anomaly), eccentricity + math.cos(anomaly), 0.0])
    point = Point("moon", 0.0, np.array([*r, *v, 1.0]))
    low, high = apsides(point)
    near = max(1e-11, 2e-15 / max(eccentricity, 2e-8))  # its square is a difference, rounded at ten parts in 1e16
    assert low == pytest.approx(perilune_m, rel=near)
    assert high == pytest.approx(perilune_m * (1.0 + eccentricity) / (1.0 - eccentricity), rel=near * 10.0)
    assert w.periapsis_height(point) == pytest.approx(perilune_m - MOON_RADIUS_M, abs=0.2)


def test_a_hyperbola_has_no_apolune() -> None:
    point = Point("moon", 0.0, np.array([2e6, 0.0, 0.0, 0.0, 2500.0, 0.0, 1.0]))
    low, high = apsides(point)
    assert low == pytest.approx(2e6) and high < 0.0


@given(st.floats(100.0, 1e4), st.floats(0.1, 4000.0), st.floats(20.0, 2e5), st.floats(2000.0, 4500.0))
def test_burn_seconds_are_tsiolkovskys(mass: float, delta_v: float, thrust: float, exhaust: float) -> None:
    seconds = burn_seconds(mass, delta_v, thrust, exhaust)
    left = mass - thrust / exhaust * seconds
    assert exhaust * math.log(mass / left) == pytest.approx(delta_v, rel=1e-9)


def test_a_burn_moves_and_weighs_as_it_says(world: World) -> None:
    at = Point("moon", PERILUNE_S, np.array([1.94e6, 0.0, 0.0, 0.0, 1590.0, 0.0, 8350.0]))
    steering = Steering((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), 0.0, PERILUNE_S)
    flown = w.burn(world, at, 100.0, 3000.0, 3060.0, steering, keep=True)
    assert flown.arcs[0].mode == "burn" and flown.arcs[0].thrust_n == 3000.0
    assert flown.point.epoch_s == PERILUNE_S + 100.0
    assert flown.point.mass_kg == pytest.approx(8350.0 - 100.0 * 3000.0 / 3060.0, rel=1e-14)
    coasted = coast(world, at, PERILUNE_S + 100.0, keep=True)
    assert coasted.arcs[0].mode == "coast" and coasted.arcs[0].thrust_n == 0.0
    gained = (flown.point.v_m_s - coasted.point.v_m_s)[1]
    assert gained == pytest.approx(3060.0 * math.log(8350.0 / flown.point.mass_kg), abs=0.1)  # the two fall a little differently


@given(st.floats(-1e-2, 1e-2), st.floats(-1000.0, 1000.0))
def test_steering_points_where_the_propagator_pushes(rate: float, after: float) -> None:
    steering = Steering((0.6, 0.0, 0.8), (0.0, 1.0, 0.0), rate, PERILUNE_S)
    direction = steering.direction(PERILUNE_S + after)
    assert np.linalg.norm(direction) == pytest.approx(1.0, abs=1e-14)
    angle = math.atan2(direction[1], float(direction @ [0.6, 0.0, 0.8]))
    late = (PERILUNE_S + after) - PERILUNE_S
    assert math.remainder(angle - rate * late, 2.0 * math.pi) == pytest.approx(0.0, abs=1e-12)


def test_the_pole_and_the_moons_axes_are_axes(world: World) -> None:
    assert np.linalg.norm(world.earth_pole(PERILUNE_S)) == pytest.approx(1.0, abs=1e-15)
    assert math.degrees(math.acos(world.earth_pole(PERILUNE_S)[2])) == pytest.approx(0.135, abs=0.005)  # 20 arcseconds a year since 2000
    axes = world.moon_me(PERILUNE_S)
    assert np.abs(axes @ axes.T - np.eye(3)).max() < 1e-14
    assert float(axes[0] @ -unit(world.moon(PERILUNE_S)[:3])) > math.cos(math.radians(10.0)), "its face looks at us, within libration"


def test_a_world_without_the_others_is_keplers() -> None:
    """What tests of the laws rest on: an empty sky leaves the centre's point mass alone, about the Moon."""
    alone = World(empty_sky(), no_harmonics())
    at = Point("moon", 0.0, np.array([2e6, 0.0, 0.0, 0.0, math.sqrt(GM_MOON_M3_S2 / 2e6), 0.0, 1.0]))
    turn_s = 2.0 * math.pi * math.sqrt(8e18 / GM_MOON_M3_S2)
    assert np.linalg.norm(coast(alone, at, turn_s).point.r_m - at.r_m) < 1e-5
    assert replace(alone, tolerance=1e-10).forces("moon").center == alone.forces("moon").center


@pytest.mark.parametrize("center", ["earth", "moon"])
def test_a_craft_at_rest_stands_where_it_is_on_the_turning_ground(world: World, center: Center) -> None:
    """At and between the nodes of its stay: in the axes that turn with the body, to a millimetre, and as fast as the ground moves."""
    r_fixed_m = itrf_from_geodetic(math.radians(42.3), math.radians(111.4), 1100.0) if center == "earth" else (1.2e6, -0.8e6, 0.9e6)
    arc = w.stay(world, Landed(center, r_fixed_m, "there"), PERILUNE_S, PERILUNE_S + 10_000.0, 300.0)
    for epoch in np.linspace(arc.start_s, arc.end_s, 23):
        turn = icrf_to_itrf(float(epoch)) if center == "earth" else world.moon_me(float(epoch))
        y = arc.at(float(epoch))[0]
        assert turn @ y[:3] == pytest.approx(r_fixed_m, abs=1e-3)
        ahead, behind = (arc.at(float(np.clip(epoch + d, arc.start_s, arc.end_s)))[0, :3] for d in (5.0, -5.0))
        if arc.start_s < epoch < arc.end_s:
            assert (ahead - behind) / 10.0 == pytest.approx(y[3:6], abs=1e-3)
