"""The conditions of a site against radiative balance by day, against the models they are read from, and against finer steps."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from farside.basis.epochs import tdb_from_utc
from farside.environment.ephemeris import Sky
from farside.environment.lunar_site import moon_site
from farside.environment.site_conditions import site_conditions
from farside.environment.sunlight import sunlight
from farside.environment.surface_temperature import HIGHLAND, MARE, STEFAN_BOLTZMANN_W_M2_K4, absorbed, soil_temperatures

SITE = moon_site(-41.6385, 206.0148, -5256.0)
TOUCHDOWN_S, LIFT_OFF_S = tdb_from_utc("2024-06-01T22:23:00Z"), tdb_from_utc("2024-06-03T23:38:00Z")
STAY = np.linspace(TOUCHDOWN_S, LIFT_OFF_S, 50)
DAY_S = 86400.0
SUNSET_S, SUNRISE_S = TOUCHDOWN_S + 10.0 * DAY_S, TOUCHDOWN_S + 25.0 * DAY_S


def test_by_day_the_ground_is_nearly_in_balance_with_the_sun(sky: Sky) -> None:
    """Dust conducts so badly that by day it radiates what it takes in, but for some 3 % in the morning, while it still warms."""
    found = site_conditions(SITE, STAY, sky)
    sun = sunlight(SITE, STAY, sky)
    taken = [absorbed(math.sin(el), au, HIGHLAND) for el, au in zip(sun.elevation_rad, sun.distance_au, strict=True)]
    balance_k = (np.array(taken) / (HIGHLAND.emissivity * STEFAN_BOLTZMANN_W_M2_K4)) ** 0.25
    assert np.all(found.temperature_k < balance_k)
    assert found.temperature_k == pytest.approx(balance_k, rel=0.015)  # a fourth root: a quarter of those 3 %, and some


def test_the_sun_is_that_of_the_model_of_the_sun(sky: Sky) -> None:
    found, sun = site_conditions(SITE, STAY, sky), sunlight(SITE, STAY, sky)
    assert np.radians(found.sun_elevation_deg) == pytest.approx(sun.elevation_rad)
    assert np.radians(found.sun_azimuth_deg) == pytest.approx(sun.azimuth_rad)
    assert np.array_equal(found.epochs_s, STAY)


def test_the_morning_warms_and_the_night_cools(sky: Sky) -> None:
    stay = site_conditions(SITE, STAY, sky)
    assert np.all(np.diff(stay.sun_elevation_deg) > 0.0) and np.all(np.diff(stay.temperature_k) > 0.0)
    night = site_conditions(SITE, np.linspace(SUNSET_S + 2.0 * DAY_S, SUNRISE_S - 2.0 * DAY_S, 20), sky)
    assert np.all(night.sun_elevation_deg < 0.0) and np.all(np.diff(night.temperature_k) < 0.0)


def test_finer_steps_change_little_even_at_sunrise(sky: Sky) -> None:
    """A month in steps of ten minutes against one in steps of a minute, read at odd epochs."""
    start_s, end_s = TOUCHDOWN_S, TOUCHDOWN_S + 27.0 * DAY_S
    epochs = np.linspace(start_s, end_s, 5003)
    fine = soil_temperatures(SITE, start_s, end_s, sky, step_s=60.0)
    off = site_conditions(SITE, epochs, sky).temperature_k - np.interp(epochs, fine.epochs_s, fine.surface_k)
    assert np.abs(off).max() < 0.2  # kelvin; 0.11 at sunrise


def test_an_earlier_beginning_changes_little(sky: Sky) -> None:
    """The lunations before the first epoch have the Sun as it stands then; what a night keeps of that is lost by the next day."""
    early = site_conditions(SITE, np.linspace(TOUCHDOWN_S - 21.0 * DAY_S, LIFT_OFF_S, 700), sky)
    late = site_conditions(SITE, STAY, sky)
    assert late.temperature_k == pytest.approx(np.interp(STAY, early.epochs_s, early.temperature_k), abs=0.1)


def test_soil_and_horizon_are_heard_of(sky: Sky) -> None:
    bright, dark = (site_conditions(SITE, STAY, sky, soil).temperature_k for soil in (HIGHLAND, MARE))
    assert np.all(dark > bright + 2.0)  # a twentieth of the light more is 1.3 % of 330 K
    shadow = site_conditions(SITE, STAY, sky, mask_rad=math.radians(60.0)).temperature_k
    assert np.all(shadow[10:] < bright[10:] - 100.0)


def test_one_epoch_will_do_and_none_or_a_falling_one_will_not(sky: Sky) -> None:
    one = site_conditions(SITE, TOUCHDOWN_S, sky)
    assert one.temperature_k == pytest.approx(site_conditions(SITE, STAY, sky).temperature_k[:1], abs=1e-3)
    for wrong in (STAY[::-1], np.array([])):
        with pytest.raises(ValueError, match="would do"):
            site_conditions(SITE, wrong, sky)


def test_a_reading_is_quick(sky: Sky) -> None:
    site_conditions(SITE, STAY, sky)
    took = []
    for _ in range(3):
        start = time.process_time()
        site_conditions(SITE, STAY, sky)
        took.append(time.process_time() - start)
    assert min(took) < 0.3  # seconds of one core; 0.07 measured
