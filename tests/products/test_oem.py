"""Ephemeris files: what is written is read, by another reader, and interpolation by our own Lagrange finds the flight again."""

import re
import warnings
from fractions import Fraction

import numpy as np
import pytest
from oem import OrbitEphemerisMessage

from farside.products.oem import epochs_text, oem_text, segments
from farside.products.tracks import module_tracks, tracks_of

CREATED = "2024-07-01T00:00:00Z"


@pytest.fixture(scope="module")
def tracks(flight):
    return tracks_of(flight.legs)


def written(tracks, module):
    return oem_text(module_tracks(tracks, module), "change6", module, CREATED)


def seconds_past_j2000(text: str) -> float:
    """The exact epoch of a calendar date of TDB, rounded once to a float: a reader written separately."""
    date, clock = text.split("T")
    hour, minute, second = clock.split(":")
    days = int((np.datetime64(date) - np.datetime64("2000-01-01")).astype(int))
    return float(days * 86400 - 43200 + int(hour) * 3600 + int(minute) * 60 + Fraction(second))


def read(text: str) -> list[tuple[dict[str, str], np.ndarray, np.ndarray]]:
    """Segments of a file as (keys, epochs, rows in km and km/s)."""
    found = []
    for part in text.split("META_START")[1:]:
        head, body = part.split("META_STOP")
        keys = dict(re.findall(r"^(\w+) = (.+)$", head, re.M))
        rows = [line.split() for line in body.strip().splitlines()]
        found.append((keys, np.array([seconds_past_j2000(r[0]) for r in rows]), np.array([[float(w) for w in r[1:]] for r in rows])))
    return found


def neville(times, values, epoch, degree=7):
    """Lagrange interpolation by Neville's scheme from the nodes around an epoch, as a reader of the file would do it."""
    first = min(max(int(np.searchsorted(times, epoch)) - (degree + 1) // 2, 0), len(times) - degree - 1)
    t, p = times[first : first + degree + 1] - epoch, values[first : first + degree + 1].copy()
    for k in range(1, degree + 1):
        p[: degree + 1 - k] = (t[k:, None] * p[: degree + 1 - k] - t[:-k, None] * p[1 : degree + 2 - k]) / (t[k:] - t[:-k])[:, None]
    return p[0]


@pytest.mark.parametrize("module", ["launcher", "orbiter", "lander", "ascender"])
def test_written_is_read_by_another_reader(tracks, module, tmp_path):
    path = tmp_path / f"{module}.oem"
    path.write_text(written(tracks, module))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        message = OrbitEphemerisMessage.open(path)
    ours = segments(module_tracks(tracks, module))
    assert len(message.segments) == len(ours)
    for segment, parts in zip(message.segments, ours, strict=True):
        assert segment.metadata["CENTER_NAME"] == parts[0].arc.center.upper()
        assert segment.metadata["REF_FRAME"] == "ICRF"
        assert segment.metadata["TIME_SYSTEM"] == "TDB"
        states = list(segment)
        flown = np.vstack([part.states[(1 if k else 0) :, :6] for k, part in enumerate(parts)]) / 1e3
        np.testing.assert_array_equal(np.array([s.vector for s in states]), flown)  # to the last digit
        times = np.concatenate([part.times_s[(1 if k else 0) :] for k, part in enumerate(parts)])
        elapsed = np.array([(s.epoch - states[0].epoch).sec for s in states])
        np.testing.assert_allclose(elapsed, times - times[0], atol=2e-6)  # that reader keeps whole microseconds


def test_epochs_are_read_to_the_last_digit(tracks):
    for track in tracks:
        assert [seconds_past_j2000(text) for text in epochs_text(track.times_s)] == track.times_s.tolist()
    odd = 768000000.0 + np.random.default_rng(1).uniform(0.0, 5e6, 1000)
    assert [seconds_past_j2000(text) for text in epochs_text(odd)] == odd.tolist()


@pytest.mark.parametrize("module", ["launcher", "orbiter", "lander"])
def test_interpolation_error_is_below_a_metre_everywhere(tracks, module):
    """Degree 7 from the file alone against the dense arcs: at random epochs, and inside each of the intervals next to the ends."""
    rng = np.random.default_rng(7)
    for (_, times, rows), parts in zip(read(written(tracks, module)), segments(module_tracks(tracks, module)), strict=True):
        ends = [times[k] + (times[k + 1] - times[k]) * f for k in (0, 1, 2, -4, -3, -2) for f in (0.2, 0.5, 0.8)]
        for epoch in np.concatenate([rng.uniform(times[0], times[-1], 300), ends]):
            part = next(p for p in parts if p.arc.start_s <= epoch <= p.arc.end_s)
            error_m = np.linalg.norm(1e3 * neville(times, rows, epoch)[:3] - part.arc.at(epoch)[0, :3])
            assert error_m < 1.0  # the contract; nodes are chosen for 0.4 m


def test_segments_are_one_per_centre_between_burns(tracks):
    text = written(tracks, "orbiter")
    assert re.findall(r"^COMMENT (coast|burn): (.+)$", text, re.M) == [
        ("coast", "parking"), ("burn", "transfer"), ("coast", "cruise, coast"), ("burn", "capture"), ("coast", "wait, orbiter_waits"),
    ]  # fmt: skip
    assert re.findall(r"^CENTER_NAME = (.+)$", text, re.M) == ["EARTH", "EARTH", "EARTH", "MOON", "MOON"]


def test_start_and_stop_are_the_first_and_last_line(tracks):
    for part in written(tracks, "lander").split("META_START")[1:]:
        head, body = part.split("META_STOP")
        keys, lines = dict(re.findall(r"^(\w+) = (.+)$", head, re.M)), body.strip().splitlines()
        assert (keys["START_TIME"], keys["STOP_TIME"]) == (lines[0].split()[0], lines[-1].split()[0])


def test_joined_modules_cost_once(tracks):
    lines: dict[int, list[str]] = {}
    first = oem_text(module_tracks(tracks, "lander"), "change6", "lander", CREATED, lines)
    count = len(lines)
    second = oem_text(module_tracks(tracks, "ascender"), "change6", "ascender", CREATED, lines)
    assert len(lines) == count
    assert second == first.replace("LANDER", "ASCENDER").replace(": lander,", ": ascender,")


def test_a_stay_is_one_segment_whatever_happens_in_it(lunar):
    """Arcs end where a scoop makes the craft heavier; its place goes on."""
    ours = segments(module_tracks(tracks_of(lunar.legs), "ascender"))
    assert [(segment[0].arc.mode, len(segment)) for segment in ours] == [("landed", 4), ("burn", 1), ("coast", 2)]
    text = written(tracks_of(lunar.legs), "lander")
    assert "COMMENT landed: surface, lander_stay\n" in text
    ((keys, times, rows),) = read(text)
    assert keys["CENTER_NAME"] == "MOON"
    assert times[-1] == lunar.legs[-1].end_s
    radius = np.linalg.norm(rows[:, :3], axis=1)
    np.testing.assert_allclose(radius, radius[0], rtol=1e-14)
