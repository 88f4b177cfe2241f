"""Which environment a mission is flown in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from farside.basis.declaration import Area, Declaration, Fraction, Text


class SolarPressure(Declaration):
    """The pressure of sunlight on a sphere of that cross-section; `reflectivity` 0 absorbs all, 1 reflects all."""

    area_m2: Area = Field(alias="area")
    reflectivity: Fraction


class Environment(Declaration):
    """The ephemeris, the Moon's gravity field (degree and order; `moon_gravity_file` as added by `farside data add`), sunlight."""

    ephemeris: Literal["de421", "de440"] = "de421"
    moon_gravity_degree: Annotated[int, Field(strict=True, ge=0, le=1200)] = 6
    moon_gravity_file: Text | None = None
    solar_pressure: SolarPressure | None = None

    @model_validator(mode="after")
    def _field_is_there(self) -> Environment:
        if self.moon_gravity_file is None and self.moon_gravity_degree > 6:
            raise ValueError("the table that comes with farside ends at degree 6; a higher moon_gravity_degree needs a moon_gravity_file")
        return self
