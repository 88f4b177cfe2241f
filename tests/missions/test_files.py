"""The files of whole missions: valid, complete, and as good as they promise."""

import itertools
import json
import math

import jsonschema
import numpy as np
import pytest
import xarray as xr
from test_oem import neville, read

from farside import delivery
from farside.basis.epochs import utc_from_tdb
from farside.craft.container import containers
from farside.products.record import flight_digest
from farside.products.schema import schema, schema_names


def test_documents_validate_against_the_schemas_that_ship(files):
    for name in set(schema_names()) & {file.removesuffix(".json") for file in files}:
        jsonschema.validate(json.loads(files[f"{name}.json"].read_text()), schema(name))


def test_events_are_in_order_and_on_their_craft(flight, files):
    """Each is told by a craft of its leg, as it was before or (a docking) after it, with all that is joined; time counts from the first."""
    events = json.loads(files["events.json"].read_text())
    assert [e["epoch_tdb_s"] for e in events] == sorted(e["epoch_tdb_s"] for e in events)
    assert events[0]["met_s"] == 0.0
    for event in events:
        assert math.dist(event["velocity_km_s"], (0, 0, 0)) == pytest.approx(event["speed_km_s"], rel=1e-12)
        assert event["met_s"] == event["epoch_tdb_s"] - events[0]["epoch_tdb_s"]
        legs = [leg for leg in flight.legs if leg.phase == event["phase"]]
        crafts = [craft for leg in legs for craft in (leg.before[0], *leg.after)]
        assert (event["craft"], tuple(event["modules"])) in {(craft.name, craft.module_names) for craft in crafts}
        assert event["modules"][0] in flight.modules and event["mass_kg"] > 0.0


def test_events_stand_where_the_flight_was(flight, files):
    """A state of the file is one of the flight, before or after what happened then, to a micrometre (an arc begins and ends at events)."""
    for event in json.loads(files["events.json"].read_text()):
        epoch, r = event["epoch_tdb_s"], 1e3 * np.array(event["position_km"])
        arcs = [
            (leg, arc)
            for leg in flight.legs
            for arc in leg.arcs
            if event["modules"][-1] in leg.before[0].module_names and arc.start_s <= epoch <= arc.end_s and arc.center == event["center"]
        ]
        off = [np.linalg.norm(arc.at(epoch)[0, :3] - r) for _, arc in arcs]
        assert arcs and min(off) < 1e-3, f"{event['event']}: an epoch resolves 0.12 microseconds, in which a craft moves a millimetre"


def test_a_landing_repeats_its_braking_and_the_ground_its_height(files):
    events = {event["event"]: event for event in json.loads(files["events.json"].read_text())}
    if "touchdown" not in events:
        assert "pdi" not in events
        return
    pdi, down = events["pdi"], events["touchdown"]
    for key in ("delta_v_m_s", "duration_s", "propellant_kg", "ignition_mass_kg", "cutoff_utc"):
        assert down["data"][key] == pytest.approx(pdi["data"][key]) if key != "cutoff_utc" else down["epoch_utc"]
    assert down["met_s"] - pdi["met_s"] == pytest.approx(down["data"]["duration_s"], abs=1e-6)
    assert pdi["mass_kg"] - down["mass_kg"] == pytest.approx(down["data"]["propellant_kg"], abs=1e-6)
    level_km = down["altitude_km"] - down["data"]["height_above_site_m"] / 1e3
    for event in events.values():
        height = event["data"].get("height_above_site_m")
        if height is not None:
            assert event["altitude_km"] - height / 1e3 == pytest.approx(level_km, abs=1e-6), f"{event['event']}: one level for all"
    assert {"high_gate", "hover", "touchdown"} <= {name for name, event in events.items() if "height_above_site_m" in event["data"]}


def test_an_insertion_repeats_its_ascent(files):
    events = {event["event"]: event for event in json.loads(files["events.json"].read_text())}
    if "ascent_insertion" in events:
        lift, there = events["ascent_liftoff"], events["ascent_insertion"]
        for key in ("delta_v_m_s", "propellant_kg", "ignition_mass_kg", "cutoff_utc", "periapsis_altitude_km", "apoapsis_altitude_km"):
            assert there["data"][key] == pytest.approx(lift["data"][key], rel=1e-9) if key != "cutoff_utc" else there["epoch_utc"]
        assert lift["ground_speed_km_s"] < 1e-6, "it leaves the ground in motion with it: millimetres a second"


def test_ephemerides_interpolate_within_a_metre(flight, files):
    """Lagrange of degree 7 by a reader of the file against the flight itself: at random epochs, and next to every segment's ends."""
    rng = np.random.default_rng(3)
    for module in flight.modules:
        for keys, times, rows in read(files[f"{module}.oem"].read_text()):
            ends = [times[k] + (times[k + 1] - times[k]) * 0.5 for k in (0, 1, 2, -4, -3, -2)]
            for epoch in (*rng.uniform(times[0], times[-1], 30), *ends):
                truth = flight.at(float(epoch), module)
                if truth.center == keys["CENTER_NAME"].lower() and times[0] < epoch < times[-1]:
                    assert np.linalg.norm(1e3 * neville(times, rows, epoch)[:3] - truth.r_m) < 1.0


def test_ephemerides_and_trajectory_cover_every_module_without_a_gap(flight, files):
    """From its first epoch to its last: each segment begins where the one before ended, and rows of the trajectory are the flight's."""
    for module in flight.modules:
        segments = read(files[f"{module}.oem"].read_text())
        for before, after in itertools.pairwise(segments):
            assert before[1][-1] == after[1][0]
        with xr.open_dataset(files["trajectory.nc"], group=module) as data:
            times = data.time.values
            assert (times[0], times[-1]) == (segments[0][1][0], segments[-1][1][-1])
            for k in range(0, times.size, 1 + times.size // 50):
                truth = flight.at(float(times[k]), module)
                assert data.center.values[k] == truth.center
                np.testing.assert_array_equal(data.r_m.values[k], truth.r_m)
                assert data.mass_kg.values[k] == truth.mass_kg


def test_modules_weigh_together_what_their_craft_weighs(flight, files):
    """At every epoch the masses of the modules joined in a craft add up to its mass; a module's last row may be the moment of parting."""
    joined: dict[tuple[float, str], float] = {}
    weight: dict[tuple[float, str], float] = {}
    for module in flight.modules:
        with xr.open_dataset(files["trajectory.nc"], group=module) as data:
            for row in zip(*(data[name].values[:-1] for name in ("time", "craft", "module_mass_kg", "mass_kg")), strict=True):
                joined[row[:2]] = joined.get(row[:2], 0.0) + row[2]
                weight[row[:2]] = row[3]
    assert max(abs(joined[key] - weight[key]) for key in joined) < 1e-9  # sums of floats of thousands of kilograms, over thirty burns


def test_the_container_comes_as_far_as_the_flight(flight, files):
    """What is handed over is what was collected, and the document says where the flight leaves it."""
    aboard = [(module.name, item) for craft in flight.state.crafts for module in craft.modules for item in containers(module)]
    if not aboard:
        assert "delivery.json" not in files
        return
    ((module, container),) = aboard
    handed = delivery.read(files["delivery.json"])
    record = json.loads(files["flight.json"].read_text())
    assert handed.flight_digest == record["flight_digest"] == flight_digest(record)
    assert handed.mass_ug == sum(portion.mass_ug for portion in handed.portions) == container.mass_ug > 1_000_000_000
    assert handed.container.sealed_utc == utc_from_tdb(container.sealed_s)
    events = json.loads(files["events.json"].read_text())
    scooped = [round(event["data"]["mass_kg"] * 1e9) for event in events if event["event"] == "scooping"]
    assert [portion.mass_ug for portion in handed.portions if portion.tool == "scoop"] == scooped
    epochs = {event["event"]: event["epoch_utc"] for event in reversed(events)}
    stages = [event["data"]["by"] for event in events if event["event"] == "transport"]
    assert [entry.holder for entry in handed.custody] == ["ascender"] * 4 + ["orbiter"] + ["returner"] * 5 + stages + ["laboratory"]
    named = ("drilling", "container_sealed", "ascent_liftoff", "docking", "container_step", "sample_transfer")
    assert [entry.since_utc for entry in handed.custody[:6]] == [epochs[name] for name in named]
    later = [entry.since_utc for entry in handed.custody[7:]]
    assert later[0] == epochs["capsule_separation"]
    assert later[2:4] == [epochs["landing"], epochs["reached"]]
    assert later[-1] == epochs["delivered"]
    assert handed.custody[-1].where == "handed over at the door, in the returner; sealed, not opened"
    assert module == "returner"
