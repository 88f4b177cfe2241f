"""Where the coasts of the benchmarks begin, and the gravity field of degree 12 that low orbits are flown in."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

import farside as fs
from benchmarks.measure import CHECKOUT
from farside.basis.epochs import tdb_from_utc
from farside.dynamics.world import Point, World
from farside.environment.ephemeris import load_sky
from farside.environment.gravity import Harmonics, harmonics, moon_gravity
from farside.environment.orientation import mean_earth_from, orientation_of

DAY_S = 86400.0
LOW_DEGREE = 12
KAULA = 2.5e-4  # coefficients of degree n are about that over n^2, Kaula's rule for the Moon


@functools.cache
def road() -> tuple[World, Point, Point]:
    """The world of Chang'e-6, the craft as it leaves the Earth, and as it circles 200 km above the Moon."""
    from farside.flight import build_world

    mission = fs.load(CHECKOUT / "missions" / "change6.toml")
    flight = fs.fly(mission, fs.plan(mission))
    leaving = next(leg for leg in flight.legs if leg.phase == "tcm_1").arcs[0]
    circle = next(leg for leg in flight.legs if leg.phase == "departure").arcs[0]
    out, low = (Point(arc.center, arc.start_s, arc.states[0]) for arc in (leaving, circle))
    return build_world(mission), out, low


def outbound() -> tuple[World, Point]:
    """A craft 20,000 km from the Earth on its way out, in a world that needs no mission: for fresh processes."""
    start_s = tdb_from_utc("2024-05-03T10:06:00Z")
    sky = load_sky(start_s, start_s + 5.0 * DAY_S)
    world = World(sky, moon_gravity(6, orientation_of(sky)), mean_earth_from(orientation_of(sky)), tolerance=1e-10)
    return world, Point("earth", start_s, np.array([-2.0e7, 5e6, 0.0, -4.4e3, -3.6e3, -1.8e3, 8350.0]))


def scattered(start: Point, count: int) -> NDArray[np.float64]:
    """States (count, 7) about one, by 300 m and 0.1 m/s."""
    draw, states = np.random.default_rng(1), np.tile(start.y, (count, 1))
    states[:, :3] += 300.0 * draw.standard_normal((count, 3))
    states[:, 3:6] += 0.1 * draw.standard_normal((count, 3))
    return states


@functools.cache
def low_world() -> World:
    """The same world with a field of degree 12: DE440's to degree 6, above that drawn by Kaula's rule. The work is that of a real one."""
    world, _, _ = road()
    return replace(world, moon_field=field_of_twelve(world))


def field_of_twelve(world: World) -> Harmonics:
    known = moon_gravity(6, orientation_of(world.sky))
    c, s = np.zeros((LOW_DEGREE + 1, LOW_DEGREE + 1)), np.zeros((LOW_DEGREE + 1, LOW_DEGREE + 1))
    draw = np.random.default_rng(12)
    for n in range(2, LOW_DEGREE + 1):
        c[n, : n + 1], s[n, 1 : n + 1] = KAULA / n**2 * draw.standard_normal(n + 1), KAULA / n**2 * draw.standard_normal(n)
    c[:7, :7], s[:7, :7] = known.c, known.s
    return harmonics(known.mu_m3_s2, known.radius_m, c, s, known.axes)
