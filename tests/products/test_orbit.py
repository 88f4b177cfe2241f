"""Places, directions and orbits against formulas written separately."""

import math

import erfa
import numpy as np
import pytest
from flights import GM, LIFTOFF_S
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.axes import icrf_to_itrf
from farside.environment.orientation import equator_frozen, icrf_to_moon_me, pole_of_date
from farside.products.orbit import RADIUS_M, direction, motion, osculating, place, plane_change_deg

EPOCH_S = LIFTOFF_S + 123456.789


@given(st.floats(-89.9, 89.9), st.floats(0.0, 359.99), st.floats(-5e3, 4e8))
def test_geodetic_place_on_earth_against_erfa(sky, latitude_deg, longitude_deg, height_m):
    itrf = erfa.gd2gc(1, math.radians(longitude_deg), math.radians(latitude_deg), height_m)
    found = place("earth", EPOCH_S, tuple(icrf_to_itrf(EPOCH_S).T @ itrf), sky)
    assert found["latitude_deg"] == pytest.approx(latitude_deg, abs=1e-7)  # 1 cm on the ground
    assert (found["longitude_deg"] - longitude_deg + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-7)
    assert found["altitude_km"] == pytest.approx(height_m / 1e3, abs=1e-5)


def test_planetocentric_place_on_the_moon(sky):
    latitude, longitude, radius = math.radians(-41.6385), math.radians(206.0148), 1737400.0 - 5256.0
    me = radius * np.array([math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)])
    found = place("moon", EPOCH_S, tuple(icrf_to_moon_me(EPOCH_S, sky).T @ me), sky)
    assert found == pytest.approx({"latitude_deg": -41.6385, "longitude_deg": 206.0148, "altitude_km": -5.256}, abs=1e-9)


@given(st.floats(-80.0, 80.0), st.floats(0.5, 359.5), st.floats(1.0, 12e3))
def test_angles_are_those_a_velocity_was_made_of(climb_deg, azimuth_deg, speed):
    """North is the projection of the pole, east is to its right seen from above; the angle is from the plane normal to the radius."""
    pole = np.array([0.1, -0.2, math.sqrt(0.95)])
    r = np.array([4e6, -3e6, 2e6])
    up = r / np.linalg.norm(r)
    north = pole - (pole @ up) * up
    north /= np.linalg.norm(north)
    east = np.cross(north, up)
    climb, azimuth = math.radians(climb_deg), math.radians(azimuth_deg)
    level = math.cos(azimuth) * north + math.sin(azimuth) * east
    found = direction(speed * (math.cos(climb) * level + math.sin(climb) * up), r, pole, "ground_")
    wanted = {"ground_speed_km_s": speed / 1e3, "ground_flight_path_angle_deg": climb_deg, "ground_azimuth_deg": azimuth_deg}
    assert found == pytest.approx(wanted, abs=1e-9)


def test_due_east_is_an_azimuth_of_90_degrees(sky):
    pole = pole_of_date("earth", EPOCH_S, sky)
    r = np.cross(pole, [0.0, 1.0, 0.0]) * 7e6
    found = motion("earth", EPOCH_S, tuple(r), tuple(7500.0 * np.cross(pole, r) / np.linalg.norm(np.cross(pole, r))), sky)
    assert found["azimuth_deg"] == pytest.approx(90.0, abs=1e-9)
    assert found["flight_path_angle_deg"] == pytest.approx(0.0, abs=1e-9)
    # the ground below turns with it: 7.292115e-5 rad/s at this radius
    assert found["ground_speed_km_s"] == pytest.approx((7500.0 - 7.292115e-5 * np.linalg.norm(r)) / 1e3, abs=1e-6)


@pytest.mark.parametrize(("center", "axes"), [("earth", lambda t, sky: icrf_to_itrf(t)), ("moon", icrf_to_moon_me)])
def test_what_stands_on_the_ground_does_not_move(sky, center, axes):
    """A point fixed in the turning axes, its inertial velocity by differences of the axes half a minute before and after."""
    fixed, h = np.array([1.2e6, -0.9e6, 1.1e6]), 30.0
    velocity = (axes(EPOCH_S + h, sky).T @ fixed - axes(EPOCH_S - h, sky).T @ fixed) / (2.0 * h)
    found = motion(center, EPOCH_S, tuple(axes(EPOCH_S, sky).T @ fixed), tuple(velocity), sky)
    assert found["ground_speed_km_s"] < 1e-6  # 1 mm/s: the difference of second order is 0.1 mm/s on Earth


def state_of(center, periapsis_m, e, inclination, node, argument, anomaly):
    """A state from classical elements (Vallado 2013, algorithm 10), in axes of the equator."""
    p = periapsis_m * (1.0 + e)
    r = p / (1.0 + e * math.cos(anomaly)) * np.array([math.cos(anomaly), math.sin(anomaly), 0.0])
    v = math.sqrt(GM[center] / p) * np.array([-math.sin(anomaly), e + math.cos(anomaly), 0.0])

    def about(axis, angle, x):
        c, s = math.cos(angle), math.sin(angle)
        turn = {3: [[c, -s, 0], [s, c, 0], [0, 0, 1]], 1: [[1, 0, 0], [0, c, -s], [0, s, c]]}[axis]
        return np.array(turn) @ x

    return [about(3, node, about(1, inclination, about(3, argument, x))) for x in (r, v)]


@given(
    st.sampled_from(["earth", "moon"]), st.floats(50e3, 2e6), st.floats(0.01, 2.5).filter(lambda e: abs(e - 1.0) > 0.02),
    st.floats(1.0, 179.0), st.floats(1.0, 359.0), st.floats(1.0, 359.0), st.floats(-1.5, 1.5),
)  # fmt: skip
def test_elements_are_those_a_state_was_made_of(sky, center, altitude_m, e, inclination_deg, node_deg, argument_deg, anomaly):
    periapsis = RADIUS_M[center] + altitude_m
    angles = [math.radians(a) for a in (inclination_deg, node_deg, argument_deg)]
    equator = equator_frozen(center, EPOCH_S, sky)
    r, v = (tuple(equator.T @ x) for x in state_of(center, periapsis, e, *angles, anomaly))
    found = osculating(center, EPOCH_S, r, v, sky)
    a = periapsis / (1.0 - e)
    bound = e < 1.0
    wanted = {
        "periapsis_altitude_km": altitude_m / 1e3,
        "apoapsis_altitude_km": (a * (1.0 + e) - RADIUS_M[center]) / 1e3 if bound else None,
        "inclination_deg": inclination_deg,
        "node_deg": node_deg,
        "argument_of_periapsis_deg": argument_deg,
        "period_s": 2.0 * math.pi * math.sqrt(a**3 / GM[center]) if bound else None,
        "c3_km2_s2": -GM[center] / a / 1e6,
    }
    for name, value in wanted.items():
        assert found[name] == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-6))


def test_plane_change_is_the_angle_between_planes():
    r, v = (7e6, 0.0, 0.0), (0.0, 7500.0, 0.0)
    turned = (0.0, 7500.0 * math.cos(0.02), 7500.0 * math.sin(0.02))
    assert plane_change_deg((r, v), (r, turned)) == pytest.approx(math.degrees(0.02), abs=1e-12)
    assert plane_change_deg((r, v), (r, v)) == 0.0
