"""`farside check`: everything that is wrong with mission files, and with files of entries alone."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import click

from farside.cli.refusal import FLOWN, REFUSED


@click.command(short_help="List everything wrong with mission files.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: of each file whether it is in order, and its problems.")
def check(files: tuple[Path, ...], as_json: bool) -> int:
    """Read mission files, or files of entries alone, and list everything that is wrong with them, without flying.

    Each line names the file, the key, what stands there, and what is allowed. Exits 2 when there is any.

    \b
    Examples:
      farside check missions/change6.toml
      farside check missions/*.toml missions/entries/*.toml
      farside check missions/change6.toml --json | python -m json.tool
    """
    found = [_entry(file) if _is_entry(file) else _mission(file) for file in files]
    if as_json:
        click.echo(json.dumps({"files": [record for record, _ in found]}, indent=2, ensure_ascii=False))
    for record, said in found if not as_json else ():
        click.echo(said, err=not record["in_order"])
    return FLOWN if all(record["in_order"] for record, _ in found) else REFUSED


def _mission(file: Path) -> tuple[dict[str, Any], str]:
    """What is wrong with a mission file: as a record, and in words."""
    from farside.mission import MissionError, load

    record: dict[str, Any] = {"file": str(file), "kind": "mission", "in_order": True, "problems": []}
    try:
        mission = load(file)
    except MissionError as error:
        problems = [{"path": problem.path, "value": problem.value, "message": problem.message} for problem in error.problems]
        return {**record, "in_order": False, "problems": problems}, str(error)
    return {**record, "name": mission.name, "digest": mission.digest}, f"{file}: in order: {mission!r}"


def _entry(file: Path) -> tuple[dict[str, Any], str]:
    """The same of a file of an entry alone."""
    from farside.phases.entry_alone import EntryError, read_alone

    record: dict[str, Any] = {"file": str(file), "kind": "entry", "in_order": True, "problems": []}
    try:
        alone = read_alone(file)
    except EntryError as error:
        told = (line.removeprefix(f"{file}: ").partition(": ") for line in str(error).splitlines())
        problems = [{"path": path, "value": "", "message": message} for path, _, message in told]
        return {**record, "in_order": False, "problems": problems}, str(error)
    return {**record, "name": alone.name}, f"{file}: in order: an entry alone, {alone.name}"


def _is_entry(file: Path) -> bool:
    """Whether a file means to be an entry alone: it has a table [begins] and no phases."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return "begins" in raw and "phases" not in raw
