"""`farside report`: a mission flown for its report alone."""

from __future__ import annotations

from pathlib import Path

import click

from farside.cli.asking import load_mission, refusals, refused_files, writable
from farside.cli.refusal import ENDED, FLOWN


@click.command(short_help="Write the report of a mission.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for report.html.  [default: flights/NAME, by the mission's name]")
def report(file: Path, out: Path | None) -> int:
    """Plan and fly the mission that FILE declares without errors, and write report.html: what happened, in pictures, on one page.

    `farside fly` leaves the same page beside its other files; this one makes it anew and leaves those as they are. The page needs nothing
    beside it: open it in a browser, send it, print it.

    \b
    Examples:
      farside report missions/change6.toml
      farside report missions/luna25.toml --out /tmp/luna25
    """
    from farside import flight
    from farside.cli.printing import DONE, near
    from farside.cli.progress import Progress
    from farside.plots.report import write_report

    with Progress(question=f"report {file.absolute()}") as progress:
        progress("read the mission", 0.0)
        mission = load_mission(file)
        folder = writable(out or Path("flights") / mission.name)
        with refusals(mission.name):
            flown = flight.fly(mission, flight.plan(mission, progress=progress), progress=progress)
        progress("draw the report", 0.0)
        with refused_files(folder):
            path = write_report(flown, folder)
    click.echo(f"{mission.name}: {flown.outcome.value}; report in {near(path)}")
    return FLOWN if flown.outcome.value == DONE else ENDED
