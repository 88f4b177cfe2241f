"""The world of May and June 2024, and states to fly from. Tests import `forces_again` by name.

Property tests here call compiled functions: the first call of a test compiles, so no call is held to a deadline.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

from farside.basis.epochs import tdb_from_utc
from farside.dynamics.world import World
from farside.environment.ephemeris import load_sky
from farside.environment.gravity import moon_gravity
from farside.environment.orientation import mean_earth_from, orientation_of

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")


@pytest.fixture(scope="session")
def world() -> World:
    """DE421, the Moon to degree 6, May and June 2024."""
    sky = load_sky(tdb_from_utc("2024-05-01T00:00:00Z"), tdb_from_utc("2024-06-30T00:00:00Z"))
    axes = orientation_of(sky)
    return World(sky, moon_gravity(6, axes), mean_earth_from(axes))
