"""What the tests of the pages share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import farside as fs
from farside.flight import Flight

sys.path.insert(0, str(Path(__file__).parent))  # `pages` is imported by name

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def flights() -> dict[str, Flight]:
    """The missions that come with farside, flown."""
    missions = (fs.load(CHECKOUT / "missions" / f"{name}.toml") for name in ("change6", "change5"))
    return {mission.name: fs.fly(mission, fs.plan(mission)) for mission in missions}


@pytest.fixture
def checkout_like(tmp_path: Path) -> Path:
    """A folder in which the commands of the pages can be run without writing into the checkout."""
    for name in ("missions", "examples"):
        (tmp_path / name).symlink_to(CHECKOUT / name)
    return tmp_path
