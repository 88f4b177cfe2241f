"""Capture into an orbit of the Moon, and the way down to a circle.

Every burn is solved again from a fix an hour before it, with the plan's value as seed: the capture for the apolune, the turn at an apolune
for the height of the next perilune (its normal part is the plan's), the further ones for the period, the last for the epoch over the site.
"""

from __future__ import annotations

import itertools
from typing import Literal

from pydantic import Field, model_validator

from farside.basis.constants import DAY_S, MOON_RADIUS_M
from farside.basis.declaration import Altitude, Declaration, Distance, Epoch, Name, Period
from farside.dynamics.events import distance_rate, passages
from farside.dynamics.world import Point, apsis
from farside.guidance import lunar
from farside.phases.course import Course
from farside.planning.lunar_plane import site_direction

FIX_BEFORE_S = 3600.0  # the orbit determination that a burn is commanded from


class Capture(Declaration):
    """The burn `loi_1` around perilune, into an ellipse with these altitudes above the sphere of 1737.4 km.

    Within `apolune_tolerance_m`, if given, the plan may choose another apolune so that the craft comes over the landing site in time.
    """

    name: Name
    kind: Literal["capture"]
    craft: Name
    module: Name
    engine: Name
    perilune_altitude_m: Altitude = Field(alias="perilune_altitude")
    apolune_altitude_m: Altitude = Field(alias="apolune_altitude")
    apolune_tolerance_m: Distance | None = Field(default=None, alias="apolune_tolerance")

    @model_validator(mode="after")
    def _apsides_in_order(self) -> Capture:
        if self.perilune_altitude_m > self.apolune_altitude_m:
            raise ValueError("perilune_altitude must not be more than apolune_altitude")
        return self

    def fly(self, course: Course) -> None:
        plan = course.setting.plan
        assert plan.perilune is not None
        course.coast(plan.perilune.epoch_s - FIX_BEFORE_S, center="moon")
        known = course.fix("loi_1")
        engine = course.craft.module(self.module).engine(self.engine)
        apolune_m = plan.lunar.apolune_m if plan.lunar else MOON_RADIUS_M + self.apolune_altitude_m
        seed = plan.lunar.capture_m_s if plan.lunar else lunar.capture_seed(course.world, known, apolune_m)
        course.burn(lunar.capture(course.world, known, engine, apolune_m, seed), self.module, self.engine, "loi_1")
        if not passages(course.arcs[-2:], distance_rate):
            course.coast(course.craft.epoch_s + DAY_S, apsis(True))
            course.note("perilune")
        for arc, epoch_s in passages(course.arcs[-2:], distance_rate)[:1]:
            course.note_at("perilune", arc, epoch_s)


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

    def fly(self, course: Course) -> None:
        plan, landing, world = course.setting.plan.lunar, course.setting.landing, course.world
        assert plan is not None and landing is not None
        engine = course.craft.module(self.module).engine(self.engine)
        first = lunar.ellipse_period(plan.turned_perilune_m, plan.apolune_m)
        known = self._fix_before(course, plan.turn_s, first, "loi_2")
        apolune_s = lunar.apsis_near(world, known, plan.turn_s, False).epoch_s
        command = lunar.turn(world, known, engine, apolune_s, plan.normal_m_s, plan.lowered[0].perilune_s, plan.turned_perilune_m)
        course.burn(command, self.module, self.engine, "loi_2")
        periods = (first, *(lowered.period_s for lowered in plan.lowered if lowered.period_s is not None))
        for number, (lowered, period_s) in enumerate(zip(plan.lowered, periods, strict=True), 3):
            event = f"loi_{number}"
            known = self._fix_before(course, lowered.perilune_s, period_s, event)
            perilune_s = lunar.apsis_near(world, known, lowered.perilune_s, True).epoch_s
            if lowered.period_s is not None:
                command = lunar.lower(world, known, engine, perilune_s, lowered.period_s, lowered.delta_v_m_s)
            else:
                site = site_direction(world, landing.site_moon_me, landing.touchdown_s)
                command = lunar.circularise(world, known, engine, perilune_s, landing.touchdown_s, site, lowered.delta_v_m_s)
            course.burn(command, self.module, self.engine, event)

    def _fix_before(self, course: Course, apsis_s: float, period_s: float, event: str) -> Point:
        """What is known an hour before a planned apsis, or a third of a revolution if that is longer: after weeks it may come early."""
        course.coast(max(course.craft.epoch_s, apsis_s - max(FIX_BEFORE_S, period_s / 3.0)))
        return course.fix(event)
