"""`farside entry`: a capsule from the interface of the atmosphere down, once without errors and as often as asked with them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from farside.cli.asking import drawn_entry, refusals, refused_files, writable
from farside.cli.refusal import ENDED, FLOWN, Refusal


@click.command(short_help="Fly an entry into the atmosphere alone.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the files; without it none are written.")
@click.option("--runs", type=click.IntRange(min=1), help="Dispersed runs besides: 0 to N-1, drawn by --seed.", metavar="N")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the draws; goes with --runs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the report.")
def entry(file: Path, out: Path | None, runs: int | None, seed: int, as_json: bool) -> int:
    """Fly the entry that FILE declares, without a mission around it, and print what happened beside what was published.

    The file says where the capsule meets the atmosphere and how fast, what it is, and how it is guided. With --runs, dispersed entries
    follow, with errors of density, lift, drag and wind: how they ended and how they spread.

    \b
    Examples:
      farside entry missions/entries/stardust.toml
      farside entry missions/entries/change6.toml --runs 100
      farside entry missions/entries/apollo10.toml --out flights/apollo10
      farside entry missions/entries/hayabusa.toml --json | python -m json.tool
    """
    from farside.cli.progress import Progress
    from farside.products.entry_study import entry_record, write_entries
    from farside.studies.entries import fly_entries

    with Progress(question=f"entry {file.absolute()} {runs}") as progress:
        progress("read the entry", 0.0)
        alone = _read(file)
        folder = None if out is None else writable(out)
        with refusals(alone.name):
            flown = fly_entries(alone, runs or 0, seed, progress)
        files: Mapping[str, Path] = {}
        if folder is not None:
            progress("draw the report", 0.0)
            drawn = drawn_entry(flown)
            with refused_files(folder):
                files = write_entries(flown, folder, drawn)
    record = entry_record(flown)
    if as_json:
        click.echo(json.dumps(record | {"files": {name: str(path) for name, path in files.items()}}, indent=2, ensure_ascii=False))
    else:
        _print(record, files)
    return FLOWN if record["outcome"] == "done" else ENDED


def _read(file: Path) -> Any:
    """The entry of a file; a refusal with every problem of it."""
    from farside.phases.entry_alone import EntryError, read_alone

    try:
        return read_alone(file)
    except EntryError as error:
        raise Refusal(str(error)) from None


def _print(record: Mapping[str, Any], files: Mapping[str, Path]) -> None:
    """The report."""
    from farside.cli.printing import near, print_timeline
    from farside.cli.reports import spread_lines
    from farside.products.timeline import rows_from_events

    click.echo(f"{record['name']}: {record['description']}")
    click.echo(f"{record['mass_kg']:,.1f} kg, {record['aeroshell']}, {record['guidance']}, from {record['begins_utc']}\n")
    print_timeline(rows_from_events(record["events"]))
    for line in (*_end(record), *_published(record["published"])):
        click.echo(line)
    if record["runs"]:
        runs = record["runs"]
        ended = ", ".join(f"{count} {outcome}" for outcome, count in runs["outcomes"].items())
        click.echo(f"\n{runs['count']} dispersed runs, seed {runs['seed']}: {ended}")
        for line in spread_lines(runs["spread"]):
            click.echo(line)
    if files:
        click.echo(f"files in {near(next(iter(files.values())).parent)}: {', '.join(files)}")


def _end(record: Mapping[str, Any]) -> Iterator[str]:
    """Where it ended and how."""
    end, done = record["end"], record["outcome"] == "done"
    how = "flown to its gate" if done else f"ended: {record['outcome']}"
    yield f"\n{record['name']}: {how}; {record['advice']}"
    side = "S" if end["latitude_deg"] < 0.0 else "N"
    yield (
        f"after {end['seconds']:.1f} s: {end['altitude_m'] / 1e3:.2f} km up at {abs(end['latitude_deg']):.3f} {side}"
        f" {end['longitude_deg']:.3f} E,"
        f" {end['speed_m_s']:.1f} m/s over the ground"
    )


def _published(published: list[Mapping[str, str]]) -> Iterator[str]:
    """What was published of the entry that was."""
    if published:
        yield "\npublished of the one that flew:"
    for one in published:
        here = "" if one["here"] is None else f"; here {one['here']}"
        yield f"  {one['what']}: {one['value']}{here} ({one['source']})"
