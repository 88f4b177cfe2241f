"""Phasing and rendezvous as phases: two craft with a leg each, the passive one untouched, guidance that flies what its sensors say."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
import two_craft as two
from numpy.typing import NDArray
from pydantic import ValidationError

from farside.basis.draws import Draws
from farside.craft.module import State
from farside.dynamics.world import World
from farside.flight import fly_phase
from farside.guidance.rendezvous import relative
from farside.phases.course import Course, point_of
from farside.phases.leg import Event, Leg, Outcome
from farside.phases.rendezvous import Hold, Sensors

Flown = tuple[State, list[Leg]]


@dataclass(frozen=True)
class Biased(Draws):
    """Every error is one sigma, always the same way, in relative navigation only."""

    def normal(self, phase: str, parameter: str, size: int = 1) -> NDArray[np.float64]:
        return np.ones(size) if parameter.startswith("relative navigation") else np.zeros(size)


@pytest.fixture(scope="module")
def met(world: World) -> Flown:
    """Phased: both craft at the start of the rendezvous."""
    return two.fly(two.setting(world), two.both(), [two.phasing()])


@pytest.fixture(scope="module")
def near(world: World, met: Flown) -> Flown:
    """At the last hold."""
    return two.fly(two.setting(world), met[0], [two.rendezvous()])


def event(legs: list[Leg], name: str) -> Event:
    return next(event for leg in legs for event in leg.events if event.name == name)


def test_each_craft_has_a_leg_of_its_own_and_they_join_to_the_bit(met: Flown, near: Flown) -> None:
    legs = [*met[1], *near[1]]
    assert [(leg.phase, leg.before[0].name) for leg in legs] == [
        ("phasing", "ascender"),
        ("phasing", "orbiter"),
        ("rendezvous", "orbiter"),
        ("rendezvous", "ascender"),
    ]
    for name in ("ascender", "orbiter"):
        own = [leg for leg in legs if leg.before[0].name == name]
        assert own[0].after[0] == own[1].before[0]
        arcs = [arc for leg in own for arc in leg.arcs]
        for before, after in pairwise(arcs):
            assert before.end_s == after.start_s
            assert np.array_equal(before.states[-1], after.states[0])
        assert own[-1].end_s == legs[2].end_s


def test_the_passive_craft_burns_nothing(met: Flown, near: Flown) -> None:
    assert {burn.module for leg in met[1] for burn in leg.burns} == {"ascender"}
    assert {burn.module for leg in near[1] for burn in leg.burns} == {"orbiter"}  # the orbiter flies to the ascender
    assert [burn.name for burn in met[1][0].burns] == ["phasing_1", "phasing_2", "phasing_3", "phasing_4"]


def test_the_rendezvous_starts_50_km_behind_and_10_km_below(near: Flown) -> None:
    start = event(near[1], "rendezvous_start")
    assert start.data["ahead_m"] == pytest.approx(50e3, abs=30.0)  # facts T14; the phasing is solved to 10 m
    assert start.data["above_m"] == pytest.approx(10e3, abs=30.0)
    assert start.data["aside_m"] == pytest.approx(0.0, abs=30.0)


def test_hold_points_are_reached_and_adrift_from_them_the_craft_miss_for_a_day(near: Flown) -> None:
    for number, distance in enumerate((5e3, 1e3, 100.0), 1):
        data = event(near[1], f"hold_{number}").data
        assert data["distance_m"] == pytest.approx(distance, rel=0.002)
        assert data["free_drift_closest_m"] > 0.9 * distance


def test_the_last_hold_is_left_when_declared(near: Flown) -> None:
    assert near[0].craft("orbiter").epoch_s == near[0].craft("ascender").epoch_s == two.rendezvous().leave_s


def test_a_craft_that_lags_behind_is_flown_to_the_other_first(world: World) -> None:
    late = replace(two.ascender(200.0), epoch_s=two.INSERTED_S + 5400.0)
    _, legs = fly_phase(two.setting(world), State((two.orbiter(), late)), two.phasing())
    assert [(leg.phase, leg.start_s - two.INSERTED_S) for leg in legs] == [("orbiter_coast", 0.0), ("phasing", 5400.0), ("phasing", 5400.0)]
    assert legs[0].after[0] == legs[2].before[0]


def test_guidance_flies_the_bias_of_its_sensors(world: World, met: Flown) -> None:
    """A range that reads 5 % long brings the craft to 95 m where it takes them for 100 m."""
    off = two.rendezvous(sensors=Sensors(range_error=0.05, bearing_error_rad=0.0, rate_error_m_s=0.0))
    setting = replace(two.setting(world, draws=Biased(enabled=True)), dispersions=None)
    _, legs = two.fly(setting, met[0], [off])
    assert event(legs, "hold_3").data["distance_m"] == pytest.approx(100.0 / 1.05, abs=1.0)


def test_sensors_err_as_declared(world: World, met: Flown) -> None:
    state = met[0]
    own, other = state.craft("orbiter"), state.craft("ascender")
    truth = relative(point_of(own), point_of(other))
    ranges = []
    for run in range(200):
        given = replace(two.setting(world, run), dispersions=None)
        course = Course(given, "rendezvous", own, partner=Course(given, "rendezvous", other))
        ranges.append(relative(*two.SENSORS.seen(course, "test")).distance_m)
    assert np.std(ranges) == pytest.approx(0.005 * truth.distance_m, rel=0.15)  # of 200 draws: 5 % one sigma
    assert np.mean(ranges) == pytest.approx(truth.distance_m, rel=0.0015)


def test_without_errors_the_sensors_say_the_truth(world: World, met: Flown) -> None:
    given = two.setting(world)
    courses = [Course(given, "rendezvous", met[0].craft(name)) for name in ("orbiter", "ascender")]
    courses[0].partner = courses[1]
    seen, truth = relative(*two.SENSORS.seen(courses[0], "test")), relative(courses[0].point, courses[1].point)
    assert seen.r_m == pytest.approx(truth.r_m, abs=1e-6)


def test_too_little_time_is_told(world: World, met: Flown) -> None:
    state, legs = two.fly(two.setting(world), met[0], [two.rendezvous(leave_s=two.rendezvous().leave_s - 7200.0)])
    assert legs[0].outcome is Outcome.TARGET_MISSED
    assert "a later `leave` would do" in legs[0].advice
    assert {craft.name for craft in state.crafts} == {"orbiter", "ascender"}


def test_a_hold_point_that_is_not_safe_is_told(world: World, met: Flown) -> None:
    _, legs = two.fly(two.setting(world), met[0], [two.rendezvous(keep_out_m=99.9)])
    assert legs[0].outcome is Outcome.TARGET_MISSED
    assert "adrift from the hold at 100 m" in legs[0].advice
    assert "a larger `opening`" in legs[0].advice


def test_an_empty_tank_ends_the_phasing_with_advice(world: World) -> None:
    _, legs = two.fly(two.setting(world), State((two.orbiter(), two.ascender(200.0, propellant_kg=5.0))), [two.phasing()])
    assert legs[0].outcome is Outcome.PROPELLANT_EXHAUSTED
    assert legs[0].arcs


def test_holds_come_nearer() -> None:
    hold = Hold(distance_m=100.0, transfer_s=600.0, stay_s=60.0)
    with pytest.raises(ValidationError, match="nearer one by one"):
        two.rendezvous(holds=(hold, replace_distance(hold, 200.0)))
    with pytest.raises(ValidationError, match="inside keep_out"):
        two.rendezvous(holds=(replace_distance(hold, 40.0),))


def replace_distance(hold: Hold, distance_m: float) -> Hold:
    return hold.model_copy(update={"distance_m": distance_m})


def test_the_price(met: Flown) -> None:
    """A prediction; two bodies: 46 m/s from 15 x 180 to 210 x 210 km."""
    assert 46.0 < sum(burn.delta_v_m_s for burn in met[1][0].burns) < 70.0
    assert math.isfinite(met[0].craft("ascender").mass_kg)
