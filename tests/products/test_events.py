"""`events.json`: the contract, key by key."""

import math
from dataclasses import replace

import jsonschema
import numpy as np
import pytest
from flights import event

from farside.basis.epochs import tdb_from_utc
from farside.products.events import event_record, event_records, mission_zero_s
from farside.products.plain import plain
from farside.products.schema import schema

KEYS = {
    "event", "phase", "craft", "modules", "epoch_utc", "met_s", "center", "latitude_deg", "longitude_deg", "altitude_km",
    "position_km", "velocity_km_s", "speed_km_s", "flight_path_angle_deg", "azimuth_deg", "ground_speed_km_s",
    "ground_flight_path_angle_deg", "ground_azimuth_deg", "mass_kg", "data",
}  # fmt: skip
BURN_KEYS = {
    "delta_v_m_s", "duration_s", "propellant_kg", "ignition_mass_kg", "cutoff_utc", "plane_change_deg", "periapsis_altitude_km",
    "apoapsis_altitude_km", "inclination_deg", "node_deg", "argument_of_periapsis_deg", "period_s", "c3_km2_s2",
}  # fmt: skip


def test_records_have_the_agreed_keys_and_validate(flight):
    records = event_records(flight)
    jsonschema.validate(plain(records), schema("events"))
    assert [r["event"] for r in records] == ["tli", "spacecraft_separation", "loi_1", "lander_separation"]
    for record in records:
        assert set(record) == KEYS | {"epoch_tdb_s"}


def test_a_burn_is_one_event_with_its_totals_and_the_orbit_it_leads_to(flight):
    tli = event_records(flight)[0]
    assert set(tli["data"]) == BURN_KEYS
    burn = flight.burns[0]
    leg = next(leg for leg in flight.legs if leg.burns)
    assert tli["data"]["duration_s"] == burn.cutoff_s - burn.ignition_s
    assert tli["data"]["ignition_mass_kg"] - tli["data"]["propellant_kg"] == pytest.approx(leg.after[0].mass_kg, rel=1e-12)
    end = leg.arcs[-1].states[-1]
    energy = 0.5 * end[3:6] @ end[3:6] - 3.98600435507e14 / np.linalg.norm(end[:3])
    assert tli["data"]["c3_km2_s2"] == pytest.approx(2.0 * energy / 1e6, rel=1e-12)


def test_state_and_speed_are_in_kilometres_about_the_centre(flight):
    for record, happened in zip(event_records(flight), flight.events, strict=True):
        assert np.array(record["position_km"]) * 1e3 == pytest.approx(np.array(happened.r_m), rel=1e-15)
        assert record["speed_km_s"] == pytest.approx(math.dist(happened.v_m_s, (0, 0, 0)) / 1e3, rel=1e-14)
        assert record["mass_kg"] == happened.mass_kg


def test_mission_time_counts_from_the_event_liftoff_or_from_the_first_one(flight):
    assert mission_zero_s(flight) == flight.events[0].epoch_s
    first = replace(flight.legs[0], events=(event("liftoff", "launch", flight.legs[0].before[0]),))
    assert mission_zero_s(replace(flight, legs=(first, *flight.legs[1:]))) == flight.legs[0].start_s


def test_the_example_of_the_contract(flight):
    """Touchdown at 22:23:04.120 UTC, 29 d 12 h 55 min 35.12 s after a liftoff at 09:27:29 UTC."""
    epoch_s = tdb_from_utc("2024-06-01T22:23:04.120Z")
    landed = replace(flight.events[-1], name="touchdown", epoch_s=epoch_s, data={"tilt_deg": np.float64(1.5), "passive": (1, 2)})
    record = event_record(landed, tdb_from_utc("2024-05-03T09:27:29Z"), flight.sky)
    assert record["epoch_utc"] == "2024-06-01T22:23:04.120Z"
    assert record["met_s"] == pytest.approx(2552135.12, abs=1e-3)
    assert record["data"] == {"tilt_deg": 1.5, "passive": [1, 2]}


def test_the_parking_orbit_tells_its_orbit(flight):
    record = event_record(event("parking_orbit", "launch", flight.legs[0].before[0]), 0.0, flight.sky)
    assert record["data"]["apoapsis_altitude_km"] >= record["data"]["periapsis_altitude_km"] > 190.0


def test_an_insertion_and_a_touchdown_repeat_the_totals_of_their_burn(lunar):
    """`ascent_insertion` tells its orbit too; neither is another burn."""
    lift, insertion = (next(r for r in event_records(lunar) if r["event"] == name) for name in ("ascent_liftoff", "ascent_insertion"))
    (burn,) = lunar.burns
    assert set(lift["data"]) == BURN_KEYS
    assert set(insertion["data"]) == BURN_KEYS - {"plane_change_deg"}
    for key in ("delta_v_m_s", "duration_s", "propellant_kg", "ignition_mass_kg", "cutoff_utc"):
        assert insertion["data"][key] == lift["data"][key]
    assert insertion["data"]["ignition_mass_kg"] == burn.ignition_mass_kg
    r, v = np.array(insertion["position_km"]) * 1e3, np.array(insertion["velocity_km_s"]) * 1e3
    assert insertion["data"]["c3_km2_s2"] == pytest.approx((v @ v - 2.0 * 4.902800118e12 / np.linalg.norm(r)) / 1e6, rel=1e-12)
    landed = replace(lunar.events[0], name="touchdown", data={"duration_s": 897.5, "propellant_kg": 1954.6})
    record = event_record(landed, 0.0, lunar.sky, (lunar.legs[2], burn))
    assert record["data"]["duration_s"] == 897.5, "what the phase says stands"
    assert record["data"]["delta_v_m_s"] == burn.delta_v_m_s and "c3_km2_s2" not in record["data"]


def test_near_the_site_the_height_above_it_is_told(flight, sky):
    """A mountain of 1000 m is 6256 m above a site at -5256 m; 100 km away, or 30 km up, nothing is said."""
    from farside.environment.orientation import Ground, icrf_to_moon_me

    site, epoch_s = Ground(math.radians(-41.6385), math.radians(206.0148), -5256.0), flight.events[-1].epoch_s

    def told(latitude_deg, height_m):
        north, east = math.radians(latitude_deg), math.radians(206.0148)
        me = (1737400.0 + height_m) * np.array([math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)])
        there = replace(flight.events[-1], r_m=tuple(icrf_to_moon_me(epoch_s, sky).T @ me))
        return event_record(there, 0.0, sky, site=site)["data"].get("height_above_site_m")

    assert told(-41.6385, 1000.0) == pytest.approx(6256.0, abs=1e-3)
    assert told(-41.5, -5256.0) == pytest.approx(0.0, abs=1e-3)
    assert told(-38.3, -5256.0) is None
    assert told(-41.6385, 30e3) is None


def test_events_come_by_epoch_and_ties_by_leg(lunar):
    """At lift-off the release comes before the ignition; mission time counts from the first event."""
    records = event_records(lunar)
    assert [r["event"] for r in records] == [
        "scooping", "scooping", "container_sealed", "flag", "ascender_release", "ascent_liftoff", "ascent_insertion", "docking",
        "ascender_separation",
    ]  # fmt: skip
    assert records[0]["met_s"] == 0.0
    assert records[4]["epoch_tdb_s"] == records[5]["epoch_tdb_s"]


def test_a_craft_on_the_ground_moves_with_it(lunar):
    """In the made-up Moon's turning, 4 m/s at this latitude; in the real Moon's axes it stands still to a few centimetres a second."""
    record = event_records(lunar)[0]
    assert record["craft"] == "lander" and record["modules"] == ["lander", "ascender"]
    assert record["speed_km_s"] == pytest.approx(2.0 * math.pi / (27.32 * 86400.0) * math.hypot(1.2e3, 0.8e3), rel=1e-9)


@pytest.mark.parametrize("missing", ["depth_m", "core_mass_kg", "refusal"])
def test_the_schema_wants_what_an_event_must_say(lunar, missing):
    data = {"depth_m": 2.0, "core_mass_kg": 0.55, "refusal": None}
    record = plain(event_record(replace(lunar.events[0], name="drilling", data=data), 0.0, lunar.sky))
    jsonschema.validate([record], schema("events"))
    del record["data"][missing]
    with pytest.raises(jsonschema.ValidationError, match=missing):
        jsonschema.validate([record], schema("events"))
