"""What commands print: timelines, missions, timings. In colour on a terminal, plain aligned lines everywhere else."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farside.cli.refusal import Refusal
from farside.delivery import DeliveryError, Transport
from farside.delivery import read as read_delivery
from farside.products.headline import headline
from farside.products.timeline import Row, layout, rows, rows_from_events, table

if TYPE_CHECKING:
    from farside.flight import Flight
    from farside.mission import Mission

DONE = "done"


def print_flight(flight: Flight, files: Mapping[str, Path]) -> None:
    """The timeline of a flight, how it ended, and where its files are."""
    print_timeline(rows(flight))
    print_prices({price.what: price.delta_v_m_s for price in flight.plan.prices})
    print_outcome(flight.mission.name, flight.outcome.value, flight.advice)
    print_headline(_read(files["flight.json"]), _read(files["events.json"]))
    folder = next(iter(files.values())).parent
    click.echo(f"files in {near(folder)}: {', '.join(files)}")


def print_folder(folder: Path) -> bool:
    """The flight whose files lie in a folder; True when it was flown to its end. `Refusal` when no flight is there."""
    record, events = _read(folder / "flight.json"), _read(folder / "events.json")
    try:
        print_timeline(rows_from_events(events))
        print_prices({price["what"]: price["delta_v_m_s"] for price in _read(folder / "plan.json")["prices"]})
        if "delivery.json" in record["files"]:
            print_delivery(folder / "delivery.json")
        print_outcome(record["mission"], record["outcome"], record["advice"])
        print_headline(record, events)
        click.echo(f"files in {near(folder)}: {', '.join(record['files'])}")
        return bool(record["outcome"] == DONE)
    except (KeyError, TypeError, AttributeError) as error:
        raise Refusal(f"{folder}: written by another version of farside ({error!r} cannot be read); fly the mission again") from None


def print_timeline(timeline: Sequence[Row]) -> None:
    """The rows as a table: as wide as a terminal is, burns in colour; all of it where nobody looks."""
    if not sys.stdout.isatty():
        click.echo(table(timeline))
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    fitted = layout(timeline, console.width)
    heading, *lines = fitted.lines()
    console.print(heading, style="bold", soft_wrap=True)
    for row, line in zip(fitted.rows, lines, strict=True):
        console.print(line, style="cyan" if row.delta_v_m_s else None, soft_wrap=True)
    for note in fitted.notes:
        console.print(note, style="dim", soft_wrap=True)


def print_prices(prices: Mapping[str, float]) -> None:
    """What each part of the plan pays; nothing for a mission without a plan's road."""
    if not prices:
        return
    width = max(map(len, prices), default=0)
    click.echo("\nwhat each part pays, by the plan (m/s)")
    for what, delta_v_m_s in prices.items():
        click.echo(f"  {what:<{width}}  {delta_v_m_s:8.2f}")


def print_outcome(name: str, outcome: str, advice: str) -> None:
    """How a flight ended, and what would help."""
    ending = "flown to the end of its road" if outcome == DONE else f"ended: {outcome}"
    click.echo(f"\n{name}: {ending}{f'; {advice}' if advice else ''}")


def print_headline(record: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> None:
    """The numbers that people ask for first."""
    numbers = headline(record, events)
    width = max(len(number.shown) for number in numbers)
    for number in numbers:
        click.echo(f"  {number.shown:>{width}}  {number.what}")


def print_delivery(file: Path) -> None:
    """What a flight brought home: how much, in what state, who has had it, and how it was treated on its way to the laboratory."""
    try:
        brought = read_delivery(file)
    except DeliveryError as error:
        raise Refusal(f"{error}; fly the mission again") from None
    click.echo(f"\n{brought.mass_ug:,} ug in {len(brought.portions)} portions, {brought.container.seal}")
    width = max((len(entry.holder) for entry in brought.custody), default=0)
    for entry in brought.custody:
        click.echo(f"  {entry.since_utc[:16].replace('T', ' ')}  {entry.holder:<{width}}  {entry.where}")
    if brought.transport is not None:
        click.echo(f"  {_treated(brought.transport)}")


def _treated(transport: Transport) -> str:
    """How the container was treated on its way to the laboratory, and within which limits."""
    least = min(stage.temperature_least_k for stage in transport.stages)
    most, shock = (max(getattr(stage, key) for stage in transport.stages) for key in ("temperature_most_k", "shock_g"))
    allowed = f"allowed {transport.temperature_min_k:.0f} to {transport.temperature_max_k:.0f} K and {transport.shock_limit_g:.1f} g"
    return f"on the way {least:.1f} to {most:.1f} K, shocks of {shock:.1f} g at most; {allowed}"


def print_timing(seconds: Mapping[str, float]) -> None:
    """How long each stage took, and its share."""
    whole = math.fsum(seconds.values())
    width = max(len(stage) for stage in seconds)
    for stage, spent in seconds.items():
        click.echo(f"{stage:<{width}}  {spent:7.2f} s  {100.0 * spent / whole if whole else 0.0:5.1f} %")
    click.echo(f"{'in all':<{width}}  {whole:7.2f} s")


def flight_json(files: Mapping[str, Path], seconds: Mapping[str, float] | None) -> str:
    """One JSON object: the content of `flight.json`, the events, the paths of the files, and the timing when asked for."""
    record = _read(files["flight.json"]) | {"events": _read(files["events.json"])}
    record["headline"] = {n.name: {"value": n.value, "unit": n.unit, "what": n.what} for n in headline(record, record["events"])}
    record["files"] = {name: str(path) for name, path in files.items()}
    if seconds is not None:
        record["timing_s"] = {stage: round(spent, 3) for stage, spent in seconds.items()}
    return json.dumps(record, indent=2, ensure_ascii=False)


def print_folder_json(folder: Path) -> bool:
    """The same object from a flight's folder; True when it was flown to its end. `Refusal` when no flight is there."""
    record = _read(folder / "flight.json")
    try:
        files = {name: folder / name for name in record["files"]}
        click.echo(flight_json(files, None))
        return bool(record["outcome"] == DONE)
    except (KeyError, TypeError, AttributeError) as error:
        raise Refusal(f"{folder}: written by another version of farside ({error!r} cannot be read); fly the mission again") from None


def print_mission_json(mission: Mission) -> None:
    """What a mission file declares, as one JSON object."""
    from farside.products.mission_record import mission_record

    click.echo(json.dumps(mission_record(mission), indent=2, ensure_ascii=False))


def print_mission(mission: Mission) -> None:
    """What a mission file declares: goals, sites, modules, phases, and how many of its numbers are assumptions."""
    click.echo(f"{mission.name}: {mission.description}\n")
    for line in (*_goal_lines(mission), *_module_lines(mission), *_phase_lines(mission)):
        click.echo(line)
    assumed = sum(source.startswith("assumed") for _, source in mission.sources.values())
    click.echo(f"{len(mission.sources)} numbers with sources, {assumed} of them assumptions; digest {mission.digest[:16]}")


def _goal_lines(mission: Mission) -> list[str]:
    """The goals, with the sites that they belong to."""
    from farside.basis.epochs import utc_from_tdb

    goals, sites = mission.goals, mission.sites
    epochs = {"liftoff": goals.liftoff_s, "capture": goals.capture_s, "touchdown": goals.touchdown_s}
    epochs |= {"lift_off": goals.lift_off_s, "return_landing": goals.return_landing_s}
    places = {"liftoff": goals.launch_site, "touchdown": goals.landing_site, "lift_off": goals.landing_site}
    places["return_landing"] = goals.recovery_site
    lines = ["goals"]
    for key, epoch_s in epochs.items():
        if epoch_s is not None:
            site = sites.get(places.get(key, ""))
            where = f"  {math.degrees(site.latitude_rad):9.4f} N {math.degrees(site.longitude_rad):9.4f} E, {site.body}" if site else ""
            lines.append(f"  {key:<16}{utc_from_tdb(epoch_s, 0)}{where}")
    return [*lines, ""]


def _module_lines(mission: Mission) -> list[str]:
    """The modules with masses and engines."""
    lines = ["modules"]
    for module in mission.modules.values():
        engines = ", ".join(f"{engine.name} {engine.thrust_n:,.0f} N {engine.isp_s:.0f} s" for engine in module.engines)
        lines.append(f"  {module.name:<16}{module.dry_mass_kg:8,.0f} kg + {module.propellant_kg:8,.0f} kg  {engines}".rstrip())
    return [*lines, ""]


def _phase_lines(mission: Mission) -> list[str]:
    """The phases in order."""
    return ["phases", *(f"  {phase.name:<24}{phase.kind:<12}{phase.craft}" for phase in mission.phases), ""]


def _read(file: Path) -> Any:
    """The content of a JSON file of a flight; a `Refusal` when it is not there or cannot be read."""
    from farside.products.recorded import FolderError, read_json

    try:
        return read_json(file)
    except FolderError as error:
        raise Refusal(str(error)) from None


def near(folder: Path) -> str:
    """The folder, from here when it is below."""
    folder, here = folder.absolute(), Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)
