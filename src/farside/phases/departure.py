"""Departure from the Moon: two burns and the ellipse between them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from farside.basis.declaration import Altitude, Declaration, Epoch, Name, Period


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
