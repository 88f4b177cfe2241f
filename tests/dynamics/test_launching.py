"""The launch's truth: Tsiolkovsky, the sum of energies, the recorded history flown again, thrust and drag by hand."""

from __future__ import annotations

import itertools
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from farside.basis.constants import EARTH_J2, EARTH_RADIUS_M, EARTH_ROTATION_RATE_RAD_S, GM_EARTH_M3_S2
from farside.craft.launcher import LONG_MARCH_5
from farside.dynamics.forces import gravity
from farside.dynamics.insertion import INSERTED, Inertial
from farside.dynamics.launching import FAIRING, RATE, SEGMENT, TANKS
from farside.dynamics.rocket import ALONE, CORE_WAIT, TOGETHER, UPPER_BURN, in_air, launch_rate, stack, still_air, wind_at
from farside.dynamics.world import Point, World
from farside.guidance.launch import Launch, fly_launch
from farside.planning.launch import on_pad

sys.path.insert(0, str(Path(__file__).parents[1] / "guidance"))
from on_the_pad import AZIMUTH_RAD, LIFTOFF_S, PAYLOAD_KG, PITCH_RAD, TURNING, trials

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def rows(world: World) -> Array:
    """The launch of Chang'e-6 into its plane."""
    start = trials(world)
    status, rows = start.fly(start.law(AZIMUTH_RAD, PITCH_RAD))
    assert status == INSERTED
    return rows


def test_far_away_it_is_tsiolkovsky(world: World) -> None:
    """A million kilometres out, nothing pushes or pulls but the engines: the speed gained is exhaust times logarithm of the masses."""
    start = trials(world)
    law = start.law(AZIMUTH_RAD, PITCH_RAD)._replace(rise_s=1e9)
    mass = start.vessel.liftoff_kg
    far = Point("earth", LIFTOFF_S, np.array([*(1e9 * np.array(law.up)), 0.0, 0.0, 0.0, mass]))
    craft = stack(start.vessel.launcher)._replace(load_m_s2=1e9)
    _, rows = fly_launch(world, far, far, Launch(law, craft, TURNING, Inertial(np.zeros(3), 0.0), still_air(), limit_s=150.0))
    flow = float(craft.flow_kg_s[0] + craft.flow_kg_s[1])
    exhaust = float(craft.thrust_n[0] + craft.thrust_n[1]) / flow
    seconds = rows[-1, 0] - rows[0, 0]
    gained = exhaust * math.log(mass / (mass - flow * seconds))
    assert seconds > 149.0
    assert rows[-1, 7] == pytest.approx(mass - flow * seconds, rel=1e-12)
    pulled = 150.0 * 4e-3  # m/s: the Sun's and the Moon's tide and the Earth's pull there, 4 mm/s2 at most
    assert float(np.linalg.norm(rows[-1, 4:7])) == pytest.approx(gained, abs=pulled)


def test_the_sum_of_energies(world: World, rows: Array) -> None:
    """Energy in orbit less that on the pad is the work of thrust and drag: felt acceleration times velocity, summed by Simpson's rule.

    Potential: point mass and J2. What is left out is J3 to J6, the Moon and the Sun: together below 1e-5 of the change of 34 MJ/kg.
    """
    pole = world.earth_pole(LIFTOFF_S)

    def energy(row: Array) -> float:
        r, v = row[1:4], row[4:7]
        size = float(np.linalg.norm(r))
        u = float(r @ pole) / size
        j2 = GM_EARTH_M3_S2 / size * EARTH_J2 * (EARTH_RADIUS_M / size) ** 2 * 0.5 * (3.0 * u * u - 1.0)
        return 0.5 * float(v @ v) - GM_EARTH_M3_S2 / size + j2

    forces = world.forces("earth")
    felt = np.array([row[RATE + 3 : RATE + 6] - np.array(gravity(row[0], row[1:8].copy(), forces)) for row in rows])
    power = np.einsum("ij,ij->i", felt, rows[:, 4:7])
    work = float(np.trapezoid(power, rows[:, 0]))
    change = energy(rows[-1]) - energy(rows[0])
    assert change > 3e7
    assert work == pytest.approx(change, rel=2e-4)  # the trapezoids of 0.2 s: power rises by 2 % a second at its steepest


def test_flown_again_by_another_integrator(world: World, rows: Array) -> None:
    """The axes and throttles as they were held, step by step, by SciPy's DOP853 in the same forces: RK4 of 0.2 s is within a metre."""
    craft, air, forces = stack(LONG_MARCH_5), still_air(), world.forces("earth")
    y = rows[0, 1:8].copy()
    for before, after in itertools.pairwise(rows):
        h = after[0] - before[0]
        if h == 0.0:
            y[6] += after[7] - before[7]  # what was dropped
            continue
        segment = int(before[SEGMENT])
        flows = (before[TANKS : TANKS + 3] - after[TANKS : TANKS + 3]) / h
        throttles, front, axis = np.where(flows > 0.0, flows / craft.flow_kg_s, 0.0), craft.front_m2[segment], after[9:12].copy()

        def rate(t: float, state: Array, axis: Array = axis, throttles: Array = throttles, front: float = front) -> list[float]:
            return list(launch_rate(t, np.ascontiguousarray(state), axis, throttles, front, craft, air, forces)[0])

        y = solve_ivp(rate, (before[0], after[0]), y, method="DOP853", rtol=1e-10, atol=1e-6, first_step=h).y[:, -1]
    assert float(np.linalg.norm(y[:3] - rows[-1, 1:4])) < 1.0
    assert float(np.linalg.norm(y[3:6] - rows[-1, 4:7])) < 2e-3


def test_thrust_and_drag_by_hand(world: World) -> None:
    """At sea level the engines push with their sea-level thrust; the drag is q Cd A against the velocity through the air."""
    start, air, forces, craft = trials(world), still_air(), world.forces("earth"), stack(LONG_MARCH_5)
    point = on_pad(world, start.pad, LIFTOFF_S, 800e3)
    up = np.array(start.law(AZIMUTH_RAD, PITCH_RAD).up)
    full = np.array([1.0, 1.0, 0.0])
    at_rest, felt, thrust = launch_rate(LIFTOFF_S, point.y, up, full, craft.front_m2[TOGETHER], craft, air, forces)
    at_sea = 4 * LONG_MARCH_5.boosters.engine.thrust_sea_level_n + LONG_MARCH_5.core.engine.thrust_sea_level_n
    assert thrust == pytest.approx(at_sea, rel=2e-4)  # the pad is 10 m above the sea: 0.12 % of the pressure
    assert np.array(felt) == pytest.approx(thrust / 800e3 * up, abs=1e-6)
    assert at_rest[6] == pytest.approx(-float(craft.flow_kg_s[:2].sum()))
    fast = point.y.copy()
    fast[3:6] += 400.0 * up
    _, felt, _ = launch_rate(LIFTOFF_S, fast, up, np.zeros(3), craft.front_m2[TOGETHER], craft, air, forces)
    density, _, sound = in_air(LIFTOFF_S, fast, air, forces)[1:4]
    drag = 0.5 * density * 400.0**2 * np.interp(400.0 / sound, LONG_MARCH_5.mach, LONG_MARCH_5.drag) * craft.front_m2[TOGETHER] / 800e3
    assert np.array(felt) == pytest.approx(-drag * up, rel=1e-5, abs=1e-6)


def test_air_turns_with_the_earth_and_blows(world: World) -> None:
    start, forces = trials(world), world.forces("earth")
    y = on_pad(world, start.pad, LIFTOFF_S, 1.0).y
    height, _, _, _, still = in_air(LIFTOFF_S, y, still_air(), forces)
    assert height == pytest.approx(10.0, abs=0.1)
    assert np.array(still) == pytest.approx(np.zeros(3), abs=1e-6)
    wind = still_air()._replace(east_m_s=np.array([10.0, 30.0]), north_m_s=np.array([-5.0, 0.0]))
    assert wind_at(500.0, wind) == (20.0, -2.5)
    assert wind_at(5000.0, wind) == (30.0, 0.0)
    pole = world.earth_pole(LIFTOFF_S)
    east = np.cross(pole, y[:3]) / np.linalg.norm(np.cross(pole, y[:3]))
    north = np.cross(y[:3], east) / np.linalg.norm(y[:3])
    blown = np.array(in_air(LIFTOFF_S, y, wind, forces)[4])
    assert blown @ east == pytest.approx(-10.2, abs=0.01)  # against the wind of 10 m height
    assert blown @ north == pytest.approx(4.95, abs=0.01)
    none = still_air()._replace(spin_rad_s=0.0)
    assert np.linalg.norm(in_air(LIFTOFF_S, y, none, forces)[4]) == pytest.approx(
        EARTH_ROTATION_RATE_RAD_S * float(np.linalg.norm(np.cross(pole, y[:3]))), rel=1e-9
    )


def test_nothing_is_lost_on_the_way(rows: Array) -> None:
    """Mass is what the tanks hold and what has not been dropped, at every row."""
    dry = dict.fromkeys(range(6), LONG_MARCH_5.upper.dry_kg + PAYLOAD_KG)
    for s in range(CORE_WAIT + 1):
        dry[s] += LONG_MARCH_5.core.dry_kg
    for s in range(ALONE):
        dry[s] += 4 * LONG_MARCH_5.boosters.dry_kg
    extra = rows[0, 7] - (dry[0] + rows[0, TANKS : TANKS + 3].sum() + LONG_MARCH_5.fairing.mass_kg)  # the trial's tank is larger than real
    for row in rows:
        held = dry[int(row[SEGMENT])] + row[TANKS : TANKS + 3].sum() + row[FAIRING] * LONG_MARCH_5.fairing.mass_kg
        assert row[7] == pytest.approx(held + extra, abs=0.1)
    assert rows[-1, SEGMENT] == UPPER_BURN
    assert (np.diff(rows[:, 0]) >= 0.0).all()
