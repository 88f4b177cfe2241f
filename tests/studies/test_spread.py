"""Spreads against numpy on draws of known shape, and against numbers that can be counted by hand; no run is left out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.studies.spread import Run, outcomes, spread_of, spreads

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


def run(number: int, outcome: str = "done", **numbers: float) -> Run:
    return Run(number, outcome, "", numbers)


def test_by_hand() -> None:
    spread = spread_of([3.0, 1.0, 2.0, 4.0, 5.0])
    assert (spread.count, spread.mean, spread.least, spread.p50, spread.most) == (5, 3.0, 1.0, 3.0, 5.0)
    assert spread.sigma == pytest.approx(math.sqrt(2.5))  # of a sample: squares of 2, 1, 0, 1, 2 over four
    assert (spread.p5, spread.p95) == pytest.approx((1.2, 4.8))


def test_of_normal_draws() -> None:
    """A thousand draws: the mean within 4 sigma / sqrt(1000), the 5 and 95 % points at 1.645 sigma within their own scatter of 0.07."""
    x = 10.0 + 2.0 * np.random.default_rng(1).standard_normal(1000)
    spread = spread_of(list(x))
    assert spread.mean == pytest.approx(10.0, abs=4 * 2.0 / math.sqrt(1000))
    assert spread.sigma == pytest.approx(2.0, rel=0.09)
    assert (spread.p5, spread.p95) == pytest.approx((10.0 - 3.29, 10.0 + 3.29), abs=4 * 0.14)


@given(NUMBERS)
def test_in_order_and_whatever_the_order_of_the_runs(values: list[float]) -> None:
    spread = spread_of(values)
    assert spread.least <= spread.p5 <= spread.p50 <= spread.p95 <= spread.most
    again = spread_of(values[::-1])
    assert (again.least, again.p5, again.p50, again.p95, again.most) == (spread.least, spread.p5, spread.p50, spread.p95, spread.most)
    assert again.mean == pytest.approx(spread.mean, rel=1e-9, abs=1e-6)


def test_one_run_has_no_sigma_and_none_is_a_mistake() -> None:
    assert spread_of([7.0]).sigma == 0.0
    with pytest.raises(ValueError, match="at least one is needed"):
        spread_of([])


def test_every_run_counts_where_it_has_the_number() -> None:
    runs = [run(0, miss=1.0, left=9.0), run(1, miss=3.0), run(2, "propellant exhausted", left=0.0), run(3, miss=math.nan)]
    found = spreads(runs)
    assert list(found) == ["miss", "left"]
    assert (found["miss"].count, found["miss"].mean) == (2, 2.0)
    assert (found["left"].count, found["left"].least) == (2, 0.0)  # the run that ran dry is in it
    assert outcomes(runs) == {"done": 3, "propellant exhausted": 1}
    assert list(outcomes([*runs, run(4, "impact"), run(5, "impact")])) == ["done", "impact", "propellant exhausted"]
