"""Accelerations against the same physics written separately, and what thrust, shadow and stop functions say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from forces_again import acceleration, empty_sky, lit, no_harmonics
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.constants import AU_M, EARTH_RADIUS_M, GM_MOON_M3_S2, MOON_RADIUS_M, SUN_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.dynamics import forces as f
from farside.dynamics.world import World
from farside.environment.ephemeris import sky_at

Array = NDArray[np.float64]
EPOCHS_S = st.floats(tdb_from_utc("2024-05-03T00:00:00Z"), tdb_from_utc("2024-06-26T00:00:00Z"))
DIRECTIONS = st.tuples(st.floats(-1.0, 1.0), st.floats(-math.pi, math.pi)).map(
    lambda z: np.array([math.sqrt(1.0 - z[0] ** 2) * math.cos(z[1]), math.sqrt(1.0 - z[0] ** 2) * math.sin(z[1]), z[0]])
)


def state(r: Array, mass: float = 1000.0) -> Array:
    return np.array([*r, 0.0, 0.0, 0.0, mass])


@given(EPOCHS_S, DIRECTIONS, st.floats(1.75e6, 3e8))
def test_gravity_about_the_moon_is_the_same_written_separately(world: World, epoch: float, way: Array, radius: float) -> None:
    forces = world.forces("moon")
    y = state(radius * way)
    expected = acceleration(epoch, y, forces)
    # Rounding of the pull itself, and of the Earth's and Sun's pulls on craft and Moon (6e-3 m/s2), which are differences of near equals.
    assert np.abs(np.array(f.gravity(epoch, y, forces)) - expected).max() < 1e-14 * np.linalg.norm(expected) + 2e-17


@given(EPOCHS_S, DIRECTIONS, st.floats(6.45e6, 3.6e8))
def test_gravity_about_the_earth_is_the_same_written_separately(world: World, epoch: float, way: Array, radius: float) -> None:
    forces = world.forces("earth")
    y = state(radius * way)
    expected = acceleration(epoch, y, forces)
    assert np.abs(np.array(f.gravity(epoch, y, forces)) - expected).max() < 1e-14 * np.linalg.norm(expected) + 2e-17


@given(EPOCHS_S, DIRECTIONS, st.floats(1.75e6, 3e8))
def test_the_two_centres_see_one_field(world: World, epoch: float, way: Array, radius: float) -> None:
    """The pull about the Earth less that about the Moon is the Moon's own acceleration, the same wherever the craft is."""

    def difference(from_moon: Array) -> Array:
        about_earth = f.gravity(epoch, state(from_moon + moon), world.forces("earth"))
        return np.array(about_earth) - f.gravity(epoch, state(from_moon), world.forces("moon"))

    moon = world.moon(epoch)[:3]
    pull = np.linalg.norm(f.gravity(epoch, state(radius * way), world.forces("moon")))
    # The place about the Earth is rounded by 6e-8 m: at 1750 km, 7e-14 of the pull.
    assert np.abs(difference(radius * way) - difference(0.2 * moon)).max() < 1e-13 * pull + 1e-16


def test_thrust_sweeps_evenly_along_a_great_circle() -> None:
    forces = f.Forces(f.MOON, empty_sky(), no_harmonics(), 0.0, 0.0, 0.0, 0.0)
    burn = f.Burn(forces, f.no_stop, 3000.0, 3060.0, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), 0.01, 100.0)
    y = np.array([2e6, 0.0, 0.0, 1.0, 2.0, 3.0, 1500.0])
    for t, angle in ((100.0, 0.0), (150.0, 0.5), (0.0, -1.0)):
        rate = f.burn_rate(t, y, burn)
        assert rate[:3] == (1.0, 2.0, 3.0)
        assert rate[3:6] == pytest.approx((2.0 * math.sin(angle), 0.0, 2.0 * math.cos(angle)), abs=1e-15)
        assert rate[6] == pytest.approx(-3000.0 / 3060.0, rel=1e-15)


SUNLIT = st.tuples(st.floats(1.02, 50.0), st.floats(0.0, math.pi))


@given(SUNLIT, st.sampled_from([EARTH_RADIUS_M, MOON_RADIUS_M]))
def test_shadows_agree_with_overlapping_discs(place: tuple[float, float], radius: float) -> None:
    """Full light and umbra exactly; in the penumbra the linear share is within 0.13 of the overlap of two discs."""
    distance, angle = place
    sun = np.array([AU_M, 0.0, 0.0])
    r = distance * radius * np.array([math.cos(angle), math.sin(angle), 0.0])
    found, exact = f.lit_fraction(*r, *sun, radius), lit(r, sun, radius)
    if exact in (0.0, 1.0):
        assert found == pytest.approx(exact, abs=1e-6)
    else:
        assert abs(found - exact) < 0.13


def test_the_edges_of_umbra_and_penumbra_are_where_the_cones_say() -> None:
    """Behind the Earth at 42,000 km: half-width of umbra and penumbra by similar triangles."""
    sun, x = np.array([-AU_M, 0.0, 0.0]), 4.2e7
    umbra = EARTH_RADIUS_M - x * (SUN_RADIUS_M - EARTH_RADIUS_M) / AU_M
    penumbra = EARTH_RADIUS_M + x * (SUN_RADIUS_M + EARTH_RADIUS_M) / AU_M
    for width, share in ((0.99 * umbra, 0.0), (1.01 * penumbra, 1.0), (0.5 * (umbra + penumbra), 0.5)):
        assert f.lit_fraction(x, width, 0.0, *sun, EARTH_RADIUS_M) == pytest.approx(share, abs=0.02)


@given(EPOCHS_S, DIRECTIONS, st.floats(1.75e6, 3e8), st.sampled_from(["earth", "moon"]))
def test_sunlight_pushes_away_from_the_sun_where_it_shines(world: World, epoch: float, way: Array, radius: float, center: str) -> None:
    """1361 W/m2 over the speed of light at 1 au, by area over mass; nothing where the Moon or the Earth hides the Sun."""
    dark, light = (world.forces(center)._replace(reflecting_area_m2=area) for area in (0.0, 30.0))  # type: ignore[arg-type]
    y = state(max(radius, 6.5e6 if center == "earth" else 0.0) * way, 2000.0)
    push = np.array(f.gravity(epoch, y, light)) - np.array(f.gravity(epoch, y, dark))
    expected = acceleration(epoch, y, light) - acceleration(epoch, y, dark)
    assert np.linalg.norm(push) < 30.0 / 2000.0 * 4.54e-6 * 1.04
    rounding = 1e-15 * np.linalg.norm(f.gravity(epoch, y, dark))
    sun = np.array(sky_at(epoch, world.sky)[3:6])
    moon = world.moon(epoch)[:3]
    from_earth = y[:3] if center == "earth" else y[:3] + moon
    shares = lit(from_earth, sun, EARTH_RADIUS_M), lit(from_earth - moon, sun - moon, MOON_RADIUS_M)
    if all(share in (0.0, 1.0) for share in shares):
        assert np.abs(push - expected).max() < rounding + 1e-12 * 6.8e-8 + 1e-20


def test_the_moon_hides_the_sun_and_the_push_stops(world: World) -> None:
    epoch = tdb_from_utc("2024-06-01T00:00:00Z")
    sun = np.array(sky_at(epoch, world.sky)[3:6]) - world.moon(epoch)[:3]
    behind = -1.9e6 * sun / np.linalg.norm(sun)
    for r, shines in ((behind, False), (-behind, True)):
        light = f.gravity(epoch, state(r), world.forces("moon")._replace(reflecting_area_m2=30.0))
        assert (light != f.gravity(epoch, state(r), world.forces("moon"))) is shines


def test_the_moons_point_mass_is_all_there_is_under_an_empty_sky() -> None:
    forces = f.Forces(f.MOON, empty_sky(), no_harmonics(), 0.0, GM_MOON_M3_S2, 0.0, 0.0)
    assert f.gravity(0.0, state(np.array([0.0, 2e6, 0.0])), forces) == pytest.approx((0.0, -GM_MOON_M3_S2 / 4e12, 0.0), abs=1e-18)


def test_rate_is_for_compiled_models_only() -> None:
    with pytest.raises(TypeError, match="str is not a model of motion; Coast and Burn are"):
        f.rate(0.0, np.zeros(7), "drift")
