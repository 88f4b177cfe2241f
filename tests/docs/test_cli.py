"""docs/cli.md knows every command, option, argument and exit code; what it shows is what the commands print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pages import check_page, read

from farside.cli import refusal
from farside.cli.main import cli

PAGE = read("docs/cli.md")


def commands(group: click.Group, words: str = "farside") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by the words that are typed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{words} {name}")
        else:
            yield f"{words} {name}", command


COMMANDS = dict(commands(cli))


def section(words: str) -> str:
    found = re.search(rf"^## `{words}(?: [^`]*)?`\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, f"docs/cli.md has no section `{words}`"
    return found[0]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_and_argument_is_described(words: str) -> None:
    text = section(words)
    for parameter in COMMANDS[words].params:
        names = [parameter.make_metavar(click.Context(COMMANDS[words]))] if isinstance(parameter, click.Argument) else parameter.opts
        for name in names:
            assert name.strip("[].") in text, f"docs/cli.md says nothing of {name} of `{words}`"


def test_no_section_describes_what_is_not_there() -> None:
    headings = [heading.split(" [")[0] for heading in re.findall(r"^## `(farside [^`]*)`$", PAGE, re.MULTILINE)]
    known = [next((words for words in COMMANDS if heading == words or heading.startswith(words + " ")), heading) for heading in headings]
    assert sorted(known) == sorted(COMMANDS)
    for words in COMMANDS:
        options = {name for parameter in COMMANDS[words].params for name in parameter.opts} | {"--help", "--version"}
        assert set(re.findall(r"`(--[a-z-]+)", section(words))) <= options, words


def test_every_exit_code_is_told() -> None:
    table = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert sorted(map(int, table)) == sorted([refusal.FLOWN, refusal.ENDED, refusal.REFUSED, refusal.INTERRUPTED])


def test_what_the_page_shows_is_what_is_printed(checkout_like: Path) -> None:
    check_page("docs/cli.md", checkout_like)
