"""How an entry ended: at the parachute's gate within its limits, or with an outcome that says by how much not and what would help."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf
from farside.basis.twobody import angle_between
from farside.dynamics import flying as fl
from farside.dynamics.world import Point
from farside.guidance.entry import GROUND_RADIUS_M, EntryGoal
from farside.guidance.interface import Entry as Loop
from farside.guidance.interface import least_load_g, reach_m
from farside.guidance.skip_entry import DENSITY, LIFT, SkipLaw
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome

Array = NDArray[np.float64]


class Limits(Protocol):
    """What an entry declares that its end is judged by."""

    @property
    def name(self) -> str:
        """Of the phase."""

    @property
    def gate_altitude_m(self) -> float:
        """Where it ends."""

    @property
    def load_limit_g(self) -> float:
        """The most that the air may load the craft with."""

    @property
    def miss_max_m(self) -> float | None:
        """How far from the site it may end; None when no site is asked for."""


def miss_m(goal: EntryGoal, epoch_s: float, r_m: Array) -> float:
    """Metres along the ground from below a place (3,), ICRF axes, to the site."""
    return GROUND_RADIUS_M * float(angle_between(icrf_to_itrf(epoch_s) @ r_m, goal.site_itrf))


def judge(course: Course, entry: Limits, loop: Loop, goal: EntryGoal, began: Point, status: int, rows: Array) -> None:
    """End the leg with an outcome when the craft did not come down, was loaded too much, or is too far from the site."""
    if status != fl.DOWN:
        raise LegEnded(
            Outcome.TARGET_MISSED,
            f"{entry.name}: {course.craft.name} leaves the air again at {rows[-1, fl.FLOW]:.0f} m/s and does not come down to"
            f" {entry.gate_altitude_m / 1e3:.0f} km; a steeper entry, or more bank, would do",
        )
    load = float(rows[:, fl.LOAD].max())
    if load > entry.load_limit_g:
        raise LegEnded(Outcome.OVERLOADED, f"{entry.name}: {overloaded(entry, loop, began, load, rows)}")
    miss = miss_m(goal, float(rows[-1, fl.EPOCH]), rows[-1, fl.PLACE : fl.PLACE + 3])
    if entry.miss_max_m is not None and miss > entry.miss_max_m:
        raise LegEnded(Outcome.TARGET_MISSED, f"{entry.name}: {missed(entry, loop, goal, began, miss, rows)}")
    told = [f"at {entry.gate_altitude_m / 1e3:.4g} km after {load:.2f} g"]
    if entry.miss_max_m is not None:
        told.append(f"{miss / 1e3:.2f} km from the site")
    if isinstance(loop.law, SkipLaw):
        told.append(f"density {rows[-1, fl.MODE + DENSITY]:.3f} and lift {rows[-1, fl.MODE + LIFT]:.3f} of what they were taken for")
    course.advice = ", ".join(told)


def overloaded(entry: Limits, loop: Loop, began: Point, load: float, rows: Array) -> str:
    """By how much the load passed its limit, and whether any bank would have kept it."""
    told = f"{load:.2f} g, {entry.load_limit_g:.2f} are allowed"
    if not isinstance(loop.law, SkipLaw):
        return f"{told}; guidance instead of a constant bank, a shallower entry or more lift to drag would do"
    least = least_load_g(loop.law, began, rows[-1, fl.MODE + DENSITY], rows[-1, fl.MODE + LIFT])
    return f"{told}; with lift straight up it is {least:.2f} g; a shallower entry, or more lift to drag, would do"


def missed(entry: Limits, loop: Loop, goal: EntryGoal, began: Point, miss: float, rows: Array) -> str:
    """By how much the site is missed, and why: what the craft can reach in the air as it was."""
    assert entry.miss_max_m is not None
    told = f"{miss / 1e3:.1f} km from the site at {entry.gate_altitude_m / 1e3:.4g} km, {entry.miss_max_m / 1e3:.1f} are allowed"
    range_m = miss_m(goal, began.epoch_s, began.r_m)
    if not isinstance(loop.law, SkipLaw):
        return f"{told}; guidance instead of a constant bank would do"
    short, long = reach_m(loop.law, began, rows[-1, fl.MODE + DENSITY], rows[-1, fl.MODE + LIFT])
    furthest = f"{long / 1e3:.0f} km" if math.isfinite(long) else "any range"
    reach = f"in this air it reaches {short / 1e3:.0f} km to {furthest} from where it began, the site is {range_m / 1e3:.0f} km away"
    if range_m > long:
        return f"{told}; {reach}; a shallower entry, or one {(range_m - long) / 1e3:.0f} km nearer, would do"
    if range_m < short:
        return f"{told}; {reach}; a steeper entry, or one {(short - range_m) / 1e3:.0f} km further away, would do"
    return f"{told}; {reach}; less to make good across, smaller errors of navigation or less wind would do"
