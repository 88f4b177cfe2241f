"""Courses that begin somewhere on the road of a flown mission, for tests of its phases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from farside.basis.draws import Draws
from farside.craft.module import Craft, Orbit
from farside.dynamics.world import World
from farside.flight import build_world, entry_goal, landing_goal
from farside.phases.course import Course, Setting
from farside.phases.leg import Burn, Event

if TYPE_CHECKING:
    from farside.flight import Flight


WORLDS: dict[str, World] = {}


def setting_of(flight: Flight, run: int | None = None) -> Setting:
    """What the flight's phases were given; with `run`, with the errors of that run."""
    mission = flight.mission
    draws = Draws(mission.seed, run or 0, run is not None)
    if mission.digest not in WORLDS:
        WORLDS[mission.digest] = build_world(mission)
    return Setting(WORLDS[mission.digest], flight.plan, landing_goal(mission), entry_goal(mission), mission.dispersions, draws)


def course_at(flight: Flight, epoch_s: float, module: str = "orbiter", phase: str = "test", run: int | None = None) -> Course:
    """A course of the craft that a module was on at an epoch, from there."""
    truth = flight.at(epoch_s, module)
    leg = [leg for leg in flight.legs if module in leg.before[0].module_names and leg.start_s <= epoch_s <= leg.end_s][-1]
    craft = Craft(truth.craft, leg.before[0].modules, epoch_s, Orbit(truth.center, truth.r_m, truth.v_m_s))  # type: ignore[arg-type]
    return Course(setting_of(flight, run), phase, craft)


def pushed(course: Course, v_m_s: tuple[float, float, float]) -> Course:
    """The same course with the craft's true velocity changed."""
    place = course.craft.place
    assert isinstance(place, Orbit)
    v = tuple(a + b for a, b in zip(place.v_m_s, v_m_s, strict=True))
    return Course(course.setting, course.phase, replace(course.craft, place=replace(place, v_m_s=v)))  # type: ignore[arg-type]


def event_of(flight: Flight, name: str) -> Event:
    return next(event for event in flight.events if event.name == name)


def burn_of(flight: Flight, name: str) -> Burn:
    return next(burn for burn in flight.burns if burn.name == name)
