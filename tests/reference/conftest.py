"""Tests import `replay` and `flights` by name."""

import sys
from pathlib import Path

for folder in ("reference", "products"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))
