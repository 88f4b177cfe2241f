"""How a craft met the ground: speeds, where, how it leans, and what it stands on.

*Model and limits*: the contact is an instant, legs and soil are not modelled; a craft within its limits stands as the ground under the
circle of its feet lies. Beyond the relief the ground is not known, and neither is its slope.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.twobody import angle_between
from farside.dynamics import closed_loop as loop
from farside.dynamics.world import World
from farside.environment.terrain import Footing, footing

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Contact:
    """The first touch: speeds down and across the ground [m/s], the place from the site [m], the lean of the craft's axis from the
    vertical and the slope of the ground under its feet [rad] (NaN where the ground is not known)."""

    down_m_s: float
    across_m_s: float
    miss_m: float
    height_m: float
    lean_rad: float
    slope_rad: float


def contact(world: World, ground: loop.Ground, footpad_radius_m: float, row: Array, axis: Array) -> Contact:
    """What the last row (20,) of a closed loop and the craft's axis (3,) there, ICRF, come to."""
    (x, y, z), velocity, _along, _across, up = loop.site_state(float(row[0]), np.ascontiguousarray(row[1:8]), world.forces("moon"), ground)
    c, s = math.cos(ground.along_rad), math.sin(ground.along_rad)
    below = Footing(*footing(ground.relief, c * x - s * y, s * x + c * y, footpad_radius_m))
    lean = angle_between(axis, np.array(up))
    return Contact(-velocity[2], math.hypot(velocity[0], velocity[1]), math.hypot(x, y), z, lean, below.slope_rad)
