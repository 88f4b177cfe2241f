"""`farside report`: one page in a folder, whatever else lies there."""

from __future__ import annotations

import pathlib

import pytest

from farside.cli.main import run

MISSIONS = pathlib.Path(__file__).parents[2] / "missions"


def test_a_flight_that_ended_early_has_a_report_too(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run(["report", str(MISSIONS / "luna25.toml"), "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"luna25: impact; report in {tmp_path / 'report.html'}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "report.html"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Ended before its time: impact" in page
    assert "Not here" in page


def test_a_folder_that_cannot_be_written_is_refused_before_the_flight(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("")
    assert run(["report", str(MISSIONS / "luna25.toml"), "--out", str(tmp_path / "taken")]) == 2
    assert "is a file" in capsys.readouterr().err
