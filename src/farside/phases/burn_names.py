"""What the burns of each kind of phase are called, where they are cut off by command: what a fault of a burn may name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from farside.phases.docking import WAYPOINTS
from farside.phases.rendezvous import MOST_TRIMS


def burns_of(phase: Mapping[str, Any]) -> list[str]:
    """The burns of a phase, as it stands in a file, that are cut off by command; a closed loop has none."""

    def several(key: str) -> int:
        tables = phase.get(key)
        return len(tables) if isinstance(tables, list) else 0

    holds, burns = range(1, several("holds") + 1), ("transfer_{}", "braking_{}", *(f"trim_{{}}_{k}" for k in range(1, MOST_TRIMS + 1)))
    named = {
        "transfer": ["tli"],
        "correction": [str(phase.get("event"))],
        "capture": ["loi_1"],
        "lowering": [f"loi_{number}" for number in range(2, several("steps") + 4)],
        "descent": ["doi"],
        "phasing": [f"phasing_{number}" for number in range(1, 5)],
        "rendezvous": [burn.format(hold) for hold in holds for burn in burns],
        "docking": [f"approach_{number}" for number in range(1, len(WAYPOINTS) + 1)],
        "disposal": ["deorbit"],
        "departure": ["tei_1", "tei_2"],
        "divert": [str(phase.get("event"))],
    }
    return named.get(str(phase.get("kind")), [])
