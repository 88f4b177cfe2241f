"""The divert: a craft that has let its capsule go raises its perigee out of the air, and passes the Earth."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field, model_validator

from farside.basis.declaration import Altitude, Declaration, Duration, Name
from farside.dynamics.world import apsis
from farside.guidance.divert import LATEST_S, divert, height
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome


class Divert(Declaration):
    """A burn of `craft`, `after_s` from the end of the phase before, that leads to a perigee at `perigee_altitude_m`, and the way there.

    The burn is solved from a fix at the beginning of the phase; `event` is its ignition and tells the perigee that was flown. The leg ends
    there: higher than `perigee_altitude_min_m`, or as a target missed. Altitudes are above the ellipsoid. *Limits*: no air.
    """

    name: Name
    kind: Literal["divert"]
    craft: Name
    event: Name
    module: Name
    engine: Name
    after_s: Duration = Field(alias="after")
    perigee_altitude_m: Altitude = Field(alias="perigee_altitude")
    perigee_altitude_min_m: Altitude = Field(alias="perigee_altitude_min")

    @model_validator(mode="after")
    def _has_margin(self) -> Divert:
        if not self.perigee_altitude_min_m < self.perigee_altitude_m:
            raise ValueError("perigee_altitude_min must be less than perigee_altitude: what is between them is the margin")
        return self

    def fly(self, course: Course) -> None:
        engine = course.craft.module(self.module).engine(self.engine)
        ignition_s = course.craft.epoch_s + self.after_s
        command = divert(course.world, course.fix(self.event), engine, ignition_s, self.perigee_altitude_m)
        if command is None:
            course.coast(ignition_s)
            course.note(self.event, delta_v_m_s=0.0)
        else:
            course.burn(command, self.module, self.engine, self.event)
        if not course.coast(course.craft.epoch_s + LATEST_S, apsis(True), center="earth"):
            why = f"{self.name}: {course.craft.name} passes no perigee within a day; a later divert would do"
            raise LegEnded(Outcome.TARGET_MISSED, why)
        self.judge(course, height(course.world, course.point))

    def judge(self, course: Course, perigee_m: float) -> None:
        """The perigee as an event and with the burn; the leg ends with advice when it is too low."""
        course.note("perigee")
        told = {"perigee_altitude_km": perigee_m / 1e3}
        course.events = [replace(one, data={**one.data, **told}) if one.name == self.event else one for one in course.events]
        if perigee_m < self.perigee_altitude_min_m:
            least = f"its perigee is at {perigee_m / 1e3:.1f} km, perigee_altitude_min is {self.perigee_altitude_min_m / 1e3:.1f} km"
            raise LegEnded(Outcome.TARGET_MISSED, f"{self.name}: {least}; a higher perigee_altitude or a finer fix would do")
