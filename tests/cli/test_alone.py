"""`farside land` and `farside dock`: words, exit codes, streams and files, with real flights from declared states."""

from __future__ import annotations

import csv
import json
import pathlib
import re
from dataclasses import replace
from typing import Any

import pytest
import xarray as xr

from farside.cli.main import run
from farside.mission import Mission, load
from farside.studies import disperse as d

MISSIONS = pathlib.Path(__file__).parents[2] / "missions"
CHANGE3 = str(MISSIONS / "change3_landing.toml")
EAGLE = str(MISSIONS / "apollo11_docking.toml")


@pytest.fixture(autouse=True)
def somewhere(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in an empty folder."""
    monkeypatch.chdir(tmp_path)


def test_a_landing_is_reported_and_leaves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["land", CHANGE3]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("change3_landing: the landing alone, from 2013-12-14T10:00:00.000Z, as declared\n")
    for event in ("doi", "pdi", "high_gate", "hover", "touchdown"):
        assert re.search(rf"^2013-12-14 \d\d:\d\d:\d\d .* {event} ", out, re.MULTILINE), event
    assert re.search(r"^  vertical_speed_m_s +\d\.\d{3} +2\.500 +\d+ %$", out, re.MULTILINE)
    assert re.search(r"^  lander +1640\.0 +1\d{3}\.\d +\d+\.\d$", out, re.MULTILINE)
    assert "change3_landing: flown to its end" in out
    assert re.search(r"^touchdown \d+ s after the goal$", out, re.MULTILINE)
    assert err.splitlines()[0] == "read the mission ..."
    assert not list(pathlib.Path().iterdir())


def test_a_docking_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dock", EAGLE]) == 0
    out = capsys.readouterr().out
    assert "apollo11_docking: the docking alone" in out
    for what in ("closing_speed_m_s", "lateral_speed_m_s", "offset_m", "misalignment_deg"):
        assert re.search(rf"^  {what} ", out, re.MULTILINE), what
    assert "after the goal" not in out


def test_runs_are_told_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["land", CHANGE3, "--runs", "3", "--workers", "1", "--out", "kept"]) == 0
    out, err = capsys.readouterr()
    assert "3 dispersed runs, seed 0: 3 done" in out
    assert re.search(r"^  target_miss_m +(\d+\.\d{3} +){7}3$", out, re.MULTILINE)
    assert "files in kept: " in out and "fly: 3 dispersed runs ..." in err
    rows = list(csv.DictReader(pathlib.Path("kept/runs.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["run"] for row in rows] == ["0", "1", "2"]
    with xr.open_dataset("kept/runs.nc") as data:
        assert data.target_miss_m.values.tolist() == [float(row["target_miss_m"]) for row in rows]
        assert data.outcome.values.tolist() == ["done"] * 3
        assert data.attrs["mission"] == "change3_landing" and data.attrs["seed"] == "0"
    record = json.loads(pathlib.Path("kept/flight.json").read_text(encoding="utf-8"))
    assert set(record["files"]) == {file.name for file in pathlib.Path("kept").iterdir()}


def test_tables_of_earlier_runs_are_taken_away() -> None:
    assert run(["land", CHANGE3, "--runs", "1", "--out", "kept"]) == 0
    assert run(["land", CHANGE3, "--out", "kept"]) == 0
    assert not pathlib.Path("kept/runs.csv").exists() and pathlib.Path("kept/events.json").exists()


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["land", CHANGE3, "--runs", "2", "--workers", "1", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["mission"], answer["part"], answer["outcome"], answer["begins_declared"]) == ("change3_landing", "landing", "done", True)
    assert [event["event"] for event in answer["events"]] == ["doi", "pdi", "high_gate", "hover", "touchdown"]
    assert {limit["what"] for limit in answer["limits"]} == {"vertical_speed_m_s", "horizontal_speed_m_s", "tilt_deg", "lean_deg"}
    assert answer["runs"]["count"] == 2 and answer["runs"]["outcomes"] == {"done": 2}
    assert answer["runs"]["spread"]["target_miss_m"]["count"] == 2
    assert answer["files"] == {}


def edited(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The mission of every file with changes."""

    def read(file: pathlib.Path) -> Mission:
        return replace(load(file), **changes)

    monkeypatch.setattr("farside.cli.alone.load_mission", read)


def test_an_outcome_ends_with_one(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    tank = replace(load(CHANGE3).modules["lander"], propellant_kg=1100.0)
    edited(monkeypatch, modules={"lander": tank})
    assert run(["land", CHANGE3, "--runs", "6", "--workers", "1"]) == 1
    out = capsys.readouterr().out
    assert "change3_landing: ended: propellant exhausted; descent: lander ran dry" in out
    assert "6 dispersed runs, seed 0: 6 propellant exhausted" in out
    assert "run 0: propellant exhausted; descent: lander ran dry" in out and "and 1 more; --out keeps every run" in out
    assert "limits" not in out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["dock", CHANGE3], "change3_landing has no docking to fly"),
        (["land", EAGLE], "apollo11_docking has no landing to fly"),
        (["land", "nowhere.toml"], "no such file"),
        (["land", CHANGE3, "--workers", "2"], "--workers shares out dispersed runs; add --runs"),
        (["land", CHANGE3, "--runs", "0"], "0 is not in the range x>=1"),
    ],
)
def test_what_cannot_be_done_is_refused(words: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert why in capsys.readouterr().err


def test_runs_without_dispersions_are_refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    edited(monkeypatch, dispersions=None)
    assert run(["land", CHANGE3, "--runs", "2"]) == 2
    assert "has no [dispersions] to draw from" in capsys.readouterr().err
    assert run(["land", CHANGE3]) == 0


def test_an_interrupt_is_one_sentence_and_leaves_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(d, "one_run", interrupted)
    assert run(["land", CHANGE3, "--runs", "2", "--workers", "1", "--out", "kept"]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "farside: interrupted; nothing half-written was left"
    assert not list(pathlib.Path().iterdir())


def test_a_dead_worker_is_a_refusal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: Any) -> None:
        raise d.WorkerLost(d.LOST)

    monkeypatch.setattr(d, "many", lost)
    assert run(["land", CHANGE3, "--runs", "2"]) == 2
    assert "fewer workers may do" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_refused_before_the_flight(capsys: pytest.CaptureFixture[str]) -> None:
    pathlib.Path("taken").write_text("", encoding="utf-8")
    assert run(["land", CHANGE3, "--out", "taken"]) == 2
    err = capsys.readouterr().err
    assert "taken is a file; name a folder" in err and "fly" not in err
