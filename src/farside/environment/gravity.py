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
    """The field of the fully normalised coefficients `c`, `s` (degree + 1, degree + 1); `axes` (3, 3) as in `Harmonics`, by default none."""
    degree = len(c) - 1
    terms = []
    for m in range(degree + 1):
        for n in range(m, degree + 1):
            central = n == 0
            terms.append((*_factors(n, m), 0.0 if central else c[n, m], 0.0 if central else s[n, m]))
    turn = np.eye(3) if axes is None else np.ascontiguousarray(axes, dtype=np.float64)
    return Harmonics(mu_m3_s2, radius_m, degree, np.ascontiguousarray(c), np.ascontiguousarray(s), turn, np.array(terms))


def _factors(n: int, m: int) -> tuple[float, float]:
    """Factors of the recursion A(n, m) = first u A(n-1, m) - second A(n-2, m); on the diagonal A(m, m) = first A(m-1, m-1)."""
    if n == m:
        return (1.0 if m == 0 else math.sqrt(3.0) if m == 1 else math.sqrt((2 * m + 1) / (2 * m))), 0.0
    both = (n - m) * (n + m)
    first = math.sqrt((2 * n - 1) * (2 * n + 1) / both)
    second = 0.0 if n == m + 1 else math.sqrt((2 * n + 1) * (n + m - 1) * (n - m - 1) / (both * (2 * n - 3)))
    return first, second


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
        raise ValueError(f"degree {degree} of the Moon's gravity: built in are 0 to {LUNAR_DEGREE}; for more add a file with `farside data add`")
    c, s = np.zeros((degree + 1, degree + 1)), np.zeros((degree + 1, degree + 1))
    for n, m, cosine, sine in _LUNAR:
        if n <= degree:
            norm = normalisation(n, m)
            c[n, m], s[n, m] = cosine / norm, sine / norm
    c[0, 0] = 1.0
    return harmonics(GM_MOON_M3_S2, LUNAR_RADIUS_M, c, s, principal_from(orientation))


def normalisation(n: int, m: int) -> float:
    """What a fully normalised coefficient is multiplied by to give the one that is not: sqrt((2 - [m = 0]) (2n + 1) (n - m)! / (n + m)!)."""
    return math.sqrt((1 if m == 0 else 2) * (2 * n + 1) * math.factorial(n - m) / math.factorial(n + m))


class GravityFileError(ValueError):
    """A gravity file that cannot be read, with the line that says why."""


def read_gravity_file(path: str | pathlib.Path, degree: int | None = None, orientation: Orientation = "me") -> Harmonics:
    """A gravity field of the Moon from a file, to `degree` (by default all it has).

    Two formats, told apart by their first words: `.cof` (POTFIELD, RECOEF lines, as NASA's lp165p.cof) and a plain table in the manner
    of SHADR (`R[m or km], GM, ..., degree, order, normalised flag` then `n, m, C, S, ...`). Coefficients fully normalised, principal axes.
    Raises `GravityFileError` naming file and line; `ValueError` when the file has not that degree.
    """
    text = pathlib.Path(path).read_text(encoding="ascii", errors="replace").splitlines()
    reader = _read_cof if any(line.startswith("POTFIELD") for line in text[:50]) else _read_table
    mu_m3_s2, radius_m, rows = reader(str(path), text)
    available = max((row[0] for row in rows), default=0)
    if available < 2:
        raise GravityFileError(f"{path}: no coefficients found; a .cof file (POTFIELD, RECOEF) or a table n m C S is expected")
    wanted = available if degree is None else degree
    if not 0 <= wanted <= available:
        raise ValueError(f"degree {wanted} was asked of {path}, which has 0 to {available}")
    c, s = np.zeros((wanted + 1, wanted + 1)), np.zeros((wanted + 1, wanted + 1))
    c[0, 0] = 1.0
    for n, m, cosine, sine in rows:
        if 0 < n <= wanted:
            c[n, m], s[n, m] = cosine, sine
    return harmonics(mu_m3_s2, radius_m, c, s, principal_from(orientation))


Row = tuple[int, int, float, float]


def _read_cof(path: str, lines: list[str]) -> tuple[float, float, list[Row]]:
    """Central mass, radius and rows of a .cof file: fixed columns, since neighbouring numbers touch. The mass may be followed by the radius."""
    mu_m3_s2 = radius_m = math.nan
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        try:
            if line.startswith("POTFIELD"):
                mu_m3_s2, radius_m = (float(word) for word in line[14:].split()[1:3])
            elif line.startswith("RECOEF"):
                rows.append((int(line[8:11]), int(line[11:14]), float(line[17:38]), float(line[38:59].strip() or 0.0)))
        except ValueError as error:
            raise GravityFileError(f"{path}:{number}: {error}: {line!r}") from None
    return mu_m3_s2, radius_m, rows


def _read_table(path: str, lines: list[str]) -> tuple[float, float, list[Row]]:
    """The same of a plain table; a first line in kilometres (radius below 10^5) is turned to metres."""
    table = [(number, line.replace(",", " ").replace("D", "E").split()) for number, line in enumerate(lines, 1)]
    table = [(number, words) for number, words in table if words and not words[0].startswith("#")]
    number = 1
    try:
        number, head = table[0]
        radius, mu = float(head[0]), float(head[1])
        rows = []
        for number, words in table[1:]:
            rows.append((int(words[0]), int(words[1]), float(words[2]), float(words[3])))
    except (ValueError, IndexError) as error:
        raise GravityFileError(f"{path}:{number}: {error}; expected `radius, GM, ...` and then lines `n, m, C, S`") from None
    return (mu * 1e9, radius * 1e3, rows) if radius < 1e5 else (mu, radius, rows)
