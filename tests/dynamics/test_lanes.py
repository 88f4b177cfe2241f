"""Lanes: the Moon's figure and the rates of each lane are those of the scalar functions; what is left out pulls less than is said."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from farside.basis.constants import MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.dynamics import lanes as l
from farside.dynamics.forces import EARTH, MOON, Coast, coast_rate, no_stop
from farside.dynamics.world import World
from farside.environment.gravity import harmonics, harmonics_acceleration

EPOCH_S = tdb_from_utc("2024-05-20T00:00:00Z")


def spread(radius_m: float, seed: int = 1) -> NDArray[np.float64]:
    """A block of states (ROWS,) in all directions, that many metres from their centre and more."""
    draw = np.random.default_rng(seed)
    r, v = draw.standard_normal((3, l.LANES)), 1e3 * draw.standard_normal((3, l.LANES))
    return np.concatenate([r / np.linalg.norm(r, axis=0) * radius_m * draw.uniform(1.0, 1.5, l.LANES), v]).ravel()


@pytest.mark.parametrize(("center", "name", "radius_m"), [(EARTH, "earth", 7.0e6), (EARTH, "earth", 2.0e8), (MOON, "moon", 1.8e6)])
@pytest.mark.parametrize("area_m2", [0.0, 30.0])
def test_the_rates_of_a_lane_are_those_of_the_scalar_equations(
    world: World, center: int, name: str, radius_m: float, area_m2: float
) -> None:
    forces = world.forces(name)._replace(reflecting_area_m2=area_m2)  # type: ignore[arg-type]
    y, out, sky = spread(radius_m), np.empty(l.ROWS), np.empty(l.SHARED)
    masses = np.linspace(300.0, 8000.0, l.LANES)
    l.share(EPOCH_S, forces, sky)
    l.rates(y, out, np.empty(l.SCRATCH * l.LANES), sky, center, masses, forces, l.strengths(forces.field))
    for i in range(l.LANES):
        state = np.append(y[i :: l.LANES], masses[i])
        alone = np.array(coast_rate(EPOCH_S, state, Coast(forces, no_stop)))[:6]
        # the sums are made in another order: some units of the last place of the largest term (10 m/s2 at most)
        assert np.abs(out[i :: l.LANES] - alone).max() < 1e-14 * (1.0 + np.abs(alone[3:]).max()) + 1e-15 * 10.0


@pytest.mark.parametrize("degree", [2, 3, 6, 20])
def test_the_figure_is_that_of_pines(degree: int) -> None:
    draw = np.random.default_rng(2)
    c, s = (1e-5 * np.tril(draw.standard_normal((degree + 1, degree + 1))) for _ in range(2))
    field, y, out = harmonics(4.9e12, 1.738e6, c, s), spread(1.8e6), np.zeros(l.ROWS)
    l.figure(y, out, np.empty(l.SCRATCH * l.LANES), 0.0, 0.0, 0.0, np.eye(3).ravel(), degree, field)
    for i in range(l.LANES):
        alone = harmonics_acceleration(y[i], y[l.LANES + i], y[2 * l.LANES + i], field)
        assert out[3 * l.LANES + i :: l.LANES] == pytest.approx(alone, rel=1e-11, abs=1e-17)


def test_what_is_left_out_pulls_less_than_is_said(world: World) -> None:
    """Against the field itself: with the degrees above the needed one, and without them."""
    field = world.moon_field
    strong = l.strengths(field)
    found = set()
    for radius_m in MOON_RADIUS_M * np.geomspace(1.01, 1000.0, 40):
        degree = l.needed_degree(strong, field.radius_m, radius_m)
        found.add(degree)
        y, whole, part = spread(radius_m), np.zeros(l.ROWS), np.zeros(l.ROWS)
        for out, top in ((whole, field.degree), (part, degree)):
            l.figure(y, out, np.empty(l.SCRATCH * l.LANES), 0.0, 0.0, 0.0, np.eye(3).ravel(), top, field)
        # each degree that is left out is below the bound at the nearest lane; the next ones fall off with distance
        assert np.abs(whole - part).max() < (field.degree - degree + 1e-3) * l.NEGLIGIBLE_M_S2 + 1e-15 * np.abs(whole).max()
    assert found >= {2, 3, 4, 6}


def test_the_bound_of_a_degree_holds_everywhere(world: World) -> None:
    """The pull of each degree alone, sampled over the sphere, is below its strength, and not by a factor of thirty."""
    field = world.moon_field
    strong = l.strengths(field)
    for degree in range(2, field.degree + 1):
        c, s = np.zeros_like(field.c), np.zeros_like(field.s)
        c[degree], s[degree] = field.c[degree], field.s[degree]
        alone, largest = harmonics(field.mu_m3_s2, field.radius_m, c, s), 0.0
        for seed in range(20):
            y, out = spread(2.0e6, seed), np.zeros(l.ROWS)
            l.figure(y, out, np.empty(l.SCRATCH * l.LANES), 0.0, 0.0, 0.0, np.eye(3).ravel(), degree, alone)
            pull = np.linalg.norm(out.reshape(6, l.LANES)[3:], axis=0)
            r = np.linalg.norm(y.reshape(6, l.LANES)[:3], axis=0)
            largest = max(largest, float((pull * r**2 * (r / field.radius_m) ** degree / strong[degree]).max()))
        assert 1.0 / 30.0 < largest <= 1.0


def test_combining_four_at_a_time_is_a_sum() -> None:
    draw = np.random.default_rng(3)
    k, y, out = draw.standard_normal((13, l.ROWS)), draw.standard_normal(l.ROWS), np.empty(l.ROWS)
    for count in range(14):
        weights = draw.standard_normal(count) * (draw.random(count) > 0.3)
        l.combine(y, k, weights, 0.5, out)
        assert out == pytest.approx(y + 0.5 * weights @ k[:count], abs=1e-13)
