"""Burns of the way home, and corrections: flown, they meet the gate or the Moon as wanted; disturbed craft are brought back."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.twobody import angle_between, turned, unit
from farside.craft.module import Engine
from farside.dynamics.world import Point, World, apsis, coast
from farside.flight import Flight, build_world, entry_goal
from farside.guidance import home
from farside.guidance.command import after_burn
from farside.guidance.entry import EntryGoal, fall_to_gate
from farside.guidance.lunar import GuidanceError
from farside.guidance.passage import AT_PERILUNE, bplane_miss
from farside.phases.leg import Burn

Array = NDArray[np.float64]
MAIN, FOUR, TWO = Engine("main", 3000.0, 312.0), Engine("four_150n", 600.0, 300.0), Engine("two_25n", 50.0, 290.0)
WAYS = st.tuples(st.floats(-1.0, 1.0), st.floats(-math.pi, math.pi)).map(
    lambda z: np.array([math.sqrt(1.0 - z[0] ** 2) * math.cos(z[1]), math.sqrt(1.0 - z[0] ** 2) * math.sin(z[1]), z[0]])
)


@pytest.fixture(scope="module")
def long_world(change6: Flight) -> World:
    return build_world(change6.mission)


@pytest.fixture(scope="module")
def gate(change6: Flight) -> EntryGoal:
    found = entry_goal(change6.mission)
    assert found is not None
    return found


def burn_of(flight: Flight, name: str) -> Burn:
    return next(burn for burn in flight.burns if burn.name == name)


def point_at(flight: Flight, epoch_s: float, module: str = "orbiter") -> Point:
    truth = flight.at(epoch_s, module)
    return Point(truth.center, epoch_s, np.array([*truth.r_m, *truth.v_m_s, truth.mass_kg]))  # type: ignore[arg-type]


def pushed(point: Point, delta_v: Array) -> Point:
    return replace(point, y=np.array([*point.r_m, *(point.v_m_s + delta_v), point.mass_kg]))


def misses(world: World, point: Point, goal: EntryGoal) -> Array:
    return np.abs(home.gate_miss(fall_to_gate(world, point, goal), goal)) / [c.tolerance for c in home.AT_GATE]


@given(st.floats(-1800.0, 1800.0))
@settings(max_examples=5)
def test_the_first_burn_home_sets_when_the_next_perilune_comes(change6: Flight, long_world: World, later_s: float) -> None:
    burn = burn_of(change6, "tei_1")
    known, centre_s = point_at(change6, burn.ignition_s - 5400.0), 0.5 * (burn.ignition_s + burn.cutoff_s)
    perilune_s = change6.plan.home.perilune_s + later_s  # type: ignore[union-attr]
    after = after_burn(long_world, known, home.first(long_world, known, MAIN, centre_s, perilune_s, 494.0), MAIN)
    reached = coast(long_world, after, perilune_s + 86400.0, apsis(True, guard_s=3600.0)).point.epoch_s
    assert reached == pytest.approx(perilune_s, abs=0.1)


def test_an_ellipse_that_no_burn_reaches_is_refused(change6: Flight, long_world: World) -> None:
    burn = burn_of(change6, "tei_1")
    known = point_at(change6, burn.ignition_s - 5400.0)
    with pytest.raises(GuidanceError, match=r"first burn home: the next perilune misses its epoch by -?\d+\.\d s"):
        home.first(long_world, known, MAIN, burn.ignition_s + 200.0, burn.ignition_s + 600.0, 494.0)


@given(WAYS, st.floats(0.0, 1.0))
@settings(max_examples=3)
def test_the_second_burn_home_leads_to_the_gate_also_from_a_disturbed_ellipse(
    change6: Flight, long_world: World, gate: EntryGoal, way: Array, off_m_s: float
) -> None:
    burn, plan = burn_of(change6, "tei_2"), change6.plan.home
    assert plan is not None
    known = pushed(point_at(change6, burn.ignition_s - 4800.0), off_m_s * way)
    command, found, solution = home.second(long_world, known, FOUR, plan.perilune_s, np.array(plan.leaving_m_s), gate)
    assert solution.met
    assert (misses(long_world, after_burn(long_world, known, command, FOUR), gate) <= 1.0).all()
    assert found.range_m == pytest.approx(plan.range_m, abs=1e5)


@given(WAYS, st.floats(0.5, 5.0))
@settings(max_examples=5)
def test_a_craft_pushed_off_its_way_home_is_brought_back(
    change6: Flight, long_world: World, gate: EntryGoal, way: Array, off_m_s: float
) -> None:
    """A day after it left the Moon. Pushed so far that the Earth's air is missed, too: a perigee of thousands of kilometres."""
    known = point_at(change6, burn_of(change6, "tei_2").cutoff_s + 90000.0)
    off = pushed(known, off_m_s * way)
    command = home.correct_home(long_world, off, TWO, gate)
    assert command is not None and command.delta_v_m_s < 2.0 * off_m_s + 0.1
    assert (misses(long_world, after_burn(long_world, off, command, TWO), gate) <= 1.0).all()


def test_a_craft_on_its_way_home_is_let_be(change6: Flight, long_world: World, gate: EntryGoal) -> None:
    known = point_at(change6, burn_of(change6, "tei_2").cutoff_s + 90000.0)
    assert home.correct_home(long_world, known, TWO, gate) is None


@given(WAYS, st.floats(0.5, 20.0))
@settings(max_examples=5)
def test_a_craft_pushed_off_its_way_out_is_brought_back(change6: Flight, long_world: World, way: Array, off_m_s: float) -> None:
    """Seventeen hours after the trans-lunar burn."""
    goal = change6.plan.perilune
    off = pushed(point_at(change6, burn_of(change6, "tli").cutoff_s + 17.0 * 3600.0), off_m_s * way)
    command = home.correct_out(long_world, off, FOUR, goal)
    assert command is not None and command.delta_v_m_s < 2.0 * off_m_s + 0.1
    miss = bplane_miss(long_world, after_burn(long_world, off, command, FOUR), goal)
    assert (np.abs(miss) <= [c.tolerance for c in AT_PERILUNE]).all()


def test_a_correction_that_cannot_be_made_says_what_is_missed(change6: Flight, long_world: World, gate: EntryGoal) -> None:
    """Ten minutes before the gate a pushed craft cannot be brought back by small steps; the conditions missed are named."""
    late = change6.plan.home.gate_s - 2400.0  # type: ignore[union-attr]
    known = point_at(change6, late)
    across = np.cross(known.r_m, known.v_m_s)
    with pytest.raises(GuidanceError, match=r"correction: .*at the gate.* trajectories tried"):
        home.correct_home(long_world, pushed(known, 800.0 * unit(across)), TWO, gate)


@given(st.floats(-3.0, 3.0), st.floats(-3000.0, 3000.0))
@settings(max_examples=10)
def test_the_pass_of_a_direction_is_the_nearest_one(change6: Flight, long_world: World, angle: float, after_s: float) -> None:
    """Within half a revolution of the epoch given, and there the craft is in that direction."""
    known = point_at(change6, burn_of(change6, "tei_1").ignition_s - 20000.0)
    normal = unit(np.cross(known.r_m, known.v_m_s))
    line = turned(unit(known.r_m), normal, angle)
    epoch_s = known.epoch_s + 8000.0 + after_s
    passed_s = home.pass_near(long_world, known, line, epoch_s)
    at = coast(long_world, known, passed_s).point
    assert abs(passed_s - epoch_s) < 0.51 * 7660.0
    flat = line - float(line @ unit(np.cross(at.r_m, at.v_m_s))) * unit(np.cross(at.r_m, at.v_m_s))
    assert angle_between(at.r_m, flat) < 1e-6


def test_a_burn_about_a_perilune_turns_with_the_velocity(change6: Flight, long_world: World) -> None:
    """Half-way through, it points where its components say; at ignition it makes the same angles with the velocity there."""
    burn = burn_of(change6, "tei_2")
    start = point_at(change6, burn.ignition_s - 600.0)
    centre_s, delta_v = 0.5 * (burn.ignition_s + burn.cutoff_s), np.array([300.0, -80.0, 20.0])
    command = home.burn_about(long_world, start, centre_s, delta_v, FOUR)
    assert command.delta_v_m_s == pytest.approx(float(np.linalg.norm(delta_v)))
    middle = coast(long_world, start, centre_s).point
    along = unit(middle.v_m_s)
    assert angle_between(command.steering.direction(centre_s), along) == pytest.approx(angle_between(delta_v, np.eye(3)[0]), abs=1e-6)
    ignition = coast(long_world, start, command.ignition_s).point
    inclined = angle_between(command.steering.direction(command.ignition_s), ignition.v_m_s)
    assert inclined == pytest.approx(angle_between(delta_v, np.eye(3)[0]), abs=0.05)
