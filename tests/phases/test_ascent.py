"""The ascent from where Chang'e-6 stood, into the plane of its orbiter: events, masses, arcs, honest failures."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

import farside.flight as ff
from farside.basis.constants import MOON_RADIUS_M
from farside.basis.draws import Draws
from farside.basis.twobody import cross, unit
from farside.craft.container import Container, Portion
from farside.craft.module import Craft, Engine, Landed, Module, Orbit, State
from farside.dynamics.world import Point
from farside.guidance.command import vector
from farside.phases.ascent import Ascent
from farside.phases.course import Course, Setting
from farside.phases.leg import Leg, Outcome

ASCENT = Ascent(
    name="ascent",
    kind="ascent",
    craft="ascender",
    target="orbiter",
    module="ascender",
    engine="main",
    engine_lag_s=0.1,
    turn_rate_rad_s=math.radians(5.0),
    turn_acceleration_rad_s2=math.radians(3.0),
    vertical_rise_s=10.0,
    perilune_altitude_m=15e3,
    apolune_altitude_m=180e3,
    altitude_tolerance_m=10e3,
    plane_tolerance_rad=math.radians(0.1),
)
"""Facts V9 for the engine and the ellipse of the flight; rise, lag and turning assumed (what a craft of that size can)."""


@pytest.fixture(scope="module")
def here(change6: ff.Flight) -> ff.World:
    return ff.build_world(change6.mission)


def ascended(
    flight: ff.Flight,
    world: ff.World,
    propellant_kg: float = 370.0,
    thrust_n: float = 3000.0,
    waits_s: float = 3600.0,
    draws: Draws | None = None,
    phase: Ascent = ASCENT,
    dry_kg: float = 430.0,
    cargo: tuple[Container, ...] = (),
) -> Leg:
    landing, dispersions = ff.landing_goal(flight.mission), flight.mission.dispersions
    assert landing is not None
    place = Landed("moon", vector(landing.site_moon_me * (MOON_RADIUS_M - 5256.0)), "landing")
    ascender = Module("ascender", dry_kg, propellant_kg, (Engine("main", thrust_n, 312.0),), cargo)
    standing = Craft("ascender", (ascender,), landing.lift_off_s - waits_s, place)
    setting = Setting(world, flight.plan, landing, None, dispersions, draws or Draws())
    course = Course(setting, phase.name, standing, others=(orbiter(flight),))
    return ff._leg(course, phase.fly)


def orbiter(flight: ff.Flight) -> Craft:
    """The orbiter of the flight, two hours before lift-off."""
    before = flight.at(here_lift_off(flight) - 7200.0, "orbiter")
    return Craft("orbiter", (Module("orbiter", 2000.0),), before.epoch_s, Orbit("moon", before.r_m, before.v_m_s))


def test_it_inserts_in_the_orbiters_plane(change6: ff.Flight, here: ff.World) -> None:
    leg = ascended(change6, here)
    lift_off, insertion = leg.events
    assert leg.outcome is Outcome.DONE
    assert (lift_off.name, insertion.name) == ("ascent_liftoff", "ascent_insertion")
    assert lift_off.epoch_s == here_lift_off(change6)
    assert lift_off.craft == insertion.craft == "ascender"
    assert insertion.data["periapsis_altitude_km"] == pytest.approx(15.0, abs=0.05)
    assert insertion.data["apoapsis_altitude_km"] == pytest.approx(180.0, abs=0.1)
    assert insertion.data["plane_error_deg"] < 0.002
    # A prediction, not tuned: 800 kg rise 5.3 km more than from the sphere, against the ground's 3.5 m/s.
    assert insertion.data["duration_s"] == pytest.approx(372.0, abs=5.0)
    assert insertion.data["delta_v_m_s"] == pytest.approx(1858.0, abs=10.0)


def here_lift_off(flight: ff.Flight) -> float:
    lift_off_s = flight.mission.goals.lift_off_s
    assert lift_off_s is not None
    return lift_off_s


def test_the_lander_stays_and_the_masses_are_exact(change6: ff.Flight, here: ff.World) -> None:
    """The bolts are cut on the ground; from there on two craft, of which one lifts off."""
    release = change6.mission.phase("ascender_release")
    standing = ascended(change6, here).before[0]
    stack = replace(standing, name="lander", modules=(Module("lander", 1170.0), *standing.modules))
    setting = Setting(here, change6.plan, ff.landing_goal(change6.mission), None, None, Draws())
    state, (parted,) = ff.fly_phase(setting, State((orbiter(change6), stack)), release)
    assert [(craft.name, craft.module_names, craft.place) for craft in parted.after] == [
        ("lander", ("lander",), stack.place),
        ("ascender", ("ascender",), stack.place),
    ]
    assert parted.events[0].r_m == pytest.approx(ascended(change6, here).arcs[0].states[0, :3], abs=1e-6)
    state, (leg,) = ff.fly_phase(setting, state, ASCENT)
    assert state.craft("lander") == parted.after[0], "to the bit"
    (ascender,) = leg.after
    assert ascender.mass_kg == pytest.approx(800.0 - leg.burns[0].propellant_kg, abs=1e-9)
    assert ascender.mass_kg == pytest.approx(leg.arcs[-1].states[-1, 6], abs=1e-9)


def test_the_sample_is_lifted_too(change6: ff.Flight, here: ff.World) -> None:
    """2 kg of cargo, at the same dry mass: the rocket equation asks for 2 kg times the mass ratio less one, and they arrive."""
    box = Container("sample", 2_000_000_000, (Portion("scoop-001", "scoop", 2_000_000_000, 0, 30, 0.0, "landing"),))
    empty, laden = ascended(change6, here), ascended(change6, here, cargo=(box,))
    assert laden.before[0].mass_kg == pytest.approx(empty.before[0].mass_kg + 2.0, abs=1e-9)
    assert laden.after[0].module("ascender").cargo == (box,)
    burned = [leg.burns[0].propellant_kg for leg in (empty, laden)]
    ratio = math.exp(empty.burns[0].delta_v_m_s / (312.0 * 9.80665))
    assert burned[1] - burned[0] == pytest.approx(2.0 * (1.0 - 1.0 / ratio), rel=0.2)  # a weaker acceleration loses a little more


def test_the_arcs_follow_each_other_from_the_ground(change6: ff.Flight, here: ff.World) -> None:
    waiting, burning = ascended(change6, here).arcs
    assert (waiting.mode, burning.mode) == ("landed", "burn")
    assert waiting.end_s == burning.start_s
    assert np.linalg.norm(waiting.states[-1, :6] - burning.states[0, :6]) < 1e-6


def test_a_dry_tank_says_how_much_is_missing(change6: ff.Flight, here: ff.World) -> None:
    """With 355 kg (facts V9) and the rise assumed here the ascender does not get there; with what is asked for, it does."""
    leg = ascended(change6, here, propellant_kg=355.0)
    assert leg.outcome is Outcome.PROPELLANT_EXHAUSTED
    assert [event.name for event in leg.events] == ["ascent_liftoff"]
    assert "ascender ran dry" in leg.advice
    more_kg = float(leg.advice.split("about ")[1].split(" kg")[0])
    assert ascended(change6, here, propellant_kg=355.0 + more_kg + 0.2, dry_kg=430.0 - more_kg - 0.2).outcome is Outcome.DONE


def test_what_cannot_rise_stays_on_the_ground(change6: ff.Flight, here: ff.World) -> None:
    leg = ascended(change6, here, dry_kg=1700.0)
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "do not lift" in leg.advice
    assert leg.events == ()
    assert leg.after[0].name == "ascender"
    assert isinstance(leg.after[0].place, Landed)


def test_it_comes_too_late(change6: ff.Flight, here: ff.World) -> None:
    leg = ascended(change6, here, waits_s=-60.0)
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "lift-off has passed by 60 s" in leg.advice


def test_an_orbit_outside_the_tolerance_is_said(change6: ff.Flight, here: ff.World) -> None:
    strict = ASCENT.model_copy(update={"altitude_tolerance_m": 1.0})
    leg = ascended(change6, here, draws=Draws(1, 0, True), phase=strict)
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "outside altitude_tolerance" in leg.advice
    assert leg.events[-1].name == "ascent_insertion"


def test_dispersed_ascents_differ_and_insert(change6: ff.Flight, here: ff.World) -> None:
    """300 m of navigation, 0.5 % of thrust, 0.05 % of the accelerometer, one sigma: 4 km of apolune for the last."""
    legs = [ascended(change6, here, propellant_kg=372.0, draws=Draws(6, run, True)) for run in range(20)]
    assert all(leg.events[-1].name == "ascent_insertion" for leg in legs)
    high = np.array([leg.events[-1].data["apoapsis_altitude_km"] for leg in legs])
    assert 1.0 < high.std() < 8.0
    assert abs(high.mean() - 180.0) < 3.0
    again = ascended(change6, here, propellant_kg=372.0, draws=Draws(6, 3, True))
    assert again.events == legs[3].events


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"perilune_altitude_m": 200e3}, "perilune_altitude must not be more than apolune_altitude"),
        ({"turn_rate_rad_s": 0.0}, "must be above 0 deg"),
        ({"turn_acceleration_rad_s2": 0.0}, "must be above 0 deg"),
        ({"carrier": {"name": "lander", "modules": ["lander"]}}, "no such key here"),
    ],
)
def test_a_declaration_that_cannot_be_flown_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Ascent(**{**ASCENT.model_dump(), **change})


@pytest.mark.parametrize("off_m_s", [-1.0, 1.0])
def test_a_biased_estimate_flies_its_bias(change6: ff.Flight, here: ff.World, monkeypatch: pytest.MonkeyPatch, off_m_s: float) -> None:
    """Guidance that believes it moves sideways by 1 m/s kills that: the truth ends 1 m/s in 1710 beside the plane, and it never knows."""
    straight, before = ascended(change6, here), Course.fix
    end = straight.arcs[-1].states[-1]
    normal = unit(cross(end[:3], end[3:6]))

    def shifted(course: Course, what: str) -> Point:
        point = before(course, what)
        assert what == "ascent_liftoff", "the ascent is flown on one fix"
        point.y[3:6] += off_m_s * normal
        return point

    monkeypatch.setattr(Course, "fix", shifted)
    biased = ascended(change6, here)
    assert biased.outcome is Outcome.DONE, "within plane_tolerance, and nobody measures it"
    assert straight.events[-1].data["plane_error_deg"] < 0.002
    assert biased.events[-1].data["plane_error_deg"] == pytest.approx(math.degrees(1.0 / 1710.0), rel=0.3)  # gravity changes it on the way
    y = biased.arcs[-1].states[-1]
    assert float(y[3:6] @ normal) * off_m_s < 0.0, "the truth goes the other way"


def test_a_craft_in_orbit_cannot_lift_off(change6: ff.Flight, here: ff.World) -> None:
    orbit = Orbit("moon", (1.9e6, 0.0, 0.0), (0.0, 1.6e3, 0.0))
    craft = replace(ascended(change6, here).before[0], place=orbit)
    landing = ff.landing_goal(change6.mission)
    course = Course(Setting(here, change6.plan, landing, None, None, Draws()), "ascent", craft)
    leg = ff._leg(course, ASCENT.fly)
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "has not landed" in leg.advice
