"""Falling and hanging: terminal speed, the work of drag, the wind, Knacke's opening load, another integrator; where it stops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import simpson, solve_ivp

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S
from farside.craft.aeroshell import CHANGE_RETURNER, Shell
from farside.craft.parachute import CLOSED, CONICAL_RIBBON, RINGSAIL, Canopy, Opening, opening_load_n
from farside.dynamics import hanging as hg
from farside.dynamics.flying import Body
from farside.dynamics.hanging import NO_GATE, Gate, at_height, fall, fall_loop, fall_rate, fall_step
from farside.dynamics.world import World
from farside.environment.atmosphere import Profile, standard_profile, us1976
from farside.environment.wind import Wind, calm
from farside.guidance.interface import Interface

Array = NDArray[np.float64]
EPOCH_S = 772566104.0  # the entry of Chang'e-6
NOTHING = Shell(1e-9, np.array([0.0, 99.0]), np.zeros(2), np.ones(2))
MASS_KG = 310.0
MAIN = Opening(0.0, 39.0, 1.0, 1.0, 1.0)


def at(height_m: float, speed: float, angle_deg: float = -90.0, mass_kg: float = MASS_KG) -> Array:
    """A state (7,) over the turning Earth at 42 degrees north; height above a sphere of the Earth's radius there."""
    latitude = math.radians(42.0)
    radius = 6378137.0 - 21.4e3 * math.sin(latitude) ** 2
    begins = Interface(latitude, 1.94, radius + height_m, speed, math.radians(angle_deg), math.pi / 2.0, inertial=False)
    return begins.point(EPOCH_S, mass_kg).y


def in_air(wind: Wind | None = None, shell: Shell = NOTHING) -> Body:
    return Body(shell, standard_profile(), calm() if wind is None else wind)


def even_air(density: float) -> Profile:
    return Profile(0.0, 1e4, np.log(np.full(3, density)), np.full(3, 300.0))


def even_wind(east: float, north: float) -> Wind:
    return Wind(np.array([-1e4, 1e5]), np.array([east, east]), np.array([north, north]))


def weight_m_s2(world: World, row: Array) -> float:
    """Gravity there less what the turning takes off."""
    pole, r = world.earth_pole(float(row[hg.EPOCH])), row[1:4]
    pull = np.array(hg.gravity(row[hg.EPOCH], np.ascontiguousarray(row[1:9]), world.forces("earth")))
    turning = EARTH_ROTATION_RATE_RAD_S**2 * (r - (r @ pole) * pole)
    return float(np.linalg.norm(pull + turning))


def test_terminal_speed_is_where_drag_is_the_weight(world: World) -> None:
    """Every second under the main: the speed is that of the air there; it lags by v'/g of itself, 0.1 % here."""
    status, rows = fall(world, EPOCH_S, at(3000.0, 15.0), in_air(), 0.0, MAIN)
    assert status == hg.GROUND
    for row in rows[rows[:, hg.HEIGHT] < 2000.0][::20]:
        steady = math.sqrt(2.0 * MASS_KG * weight_m_s2(world, row) / (row[hg.DENSITY] * 39.0))
        assert row[hg.FLOW] == pytest.approx(steady, rel=2e-3)


def test_the_main_that_310_kg_need(world: World) -> None:
    """310 kg at 11.8 m/s at 1 km ask for a drag area near 39 m2."""
    _, rows = fall(world, EPOCH_S, at(3000.0, 15.0), in_air(), 1000.0, MAIN)
    assert rows[-1, hg.HEIGHT] == pytest.approx(1000.0, abs=0.001)
    assert rows[-1, hg.FLOW] == pytest.approx(11.8, abs=0.06)
    density = float(us1976(1000.0).density_kg_m3[0])
    assert 2.0 * MASS_KG * 9.80 / (density * 11.8**2) == pytest.approx(39.2, abs=0.2)


def test_the_drift_is_the_wind(world: World) -> None:
    """Steady under the main the way over the ground is the wind, to the part of a per cent that inertia and the turning Earth make."""
    wind = Wind(np.array([0.0, 4000.0, 5000.0]), np.array([4.0, 12.0, 12.0]), np.array([-3.0, 5.0, 5.0]))
    _, rows = fall(world, EPOCH_S, at(3500.0, 15.0), in_air(wind), 0.0, MAIN)
    rows = rows[rows[:, hg.HEIGHT] < 3000.0]
    places = np.array([geodetic_from_itrf(*(icrf_to_itrf(float(row[0])) @ row[1:4])) for row in rows])
    north, east = 6364e3 * (places[-1, 0] - places[0, 0]), 6383e3 * math.cos(places[0, 0]) * (places[-1, 1] - places[0, 1])
    blown_east = float(np.trapezoid(np.interp(places[:, 2], wind.height_m, wind.east_m_s), rows[:, 0]))
    blown_north = float(np.trapezoid(np.interp(places[:, 2], wind.height_m, wind.north_m_s), rows[:, 0]))
    assert east == pytest.approx(blown_east, rel=0.01)
    assert north == pytest.approx(blown_north, abs=0.01 * blown_east)
    flow = [hg.fall_state(row[0], np.ascontiguousarray(row[1:9]), in_air(wind), MAIN, world.forces("earth"))[4] for row in rows[-3:]]
    assert np.allclose(flow, rows[-3:, hg.FLOW])


def test_energy_lost_is_the_work_of_drag(world: World) -> None:
    """From 10 km under a drogue in calm air that turns with the Earth: kinetic energy there, and weight times height, against force times
    way; rows of 20 ms, Simpson's rule."""
    body, forces = in_air(shell=CHANGE_RETURNER.shell()), world.forces("earth")
    (opening,) = Canopy(CONICAL_RIBBON, 2.0, 0.525).openings()
    start = np.append(at(10e3, 150.0, -60.0), 0.0)
    _, rows = fall_loop(EPOCH_S, start, 0.02, 1, 3000, math.inf, 0.0, NO_GATE, body, opening, forces)
    power = rows[:, hg.LOAD] * MASS_KG * 9.80665 * rows[:, hg.FLOW]
    weight = np.array([weight_m_s2(world, row) for row in rows[::20]])
    lost = 0.5 * MASS_KG * (rows[0, hg.FLOW] ** 2 - rows[-1, hg.FLOW] ** 2) - MASS_KG * simpson(weight, x=rows[::20, hg.HEIGHT])
    assert float(simpson(power, x=rows[:, hg.EPOCH])) == pytest.approx(lost, rel=2e-5)


@pytest.mark.parametrize("mass_kg", [300.0, 3e4])
def test_the_opening_load_is_the_closed_form(world: World, mass_kg: float) -> None:
    """At 250 m/s in level flight, where the weight is a hundredth of the drag: the closed form of `opening_load_n`."""
    (opening,) = Canopy(RINGSAIL, 8.0, 0.8).openings()
    body = Body(NOTHING, even_air(0.6), calm())
    _, rows = fall(world, EPOCH_S, at(5000.0, 250.0, 0.0, mass_kg), body, 0.0, opening, seconds=3.0)
    assert rows[:, hg.PULL].max() == pytest.approx(opening_load_n(opening, mass_kg, 0.6, 250.0), rel=3e-3)


def test_a_great_mass_feels_the_opening_coefficient(world: World) -> None:
    (opening,) = Canopy(RINGSAIL, 8.0, 0.8).openings()
    body = Body(NOTHING, even_air(0.6), calm())
    _, rows = fall(world, EPOCH_S, at(5000.0, 250.0, 0.0, 1e8), body, 0.0, opening, seconds=1.0)
    assert rows[:, hg.PULL].max() == pytest.approx(RINGSAIL.overshoot * 0.5 * 0.6 * 250.0**2 * opening.to_m2, rel=5e-3)


def test_against_dop853(world: World) -> None:
    """The filling of the main and half a minute after it, SciPy's DOP853 on the same equations: a centimetre."""
    body, forces = in_air(even_wind(10.0, -4.0), CHANGE_RETURNER.shell()), world.forces("earth")
    (opening,) = Canopy(RINGSAIL, 8.0, 0.8).openings()
    _, rows = fall(world, EPOCH_S, at(6000.0, 80.0), body, 0.0, opening, seconds=30.0)

    def rate(t: float, y: Array) -> Array:
        return np.array(fall_rate(t, y, body, opening, forces))

    start = np.append(at(6000.0, 80.0), 0.0)
    path = solve_ivp(rate, (EPOCH_S, EPOCH_S + 30.0), start, method="DOP853", rtol=1e-12, atol=1e-9, max_step=0.1)
    assert rows[-1, 0] == pytest.approx(EPOCH_S + 30.0, abs=1e-6)
    assert np.linalg.norm(path.y[:3, -1] - rows[-1, 1:4]) < 0.01
    assert np.linalg.norm(path.y[3:6, -1] - rows[-1, 4:7]) < 1e-3


def test_it_is_of_fourth_order(world: World) -> None:
    body, forces, start = Body(NOTHING, even_air(0.5), calm()), world.forces("earth"), np.append(at(8000.0, 200.0, -30.0), 0.0)
    opening = Opening(20.0, 20.0, 1.0, 1.0, 1.0)

    def end(steps: int) -> Array:
        y = start
        for k in range(steps):
            y = fall_step(EPOCH_S + k / steps, y, 1.0 / steps, body, opening, forces)
        return np.asarray(y[:3])

    fine = end(800)
    assert np.linalg.norm(end(10) - fine) / np.linalg.norm(end(20) - fine) == pytest.approx(16.0, rel=0.35)


def test_the_gate_is_met_when_the_last_of_its_conditions_is(world: World) -> None:
    """At Mach 1.2 and 9 km the height is met at once, the Mach number a second later."""
    body = in_air(shell=CHANGE_RETURNER.shell())
    status, rows = fall(world, EPOCH_S, at(9000.0, 360.0, -40.0), body, 0.0, gate=Gate(10e3, 0.8, 0.0, 1e9))
    assert status == hg.GATE
    assert rows[-1, hg.MACH] == pytest.approx(0.8, abs=1e-6)
    assert rows[-1, hg.EPOCH] > EPOCH_S + 1.0
    status, rows = fall(world, EPOCH_S, at(12e3, 100.0, -40.0), body, 0.0, gate=Gate(10e3, 0.8, 0.0, 1e9))
    assert rows[-1, hg.HEIGHT] == pytest.approx(10e3, abs=1e-3)
    status, rows = fall(world, EPOCH_S, at(9e3, 100.0, -40.0), body, 0.0, gate=Gate(10e3, 0.8, 0.0, 1e9))
    assert (status, len(rows)) == (hg.GATE, 1)
    status, rows = fall(world, EPOCH_S, at(9e3, 30.0, -90.0), body, 0.0, gate=Gate(10e3, 0.8, 1500.0, 1e9))
    assert 0.5 * rows[-1, hg.DENSITY] * rows[-1, hg.FLOW] ** 2 == pytest.approx(1500.0, rel=1e-5)


def test_a_gate_that_is_never_met_ends_on_the_ground(world: World) -> None:
    status, rows = fall(world, EPOCH_S, at(9e3, 100.0), in_air(shell=CHANGE_RETURNER.shell()), 1100.0, gate=Gate(10e3, 0.8, 1e6, 1e9))
    assert status == hg.GROUND
    assert rows[-1, hg.HEIGHT] == pytest.approx(1100.0, abs=1e-3)
    assert rows[-1, hg.FLOW] > 60.0


def test_the_time_is_kept(world: World) -> None:
    for opening in (CLOSED, MAIN):
        status, rows = fall(world, EPOCH_S, at(5e3, 20.0), in_air(shell=CHANGE_RETURNER.shell()), 0.0, opening, NO_GATE, 7.3)
        assert status == hg.TIME_OUT
        assert rows[-1, hg.EPOCH] == pytest.approx(EPOCH_S + 7.3, abs=1e-6)
        assert np.all(np.diff(rows[:, hg.EPOCH]) > 0.0)


def test_the_gate_of_a_height_is_met_under_a_drogue(world: World) -> None:
    (opening,) = Canopy(CONICAL_RIBBON, 2.0, 0.525).openings()
    status, rows = fall(world, EPOCH_S, at(10e3, 150.0), in_air(shell=CHANGE_RETURNER.shell()), 1e3, opening, at_height(8e3))
    assert status == hg.GATE
    assert rows[-1, hg.HEIGHT] == pytest.approx(8e3, abs=1e-3)
