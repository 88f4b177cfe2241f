"""The launch as a phase: legs and events in order, masses, arcs without gap, draws by name, outcomes that say by how much."""

from __future__ import annotations

import itertools
import math
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

import farside.flight as ff
from farside.basis.draws import Draws
from farside.craft.launcher import LONG_MARCH_5, Stage
from farside.craft.module import Craft, Engine, Gone, Landed, Module, Orbit, State
from farside.dynamics.world import World
from farside.environment.orientation import ground_place, ground_velocity
from farside.guidance.command import Command, fixed
from farside.phases.course import Setting
from farside.phases.dispersions import Dispersions
from farside.phases.launch import Launch
from farside.phases.leg import Burn, Event, Leg, Outcome
from farside.planning.launch import LaunchAscent, plan_launch
from farside.planning.plan import AscentPlan, LaunchPlan, Plan

sys.path.insert(0, str(Path(__file__).parents[1] / "guidance"))
from on_the_pad import AZIMUTH_RAD, LIFTOFF_S, PAYLOAD_KG, RADIUS_M, reached, trials, wenchang

LAUNCH = Launch(
    name="launch",
    kind="launch",
    craft="launcher",
    launcher="long_march_5",
    boosters={"module": "boosters", "engine": "main"},  # type: ignore[arg-type]
    core={"module": "core", "engine": "main"},  # type: ignore[arg-type]
    upper={"module": "second_stage", "engine": "main"},  # type: ignore[arg-type]
    fairing="fairing",
    vertical_rise_s=12.0,
    turn_rate_rad_s=math.radians(2.0),
    turn_acceleration_rad_s2=math.radians(1.0),
    altitude_tolerance_m=10e3,
    plane_tolerance_rad=math.radians(0.1),
)
ERRORS = Dispersions(
    navigation_position_m=300.0,
    navigation_velocity_m_s=0.01,
    thrust=0.005,
    pointing_rad=math.radians(0.2),
    accelerometer=0.0005,
    minimum_correction_m_s=0.1,
)


def module(name: str, stage: Stage) -> Module:
    engine = Engine("main", stage.count * stage.engine.thrust_vacuum_n, stage.engine.isp_vacuum_s)
    return Module(name, stage.count * stage.dry_kg, stage.count * stage.propellant_kg, (engine,))


def on_its_pad(payload_kg: float = PAYLOAD_KG) -> Craft:
    table = LONG_MARCH_5
    parts = (
        module("boosters", table.boosters),
        module("core", table.core),
        module("second_stage", table.upper),
        Module("fairing", table.fairing.mass_kg),
        Module("payload", payload_kg),
    )
    return Craft("launcher", parts, LIFTOFF_S, Landed("earth", wenchang().r_m, "launch"))


@pytest.fixture(scope="module")
def ascent(world: World) -> LaunchAscent:
    return plan_launch(trials(world), AZIMUTH_RAD)


@pytest.fixture(scope="module")
def plan(ascent: LaunchAscent) -> Plan:
    return plan_of(ascent)


def plan_of(ascent: LaunchAscent) -> Plan:
    """A plan whose ascent leaves Wenchang at the azimuth; the burn after it does not matter here."""
    tli = Command(LIFTOFF_S + 2000.0, 3150.0, fixed(np.array(ascent.v_m_s), LIFTOFF_S))
    flown = AscentPlan(RADIUS_M, ascent.heading_rad, ascent.pitch_over_rad)
    return Plan("test", "0" * 64, LaunchPlan(AZIMUTH_RAD, ascent.insertion_s, ascent.r_m, ascent.v_m_s, tli, flown), None, None, None, ())


def launched(world: World, plan: Plan, craft: Craft | None = None, draws: Draws | None = None) -> list[Leg]:
    """The legs of a launch."""
    setting = Setting(world, plan, None, None, ERRORS if draws else None, draws or Draws())
    craft = craft or on_its_pad()
    return ff.fly_phase(setting, State((craft,)), LAUNCH)[1]


@pytest.fixture(scope="module")
def legs(world: World, plan: Plan) -> list[Leg]:
    return launched(world, plan)


def events(legs: list[Leg]) -> list[Event]:
    return [event for leg in legs for event in leg.events]


def burns(legs: list[Leg]) -> list[Burn]:
    return [burn for leg in legs for burn in leg.burns]


def test_events_come_in_order(legs: list[Leg]) -> None:
    names = ["liftoff", "booster_separation", "fairing_separation", "core_separation", "parking_orbit"]
    assert [event.name for event in events(legs)] == names
    assert [leg.outcome for leg in legs] == [Outcome.DONE] * 4
    assert events(legs)[0].epoch_s == LIFTOFF_S
    table = LONG_MARCH_5
    masses = {event.name: event.mass_kg for event in events(legs)}
    assert masses["liftoff"] == pytest.approx(table.liftoff_kg(PAYLOAD_KG))
    assert masses["core_separation"] == pytest.approx(table.core.dry_kg + table.upper.gross_kg + PAYLOAD_KG, abs=0.1)
    orbit = events(legs)[-1]
    assert orbit.modules == ("second_stage", "payload")
    assert orbit.mass_kg == pytest.approx(table.upper.dry_kg + PAYLOAD_KG + orbit.data["propellant_left_kg"], abs=0.1)
    assert orbit.data["highest_load_g"] <= 5.001
    assert 20e3 < orbit.data["highest_dynamic_pressure_pa"] < 45e3  # Pa: as of launchers of this size


def test_each_set_of_joined_modules_has_a_leg(legs: list[Leg]) -> None:
    """From liftoff or a parting to the next: the craft that goes on is the one that the next leg begins with, to the bit."""
    assert [leg.before[0].module_names for leg in legs] == [
        ("boosters", "core", "second_stage", "fairing", "payload"),
        ("core", "second_stage", "fairing", "payload"),
        ("core", "second_stage", "payload"),
        ("second_stage", "payload"),
    ]
    for one, other in itertools.pairwise(legs):
        assert one.after[0] == other.before[0]
        assert one.end_s == other.start_s
        assert sum(craft.mass_kg for craft in one.after) == pytest.approx(other.arcs[0].states[0, 6] + one.after[1].mass_kg)
    for leg in legs:
        for arc, load in zip(leg.arcs, leg.loads, strict=True):
            assert sum(module.mass_kg for module in load) == arc.states[0, 6]


def test_the_launch_ends_where_the_plan_says(legs: list[Leg], ascent: LaunchAscent) -> None:
    """A flight without errors is the last trial of the plan again: to the rounding of the pad's place and of the masses."""
    end = legs[-1].after[0]
    assert isinstance(end.place, Orbit)
    assert end.epoch_s == pytest.approx(ascent.insertion_s, abs=1e-5)
    assert end.place.r_m == pytest.approx(ascent.r_m, abs=0.05)
    assert end.module("second_stage").propellant_kg == pytest.approx(ascent.propellant_left_kg, abs=1e-3)


def test_what_falls_off_falls_down_the_range(legs: list[Leg]) -> None:
    """Boosters, fairing and core, each farther than the one before; facts do not say where, the news that some falls on land."""
    falls = [event.data for event in events(legs)[1:4]]
    east = [data["impact_longitude_deg"] for data in falls]
    assert 112.0 < east[0] < east[1] < east[2] < 180.0
    assert all(data["impact_along_km"] > 5.0 and data["impact_across_km"] > 5.0 for data in falls)
    gone = [craft for leg in legs for craft in leg.after if isinstance(craft.place, Gone)]
    assert [craft.name for craft in gone] == ["boosters", "fairing", "core"]
    assert [craft.mass_kg for craft in gone] == pytest.approx([55200.0, 3200.0, 21600.0], abs=0.1)


def test_arcs_follow_each_other(legs: list[Leg]) -> None:
    arcs = [arc for leg in legs for arc in leg.arcs]
    assert arcs[0].start_s == LIFTOFF_S
    for before, after in itertools.pairwise(arcs):
        assert before.end_s == after.start_s
        assert (before.states[-1, :6] == after.states[0, :6]).all()
        assert before.states[-1, 6] >= after.states[0, 6] - 1e-6  # kg: sums of floats of hundreds of tons
    assert {arc.mode for arc in arcs} == {"flying"}
    assert [arc.thrust_n for arc in arcs].count(0.0) == 2
    carrier = legs[-1].after[0]
    assert isinstance(carrier.place, Orbit)
    assert carrier.epoch_s == arcs[-1].end_s
    assert tuple(arcs[-1].states[-1, :3]) == carrier.place.r_m


def test_arcs_move_as_they_say(legs: list[Leg]) -> None:
    """Between its nodes an arc's velocity is the derivative of its place: to a centimetre a second."""
    for arc in (arc for leg in legs for arc in leg.arcs):
        t = 0.5 * (arc.start_s + arc.end_s)
        h = min(0.05, 0.2 * (arc.end_s - arc.start_s))
        early, middle, late = arc.at(np.array([t - h, t, t + h]))
        assert (late[:3] - early[:3]) / (2.0 * h) == pytest.approx(middle[3:6], abs=0.01)


def test_burns_are_tsiolkovskys(legs: list[Leg]) -> None:
    """The core burns on over two partings: one burn in each leg, without a gap."""
    boosters, *core, upper = burns(legs)
    assert [burn.name for burn in burns(legs)] == ["liftoff", "core_burn_1", "core_burn_2", "core_burn_3", "upper_burn_1"]
    assert all(one.cutoff_s == other.ignition_s for one, other in itertools.pairwise(core))
    assert boosters.propellant_kg == pytest.approx(4 * 142.8e3, abs=0.1)
    assert sum(burn.propellant_kg for burn in core) == pytest.approx(165.3e3, abs=0.1)
    exhaust = 442.0 * 9.80665
    assert upper.delta_v_m_s == pytest.approx(
        exhaust * math.log(upper.ignition_mass_kg / (upper.ignition_mass_kg - upper.propellant_kg)), rel=1e-6
    )
    ideal = sum(burn.delta_v_m_s for burn in burns(legs))
    assert 8900.0 < ideal < 9500.0  # m/s: 7.35 km/s of speed gained, and what gravity, air and pressure take
    histories = [burn.history for burn in burns(legs) if burn.history is not None]
    assert len(histories) == 5
    assert all(np.linalg.norm(history.axes, axis=1) == pytest.approx(np.ones(len(history.axes))) for history in histories)


def test_the_history_is_the_flight(world: World, legs: list[Leg]) -> None:
    """Heights, speeds and masses are those of the arcs' nodes; the event of the orbit repeats the worst of them."""
    flying = [(leg, leg.history) for leg in legs if leg.history is not None]
    assert len(flying) == len(legs)
    for leg, told in flying:
        assert (np.diff(told.epochs_s) > 0.0).all()
        assert (told.epochs_s[0], told.epochs_s[-1]) == (leg.start_s, leg.end_s)
        for k in range(0, told.epochs_s.size, 50):
            epoch = float(told.epochs_s[k])
            y = next(arc for arc in reversed(leg.arcs) if arc.start_s <= epoch <= arc.end_s).at(epoch)[0]
            row = {name: float(column[k]) for name, column in told.columns.items()}
            over = ground_velocity("earth", y[:3], y[3:6], epoch, world.sky)
            high = ground_place("earth", y[:3], epoch, world.sky).height_m
            assert row["height_m"] == pytest.approx(high, abs=0.05)  # the two poles: 4 cm
            assert row["speed_m_s"] == pytest.approx(float(np.linalg.norm(y[3:6])), abs=1e-6)
            assert row["ground_speed_m_s"] == pytest.approx(float(np.linalg.norm(over)), abs=1e-6)
            assert row["mass_kg"] == pytest.approx(float(y[6]), abs=0.01)
    columns = [told.columns for _, told in flying]
    orbit = events(legs)[-1].data
    assert max(float(one["load_g"].max()) for one in columns) == pytest.approx(orbit["highest_load_g"])
    assert max(float(one["dynamic_pressure_pa"].max()) for one in columns) == pytest.approx(orbit["highest_dynamic_pressure_pa"])


def test_it_rises_upright_and_ends_level(legs: list[Leg]) -> None:
    """By hand: 90 deg on the pad, level in a circle; in vacuum the load is thrust over weight, and the thrust that of the engine."""
    first, last = legs[0].history, legs[-1].history
    assert first is not None and last is not None
    rising = first.epochs_s - first.epochs_s[0] < 12.0
    assert np.degrees(first.columns["pitch_rad"][rising]) == pytest.approx(90.0, abs=0.2)  # geodetic and geocentric up: 0.13 deg there
    assert math.degrees(float(last.columns["ground_flight_path_angle_rad"][-1])) == pytest.approx(0.0, abs=0.01)
    burning = last.columns["thrust_n"] > 0.0
    upper = LONG_MARCH_5.upper
    assert last.columns["thrust_n"][burning][1:] == pytest.approx(upper.count * upper.engine.thrust_vacuum_n, rel=1e-4)
    weight = last.columns["mass_kg"] * 9.80665
    assert last.columns["load_g"][burning][1:] == pytest.approx((last.columns["thrust_n"] / weight)[burning][1:], rel=1e-3)


def test_the_parking_orbit_is_the_plans(world: World, legs: list[Leg]) -> None:
    place = legs[-1].after[0].place
    assert isinstance(place, Orbit)
    found = reached(np.array([*place.r_m, *place.v_m_s]), trials(world).normal)
    assert abs(found.radius_m) < 30.0
    assert abs(found.speed_m_s) < 0.05
    assert found.plane_deg < 0.002


def test_draws_are_by_name(world: World, plan: Plan, legs: list[Leg]) -> None:
    one, again, other = (launched(world, plan, draws=Draws(7, run, True))[-1] for run in (3, 3, 4))
    ends = [replace(x.after[0], modules=()) for x in (one, again, other)]
    assert ends[0] == ends[1] != ends[2]
    assert one.outcome is Outcome.DONE
    # 0.5 % of thrust is a few hundred kilograms: the program in the air keeps the turn.
    assert one.events[-1].data["propellant_left_kg"] == pytest.approx(events(legs)[-1].data["propellant_left_kg"], abs=800.0)


def test_a_dry_tank_says_by_how_much(world: World) -> None:
    plan = plan_of(plan_launch(trials(world, 33e3), AZIMUTH_RAD))
    ended = launched(world, plan, on_its_pad(33e3))
    assert ended[-1].outcome is Outcome.PROPELLANT_EXHAUSTED
    assert "too heavy by up to" in ended[-1].advice
    assert events(ended)[-1].name == "core_separation"


def test_what_does_not_rise_or_comes_down_again_is_told(world: World, plan: Plan) -> None:
    for payload_kg, why in ((260e3, "its thrust does not carry its weight"), (90e3, "it leaned over while it was still slow")):
        (ended,) = launched(world, plan, on_its_pad(payload_kg))
        assert ended.outcome is Outcome.IMPACT
        found = re.search(rf"{why}; (\d+) kg less payload would do: about (\d+) kg reach that orbit", ended.advice)
        assert found is not None, ended.advice
        less, most = map(float, found.groups())
        assert less + most == pytest.approx(payload_kg, abs=1.0)
        assert 25e3 < most < 40e3  # kg: test_planning has what the table brings into this orbit


def test_it_needs_a_pad(world: World, plan: Plan) -> None:
    flying = replace(on_its_pad(), place=Orbit("earth", (7e6, 0.0, 0.0), (0.0, 7.5e3, 0.0)))
    (ended,) = launched(world, plan, flying)
    assert ended.outcome is Outcome.TARGET_MISSED
    assert "not on a pad" in ended.advice


def test_unknown_tables_and_still_axes_are_refused() -> None:
    with pytest.raises(ValidationError, match="no such stage table; did you mean 'long_march_5'"):
        LAUNCH.model_validate({**LAUNCH.model_dump(), "launcher": "long_march_6"})
    with pytest.raises(ValidationError, match="turn_in_a_second"):
        LAUNCH.model_validate({**LAUNCH.model_dump(), "turn_rate_rad_s": 0.0})
