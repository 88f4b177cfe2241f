"""A flight as a tree of datasets and as a table, and the histories of its loops in the air, read back by xarray."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import farside as fs
from farside.flight import Flight
from farside.phases.leg import History
from farside.products import write_flight
from farside.products.histories import history_groups, unit_of


def test_the_tree_is_the_file(flight, tmp_path):
    tree = fs.to_xarray(flight)
    files = write_flight(flight, tmp_path)
    with xr.open_datatree(files["trajectory.nc"]) as written:
        assert list(tree.children) == list(written.children) == list(flight.modules)
        assert tree.attrs.items() <= written.attrs.items()
        for module in flight.modules:
            xr.testing.assert_equal(tree[module].to_dataset(), written[module].to_dataset())


def test_the_table_has_a_row_for_each_event(flight):
    table = fs.to_pandas(flight)
    assert list(table.event) == [event.name for event in flight.events]
    assert str(table.epoch_utc.dtype).startswith("datetime64") and str(table.epoch_utc.dt.tz) == "UTC"
    burned = table[table.event == "tli"].iloc[0]
    assert burned.delta_v_m_s == flight.burns[0].delta_v_m_s
    since_s = (table.epoch_utc - table.epoch_utc[0]) / pd.Timedelta(seconds=1)
    np.testing.assert_allclose(since_s, table.met_s - table.met_s[0], atol=2e-3)  # milliseconds of UTC


def test_a_flight_reads_itself_by_the_same(flight):
    """The methods are the package's functions."""
    assert Flight.to_pandas(flight).equals(fs.to_pandas(flight))
    assert Flight.to_xarray(flight).identical(fs.to_xarray(flight))


def test_histories_are_a_group_a_phase(flight, tmp_path):
    """Only of a flight that has one; columns to the bit, with the unit that the name says."""
    columns = {"bank_rad": [0.1, 0.2], "load_g": [3.0, np.nan], "mach": [30.0, 29.0]}
    told = History(np.array([1.0, 2.5]), {name: np.array(column) for name, column in columns.items()})
    assert "histories.nc" not in write_flight(flight, tmp_path / "without")
    legs = (*flight.legs[:-1], replace(flight.legs[-1], history=told))
    files = write_flight(replace(flight, legs=legs), tmp_path / "with")
    with xr.open_datatree(files["histories.nc"]) as tree:
        assert list(tree.children) == [legs[-1].phase] and tree.attrs["mission"] == "change6"
        data = tree[legs[-1].phase].to_dataset()
        np.testing.assert_array_equal(data.time, told.epochs_s)
        for name, column in told.columns.items():
            np.testing.assert_array_equal(data[name], column)
        assert [data[name].attrs["units"] for name in told.columns] == ["rad", "9.80665 m s-2", "1"]
        assert (data.attrs["craft"], data.attrs["modules"]) == (legs[-1].before[0].name, " ".join(legs[-1].before[0].module_names))


def test_two_craft_of_one_phase_have_a_group_each():
    history = History(np.array([1.0]), {})

    def leg(craft):
        return SimpleNamespace(phase="entry", before=(SimpleNamespace(name=craft, module_names=(craft,)),), history=history)

    assert list(history_groups([leg("capsule"), leg("stage")])) == ["entry_capsule", "entry_stage"]


def test_legs_of_one_craft_make_one_history():
    """A launch has a leg for each set of joined modules; where one begins, its row is kept."""

    def leg(epochs, masses):
        craft = SimpleNamespace(name="launcher", module_names=("core",))
        return SimpleNamespace(phase="launch", before=(craft,), history=History(np.array(epochs), {"mass_kg": np.array(masses)}))

    (group,) = history_groups([leg([1.0, 2.0], [9.0, 8.0]), leg([2.0, 3.0], [5.0, 4.0])]).items()
    assert group[0] == "launch"
    assert group[1].time.values.tolist() == [1.0, 2.0, 3.0]
    assert group[1].mass_kg.values.tolist() == [9.0, 5.0, 4.0]


@pytest.mark.parametrize(
    ("name", "unit"),
    [("height_m", "m"), ("air_speed_m_s", "m s-1"), ("density_kg_m3", "kg m-3"), ("heat_flux_w_m2", "W m-2"), ("mach", "1")],
)
def test_a_unit_is_what_the_name_ends_in(name, unit):
    assert unit_of(name) == unit
