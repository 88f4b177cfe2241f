"""Aeroshells: the published tables, what they are between their points, how they are trimmed."""

from __future__ import annotations

import pytest

from farside.craft.aeroshell import AEROSHELLS, APOLLO_CM, CHANGE_RETURNER, STARDUST, coefficients, disc_m2


@pytest.mark.parametrize(
    ("mach", "lift_to_drag"),
    [(0.4, 0.27390), (0.9, 0.29136), (1.35, 0.42684), (2.0, 0.40876), (4.0, 0.35387), (10.0, 0.34079), (29.5, 0.29124)],
)
def test_apollo_has_the_lift_to_drag_that_was_published_beside_its_coefficients(mach: float, lift_to_drag: float) -> None:
    """Facts A4 gives the quotient in a column of its own: a check of every digit that was read from the scan."""
    lift, drag = coefficients(mach, APOLLO_CM.shell())
    assert lift / drag == pytest.approx(lift_to_drag, abs=2e-5)


def test_apollo_is_as_told() -> None:
    assert APOLLO_CM.area_m2 == pytest.approx(129.4 * 0.3048**2, rel=2e-4)  # facts A5, rounded there to the square decimetre
    assert all(0.25 < lift / drag < 0.43 for _, lift, drag in APOLLO_CM.points)


def test_coefficients_are_linear_between_points_and_held_beyond() -> None:
    shell = APOLLO_CM.shell()
    low, high = coefficients(4.0, shell), coefficients(10.0, shell)
    middle = coefficients(7.0, shell)
    assert middle[0] == pytest.approx(0.5 * (low[0] + high[0]))
    assert middle[1] == pytest.approx(0.5 * (low[1] + high[1]))
    assert coefficients(50.0, shell) == coefficients(29.5, shell)
    assert coefficients(0.0, shell) == coefficients(0.2, shell)


def test_change_is_trimmed_to_a_quarter() -> None:
    lift, drag = CHANGE_RETURNER.hypersonic
    assert lift / drag == pytest.approx(0.25)
    lift, drag = coefficients(29.5, CHANGE_RETURNER.shell(lift=0.85, drag=1.1))
    assert lift / drag == pytest.approx(0.25 * 0.85 / 1.1)
    assert CHANGE_RETURNER.with_lift_to_drag(0.3).points[0][2] == CHANGE_RETURNER.points[0][2]


def test_stardust_is_as_told() -> None:
    """Facts B1: drag 1.46 to 1.52 between Mach 10 and 43, area of 0.8128 m across."""
    assert coefficients(10.0, STARDUST.shell())[1] == pytest.approx(1.46)
    assert coefficients(43.0, STARDUST.shell())[1] == pytest.approx(1.52)
    assert STARDUST.area_m2 == pytest.approx(disc_m2(0.8128), rel=1e-4)
    assert STARDUST.ballistic_coefficient_kg_m2(45.8) == pytest.approx(58.07, abs=0.01)


@pytest.mark.parametrize("name", sorted(AEROSHELLS))
def test_every_table_is_in_order_and_has_a_source(name: str) -> None:
    shell = AEROSHELLS[name]
    machs = [mach for mach, _, _ in shell.points]
    assert machs == sorted(set(machs))
    assert all(drag > 0.0 and lift >= 0.0 for _, lift, drag in shell.points)
    assert "facts" in shell.source
