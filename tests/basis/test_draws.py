"""Draws by name: the same for the same name wherever and whenever they are made, others for any other name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.draws import Draws

NAME = st.text(st.characters(codec="utf-8", exclude_characters="/"), max_size=20)


@given(st.integers(0, 2**32), st.integers(0, 10**6), NAME, NAME)
def test_a_draw_depends_on_its_name_alone(seed: int, run: int, phase: str, parameter: str) -> None:
    draws = Draws(seed, run, True)
    first = draws.normal(phase, parameter, 3)
    draws.normal("another phase", parameter, 7)
    assert (Draws(seed, run, True).normal(phase, parameter, 3) == first).all()


def test_every_part_of_the_name_counts() -> None:
    found = [
        Draws(seed, run, True).normal(phase, parameter)[0]
        for seed in (0, 1)
        for run in (0, 1)
        for phase in ("capture", "departure")
        for parameter in ("thrust, loi_1", "thrust, loi_2")
    ]
    assert len(set(found)) == len(found)


def test_more_numbers_of_a_parameter_begin_with_the_same_ones() -> None:
    draws = Draws(3, 4, True)
    assert (draws.normal("capture", "navigation", 6)[:3] == draws.normal("capture", "navigation", 3)).all()


def test_the_numbers_stay_what_they_were() -> None:
    """A study that names its seed must find the same flights again: PCG64 seeded with SHA-256 of "seed/run/phase/parameter"."""
    expected = [1.9571847999551684, -0.8963592484470267, 1.0269529179988843]
    assert Draws(1, 2, True).normal("tcm_1", "pointing, tcm_1", 3) == pytest.approx(expected, abs=1e-15)



def test_many_runs_are_standard_normal() -> None:
    many = np.array([Draws(0, run, True).normal("capture", "thrust, loi_1")[0] for run in range(4000)])
    assert abs(many.mean()) < 4.0 / np.sqrt(4000.0)  # four standard errors
    assert many.std() == pytest.approx(1.0, abs=4.0 / np.sqrt(8000.0))
    assert np.mean(np.abs(many) < 1.0) == pytest.approx(0.6827, abs=4.0 * np.sqrt(0.6827 * 0.3173 / 4000.0))


def test_without_dispersions_every_error_is_zero() -> None:
    assert (Draws(1, 2, False).normal("capture", "thrust, loi_1", 4) == np.zeros(4)).all()
