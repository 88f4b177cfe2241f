"""`farside compare`: two flights, or two missions, side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from farside.cli.asking import Flown
from farside.cli.refusal import FLOWN, Refusal


@click.command(short_help="Show what differs between two flights.")
@click.argument("a", type=Flown(), metavar="A")
@click.argument("b", type=Flown(), metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the tables.")
def compare(a: Path, b: Path, as_json: bool) -> int:
    """Show what differs between two flights (the folders that `fly` left) or two mission files: what was declared otherwise, and what that
    did to the answers: how it ended, when events happened, what burns cost, what is left. Nothing is flown.

    \b
    Examples:
      farside compare missions/change5.toml missions/change6.toml
      farside compare flights/change6 flights/run17
      farside compare flights/change6 flights/run17 --json | python -m json.tool
    """
    from farside.products.comparison import compare as compared
    from farside.products.comparison import comparison_record
    from farside.products.comparison_lines import comparison_lines

    found = compared(_side(a), _side(b))
    if as_json:
        click.echo(json.dumps(comparison_record(found), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(comparison_lines(found)))
    return FLOWN


def _side(path: Path) -> Any:
    """The flight or the mission at a path; a refusal when it is neither."""
    from farside.mission import MissionError
    from farside.products.comparison import read_side
    from farside.products.recorded import FolderError

    try:
        return read_side(path)
    except (FolderError, MissionError) as error:
        raise Refusal(str(error)) from None
