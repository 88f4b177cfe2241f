"""Epochs: TDB seconds past J2000 inside, UTC as ISO 8601 with Z at the edges.

J2000 is 2000-01-01T12:00:00 TDB. A float of that size resolves 0.12 microseconds in 2024, in which a craft moves a millimetre.

*Model and limits*: UTC to TAI by the table that pyerfa carries (IERS Bulletin C): from 1960, when UTC began, to the end of 1971 its second
was longer than that of TAI, by a rate that was set anew from time to time, and it was put right by steps of some hundredths of a second;
since 1972 by leap seconds alone. After the last one known, none is assumed to come. TT = TAI + 32.184 s. TDB - TT for the geocentre by
`erfa.dtdb` (Fairhead & Bretagnon 1990, A&A 229, 240; 787 terms, good to nanoseconds).
"""

from __future__ import annotations

import bisect
import datetime
import functools
import math
import re
from typing import NamedTuple

import erfa
import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, J2000_JD

Epochs = NDArray[np.float64]

TT_MINUS_TAI_S = 32.184  # exact, IAU 1991 resolution A4
ALLOWED_UTC = "ISO 8601 UTC from 1960-01-01 on, with a Z, such as 2024-06-01T22:23:04.120Z"

_UTC = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d*)?))?)?Z")
_FIRST_DAY = datetime.date(2000, 1, 1).toordinal()


class UtcSteps(NamedTuple):
    """What TAI - UTC was: from 0 h of `days` (counted from 2000-01-01) on `tai_minus_utc_s`, growing by `drift_s` in a day of UTC."""

    days: list[int]
    tai_minus_utc_s: list[float]
    drift_s: list[float]

    def at(self, day: int, seconds: float = 0.0) -> float:
        """TAI - UTC [s] at a time of day; `LookupError` before the first step."""
        k = bisect.bisect_right(self.days, day) - 1
        if k < 0:
            raise LookupError(day)
        return self.tai_minus_utc_s[k] + self.drift_s[k] * (day - self.days[k] + seconds / DAY_S)

    def day_length_s(self, day: int) -> float:
        """How many seconds of UTC a day has: 86400 but where a step ends it."""
        return DAY_S + (self.at(day + 1) - self.at(day, DAY_S) if day + 1 in self.days else 0.0)


@functools.cache
def utc_steps() -> UtcSteps:
    """The steps and rates of UTC since 1960, from pyerfa's table; rates, as `erfa.dat` applies them, end with 1971."""
    steps = [(int(row["year"]), int(row["month"])) for row in erfa.leap_seconds.get()]
    days = [datetime.date(year, month, 1).toordinal() - _FIRST_DAY for year, month in steps]
    first = [float(erfa.dat(year, month, 1, 0.0)) for year, month in steps]
    drift = [2.0 * (float(erfa.dat(year, month, 1, 0.5)) - offset) for (year, month), offset in zip(steps, first, strict=True)]
    return UtcSteps(days, first, [round(rate, 7) for rate in drift])  # 13, 15 and 30 in 10^9


def tdb_minus_tt(seconds: float | Epochs) -> float | Epochs:
    """TDB - TT at the geocentre [s] for epochs in TDB (or TT) seconds past J2000; a float for a float, an array for an array."""
    jd1, jd2 = jd_tdb(seconds)
    return erfa.dtdb(jd1, jd2, 0.0, 0.0, 0.0, 0.0)


def tdb_from_tt(seconds: float | Epochs) -> float | Epochs:
    """TDB from TT, both in seconds past J2000."""
    return seconds + tdb_minus_tt(seconds)


def tt_from_tdb(seconds: float | Epochs) -> float | Epochs:
    """TT from TDB, both in seconds past J2000."""
    return seconds - tdb_minus_tt(seconds)


def jd_tdb(seconds: float | Epochs) -> tuple[float | Epochs, float | Epochs]:
    """The epoch as a Julian date in two parts, whole days past noon and the rest, which loses nothing of its resolution."""
    days = np.floor(np.divide(seconds, DAY_S))
    jd1, jd2 = J2000_JD + days, (seconds - days * DAY_S) / DAY_S
    return (jd1, jd2) if isinstance(seconds, np.ndarray) else (float(jd1), float(jd2))


def tdb_from_utc(text: str) -> float:
    """An epoch written as UTC, in TDB seconds past J2000.

    `text`: `YYYY-MM-DDThh:mm:ss.sssZ`; seconds, or the time of day, may be left out; the Z may not. 23:59:60 is an epoch on days that
    end in a leap second only. Raises `ValueError` that says what is allowed.
    """
    day, seconds_of_day = _read_utc(text)
    steps = utc_steps()
    try:
        length, tai_minus_utc = steps.day_length_s(day), steps.at(day, seconds_of_day)
    except LookupError:
        raise ValueError(f"{text!r} is before 1960, when UTC began; allowed: {ALLOWED_UTC}") from None
    if seconds_of_day >= length:
        ends = _iso(day, math.ceil(round(length * 1e3, 3)) - 1, 3)[11:]
        raise ValueError(f"{text!r}: that day has no such second, it ends at {ends}; allowed: {ALLOWED_UTC}")
    # Noon first: the float keeps its last digits for the fraction.
    tt = (day * DAY_S - DAY_S / 2) + (seconds_of_day + tai_minus_utc + TT_MINUS_TAI_S)
    return float(tdb_from_tt(tt))


def _read_utc(text: str) -> tuple[int, float]:
    """Day counted from 2000-01-01 and seconds of that day; `ValueError` for anything that is not an epoch."""
    found = _UTC.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is not an epoch in UTC; allowed: {ALLOWED_UTC}")
    year, month, date = (int(part) for part in found.groups()[:3])
    hour, minute, second = (float(part or 0) for part in found.groups()[3:])
    try:
        day = datetime.date(year, month, date).toordinal() - _FIRST_DAY
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}; allowed: {ALLOWED_UTC}") from None
    leap = hour == 23 and minute == 59
    if hour > 23 or minute > 59 or second >= (61 if leap else 60):
        raise ValueError(f"{text!r}: no such time of day, hours run to 23, minutes and seconds to 59; allowed: {ALLOWED_UTC}")
    return day, hour * 3600 + minute * 60 + second


def utc_from_tdb(seconds: float, digits: int = 3) -> str:
    """The epoch (TDB seconds past J2000) as UTC, rounded to `digits` decimals: `2024-06-01T22:23:04.120Z`; `ValueError` before 1960."""
    tai_s = float(tt_from_tdb(seconds)) - TT_MINUS_TAI_S
    ticks_per_s, steps = 10**digits, utc_steps()
    starts = [day * DAY_S - DAY_S / 2 + offset for day, offset in zip(steps.days, steps.tai_minus_utc_s, strict=True)]
    k = bisect.bisect_right(starts, tai_s) - 1
    if k < 0:
        raise ValueError(f"{seconds} TDB seconds past J2000 is before 1960, when UTC began")
    ticks = round((tai_s - starts[k]) * (DAY_S / (DAY_S + steps.drift_s[k])) * ticks_per_s)
    day, ticks = divmod(ticks, round(DAY_S) * ticks_per_s)
    day += steps.days[k]
    if day == (steps.days[k + 1] if k + 1 < len(starts) else None):  # in a leap second the count of the day before runs on: 23:59:60
        day, ticks = day - 1, ticks + round(DAY_S) * ticks_per_s
    if ticks >= steps.day_length_s(day) * ticks_per_s - 1e-6:  # the rounding has carried past the end of a day that a step ends
        day, ticks = day + 1, 0
    return _iso(day, ticks, digits) + "Z"


def tdb_iso(seconds: float, digits: int = 6) -> str:
    """The epoch as a calendar date of TDB, without a letter, as CCSDS files want it: `2024-06-01T22:24:13.304000`."""
    ticks_per_s = 10**digits
    ticks = round(seconds * ticks_per_s) + round(DAY_S / 2) * ticks_per_s
    day, rest = divmod(ticks, round(DAY_S) * ticks_per_s)
    return _iso(day, rest, digits)


def _iso(day: int, ticks: int, digits: int) -> str:
    """Date and time of a day counted from 2000-01-01 and the ticks (10^-digits s) of that day; the 86400th second is 23:59:60."""
    date = datetime.date.fromordinal(day + _FIRST_DAY)
    second, fraction = divmod(ticks, 10**digits)
    minute = min(second // 60, 1439)
    second -= minute * 60
    tail = f".{fraction:0{digits}d}" if digits else ""
    return f"{date.isoformat()}T{minute // 60:02d}:{minute % 60:02d}:{second:02d}{tail}"
