"""Aeroshells: lift and drag over the Mach number, reference area, nose radius; each a table with its source.

*Model*: trimmed coefficients over the reference area, linear in the Mach number between the table's points, held beyond them. *Limits*: no
angle of attack of its own (trim), no sideslip, no Reynolds number, no rarefied flow (above some 95 km drag is a third larger, where it
matters nothing); no ablation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel

Array = NDArray[np.float64]


class Shell(NamedTuple):
    """What a kernel reads: reference area, and lift and drag coefficients (n,) at rising Mach numbers (n,)."""

    area_m2: float
    mach: Array
    lift: Array
    drag: Array


@dataclass(frozen=True)
class Aeroshell:
    """A body in hypersonic flow. `points`: rows of (Mach number, lift coefficient, drag coefficient), Mach rising."""

    name: str
    area_m2: float
    nose_radius_m: float
    points: tuple[tuple[float, float, float], ...]
    source: str

    def shell(self, lift: float = 1.0, drag: float = 1.0) -> Shell:
        """The same for kernels, each coefficient times a factor."""
        mach, cl, cd = np.array(self.points).T
        return Shell(self.area_m2, np.ascontiguousarray(mach), lift * cl, drag * cd)

    @property
    def hypersonic(self) -> tuple[float, float]:
        """Lift and drag coefficient at the highest Mach number."""
        return self.points[-1][1], self.points[-1][2]

    def ballistic_coefficient_kg_m2(self, mass_kg: float) -> float:
        """Mass over drag area at the highest Mach number."""
        return mass_kg / (self.area_m2 * self.hypersonic[1])

    def with_lift_to_drag(self, ratio: float) -> Aeroshell:
        """The same body trimmed so that lift over drag is `ratio` at the highest Mach number; drag is kept."""
        factor = ratio * self.hypersonic[1] / self.hypersonic[0]
        return replace(self, points=tuple((m, factor * cl, cd) for m, cl, cd in self.points))


def disc_m2(diameter_m: float) -> float:
    """Area of a circle of that diameter."""
    return 0.25 * math.pi * diameter_m**2


APOLLO_CM = Aeroshell(
    "apollo_cm",
    12.02,  # facts A5: 129.4 ft2
    4.694,  # 184.8 in, radius of the heat shield's sphere; NASA TN D-6725
    (
        (0.2, 0.23170, 0.82584),
        (0.4, 0.23412, 0.85478),
        (0.7, 0.25619, 0.98912),
        (0.9, 0.31180, 1.07015),
        (1.1, 0.48050, 1.17974),
        (1.2, 0.46690, 1.16508),
        (1.35, 0.54953, 1.28744),
        (1.65, 0.54084, 1.27440),
        (2.0, 0.52572, 1.28613),
        (2.4, 0.49986, 1.25612),
        (3.0, 0.47174, 1.23227),
        (4.0, 0.43414, 1.22682),
        (10.0, 0.42155, 1.23698),
        (29.5, 0.37900, 1.30136),
    ),
    "facts A4, A5: MSC Internal Note 69-FM-137, Apollo 10",
)

# Chang'e's returner: nothing of its aerodynamics is public (facts 11). The course of both coefficients over the Mach number is Apollo's, a
# body of the same kind; lift over drag is what the skip of Chang'e-5 T1 and the mission file take for granted.
CHANGE_RETURNER = replace(
    APOLLO_CM,
    name="change_returner",
    area_m2=disc_m2(1.25),  # assumed: diameter about 1.25 m
    nose_radius_m=1.5,  # assumed: Apollo's 4.694 m to 3.91 m across, at 1.25 m
    source="assumed: Apollo's course over the Mach number (facts A4), lift to drag 0.25",
).with_lift_to_drag(0.25)  # assumed: the middle of 0.2 to 0.3


def blunt_cone(name: str, diameter_m: float, nose_radius_m: float, source: str) -> Aeroshell:
    """A blunt 60 degree cone that spins and has no lift.

    Drag of Stardust, facts B1: 1.46 to 1.52 between Mach 10 and 43; below Mach 10 assumed from blunt 60 and 70 degree cones in general:
    subsonic half as much again as a disc's base pressure leaves, highest at Mach 2.
    """
    # assumed below Mach 10
    course = ((0.4, 0.80), (0.8, 0.90), (1.0, 1.15), (1.3, 1.33), (2.0, 1.45), (4.0, 1.43), (10.0, 1.46), (43.0, 1.52))
    return Aeroshell(name, disc_m2(diameter_m), nose_radius_m, tuple((m, 0.0, cd) for m, cd in course), source)


STARDUST = replace(blunt_cone("stardust", 0.8128, 0.2286, "facts B1"), area_m2=0.51887)
OSIRIS_REX = blunt_cone("osiris_rex", 0.81, 0.2286, "facts B5: 0.81 m; assumed: Stardust's shape, from which it was built")
GENESIS = blunt_cone("genesis", 1.51, 0.43, "facts B6: 1.51 m; assumed: 59.8 degree cone of nose radius 0.43 m, drag as Stardust")
# assumed: a 45 degree cone with a nose of half its diameter: Newtonian drag of that sphere-cone, 1.0 to 1.1, Stardust's course below
HAYABUSA = Aeroshell(
    "hayabusa",
    disc_m2(0.40),
    0.20,
    ((0.4, 0.0, 0.65), (0.8, 0.0, 0.75), (1.0, 0.0, 0.95), (1.3, 0.0, 1.10), (2.0, 0.0, 1.15), (4.0, 0.0, 1.12), (10.0, 0.0, 1.10)),
    "facts B4: 0.40 m; assumed: 45 degree cone, nose radius 0.20 m",
)

AEROSHELLS = {shell.name: shell for shell in (APOLLO_CM, CHANGE_RETURNER, STARDUST, OSIRIS_REX, GENESIS, HAYABUSA)}


@kernel
def coefficients(mach, shell):  # type: ignore[no-untyped-def]
    """Lift and drag coefficient at a Mach number."""
    last = shell.mach.size - 1
    if mach <= shell.mach[0]:
        return shell.lift[0], shell.drag[0]
    if mach >= shell.mach[last]:
        return shell.lift[last], shell.drag[last]
    k = 0
    while shell.mach[k + 1] < mach:
        k += 1
    share = (mach - shell.mach[k]) / (shell.mach[k + 1] - shell.mach[k])
    return shell.lift[k] + share * (shell.lift[k + 1] - shell.lift[k]), shell.drag[k] + share * (shell.drag[k + 1] - shell.drag[k])
