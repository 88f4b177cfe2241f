"""Random draws by name: each depends on (seed, run, phase, parameter) alone, never on order, worker or clock."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Draws:
    """The draws of one run; with `enabled` false every error is zero: the nominal flight."""

    seed: int = 0
    run: int = 0
    enabled: bool = False

    def normal(self, phase: str, parameter: str, size: int = 1) -> NDArray[np.float64]:
        """Standard normal numbers (size,) that belong to a parameter of a phase."""
        if not self.enabled:
            return np.zeros(size)
        name = f"{self.seed}/{self.run}/{phase}/{parameter}".encode()
        return np.random.default_rng(int.from_bytes(hashlib.sha256(name).digest()[:16], "big")).standard_normal(size)
