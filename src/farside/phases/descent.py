"""The descent: out of lunar orbit, braking, approach, hover, sideways to the safe spot, and down.

The ellipse and the ignition are solved from a fix; the powered part is a closed loop in which guidance sees the estimate alone
(`guidance.descent`, `dynamics.closed_loop`). The leg ends `Landed`, or with an outcome that says what happened and what would help.
"""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from farside.basis.constants import MOON_RADIUS_M
from farside.basis.declaration import (
    Acceleration,
    Altitude,
    Angle,
    Declaration,
    Distance,
    Duration,
    Elevation,
    Fraction,
    Name,
    Period,
    Speed,
    Thrust,
)
from farside.craft.module import Landed
from farside.dynamics import closed_loop as loop
from farside.dynamics.world import Point, coast
from farside.environment.landing_spot import Limits, Spot, safe_spot
from farside.environment.terrain import Terrain
from farside.guidance import descent as law
from farside.guidance import touchdown
from farside.guidance.command import Command, vector
from farside.guidance.lunar import GuidanceError
from farside.phases.course import Course, LegEnded
from farside.phases.faults import answer, lost_nozzle, silent
from farside.phases.go_ahead import Asked, refused, way_down
from farside.phases.landing import Allowed, Contact, Fallen, astray, contact, judged
from farside.phases.leg import Outcome
from farside.planning.lunar_plane import LandingGoal

Array = NDArray[np.float64]
FIX_BEFORE_S = 5400.0  # the orbit determination that the descent ellipse is commanded from
FIX_AFTER_S = 1800.0  # after the burn into the ellipse, the fix that the ignition is commanded from
ALTIMETER_BELOW_M, ALTIMETER_S = 15e3, 5.0  # facts L8, T10: from ignition on; assumed: time constant of the filter
RADAR_BELOW_M, RADAR_S = 3e3, 2.0  # assumed: a velocity radar works from the high gate on
IMAGE_BELOW_M, IMAGE_S = 2.5e3, 4.0  # assumed: the image fix needs the site in view
GAUGE_BELOW_M = 30.0  # assumed: a gamma-ray gauge under the legs, the sensor that cuts the engine off
HILLS_M = (2.1e3, 5.3e3, 11.7e3, 29e3)  # assumed: wavelengths of the ground before the site, from craters to basin floor
STEADY = 0.5  # assumed: share of the variance of heights and speeds that does not change in the minutes of a descent: mounting, calibration
LONGEST_S = 1600.0  # of powered flight before the leg is given up
LONGEST_HEARD_S = 3600.0  # the ellipse and the braking take little more
_INSTEAD = "a landing site on gentler or smoother ground would do, or, where the slope is what is too much, a larger tilt_max"


@functools.lru_cache(maxsize=2)
def _spot(terrain: Terrain, footpad_radius_m: float, tilt_max_rad: float) -> Spot:
    """Where to land on a ground: the same in every run, looked for once a process."""
    return safe_spot(terrain, footpad_radius_m, Limits(slope_rad=tilt_max_rad))


class Descent(Declaration):
    """The burn `doi` into an ellipse with its perilune where braking begins (`pdi`), and the powered descent to the landing site.

    `nominal_throttle` is what braking is planned with; the reserve above it corrects the range. The gate is where the quick attitude
    adjustment begins: its height above the site, range before it, and speeds along and down. The limits are of the touchdown. Before `doi`
    is commanded the Sun's elevation at touchdown and who hears the last `heard_before_s` of the way down must be as declared.
    """

    name: Name
    kind: Literal["descent"]
    craft: Name
    module: Name
    engine: Name
    thrust_min_n: Thrust = Field(alias="thrust_min")
    engine_lag_s: Period = Field(alias="engine_lag")
    turn_rate_rad_s: Angle = Field(alias="turn_in_a_second")
    turn_acceleration_rad_s2: Angle = Field(alias="turn_gained_in_a_second")
    nominal_throttle: Fraction
    perilune_altitude_m: Altitude = Field(alias="perilune_altitude")
    gate_height_m: Distance = Field(alias="gate_height")
    gate_range_m: Distance = Field(alias="gate_range")
    gate_speed_along_m_s: Speed = Field(alias="gate_speed_along")
    gate_speed_down_m_s: Speed = Field(alias="gate_speed_down")
    adjust_time_s: Duration = Field(alias="adjust_time")
    approach_time_s: Period = Field(alias="approach_time")
    hover_height_m: Distance = Field(alias="hover_height")
    hover_time_s: Duration = Field(alias="hover_time")
    avoidance_time_s: Period = Field(alias="avoidance_time")
    final_height_m: Distance = Field(alias="final_height")
    final_rate_m_s: Speed = Field(alias="final_rate")
    cut_off_height_m: Distance = Field(alias="cut_off_height")
    vertical_speed_max_m_s: Speed = Field(alias="vertical_speed_max")
    horizontal_speed_max_m_s: Speed = Field(alias="horizontal_speed_max")
    tilt_max_rad: Angle = Field(alias="tilt_max")
    target_miss_max_m: Distance | None = Field(default=None, alias="target_miss_max")
    footpad_radius_m: Distance = Field(alias="footpad_radius")
    accelerometer_bias_m_s2: Acceleration = Field(alias="accelerometer_bias")
    accelerometer_scale: Fraction
    altimeter_noise_m: Distance = Field(alias="altimeter_noise")
    radar_noise_m_s: Speed = Field(alias="radar_noise")
    image_noise_m: Distance = Field(alias="image_noise")
    gauge_noise_m: Distance = Field(alias="gauge_noise")
    hills_m: Distance = Field(alias="hills")
    sun_elevation_min_rad: Elevation | None = Field(default=None, alias="sun_elevation_min")
    sun_elevation_max_rad: Elevation | None = Field(default=None, alias="sun_elevation_max")
    heard_before_s: Period | None = Field(default=None, alias="heard_before")

    @model_validator(mode="after")
    def _can_be_asked(self) -> Descent:
        low, high = self.sun_elevation_min_rad, self.sun_elevation_max_rad
        if low is not None and high is not None and not low < high:
            raise ValueError("sun_elevation_min must be less than sun_elevation_max")
        if self.heard_before_s is not None and self.heard_before_s > LONGEST_HEARD_S:
            raise ValueError(f"heard_before must be at most {LONGEST_HEARD_S / 60.0:.0f} min: the craft goes round the Moon before that")
        return self

    def descent_law(self, thrust_max_n: float, radius_m: float) -> law.DescentLaw:
        """The declared numbers as guidance takes them."""
        gate = law.Gate(-self.gate_range_m, self.gate_height_m, self.gate_speed_along_m_s, -self.gate_speed_down_m_s)
        return law.DescentLaw(
            self.nominal_throttle * thrust_max_n,
            gate,
            self.adjust_time_s,
            self.hover_height_m,
            self.hover_time_s,
            self.approach_time_s,
            self.avoidance_time_s,
            self.final_height_m,
            self.final_rate_m_s,
            self.cut_off_height_m,
            radius_m,
        )

    def fly(self, course: Course) -> None:
        landing, world = course.setting.landing, course.world
        assert landing is not None
        engine = course.craft.module(self.module).engine(self.engine)
        over = coast(world, course.point, landing.touchdown_s).point
        triad = touchdown.site_triad(world, landing.site_moon_me, over)
        terrain = course.setting.terrain
        spot = _spot(terrain, self.footpad_radius_m, self.tilt_max_rad)
        if not spot.safe:
            raise LegEnded(Outcome.NO_SAFE_GROUND, f"{self.name}: {terrain.label}: {spot.why}; {_INSTEAD}")
        descent = self.descent(course, landing, triad, terrain, spot)
        course.coast(landing.touchdown_s - FIX_BEFORE_S - 3600.0)
        perilune_m = MOON_RADIUS_M + self.perilune_altitude_m
        known = course.fix("doi")
        command = touchdown.plan_descent(world, known, engine, descent, perilune_m, landing.touchdown_s)
        self.go_ahead(course, landing, known, command, descent)
        course.burn(command, self.module, self.engine, "doi")
        course.coast(course.craft.epoch_s + FIX_AFTER_S)
        course.coast(self.ignition(course, descent, command.delta_v_m_s, landing.height_m))
        self.land(course, descent, landing, spot)

    def ignition(self, course: Course, descent: touchdown.Descent, asked_m_s: float, ground_m: float) -> float:
        """When braking begins, from a fix; a craft that cannot brake to its site flies on, to the ground if its ellipse leads there."""
        try:
            return touchdown.ignition(course.world, course.fix("pdi"), descent)
        except GuidanceError as error:
            raise astray(course, self.name, self.perilune_altitude_m, asked_m_s, ground_m, error) from None

    def go_ahead(self, course: Course, landing: LandingGoal, known: Point, command: Command, descent: touchdown.Descent) -> None:
        """Nothing when contact and light are as declared; else the craft holds in its orbit until the epoch of the touchdown."""
        asked = Asked(self.sun_elevation_min_rad, self.sun_elevation_max_rad, self.heard_before_s)
        way = None
        if asked.heard_before_s is not None:
            engine, steps = course.craft.module(self.module).engine(self.engine), round(LONGEST_S / touchdown.STEP_S)
            way = way_down(course.world, known, command, engine, descent, asked.heard_before_s, steps)
        refusal = refused(course.world, course.setting.network, landing, asked, way) if asked.anything else None
        if refusal is None:
            return
        course.note("descent_held", **refusal.data)
        course.coast(landing.touchdown_s)
        raise LegEnded(refusal.outcome, f"{self.name}: {refusal.advice}")

    def descent(self, course: Course, landing: LandingGoal, triad: Array, terrain: Terrain, spot: Spot) -> touchdown.Descent:
        """The descent of this run: the declared law, and the engine, sensors and ground as they turn out."""
        module = course.craft.module(self.module)
        engine, radius = module.engine(self.engine), MOON_RADIUS_M + landing.height_m
        along = touchdown.along_from_east(triad)
        c, s = math.cos(along), math.sin(along)
        return touchdown.Descent(
            self.descent_law(engine.thrust_n, radius),
            loop.Engine(self.thrust_min_n, engine.thrust_n, engine.exhaust_speed_m_s, self.engine_lag_s),
            loop.Turning(self.turn_rate_rad_s, self.turn_acceleration_rad_s2),
            self.sensors(course),
            loop.Ground(triad, radius, terrain.relief, along, self.hills(course)),
            (c * spot.east_m + s * spot.north_m, -s * spot.east_m + c * spot.north_m),
            course.craft.mass_kg - module.propellant_kg,
            self.failure(course),
        )

    def failure(self, course: Course) -> loop.Failure:
        """How the engine fails in this flight, if it does; and how much it gives of what it is asked for, as this run has drawn it."""
        faults, errors = course.setting.faults, course.setting.dispersions
        sigma = errors.thrust if errors else 0.0
        gives = answer(faults, self.name) * (1.0 + sigma * float(course.setting.draws.normal(course.phase, "thrust")[0]))
        lost = lost_nozzle(faults, self.name)
        return loop.Failure(lost.below_m, lost.thrust, lost.lean_rad, gives) if lost else loop.SOUND._replace(answer=gives)

    def sensors(self, course: Course) -> loop.Sensors:
        """The sensors of this run: accelerometer errors drawn, the others by their declared noise (none in a nominal flight)."""
        draw, on = course.setting.draws, float(course.setting.draws.enabled)
        off = silent(course.setting.faults, self.name)

        def below(sensor: str, height_m: float) -> float:
            return -math.inf if sensor in off else height_m

        return loop.Sensors(
            self.accelerometer_bias_m_s2 * draw.normal(course.phase, "accelerometer bias", 3),
            self.accelerometer_scale * float(draw.normal(course.phase, "accelerometer scale")[0]),
            below("altimeter", ALTIMETER_BELOW_M),
            ALTIMETER_S,
            on * self.altimeter_noise_m,
            below("radar", RADAR_BELOW_M),
            RADAR_S,
            on * self.radar_noise_m_s,
            below("image", IMAGE_BELOW_M),
            IMAGE_S,
            on * self.image_noise_m,
            below("gauge", GAUGE_BELOW_M),
            on * self.gauge_noise_m,
        )

    def noise(self, course: Course, steps: int) -> Array:
        """Errors of the sensors at each step (steps + 1, 6), in units of their sigma: of heights and speeds a part is steady in this run.

        That of the image fix is not: the spot is seen in the same pictures, so that what is steady in them moves both.
        """
        draw = course.setting.draws
        noise = draw.normal(course.phase, "sensor noise", 6 * (steps + 1)).reshape(steps + 1, 6)
        noise[:, :4] = math.sqrt(1.0 - STEADY) * noise[:, :4] + math.sqrt(STEADY) * draw.normal(course.phase, "sensor offsets", 4)
        return noise

    def hills(self, course: Course) -> Array:
        """The ground before the site in this run: waves of declared height, drawn (none in a nominal flight)."""
        draw = course.setting.draws.normal(course.phase, "hills", 2 * len(HILLS_M))
        size = self.hills_m * draw[: len(HILLS_M)] / math.sqrt(len(HILLS_M))
        return np.ascontiguousarray(np.stack([size, np.array(HILLS_M), math.pi * draw[len(HILLS_M) :]], axis=1))

    def land(self, course: Course, descent: touchdown.Descent, landing: LandingGoal, spot: Spot) -> None:
        """The closed loop to the ground, its events, and whether the touchdown is within limits."""
        known, steps = course.fix("descent"), round(LONGEST_S / touchdown.STEP_S)
        noise = self.noise(course, steps)
        before = course.point
        status, rows, axis = touchdown.land(course.world, before, known, descent, noise)
        course.powered("pdi", self.module, self.engine, rows)
        for mode, event in ((law.ADJUST, "high_gate"), (law.HOVER, "hover")):
            at = np.flatnonzero(rows[:, 12] == mode)
            if at.size:
                above_m = float(np.linalg.norm(rows[at[0], 1:4])) - descent.ground.radius_m  # of the site's level, not of the hills
                course.note_at(event, course.arcs[-1], float(rows[at[0], 0]), height_above_site_m=above_m)
        self.came_down(Fallen(status, rows[-1], course.world, before, known, descent, noise))
        touch = contact(course.world, descent.ground, self.footpad_radius_m, rows[-1], axis)
        hover = rows[rows[:, 12] == law.HOVER, 0]
        course.note(
            "touchdown",
            vertical_speed_m_s=touch.down_m_s,
            horizontal_speed_m_s=touch.across_m_s,
            tilt_deg=None if math.isnan(touch.slope_rad) else math.degrees(touch.slope_rad),
            lean_deg=math.degrees(touch.lean_rad),
            target_miss_m=touch.miss_m,
            duration_s=float(rows[-1, 0] - rows[0, 0]),
            propellant_kg=float(rows[0, 7] - rows[-1, 7]),
            hover_duration_s=float(hover[-1] - hover[0]) if hover.size else 0.0,
            height_above_site_m=touch.height_m,
            ground=course.setting.terrain.label,
            safe_spot=spot.why,
            safe_spot_east_m=spot.east_m,
            safe_spot_north_m=spot.north_m,
        )
        fixed = vector(course.world.moon_me(course.craft.epoch_s) @ course.point.r_m)
        course.craft = replace(course.craft, place=Landed("moon", fixed, landing.site))
        self.judge(touch)

    def came_down(self, fallen: Fallen) -> None:
        """End the leg when the closed loop did not reach the ground."""
        if fallen.status == loop.DRY:
            raise LegEnded(Outcome.PROPELLANT_EXHAUSTED, f"{self.module} {fallen.dry()}")
        if fallen.status == loop.TIME_OUT:
            late = f"{self.name}: not down after {LONGEST_S:.0f} s, {fallen.last[19]:.0f} m above the ground"
            raise LegEnded(Outcome.TARGET_MISSED, f"{late}; a shorter hover or a faster final descent would do")

    def judge(self, touch: Contact) -> None:
        """End the leg when the touchdown is outside its limits."""
        miss_m = math.inf if self.target_miss_max_m is None else self.target_miss_max_m
        outcome, why = judged(touch, Allowed(self.vertical_speed_max_m_s, self.horizontal_speed_max_m_s, self.tilt_max_rad, miss_m))
        if outcome is not Outcome.DONE:
            raise LegEnded(outcome, f"{self.name}: {why}")
