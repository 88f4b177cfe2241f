"""Passages found afterwards on dense arcs are those that the propagator's stops find."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from farside.basis.constants import MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.dynamics.arcs import Arc
from farside.dynamics.events import distance_rate, passages
from farside.dynamics.world import Point, World, apsis, coast, descent_through

START_S = tdb_from_utc("2024-05-20T00:00:00Z")
ELLIPSE = Point("moon", START_S, np.array([2.5e6, 0.0, 0.0, 300.0, 1000.0, 1000.0, 2000.0]))


@pytest.fixture(scope="module")
def arcs(world: World) -> tuple[Arc, ...]:
    """A day of an ellipse in two arcs."""
    first = coast(world, ELLIPSE, START_S + 40000.0, keep=True)
    return first.arcs + coast(world, first.point, START_S + 86400.0, keep=True).arcs


@pytest.mark.parametrize("rising", [True, False])
def test_apsides_are_where_the_stops_find_them(world: World, arcs: tuple[Arc, ...], rising: bool) -> None:
    expected, point = [], ELLIPSE
    while True:
        flown = coast(world, point, START_S + 86400.0, apsis(rising))
        if flown.point.epoch_s >= START_S + 86400.0:
            break
        point = flown.point
        expected.append(point.epoch_s)
    found = passages(arcs, distance_rate, rising)
    assert len(found) == len(expected) > 4
    assert [epoch for _, epoch in found] == pytest.approx(expected, abs=2e-4)
    assert all(arc.start_s <= epoch <= arc.end_s for arc, epoch in found)


def test_any_signed_function_will_do(world: World, arcs: tuple[Arc, ...]) -> None:
    def height(y: NDArray[np.float64]) -> float:
        return math.sqrt(float(y[:3] @ y[:3])) - MOON_RADIUS_M - 1e6

    first = passages(arcs, height, rising=False)[0][1]
    assert first == pytest.approx(coast(world, ELLIPSE, START_S + 86400.0, descent_through(1e6)).point.epoch_s, abs=2e-4)


def test_nothing_passes_where_nothing_changes_sign(arcs: tuple[Arc, ...]) -> None:
    assert passages(arcs, lambda y: 1.0) == passages(arcs, lambda y: -1.0) == passages((), distance_rate) == []
