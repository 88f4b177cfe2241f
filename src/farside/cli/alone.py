"""`farside land` and `farside dock`: a part of a mission by itself, once without errors and as often as asked with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from farside.cli.asking import drawn_report, load_mission, refusals, refused_files, writable
from farside.cli.refusal import ENDED, FLOWN, Refusal

Command = TypeVar("Command", bound=Callable[..., Any])
WORDS: tuple[Callable[[Any], Any], ...] = (
    click.argument("file", type=click.Path(path_type=Path)),
    click.option("--out", type=click.Path(path_type=Path), help="Folder for the files; without it none are written."),
    click.option("--runs", type=click.IntRange(min=1), help="Dispersed runs besides: 0 to N-1, drawn by the file's seed.", metavar="N"),
    click.option("--workers", type=click.IntRange(min=1), help="Processes for the runs.  [default: one for each processor]", metavar="N"),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the report."),
)
"""What both commands are asked with."""


def asked(command: Command) -> Command:
    """The command with those words."""
    for word in reversed(WORDS):
        command = word(command)
    return command


@click.command(short_help="Fly a mission's landing alone.")
@asked
def land(file: Path, out: Path | None, runs: int | None, workers: int | None, as_json: bool) -> int:
    """Fly the descent of the mission in FILE alone, and print what happened against what is allowed.

    A mission that begins in lunar orbit is flown from the state it declares to the ground. One that begins on the Earth is flown without
    errors as far as its descent first. With --runs, dispersed descents from the same state follow: how they ended and how they spread.

    \b
    Examples:
      farside land missions/change3_landing.toml
      farside land missions/change6.toml --runs 200
      farside land missions/apollo11_landing.toml --runs 200 --workers 2 --out flights/eagle
      farside land missions/change5_landing.toml --json | python -m json.tool
    """
    return _fly("LANDING", file, out, runs, workers, as_json)


@click.command(short_help="Fly a mission's docking alone.")
@asked
def dock(file: Path, out: Path | None, runs: int | None, workers: int | None, as_json: bool) -> int:
    """Fly phasing, rendezvous and docking of the mission in FILE alone, and print what happened against what is allowed.

    A mission that begins in lunar orbit is flown from the states it declares to the contact. One that begins on the Earth is flown without
    errors as far as its phasing first. With --runs, dispersed runs from the same state follow: how they ended and how they spread.

    \b
    Examples:
      farside dock missions/change5_docking.toml
      farside dock missions/apollo11_docking.toml --runs 20 --out flights/columbia
      farside dock missions/change6.toml --json | python -m json.tool
    """
    return _fly("DOCKING", file, out, runs, workers, as_json)


def _fly(part: str, file: Path, out: Path | None, runs: int | None, workers: int | None, as_json: bool) -> int:
    """Read, fly, write, print; the exit code is that of the flight without errors."""
    if workers is not None and runs is None:
        raise click.UsageError("--workers shares out dispersed runs; add --runs")
    from farside.cli import reports
    from farside.cli.progress import Progress

    with Progress(question=f"{part} {file.absolute()} {runs}") as progress:
        progress("read the mission", 0.0)
        mission = load_mission(file)
        if runs and mission.dispersions is None:
            raise click.UsageError(f"{file} has no [dispersions] to draw from; add that table, or fly without --runs")
        folder = None if out is None else writable(out)
        study = _study(mission, runs or 0, workers, part, progress)
        files = {} if folder is None else _written(study, folder, progress)
    reports.print_study(study, files, as_json)
    return FLOWN if study.nominal.outcome.value == "done" else ENDED


def _study(mission: Any, runs: int, workers: int | None, part: str, progress: Any) -> Any:
    """The library call; a refusal for a mission without that part, and for workers that were killed."""
    from farside.studies.alone import NothingToFly, Part
    from farside.studies.disperse import WorkerLost, disperse

    with refusals(mission.name):
        try:
            return disperse(mission, runs, workers, Part[part], progress)
        except (NothingToFly, WorkerLost) as error:
            raise Refusal(str(error)) from None


def _written(study: Any, folder: Path, progress: Any) -> Any:
    """The files and the report, by name; a refusal when they cannot be written. A report that fails does not cost the files."""
    from farside.products.study import nominal, write_study

    page: dict[str, Any] = {}
    try:
        progress("draw the report", 0.0)
        page = drawn_report(nominal(study))
    finally:
        progress("write the files", 0.0)
        with refused_files(folder):
            files = write_study(study, folder, page)
    return files
