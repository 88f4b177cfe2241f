"""`farside entry`: the report, the files, the JSON, the refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from farside.cli.main import run

ENTRIES = Path(__file__).parents[2] / "missions" / "entries"


def test_the_report_stands_beside_what_was_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["entry", str(ENTRIES / "stardust.toml")]) == 0
    told = capsys.readouterr().out
    assert "first_peak_load" in told and "flown to its gate" in told
    assert "peak load: 32.89 g; here 32.1" in told


def test_runs_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["entry", str(ENTRIES / "change6.toml"), "--runs", "3", "--seed", "4", "--out", str(tmp_path / "out"), "--json"]
    assert run(words) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["runs"]["count"] == 3 and record["runs"]["seed"] == 4
    assert set(record["files"]) == {"trajectory.csv", "report.html", "runs.csv", "entry.json"}
    kept = json.loads((tmp_path / "out" / "entry.json").read_text())
    assert kept == {key: value for key, value in record.items() if key != "files"}
    runs = list(csv.DictReader((tmp_path / "out" / "runs.csv").read_text().splitlines()))
    assert [row["run"] for row in runs] == ["0", "1", "2"] and len({row["miss_m"] for row in runs}) == 3
    lines = list(csv.DictReader((tmp_path / "out" / "trajectory.csv").read_text().splitlines()))
    assert float(lines[0]["altitude_km"]) == pytest.approx(120.0, abs=0.01)
    assert float(lines[-1]["altitude_km"]) == pytest.approx(10.0, abs=0.01)
    assert float(lines[-1]["seconds"]) == pytest.approx(record["end"]["seconds"])
    assert run([*words[:2], "--out", str(tmp_path / "out")]) == 0
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left == {"trajectory.csv", "report.html", "entry.json"}, "no table of runs that are not these"


def test_an_entry_that_ends_early_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ENTRIES / "stardust.toml").read_text()
    steep = tmp_path / "light.toml"
    limit = next(line for line in text.splitlines() if line.startswith("load_limit"))
    steep.write_text(text.replace(limit, 'load_limit = { value = "98.0665 m/s^2", source = "assumed: 10 g" }'))
    assert run(["entry", str(steep)]) == 1
    assert "ended: overloaded" in capsys.readouterr().out


def test_refusals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["entry", str(tmp_path / "none.toml")]) == 2
    assert "No such file; those that come with farside are in missions/entries" in capsys.readouterr().err
    assert run(["entry", str(ENTRIES.parent / "change6.toml")]) == 2
    assert "this is a mission" in capsys.readouterr().err
    assert run(["entry", str(ENTRIES / "stardust.toml"), "--out", str(ENTRIES / "stardust.toml")]) == 2
    assert "is a file" in capsys.readouterr().err
