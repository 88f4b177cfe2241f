"""What the tests of whole missions share: the mission files, and their flights, flown once."""

import sys
from pathlib import Path

import pytest

import farside as fs
from farside.products import write_flight

for folder in ("reference", "products"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))  # `replay` and the readers of files are imported by name

FLIGHTS = ("change6", "change5", "change6 dispersed", "change5_docking", "apollo11_landing")
"""Two sample returns, one of them with errors too, and two missions that begin in orbit of the Moon."""


@pytest.fixture(scope="session")
def missions_folder() -> Path:
    """The mission files of this checkout."""
    return Path(__file__).parents[2] / "missions"


@pytest.fixture(scope="session", params=FLIGHTS)
def flight(request: pytest.FixtureRequest, missions_folder: Path) -> fs.Flight:
    """A mission as it is flown, nominally or with errors."""
    name, *how = request.param.split()
    mission = fs.load(missions_folder / f"{name}.toml")
    return fs.fly(mission, fs.plan(mission), dispersed=bool(how))


@pytest.fixture(scope="session")
def files(flight: fs.Flight, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files that the flight leaves behind."""
    return write_flight(flight, tmp_path_factory.mktemp(flight.mission.name))
