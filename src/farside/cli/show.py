"""`farside show`: a flight again, or what a mission file declares."""

from __future__ import annotations

from pathlib import Path

import click

from farside.cli.asking import Flown, load_mission
from farside.cli.refusal import ENDED, FLOWN


@click.command(short_help="Show a flight or a mission file.")
@click.argument("path", type=Flown(), metavar="DIR|FILE")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def show(path: Path, as_json: bool) -> int:
    """Show a flight (the folder that `fly` left) or a mission file: timeline, or what is declared.

    \b
    Examples:
      farside show flights/change6
      farside show missions/change6.toml
      farside show flights/change6 --json | python -m json.tool
    """
    from farside.cli import printing

    if path.is_dir():
        flown = printing.print_folder_json(path) if as_json else printing.print_folder(path)
        return FLOWN if flown else ENDED
    mission = load_mission(path)
    if as_json:
        printing.print_mission_json(mission)
    else:
        printing.print_mission(mission)
    return FLOWN
