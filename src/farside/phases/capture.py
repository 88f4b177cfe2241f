"""Capture into an orbit of the Moon, and the way down to a circle."""

from __future__ import annotations

import itertools
from typing import Literal

from pydantic import Field, model_validator

from farside.basis.declaration import Altitude, Declaration, Distance, Epoch, Name, Period


class Capture(Declaration):
    """The burn `loi_1` around perilune, into an ellipse with these altitudes above the sphere of 1737.4 km."""

    name: Name
    kind: Literal["capture"]
    craft: Name
    module: Name
    engine: Name
    perilune_altitude_m: Altitude = Field(alias="perilune_altitude")
    apolune_altitude_m: Altitude = Field(alias="apolune_altitude")

    @model_validator(mode="after")
    def _apsides_in_order(self) -> Capture:
        if self.perilune_altitude_m > self.apolune_altitude_m:
            raise ValueError("perilune_altitude must not be more than apolune_altitude")
        return self


class Step(Declaration):
    """An ellipse on the way down, by its period."""

    period_s: Period = Field(alias="period")


class Lowering(Declaration):
    """The burns `loi_2` and on: through `steps`, one rotation of the plane at an apolune, into a circle.

    The circle is reached between the two epochs; its altitude may depart by `phasing_m` from `circular_altitude_m`, so that the craft
    comes over the landing site at the declared minute.
    """

    name: Name
    kind: Literal["lowering"]
    craft: Name
    module: Name
    engine: Name
    steps: tuple[Step, ...] = ()
    circular_altitude_m: Altitude = Field(alias="circular_altitude")
    phasing_m: Distance = Field(alias="phasing")
    earliest_circular_s: Epoch = Field(alias="earliest_circular")
    latest_circular_s: Epoch = Field(alias="latest_circular")

    @model_validator(mode="after")
    def _downwards(self) -> Lowering:
        periods = [step.period_s for step in self.steps]
        if any(later >= earlier for earlier, later in itertools.pairwise(periods)):
            raise ValueError("the periods of steps must fall from each to the next")
        if not self.earliest_circular_s < self.latest_circular_s:
            raise ValueError("earliest_circular must be before latest_circular")
        if not self.phasing_m < self.circular_altitude_m:
            raise ValueError("phasing must be less than circular_altitude")
        return self
