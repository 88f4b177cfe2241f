"""A relay satellite as the environment sees it: a table of where it is about the Moon.

How it got there is another matter: the table is filled by propagation (`planning.relay_orbit`) or from a file by a room above this one.
*Model and limits*: cubic Hermite pieces between the table's points; with velocities and a minute between points the piece is within a
metre even at a perilune of 200 km; without velocities, which are then central differences, within a few metres.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.epochs import utc_from_tdb
from farside.basis.kernel import kernel

Array = NDArray[np.float64]


class Relay(NamedTuple):
    """The table: `epochs_s` (n,) rising, TDB s past J2000; `r_m` and `v_m_s` (n, 3) about the Moon, ICRF axes."""

    epochs_s: Array
    r_m: Array
    v_m_s: Array

    @property
    def start_s(self) -> float:
        return float(self.epochs_s[0])

    @property
    def end_s(self) -> float:
        return float(self.epochs_s[-1])


def tabulated(epochs_s: Array, r_m: Array, v_m_s: Array | None = None) -> Relay:
    """A relay from epochs (n,), positions and, if known, velocities (n, 3) about the Moon in ICRF axes.

    `ValueError` when there are fewer than three points, when epochs do not rise, or when shapes do not agree.
    """
    epochs, r = np.ascontiguousarray(epochs_s, dtype=np.float64), np.ascontiguousarray(r_m, dtype=np.float64)
    if epochs.ndim != 1 or epochs.size < 3 or r.shape != (epochs.size, 3):
        raise ValueError(f"epochs {epochs.shape} and positions {r.shape}: needed are (n,) and (n, 3) with n at least 3")
    if not np.all(np.diff(epochs) > 0.0):
        k = int(np.argmin(np.diff(epochs)))
        raise ValueError(f"epochs must rise; number {k + 1} is {float(epochs[k + 1] - epochs[k]):g} s after the one before")
    v = np.gradient(r, epochs, axis=0, edge_order=2) if v_m_s is None else np.ascontiguousarray(v_m_s, dtype=np.float64)
    if v.shape != r.shape:
        raise ValueError(f"velocities {v.shape}: needed are {r.shape}, one for each position")
    return Relay(epochs, r, v)


@kernel
def relay_at(t, relay):  # type: ignore[no-untyped-def]
    """Where the relay is at `t`: three numbers [m] about the Moon, ICRF; NaN outside the table."""
    epochs = relay.epochs_s
    if not epochs[0] <= t <= epochs[-1]:
        return np.nan, np.nan, np.nan
    low, high = 0, epochs.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if epochs[middle] <= t:
            low = middle
        else:
            high = middle
    h = epochs[high] - epochs[low]
    s = (t - epochs[low]) / h
    a, b = (1.0 + 2.0 * s) * (1.0 - s) ** 2, s * (1.0 - s) ** 2 * h
    c, d = s * s * (3.0 - 2.0 * s), s * s * (s - 1.0) * h
    r, v = relay.r_m, relay.v_m_s
    return (
        a * r[low, 0] + b * v[low, 0] + c * r[high, 0] + d * v[high, 0],
        a * r[low, 1] + b * v[low, 1] + c * r[high, 1] + d * v[high, 1],
        a * r[low, 2] + b * v[low, 2] + c * r[high, 2] + d * v[high, 2],
    )


@kernel
def _positions(epochs, relay):  # type: ignore[no-untyped-def]
    out = np.empty((epochs.size, 3))
    for k in range(epochs.size):
        out[k, 0], out[k, 1], out[k, 2] = relay_at(epochs[k], relay)
    return out


def relay_positions(relay: Relay, epochs_s: Array | float) -> Array:
    """Positions (k, 3) [m] about the Moon in ICRF axes at the epochs (k,); `ValueError` outside the table, saying what it covers."""
    epochs = np.atleast_1d(np.asarray(epochs_s, dtype=np.float64))
    if epochs.size and not (relay.start_s <= epochs.min() and epochs.max() <= relay.end_s):
        asked, covered = (
            [utc_from_tdb(float(t), 0) for t in span] for span in ((epochs.min(), epochs.max()), (relay.start_s, relay.end_s))
        )
        raise ValueError(f"the relay was asked for {asked[0]} to {asked[1]}; its table covers {covered[0]} to {covered[1]}")
    out: Array = _positions(epochs, relay)
    return out
