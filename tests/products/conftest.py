import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from flights import LIFTOFF_S, SyntheticFlight, lunar_flight, synthetic_flight

from farside.environment.ephemeris import Sky, load_sky


@pytest.fixture(scope="session")
def sky() -> Sky:
    return load_sky(LIFTOFF_S, LIFTOFF_S + 20 * 86400.0)


@pytest.fixture(scope="session")
def flight(sky: Sky) -> SyntheticFlight:
    return replace(synthetic_flight(), sky=sky)


@pytest.fixture(scope="session")
def lunar(sky: Sky) -> SyntheticFlight:
    """A flight that stands on the Moon, docks and hands over."""
    return replace(lunar_flight(), sky=sky)
