import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from flights import SyntheticFlight, synthetic_flight


@pytest.fixture(scope="session")
def flight() -> SyntheticFlight:
    return synthetic_flight()
