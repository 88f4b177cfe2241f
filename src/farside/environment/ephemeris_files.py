"""The published ephemerides on disk, read as polynomials of records of four days.

Both files hold Chebyshev coefficients: DE421 as a SPICE kernel in the package `skyfield-data`, read by jplephem; DE440 with the
librations of the Moon in JPL's own binary format in the package `satkit-data`, read here with the constants of the file's own header.

*Source*: Folkner, Williams & Boggs 2009, IPN Progress Report 42-178 (DE421); Park et al. 2021, AJ 161:105 (DE440); the layout of the
binary files is that of JPL's `testeph.f`.
"""

from __future__ import annotations

import math
import struct
from typing import Any, Literal, NamedTuple

import numpy as np
from jplephem.spk import SPK
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, J2000_JD
from farside.basis.iers import package_file

Array = NDArray[np.float64]
Ephemeris = Literal["de421", "de440"]

EPHEMERIS_PACKAGES = {"de421": "skyfield-data", "de440": "satkit-data"}
RECORD_S = 4.0 * DAY_S  # the Moon's granules in both files


class CoverageError(ValueError):
    """An epoch outside an ephemeris."""


class Segment(NamedTuple):
    """Chebyshev coefficients of one body: `start_s` TDB past J2000, granules of `step_s`, `coefficients` (granules, components, order)."""

    start_s: float
    step_s: float
    coefficients: Array

    def at(self, epochs_s: Array, granule_of_s: Array) -> Array:
        """Values (components, k) at the epochs (k,), each from the granule that `granule_of_s` (k,) lies in."""
        granule = np.floor((granule_of_s - self.start_s) / self.step_s).astype(np.int64)
        if granule.size and (granule.min() < 0 or granule.max() >= len(self.coefficients)):
            raise CoverageError(f"{granule_of_s.min()} .. {granule_of_s.max()} TDB seconds past J2000 is outside the ephemeris")
        x = 2.0 * (epochs_s - self.start_s - granule * self.step_s) / self.step_s - 1.0
        powers = chebyshev.chebvander(x, self.coefficients.shape[2] - 1)
        out: Array = np.einsum("kn,kcn->ck", powers, self.coefficients[granule])
        return out


Sum = tuple[tuple[float, Segment], ...]  # factors and segments, to be added up


class Bodies(NamedTuple):
    """What an ephemeris says: the Moon and the Sun from the Earth's centre as sums of segments [m], ICRF axes; `libration`, the Euler
    angles of the Moon's principal axes [rad], or None; and from when to when, TDB seconds past J2000."""

    moon_from_earth: Sum
    sun_from_earth: Sum
    libration: Segment | None
    start_s: float
    end_s: float


def read_bodies(ephemeris: Ephemeris, start_s: float, end_s: float) -> Bodies:
    """The ephemeris by name, at least from `start_s` to `end_s`; `ValueError` for a name or epochs it has not."""
    if ephemeris == "de421":
        return _read_de421()
    if ephemeris == "de440":
        return _read_de440(start_s, end_s)
    raise ValueError(f"no ephemeris {ephemeris!r}; there are de421 and, with the extra `precise` installed, de440")


def _read_de421() -> Bodies:
    kernel = SPK.open(str(package_file("skyfield_data", "data", "de421.bsp")))
    try:
        barycenter, sun, moon, earth = (_spk_segment(kernel[pair]) for pair in ((0, 3), (0, 10), (3, 301), (3, 399)))
    finally:
        kernel.close()
    end_s = moon.start_s + moon.step_s * len(moon.coefficients)
    return Bodies(((1.0, moon), (-1.0, earth)), ((1.0, sun), (-1.0, barycenter), (-1.0, earth)), None, moon.start_s, end_s)


def _spk_segment(segment: Any) -> Segment:
    """A segment of a SPICE kernel in metres; jplephem hands out components, granules, coefficients, in kilometres and days."""
    start_jd, step_days, coefficients = segment.load_array()
    return Segment((start_jd - J2000_JD) * DAY_S, step_days * DAY_S, np.moveaxis(coefficients, 0, 1) * 1e3)


class Item(NamedTuple):
    """Where a body's coefficients lie in a record: the first double (from 1), how many a component, and how many granules a record."""

    first: int
    order: int
    granules: int


class JplHeader(NamedTuple):
    """The header of a JPL binary ephemeris: first and last Julian date, days and doubles a record, mass ratio, constants by name, items."""

    start_jd: float
    end_jd: float
    record_days: float
    doubles: int
    earth_moon_ratio: float
    constants: dict[str, float]
    items: tuple[Item, ...]


_BARYCENTER, _MOON, _SUN, _NUTATION, _LIBRATION = 2, 9, 10, 11, 12  # items of the binary format, from 0
_TITLES, _NAME, _NAMES = 252, 6, 400  # bytes of titles, bytes a constant's name, names in the first part of the header


def read_header(path: str) -> JplHeader:
    """The header of a JPL binary ephemeris (little-endian); `ValueError` when the file is not one."""
    with open(path, "rb") as file:
        head = file.read(1 << 15)
        at = _TITLES + _NAME * _NAMES
        start_jd, end_jd, days, count, _au, ratio, *numbers = struct.unpack_from("<3di2d40i", head, at)
        if not (400 <= numbers[36] < 1000 and 0 < count < 3000):
            raise ValueError(f"{path} is not a JPL binary ephemeris (little-endian, DE4xx)")
        items = tuple(Item(*numbers[i : i + 3]) for i in (*range(0, 36, 3), 37))
        doubles = max(item.first - 1 + item.order * item.granules * (2 if i == _NUTATION else 3) for i, item in enumerate(items))
        file.seek(8 * doubles)
        values = np.frombuffer(file.read(8 * count), "<f8")
    rest = at + struct.calcsize("<3di2d40i") - _NAME * _NAMES
    starts = [(_TITLES if i < _NAMES else rest) + _NAME * i for i in range(count)]
    constants = {head[start : start + _NAME].decode("ascii").strip(): float(value) for start, value in zip(starts, values, strict=True)}
    return JplHeader(start_jd, end_jd, days, doubles, ratio, constants, items)


def de440_path() -> str:
    """Where the file of DE440 is; `FileNotFoundError` that says what to install."""
    try:
        return str(package_file("satkit_data", "data", "linux_p1550p2650.440"))
    except FileNotFoundError as error:
        raise FileNotFoundError(f'ephemeris "de440" needs the extra `precise` (pip install "farside[precise]"): {error}') from None


def _read_de440(start_s: float, end_s: float) -> Bodies:
    path = de440_path()
    header = read_header(path)
    step_s, first_s = header.record_days * DAY_S, (header.start_jd - J2000_JD) * DAY_S
    count = round((header.end_jd - header.start_jd) / header.record_days)
    first = min(max(math.floor((start_s - first_s) / step_s) - 1, 0), count - 1)
    last = min(max(math.floor((end_s - first_s) / step_s) + 2, first + 1), count)
    file = np.memmap(path, "<f8", "r", offset=8 * header.doubles * 2, shape=(count, header.doubles))
    records, begin_s = np.array(file[first:last]), first_s + first * step_s
    barycenter, moon, sun = (_jpl_segment(records, header, item, begin_s, 1e3) for item in (_BARYCENTER, _MOON, _SUN))
    libration = _jpl_segment(records, header, _LIBRATION, begin_s, 1.0)
    # The Earth is on the other side of the barycentre of Earth and Moon, at the Moon's share of the mass.
    share = 1.0 / (1.0 + header.earth_moon_ratio)
    return Bodies(((1.0, moon),), ((1.0, sun), (-1.0, barycenter), (share, moon)), libration, first_s, first_s + count * step_s)


def _jpl_segment(records: Array, header: JplHeader, number: int, begin_s: float, unit: float) -> Segment:
    """One item of the records as a segment, times `unit`."""
    item = header.items[number]
    block = records[:, item.first - 1 : item.first - 1 + 3 * item.order * item.granules]
    return Segment(begin_s, header.record_days * DAY_S / item.granules, block.reshape(-1, 3, item.order) * unit)
