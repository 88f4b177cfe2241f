"""What `farside land` and `farside dock` print: the events, limits and propellant of the flight without errors, the spread of the runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farside.cli.printing import DONE, near, print_timeline
from farside.products.study import study_record
from farside.products.timeline import rows_from_events

if TYPE_CHECKING:
    from farside.studies.disperse import Study

HEAD = ("mean", "sigma", "least", "5 %", "50 %", "95 %", "most")
NOT_SHOWN = ("epoch_tdb_s",)  # in the tables of the runs; nobody reads it
SHOWN_ENDED = 5  # runs that did not come to the end, one line each


def print_study(study: Study, files: Mapping[str, Path], as_json: bool) -> None:
    """The report, or the record of it as one JSON object with the paths of the files."""
    record = study_record(study)
    if as_json:
        click.echo(json.dumps(record | {"files": {name: str(path) for name, path in files.items()}}, indent=2, ensure_ascii=False))
        return
    begins = "as declared" if record["begins_declared"] else "where the road without errors leads"
    click.echo(f"{record['mission']}: the {record['part']} alone, from {record['begins_utc']}, {begins}\n")
    print_timeline(rows_from_events(record["events"]))
    for line in (*_limits(record["limits"]), *_propellant(record["propellant_kg"]), *_ending(record)):
        click.echo(line)
    for line in _runs(record["runs"]) if record["runs"] else ():
        click.echo(line)
    if files:
        click.echo(f"files in {near(next(iter(files.values())).parent)}: {', '.join(files)}")


def _limits(limits: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each limit of the end beside what it was."""
    if limits:
        yield f"\n{'limits':<26}{'was':>10}{'allowed':>10}{'used':>8}"
    for limit in limits:
        yield f"  {limit['what']:<24}{limit['was']:>10.3f}{limit['most']:>10.3f}{100.0 * limit['used']:>6.0f} %"


def _propellant(modules: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """What each module burned and has left."""
    if modules:
        yield f"\n{'propellant, kg':<26}{'before':>10}{'burned':>10}{'left':>10}"
    for name, tank in modules.items():
        yield f"  {name:<24}{tank['before']:>10.1f}{tank['burned']:>10.1f}{tank['left']:>10.1f}"


def _ending(record: Mapping[str, Any]) -> Iterator[str]:
    """How it ended, and when that is by the mission's goal."""
    done = record["outcome"] == DONE
    yield f"\n{record['mission']}: {'flown to its end' if done else 'ended: ' + record['outcome']}" + (
        f"; {record['advice']}" if record["advice"] else ""
    )
    if record["late_s"] is not None:
        yield f"touchdown {abs(record['late_s']):.0f} s {'after' if record['late_s'] >= 0.0 else 'before'} the goal"


def _runs(runs: Mapping[str, Any]) -> Iterator[str]:
    """How the runs ended and how their numbers spread."""
    ended = ", ".join(f"{count} {outcome}" for outcome, count in runs["outcomes"].items())
    yield f"\n{runs['count']} dispersed runs, seed {runs['seed']}: {ended}"
    shown = {name: spread for name, spread in runs["spread"].items() if name not in NOT_SHOWN}
    same = {name: spread["mean"] for name, spread in shown.items() if spread["count"] > 1 and spread["least"] == spread["most"]}
    yield from spread_lines({name: spread for name, spread in shown.items() if name not in same})
    if same:
        yield f"  the same in all of them: {', '.join(f'{name} {value:,.3f}' for name, value in same.items())}"
    for key, share in runs["within_limits"].items():
        yield f"  of the allowed {key} the runs use up to {100.0 * share:.0f} %"
    for one in runs["ended"][:SHOWN_ENDED]:
        yield f"  run {one['run']}: {one['outcome']}; {one['advice']}"
    if len(runs["ended"]) > SHOWN_ENDED:
        yield f"  and {len(runs['ended']) - SHOWN_ENDED} more; --out keeps every run"


def spread_lines(spreads: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """A line for each number that differs from run to run."""
    width = max(map(len, spreads), default=0)
    yield f"  {'':<{width}}" + "".join(f"{head:>11}" for head in HEAD) + "   runs"
    for name, spread in spreads.items():
        cells = (spread[key] for key in ("mean", "sigma", "least", "p5", "p50", "p95", "most"))
        yield f"  {name:<{width}}" + "".join(f"{cell:>11,.3f}" for cell in cells) + f"{spread['count']:>7}"
