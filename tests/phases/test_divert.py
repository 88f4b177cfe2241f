"""The divert of the orbiter as a phase, from where Chang'e-6 and Chang'e-5 let their capsules go."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from on_the_road import course_at, event_of

from farside.craft.module import Orbit
from farside.phases.course import Course, LegEnded
from farside.phases.divert import Divert
from farside.phases.faults import FixOff
from farside.phases.leg import Outcome
from mission_text import CHANGE6, edited, in_phase, only_problem, phase_text, place, without

if TYPE_CHECKING:
    from farside.flight import Flight

DIVERT = Divert(
    name="divert",
    kind="divert",
    craft="orbiter",
    event="orbiter_divert",
    module="orbiter",
    engine="main",
    after_s=30.0,
    perigee_altitude_m=180e3,
    perigee_altitude_min_m=150e3,
)


def parted(flight: Flight, run: int | None = None) -> Course:
    """The orbiter alone, where its capsule has left it."""
    return course_at(flight, event_of(flight, "capsule_separation").epoch_s + 1e-3, "orbiter", "divert", run)


@pytest.mark.parametrize("name", ["change6", "change5"])
def test_the_missions_fly_past_the_earth_and_on(request: pytest.FixtureRequest, name: str) -> None:
    flight: Flight = request.getfixturevalue(name)
    burn, passed = event_of(flight, "orbiter_divert"), event_of(flight, "perigee")
    declared = next(phase for phase in flight.mission.phases if isinstance(phase, Divert))
    assert burn.data["perigee_altitude_km"] == pytest.approx(declared.perigee_altitude_m / 1e3, abs=0.1)
    assert burn.epoch_s == event_of(flight, "capsule_separation").epoch_s + declared.after_s
    assert abs(float(np.dot(passed.r_m, passed.v_m_s))) < 1e-6 * math.hypot(*passed.r_m) * math.hypot(*passed.v_m_s)
    orbiter = flight.state.craft("orbiter")
    assert isinstance(orbiter.place, Orbit) and math.hypot(*orbiter.place.r_m) > 1e8, "days later, far away"
    assert orbiter.module("orbiter").propellant_kg > 0.0


def test_it_goes_the_way_it_was_going_and_pays_from_its_tank(change6: Flight) -> None:
    """Mostly along the horizontal and forward; the propellant is that of the rocket equation."""
    course = parted(change6)
    DIVERT.fly(course)
    burn = course.burns[0]
    assert burn.attitude is not None
    up = course.before.place.r_m / np.linalg.norm(course.before.place.r_m)  # type: ignore[union-attr]
    axis = np.array(burn.attitude.axis)
    assert axis @ np.array(course.before.place.v_m_s) > 0.0  # type: ignore[union-attr]
    assert abs(math.degrees(math.asin(float(axis @ up)))) < 45.0
    used = burn.ignition_mass_kg * -math.expm1(-burn.delta_v_m_s / (312.0 * 9.80665))
    assert course.before.module("orbiter").propellant_kg - course.craft.module("orbiter").propellant_kg == pytest.approx(used, rel=1e-6)


def test_with_errors_the_perigee_stays_within_its_margin(change6: Flight) -> None:
    """A kilometre in the mean: errors of the fix, of thrust, of pointing and of the accelerometer."""
    perigees = []
    for run in range(12):
        course = parted(change6, run)
        DIVERT.fly(course)
        perigees.append(course.events[0].data["perigee_altitude_km"])
    assert len(set(perigees)) == 12
    assert max(abs(perigee - 180.0) for perigee in perigees) < 5.0


def test_a_tank_too_small_says_by_how_much(change6: Flight) -> None:
    """What is missing is what the burn that was asked for takes, less what was there."""
    enough = parted(change6)
    DIVERT.fly(enough)
    course = parted(change6)
    course.craft = course.craft.with_module(replace(course.craft.module("orbiter"), propellant_kg=10.0))
    with pytest.raises(LegEnded, match=r"orbiter ran dry in orbiter_divert: \d+\.\d kg more are needed") as ended:
        DIVERT.fly(course)
    assert ended.value.outcome is Outcome.PROPELLANT_EXHAUSTED


def test_a_perigee_below_the_least_is_a_target_missed(change6: Flight) -> None:
    """It takes itself to be 60 km higher than it is, burns for less, and passes too low."""
    course = parted(change6)
    course.setting = replace(course.setting, faults=(FixOff(kind="fix_off", phase="divert", up_m=60e3),))
    with pytest.raises(LegEnded, match=r"its perigee is at 1[0-4]\d\.\d km, perigee_altitude_min is 150\.0 km; a higher") as ended:
        DIVERT.fly(course)
    assert ended.value.outcome is Outcome.TARGET_MISSED
    assert [event.name for event in course.events] == ["orbiter_divert", "perigee"], "and is told"


def test_a_craft_that_passes_high_enough_burns_nothing(change6: Flight) -> None:
    course = parted(change6)
    low = DIVERT.model_copy(update={"perigee_altitude_m": 40e3, "perigee_altitude_min_m": 30e3})
    low.fly(course)
    assert not course.burns
    assert course.events[0].data["delta_v_m_s"] == 0.0 and 45.0 < course.events[0].data["perigee_altitude_km"] < 65.0


# In a mission file

MIN = 'perigee_altitude_min = { value = "150 km"'
EDITS: list[tuple[Callable[[], str], str]] = [
    (lambda: in_phase("divert", MIN, MIN.replace("150", "180")), "perigee_altitude_min must be less than perigee_altitude"),
    (lambda: in_phase("divert", 'engine = "main"', 'engine = "man"'), "no such engine on orbiter"),
    (lambda: in_phase("divert", 'module = "orbiter"', 'module = "returner"'), "no such module on orbiter at this point"),
    (lambda: in_phase("divert", 'craft = "orbiter"', 'craft = "orbter"'), "no such craft at this point"),
]


@pytest.mark.parametrize(("text", "why"), EDITS)
def test_what_cannot_be_flown_is_refused(text: Callable[[], str], why: str) -> None:
    found = only_problem(text())
    assert why in found and found.startswith(place("divert", CHANGE6))


def test_before_the_departure_there_is_no_earth_to_pass() -> None:
    text = edited(phase_text("departure"), phase_text("divert") + "\n\n" + phase_text("departure"), without("divert"))
    assert only_problem(text) == f'{place("divert", text)}.kind = "divert": the divert goes after the departure'
