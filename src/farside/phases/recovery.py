"""The recovery: helicopters and vehicles find the capsule on the ground and reach it (`phases.search`).

They are a table of the mission, no craft of its state: where each waits, how fast it goes, how far it sees. They go to the recovery site
first, for that is where the landing was predicted; the beacon, if the capsule has one, tells them better. With nobody to look the flight
ends `not found`. *Limits*: those of `phases.search`; the beacon's error is drawn once, a Gaussian of the declared size to the east and to
the north, and zero in a nominal flight.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from farside.basis.axes import itrf_from_geodetic
from farside.basis.declaration import Declaration, Distance, Duration, Latitude, Longitude, Measured, Name, Period
from farside.basis.quantities import LENGTH, SPEED
from farside.craft.module import Landed, Vector
from farside.guidance.interface import local_axes
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome
from farside.phases.search import MIDDLE, Call, Searcher, Sighting, Spot, apart, found, reached, searched_m2
from farside.planning.goals import Site

Pace = Annotated[float, Measured(SPEED, above=0.0, within="above 0 m/s")]
Spread = Annotated[float, Measured(LENGTH, least=0.0, within="0 m or more")]
KM2 = 1e6


class Asset(Declaration):
    """Who looks: where it waits, how fast it goes, how far it sees the capsule, and how long after the landing it can leave."""

    name: Name
    kind: Literal["helicopter", "vehicle"]
    latitude_rad: Latitude = Field(alias="latitude")
    longitude_rad: Longitude = Field(alias="longitude")
    speed_m_s: Pace = Field(alias="speed")
    sight_range_m: Distance = Field(alias="sight_range")
    ready_s: Duration = Field(default=0.0, alias="ready")


class Beacon(Declaration):
    """What the capsule sends on the ground: from when on, how far it is heard, and how wrong the place is that it tells (one sigma)."""

    starts_s: Duration = Field(alias="starts")
    range_m: Distance = Field(alias="range")
    position_error_m: Spread = Field(alias="position_error")


class Recovery(Declaration):
    """The search for `craft`, which has landed, by `assets`, until one of them is there; given up after `search_for_s`."""

    name: Name
    kind: Literal["recovery"]
    craft: Name
    search_for_s: Period = Field(alias="search_for")
    beacon: Beacon | None = None
    assets: tuple[Asset, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Recovery:
        names = [asset.name for asset in self.assets]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"assets: {', '.join(twice)} stands there twice; each needs a name of its own")
        return self

    @property
    def declared_s(self) -> float:
        """How long it may take."""
        return self.search_for_s

    def fly(self, course: Course) -> None:
        place, site, landed_s = course.craft.place, course.setting.sites[course.setting.recovery_site], course.craft.epoch_s
        if not isinstance(place, Landed) or place.center != "earth":
            raise LegEnded(Outcome.TARGET_MISSED, f"{self.name}: {self.craft} has not landed on the Earth; a parachute before would do")
        capsule = spot_of(site, place.r_fixed_m)
        seen = found(self.searchers(site), capsule, self.call(course, capsule))
        if seen is None:
            raise LegEnded(Outcome.NOT_FOUND, f"{self.name}: {self.craft} lies {_where(capsule)}, and nobody looks for it; assets would do")
        if seen.after_s > self.search_for_s:
            course.coast(landed_s + self.search_for_s)
            raise LegEnded(Outcome.NOT_FOUND, f"{self.name}: {self.not_seen(seen, capsule)}")
        course.coast(landed_s + seen.after_s)
        course.note("located", **self.told(seen, capsule))
        by, after_s = reached(seen, capsule)
        course.coast(landed_s + after_s)
        course.note("reached", by=by, after_landing_s=after_s, after_located_s=after_s - seen.after_s)
        course.advice = f"located by {seen.by} after {seen.after_s / 60.0:.0f} min, reached by {by} after {after_s / 60.0:.0f} min"

    def searchers(self, site: Site) -> tuple[Searcher, ...]:
        """The assets over the plane about the recovery site, each at the altitude of the site."""
        return tuple(
            Searcher(
                asset.name,
                spot_of(site, itrf_from_geodetic(asset.latitude_rad, asset.longitude_rad, site.altitude_m)),
                asset.speed_m_s,
                asset.sight_range_m,
                asset.ready_s,
            )
            for asset in self.assets
        )

    def call(self, course: Course, capsule: Spot) -> Call | None:
        """What the beacon sends in this run; None without one."""
        if self.beacon is None:
            return None
        east, north = (self.beacon.position_error_m * course.setting.draws.normal(self.name, "beacon, position", 2)).tolist()
        return Call(self.beacon.starts_s, self.beacon.range_m, Spot(capsule.east_m + east, capsule.north_m + north))

    def told(self, seen: Sighting, capsule: Spot) -> dict[str, object]:
        """What the event of the first sight says; epochs are seconds after the landing."""
        middle = seen.everybody[0].ends
        return {
            "by": seen.by,
            "how": seen.how,
            "after_landing_s": seen.after_s,
            "beacon_heard_by": seen.heard_by,
            "beacon_heard_s": seen.heard_s,
            "beacon_error_m": None if seen.heard_s is None else apart(middle, capsule),
            "from_predicted_m": apart(MIDDLE, capsule),
            "searched_km2": seen.searched_m2 / KM2,
        }

    def not_seen(self, seen: Sighting, capsule: Spot) -> str:
        """How much of the ground was searched, and what would have found it."""
        hours, needed_h = self.search_for_s / 3600.0, seen.after_s / 3600.0
        done = searched_m2(seen.everybody, self.search_for_s) / KM2
        told = f"{self.craft} lies {_where(capsule)} and is not seen within {hours:.3g} h; {done:.0f} km2 are searched by then"
        helps = "" if self.beacon else "a beacon, "
        return f"{told}; {helps}more assets or a search_for of {needed_h:.1f} h would do"


def _where(capsule: Spot) -> str:
    return f"{apart(MIDDLE, capsule) / 1e3:.1f} km from where it was predicted to land"


def spot_of(site: Site, r_itrf_m: Vector | tuple[float, float, float]) -> Spot:
    """A place (ITRF, m) on the plane that touches the ellipsoid at a site: within 100 km as far as along the ground to 4e-5."""
    _, east, north = local_axes(site.latitude_rad, site.longitude_rad)
    off = np.array(r_itrf_m) - np.array(itrf_from_geodetic(site.latitude_rad, site.longitude_rad, site.altitude_m))
    return Spot(float(off @ east), float(off @ north))
