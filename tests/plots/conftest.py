"""What the tests of reports share: flights of several kinds, each flown once, and their pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import farside as fs
from farside.plots.report import report

if TYPE_CHECKING:
    from farside.flight import Flight

MISSIONS = Path(__file__).parents[2] / "missions"
ALONE = ("change3_landing", "luna25", "change5_docking")
"""A landing, one that struck the ground, a docking: seconds to fly."""
WHOLE = ("change6", "change5")


@pytest.fixture(scope="session", params=[*ALONE, *(pytest.param(name, marks=pytest.mark.slow) for name in WHOLE)])
def flight(request: pytest.FixtureRequest) -> Flight:
    """A mission as it is flown."""
    if request.param in WHOLE:
        found: Flight = request.getfixturevalue(request.param)
        return found
    mission = fs.load(MISSIONS / f"{request.param}.toml")
    return fs.fly(mission, fs.plan(mission))


@pytest.fixture(scope="session")
def page(flight: Flight) -> str:
    """The report of the flight."""
    return report(flight)
