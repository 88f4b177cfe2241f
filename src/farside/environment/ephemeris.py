"""The sky: where Moon and Sun are, how the Moon is turned, where the Earth's pole points, as one table of polynomials.

Eleven columns on records of four days, all Chebyshev series of the same length, so that one evaluation shares the recursion: Moon and
Sun from the Earth's centre [m], three Euler angles of the Moon [rad], the Earth's pole of date as x and y of a unit vector, all in ICRF
axes. Moon and Sun are the ephemeris's own polynomials, combined; the rest is fitted at Chebyshev nodes.

*Model and limits*: Moon's axes: with DE421 the mean-Earth axes of IAU WGCCRE (Archinal et al. 2011, CMDA 109:101, table 2; unchanged in
the report of 2015), within 150 m on the ground of the integrated librations; with DE440 the librations of the file, principal axes.
Pole: IAU 2006/2000A (pyerfa) with IERS celestial pole offsets. No light time: positions are where the bodies are.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from farside.basis.axes import celestial_pole
from farside.basis.constants import DAY_S
from farside.basis.epochs import tdb_iso, tt_from_tdb
from farside.basis.kernel import kernel
from farside.environment.ephemeris_files import RECORD_S, Bodies, CoverageError, Ephemeris, Segment, read_bodies

Array = NDArray[np.float64]

ORDER = 14  # coefficients a column; DE421 and DE440 have 13 for the Moon
COLUMNS = 11


MEAN_EARTH, PRINCIPAL = 0, 1  # which axes of the Moon a sky carries


class Sky(NamedTuple):
    """The table: records from `start_s` (TDB s past J2000), each `step_s` long; `table` (records, ORDER, COLUMNS) Chebyshev coefficients.

    Columns: Moon x y z, Sun x y z [m, geocentric, ICRF]; phi, theta, psi [rad], the Moon's axes being R3(psi) R1(theta) R3(phi) of ICRF;
    x, y of the Earth's pole of date (ICRF unit vector). `moon_axes` says which axes of the Moon these are: MEAN_EARTH or PRINCIPAL.
    """

    start_s: float
    step_s: float
    table: Array
    moon_axes: int = MEAN_EARTH


def load_sky(start_s: float, end_s: float, ephemeris: Ephemeris = "de421") -> Sky:
    """The sky from `start_s` to `end_s` (TDB seconds past J2000), and a record of four days more on both sides where the ephemeris has it.

    `ephemeris`: "de421", or "de440" with the extra `precise` installed. Raises `CoverageError` (a `ValueError`) outside the ephemeris,
    `FileNotFoundError` when its package is missing.
    """
    if not start_s <= end_s:
        raise ValueError(f"the sky was asked for from {start_s} to {end_s}, backwards; start must not be after end")
    bodies = read_bodies(ephemeris, start_s, end_s)
    if start_s < bodies.start_s or end_s > bodies.end_s:
        raise CoverageError(
            f"{ephemeris} was asked for {tdb_iso(start_s, 0)} to {tdb_iso(end_s, 0)} TDB; "
            f"it covers {tdb_iso(bodies.start_s, 0)} to {tdb_iso(bodies.end_s, 0)}"
        )
    first = max(math.floor((start_s - bodies.start_s) / RECORD_S) - 1, 0)
    last = min(math.floor((end_s - bodies.start_s) / RECORD_S) + 2, round((bodies.end_s - bodies.start_s) / RECORD_S))
    begins = bodies.start_s + RECORD_S * np.arange(first, last)
    nodes = np.cos(np.pi * (np.arange(ORDER) + 0.5) / ORDER)
    epochs = (begins[:, None] + RECORD_S * (nodes + 1.0) / 2.0).ravel()
    middles = np.repeat(begins + RECORD_S / 2.0, ORDER)
    values = np.vstack([_positions(bodies, epochs, middles), _moon_angles(bodies.libration, epochs, middles), earth_pole(epochs)[:2]])
    # Discrete orthogonality of the Chebyshev polynomials at their nodes: interpolation is a small matrix.
    fit = chebyshev.chebvander(nodes, ORDER - 1).T * (2.0 / ORDER)
    fit[0] /= 2.0
    table = np.einsum("jn,crn->rjc", fit, values.reshape(COLUMNS, len(begins), ORDER))
    return Sky(float(begins[0]), RECORD_S, np.ascontiguousarray(table), MEAN_EARTH if bodies.libration is None else PRINCIPAL)


def _positions(bodies: Bodies, epochs: Array, middles: Array) -> Array:
    """Geocentric Moon and Sun (6, k) [m] at the epochs, from the granules that `middles` lie in."""
    moon = sum(factor * segment.at(epochs, middles) for factor, segment in bodies.moon_from_earth)
    sun = sum(factor * segment.at(epochs, middles) for factor, segment in bodies.sun_from_earth)
    return np.vstack([moon, sun])


def _moon_angles(libration: Segment | None, epochs: Array, middles: Array) -> Array:
    """Euler angles of the Moon (3, k) [rad]: the librations of the ephemeris, else the mean-Earth axes of IAU WGCCRE."""
    if libration is not None:
        return libration.at(epochs, middles)
    right_ascension, declination, meridian = moon_pole(epochs)
    return np.vstack([right_ascension + math.pi / 2, math.pi / 2 - declination, meridian])


# IAU WGCCRE, Archinal et al. 2011, CMDA 109:101, table 2: arguments E1..E13 [deg, deg/day], amplitudes [deg] of pole and meridian.
_ARGUMENTS = np.array([
    [125.045, -0.0529921], [250.089, -0.1059842], [260.008, 13.0120009], [176.625, 13.3407154], [357.529, 0.9856003],
    [311.589, 26.4057084], [134.963, 13.0649930], [276.617, 0.3287146], [34.226, 1.7484877], [15.134, -0.1589763],
    [119.743, 0.0036096], [239.961, 0.1643573], [25.053, 12.9590088],
])  # fmt: skip
_RIGHT_ASCENSION = np.array([-3.8787, -0.1204, 0.0700, -0.0172, 0, 0.0072, 0, 0, 0, -0.0052, 0, 0, 0.0043])
_DECLINATION = np.array([1.5419, 0.0239, -0.0278, 0.0068, 0, -0.0029, 0.0009, 0, 0, 0.0008, 0, 0, -0.0009])
_MERIDIAN = np.array([3.5610, 0.1208, -0.0642, 0.0158, 0.0252, -0.0066, -0.0047, -0.0046, 0.0028, 0.0052, 0.0040, 0.0019, -0.0044])


def moon_pole(epochs_s: Array) -> tuple[Array, Array, Array]:
    """Right ascension and declination of the Moon's pole and angle of its prime meridian [rad], (k,) each; mean Earth, IAU WGCCRE."""
    days = np.asarray(epochs_s, dtype=np.float64) / DAY_S
    centuries = days / 36525.0
    arguments = np.radians(_ARGUMENTS[:, :1] + _ARGUMENTS[:, 1:] * days)
    sines, cosines = np.sin(arguments), np.cos(arguments)
    right_ascension = 269.9949 + 0.0031 * centuries + _RIGHT_ASCENSION @ sines
    declination = 66.5392 + 0.0130 * centuries + _DECLINATION @ cosines
    meridian = 38.3213 + 13.17635815 * days - 1.4e-12 * days**2 + _MERIDIAN @ sines
    return np.radians(right_ascension), np.radians(declination), np.radians(meridian)


def earth_pole(epochs_s: Array) -> Array:
    """The Earth's pole of date (celestial intermediate pole) as unit vectors (3, k) in ICRF axes, IAU 2006/2000A with IERS offsets."""
    x, y = celestial_pole(tt_from_tdb(np.asarray(epochs_s, dtype=np.float64)))
    return np.vstack([x, y, np.sqrt(1.0 - x**2 - y**2)])


@kernel
def sky_at(t, sky):  # type: ignore[no-untyped-def]
    """The eleven columns at `t` (TDB s past J2000), as a tuple. Outside the table its first or last record is continued, soon wrongly."""
    table = sky.table
    place = (t - sky.start_s) / sky.step_s
    i = min(max(math.floor(place), 0), table.shape[0] - 1)
    x = 2.0 * (place - i) - 1.0
    a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = a8 = a9 = a10 = 0.0
    p, q = 1.0, x  # T_k and T_k+1
    for k in range(ORDER):
        a0 += p * table[i, k, 0]
        a1 += p * table[i, k, 1]
        a2 += p * table[i, k, 2]
        a3 += p * table[i, k, 3]
        a4 += p * table[i, k, 4]
        a5 += p * table[i, k, 5]
        a6 += p * table[i, k, 6]
        a7 += p * table[i, k, 7]
        a8 += p * table[i, k, 8]
        a9 += p * table[i, k, 9]
        a10 += p * table[i, k, 10]
        p, q = q, 2.0 * x * q - p
    return a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10


@kernel
def moon_state(t, sky):  # type: ignore[no-untyped-def]
    """Position [m] and velocity [m/s] of the Moon from the Earth's centre at `t`, ICRF axes: six numbers, velocity the exact derivative."""
    table = sky.table
    place = (t - sky.start_s) / sky.step_s
    i = min(max(math.floor(place), 0), table.shape[0] - 1)
    x = 2.0 * (place - i) - 1.0
    rx = ry = rz = vx = vy = vz = 0.0
    p, q = 1.0, x  # T_k and T_k+1
    dp, dq = 0.0, 1.0  # and their derivatives
    for k in range(ORDER):
        cx, cy, cz = table[i, k, 0], table[i, k, 1], table[i, k, 2]
        rx += p * cx
        ry += p * cy
        rz += p * cz
        vx += dp * cx
        vy += dp * cy
        vz += dp * cz
        dp, dq = dq, 2.0 * (q + x * dq) - dp
        p, q = q, 2.0 * x * q - p
    rate = 2.0 / sky.step_s
    return rx, ry, rz, vx * rate, vy * rate, vz * rate


@kernel
def moon_matrix(phi, theta, psi):  # type: ignore[no-untyped-def]
    """R3(psi) R1(theta) R3(phi): the rotation from ICRF to the table's Moon axes, nine numbers, row by row (a row is an axis in ICRF)."""
    sf, cf = math.sin(phi), math.cos(phi)
    st, ct = math.sin(theta), math.cos(theta)
    sp, cp = math.sin(psi), math.cos(psi)
    return (
        cp * cf - sp * ct * sf, cp * sf + sp * ct * cf, sp * st,
        -sp * cf - cp * ct * sf, -sp * sf + cp * ct * cf, cp * st,
        st * sf, -st * cf, ct,
    )  # fmt: skip
