"""Epochs against pyerfa's own chain, SPICE, and the leap seconds that were."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import erfa
import numpy as np
import pytest
import spiceypy
from hypothesis import assume, given
from hypothesis import strategies as st

from farside.basis import epochs
from farside.basis.epochs import tdb_from_utc, tdb_iso, utc_from_tdb

LAST = datetime.datetime(2100, 1, 1)  # noqa: DTZ001 (naive on purpose: UTC as calendar and clock)
MOMENTS = st.datetimes(datetime.datetime(1960, 1, 1), LAST)  # noqa: DTZ001
SHORT_DAYS = ("1961-07-31", "1968-01-31")  # UTC was put back by 0.05 s and 0.1 s at their ends; the others are as long or longer


def test_an_epoch_of_the_mission_by_hand() -> None:
    """TAI - UTC was 37 s in 2024: 8918 days less half a day, and 69.184 s; TDB - TT stays below 2 ms."""
    by_hand = (datetime.date(2024, 6, 1) - datetime.date(2000, 1, 1)).days * 86400 - 43200 + 22 * 3600 + 23 * 60 + 4.12 + 69.184
    assert tdb_from_utc("2024-06-01T22:23:04.120Z") == pytest.approx(by_hand, abs=2e-3)


@given(st.datetimes(datetime.datetime(1960, 1, 1), datetime.datetime(2027, 1, 1)))  # noqa: DTZ001
def test_pyerfa_says_the_same(moment: datetime.datetime) -> None:
    second = moment.second + moment.microsecond * 1e-6
    utc = erfa.dtf2d("UTC", moment.year, moment.month, moment.day, moment.hour, moment.minute, second)
    tt = erfa.taitt(*erfa.utctai(*utc))
    day, part = erfa.tttdb(*tt, erfa.dtdb(*tt, 0.0, 0.0, 0.0, 0.0))
    expected = (day - 2451545.0) * 86400.0 + part * 86400.0
    # Two Julian dates of 1e-16 days each and the float of the answer (0.12 microseconds).
    assert tdb_from_utc(f"{moment.isoformat()}Z") == pytest.approx(expected, abs=2.5e-7, rel=0)


@given(MOMENTS)
def test_there_and_back(moment: datetime.datetime) -> None:
    text = f"{moment.isoformat(timespec='milliseconds')}Z"
    assume(not (text[:10] in SHORT_DAYS and text[11:] >= "23:59:59.9"))  # not there: refused, which is tested below
    assert utc_from_tdb(tdb_from_utc(text)) == text


def test_spice_says_the_same(tmp_path: Path) -> None:
    """SPICE has two terms of TDB - TT where pyerfa has 787: 30 microseconds. It knows whole leap seconds only."""
    table = epochs.utc_steps()
    first = datetime.date(2000, 1, 1)
    steps = [(round(leap), first + datetime.timedelta(days=day)) for day, leap in zip(table.days, table.tai_minus_utc_s, strict=True)]
    steps = [(leap, day) for leap, day in steps if day.year >= 1972]
    dates = "\n".join(f"{leap}, @{day.year}-{day.strftime('%b').upper()}-{day.day}" for leap, day in steps)
    leaps = tmp_path / "leap_seconds.tls"
    leaps.write_text(
        "KPL/LSK\n\\begindata\nDELTET/DELTA_T_A = 32.184\nDELTET/K = 1.657D-3\nDELTET/EB = 1.671D-2\n"
        f"DELTET/M = ( 6.239996 1.99096871D-7 )\nDELTET/DELTA_AT = ( {dates} )\n\\begintext\n"
    )
    spiceypy.furnsh(str(leaps))
    try:
        for text in ("1985-07-01T00:00:00", "2016-12-31T23:59:60.250", "2024-05-03T09:27:29", "2024-12-31T12:00:00"):
            assert tdb_from_utc(f"{text}Z") == pytest.approx(spiceypy.str2et(text), abs=5e-5, rel=0)
    finally:
        spiceypy.unload(str(leaps))


def test_the_leap_second_of_2016_is_counted() -> None:
    texts = ["2016-12-31T23:59:58.000Z", "2016-12-31T23:59:59.000Z", "2016-12-31T23:59:60.000Z", "2017-01-01T00:00:00.000Z"]
    seconds = [tdb_from_utc(text) for text in texts]
    assert np.diff(seconds) == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)
    assert [utc_from_tdb(second) for second in seconds] == texts


def test_a_rounding_carries_into_the_leap_second_and_out_of_it() -> None:
    assert utc_from_tdb(tdb_from_utc("2016-12-31T23:59:59.9996Z")) == "2016-12-31T23:59:60.000Z"
    assert utc_from_tdb(tdb_from_utc("2016-12-31T23:59:60.9996Z")) == "2017-01-01T00:00:00.000Z"
    assert utc_from_tdb(tdb_from_utc("2024-02-28T23:59:59.9996Z"), digits=0) == "2024-02-29T00:00:00Z"


def test_a_date_or_minutes_may_stand_alone() -> None:
    assert tdb_from_utc("2024-05-03Z") == tdb_from_utc("2024-05-03T00:00:00Z")
    assert tdb_from_utc("2024-05-03T09:27Z") == tdb_from_utc("2024-05-03T09:27:00.000Z")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2024-06-01T22:23:04", "is not an epoch in UTC"),
        ("2024-06-01T22:23:04+08:00", "is not an epoch in UTC"),
        ("tomorrow", "is not an epoch in UTC"),
        ("2024-02-30T00:00:00Z", "day is out of range for month"),
        ("2024-13-01T00:00:00Z", "month must be in 1..12"),
        ("2024-06-01T24:00:00Z", "no such time of day"),
        ("2024-06-01T22:60:00Z", "no such time of day"),
        ("2024-06-01T22:23:60Z", "no such time of day"),
        ("2024-06-01T23:59:60Z", "that day has no such second, it ends at 23:59:59.999"),
        ("1971-12-31T23:59:60.11Z", "it ends at 23:59:60.107"),
        ("1968-01-31T23:59:59.95Z", "it ends at 23:59:59.899"),
        ("1959-12-31T23:59:59Z", "before 1960, when UTC began"),
    ],
)
def test_an_impossible_epoch_is_refused_with_what_is_allowed(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        tdb_from_utc(text)
    assert text in str(caught.value)
    assert "2024-06-01T22:23:04.120Z" in str(caught.value)  # an example of what would work


def test_before_1960_there_is_no_utc_to_print() -> None:
    assert utc_from_tdb(tdb_from_utc("1960-01-01T00:00:00Z")) == "1960-01-01T00:00:00.000Z"
    with pytest.raises(ValueError, match="before 1960"):
        utc_from_tdb(-1.3e9)


def test_the_second_of_utc_was_longer_until_1971() -> None:
    """Published in IERS Bulletins and in tai-utc.dat: TAI - UTC = 4.2131700 s + (MJD - 39126) 0.002592 s from February 1968 on."""
    mjd = 40422 + (20 * 3600 + 5 * 60 + 5) / 86400  # 20 July 1969, 20:05:05: Apollo 11 begins its descent
    tai_minus_utc = 4.21317 + (mjd - 39126) * 0.002592
    days = (datetime.date(1969, 7, 20) - datetime.date(2000, 1, 1)).days
    assert tdb_from_utc("1969-07-20T20:05:05Z") == pytest.approx(days * 86400 - 43200 + 72305 + tai_minus_utc + 32.184, abs=2e-3)
    one_day = tdb_from_utc("1969-07-21T20:05:05Z") - tdb_from_utc("1969-07-20T20:05:05Z")
    assert one_day == pytest.approx(86400.002592, abs=5e-5)  # TDB - TT changes by 30 microseconds in a day


def test_the_step_that_ended_the_old_utc() -> None:
    """On 1 January 1972 TAI - UTC became 10 s, from 9.892242 s: the day before was 0.107758 s longer."""
    before, after = tdb_from_utc("1971-12-31T23:59:59Z"), tdb_from_utc("1972-01-01T00:00:00Z")
    assert after - before == pytest.approx(1.107758, abs=1e-6)
    assert utc_from_tdb(after - 0.0500) == "1971-12-31T23:59:60.058Z"
    assert utc_from_tdb(after - 0.0001) == "1972-01-01T00:00:00.000Z"  # rounded past the day's end
    assert utc_from_tdb(after - 0.0005, 6).startswith("1971-12-31T23:59:60.107")


@pytest.mark.parametrize("day", SHORT_DAYS)
def test_a_day_may_be_shorter(day: str) -> None:
    noon, next_day = tdb_from_utc(f"{day}T12:00:00Z"), datetime.date.fromisoformat(day) + datetime.timedelta(days=1)
    midnight = tdb_from_utc(f"{next_day}T00:00:00Z")
    assert utc_from_tdb(midnight - 0.0002) == f"{next_day}T00:00:00.000Z"
    assert midnight - noon < 43200.0 - 0.04  # put back by more than the slower rate had added


def test_the_calendar_of_tdb() -> None:
    assert tdb_iso(0.0) == "2000-01-01T12:00:00.000000"
    assert tdb_iso(-43200.5, 3) == "1999-12-31T23:59:59.500"
    assert tdb_iso(59.9999996) == "2000-01-01T12:01:00.000000"


def test_julian_dates_lose_nothing() -> None:
    seconds = 770552653.3048844
    jd1, jd2 = epochs.jd_tdb(seconds)
    assert jd1 == 2460463.0  # noon of 1 June 2024
    assert jd2 * 86400.0 == pytest.approx(37453.3048844, abs=1e-7)


def test_arrays_are_told_what_floats_are_told() -> None:
    seconds = np.linspace(-8e8, 3e9, 7)
    for function in (epochs.tt_from_tdb, epochs.tdb_from_tt, epochs.tdb_minus_tt):
        assert np.array_equal(function(seconds), [function(float(second)) for second in seconds])


def test_epochs_rise_through_every_leap_second() -> None:
    years = range(1972, 2030)
    texts = [f"{year}-{day}T{time}Z" for year, (day, time) in itertools.product(years, (("06-30", "23:59:59"), ("07-01", "00:00:00")))]
    steps = np.diff([tdb_from_utc(text) for text in texts])[::2]
    assert set(np.round(steps, 5)) == {1.0, 2.0}
