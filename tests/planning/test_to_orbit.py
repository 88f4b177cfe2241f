"""Ascent and trans-lunar burn that go together: what is turned, what is flown, and where the two agree."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from farside.basis.twobody import angle_between
from farside.dynamics.world import World
from farside.guidance.passage import PeriluneGoal
from farside.planning.launch import ascent_of
from farside.planning.lunar_plane import PlanError
from farside.planning.road import RoadGoal, plan_road
from farside.planning.to_orbit import SETTLED_RAD, Ascended, first_ascent, join
from farside.planning.transfer import Transfer, insertion, plan_transfer

PERILUNE_M = 1937.4e3


@pytest.fixture(scope="module")
def goal(road6: RoadGoal) -> PeriluneGoal:
    return PeriluneGoal(road6.capture_s, PERILUNE_M, math.pi)


@pytest.fixture(scope="module")
def begun(world6: World, road6: RoadGoal) -> Ascended:
    assert road6.rocket is not None
    return first_ascent(world6, road6.rocket, road6.launch, road6.capture_s)


@pytest.fixture(scope="module")
def joined(world6: World, road6: RoadGoal, begun: Ascended, goal: PeriluneGoal) -> tuple[Ascended, Transfer]:
    assert road6.rocket is not None
    transfer = plan_transfer(world6, begun.launch, road6.ship.launcher, goal)
    return join(world6, road6.rocket, begun, transfer, road6.ship.launcher, goal)


def test_a_turned_ascent_turns_about_the_site(world6: World, begun: Ascended) -> None:
    """Its plane holds the site as before; height, speed, angle from the site and epoch stay."""
    site, turned = begun.launch.site_icrf, insertion(world6, begun.launch, begun.azimuth_rad + 0.01)
    flown = insertion(world6, begun.launch, begun.azimuth_rad)
    assert tuple(flown.r_m) == begun.ascent.r_m
    planes = [np.cross(point.r_m, point.v_m_s) for point in (flown, turned)]
    assert angle_between(*planes) == pytest.approx(0.01, rel=1e-6)
    assert [abs(angle_between(plane, site) - 0.5 * math.pi) for plane in planes] == pytest.approx([0.0, 0.0], abs=5e-5)
    assert angle_between(turned.r_m, site) == pytest.approx(begun.ascent.downrange_rad, abs=1e-9)
    assert float(np.linalg.norm(turned.v_m_s)) == pytest.approx(float(np.linalg.norm(flown.v_m_s)), rel=1e-14)
    assert turned.epoch_s == flown.epoch_s == begun.ascent.insertion_s


def test_turned_is_not_flown(world6: World, road6: RoadGoal, begun: Ascended) -> None:
    """The Earth helps less the farther from east: why ascent and burn are repeated."""
    assert road6.rocket is not None
    trials = road6.rocket.trials(world6, begun.azimuth_rad + 0.01, begun.launch.radius_m)
    flown = ascent_of(trials, begun.ascent.heading_rad + 0.01, begun.ascent.pitch_over_rad)
    assert 0.01 < flown.insertion_s - begun.ascent.insertion_s < 1.0
    assert flown.propellant_left_kg < begun.ascent.propellant_left_kg


def test_ascent_and_burn_agree(world6: World, road6: RoadGoal, joined: tuple[Ascended, Transfer]) -> None:
    """The transfer begins where an ascent towards its azimuth ends, flown again here."""
    assert road6.rocket is not None
    begun, transfer = joined
    assert transfer.solution.met
    assert abs(transfer.azimuth_rad - begun.azimuth_rad) < SETTLED_RAD
    trials = road6.rocket.trials(world6, transfer.azimuth_rad, begun.launch.radius_m)
    flown = ascent_of(trials, begun.ascent.heading_rad, begun.ascent.pitch_over_rad)
    assert transfer.insertion.epoch_s == pytest.approx(flown.insertion_s, abs=1e-6)
    assert transfer.insertion.r_m == pytest.approx(np.array(flown.r_m), abs=0.02)
    upper, payload = road6.rocket.vessel.launcher.upper, road6.rocket.vessel.payload_kg
    assert transfer.insertion.mass_kg == pytest.approx(upper.dry_kg + flown.propellant_left_kg + payload, abs=0.01)
    again, same = join(world6, road6.rocket, begun, transfer, road6.ship.launcher, PeriluneGoal(road6.capture_s, PERILUNE_M, math.pi))
    assert abs(same.azimuth_rad - transfer.azimuth_rad) < SETTLED_RAD
    assert again.ascent.insertion_s == pytest.approx(begun.ascent.insertion_s, abs=1e-6)


def test_an_azimuth_beyond_the_limits_is_told(world6: World, road6: RoadGoal) -> None:
    """Not by a launcher that cannot go there: the ascent is sought at the limit."""
    west = replace(road6, lunar=None, home=None, launch=replace(road6.launch, azimuth_max_rad=math.radians(95.0)))
    with pytest.raises(PlanError, match=r"launch azimuth must be 103\.\d\d deg, allowed are 70\.0 to 95\.0 deg"):
        plan_road(world6, west, lambda stage, done: None)
