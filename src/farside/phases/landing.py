"""How a craft met the ground: speeds, where, how it leans, what it stands on; or why it did not come so far. Outcomes with their advice.

*Model and limits*: the contact is an instant, legs and soil are not modelled; a craft within its limits stands as the ground under the
circle of its feet lies. Beyond the relief the ground is not known, and neither is its slope.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.twobody import angle_between
from farside.dynamics import closed_loop as loop
from farside.dynamics.world import Point, World
from farside.environment.terrain import Footing, footing
from farside.guidance import touchdown
from farside.phases.leg import Outcome

Array = NDArray[np.float64]
G_MOON_M_S2 = GM_MOON_M3_S2 / MOON_RADIUS_M**2
TRIES = 8  # of a larger load of propellant, a tenth more each time


@dataclass(frozen=True)
class Contact:
    """The first touch: speeds down and across the ground [m/s], the place from the site [m], the lean of the craft's axis from the
    vertical and the slope of the ground under its feet [rad] (NaN where the ground is not known), and by how much the craft took itself
    to be higher than it was [m]."""

    down_m_s: float
    across_m_s: float
    miss_m: float
    height_m: float
    lean_rad: float
    slope_rad: float
    mistaken_m: float


def contact(world: World, ground: loop.Ground, footpad_radius_m: float, row: Array, axis: Array) -> Contact:
    """What the last row (20,) of a closed loop and the craft's axis (3,) there, ICRF, come to."""
    (x, y, z), velocity, _along, _across, up = loop.site_state(float(row[0]), np.ascontiguousarray(row[1:8]), world.forces("moon"), ground)
    c, s = math.cos(ground.along_rad), math.sin(ground.along_rad)
    below = Footing(*footing(ground.relief, c * x - s * y, s * x + c * y, footpad_radius_m))
    lean, higher = angle_between(axis, np.array(up)), float(row[13:16] @ np.array(up))
    return Contact(-velocity[2], math.hypot(velocity[0], velocity[1]), math.hypot(x, y), z, lean, below.slope_rad, higher)


def judged(touch: Contact, down_max_m_s: float, across_max_m_s: float, tilt_max_rad: float) -> tuple[Outcome, str]:
    """How a touchdown with these limits ends, and its advice; `DONE` within them."""
    if touch.down_m_s > down_max_m_s or touch.across_m_s > across_max_m_s:
        speeds = f"down at {touch.down_m_s:.2f} m/s and {touch.across_m_s:.2f} m/s across"
        return Outcome.IMPACT, f"{speeds}, allowed are {down_max_m_s:.2f} and {across_max_m_s:.2f}; {_softer(touch, down_max_m_s)} would do"
    lean, slope, most = (math.degrees(angle) for angle in (touch.lean_rad, touch.slope_rad, tilt_max_rad))
    if lean > most or slope > most:
        what = f"leaning {lean:.1f} deg" if lean > most else f"on a slope of {slope:.1f} deg"
        other = "an engine whose thrust goes along the axis" if lean > most else "a flatter place"
        lies = f"came down {what}, tilt_max is {most:.1f}: it lies on its side, its panels away from the Sun"
        return Outcome.NO_POWER, f"{lies}; {other} would do"
    return Outcome.DONE, ""


def _softer(touch: Contact, down_max_m_s: float) -> str:
    """What would make a touchdown softer: knowing the height, when that is off by more than the fall that the legs take."""
    if abs(touch.mistaken_m) <= down_max_m_s**2 / (2.0 * G_MOON_M_S2):
        return "a lower cut-off or a slower final descent"
    than = "higher" if touch.mistaken_m > 0.0 else "lower"
    return f"it took itself to be {abs(touch.mistaken_m):.0f} m {than} than it was: an altimeter and a gauge near the ground that work"


@dataclass(frozen=True)
class Fallen:
    """A closed loop that did not reach the ground: its status, how high it was then [m], and what it was flown with."""

    status: int
    above_m: float
    world: World
    before: Point
    known: Point
    descent: touchdown.Descent
    noise: Array

    def dry(self) -> str:
        """Where the tank ran dry, and what would do: the same descent flown with more propellant."""
        why, law = f"ran dry {self.above_m:.0f} m above the ground", self.descent.law
        status, end_kg = self._landed(replace(self.descent, dry_kg=0.1 * self.before.mass_kg), 0.0)
        more = self._more_kg((self.descent.dry_kg - end_kg) * self.before.mass_kg / end_kg) if status == loop.LANDED else math.nan
        if math.isnan(more):
            return f"{why}; a descent from lower, with more thrust or with less aboard would do"
        flow = self.descent.dry_kg * G_MOON_M_S2 / self.descent.engine.exhaust_m_s
        shorter = math.ceil((self.descent.dry_kg - end_kg) / flow)
        hover = f", or {shorter} s less of hover_time," if shorter <= law.hover_s else ""
        return f"{why}; {more:.0f} kg more of propellant{hover} would do"

    def _landed(self, descent: touchdown.Descent, more_kg: float) -> tuple[int, float]:
        """How the same descent ends with so much more propellant, and the mass at its end [kg]."""
        y = self.before.y.copy()
        y[6] += more_kg
        status, rows, _axis = touchdown.land(self.world, replace(self.before, y=y), self.known, descent, self.noise)
        return status, float(rows[-1, 7])

    def _more_kg(self, first_kg: float) -> float:
        """The least load above what there was, of those tried from a first guess on, with which it comes down; NaN when none does."""
        for tried in range(TRIES):
            more = math.ceil(first_kg * 1.1**tried)
            if self._landed(self.descent, more)[0] == loop.LANDED:
                return more
        return math.nan
