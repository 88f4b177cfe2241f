"""Events: epochs at which a signed function of the state passes zero, found afterwards on the dense arcs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from farside.dynamics.arcs import Arc

Array = NDArray[np.float64]
Signed = Callable[[Array], float]


def distance_rate(y: Array) -> float:
    """Zero at an apsis, rising through it at a periapsis."""
    return float(y[:3] @ y[3:6])


def passages(arcs: Iterable[Arc], function: Signed, rising: bool = True) -> list[tuple[Arc, float]]:
    """The epochs (to 0.1 ms) at which `function` passes zero upwards (or downwards), with their arcs, in order.

    *Limits*: two passages within one step of the propagator are not seen.
    """
    sign = 1.0 if rising else -1.0
    found = []
    for arc in arcs:
        values = [sign * function(y) for y in arc.states]
        for k in range(len(values) - 1):
            if values[k] < 0.0 <= values[k + 1]:
                found.append((arc, _between(arc, function, sign, float(arc.times_s[k]), float(arc.times_s[k + 1]))))
    return found


def _between(arc: Arc, function: Signed, sign: float, low: float, high: float) -> float:
    """The passage between two epochs, by bisection."""
    while high - low > 1e-4:
        middle = 0.5 * (low + high)
        if sign * function(arc.at(middle)[0]) < 0.0:
            low = middle
        else:
            high = middle
    return high
