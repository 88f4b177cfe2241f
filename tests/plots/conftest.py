"""What the tests of reports share: flights of several kinds, each flown once, and their pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import farside as fs
from farside.phases.entry_alone import read_alone
from farside.plots.entry_report import entry_report
from farside.plots.report import report
from farside.studies.entries import Entries, fly_entries

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


ENTRIES = ("stardust", "change6", "apollo4")
"""A ballistic one whose nose is too small for the radiation's formula, a skip with an aim, a bank that is held."""


@pytest.fixture(scope="session", params=ENTRIES)
def entries(request: pytest.FixtureRequest) -> Entries:
    """An entry alone, with two dispersed runs."""
    return fly_entries(read_alone(MISSIONS / "entries" / f"{request.param}.toml"), runs=2)


@pytest.fixture(scope="session")
def entry_page(entries: Entries) -> str:
    """Its report."""
    return entry_report(entries)


@pytest.fixture(scope="session")
def page(flight: Flight) -> str:
    """The report of the flight."""
    return report(flight)
