"""What many runs of one thing say: for each number its mean, standard deviation, percentiles and ends; and how the runs ended.

No run is left out: a number is looked at in every run that has it, and `count` says in how many; outcomes are counted over all.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

PERCENTILES = (5.0, 50.0, 95.0)


@dataclass(frozen=True)
class Run:
    """One run: its number, how it ended and why, and its numbers by name (SI but for names that say otherwise)."""

    run: int
    outcome: str
    advice: str
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class Spread:
    """A number over the runs that have it: how many, mean, standard deviation (of a sample), least, three percentiles, most."""

    count: int
    mean: float
    sigma: float
    least: float
    p5: float
    p50: float
    p95: float
    most: float


def spread_of(values: Sequence[float]) -> Spread:
    """The spread of one number; percentiles are interpolated between the runs. `ValueError` without any."""
    if not values:
        raise ValueError("a spread of no runs was asked for; at least one is needed")
    x = np.asarray(values, dtype=np.float64)
    sigma = float(x.std(ddof=1)) if x.size > 1 else 0.0
    p5, p50, p95 = (float(part) for part in np.percentile(x, PERCENTILES))
    return Spread(x.size, float(x.mean()), sigma, float(x.min()), p5, p50, p95, float(x.max()))


def spreads(runs: Sequence[Run]) -> dict[str, Spread]:
    """The spread of every number, in the order in which runs name them."""
    names = dict.fromkeys(name for run in runs for name in run.numbers)
    told = {name: [run.numbers[name] for run in runs if math.isfinite(run.numbers.get(name, math.nan))] for name in names}
    return {name: spread_of(values) for name, values in told.items() if values}


def outcomes(runs: Sequence[Run]) -> dict[str, int]:
    """How many runs ended how, the most frequent first."""
    return dict(Counter(run.outcome for run in runs).most_common())
