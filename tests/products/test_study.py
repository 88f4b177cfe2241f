"""The tables of dispersed runs: written then read, the same numbers to the last bit; runs without a number have none."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from farside.products.study import columns, write_csv, write_netcdf
from farside.studies.spread import Run

RUNS = (
    Run(0, "done", "", {"miss_m": 0.1 + 0.2, "left_kg": 3.0}),
    Run(1, "impact", 'down at 9 m/s, "across"; slower would do', {"left_kg": 1e-300, "late_s": -4.0}),
)


def test_columns_come_in_the_order_in_which_runs_name_them() -> None:
    assert columns(RUNS) == ["miss_m", "left_kg", "late_s"]


def test_csv_there_and_back(tmp_path: Path) -> None:
    write_csv(tmp_path / "runs.csv", RUNS)
    rows = list(csv.DictReader((tmp_path / "runs.csv").read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == ["run", "outcome", "miss_m", "left_kg", "late_s", "advice"]
    for run, row in zip(RUNS, rows, strict=True):
        assert (int(row["run"]), row["outcome"], row["advice"]) == (run.run, run.outcome, run.advice)
        assert {name: float(row[name]) for name in columns(RUNS) if row[name]} == run.numbers


def test_netcdf_there_and_back(tmp_path: Path) -> None:
    write_netcdf(tmp_path / "runs.nc", RUNS, {"mission": "any"})
    with xr.open_dataset(tmp_path / "runs.nc") as data:
        assert data.attrs == {"mission": "any"}
        assert data.run.values.tolist() == [0, 1]
        assert data.outcome.values.tolist() == ["done", "impact"]
        assert data.advice.values[1] == RUNS[1].advice
        np.testing.assert_array_equal(data.miss_m.values, [0.1 + 0.2, np.nan])
        np.testing.assert_array_equal(data.late_s.values, [np.nan, -4.0])


@pytest.mark.parametrize("write", [write_csv, lambda path, runs: write_netcdf(path, runs, {})])
def test_runs_without_any_number_are_still_there(write: object, tmp_path: Path) -> None:
    write(tmp_path / "table", (Run(0, "target missed", "why", {}),))  # type: ignore[operator]
    assert (tmp_path / "table").stat().st_size > 0
