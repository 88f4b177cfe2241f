"""Guidance from the pad: the gravity turn's closed form, integrals over stages, insertions asked for, launchers off nominal."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farside.dynamics.forces import gravity as gravity_at
from farside.dynamics.insertion import INSERTED, Inertial
from farside.dynamics.launching import FAIRING, LOAD, SEGMENT, TANKS, THROTTLE
from farside.dynamics.rocket import ALONE, TOGETHER, UPPER, UPPER_BURN, Stack, stack, still_air
from farside.dynamics.world import Point, World
from farside.guidance.command import vector
from farside.guidance.launch import CUT_OFF, HOLD, PITCH, RISE, STEER, TURN, Launch, LaunchLaw, fly_launch, stage_integrals
from farside.planning.launch import on_pad

sys.path.insert(0, str(Path(__file__).parent))
from on_the_pad import AZIMUTH_RAD, LIFTOFF_S, PAYLOAD_KG, PITCH_RAD, RADIUS_M, TURNING, reached, trials, wenchang

Array = NDArray[np.float64]
G0 = 9.80665


def flown(world: World, law: LaunchLaw, craft: Stack, scale: float = 0.0, off: Array | None = None) -> tuple[int, Array]:
    point = on_pad(world, wenchang(), LIFTOFF_S, trials(world).vessel.liftoff_kg)
    known = replace(point, y=point.y + np.append(np.zeros(6) if off is None else off, 0.0))
    return fly_launch(world, point, known, Launch(law, craft, TURNING, Inertial(np.zeros(3), scale), still_air()))


@settings(max_examples=30)
@given(
    st.floats(300.0, 3000.0),
    st.lists(st.tuples(st.floats(2500.0, 4500.0), st.floats(2.0, 20.0), st.floats(20.0, 120.0)), min_size=1, max_size=3),
    st.floats(1.0, 30.0),
)
def test_the_integrals_over_stages_are_integrals(gain: float, burns: list[tuple[float, float, float]], wait_s: float) -> None:
    """Against sums of small steps of a(t): L, J = int a t, S, Q = iint a t, P = iint a t^2, H = int a t^2, stages with waits between."""
    stages = []
    for ve, a, seconds in burns:
        stages += [(ve, a, min(seconds, 0.8 * ve / a)), (0.0, 0.0, wait_s)]
    last = (3500.0, 4.0, 0.0)
    table = np.array([*stages, last])
    before = sum(-ve * math.log1p(-s * a / ve) for ve, a, s in stages if ve > 0.0)
    total = before + gain
    to_go, *integrals = stage_integrals(total, table)
    n = 200_000
    t = (np.arange(n) + 0.5) * to_go / n
    a_t, begun = np.zeros(n), 0.0
    for ve, a, seconds in [*stages, (last[0], last[1], to_go - sum(s for _, _, s in stages))]:
        inside = (t >= begun) & (t < begun + seconds)
        if ve > 0.0:
            a_t[inside] = a / (1.0 - (t[inside] - begun) * a / ve)
        begun += seconds
    h = to_go / n
    single = [np.sum(a_t * t**k) * h for k in (0, 1, 2)]
    double = [np.sum(a_t * t**k * (to_go - t)) * h for k in (0, 1, 2)]
    for found, wanted in zip(integrals, [single[0], single[1], *double, single[2]], strict=True):
        assert found == pytest.approx(wanted, rel=1e-3)  # the edges of the stages fall between steps of 200,000


def test_the_gravity_turn_is_the_closed_form(world: World) -> None:
    """No air, no turning Earth, thrust n times the weight and no mass lost: v = C z^(n-1) (1 + z^2), z = tan(angle from up / 2).

    Culler & Fried 1957, J. Appl. Phys. 28, 672, for even gravity; 40 s of flight rise 6 km, over which gravity falls by 0.2 % and
    the plumb line turns by 0.05 deg: 0.5 % of speed is allowed.
    """
    start = trials(world)
    mass, times = start.vessel.liftoff_kg, 1.5
    point = on_pad(world, start.pad, LIFTOFF_S, mass)
    y = point.y.copy()
    y[3:6] = 0.0
    weight = np.array(gravity_at(LIFTOFF_S, y, world.forces("earth")))
    gravity = float(np.linalg.norm(weight))
    up = -weight / gravity  # the plumb line of an Earth that does not turn
    law = start.law(AZIMUTH_RAD, math.radians(5.0))
    law = law._replace(spin_rad_s=0.0, rise_s=8.0, step_s=0.01, up=vector(up))  # the axis is held for a step: a short one
    craft = stack(start.vessel.launcher)
    engine = np.array([times * gravity * mass, 0.0, 0.0])
    craft = craft._replace(thrust_n=engine, flow_kg_s=np.full(3, 1e-9), mouth_m2=np.zeros(3), load_m_s2=1e9)
    no_air = still_air(1e-30)._replace(spin_rad_s=0.0)
    turning = TURNING._replace(rate_rad_s=math.radians(90.0), acceleration_rad_s2=math.radians(9000.0))
    here = Point("earth", LIFTOFF_S, y)
    _, rows = fly_launch(world, here, here, Launch(law, craft, turning, Inertial(np.zeros(3), 0.0), no_air, limit_s=50.0))
    turn = rows[rows[:, 12] == TURN][1:]
    speed = np.linalg.norm(turn[:, 4:7], axis=1)
    angle = np.arccos(turn[:, 4:7] @ up / speed)
    assert len(turn) > 3000
    assert angle[-1] > math.radians(20.0)
    z = np.tan(0.5 * angle)
    shape = z ** (times - 1.0) * (1.0 + z**2)
    assert speed / speed[0] == pytest.approx(shape / shape[0], rel=5e-3)
    ahead = np.einsum("ij,ij->i", turn[1:, 9:12], turn[:-1, 4:7]) / speed[:-1]
    assert ahead.min() > math.cos(math.radians(0.1))  # the axis of each step lies along the velocity at its start


def test_it_inserts_into_the_circle_asked_for(world: World) -> None:
    start = trials(world)
    status, rows = flown(world, start.law(AZIMUTH_RAD, PITCH_RAD), stack(start.vessel.launcher))
    assert status == INSERTED
    found = reached(rows[-1, 1:7], start.normal)
    assert abs(found.radius_m) < 20.0
    assert abs(found.speed_m_s) < 0.05
    assert abs(found.climb_m_s) < 0.3
    assert found.plane_deg < 0.002
    assert list(dict.fromkeys(rows[1:, 12])) == [RISE, PITCH, TURN, STEER, HOLD, CUT_OFF]
    assert list(dict.fromkeys(rows[:, SEGMENT])) == list(range(6))


def test_stages_part_and_throttle_as_the_table_says(world: World) -> None:
    start = trials(world)
    launcher = start.vessel.launcher
    _, rows = flown(world, start.law(AZIMUTH_RAD, PITCH_RAD), stack(launcher))
    ends = {int(s): rows[rows[:, SEGMENT] == s][[0, -1]] for s in range(6)}
    # The limit throttles the boosters for their last seconds: they burn a little longer than at full flow.
    assert launcher.boosters.burn_s < ends[TOGETHER][1, 0] - LIFTOFF_S < launcher.boosters.burn_s + 2.0
    assert ends[ALONE][1, 0] - LIFTOFF_S == pytest.approx(launcher.core.burn_s, abs=1e-4)
    assert ends[ALONE][0, 7] == pytest.approx(
        launcher.liftoff_kg(PAYLOAD_KG) - 4 * launcher.boosters.gross_kg - (ends[ALONE][0, 0] - LIFTOFF_S) * launcher.core.engine.flow_kg_s,
        abs=0.1,
    )
    assert ends[UPPER_BURN][0, 7] == pytest.approx(launcher.upper.gross_kg + PAYLOAD_KG, abs=0.1)  # kg: nothing was lost on the way
    assert rows[:, LOAD].max() < launcher.sequence.load_m_s2 * 1.001
    assert 0.65 < rows[:, THROTTLE].min() < 1.0
    gone = rows[np.flatnonzero(np.diff(rows[:, FAIRING]))[0]]
    assert gone[SEGMENT] >= ALONE
    assert 95e3 < gone[19] < 130e3  # m: where fairings go; the heating limit is met there, not the height
    assert rows[-1, 7] - launcher.upper.dry_kg - PAYLOAD_KG == pytest.approx(rows[-1, TANKS + UPPER], abs=0.1)


@pytest.mark.parametrize(("azimuth_deg", "height_km"), [(75.0, 200.0), (97.0, 200.0), (130.0, 250.0), (103.26, 180.0)])
def test_other_planes_and_heights(world: World, azimuth_deg: float, height_km: float) -> None:
    radius = RADIUS_M + (height_km - 200.0) * 1e3
    start = trials(world, azimuth_rad=math.radians(azimuth_deg), radius_m=radius)
    status, rows = flown(world, start.law(math.radians(azimuth_deg), PITCH_RAD), stack(start.vessel.launcher))
    assert status == INSERTED
    found = reached(rows[-1, 1:7], start.normal, radius)
    assert abs(found.radius_m) < 30.0
    assert abs(found.speed_m_s) < 0.05
    assert found.plane_deg < 0.005


@pytest.mark.parametrize(("thrust", "isp"), [(0.98, 1.0), (1.02, 1.0), (1.0, 0.98), (0.98, 0.98), (1.02, 1.02)])
def test_a_launcher_off_nominal_still_inserts(world: World, thrust: float, isp: float) -> None:
    """All engines 2 % off, the turn in the air being the program of the nominal one: the same circle, at another price."""
    start = trials(world)
    law = start.flight_law(AZIMUTH_RAD, PITCH_RAD)
    nominal = stack(start.vessel.launcher)
    craft = nominal._replace(thrust_n=nominal.thrust_n * thrust, flow_kg_s=nominal.flow_kg_s * thrust / isp)
    status, rows = flown(world, law, craft)
    assert status == INSERTED
    found = reached(rows[-1, 1:7], start.normal)
    assert abs(found.radius_m) < 100.0
    assert abs(found.speed_m_s) < 0.2
    assert found.plane_deg < 0.01


def test_a_biased_estimate_inserts_with_its_bias(world: World) -> None:
    """Guidance sees the estimate only: what the launcher takes for the circle is the circle, the truth is off by the error it carries."""
    start = trials(world)
    law = start.flight_law(AZIMUTH_RAD, PITCH_RAD)
    _, rows = flown(world, law, stack(start.vessel.launcher), 5e-4, np.array([100.0, -50.0, 80.0, 0.1, 0.2, -0.1]))
    truth, estimate = rows[-1, 1:7], rows[-1, 1:7] + rows[-1, 13:19]
    assert abs(reached(estimate, start.normal).radius_m) < 100.0
    assert abs(reached(estimate, start.normal).speed_m_s) < 0.1
    assert abs(reached(truth, start.normal).radius_m) > 500.0  # m: 0.05 % of nine kilometres a second, over eleven minutes
    assert 3.0 < float(np.linalg.norm(rows[-1, 16:19])) < 8.0
