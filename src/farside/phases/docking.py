"""Docking and what comes after: the last metres, the latch, the sample's way over, and the end of the craft that brought it.

*Model*: the points that are flown are the faces of the two docking ports; attitude is not integrated, its error at contact is drawn. The
capture is inelastic: the joined craft goes on with the momentum of both. The sample counts in the mass of the module it is aboard.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from farside.basis.constants import DAY_S
from farside.basis.declaration import Angle, Declaration, Distance, Duration, Length, Name, Speed
from farside.basis.epochs import utc_from_tdb
from farside.basis.roots import secant
from farside.craft.container import containers, sample_mass_ug, transferred
from farside.craft.module import Craft, Engine, Gone, Orbit
from farside.dynamics import propagate as p
from farside.dynamics.forces import Stop
from farside.dynamics.world import Point, burn_seconds, coast, descent_through, periapsis_height
from farside.guidance import rendezvous as law
from farside.guidance.command import Command, after_burn, along_velocity, vector
from farside.guidance.rendezvous import Relative
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome
from farside.phases.rendezvous import Sensors, beside, coast_both
from farside.phases.trigger import Trigger, coast_until

WAYPOINTS = (0.7, 0.45, 0.27, 0.14, 0.06, 0.02, 0.0)  # shares of the first distance between pulses: finer as the bearing gets finer
NEAR_M = 0.005  # the pulses are solved to half a centimetre
LATEST_FALL_S = 2.0 * DAY_S  # a craft that has not fallen by then stays in orbit


class Latch(Declaration):
    """What the latches take: speeds along and across their axis, how far off it, and how much turned; more is a miss."""

    closing_speed_m_s: Speed = Field(alias="closing_speed")
    lateral_speed_m_s: Speed = Field(alias="lateral_speed")
    offset_m: Distance = Field(alias="offset")
    misalignment_rad: Angle = Field(alias="misalignment")

    def refused(self, at: Relative, misalignment_rad: float) -> str:
        """Which limits a contact breaks and what would help, as a sentence; empty for a capture."""
        across, aside = float(np.hypot(*at.v_m_s[[0, 2]])), float(np.hypot(*at.r_m[[0, 2]]))
        limits = (
            ("closing at", -float(at.v_m_s[1]), self.closing_speed_m_s, "m/s", "a slower approach"),
            ("drifting across at", across, self.lateral_speed_m_s, "m/s", "a finer rate_error"),
            ("off axis by", aside, self.offset_m, "m", "a finer bearing_error"),
            ("turned by", math.degrees(misalignment_rad), math.degrees(self.misalignment_rad), "deg", "a finer attitude_error"),
        )
        broken = [
            f"{what} {size:.3g} {unit}, the latch takes {most:g}: {advice} would do"
            for what, size, most, unit, advice in limits
            if size > most
        ]
        return "; ".join(broken)


class Docking(Declaration):
    """From the last hold straight to `partner`, at `speed_m_s`, inside a cone of half-angle `corridor_rad`; the craft join as `craft`.

    Burns are `approach_1` ..; the event `docking` is the contact. `attitude_error_rad`: one sigma, each of two axes. *Limits*: the cone is
    looked at where pulses end; between them the craft swings out by up to a metre, near 85 m.
    """

    name: Name
    kind: Literal["docking"]
    craft: Name
    partner: Name
    module: Name
    engine: Name
    speed_m_s: Speed = Field(alias="speed")
    corridor_rad: Angle = Field(alias="corridor")
    attitude_error_rad: Angle = Field(alias="attitude_error")
    latch: Latch
    sensors: Sensors

    def fly(self, course: Course) -> None:
        first = self.sensors.seen(course, "approach")
        start_m = law.relative(*first).distance_m
        for number, (far, near) in enumerate(pairwise((1.0, *WAYPOINTS)), 1):
            arrival_s = course.craft.epoch_s + (far - near) * start_m / self.speed_m_s
            self._pulse(course, number, near * start_m, arrival_s)
            if near:
                coast_both(course, arrival_s)
                self._inside(course)
        coast_both(course, self._contact_s(course, arrival_s))
        self._latched(course)

    def _pulse(self, course: Course, number: int, to_m: float, arrival_s: float) -> None:
        """One small burn towards the next waypoint, from what the sensors say."""
        engine, event = course.craft.module(self.module).engine(self.engine), f"approach_{number}"
        own, other = self.sensors.seen(course, event)
        command = law.approach(course.world, own, other, engine, arrival_s, np.array([0.0, to_m, 0.0]), NEAR_M)
        course.burn(command, self.module, self.engine, event)
        coast_both(course, course.craft.epoch_s)

    def _inside(self, course: Course) -> None:
        """End the leg when the craft has left the cone, whose tip is as wide as the latch."""
        at = law.relative(course.point, beside(course).point)
        aside = float(np.hypot(*at.r_m[[0, 2]]))
        if aside > self.latch.offset_m + math.tan(self.corridor_rad) * max(0.0, float(at.r_m[1])):
            raise LegEnded(
                Outcome.TARGET_MISSED,
                f"{self.name}: {aside:.1f} m off the axis at {at.r_m[1]:.0f} m, outside {math.degrees(self.corridor_rad):.0f} deg;"
                " a finer bearing_error or a nearer last hold would do",
            )

    def _contact_s(self, course: Course, expected_s: float) -> float:
        """When the ports touch: the other craft is no longer ahead."""
        own, other = course.point, beside(course).point

        def ahead(seconds: float) -> float:
            ends = [coast(course.world, point, own.epoch_s + seconds).point for point in (own, other)]
            return float(law.relative(*ends).r_m[1])

        expected = max(expected_s - own.epoch_s, 1.0)
        seconds, left = secant(ahead, expected, expected + 1.0, 1e-6, limit=60.0)
        if abs(left) > 1e-3 or seconds < 0.0:
            raise LegEnded(Outcome.TARGET_MISSED, f"{self.name}: the craft do not touch, {left:.2f} m are left; another approach would do")
        return own.epoch_s + seconds

    def _latched(self, course: Course) -> None:
        """The contact, and the craft joined; ends the leg when the latches do not take it."""
        at = law.relative(course.point, beside(course).point)
        turned = self.attitude_error_rad * float(np.linalg.norm(course.setting.draws.normal(course.phase, "attitude at contact", 2)))
        refused = self.latch.refused(at, turned)
        if refused:
            raise LegEnded(Outcome.TARGET_MISSED, f"{self.name}: not captured, {refused}")
        course.note(
            "docking",
            closing_speed_m_s=-float(at.v_m_s[1]),
            lateral_speed_m_s=float(np.hypot(*at.v_m_s[[0, 2]])),
            misalignment_deg=math.degrees(turned),
            offset_m=float(np.hypot(*at.r_m[[0, 2]])),
            passive=self.partner,
        )
        joined = join(self.craft, course.craft, beside(course).craft)
        course.after = beside(course).after = (joined,)


def join(name: str, active: Craft, passive: Craft) -> Craft:
    """Both craft as one, where the active one is, with the momentum of both; `ValueError` unless both are in space at one epoch."""
    if active.epoch_s != passive.epoch_s or not (isinstance(active.place, Orbit) and isinstance(passive.place, Orbit)):
        raise ValueError(
            f"{active.name} and {passive.name} cannot join: {active.epoch_s} {active.place}, {passive.epoch_s} {passive.place}"
        )
    share = passive.mass_kg / (active.mass_kg + passive.mass_kg)
    v = np.array(active.place.v_m_s) * (1.0 - share) + np.array(passive.place.v_m_s) * share
    return Craft(name, (*active.modules, *passive.modules), active.epoch_s, replace(active.place, v_m_s=vector(v)))


class HandOver(Declaration):
    """The containers of the first module of `route` go over to the last, one module after the other, within `duration_s`.

    The steps take equal times; each is a `container_step`, the last a `sample_transfer`.
    """

    name: Name
    kind: Literal["hand_over"]
    craft: Name
    route: tuple[Name, ...] = Field(min_length=2)
    duration_s: Duration = Field(alias="duration")

    @model_validator(mode="after")
    def _leads_on(self) -> HandOver:
        if len(set(self.route)) < len(self.route):
            raise ValueError("a module of the route comes once: the sample goes from one to the next")
        return self

    def fly(self, course: Course) -> None:
        craft = course.craft
        aboard = containers(craft.module(self.route[0]))
        if not aboard:
            raise LegEnded(
                Outcome.TARGET_MISSED, f"{self.name}: {self.route[0]} carries no container; a surface phase that fills one would do"
            )
        before, start_s, steps = sample_mass_ug(craft.modules), craft.epoch_s, list(pairwise(self.route))
        for number, (giver, taker) in enumerate(steps, 1):
            course.coast(start_s + self.duration_s * number / len(steps))
            for container in aboard:
                given, taken = transferred(course.craft.module(giver), course.craft.module(taker), container.id)
                course.craft = course.craft.with_module(given).with_module(taken)
            after = sample_mass_ug(course.craft.modules)
            if after != before:
                raise RuntimeError(f"{self.name}: {before} ug of sample became {after} ug")
            event = "sample_transfer" if number == len(steps) else "container_step"
            course.note(event, giver=giver, taker=taker, containers=[c.id for c in aboard], sample_mass_ug=after)


class Disposal(Declaration):
    """A burn of `craft` after `when`, against its velocity, to a perilune so low that it falls; `event` is the impact.

    A craft without the propellant for that burns what it has; if it then does not fall within two days, it goes on in its orbit
    (`left_in_orbit`, with advice). *Model*: the burn lasts until the osculating perilune is at `perilune_altitude_m` (to 10 m), or until
    the tank is empty; the ground is a sphere `surface_altitude_m` above that of 1737.4 km. The impact predicted before the burn is told
    with the impact flown.
    """

    name: Name
    kind: Literal["disposal"]
    craft: Name
    event: Name
    module: Name
    engine: Name
    when: Trigger
    perilune_altitude_m: Length = Field(alias="perilune_altitude")
    surface_altitude_m: Length = Field(alias="surface_altitude")

    def fly(self, course: Course) -> None:
        coast_until(course, self.when)
        engine = course.craft.module(self.module).engine(self.engine)
        known = course.fix("deorbit")
        command = self._deorbit(course, known, engine)
        predicted = coast(course.world, after_burn(course.world, known, command, engine), known.epoch_s + LATEST_FALL_S, self._ground())
        course.burn(command, self.module, self.engine, "deorbit")
        if predicted.status == p.STOPPED and course.coast(known.epoch_s + LATEST_FALL_S, self._ground()):
            self._fallen(course, predicted.point)
        else:
            course.note(
                "left_in_orbit",
                perilune_altitude_km=periapsis_height(course.point) / 1e3,
                advice=f"{self.module} had {command.delta_v_m_s:.1f} m/s left; more propellant would do",
            )

    def _ground(self) -> Stop:
        return descent_through(self.surface_altitude_m)

    def _deorbit(self, course: Course, known: Point, engine: Engine) -> Command:
        """Against the velocity, now, down to the perilune asked for, or with all that is left in the tank."""
        tank = course.craft.module(self.module)
        most = engine.exhaust_speed_m_s * math.log(known.mass_kg / (known.mass_kg - 0.999 * tank.propellant_kg))
        middle_s = known.epoch_s + 0.6 * burn_seconds(known.mass_kg, most, engine.thrust_n, engine.exhaust_speed_m_s)

        def command(delta_v: float) -> Command:
            return along_velocity(course.world, known, middle_s, -delta_v, engine)

        def high(delta_v: float) -> float:
            return periapsis_height(after_burn(course.world, known, command(delta_v), engine)) - self.perilune_altitude_m

        if high(most) > 0.0:
            return command(most)
        return command(secant(high, 0.5 * most, most, 10.0)[0])

    def _fallen(self, course: Course, predicted: Point) -> None:
        """The impact, with how far it is from the one predicted, and the craft gone."""
        at = course.point
        miss = float(np.linalg.norm(course.world.moon_me(at.epoch_s) @ at.r_m - course.world.moon_me(predicted.epoch_s) @ predicted.r_m))
        course.note(self.event, predicted_utc=utc_from_tdb(predicted.epoch_s), prediction_miss_m=miss)
        why = f"fell at {np.linalg.norm(at.v_m_s):.0f} m/s, {utc_from_tdb(at.epoch_s)}"
        course.after = (replace(course.craft, place=Gone("moon", why)),)
