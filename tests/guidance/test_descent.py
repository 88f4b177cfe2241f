"""The powered descent's law: what the hover and the final descent ask for, of a craft where it should be and of one that is far off."""

from __future__ import annotations

import math

import pytest

from farside.guidance.descent import CARRIED, FINAL, HOVER, LEAN, DescentLaw, Gate, curved_weight, demand

LAW = DescentLaw(7050.0, Gate(-2000.0, 2700.0, 50.0, -45.0), 6.0, 100.0, 10.0, 90.0, 22.0, 30.0, 1.3, 1.2, 1732.1e3)
Place = tuple[float, float, float]


def asked(mode: int, place: Place, velocity: Place) -> Place:
    """What a mode asks of a craft of 2 t over level ground, its safe spot being the site."""
    ax, ay, az, _ = demand(mode, 0.0, *place, *velocity, 2000.0, place[2], 0.0, 0.0, 0.0, LAW, 3040.0)
    return ax, ay, az


@pytest.mark.parametrize("mode", [HOVER, FINAL])
def test_near_its_place_it_is_asked_for_what_brings_it_there(mode: int) -> None:
    """Linear: twice as far off is twice the push, towards the place, and the weight is carried."""
    rate = (0.0, 0.0, -LAW.final_rate_m_s if mode == FINAL else 0.0)
    once, twice = asked(mode, (1.0, -0.5, 100.0), rate), asked(mode, (2.0, -1.0, 100.0), rate)
    assert once[0] < 0.0 < once[1]
    assert twice[:2] == pytest.approx([2.0 * push for push in once[:2]], rel=1e-9)
    assert once[2] == pytest.approx(curved_weight(0.0, 0.0, 100.0, LAW), rel=1e-9)


@pytest.mark.parametrize("mode", [HOVER, FINAL])
@pytest.mark.parametrize("velocity", [(12.0, 5.0, 0.0), (0.0, 0.0, 20.0), (-60.0, 0.0, 20.0), (3.0, -40.0, -30.0)])
def test_however_fast_it_comes_it_is_asked_to_stay_upright(mode: int, velocity: Place) -> None:
    """Never to lie down, never to thrust downward; and sideways against the way it moves."""
    ax, ay, az = asked(mode, (0.0, 0.0, 100.0), velocity)
    assert az >= CARRIED * curved_weight(velocity[0], velocity[1], 100.0, LAW) * (1.0 - 1e-12)
    assert math.hypot(ax, ay) <= LEAN * az * (1.0 + 1e-12)
    assert ax * velocity[0] + ay * velocity[1] <= 0.0
    assert abs(ax * velocity[1] - ay * velocity[0]) < 1e-9
