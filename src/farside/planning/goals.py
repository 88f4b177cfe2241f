"""The goals of a mission: where and when. What the plan must meet; nothing here was tuned."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, model_validator

from farside.basis.declaration import (
    Altitude,
    Angle,
    Azimuth,
    Declaration,
    Epoch,
    Inclination,
    Latitude,
    Length,
    Longitude,
    Name,
    Period,
    Turn,
)

LOWEST_PARKING_M = 120e3  # assumed: below, a revolution through the air costs more than it says here


class Site(Declaration):
    """A place on a body: geodetic latitude and height above the ellipsoid on Earth; `moon_me` and the sphere of 1737.4 km on the Moon."""

    body: Literal["earth", "moon"]
    latitude_rad: Latitude = Field(alias="latitude")
    longitude_rad: Longitude = Field(alias="longitude")
    altitude_m: Length = Field(alias="altitude")


class Goals(Declaration):
    """Epochs (TDB seconds past J2000) and the names of the sites they belong to.

    `capture_s` is the ignition of `loi_1`, to be met within `capture_tolerance_s`. `touchdown_s` and `lift_off_s` are the two passes over
    the landing site that the lunar plane must serve; `return_landing_s` is the landing at the recovery site. A mission that ends before
    them, or begins after them, leaves them out. `lunar_orbit` is the sense in which the Moon is orbited.
    """

    liftoff_s: Epoch | None = Field(default=None, alias="liftoff")
    capture_s: Epoch | None = Field(default=None, alias="capture")
    capture_tolerance_s: Period | None = Field(default=None, alias="capture_tolerance")
    touchdown_s: Epoch | None = Field(default=None, alias="touchdown")
    lift_off_s: Epoch | None = Field(default=None, alias="lift_off")
    return_landing_s: Epoch | None = Field(default=None, alias="return_landing")
    lunar_orbit: Literal["prograde", "retrograde"] = "prograde"
    launch_site: Name = "launch"
    landing_site: Name = "landing"
    recovery_site: Name = "recovery"


class InOrbit(Declaration):
    """A craft that a mission begins with in orbit of the Moon: its modules, and its orbit as it is at `epoch_s` (TDB s past J2000).

    Altitudes are above the sphere of 1737.4 km; angles are to the Moon's mean equator and prime meridian (`moon_me`) of that epoch.
    """

    modules: tuple[Name, ...] = Field(min_length=1)
    epoch_s: Epoch = Field(alias="epoch")
    perilune_altitude_m: Altitude = Field(alias="perilune_altitude")
    apolune_altitude_m: Altitude = Field(alias="apolune_altitude")
    inclination_rad: Inclination = Field(alias="inclination")
    node_rad: Turn = Field(alias="node")
    argument_rad: Turn = Field(alias="argument_of_perilune")
    mean_anomaly_rad: Turn = Field(alias="mean_anomaly")

    @model_validator(mode="after")
    def _apsides_in_order(self) -> InOrbit:
        if self.perilune_altitude_m > self.apolune_altitude_m:
            raise ValueError("perilune_altitude must not be more than apolune_altitude")
        return self


class Start(Declaration):
    """Where the road begins: `modules` joined as `craft`, on the pad or inserted into a circular parking orbit.

    The launch azimuth lies between the two limits (clockwise from north). Without a launch, insertion is `insertion_after_s` after liftoff
    and `insertion_downrange_rad` (angle at the Earth's centre) from the launch site; with one, both are None: they are flown.
    """

    craft: Name
    modules: tuple[Name, ...] = Field(min_length=1)
    parking_altitude_m: Altitude = Field(alias="parking_altitude")
    insertion_after_s: Period | None = Field(default=None, alias="insertion_after")
    insertion_downrange_rad: Angle | None = Field(default=None, alias="insertion_downrange")
    azimuth_min_rad: Azimuth = Field(alias="azimuth_min")
    azimuth_max_rad: Azimuth = Field(alias="azimuth_max")

    @model_validator(mode="after")
    def _limits(self) -> Start:
        if self.insertion_downrange_rad is not None and not 0.0 <= self.insertion_downrange_rad < math.pi:
            raise ValueError("insertion_downrange must be from 0 deg to less than 180 deg")
        if self.parking_altitude_m < LOWEST_PARKING_M:
            raise ValueError(f"parking_altitude must be at least {LOWEST_PARKING_M / 1e3:.0f} km: there is no air in this road's forces")
        if not self.azimuth_min_rad < self.azimuth_max_rad:
            raise ValueError("azimuth_min must be less than azimuth_max")
        return self
