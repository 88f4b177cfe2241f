"""The entry: from the interface of the atmosphere through it, out and in again, to the height where the parachute opens.

A closed loop in which guidance sees the estimate alone (`guidance.skip_entry`, `dynamics.flying`). The leg ends at the parachute's gate,
or with an outcome that says what happened and what would help. Air, lift, drag and wind are what guidance takes them for, or off by this
run's errors: one factor each, the same at every height.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from farside.basis.axes import icrf_to_itrf
from farside.basis.declaration import Acceleration, Altitude, Angle, Declaration, Distance, Duration, Fraction, Name, Period, Speed, Text
from farside.craft.aeroshell import AEROSHELLS, Aeroshell
from farside.craft.module import STANDARD_GRAVITY_M_S2, Orbit
from farside.dynamics import flying as fl
from farside.dynamics.heating import heat_flux_w_m2, radiation_holds, radiative_w_m2
from farside.dynamics.insertion import Inertial
from farside.dynamics.world import hermite_arc
from farside.environment.atmosphere import AtmosphereError, Profile, msis_package, msis_profile, scaled, standard_profile
from farside.environment.store import find
from farside.environment.wind import Wind, calm, read_sounding, seasonal_wind, stronger
from farside.guidance.command import vector
from farside.guidance.entry import EntryGoal
from farside.guidance.interface import Entry as Loop
from farside.guidance.interface import fly_entry
from farside.guidance.skip_entry import ConstantBank, SkipLaw
from farside.phases.air_events import tell
from farside.phases.course import Course, Setting
from farside.phases.entry_end import judge
from farside.phases.leg import History

Array = NDArray[np.float64]
Index = Annotated[int, Field(strict=True, ge=0, le=400)]
LEAST_FACTOR = 0.3  # of density, lift and drag as drawn


class Msis(Declaration):
    """NRLMSIS 2.1 instead of US 1976: 10.7 cm flux of the day before and of 81 days [1e-22 W/(m2 Hz)], daily geomagnetic index Ap."""

    f107: Index
    f107_mean: Index
    ap: Index


class SkipGuidance(Declaration):
    """The predictor and corrector of `guidance.skip_entry`: its magnitudes of bank, how often it solves, when it holds the air for felt."""

    kind: Literal["skip"]
    final_bank_rad: Angle = Field(alias="final_bank")
    least_bank_rad: Angle = Field(alias="least_bank")
    most_bank_rad: Angle = Field(alias="most_bank")
    solve_every_s: Period = Field(alias="solve_every")
    late_solve_every_s: Period = Field(alias="late_solve_every")
    late_s: Duration = Field(alias="late")
    reversals: Annotated[int, Field(strict=True, ge=1, le=20)]
    damping: Fraction
    air_felt_m_s2: Acceleration = Field(alias="air_felt")
    homing_below_m_s: Speed = Field(alias="homing_below")
    filter_s: Period = Field(alias="filter")

    @model_validator(mode="after")
    def _banks_in_order(self) -> SkipGuidance:
        if not 0.0 <= self.least_bank_rad < self.most_bank_rad <= math.pi:
            raise ValueError("least_bank must be less than most_bank, both from 0 deg to 180 deg")
        return self


class HeldBank(Declaration):
    """No guidance: one bank, positive to the right, whatever happens."""

    kind: Literal["constant_bank"]
    bank_rad: Angle = Field(alias="bank")


class Entry(Declaration):
    """The flight of `craft` through the air from where it is down to `gate_altitude_m`, where a parachute may open.

    The load is that of the air on the craft; skip exit and second entry are passages of `skip_altitude_m`. `gate_speed_m_s` is what
    guidance reckons with at the gate. Without `miss_max_m` the site is not asked for. The errors are one sigma.
    """

    name: Name
    kind: Literal["entry"]
    craft: Name
    aeroshell: Name
    lift_to_drag: Fraction | None = None
    msis: Msis | None = None
    wind: Literal["seasonal", "calm"] = "seasonal"
    sounding: Text | None = None
    roll_rate_rad_s: Angle = Field(alias="roll_in_a_second")
    roll_acceleration_rad_s2: Angle = Field(alias="roll_gained_in_a_second")
    guidance: Annotated[SkipGuidance | HeldBank, Field(discriminator="kind")]
    gate_altitude_m: Altitude = Field(alias="gate_altitude")
    gate_speed_m_s: Speed = Field(alias="gate_speed")
    skip_altitude_m: Altitude = Field(alias="skip_altitude")
    load_limit_m_s2: Acceleration = Field(alias="load_limit")
    miss_max_m: Distance | None = Field(alias="miss_max", default=None)
    density_error: Fraction
    lift_error: Fraction
    drag_error: Fraction
    wind_error: Fraction
    accelerometer_bias_m_s2: Acceleration = Field(alias="accelerometer_bias")
    accelerometer_scale: Fraction

    @model_validator(mode="after")
    def _can_be_flown(self) -> Entry:
        if self.aeroshell not in AEROSHELLS:
            raise ValueError(f"no aeroshell {self.aeroshell!r}; there are {', '.join(AEROSHELLS)}")
        if self.lift_to_drag is not None and AEROSHELLS[self.aeroshell].hypersonic[0] == 0.0:
            raise ValueError(f"{self.aeroshell} has no lift; leave lift_to_drag out, or take another aeroshell")
        if not (self.roll_rate_rad_s > 0.0 and self.roll_acceleration_rad_s2 > 0.0):
            raise ValueError("roll_in_a_second and roll_gained_in_a_second must be above 0 deg")
        try:
            if self.msis is not None:
                msis_package()
        except AtmosphereError as error:
            raise ValueError(str(error)) from None
        return self

    def fly(self, course: Course) -> None:
        goal = course.setting.entry
        assert goal is not None
        loop = self.loop(course, goal)
        point, known = course.point, course.fix("entry")
        status, rows = fly_entry(course.world, point, known, loop)
        self.take_over(course, loop.body, rows)
        course.history = History(rows[:, fl.EPOCH], columns_of(rows, self.shell.nose_radius_m))
        tell(course, rows, self.shell.nose_radius_m, self.skip_altitude_m)
        judge(course, self, loop, goal, point, status, rows)

    @property
    def shell(self) -> Aeroshell:
        """The aeroshell as declared."""
        shell = AEROSHELLS[self.aeroshell]
        return shell if self.lift_to_drag is None else shell.with_lift_to_drag(self.lift_to_drag)

    @property
    def load_limit_g(self) -> float:
        return self.load_limit_m_s2 / STANDARD_GRAVITY_M_S2

    def loop(self, course: Course, goal: EntryGoal) -> Loop:
        """The flight of this run: what guidance takes the craft and the air for, and what they turn out to be."""
        taken = self.taken_for(goal)
        rolling = fl.Rolling(self.roll_rate_rad_s, self.roll_acceleration_rad_s2)
        draw = course.setting.draws
        bias = self.accelerometer_bias_m_s2 * draw.normal(self.name, "accelerometer bias", 3)
        scale = self.accelerometer_scale * float(draw.normal(self.name, "accelerometer scale")[0])
        law = self.law(course, goal, taken, rolling)
        bank = law.bank_rad if isinstance(law, ConstantBank) else 0.0
        return Loop(law, self.body(course.setting, taken), rolling, self.gate_altitude_m, bank, Inertial(bias, scale))

    def taken_for(self, goal: EntryGoal) -> fl.Body:
        """Shell, air and wind as they are known before the flight."""
        return fl.Body(self.shell.shell(), self.air(goal), self.forecast(goal))

    def air(self, goal: EntryGoal) -> Profile:
        """The air as declared: over the recovery site, at the epoch of the landing."""
        if self.msis is None:
            return standard_profile()
        x, y, z = goal.site_itrf
        return msis_profile(goal.landing_s, math.asin(z), math.atan2(y, x), self.msis.f107, self.msis.f107_mean, self.msis.ap)

    def forecast(self, goal: EntryGoal) -> Wind:
        """The wind as declared."""
        if self.sounding is not None:
            return read_sounding(find("wind", self.sounding).path)
        return seasonal_wind(goal.landing_s, southern=goal.site_itrf[2] < 0.0) if self.wind == "seasonal" else calm()

    def body(self, setting: Setting, taken: fl.Body) -> fl.Body:
        """Shell, air and wind as they are in this run, all the way down: what comes after this phase flies in the same."""
        density, lift, drag = (self.drawn(setting, what, size) for what, size in self.errors)
        wind = 1.0 + self.wind_error * float(setting.draws.normal(self.name, "wind")[0])
        return fl.Body(self.shell.shell(lift, drag), scaled(taken.air, density), stronger(taken.wind, wind))

    @property
    def errors(self) -> tuple[tuple[str, float], ...]:
        """What is drawn as a factor, and the size of its error."""
        return ("density", self.density_error), ("lift", self.lift_error), ("drag", self.drag_error)

    def drawn(self, setting: Setting, what: str, size: float) -> float:
        return max(LEAST_FACTOR, 1.0 + size * float(setting.draws.normal(self.name, what)[0]))

    def law(self, course: Course, goal: EntryGoal, taken: fl.Body, rolling: fl.Rolling) -> SkipLaw | ConstantBank:
        """The declared numbers as guidance takes them."""
        told, epoch_s = self.guidance, course.craft.epoch_s
        if isinstance(told, HeldBank):
            return ConstantBank(told.bank_rad)
        return SkipLaw(
            np.ascontiguousarray(icrf_to_itrf(epoch_s)),
            epoch_s,
            np.ascontiguousarray(goal.site_itrf),
            taken,
            course.craft.mass_kg,
            rolling,
            self.gate_altitude_m,
            self.gate_speed_m_s,
            told.final_bank_rad,
            told.least_bank_rad,
            told.most_bank_rad,
            self.load_limit_g,
            told.solve_every_s,
            told.late_solve_every_s,
            told.late_s,
            told.reversals,
            told.damping,
            told.air_felt_m_s2,
            told.homing_below_m_s,
            told.filter_s,
        )

    def take_over(self, course: Course, body: fl.Body, rows: Array) -> None:
        """The rows of the loop as an arc, and the craft at their end, which knows itself as well as the loop left it."""
        forces, states = course.world.forces("earth"), rows[:, fl.PLACE : fl.PLACE + 7]
        rates = [fl.glide(row[fl.EPOCH], np.ascontiguousarray(y), row[fl.BANK], forces, body) for row, y in zip(rows, states, strict=True)]
        course.arcs.append(hermite_arc("earth", "flying", rows[:, fl.EPOCH], states, np.array(rates)))
        end, error = states[-1], rows[-1, fl.ERROR : fl.ERROR + 6]
        place, epoch_s = Orbit("earth", vector(end[:3]), vector(end[3:6])), float(rows[-1, fl.EPOCH])
        course.loads.append(course.craft.modules)
        course.craft = replace(course.craft, epoch_s=epoch_s, place=place)
        if course.knowledge is not None:
            seen = end[:6] + error
            course.knowledge = replace(course.knowledge, epoch_s=epoch_s, center="earth", r_m=vector(seen[:3]), v_m_s=vector(seen[3:]))


def columns_of(rows: Array, nose_radius_m: float) -> dict[str, Array]:
    """What the rows of the loop tell besides the motion: bank, load, air; heat flux of convection and radiation at the nose.

    The radiation is NaN where its formula does not hold: the sum has none there, and begins with a step where the range begins.
    """
    told = {"bank_rad": fl.BANK, "bank_wanted_rad": fl.WANTED, "load_g": fl.LOAD, "height_m": fl.HEIGHT}
    air = {"air_speed_m_s": fl.FLOW, "density_kg_m3": fl.DENSITY, "mach": fl.MACH}
    columns = {name: rows[:, column] for name, column in {**told, **air}.items()}
    density, speed = rows[:, fl.DENSITY], rows[:, fl.FLOW]
    radiative = np.where(radiation_holds(density, speed, nose_radius_m), radiative_w_m2(density, speed, nose_radius_m), np.nan)
    return {**columns, "heat_flux_w_m2": heat_flux_w_m2(density, speed, nose_radius_m), "heat_flux_radiative_w_m2": radiative}
