"""The arm: a scoop that takes the uppermost soil, one pass after another."""

from __future__ import annotations

import math
from dataclasses import dataclass

from farside.basis.draws import Draws


@dataclass(frozen=True, slots=True)
class Scoop:
    """A scoop: its volume struck level, how deep it cuts, the part of it that a pass fills (median), and the scatter of that (log odds)."""

    volume_m3: float
    depth_m: float
    median_fill: float
    fill_scatter: float


SCOOP = Scoop(
    volume_m3=130e-6,  # assumed: so that a full one is half as much again as the median
    depth_m=0.03,  # assumed: a few centimetres, as the trenches in the pictures of Chang'e-5
    median_fill=0.70,  # assumed: Chang'e-5's 12 passes brought about 1.47 kg (from memory): 89 cm3 each at 1.38 g/cm3
    fill_scatter=0.8,  # assumed: in log odds; two passes in three fill 51 to 84 %
)


def fills(scoop: Scoop, passes: int, draws: Draws, phase: str) -> tuple[float, ...]:
    """The part of the scoop that each pass fills, between 0 and 1, by the draws of the run; the median when they are off.

    *Model and limits*: normal in log odds, so that none is cut off at empty or full; passes do not know of each other.
    """
    odds = math.log(scoop.median_fill / (1.0 - scoop.median_fill))
    return tuple(1.0 / (1.0 + math.exp(-(odds + scoop.fill_scatter * float(n)))) for n in draws.normal(phase, "scoop, fill", passes))


def scooped_kg(scoop: Scoop, fill: float, density_kg_m3: float) -> float:
    """The mass of one pass: the filled part of the scoop times the density of the soil as it lies."""
    return scoop.volume_m3 * fill * density_kg_m3
