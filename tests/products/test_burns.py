"""`burns.json`: enough to fly the flight again."""

import json
import math

import jsonschema
import numpy as np
import pytest
from flights import fly_arc

from farside.products.burns import attitude_history, burns_record
from farside.products.plain import plain
from farside.products.schema import schema


@pytest.fixture(scope="module")
def record(flight):
    return json.loads(json.dumps(plain(burns_record(flight))))


def test_it_validates(record):
    jsonschema.validate(record, schema("burns"))


def test_numbers_keep_every_digit(record, flight):
    first = flight.legs[0].before[0]
    assert tuple(record["first_states"][0]["r_m"]) == first.place.r_m
    assert tuple(record["first_states"][0]["v_m_s"]) == first.place.v_m_s
    for written, burn in zip(record["burns"], flight.burns, strict=True):
        assert (written["ignition_tdb_s"], written["cutoff_tdb_s"]) == (burn.ignition_s, burn.cutoff_s)
        assert tuple(written["attitude"]["axis"]) == burn.attitude.axis
        assert written["attitude"]["reference_tdb_s"] == burn.attitude.reference_s


def test_attitude_history_is_the_law(flight):
    burn = flight.burns[0]
    for point in attitude_history(burn):
        w = burn.attitude.rate_rad_s * (point["tdb_s"] - burn.attitude.reference_s)
        wanted = math.cos(w) * np.array(burn.attitude.axis) + math.sin(w) * np.array(burn.attitude.toward)
        ra, dec = math.radians(point["right_ascension_deg"]), math.radians(point["declination_deg"])
        found = [math.cos(dec) * math.cos(ra), math.cos(dec) * math.sin(ra), math.sin(dec)]
        np.testing.assert_allclose(found, wanted, atol=1e-14)
    assert point["tdb_s"] == burn.cutoff_s


def test_every_craft_knows_where_it_came_from(record):
    lives = record["crafts"]
    assert [(life["craft"], life["parents"]) for life in lives] == [("launcher", []), ("stack", [0]), ("orbiter", [1]), ("lander", [1])]
    for life in lives[1:]:
        parent = lives[life["parents"][0]]["end"]
        assert life["start"]["epoch_tdb_s"] == parent["epoch_tdb_s"]
        if life["start"]["center"] == parent["center"]:  # this made-up flight jumps to the Moon between legs
            assert life["start"]["r_m"] == parent["r_m"]
    gone = [part["craft"] for parting in record["separations"] for part in parting["parts"] if part["gone"]]
    assert gone == ["launcher"]


def test_a_burn_flown_again_from_the_file_alone_ends_where_it_did(record, flight):
    """The first two arcs by two-body motion, with nothing but the first state and the first burn of the file."""
    from types import SimpleNamespace

    first, written = record["first_states"][0], record["burns"][0]
    law = written["attitude"]
    burn = SimpleNamespace(
        attitude=SimpleNamespace(axis=law["axis"], toward=law["toward"], rate_rad_s=law["rate_rad_s"], reference_s=law["reference_tdb_s"]),
        thrust_n=written["thrust_n"], isp_s=written["isp_s"],
    )  # fmt: skip
    start = np.array([*first["r_m"], *first["v_m_s"], first["mass_kg"]])
    coast = fly_arc("earth", first["epoch_tdb_s"], start, written["ignition_tdb_s"] - first["epoch_tdb_s"])
    end = fly_arc("earth", coast.end_s, coast.states[-1], written["cutoff_tdb_s"] - coast.end_s, burn).states[-1]
    flown = flight.legs[1].arcs[0].states[-1]
    assert np.linalg.norm(end[:3] - flown[:3]) < 1e-6
    assert end[6] == pytest.approx(flown[6], rel=1e-14)


def test_a_closed_loop_burn_tells_its_history_and_no_law(lunar):
    (written,) = json.loads(json.dumps(plain(burns_record(lunar))))["burns"]
    (burn,) = lunar.burns
    assert written["attitude"] is None
    assert written["throttle_history"]["tdb_s"] == burn.history.epochs_s.tolist()
    assert written["throttle_history"]["thrust_n"] == [3000.0, 1500.0]
    assert written["throttle_history"]["axis"] == burn.history.axes.tolist()
    flow_kg_s = 1.0 / (316.0 * 9.80665)
    assert written["propellant_kg"] == pytest.approx(flow_kg_s * (3000.0 + 1500.0) * 150.0, rel=1e-9)
    x, y, z = burn.history.axes[0]
    for point in written["attitude_history"]:
        assert point["declination_deg"] == pytest.approx(math.degrees(math.asin(z)), abs=1e-9)
        assert point["right_ascension_deg"] == pytest.approx(math.degrees(math.atan2(y, x)) % 360.0, abs=1e-9)


def test_what_is_held_is_the_entry_that_has_begun_last(lunar):
    (burn,) = lunar.burns
    first, second = burn.history.epochs_s
    assert burn.history.held_at(np.array([first - 1.0, first, second - 1e-3, second, burn.cutoff_s])).tolist() == [0, 0, 0, 1, 1]


def test_two_burns_of_one_name_and_phase_are_both_written(flight):
    from dataclasses import replace

    twice = replace(flight.legs[1], before=flight.legs[1].before)
    again = replace(flight, legs=(*flight.legs, twice))
    assert len(burns_record(again)["burns"]) == len(flight.burns) + 1
