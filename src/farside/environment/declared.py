"""Which environment a mission is flown in: ephemerides, gravity, sunlight, the ground of its landing site, and the relay over it."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from farside.basis.constants import DAY_S
from farside.basis.declaration import Altitude, Area, Declaration, Epoch, Fraction, Inclination, Measured, Name, Text, Turn
from farside.basis.quantities import ANGLE, DURATION

GIGAYEAR_S = 1e9 * 365.25 * DAY_S  # Julian years, as pint has them
Age = Annotated[float, Measured(DURATION, above=0.0, most=4.5 * GIGAYEAR_S, within="above 0 Gyr, to 4.5 Gyr")]
Rise = Annotated[
    float, Measured(ANGLE, least=-math.pi / 6.0, most=math.pi / 6.0, within="from -30 deg to 30 deg (loose soil lies no steeper)")
]


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


class SiteTerrain(Declaration):
    """The table [terrain]: the ground about the landing site. `file` and `craters` as added by `farside data add`.

    `file` is an elevation model, and is the ground alone. Without it the ground is synthetic: craters of a surface of that age (those of
    the count `craters` where they were counted), fractal relief, and a regional slope, upwards to the east and to the north.
    """

    file: Text | None = None
    craters: Text | None = None
    age_s: Age | None = Field(default=None, alias="age")
    slope_east_rad: Rise = Field(default=0.0, alias="slope_east")
    slope_north_rad: Rise = Field(default=0.0, alias="slope_north")

    @model_validator(mode="after")
    def _one_ground(self) -> SiteTerrain:
        drawn = [key for key, told in (("craters", self.craters), ("age", self.age_s)) if told is not None]
        drawn += [key for key, told in (("slope_east", self.slope_east_rad), ("slope_north", self.slope_north_rad)) if told]
        if self.file is not None and drawn:
            raise ValueError(f"file is the ground as it is; {', '.join(drawn)} shape a synthetic one: take out either")
        return self


class RelaySatellite(Declaration):
    """The table [relay]: a satellite that passes on what a craft behind the Moon says; its orbit about the Moon, osculating at `epoch_s`.

    Heights are over the sphere of 1737.4 km. Angles are of the Moon's mean-Earth equator as it is at that epoch, not turning from then on;
    the node from its prime meridian, eastwards.
    """

    name: Name
    epoch_s: Epoch = Field(alias="epoch")
    perilune_altitude_m: Altitude = Field(alias="perilune_altitude")
    apolune_altitude_m: Altitude = Field(alias="apolune_altitude")
    inclination_rad: Inclination = Field(alias="inclination")
    node_rad: Turn = Field(alias="node")
    argument_of_perilune_rad: Turn = Field(alias="argument_of_perilune")
    mean_anomaly_rad: Turn = Field(alias="mean_anomaly")

    @model_validator(mode="after")
    def _apolune_is_the_higher(self) -> RelaySatellite:
        if self.perilune_altitude_m > self.apolune_altitude_m:
            raise ValueError("perilune_altitude must not be more than apolune_altitude")
        return self
