"""Limits are those that the phase declares, in the units of the ending event."""

from __future__ import annotations

import math

import pytest

from farside.phases.descent import Descent
from farside.phases.docking import Docking
from farside.studies.alone import Alone
from farside.studies.limits import Limit, limits


def test_of_a_descent(change3: Alone) -> None:
    phase = change3.last
    assert isinstance(phase, Descent)
    assert {limit.key: limit.most for limit in limits(phase)} == pytest.approx(
        {"vertical_speed_m_s": 2.5, "horizontal_speed_m_s": 0.5, "tilt_deg": 8.0, "lean_deg": 8.0}
    )


def test_of_a_docking(eagle: Alone) -> None:
    phase = eagle.last
    assert isinstance(phase, Docking)
    told = {limit.key: limit.most for limit in limits(phase)}
    assert told == pytest.approx({"closing_speed_m_s": 0.3, "lateral_speed_m_s": 0.15, "offset_m": 0.3, "misalignment_deg": 10.0})


def test_of_other_phases_there_are_none(eagle: Alone) -> None:
    assert limits(eagle.phases[0]) == ()


def test_the_share_that_is_used() -> None:
    limit = Limit("speed_m_s", 2.5)
    assert limit.share({"speed_m_s": 2.0}) == pytest.approx(0.8)
    assert limit.share({"speed_m_s": -3.0}) == pytest.approx(1.2)
    assert math.isnan(limit.share({}))
