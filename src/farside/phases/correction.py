"""A correction burn on the way: solved from what the craft knows there, burned when it is worth it.

*Model*: three components of velocity for three conditions: where and when the Moon is passed (B-plane, epoch), or how and when the Earth's
air is met; for the pass over the landing site one component, along the velocity, for its epoch. A burn smaller than the declared
minimum is noted with its size and not flown.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from farside.basis.declaration import Declaration, Duration, Name
from farside.dynamics.world import Point
from farside.guidance import home, lunar
from farside.guidance.command import Command
from farside.phases.course import Course
from farside.planning.lunar_plane import site_direction


class Correction(Declaration):
    """A coast of `after_s` from the end of the phase before, and a burn towards `aim`, solved from what the craft knows there."""

    name: Name
    kind: Literal["correction"]
    craft: Name
    event: Name
    module: Name
    engine: Name
    after_s: Duration = Field(alias="after")
    aim: Literal["perilune", "landing_pass", "entry"]

    def fly(self, course: Course) -> None:
        course.coast(course.craft.epoch_s + self.after_s)
        command = self.command(course, course.fix(self.event))
        size, least = (command.delta_v_m_s if command else 0.0), course.setting.minimum_correction_m_s
        if command is None or size < max(least, 1e-6):
            course.note(self.event, delta_v_m_s=0.0, needed_m_s=size, minimum_m_s=least)
        else:
            course.burn(command, self.module, self.engine, self.event)

    def command(self, course: Course, known: Point) -> Command | None:
        """The burn that meets the aim from what is known; None when nothing needs correcting."""
        setting, world, engine = course.setting, course.world, course.craft.module(self.module).engine(self.engine)
        if self.aim == "landing_pass":
            assert setting.landing is not None
            site = site_direction(world, setting.landing.site_moon_me, setting.landing.touchdown_s)
            return lunar.rephase(world, known, engine, setting.landing.touchdown_s, site)
        if self.aim == "perilune":
            assert setting.plan.perilune is not None
            return home.correct_out(world, known, engine, setting.plan.perilune)
        assert setting.entry is not None
        return home.correct_home(world, known, engine, setting.entry)
