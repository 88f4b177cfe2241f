"""Carried over the ground: from rest to rest, along the great circle, smooth between the nodes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf, itrf_from_geodetic
from farside.craft.module import Landed, Vector
from farside.dynamics.carried import carry, ground_distance_m
from farside.dynamics.world import World, stay

EPOCH_S = 772570000.0
SIZIWANG, BEIJING = (math.radians(42.3), math.radians(111.4), 1100.0), (math.radians(40.0), math.radians(116.38), 50.0)


def place(latitude: float, longitude: float, altitude: float) -> Vector:
    x, y, z = itrf_from_geodetic(latitude, longitude, altitude)
    return float(x), float(y), float(z)


FROM, TO = place(*SIZIWANG), place(*BEIJING)


def test_the_way_to_beijing() -> None:
    """487 km: the haversine on a sphere of 6371 km, to the ellipsoid's part of three thousandths."""
    north, east = BEIJING[0] - SIZIWANG[0], BEIJING[1] - SIZIWANG[1]
    h = math.sin(0.5 * north) ** 2 + math.cos(SIZIWANG[0]) * math.cos(BEIJING[0]) * math.sin(0.5 * east) ** 2
    assert ground_distance_m(FROM, TO) == pytest.approx(2.0 * 6.371e6 * math.asin(math.sqrt(h)), rel=3e-3)
    assert ground_distance_m(FROM, FROM) == 0.0


def test_it_sets_off_from_rest_and_stops(world: World) -> None:
    arc = carry(world, FROM, TO, EPOCH_S, EPOCH_S + 5400.0, 300.0)
    before = stay(world, Landed("earth", FROM, "there"), EPOCH_S - 60.0, EPOCH_S, 300.0)
    after = stay(world, Landed("earth", TO, "here"), arc.end_s, arc.end_s + 60.0, 300.0)
    assert np.allclose(before.states[-1], arc.states[0], rtol=0.0, atol=1e-6)
    assert np.allclose(after.states[0], arc.states[-1], rtol=0.0, atol=1e-6)
    assert (arc.mode, arc.center) == ("carried", "earth")


def test_it_keeps_to_the_great_circle_at_a_height_between(world: World) -> None:
    arc = carry(world, FROM, TO, EPOCH_S, EPOCH_S + 5400.0, 300.0)
    normal = np.cross(FROM, TO) / np.linalg.norm(np.cross(FROM, TO))
    heights = []
    for epoch in np.linspace(arc.start_s, arc.end_s, 91):
        here = icrf_to_itrf(float(epoch)) @ arc.at(float(epoch))[0][:3]
        assert abs(here @ normal) < 0.1
        heights.append(geodetic_from_itrf(*here)[2])
    # The geocentric radius goes evenly; the ellipsoid under a way of 500 km bulges by some hundred metres.
    assert all(-200.0 < height < 1300.0 for height in heights)


def test_the_middle_is_half_way_and_fastest(world: World) -> None:
    arc = carry(world, FROM, TO, EPOCH_S, EPOCH_S + 5400.0, 300.0)
    epochs = EPOCH_S + np.array([2699.0, 2700.0, 2701.0])
    one, half, other = (icrf_to_itrf(float(epoch)) @ arc.at(float(epoch))[0][:3] for epoch in epochs)
    assert ground_distance_m(FROM, tuple(half.tolist())) == pytest.approx(0.5 * ground_distance_m(FROM, TO), abs=500.0)
    assert np.linalg.norm(other - one) / 2.0 == pytest.approx(1.5 * ground_distance_m(FROM, TO) / 5400.0, rel=1e-3)


@pytest.mark.parametrize("to", [TO, FROM])
def test_the_arc_between_its_nodes_is_smooth(world: World, to: Vector) -> None:
    arc = carry(world, FROM, to, EPOCH_S, EPOCH_S + 3000.0, 300.0)
    for t in np.linspace(arc.start_s + 1.0, arc.end_s - 1.0, 97):
        before, here, after = arc.at(np.array([t - 0.5, t, t + 0.5]))
        assert np.linalg.norm(after[:3] - before[:3] - here[3:6]) < 0.01  # m/s


def test_left_where_it_is_it_turns_with_the_ground(world: World) -> None:
    arc = carry(world, FROM, FROM, EPOCH_S, EPOCH_S + 86400.0, 300.0)
    rest = stay(world, Landed("earth", FROM, "there"), EPOCH_S, EPOCH_S + 86400.0, 300.0)
    for t in EPOCH_S + np.array([0.0, 12345.6, 86400.0]):
        assert np.allclose(arc.at(float(t)), rest.at(float(t)), rtol=0.0, atol=1e-3)
