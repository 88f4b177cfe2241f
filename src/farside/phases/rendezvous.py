"""Phasing and rendezvous: the phases of two craft, of which one has engines on and the other coasts.

Each craft has a leg of its own. Far apart each knows its own orbit (`Course.fix`); near each other the active craft measures range and
bearing of the passive one. *Navigation model*: Gaussian errors of the declared sizes, drawn anew for each burn; none without dispersions.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from farside.basis.constants import DAY_S
from farside.basis.declaration import Altitude, Angle, Declaration, Distance, Duration, Epoch, Fraction, Length, Name, Speed
from farside.basis.twobody import cross, unit
from farside.craft.module import Engine
from farside.dynamics.world import Point, burn_seconds, coast
from farside.guidance import rendezvous as law
from farside.guidance.lunar import GuidanceError
from farside.guidance.rendezvous import Relative
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome
from farside.planning import rendezvous as planning

Array = NDArray[np.float64]
FIX_BEFORE_S = 1800.0  # the orbit determination that a phasing burn is commanded from
MOST_TRIMS = 3  # burns after braking at a hold point, until free drift from there misses
LEAST_BURN_M_S = 1e-3  # smaller ones are noted and not flown
FREE_DRIFT_S = DAY_S  # for so long the craft must miss each other after control is lost at a hold point


class Sensors(Declaration):
    """One-sigma errors of relative navigation: a share of the range, an angle of the bearing (each of two), a speed (each of three)."""

    range_error: Fraction
    bearing_error_rad: Angle = Field(alias="bearing_error")
    rate_error_m_s: Speed = Field(alias="rate_error")

    def seen(self, course: Course, what: str) -> tuple[Point, Point]:
        """Both craft as the active one knows them now: itself by its own fix, the other from there; `what` names the draws."""
        other = beside(course)
        truth, own = law.relative(course.point, other.point), course.fix(what)
        off = course.setting.draws.normal(course.phase, f"relative navigation, {what}", 6)
        line = unit(truth.r_m)
        across = unit(cross(line, np.eye(3)[int(np.argmin(np.abs(line)))]))
        error = self.range_error * off[0] * line + self.bearing_error_rad * (off[1] * across + off[2] * cross(line, across))
        known = Relative(truth.r_m + truth.distance_m * error, truth.v_m_s + self.rate_error_m_s * off[3:])
        return own, law.displaced(own, known, other.craft.mass_kg)


def beside(course: Course) -> Course:
    """The course of the other craft of a phase of two; a programmer's mistake where there is none."""
    if course.partner is None:
        raise ValueError(f"{course.phase} moves two craft, and was given {course.craft.name} alone")
    return course.partner


def coast_both(course: Course, until_s: float) -> None:
    """Move both craft without thrust to an epoch; the one that is there already stays."""
    for one in (course, beside(course)):
        if one.craft.epoch_s < until_s:
            one.coast(until_s)


class Phasing(Declaration):
    """The burns `phasing_1` to `phasing_4` of `craft`: at `meeting_s` it is `ahead_m` ahead of and `above_m` above the coasting `partner`.

    The phasing orbit is not laid below `lowest_altitude_m`.
    """

    name: Name
    kind: Literal["phasing"]
    craft: Name
    partner: Name
    module: Name
    engine: Name
    meeting_s: Epoch = Field(alias="meeting")
    ahead_m: Distance = Field(alias="ahead")
    above_m: Length = Field(alias="above")
    lowest_altitude_m: Altitude = Field(alias="lowest_altitude")

    def fly(self, course: Course) -> None:
        other, engine = beside(course), course.craft.module(self.module).engine(self.engine)
        goal = planning.MeetingGoal(self.meeting_s, self.ahead_m, self.above_m, self.lowest_altitude_m)
        world = course.world
        phasing = planning.plan(world, course.fix("phasing"), other.fix("phasing"), engine, goal)
        for stage in (1, 2, 3, 4):
            event = f"phasing_{stage}"
            coast_both(course, phasing.middles_s[stage - 1] - FIX_BEFORE_S)
            known, meeting = course.fix(event), coast(world, other.fix(event), self.meeting_s).point
            phasing = planning.solved(world, known, meeting, engine, goal, phasing, stage)
            command, least = planning.command(world, known, engine, phasing, stage), course.setting.minimum_correction_m_s
            if command.delta_v_m_s < max(least, LEAST_BURN_M_S):
                course.note(event, delta_v_m_s=0.0, needed_m_s=command.delta_v_m_s, minimum_m_s=least)
            else:
                course.burn(command, self.module, self.engine, event)
        coast_both(course, self.meeting_s)


class Hold(Declaration):
    """A place behind the other craft on its orbit, reached in `transfer_s`; the craft stays there for `stay_s`."""

    distance_m: Distance = Field(alias="distance")
    transfer_s: Duration = Field(alias="transfer")
    stay_s: Duration = Field(alias="stay")


class Rendezvous(Declaration):
    """From `rendezvous_start` through hold points behind `partner`, the last left at `leave_s`; the first stay takes what is left.

    From each hold both craft, drifting freely for a day, must stay `keep_out_m` apart; `opening_m_s` is the speed with which the craft lets
    the other go there. Burns are `transfer_1`, `braking_1` .., one pair to a hold,
    and `trim_1_1` .. where braking left a drift that does not miss.
    """

    name: Name
    kind: Literal["rendezvous"]
    craft: Name
    partner: Name
    module: Name
    engine: Name
    leave_s: Epoch = Field(alias="leave")
    holds: tuple[Hold, ...] = Field(min_length=1)
    keep_out_m: Distance = Field(alias="keep_out")
    opening_m_s: Speed = Field(alias="opening")
    sensors: Sensors

    @model_validator(mode="after")
    def _nearer_and_nearer(self) -> Rendezvous:
        distances = [hold.distance_m for hold in self.holds]
        if sorted(distances, reverse=True) != distances or distances[-1] <= self.keep_out_m:
            raise ValueError("holds must come nearer one by one, and none may be inside keep_out")
        return self

    def fly(self, course: Course) -> None:
        seen = law.relative(course.point, beside(course).point)
        course.note("rendezvous_start", ahead_m=float(seen.r_m[1]), above_m=float(seen.r_m[0]), aside_m=float(seen.r_m[2]))
        spare = self.leave_s - course.craft.epoch_s - sum(hold.transfer_s + hold.stay_s for hold in self.holds)
        if spare < 0.0:
            raise GuidanceError(
                f"{self.name}: {-spare:.0f} s too few between the start and `leave`; shorter transfers or stays or a later `leave` would do"
            )
        for number, hold in enumerate(self.holds, 1):
            self._to(course, number, hold)
            last = number == len(self.holds)
            coast_both(course, self.leave_s if last else course.craft.epoch_s + hold.stay_s + (spare if number == 1 else 0.0))

    def _to(self, course: Course, number: int, hold: Hold) -> None:
        """To a hold point, and at rest there but for the opening speed; trimmed until free drift from there misses."""
        engine, event = course.craft.module(self.module).engine(self.engine), f"transfer_{number}"
        arrival_s, place = course.craft.epoch_s + hold.transfer_s, np.array([0.0, hold.distance_m, 0.0])
        own, other = self.sensors.seen(course, event)
        command = law.approach(course.world, own, other, engine, arrival_s, place, 1e-3 * hold.distance_m)
        course.burn(command, self.module, self.engine, event)
        coast_both(course, course.craft.epoch_s)
        coast_both(course, arrival_s - self._half_braking_s(course, arrival_s, engine, f"before braking_{number}"))
        for event in (f"braking_{number}", *(f"trim_{number}_{k}" for k in range(1, MOST_TRIMS + 1))):
            own, other = self.sensors.seen(course, event)
            braking = law.brake(course.world, own, other, engine, self._rest(own, other))
            if braking is not None:
                course.burn(braking, self.module, self.engine, event)
                coast_both(course, course.craft.epoch_s)
            miss = self._adrift(course, event)
            if miss >= self.keep_out_m:
                break
        self._held(course, number, hold, miss)

    def _rest(self, own: Point, other: Point) -> Array:
        """The relative rate to have at a hold point."""
        return law.safe_rate(own, law.relative(own, other), self.opening_m_s)

    def _half_braking_s(self, course: Course, arrival_s: float, engine: Engine, what: str) -> float:
        """Half of how long the braking will last, from what is known after the transfer burn."""
        own, other = self.sensors.seen(course, what)
        end = [coast(course.world, point, arrival_s).point for point in (own, other)]
        speed = float(np.linalg.norm(law.relative(*end).v_m_s - self._rest(*end)))
        return 0.5 * burn_seconds(own.mass_kg, speed, engine.thrust_n, engine.exhaust_speed_m_s)

    def _adrift(self, course: Course, after: str) -> float:
        """The least distance within a day of free drift from here, as far as is known here."""
        return law.closest(course.world, *self.sensors.seen(course, f"after {after}"), FREE_DRIFT_S)

    def _held(self, course: Course, number: int, hold: Hold, miss_m: float) -> None:
        """Note the hold and what free drift from it comes to; ends the leg when that is inside the keep-out sphere."""
        seen = law.relative(course.point, beside(course).point)
        course.note(f"hold_{number}", distance_m=seen.distance_m, free_drift_closest_m=miss_m)
        if miss_m < self.keep_out_m:
            raise LegEnded(
                Outcome.TARGET_MISSED,
                f"{self.name}: adrift from the hold at {hold.distance_m:.0f} m the craft pass at {miss_m:.0f} m within a day, inside the"
                f" {self.keep_out_m:.0f} m to keep out of; a larger `opening` or a finer `rate_error` would do",
            )
