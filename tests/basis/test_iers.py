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
    days = series[:, 0] - 51544
    leaps = np.array([epochs.utc_steps().at(int(day)) for day in days])
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
    assert first < epochs.tdb_from_utc("1969-07-16Z")
    assert last > epochs.tdb_from_utc("2024-07-01Z")


def test_after_the_table_the_earth_turns_on() -> None:
    _, last = iers.covered()
    turn = iers.turn_at(np.array([last, last + 365.25 * DAY_S]))
    assert abs(turn.ut1_minus_tt_s[1] - turn.ut1_minus_tt_s[0]) < 1.5  # since 1972 no year was longer than that
    assert turn.x_rad[0] == turn.x_rad[1]


@pytest.mark.parametrize(
    ("year", "delta_t_s"), [(1963, 34.47), (1965, 35.73), (1967, 37.43), (1969, 39.20), (1971, 41.17), (1973, 43.37), (1975, 45.48)]
)
def test_delta_t_is_that_of_the_almanac(year: int, delta_t_s: float) -> None:
    """TT - UT1 at 0 h of 1 January as the Astronomical Almanac tabulates it (K8); before 1972 from older analyses of the observations.

    Those differ from C04 by up to 0.02 s (9 m at the equator); a table that begins in 1973 would be 4 s off in 1969.
    """
    turn = iers.turn_at(epochs.tt_from_tdb(epochs.tdb_from_utc(f"{year}-01-01Z")))
    assert -turn.ut1_minus_tt_s == pytest.approx(delta_t_s, abs=0.03)


def test_before_the_table_the_earth_turned_too() -> None:
    first, _ = iers.covered()
    turn = iers.turn_at(np.array([first - 365.25 * DAY_S, first]))
    assert 0.2 < turn.ut1_minus_tt_s[0] - turn.ut1_minus_tt_s[1] < 1.0  # the day of 1961 was longer by 1.2 ms or so: 0.4 s a year
    assert turn.x_rad[0] == turn.x_rad[1]


def test_a_missing_package_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-package is not installed"):
        iers.package_file("no_such_package", "data")


def test_days_of_the_table_follow_each_other() -> None:
    """From 1962 on, through the change of the series on 2 January 1973; a day of UTC was up to 2.6 ms longer than one of TT until 1971."""
    table = iers.earth_orientation()
    lengths = np.diff(table.seconds)
    steps = lengths[(np.abs(lengths - DAY_S) > 3e-3)]
    assert set(np.round(steps, 3)) <= {86401.0, 86400.101, 86399.903, 86400.11, 86399.9}
    assert table.seconds[0] == pytest.approx(
        (datetime.date(1962, 1, 1) - datetime.date(2000, 1, 1)).days * 86400 - 43200 + 1.845858 + 32.184
    )
    turning = np.diff(table.ut1_minus_tai_s)
    assert np.abs(turning).max() < 0.01  # milliseconds a day; a forgotten step of UTC would be 50 of them or more
