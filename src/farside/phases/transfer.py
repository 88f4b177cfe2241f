"""The transfer: from a parking orbit over the launch site onto the way to the Moon.

The craft is in the parking orbit, by a launch or because the mission begins there (then the event `parking_orbit` is noted here), and burns
`tli` at the planned clock time: it is the launcher's burn, commanded before liftoff, and what it misses is left to the corrections.
"""

from __future__ import annotations

import math
from typing import Literal

from farside.basis.declaration import Declaration, Name
from farside.craft.module import Craft, Module
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome


class Transfer(Declaration):
    """Coast in the parking orbit, and the burn `tli` of `engine` on `module`. Its aim is the mission's goals."""

    name: Name
    kind: Literal["transfer"]
    craft: Name
    module: Name
    engine: Name

    def fly(self, course: Course) -> None:
        launch = course.setting.plan.launch
        assert launch is not None
        if launch.ascent is None:
            course.note("parking_orbit")
        before = course.craft
        try:
            course.burn(launch.tli, self.module, self.engine, "tli")
        except LegEnded as ended:
            if ended.outcome is not Outcome.PROPELLANT_EXHAUSTED:
                raise
            excess = too_heavy_kg(before, before.module(self.module), self.engine, launch.tli.delta_v_m_s)
            raise LegEnded(ended.outcome, f"{ended.advice}, or {math.ceil(excess)} kg less payload") from None


def too_heavy_kg(craft: Craft, stage: Module, engine: str, delta_v_m_s: float) -> float:
    """By how much a craft is too heavy for a velocity change with all the propellant of a stage (Tsiolkovsky).

    Less would be enough after a launch: its stages bring a lighter payload faster too.
    """
    burned = -math.expm1(-delta_v_m_s / stage.engine(engine).exhaust_speed_m_s)
    return craft.mass_kg - stage.propellant_kg / burned
