"""Searching: times by hand, the sweep against a search walked lap by lap, and that more searchers are never slower."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.phases.search import MIDDLE, Call, Searcher, Spot, Track, apart, found, reached, searched_m2, swept_by

NEAR = Searcher("near", Spot(-30e3, 0.0), 50.0, 2e3, 600.0)
FAR = Searcher("far", Spot(0.0, 60e3), 60.0, 3e3, 0.0)


def test_seen_on_the_way() -> None:
    """30 km at 50 m/s towards a capsule 1 km short of the middle: seen 2 km before it, reached 40 s later."""
    seen = found((NEAR,), Spot(-1e3, 0.0), None)
    assert seen is not None
    assert (seen.by, seen.how, seen.searched_m2) == ("near", "on the way", 0.0)
    assert seen.after_s == pytest.approx(600.0 + 27e3 / 50.0)
    assert reached(seen, Spot(-1e3, 0.0)) == ("near", pytest.approx(600.0 + 29e3 / 50.0))


def test_seen_from_where_it_waits() -> None:
    seen = found((NEAR,), Spot(-29e3, 0.0), None)
    assert seen is not None
    assert seen.after_s == 0.0
    assert reached(seen, Spot(-29e3, 0.0))[1] == pytest.approx(600.0 + 20.0)  # it leaves when it is ready


def test_the_search_sweeps_the_disc() -> None:
    """10 km beside the middle: arrival, then pi d^2 / (2 R v)."""
    capsule = Spot(0.0, -10e3)
    seen = found((NEAR,), capsule, None)
    assert seen is not None
    assert (seen.how, seen.by) == ("search", "near")
    assert seen.after_s == pytest.approx(600.0 + 600.0 + math.pi * 1e8 / (2.0 * 2e3 * 50.0))
    assert seen.searched_m2 == pytest.approx(math.pi * 1e8)
    assert reached(seen, capsule)[1] == pytest.approx(seen.after_s + 2e3 / 50.0)


def test_the_sweep_is_as_long_as_a_spiral_walked() -> None:
    """A spiral with laps two sight ranges apart comes within sight of a place at distance d after pi d^2 / 2R of way, to a lap's part."""
    sight, d = 500.0, 20e3
    turn, way = 0.0, 0.0
    while sight / math.pi * turn + sight < d:  # radius 2R turn / 2 pi; it sees R further out
        step = 1e-3
        radius = sight / math.pi * turn
        way += math.hypot(radius, sight / math.pi) * step
        turn += step
    assert way == pytest.approx(math.pi * d**2 / (2.0 * sight), rel=0.06)


def test_searchers_share_the_search() -> None:
    capsule = Spot(15e3, -15e3)
    seen = found((NEAR, FAR), capsule, None)
    assert seen is not None
    late = max(NEAR.ready_s + 600.0, FAR.ready_s + 1000.0)
    area = math.pi * apart(MIDDLE, capsule) ** 2
    alone = FAR.sweep_m2_s * (late - 1000.0) + NEAR.sweep_m2_s * (late - 1200.0)
    assert seen.after_s == pytest.approx(late + (area - alone) / (NEAR.sweep_m2_s + FAR.sweep_m2_s))
    assert seen.by == "far"  # it has swept most


def test_the_beacon_leads_there() -> None:
    """Heard when it starts, by the one in range; both turn; the far one flies from where it is by then."""
    capsule, told = Spot(20e3, 20e3), Spot(20.5e3, 20e3)
    seen = found((NEAR, FAR), capsule, Call(120.0, 45e3, told))
    assert seen is not None
    # At 120 s the far one is at 52.8 km, 38.4 km from the capsule; the near one 53.9 km.
    assert (seen.heard_by, seen.heard_s) == ("far", 120.0)
    assert seen.by == "far"
    begins = Spot(0.0, 60e3 - 120.0 * 60.0)
    whole = apart(begins, told)
    assert seen.after_s == pytest.approx(120.0 + (whole - 3e3) / 60.0, abs=5.0)  # seen from 3 km, half a kilometre beside the way


def test_heard_on_the_way_only() -> None:
    """Out of range where it waits: heard when the way comes within it."""
    seen = found((FAR,), Spot(0.0, 15e3), Call(0.0, 20e3, Spot(0.0, 15e3)))
    assert seen is not None
    assert seen.heard_s == pytest.approx((60e3 - 35e3) / 60.0)


def test_a_beacon_that_is_far_off_is_searched_about() -> None:
    capsule, told = Spot(0.0, 0.0), Spot(8e3, 0.0)
    seen = found((NEAR,), capsule, Call(0.0, 1e6, told))
    assert seen is not None
    assert seen.how == "on the way"  # it passes the capsule on its way to the wrong place
    told = Spot(-20e3, 30e3)
    seen = found((NEAR,), capsule, Call(0.0, 1e6, told))
    assert seen is not None
    way_s = apart(NEAR.spot, told) / 50.0
    assert seen.after_s == pytest.approx(600.0 + way_s + math.pi * apart(told, capsule) ** 2 / NEAR.sweep_m2_s)


def test_a_beacon_that_nobody_hears_changes_nothing() -> None:
    assert found((NEAR,), Spot(9e3, 0.0), Call(0.0, 10.0, MIDDLE)) == found((NEAR,), Spot(9e3, 0.0), None)


def test_nobody() -> None:
    assert found((), MIDDLE, None) is None


def test_a_track_stays_goes_and_stays() -> None:
    track = Track(NEAR, NEAR.spot, MIDDLE, 0.0, 600.0)
    assert track.at(0.0) == track.at(600.0) == NEAR.spot
    assert track.at(900.0) == pytest.approx(Spot(-15e3, 0.0))
    assert track.at(1e6) == MIDDLE
    assert track.within_s(Spot(0.0, 1e3), 2e3, 1e5) == 1e5
    assert track.within_s(Spot(0.0, 3e3), 2e3) == math.inf


places = st.builds(Spot, st.floats(-80e3, 80e3), st.floats(-80e3, 80e3))
searchers = st.builds(Searcher, st.just("one"), places, st.floats(5.0, 80.0), st.floats(100.0, 8e3), st.floats(0.0, 3600.0))


@given(st.lists(searchers, min_size=1, max_size=5), searchers, places)
def test_more_searchers_are_never_slower(team: list[Searcher], more: Searcher, capsule: Spot) -> None:
    few, many = found(team, capsule, None), found([*team, more], capsule, None)
    assert few is not None
    assert many is not None
    assert many.after_s <= few.after_s * (1.0 + 1e-12)


@given(st.lists(searchers, min_size=1, max_size=5), st.floats(0.0, 1e10))
def test_the_time_to_sweep_is_the_inverse_of_the_ground_swept(team: list[Searcher], area: float) -> None:
    tracks = [Track(who, who.spot, MIDDLE, 0.0, who.ready_s) for who in team]
    assert searched_m2(tracks, swept_by(tracks, area)) == pytest.approx(area, rel=1e-6, abs=1.0)
