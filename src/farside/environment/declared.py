"""Which environment a mission is flown in: ephemerides, gravity, sunlight, and the relay satellite over its landing site."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from farside.basis.declaration import Altitude, Area, Declaration, Epoch, Fraction, Inclination, Name, Text, Turn


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
