"""Guidance of the ascent: into the orbit it was told, from what it knows, near the optimum; honest when it cannot."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import fsolve

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.twobody import angle_between, cross, unit
from farside.dynamics.closed_loop import DRY, Engine, Turning
from farside.dynamics.insertion import INSERTED, Inertial
from farside.dynamics.world import Point, World, apsides
from farside.guidance.ascent import CUT_OFF, HOLD, RISE, STEER, Ascent, AscentLaw, fly_ascent

Array = NDArray[np.float64]
EPOCH_S = 770729949.0  # lift-off of Chang'e-6, to a second
G0 = 9.80665
LOW, HIGH = MOON_RADIUS_M + 15e3, MOON_RADIUS_M + 180e3
SPEED = math.sqrt(GM_MOON_M3_S2 * (2.0 / LOW - 2.0 / (LOW + HIGH)))
POLE = (0.0, 0.0, 1.0)


def ascent(
    normal: tuple[float, float, float] = POLE,
    thrust_n: float = 3000.0,
    isp_s: float = 312.0,
    rise_s: float = 10.0,
    dry_kg: float = 400.0,
    rate_deg_s: float = 5.0,
    scale: float = 0.0,
) -> Ascent:
    """Guidance always takes Isp for 312 s; thrust and Isp are those of the truth."""
    law = AscentLaw(rise_s, LOW, SPEED, 0.5 * (LOW + HIGH), normal, 312.0 * G0, 0.1, 0.1)
    turning = Turning(math.radians(rate_deg_s), math.radians(3.0 / 5.0 * rate_deg_s))
    return Ascent(law, Engine(thrust_n, thrust_n, isp_s * G0, 0.1), turning, Inertial(np.zeros(3), scale), dry_kg)


def on_sphere(mass_kg: float = 800.0) -> Point:
    """At rest on the mean sphere, which does not turn."""
    return Point("moon", EPOCH_S, np.array([MOON_RADIUS_M, 0.0, 0.0, 0.0, 0.0, 0.0, mass_kg]))


def seen(point: Point, *error: float) -> Point:
    y = point.y.copy()
    y[:6] += error
    return replace(point, y=y)


def end_of(rows: Array) -> Point:
    return Point("moon", float(rows[-1, 0]), rows[-1, 1:8].copy())


def heights_km(point: Point) -> tuple[float, float]:
    low, high = apsides(point)
    return (low - MOON_RADIUS_M) / 1e3, (high - MOON_RADIUS_M) / 1e3


def plane_error_deg(point: Point, normal: tuple[float, float, float]) -> float:
    return math.degrees(angle_between(cross(point.r_m, point.v_m_s), np.array(normal)))


def delta_v(rows: Array, isp_s: float = 312.0) -> float:
    return isp_s * G0 * math.log(rows[0, 7] / rows[-1, 7])


def test_the_reference_ascent_takes_what_it_should(world: World) -> None:
    """From the sphere, not turning, 800 kg, 312 s: 367 +- 5 s and 1831 +- 10 m/s (issue 3; a rise of 5 to 10 s is in it)."""
    status, rows = fly_ascent(world, on_sphere(), on_sphere(), ascent())
    assert status == INSERTED
    assert rows[-1, 0] - EPOCH_S == pytest.approx(367.0, abs=5.0)
    assert delta_v(rows) == pytest.approx(1831.0, abs=10.0)
    low, high = heights_km(end_of(rows))
    assert low == pytest.approx(15.0, abs=0.01)
    assert high == pytest.approx(180.0, abs=0.05)  # km: a centimetre a second is 47 m of apolune
    assert plane_error_deg(end_of(rows), POLE) < 0.001


def optimum(start: Array, mass_kg: float, flow: float) -> float:
    """Seconds of the best steering from a state in the plane, by the maximum principle, central gravity: (x, y, vx, vy) -> perilune.

    The costate of velocity is the direction of thrust; where downrange is free, r x p_r + v x p_v is zero all the way.
    """

    def path(unknown: Array) -> Array:
        angle, along, seconds = unknown
        p = np.array([math.cos(angle), math.sin(angle)])
        r, v = start[:2], start[2:4]
        # p_r = (a, b): one component free, the other from the condition on downrange.
        a = along
        b = (r[1] * a - (v[0] * p[1] - v[1] * p[0])) / r[0]

        def rate(t: float, y: Array) -> Array:
            r, v, pr, pv = y[:2], y[2:4], y[4:6], y[6:8]
            d = float(np.hypot(*r))
            push = 3000.0 / (mass_kg - flow * t) * pv / np.hypot(*pv)
            k = GM_MOON_M3_S2 / d**3
            return np.concatenate([v, push - k * r, k * (pv - 3.0 * r * (r @ pv) / d**2), -pr])

        y = solve_ivp(rate, (0.0, seconds), [*start, a, b, *p], rtol=1e-10, atol=1e-9).y[:, -1]
        up = y[:2] / np.hypot(*y[:2])
        return np.array([np.hypot(*y[:2]) - LOW, up @ y[2:4], up[0] * y[3] - up[1] * y[2] - SPEED])

    guess = np.array([math.radians(55.0), -1e-3, 355.0])
    return float(fsolve(path, guess, xtol=1e-10)[2])


def test_guidance_is_near_the_optimum(world: World) -> None:
    """Without limits on turning, the linear law costs next to nothing over the best steering from the end of the rise."""
    _, rows = fly_ascent(world, on_sphere(), on_sphere(), ascent(rate_deg_s=300.0))
    k = int(np.flatnonzero(rows[:, 12] == STEER)[0]) - 1
    y, flow = rows[k, 1:8], 3000.0 / (312.0 * G0)
    best_s = optimum(np.array([y[0], y[1], y[3], y[4]]), y[6], flow)
    lost_kg = (rows[k, 7] - rows[-1, 7]) - flow * best_s
    lost = 312.0 * G0 * lost_kg / rows[-1, 7]
    assert -0.5 < lost < 5.0  # m/s; degree 6 gravity against a central one is a few tenths


def test_the_modes_come_in_order(world: World) -> None:
    _, rows = fly_ascent(world, on_sphere(), on_sphere(), ascent())
    modes = rows[1:, 12]
    assert list(dict.fromkeys(modes)) == [RISE, STEER, HOLD, CUT_OFF]
    assert rows[modes.searchsorted(STEER) + 1, 0] - EPOCH_S == pytest.approx(10.0, abs=0.25)  # s: the declared rise
    up = rows[:90, 9:12] @ np.array([1.0, 0.0, 0.0])
    assert up.min() > 0.999999
    assert rows[:, 19].min() > -0.01  # m: the engine carries the weight before the craft sinks


@pytest.mark.parametrize("off_deg", [-2.0, -0.5, 0.5, 2.0])
def test_a_plane_beside_the_place_is_yawed_into(world: World, off_deg: float) -> None:
    normal = (math.sin(math.radians(off_deg)), 0.0, math.cos(math.radians(off_deg)))
    status, rows = fly_ascent(world, on_sphere(), on_sphere(), ascent(normal))
    assert status == INSERTED
    assert plane_error_deg(end_of(rows), normal) < 0.002
    assert heights_km(end_of(rows)) == (pytest.approx(15.0, abs=0.05), pytest.approx(180.0, abs=0.1))
    _, straight = fly_ascent(world, on_sphere(), on_sphere(), ascent())
    assert 3.0 < (delta_v(rows) - delta_v(straight)) / off_deg**2 < 40.0  # m/s: the price goes with the square


@pytest.mark.parametrize(("thrust_n", "isp_s"), [(2940.0, 312.0), (3000.0, 312.0 * 0.98), (2940.0, 312.0 * 0.98), (3060.0, 312.0 * 1.02)])
def test_an_engine_off_nominal_still_inserts(world: World, thrust_n: float, isp_s: float) -> None:
    """Thrust and Isp 2 % off, and 50 m of navigation bias: within 200 m of perilune and 1 km of apolune."""
    known = seen(on_sphere(), 30.0, 30.0, -30.0, 0.0, 0.0, 0.0)
    status, rows = fly_ascent(world, on_sphere(), known, ascent(thrust_n=thrust_n, isp_s=isp_s))
    assert status == INSERTED
    low, high = heights_km(end_of(rows))
    assert low == pytest.approx(15.0, abs=0.2)
    assert high == pytest.approx(180.0, abs=1.0)


def test_a_biased_estimate_flies_its_bias(world: World) -> None:
    """50 m too high in the estimate: the estimate inserts exactly, the truth by what the bias has grown to, lower."""
    known = seen(on_sphere(), 50.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    _, rows = fly_ascent(world, on_sphere(), known, ascent())
    truth = end_of(rows)
    believed = seen(truth, *rows[-1, 13:19])
    assert heights_km(believed) == (pytest.approx(15.0, abs=0.01), pytest.approx(180.0, abs=0.05))
    grown = float(rows[-1, 13:16] @ unit(truth.r_m))
    assert grown > 50.0  # m: gravity seen too weak drives the error upwards
    assert np.linalg.norm(truth.r_m) == pytest.approx(LOW - grown, abs=2.0)


def test_a_sideways_velocity_in_the_estimate_turns_the_plane(world: World) -> None:
    known = seen(on_sphere(), 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    _, rows = fly_ascent(world, on_sphere(), known, ascent())
    truth, believed = end_of(rows), seen(end_of(rows), *rows[-1, 13:19])
    assert plane_error_deg(believed, POLE) < 0.002
    assert plane_error_deg(truth, POLE) == pytest.approx(math.degrees(1.0 / SPEED), rel=0.3)


def test_a_wrong_accelerometer_cuts_off_early(world: World) -> None:
    """A scale of +0.1 % believes 1.8 m/s that were not gained: some 8 km of apolune."""
    _, rows = fly_ascent(world, on_sphere(), on_sphere(), ascent(scale=1e-3))
    assert heights_km(end_of(rows))[1] == pytest.approx(172.0, abs=2.0)


def test_a_dry_tank_ends_it(world: World) -> None:
    status, rows = fly_ascent(world, on_sphere(), on_sphere(), ascent(dry_kg=450.0))
    assert status == DRY
    assert heights_km(end_of(rows))[0] < 0.0


@settings(max_examples=20)
@given(st.floats(600.0, 900.0), st.floats(-1.5, 1.5), st.floats(3.0, 20.0), st.floats(-math.pi, math.pi))
def test_it_inserts_from_everywhere(world: World, mass_kg: float, off_deg: float, rise_s: float, longitude: float) -> None:
    c, s, off = math.cos(longitude), math.sin(longitude), math.radians(off_deg)
    y = np.array([MOON_RADIUS_M * c, MOON_RADIUS_M * s, 0.0, 0.0, 0.0, 0.0, mass_kg])
    normal = (math.sin(off) * c, math.sin(off) * s, math.cos(off))
    start = Point("moon", EPOCH_S, y)
    status, rows = fly_ascent(world, start, start, ascent(normal, rise_s=rise_s, dry_kg=100.0))
    assert status == INSERTED
    assert heights_km(end_of(rows)) == (pytest.approx(15.0, abs=0.1), pytest.approx(180.0, abs=0.5))
    assert plane_error_deg(end_of(rows), normal) < 0.01


def test_it_is_quick(world: World) -> None:
    """Less than 50 ms once compiled; the best of five, for others use the machine too."""
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        fly_ascent(world, on_sphere(), on_sphere(), ascent())
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.05
