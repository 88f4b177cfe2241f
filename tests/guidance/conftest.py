"""Tests here import `entries` by name.

Property tests here call compiled functions: the first call of a test compiles, so no call is held to a deadline.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")
