"""Canopies: the table, how they open, and the greatest force of a finite mass against a separate integration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from farside.craft.parachute import CANOPY_KINDS, CLOSED, CONICAL_RIBBON, RINGSAIL, Canopy, Opening, drag_area, opening_load_n


def test_the_table_is_of_sound_canopies() -> None:
    for kind in CANOPY_KINDS.values():
        assert 0.4 < kind.drag_coefficient < 1.0, kind.name
        assert 1.0 <= kind.overshoot < 2.0
        assert kind.disreefed_filling < kind.reefed_filling <= kind.filling + 0.5
        assert kind.source


def test_no_canopy_has_no_drag() -> None:
    assert drag_area(0.0, CLOSED) == drag_area(1e6, CLOSED) == 0.0


@pytest.mark.parametrize("kind", CANOPY_KINDS.values(), ids=lambda kind: kind.name)
def test_the_area_grows_to_its_overshoot_and_back(kind: object) -> None:
    (opening,) = Canopy(kind, 8.0, 0.8).openings()  # type: ignore[arg-type]
    area = np.array([drag_area(s * opening.filling_m, opening) for s in np.linspace(0.0, 3.0, 301)])
    assert area[0] == 0.0
    assert np.all(np.diff(area[:101]) > 0.0)
    assert area.max() == pytest.approx(opening.overshoot * opening.to_m2)
    assert np.allclose(area[200:], 0.8 * math.pi * 16.0)


def test_a_reefed_canopy_opens_in_two_steps_that_meet() -> None:
    first, then = Canopy(RINGSAIL, 8.0, 0.8, 0.1).openings(1.2)
    assert drag_area(1e4, first) == pytest.approx(drag_area(0.0, then)) == pytest.approx(0.1 * 1.2 * 0.8 * math.pi * 16.0)
    assert drag_area(1e4, then) == pytest.approx(1.2 * 0.8 * math.pi * 16.0)
    assert first.filling_m == pytest.approx(7.5 * 8.0 * math.sqrt(0.1))


def test_a_great_mass_feels_the_opening_coefficient() -> None:
    (opening,) = Canopy(RINGSAIL, 8.0, 0.8).openings()
    steady = 0.5 * 0.5 * 80.0**2 * opening.to_m2
    assert opening_load_n(opening, 1e9, 0.5, 80.0) == pytest.approx(RINGSAIL.overshoot * steady, rel=1e-6)


@pytest.mark.parametrize("mass_kg", [30.0, 300.0, 3000.0, 30000.0])
@pytest.mark.parametrize("kind", [CONICAL_RIBBON, RINGSAIL], ids=lambda kind: kind.name)
def test_the_greatest_force_against_an_integration(kind: object, mass_kg: float) -> None:
    """Horizontal, no weight: SciPy's integration of v' = -rho A v^2 / 2m, s' = v."""
    (opening,) = Canopy(kind, 8.0, 0.8).openings()  # type: ignore[arg-type]

    def rate(_t: float, y: np.ndarray) -> list[float]:
        return [y[1], -0.5 * 0.4 * drag_area(y[0], opening) * y[1] ** 2 / mass_kg]

    t = np.linspace(0.0, 10.0, 100_001)
    found = solve_ivp(rate, (0.0, 10.0), [0.0, 90.0], t_eval=t, rtol=1e-9, atol=1e-9, max_step=0.01)
    force = [0.5 * 0.4 * drag_area(s, opening) * v**2 for s, v in found.y.T]
    assert max(force) == pytest.approx(opening_load_n(opening, mass_kg, 0.4, 90.0), rel=2e-3)


def test_a_light_load_is_spared() -> None:
    """Finite mass: half the steady force at the first speed, and less, for 300 kg under 40 m2."""
    opening = Opening(0.0, 40.0, 56.0, 2.0, 1.1)
    assert opening_load_n(opening, 300.0, 0.7, 60.0) < 0.5 * 0.5 * 0.7 * 60.0**2 * 40.0
