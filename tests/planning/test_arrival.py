"""The search for the ways round the Moon: all of the B-plane, both senses; the calendar is kept, dead ends are left out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import unit
from farside.dynamics.world import World
from farside.planning.arrival import Option, Orbits, circle_speed, dwells, options, track
from farside.planning.lunar_plane import LandingGoal, LunarPlane, plan_lunar_plane
from farside.planning.road import RoadGoal

Array = NDArray[np.float64]
PERILUNE_S = tdb_from_utc("2024-05-08T02:20:00Z")
DAY_S = 86400.0


@pytest.fixture(scope="module")
def orbits(road6: RoadGoal) -> Orbits:
    assert road6.lunar is not None
    return road6.lunar.orbits


@pytest.fixture(scope="module")
def excess(world6: World) -> Array:
    moon = world6.moon(PERILUNE_S)
    return np.asarray(850.0 * unit(-unit(moon[3:]) + 0.25 * unit(moon[:3])))


def plane_of(world: World, road: RoadGoal, **changed: object) -> LunarPlane:
    assert road.lunar is not None
    landing: LandingGoal = replace(road.lunar.landing, **changed)  # type: ignore[arg-type]
    orbits = road.lunar.orbits
    return plan_lunar_plane(world, landing, orbits.circle_m - MOON_RADIUS_M, orbits.earliest_circle_s - 3.0 * DAY_S, 6350.0)


def ways(world: World, road: RoadGoal, orbits: Orbits, excess: Array, **changed: object) -> list[Option]:
    return options(world, excess, PERILUNE_S, plane_of(world, road, **changed), orbits)


@pytest.fixture(scope="module")
def retrograde_ways(world6: World, road6: RoadGoal, orbits: Orbits, excess: Array) -> list[Option]:
    return ways(world6, road6, orbits, excess)


@pytest.fixture(scope="module")
def prograde_ways(world6: World, road6: RoadGoal, orbits: Orbits, excess: Array) -> list[Option]:
    return ways(world6, road6, orbits, excess, retrograde=False)


def test_the_first_ellipse_is_the_declared_one(world6: World, orbits: Orbits, excess: Array) -> None:
    found = track(world6, excess, PERILUNE_S, orbits, math.pi, 8350.0)
    assert found is not None
    a = 0.5 * (orbits.perilune_m + orbits.apolune_m)
    period = 2.0 * math.pi * math.sqrt(a**3 / GM_MOON_M3_S2)
    assert np.diff([PERILUNE_S, *found.epochs_s]) == pytest.approx(period, rel=0.02)  # the Earth pulls it about a little
    assert np.linalg.norm(found.perilunes, axis=1) == pytest.approx(1.0) and np.linalg.norm(found.normals, axis=1) == pytest.approx(1.0)
    assert np.abs(np.sum(found.perilunes * found.normals, axis=1)).max() < 1e-9
    apolune_speed = math.sqrt(2.0 * GM_MOON_M3_S2 * (1.0 / orbits.apolune_m - 1.0 / (orbits.perilune_m + orbits.apolune_m)))
    assert found.apolune_m_s == pytest.approx(apolune_speed, rel=0.05)
    assert found.epochs_s[-1] <= orbits.latest_circle_s + period


def test_an_ellipse_that_strikes_the_moon_is_none(world6: World, orbits: Orbits, excess: Array) -> None:
    low = replace(orbits, perilune_m=MOON_RADIUS_M - 2e5)
    assert track(world6, excess, PERILUNE_S, low, 1.0, 8350.0) is None


def test_dwells_are_all_that_the_calendar_allows(orbits: Orbits) -> None:
    epochs = PERILUNE_S + 43000.0 * np.arange(1, 40)
    revolutions, circle = dwells(orbits, epochs)
    assert ((orbits.earliest_circle_s <= circle) & (circle <= orbits.latest_circle_s)).all()
    least = orbits.least_revolutions
    assert least == 2  # the satellite is released at the first apolune
    assert (revolutions[:, 0] >= least).all() and (revolutions >= 1).all() and len({tuple(row) for row in revolutions}) == len(revolutions)
    expected = sum(
        orbits.earliest_circle_s <= epoch + n * orbits.periods_s[0] <= orbits.latest_circle_s
        for epoch in epochs[least - 1 :]
        for n in range(1, 200)
    )
    assert len(revolutions) == expected


def test_no_ellipse_between_is_a_dwell_too(orbits: Orbits) -> None:
    """Chang'e-5 goes from its first ellipse straight into the circle."""
    straight = replace(orbits, periods_s=())
    epochs = PERILUNE_S + 43000.0 * np.arange(1, 40)
    revolutions, circle = dwells(straight, epochs)
    assert revolutions.shape[1] == 1 and (circle == epochs[revolutions[:, 0] - 1]).all()


def test_ways_come_cheapest_first_and_keep_their_limits(retrograde_ways: list[Option], orbits: Orbits) -> None:
    assert len(retrograde_ways) > 10
    assert [way.price_m_s for way in retrograde_ways] == sorted(way.price_m_s for way in retrograde_ways)
    assert all(abs(way.altitude_m) <= orbits.phasing_m for way in retrograde_ways)
    assert all(way.price_m_s >= 0.0 and len(way.revolutions) == 1 + len(orbits.periods_s) for way in retrograde_ways)


def test_the_whole_b_plane_is_searched_in_both_senses(retrograde_ways: list[Option], prograde_ways: list[Option]) -> None:
    """The line of apsides meets the landing's plane on two sides of the Moon: one passes in the sense wanted and needs a turn of tens of
    metres a second, the other passes the other way round and would have to turn over, at the price of reversing the apolune's speed."""
    for found, sense in ((retrograde_ways, -1.0), (prograde_ways, 1.0)):
        as_wanted = {sense * math.cos(way.angle_rad) > 0.0 for way in found if way.price_m_s < 300.0}
        turned_over = {sense * math.cos(way.angle_rad) > 0.0 for way in found if way.price_m_s > 500.0}
        assert as_wanted == {True} and turned_over == {False}


def test_a_calendar_without_room_has_no_ways(world6: World, road6: RoadGoal, orbits: Orbits, excess: Array) -> None:
    narrow = replace(orbits, latest_circle_s=orbits.earliest_circle_s + 600.0)
    assert ways(world6, road6, narrow, excess) == []


def test_circle_speed() -> None:
    assert circle_speed(MOON_RADIUS_M + 2e5) == pytest.approx(1590.8, abs=0.5)  # sqrt(mu / r) by hand
