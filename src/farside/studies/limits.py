"""What a touchdown or a docking may be, by what the mission declares, beside what it was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from farside.mission import Phase
from farside.phases.descent import Descent
from farside.phases.docking import Docking


@dataclass(frozen=True)
class Limit:
    """A number of the ending event (its key in `data`) and the most that the mission allows; both in the unit that the key ends in."""

    key: str
    most: float

    def share(self, data: Mapping[str, Any]) -> float:
        """How much of the limit is used: 1 is all of it; NaN where the number is not there."""
        value = data.get(self.key, math.nan)
        return abs(float(value)) / self.most if self.most > 0.0 else math.inf * abs(float(value))


def limits(phase: Phase) -> tuple[Limit, ...]:
    """The limits that a phase declares for its end; none for other kinds than descent and docking."""
    if isinstance(phase, Descent):
        return (
            Limit("vertical_speed_m_s", phase.vertical_speed_max_m_s),
            Limit("horizontal_speed_m_s", phase.horizontal_speed_max_m_s),
            Limit("tilt_deg", math.degrees(phase.tilt_max_rad)),  # of the ground under its feet
            Limit("lean_deg", math.degrees(phase.tilt_max_rad)),  # of the craft as it comes down
            *((Limit("target_miss_m", phase.target_miss_max_m),) if phase.target_miss_max_m else ()),
        )
    if isinstance(phase, Docking):
        return (
            Limit("closing_speed_m_s", phase.latch.closing_speed_m_s),
            Limit("lateral_speed_m_s", phase.latch.lateral_speed_m_s),
            Limit("offset_m", phase.latch.offset_m),
            Limit("misalignment_deg", math.degrees(phase.latch.misalignment_rad)),
        )
    return ()
