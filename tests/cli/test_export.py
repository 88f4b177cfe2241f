"""`farside export`: from a folder without flying, from a mission by flying, and what is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from farside.cli.main import run

MISSIONS = Path(__file__).parents[2] / "missions"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landing as `fly` leaves it."""
    made = tmp_path_factory.mktemp("flights") / "landing"
    assert run(["fly", str(MISSIONS / "change3_landing.toml"), "--out", str(made)]) == 0
    return made


def test_a_folder_is_exported_without_flying(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("farside.flight.fly", lambda *_: pytest.fail("flown again"))
    assert run(["export", str(folder), "--format", "opm, csv", "--step", "60s"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["lander.opm", "lander.csv", "events.csv"]
    assert lines[-1].startswith("change3_landing: 3 files in ") and lines[-1].endswith("landing/export")
    assert err.splitlines() == ["read the flight ...", "write the files ..."]
    assert (folder / "export" / "events.csv").is_file()


def test_a_mission_is_flown_first(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["export", str(MISSIONS / "change3_landing.toml"), "--json", "--module", "lander"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["mission"] == "change3_landing" and len(answer["flight_digest"]) == 64
    assert list(answer["files"]) == [
        "lander.opm", "change3_landing.czml", "change3_landing.bsp", "change3_landing.tf", "lander.csv", "events.csv",
    ]  # fmt: skip
    assert all(Path(path).parent == tmp_path / "flights" / "change3_landing" / "export" for path in answer["files"].values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "xls"], "no format 'xls'; formats: csv, czml, opm, spk"),
        (["--module", "landr"], "did you mean 'lander'?"),
        (["--step", "60 kg"], "which is not a duration; write a duration like"),
        (["--step", "0 s"], "a step of 0.0 s; it must be above 0 s"),
    ],
)
def test_what_cannot_be_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert run(["export", str(folder), "--out", str(tmp_path / "out"), *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_flight_and_a_kernel_without_spice_are_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["export", str(tmp_path)]) == 2
    assert "no flight here (flight.json is missing)" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "spiceypy", None)
    assert run(["export", str(folder), "--format", "opm,czml,spk,csv", "--out", str(tmp_path / "out")]) == 2
    assert "pip install spiceypy, or 'farside[export]'; without it: --format opm,czml,csv" in capsys.readouterr().err


def test_who_names_no_format_gets_those_that_can_be_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spiceypy", None)
    assert run(["export", str(folder), "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()[:-1]] == ["lander.opm", "change3_landing.czml", "lander.csv", "events.csv"]
    assert err.startswith("no spk: SPICE kernels are written by spiceypy, which is not installed; pip install spiceypy")
