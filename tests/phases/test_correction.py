"""Corrections as phases: towards each aim, burned when worth it, noted when not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from on_the_road import burn_of, course_at, event_of, pushed

from farside.dynamics.world import Point
from farside.guidance.entry import fall_to_gate
from farside.guidance.home import AT_GATE, gate_miss
from farside.guidance.lunar import GuidanceError, along_track
from farside.guidance.passage import AT_PERILUNE, bplane_miss
from farside.phases.correction import Correction
from farside.phases.course import Course
from farside.planning.lunar_plane import site_direction

if TYPE_CHECKING:
    from farside.flight import Flight


def correction(aim: str, after_s: float = 3600.0, engine: str = "two_25n") -> Correction:
    return Correction(
        name="fix", kind="correction", craft="stack", event="tcm_9", module="orbiter", engine=engine, after_s=after_s, aim=aim  # type: ignore[arg-type]
    )  # fmt: skip


def on_the_way_out(flight: Flight) -> Course:
    return course_at(flight, burn_of(flight, "tli").cutoff_s + 40000.0, "lander")


def on_the_way_home(flight: Flight) -> Course:
    return course_at(flight, burn_of(flight, "tei_2").cutoff_s + 40000.0, "returner")


def in_the_circle(flight: Flight) -> Course:
    return course_at(flight, event_of(flight, "tcm_3").epoch_s, "lander")


@pytest.mark.parametrize("start", [on_the_way_out, on_the_way_home, in_the_circle], ids=["perilune", "entry", "landing_pass"])
def test_a_craft_on_its_way_is_let_be_and_that_is_noted(change5: Flight, start: object) -> None:
    course: Course = start(change5)  # type: ignore[operator]
    aim = {on_the_way_out: "perilune", on_the_way_home: "entry", in_the_circle: "landing_pass"}[start]  # type: ignore[index]
    phase = correction(aim)
    first_s = course.craft.epoch_s
    phase.fly(course)
    (event,) = course.events
    assert event.name == "tcm_9" and event.epoch_s == first_s + 3600.0
    assert event.data["delta_v_m_s"] == 0.0 and event.data["needed_m_s"] < 0.1 and event.data["minimum_m_s"] == 0.1
    assert not course.burns and course.craft.modules == course.before.modules


def test_a_push_too_small_to_be_worth_it_is_noted_with_what_it_would_take(change5: Flight) -> None:
    course = pushed(on_the_way_out(change5), (0.03, 0.0, 0.0))
    correction("perilune").fly(course)
    assert not course.burns and 0.005 < course.events[0].data["needed_m_s"] < 0.1


def test_towards_the_perilune(change5: Flight) -> None:
    course = pushed(on_the_way_out(change5), (1.5, -1.0, 0.5))
    correction("perilune", engine="four_150n").fly(course)
    (burn,) = course.burns
    assert burn.engine == "four_150n" and 0.5 < burn.delta_v_m_s < 5.0
    miss = bplane_miss(course.world, course.point, change5.plan.perilune)
    assert (np.abs(miss) <= [c.tolerance for c in AT_PERILUNE]).all()


def test_towards_the_gate(change5: Flight) -> None:
    course = pushed(on_the_way_home(change5), (0.3, 0.5, -0.4))
    correction("entry").fly(course)
    (burn,) = course.burns
    assert 0.2 < burn.delta_v_m_s < 3.0
    goal = course.setting.entry
    assert goal is not None
    assert (np.abs(gate_miss(fall_to_gate(course.world, course.point, goal), goal)) <= [c.tolerance for c in AT_GATE]).all()


def test_towards_the_pass_over_the_site(change5: Flight) -> None:
    course = in_the_circle(change5)
    along = course.point.v_m_s / np.linalg.norm(course.point.v_m_s)
    course = pushed(course, tuple(0.8 * along))
    correction("landing_pass", 60.0).fly(course)
    (burn,) = course.burns
    assert burn.delta_v_m_s == pytest.approx(0.8, abs=0.15)
    landing = course.setting.landing
    assert landing is not None
    site = site_direction(course.world, landing.site_moon_me, landing.touchdown_s)
    assert abs(along_track(course.world, course.point, landing.touchdown_s, site)) < 1.1e-4


def test_what_is_known_decides_not_what_is(change5: Flight, monkeypatch: pytest.MonkeyPatch) -> None:
    """A craft on its way, told that it is 1 m/s off, burns that metre a second away and leaves its way."""
    true_fix = Course.fix

    def wrong_fix(course: Course, what: str) -> Point:
        point = true_fix(course, what)
        return replace(point, y=point.y + np.array([0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]))

    monkeypatch.setattr(Course, "fix", wrong_fix)
    course = on_the_way_out(change5)
    correction("perilune", engine="four_150n").fly(course)
    assert course.burns[0].delta_v_m_s == pytest.approx(1.0, abs=0.01)
    assert np.array(course.burns[0].attitude.axis) == pytest.approx([0.0, -1.0, 0.0], abs=0.02)
    assert np.abs(bplane_miss(course.world, course.point, change5.plan.perilune)[:2]).max() > 50.0, "kilometres"


def test_a_craft_far_off_its_way_says_what_it_cannot_reach(change5: Flight) -> None:
    course = pushed(on_the_way_out(change5), (400.0, 0.0, 0.0))
    with pytest.raises(GuidanceError, match="B-plane"):
        correction("perilune", engine="four_150n").fly(course)
