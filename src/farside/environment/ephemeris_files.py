"""The published ephemerides on disk, read as polynomials of records of four days.

Both files hold Chebyshev coefficients: DE421 as a SPICE kernel in the package `skyfield-data`, read by jplephem; DE440 with the
librations of the Moon in JPL's own binary format in the package `satkit-data`, read here with the constants of the file's own header.

*Source*: Folkner, Williams & Boggs 2009, IPN Progress Report 42-178 (DE421); Park et al. 2021, AJ 161:105 (DE440); the layout of the
binary files is that of JPL's `testeph.f`.
"""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, J2000_JD
from farside.basis.iers import package_file

Array = NDArray[np.float64]
Ephemeris = Literal["de421", "de440"]

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


class Bodies(NamedTuple):
    """What an ephemeris says, as segments in metres (and radians): the Moon from the Earth is `moon - earth` (`earth` None: zero), the
    Sun from the Earth is `sun - barycenter - earth_from_barycenter`; `libration` the Euler angles of the Moon's principal axes or None."""

    moon_from_earth: tuple[tuple[float, Segment], ...]
    sun_from_earth: tuple[tuple[float, Segment], ...]
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
    from jplephem.spk import SPK

    kernel = SPK.open(str(package_file("skyfield_data", "data", "de421.bsp")))
    segments = {target: _spk_segment(kernel[center, target]) for center, target in ((0, 3), (0, 10), (3, 301), (3, 399))}
    sun, barycenter, moon, earth = segments[10], segments[3], segments[301], segments[399]
    end_s = moon.start_s + moon.step_s * len(moon.coefficients)
    return Bodies(((1.0, moon), (-1.0, earth)), ((1.0, sun), (-1.0, barycenter), (-1.0, earth)), None, moon.start_s, end_s)


def _spk_segment(segment: object) -> Segment:
    """A segment of a SPICE kernel in metres. jplephem hands out (components, granules, order) in kilometres and days, highest order last."""
    start_jd, step_days, coefficients = segment.load_array()  # type: ignore[attr-defined]
    return Segment((start_jd - J2000_JD) * DAY_S, step_days * DAY_S, np.moveaxis(coefficients, 0, 1) * 1e3)


class JplHeader(NamedTuple):
    """The header of a JPL binary ephemeris: first and last Julian date, days and doubles a record, Earth/Moon mass ratio, named constants,
    and for each item (first double counted from 1, order, granules a record)."""

    start_jd: float
    end_jd: float
    record_days: float
    doubles: int
    earth_moon_ratio: float
    constants: dict[str, float]
    items: tuple[tuple[int, int, int], ...]


_BARYCENTER, _MOON, _SUN, _NUTATION, _LIBRATION = 2, 9, 10, 11, 12  # items of the binary format, from 0
_NAMES = 400  # constant names in the first part of the header


def read_header(path: str) -> JplHeader:
    """The header of a JPL binary ephemeris (little-endian); `ValueError` when the file is not one."""
    with open(path, "rb") as file:
        head = file.read(1 << 16)
        start_jd, end_jd, days, count, _au, ratio = struct.unpack_from("<3di2d", head, 252 + 6 * _NAMES)
        at = 252 + 6 * _NAMES + 44
        items = list(struct.iter_unpack("<3i", head[at : at + 144]))
        number, *libration = struct.unpack_from("<4i", head, at + 144)
        if not (400 <= number < 1000 and 0 < count < 3000):
            raise ValueError(f"{path} is not a JPL binary ephemeris (little-endian, DE4xx)")
        items.append(tuple(libration))  # type: ignore[arg-type]
        more = at + 160
        names = [head[252 + 6 * i : 258 + 6 * i] for i in range(_NAMES)] + [head[more + 6 * i : more + 6 * i + 6] for i in range(count - _NAMES)]
        doubles = max(first - 1 + order * granules * (2 if i == _NUTATION else 3) for i, (first, order, granules) in enumerate(items))
        file.seek(8 * doubles)
        values = np.frombuffer(file.read(8 * count), "<f8")
    constants = {name.decode().strip(): float(value) for name, value in zip(names, values)}
    return JplHeader(start_jd, end_jd, days, doubles, ratio, constants, tuple(items))  # type: ignore[arg-type]


def _read_de440(start_s: float, end_s: float) -> Bodies:
    try:
        path = str(package_file("satkit_data", "data", "linux_p1550p2650.440"))
    except FileNotFoundError as error:
        raise FileNotFoundError(f'ephemeris "de440" needs the extra `precise` (pip install farside[precise]): {error}') from None
    header = read_header(path)
    first_s, last_s = (header.start_jd - J2000_JD) * DAY_S, (header.end_jd - J2000_JD) * DAY_S
    step_s = header.record_days * DAY_S
    first = int(np.clip((start_s - first_s) // step_s - 1, 0, None))
    last = int(np.clip((end_s - first_s) // step_s + 2, first + 1, round((last_s - first_s) / step_s)))
    file = np.memmap(path, "<f8", "r", offset=8 * header.doubles * 2, shape=(round((last_s - first_s) / step_s), header.doubles))
    records = np.array(file[first:last])
    begin_s = first_s + first * step_s
    moon = _jpl_segment(records, header, _MOON, begin_s, 1e3)
    barycenter, sun = _jpl_segment(records, header, _BARYCENTER, begin_s, 1e3), _jpl_segment(records, header, _SUN, begin_s, 1e3)
    libration = _jpl_segment(records, header, _LIBRATION, begin_s, 1.0)
    # The Earth lies behind the barycentre of Earth and Moon by the Moon's share of the mass.
    share = 1.0 / (1.0 + header.earth_moon_ratio)
    return Bodies(((1.0, moon),), ((1.0, sun), (-1.0, barycenter), (share, moon)), libration, first_s, last_s)


def _jpl_segment(records: Array, header: JplHeader, item: int, begin_s: float, unit: float) -> Segment:
    """One item of the records as a segment, times `unit`."""
    first, order, granules = header.items[item]
    block = records[:, first - 1 : first - 1 + 3 * order * granules]
    return Segment(begin_s, header.record_days * DAY_S / granules, block.reshape(-1, 3, order) * unit)
