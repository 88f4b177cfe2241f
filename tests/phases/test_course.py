"""The four verbs of phases: what is known and what is true, what a burn leaves, and how a leg ends when it cannot go on."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from on_the_road import burn_of, course_at, event_of, pushed, setting_of

from farside.basis.axes import from_planetocentric
from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.draws import Draws
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import angle_between
from farside.craft.module import Craft, Gone, Knowledge, Landed, Module, Orbit, State
from farside.dynamics.world import World, apsides, apsis
from farside.guidance.command import Command, fixed, local_axes, vector
from farside.phases.course import Course, LegEnded, Setting, knowing, point_of
from farside.phases.dispersions import Dispersions
from farside.phases.leg import Outcome
from farside.planning.plan import Plan

if TYPE_CHECKING:
    from farside.flight import Flight


@pytest.fixture
def course(change5: Flight) -> Course:
    """Of the orbiter, in lunar orbit, a day after the lander has gone."""
    return course_at(change5, event_of(change5, "lander_separation").epoch_s + 86400.0)


# --- fix: what is known ----------------------------------------------------------------------------------------------------------------


def test_without_errors_the_truth_is_known(course: Course) -> None:
    known = course.fix("here")
    assert (known.y == course.point.y).all() and known.epoch_s == course.craft.epoch_s
    assert course.knowledge == Knowledge(known.epoch_s, "moon", *(tuple(map(float, known.y[k : k + 3])) for k in (0, 3)))  # type: ignore[arg-type]


def test_fixes_spread_as_declared(change5: Flight) -> None:
    """Over many runs: 300 m and 1 cm/s a component; mass and epoch are known; the truth is not touched.

    The period is known as well as the velocity says, and no worse: what the height is wrong by is made up for along the velocity.
    """
    epoch_s = event_of(change5, "lander_separation").epoch_s + 86400.0
    courses = [course_at(change5, epoch_s, run=run) for run in range(200)]
    off = np.array([course.fix("here").y - course.point.y for course in courses])
    assert np.std(off[:, :3], axis=0) == pytest.approx(300.0, rel=0.2)  # four standard errors of two hundred
    across = local_axes(courses[0].point)
    off_m_s = off[:, 3:6] @ across.T
    assert np.std(off_m_s[:, 1:], axis=0) == pytest.approx(0.01, rel=0.2), "along the normal and outward"
    known, truth = [course.fix("here") for course in courses], courses[0].point
    speed = float(np.linalg.norm(truth.v_m_s))
    energies = [0.5 * float(p.v_m_s @ p.v_m_s) - GM_MOON_M3_S2 / float(np.linalg.norm(p.r_m)) for p in (truth, *known)]
    assert np.std(energies[1:]) == pytest.approx(0.01 * speed, rel=0.2)
    assert abs(np.mean(energies[1:]) - energies[0]) < 0.3 * 0.01 * speed
    rate = GM_MOON_M3_S2 / (float(truth.r_m @ truth.r_m) * speed)  # m/s along for a metre of height, by the energy of two bodies
    assert np.std(off_m_s[:, 0]) == pytest.approx(math.hypot(0.01, 300.0 * rate), rel=0.2)
    size = np.array([300.0] * 3 + [math.hypot(0.01, 300.0 * rate), 0.01, 0.01])
    assert np.abs(np.mean(np.hstack([off[:, :3], off_m_s]), axis=0) / size).max() < 0.3, "and about the truth"
    assert (off[:, 6] == 0.0).all()
    assert courses[0].craft == courses[0].before
    assert courses[0].knowledge is not None and courses[0].knowledge.sigma_r_m == 300.0


def test_fixes_are_drawn_by_name(change5: Flight) -> None:
    """The same name in the same phase and run errs the same; any other name, phase or run errs otherwise."""
    epoch_s = event_of(change5, "lander_separation").epoch_s + 86400.0
    first = course_at(change5, epoch_s, run=1).fix("here").y
    assert (course_at(change5, epoch_s, run=1).fix("here").y == first).all()
    for other in (
        course_at(change5, epoch_s, run=2).fix("here").y,
        course_at(change5, epoch_s, run=1).fix("there").y,
        course_at(change5, epoch_s, phase="other", run=1).fix("here").y,
    ):
        assert (other[:6] != first[:6]).all()


# --- coast -----------------------------------------------------------------------------------------------------------------------------


def test_a_coast_moves_the_craft_and_nothing_else(course: Course) -> None:
    start = course.craft
    assert course.coast(start.epoch_s + 3600.0) is False, "no stop was asked for"
    assert course.craft.modules == start.modules and course.craft.epoch_s == start.epoch_s + 3600.0
    assert course.before == start and course.arcs[-1].end_s == course.craft.epoch_s
    assert course.coast(course.craft.epoch_s + 86400.0, apsis(True)) is True


@given(st.floats(0.0, 86400.0))
@settings(max_examples=5)
def test_a_flight_is_that_of_the_mission(change5: Flight, seconds: float) -> None:
    """Flown on from any epoch of a coast, the craft is where the mission's flight says."""
    first_s = event_of(change5, "lander_separation").epoch_s + 86400.0
    course = course_at(change5, first_s)
    course.coast(first_s + seconds)
    assert isinstance(course.craft.place, Orbit)
    assert np.linalg.norm(np.array(course.craft.place.r_m) - change5.at(first_s + seconds, "orbiter").r_m) < 0.01


def test_a_craft_that_strikes_the_moon_ends_its_leg_and_is_gone(course: Course) -> None:
    """Braked by 100 m/s in its orbit, the orbiter comes down within half a revolution."""
    v = np.array(course.point.v_m_s)
    falling = pushed(course, tuple(-100.0 * v / np.linalg.norm(v)))
    with pytest.raises(LegEnded, match=r"orbiter strikes the moon at 2020-.*Z; a higher periapsis before would do") as ended:
        falling.coast(falling.craft.epoch_s + 86400.0)
    assert ended.value.outcome is Outcome.IMPACT
    assert isinstance(falling.craft.place, Gone) and falling.craft.place.where == "struck the moon"
    assert falling.craft.epoch_s < course.craft.epoch_s + 7700.0


def test_no_leg_flies_backwards(course: Course) -> None:
    before = course.craft
    with pytest.raises(LegEnded, match=r".* has passed when orbiter gets here, .*Z; the phases before must end 1\.00 h earlier"):
        course.coast(before.epoch_s - 3600.0)
    assert course.craft == before and not course.arcs


def test_no_leg_flies_beyond_the_ephemerides(course: Course) -> None:
    with pytest.raises(LegEnded, match=r"lies beyond the ephemerides loaded for this mission, which end 2021-"):
        course.coast(course.craft.epoch_s + 500.0 * 86400.0)


# --- on the ground ----------------------------------------------------------------------------------------------------------------------

STANDING = Landed("moon", vector(from_planetocentric(math.radians(-41.6385), math.radians(206.0148), -5256.0, MOON_RADIUS_M)), "landing")


def standing(world: World, draws: Draws | None = None) -> Course:
    """A craft where Chang'e-6 stood."""
    craft = Craft("lander", (Module("lander", 1010.0),), tdb_from_utc("2024-06-02T00:00:00Z"), STANDING)
    errors = Dispersions(
        navigation_position_m=300.0,
        navigation_velocity_m_s=0.01,
        thrust=0.0,
        pointing_rad=0.0,
        accelerometer=0.0,
        minimum_correction_m_s=0.1,
    )
    return Course(Setting(world, cast(Plan, None), None, None, errors, draws or Draws()), "test", craft)


def test_a_craft_on_the_ground_stays_in_its_place(world: World) -> None:
    course = standing(world)
    before = course.craft
    assert course.coast(before.epoch_s + 86400.0) is False
    assert course.craft == replace(before, epoch_s=before.epoch_s + 86400.0)
    (arc,) = course.arcs
    assert (arc.mode, arc.start_s, arc.end_s) == ("landed", before.epoch_s, course.craft.epoch_s)
    for epoch_s in np.linspace(arc.start_s, arc.end_s, 7):
        assert world.moon_me(float(epoch_s)) @ arc.at(float(epoch_s))[0, :3] == pytest.approx(STANDING.r_fixed_m, abs=1e-3)
    course.coast(course.craft.epoch_s)
    assert course.arcs == [arc], "no time, no arc"


def test_no_stop_is_met_on_the_ground(world: World) -> None:
    course = standing(world)
    assert course.coast(course.craft.epoch_s + 86400.0, apsis(True)) is False
    with pytest.raises(LegEnded, match="has passed when lander gets here"):
        course.coast(course.craft.epoch_s - 1.0)


def test_a_note_on_the_ground_tells_how_the_ground_moves(world: World) -> None:
    """Its velocity is the difference of two places a second apart: 3.45 m/s at that latitude."""
    course = standing(world)
    course.note("here", seen=1)
    (event,) = course.events
    assert (event.center, event.craft, event.mass_kg, event.data) == ("moon", "lander", 1010.0, {"seen": 1})
    fixed_m = np.array(STANDING.r_fixed_m)
    sides = [world.moon_me(event.epoch_s + seconds).T @ fixed_m for seconds in (-0.5, 0.0, 0.5)]
    assert event.r_m == pytest.approx(sides[1], abs=1e-6)
    assert event.v_m_s == pytest.approx(sides[2] - sides[0], abs=1e-3)
    assert math.hypot(*event.v_m_s) == pytest.approx(3.45, abs=0.05)
    assert course.craft == course.before, "it stands as it stood"


def test_a_craft_on_the_ground_knows_itself_as_well_as_it_can(world: World) -> None:
    """Its fix is the ground's motion, off by the declared errors and nothing else: no period ties height and speed together there."""
    truth = standing(world)
    truth.note("here")
    off = []
    for run in range(200):
        known = standing(world, Draws(1, run, True)).fix("here")
        off.append([*(known.r_m - truth.events[0].r_m), *(known.v_m_s - truth.events[0].v_m_s)])
    assert np.std(off, axis=0) == pytest.approx([300.0] * 3 + [0.01] * 3, rel=0.2)  # four standard errors of two hundred
    assert standing(world).fix("here").y[:3] == pytest.approx(truth.events[0].r_m, abs=1e-9)


# --- burn ------------------------------------------------------------------------------------------------------------------------------


def command_for(course: Course, delta_v_m_s: float, after_s: float = 600.0) -> Command:
    ignition_s = course.craft.epoch_s + after_s
    return Command(ignition_s, delta_v_m_s, fixed(course.point.v_m_s, ignition_s))


def test_a_burn_is_flown_as_commanded(course: Course) -> None:
    before = course.craft
    command = command_for(course, 20.0)
    course.burn(command, "orbiter", "main", "tei_9")
    (burn,) = course.burns
    assert (burn.name, burn.phase, burn.craft, burn.module, burn.engine) == ("tei_9", "test", "orbiter", "orbiter", "main")
    assert burn.ignition_s == command.ignition_s and burn.cutoff_s == course.craft.epoch_s
    assert burn.delta_v_m_s == pytest.approx(20.0, rel=1e-7)  # of five seconds an epoch resolves 1e-8
    assert course.craft.mass_kg == pytest.approx(before.mass_kg - burn.propellant_kg, abs=1e-9)
    assert course.craft.module("returner") == before.module("returner")
    (event,) = course.events
    assert (event.name, event.epoch_s, event.mass_kg) == ("tei_9", burn.ignition_s, before.mass_kg)
    assert [arc.mode for arc in course.arcs] == ["coast", "burn"] and course.arcs[1].thrust_n == burn.thrust_n


def test_execution_errors_are_those_declared(change5: Flight) -> None:
    """Over many runs: thrust 0.5 %, direction 0.2 deg about each axis, and a velocity change wrong by the accelerometer's 0.05 %."""
    epoch_s = event_of(change5, "lander_separation").epoch_s + 86400.0
    burns, off = [], []
    for run in range(150):
        course = course_at(change5, epoch_s, run=run)
        command = command_for(course, 100.0)
        course.burn(command, "orbiter", "main", "tei_9")
        burns.append(course.burns[0])
        off.append(angle_between(np.array(course.burns[0].attitude.axis), np.array(command.steering.axis)))
    assert np.std([burn.thrust_n / 3000.0 - 1.0 for burn in burns]) == pytest.approx(0.005, rel=0.25)
    assert np.std([burn.delta_v_m_s / 100.0 - 1.0 for burn in burns]) == pytest.approx(0.0005, rel=0.25)
    # About three axes, of which the one along the thrust does nothing: the angle is Rayleigh's of two.
    assert math.degrees(float(np.sqrt(np.mean(np.square(off)) / 2.0))) == pytest.approx(0.2, rel=0.2)


def test_an_engine_that_pushes_harder_burns_shorter(change5: Flight) -> None:
    """The accelerometer cuts off at the same velocity change: thrust and duration are in proportion, the propellant is the same."""
    epoch_s = event_of(change5, "lander_separation").epoch_s + 86400.0
    found = []
    for run in (0, 1):
        course = course_at(change5, epoch_s, run=run)
        course.burn(command_for(course, 100.0), "orbiter", "main", "tei_9")
        found.append(course.burns[0])
    one, other = found
    assert one.thrust_n != other.thrust_n
    impulse = [burn.thrust_n * (burn.cutoff_s - burn.ignition_s) / burn.delta_v_m_s for burn in found]
    assert impulse[0] == pytest.approx(impulse[1], rel=1e-4)


def test_a_dry_tank_cuts_the_burn_off_and_says_what_was_missing(course: Course) -> None:
    craft = course.craft
    poor = Course(course.setting, "test", craft.with_module(replace(craft.module("orbiter"), propellant_kg=5.0)))
    with pytest.raises(LegEnded, match=r"orbiter ran dry in tei_9: \d+\.\d kg more are needed for its 100\.0 m/s") as ended:
        poor.burn(command_for(poor, 100.0), "orbiter", "main", "tei_9")
    assert ended.value.outcome is Outcome.PROPELLANT_EXHAUSTED
    assert poor.burns[0].propellant_kg == pytest.approx(5.0, abs=1e-6)
    assert 0.0 <= poor.craft.module("orbiter").propellant_kg < 1e-6
    reached = 312.0 * 9.80665 * math.log(poor.before.mass_kg / (poor.before.mass_kg - 5.0))
    assert poor.burns[0].delta_v_m_s == pytest.approx(reached, rel=1e-6)


def test_a_burn_whose_time_has_passed_is_refused(course: Course) -> None:
    with pytest.raises(LegEnded, match="has passed when orbiter gets here"):
        course.burn(command_for(course, 10.0, -60.0), "orbiter", "main", "tei_9")


def test_a_burn_raises_the_orbit_as_it_should(course: Course) -> None:
    """20 m/s along the velocity of a near-circle lifts the other side by four times dv / v of the radius."""
    low, high = apsides(course.point)
    radius, speed = 0.5 * (low + high), float(np.linalg.norm(course.point.v_m_s))
    course.burn(command_for(course, 20.0), "orbiter", "main", "tei_9")
    assert 0.5 * sum(apsides(course.point)) - radius == pytest.approx(2.0 * radius * 20.0 / speed, rel=0.1)


# --- note and leg ----------------------------------------------------------------------------------------------------------------------


def test_notes_tell_the_truth_now_and_on_an_arc(course: Course) -> None:
    course.coast(course.craft.epoch_s + 3600.0)
    course.note("now", seen=1)
    half = 0.5 * (course.arcs[0].start_s + course.arcs[0].end_s)
    course.note_at("then", course.arcs[0], half, seen=2)
    leg = course.leg()
    assert [event.name for event in leg.events] == ["then", "now"], "in order of time"
    assert leg.events[1].r_m == course.craft.place.r_m and leg.events[1].data == {"seen": 1}  # type: ignore[union-attr]
    assert leg.events[0].r_m == tuple(course.arcs[0].at(half)[0, :3])
    assert leg.before == (course.before,) and leg.after == (course.craft,) and leg.outcome is Outcome.DONE


def test_only_craft_in_free_space_are_points() -> None:
    with pytest.raises(ValueError, match="only a craft in free space moves"):
        point_of(Craft("stack", (Module("orbiter", 1.0),), 0.0, Gone("away", "why not")))


def test_knowledge_follows_the_craft_that_fly() -> None:
    place = Orbit("moon", (2e6, 0.0, 0.0), (0.0, 1500.0, 0.0))
    craft = Craft("orbiter", (Module("orbiter", 1.0),), 0.0, place)
    known = Knowledge(0.0, "moon", place.r_m, place.v_m_s, 1.0, 1.0)
    state = knowing(State((craft,)), "orbiter", known)
    assert state.known("orbiter") == known
    assert knowing(state, "stack", known).knowledge == (("orbiter", known),), "what no longer flies knows nothing"
    assert knowing(state, "orbiter", None).known("orbiter").sigma_r_m == 0.0, "without an estimate it knows its state"


def test_dispersions_off_leave_the_minimum(change5: Flight) -> None:
    assert setting_of(change5).minimum_correction_m_s == 0.1
    assert replace(setting_of(change5), dispersions=None).minimum_correction_m_s == 0.0
    assert burn_of(change5, "tli").engine == "main"
