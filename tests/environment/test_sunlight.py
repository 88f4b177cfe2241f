"""The Sun over the Moon's ground against SPICE with the same ephemeris and axes, and against geometry that needs no computer."""

from __future__ import annotations

import math

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.epochs import tdb_from_utc
from farside.environment.ephemeris import Sky
from farside.environment.lunar_site import local_axes, moon_site, track_site
from farside.environment.orientation import Ground, icrf_to_moon_me
from farside.environment.sunlight import is_lit, mask_at, subsolar_point, sunlight

SITE = moon_site(-41.6385, 206.0148, -5256.0)
TOUCHDOWN_S, LIFT_OFF_S = tdb_from_utc("2024-06-01T22:23:00Z"), tdb_from_utc("2024-06-03T23:38:00Z")


def test_the_sun_over_the_site_is_where_spice_says(sky: Sky, spice: None) -> None:
    epochs = np.linspace(TOUCHDOWN_S, LIFT_OFF_S, 7)
    light = sunlight(SITE, epochs, sky)
    place_km = (1737.4 - 5.256) * np.array(spiceypy.latrec(1.0, SITE.longitude_rad, SITE.latitude_rad))
    for k, epoch in enumerate(epochs):
        sun, _ = spiceypy.spkpos("SUN", epoch, "IAU_MOON", "NONE", "MOON")
        east, north, up = local_axes(SITE) @ (np.array(sun) - place_km)
        assert light.elevation_rad[k] == pytest.approx(math.atan2(up, math.hypot(east, north)), abs=1e-8)
        assert light.azimuth_rad[k] == pytest.approx(math.atan2(east, north) % (2.0 * math.pi), abs=1e-8)
        assert light.distance_m[k] == pytest.approx(1e3 * np.linalg.norm(np.array(sun) - place_km), rel=1e-9)


def test_the_stay_is_in_the_morning(sky: Sky) -> None:
    """The lander came down in the lunar morning: the Sun to the north-east, rising by half a degree an hour at most."""
    light = sunlight(SITE, np.array([TOUCHDOWN_S, LIFT_OFF_S]), sky)
    assert np.all((light.azimuth_rad > 0.0) & (light.azimuth_rad < math.pi / 2))
    assert 0.0 < math.degrees(light.elevation_rad[1] - light.elevation_rad[0]) < 49.3 * 0.51
    assert np.all(is_lit(light))


@given(st.floats(-1.5, 1.5), st.floats(0.0, 6.28), st.floats(0.0, 20.0))
def test_elevation_follows_from_the_subsolar_point(sky: Sky, latitude: float, longitude: float, days: float) -> None:
    """Spherical trigonometry: the angle to the subsolar point is the Sun's distance from the zenith, less its parallax."""
    epoch = TOUCHDOWN_S + days * 86400.0
    under = subsolar_point(epoch, sky)
    cosine = math.sin(latitude) * math.sin(under.latitude_rad)
    cosine += math.cos(latitude) * math.cos(under.latitude_rad) * math.cos(longitude - under.longitude_rad)
    elevation = sunlight(Ground(latitude, longitude, 0.0), epoch, sky).elevation_rad[0]
    assert elevation == pytest.approx(math.asin(cosine), abs=2.4e-5 + 1e-7)  # parallax: 1737 km at the Sun's 1.47e8 km at least 1.2e-5


def test_the_axes_of_a_site_are_fixed_to_the_ground(sky: Sky) -> None:
    track = track_site(SITE, np.array([TOUCHDOWN_S, LIFT_OFF_S]), sky)
    for k, epoch in enumerate(track.epochs_s):
        turn = icrf_to_moon_me(epoch, sky)
        assert np.abs(turn @ track.r_m[k] - (1737400.0 - 5256.0) * local_axes(SITE)[2]).max() < 1e-6
        assert np.abs(turn @ track.east[k] - local_axes(SITE)[0]).max() < 1e-14
        assert np.abs(np.cross(track.east[k], track.north[k]) - track.up[k]).max() < 1e-14


def test_a_mask_hides_the_sun(sky: Sky) -> None:
    light = sunlight(SITE, np.array([TOUCHDOWN_S]), sky)
    wall = np.zeros(36)
    wall[4:6] = math.radians(60.0)  # azimuths 40 and 50 deg; the Sun stands at 45
    assert is_lit(light)[0] and not is_lit(light, wall)[0]
    assert mask_at(wall, np.array([math.radians(35.0), math.radians(355.0)])) == pytest.approx([math.radians(30.0), 0.0])


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="-90 to 90"):
        moon_site(-91.0, 0.0, 0.0)
