"""The way home: its two-body seed, its backward flights, its prices, and the refusals that say what would do."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.twobody import kepler, unit
from farside.dynamics.world import Point, World, coast
from farside.flight import Flight
from farside.guidance.entry import EntryGoal, fall_to_gate
from farside.planning import departure
from farside.planning.departure import DepartureGoal, plan_departure
from farside.planning.lunar_plane import PlanError
from farside.planning.road import RoadGoal


@pytest.fixture(scope="module")
def gate(road6: RoadGoal) -> EntryGoal:
    assert road6.home is not None
    return road6.home.entry


@pytest.fixture(scope="module")
def leaving(road6: RoadGoal) -> DepartureGoal:
    assert road6.home is not None
    return road6.home.leaving


@pytest.fixture(scope="module")
def waiting(change6: Flight, leaving: DepartureGoal) -> Point:
    """The orbiter, an hour before its window opens."""
    truth = change6.at(leaving.earliest_s - 3600.0, "orbiter")
    return Point("moon", truth.epoch_s, np.array([*truth.r_m, *truth.v_m_s, truth.mass_kg]))


def test_the_gate_of_the_seeds_is_passed_on_time(gate: EntryGoal) -> None:
    """Two-body: at the gate's state, so many seconds earlier the craft was 5000 km high."""
    speed = 11000.0
    r, v = departure.gate_state(gate, speed)
    assert math.asin(float(unit(r) @ unit(v))) == pytest.approx(gate.flight_path_angle_rad, abs=1e-12)
    before = gate.passage_s - departure.gate_epoch(gate, speed)
    high, down = kepler(r, v, before, GM_EARTH_M3_S2)
    assert float(np.linalg.norm(high)) == pytest.approx(departure.MIDDLE_RADIUS_M + gate.passage_height_m, rel=1e-8)
    assert float(high @ down) < 0.0 and 1000.0 < -before < 1400.0


@given(st.floats(0.0, 48.0))
@settings(max_examples=10)
def test_the_conic_leaves_the_moon_for_the_gate(world6: World, gate: EntryGoal, leaving: DepartureGoal, hours: float) -> None:
    """Flown two-body from the Moon's centre with the conic's velocity it comes to the gate, at its epoch, its speed and its angle."""
    leave_s = leaving.earliest_s + hours * 3600.0
    conic = departure.conic_home(world6, gate, leave_s)
    assert conic is not None
    moon = world6.moon(leave_s)
    gate_s = departure.gate_epoch(gate, conic.speed_m_s)
    r, v = kepler(moon[:3], moon[3:] + conic.excess, gate_s - leave_s, GM_EARTH_M3_S2)
    expected, _ = departure.gate_state(gate, conic.speed_m_s)
    # The Moon's centre is met to 1e-6 of its distance; falling home that grows by some tens.
    assert float(np.linalg.norm(r)) == pytest.approx(float(np.linalg.norm(expected)), abs=5e4)
    assert float(np.linalg.norm(v)) == pytest.approx(conic.speed_m_s, rel=1e-2)
    _, site = departure.return_plane(world6, gate, leave_s, gate_s)
    assert abs(float(unit(np.cross(r, v)) @ site)) < 1e-6, "the plane holds the turned site"
    assert float(np.cross(r, v) @ world6.earth_pole(leave_s)) > 0.0, "eastward"


@given(st.floats(-0.6, 0.6), st.floats(500.0, 1500.0))
def test_the_perilune_for_an_excess_velocity(tilt: float, speed: float) -> None:
    """Left in the plane turned by `turn` about the perilune's line, the hyperbola goes out along the excess velocity."""
    normal, radius = np.array([0.0, 0.0, 1.0]), MOON_RADIUS_M + 2e5
    e = 1.0 + radius * speed**2 / GM_MOON_M3_S2
    assume(abs(math.sin(tilt)) < 0.99 * math.sqrt(1.0 - 1.0 / e**2))  # steeper out of the plane no turn about the perilune's line leads
    excess = speed * np.array([math.cos(tilt), 0.0, math.sin(tilt)])
    line, turn = departure.perilune_for(excess, normal, radius)
    assert abs(float(line @ normal)) < 1e-12, "in the orbit left"
    leaving = math.cos(turn) * np.cross(normal, line) + math.sin(turn) * normal
    out = math.sqrt(speed**2 + 2.0 * GM_MOON_M3_S2 / radius) * leaving
    _, far = kepler(radius * line, out, 3000.0 * 86400.0, GM_MOON_M3_S2)
    assert unit(far) == pytest.approx(unit(excess), abs=1e-4)


def test_every_return_flown_backwards_flies_forwards(world6: World, gate: EntryGoal, leaving: DepartureGoal, waiting: Point) -> None:
    """From its perilune, in full gravity, each reaches the gate, as near as a seed must: it was flown back to 5 km and 5 s."""
    flown = coast(world6, waiting, leaving.latest_s, keep=True).arcs[0]
    found = departure.homes(world6, flown, gate, leaving)
    assert len(found) >= 10, "two hours apart"
    for home in found[::4]:
        reached = fall_to_gate(world6, Point("moon", home.leave_s, np.array([*home.r_m, *home.v_m_s, 2000.0])), gate)
        assert reached is not None
        assert math.degrees(reached.flight_path_angle_rad) == pytest.approx(math.degrees(gate.flight_path_angle_rad), abs=0.5)
        assert reached.passage_s == pytest.approx(gate.passage_s, abs=30.0)
        assert reached.range_m == pytest.approx(home.range_m, abs=1e5)
        assert abs(reached.cross_range_m) < 1.5e5
    hours = (found[-1].leave_s - found[0].leave_s) / 3600.0
    assert (found[0].range_m - found[-1].range_m) / 1e3 / hours == pytest.approx(departure.KM_AN_HOUR, abs=10.0)


def test_prices_are_impulses_at_the_perilune() -> None:
    """From a circle into an ellipse by vis-viva; then to the return's velocity, whichever way that points."""
    radius = MOON_RADIUS_M + 2e5
    home = departure.Home(0.0, np.array([radius, 0.0, 0.0]), np.array([0.0, 2500.0, 300.0]), 5.5e6, np.zeros(3))
    first, second = departure.prices(home, np.array([0.0, 0.0, 1.0]), 20.0 * 3600.0)
    a = ((20.0 * 3600.0 / (2.0 * math.pi)) ** 2 * GM_MOON_M3_S2) ** (1.0 / 3.0)
    speed = math.sqrt(GM_MOON_M3_S2 * (2.0 / radius - 1.0 / a))
    assert first == pytest.approx(speed - math.sqrt(GM_MOON_M3_S2 / radius), abs=1e-9)
    assert second == pytest.approx(math.hypot(2500.0 - speed, 300.0), abs=1e-9)


def test_a_departure_is_planned_to_its_gate(world6: World, gate: EntryGoal, leaving: DepartureGoal, waiting: Point) -> None:
    found = plan_departure(world6, waiting, gate, leaving)
    assert gate.range_min_m <= found.gate.range_m <= gate.range_max_m
    assert abs(found.gate.cross_range_m) < 500.0
    assert math.degrees(found.gate.flight_path_angle_rad) == pytest.approx(math.degrees(gate.flight_path_angle_rad), abs=1e-4)
    assert gate.passage_min_s <= found.gate.passage_s <= gate.passage_max_s
    assert leaving.earliest_s <= found.first.ignition_s < found.second.ignition_s <= leaving.latest_s
    assert leaving.period_min_s - 1800.0 <= found.perilune_s - found.first_s <= leaving.period_max_s + 1800.0


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (9e6, 9.5e6, r"km short; a window about \d+ h earlier would do"),
        (1e6, 1.5e6, r"km too far; a window about \d+ h later would do"),
    ],
    ids=["short", "far"],
)
def test_ranges_out_of_reach_are_told_with_how_far_and_which_way(
    world6: World, gate: EntryGoal, leaving: DepartureGoal, waiting: Point, low: float, high: float, words: str
) -> None:
    with pytest.raises(PlanError, match=rf"return: entry ranges from \d+ to \d+ km in the window, the capsule flies .* {words}"):
        plan_departure(world6, waiting, replace(gate, range_min_m=low, range_max_m=high), leaving)


def test_a_window_without_a_departure_is_told(world6: World, gate: EntryGoal, leaving: DepartureGoal, waiting: Point) -> None:
    """An ellipse of twelve hours does not fit into a window of one."""
    narrow = replace(leaving, latest_s=leaving.earliest_s + 3600.0)
    with pytest.raises(PlanError, match=r"return: no pass of the lunar orbit .*; a longer window or other periods would do"):
        plan_departure(world6, waiting, gate, narrow)
