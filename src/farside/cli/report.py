"""`farside report`: a mission flown for its report alone, or the flight of a folder flown again for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from farside.cli.asking import drawn_report, load_mission, refusals, refused_files, writable
from farside.cli.refusal import ENDED, FLOWN, Refusal


@click.command(short_help="Write the report of a flight or a mission.")
@click.argument("path", type=click.Path(exists=True, path_type=Path), metavar="DIR|FILE")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for report.html.  [default: DIR, or flights/NAME for a mission]")
def report(path: Path, out: Path | None) -> int:
    """Write report.html: what happened in a flight, in pictures, on one page.

    Of the mission that FILE declares, planned and flown without errors; or of DIR, the folder that `fly` left: its flight is flown again
    from the mission file and the seed that lie there, and must come out the same. `farside fly` leaves the same page beside its other
    files; this command leaves those as they are. The page needs nothing beside it: open it in a browser, send it, print it.

    \b
    Examples:
      farside report missions/change6.toml
      farside report missions/luna25.toml --out /tmp/luna25
      farside report flights/run17
    """
    from farside.cli.printing import DONE, near
    from farside.cli.progress import Progress
    from farside.products.whole import write_whole

    with Progress(question=f"report {path.absolute()}") as progress:
        progress("read the mission", 0.0)
        record = _record(path) if path.is_dir() else {}
        mission = load_mission(path / "mission.toml" if record else path)
        folder = writable(out or (path if record else Path("flights") / mission.name))
        flown = _flown(mission, record, progress)
        if record:
            _must_be_the_same(flown, record, path)
        progress("draw the report", 0.0)
        drawn = drawn_report(flown)
        with refused_files(folder):
            (page,) = write_whole(folder, drawn).values()
    click.echo(f"{mission.name}: {flown.outcome.value}; report in {near(page)}")
    return FLOWN if flown.outcome.value == DONE else ENDED


def _record(folder: Path) -> dict[str, Any]:
    """The `flight.json` of a folder that keeps its mission file too; a refusal for any other."""
    try:
        found = json.loads((folder / "flight.json").read_text(encoding="utf-8"))
        told = {key: found[key] for key in ("seed", "run", "dispersed", "flight_digest")}
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(f"{folder}: no flight here that can be read; `farside report MISSION --out {folder}` makes a report") from None
    if not (folder / "mission.toml").is_file():
        raise Refusal(f"{folder}: no mission.toml here to fly again from; `farside report MISSION --out {folder}` makes a report")
    return told


def _flown(mission: Any, record: dict[str, Any], progress: Any) -> Any:
    """The mission planned and flown, as the record says; without errors where there is none."""
    from farside import flight

    with refusals(mission.name):
        plan = flight.plan(mission, progress=progress)
        if not record:
            return flight.fly(mission, plan, progress=progress)
        return flight.fly(replace(mission, seed=record["seed"]), plan, progress, record["dispersed"], record["run"])


def _must_be_the_same(flown: Any, record: dict[str, Any], folder: Path) -> None:
    """A refusal when a flight flown again is not the one of its folder."""
    from farside.products.record import flight_digest, flight_record

    if flight_digest(flight_record(flown, ())) != record["flight_digest"]:
        raise Refusal(
            f"{folder}: flown again from its mission.toml the flight is another one, for it was flown in part, or by other versions or"
            f" data; `farside report {folder / 'mission.toml'} --out {folder}` makes a report of the flight as it is now"
        )
