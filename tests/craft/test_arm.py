"""Scooping: every pass takes something, none more than the scoop holds, and the median is the median."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.draws import Draws
from farside.craft.arm import SCOOP, fills, scooped_kg


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_pass_is_empty_and_none_overflows(seed: int, run: int) -> None:
    assert all(0.0 < fill < 1.0 for fill in fills(SCOOP, 8, Draws(seed, run, True), "surface"))


def test_a_pass_does_not_know_how_many_follow() -> None:
    draws = Draws(4, 2, True)
    assert fills(SCOOP, 12, draws, "surface")[:8] == fills(SCOOP, 8, draws, "surface")


def test_without_draws_each_pass_is_the_median() -> None:
    assert fills(SCOOP, 3, Draws(), "surface") == pytest.approx([SCOOP.median_fill] * 3, rel=1e-12)
    many = [fill for run in range(500) for fill in fills(SCOOP, 8, Draws(0, run, True), "surface")]
    assert statistics.median(many) == pytest.approx(SCOOP.median_fill, abs=0.02)  # four standard errors of 4000 are 0.017


def test_mass_is_volume_times_density() -> None:
    assert scooped_kg(SCOOP, 1.0, 1400.0) == pytest.approx(SCOOP.volume_m3 * 1400.0)
