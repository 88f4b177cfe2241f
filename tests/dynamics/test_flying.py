"""Flight through the air: against another integrator, energy, Allen and Eggers, the equilibrium glide; bank and the estimate."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numba
import numpy as np
import pytest
from numba.extending import overload
from numpy.polynomial import legendre
from numpy.typing import NDArray

from farside.basis import constants as number
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S, GM_EARTH_M3_S2
from farside.craft.aeroshell import APOLLO_CM, CHANGE_RETURNER, STARDUST, Shell
from farside.dynamics import flying as fl
from farside.dynamics.flying import Body, Gliding, Rolling, bank_command, flight_loop, relative_flow, rolled
from farside.dynamics.forces import HEIGHT, Stop
from farside.dynamics.insertion import Inertial
from farside.dynamics.propagate import STOPPED, propagate
from farside.dynamics.world import Point, World
from farside.environment.atmosphere import Profile, standard_profile
from farside.environment.wind import Wind, calm, seasonal_wind
from farside.guidance.interface import Entry, Interface, fly_entry
from farside.guidance.skip_entry import ConstantBank

Array = NDArray[np.float64]
EPOCH_S = 772566104.0  # the entry of Chang'e-6
G0 = 9.80665
QUICK = Rolling(math.radians(15.0), math.radians(5.0))
PERFECT = Inertial(np.zeros(3), 0.0)

# Kept out of the disk cache: its index would name types of this file, which another process cannot import.
UNCACHED = numba.njit(nogil=True, error_model="numpy")(flight_loop.py_func)


class Weaving(NamedTuple):
    """Bank from side to side: a history with every kind of turn, and what the law was told."""

    begun_s: float


@overload(bank_command)
def _weaving(t, place, velocity, sensed, bank, memory, law):  # type: ignore[no-untyped-def]
    if getattr(law, "instance_class", None) is Weaving:

        def body(t, place, velocity, sensed, bank, memory, law):  # type: ignore[no-untyped-def]
            memory[1:4] = np.array(place)
            memory[4:7] = np.array(sensed)
            return 2.0 * math.sin((t - law.begun_s) / 20.0)

        return body
    return None


def point_at(
    speed: float = 11e3, angle_deg: float = -6.0, azimuth_deg: float = 60.0, height_m: float = 120e3, latitude_deg: float = 30.0
) -> Point:
    """A capsule of 300 kg over the turning Earth; speed and angle relative to it."""
    interface = Interface(
        math.radians(latitude_deg), 1.0, 6.371e6 + height_m, speed, math.radians(angle_deg), math.radians(azimuth_deg), inertial=False
    )
    return interface.point(EPOCH_S, 300.0)


def flown(world: World, point: Point, body: Body, bank_rad: float = 1.0, end_m: float = 10e3, substeps: int = 4) -> Array:
    status, rows = fly_entry(world, point, point, Entry(ConstantBank(bank_rad), body, QUICK, end_m, bank_rad, substeps=substeps))
    assert status == fl.DOWN
    return rows


def in_air(shell: Shell, wind: Wind | None = None) -> Body:
    return Body(shell, standard_profile(), calm() if wind is None else wind)


def test_runge_kutta_against_dop853(world: World) -> None:
    """A skip at constant bank in a wind, from the gate to 10 km: the same to a metre or two."""
    point, body = point_at(10.66e3, -5.98), in_air(CHANGE_RETURNER.shell(), seasonal_wind(EPOCH_S))
    rows = flown(world, point, body, bank_rad=0.95)
    gliding = Gliding(world.forces("earth"), Stop(HEIGHT, 10e3, -1, 0.0), body, 0.95, 0.0, EPOCH_S)
    path = propagate(EPOCH_S, point.y, EPOCH_S + 4000.0, gliding, 1e-11)
    assert path.status == STOPPED
    assert rows[200:, fl.HEIGHT].max() > rows[:150, fl.HEIGHT].min() + 20e3  # it did skip
    assert abs(path.times_s[-1] - rows[-1, 0]) < 0.01  # s: RK4 of a quarter of a second in air whose table has corners every 100 m
    assert np.linalg.norm(path.states[-1, :3] - rows[-1, 1:4]) < 2.0  # m


def test_the_recorded_bank_flown_again_by_dop853(world: World) -> None:
    """Every row of a weaving flight, propagated to the next with the recorded turn, arrives there to 5 cm."""
    point, body = point_at(), in_air(APOLLO_CM.shell())
    forces = world.forces("earth")
    _, rows = UNCACHED(
        EPOCH_S, point.y, 0.0, 0.0, np.zeros(6), np.zeros(14), 0.25, 1, 600, 10e3, Weaving(EPOCH_S), body, QUICK, PERFECT, forces
    )
    assert np.abs(rows[:, fl.BANK]).max() > 1.8
    assert np.abs(np.diff(rows[:, fl.ROLL])).max() <= QUICK.acceleration_rad_s2 * 0.25 + 1e-12
    assert np.abs(rows[:, fl.ROLL]).max() <= QUICK.rate_rad_s + 1e-12
    for row, after in itertools.pairwise(rows[::7]):
        y, t = row[1:8].copy(), row[0]
        for a, b in itertools.pairwise(rows[(rows[:, 0] >= t) & (rows[:, 0] <= after[0])]):
            gliding = Gliding(forces, Stop(0, 0.0, 1, 0.0), body, a[fl.BANK], b[fl.ROLL], a[0])
            y = propagate(a[0], y, b[0], gliding, 1e-12).states[-1]
        assert np.linalg.norm(y[:3] - after[1:4]) < 0.05


def potential(r: Array, pole: Array) -> float:
    """The Earth's, central term and J2 to J6, by Legendre polynomials [m2/s2]."""
    size = float(np.linalg.norm(r))
    zonals = (number.EARTH_J2, number.EARTH_J3, number.EARTH_J4, number.EARTH_J5, number.EARTH_J6)
    coefficients = [1.0, 0.0, *(-j * (number.EARTH_RADIUS_M / size) ** n for n, j in enumerate(zonals, start=2))]
    return float(-GM_EARTH_M3_S2 / size * legendre.legval(float(r @ pole) / size, coefficients))


def test_energy_lost_is_the_work_of_drag(world: World) -> None:
    """In calm air that turns with the Earth: energy there, the centrifugal potential taken off, falls by drag times way.

    Stardust's capsule has no lift, so that the load is drag. 6e7 J/kg are lost; Moon and Sun do 60 J/kg of work, the sum over rows of one
    second is right to 1e-5.
    """
    rows = flown(world, point_at(12e3, -8.0), in_air(STARDUST.shell()), substeps=8)
    work = rows[:, fl.LOAD] * G0 * rows[:, fl.FLOW]
    n = (len(rows) - 1) // 2 * 2
    t = rows[: n + 1, 0]
    lost = float(np.sum(np.diff(t)[::2] / 3.0 * (work[:n:2] + 4.0 * work[1 : n + 1 : 2] + work[2 : n + 1 : 2])))

    def energy(row: Array) -> float:
        pole = world.earth_pole(float(row[0]))
        across = row[1:4] - float(row[1:4] @ pole) * pole
        return float(0.5 * row[fl.FLOW] ** 2 + potential(row[1:4], pole) - 0.5 * EARTH_ROTATION_RATE_RAD_S**2 * (across @ across))

    assert energy(rows[0]) - energy(rows[n]) == pytest.approx(lost, rel=2e-5)


def exponential_air(scale_m: float) -> Profile:
    heights = np.linspace(0.0, 2e5, 2001)
    return Profile(0.0, 100.0, np.log(1.225) - heights / scale_m, np.full(2001, 300.0))


@pytest.mark.parametrize("area_m2", [0.5, 2.0])
def test_allen_and_eggers(world: World, area_m2: float) -> None:
    """A steep ballistic entry into exponential air: V^2 sin(angle) / (2 e H) at V / sqrt(e), whatever the area (NACA TR 1381).

    They leave out gravity: at 20 km/s it adds 0.3 % to the energy on the way and a tenth of a degree to the angle.
    """
    speed, angle, scale = 20e3, 60.0, 7000.0
    shell = Shell(area_m2, np.array([0.0, 99.0]), np.zeros(2), np.ones(2))
    status, rows = fly_entry(
        world,
        point_at(speed, -angle, height_m=150e3),
        point_at(speed, -angle, height_m=150e3),
        Entry(ConstantBank(0.0), Body(shell, exponential_air(scale), calm()), QUICK, 1e3, step_s=0.02, substeps=1),
    )
    assert status == fl.DOWN
    peak = int(np.argmax(rows[:, fl.LOAD]))
    assert rows[peak, fl.LOAD] * G0 == pytest.approx(speed**2 * math.sin(math.radians(angle)) / (2.0 * math.e * scale), rel=0.01)
    assert rows[peak, fl.FLOW] == pytest.approx(speed / math.sqrt(math.e), rel=0.02)  # a flat top: 2 % of speed is 0.1 % of load
    density = 300.0 * math.sin(math.radians(angle)) / (area_m2 * scale)  # of the peak
    assert rows[peak, fl.HEIGHT] == pytest.approx(-scale * math.log(density / 1.225), abs=300.0)


def test_the_equilibrium_glide(world: World) -> None:
    """Northwards with lift over drag of one, the range is r/2 L/D ln((1 - v2^2) / (1 - v1^2)), v over the circular speed (Saenger).

    The turning Earth, a tenth of whose pull is across on this course, and the swing about the glide leave 4 %.
    """
    shell = Shell(2.0, np.array([0.0, 99.0]), np.ones(2), np.ones(2))
    radius, gravity, fast = 6.371e6 + 70e3, 9.6, 7000.0
    circular = math.sqrt(gravity * radius)
    density = 2.0 * 300.0 / 2.0 * (gravity - fast**2 / radius) / fast**2
    height = -7000.0 * math.log(density / 1.225)
    point = point_at(fast, -0.1, azimuth_deg=0.0, height_m=height + 7e3, latitude_deg=10.0)
    _, rows = fly_entry(world, point, point, Entry(ConstantBank(0.0), Body(shell, exponential_air(7000.0), calm()), QUICK, 20e3))
    first, last = np.searchsorted(-rows[:, fl.FLOW], [-6900.0, -3000.0])
    way = float(np.sum(rows[first:last, fl.FLOW] * radius / (radius + rows[first:last, fl.HEIGHT] - 70e3)))
    v1, v2 = rows[first, fl.FLOW] / circular, rows[last, fl.FLOW] / circular
    assert way == pytest.approx(0.5 * radius * math.log((1.0 - v2 * v2) / (1.0 - v1 * v1)), rel=0.06)


def test_positive_bank_is_to_the_right(world: World) -> None:
    """Flying north, the right is east: the longitude is greater, as much as it is less to the left."""
    ends = []
    for bank in (1.0, -1.0):
        rows = flown(world, point_at(7500.0, -1.5, azimuth_deg=0.0, latitude_deg=0.0), in_air(CHANGE_RETURNER.shell()), bank)
        ends.append(rows)
    left_of_right = ends[0][-1, 1:4] - ends[1][-1, 1:4]
    r, v = ends[0][0, 1:4], ends[0][0, 4:7]
    right = np.cross(v, r)
    assert left_of_right @ right > 1e5 * np.linalg.norm(right)


def test_lift_up_flies_further_than_lift_down(world: World) -> None:
    up, down = (flown(world, point_at(7500.0, -2.0), in_air(CHANGE_RETURNER.shell()), bank)[-1, 0] - EPOCH_S for bank in (0.0, 3.0))
    assert up > 1.3 * down


def test_relative_flow_at_rest_on_the_turning_earth_is_the_wind(world: World) -> None:
    """At rest in a wind from the west the air comes from behind: the flow is westwards."""
    point = point_at(1e-9, 0.0, height_m=0.0, latitude_deg=0.0)
    wind = Wind(np.array([-1e5, 1e5]), np.array([30.0, 30.0]), np.array([0.0, 0.0]))
    u, v, w, _ = relative_flow(EPOCH_S, point.y, world.forces("earth"), wind)
    pole = world.earth_pole(EPOCH_S)
    east = np.cross(pole, point.r_m) / np.linalg.norm(np.cross(pole, point.r_m))
    assert np.array([u, v, w]) @ east == pytest.approx(-30.0, abs=0.01)
    assert math.sqrt(u * u + v * v + w * w) == pytest.approx(30.0, abs=0.01)


def test_bank_goes_the_shorter_way_and_stops_there() -> None:
    """From 170 to -170 degrees through 180, at most 15 degrees a second, without swinging over by more than a step's worth."""
    bank, roll, wanted, h = math.radians(170.0), 0.0, math.radians(-170.0), 0.25
    way = []
    for _ in range(80):
        roll = rolled(bank, roll, wanted, h, QUICK)
        bank = fl.wrapped(bank + h * roll)
        way.append(math.degrees(bank) % 360.0)
    assert min(way) >= 170.0
    assert max(way) <= 193.0
    assert way[-1] == pytest.approx(190.0, abs=0.01)
    assert roll == pytest.approx(0.0, abs=1e-3)


def test_guidance_is_given_the_estimate_and_what_is_felt(world: World) -> None:
    """A law that writes down what it is told is told the biased place and the biased load, not the truth."""
    point, body = point_at(height_m=70e3), in_air(APOLLO_CM.shell())
    error, memory = np.array([500.0, -300.0, 200.0, 1.0, 2.0, -3.0]), np.zeros(14)
    inertial = Inertial(np.array([0.01, 0.02, -0.01]), 1e-3)
    UNCACHED(EPOCH_S, point.y, 0.0, 0.0, error, memory, 1.0, 4, 0, 10e3, Weaving(EPOCH_S), body, QUICK, inertial, world.forces("earth"))
    assert np.allclose(memory[1:4] - point.r_m, error[:3], atol=1e-6)
    felt = np.array(fl.air_acceleration(EPOCH_S, point.y, 0.0, world.forces("earth"), body)[:3])
    assert np.allclose(memory[4:7], 1.001 * felt + inertial.bias_m_s2, atol=1e-12)


def test_the_error_of_the_estimate_drifts_as_a_second_flight_would(world: World) -> None:
    """An estimate off by 1 km outside the air falls beside the truth: its error grows as the difference of two flights."""
    point, body = point_at(11e3, -6.0, height_m=400e3), in_air(Shell(1e-9, np.array([0.0, 99.0]), np.zeros(2), np.ones(2)))
    off = np.array([600.0, -800.0, 300.0, 0.5, -0.3, 0.2])
    forces, law = world.forces("earth"), ConstantBank(0.0)
    _, rows = UNCACHED(EPOCH_S, point.y, 0.0, 0.0, off, np.zeros(14), 1.0, 4, 200, 10e3, law, body, QUICK, PERFECT, forces)
    other = point.y.copy()
    other[:6] += off
    _, again = UNCACHED(EPOCH_S, other, 0.0, 0.0, np.zeros(6), np.zeros(14), 1.0, 4, 200, 10e3, law, body, QUICK, PERFECT, forces)
    difference = again[-1, 1:4] - rows[-1, 1:4]
    assert np.linalg.norm(difference - off[:3] - 200.0 * off[3:]) > 10.0  # gravity's gradient counts
    assert np.allclose(rows[-1, fl.ERROR : fl.ERROR + 3], difference, atol=1.0)  # m: the gradient is of a point mass, first order


def test_a_capsule_that_flies_out_is_told_so(world: World) -> None:
    point = point_at(11e3, -2.0)
    status, _ = fly_entry(world, point, point, Entry(ConstantBank(0.0), in_air(CHANGE_RETURNER.shell()), QUICK, 10e3))
    assert status == fl.LEFT
