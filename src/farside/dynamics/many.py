"""Many coasts at once, from one epoch to another: what dispersed states become, at a twentieth of what they cost one by one.

*Model*: that of `world.coast`, equations, method and guard of the error included; how it is made fast is told in `lanes`, what that is
worth in `design/lanes.md`. *Limits*: one centre and one epoch for all at the start, no stop conditions, ends alone (no arcs).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from farside.craft.module import Center
from farside.dynamics.lanes import ALONE, LANES, ROWS, STRUCK, fly_lanes
from farside.dynamics.propagate import IMPACT, REACHED
from farside.dynamics.world import BOUNDARY_M, CODES, Point, World, coast

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """Many craft at one epoch, as the propagator sees them: `states` (n, 7) position [m] and velocity [m/s] about `center` in ICRF axes,
    mass [kg]."""

    center: Center
    epoch_s: float
    states: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.states)

    def __getitem__(self, index: int) -> Point:
        return Point(self.center, self.epoch_s, self.states[index])


@dataclass(frozen=True)
class FlownMany:
    """Where many coasts ended: `points` (NaN where one did not reach the epoch), `status` (n,) as the propagator's, and `ended`, the ends
    of those that did not. `alone` says how many were flown by themselves, `steps` how many the others shared."""

    points: Points
    status: NDArray[np.int64]
    ended: dict[int, Point] = field(default_factory=dict, repr=False)
    alone: int = 0
    steps: int = 0


def coast_many(world: World, points: Points, until_s: float, center: Center | None = None) -> FlownMany:
    """Coast from the epoch of all points to another, either way in time, about `center` at last (by default the present one).

    On the way to another centre all change to it together, when the first comes within the Moon's boundary (or the last one is beyond it);
    where none does the answer is about the old one. That is earlier than alone for all but one, which moves their ends by some decimetres
    (design/centres.md). A step is made only if the embedded error of every lane is within `world.tolerance`; a
    craft that asks for steps of less than half of what serves the others is flown by itself, by `coast`. One that strikes its central
    body ends at the first step inside it. `ValueError`: states of another shape than (n, 7), or not finite.
    """
    states = np.ascontiguousarray(points.states, dtype=np.float64)
    _check(states, points.epoch_s, until_s)
    wanted = center or points.center
    if not len(states):
        return FlownMany(Points(wanted, until_s, states), np.zeros(0, np.int64))
    blocks = -(-len(states) // LANES)
    rows = np.minimum(np.arange(blocks * LANES), len(states) - 1)  # the last block is filled up with its last craft
    y = states[rows, :6].reshape(blocks, LANES, 6).transpose(0, 2, 1).reshape(blocks, ROWS)
    masses = states[rows, 6].reshape(blocks, LANES)
    forces = world.forces(points.center)
    lanes, code, steps, _ = fly_lanes(
        float(points.epoch_s), np.ascontiguousarray(y), masses, float(until_s), forces, CODES[wanted], BOUNDARY_M, world.tolerance
    )
    ends = states.copy()
    ends[:, :6] = lanes.y.reshape(blocks, 6, LANES).transpose(0, 2, 1).reshape(-1, 6)[: len(states)]
    last = Points(wanted if code == CODES[wanted] else points.center, float(until_s), ends)
    fate = lanes.fate.ravel()[: len(states)]
    struck = {int(k): _end_of(lanes.ends.reshape(-1, 8)[k], states[k, 6]) for k in np.flatnonzero(fate == STRUCK)}
    return _told(world, points, last, np.flatnonzero(fate == ALONE), struck, wanted, int(steps))


def _end_of(row: Array, mass_kg: float) -> Point:
    """A point inside a body, as the lanes keep it: centre, epoch, position and velocity."""
    center: Center = "moon" if row[0] == CODES["moon"] else "earth"
    return Point(center, float(row[1]), np.append(row[2:], mass_kg))


def _told(
    world: World, points: Points, last: Points, alone: NDArray[np.int64], ended: dict[int, Point], wanted: Center, steps: int
) -> FlownMany:
    """What is answered: those taken out of the lanes flown by themselves, those that did not come to the epoch without a state there."""
    status = np.full(len(points), REACHED)
    status[list(ended)] = IMPACT
    for index in (int(k) for k in alone):
        flown = coast(world, points[index], last.epoch_s, center=wanted)
        status[index] = flown.status
        if flown.status == REACHED:
            last.states[index] = world.about(flown.point, last.center).y
        else:
            ended[index] = flown.point
    last.states[list(ended)] = np.nan
    return FlownMany(last, status, dict(sorted(ended.items())), len(alone), steps)


def _check(states: Array, epoch_s: float, until_s: float) -> None:
    """Refuse what cannot be flown."""
    if states.ndim != 2 or states.shape[1] != 7:
        raise ValueError(f"states of shape {states.shape} to coast with; (n, 7) is needed: position, velocity, mass")
    if not np.isfinite([epoch_s, until_s]).all():
        raise ValueError(f"a coast from {epoch_s} to {until_s}; epochs are finite (TDB s past J2000)")
    bad = np.flatnonzero(~np.isfinite(states).all(axis=1))
    if bad.size:
        raise ValueError(f"state {bad[0]} of {len(states)} is not finite: {states[bad[0]]}")
