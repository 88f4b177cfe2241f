"""The phase of the entry: its events, its arc, its outcomes, a spread over runs, what its table refuses."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.basis.draws import Draws
from farside.basis.twobody import angle_between, unit
from farside.craft.module import Craft, Module, Orbit
from farside.dynamics.forces import height
from farside.dynamics.heating import convective_w_m2
from farside.dynamics.world import World
from farside.environment.store import NotStoredError, add, key_of
from farside.guidance.command import vector
from farside.guidance.entry import EntryGoal
from farside.phases.air_events import vertex
from farside.phases.course import Course, LegEnded, Setting
from farside.phases.dispersions import Dispersions
from farside.phases.entry import Entry, HeldBank, Msis, SkipGuidance
from farside.phases.leg import Event, Leg, Outcome
from farside.planning.plan import Plan

D, G0 = math.radians, 9.80665
EPOCH_S, MASS_KG = 772566104.6725833, 301.535249434
R_M = (2592350.8003155966, 5618600.259293368, 1977574.2480881982)
V_M_S = (-8723.208692356247, 391.3089248606706, 6674.690591460839)
"""Where missions/change6.toml comes to 120 km: 10.99 km/s, -5.80 degrees, both inertial."""
SITE = unit(np.array(itrf_from_geodetic(D(42.3), D(111.4), 1100.0)))
GOAL = EntryGoal(SITE, EPOCH_S + 1600.0, 5e6, EPOCH_S - 1300.0, EPOCH_S - 1100.0, 120e3, D(-5.8), 5e6, 6.5e6, 1e5)
ERRORS = Dispersions(
    navigation_position_m=1000.0,
    navigation_velocity_m_s=0.3,
    thrust=0.01,
    pointing_rad=0.01,
    accelerometer=1e-3,
    minimum_correction_m_s=0.1,
)
GUIDANCE = SkipGuidance(
    kind="skip",
    final_bank_rad=D(60.0),
    least_bank_rad=D(15.0),
    most_bank_rad=D(165.0),
    solve_every_s=10.0,
    late_solve_every_s=1.0,
    late_s=120.0,
    reversals=6,
    damping=0.4,
    air_felt_m_s2=0.5,
    homing_below_m_s=400.0,
    filter_s=10.0,
)
ENTRY = Entry(
    name="air",
    kind="entry",
    craft="capsule",
    aeroshell="change_returner",
    roll_rate_rad_s=D(15.0),
    roll_acceleration_rad_s2=D(5.0),
    guidance=GUIDANCE,
    gate_altitude_m=10e3,
    gate_speed_m_s=100.0,
    skip_altitude_m=80e3,
    load_limit_m_s2=7.0 * G0,
    miss_max_m=5e3,
    density_error=0.1,
    lift_error=0.05,
    drag_error=0.05,
    wind_error=0.5,
    accelerometer_bias_m_s2=5e-4,
    accelerometer_scale=1e-4,
)


def flown(world: World, entry: Entry = ENTRY, run: int | None = None, steeper_deg: float = 0.0) -> Leg:
    """The leg of the phase from the gate of Chang'e-6; with `run`, with the errors of that run."""
    up, v = unit(np.array(R_M)), np.array(V_M_S)
    level, speed = unit(v - (v @ up) * up), float(np.linalg.norm(v))
    angle = math.asin(float(v @ up) / speed) - D(steeper_deg)
    place = Orbit("earth", R_M, vector(speed * (math.cos(angle) * level + math.sin(angle) * up)))
    craft = Craft("capsule", (Module("returner", MASS_KG),), EPOCH_S, place)
    plan = Plan("test", "0", None, None, None, None, ())
    course = Course(Setting(world, plan, None, GOAL, ERRORS, Draws(6, run or 0, run is not None)), entry.name, craft)
    try:
        entry.fly(course)
    except LegEnded as ended:
        return course.leg(ended.outcome, ended.advice)
    return course.leg()


def changed(**fields: Any) -> Entry:
    return Entry(**{**{name: getattr(ENTRY, name) for name in Entry.model_fields}, **fields})


def named(leg: Leg, name: str) -> Event:
    return next(event for event in leg.events if event.name == name)


def miss_km(leg: Leg) -> float:
    place = leg.after[0].place
    assert isinstance(place, Orbit)
    return 6371.0 * float(angle_between(icrf_to_itrf(leg.end_s) @ np.array(place.r_m), SITE))


def test_the_events_of_the_skip_in_their_order(world: World) -> None:
    leg = flown(world)
    assert leg.outcome is Outcome.DONE
    assert [e.name for e in leg.events] == ["first_peak_load", "skip_exit", "skip_apogee", "second_entry", "second_peak_load"]
    forces = world.forces("earth")
    heights = {e.name: float(height(e.epoch_s, np.array([*e.r_m, *e.v_m_s, 1.0]), forces)) for e in leg.events}
    assert heights["skip_exit"] == pytest.approx(80e3, abs=1.0)
    assert heights["second_entry"] == pytest.approx(80e3, abs=1.0)
    assert 90e3 < heights["skip_apogee"] < 120e3
    for name in ("first_peak_load", "second_peak_load"):
        data = named(leg, name).data
        assert 3.0 < data["load_g"] < 7.0
        assert 0.0 < data["heat_flux_w_cm2"] < data["heat_load_j_cm2"]
    assert named(leg, "first_peak_load").data["heat_flux_w_cm2"] > named(leg, "second_peak_load").data["heat_flux_w_cm2"]


def test_the_leg_is_one_arc_without_a_gap_from_gate_to_gate(world: World) -> None:
    leg = flown(world)
    (arc,) = leg.arcs
    assert arc.start_s == leg.start_s == EPOCH_S
    assert arc.end_s == leg.end_s
    assert arc.at(arc.start_s)[0][:3] == pytest.approx(R_M)
    end = arc.at(arc.end_s)[0]
    assert float(height(arc.end_s, end, world.forces("earth"))) == pytest.approx(10e3, abs=0.01)
    assert leg.after[0].mass_kg == MASS_KG


def test_the_arc_between_its_nodes_is_smooth(world: World) -> None:
    """Halfway between rows of one second the slope of the place is the velocity, to 0.1 m/s."""
    (arc,) = flown(world).arcs
    for share in np.linspace(0.05, 0.98, 40):
        t = arc.start_s + float(share) * (arc.end_s - arc.start_s)
        before, here, after = arc.at(np.array([t - 0.05, t, t + 0.05]))
        assert np.linalg.norm((after[:3] - before[:3]) / 0.1 - here[3:6]) < 0.1


def test_the_nominal_miss_is_told(world: World) -> None:
    leg = flown(world)
    assert miss_km(leg) < 2.0
    assert leg.advice.startswith("at 10 km after 5.")
    assert f"{miss_km(leg):.2f} km from the site" in leg.advice


def test_twelve_dispersed_entries(world: World) -> None:
    """Density 10 %, lift and drag 5 %, the wind by half, a fix a kilometre off: each at the gate, the same when flown again."""
    for run in range(12):
        leg = flown(world, run=run)
        assert leg.outcome is Outcome.DONE, leg.advice
        assert miss_km(leg) < 5.0
    assert flown(world, run=11).events == leg.events
    assert flown(world, run=10).events != leg.events


def test_too_steep_ends_with_the_load(world: World) -> None:
    leg = flown(world, steeper_deg=1.0)
    assert leg.outcome is Outcome.OVERLOADED
    assert "7.00 are allowed; with lift straight up it is 9." in leg.advice  # so that no bank would have kept it
    assert "a shallower entry, or more lift to drag, would do" in leg.advice


def test_too_shallow_ends_outside(world: World) -> None:
    leg = flown(world, steeper_deg=-2.0)
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "leaves the air again" in leg.advice
    assert "a steeper entry" in leg.advice


def test_a_capsule_with_too_little_lift_says_how_far_it_reaches(world: World) -> None:
    leg = flown(world, changed(lift_to_drag=0.05, load_limit_m_s2=30.0 * G0))
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "km from the site" in leg.advice
    assert "it reaches" in leg.advice


def test_a_constant_bank_misses_and_says_what_would_do(world: World) -> None:
    leg = flown(world, changed(guidance=HeldBank(kind="constant_bank", bank_rad=D(62.0))))
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "guidance instead of a constant bank would do" in leg.advice
    assert miss_km(leg) > 1000.0


def test_a_ballistic_entry_has_one_peak(world: World) -> None:
    leg = flown(world, changed(aeroshell="stardust", guidance=HeldBank(kind="constant_bank", bank_rad=0.0), load_limit_m_s2=900.0))
    assert [e.name for e in leg.events] == ["first_peak_load"]


def test_a_sounding_is_flown(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wind of a file, forecast and truth: the nominal entry comes to the gate in it, on another way."""
    monkeypatch.setenv("FARSIDE_DATA", str(tmp_path / "data"))
    (tmp_path / "wind.csv").write_text("height_m,speed_m_s,from_deg\n1100,5,200\n12000,60,250\n30000,10,90\n")
    assert key_of(add(tmp_path / "wind.csv")) == 'sounding = "wind.csv" in an entry'
    leg = flown(world, changed(sounding="wind.csv"))
    assert leg.outcome is Outcome.DONE
    assert leg.end_s != flown(world).end_s
    with pytest.raises(NotStoredError, match=r"no sounding 'other.csv' in .*; there: wind.csv; add one with `farside data add FILE`"):
        flown(world, changed(sounding="other.csv"))


def test_knowledge_ends_with_the_leg(world: World) -> None:
    """What the craft knows at the end is the fix of the start, carried by accelerometers that read a little wrong: kilometres off."""
    plan = Plan("test", "0", None, None, None, None, ())
    craft = Craft("capsule", (Module("returner", MASS_KG),), EPOCH_S, Orbit("earth", R_M, V_M_S))
    course = Course(Setting(world, plan, None, GOAL, ERRORS, Draws(6, 1, True)), "air", craft)
    ENTRY.fly(course)
    known, place = course.knowledge, course.craft.place
    assert known is not None
    assert isinstance(place, Orbit)
    assert known.epoch_s == course.craft.epoch_s
    assert 10.0 < np.linalg.norm(np.array(known.r_m) - np.array(place.r_m)) < 2e4


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"aeroshell": "brick"}, "no aeroshell 'brick'; there are apollo_cm, change_returner"),
        ({"aeroshell": "stardust", "lift_to_drag": 0.2}, "stardust has no lift"),
        ({"roll_rate_rad_s": 0.0}, "must be above 0 deg"),
    ],
)
def test_what_cannot_be_flown_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        changed(**fields)


def test_msis_without_its_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pymsis", None)
    with pytest.raises(ValidationError, match="pip install pymsis"):
        changed(msis=Msis(f107=180, f107_mean=180, ap=8))


def test_banks_out_of_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="least_bank must be less than most_bank"):
        SkipGuidance(**{**GUIDANCE.model_dump(), "least_bank_rad": 3.0, "most_bank_rad": 1.0})


def test_the_vertex_of_a_parabola() -> None:
    x = np.array([0.0, 1.0, 2.5, 3.0])
    place, top = vertex(x, 5.0 - 2.0 * (x - 1.3) ** 2)
    assert place == pytest.approx(1.3)
    assert top == pytest.approx(5.0)
    assert vertex(x, x) == (3.0, 3.0)


def test_a_leg_can_be_told(world: World) -> None:
    leg = replace(flown(world))
    assert repr(leg) == "<Leg air of capsule 2024-06-25T05:40:35Z 14 min, done>"


def test_the_history_is_the_flight(world: World) -> None:
    """Its epochs are the arc's, its heights those of the arc, its loads and fluxes peak where the events say."""
    leg = flown(world)
    history = leg.history
    assert history is not None and history == flown(world).history
    assert np.array_equal(history.epochs_s, leg.arcs[-1].times_s)
    heights = [height(float(t), y, world.forces("earth")) for t, y in zip(history.epochs_s, leg.arcs[-1].states, strict=True)]
    assert history.columns["height_m"] == pytest.approx(heights, abs=1e-3)
    peaks = [event.data for event in leg.events if "load_g" in event.data]
    assert history.columns["load_g"].max() == pytest.approx(max(data["load_g"] for data in peaks), rel=1e-3)
    assert history.columns["heat_flux_w_m2"].max() == pytest.approx(1e4 * max(data["heat_flux_w_cm2"] for data in peaks))
    radiation, speed = history.columns["heat_flux_radiative_w_m2"], history.columns["air_speed_m_s"]
    assert np.isfinite(radiation).any() and np.isnan(radiation[speed < 9000.0]).all()  # m/s: where the table of Tauber & Sutton begins
    rest = history.columns["heat_flux_w_m2"] - np.nan_to_num(radiation)
    assert rest == pytest.approx(convective_w_m2(history.columns["density_kg_m3"], speed, ENTRY.shell.nose_radius_m))
    assert history != flown(world, run=1).history
