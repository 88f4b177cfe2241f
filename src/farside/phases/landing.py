"""How a craft meets the ground: speeds, where, how it leans, what it stands on; or why it does not come so far. Outcomes with their advice.

*Model and limits*: the contact is an instant, legs and soil are not modelled; a craft within its limits stands as the ground under the
circle of its feet lies. Beyond the relief the ground is not known, and neither is its slope.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import utc_from_tdb
from farside.basis.twobody import angle_between
from farside.craft.module import Gone
from farside.dynamics import closed_loop as loop
from farside.dynamics.world import Point, World, descent_through, periapsis_height
from farside.environment.terrain import Footing, footing
from farside.guidance import descent as law
from farside.guidance import touchdown
from farside.guidance.lunar import GuidanceError
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome

Array = NDArray[np.float64]
G_MOON_M_S2 = GM_MOON_M3_S2 / MOON_RADIUS_M**2
ELLIPSE_S = 7200.0  # how long a craft is followed that cannot brake: a revolution of a low orbit
TRIES = 8  # of a larger load of propellant, a tenth more each time


@dataclass(frozen=True)
class Contact:
    """The first touch: speeds down and across the ground [m/s], the place from the site [m], the lean of the craft's axis from the
    vertical and the slope of the ground under its feet [rad] (NaN where the ground is not known), by how much the craft took itself to be
    higher than it was [m], and whether its engine had been cut off."""

    down_m_s: float
    across_m_s: float
    miss_m: float
    height_m: float
    lean_rad: float
    slope_rad: float
    mistaken_m: float
    cut_off: bool


def contact(world: World, ground: loop.Ground, footpad_radius_m: float, row: Array, axis: Array) -> Contact:
    """What the last row (20,) of a closed loop and the craft's axis (3,) there, ICRF, come to."""
    (x, y, z), velocity, _along, _across, up = loop.site_state(float(row[0]), np.ascontiguousarray(row[1:8]), world.forces("moon"), ground)
    c, s = math.cos(ground.along_rad), math.sin(ground.along_rad)
    below = Footing(*footing(ground.relief, c * x - s * y, s * x + c * y, footpad_radius_m))
    lean, higher = angle_between(axis, np.array(up)), float(row[13:16] @ np.array(up))
    down, across = -velocity[2], math.hypot(velocity[0], velocity[1])
    return Contact(down, across, math.hypot(x, y), z, lean, below.slope_rad, higher, int(row[12]) == law.CUT_OFF)


class Allowed(NamedTuple):
    """What a touchdown may be: speeds down and across [m/s], lean and slope [rad], and how far from the site [m]."""

    down_m_s: float
    across_m_s: float
    tilt_rad: float
    miss_m: float


def judged(touch: Contact, allowed: Allowed) -> tuple[Outcome, str]:
    """How a touchdown ends, and its advice; `DONE` within what is allowed."""
    if touch.down_m_s > allowed.down_m_s or touch.across_m_s > allowed.across_m_s:
        speeds = f"down at {touch.down_m_s:.2f} m/s and {touch.across_m_s:.2f} m/s across, allowed are"
        return Outcome.IMPACT, f"{speeds} {allowed.down_m_s:.2f} and {allowed.across_m_s:.2f}; {_softer(touch, allowed)} would do"
    lean, slope, most = (math.degrees(angle) for angle in (touch.lean_rad, touch.slope_rad, allowed.tilt_rad))
    if lean > most or slope > most:
        what = f"leaning {lean:.1f} deg" if lean > most else f"on a slope of {slope:.1f} deg"
        other = "an engine whose thrust goes along the axis, or sensors of less noise," if lean > most else "a flatter place"
        lies = f"came down {what}, tilt_max is {most:.1f}: it lies on its side, its panels away from the Sun"
        return Outcome.NO_POWER, f"{lies}; {other} would do"
    if touch.miss_m > allowed.miss_m:
        far = f"stands {touch.miss_m:.0f} m from the site, allowed are {allowed.miss_m:.0f}"
        return Outcome.TARGET_MISSED, f"{far}; a better fix, or a sensor of the place that works, would do"
    return Outcome.DONE, ""


def _softer(touch: Contact, allowed: Allowed) -> str:
    """What would make a touchdown softer: knowing the height, when that is off by more than a fall that the legs take and by enough to
    fall so fast; an engine that follows, when it came down otherwise than straight from its cut-off."""
    legs_m, fell_m = (speed**2 / (2.0 * G_MOON_M_S2) for speed in (allowed.down_m_s, touch.down_m_s))
    if legs_m < abs(touch.mistaken_m) and fell_m <= legs_m + abs(touch.mistaken_m):
        than = "higher" if touch.mistaken_m > 0.0 else "lower"
        return f"it took itself to be {abs(touch.mistaken_m):.0f} m {than} than it was: an altimeter and a gauge near the ground that work"
    if touch.cut_off and touch.across_m_s <= allowed.across_m_s:
        return "a lower cut-off or a slower final descent"
    return "it could not follow its guidance: a lower nominal_throttle, more thrust or faster turns"


@dataclass(frozen=True)
class Fallen:
    """A closed loop that did not reach the ground: its status, its last row (20,), and what it was flown with."""

    status: int
    last: Array
    world: World
    before: Point
    known: Point
    descent: touchdown.Descent
    noise: Array

    def dry(self) -> str:
        """Where the tank ran dry, and what would do: the same descent flown with more propellant."""
        engine, dry_kg = self.descent.engine, self.descent.dry_kg
        why, weight_n = f"ran dry {self.last[19]:.0f} m above the ground", dry_kg * G_MOON_M_S2
        if engine.thrust_min_n > weight_n:
            least = f"its thrust_min of {engine.thrust_min_n:.0f} N is more than the {weight_n:.0f} N that it weighs"
            return f"{why}; {least}: a lower one would do"
        down, end_kg = self._down(replace(self.descent, dry_kg=0.1 * self.before.mass_kg), 0.0)
        enough = self._enough_kg((dry_kg - end_kg) * self.before.mass_kg / end_kg) if down else math.nan
        if math.isnan(enough):
            return f"{why}; at least {self._least_kg():.0f} kg more of propellant are needed"
        shorter = math.ceil((dry_kg - end_kg) * engine.exhaust_m_s / weight_n)
        hover = f", or {shorter} s less of hover_time," if shorter <= self.descent.law.hover_s else ""
        return f"{why}; {enough:.0f} kg more of propellant{hover} would do"

    def _least_kg(self) -> float:
        """What it takes to stop where the tank ran dry, without the way down from there."""
        state = loop.site_state(float(self.last[0]), np.ascontiguousarray(self.last[1:8]), self.world.forces("moon"), self.descent.ground)
        return self.before.mass_kg * math.expm1(math.hypot(*state[1]) / self.descent.engine.exhaust_m_s)

    def _down(self, descent: touchdown.Descent, more_kg: float) -> tuple[bool, float]:
        """Whether the same descent comes down as it should with so much more propellant, and the mass at its end [kg]."""
        y = self.before.y.copy()
        y[6] += more_kg
        status, rows, _axis = touchdown.land(self.world, replace(self.before, y=y), self.known, descent, self.noise)
        return status == loop.LANDED and rows[-1, 12] >= law.FINAL, float(rows[-1, 7])

    def _enough_kg(self, first_kg: float) -> float:
        """The least load above what there was, of those tried from a first guess on, with which it comes down; NaN when none does."""
        loads = (math.ceil(first_kg * 1.1**tried) for tried in range(TRIES))
        return next((float(load) for load in loads if self._down(self.descent, load)[0]), math.nan)


def astray(course: Course, name: str, perilune_m: float, asked_m_s: float, ground_m: float, error: GuidanceError) -> LegEnded:
    """Let a craft fly on that cannot brake to its site, to the ground if its ellipse leads there, and say how that ends.

    The burn into the ellipse was to give it a perilune `perilune_m` high, by `asked_m_s`; the ground lies `ground_m` high.
    """
    low, flown_m_s = periapsis_height(course.point) / 1e3, course.burns[-1].delta_v_m_s
    why = f"{name}: no braking from a perilune at {low:.1f} km instead of {perilune_m / 1e3:.1f} ends at the site"
    why += f" (doi gave {flown_m_s:.1f} m/s of {asked_m_s:.1f})"
    if not course.coast(course.craft.epoch_s + ELLIPSE_S, descent_through(ground_m)):
        return LegEnded(Outcome.TARGET_MISSED, f"{why}: {error}; another perilune_altitude would do")
    course.note("impact")
    at = utc_from_tdb(course.craft.epoch_s)
    course.craft = replace(course.craft, place=Gone("struck the moon", f"at {at}"))
    return LegEnded(Outcome.IMPACT, f"{why}; {course.craft.name} strikes the Moon at {at}; the burn as it was commanded would do")
