"""CSV tables, read by the standard library and by pandas."""

import csv

import numpy as np
import pandas as pd
import pytest

from farside.basis.epochs import tdb_from_utc
from farside.products.orbit import place
from farside.products.recorded import recorded
from farside.products.tables import COLUMNS, event_table, write_event_table, write_module_table


@pytest.fixture(scope="module")
def flown(lunar):
    return recorded(lunar)


def test_a_module_is_told_row_by_row(flown, tmp_path):
    write_module_table(tmp_path / "ascender.csv", flown, "ascender")
    with (tmp_path / "ascender.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COLUMNS
    stretches = flown.stretches["ascender"]
    assert len(rows) == sum(s.times_s.size - 1 for s in stretches) + 1
    table = pd.read_csv(tmp_path / "ascender.csv")
    assert table.epoch_tdb_s.is_monotonic_increasing and table.epoch_tdb_s.is_unique
    states = np.vstack([*(s.states[:-1] for s in stretches), stretches[-1].states[-1:]])
    np.testing.assert_array_equal(table[["x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s"]].to_numpy(), states[:, :6] / 1e3)
    np.testing.assert_array_equal(table.mass_kg, states[:, 6])
    assert list(dict.fromkeys(table["mode"])) == ["landed", "burn", "coast"]
    assert table.thrust_n[table["mode"] == "coast"].max() == 0.0 < table.thrust_n[table["mode"] == "burn"].min()


@pytest.mark.parametrize(("name", "module"), [("flight", "orbiter"), ("lunar", "lander")])
def test_places_are_those_of_the_events(name, module, request, tmp_path):
    """Latitude, longitude and altitude as `events.json` tells them, on the Earth's side and the Moon's."""
    flown = recorded(request.getfixturevalue(name))
    write_module_table(tmp_path / "x.csv", flown, module)
    table = pd.read_csv(tmp_path / "x.csv")
    for _, row in table.iloc[:: max(1, len(table) // 20)].iterrows():
        told = place(row.center, row.epoch_tdb_s, tuple(1e3 * row[["x_km", "y_km", "z_km"]].to_numpy(float)), flown.sky)
        assert row[["latitude_deg", "longitude_deg", "altitude_km"]].to_numpy(float) == pytest.approx(list(told.values()), abs=1e-9)
        assert tdb_from_utc(row.epoch_utc) == pytest.approx(row.epoch_tdb_s, abs=5.1e-4)  # half a millisecond


def test_a_step_makes_rows_at_it_and_where_arcs_meet(flown, tmp_path):
    write_module_table(tmp_path / "x.csv", flown, "orbiter", 60.0)
    table = pd.read_csv(tmp_path / "x.csv")
    stretches = flown.stretches["orbiter"]
    meets = {s.start_s for s in stretches} | {stretches[-1].end_s}
    off = (table.epoch_tdb_s - stretches[0].start_s) % 60.0 != 0.0
    assert set(table.epoch_tdb_s[off]) <= meets <= set(table.epoch_tdb_s)
    assert table.epoch_tdb_s.diff().max() == 60.0


def test_events_have_a_column_for_each_datum(flown, tmp_path):
    write_event_table(tmp_path / "events.csv", flown.events)
    table = pd.read_csv(tmp_path / "events.csv", keep_default_na=False)
    assert list(table.event) == [event["event"] for event in flown.events]
    for row, event in zip(table.to_dict("records"), flown.events, strict=True):
        assert [row["x_km"], row["y_km"], row["z_km"]] == event["position_km"]
        assert row["modules"].split() == event["modules"]
        for key, value in event["data"].items():
            assert row[f"data_{key}" if key in event else key] == value or str(value) == row[key]


def test_a_datum_with_the_name_of_a_column_keeps_apart():
    motion = {"position_km": [1.0, 2.0, 3.0], "velocity_km_s": [4.0, 5.0, 6.0]}
    event = {"event": "scooping", "modules": ["lander"], "mass_kg": 3000.0, **motion}
    names, (row,) = event_table([{**event, "data": {"mass_kg": 0.25, "containers": ["a", "b"]}}])
    assert names == ["event", "modules", "mass_kg", "x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s", "data_mass_kg", "containers"]
    assert (row["mass_kg"], row["data_mass_kg"], row["containers"]) == (3000.0, 0.25, '["a", "b"]')
