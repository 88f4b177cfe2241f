"""The launch: from the pad through the air into the parking orbit, stages parting on the way.

Masses, thrust in vacuum and specific impulse are those of the modules; what a module does not know (thrust at sea level, sizes, waits,
limits) is of the stage table named. Guidance (`guidance.launch`) sees the estimate alone; azimuth, heading and pitch-over are the plan's
(`planning.to_orbit`). Stages that part are followed to the ground by `dynamics.falling`, apart from this flight.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from farside.basis.axes import geodetic_from_itrf
from farside.basis.constants import GM_EARTH_M3_S2
from farside.basis.declaration import Altitude, Angle, Declaration, Name, Period, allowed
from farside.basis.twobody import angle_between, cross
from farside.craft.launcher import LAUNCHERS, SEA_LEVEL_PA, RocketEngine, Stage
from farside.craft.module import Craft, Gone, Landed, Module
from farside.dynamics.closed_loop import DRY, LANDED, Turning
from farside.dynamics.insertion import INSERTED, Inertial
from farside.dynamics.launching import SEGMENT
from farside.dynamics.rocket import ALONE, stack, still_air
from farside.dynamics.world import Point
from farside.guidance.launch import Launch as Loop
from farside.guidance.launch import LaunchLaw, fly_launch
from farside.guidance.powered_explicit import lacking
from farside.phases.course import Course, LegEnded, in_motion
from farside.phases.departure import Burner
from farside.phases.launched import Launched, Parts
from farside.phases.leg import Outcome
from farside.planning.launch import Trials, Vessel, heaviest_kg, pad_at
from farside.planning.plan import AscentPlan
from farside.planning.to_orbit import Rocket

Array = NDArray[np.float64]
HEIGHT = 19  # column of the rows of `dynamics.insertion`
RISEN_M = 1.0


def _is_known(name: str) -> str:
    if name not in LAUNCHERS:
        raise ValueError(f"no such stage table{allowed(name, LAUNCHERS)}")
    return name


class Launch(Declaration):
    """Liftoff at the goals' epoch, `vertical_rise` long upwards, then into the circle of the plan's parking orbit.

    `launcher` names a stage table; `boosters` are all of a kind, as one module. The tolerances, of radius and of plane, are what the
    trans-lunar burn and the corrections after it can take up.
    """

    name: Name
    kind: Literal["launch"]
    craft: Name
    launcher: Annotated[Name, AfterValidator(_is_known)]
    boosters: Burner
    core: Burner
    upper: Burner
    fairing: Name
    vertical_rise_s: Period = Field(alias="vertical_rise")
    turn_rate_rad_s: Angle = Field(alias="turn_in_a_second")
    turn_acceleration_rad_s2: Angle = Field(alias="turn_gained_in_a_second")
    altitude_tolerance_m: Altitude = Field(alias="altitude_tolerance")
    plane_tolerance_rad: Angle = Field(alias="plane_tolerance")

    @model_validator(mode="after")
    def _can_turn(self) -> Launch:
        if not (self.turn_rate_rad_s > 0.0 and self.turn_acceleration_rad_s2 > 0.0):
            raise ValueError("turn_in_a_second and turn_gained_in_a_second must be above 0 deg")
        return self

    def fly(self, course: Course) -> None:
        trials, ascent = self.planned(course)
        course.craft = in_motion(course.world, course.craft)
        point = course.point
        status, rows = fly_launch(course.world, point, point, self.loop(course, trials, ascent))
        parts = Parts((self.boosters, self.core, self.upper), self.fairing)
        launched = Launched(course, rows, parts, trials.vessel.launcher, still_air())
        launched.tell(ascent)
        if status == INSERTED:
            launched.note_orbit()
        self.judge(course, trials, ascent, status, rows)

    def vessel(self, craft: Craft) -> Vessel:
        """What stands on the pad: the stage table with the masses and engines of the modules."""
        table = LAUNCHERS[self.launcher]
        parts = {"boosters": self.boosters, "core": self.core, "upper": self.upper}
        stages: dict[str, Any] = {key: _stage(getattr(table, key), craft.module(part.module), part) for key, part in parts.items()}
        launcher = replace(table, **stages, fairing=replace(table.fairing, mass_kg=craft.module(self.fairing).mass_kg))
        payload = craft.mass_kg - launcher.liftoff_kg(0.0)
        return Vessel(launcher, payload, self.vertical_rise_s, Turning(self.turn_rate_rad_s, self.turn_acceleration_rad_s2))

    def planned(self, course: Course) -> tuple[Trials, AscentPlan]:
        """The pad, the vessel as it stands there, the plane, and how the plan flies into it."""
        planned, place = course.setting.plan.launch, course.craft.place
        assert planned is not None and planned.ascent is not None
        if not isinstance(place, Landed) or place.center != "earth":
            raise LegEnded(Outcome.TARGET_MISSED, f"{course.craft.name} is not on a pad of the Earth, so it cannot be launched")
        latitude, longitude, altitude = geodetic_from_itrf(*place.r_fixed_m)
        pad = pad_at(float(latitude), float(longitude), float(altitude))
        rocket = Rocket(pad, course.craft.epoch_s, self.vessel(course.craft))
        return rocket.trials(course.world, planned.azimuth_rad, planned.ascent.radius_m), planned.ascent

    def loop(self, course: Course, trials: Trials, ascent: AscentPlan) -> Loop:
        """The launch of this run: the law of the plan; thrust and accelerometer as they turn out."""
        errors, draw = course.setting.dispersions, course.setting.draws
        sigma_thrust, sigma_scale = (errors.thrust, errors.accelerometer) if errors else (0.0, 0.0)
        drawn = [float(draw.normal(course.phase, f"thrust, {part}")[0]) for part in ("boosters", "core", "upper")]
        share = 1.0 + sigma_thrust * np.array(drawn)
        craft = stack(trials.vessel.launcher)
        craft = craft._replace(thrust_n=craft.thrust_n * share, flow_kg_s=craft.flow_kg_s * share)
        scale = sigma_scale * float(draw.normal(course.phase, "accelerometer scale")[0])
        return Loop(
            trials.flight_law(ascent.heading_rad, ascent.pitch_over_rad),
            craft,
            trials.vessel.turning,
            Inertial(np.zeros(3), scale),
            still_air(),
        )

    def judge(self, course: Course, trials: Trials, ascent: AscentPlan, status: int, rows: Array) -> None:
        """Why there is no parking orbit, or how far the one reached is from what was asked."""
        name = course.craft.name
        if status == LANDED:
            why = why_it_fell(rows)
            most, payload = heaviest_kg(trials, ascent.heading_rad), trials.vessel.payload_kg
            less = f"{payload - most:.0f} kg less payload would do: about {most:.0f} kg reach that orbit"
            course.craft = replace(course.craft, place=Gone("struck the earth", why))
            raise LegEnded(Outcome.IMPACT, f"{name} comes down again {rows[-1, 0] - rows[0, 0]:.0f} s after liftoff: {why}; {less}")
        point = course.point
        if status == DRY:
            raise LegEnded(
                Outcome.PROPELLANT_EXHAUSTED, too_heavy(trials.law(ascent.heading_rad, ascent.pitch_over_rad), trials.vessel, point)
            )
        if status != INSERTED:
            raise LegEnded(Outcome.TARGET_MISSED, f"{name} burns on past its target; less payload or a lower parking orbit would do")
        off_m = float(np.linalg.norm(point.r_m)) - trials.radius_m
        off_rad = angle_between(cross(point.r_m, point.v_m_s), trials.normal)
        if abs(off_m) > self.altitude_tolerance_m or off_rad > self.plane_tolerance_rad:
            raise LegEnded(
                Outcome.TARGET_MISSED,
                f"the parking orbit is {off_m / 1e3:+.2f} km and {math.degrees(off_rad):.3f} deg from the one asked for: outside"
                " altitude_tolerance or plane_tolerance; better accelerometers or wider tolerances would do",
            )


def _stage(table: Stage, module: Module, part: Burner) -> Stage:
    """A stage with the masses and the engine of its module; the nozzles' mouths stay as they are."""
    engine, n = module.engine(part.engine), table.count
    vacuum = engine.thrust_n / n
    burning = RocketEngine(vacuum, vacuum - SEA_LEVEL_PA * table.engine.mouth_m2, engine.isp_s, table.engine.throttle_min)
    return replace(table, gross_kg=module.mass_kg / n, propellant_kg=module.propellant_kg / n, engine=burning)


def why_it_fell(rows: Array) -> str:
    """What brought a launcher down again, by how far it had come."""
    if rows[:, HEIGHT].max() - rows[0, HEIGHT] < RISEN_M:
        return "its thrust does not carry its weight"
    return "it leaned over while it was still slow" if rows[-1, SEGMENT] < ALONE else "the upper stage was too slow"


def too_heavy(law: LaunchLaw, vessel: Vessel, point: Point) -> str:
    """By how much the payload is too heavy, where the upper stage ran dry: the speed that is missing as propellant, and as payload.

    Tsiolkovsky for the upper stage alone: the stages below would bring a lighter payload faster too, so that less than this is enough.
    """
    short, exhaust = float(lacking(point.r_m, point.v_m_s, law.semi_major_m, GM_EARTH_M3_S2)), law.upper_exhaust_m_s
    upper = vessel.launcher.upper
    more = point.mass_kg * math.expm1(short / exhaust)
    ignition = upper.gross_kg + vessel.payload_kg
    asked = exhaust * math.log(ignition / (ignition - upper.propellant_kg)) + short
    excess = ignition - upper.propellant_kg / -math.expm1(-asked / exhaust)
    return (
        f"the upper stage ran dry {short:.1f} m/s before the parking orbit: the payload of {vessel.payload_kg:.0f} kg is too heavy by up to"
        f" {excess:.0f} kg, or about {more:.0f} kg of propellant more are needed; less payload or a lower parking orbit would do"
    )
