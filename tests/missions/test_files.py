"""The files of whole missions: valid, complete, and as good as they promise."""

import itertools
import json
import math

import jsonschema
import numpy as np
import pytest
import xarray as xr
from test_oem import neville, read

from farside.products.schema import schema, schema_names


def test_documents_validate_against_the_schemas_that_ship(files):
    for name in set(schema_names()) & {file.removesuffix(".json") for file in files}:
        jsonschema.validate(json.loads(files[f"{name}.json"].read_text()), schema(name))


def test_events_are_in_order_and_on_their_craft(files):
    events = json.loads(files["events.json"].read_text())
    assert [e["epoch_tdb_s"] for e in events] == sorted(e["epoch_tdb_s"] for e in events)
    for event in events:
        assert math.dist(event["velocity_km_s"], (0, 0, 0)) == pytest.approx(event["speed_km_s"], rel=1e-12)
        assert event["mass_kg"] > 0.0


def test_ephemerides_interpolate_within_a_metre(flight, files):
    """Lagrange of degree 7 by a reader of the file against the flight itself: at random epochs, and next to every segment's ends."""
    rng = np.random.default_rng(3)
    for module in flight.modules:
        for keys, times, rows in read(files[f"{module}.oem"].read_text()):
            ends = [times[k] + (times[k + 1] - times[k]) * 0.5 for k in (0, 1, 2, -4, -3, -2)]
            for epoch in (*rng.uniform(times[0], times[-1], 30), *ends):
                truth = flight.at(float(epoch), module)
                if truth.center == keys["CENTER_NAME"].lower():
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
    assert max(abs(joined[key] - weight[key]) for key in joined) < 1e-6
