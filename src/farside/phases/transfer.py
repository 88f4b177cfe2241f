"""The transfer: from a parking orbit over the launch site onto the way to the Moon.

The craft is in the parking orbit, by a launch or because the mission begins there (then the event `parking_orbit` is noted here), and burns
`tli` at the planned clock time: it is the launcher's burn, commanded before liftoff, and what it misses is left to the corrections.
"""

from __future__ import annotations

from typing import Literal

from farside.basis.declaration import Declaration, Name
from farside.phases.course import Course


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
        course.burn(launch.tli, self.module, self.engine, "tli")
