"""Gravity that is not a point's: zonal harmonics of the Earth, spherical harmonics of the Moon.

*Source*: Pines 1973, AIAA J. 11, 1508 (no singularity at the poles), summed column by column of fully normalised derived Legendre
functions, which are stable to any degree (Lundberg & Schutz 1988, J. Guidance 11, 31). *Limits*: outside the body's reference sphere;
no tides, no time dependence.
"""

from __future__ import annotations

import math
import pathlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import (
    EARTH_J2,
    EARTH_J3,
    EARTH_J4,
    EARTH_J5,
    EARTH_J6,
    EARTH_RADIUS_M,
    GM_EARTH_M3_S2,
    GM_MOON_M3_S2,
)
from farside.basis.kernel import kernel
from farside.environment.orientation import Orientation, principal_from

Array = NDArray[np.float64]


class Harmonics(NamedTuple):
    """A gravity field: coefficients fully normalised, (degree + 1, degree + 1); `axes` (3, 3) turns the sky table's Moon axes to its own.

    `terms` is what the kernel reads: for each order and degree, column by column, two factors of the recursion and the two coefficients.
    """

    mu_m3_s2: float
    radius_m: float
    degree: int
    c: Array
    s: Array
    axes: Array
    terms: Array


def harmonics(mu_m3_s2: float, radius_m: float, c: Array, s: Array, axes: Array | None = None) -> Harmonics:
    """The field of the fully normalised coefficients `c`, `s` (degree + 1, degree + 1); `axes` (3, 3) as there, by default no turn."""
    degree = len(c) - 1
    m, n = np.triu_indices(degree + 1)
    terms = np.column_stack([*_factors(n, m), np.where(n > 0, c[n, m], 0.0), np.where(n > 0, s[n, m], 0.0)])
    turn = np.eye(3) if axes is None else axes
    c, s, turn = (np.ascontiguousarray(array, dtype=np.float64) for array in (c, s, turn))
    return Harmonics(mu_m3_s2, radius_m, degree, c, s, turn, np.ascontiguousarray(terms))


def _factors(n: NDArray[np.int_], m: NDArray[np.int_]) -> tuple[Array, Array]:
    """Factors of the recursion A(n, m) = first u A(n-1, m) - second A(n-2, m); on the diagonal A(m, m) = first A(m-1, m-1)."""
    below = np.where(n > m, (n - m) * (n + m), 1)
    first = np.sqrt(np.abs((2.0 * n - 1) * (2 * n + 1)) / below)
    second = np.sqrt((2.0 * n + 1) * np.maximum((n + m - 1) * (n - m - 1), 0) / (below * np.maximum(2 * n - 3, 1)))
    diagonal = np.sqrt(np.where(m == 1, 3.0, (2.0 * m + 1) / np.maximum(2 * m, 1)))  # sqrt(2 - [m = 0]) enters at order 1
    return np.where(n > m, first, diagonal), np.where(n > m, second, 0.0)


@kernel
def harmonics_acceleration(x, y, z, field):  # type: ignore[no-untyped-def]
    """Acceleration [m/s2] beyond the point mass at `x`, `y`, `z` [m] from the body's centre; both in the field's own body axes.

    With s + iu = (x + iy) / r, u = z / r, q = R / r, each order m needs A(n, m) q^n and its derivative by u along n, and (s + it)^m.
    """
    r = math.sqrt(x * x + y * y + z * z)
    s, t, u = x / r, y / r, z / r
    q = field.radius_m / r
    degree, terms = field.degree, field.terms
    ax = ay = az = radial = 0.0
    diagonal = 1.0  # A(m, m) q^m
    cosine, sine = 1.0, 0.0  # real and imaginary part of (s + it)^m
    cosine_before, sine_before = 0.0, 0.0  # of (s + it)^(m-1)
    i = 0
    for m in range(degree + 1):
        diagonal *= terms[i, 0]
        a, a_before = diagonal, 0.0
        d, d_before = 0.0, 0.0  # derivatives by u
        c_a = s_a = c_d = s_d = c_w = s_w = 0.0
        for n in range(m, degree + 1):
            if n > m:
                first, second = q * terms[i, 0], q * q * terms[i, 1]
                a, a_before, d, d_before = (
                    first * u * a - second * a_before,
                    a,
                    first * (a + u * d) - second * d_before,
                    d,
                )
            c, e = terms[i, 2], terms[i, 3]
            weight = (n + m + 1) * a
            c_a += c * a
            s_a += e * a
            c_d += c * d
            s_d += e * d
            c_w += c * weight
            s_w += e * weight
            i += 1
        ax += m * (c_a * cosine_before + s_a * sine_before)
        ay += m * (s_a * cosine_before - c_a * sine_before)
        polar = c_d * cosine + s_d * sine
        az += polar
        radial += c_w * cosine + s_w * sine + u * polar
        cosine_before, sine_before = cosine, sine
        cosine, sine = s * cosine - t * sine, s * sine + t * cosine
        diagonal *= q
    scale = field.mu_m3_s2 / (r * r)
    return scale * (ax - radial * s), scale * (ay - radial * t), scale * (az - radial * u)


@kernel
def zonal_acceleration(x, y, z, px, py, pz):  # type: ignore[no-untyped-def]
    """Acceleration [m/s2] by the Earth's J2 to J6 at `x`, `y`, `z` [m] from its centre, about the pole `px`, `py`, `pz` (unit vector).

    All in the same axes, ICRF in the propagator. *Source*: zonals of EGM2008, tide-free.
    """
    r = math.sqrt(x * x + y * y + z * z)
    sx, sy, sz = x / r, y / r, z / r
    u = sx * px + sy * py + sz * pz
    q = EARTH_RADIUS_M / r
    u2 = u * u
    # Derivatives of the Legendre polynomials P2..P7.
    d2 = 3.0 * u
    d3 = 7.5 * u2 - 1.5
    d4 = u * (17.5 * u2 - 7.5)
    d5 = (39.375 * u2 - 26.25) * u2 + 1.875
    d6 = u * ((86.625 * u2 - 78.75) * u2 + 13.125)
    d7 = ((187.6875 * u2 - 216.5625) * u2 + 59.0625) * u2 - 2.1875
    q2 = q * q
    j2, j3, j4, j5, j6 = EARTH_J2 * q2, EARTH_J3 * q2 * q, EARTH_J4 * q2 * q2, EARTH_J5 * q2 * q2 * q, EARTH_J6 * q2 * q2 * q2
    along_pole = j2 * d2 + j3 * d3 + j4 * d4 + j5 * d5 + j6 * d6
    along_radius = j2 * d3 + j3 * d4 + j4 * d5 + j5 * d6 + j6 * d7
    k = GM_EARTH_M3_S2 / (r * r)
    return (
        k * (along_radius * sx - along_pole * px),
        k * (along_radius * sy - along_pole * py),
        k * (along_radius * sz - along_pole * pz),
    )


LUNAR_RADIUS_M = 1738000.0  # DE440 header, AM: the radius the coefficients below go with
LUNAR_DEGREE = 6
# DE440 header (from GRAIL; Park et al. 2021, AJ 161:105): degree, order, C, S, not normalised, principal axes; C(n, 0) = -J(n).
_LUNAR = (
    (2, 0, -2.03214360135e-4, 0.0), (2, 1, 2.277956919447986e-10, 1.334345035839262e-09), (2, 2, 2.2380850528171017e-05, 0.0),
    (3, 0, -8.45964582042064e-06, 0.0), (3, 1, 2.8480784606e-05, 5.89157280330167e-06),
    (3, 2, 4.84048813009546e-06, 1.66615421423967e-06), (3, 3, 1.711651525e-06, -2.47418044469069e-07),
    (4, 0, 9.7043900244e-06, 0.0), (4, 1, -5.704878287436473e-06, 1.578910579482177e-06),
    (4, 2, -1.591223410798715e-06, -1.51539407583834e-06), (4, 3, -8.067564440196299e-08, -8.03491803444754e-07),
    (4, 4, -1.269212124462921e-07, 8.296282059018262e-08),
    (5, 0, -7.422191790175986e-07, 0.0), (5, 1, -8.662862313316229e-07, -3.527228724055411e-06),
    (5, 2, 7.119952277625194e-07, 1.710823198389196e-07), (5, 3, 1.539917091293034e-08, 2.873626517886046e-07),
    (5, 4, 2.144470918377257e-08, 5.265645868207915e-10), (5, 5, 7.659565944518208e-09, -6.782355959772855e-09),
    (6, 0, 1.376754514306886e-05, 0.0), (6, 1, 1.20242743328755e-06, -2.045352002314501e-06),
    (6, 2, -5.470392169116304e-07, -2.696686753517896e-07), (6, 3, -6.878514180772256e-08, -7.106385441651095e-08),
    (6, 4, 1.291675254129625e-09, -1.536164030759397e-08), (6, 5, 1.173813441028316e-09, -8.346493811900093e-09),
    (6, 6, -1.091334945706977e-09, 1.684413376399255e-09),
)  # fmt: skip


def moon_gravity(degree: int = LUNAR_DEGREE, orientation: Orientation = "me") -> Harmonics:
    """The Moon's field to degree and order 2..6 from the header of DE440. `orientation`: which Moon axes the sky table holds, "me" (mean
    Earth, with DE421) or "pa" (principal, with DE440). `ValueError` above degree 6, for which a file is needed."""
    if not 0 <= degree <= LUNAR_DEGREE:
        raise ValueError(f"degree {degree} of the Moon's gravity: built in are 0 to {LUNAR_DEGREE}; more needs a file: `farside data add`")
    c, s = np.zeros((degree + 1, degree + 1)), np.zeros((degree + 1, degree + 1))
    for n, m, cosine, sine in _LUNAR:
        if n <= degree:
            norm = normalisation(n, m)
            c[n, m], s[n, m] = cosine / norm, sine / norm
    c[0, 0] = 1.0
    return harmonics(GM_MOON_M3_S2, LUNAR_RADIUS_M, c, s, principal_from(orientation))


def normalisation(n: int, m: int) -> float:
    """A coefficient that is not normalised, by one that fully is: sqrt((2 - [m = 0]) (2n + 1) (n - m)! / (n + m)!)."""
    return math.sqrt((1 if m == 0 else 2) * (2 * n + 1) * math.factorial(n - m) / math.factorial(n + m))


class GravityFileError(ValueError):
    """A gravity file that cannot be used, with the line or the number that says why."""


Row = tuple[int, int, float, float]  # degree, order, C, S


def read_gravity_file(path: str | pathlib.Path, degree: int | None = None, orientation: Orientation = "me") -> Harmonics:
    """A gravity field of the Moon from a file, to `degree` (by default all it has).

    Two formats, told apart by their words: `.cof` (POTFIELD and RECOEF lines, as NASA's lp165p.cof) and a plain table as SHADR files of
    the Planetary Data System: first `radius, GM, uncertainty, degree, order, normalised (1), ...` in km or m, then `n, m, C, S, ...`.
    Coefficients fully normalised, in principal axes; `orientation`: which axes of the Moon the sky table holds. Raises
    `GravityFileError` naming file and line, also for a field that is not the Moon's; `ValueError` when the file has not that degree.
    """
    lines = pathlib.Path(path).read_text(encoding="ascii", errors="replace").splitlines()
    reader = _read_cof if any(line.startswith("POTFIELD") for line in lines[:50]) else _read_table
    mu_m3_s2, radius_m, rows = reader(str(path), lines)
    available = max((row[0] for row in rows), default=0)
    _check_lunar(str(path), mu_m3_s2, radius_m, rows, available)
    wanted = available if degree is None else degree
    if not 0 <= wanted <= available:
        raise ValueError(f"degree {wanted} was asked of {path}, which has 0 to {available}")
    c, s = np.zeros((wanted + 1, wanted + 1)), np.zeros((wanted + 1, wanted + 1))
    for n, m, cosine, sine in rows:
        if n <= wanted:
            c[n, m], s[n, m] = cosine, sine
    c[0, 0] = 1.0
    return harmonics(mu_m3_s2, radius_m, c, s, principal_from(orientation))


def _check_lunar(path: str, mu_m3_s2: float, radius_m: float, rows: list[Row], degree: int) -> None:
    """Refuse what is not a whole, normalised field of the Moon."""
    given = {(n, m): (c, s) for n, m, c, s in rows}
    missing = next(((n, m) for n in range(2, degree + 1) for m in range(n + 1) if (n, m) not in given), None)
    oblateness = -given.get((2, 0), (0.0, 0.0))[0]
    if degree < 2:
        problem = "no coefficients found; a .cof file (POTFIELD, RECOEF) or a table of lines `n, m, C, S` is expected"
    elif missing is not None:
        problem = f"the coefficients of degree {missing[0]} and order {missing[1]} are missing; the file may be cut short"
    elif not np.isfinite([mu_m3_s2, radius_m, *(number for pair in given.values() for number in pair)]).all():
        problem = "it holds numbers that are not finite"
    elif abs(mu_m3_s2 / GM_MOON_M3_S2 - 1.0) > 1e-3 or abs(radius_m / LUNAR_RADIUS_M - 1.0) > 1e-2:
        problem = f"GM {mu_m3_s2:.6e} m3/s2 and radius {radius_m:.0f} m are not the Moon's ({GM_MOON_M3_S2:.6e}, {LUNAR_RADIUS_M:.0f})"
    elif abs(oblateness / _NORMALISED_OBLATENESS - 1.0) > 1e-2:
        problem = f"-C(2, 0) is {oblateness:.4e}, fully normalised it is {_NORMALISED_OBLATENESS:.4e}; normalise the coefficients"
    else:
        return
    raise GravityFileError(f"{path}: {problem}")


_NORMALISED_OBLATENESS = -_LUNAR[0][2] / math.sqrt(5.0)


def _read_cof(path: str, lines: list[str]) -> tuple[float, float, list[Row]]:
    """GM, radius and rows of a .cof file: fixed columns, since neighbouring numbers touch."""
    mu_m3_s2 = radius_m = math.nan
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        try:
            if line.startswith("POTFIELD"):
                mu_m3_s2, radius_m = (float(word) for word in line[14:].split()[1:3])
            elif line.startswith("RECOEF"):
                rows.append(_row(line[8:11], line[11:14], line[17:38], line[38:59].strip() or "0"))
        except ValueError as error:
            raise GravityFileError(f"{path}:{number}: {error}: {line!r}") from None
    return mu_m3_s2, radius_m, rows


def _read_table(path: str, lines: list[str]) -> tuple[float, float, list[Row]]:
    """The same of a plain table; a radius below 10^5 is in kilometres, and GM with it."""
    numbered = ((number, line.replace(",", " ").replace("D", "E").split()) for number, line in enumerate(lines, 1))
    table = [(number, words) for number, words in numbered if words and not words[0].startswith("#")]
    head: list[float] = []
    rows: list[Row] = []
    for number, words in table:
        try:
            if head:
                rows.append(_row(*words[:4]))
            else:
                head = [float(word) for word in words]
                radius, mu, *_ = head
                if len(head) > 5 and head[5] != 1:
                    raise ValueError(f"normalisation state {words[5]}, only fully normalised coefficients (1) can be read")
        except (ValueError, TypeError) as error:
            raise GravityFileError(f"{path}:{number}: {error}; expected `radius, GM, ...` and then lines `n, m, C, S`") from None
    if not head:
        raise GravityFileError(f"{path}: nothing in it; expected `radius, GM, ...` and then lines `n, m, C, S`")
    return (mu * 1e9, radius * 1e3, rows) if radius < 1e5 else (mu, radius, rows)


def _row(degree: str, order: str, cosine: str, sine: str) -> Row:
    """One line of coefficients; `ValueError` when an order is above its degree."""
    n, m = int(degree), int(order)
    if not 0 <= m <= n:
        raise ValueError(f"degree {n} has no order {m}")
    return n, m, float(cosine), float(sine)
