"""How Earth and Moon are turned: against SPICE, against their own differences, and against what the sky looks like."""

from __future__ import annotations

import math

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.basis.constants import ARCSECOND_RAD, GM_EARTH_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.environment import orientation
from farside.environment.ephemeris import Sky, moon_state
from farside.environment.gravity import harmonics_acceleration, moon_gravity

START_S, END_S = tdb_from_utc("2024-05-01T00:00:00Z"), tdb_from_utc("2024-06-30T00:00:00Z")
EPOCHS_S = st.floats(START_S, END_S)
BODIES: tuple[orientation.Body, ...] = ("earth", "moon")
EPOCH_S = tdb_from_utc("2024-06-01T22:23:04Z")


@given(EPOCHS_S)
def test_axes_are_rotations_and_there_is_a_way_back(sky: Sky, epoch_s: float) -> None:
    turns = [turn(body, epoch_s, sky) for body in BODIES for turn in (orientation.body_axes, orientation.equator_frozen)]
    for turn in (*turns, orientation.icrf_to_moon_pa(epoch_s, sky)):
        assert np.abs(turn @ turn.T - np.eye(3)).max() < 1e-14
        assert np.linalg.det(turn) == pytest.approx(1.0, abs=1e-14)


@pytest.mark.parametrize("body", BODIES)
def test_the_ground_moves_as_its_axes_turn(sky: Sky, body: orientation.Body) -> None:
    """A place fixed on the turning body has no ground velocity; its velocity in ICRF by differences over two seconds."""
    radius = 6378137.0 if body == "earth" else MOON_RADIUS_M
    for fixed in radius * np.array([[1.0, 0.0, 0.0], [0.0, 0.6, 0.8], [-0.48, 0.6, -0.64]]):
        before, now, after = (orientation.body_axes(body, EPOCH_S + dt, sky).T @ fixed for dt in (-1.0, 0.0, 1.0))
        velocity = (after - before) / 2.0
        ground = orientation.ground_velocity(body, now, velocity, EPOCH_S, sky)
        # Differences: w^3 R / 6 = 4e-7 m/s; the Earth: length of day, nutation, 1e-5 m/s.
        assert np.abs(ground).max() < (2e-5 if body == "earth" else 1e-7)


@pytest.mark.usefixtures("spice")
def test_spice_turns_the_moon_at_the_same_rate(sky: Sky) -> None:
    _, rate = spiceypy.xf2rav(spiceypy.sxform("J2000", "IAU_MOON", EPOCH_S))
    assert np.abs(orientation.rotation_rate("moon", EPOCH_S, sky) - rate).max() < 1e-14  # 17 nm/s on the ground


@given(EPOCHS_S)
def test_the_moon_shows_the_earth_its_face(sky: Sky, epoch_s: float) -> None:
    """Seen from the Moon the Earth stays within the librations of the middle of the near side: 8 deg in longitude, 7 in latitude."""
    earth = -np.array(moon_state(epoch_s, sky)[:3])
    place = orientation.ground_place("moon", earth, epoch_s, sky)
    assert abs(math.degrees(math.remainder(place.longitude_rad, 2.0 * math.pi))) < 8.1
    assert abs(math.degrees(place.latitude_rad)) < 7.0


def test_the_landing_site_faces_away(sky: Sky) -> None:
    site = orientation.icrf_to_moon_me(EPOCH_S, sky).T @ _at(-41.6385, 206.0148, MOON_RADIUS_M - 5256.0)
    place = orientation.ground_place("moon", site, EPOCH_S, sky)
    assert (math.degrees(place.latitude_rad), math.degrees(place.longitude_rad)) == pytest.approx((-41.6385, 206.0148), abs=1e-9)
    assert place.height_m == pytest.approx(-5256.0, abs=1e-6)
    assert site @ moon_state(EPOCH_S, sky)[:3] > 0.0


def test_a_place_on_earth_is_where_it_is(sky: Sky) -> None:
    here = icrf_to_itrf(EPOCH_S).T @ itrf_from_geodetic(math.radians(42.3), math.radians(111.4), 1000.0)
    place = orientation.ground_place("earth", here, EPOCH_S, sky)
    assert (math.degrees(place.latitude_rad), math.degrees(place.longitude_rad)) == pytest.approx((42.3, 111.4), abs=1e-9)
    assert place.height_m == pytest.approx(1000.0, abs=1e-5)


@pytest.mark.parametrize("body", BODIES)
def test_north_is_the_pole_of_the_equator(sky: Sky, body: orientation.Body) -> None:
    """For the Earth the sky's interpolated pole with IERS offsets, and pyerfa's without: a milliarcsecond."""
    north = orientation.pole_of_date(body, EPOCH_S, sky)
    assert np.abs(north - orientation.equator_frozen(body, EPOCH_S, sky)[2]).max() < 1e-3 * ARCSECOND_RAD
    assert np.linalg.norm(north) == pytest.approx(1.0, abs=1e-15)


def test_principal_and_mean_earth_axes_differ_by_nine_tenths_of_a_kilometre(sky: Sky) -> None:
    turn = orientation.icrf_to_moon_pa(EPOCH_S, sky) @ orientation.icrf_to_moon_me(EPOCH_S, sky).T
    shifts = [MOON_RADIUS_M * np.linalg.norm(turn @ axis - axis) for axis in np.eye(3)]
    assert shifts == pytest.approx([875.0, 572.0, 662.0], abs=1.0)  # 103.8", 67.9" and 78.6" of 1737.4 km


def test_the_long_axis_of_the_moon_points_past_the_earth() -> None:
    """The axis that C22 lies along is 68" east and 79" south of the mean direction to the Earth (Williams, Boggs & Folkner 2008)."""
    field = moon_gravity(2)
    long_axis = field.axes.T @ [1.0, 0.0, 0.0]  # in mean-Earth axes
    latitude, longitude = math.asin(long_axis[2]), math.atan2(long_axis[1], long_axis[0])
    assert (latitude / ARCSECOND_RAD, longitude / ARCSECOND_RAD) == pytest.approx((-78.56, 67.92), abs=0.1)
    # Along that axis the field pulls along it: nothing turns the Moon.
    pull = np.array(harmonics_acceleration(*(field.axes @ (2e6 * long_axis)), field))
    assert np.abs(pull[1:]).max() < 1e-5 * abs(pull[0])


def test_the_librations_of_de440_show_the_signs(precise_sky: Sky, sky: Sky) -> None:
    """The axes of IAU and the librations, each brought to mean Earth, differ by less than 150 m; brought wrongly, by over a kilometre."""
    for epoch in np.linspace(START_S, END_S, 100):
        librating, published = (orientation.icrf_to_moon_me(epoch, each) for each in (precise_sky, sky))
        assert np.linalg.norm(librating @ published.T - np.eye(3), 2) * MOON_RADIUS_M < 150.0
        wrong = orientation.mean_earth_from("pa").T @ orientation.icrf_to_moon(epoch, precise_sky)
        assert np.linalg.norm(wrong @ published.T - np.eye(3), 2) * MOON_RADIUS_M > 1000.0
    assert orientation.orientation_of(precise_sky) == "pa"
    assert orientation.orientation_of(sky) == "me"


def test_the_earth_turns_the_moon_by_what_its_figure_allows(precise_sky: Sky) -> None:
    """Euler's equations: along the integrated librations the turning changes as the Earth's torque on the Moon's moments demands.

    (C - B) / A, (C - A) / B, (B - A) / C of Williams et al. 2014, JGR Planets 119, 1546. This holds only when the axes are principal axes,
    in their order and sense. What is left, below 5 percent, is the fluid core, the Sun, and the degrees above 2.
    """
    alpha, beta, gamma = 516.9e-6, 631.0e-6, 227.7e-6
    step = 3600.0
    for epoch in np.linspace(START_S, END_S, 7)[1:-1]:
        rates = []
        for t in (epoch - step, epoch, epoch + step):
            rates.append(orientation.icrf_to_moon_pa(t, precise_sky) @ orientation.rotation_rate("moon", t, precise_sky))
        wx, wy, wz = rates[1]
        change = (rates[2] - rates[0]) / (2.0 * step)
        earth = orientation.icrf_to_moon_pa(epoch, precise_sky) @ -np.array(moon_state(epoch, precise_sky)[:3])
        distance = float(np.linalg.norm(earth))
        x, y, z = earth / distance
        k = 3.0 * GM_EARTH_M3_S2 / distance**3
        expected = np.array([alpha * (k * y * z - wy * wz), beta * (wz * wx - k * z * x), gamma * (k * x * y - wx * wy)])
        scale = k * beta * 0.15
        assert np.abs(change - expected).max() < 0.05 * scale


def test_an_unknown_orientation_is_refused() -> None:
    with pytest.raises(ValueError, match='"me" is mean Earth, "pa" is principal axes'):
        orientation.principal_from("iau")  # type: ignore[arg-type]


def _at(latitude_deg: float, longitude_deg: float, radius: float) -> np.ndarray:
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    c = math.cos(latitude)
    return radius * np.array([c * math.cos(longitude), c * math.sin(longitude), math.sin(latitude)])
