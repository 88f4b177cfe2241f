"""Phasing closes from any phase, on finite burns in the real field, with little propellant; and says why when it cannot."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import cross, turned, unit
from farside.craft.module import Engine
from farside.dynamics.world import Point, World, apsides, coast
from farside.guidance.command import after_burn
from farside.guidance.lunar import GuidanceError
from farside.guidance.rendezvous import coelliptic, relative
from farside.planning import rendezvous as planning

INSERTED_S = tdb_from_utc("2024-06-03T23:44:30Z")
ENGINE = Engine("four_120n", 480.0, 300.0)
GOAL = planning.MeetingGoal(tdb_from_utc("2024-06-06T03:18:00Z"), 50e3, 10e3, 100e3)
# Chang'e-6's orbiter as it is flown to the ascender's insertion: 191 x 213 km.
ORBITER = Point("moon", INSERTED_S, np.array([1637501.549, -861883.579, -609962.889, -518.917264, -1380.750154, 573.227964, 2396.5]))


def ascender(phase_deg: float, out_of_plane_deg: float = 0.0) -> Point:
    """The ascender at the perilune of 15 x 180 km, so far ahead of the orbiter; its plane turned about the line 45 deg further on."""
    up, normal = unit(ORBITER.r_m), unit(cross(ORBITER.r_m, ORBITER.v_m_s))
    up = turned(up, normal, math.radians(phase_deg))
    axis = turned(up, normal, math.radians(45.0))
    up, normal = (turned(v, axis, math.radians(out_of_plane_deg)) for v in (up, normal))
    low, high = MOON_RADIUS_M + 15e3, MOON_RADIUS_M + 180e3
    v = math.sqrt(GM_MOON_M3_S2 * (2.0 / low - 2.0 / (low + high)))
    return Point("moon", INSERTED_S, np.array([*(low * up), *(v * cross(normal, up)), 445.0]))


def flown(world: World, craft: Point) -> tuple[planning.Phasing, Point, Point]:
    """The burns solved one after the other, and both craft at the meeting."""
    meeting = coast(world, ORBITER, GOAL.epoch_s).point
    phasing = planning.plan(world, craft, ORBITER, ENGINE, GOAL)
    for stage in (1, 2, 3, 4):
        phasing = planning.solved(world, craft, meeting, ENGINE, GOAL, phasing, stage)
        craft = after_burn(world, craft, planning.command(world, craft, ENGINE, phasing, stage), ENGINE)
        if stage == 1:  # relief: the perilune rises within two revolutions, before it is passed twice
            assert apsides(craft)[0] - MOON_RADIUS_M > 100e3
            assert craft.epoch_s - INSERTED_S < 2.0 * 6800.0
    return phasing, coast(world, craft, GOAL.epoch_s).point, meeting


def check(world: World, craft: Point, most_m_s: float) -> None:
    phasing, end, meeting = flown(world, craft)
    seen, wanted = relative(meeting, end), coelliptic(meeting, 50e3, 10e3)
    assert seen.r_m == pytest.approx(wanted.r_m, abs=30.0)  # conditions to 10 m each, and the last burn is not an impulse
    assert seen.v_m_s == pytest.approx(wanted.v_m_s, abs=0.03)  # 30 m of place turn 0.02 m/s of velocity
    assert phasing.total_m_s < most_m_s
    used = craft.mass_kg - end.mass_kg
    assert ENGINE.exhaust_speed_m_s * math.log(craft.mass_kg / (craft.mass_kg - used)) == pytest.approx(phasing.total_m_s, abs=0.01)


@pytest.mark.parametrize("phase_deg", [0.0, 50.0, 200.0])
def test_any_phase_closes(world: World, phase_deg: float) -> None:
    """Two-body price of 15 x 180 to 210 x 210 km: 46 m/s; planes that drift apart at different heights and odd apsides cost the rest."""
    check(world, ascender(phase_deg), 70.0)


@pytest.mark.parametrize("out_of_plane_deg", [-0.1, 0.1])
def test_a_plane_somewhat_off_closes(world: World, out_of_plane_deg: float) -> None:
    check(world, ascender(120.0, out_of_plane_deg), 80.0)  # 0.1 deg is 2.8 m/s at its node, twice that away from it


@pytest.mark.parametrize("phase_deg", range(0, 360, 30))
def test_every_phase_closes(world: World, phase_deg: int) -> None:
    check(world, ascender(float(phase_deg), 0.1), 80.0)


def test_the_first_guess_is_the_highest_circle_that_fits(world: World) -> None:
    """Between 140 km and the meeting's height, whatever the phase: a turn is 53 km of circle in a full two days, 70 km with half."""
    heights = [planning.first_guess(world, ascender(float(phase)), ORBITER, GOAL).circle_m for phase in range(0, 360, 20)]
    assert min(heights) > 130e3
    assert max(heights) < 215e3
    assert sum(b < a for a, b in pairwise(heights)) <= 1  # rises with the phase but for one turn


def test_a_disturbed_craft_finds_its_own_burns(world: World) -> None:
    """After the second burn it is 300 m and 1 cm/s off; the third burn brings it to the meeting all the same."""
    craft, meeting = ascender(200.0), coast(world, ORBITER, GOAL.epoch_s).point
    phasing = planning.plan(world, craft, ORBITER, ENGINE, GOAL)
    for stage in (1, 2):
        craft = after_burn(world, craft, planning.command(world, craft, ENGINE, phasing, stage), ENGINE)
    y = craft.y.copy()
    y[:3] += 300.0 * unit(craft.r_m)
    y[3:6] += 0.01
    craft = replace(craft, y=y)
    phasing = planning.solved(world, craft, meeting, ENGINE, GOAL, phasing, 3)
    craft = after_burn(world, craft, planning.command(world, craft, ENGINE, phasing, 3), ENGINE)
    phasing = planning.solved(world, craft, meeting, ENGINE, GOAL, phasing, 4)
    craft = after_burn(world, craft, planning.command(world, craft, ENGINE, phasing, 4), ENGINE)
    seen = relative(meeting, coast(world, craft, GOAL.epoch_s).point)
    assert seen.r_m == pytest.approx([10e3, 50e3, 0.0], abs=30.0)


def test_too_little_time_is_told(world: World) -> None:
    hasty = replace(GOAL, epoch_s=INSERTED_S + 10.0 * 3600.0)
    with pytest.raises(GuidanceError, match="a later meeting would do"):
        planning.plan(world, ascender(50.0), ORBITER, ENGINE, hasty)


def test_an_orbit_into_the_ground_is_told(world: World) -> None:
    y = ascender(0.0).y.copy()
    y[3:6] *= 0.9
    with pytest.raises(GuidanceError, match="a higher insertion would do"):
        planning.plan(world, Point("moon", INSERTED_S, y), ORBITER, ENGINE, GOAL)
