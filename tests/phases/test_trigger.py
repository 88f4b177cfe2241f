"""Triggers: each ends a coast where it should, or the leg says why it never came."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from on_the_road import burn_of, course_at, event_of

from farside.basis.epochs import tdb_from_utc
from farside.dynamics.world import apsides
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome
from farside.phases.trigger import After, AtAltitude, AtApsis, AtEpoch, NodeOnDay, coast_until

if TYPE_CHECKING:
    from farside.flight import Flight


@pytest.fixture
def course(change5: Flight) -> Course:
    return course_at(change5, burn_of(change5, "loi_1").cutoff_s + 3600.0, "lander")


def test_after_so_long(course: Course) -> None:
    first_s = course.craft.epoch_s
    coast_until(course, After(after_s=1234.5))
    assert course.craft.epoch_s == first_s + 1234.5


def test_at_an_epoch(course: Course) -> None:
    when = course.craft.epoch_s + 777.0
    coast_until(course, AtEpoch(epoch_s=when))
    assert course.craft.epoch_s == when


@pytest.mark.parametrize("which", ["perilune", "apolune"])
def test_at_an_apsis(course: Course, which: str) -> None:
    coast_until(course, AtApsis(apsis=which))  # type: ignore[arg-type]
    at = course.point
    assert abs(float(at.r_m @ at.v_m_s)) < 1.0, "metres squared a second: across the radius"
    expected = apsides(at)[0 if which == "perilune" else 1]
    assert float(np.linalg.norm(at.r_m)) == pytest.approx(expected, abs=1.0)


def test_at_the_first_ascending_node_of_a_day(course: Course) -> None:
    day_s = tdb_from_utc("2020-11-29T00:00:00Z")
    coast_until(course, NodeOnDay(node_on_day_s=day_s))
    at, pole = course.point, course.world.moon_me(course.craft.epoch_s)[2]
    assert abs(float(pole @ at.r_m)) < 1.0 and float(pole @ at.v_m_s) > 0.0
    turn_s = 2.0 * math.pi * math.sqrt((0.5 * sum(apsides(at))) ** 3 / 4.9028e12)
    assert day_s <= course.craft.epoch_s < day_s + 1.01 * turn_s, "the first of the day"


def test_at_an_altitude_on_the_way_down(change5: Flight) -> None:
    course = course_at(change5, burn_of(change5, "tei_2").cutoff_s + 90000.0, "returner")
    coast_until(course, AtAltitude(altitude_m=5e6, before_landing_min_s=2700.0, before_landing_max_s=2820.0))
    assert course.craft.epoch_s == pytest.approx(event_of(change5, "capsule_separation").epoch_s, abs=1e-2)
    assert course.point.center == "earth"


def test_a_clock_that_has_passed_ends_the_leg(course: Course) -> None:
    for trigger in (AtEpoch(epoch_s=course.craft.epoch_s - 7200.0), NodeOnDay(node_on_day_s=course.craft.epoch_s - 7200.0)):
        with pytest.raises(LegEnded, match=r"has passed when stack gets here, .*Z; the phases before must end 2\.00 h earlier") as ended:
            coast_until(course, trigger)
        assert ended.value.outcome is Outcome.TARGET_MISSED


def test_a_trigger_that_never_comes_ends_the_leg(course: Course) -> None:
    """In lunar orbit no descent through an altitude above the Earth comes within thirty days."""
    with pytest.raises(LegEnded, match="does not come within thirty days; another trigger would do"):
        coast_until(course, AtAltitude(altitude_m=5e6, before_landing_min_s=2700.0, before_landing_max_s=2820.0))
