"""The relay's table against the two-body motion it was filled from, and refusals that say what is covered."""

from __future__ import annotations

import numpy as np
import pytest

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.twobody import kepler
from farside.environment.relay import Relay, relay_at, relay_positions, tabulated

PERILUNE = np.array([1.9374e6, 0.0, 0.0]), np.array([0.0, 1200.0, 1800.0])


def motion(epochs_s: np.ndarray) -> np.ndarray:
    """States (k, 6) of an ellipse of 200 km perilune, the epochs counted from there."""
    return np.array([np.concatenate(kepler(*PERILUNE, float(t), GM_MOON_M3_S2)) for t in epochs_s])


@pytest.fixture(scope="module")
def relay() -> Relay:
    epochs = np.arange(-7200.0, 7201.0, 60.0)
    states = motion(epochs)
    return tabulated(epochs, states[:, :3], states[:, 3:])


def test_between_points_the_table_is_within_a_metre(relay: Relay) -> None:
    epochs = np.linspace(-7000.0, 7000.0, 333)
    assert np.linalg.norm(relay_positions(relay, epochs) - motion(epochs)[:, :3], axis=1).max() < 0.3  # h^4 / 384 of the fourth derivative


def test_at_its_points_the_table_is_itself(relay: Relay) -> None:
    assert np.array_equal(relay_positions(relay, relay.epochs_s), relay.r_m)


def test_without_velocities_it_is_within_some_metres(relay: Relay) -> None:
    bare = tabulated(relay.epochs_s, relay.r_m)
    epochs = np.linspace(-7000.0, 7000.0, 333)
    assert np.linalg.norm(relay_positions(bare, epochs) - motion(epochs)[:, :3], axis=1).max() < 20.0


def test_points_need_not_be_evenly_spaced(relay: Relay) -> None:
    some = np.sort(np.random.default_rng(0).choice(relay.epochs_s.size, 200, replace=False))
    uneven = tabulated(relay.epochs_s[some], relay.r_m[some], relay.v_m_s[some])
    epochs = np.linspace(uneven.start_s, uneven.end_s, 99)
    assert np.linalg.norm(relay_positions(uneven, epochs) - motion(epochs)[:, :3], axis=1).max() < 100.0


def test_outside_its_table_a_relay_is_nowhere(relay: Relay) -> None:
    assert np.all(np.isnan(relay_at(7201.0, relay)))
    with pytest.raises(ValueError, match="covers 2000-01-01T09:58"):
        relay_positions(relay, 7201.0)


@pytest.mark.parametrize(
    ("epochs", "rows", "said"),
    [
        ([0.0, 1.0], 2, "at least 3"),
        ([0.0, 2.0, 1.0], 3, "must rise; number 2 is -1 s"),
        ([0.0, 1.0, 2.0], 2, r"\(3,\) and positions \(2, 3\)"),
    ],
)
def test_a_table_that_is_none_is_refused(epochs: list[float], rows: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        tabulated(np.array(epochs), np.ones((rows, 3)))
