"""Departure from the Moon: two burns and the ellipse between them.

The epochs they are centred on are the plan's; their sizes and directions are solved again from a fix before each.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from farside.basis.declaration import Altitude, Declaration, Epoch, Name, Period
from farside.guidance import home, lunar
from farside.phases.course import Course

FIX_BEFORE_S = 5400.0  # the orbit determination that a burn is commanded from


class Burner(Declaration):
    """The engine of one burn, and the module it is on."""

    module: Name
    engine: Name


class Departure(Declaration):
    """The burns `tei_1` (into an ellipse) and `tei_2` (towards the Earth), both ignited between the two epochs.

    `perilune_altitude_m`, when given, is the altitude of the ellipse's perilune; else that of the circle left.
    """

    name: Name
    kind: Literal["departure"]
    craft: Name
    burns: tuple[Burner, Burner]
    earliest_s: Epoch = Field(alias="earliest")
    latest_s: Epoch = Field(alias="latest")
    ellipse_period_min_s: Period = Field(alias="ellipse_period_min")
    ellipse_period_max_s: Period = Field(alias="ellipse_period_max")
    perilune_altitude_m: Altitude | None = Field(default=None, alias="perilune_altitude")

    @model_validator(mode="after")
    def _ranges(self) -> Departure:
        if not self.earliest_s < self.latest_s:
            raise ValueError("earliest must be before latest")
        if not self.ellipse_period_min_s < self.ellipse_period_max_s:
            raise ValueError("ellipse_period_min must be less than ellipse_period_max")
        if self.ellipse_period_min_s > self.latest_s - self.earliest_s:
            raise ValueError("ellipse_period_min must fit between earliest and latest: both burns ignite there, a revolution apart")
        return self

    def fly(self, course: Course) -> None:
        plan, entry, world = course.setting.plan.home, course.setting.entry, course.world
        assert plan is not None and entry is not None
        one, other = self.burns
        course.coast(plan.first_s - FIX_BEFORE_S)
        known = course.fix("tei_1")
        engine = course.craft.module(one.module).engine(one.engine)
        first_s = home.pass_near(world, known, np.array(plan.perilune), plan.first_s)
        course.burn(home.first(world, known, engine, first_s, plan.perilune_s, plan.first_m_s), one.module, one.engine, "tei_1")
        course.coast(plan.perilune_s - FIX_BEFORE_S)
        known = course.fix("tei_2")
        engine = course.craft.module(other.module).engine(other.engine)
        perilune_s = lunar.apsis_near(world, known, plan.perilune_s, True).epoch_s
        command, _, _ = home.second(world, known, engine, perilune_s, np.array(plan.leaving_m_s), entry)
        course.burn(command, other.module, other.engine, "tei_2")
