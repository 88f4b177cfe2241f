"""The gate: where a road ends, at an altitude above the Earth, within what the vehicle beyond it can do."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from farside.basis.declaration import Altitude, Declaration, Distance, Measured, Name
from farside.basis.quantities import ANGLE

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
