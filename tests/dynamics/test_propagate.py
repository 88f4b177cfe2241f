"""The propagator: two-body answers, SciPy with forces written separately, there and back, dense output, stops, how a motion ends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from forces_again import EARTH_ZONALS, empty_sky, flown_by_scipy, no_harmonics
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.basis.constants import EARTH_RADIUS_M, GM_EARTH_M3_S2, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import kepler, turned
from farside.dynamics import forces as f
from farside.dynamics import propagate as p
from farside.dynamics.world import World

Array = NDArray[np.float64]

EPOCH_S = tdb_from_utc("2024-05-20T00:00:00Z")
ALONE = f.Forces(f.MOON, empty_sky(), no_harmonics(), 0.0, GM_MOON_M3_S2, 0.0, 0.0)
TWO_BODY = f.Coast(ALONE, f.no_stop)
ANGLES = st.floats(-math.pi, math.pi)


def lunar(altitude_km: float, eccentricity: float, inclination: float, node: float, anomaly: float, mass: float = 1000.0) -> Array:
    """A state about the Moon (7,); `altitude_km` is that of the perilune."""
    q = MOON_RADIUS_M + altitude_km * 1e3
    parameter = q * (1.0 + eccentricity)
    r = parameter / (1.0 + eccentricity * math.cos(anomaly)) * np.array([math.cos(anomaly), math.sin(anomaly), 0.0])
    v = math.sqrt(GM_MOON_M3_S2 / parameter) * np.array([-math.sin(anomaly), eccentricity + math.cos(anomaly), 0.0])
    x, z = np.eye(3)[0], np.eye(3)[2]
    return np.array([*(turned(turned(w, x, inclination), z, node)[k] for w in (r, v) for k in range(3)), mass])


ORBITS = st.builds(lunar, st.floats(150.0, 5000.0), st.floats(0.0, 0.7), st.floats(0.0, math.pi), ANGLES, ANGLES)


def period(y: Array, mu: float = GM_MOON_M3_S2) -> float:
    a = 1.0 / (2.0 / np.linalg.norm(y[:3]) - float(y[3:6] @ y[3:6]) / mu)
    return 2.0 * math.pi * math.sqrt(a**3 / mu)


def energy(y: Array, mu: float = GM_MOON_M3_S2) -> float:
    return 0.5 * float(y[3:6] @ y[3:6]) - mu / float(np.linalg.norm(y[:3]))


def error_m(one: Array, other: Array) -> float:
    return float(np.linalg.norm(one[:3] - other[:3]))


# --- two-body laws, the other bodies switched off --------------------------------------------------------------------------------------


@given(ORBITS, st.floats(-10.0, 10.0))
def test_two_body_coasts_keep_energy_and_momentum(y: Array, turns: float) -> None:
    path = p.propagate(EPOCH_S, y, EPOCH_S + turns * period(y), TWO_BODY)
    end = path.states[-1]
    assert path.status == p.REACHED
    assert energy(end) == pytest.approx(energy(y), rel=1e-12 * (1.0 + abs(turns)))
    h = np.cross(y[:3], y[3:6])
    assert np.linalg.norm(np.cross(end[:3], end[3:6]) - h) < 1e-12 * (1.0 + abs(turns)) * np.linalg.norm(h)
    assert end[6] == y[6], "a coast burns nothing"


@given(ORBITS, st.floats(-10.0, 10.0))
def test_two_body_coasts_are_keplers(y: Array, turns: float) -> None:
    seconds = turns * period(y)
    end = p.propagate(EPOCH_S, y, EPOCH_S + seconds, TWO_BODY).states[-1]
    r, _ = kepler(y[:3], y[3:6], (EPOCH_S + seconds) - EPOCH_S, GM_MOON_M3_S2)
    assert np.linalg.norm(end[:3] - r) < 1e-3  # of up to 900,000 km flown


def test_energy_about_the_earth_with_its_zonals() -> None:
    """The zonals turn about the pole: energy with their potential and the momentum about the pole are kept, the plain energy is not."""
    forces = f.Forces(f.EARTH, empty_sky(), no_harmonics(), GM_EARTH_M3_S2, 0.0, 0.0, 0.0)
    y = np.array([6.6e6, 1e5, 2e5, -300.0, 5.0e3, 5.9e3, 1000.0])
    path = p.propagate(0.0, y, 86400.0, f.Coast(forces, f.no_stop))

    def whole_energy(y: Array) -> float:
        r = float(np.linalg.norm(y[:3]))
        legendre = np.polynomial.legendre.Legendre([0.0] * 2 + [EARTH_ZONALS[n] * (EARTH_RADIUS_M / r) ** n for n in range(2, 7)])
        return energy(y, GM_EARTH_M3_S2) - GM_EARTH_M3_S2 / r * float(legendre(y[2] / r))

    first, last = path.states[0], path.states[-1]
    assert whole_energy(last) == pytest.approx(whole_energy(first), rel=1e-12)
    assert last[0] * last[4] - last[1] * last[3] == pytest.approx(first[0] * first[4] - first[1] * first[3], rel=1e-12)
    assert abs(energy(last, GM_EARTH_M3_S2) / energy(first, GM_EARTH_M3_S2) - 1.0) > 1e-7


# --- against another integrator and other formulas -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("inclination", "eccentricity"), [(137.85, 0.0), (42.0, 0.4)], ids=["retrograde circle", "prograde ellipse"])
def test_a_lunar_orbit_is_that_of_scipy(world: World, inclination: float, eccentricity: float) -> None:
    y = lunar(200.0, eccentricity, math.radians(inclination), 1.0, 0.3)
    model = f.Coast(world.forces("moon"), f.no_stop)
    end = EPOCH_S + 3.0 * period(y)
    assert error_m(p.propagate(EPOCH_S, y, end, model).states[-1], flown_by_scipy(EPOCH_S, y, end, model)) < 1e-3  # of 37,000 km flown


def test_a_translunar_coast_is_that_of_scipy(world: World) -> None:
    y = np.array([-2.0e7, 3.0e7, 1.2e7, -3.2e3, 2.6e3, 1.3e3, 8350.0])
    model = f.Coast(world.forces("earth"), f.no_stop)
    end = EPOCH_S + 3.0 * 86400.0
    assert error_m(p.propagate(EPOCH_S, y, end, model).states[-1], flown_by_scipy(EPOCH_S, y, end, model)) < 1e-2


@pytest.mark.parametrize("center", ["moon", "earth"])
def test_a_burn_is_that_of_scipy(world: World, center: str) -> None:
    y = lunar(200.0, 0.3, 2.4, 1.0, -0.2, 8350.0) if center == "moon" else np.array([6.578e6, 0.0, 0.0, 0.0, 7.3e3, 2.6e3, 36210.0])
    thrust = 3000.0 if center == "moon" else 176500.0
    model = f.Burn(world.forces(center), f.no_stop, thrust, 3060.0, (0.6, 0.0, 0.8), (0.0, 1.0, 0.0), 8e-4, EPOCH_S)  # type: ignore[arg-type]
    found, expected = p.propagate(EPOCH_S, y, EPOCH_S + 400.0, model).states[-1], flown_by_scipy(EPOCH_S, y, EPOCH_S + 400.0, model)
    # Epochs resolve 0.12 us, at 7.8 km/s 0.9 mm; each integrator alone scatters by 0.05 mm when its tolerance is changed.
    assert error_m(found, expected) < 4.5e-4
    assert found[6] == pytest.approx(expected[6], rel=1e-13)


def test_sunlight_pushes_along_the_way(world: World) -> None:
    """A light craft with a large area: the push moves it by kilometres; both integrators agree where no penumbra is crossed."""
    y = np.array([2.0e8, 1.0e8, 5.0e7, 300.0, 400.0, 200.0, 50.0])
    model = f.Coast(world.forces("earth")._replace(reflecting_area_m2=20.0), f.no_stop)
    end = EPOCH_S + 86400.0
    pushed = p.propagate(EPOCH_S, y, end, model).states[-1]
    assert error_m(pushed, flown_by_scipy(EPOCH_S, y, end, model)) < 1e-2
    unpushed = p.propagate(EPOCH_S, y, end, f.Coast(world.forces("earth"), f.no_stop)).states[-1]
    assert error_m(pushed, unpushed) == pytest.approx(0.5 * 4.54e-6 * 20.0 / 50.0 * 86400.0**2, rel=0.05)


# --- there and back, and in between ----------------------------------------------------------------------------------------------------


@given(ORBITS, st.floats(0.0, 30.0 * 86400.0))
@settings(max_examples=30)
def test_there_and_back_in_the_full_field(world: World, y: Array, after: float) -> None:
    model = f.Coast(world.forces("moon"), f.no_stop)
    start = EPOCH_S + after
    there = p.propagate(start, y, start + 86400.0, model)
    if there.status != p.REACHED:  # far out the Earth pulls some of them down within a day
        return
    back = p.propagate(start + 86400.0, there.states[-1], start, model)
    assert back.status == p.REACHED and back.times_s[-1] == start
    assert error_m(back.states[-1], y) < 0.01  # of up to 140,000 km flown either way


@given(ORBITS, st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5), st.sampled_from([-1.0, 1.0]))
@settings(max_examples=30)
def test_dense_output_is_what_a_flight_to_there_finds(world: World, y: Array, shares: list[float], way: float) -> None:
    model = f.Coast(world.forces("moon"), f.no_stop)
    path = p.propagate(EPOCH_S, y, EPOCH_S + way * 40000.0, model, keep=True)
    last = path.times_s[-1]
    epochs = np.array([EPOCH_S + share * (last - EPOCH_S) for share in shares])
    for epoch, dense in zip(epochs, p.sample(epochs, *path[1:]), strict=True):
        flown = p.propagate(EPOCH_S, y, epoch, model).states[-1]
        assert error_m(dense, flown) < 1e-3  # the interpolant is of order 7 where the steps are of order 8
        assert np.linalg.norm(dense[3:6] - flown[3:6]) < 1e-5


def test_recorded_states_are_answered_to_the_bit(world: World) -> None:
    path = p.propagate(EPOCH_S, lunar(200.0, 0.1, 2.0, 0.0, 0.0), EPOCH_S + 20000.0, f.Coast(world.forces("moon"), f.no_stop), keep=True)
    assert path.times_s.size > 40
    assert (p.sample(path.times_s, *path[1:]) == path.states).all()


def test_keeping_the_steps_changes_nothing(world: World) -> None:
    y, model = lunar(200.0, 0.3, 2.4, 1.0, 0.0), f.Coast(world.forces("moon"), f.Stop(f.APSIS, 0.0, 1, 60.0))
    kept, unkept = (p.propagate(EPOCH_S, y, EPOCH_S + 86400.0, model, keep=keep) for keep in (True, False))
    assert kept.status == unkept.status == p.STOPPED
    assert kept.times_s[-1] == unkept.times_s[-1] and (kept.states[-1] == unkept.states[-1]).all()
    assert unkept.times_s.size == 2 and unkept.dense.size == 0


def test_no_time_is_no_motion(world: World) -> None:
    y = lunar(200.0, 0.0, 1.0, 0.0, 0.0)
    path = p.propagate(EPOCH_S, y, EPOCH_S, f.Coast(world.forces("moon"), f.Stop(f.APSIS, 0.0, 1, 0.0)), keep=True)
    assert path.status == p.REACHED and path.times_s[-1] == EPOCH_S and (path.states[-1] == y).all()


# --- stops -----------------------------------------------------------------------------------------------------------------------------

STOPS = {
    "perilune": (f.APSIS, 0.0, 1),
    "apolune": (f.APSIS, 0.0, -1),
    "height on the way down": (f.HEIGHT, 8.0e5, -1),
    "height on the way up": (f.HEIGHT, 8.0e5, 1),
    "ascending node": (f.NODE, 0.0, 1),
    "descending node": (f.NODE, 0.0, -1),
}


@pytest.mark.parametrize("kind", STOPS)
@given(
    inclination=st.floats(0.1, math.pi - 0.1),
    anomaly=ANGLES,
    node=ANGLES,
    way=st.sampled_from([1.0, -1.0]),
    guard=st.sampled_from([0.0, 60.0]),
)
@example(inclination=2.4, anomaly=0.0, node=0.0, way=1.0, guard=0.0)
@settings(max_examples=15)
def test_stops_are_found_to_a_microsecond_both_ways_in_time(
    world: World, kind: str, inclination: float, anomaly: float, node: float, way: float, guard: float
) -> None:
    """Prograde and retrograde; a microsecond before it the signed function is negative, a microsecond after it is not."""
    stop = f.Stop(*STOPS[kind], guard)
    y = lunar(300.0, 0.35, inclination, node, anomaly)
    forces = world.forces("moon")
    path = p.propagate(EPOCH_S, y, EPOCH_S + way * 2.5 * period(y), f.Coast(forces, stop), keep=True)
    assert path.status == p.STOPPED
    end, coast = path.times_s[-1], f.Coast(forces, f.no_stop)

    def value(epoch: float) -> float:
        return f.stop_value(epoch, p.propagate(EPOCH_S, y, epoch, coast).states[-1], forces, stop)

    assert value(end - way * 1e-6) < 0.0 <= value(end + way * 1e-6)
    grid = np.linspace(EPOCH_S + way * guard, end - way * 1e-3, 400)
    values = np.array([f.stop_value(t, s, forces, stop) for t, s in zip(grid, p.sample(grid, *path[1:]), strict=True)])
    assert not ((values[:-1] < 0.0) & (values[1:] >= 0.0)).any(), "an earlier passage was missed"


def test_apsides_come_half_a_period_apart() -> None:
    """From a perilune of a Kepler orbit, the apolune after half a period and the next perilune after a whole one."""
    y = lunar(200.0, 0.5, 1.0, 0.5, 0.0)
    for rising, turns in ((-1, 0.5), (1, 1.0), (-1, -0.5), (1, -1.0)):
        backwards = math.copysign(1.0, turns)
        # Backwards in time an apolune is where the distance, as flown, stops rising too.
        model = f.Coast(ALONE, f.Stop(f.APSIS, 0.0, int(rising * backwards), 60.0))
        path = p.propagate(0.0, y, 2.0 * backwards * period(y), model)
        assert path.status == p.STOPPED
        assert path.times_s[-1] == pytest.approx(turns * period(y), abs=1e-6)


def test_a_stop_within_its_guard_does_not_count() -> None:
    y = lunar(200.0, 0.5, 1.0, 0.5, -0.01)  # ten seconds before perilune
    for guard, turns in ((0.0, 0), (60.0, 1)):
        path = p.propagate(0.0, y, 2.0 * period(y), f.Coast(ALONE, f.Stop(f.APSIS, 0.0, 1, guard)))
        before = path.times_s[-1] - turns * period(y)
        assert path.status == p.STOPPED and 0.0 < before < 20.0


def test_a_stop_does_not_end_where_it_began() -> None:
    """An arc that starts at the perilune where another one ended goes on to the next."""
    y = lunar(200.0, 0.3, 2.4, 1.0, -0.5)
    stop = f.Stop(f.APSIS, 0.0, 1, 60.0)
    first = p.propagate(0.0, y, 1e6, f.Coast(ALONE, stop))
    second = p.propagate(first.times_s[-1], first.states[-1], 1e6, f.Coast(ALONE, stop))
    assert second.times_s[-1] - first.times_s[-1] == pytest.approx(period(y), abs=1e-5)


def test_heights_above_the_earth_are_above_its_ellipsoid(world: World) -> None:
    """Down to 120 km near the pole and at the equator: the radius differs by the flattening."""
    found = []
    for latitude in (0.0, 89.0):
        z, x = math.sin(math.radians(latitude)), math.cos(math.radians(latitude))
        y = np.array([8.0e6 * x, 0.0, 8.0e6 * z, -3000.0 * x, 0.0, -3000.0 * z, 300.0])
        path = p.propagate(EPOCH_S, y, EPOCH_S + 3600.0, f.Coast(world.forces("earth"), f.Stop(f.HEIGHT, 1.2e5, -1, 0.0)))
        assert path.status == p.STOPPED
        found.append(float(np.linalg.norm(path.states[-1][:3])))
    assert found[0] == pytest.approx(6378137.0 + 1.2e5, abs=30.0)  # the pole of date is 0.14 deg from ICRF's
    assert found[1] == pytest.approx(6356752.3 + 1.2e5, abs=30.0)


# --- how a motion ends -----------------------------------------------------------------------------------------------------------------


def test_a_craft_that_strikes_the_moon_is_told_as_that(world: World) -> None:
    y = lunar(-100.0, 0.2, 1.0, 0.0, math.pi)
    path = p.propagate(EPOCH_S, y, EPOCH_S + 86400.0, f.Coast(world.forces("moon"), f.no_stop), keep=True)
    assert path.status == p.IMPACT
    assert np.linalg.norm(path.states[-1][:3]) < MOON_RADIUS_M < np.linalg.norm(path.states[-2][:3])
    assert path.times_s[-1] < EPOCH_S + period(y)


def test_a_craft_that_strikes_the_earth_is_told_as_that(world: World) -> None:
    y = np.array([7.0e6, 0.0, 0.0, -2000.0, 5000.0, 0.0, 1000.0])
    path = p.propagate(EPOCH_S, y, EPOCH_S + 86400.0, f.Coast(world.forces("earth"), f.no_stop))
    assert path.status == p.IMPACT and np.linalg.norm(path.states[-1][:3]) < 6.3567e6


def test_a_stop_above_the_ground_comes_before_the_impact(world: World) -> None:
    y = lunar(-100.0, 0.2, 1.0, 0.0, math.pi)
    path = p.propagate(EPOCH_S, y, EPOCH_S + 86400.0, f.Coast(world.forces("moon"), f.Stop(f.HEIGHT, 1.5e4, -1, 0.0)))
    assert path.status == p.STOPPED
    assert np.linalg.norm(path.states[-1][:3]) == pytest.approx(MOON_RADIUS_M + 1.5e4, abs=1e-3)


def test_a_burn_beyond_the_last_kilogram_is_stuck() -> None:
    """The acceleration grows without bound: no step is small enough, and that is said, not looped over for ever."""
    y = lunar(200.0, 0.0, 1.0, 0.0, 0.0, 100.0)
    burn = f.Burn(ALONE, f.no_stop, 3000.0, 3000.0, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.0, 0.0)
    path = p.propagate(0.0, y, 150.0, burn)
    assert path.status == p.STUCK
    assert path.times_s[-1] == pytest.approx(100.0, abs=1e-3)


# --- burns -----------------------------------------------------------------------------------------------------------------------------


@given(ORBITS, st.floats(10.0, 900.0), st.floats(-2e-3, 2e-3), st.floats(500.0, 1e4), st.floats(0.05, 0.9))
@settings(max_examples=20)
def test_momentum_of_a_burn(world: World, y: Array, seconds: float, rate: float, mass: float, share: float) -> None:
    """The velocity gained, less gravity's part along the way, is the integral of thrust over mass (here to 1e-7)."""
    y = np.array([*y[:6], mass])
    exhaust = 3060.0
    thrust = share * mass * exhaust / seconds  # burns that share of the whole mass
    axis, toward = np.array([0.6, 0.0, 0.8]), np.array([0.0, 1.0, 0.0])
    forces = world.forces("moon")
    burn = f.Burn(forces, f.no_stop, thrust, exhaust, tuple(axis), tuple(toward), rate, EPOCH_S)
    path = p.propagate(EPOCH_S, y, EPOCH_S + seconds, burn, keep=True)
    if path.status != p.REACHED:
        return
    nodes, weights = np.polynomial.legendre.leggauss(8)
    gravity, push = np.zeros(3), np.zeros(3)
    for begin, end in zip(path.times_s[:-1], path.times_s[1:], strict=True):
        for node, weight in zip(nodes, weights, strict=True):
            t = 0.5 * (begin + end) + 0.5 * (end - begin) * node
            w = 0.5 * (end - begin) * weight
            at = p.sample(np.array([t]), *path[1:])[0]
            gravity += w * np.array(f.gravity(t, at, forces))
            angle = rate * (t - EPOCH_S)
            push += w * thrust / (mass - thrust / exhaust * (t - EPOCH_S)) * (math.cos(angle) * axis + math.sin(angle) * toward)
    gained = path.states[-1][3:6] - y[3:6] - gravity
    # Epochs resolve 0.12 microseconds: of a burn of ten seconds, 1e-8.
    assert np.linalg.norm(gained - push) < 1e-7 * np.linalg.norm(push) + 1e-9
    spent = thrust / exhaust * ((EPOCH_S + seconds) - EPOCH_S)
    assert path.states[-1][6] == pytest.approx(mass - spent, rel=1e-13), "mass flows evenly"


def test_a_burn_of_a_fixed_direction_is_tsiolkovskys() -> None:
    """Far from everything: thrust along x from rest, velocity c ln(m0 / m1)."""
    forces = f.Forces(f.MOON, empty_sky(), no_harmonics(), 0.0, 0.0, 0.0, 0.0)
    y = np.array([1e9, 1e6, 1e6, 1e-3, 0.0, 0.0, 2000.0])
    end = p.propagate(0.0, y, 500.0, f.Burn(forces, f.no_stop, 3000.0, 3000.0, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 0.0, 0.0)).states[-1]
    assert end[3] - y[3] == pytest.approx(3000.0 * math.log(2000.0 / 1500.0), rel=1e-12)
    assert end[6] == pytest.approx(1500.0, rel=1e-14)


def test_burns_run_backwards_too(world: World) -> None:
    """Planning flies back what was flown forth, mass and all."""
    y = lunar(200.0, 0.3, 2.4, 1.0, -0.2, 8350.0)
    burn = f.Burn(world.forces("moon"), f.no_stop, 3000.0, 3060.0, (0.6, 0.0, 0.8), (0.0, 1.0, 0.0), 8e-4, EPOCH_S)
    there = p.propagate(EPOCH_S, y, EPOCH_S + 400.0, burn).states[-1]
    back = p.propagate(EPOCH_S + 400.0, there, EPOCH_S, burn).states[-1]
    assert error_m(back, y) < 1e-5 and back[6] == pytest.approx(8350.0, rel=1e-14)
