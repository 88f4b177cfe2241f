"""The stage table of Long March 5 agrees with itself, and with what is published about the whole launcher (facts V3, T30, 3.1)."""

from __future__ import annotations

import math

import pytest

from farside.craft.launcher import LAUNCHERS, LONG_MARCH_5, Stage

BOOSTERS, CORE, UPPER = LONG_MARCH_5.boosters, LONG_MARCH_5.core, LONG_MARCH_5.upper


def test_the_four_numbers_of_an_engine_agree() -> None:
    """Thrust and specific impulse at sea level and in vacuum are of one flow: published are 300 s and 310 s."""
    assert BOOSTERS.engine.isp_sea_level_s == pytest.approx(300.0, rel=0.001)
    assert CORE.engine.isp_sea_level_s == pytest.approx(310.0, rel=0.01)
    assert UPPER.engine.mouth_m2 == 0.0
    assert BOOSTERS.engine.mouth_m2 == pytest.approx(280e3 / 101325.0)


@pytest.mark.parametrize(("stage", "low_s", "high_s"), [(BOOSTERS, 173.0, 180.0), (CORE, 480.0, 492.0), (UPPER, 700.0, 700.0)])
def test_burn_times_are_near_the_published(stage: Stage, low_s: float, high_s: float) -> None:
    """Within 3 % of the range: published times are rounded, and stages are throttled before they end."""
    assert 0.97 * low_s < stage.burn_s < 1.03 * high_s


def test_the_whole_launcher() -> None:
    assert LONG_MARCH_5.liftoff_kg(8200.0) == pytest.approx(868.5e3, rel=0.01)  # published: 867 to 870 t
    thrust = 4 * BOOSTERS.engine.thrust_sea_level_n + CORE.engine.thrust_sea_level_n
    assert thrust == pytest.approx(10565e3, rel=0.01)  # facts V3


def test_the_second_stage_holds_what_it_burned() -> None:
    """Chang'e-5's two burns, 200 s and 437 s (facts T30), must be in the tank."""
    needed = (200.0 + 437.0) * UPPER.engine.flow_kg_s
    assert needed == pytest.approx(25.9e3, abs=100.0)
    assert needed < UPPER.propellant_kg


def test_areas() -> None:
    assert BOOSTERS.front_m2 == pytest.approx(4 * math.pi * 3.35**2 / 4)
    surface = math.pi * 3.35 * 27.6 + 2.0 * math.pi * 3.35**2 / 4.0
    assert BOOSTERS.tumbling_m2 == pytest.approx(surface / 4.0)
    assert LAUNCHERS["long_march_5"] is LONG_MARCH_5
    assert LONG_MARCH_5.mach == tuple(sorted(LONG_MARCH_5.mach))
    assert len(LONG_MARCH_5.mach) == len(LONG_MARCH_5.drag)
