"""`farside report`: a mission flown for its report alone, or the flight of a folder flown again for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from farside.cli.asking import Flown, drawn_report, load_mission, own_fonts, refusals, refused_files, writable
from farside.cli.refusal import ENDED, FLOWN, Refusal

PICTURES = (
    *("launch", "roads", "arrival", "lunar-orbits", "site", "descent", "hazards", "drill-log"),
    *("ascent", "rendezvous", "way-home", "entry", "recovery", "masses"),
)
"""The pictures of a report by name; a test holds them to those that are drawn."""


@click.command(short_help="Write the report of a flight or a mission.")
@click.argument("path", type=Flown(), metavar="DIR|FILE")
@click.option("--picture", "names", multiple=True, type=click.Choice(("all", *PICTURES)), help="One picture, as a file; may be repeated.")
@click.option("--format", "kind", type=click.Choice(("png", "svg")), default="png", show_default=True, help="Of pictures.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for what is written.  [default: DIR, or flights/NAME for a mission]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: outcome, paths, and of pictures their captions.")
def report(path: Path, names: tuple[str, ...], kind: str, out: Path | None, as_json: bool) -> int:
    """Write report.html: what happened in a flight, in pictures, on one page.

    Of the mission that FILE declares, planned and flown without errors; or of DIR, the folder that `fly` left: its flight is flown again
    from the mission file and the seed that lie there, and must come out the same. `farside fly` leaves the same page beside its other
    files; this command leaves those as they are. The page needs nothing beside it: open it in a browser, send it, print it. With --picture
    no page is written, but the pictures asked for, and their captions are printed.

    \b
    Examples:
      farside report missions/change6.toml
      farside report missions/luna25.toml --out /tmp/luna25
      farside report flights/run17
      farside report flights/change6 --picture descent
      farside report flights/change6 --picture all --format svg --out pictures
    """
    from farside.cli.printing import DONE
    from farside.cli.progress import Progress

    with Progress(question=f"report {path.absolute()}") as progress:
        progress("read the mission", 0.0)
        record = _record(path) if path.is_dir() else {}
        mission = load_mission(path / "mission.toml" if record else path)
        folder = writable(out or (path if record else Path("flights") / mission.name))
        flown = _flown(mission, record, progress)
        if record:
            _must_be_the_same(flown, record, path)
        told = _pictures(flown, names, kind, folder, progress) if names else _page(flown, folder, progress)
    outcome = flown.outcome.value
    if as_json:
        click.echo(json.dumps({"mission": mission.name, "outcome": outcome, **told}, indent=2, ensure_ascii=False))
    else:
        _print(mission.name, outcome, told)
    return FLOWN if outcome == DONE else ENDED


def _page(flown: Any, folder: Path, progress: Any) -> dict[str, Any]:
    """The page, written; its path."""
    from farside.products.whole import write_whole

    progress("draw the report", 0.0)
    drawn = drawn_report(flown)
    with refused_files(folder):
        return {"files": {name: str(file) for name, file in write_whole(folder, drawn).items()}}


def _pictures(flown: Any, names: tuple[str, ...], kind: str, folder: Path, progress: Any) -> dict[str, Any]:
    """The pictures, written: of each its title, caption and path, or why the flight has none."""
    progress("draw the pictures", 0.0)
    with own_fonts(), refused_files(folder):
        from farside.plots.stills import write_stills
        from farside.plots.words import Absent

        stills = write_stills(flown, PICTURES if "all" in names else tuple(dict.fromkeys(names)), folder, kind)
    pictures = [
        {"name": picture.name, "title": picture.title, "file": str(file) if file else None}
        | ({"why_not": picture.why} if isinstance(picture, Absent) else {"caption": picture.words})
        for picture, file in stills
    ]
    return {"pictures": pictures}


def _print(mission: str, outcome: str, told: dict[str, Any]) -> None:
    """What was written, and where."""
    from farside.cli.printing import near

    for file in told.get("files", {}).values():
        click.echo(f"{mission}: {outcome}; report in {near(Path(file))}")
    for one in told.get("pictures", ()):
        if one["file"]:
            click.echo(f"{near(Path(one['file']))}: {one['title']}. {one['caption']}")
        else:
            click.echo(f"{one['name']}: not in this flight. {one['why_not']}")


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
