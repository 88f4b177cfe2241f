"""The first numbers of a flight are those of its legs and events, and a flight without them has fewer."""

import pytest

from farside.products.events import event_records
from farside.products.headline import headline
from farside.products.record import flight_record


def test_they_are_those_of_the_flight(flight):
    found = {number.name: number for number in headline(flight_record(flight, ()), event_records(flight))}
    assert found["delta_v"].value == pytest.approx(sum(burn.delta_v_m_s for burn in flight.burns))
    first, last = min(leg.start_s for leg in flight.legs), max(leg.end_s for leg in flight.legs)
    assert found["flown"].value == pytest.approx((last - first) / 86400.0)
    assert found["flown"].shown.endswith(" days")
    assert not {"landing", "load"} & set(found), "it ends before the air"


def leg(end_s, **modules):
    return {"end_tdb_s": end_s, "after": [{"modules": {name: {"sample_ug": ug} for name, ug in modules.items()}}]}


def test_the_sample_is_counted_where_it_is_last_and_once():
    """From the ascender into the returner; the orbiter's leg is told after the capsule's, and ends later."""
    legs = [leg(1.0, ascender=5_000_000), leg(2.0, ascender=0, returner=5_000_000), leg(4.0, orbiter=0), leg(3.0, returner=5_000_000)]
    record = {"duration_s": 7200.0, "delta_v_m_s": 1234.5, "legs": legs}
    assert [number.shown for number in headline(record, [])] == ["2.0 hours", "1,234 m/s", "5.0 g"]


def test_of_two_peaks_the_higher_one_is_told():
    peaks = [{"event": name, "data": {"load_g": load}} for name, load in (("first_peak_load", 4.0), ("second_peak_load", 6.5))]
    record = {"duration_s": 60.0, "delta_v_m_s": 0.0, "legs": []}
    assert [number.shown for number in headline(record, peaks)][-1] == "6.50 g"
