"""The gate: where a road ends, at an altitude above the Earth, within what the vehicle beyond it can do."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from farside.basis.constants import DAY_S
from farside.basis.declaration import Altitude, Declaration, Distance, Measured, Name
from farside.basis.quantities import ANGLE
from farside.dynamics.world import descent_through
from farside.guidance.entry import gate_at
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome

Descent = Annotated[float, Measured(ANGLE, least=-math.pi / 2, most=-1e-9, within="below 0 deg (negative is down), to -90 deg")]


class Gate(Declaration):
    """The coast of `craft` down to `altitude_m` above the ellipsoid.

    `flight_path_angle_rad` is of the inertial velocity, negative down; the ranges are along the ground to the recovery site, and across.
    """

    name: Name
    kind: Literal["gate"]
    craft: Name
    event: Name
    altitude_m: Altitude = Field(alias="altitude")
    flight_path_angle_rad: Descent = Field(alias="flight_path_angle")
    range_min_m: Distance = Field(alias="range_min")
    range_max_m: Distance = Field(alias="range_max")
    cross_range_max_m: Distance = Field(alias="cross_range_max")

    @model_validator(mode="after")
    def _range_is_one(self) -> Gate:
        if not self.range_min_m < self.range_max_m:
            raise ValueError("range_min must be less than range_max")
        return self

    def fly(self, course: Course) -> None:
        entry = course.setting.entry
        assert entry is not None
        if not course.coast(course.craft.epoch_s + 3.0 * DAY_S, descent_through(self.altitude_m), center="earth"):
            raise LegEnded(
                Outcome.TARGET_MISSED,
                f"{self.name}: the craft does not come down to {self.altitude_m / 1e3:.0f} km; an earlier correction would do",
            )
        gate = gate_at(course.world, course.craft.epoch_s, course.point, entry)
        course.note(
            self.event,
            range_to_target_km=gate.range_m / 1e3,
            cross_range_km=gate.cross_range_m / 1e3,
            cross_range_spread_km=gate.cross_range_spread_m / 1e3,
            target_flight_path_angle_deg=math.degrees(self.flight_path_angle_rad),
        )
        if not self.range_min_m <= gate.range_m <= self.range_max_m:
            raise LegEnded(
                Outcome.TARGET_MISSED,
                f"{self.name}: the range to the site is {gate.range_m / 1e3:.0f} km, the capsule flies {self.range_min_m / 1e3:.0f} to"
                f" {self.range_max_m / 1e3:.0f} km; another departure epoch would do",
            )
        if abs(gate.cross_range_m) > self.cross_range_max_m:
            raise LegEnded(
                Outcome.TARGET_MISSED,
                f"{self.name}: the site lies {abs(gate.cross_range_m) / 1e3:.0f} km across,"
                f" {self.cross_range_max_m / 1e3:.0f} km are allowed;"
                " a correction on the way would do",
            )
