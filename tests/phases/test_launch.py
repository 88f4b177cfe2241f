"""The launch as a phase: events in order, masses, arcs without gap, draws by name, outcomes that say by how much."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

import farside.flight as ff
from farside.basis.draws import Draws
from farside.craft.launcher import LONG_MARCH_5, Stage
from farside.craft.module import Craft, Engine, Gone, Landed, Module, Orbit
from farside.dynamics.world import World
from farside.guidance.command import Command, fixed, vector
from farside.phases.course import Course, Setting
from farside.phases.dispersions import Dispersions
from farside.phases.launch import Launch
from farside.phases.leg import Leg, Outcome
from farside.planning.plan import LaunchPlan, Plan

sys.path.insert(0, str(Path(__file__).parents[1] / "guidance"))
from on_the_pad import AZIMUTH_RAD, LIFTOFF_S, PAYLOAD_KG, RADIUS_M, SPEED_M_S, reached, trials, wenchang

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


def planned(world: World) -> Plan:
    """A plan whose parking orbit lies in the plane that leaves Wenchang at the azimuth; where in it does not matter here."""
    normal = trials(world).normal
    out = np.cross(normal, [0.0, 0.0, 1.0])
    r = RADIUS_M * out / np.linalg.norm(out)
    v = SPEED_M_S * np.cross(normal, r) / RADIUS_M
    tli = Command(LIFTOFF_S + 2000.0, 3150.0, fixed(v, LIFTOFF_S))
    launch = LaunchPlan(AZIMUTH_RAD, LIFTOFF_S + 660.0, vector(r), vector(v), tli)
    return Plan("test", "0" * 64, launch, None, None, None, ())


def launched(world: World, craft: Craft | None = None, draws: Draws | None = None) -> Leg:
    setting = Setting(world, planned(world), None, None, ERRORS if draws else None, draws or Draws())
    return ff._leg(Course(setting, LAUNCH.name, craft or on_its_pad()), LAUNCH.fly)


@pytest.fixture(scope="module")
def leg(world: World) -> Leg:
    return launched(world)


def test_events_come_in_order(leg: Leg) -> None:
    names = ["liftoff", "booster_separation", "fairing_separation", "core_separation", "parking_orbit"]
    assert [event.name for event in leg.events] == names
    assert leg.outcome is Outcome.DONE
    assert leg.events[0].epoch_s == LIFTOFF_S
    table = LONG_MARCH_5
    masses = {event.name: event.mass_kg for event in leg.events}
    assert masses["liftoff"] == pytest.approx(table.liftoff_kg(PAYLOAD_KG))
    assert masses["core_separation"] == pytest.approx(table.core.dry_kg + table.upper.gross_kg + PAYLOAD_KG, abs=0.1)
    orbit = leg.events[-1]
    assert orbit.modules == ("second_stage", "payload")
    assert orbit.mass_kg == pytest.approx(table.upper.dry_kg + PAYLOAD_KG + orbit.data["propellant_left_kg"], abs=0.1)
    assert orbit.data["highest_load_g"] <= 5.001
    assert 20e3 < orbit.data["highest_dynamic_pressure_pa"] < 45e3  # Pa: as of launchers of this size


def test_what_falls_off_falls_down_the_range(leg: Leg) -> None:
    """Boosters, fairing and core, each farther than the one before; facts do not say where, the news that some falls on land."""
    falls = [event.data for event in leg.events[1:4]]
    east = [data["impact_longitude_deg"] for data in falls]
    assert 112.0 < east[0] < east[1] < east[2] < 180.0
    assert all(data["impact_along_km"] > 5.0 and data["impact_across_km"] > 5.0 for data in falls)
    gone = [craft for craft in leg.after if isinstance(craft.place, Gone)]
    assert [craft.name for craft in gone] == ["boosters", "fairing", "core"]
    assert [craft.mass_kg for craft in gone] == pytest.approx([55200.0, 3200.0, 21600.0], abs=0.1)


def test_arcs_follow_each_other(leg: Leg) -> None:
    assert leg.arcs[0].start_s == LIFTOFF_S
    for before, after in zip(leg.arcs[:-1], leg.arcs[1:], strict=True):
        assert before.end_s == after.start_s
        assert (before.states[-1, :6] == after.states[0, :6]).all()
        assert before.states[-1, 6] >= after.states[0, 6]
    assert [arc.mode for arc in leg.arcs].count("coast") == 2
    carrier = leg.after[0]
    assert isinstance(carrier.place, Orbit)
    assert carrier.epoch_s == leg.arcs[-1].end_s
    assert tuple(leg.arcs[-1].states[-1, :3]) == carrier.place.r_m


def test_arcs_move_as_they_say(leg: Leg) -> None:
    """Between its nodes an arc's velocity is the derivative of its place: to a centimetre a second."""
    for arc in leg.arcs:
        t = 0.5 * (arc.start_s + arc.end_s)
        h = min(0.05, 0.2 * (arc.end_s - arc.start_s))
        early, middle, late = arc.at(np.array([t - h, t, t + h]))
        assert (late[:3] - early[:3]) / (2.0 * h) == pytest.approx(middle[3:6], abs=0.01)


def test_burns_are_tsiolkovskys(leg: Leg) -> None:
    boosters, core, upper = leg.burns
    assert [burn.name for burn in leg.burns] == ["liftoff", "core_burn", "upper_burn"]
    assert boosters.propellant_kg == pytest.approx(4 * 142.8e3, abs=0.1)
    assert core.propellant_kg == pytest.approx(165.3e3, abs=0.1)
    exhaust = 442.0 * 9.80665
    assert upper.delta_v_m_s == pytest.approx(
        exhaust * math.log(upper.ignition_mass_kg / (upper.ignition_mass_kg - upper.propellant_kg)), rel=1e-6
    )
    ideal = sum(burn.delta_v_m_s for burn in leg.burns)
    assert 8900.0 < ideal < 9500.0  # m/s: 7.35 km/s of speed gained, and what gravity, air and pressure take
    histories = [burn.history for burn in leg.burns if burn.history is not None]
    assert len(histories) == 3
    assert all(np.linalg.norm(history.axes, axis=1) == pytest.approx(np.ones(len(history.axes))) for history in histories)


def test_the_parking_orbit_is_the_plans(world: World, leg: Leg) -> None:
    place = leg.after[0].place
    assert isinstance(place, Orbit)
    found = reached(np.array([*place.r_m, *place.v_m_s]), trials(world).normal)
    assert abs(found.radius_m) < 30.0
    assert abs(found.speed_m_s) < 0.05
    assert found.plane_deg < 0.002


def test_draws_are_by_name(world: World, leg: Leg) -> None:
    one, again, other = (launched(world, draws=Draws(7, run, True)) for run in (3, 3, 4))
    ends = [replace(x.after[0], modules=()) for x in (one, again, other)]
    assert ends[0] == ends[1] != ends[2]
    assert one.outcome is Outcome.DONE
    # 0.5 % of thrust is a few hundred kilograms: the program in the air keeps the turn.
    assert one.events[-1].data["propellant_left_kg"] == pytest.approx(leg.events[-1].data["propellant_left_kg"], abs=800.0)


def test_a_dry_tank_says_by_how_much(world: World) -> None:
    ended = launched(world, on_its_pad(33e3))
    assert ended.outcome is Outcome.PROPELLANT_EXHAUSTED
    assert "too heavy by up to" in ended.advice
    assert ended.events[-1].name == "core_separation"
    heavy = launched(world, on_its_pad(60e3))
    assert heavy.outcome is Outcome.TARGET_MISSED
    assert "too heavy for long_march_5 by" in heavy.advice
    assert heavy.arcs == ()


def test_it_needs_a_pad(world: World) -> None:
    flying = replace(on_its_pad(), place=Orbit("earth", (7e6, 0.0, 0.0), (0.0, 7.5e3, 0.0)))
    ended = launched(world, flying)
    assert ended.outcome is Outcome.TARGET_MISSED
    assert "not on a pad" in ended.advice


def test_unknown_tables_and_still_axes_are_refused() -> None:
    with pytest.raises(ValidationError, match="no such stage table; did you mean 'long_march_5'"):
        LAUNCH.model_validate({**LAUNCH.model_dump(), "launcher": "long_march_6"})
    with pytest.raises(ValidationError, match="turn_in_a_second"):
        LAUNCH.model_validate({**LAUNCH.model_dump(), "turn_rate_rad_s": 0.0})
