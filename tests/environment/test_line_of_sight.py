"""Sight past the Moon, from sites and from stations: plain geometry, SPICE for the stations, contacts of known functions."""

from __future__ import annotations

import math

import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.axes import icrf_to_itrf
from farside.basis.epochs import tdb_from_utc
from farside.environment.ephemeris import Sky, moon_state
from farside.environment.line_of_sight import (
    clearance,
    contact_hours,
    contacts,
    earth_from_relay,
    earth_from_site,
    relay_from_craft,
    relay_from_site,
    station_from_relay,
)
from farside.environment.lunar_site import moon_site, track_site
from farside.environment.relay import Relay, tabulated
from farside.environment.stations import DEEP_SPACE, JIAMUSI, KASHI, NEUQUEN, station_elevation, station_positions

SITE = moon_site(-41.6385, 206.0148, -5256.0)
NEAR_SITE = moon_site(43.06, 308.08, -2500.0)  # Chang'e-5
DAY_S = 86400.0
START_S = tdb_from_utc("2024-06-01T00:00:00Z")
RADIUS_M = 1737400.0


def hovering(sky: Sky, height_m: float) -> Relay:
    """A relay that stays straight above the far-side site for three days, as none could."""
    epochs = START_S + np.arange(0.0, 3.0 * DAY_S, 600.0)
    track = track_site(SITE, epochs, sky)
    return tabulated(epochs, track.r_m + height_m * track.up)


@given(st.floats(1.001, 20.0), st.floats(1.001, 20.0), st.floats(0.01, 3.13))
def test_clearance_is_the_segment_past_the_ball(a: float, b: float, angle: float) -> None:
    """Positive just where the nearest point of the segment lies outside the ball."""
    p = RADIUS_M * a * np.array([1.0, 0.0, 0.0])
    q = RADIUS_M * b * np.array([math.cos(angle), math.sin(angle), 0.0])
    share = float(np.clip(-p @ (q - p) / ((q - p) @ (q - p)), 0.0, 1.0))
    outside = float(np.linalg.norm(p + share * (q - p))) - RADIUS_M
    angle_free = float(clearance(p, q)[0])
    if abs(angle_free) > 1e-9:
        assert (angle_free > 0.0) == (outside > 0.0)


def test_a_site_in_a_basin_sees_what_stands_above_its_horizon() -> None:
    """A place 5 km below the sphere lowers the ball to itself: sight to a point at its own horizontal is just free."""
    r = RADIUS_M - 5256.0
    place, level = np.array([r, 0.0, 0.0]), np.array([r, 1e7, 0.0])
    assert clearance(place, level)[0] == pytest.approx(0.0, abs=1e-12)
    assert clearance(place, np.array([r + 1e5, 1e7, 0.0]))[0] > 0.0


def test_a_relay_overhead_stands_at_the_zenith(sky: Sky) -> None:
    above = relay_from_site(SITE, hovering(sky, 1e7), START_S + np.array([0.0, DAY_S]), sky, mask_rad=math.radians(5.0))
    assert np.degrees(above) == pytest.approx(85.0, abs=1e-3)


def test_a_craft_across_the_moon_is_hidden(sky: Sky) -> None:
    relay, epoch = hovering(sky, 1e7), START_S + 3600.0
    track = track_site(SITE, epoch, sky)
    assert relay_from_craft(1.01 * track.r_m, relay, epoch)[0] > 0.0
    assert relay_from_craft(-1.01 * track.r_m, relay, epoch)[0] < 0.0


def test_the_far_side_does_not_see_the_earth_and_the_near_side_does(sky: Sky) -> None:
    epochs = START_S + DAY_S * np.arange(28.0)
    assert np.all(earth_from_site(SITE, epochs, sky) < 0.0)
    assert np.all(earth_from_site(NEAR_SITE, epochs, sky) > 0.0)


def test_stations_stand_where_spice_puts_them() -> None:
    """Geodetic to rectangular by SPICE's own ellipsoid; turned by our ITRF, which other tests check."""
    for station in DEEP_SPACE:
        km = spiceypy.georec(
            math.radians(station.longitude_deg), math.radians(station.latitude_deg), station.altitude_m / 1e3, 6378.137, 1.0 / 298.257223563
        )
        place, up = station_positions(station, np.array([START_S]))
        assert icrf_to_itrf(START_S) @ place[0] == pytest.approx(1e3 * np.array(km), abs=1e-3)
        assert station_elevation(station, place + 1e6 * up, np.array([START_S]))[0] == pytest.approx(math.pi / 2, abs=1e-6)


def test_three_stations_see_the_moon_nearly_always(sky: Sky) -> None:
    """Two in China and one in Argentina: each about half of the day, together nearly all of it (the reason why there are three)."""
    epochs = START_S + np.arange(0.0, 3.0 * DAY_S, 900.0)
    moon = np.array([moon_state(t, sky)[:3] for t in epochs])
    seen = np.array([station_elevation(s, moon, epochs) > math.radians(s.mask_deg) for s in (KASHI, JIAMUSI, NEUQUEN)])
    assert np.all((seen.mean(axis=1) > 0.35) & (seen.mean(axis=1) < 0.6))
    assert seen.any(axis=0).mean() > 0.9


def test_a_relay_near_the_far_side_hides_behind_the_moon(sky: Sky) -> None:
    """Straight above the far-side site at 100 km no station sees it; at 60,000 km one does, the site being 38 deg from the far point."""
    epochs = START_S + np.arange(0.0, 2.5 * DAY_S, 1800.0)
    assert np.all(earth_from_relay(hovering(sky, 1e5), epochs, sky) < 0.0)
    high = earth_from_relay(hovering(sky, 6e7), epochs, sky)
    assert np.mean(high > 0.0) > 0.8
    each = [station_from_relay(s, hovering(sky, 6e7), epochs, sky) for s in DEEP_SPACE]
    assert np.array_equal(np.max(each, axis=0), high)


def test_contacts_of_a_known_function() -> None:
    found = contacts(lambda t: np.sin(2.0 * math.pi * t / 7200.0), 0.0, 5.0 * 3600.0)
    assert [c.start_s for c in found] == pytest.approx([0.0, 7200.0, 14400.0], abs=2e-3)
    assert [c.end_s for c in found] == pytest.approx([3600.0, 10800.0, 18000.0], abs=2e-3)
    assert contact_hours(found) == pytest.approx(3.0, abs=1e-6)


def test_always_and_never() -> None:
    assert contacts(lambda t: np.ones_like(t), 0.0, 7200.0) == ((0.0, 7200.0),)
    assert contacts(lambda t: -np.ones_like(t), 0.0, 7200.0) == ()
    with pytest.raises(ValueError, match="the end must be after the start"):
        contacts(lambda t: t, 1.0, 1.0)
