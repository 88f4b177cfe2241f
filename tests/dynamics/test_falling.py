"""What falls off: Kepler's ellipse without air, terminal speed in it, an ellipse that grows with what is not known."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.basis.constants import GM_EARTH_M3_S2
from farside.basis.twobody import kepler
from farside.dynamics.falling import SIDE_M_S, fall, ground_distance
from farside.dynamics.rocket import still_air
from farside.dynamics.world import Point, World
from farside.planning.launch import on_pad

sys.path.insert(0, str(Path(__file__).parents[1] / "guidance"))
from on_the_pad import LIFTOFF_S, trials


def dropped(world: World, height_m: float, along_m_s: float, up_m_s: float, mass_kg: float = 14e3) -> Point:
    """A body over Wenchang, `along_m_s` eastwards through the air."""
    start = on_pad(world, trials(world).pad, LIFTOFF_S, mass_kg)
    up = start.r_m / np.linalg.norm(start.r_m)
    east = start.v_m_s / np.linalg.norm(start.v_m_s)
    return replace(start, y=np.array([*(start.r_m + height_m * up), *(start.v_m_s + along_m_s * east + up_m_s * up), mass_kg]))


def test_without_air_it_is_keplers_ellipse(world: World) -> None:
    """From 74 km at 3 km/s for five minutes: J2 makes 4 mm/s2 more than two bodies, 0.2 km in that time."""
    point = dropped(world, 74e3, 2900.0, 900.0)
    found = fall(world, point, 1e-9, still_air(1e-30))
    assert found is not None
    r, _ = kepler(point.r_m.copy(), point.v_m_s.copy(), found.epoch_s - point.epoch_s, GM_EARTH_M3_S2)
    there = np.array(itrf_from_geodetic(found.latitude_rad, found.longitude_rad, 0.0))
    assert float(np.linalg.norm(icrf_to_itrf(found.epoch_s) @ r - there)) < 1000.0
    assert found.along_m < 1.0  # no drag, nothing that its half or double could change
    assert found.across_m == pytest.approx(SIDE_M_S * (found.epoch_s - point.epoch_s))


def test_it_lands_at_its_terminal_speed(world: World) -> None:
    found = fall(world, dropped(world, 74e3, 2900.0, 900.0), 77.0, still_air())
    assert found is not None
    assert found.speed_m_s == pytest.approx(math.sqrt(2.0 * 14e3 * 9.79 / (1.225 * 77.0)), rel=0.02)


def test_drag_shortens_the_fall_and_its_doubt_makes_the_ellipse(world: World) -> None:
    point = dropped(world, 74e3, 2900.0, 900.0)
    free, heavy, light = (fall(world, point, area, still_air()) for area in (1e-6, 40.0, 80.0))
    assert free and heavy and light
    assert free.longitude_rad > heavy.longitude_rad > light.longitude_rad
    assert ground_distance(heavy, light) <= heavy.along_m * 1.01  # the one with double the drag is within its ellipse
    assert math.degrees(heavy.azimuth_rad) == pytest.approx(90.0, abs=5.0)


def test_what_is_in_orbit_does_not_fall(world: World) -> None:
    assert fall(world, dropped(world, 300e3, 7300.0, 0.0), 1e-6, still_air()) is None
