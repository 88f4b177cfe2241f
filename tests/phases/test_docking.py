"""Docking and after: contact within the latch's limits, one craft of two, the sample to the microgram, and the ascender's fall."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import two_craft as two

from farside.basis.constants import MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.craft.container import sample_mass_ug
from farside.craft.module import Gone, Orbit, State
from farside.dynamics.world import World
from farside.phases.docking import join
from farside.phases.leg import Event, Leg, Outcome

Flown = tuple[State, list[Leg]]


@pytest.fixture(scope="module")
def near(world: World) -> State:
    """At the last hold."""
    return two.fly(two.setting(world), two.both(), [two.phasing(), two.rendezvous()])[0]


@pytest.fixture(scope="module")
def docked(world: World, near: State) -> Flown:
    return two.fly(two.setting(world), near, [two.docking()])


@pytest.fixture(scope="module")
def ended(world: World, docked: Flown) -> Flown:
    return two.fly(two.setting(world), docked[0], two.afterwards())


def event(legs: list[Leg], name: str) -> Event:
    return next(event for leg in legs for event in leg.events if event.name == name)


def sample_ug(state: State) -> int:
    return sample_mass_ug(module for craft in state.crafts for module in craft.modules)


def test_contact_is_soft_straight_and_in_time(docked: Flown) -> None:
    contact = event(docked[1], "docking")
    assert contact.data["closing_speed_m_s"] == pytest.approx(0.2, abs=0.01)
    assert contact.data["closing_speed_m_s"] <= 0.3
    assert contact.data["lateral_speed_m_s"] < 0.01
    assert contact.data["offset_m"] < 0.01  # pulses are solved to half a centimetre
    assert contact.data["misalignment_deg"] == 0.0  # no errors without dispersions
    assert contact.data["passive"] == "ascender"
    assert abs(contact.epoch_s - tdb_from_utc("2024-06-06T06:48:00Z")) < 1800.0  # facts T15


def test_both_legs_end_with_the_one_craft(near: State, docked: Flown) -> None:
    state, legs = docked
    assert [leg.before[0].name for leg in legs] == ["orbiter", "ascender"]
    assert legs[0].after == legs[1].after == state.crafts
    joined = state.craft("orbiter")
    assert joined.module_names == ("orbiter", "returner", "ascender")
    used = sum(burn.propellant_kg for leg in legs for burn in leg.burns)
    assert joined.mass_kg == pytest.approx(sum(craft.mass_kg for craft in near.crafts) - used, abs=1e-9)
    assert near.craft("ascender").mass_kg == pytest.approx(
        430.0 + near.craft("ascender").module("ascender").propellant_kg + 1.9353, abs=1e-9
    )


def test_the_capture_keeps_momentum(docked: Flown) -> None:
    state, legs = docked
    ends = [leg.arcs[-1].states[-1] for leg in legs]
    place = state.craft("orbiter").place
    assert isinstance(place, Orbit)
    momentum = sum(y[6] * y[3:6] for y in ends)
    assert state.craft("orbiter").mass_kg * np.array(place.v_m_s) == pytest.approx(momentum, rel=1e-12)
    assert np.linalg.norm(ends[0][:3] - ends[1][:3]) < 0.01


def test_the_sample_goes_over_to_the_microgram(near: State, docked: Flown, ended: Flown) -> None:
    assert sample_ug(near) == sample_ug(docked[0]) == sample_ug(ended[0]) == two.SAMPLE_UG
    step, done = event(ended[1], "container_step"), event(ended[1], "sample_transfer")
    assert (step.data["giver"], step.data["taker"], done.data["taker"]) == ("ascender", "orbiter", "returner")
    assert step.data["sample_mass_ug"] == done.data["sample_mass_ug"] == two.SAMPLE_UG
    assert done.epoch_s - event(docked[1], "docking").epoch_s == pytest.approx(36.0 * 60.0, abs=1e-6)  # facts T15: 06:48 to 07:24
    returner, ascender = ended[0].craft("orbiter").module("returner"), ended[0].craft("ascender").module("ascender")
    assert sample_mass_ug([returner]) == two.SAMPLE_UG
    assert ascender.cargo == ()


def test_docked_then_separated_is_the_two_craft_again(near: State, ended: Flown) -> None:
    parted = event(ended[1], "ascender_separation")
    leg = next(leg for leg in ended[1] if leg.phase == "ascender_separation")
    assert [craft.module_names for craft in leg.after] == [("orbiter", "returner"), ("ascender",)]
    assert parted.modules == ("orbiter", "returner", "ascender")
    sample_kg, came, left = 1e-9 * two.SAMPLE_UG, near.craft("ascender"), leg.after[1]
    assert left.modules == tuple(replace(module, cargo=()) for module in came.modules), "to the bit, but for what it brought"
    assert left.mass_kg == pytest.approx(came.mass_kg - sample_kg, abs=1e-9)
    returner = (near.craft("orbiter").module("returner"), leg.after[0].module("returner"))
    assert returner[1].mass_kg == pytest.approx(returner[0].mass_kg + sample_kg, abs=1e-9)


def test_the_ascender_falls_where_it_was_predicted(ended: Flown) -> None:
    impact = event(ended[1], "ascender_impact")
    assert np.linalg.norm(impact.r_m) == pytest.approx(MOON_RADIUS_M, abs=0.1)
    assert impact.data["prediction_miss_m"] < 1.0  # without errors the prediction is the flight
    assert float(np.dot(impact.r_m, impact.v_m_s)) < 0.0
    place = ended[0].craft("ascender").place
    assert isinstance(place, Gone)
    assert place.why.startswith("fell at 17")  # the circle at the ground has 1680 m/s; it comes from 200 km


def test_a_dry_ascender_stays_in_orbit_and_says_so(world: World, docked: Flown) -> None:
    state = docked[0]
    craft = state.craft("orbiter")
    dry = craft.with_module(replace(craft.module("ascender"), propellant_kg=3.0))
    state, legs = two.fly(two.setting(world), replace(state, crafts=(dry,)), two.afterwards())
    left = event(legs, "left_in_orbit")
    assert left.data["perilune_altitude_km"] > 100.0
    assert "more propellant would do" in left.data["advice"]
    assert isinstance(state.craft("ascender").place, Orbit)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"latch": two.latch(closing_speed_m_s=0.15)}, "closing at 0.2 m/s, the latch takes 0.15: a slower approach would do"),
        ({"speed_m_s": 0.4}, "a slower approach would do"),
    ],
)
def test_a_missed_latch_leaves_two_craft_and_advice(world: World, near: State, changed: dict[str, object], said: str) -> None:
    state, legs = two.fly(two.setting(world), near, [two.docking(**changed)])
    assert legs[0].outcome is Outcome.TARGET_MISSED
    assert "not captured" in legs[0].advice
    assert said in legs[0].advice
    assert {craft.name for craft in state.crafts} == {"orbiter", "ascender"}
    assert sample_ug(state) == two.SAMPLE_UG
    assert all(leg.arcs for leg in legs)


def test_a_turned_craft_is_not_captured(world: World, near: State) -> None:
    given = replace(two.setting(world, 0), dispersions=None)
    _, legs = two.fly(given, near, [two.docking(attitude_error_rad=math.radians(20.0))])
    assert "a finer attitude_error would do" in legs[0].advice


def test_outside_the_corridor_the_approach_ends(world: World, near: State) -> None:
    """A tenth of a degree at 70 m is 12 cm; the natural way between two pulses, a metre off the axis, is seen at its ends only."""
    rough = two.SENSORS.model_copy(update={"bearing_error_rad": math.radians(3.0)})
    _, legs = two.fly(replace(two.setting(world, 1), dispersions=None), near, [two.docking(sensors=rough, corridor_rad=math.radians(0.1))])
    assert legs[0].outcome is Outcome.TARGET_MISSED
    assert "outside" in legs[0].advice


def test_nothing_to_hand_over_is_told(world: World, docked: Flown) -> None:
    craft = docked[0].craft("orbiter")
    empty = craft.with_module(replace(craft.module("ascender"), cargo=()))
    _, legs = two.fly(two.setting(world), replace(docked[0], crafts=(empty,)), two.afterwards()[:1])
    assert "ascender carries no container" in legs[0].advice


def test_craft_apart_in_time_cannot_join() -> None:
    with pytest.raises(ValueError, match="cannot join"):
        join("orbiter", two.orbiter(), replace(two.ascender(0.0), epoch_s=0.0))


@pytest.mark.parametrize("run", range(4))
def test_dispersed_craft_dock_within_limits_or_say_why(world: World, run: int) -> None:
    phases = [two.phasing(), two.rendezvous(), two.docking(), *two.afterwards()]
    state, legs = two.fly(two.setting(world, run), two.both(37.0 * run), phases)
    assert sample_ug(state) == two.SAMPLE_UG
    last = legs[-1]
    if last.phase == "disposal":
        contact = event(legs, "docking").data
        assert contact["closing_speed_m_s"] <= 0.3
        assert contact["offset_m"] <= 0.1
    else:
        assert any("would do" in leg.advice for leg in legs)
