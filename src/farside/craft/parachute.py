"""Parachutes: kinds of canopy as a table, and how the drag area of one grows while it fills.

*Model*. A canopy fills on a way through the air that is a number of its diameters, whatever its speed (the filling constant); meanwhile
its drag area grows as a power of that way. At constant speed the force reaches `overshoot` times the steady one, the opening-force
coefficient of an infinite mass; over as long a way again that goes back. A reefed canopy fills to a share of its area first, and from
there to the whole. *Source*: T. W. Knacke, *Parachute Recovery Systems Design Manual*, NWC TP 6575, 1991 (Para Publishing 1992): tables
5-1 and 5-2 (drag and opening force), table 5-6 (filling constants), section 5.4 (reefed filling). *Limits*: subsonic, for drag does not
change with the Mach number; no added mass of the air in the canopy, no stretch of lines, no wake of the capsule, no swinging.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from farside.basis.kernel import kernel


class Opening(NamedTuple):
    """What a kernel reads: a drag area [m2] that grows from one value to another within a way through the air [m]."""

    from_m2: float
    to_m2: float
    filling_m: float
    exponent: float
    overshoot: float


CLOSED = Opening(0.0, 0.0, 1.0, 1.0, 1.0)
"""No canopy yet."""


@dataclass(frozen=True)
class CanopyKind:
    """A kind of canopy: drag coefficient over its nominal area, filling constants (diameters of way), how its area grows.

    `filling` is of a canopy without reefing; `reefed_filling` is to the reefed area, `disreefed_filling` from there to the whole one.
    """

    name: str
    drag_coefficient: float
    filling: float
    reefed_filling: float
    disreefed_filling: float
    exponent: float
    overshoot: float
    source: str


CONICAL_RIBBON = CanopyKind(
    "conical_ribbon",
    0.525,  # Knacke 1991 table 5-1: 0.50 to 0.55
    14.0,  # table 5-6
    10.0,  # table 5-6
    6.0,  # table 5-6
    1.0,  # section 5.4.3: drag area of ribbon canopies grows evenly
    1.05,  # table 5-1: 1.05 to 1.30, the lower for large and slow ones
    "Knacke 1991",
)
RINGSAIL = CanopyKind(
    "ringsail",
    0.8,  # Knacke 1991 table 5-1: 0.75 to 0.90
    7.0,  # table 5-6
    7.5,  # table 5-6: 7 to 8
    2.0,  # table 5-6
    2.0,  # assumed: as canopies of solid cloth, slowly at first (section 5.4.3)
    1.10,  # table 5-1
    "Knacke 1991; assumed: grows as canopies of solid cloth",
)
FLAT_CIRCULAR = CanopyKind(
    "flat_circular",
    0.775,  # Knacke 1991 table 5-1: 0.75 to 0.80
    8.0,  # table 5-6
    8.0,  # assumed: as without reefing
    4.0,  # assumed: half of that
    2.0,  # section 5.4.3
    1.7,  # table 5-1
    "Knacke 1991; assumed: reefed filling",
)
CANOPY_KINDS = {kind.name: kind for kind in (CONICAL_RIBBON, RINGSAIL, FLAT_CIRCULAR)}


@dataclass(frozen=True)
class Canopy:
    """One canopy: kind, nominal diameter, drag coefficient over the nominal area, and how much of its area is open while it is reefed."""

    kind: CanopyKind
    diameter_m: float
    drag_coefficient: float
    reefed: float | None = None

    @property
    def drag_area_m2(self) -> float:
        """Drag coefficient times nominal area, of the open canopy."""
        return self.drag_coefficient * 0.25 * math.pi * self.diameter_m**2

    def openings(self, factor: float = 1.0) -> tuple[Opening, ...]:
        """How it opens, in one step or (reefed) in two; the drag is `factor` times that of the table.

        Filling ways of reefed canopies are of the diameter of a canopy of that area: Knacke 1991, section 5.4.
        """
        kind, area = self.kind, factor * self.drag_area_m2
        growing = kind.exponent, kind.overshoot
        if self.reefed is None:
            return (Opening(0.0, area, kind.filling * self.diameter_m, *growing),)
        first = kind.reefed_filling * self.diameter_m * math.sqrt(self.reefed)
        then = kind.disreefed_filling * self.diameter_m * math.sqrt(1.0 - self.reefed)
        return Opening(0.0, self.reefed * area, first, *growing), Opening(self.reefed * area, area, then, *growing)


@kernel
def drag_area(way_m, opening):  # type: ignore[no-untyped-def]
    """Drag area [m2] after a way through the air [m] since the filling began."""
    share = way_m / opening.filling_m
    if share <= 0.0:
        return opening.from_m2
    if share < 1.0:
        return opening.from_m2 + (opening.overshoot * opening.to_m2 - opening.from_m2) * share**opening.exponent
    if share < 2.0:
        return opening.to_m2 * (opening.overshoot + (1.0 - opening.overshoot) * (share - 1.0))
    return opening.to_m2


def opening_load_n(opening: Opening, mass_kg: float, density_kg_m3: float, flow_m_s: float) -> float:
    """The greatest force [N] of a canopy that fills from nothing and stops a mass in air of one density, gravity left out.

    In closed form, since both grow over the way s: v = v0 exp(-k s^(n+1) / (n+1)), F = q A s^n exp(-2 k s^(n+1) / (n+1)), s the share of
    the filling way, k = density times area times way over twice the mass. For a great mass it is q A; it is the finite-mass opening of
    Knacke's (Pflanz's) force-reduction factor, by way instead of time.
    """
    n, area = opening.exponent, opening.overshoot * opening.to_m2
    k = density_kg_m3 * area * opening.filling_m / (2.0 * mass_kg)
    share = min(1.0, (0.5 * n / k) ** (1.0 / (n + 1.0)))
    return float(0.5 * density_kg_m3 * flow_m_s**2 * area * share**n * math.exp(-2.0 * k * share ** (n + 1.0) / (n + 1.0)))
