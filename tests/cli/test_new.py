"""`farside new`: what it writes is in order, and nothing is written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.cli.main import cli, run
from farside.cli.new import FLOWN_BY, TEMPLATES
from farside.mission import load
from farside.products import beginnings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_written_is_in_order(template: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "my_moon", "--template", template]) == 0
    out = capsys.readouterr().out
    assert f"farside check my_moon.toml  and  farside {FLOWN_BY[template]} my_moon.toml" in out
    assert run(["check", "my_moon.toml"]) == 0
    assert "my_moon" in capsys.readouterr().out
    text = (here / "my_moon.toml").read_text(encoding="utf-8")
    assert "@" not in text.replace("\n", " ") and "facts" not in text
    assert sum(line.startswith("#") for line in text.splitlines()) > 25, "it explains itself"
    sources = [part.split('"')[1] for part in text.split("source = ")[1:]]
    assert sources and all(source.startswith("assumed: ") for source in sources), "nobody has looked up a number of a new mission"


def test_the_templates_are_those_that_help_names() -> None:
    assert tuple(beginnings.TEMPLATES) == TEMPLATES
    for name, what in beginnings.TEMPLATES.items():
        assert f"{name:<14} {what}" in (cli.commands["new"].help or "")


def test_a_landing_from_the_template_lands(here: Path) -> None:
    assert run(["new", "my_moon", "--template", "landing"]) == 0
    assert run(["land", "my_moon.toml"]) == 0


def test_a_file_that_is_there_is_left_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "my_moon.toml").write_text("mine", encoding="utf-8")
    assert run(["new", "my_moon"]) == 2
    assert "is there already, and is left as it is" in capsys.readouterr().err
    assert (here / "my_moon.toml").read_text(encoding="utf-8") == "mine"
    assert run(["new", "my_moon", "--out", "another.toml"]) == 0
    assert load("another.toml").name == "my_moon"
    assert run(["new", "my_moon", "--out", "nowhere/x.toml"]) == 2
    assert "No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said"), [("My Moon", "; my_moon would do"), ("9", "a letter first, 60 at most"), ("a" * 61, f"; {'a' * 60} would do")]
)
def test_a_name_that_no_mission_may_have_is_refused(name: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", name]) == 2
    assert said in capsys.readouterr().err
    assert not list(here.iterdir())


def test_a_template_that_is_not_there() -> None:
    assert run(["new", "x", "--template", "rover"]) == 2
    with pytest.raises(beginnings.BeginningError, match="templates: entry, landing, sample_return"):
        beginnings.beginning("x", "rover")
