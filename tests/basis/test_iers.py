"""The Earth's orientation against the IERS's other series, C04, and what is promised outside the table."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from farside.basis import epochs, iers
from farside.basis.constants import ARCSECOND_RAD, DAY_S


def c04() -> np.ndarray:
    """The IERS's C04 series, from 1962: MJD, x, y ["], UT1 - UTC [s], dX, dY ["]."""
    path = iers.package_file("astropy_iers_data", "data", "eopc04.1962-now")
    return np.loadtxt(path, comments="#", usecols=(4, 5, 6, 7, 8, 9))


def test_c04_says_the_same_since_2000() -> None:
    series = c04()
    series = series[series[:, 0] >= 51544]
    table = epochs.leap_seconds()
    days = series[:, 0] - 51544
    leaps = np.array(table.tai_minus_utc_s)[np.searchsorted(table.days, days, side="right") - 1]
    turn = iers.turn_at(days * DAY_S - DAY_S / 2 + leaps + 32.184)
    ut1_minus_utc = turn.ut1_minus_tt_s + 32.184 + leaps
    # Two analyses of the same observations: 0.03 ms of UT1 apart, on some days 0.5 ms (22 cm at the equator); 1 mas of pole is 3 cm.
    apart = np.abs(ut1_minus_utc - series[:, 3])
    assert np.sqrt(np.mean(apart**2)) < 5e-5
    assert apart.max() < 7e-4
    for column, ours in ((1, turn.x_rad), (2, turn.y_rad), (4, turn.dx_rad), (5, turn.dy_rad)):
        assert np.abs(ours / ARCSECOND_RAD - series[:, column]).max() < 2e-3


def test_the_leap_second_is_no_step_of_ut1() -> None:
    noon = epochs.tdb_from_utc("2016-12-31T12:00:00Z")
    before, after = iers.turn_at(np.array([noon, noon + DAY_S])).ut1_minus_tt_s
    assert abs(after - before) < 0.003  # a day longer than 86400 s by milliseconds


def test_the_table_reaches_the_missions() -> None:
    first, last = iers.covered()
    assert first < epochs.tdb_from_utc("1973-01-03Z")
    assert last > epochs.tdb_from_utc("2024-07-01Z")


def test_after_the_table_the_earth_turns_on() -> None:
    _, last = iers.covered()
    turn = iers.turn_at(np.array([last, last + 365.25 * DAY_S]))
    assert abs(turn.ut1_minus_tt_s[1] - turn.ut1_minus_tt_s[0]) < 1.5  # since 1972 no year was longer than that
    assert turn.x_rad[0] == turn.x_rad[1]


def test_a_missing_package_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-package is not installed"):
        iers.package_file("no_such_package", "data")


def test_days_of_the_table_follow_each_other() -> None:
    seconds = iers.earth_orientation().seconds
    assert set(np.round(np.diff(seconds))) <= {86400.0, 86401.0}
    assert seconds[0] == (datetime.date(1973, 1, 2) - datetime.date(2000, 1, 1)).days * 86400 - 43200 + 12 + 32.184
