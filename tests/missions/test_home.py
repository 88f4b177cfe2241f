"""From the parachute to the laboratory's door, in whole missions: what the events say, who has the container, where the capsule is."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest

import farside as fs
from farside import delivery
from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.basis.epochs import tdb_from_utc, utc_from_tdb
from farside.craft.container import sample_mass_ug
from farside.products import deliver

DAYS = {"change6": "2024-06-28", "change5": "2020-12-19"}


def comes_home(flight: fs.Flight) -> bool:
    """Whether the mission brings something home; the others stay at the Moon."""
    return any(phase.kind == "transport" for phase in flight.mission.phases)


def test_the_events_of_the_way_home_in_their_order(flight: fs.Flight) -> None:
    if not comes_home(flight):
        return
    names = [event.name for event in flight.events if event.craft == "capsule"]
    assert names[-4:] == ["transport", "transport", "transport", "delivered"]
    first = names.index("drogue")
    assert names[first : first + 5] == ["drogue", "main", "landing", "located", "reached"]
    assert flight.outcome.value == "done"


def test_it_lands_as_softly_as_the_file_asks(flight: fs.Flight) -> None:
    if not comes_home(flight):
        return
    landing = next(event for event in flight.events if event.name == "landing")
    assert set(landing.data) == {"vertical_speed_m_s", "horizontal_speed_m_s", "target_miss_m"}
    assert 9.0 < landing.data["vertical_speed_m_s"] < 14.0
    assert landing.data["target_miss_m"] < 20e3
    altitude = geodetic_from_itrf(*(icrf_to_itrf(landing.epoch_s) @ np.array(landing.r_m)))[2]
    assert altitude == pytest.approx(1100.0, abs=0.1)


def test_it_comes_to_the_door_on_the_day(flight: fs.Flight) -> None:
    if not comes_home(flight):
        return
    assert utc_from_tdb(flight.events[-1].epoch_s).startswith(DAYS[flight.mission.name])


def test_custody_has_no_gap_from_the_drill_to_the_door(flight: fs.Flight) -> None:
    if not comes_home(flight):
        return
    brought = deliver(flight)
    assert brought is not None
    aboard = [module for craft in flight.state.crafts for module in craft.modules]
    assert brought.mass_ug == sample_mass_ug(aboard) == sum(portion.mass_ug for portion in brought.portions)
    since = [tdb_from_utc(entry.since_utc) for entry in brought.custody]
    assert all(one < other for one, other in itertools.pairwise(since))
    assert brought.custody[0].holder == "ascender"
    assert brought.custody[-1].holder == "laboratory"
    assert brought.custody[-1].where.startswith("handed over at the door")
    assert brought.transport is not None
    assert brought.transport.within_limits
    for entry, stage in zip(brought.custody[-1 - len(brought.transport.stages) : -1], brought.transport.stages, strict=True):
        assert (entry.holder, entry.since_utc) == (stage.by, stage.since_utc)


def test_the_file_is_the_delivery_and_its_digest_the_flights(flight: fs.Flight, files: dict[str, Path]) -> None:
    if not comes_home(flight):
        return
    written = delivery.read(files["delivery.json"])
    assert written == deliver(flight)
    assert written.flight_digest == json.loads(files["flight.json"].read_text())["flight_digest"]


def test_the_capsule_is_on_the_ground_all_the_way(flight: fs.Flight) -> None:
    """From the landing to the door at every hour, never faster over the ground than an aircraft."""
    if not comes_home(flight):
        return
    landing = next(event for event in flight.events if event.name == "landing")
    for epoch in np.arange(landing.epoch_s + 1.0, flight.events[-1].epoch_s, 3600.0):
        truth = flight.at(float(epoch), "returner")
        assert truth.center == "earth"
        here = icrf_to_itrf(float(epoch)) @ np.array(truth.r_m)
        assert -300.0 < geodetic_from_itrf(*here)[2] < 1500.0
        then = icrf_to_itrf(float(epoch) + 1.0) @ np.array(flight.at(float(epoch) + 1.0, "returner").r_m)
        assert math.dist(here, then) < 150.0
