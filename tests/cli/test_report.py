"""`farside report`: one page in a folder, whatever else lies there."""

from __future__ import annotations

import json
import pathlib
from xml.etree import ElementTree

import pytest

from farside.cli.main import run
from farside.cli.report import PICTURES
from farside.plots.stills import DRAWERS

MISSIONS = pathlib.Path(__file__).parents[2] / "missions"


def test_a_flight_that_ended_early_has_a_report_too(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run(["report", str(MISSIONS / "luna25.toml"), "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"luna25: impact; report in {tmp_path / 'report.html'}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "report.html"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Ended before its time: impact" in page
    assert "Not here" in page


def test_a_folder_is_flown_again_with_its_seed(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["fly", str(MISSIONS / "change3_landing.toml"), "--dispersed", "--seed", "17", "--out", str(tmp_path / "run17")]
    code = run(words)
    page = (tmp_path / "run17" / "report.html").read_bytes()
    (tmp_path / "run17" / "report.html").unlink()
    capsys.readouterr()
    assert run(["report", str(tmp_path / "run17")]) == code
    assert (tmp_path / "run17" / "report.html").read_bytes() == page
    assert b"seed 17" in page


def test_a_folder_that_holds_another_flight_is_refused(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fly", str(MISSIONS / "luna25.toml"), "--out", str(tmp_path)]) == 1
    record = tmp_path / "flight.json"
    told = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps(told | {"flight_digest": "0"}), encoding="utf-8")
    assert run(["report", str(tmp_path)]) == 2
    assert "the flight is another one" in capsys.readouterr().err
    (tmp_path / "mission.toml").unlink()
    assert run(["report", str(tmp_path)]) == 2
    assert "no mission.toml here" in capsys.readouterr().err
    record.unlink()
    assert run(["report", str(tmp_path)]) == 2
    assert "no flight here" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_refused_before_the_flight(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("")
    assert run(["report", str(MISSIONS / "luna25.toml"), "--out", str(tmp_path / "taken")]) == 2
    assert "is a file" in capsys.readouterr().err


def test_single_pictures_are_written_with_their_captions(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A landing alone has a descent and no entry; nothing but the pictures is written."""
    words = ["report", str(MISSIONS / "change3_landing.toml"), "--out", str(tmp_path / "pictures")]
    assert run([*words, "--picture", "descent", "--picture", "entry", "--picture", "descent"]) == 0
    there, missing = capsys.readouterr().out.splitlines()
    assert there.startswith(f"{tmp_path / 'pictures' / 'descent.png'}: Powered descent. Ignition ")
    assert "<" not in there and "&" not in there
    assert missing.startswith("entry: not in this flight. ")
    assert [file.name for file in (tmp_path / "pictures").iterdir()] == ["descent.png"]
    content = (tmp_path / "pictures" / "descent.png").read_bytes()
    assert content.startswith(b"\x89PNG") and int.from_bytes(content[16:20], "big") == 1470
    assert run([*words, "--picture", "descent", "--format", "svg", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["mission"], told["outcome"]) == ("change3_landing", "done")
    (picture,) = told["pictures"]
    assert there.endswith(f"{picture['title']}. {picture['caption']}")
    drawing = ElementTree.parse(picture["file"]).getroot()
    assert drawing.tag.endswith("svg")
    assert "var(--" not in pathlib.Path(picture["file"]).read_text("utf-8"), "it stands without a page"


def test_the_names_of_pictures_are_those_that_are_drawn() -> None:
    assert tuple(DRAWERS) == PICTURES


def test_a_picture_that_is_none_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", str(MISSIONS / "luna25.toml"), "--picture", "decent"]) == 2
    assert "'descent'" in capsys.readouterr().err


def test_of_a_page_too_a_program_gets_the_path(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", str(MISSIONS / "luna25.toml"), "--out", str(tmp_path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told == {"mission": "luna25", "outcome": "impact", "files": {"report.html": str(tmp_path / "report.html")}}
