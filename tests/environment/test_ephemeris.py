"""The sky against SPICE on the same files, pyerfa, and the two ephemerides against each other."""

from __future__ import annotations

import math
from pathlib import Path

import erfa
import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from farside.basis.epochs import tdb_from_utc, tt_from_tdb
from farside.basis.iers import turn_at
from farside.environment import ephemeris, ephemeris_files
from farside.environment.ephemeris import Sky, load_sky, moon_matrix, moon_state, sky_at
from farside.environment.ephemeris_files import CoverageError

START_S, END_S = tdb_from_utc("2024-05-01T00:00:00Z"), tdb_from_utc("2024-06-30T00:00:00Z")
EPOCHS_S = st.floats(START_S, END_S)


@given(EPOCHS_S)
@pytest.mark.usefixtures("spice")
def test_spice_reads_the_same_positions_from_de421(sky: Sky, epoch_s: float) -> None:
    columns = sky_at(epoch_s, sky)
    # A millimetre: the float of the epoch is 0.06 microseconds, in which the Sun moves 2 mm and the Moon 0.06 mm.
    assert np.abs(np.array(columns[:3]) - 1e3 * spiceypy.spkgps(301, epoch_s, "J2000", 399)[0]).max() < 1e-3
    assert np.abs(np.array(columns[3:6]) - 1e3 * spiceypy.spkgps(10, epoch_s, "J2000", 399)[0]).max() < 1e-2


@given(EPOCHS_S)
@pytest.mark.usefixtures("spice")
def test_spice_reads_the_same_velocity_of_the_moon(sky: Sky, epoch_s: float) -> None:
    expected = 1e3 * spiceypy.spkgeo(301, epoch_s, "J2000", 399)[0]
    assert np.abs(np.array(moon_state(epoch_s, sky))[:3] - expected[:3]).max() < 1e-3
    assert np.abs(np.array(moon_state(epoch_s, sky))[3:] - expected[3:]).max() < 1e-7  # floats of 4e8 m, derived


@given(EPOCHS_S)
@pytest.mark.usefixtures("spice")
def test_spice_turns_the_moon_the_same_way(sky: Sky, epoch_s: float) -> None:
    turn = np.array(moon_matrix(*sky_at(epoch_s, sky)[6:9])).reshape(3, 3)
    # 1e-11 rad is 17 micrometres on the ground; the meridian has turned 2000 rad since J2000, a float of 5e-13.
    assert np.abs(turn - spiceypy.pxform("J2000", "IAU_MOON", epoch_s)).max() < 1e-11


@given(EPOCHS_S)
def test_angles_and_pole_are_fitted_to_rounding(sky: Sky, epoch_s: float) -> None:
    columns = np.array(sky_at(epoch_s, sky))
    right_ascension, declination, meridian = ephemeris.moon_pole(np.array([epoch_s]))
    assert columns[6] == pytest.approx(right_ascension[0] + math.pi / 2, abs=1e-12)
    assert columns[7] == pytest.approx(math.pi / 2 - declination[0], abs=1e-12)
    assert columns[8] == pytest.approx(meridian[0], abs=2e-11)  # 2050 rad since J2000: floats of 5e-13, fourteen of them; 35 micrometres
    # Daily values of the pole's offsets, interpolated between days, do not fit a smooth series: 1e-10 rad is 0.6 mm at the pole.
    assert np.abs(columns[9:] - ephemeris.earth_pole(np.array([epoch_s]))[:2, 0]).max() < 1e-9


def test_the_pole_is_that_of_pyerfa() -> None:
    epoch = tdb_from_utc("2024-06-01T22:23:04Z")
    tt = tt_from_tdb(epoch)
    pole = erfa.pnm06a(2451545.0, tt / 86400.0)[2]
    offsets = turn_at(tt)
    assert np.abs(ephemeris.earth_pole(np.array([epoch]))[:, 0] - pole).max() < 1.5 * float(np.hypot(offsets.dx_rad, offsets.dy_rad)) < 1e-8


def test_records_meet(sky: Sky) -> None:
    """Across the border of two records the columns go on: a float of the Moon is 0.06 micrometres, of the Sun 30."""
    inner = sky.start_s + sky.step_s * np.arange(1, len(sky.table))
    allowed = np.array([1e-2] * 6 + [1e-10] * 3 + [1e-9] * 2)
    for border in inner:
        before, after = np.array(sky_at(np.nextafter(border, 0.0), sky)), np.array(sky_at(border, sky))
        assert (np.abs(after - before) < allowed).all()


def test_the_sun_is_an_astronomical_unit_away_and_the_moon_where_it_was(sky: Sky) -> None:
    """Full Moon was at 13:53 UTC on 23 May 2024, aphelion on 5 July: by the almanac, without light time (1.3 s and 8 min) to 0.1 deg."""
    columns = np.array(sky_at(tdb_from_utc("2024-05-23T13:53:00Z"), sky))
    moon, sun = columns[:3], columns[3:6]
    equator_to_ecliptic = erfa.rx(math.radians(23.439), np.eye(3))
    longitudes = [math.degrees(math.atan2(*(equator_to_ecliptic @ body)[1::-1])) for body in (moon, sun)]
    assert (longitudes[0] - longitudes[1]) % 360.0 == pytest.approx(180.0, abs=0.1)
    assert np.linalg.norm(sun) / 149597870700.0 == pytest.approx(1.0126, abs=5e-4)


def test_outside_the_ephemeris_is_refused() -> None:
    with pytest.raises(CoverageError, match=r"de421 was asked for 2060-.*; it covers 1899-07-29T00:00:00 to 2053-10-09T00:00:00"):
        load_sky(1.9e9, 1.91e9)
    with pytest.raises(ValueError, match="backwards"):
        load_sky(1.0, 0.0)
    with pytest.raises(ValueError, match="there are de421 and"):
        load_sky(0.0, 1.0, "de405")  # type: ignore[arg-type]


def test_the_ends_of_the_ephemeris_can_be_used() -> None:
    start = (2414864.5 - 2451545.0) * 86400.0
    sky = load_sky(start, start + 10.0)
    assert sky.start_s == start
    assert np.isfinite(sky_at(start, sky)).all()


def test_de440_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*names: str) -> Path:
        raise FileNotFoundError("satkit-data is not installed")

    monkeypatch.setattr(ephemeris_files, "package_file", missing)
    with pytest.raises(FileNotFoundError, match=r"needs the extra `precise`"):
        load_sky(0.0, 1.0, "de440")


@given(EPOCHS_S)
def test_de421_and_de440_agree(sky: Sky, precise_sky: Sky, epoch_s: float) -> None:
    apart = np.array(sky_at(epoch_s, sky)) - np.array(sky_at(epoch_s, precise_sky))
    assert np.linalg.norm(apart[:3]) < 10.0  # both fit lunar laser ranging to decimetres in their time; 3 m apart fifteen years later
    assert np.linalg.norm(apart[3:6]) < 500.0  # the orbit of the Earth is known to 0.2 mas
    assert np.abs(apart[9:]).max() < 1e-15  # the Earth's pole is not the ephemeris's
