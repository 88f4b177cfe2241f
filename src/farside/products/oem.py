"""Orbit ephemeris messages: CCSDS 502.0-B-3, key-value notation, one file per module.

One segment per centre between burns, each burn a segment of its own, each stay on the ground too; ICRF axes, TDB. Consecutive coasts
about one centre, or stays, whose states meet to the bit are one segment. Positions in km and velocities in km/s with as many digits as a
float holds.

*Limits*: made for Lagrange interpolation of degree 7 inside a segment, better than 1 m in position, up to both ends. Epochs carry nine
decimals at the ends of arcs; readers that keep six lose less than a microsecond (a centimetre).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from farside.products.tracks import DEGREE, Track

J2000 = np.datetime64("2000-01-01T12:00:00", "ns")


def oem_text(tracks: Sequence[Track], mission: str, module: str, created_utc: str, lines: dict[int, list[str]] | None = None) -> str:
    """The file of one module.

    `tracks`: those of the module, by epoch; `created_utc`: ISO 8601, for the header; `lines`: formatted tracks by `id`, filled and
    used again, so that modules that were joined cost once. Returns the text, which ends with a newline.
    """
    known = {} if lines is None else lines
    parts = [header(mission, module, created_utc)]
    for segment in segments(tracks):
        parts.append(metadata(segment, mission, module))
        for number, track in enumerate(segment):
            if id(track) not in known:
                known[id(track)] = data_lines(track)
            parts.extend(known[id(track)][1 if number else 0 :])
        parts.append("")
    return "\n".join(parts)


SMOOTH = ("coast", "landed")
"""The modes of arcs that go on as they were when another of the kind begins; where a canopy opens, or a way begins, they do not."""


def segments(tracks: Iterable[Track]) -> list[list[Track]]:
    """Tracks that belong together: neighbouring coasts about one centre, or stays, without a jump; every other one alone."""
    found: list[list[Track]] = []
    for track in tracks:
        if found and joins(found[-1][-1], track):
            found[-1].append(track)
        else:
            found.append([track])
    return found


def joins(a: Track, b: Track) -> bool:
    """Whether coast or stay b goes on where a ended."""
    same = a.arc.mode == b.arc.mode and a.arc.mode in SMOOTH and a.arc.center == b.arc.center and a.times_s[-1] == b.times_s[0]
    return same and bool((a.states[-1, :6] == b.states[0, :6]).all())


def header(mission: str, module: str, created_utc: str) -> str:
    return (
        f"CCSDS_OEM_VERS = 2.0\nCOMMENT {mission}: {module}, as flown by farside\n"
        f"CREATION_DATE = {created_utc.rstrip('Z')}\nORIGINATOR = FARSIDE\n"
    )


def metadata(segment: Sequence[Track], mission: str, module: str) -> str:
    first, last = segment[0], segment[-1]
    phases = ", ".join(phase for phase, _ in groupby(track.phase for track in segment))
    start, stop = epochs_text(np.array([first.times_s[0], last.times_s[-1]]))
    return (
        f"META_START\nCOMMENT {first.arc.mode}: {phases}\nOBJECT_NAME = {module.upper()}\nOBJECT_ID = {mission.upper()}-{module.upper()}\n"
        f"CENTER_NAME = {first.arc.center.upper()}\nREF_FRAME = ICRF\nTIME_SYSTEM = TDB\nSTART_TIME = {start}\nSTOP_TIME = {stop}\n"
        f"INTERPOLATION = LAGRANGE\nINTERPOLATION_DEGREE = {DEGREE}\nMETA_STOP\n"
    )


def data_lines(track: Track) -> list[str]:
    """The nodes of a track as lines: epoch, x, y, z [km], vx, vy, vz [km/s]."""
    epochs = epochs_text(track.times_s)
    rows = (track.states[:, :6] / 1000.0).tolist()
    return [f"{e} {x!r} {y!r} {z!r} {u!r} {v!r} {w!r}" for e, (x, y, z, u, v, w) in zip(epochs, rows, strict=True)]


def epochs_text(times_s: NDArray[np.float64]) -> list[str]:
    """Epochs (k,) TDB s past J2000 as calendar dates of TDB: six decimals where they are exact, else nine."""
    whole = np.floor(times_s)
    ns = whole.astype(np.int64) * 1_000_000_000 + np.round((times_s - whole) * 1e9).astype(np.int64)
    texts = np.datetime_as_string(J2000 + ns.astype("timedelta64[ns]"), unit="ns").tolist()
    return [text[:-3] if text.endswith("000") else text for text in texts]
