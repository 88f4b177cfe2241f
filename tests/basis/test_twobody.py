"""Two-body motion: Kepler's equation, conserved quantities, Lambert's problem on all its branches, the B-plane.

Answers come from Kepler's equation solved separately, from the conic itself, and from a published case.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from farside.basis import twobody
from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2
from farside.basis.twobody import Array, angle_between, arrival, hyperbola_periapsis, impact_parameter, kepler, lambert, turned, unit

ANGLE = st.floats(-math.pi, math.pi)
DIRECTION = st.tuples(st.floats(-1.0, 1.0), ANGLE).map(
    lambda z: np.array([math.sqrt(1.0 - z[0] ** 2) * math.cos(z[1]), math.sqrt(1.0 - z[0] ** 2) * math.sin(z[1]), z[0]])
)
BODY = st.sampled_from([(GM_EARTH_M3_S2, 6.5e6), (GM_MOON_M3_S2, 1.8e6)])


@dataclass(frozen=True)
class Conic:
    """A state on a conic, and the conic: `anomaly` is the true one."""

    mu: float
    periapsis_m: float
    eccentricity: float
    anomaly: float
    r: Array
    v: Array

    @property
    def unit_s(self) -> float:
        """Time over which the motion at periapsis turns by about a radian."""
        return math.sqrt(self.periapsis_m**3 / self.mu)


@st.composite
def conics(draw: st.DrawFn, eccentricities: st.SearchStrategy[float]) -> Conic:
    """States of any orientation; far out no more than fifty periapsis radii, as the Moon is from the Earth."""
    mu, least = draw(BODY)
    q, e = least * draw(st.floats(1.0, 10.0)), draw(eccentricities)
    widest = math.acos(max(-1.0, min(1.0, ((1.0 + e) / 50.0 - 1.0) / e))) if e > 0.0 else math.pi
    anomaly = draw(st.floats(-widest, widest))
    pole, about = draw(DIRECTION), draw(ANGLE)
    x = unit(np.cross(pole, np.eye(3)[int(np.argmin(np.abs(pole)))]))
    x = turned(x, pole, about)
    y = np.cross(pole, x)
    p = q * (1.0 + e)
    r = p / (1.0 + e * math.cos(anomaly)) * (math.cos(anomaly) * x + math.sin(anomaly) * y)
    v = math.sqrt(mu / p) * (-math.sin(anomaly) * x + (e + math.cos(anomaly)) * y)
    return Conic(mu, q, e, anomaly, r, v)


ELLIPSES = conics(st.floats(0.0, 0.98))
HYPERBOLAS = conics(st.floats(1.02, 5.0))
NEAR_PARABOLAS = conics(st.floats(0.98, 1.02))
ANY = st.one_of(ELLIPSES, HYPERBOLAS, NEAR_PARABOLAS)
TURNS = st.floats(-20.0, 20.0)


def size(vector: Array) -> float:
    return float(np.linalg.norm(vector))


def energy(r: Array, v: Array, mu: float) -> float:
    return 0.5 * float(v @ v) - mu / size(r)


@given(st.floats(-50.0, 50.0))
@example(1e-4)
@example(-1.2e-4)
@example(1.0)
@example(-1.0)
def test_stumpffs_functions_are_their_series(psi: float) -> None:
    """To the last digits also where the closed forms would cancel: summed with fifty digits."""
    with localcontext(Context(prec=50)):
        for found, first in zip(twobody.stumpff(psi), (2, 3), strict=True):
            series = sum(((-Decimal(psi)) ** k if k else 1) / Decimal(math.factorial(2 * k + first)) for k in range(40))
            assert found == pytest.approx(float(series), rel=1e-14, abs=1e-16)


@given(ANY, TURNS)
def test_kepler_keeps_energy_momentum_and_the_line_of_apsides(conic: Conic, turns: float) -> None:
    r, v = kepler(conic.r, conic.v, turns * conic.unit_s, conic.mu)
    nearest = conic.mu / conic.periapsis_m  # the energies' scale: rounding enters where both terms are largest
    assert abs(energy(r, v, conic.mu) - energy(conic.r, conic.v, conic.mu)) < 1e-12 * nearest
    h = np.cross(conic.r, conic.v)
    assert size(np.cross(r, v) - h) < 1e-12 * size(h) * (1.0 + size(r) * size(v) / size(h))
    before, after = (np.cross(b, h) / conic.mu - a / size(a) for a, b in ((conic.r, conic.v), (r, v)))
    assert size(before - after) < 1e-11 * (1.0 + conic.eccentricity)


@given(ANY, TURNS)
def test_kepler_there_and_back(conic: Conic, turns: float) -> None:
    seconds = turns * conic.unit_s
    r, v = kepler(*kepler(conic.r, conic.v, seconds, conic.mu), -seconds, conic.mu)
    # An error of 1e-15 in the energy out there shifts the way back by that share of the time, at the speed of here; periapsis is fastest.
    speed = math.sqrt(2.0 * conic.mu / conic.periapsis_m)
    near = 1e-12 * (1.0 + abs(turns)) * (size(conic.r) + abs(seconds) * speed)
    assert size(r - conic.r) < near
    assert size(v - conic.v) < near / conic.unit_s


@given(ELLIPSES, TURNS)
def test_kepler_obeys_keplers_equation_on_ellipses(conic: Conic, turns: float) -> None:
    a = conic.periapsis_m / (1.0 - conic.eccentricity)
    motion = math.sqrt(conic.mu / a**3)
    r, v = kepler(conic.r, conic.v, turns * conic.unit_s, conic.mu)

    def mean_anomaly(r: Array, v: Array) -> float:
        e_sine, e_cosine = float(r @ v) / math.sqrt(conic.mu * a), 1.0 - size(r) / a
        return math.atan2(e_sine, e_cosine) - e_sine

    assume(conic.eccentricity > 1e-3)
    late = mean_anomaly(r, v) - mean_anomaly(conic.r, conic.v) - motion * turns * conic.unit_s
    assert abs(math.remainder(late, 2.0 * math.pi)) < 1e-12 * (1.0 + abs(turns)) / (conic.eccentricity * (1.0 - conic.eccentricity) ** 2)


@given(HYPERBOLAS, TURNS)
def test_kepler_obeys_keplers_equation_on_hyperbolas(conic: Conic, turns: float) -> None:
    a = conic.periapsis_m / (conic.eccentricity - 1.0)
    motion = math.sqrt(conic.mu / a**3)
    r, v = kepler(conic.r, conic.v, turns * conic.unit_s, conic.mu)

    def mean_anomaly(r: Array, v: Array) -> float:
        e_sine = float(r @ v) / math.sqrt(conic.mu * a)
        return e_sine - math.asinh(e_sine / conic.eccentricity)

    late = mean_anomaly(r, v) - mean_anomaly(conic.r, conic.v) - motion * turns * conic.unit_s
    scale = abs(mean_anomaly(r, v)) + abs(mean_anomaly(conic.r, conic.v)) + 1.0
    assert abs(late) < 1e-12 * scale / (conic.eccentricity - 1.0) ** 1.5


def test_kepler_on_a_parabola_is_barkers_equation() -> None:
    """From the periapsis of a parabola to a true anomaly of 120 deg: D + D^3 / 3 with D = tan 60 deg."""
    mu, q = GM_EARTH_M3_S2, 7.0e6
    d = math.tan(math.radians(60.0))
    seconds = math.sqrt(2.0 * q**3 / mu) * (d + d**3 / 3.0)
    r, _ = kepler(np.array([q, 0.0, 0.0]), np.array([0.0, math.sqrt(2.0 * mu / q), 0.0]), seconds, mu)
    expected = q * (1.0 + d * d) * np.array([-0.5, math.sqrt(0.75), 0.0])
    assert size(r - expected) < 1e-5  # of 28,000 km


def test_no_time_is_no_motion() -> None:
    r, v = np.array([7e6, 1e5, 0.0]), np.array([0.0, 7.5e3, 10.0])
    there = kepler(r, v, 0.0, GM_EARTH_M3_S2)
    assert (there[0] == r).all() and (there[1] == v).all()
    assert there[0] is not r, "a state of its own, not the same array"


@given(DIRECTION, DIRECTION, st.floats(-10.0, 10.0))
def test_turning_is_a_rotation(vector: Array, axis: Array, angle: float) -> None:
    new = turned(vector, axis, angle)
    assert size(new) == pytest.approx(1.0, abs=1e-14)
    assert float(new @ axis) == pytest.approx(float(vector @ axis), abs=1e-14)
    assert size(turned(new, axis, -angle) - vector) < 1e-14


@pytest.mark.parametrize("angle", [0.0, 1e-12, 1e-9, 1.0, math.pi - 1e-9, math.pi])
def test_small_angles_and_nearly_straight_ones_are_exact(angle: float) -> None:
    one, other = np.array([2.0, 0.0, 0.0]), 3.0 * np.array([math.cos(angle), math.sin(angle), 0.0])
    assert angle_between(one, other) == pytest.approx(angle, abs=1e-15)


VALLADO_R1_M = np.array([15945.34e3, 0.0, 0.0])
VALLADO_R2_M = np.array([12214.83899e3, 10249.46731e3, 0.0])


def test_lambert_answers_vallados_example() -> None:
    """Vallado, *Fundamentals of Astrodynamics and Applications*, 4th ed., example 7-5: given to 1e-6 km/s, the positions to 10 m."""
    v1, v2 = lambert(VALLADO_R1_M, VALLADO_R2_M, 76.0 * 60.0, 398600.4418e9, np.array([0.0, 0.0, 1.0]))
    assert v1 / 1e3 == pytest.approx([2.058913, 2.915965, 0.0], abs=2e-6)
    assert v2 / 1e3 == pytest.approx([-3.451565, 0.910315, 0.0], abs=2e-6)


def test_lambert_the_other_way_round_turns_the_other_way() -> None:
    """The same points and time by the long way: the same chord, flown through the other side."""
    mu = 398600.4418e9
    v1, v2 = lambert(VALLADO_R1_M, VALLADO_R2_M, 76.0 * 60.0, mu, np.array([0.0, 0.0, -1.0]))
    assert np.cross(VALLADO_R1_M, v1)[2] < 0.0 and np.cross(VALLADO_R2_M, v2)[2] < 0.0
    assert size(kepler(VALLADO_R1_M, v1, 76.0 * 60.0, mu)[0] - VALLADO_R2_M) < 1e-4


@st.composite
def chords(draw: st.DrawFn) -> tuple[float, Array, Array, Array]:
    """Two points about a body, not on one line through it, and the side about which to turn."""
    mu, least = draw(BODY)
    normal, about, between = draw(DIRECTION), draw(ANGLE), draw(st.floats(0.05, math.pi - 0.05))
    x = turned(unit(np.cross(normal, np.eye(3)[int(np.argmin(np.abs(normal)))])), normal, about)
    r1, r2 = (least * draw(st.floats(1.0, 30.0)) * d for d in (x, turned(x, normal, between)))
    return mu, r1, r2, normal * draw(st.sampled_from([-1.0, 1.0]))


def least_energy_s(r1: Array, r2: Array, mu: float) -> float:
    """Half the period of the smallest ellipse through both points: a time to measure transfers by."""
    s = 0.5 * (size(r1) + size(r2) + size(r2 - r1))
    return math.pi * math.sqrt(s**3 / (8.0 * mu))


def whole_turns(r: Array, v: Array, seconds: float, mu: float) -> int:
    """Full revolutions of a transfer, of its own period."""
    a = 1.0 / (2.0 / size(r) - float(v @ v) / mu)
    return int(seconds // (2.0 * math.pi * math.sqrt(a**3 / mu))) if a > 0.0 else 0


@given(chords(), st.integers(0, 3), st.booleans(), st.floats(0.05, 4.0))
@example((GM_EARTH_M3_S2, VALLADO_R1_M, VALLADO_R2_M, np.array([0.0, 0.0, 1.0])), 0, True, 0.4)
def test_lambert_there_and_back_on_all_branches(chord: tuple[float, Array, Array, Array], turns: int, low: bool, share: float) -> None:
    """Flown by Kepler, each solution arrives; it turns about the asked side; it makes as many revolutions as were asked."""
    mu, r1, r2, normal = chord
    seconds = (2.0 * turns + share) * least_energy_s(r1, r2, mu)
    try:
        v1, v2 = lambert(r1, r2, seconds, mu, normal, turns, low)
    except ValueError:
        assert turns > 0, "without full turns there is always a path"
        assume(False)
    there, then = kepler(r1, v1, seconds, mu)
    # Rounding of the velocity, carried on for the time flown; a passage close to the centre turns it, and so its error, around.
    closest = size(np.cross(r1, v1)) ** 2 / mu / 2.0  # between half the periapsis radius and the whole of it
    fastest = math.sqrt(2.0 * mu / closest) + size(v1)
    near = 3e-12 * (1.0 + turns) * (size(r1) + size(r2) + fastest * seconds) * max(1.0, size(r1) / closest)
    assert size(there - r2) < near
    assert size(then - v2) < near * fastest / closest
    assert float(np.cross(r1, v1) @ normal) > 0.0 and float(np.cross(r2, v2) @ normal) > 0.0
    assert whole_turns(r1, v1, seconds, mu) == turns


@given(chords(), st.integers(1, 3))
def test_the_two_paths_with_full_turns_differ_and_meet_at_the_least_time(chord: tuple[float, Array, Array, Array], turns: int) -> None:
    mu, r1, r2, normal = chord
    seconds = (2.0 * turns + 3.0) * least_energy_s(r1, r2, mu)
    (low, _), (high, _) = (lambert(r1, r2, seconds, mu, normal, turns, path) for path in (True, False))
    periods = [math.pi * 2.0 * (2.0 / size(r1) - float(v @ v) / mu) ** -1.5 / math.sqrt(mu) for v in (low, high)]
    assert abs(periods[0] - periods[1]) > 1e-3 * periods[0], "with time to spare the two paths are not one"


def test_lambert_says_when_there_is_no_path() -> None:
    up = np.array([0.0, 0.0, 1.0])
    with pytest.raises(ValueError, match="no path of 3 turns in 4560 s; fewer turns, more time"):
        lambert(VALLADO_R1_M, VALLADO_R2_M, 4560.0, GM_EARTH_M3_S2, up, 3)
    with pytest.raises(ValueError, match="not on one line"):
        lambert(VALLADO_R1_M, -2.0 * VALLADO_R1_M, 4560.0, GM_EARTH_M3_S2, up)
    with pytest.raises(ValueError, match=r"time of flight -1.0 s: must be positive"):
        lambert(VALLADO_R1_M, VALLADO_R2_M, -1.0, GM_EARTH_M3_S2, up)


@given(DIRECTION, st.floats(600.0, 1500.0), ANGLE, st.floats(1.75e6, 2e7), DIRECTION, st.floats(-3.0, 3.0))
def test_the_b_plane_there_and_back(way: Array, excess: float, angle: float, periapsis: float, pole: Array, hours: float) -> None:
    """A hyperbola made of its B-plane angle and periapsis is seen, from anywhere along it, with just these."""
    assume(size(np.cross(way, pole)) > 0.05)
    r, v = hyperbola_periapsis(excess * way, angle, periapsis, GM_MOON_M3_S2, pole)
    assert float(r @ v) == pytest.approx(0.0, abs=1e-9 * size(r) * size(v))
    assert size(r) == pytest.approx(periapsis, rel=1e-14)
    found = arrival(*kepler(r, v, hours * 3600.0, GM_MOON_M3_S2), GM_MOON_M3_S2, pole)
    b = impact_parameter(periapsis, excess, GM_MOON_M3_S2)
    assert math.hypot(found.b_t_m, found.b_r_m) == pytest.approx(b, rel=1e-10)
    assert math.hypot(found.b_t_m - b * math.cos(angle), found.b_r_m - b * math.sin(angle)) < 1e-9 * b
    assert found.excess_m_s == pytest.approx(excess, rel=1e-10)
    assert found.periapsis_m == pytest.approx(periapsis, rel=1e-9)
    assert found.to_periapsis_s == pytest.approx(-hours * 3600.0, abs=1e-5)


@given(DIRECTION, DIRECTION)
def test_angle_of_b_says_the_sense_of_the_orbit(way: Array, pole: Array) -> None:
    """B along T passes prograde about the pole, B against T retrograde: momentum is B x S."""
    assume(size(np.cross(way, pole)) > 0.05)
    for angle, sense in ((0.0, 1.0), (math.pi, -1.0)):
        r, v = hyperbola_periapsis(900.0 * way, angle, 2e6, GM_MOON_M3_S2, pole)
        assert sense * float(np.cross(r, v) @ pole) > 0.0


def test_a_closed_orbit_has_no_asymptote() -> None:
    with pytest.raises(ValueError, match="no asymptote: the orbit is closed"):
        twobody.incoming_asymptote(np.array([2e6, 0.0, 0.0]), np.array([0.0, 1600.0, 0.0]), GM_MOON_M3_S2)
