"""From the pad to the parking orbit as part of the road: an ascent and a trans-lunar burn that agree on the launch azimuth.

*Model*: the burn's solution turns the flown end of an ascent about the pad (`planning.transfer`); that turned end is not quite one that
is flown, since the Earth turns eastwards. So ascent and burn are repeated, each from the other's answer, until the azimuth settles.
Heading and pitch-over of least propellant are sought once for about the right azimuth; they are flat there, and then only turned.
*Limits*: the propellant that the burn needs is not asked for: a flight says what is left, or missing. *How we know*: a flight without
errors is in its parking orbit where the plan begins it, to a millimetre.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from farside.craft.module import Engine
from farside.dynamics.world import World
from farside.guidance.passage import PeriluneGoal
from farside.planning.launch import LaunchAscent, Pad, Trials, Vessel, ascent_of, plan_launch, plane_from
from farside.planning.lunar_plane import PlanError
from farside.planning.transfer import Inserted, LaunchGoal, Transfer, plan_transfer, seed

SETTLED_RAD = 1e-9  # of the azimuth: 7 mm in the parking orbit
REPEATS = 8


@dataclass(frozen=True)
class Rocket:
    """What stands on which pad, and when it lifts off (TDB s past J2000)."""

    pad: Pad
    liftoff_s: float
    vessel: Vessel

    def trials(self, world: World, azimuth_rad: float, radius_m: float) -> Trials:
        """Nominal flights into the plane that leaves the pad at an azimuth."""
        plane = plane_from(world, self.pad, self.liftoff_s, azimuth_rad)
        return Trials(world, self.pad, self.liftoff_s, self.vessel, plane, radius_m)


@dataclass(frozen=True)
class Ascended:
    """An ascent towards an azimuth, and the road's beginning as it leaves it."""

    azimuth_rad: float
    ascent: LaunchAscent
    launch: LaunchGoal


def first_ascent(world: World, rocket: Rocket, launch: LaunchGoal, perilune_s: float) -> Ascended:
    """The ascent of least propellant towards about the right azimuth: that of a two-body transfer, within the limits that are allowed."""
    azimuth = min(max(seed(world, launch, perilune_s)[0], launch.azimuth_min_rad), launch.azimuth_max_rad)
    return _reached(rocket, launch, azimuth, plan_launch(rocket.trials(world, azimuth, launch.radius_m), azimuth))


def join(
    world: World, rocket: Rocket, begun: Ascended, transfer: Transfer, engine: Engine, goal: PeriluneGoal
) -> tuple[Ascended, Transfer]:
    """Ascent and transfer to a perilune that go together, from those that nearly do; `PlanError` when the azimuth does not settle."""
    for _ in range(REPEATS):
        azimuth = transfer.azimuth_rad
        trials, turned = rocket.trials(world, azimuth, begun.launch.radius_m), azimuth - begun.azimuth_rad
        ascent = ascent_of(trials, begun.ascent.heading_rad + turned, begun.ascent.pitch_over_rad)
        begun = _reached(rocket, begun.launch, azimuth, ascent)
        transfer = plan_transfer(world, begun.launch, engine, goal, transfer)
        if abs(transfer.azimuth_rad - azimuth) < SETTLED_RAD:
            return begun, transfer
    off = abs(transfer.azimuth_rad - begun.azimuth_rad)
    raise PlanError(f"launch: the azimuth moves by {off:.1e} rad after {REPEATS} ascents; another liftoff time of day would do")


def _reached(rocket: Rocket, launch: LaunchGoal, azimuth_rad: float, ascent: LaunchAscent) -> Ascended:
    """The road's beginning as an ascent leaves it."""
    upper, payload = rocket.vessel.launcher.upper, rocket.vessel.payload_kg
    begins = replace(
        launch,
        insertion_s=ascent.insertion_s,
        downrange_rad=ascent.downrange_rad,
        mass_kg=upper.dry_kg + ascent.propellant_left_kg + payload,
        flown=Inserted(azimuth_rad, ascent.r_m, ascent.v_m_s),
    )
    return Ascended(azimuth_rad, ascent, begins)
