"""What the tests of whole missions share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))  # `replay` is imported by name


@pytest.fixture(scope="session")
def missions_folder() -> Path:
    """The mission files of this checkout."""
    return Path(__file__).parents[2] / "missions"
