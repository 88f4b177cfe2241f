"""Arcs: what the propagator leaves behind, a trajectory that answers at every epoch.

An arc is one centre, one mode (coast, burn, at rest on the ground, flying in air, carried over the ground), the accepted steps of DOP853
and its dense output (seventh order, Hairer, Norsett & Wanner, *Solving Ordinary Differential Equations I*, 2nd ed. 1993, II.6), so that
sampling it costs no new integration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from farside.craft.module import Center

Mode = Literal["coast", "burn", "landed", "flying", "carried"]


@dataclass(frozen=True)
class Arc:
    """One stretch of motion about one centre.

    `times_s` (n+1,) TDB seconds past J2000, rising (falling in planning's backward flights); `states` (n+1, 7): position [m], velocity
    [m/s] about `center` in ICRF axes, mass [kg] of all joined modules; `dense` (n, 7, 7): coefficients of the steps' interpolants;
    `thrust_n` is zero in a coast, the mean in
    a throttled burn.
    """

    center: Center
    mode: Mode
    times_s: NDArray[np.float64]
    states: NDArray[np.float64]
    dense: NDArray[np.float64] = field(repr=False)
    thrust_n: float = 0.0

    @property
    def start_s(self) -> float:
        return float(self.times_s[0])

    @property
    def end_s(self) -> float:
        return float(self.times_s[-1])

    def at(self, epochs_s: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """States (k, 7) at the epochs (k,); `ValueError` outside the arc. The ends are answered with the recorded states, to the bit."""
        epochs = np.atleast_1d(np.asarray(epochs_s, dtype=np.float64))
        first, last = min(self.start_s, self.end_s), max(self.start_s, self.end_s)
        if epochs.size and (epochs.min() < first or epochs.max() > last):
            raise ValueError(f"asked for {epochs.min()} .. {epochs.max()}, this arc covers {first} .. {last} (TDB s past J2000)")
        from farside.dynamics.propagate import sample

        out: NDArray[np.float64] = sample(epochs, self.times_s, self.states, self.dense)
        return out
