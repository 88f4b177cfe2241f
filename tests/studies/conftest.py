"""What the tests of studies share: parts of missions ready to be flown alone; a landing takes a twentieth of a second."""

from __future__ import annotations

from pathlib import Path

import pytest

import farside as fs
from farside.studies.alone import Alone, Part, alone

MISSIONS = Path(__file__).parents[2] / "missions"


@pytest.fixture(scope="session")
def change3() -> Alone:
    """The landing of Chang'e-3, from its declared orbit."""
    return alone(fs.load(MISSIONS / "change3_landing.toml"), Part.LANDING)


@pytest.fixture(scope="session")
def eagle() -> Alone:
    """The docking of Apollo 11's ascent stage, from its declared orbit."""
    return alone(fs.load(MISSIONS / "apollo11_docking.toml"), Part.DOCKING)
