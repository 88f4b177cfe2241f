"""Exports of whole missions: from their folders, and as good as they promise."""

import csv
import json

import ccsds_ndm
import numpy as np
import pytest
import spiceypy
import xarray as xr

from farside.products.export import export
from farside.products.recorded import read_folder
from farside.products.spk import NAIF_ID, spice_ids


@pytest.fixture(scope="module")
def exported(files, tmp_path_factory):
    """What the flight's folder gives in every format."""
    return export(read_folder(files["flight.json"].parent), tmp_path_factory.mktemp("export"))


def test_spice_finds_every_module_within_a_metre(flight, exported):
    spiceypy.kclear()
    (kernel,) = (path for name, path in exported.items() if name.endswith(".bsp"))
    spiceypy.furnsh(str(kernel))
    rng, ids = np.random.default_rng(9), spice_ids(flight.mission.name, flight.modules)
    for module in flight.modules:
        for leg in (leg for leg in flight.legs if module in leg.before[0].module_names):
            for arc in leg.arcs:
                epochs = rng.uniform(arc.start_s, arc.end_s, 10)
                found = [spiceypy.spkgeo(ids[module], epoch, "J2000", NAIF_ID[arc.center])[0][:3] for epoch in epochs]
                assert np.linalg.norm(1e3 * np.array(found) - arc.at(epochs)[:, :3], axis=1).max() < 1.0
    spiceypy.kclear()


RESOLVED_S = 1.2e-7
"""What an epoch of nine decimals resolves as a float of seconds."""


def test_every_message_is_read_and_stands_where_the_flight_was(flight, exported):
    """By another reader; what rises from the Moon begins in its orbit, with the mass it has there."""
    read = {name: ccsds_ndm.from_file(str(path)) for name, path in exported.items() if name.endswith(".opm")}
    assert read
    for message in read.values():
        data = message.segment.data
        epoch = float((np.datetime64(data.state_vector.epoch, "ns") - np.datetime64("2000-01-01T12:00:00", "ns")).astype(np.int64)) / 1e9
        name = message.segment.metadata.object_name.lower()
        own = [leg for leg in flight.legs if leg.before[0].name == name and leg.start_s - RESOLVED_S <= epoch < leg.end_s]
        epoch = max(epoch, own[0].start_s)  # where a craft's life begins, the text may be a digit before it
        truth = flight.at(epoch, own[0].before[0].module_names[0])
        x = np.array([data.state_vector.x, data.state_vector.y, data.state_vector.z])
        assert message.segment.metadata.center_name == truth.center.upper()
        assert np.linalg.norm(1e3 * x - truth.r_m) < 0.01
    inserted = next((event for event in flight.events if event.name == "ascent_insertion"), None)
    if inserted is not None:
        assert read["ascender_1.opm"].segment.data.spacecraft_parameters.mass == pytest.approx(inserted.mass_kg, abs=1e-9)


def test_tables_and_scene_are_of_every_module(flight, exported, files):
    scene = json.loads(exported[f"{flight.mission.name}.czml"].read_text())
    assert {packet["id"] for packet in scene} >= {f"{flight.mission.name}/{module}" for module in flight.modules}
    for module in flight.modules:
        with exported[f"{module}.csv"].open(newline="") as table, xr.open_dataset(files["trajectory.nc"], group=module) as rows:
            epochs = [float(row["epoch_tdb_s"]) for row in csv.DictReader(table)]
            assert epochs == rows.time.values.tolist()


def test_histories_are_those_of_the_legs(flight, files):
    told = [leg for leg in flight.legs if leg.history is not None]
    assert ("histories.nc" in files) == bool(told)
    assert {leg.phase for leg in told} == {phase.name for phase in flight.mission.phases if phase.kind in ("launch", "entry", "parachute")}
    for leg in told:
        with xr.open_dataset(files["histories.nc"], group=leg.phase) as data:
            assert set(data.data_vars) == set(leg.history.columns)
            part = data.sel(time=slice(leg.start_s, leg.end_s))
            assert part.time.values.tolist() == leg.history.epochs_s.tolist()
            inside = slice(0, -1)  # the last row is that of the leg after it
            for name, column in leg.history.columns.items():
                np.testing.assert_array_equal(part[name][inside], column[inside])
