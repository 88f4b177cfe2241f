"""The launch of least propellant, how heavy a payload may be, and what the stage table brings to the Moon against what is published."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.craft.launcher import LONG_MARCH_5
from farside.craft.module import Engine
from farside.dynamics.launching import SEGMENT
from farside.dynamics.rocket import UPPER_BURN
from farside.dynamics.world import Point, World
from farside.planning.launch import LaunchAscent, heaviest_kg, lowest, plan_launch, program
from farside.planning.lunar_plane import PlanError
from farside.planning.payload import after_departure, payload_to

sys.path.insert(0, str(Path(__file__).parents[1] / "guidance"))
from on_the_pad import AZIMUTH_RAD, LIFTOFF_S, PAYLOAD_KG, reached, trials

C3_M2_S2 = -2e6


@pytest.fixture(scope="module")
def ascent(world: World) -> LaunchAscent:
    return plan_launch(trials(world), AZIMUTH_RAD)


def test_trials_around_the_answer_take_more(world: World, ascent: LaunchAscent) -> None:
    start = trials(world)
    least = start.used_kg(ascent.heading_rad, ascent.pitch_over_rad)
    for share in (0.95, 1.05):
        assert start.used_kg(ascent.heading_rad, ascent.pitch_over_rad * share) > least + 20.0
    for off_deg in (-0.5, 0.5):
        assert start.used_kg(ascent.heading_rad + math.radians(off_deg), ascent.pitch_over_rad) > least + 3.0


def test_the_answer_is_what_its_program_flies(world: World, ascent: LaunchAscent) -> None:
    start = trials(world)
    law = start.flight_law(ascent.heading_rad, ascent.pitch_over_rad)
    _, rows = start.fly(law)
    assert tuple(rows[-1, 1:4]) == ascent.r_m
    assert tuple(rows[-1, 4:7]) == ascent.v_m_s
    assert rows[-1, 0] == ascent.insertion_s
    assert math.degrees(ascent.downrange_rad) == pytest.approx(26.0, abs=1.0)
    found = reached(rows[-1, 1:7], start.normal)
    assert abs(found.radius_m) < 30.0
    assert abs(found.speed_m_s) < 0.05
    # The program takes as much as the turn that follows its velocity, but for the bends at its corners.
    assert start.used_kg(ascent.heading_rad, ascent.pitch_over_rad) == pytest.approx(29.1e3 - ascent.propellant_left_kg, abs=20.0)
    axes = program(rows)
    assert np.linalg.norm(axes, axis=1) == pytest.approx(np.ones(len(axes)))


def test_a_neighbour_is_found_from_here(world: World, ascent: LaunchAscent) -> None:
    there = trials(world, azimuth_rad=AZIMUTH_RAD + math.radians(0.3))
    near = plan_launch(there, AZIMUTH_RAD + math.radians(0.3), ascent)
    alone = plan_launch(there, AZIMUTH_RAD + math.radians(0.3))
    assert near.propellant_left_kg == pytest.approx(alone.propellant_left_kg, abs=3.0)
    assert near.tried < alone.tried + 10


def test_parabolas_find_the_lowest() -> None:
    assert lowest(lambda x: (x - 3.0) ** 2, 0.0, 0.5) == pytest.approx(3.0)
    assert lowest(lambda x: (x + 3.0) ** 2 if x > -4.0 else math.inf, 0.0, 0.5) == pytest.approx(-3.0)


def test_as_change5_flew(world: World) -> None:
    """Events of Chang'e-5's launcher (facts T30), a comparison and not a target: another payload, azimuth and parking orbit.

    The second stage lit at 540 s, 187 km high at 15.85 N 126.24 E; here the core burns at full thrust to its end and waits 8 s.
    """
    start = trials(world, 8200.0)
    found = plan_launch(start, AZIMUTH_RAD)
    _, rows = start.fly(start.flight_law(found.heading_rad, found.pitch_over_rad))
    lit = rows[rows[:, SEGMENT] == UPPER_BURN][0]
    latitude, longitude, height = geodetic_from_itrf(*(icrf_to_itrf(lit[0]) @ lit[1:4]))
    assert 480.0 < lit[0] - LIFTOFF_S < 545.0
    assert height == pytest.approx(187e3, abs=15e3)
    assert math.degrees(latitude) == pytest.approx(15.85, abs=1.0)
    assert math.degrees(longitude) == pytest.approx(126.24, abs=2.0)


def test_the_second_stage_burns_what_change5s_did(world: World, ascent: LaunchAscent) -> None:
    """Both burns together, to the parking orbit and on to C3 = -2 km2/s2: Chang'e-5's took 637 s (facts T30), 25.9 t at 40.7 kg/s."""
    upper = LONG_MARCH_5.upper
    mass = PAYLOAD_KG + upper.dry_kg + ascent.propellant_left_kg
    parking = Point("earth", ascent.insertion_s, np.array([*ascent.r_m, *ascent.v_m_s, mass]))
    delta_v, after = after_departure(world, parking, C3_M2_S2, Engine("main", 176.5e3, 442.0))
    assert delta_v == pytest.approx(3150.0, abs=20.0)  # m/s from 200 km, with the loss of a burn of eight minutes
    burned = upper.gross_kg + PAYLOAD_KG - after
    assert burned == pytest.approx(25.9e3, rel=0.02)


@pytest.mark.slow
def test_the_payload_to_the_moon_is_above_the_published(world: World) -> None:
    """C3 = -2 km2/s2. Published are 8 to 8.4 t; the table brings 12.1 t (design/launcher.md says why): told, not tuned.

    Bounds from what is published: more than was flown, less than the 14 t to the lower energy of a geostationary transfer (facts V3).
    """
    most, ascent = payload_to(trials(world), AZIMUTH_RAD, C3_M2_S2)
    assert 8.4e3 < most < 14e3
    mass = most + LONG_MARCH_5.upper.dry_kg + ascent.propellant_left_kg
    parking = Point("earth", ascent.insertion_s, np.array([*ascent.r_m, *ascent.v_m_s, mass]))
    after = after_departure(world, parking, C3_M2_S2, Engine("main", 176.5e3, 442.0))[1]
    assert after - most - LONG_MARCH_5.upper.dry_kg == pytest.approx(0.0, abs=5.0)  # kg: nothing is left


def test_too_heavy_is_told_by_how_much(world: World) -> None:
    with pytest.raises(PlanError, match=r"too heavy for long_march_5 by \d+ kg, about 3\d\d\d\d kg reach that orbit"):
        plan_launch(trials(world, 45e3), AZIMUTH_RAD)
    most = heaviest_kg(trials(world, 45e3), AZIMUTH_RAD)
    assert plan_launch(trials(world, most), AZIMUTH_RAD).propellant_left_kg > 0.0
    assert plan_launch(trials(world, 1.04 * most), AZIMUTH_RAD).propellant_left_kg < 0.0
    with pytest.raises(PlanError, match=r"kN do not lift 110\d\.\d t, .* 1\d\.\d t less would do"):
        plan_launch(trials(world, 250e3), AZIMUTH_RAD)


def test_more_payload_leaves_less(world: World, ascent: LaunchAscent) -> None:
    heavier = plan_launch(trials(world, PAYLOAD_KG + 1000.0), AZIMUTH_RAD, ascent)
    assert 0.0 < ascent.propellant_left_kg - heavier.propellant_left_kg < 1500.0
    weak = replace(LONG_MARCH_5, core=replace(LONG_MARCH_5.core, engine=replace(LONG_MARCH_5.core.engine, isp_vacuum_s=419.0)))
    start = trials(world)
    weaker = plan_launch(replace(start, vessel=replace(start.vessel, launcher=weak)), AZIMUTH_RAD, ascent)
    assert weaker.propellant_left_kg < ascent.propellant_left_kg - 300.0  # kg: 2 % of the core's Isp
