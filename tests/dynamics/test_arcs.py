"""Arcs answer at every epoch of theirs, forwards and backwards, and at no other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.epochs import tdb_from_utc
from farside.dynamics.arcs import Arc
from farside.dynamics.world import Point, World, coast

START_S = tdb_from_utc("2024-05-20T00:00:00Z")
CIRCLE = Point("moon", START_S, np.array([1.94e6, 0.0, 0.0, 0.0, 1000.0, 1236.0, 2000.0]))


@pytest.fixture(scope="module")
def rising(world: World) -> Arc:
    return coast(world, CIRCLE, START_S + 20000.0, keep=True).arcs[0]


@pytest.fixture(scope="module")
def falling(world: World) -> Arc:
    return coast(world, CIRCLE, START_S - 20000.0, keep=True).arcs[0]


def test_the_ends_are_the_recorded_states_to_the_bit(rising: Arc, falling: Arc) -> None:
    for arc in (rising, falling):
        for epoch, state in ((arc.start_s, arc.states[0]), (arc.end_s, arc.states[-1])):
            assert (arc.at(epoch)[0] == state).all()
    assert rising.start_s < rising.end_s and falling.start_s > falling.end_s
    assert (rising.at(START_S) == falling.at(START_S)).all()


@given(st.lists(st.floats(0.0, 1.0), max_size=8))
def test_many_epochs_are_answered_in_the_order_they_were_asked(rising: Arc, falling: Arc, shares: list[float]) -> None:
    for arc in (rising, falling):
        low, high = sorted((arc.start_s, arc.end_s))
        epochs = np.clip(arc.start_s + np.array(shares) * (arc.end_s - arc.start_s), low, high)
        together = arc.at(epochs)
        assert together.shape == (len(shares), 7)
        for epoch, state in zip(epochs, together, strict=True):
            assert (arc.at(float(epoch))[0] == state).all()


def test_outside_it_says_what_it_covers(rising: Arc, falling: Arc) -> None:
    for arc in (rising, falling):
        low, high = sorted((arc.start_s, arc.end_s))
        for epoch in (np.nextafter(low, -np.inf), np.nextafter(high, np.inf)):
            with pytest.raises(ValueError, match=rf"asked for .* this arc covers {low} \.\. {high} \(TDB s past J2000\)"):
                arc.at(np.array([0.5 * (low + high), epoch]))
