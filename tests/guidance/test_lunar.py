"""Burns about the Moon: each, flown by the same equations, meets its condition; those that cannot say so."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import hyperbola_periapsis, turned, unit
from farside.craft.module import Engine
from farside.dynamics.world import Point, World, apsides, apsis, coast
from farside.guidance import lunar
from farside.guidance.command import after_burn

Array = NDArray[np.float64]
PERILUNE_S = tdb_from_utc("2024-05-08T02:20:00Z")
MAIN = Engine("main", 3000.0, 312.0)
LOW_M = MOON_RADIUS_M + 2e5
APOLUNE_M = MOON_RADIUS_M + 8.6e6
DAY_S = 86400.0


def arriving(world: World, angle_rad: float) -> Point:
    """Six hours before a perilune 200 km high, B at an angle from T: 0 passes prograde, pi retrograde."""
    moon = world.moon(PERILUNE_S)
    excess = 850.0 * unit(-unit(moon[3:]) + 0.25 * unit(moon[:3]))
    r, v = hyperbola_periapsis(excess, angle_rad, LOW_M, GM_MOON_M3_S2, world.moon_me(PERILUNE_S)[2])
    return coast(world, Point("moon", PERILUNE_S, np.array([*r, *v, 8350.0])), PERILUNE_S - 21600.0).point


def ellipse(world: World, apolune_m: float, inclination: float, perilune_m: float = LOW_M) -> Point:
    """At the perilune of an ellipse about the Moon."""
    speed = math.sqrt(2.0 * GM_MOON_M3_S2 * (1.0 / perilune_m - 1.0 / (perilune_m + apolune_m)))
    r = turned(np.array([perilune_m, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]), 1.0)
    v = turned(speed * np.cross([0.0, 0.0, 1.0], unit(r)), unit(r), inclination)
    axes = world.moon_me(PERILUNE_S)
    return Point("moon", PERILUNE_S, np.array([*axes.T @ r, *axes.T @ v, 7500.0]))


@pytest.mark.parametrize("angle_rad", [0.0, math.pi / 2.0, math.pi, -math.pi / 2.0], ids=["prograde", "north", "retrograde", "south"])
@pytest.mark.parametrize("apolune_m", [APOLUNE_M, MOON_RADIUS_M + 4e5])
def test_capture_leaves_the_apolune_it_was_told(world: World, angle_rad: float, apolune_m: float) -> None:
    known = arriving(world, angle_rad)
    seed = lunar.capture_seed(world, known, apolune_m)
    after = after_burn(world, known, lunar.capture(world, known, MAIN, apolune_m, seed), MAIN)
    low, high = apsides(after)
    assert high == pytest.approx(apolune_m, abs=12.0)
    assert 0.9 * LOW_M < low < LOW_M, "the burn takes minutes: the perilune sinks a little"
    sense = float(world.moon_me(PERILUNE_S)[2] @ np.cross(after.r_m, after.v_m_s))
    assert (sense > 0.0) == (math.cos(angle_rad) > 1e-9) or abs(math.cos(angle_rad)) < 1e-9


def test_a_weaker_engine_burns_longer_and_ignites_earlier(world: World) -> None:
    known = arriving(world, math.pi)
    strong, weak = (lunar.capture(world, known, replace(MAIN, thrust_n=f), APOLUNE_M, 350.0) for f in (3000.0, 1500.0))
    assert weak.ignition_s < strong.ignition_s - 400.0
    assert weak.delta_v_m_s > strong.delta_v_m_s, "more of it is lost to gravity"


def test_a_capture_that_is_known_from_too_late_is_refused_or_still_met(world: World) -> None:
    """Half an hour before perilune there is still time."""
    known = coast(world, arriving(world, math.pi), PERILUNE_S - 1800.0).point
    after = after_burn(world, known, lunar.capture(world, known, MAIN, APOLUNE_M, 350.0), MAIN)
    assert apsides(after)[1] == pytest.approx(APOLUNE_M, abs=12.0)


@pytest.mark.parametrize("inclination", [0.7, 2.4])
@pytest.mark.parametrize("period_h", [4.0, 8.0])
def test_lowering_leaves_the_period_it_was_told(world: World, inclination: float, period_h: float) -> None:
    known = coast(world, ellipse(world, APOLUNE_M, inclination), PERILUNE_S + 3600.0).point
    perilune = lunar.apsis_near(world, known, PERILUNE_S + lunar.period(known), True)
    a = (period_h * 3600.0 / (2.0 * math.pi)) ** (2.0 / 3.0) * GM_MOON_M3_S2 ** (1.0 / 3.0)
    command = lunar.lower(world, known, MAIN, perilune.epoch_s, period_h * 3600.0, lunar.circle_seed(perilune, a))
    assert lunar.period(after_burn(world, known, command, MAIN)) == pytest.approx(period_h * 3600.0, abs=0.011)


@pytest.mark.parametrize("normal_m_s", [0.0, 30.0, -30.0])
def test_a_turn_at_apolune_turns_the_plane_and_sets_the_next_perilune(world: World, normal_m_s: float) -> None:
    start = ellipse(world, APOLUNE_M, 2.4)
    apolune = lunar.apsis_near(world, start, PERILUNE_S + 0.5 * lunar.period(start), False)
    known = coast(world, start, apolune.epoch_s - 3600.0).point
    next_s = apolune.epoch_s + 0.5 * lunar.period(start)
    command = lunar.turn(world, known, MAIN, apolune.epoch_s, normal_m_s, next_s, LOW_M)
    after = after_burn(world, known, command, MAIN)
    low = lunar.apsis_near(world, after, next_s, True)
    assert float(np.linalg.norm(low.r_m)) == pytest.approx(LOW_M, abs=1.0)
    before = unit(np.cross(apolune.r_m, apolune.v_m_s))
    turned_by = math.asin(float(unit(np.cross(after.r_m, after.v_m_s)) @ unit(apolune.v_m_s)))
    assert float(before @ unit(apolune.v_m_s)) == pytest.approx(0.0, abs=1e-12)
    # Positive along the normal tilts the velocity towards it, and the normal back against the velocity.
    assert turned_by == pytest.approx(-math.atan2(normal_m_s, float(np.linalg.norm(apolune.v_m_s))), abs=3e-3)


def over_the_site(world: World, inclination: float) -> tuple[Point, float, float, Array]:
    """A craft in a four-hour ellipse before a perilune, and a site that its plane will hold in a week."""
    known = coast(world, ellipse(world, MOON_RADIUS_M + 2.8e6, inclination), PERILUNE_S + 5400.0).point
    perilune = lunar.apsis_near(world, known, PERILUNE_S + lunar.period(known), True)
    site_s = perilune.epoch_s + 7.0 * DAY_S
    circle = replace(perilune, y=np.array([*perilune.r_m, *perilune.v_m_s * 0.8, 7000.0]))
    return known, perilune.epoch_s, site_s, unit(coast(world, circle, site_s).point.r_m)


@pytest.mark.parametrize("inclination", [0.75, 2.4], ids=["prograde", "retrograde"])
def test_circularisation_comes_over_the_site_in_time(world: World, inclination: float) -> None:
    known, perilune_s, site_s, site = over_the_site(world, inclination)
    at = coast(world, known, perilune_s).point
    seed = lunar.circle_seed(at, float(np.linalg.norm(at.r_m)))
    after = after_burn(world, known, lunar.circularise(world, known, MAIN, perilune_s, site_s, site, seed), MAIN)
    assert abs(lunar.along_track(world, after, site_s, site)) < 1e-4
    low, high = apsides(after)
    assert 0.0 <= high - low < 1.5e5, "a near-circle"
    assert abs(0.5 * (low + high) - LOW_M) < 1.0e5, "the seed's number of revolutions, not another"


@given(st.floats(-3.0, 3.0))
@settings(max_examples=10)
def test_a_craft_off_its_schedule_is_rephased(world: World, off_m_s: float) -> None:
    """Disturbed along its velocity in the circle, it is brought over the site again; with nothing off, nothing is burned."""
    circle = ellipse(world, LOW_M, 2.4)
    site_s = PERILUNE_S + 5.0 * DAY_S
    site = unit(coast(world, circle, site_s).point.r_m)
    assert lunar.rephase(world, circle, MAIN, site_s, site) is None
    off = replace(circle, y=np.array([*circle.r_m, *circle.v_m_s * (1.0 + off_m_s / 1590.0), circle.mass_kg]))
    command = lunar.rephase(world, off, MAIN, site_s, site)
    after = off if command is None else after_burn(world, off, command, MAIN)
    assert abs(lunar.along_track(world, after, site_s, site)) < 1e-4
    assert command is None or command.delta_v_m_s < abs(off_m_s) + 0.1, "back by at most what it was pushed; nearer revolutions cost less"


@given(st.floats(-math.pi + 0.01, math.pi - 0.01))
@settings(max_examples=10)
def test_along_track_is_the_angle_past_the_site(world: World, angle: float) -> None:
    point = ellipse(world, LOW_M, 2.4)
    normal = unit(np.cross(point.r_m, point.v_m_s))
    site = turned(unit(point.r_m), normal, -angle)
    assert lunar.along_track(world, point, PERILUNE_S, site) == pytest.approx(angle, abs=1e-12)
    aside = unit(site + 0.1 * normal)
    assert lunar.along_track(world, point, PERILUNE_S, aside) == pytest.approx(angle, abs=1e-12), "in the plane of the orbit"


@pytest.mark.parametrize("perilune", [True, False])
@pytest.mark.parametrize("early_s", [-3000.0, 0.0, 3000.0])
def test_the_apsis_near_an_epoch_is_the_one_meant(world: World, perilune: bool, early_s: float) -> None:
    """A plan's epoch may be off by an hour of a twelve-hour orbit; the apsis found is still that one."""
    start = ellipse(world, APOLUNE_M, 2.4)
    true = coast(world, start, PERILUNE_S + 3.0 * DAY_S).point
    for _ in range(2):
        true = coast(world, true, true.epoch_s + DAY_S, apsis(perilune)).point
    assert lunar.apsis_near(world, start, true.epoch_s - early_s, perilune).epoch_s == pytest.approx(true.epoch_s, abs=1e-4)


def test_an_orbit_that_strikes_the_moon_has_no_next_apolune(world: World) -> None:
    doomed = coast(world, ellipse(world, MOON_RADIUS_M + 1e6, 1.0, MOON_RADIUS_M - 3e5), PERILUNE_S - 3600.0).point
    with pytest.raises(lunar.GuidanceError, match=r"no apolune within ten days of 2024-05-08T.*Z: the orbit strikes the Moon"):
        lunar.apsis_near(world, doomed, PERILUNE_S + 6000.0, False)


def test_a_condition_out_of_reach_is_named_with_what_is_missed(world: World) -> None:
    """No burn at this perilune leaves a period shorter than a graze of the centre allows."""
    known = coast(world, ellipse(world, APOLUNE_M, 2.4), PERILUNE_S + 3600.0).point
    perilune = lunar.apsis_near(world, known, PERILUNE_S + lunar.period(known), True)
    with pytest.raises(lunar.GuidanceError, match=r"lowering: period \[s\]: missed by .* \(allowed 0.01\) with .* m/s"):
        lunar.lower(world, known, replace(MAIN, thrust_n=3e6), perilune.epoch_s, 600.0, 300.0)
