"""JPL's binary format, read from a small file written here; the real DE440 is read where it is installed (`test_ephemeris.py`)."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.polynomial import chebyshev

from farside.environment import ephemeris_files
from farside.environment.ephemeris import PRINCIPAL, load_sky, sky_at

DAY_S = 86400.0
START_JD, RECORDS, DAYS = 2460400.5, 4, 32.0
RATIO = 81.3
ITEMS = [(3, 0, 0), (3, 0, 0), (3, 13, 2), *[(81, 0, 0)] * 6, (81, 13, 8), (393, 11, 2), (459, 0, 0), (459, 10, 4)]


def write(path: Path, rng: np.random.Generator) -> np.ndarray:
    """A file of the format with 402 constants and random coefficients; returns its records."""
    doubles = ITEMS[-1][0] - 1 + 3 * 10 * 4
    names = [f"C{i:05d}" for i in range(402)]
    first = b"JPL of the test".ljust(252) + "".join(names[:400]).encode()
    first += struct.pack("<3di2d", START_JD, START_JD + RECORDS * DAYS, DAYS, len(names), 149597870.7, RATIO)
    first += struct.pack("<40i", *np.ravel(ITEMS[:12]), 440, *ITEMS[12]) + "".join(names[400:]).encode()
    records = rng.normal(size=(RECORDS, doubles)) * 1e5
    for i, record in enumerate(records):
        record[:2] = START_JD + i * DAYS, START_JD + (i + 1) * DAYS
        record[ITEMS[-1][0] - 1 :] *= 1e-5
    size = 8 * doubles
    path.write_bytes(first.ljust(size, b"\0") + struct.pack("<402d", *range(402)).ljust(size, b"\0") + records.tobytes())
    return records


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, np.ndarray]:
    path = tmp_path / "test.440"
    records = write(path, np.random.default_rng(7))
    monkeypatch.setattr(ephemeris_files, "de440_path", lambda: str(path))
    return path, records


def value(records: np.ndarray, item: int, jd: float) -> np.ndarray:
    """What the format means, spelled out: three components of an item at a Julian date."""
    first, order, granules = ITEMS[item]
    record, days = divmod(jd - START_JD, DAYS)
    granule, rest = divmod(days, DAYS / granules)
    at = first - 1 + int(granule) * 3 * order
    block = records[int(record), at : at + 3 * order].reshape(3, order)
    return np.array([chebyshev.chebval(2.0 * rest / (DAYS / granules) - 1.0, row) for row in block])


def test_header(file: tuple[Path, np.ndarray]) -> None:
    header = ephemeris_files.read_header(str(file[0]))
    assert (header.start_jd, header.end_jd, header.record_days) == (START_JD, START_JD + RECORDS * DAYS, DAYS)
    assert header.earth_moon_ratio == RATIO
    assert header.doubles == 578
    assert (header.constants["C00399"], header.constants["C00401"]) == (399.0, 401.0)
    assert [tuple(item) for item in header.items] == ITEMS


@pytest.mark.parametrize("jd", [2460401.25, 2460432.375, 2460440.75, 2460500.125, 2460527.875])
def test_moon_sun_and_librations(file: tuple[Path, np.ndarray], jd: float) -> None:
    _, records = file
    epoch = (jd - 2451545.0) * DAY_S
    sky = load_sky(epoch - DAY_S / 2, epoch + DAY_S / 4, "de440")
    columns = np.array(sky_at(epoch, sky))
    barycenter, moon, sun, libration = (value(records, item, jd) for item in (2, 9, 10, 12))
    assert sky.moon_axes == PRINCIPAL
    # Random series run at up to 10^5 m/s, far steeper than a sky's; a float of the epoch is 0.12 microseconds: a centimetre.
    assert np.abs(columns[:3] - moon * 1e3).max() < 1e-2
    assert np.abs(columns[3:6] - (sun - barycenter + moon / (1.0 + RATIO)) * 1e3).max() < 1e-2
    assert np.abs(columns[6:9] - libration).max() < 1e-10


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(bytes(1 << 15))
    with pytest.raises(ValueError, match="is not a JPL binary ephemeris"):
        ephemeris_files.read_header(str(path))
