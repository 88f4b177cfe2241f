"""The ascent: lift-off from the ground by the clock, and a closed loop into the orbiter's plane.

Guidance (`guidance.ascent`) sees the estimate alone; the plane and the price come from `planning.ascent`. The leg ends at insertion, or
with an outcome that says what happened and what would help.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.declaration import Altitude, Angle, Declaration, Distance, Name, Period
from farside.basis.twobody import angle_between, cross
from farside.craft.module import Craft, Landed, State
from farside.dynamics.closed_loop import DRY, LANDED, Engine, Turning
from farside.dynamics.insertion import INSERTED, Inertial
from farside.dynamics.world import apsides
from farside.guidance.ascent import Ascent as Loop
from farside.guidance.ascent import fly_ascent
from farside.guidance.powered_explicit import lacking
from farside.phases.course import Course, LegEnded, in_motion, point_of
from farside.phases.leg import Outcome
from farside.planning.ascent import Ascender, AscentPlan, ascent_law, plan_ascent
from farside.planning.lunar_plane import PlanError

Array = NDArray[np.float64]


class Ascent(Declaration):
    """Lift-off at the goals' epoch (`ascent_liftoff`), `vertical_rise` long upwards, then into an ellipse in the plane of `target`.

    Altitudes are above the sphere of 1737.4 km; insertion is at perilune. The tolerances, of both altitudes and of the plane, are what
    the phases after can take up.
    """

    name: Name
    kind: Literal["ascent"]
    craft: Name
    target: Name
    module: Name
    engine: Name
    engine_lag_s: Period = Field(alias="engine_lag")
    turn_rate_rad_s: Angle = Field(alias="turn_in_a_second")
    turn_acceleration_rad_s2: Angle = Field(alias="turn_gained_in_a_second")
    vertical_rise_s: Period = Field(alias="vertical_rise")
    perilune_altitude_m: Altitude = Field(alias="perilune_altitude")
    apolune_altitude_m: Altitude = Field(alias="apolune_altitude")
    altitude_tolerance_m: Distance = Field(alias="altitude_tolerance")
    plane_tolerance_rad: Angle = Field(alias="plane_tolerance")

    @model_validator(mode="after")
    def _can_be_flown(self) -> Ascent:
        if self.perilune_altitude_m > self.apolune_altitude_m:
            raise ValueError("perilune_altitude must not be more than apolune_altitude")
        if not (self.turn_rate_rad_s > 0.0 and self.turn_acceleration_rad_s2 > 0.0):
            raise ValueError("turn_in_a_second and turn_gained_in_a_second must be above 0 deg")
        return self

    def fly(self, course: Course) -> None:
        landing = course.setting.landing
        assert landing is not None
        place = self.place(course, landing.lift_off_s)
        plan = self.plan(course, place)
        known = course.fix("ascent_liftoff")
        course.craft = in_motion(course.world, course.craft)
        status, rows = fly_ascent(course.world, course.point, known, self.loop(course, plan))
        course.powered("ascent_liftoff", self.module, self.engine, rows)
        self.judge(course, plan, status)

    def place(self, course: Course, lift_off_s: float) -> Landed:
        """Where the craft stands, having waited for lift-off; the leg ends when it does not stand, or stands there too late."""
        place = course.craft.place
        if not isinstance(place, Landed):
            raise LegEnded(Outcome.TARGET_MISSED, f"{course.craft.name} has not landed, so it cannot lift off; a descent before would do")
        late_s = course.craft.epoch_s - lift_off_s
        if late_s > 0.0:
            raise LegEnded(Outcome.TARGET_MISSED, f"lift-off has passed by {late_s:.0f} s; a shorter stay or a later lift_off would do")
        course.coast(lift_off_s)
        return place

    def plan(self, course: Course, place: Landed) -> AscentPlan:
        """The target in the orbiter's plane and the nominal price."""
        flying = course.craft
        orbiter = point_of(State(course.others).craft(self.target))
        perilune, apolune = MOON_RADIUS_M + self.perilune_altitude_m, MOON_RADIUS_M + self.apolune_altitude_m
        ascender = self.ascender(flying)
        try:
            return plan_ascent(course.world, place, flying.epoch_s, orbiter, ascender, perilune, apolune)
        except PlanError as error:
            raise LegEnded(Outcome.TARGET_MISSED, str(error)) from None

    def ascender(self, flying: Craft) -> Ascender:
        """What lifts off, nominal."""
        engine = flying.module(self.module).engine(self.engine)
        nominal = Engine(engine.thrust_n, engine.thrust_n, engine.exhaust_speed_m_s, self.engine_lag_s)
        return Ascender(flying.mass_kg, self.vertical_rise_s, nominal, Turning(self.turn_rate_rad_s, self.turn_acceleration_rad_s2))

    def loop(self, course: Course, plan: AscentPlan) -> Loop:
        """The ascent of this run: the law of the plan; thrust and accelerometer as they turn out."""
        ascender, errors, draw = self.ascender(course.craft), course.setting.dispersions, course.setting.draws
        sigma_thrust, sigma_scale = (errors.thrust, errors.accelerometer) if errors else (0.0, 0.0)
        thrust = ascender.engine.thrust_max_n * (1.0 + sigma_thrust * float(draw.normal(course.phase, "thrust")[0]))
        scale = sigma_scale * float(draw.normal(course.phase, "accelerometer scale")[0])
        law = ascent_law(ascender, plan.perilune_m, plan.apolune_m, plan.normal)
        engine = ascender.engine._replace(thrust_min_n=thrust, thrust_max_n=thrust)
        dry_kg = course.craft.mass_kg - course.craft.module(self.module).propellant_kg
        return Loop(law, engine, ascender.turning, Inertial(np.zeros(3), scale), dry_kg)

    def judge(self, course: Course, plan: AscentPlan, status: int) -> None:
        """The insertion and its limits, or why there was none."""
        point, name = course.point, course.craft.name
        if status == DRY:
            law = ascent_law(self.ascender(course.craft), plan.perilune_m, plan.apolune_m, plan.normal)
            short = float(lacking(point.r_m, point.v_m_s, law.semi_major_m, GM_MOON_M3_S2))
            more_kg = point.mass_kg * -math.expm1(-short / law.exhaust_m_s)
            raise LegEnded(
                Outcome.PROPELLANT_EXHAUSTED,
                f"{self.module} ran dry {short:.1f} m/s before insertion: about {more_kg:.1f} kg more are needed"
                f" ({plan.propellant_kg:.1f} kg nominal); more propellant, less dry mass or a shorter vertical_rise would do",
            )
        if status == LANDED:
            raise LegEnded(Outcome.TARGET_MISSED, f"{name} does not rise: its thrust does not carry its weight; more thrust would do")
        if status != INSERTED:
            raise LegEnded(Outcome.TARGET_MISSED, f"{name} burns on past its target; faster turning or a plane nearer the site would do")
        self.note_insertion(course, plan)

    def note_insertion(self, course: Course, plan: AscentPlan) -> None:
        """The event with totals and orbit; the leg ends when the orbit is outside the tolerances."""
        point, burn = course.point, course.burns[-1]
        perilune, apolune = (radius - MOON_RADIUS_M for radius in apsides(point))
        off = angle_between(cross(point.r_m, point.v_m_s), np.array(plan.normal))
        course.note(
            "ascent_insertion",
            delta_v_m_s=burn.delta_v_m_s,
            duration_s=burn.cutoff_s - burn.ignition_s,
            propellant_kg=burn.propellant_kg,
            ignition_mass_kg=burn.ignition_mass_kg,
            periapsis_altitude_km=perilune / 1e3,
            apoapsis_altitude_km=apolune / 1e3,
            plane_error_deg=math.degrees(off),
            out_of_plane_at_liftoff_deg=math.degrees(plan.out_of_plane_rad),
            plane_price_m_s=plan.plane_price_m_s,
        )
        wrong = max(abs(perilune - self.perilune_altitude_m), abs(apolune - self.apolune_altitude_m))
        if wrong > self.altitude_tolerance_m or off > self.plane_tolerance_rad:
            raise LegEnded(
                Outcome.TARGET_MISSED,
                f"inserted into {perilune / 1e3:.1f} x {apolune / 1e3:.1f} km, {math.degrees(off):.3f} deg out of the plane: outside"
                " altitude_tolerance or plane_tolerance; better navigation or wider tolerances would do",
            )
