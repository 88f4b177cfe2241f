"""Drilling: energy is paid for, limits are kept, and the core is what the tube can hold."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.draws import Draws
from farside.craft.drill import DRILL, Limits, auger_torque_n_m, bored, core, penetration_m_s, recovery
from farside.craft.ground import MEDIAN_SOIL, Ground, Layer, Rock, ground_under

G = MEDIAN_SOIL.gravity_m_s2
LIMITS = Limits(weight_on_bit_n=300.0, torque_n_m=15.0, depth_m=2.0, time_s=5400.0)
SEEDS = st.integers(0, 10**6)


def ground_of(seed: int, depth_m: float = 2.0) -> Ground:
    return ground_under(MEDIAN_SOIL, DRILL.bit_m, depth_m, Draws(seed, 0, True), "surface")


@given(st.floats(10.0, 2000.0), st.floats(0.1, 50.0), st.floats(1e6, 1e10))
def test_teale_energy_is_what_the_bit_pays(weight_n: float, torque_n_m: float, energy_pa: float) -> None:
    """Where neither cap holds, thrust and turning together do E joules of work a cubic metre: Teale 1965, equation 4."""
    rate = penetration_m_s(DRILL, weight_n, torque_n_m, energy_pa)
    turning = min(torque_n_m, DRILL.bit_friction * weight_n * DRILL.bit_m / 3.0)
    if rate < DRILL.fastest_m_s:
        paid = weight_n / DRILL.annulus_m2 + DRILL.rotation_rad_s * turning / (DRILL.annulus_m2 * rate)
        assert paid == pytest.approx(energy_pa, rel=1e-9)


def test_torque_on_the_auger_is_the_integral_over_the_wall() -> None:
    steps, depth_m = 10_000, 1.7
    total = sum(
        DRILL.wall_friction * DRILL.wall_pressure * 1800.0 * G * (i + 0.5) * depth_m / steps * math.pi * DRILL.bit_m * DRILL.bit_m / 2.0
        for i in range(steps)
    )
    assert auger_torque_n_m(DRILL, 1800.0, G, depth_m) == pytest.approx(total * depth_m / steps, rel=1e-9)


@given(SEEDS, st.floats(50.0, 1000.0), st.floats(1.0, 30.0), st.floats(0.0, 20000.0), st.floats(0.01, 2.0))
def test_every_limit_is_kept_and_something_ended_it(seed: int, weight_n: float, torque_n_m: float, time_s: float, depth_m: float) -> None:
    bore = bored(DRILL, ground_of(seed), Limits(weight_n, torque_n_m, depth_m, time_s), G)
    assert 0.0 <= bore.depth_m <= depth_m
    assert bore.time_s <= time_s * (1.0 + 1e-12)
    assert bore.time_s >= bore.depth_m / DRILL.fastest_m_s * (1.0 - 1e-9)
    assert (bore.ended == "depth") == (bore.depth_m == depth_m) or bore.ended == "time"
    assert (bore.refusal is None) == (bore.ended in ("depth", "time"))
    assert bore.first_rock_m is None or bore.first_rock_m <= bore.depth_m


@given(SEEDS, st.floats(1.0, 4.0))
def test_more_weight_torque_or_time_never_gets_less_deep(seed: int, more: float) -> None:
    ground, depth = ground_of(seed), bored(DRILL, ground_of(seed), LIMITS, G).depth_m
    for stronger in (
        replace(LIMITS, weight_on_bit_n=more * LIMITS.weight_on_bit_n),
        replace(LIMITS, torque_n_m=more * LIMITS.torque_n_m),
        replace(LIMITS, time_s=more * LIMITS.time_s),
    ):
        assert bored(DRILL, ground, stronger, G).depth_m >= depth - 1e-12


def test_each_kind_of_end() -> None:
    soft = Layer(0.0, 2.0, 1700.0, 20e3)
    hard = Rock(0.5, 0.6, 2e9)
    open_ground = Ground((replace(soft, bottom_m=1.0), replace(soft, top_m=1.0)))
    assert bored(DRILL, open_ground, LIMITS, G).ended == "depth"
    assert bored(DRILL, replace(open_ground, rocks=(hard,)), LIMITS, G) == bored(
        DRILL, replace(open_ground, rocks=(hard, Rock(0.8, 0.9, 1e6))), LIMITS, G
    )
    stopped = bored(DRILL, replace(open_ground, rocks=(hard,)), LIMITS, G)
    assert (stopped.ended, stopped.refusal, stopped.depth_m) == ("rock", "rock", 0.5)
    assert bored(DRILL, Ground((replace(soft, strength_pa=1e8),)), LIMITS, G).refusal == "soil"
    assert bored(DRILL, open_ground, replace(LIMITS, torque_n_m=0.3), G).refusal == "torque"
    timed = bored(DRILL, open_ground, replace(LIMITS, time_s=1000.0), G)
    assert (timed.ended, timed.depth_m) == ("time", pytest.approx(0.5))  # 1000 s at the fastest rate
    softer = bored(DRILL, replace(open_ground, rocks=(replace(hard, energy_pa=2e8),)), LIMITS, G)
    assert (softer.ended, softer.first_rock_m) == ("depth", 0.5)
    assert softer.time_s > 2.0 / DRILL.fastest_m_s + 300.0  # 10 cm of rock take minutes more than soil


@given(SEEDS, st.floats(0.01, 0.5))
def test_the_core_keeps_its_order_and_fits_its_tube(seed: int, interval_m: float) -> None:
    ground = ground_of(seed)
    bore = bored(DRILL, ground, LIMITS, G)
    recovered = recovery(DRILL, Draws(seed, 0, True), "surface")
    pieces = core(DRILL, ground, bore, recovered, interval_m)
    assert 0.0 < recovered < 1.0
    assert all(above.bottom_m == below.top_m for above, below in pairwise(pieces))
    if pieces:
        assert (pieces[0].top_m, pieces[-1].bottom_m) == (0.0, bore.depth_m)
    for piece in pieces:
        cut_kg = DRILL.core_m2 * (piece.bottom_m - piece.top_m) * ground.mean_density_kg_m3(piece.top_m, piece.bottom_m)
        assert DRILL.jammed_recovery * recovered * cut_kg * 0.999 < piece.mass_kg <= recovered * cut_kg * 1.001


@given(SEEDS, st.floats(0.02, 0.5), st.floats(0.02, 0.5))
def test_the_mass_of_the_core_does_not_depend_on_how_it_is_cut(seed: int, first_m: float, second_m: float) -> None:
    """Away from a jam the sum is the same for any pieces."""
    ground = replace(ground_of(seed), rocks=())
    bore = bored(DRILL, ground, LIMITS, G)
    one, other = (sum(p.mass_kg for p in core(DRILL, ground, bore, 0.9, interval)) for interval in (first_m, second_m))
    assert one == pytest.approx(other, rel=1e-9)


def test_a_rock_jams_the_tube() -> None:
    ground = ground_under(MEDIAN_SOIL, DRILL.bit_m, 1.0, Draws(), "surface")
    limits = replace(LIMITS, depth_m=1.0)
    free = core(DRILL, ground, bored(DRILL, ground, limits, G), 0.9, 0.1)
    ground = replace(ground, rocks=(Rock(0.5, 0.53, 1e8),))
    jammed = core(DRILL, ground, bored(DRILL, ground, limits, G), 0.9, 0.1)
    assert [p.mass_kg for p in jammed[:5]] == pytest.approx([p.mass_kg for p in free[:5]])
    assert [p.mass_kg for p in jammed[5:]] == pytest.approx([DRILL.jammed_recovery * p.mass_kg for p in free[5:]])


def test_no_hole_no_core() -> None:
    ground = Ground((Layer(0.0, 2.0, 1700.0, 1e9),))
    bore = bored(DRILL, ground, LIMITS, G)
    assert (bore.depth_m, core(DRILL, ground, bore, 0.9, 0.1)) == (0.0, ())


def test_chang_e_5_drilled_about_a_quarter_of_a_kilogram() -> None:
    """0.738 m (Zheng et al. 2022) in this tube: 0.26 kg came home (from memory, to a tenth); no rock is drawn here, so less fell below."""
    ground = ground_under(MEDIAN_SOIL, DRILL.bit_m, 0.738, Draws(), "surface")
    bore = bored(DRILL, ground, replace(LIMITS, depth_m=0.738), G)
    assert sum(p.mass_kg for p in core(DRILL, ground, bore, DRILL.median_recovery, 0.1)) == pytest.approx(0.23, abs=0.05)
