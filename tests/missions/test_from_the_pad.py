"""The sample returns from liftoff on: what the launch leaves, how near the plan it ends, what too much payload is told."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import farside as fs
from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.craft.module import Gone, Landed

if TYPE_CHECKING:
    from farside.flight import Flight

LAUNCH = ["liftoff", "booster_separation", "fairing_separation", "core_separation", "parking_orbit", "tli", "spacecraft_separation"]


@pytest.fixture(params=["change6", "change5"])
def road(request: pytest.FixtureRequest) -> Flight:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def test_it_begins_on_the_pad_at_its_minute(road: Flight) -> None:
    first, (craft,) = road.events[0], road.legs[0].before
    assert [event.name for event in road.events[:7]] == LAUNCH
    assert first.epoch_s == road.mission.goals.liftoff_s == road.legs[0].start_s
    assert isinstance(craft.place, Landed) and (craft.place.center, craft.place.site) == ("earth", "launch")
    latitude, longitude, height = geodetic_from_itrf(*(icrf_to_itrf(first.epoch_s) @ np.array(first.r_m)))
    assert (math.degrees(latitude), math.degrees(longitude)) == pytest.approx((19.614, 110.951), abs=1e-7)
    assert height == pytest.approx(10.0, abs=1e-3)
    assert first.mass_kg == pytest.approx(sum(module.mass_kg for module in road.mission.modules.values()))


def test_without_errors_it_is_where_the_plan_begins_the_parking_orbit(road: Flight) -> None:
    orbit, plan = next(event for event in road.events if event.name == "parking_orbit"), road.plan.launch
    assert plan is not None
    assert orbit.epoch_s == pytest.approx(plan.insertion_s, abs=1e-5)
    assert orbit.r_m == pytest.approx(plan.r_m, abs=0.1)  # m: rounding of an epoch is a millimetre
    assert orbit.v_m_s == pytest.approx(plan.v_m_s, abs=1e-4)


def test_every_part_of_the_launcher_answers_until_it_parts(road: Flight) -> None:
    events = {event.name: event for event in road.events}
    for module, name in (("boosters", "booster_separation"), ("fairing", "fairing_separation"), ("core", "core_separation")):
        parted = events[name].epoch_s
        truth = road.at(parted, module)
        assert truth.craft == "launcher" and truth.r_m == events[name].r_m
        with pytest.raises(ValueError, match=f"{module} is followed from"):
            road.at(parted + 0.1, module)
        (craft,) = (craft for craft in road.state.crafts if craft.name == module)
        assert isinstance(craft.place, Gone) and craft.place.where == "falls to the Earth"
        assert craft.module_names == (module,)


def test_the_second_stage_has_something_left(road: Flight) -> None:
    """An answer, not a goal: by facts T30 Chang'e-5's burned 637 s, which leaves 3.2 t of 29.1 t."""
    (launcher,) = (craft for craft in road.state.crafts if craft.name == "launcher")
    assert 2e3 < launcher.module("second_stage").propellant_kg < 5e3


def heavier(flight: Flight, more_kg: float) -> fs.Mission:
    """The same mission with more dry mass on its orbiter."""
    modules = flight.mission.modules
    orbiter = replace(modules["orbiter"], dry_mass_kg=modules["orbiter"].dry_mass_kg + more_kg)
    return replace(flight.mission, modules={**modules, "orbiter": orbiter})


def test_a_payload_too_heavy_for_the_moon_is_told_by_how_much(change5: Flight) -> None:
    flight = fs.fly(heavier(change5, 5000.0), change5.plan)
    assert flight.outcome is fs.Outcome.PROPELLANT_EXHAUSTED
    assert flight.advice.startswith("transfer: second_stage ran dry in tli: ") and flight.advice.endswith(" kg less payload")
    assert [event.name for event in flight.events] == LAUNCH[:6]


def test_a_payload_too_heavy_for_the_orbit_is_told_by_how_much(change5: Flight) -> None:
    flight = fs.fly(heavier(change5, 60e3), change5.plan)
    assert flight.outcome is fs.Outcome.IMPACT
    assert flight.advice.startswith("launch: launcher comes down again") and "less payload would do: about 3" in flight.advice
    assert flight.at(flight.legs[-1].end_s, "lander").craft == "launcher"
    (whole,) = flight.state.crafts[-1:]
    assert isinstance(whole.place, Gone)


@pytest.mark.parametrize("run", range(3))
def test_errors_of_the_launch_are_corrected_on_the_way(change6: Flight, run: int) -> None:
    """Half a percent of thrust and 0.05 % of the accelerometers: kilometres in the parking orbit, some ten m/s at the first correction."""
    flight = fs.fly(change6.mission, change6.plan, dispersed=True, run=run)
    assert flight.outcome is fs.Outcome.DONE
    orbit = next(event for event in flight.events if event.name == "parking_orbit")
    plan = change6.plan.launch
    assert plan is not None
    assert abs(float(np.linalg.norm(orbit.r_m)) - float(np.linalg.norm(plan.r_m))) > 10.0
    corrected = next(burn.delta_v_m_s for burn in flight.burns if burn.name == "tcm_1")
    assert 0.5 < corrected < 60.0
