"""The capsule's way to the laboratory: who has it, how warm it gets, which shocks it is given, and the hand-over at the door.

*Model*. Stages follow each other without a pause: each has somebody who carries the capsule to a site, or keeps it where it is. Its
temperature follows that around it as one body does (first-order lag, one time constant), T = Ts + (T0 - Ts) exp(-t / tau). What is around
it and the greatest shock of each stage are as declared, or in a run off by its draws: a Gaussian in kelvin, a lognormal factor. Beyond the
limits the capsule is still handed over, and the flight ends `damaged`. *Limits*: the container is as warm as the capsule; a shock is its
peak, without a spectrum; the landing's own shock is not counted; the way is `dynamics.carried`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from farside.basis.axes import itrf_from_geodetic
from farside.basis.declaration import Acceleration, Declaration, Fraction, Measured, Name, Period, Text
from farside.basis.epochs import utc_from_tdb
from farside.basis.quantities import ACCELERATION, SPEED, Dimension
from farside.craft.container import sample_mass_ug
from farside.craft.module import STANDARD_GRAVITY_M_S2, Landed
from farside.dynamics.carried import carry, ground_distance_m
from farside.phases.course import Course, LegEnded, Setting
from farside.phases.leg import Outcome

HOUR_S = 3600.0
TEMPERATURE = Dimension("a temperature", "K", "293 K", "K")
Temperature = Annotated[float, Measured(TEMPERATURE, above=0.0, most=1000.0, within="above 0 K, to 1000 K")]
Kelvins = Annotated[float, Measured(TEMPERATURE, least=0.0, most=1000.0, within="0 K or more, to 1000 K")]
Pace = Annotated[float, Measured(SPEED, above=0.0, within="above 0 m/s")]
Shock = Annotated[float, Measured(ACCELERATION, above=0.0, within="above 0 m/s^2")]


class Stage(Declaration):
    """One stage: who has the capsule, to which site it goes (nowhere, if left out), how long or how fast, how warm it is, how rough.

    `shock_m_s2` is the median of the greatest shock, `shock_spread` one sigma of its logarithm.
    """

    by: Text
    to: Name | None = None
    duration_s: Period | None = Field(default=None, alias="duration")
    speed_m_s: Pace | None = Field(default=None, alias="speed")
    around_k: Temperature = Field(alias="around")
    around_error_k: Kelvins = Field(default=0.0, alias="around_error")
    shock_m_s2: Acceleration = Field(alias="shock")
    shock_spread: Fraction = 0.0

    @model_validator(mode="after")
    def _how_long(self) -> Stage:
        if (self.duration_s is None) == (self.speed_m_s is None):
            raise ValueError("a stage has a duration or a speed, one of the two")
        if self.speed_m_s is not None and self.to is None:
            raise ValueError("a speed needs a site to go `to`; a stay has a duration")
        return self


class Transport(Declaration):
    """The way of `craft` from where it was reached, stage by stage, to the laboratory, the site of the last one.

    `temperature_k` is that of the capsule when it is taken up; `time_constant_s` says how slowly it follows.
    """

    name: Name
    kind: Literal["transport"]
    craft: Name
    temperature_k: Temperature = Field(alias="temperature")
    time_constant_s: Period = Field(alias="time_constant")
    temperature_min_k: Temperature = Field(alias="temperature_min")
    temperature_max_k: Temperature = Field(alias="temperature_max")
    shock_limit_m_s2: Shock = Field(alias="shock_limit")
    stages: tuple[Stage, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_somewhere(self) -> Transport:
        if self.stages[-1].to is None:
            raise ValueError("the last stage must lead to a site, the laboratory")
        if not self.temperature_min_k < self.temperature_max_k:
            raise ValueError("temperature_min must be less than temperature_max")
        if not self.temperature_min_k <= self.temperature_k <= self.temperature_max_k:
            raise ValueError("temperature, with which the way begins, must be within temperature_min and temperature_max")
        there = None
        for stage in self.stages:
            if stage.to is not None and stage.to == there and stage.speed_m_s is not None:
                raise ValueError(f"stages: the capsule is at {there} already when {stage.by} takes it there; give that stage a duration")
            there = stage.to or there
        return self

    @property
    def declared_s(self) -> float:
        """How long the stages take that say so."""
        return sum(stage.duration_s or 0.0 for stage in self.stages)

    def fly(self, course: Course) -> None:
        place = course.craft.place
        if not isinstance(place, Landed) or place.center != "earth":
            raise LegEnded(Outcome.TARGET_MISSED, f"{self.name}: {self.craft} does not stand on the Earth; a parachute before would do")
        made = tuple(self.ways(course.setting, place, course.craft.epoch_s))
        for way in made:
            arc = carry(course.world, way.begins.r_fixed_m, way.ends.r_fixed_m, way.start_s, way.end_s, course.craft.mass_kg)
            course.arcs.append(arc)
            course.loads.append(course.craft.modules)
            course.craft = replace(course.craft, epoch_s=way.end_s, place=way.ends)
            course.note("transport", **way.told())
        course.note("delivered", **self.handed_over(course, made))
        self.judge(course, made)

    def ways(self, setting: Setting, place: Landed, epoch_s: float) -> Iterator[Way]:
        """The stages as they turn out, in order."""
        warm, draws = self.temperature_k, setting.draws
        for number, stage in enumerate(self.stages, 1):
            ends = place if stage.to is None else standing_at(setting, stage.to)
            metres = ground_distance_m(place.r_fixed_m, ends.r_fixed_m)
            seconds = stage.duration_s if stage.speed_m_s is None else metres / stage.speed_m_s
            assert seconds is not None
            around = stage.around_k + stage.around_error_k * float(draws.normal(self.name, f"temperature, stage {number}")[0])
            shock = stage.shock_m_s2 * math.exp(stage.shock_spread * float(draws.normal(self.name, f"shock, stage {number}")[0]))
            after = around + (warm - around) * math.exp(-seconds / self.time_constant_s)
            yield Way(number, stage, place, ends, epoch_s, epoch_s + seconds, metres, around, warm, after, shock)
            place, epoch_s, warm = ends, epoch_s + seconds, after

    def handed_over(self, course: Course, made: tuple[Way, ...]) -> dict[str, Any]:
        """What the event at the door says."""
        return {
            "site": made[-1].ends.site,
            "hours": (made[-1].end_s - made[0].start_s) / HOUR_S,
            "sample_mass_ug": sample_mass_ug(course.craft.modules),
            **treatment(made),
            **self.limits(),
        }

    def limits(self) -> dict[str, float]:
        """What the capsule may be given."""
        least, most = self.temperature_min_k, self.temperature_max_k
        return {"temperature_min_k": least, "temperature_max_k": most, "shock_limit_g": self.shock_limit_m_s2 / STANDARD_GRAVITY_M_S2}

    def judge(self, course: Course, made: tuple[Way, ...]) -> None:
        """Say how the capsule was treated; end the leg when that was beyond the limits."""
        wrong = [said for way in made for said in way.beyond(self)]
        if wrong:
            raise LegEnded(Outcome.DAMAGED, f"{self.name}: handed over at {made[-1].ends.site}, but {'; '.join(wrong)}")
        had = treatment(made)
        warm = f"{had['temperature_least_k']:.1f} to {had['temperature_most_k']:.1f} K"
        course.advice = f"handed over at {made[-1].ends.site}; {warm}, shocks of {had['shock_most_g']:.1f} g at most"


@dataclass(frozen=True)
class Way:
    """One stage as it turned out: where from and to, when, how far; temperatures around and before and after [K], greatest shock."""

    number: int
    stage: Stage
    begins: Landed
    ends: Landed
    start_s: float
    end_s: float
    metres: float
    around_k: float
    before_k: float
    after_k: float
    shock_m_s2: float

    @property
    def shock_g(self) -> float:
        return self.shock_m_s2 / STANDARD_GRAVITY_M_S2

    def told(self) -> dict[str, Any]:
        """What the event at the end of the stage says."""
        return {
            "by": self.stage.by,
            "from": None if self.stage.to is None else self.begins.site,
            "to": self.ends.site,
            "since_utc": utc_from_tdb(self.start_s),
            "distance_m": self.metres,
            "duration_s": self.end_s - self.start_s,
            "around_k": self.around_k,
            "temperature_least_k": min(self.before_k, self.after_k),
            "temperature_most_k": max(self.before_k, self.after_k),
            "shock_g": self.shock_g,
        }

    def beyond(self, allowed: Transport) -> Iterator[str]:
        """What passed the limits on this stage, by how much, and what would do."""
        where = f"{self.stage.by} (stage {self.number})"
        least, most = allowed.temperature_min_k, allowed.temperature_max_k
        if self.shock_m_s2 > allowed.shock_limit_m_s2:
            limit_g = allowed.shock_limit_m_s2 / STANDARD_GRAVITY_M_S2
            yield f"{where} gave it {self.shock_g:.1f} g, {limit_g:.1f} are allowed: a softer way would do"
        if self.after_k < min(least, self.before_k) or self.after_k > max(most, self.before_k):
            warmer, limit_k = ("warmer", least) if self.after_k < least else ("cooler", most)
            yield f"{where} left it at {self.after_k:.1f} K, {limit_k:.1f} are allowed: {warmer} surroundings or a shorter stage would do"


def treatment(made: tuple[Way, ...]) -> dict[str, float]:
    """The extremes of the whole way."""
    warm = [kelvin for way in made for kelvin in (way.before_k, way.after_k)]
    return {"temperature_least_k": min(warm), "temperature_most_k": max(warm), "shock_most_g": max(way.shock_g for way in made)}


def standing_at(setting: Setting, name: str) -> Landed:
    """A craft at a site of the Earth."""
    site = setting.sites[name]
    x, y, z = itrf_from_geodetic(site.latitude_rad, site.longitude_rad, site.altitude_m)
    return Landed("earth", (float(x), float(y), float(z)), name)
