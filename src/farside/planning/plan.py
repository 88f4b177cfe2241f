"""The plan: what the goals require, as plain numbers that are written to `plan.json` and read back the same.

Solved once and shared by every flight of the mission, nominal or dispersed: craft solve their burns again from what they know, with
these as seeds. Epochs TDB seconds past J2000, SI units.
"""

from __future__ import annotations

from dataclasses import dataclass

from farside.craft.module import Vector
from farside.guidance.command import Command
from farside.guidance.passage import PeriluneGoal


@dataclass(frozen=True)
class AscentPlan:
    """How the ascent is flown: the circle [m] it is to reach, where it pitches over to (clockwise from north), and by how much."""

    radius_m: float
    heading_rad: float
    pitch_over_rad: float


@dataclass(frozen=True)
class LaunchPlan:
    """The launch azimuth, the parking orbit's first state about the Earth (ICRF), and the trans-lunar burn.

    `ascent` is None in a mission that begins in the parking orbit.
    """

    azimuth_rad: float
    insertion_s: float
    r_m: Vector
    v_m_s: Vector
    tli: Command
    ascent: AscentPlan | None = None


@dataclass(frozen=True)
class Lowered:
    """A burn at a perilune: its epoch, the period it leads to (None: the circle over the site), its velocity change."""

    perilune_s: float
    period_s: float | None
    delta_v_m_s: float


@dataclass(frozen=True)
class LunarPlan:
    """From capture to the circle: apolune radius of the first ellipse, the turn at an apolune, the burns at perilunes after it."""

    apolune_m: float
    capture_m_s: float
    turn_s: float
    normal_m_s: float
    turned_perilune_m: float
    lowered: tuple[Lowered, ...]
    azimuth_rad: float
    inclination_rad: float
    bplane_rad: float
    revolutions: tuple[int, ...]
    phasing_m: float


@dataclass(frozen=True)
class HomePlan:
    """The two burns home: epochs they are centred on, the perilune's direction, the first's size, the velocity about the Moon (ICRF) that
    the second would leave with as an impulse; the gate expected."""

    first_s: float
    first_m_s: float
    perilune: Vector
    perilune_s: float
    leaving_m_s: Vector
    passage_s: float
    gate_s: float
    range_m: float


@dataclass(frozen=True)
class Price:
    """What one part of the road pays, as the plan sees it."""

    what: str
    delta_v_m_s: float


@dataclass(frozen=True)
class Plan:
    """Everything the phases take from planning; parts are None when the mission ends before them, or begins at the Moon."""

    mission: str
    digest: str
    launch: LaunchPlan | None
    perilune: PeriluneGoal | None
    lunar: LunarPlan | None
    home: HomePlan | None
    prices: tuple[Price, ...]
