"""Gravity against gradients of potentials written separately, Laplace's equation, and another field of the Moon."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.basis import constants
from farside.environment.ephemeris_files import de440_path, read_header
from farside.environment.gravity import (
    GravityFileError,
    Harmonics,
    harmonics,
    harmonics_acceleration,
    moon_gravity,
    normalisation,
    read_gravity_file,
    zonal_acceleration,
)

SIX = moon_gravity()
DIRECTIONS = st.tuples(st.floats(-1.0, 1.0), st.floats(0.0, 2.0 * math.pi))
RADII_M = st.floats(1.75e6, 2e7)


def point(radius: float, direction: tuple[float, float]) -> np.ndarray:
    u, longitude = direction
    c = math.sqrt(1.0 - u * u)
    return radius * np.array([c * math.cos(longitude), c * math.sin(longitude), u])


def potential(r: np.ndarray, field: Harmonics) -> float:
    """The potential without its central term, summed with the textbook's normalised Legendre functions of latitude (Heiskanen & Moritz)."""
    size = float(np.linalg.norm(r))
    u, c, longitude = r[2] / size, math.hypot(r[0], r[1]) / size, math.atan2(r[1], r[0])
    total, sectorial = 0.0, 1.0
    for m in range(field.degree + 1):
        before, now = 0.0, sectorial
        for n in range(m, field.degree + 1):
            if n > m:
                up = math.sqrt((4.0 * n * n - 1.0) / (n * n - m * m))
                down = math.sqrt(((2.0 * n + 1.0) * ((n - 1.0) ** 2 - m * m)) / ((2.0 * n - 3.0) * (n * n - m * m))) if n > m + 1 else 0.0
                before, now = now, up * u * now - down * before
            if n > 0:
                wave = field.c[n, m] * math.cos(m * longitude) + field.s[n, m] * math.sin(m * longitude)
                total += (field.radius_m / size) ** n * now * wave
        sectorial *= c * math.sqrt((2.0 * m + 3.0) / (2.0 * m + 2.0)) * (math.sqrt(2.0) if m == 0 else 1.0)
    return field.mu_m3_s2 / size * total


def gradient(function, r: np.ndarray, step: float) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Central differences of the sixth order."""
    weights = ((1, 45.0), (2, -9.0), (3, 1.0))
    sides = [[w * (function(r + k * step * axis) - function(r - k * step * axis)) for k, w in weights] for axis in np.eye(3)]
    return np.sum(sides, axis=1) / (60.0 * step)


@given(RADII_M, DIRECTIONS)
def test_moon_to_degree_six_is_the_gradient_of_its_potential(radius: float, direction: tuple[float, float]) -> None:
    r = point(radius, direction)
    expected = gradient(lambda at: potential(at, SIX), r, 2e-3 * radius)
    # The differences err by 1e-9 of the largest acceleration, 7e-4 m/s2 at the surface.
    assert np.abs(np.array(harmonics_acceleration(*r, SIX)) - expected).max() < 1e-12 + 1e-8 * np.abs(expected).max()


@pytest.mark.parametrize("degree", [2, 20, 60, 165])
def test_a_high_degree_is_the_gradient_of_its_potential(shared_data: Path, degree: int) -> None:
    field = read_gravity_file(shared_data / "lp165p.cof", degree)
    for radius, direction in ((1.76e6, (0.3, 1.0)), (1.80e6, (-0.95, 4.0)), (2.2e6, (0.9999, 5.5)), (1.75e6, (-0.66, 3.6))):
        r = point(radius, direction)
        expected = gradient(lambda at: potential(at, field), r, 60.0)
        assert np.abs(np.array(harmonics_acceleration(*r, field)) - expected).max() < 3e-10  # of 2e-3 m/s2, by differences over 360 m


def test_at_the_poles_the_sum_goes_on_smoothly(shared_data: Path) -> None:
    field = read_gravity_file(shared_data / "lp165p.cof")
    for sign in (1.0, -1.0):
        at_pole = np.array(harmonics_acceleration(0.0, 0.0, sign * 1.75e6, field))
        beside = [harmonics_acceleration(*offset, sign * 1.75e6, field) for offset in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))]
        assert np.isfinite(at_pole).all()
        assert np.abs(np.mean(beside, axis=0) - at_pole).max() < 1e-12


@pytest.mark.parametrize("degree", [6, 200])
def test_laplace(degree: int) -> None:
    """Outside the masses the accelerations of any field have no divergence and no curl, to degree 200, near the poles too."""
    rng = np.random.default_rng(20240503)
    kaula = np.array([0.0, 0.0] + [1e-4 / n**2 for n in range(2, degree + 1)])[:, None] * np.tril(np.ones((degree + 1, degree + 1)))
    field = harmonics(SIX.mu_m3_s2, SIX.radius_m, rng.normal(size=kaula.shape) * kaula, rng.normal(size=kaula.shape) * kaula)
    for direction in ((0.2, 1.0), (0.99999999, 2.0), (-0.9, 0.5)):
        r = point(1.75e6, direction)
        columns = [gradient(lambda at, i=i: harmonics_acceleration(*at, field)[i], r, 300.0) for i in range(3)]
        tensor = np.array(columns)
        assert abs(np.trace(tensor)) < 1e-7 * np.abs(tensor).max()
        assert np.abs(tensor - tensor.T).max() < 1e-7 * np.abs(tensor).max()


@given(RADII_M, DIRECTIONS)
def test_the_earths_zonals_are_harmonics_about_any_pole(radius: float, direction: tuple[float, float]) -> None:
    """The zonal kernel against the general one with the same J2 to J6, the pole turned away from z."""
    zonals = (constants.EARTH_J2, constants.EARTH_J3, constants.EARTH_J4, constants.EARTH_J5, constants.EARTH_J6)
    c = np.zeros((7, 7))
    c[2:, 0] = [-j / normalisation(n, 0) for n, j in enumerate(zonals, 2)]
    field = harmonics(constants.GM_EARTH_M3_S2, constants.EARTH_RADIUS_M, c, np.zeros((7, 7)))
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    r = point(radius * 4.0, direction)
    expected = turn @ harmonics_acceleration(*r, field)
    given_ = np.array(zonal_acceleration(*(turn @ r), *turn[:, 2]))
    assert np.abs(given_ - expected).max() < 1e-12 * max(1.0, np.abs(expected).max())


def test_the_earths_zonals_are_the_gradient_of_the_textbooks_potential() -> None:
    """J2 and J3 in closed form (Vallado, Fundamentals of Astrodynamics, 4th ed., section 8.6), at 300 km over 19.6 deg north."""
    r = 6678e3 * np.array([math.cos(0.342), 0.0, math.sin(0.342)])

    def textbook(at: np.ndarray) -> float:
        size = float(np.linalg.norm(at))
        u, q = at[2] / size, constants.EARTH_RADIUS_M / size
        j2 = constants.EARTH_J2 * q**2 * (3.0 * u**2 - 1.0) / 2.0
        j3 = constants.EARTH_J3 * q**3 * (5.0 * u**3 - 3.0 * u) / 2.0
        return -constants.GM_EARTH_M3_S2 / size * (j2 + j3)

    difference = np.array(zonal_acceleration(*r, 0.0, 0.0, 1.0)) - gradient(textbook, r, 1e4)
    assert np.abs(difference).max() < 9.8 * (1.7e-6 + 2.3e-7 + 5.5e-7) * 7  # what J4 to J6 are left to add
    assert np.abs(difference).max() < 1e-2 * np.abs(gradient(textbook, r, 1e4)).max()


def test_two_fields_of_the_moon_agree(shared_data: Path) -> None:
    """GRAIL's low degrees (DE440) against those of Lunar Prospector, five hundred times worse on the far side: a percent at degree 3."""
    other = read_gravity_file(shared_data / "lp165p.cof", 6)
    assert SIX.c[2, 0] == pytest.approx(other.c[2, 0], rel=5e-4)
    assert SIX.c[2, 2] == pytest.approx(other.c[2, 2], rel=2e-3)
    assert np.abs(SIX.c[3] - other.c[3]).max() < 0.01 * np.abs(other.c[3]).max()
    assert np.abs(SIX.s[3] - other.s[3]).max() < 0.01 * np.abs(other.c[3]).max()
    for n in (4, 5, 6):
        assert np.abs(SIX.c[n] - other.c[n]).max() < 0.1 * np.abs(other.c[n]).max()
        assert np.abs(SIX.s[n] - other.s[n]).max() < 0.1 * np.abs(other.s[n]).max()
    r = point(1.9374e6, (0.3, 2.0))
    ours, theirs = (np.array(harmonics_acceleration(*r, field)) for field in (SIX, other))
    assert np.linalg.norm(ours - theirs) < 0.01 * np.linalg.norm(ours)


def test_the_built_in_table_is_the_header_of_de440() -> None:
    if importlib.util.find_spec("satkit_data") is None:
        pytest.skip("needs satkit-data (the extra `precise`)")
    given = read_header(de440_path()).constants
    assert given["AM"] * 1e3 == SIX.radius_m
    for n in range(2, 7):
        assert SIX.c[n, 0] * normalisation(n, 0) == pytest.approx(-given[f"J{n}M"], rel=1e-14)
        for m in range(1, n + 1):
            assert SIX.c[n, m] * normalisation(n, m) == pytest.approx(given[f"C{n}{m}M"], rel=1e-14)
            assert SIX.s[n, m] * normalisation(n, m) == pytest.approx(given[f"S{n}{m}M"], rel=1e-14)
    au_day = constants.AU_M**3 / constants.DAY_S**2
    assert given["GMS"] * au_day == pytest.approx(constants.GM_SUN_M3_S2, rel=1e-14)
    assert given["GMB"] * au_day == pytest.approx(constants.GM_EARTH_M3_S2 + constants.GM_MOON_M3_S2, rel=1e-9)
    assert given["EMRAT"] * constants.GM_MOON_M3_S2 == pytest.approx(constants.GM_EARTH_M3_S2, rel=1e-9)


def test_in_principal_axes_the_moon_has_no_products_of_inertia() -> None:
    """C21, S21, S22 of DE440 all but vanish: 1e-5 rad, some 10 m on the ground, where mean-Earth axes are 800 m off."""
    for coefficient in (SIX.c[2, 1], SIX.s[2, 1], SIX.s[2, 2]):
        assert abs(coefficient) < 2e-5 * abs(SIX.c[2, 0])


def test_lower_degrees_leave_the_rest_out() -> None:
    assert moon_gravity(0).degree == 0
    assert harmonics_acceleration(2e6, 0.0, 1e5, moon_gravity(0)) == (0.0, 0.0, 0.0)
    two, six = moon_gravity(2), moon_gravity(6)
    assert np.array_equal(two.c, six.c[:3, :3])
    with pytest.raises(ValueError, match="built in are 0 to 6"):
        moon_gravity(7)


def table(path: Path, field: Harmonics, radius: float = 1738.0, mu: float = 4902.800118, flag: int = 1, scale: float = 1.0) -> Path:
    """A plain table in the manner of SHADR."""
    lines = [f"{radius}, {mu}, 0.0, {field.degree}, {field.degree}, {flag}, 0.0, 0.0"]
    pairs = [(n, m) for n in range(1, field.degree + 1) for m in range(n + 1)]
    lines += [f"{n}, {m}, {scale * field.c[n, m]:.15e}, {field.s[n, m]:.15e}, 0.0, 0.0" for n, m in pairs]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_plain_table_is_read(tmp_path: Path) -> None:
    for units in ((1738.0, 4902.800118), (1738000.0, 4902.800118e9)):
        field = read_gravity_file(table(tmp_path / "moon.tab", SIX, *units), orientation="pa")
        assert (field.degree, field.radius_m) == (6, 1738000.0)
        assert field.mu_m3_s2 == pytest.approx(SIX.mu_m3_s2)
        assert np.allclose(field.c, SIX.c, rtol=1e-14)
        assert np.allclose(field.s, SIX.s, rtol=1e-14)
        assert np.array_equal(field.axes, np.eye(3))


def test_a_file_has_the_degree_it_has(tmp_path: Path) -> None:
    path = table(tmp_path / "moon.tab", SIX)
    assert read_gravity_file(path, 4).degree == 4
    with pytest.raises(ValueError, match=r"degree 7 was asked of .*moon\.tab, which has 0 to 6"):
        read_gravity_file(path, 7)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"radius": 6378.1363, "mu": 398600.4415}, "are not the Moon's"),
        ({"flag": 0}, "only fully normalised coefficients"),
        ({"scale": 2.2360679775}, "normalise the coefficients"),
        ({"scale": math.nan}, "not finite"),
    ],
)
def test_what_is_not_a_field_of_the_moon_is_refused(tmp_path: Path, change: dict[str, float], why: str) -> None:
    with pytest.raises(GravityFileError, match=why):
        read_gravity_file(table(tmp_path / "other.tab", SIX, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing in it"),
        ("# a remark\nhello world\n", r"text:2: could not convert string to float: 'hello'"),
        ("1738.0, 4902.8\n2, 0, -9.0e-5, 0.0\n2, 1, 0.0\n", r"text:3: "),
        ("1738.0, 4902.8\n2, 3, 0.0, 0.0\n", r"text:2: degree 2 has no order 3"),
        ("1738.0, 4902.8\n2, 0, -9.0e-5, 0.0\n2, 1, 0.0, 0.0\n", "degree 2 and order 2 are missing"),
        ("POTFIELD  2  2  0 4.9028e+12 1.738e+06 1.0\nRECOEF    2  x   -9.08901807506000e-05\n", r"text:2: invalid literal"),
        ("POTFIELD  2  2  0 4.9028e+12 1.738e+06 1.0\nEND\n", "no coefficients found"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "text"
    path.write_text(text)
    with pytest.raises(GravityFileError, match=why):
        read_gravity_file(path)


def test_a_file_cut_short_is_refused(shared_data: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.cof"
    cut.write_bytes((shared_data / "lp165p.cof").read_bytes()[:400_000])
    with pytest.raises(GravityFileError):
        read_gravity_file(cut)
