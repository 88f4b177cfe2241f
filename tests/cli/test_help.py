"""Help: quick, complete, and with examples that are commands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from farside.cli.main import cli, run

HEAVY = ("numba", "numpy", "pint", "pydantic", "rich", "xarray", "erfa")


def commands(command: click.Command = cli, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it."""
    yield words, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*words, name))


EACH = pytest.mark.parametrize(("words", "command"), [pytest.param(*found, id=" ".join(found[0]) or "farside") for found in commands()])


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["fly", "--help"], ["data", "add", "--help"], []])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        f"import sys; from farside.cli.main import run; run({words!r}); sys.exit(' '.join(m for m in {HEAVY!r} if m in sys.modules) or 0)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr


@EACH
def test_every_command_explains_itself(words: tuple[str, ...], command: click.Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: {' '.join(('farside', *words))} ")
    assert command.help


@EACH
def test_every_option_says_what_it_does(words: tuple[str, ...], command: click.Command) -> None:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{words} {parameter.name}"


@EACH
def test_every_command_gives_examples_that_can_be_typed(words: tuple[str, ...], command: click.Command) -> None:
    lines = re.findall(r"^ +(farside .*?)(?: {2,}.*| \| .*)?$", command.help or "", re.MULTILINE)
    assert lines, f"{words} has no example"
    for line in lines:
        found, rest = cli, shlex.split(line)[1:]
        context = click.Context(cli, info_name="farside")
        while isinstance(found, click.Group):
            _, found, rest = found.resolve_command(context, rest)
            assert found is not None, line
        known = {name for parameter in found.params for name in parameter.opts}
        assert all(word in known for word in rest if word.startswith("--")), line


def test_the_exit_codes_stand_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    run(["--help"])
    text = capsys.readouterr().out
    for code in ("0  ", "1  ", "2  ", "130  "):
        assert re.search(rf"^    {code}", text, re.MULTILINE)


@pytest.mark.parametrize(
    "words", [["flie"], ["fly"], ["fly", "--fast", "x.toml"], ["check"], ["show"], ["data", "remove"], ["fly", "x.toml", "--seed", "-1"]]
)
def test_words_that_are_no_command_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert "Usage: farside" in capsys.readouterr().err


def test_a_word_that_is_near_a_command_is_told_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["flie", "x.toml"]) == 2
    assert "No such command 'flie'. Did you mean 'fly'?" in capsys.readouterr().err


def test_python_dash_m_is_the_same_command() -> None:
    asked = subprocess.run([sys.executable, "-m", "farside", "--version"], capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stdout.split()[0]) == (0, "farside,")
