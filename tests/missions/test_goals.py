"""The declared goals of both missions are met by what was flown, to what each allows; predictions are only held to be possible.

Everything is read from the flight's states, not from what guidance believed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import angle_between, unit
from farside.dynamics.world import Point, World, apsides, coast
from farside.flight import build_world, entry_goal, landing_goal
from farside.guidance.lunar import along_track, period
from farside.planning.lunar_plane import out_of_plane, site_direction

if TYPE_CHECKING:
    from farside.flight import Flight
    from farside.phases.leg import Event

MOON_RADIUS_KM = 1737.4


@pytest.fixture(params=["change6", "change5"])
def road(request: pytest.FixtureRequest) -> Flight:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def worlds(change6: Flight, change5: Flight) -> dict[str, World]:
    return {flight.mission.name: build_world(flight.mission) for flight in (change6, change5)}


def event(flight: Flight, name: str) -> Event:
    return next(event for event in flight.events if event.name == name)


def point_of(event: Event) -> Point:
    return Point(event.center, event.epoch_s, np.array([*event.r_m, *event.v_m_s, event.mass_kg]))


def after_burn(flight: Flight, name: str, module: str = "orbiter") -> Point:
    """Where a burn's cut-off left a module."""
    burn = next(burn for burn in flight.burns if burn.name == name)
    truth = flight.at(burn.cutoff_s, module)
    return Point(truth.center, truth.epoch_s, np.array([*truth.r_m, *truth.v_m_s, truth.mass_kg]))  # type: ignore[arg-type]


def test_the_road_ends_well(road: Flight) -> None:
    assert road.outcome.value == "done" and not road.advice


def test_capture_ignites_within_a_quarter_of_an_hour_of_its_minute(road: Flight) -> None:
    goals = road.mission.goals
    assert goals.capture_tolerance_s == 900.0
    assert abs(event(road, "loi_1").epoch_s - goals.capture_s) <= 900.0


def test_the_first_ellipse_is_the_declared_one(change6: Flight) -> None:
    """200 x 8600 km above the sphere; the burn takes 17 minutes, so that the perilune sinks a little: half a per cent of the period."""
    low, high = apsides(after_burn(change6, "loi_1"))
    assert high / 1e3 - MOON_RADIUS_KM == pytest.approx(8600.0, abs=0.1)
    assert low / 1e3 - MOON_RADIUS_KM == pytest.approx(200.0, abs=5.0)
    assert period(after_burn(change6, "loi_1")) / 3600.0 == pytest.approx(11.8, abs=0.2)  # "12-hour orbit"
    assert period(after_burn(change6, "loi_3")) == pytest.approx(4.0 * 3600.0, abs=0.05)


def test_the_orbit_is_of_the_declared_sense(road: Flight, worlds: dict[str, World]) -> None:
    world, at = worlds[road.mission.name], point_of(event(road, "lander_separation"))
    upward = float(np.cross(at.r_m, at.v_m_s) @ world.moon_me(at.epoch_s)[2])
    assert (upward < 0.0) == (road.mission.goals.lunar_orbit == "retrograde")


def test_the_lander_comes_over_the_site_at_the_minute_of_touchdown(road: Flight, worlds: dict[str, World]) -> None:
    """From the state at separation, by propagation alone: along the track and across it within a kilometre."""
    world, goal = worlds[road.mission.name], landing_goal(road.mission)
    assert goal is not None and goal.touchdown_s == road.mission.goals.touchdown_s
    at = coast(world, point_of(event(road, "lander_separation")), goal.touchdown_s).point
    site = site_direction(world, goal.site_moon_me, goal.touchdown_s)
    assert abs(MOON_RADIUS_KM * along_track(world, at, goal.touchdown_s, site)) < 1.0
    assert abs(MOON_RADIUS_KM * out_of_plane(world, at, goal.site_moon_me)) < 1.0
    assert MOON_RADIUS_KM * angle_between(at.r_m, site) < 1.0
    phasing_km = 5.0 if road.mission.name == "change6" else 30.0
    assert float(np.linalg.norm(at.r_m)) / 1e3 - MOON_RADIUS_KM == pytest.approx(200.0, abs=phasing_km + 20.0)  # and its eccentricity


def test_the_site_is_in_the_plane_again_at_lift_off(road: Flight, worlds: dict[str, World]) -> None:
    world, goal = worlds[road.mission.name], landing_goal(road.mission)
    assert goal is not None
    at = coast(world, point_of(event(road, "lander_separation")), goal.lift_off_s).point
    assert abs(MOON_RADIUS_KM * out_of_plane(world, at, goal.site_moon_me)) < 1.0


def test_lander_separation_is_on_its_day(change6: Flight, change5: Flight) -> None:
    """Chang'e-6: at the first ascending node of 30 May; Chang'e-5: on 29 November, 20:40."""
    epoch = event(change6, "lander_separation").epoch_s
    assert tdb_from_utc("2024-05-30T00:00:00Z") <= epoch < tdb_from_utc("2024-05-30T02:08:00Z"), "within a revolution of midnight"
    assert event(change5, "lander_separation").epoch_s == pytest.approx(tdb_from_utc("2020-11-29T20:40:00Z"), abs=900.0)


def test_both_burns_home_ignite_in_their_window(road: Flight) -> None:
    phase = next(phase for phase in road.mission.phases if phase.kind == "departure")
    assert phase.earliest_s <= event(road, "tei_1").epoch_s < event(road, "tei_2").epoch_s <= phase.latest_s
    assert phase.ellipse_period_min_s - 1800.0 < event(road, "tei_2").epoch_s - event(road, "tei_1").epoch_s
    assert event(road, "tei_2").epoch_s - event(road, "tei_1").epoch_s < phase.ellipse_period_max_s + 1800.0


def test_the_capsule_separates_5000_km_high_between_the_two_minutes(change6: Flight, change5: Flight) -> None:
    """Chang'e-6: between 05:20 and 05:22 UTC; Chang'e-5: 17:13."""
    assert tdb_from_utc("2024-06-25T05:20:00Z") < event(change6, "capsule_separation").epoch_s < tdb_from_utc("2024-06-25T05:22:00Z")
    assert tdb_from_utc("2020-12-16T17:12:00Z") < event(change5, "capsule_separation").epoch_s < tdb_from_utc("2020-12-16T17:14:00Z")
    for flight in (change6, change5):
        height_km = float(np.linalg.norm(event(flight, "capsule_separation").r_m)) / 1e3 - 6378.137
        assert 5000.0 - 21.4 <= height_km <= 5000.0, "above the ellipsoid, which is up to 21.4 km flatter"


def test_the_gate_is_met(road: Flight, worlds: dict[str, World]) -> None:
    gate, goal, world = event(road, "entry_interface"), entry_goal(road.mission), worlds[road.mission.name]
    assert goal is not None
    angle = math.degrees(math.asin(float(unit(np.array(gate.r_m)) @ unit(np.array(gate.v_m_s)))))
    assert angle == pytest.approx(-5.8, abs=0.01)
    assert 5000.0 <= gate.data["range_to_target_km"] <= 6500.0
    assert abs(gate.data["cross_range_km"]) < 100.0
    assert 0.0 < gate.data["cross_range_spread_km"] < 25.0
    ground_km = 6371.0 * angle_between(np.array(gate.r_m), goal.site(gate.epoch_s))
    assert gate.data["range_to_target_km"] == pytest.approx(ground_km, abs=1.0)
    assert event(road, "capsule_separation").epoch_s + 1100.0 < gate.epoch_s < goal.landing_s
    normal = unit(np.cross(gate.r_m, gate.v_m_s))
    inclination = math.degrees(math.acos(float(normal @ world.earth_pole(gate.epoch_s))))
    # Not much above the site's latitude: flown eastward to where the turning Earth carries the site.
    assert 42.0 < inclination < 48.0


def test_the_way_home_is_clear_of_the_ground_until_the_gate(road: Flight) -> None:
    """The orbiter, which goes on, is not followed below: its perigee lies in the air."""
    low, _ = apsides(point_of(event(road, "entry_interface")))
    assert 6378.0 + 30.0 < low / 1e3 < 6378.0 + 80.0


def test_what_was_predicted_is_possible(road: Flight) -> None:
    """Numbers that nobody declared: within what flights of this kind show."""
    burned = {burn.name: burn.delta_v_m_s for burn in road.burns}
    assert 3100.0 < burned["tli"] < 3200.0
    assert 300.0 < burned["loi_1"] < 420.0
    assert 750.0 < sum(dv for name, dv in burned.items() if name.startswith("loi")) < 900.0
    assert 700.0 < burned["tei_1"] + burned["tei_2"] < 950.0
    assert 10.95e3 < float(np.linalg.norm(event(road, "entry_interface").v_m_s)) < 11.05e3
    parking = event(road, "parking_orbit")
    assert float(np.linalg.norm(parking.v_m_s)) == pytest.approx(7784.0, abs=5.0)  # a circle 200 km high
