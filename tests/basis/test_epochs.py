"""Epochs against pyerfa's own chain, SPICE, and the leap seconds that were."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import erfa
import numpy as np
import pytest
import spiceypy
from hypothesis import given
from hypothesis import strategies as st

from farside.basis import epochs
from farside.basis.epochs import tdb_from_utc, tdb_iso, utc_from_tdb

LAST = datetime.datetime(2100, 1, 1)  # noqa: DTZ001 (naive on purpose: UTC as calendar and clock)
MOMENTS = st.datetimes(datetime.datetime(1972, 1, 1), LAST)  # noqa: DTZ001


def test_an_epoch_of_the_mission_by_hand() -> None:
    """TAI - UTC was 37 s in 2024: 8918 days less half a day, and 69.184 s; TDB - TT stays below 2 ms."""
    by_hand = (datetime.date(2024, 6, 1) - datetime.date(2000, 1, 1)).days * 86400 - 43200 + 22 * 3600 + 23 * 60 + 4.12 + 69.184
    assert tdb_from_utc("2024-06-01T22:23:04.120Z") == pytest.approx(by_hand, abs=2e-3)


@given(st.datetimes(datetime.datetime(1972, 1, 1), datetime.datetime(2027, 1, 1)))  # noqa: DTZ001
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
    assert utc_from_tdb(tdb_from_utc(text)) == text


def test_spice_says_the_same(tmp_path: Path) -> None:
    """SPICE has two terms of TDB - TT where pyerfa has 787: 30 microseconds."""
    table = epochs.leap_seconds()
    first = datetime.date(2000, 1, 1)
    steps = [(leap, first + datetime.timedelta(days=day)) for day, leap in zip(table.days, table.tai_minus_utc_s, strict=True)]
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
        ("2024-06-01T23:59:60Z", "that day has no leap second"),
        ("1971-12-31T23:59:59Z", "before 1972"),
    ],
)
def test_an_impossible_epoch_is_refused_with_what_is_allowed(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        tdb_from_utc(text)
    assert text in str(caught.value)
    assert "2024-06-01T22:23:04.120Z" in str(caught.value)  # an example of what would work


def test_before_1972_there_is_no_utc_to_print() -> None:
    with pytest.raises(ValueError, match="before 1972"):
        utc_from_tdb(-1e9)


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
