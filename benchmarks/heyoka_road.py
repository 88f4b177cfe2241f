"""The same coasts by heyoka: Taylor series, one craft or several in the lanes of an integrator; forces of the tests' second opinion."""

from __future__ import annotations

import functools
import math
import sys
from typing import Any
from unittest.mock import patch

import heyoka as hy
import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import CHECKOUT
from farside.dynamics.world import Point, World

sys.path.append(str(CHECKOUT / "tests" / "reference"))

import replay  # of the tests


@functools.cache
def integrator(center: str, degree: int, rows: tuple[tuple[float, float], ...], tolerance: float, lanes: int) -> Any:
    """The compiled integrator of a centre, a field of the Moon and a tolerance, for so many craft at once."""
    with patch.object(replay, "normalised_moon", lambda _: [list(row) for row in rows]):
        e = replay.equations(center, degree)
    system = [*zip(e.r, e.v, strict=True), *zip(e.v, e.gravity, strict=True)]
    shape = () if lanes == 1 else (lanes,)
    here = np.broadcast_to(np.array([1e7, 0.0, 0.0, 0.0, 1e3, 0.0]).reshape(6, *(1 for _ in shape)), (6, *shape)).copy()
    pars = np.zeros((len(replay.record_parameters(0.0)), *shape))
    kind = hy.taylor_adaptive if lanes == 1 else hy.taylor_adaptive_batch
    return kind(system, here, pars=pars, tol=tolerance, compact_mode=True)


class Road:
    """Coasts from a state, `lanes` at a time, to a tolerance; compiled when the first of its kind is made."""

    def __init__(self, world: World, start: Point, tolerance: float, lanes: int = 1) -> None:
        field = world.moon_field
        rows = tuple((float(field.c[n, m]), float(field.s[n, m])) for n in range(field.degree + 1) for m in range(n + 1))
        self.start, self.lanes = start, lanes
        self.integrator = integrator(start.center, field.degree, rows, tolerance, lanes)

    def fly(self, states: NDArray[np.float64], until_s: float) -> NDArray[np.float64]:
        """Positions (n, 3) at an epoch of states (n, 7), record by record of the ephemeris."""
        ends = np.empty((len(states), 3))
        for first in range(0, len(states), self.lanes):
            rows = np.minimum(np.arange(first, first + self.lanes), len(states) - 1)
            end = self._block(states[rows, :6].T if self.lanes > 1 else states[first, :6], until_s)
            ends[rows] = end.T if self.lanes > 1 else end
        return ends

    def _block(self, y: NDArray[np.float64], until_s: float) -> NDArray[np.float64]:
        one, epoch, state = self.integrator, self.start.epoch_s, y
        while epoch < until_s:
            begin = replay.record_start_s(epoch)
            stop = min(until_s, begin + replay.RECORD_S)
            parameters = replay.record_parameters(begin)
            used = parameters if self.lanes == 1 else parameters[:, None]
            one.pars[: len(parameters)] = used
            one.state[:] = state
            if self.lanes == 1:
                one.time = epoch - begin
                outcome = one.propagate_until(stop - begin)[0]
                assert outcome == hy.taylor_outcome.time_limit
            else:
                one.set_time(epoch - begin)
                one.propagate_until(stop - begin)
                assert all(result[0] == hy.taylor_outcome.time_limit for result in one.propagate_res)
            epoch, state = stop, one.state.copy()
        return np.asarray(state[:3])


def widest() -> int:
    """How many craft the processor takes at once."""
    return int(2 ** math.floor(math.log2(hy.recommended_simd_size())))
