"""A leg reads as one line: who did what, when, for how long, and how it ended."""

from __future__ import annotations

import pytest

from farside.basis.epochs import tdb_from_utc
from farside.craft.module import Craft, Module, Orbit
from farside.phases.leg import Leg, Outcome

START_S = tdb_from_utc("2024-06-01T22:09:00Z")


def leg(minutes: float, outcome: Outcome = Outcome.DONE) -> Leg:
    place = Orbit("moon", (2e6, 0.0, 0.0), (0.0, 1500.0, 0.0))
    before, after = (Craft("lander", (Module("lander", 1000.0),), START_S + 60.0 * m, place) for m in (0.0, minutes))
    return Leg("descent", (before,), (after,), outcome=outcome)


@pytest.mark.parametrize(
    ("minutes", "long"), [(14.0, "14 min"), (119.0, "119 min"), (150.0, "2.5 h"), (47.9 * 60.0, "47.9 h"), (3.0 * 1440.0, "3.0 d")]
)
def test_a_leg_reads_as_one_line(minutes: float, long: str) -> None:
    assert repr(leg(minutes)) == f"<Leg descent of lander 2024-06-01T22:09:00Z {long}, done>"


def test_an_outcome_is_told() -> None:
    assert repr(leg(14.0, Outcome.PROPELLANT_EXHAUSTED)).endswith("14 min, propellant exhausted>")


def test_a_leg_knows_its_epochs() -> None:
    assert leg(14.0).start_s == START_S and leg(14.0).end_s == START_S + 840.0
