"""The command line. Each command reads its words, makes its library call and prints; nothing heavy is imported before it is needed.

Exit codes: 0 flown (or in order), 1 flown into an outcome that is not the end of the road, 2 refused, 130 interrupted.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from farside import __version__
from farside.cli.alone import dock, land
from farside.cli.asking import drawn_report, load_mission, refusals, refused_files, writable
from farside.cli.check import check
from farside.cli.cite import cite
from farside.cli.compare import compare
from farside.cli.completion import completion
from farside.cli.data import data
from farside.cli.entry import entry
from farside.cli.export import export
from farside.cli.lab import lab
from farside.cli.new import new
from farside.cli.refusal import ENDED, FLOWN, INTERRUPTED
from farside.cli.report import report
from farside.cli.show import show

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


class Commands(click.Group):
    """The commands; a word that is none is told with the one that is near."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        near = difflib.get_close_matches(args[0], self.commands, n=1, cutoff=0.5)
        if near and args[0] not in self.commands:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="farside")
def cli() -> None:
    """Declare a sample-return mission in one file, fly it with real physics, and look at what happened.

    A mission file (TOML) holds goals: dates, sites, altitudes, vehicles, each number with its unit and its source. farside finds the
    burns that meet them, flies them through real ephemerides and gravity, and leaves the trajectory, events and burns in a folder.

    \b
    Begin with:
      farside new my_mission                        a commented file to start from
      farside check missions/change6.toml           is the file in order?
      farside show missions/change6.toml            what does it declare?
      farside fly missions/change6.toml             fly it, see the timeline
      farside show flights/change6                  see it again
      farside export flights/change6                take it to another tool
      farside land missions/change3_landing.toml    fly a landing alone
      farside entry missions/entries/stardust.toml  fly an entry alone

    \b
    Exit codes:
      0    flown, or in order
      1    flown, and ended in an outcome (it says what was missing, and how much)
      2    refused: the file, the words of the command, a folder that cannot be written
      130  interrupted; nothing half-written is left
    """


@cli.command(short_help="Plan and fly a mission.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the files.  [default: flights/NAME, by the mission's name]")
@click.option("--dispersed", is_flag=True, help="Fly with the errors of the file's [dispersions], drawn by the seed.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the draws, instead of the file's; goes with --dispersed.")
@click.option("--timing", is_flag=True, help="Say how long each stage took.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the timeline.")
def fly(file: Path, out: Path | None, dispersed: bool, seed: int | None, timing: bool, as_json: bool) -> int:
    """Plan and fly the mission that FILE declares, print the timeline, and leave the files in a folder.

    The plan (what the goals require) is solved once and kept in the user's cache by what the file declares; a second flight is faster.

    \b
    Examples:
      farside fly missions/change6.toml
      farside fly missions/change6.toml --out /tmp/change6 --timing
      farside fly missions/change6.toml --dispersed --seed 17 --out flights/run17
      farside fly missions/change6.toml --json | python -m json.tool
    """
    if seed is not None and not dispersed:
        raise click.UsageError("--seed draws the errors of a dispersed flight; add --dispersed")
    from farside.cli import printing
    from farside.cli.progress import Progress

    with Progress(question=f"fly {file.absolute()}") as progress:
        progress("read the mission", 0.0)
        mission = load_mission(file)
        if dispersed and mission.dispersions is None:
            raise click.UsageError(f"{file} has no [dispersions] to draw from; add that table, or fly without --dispersed")
        folder = writable(out or Path("flights") / mission.name)
        flight = _flight(mission if seed is None else replace(mission, seed=seed), dispersed, progress)
        files = _written(flight, folder, progress)
    if as_json:
        click.echo(printing.flight_json(files, progress.seconds if timing else None))
    else:
        printing.print_flight(flight, files)
        if timing:
            printing.print_timing(progress.seconds)
    return FLOWN if flight.outcome.value == printing.DONE else ENDED


for command in (new, check, show, land, dock, entry, report, export, compare, cite, data, lab, completion):
    cli.add_command(command)


def _flight(mission: Any, dispersed: bool, progress: Any) -> Any:
    """The mission planned and flown; a refusal when it asks for data that are not here."""
    from farside import flight

    with refusals(mission.name):
        plan = flight.plan(mission, progress=progress)
        return flight.fly(mission, plan, progress=progress, dispersed=dispersed)


def _written(flight: Any, folder: Path, progress: Any) -> Any:
    """The files of the flight and its report, by name; a refusal when they cannot be written.

    A report that cannot be made does not cost the flight: the other files are written before the error goes on.
    """
    from farside.products import write_flight

    page: dict[str, Any] = {}
    try:
        progress("draw the report", 0.0)
        page = drawn_report(flight)
    finally:
        progress("write the files", 0.0)
        with refused_files(folder):
            files = write_flight(flight, folder, page)
    return files


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(run(words))


def run(words: Sequence[str] | None = None) -> int:
    """The exit code of the command line `words` (those of the process when None)."""
    try:
        code = cli.main(words, prog_name="farside", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt, SystemError) as error:
        if not _is_interrupt(error):
            raise
        click.echo("farside: interrupted; nothing half-written was left", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return code if isinstance(code, int) else FLOWN


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether an error is an interrupt: a compiled function that is interrupted says SystemError, with the interrupt among its causes."""
    while error is not None:
        if isinstance(error, (click.Abort, KeyboardInterrupt)):
            return True
        error = error.__cause__ or error.__context__
    return False


if __name__ == "__main__":
    main()
