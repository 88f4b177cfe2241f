"""`farside cite`: text, BibTeX and JSON of a mission; help stays light."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farside.cli.main import run

LANDING = str(Path(__file__).parents[2] / "missions" / "apollo11_landing.toml")


def test_it_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cite", LANDING]) == 0
    out = capsys.readouterr().out
    assert out.startswith("apollo11_landing: ")
    assert "descent guidance: polynomial guidance" in out and "(Cherry 1964; Klumpp 1974)" in out


def test_it_is_said_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cite", LANDING, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mission"] == "apollo11_landing"
    assert run(["cite", LANDING, "--bibtex"]) == 0
    assert capsys.readouterr().out.startswith("@misc{farside,\n")


def test_two_answers_at_once_and_no_mission_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cite", LANDING, "--json", "--bibtex"]) == 2
    assert "two answers" in capsys.readouterr().err
    assert run(["cite", "nothing.toml"]) == 2
    assert "no such file" in capsys.readouterr().err
