"""`farside export`: a flight in the formats of other tools."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from farside.cli.asking import Flown, load_mission, refusals, refused_files, writable
from farside.cli.refusal import FLOWN, Refusal

FORMATS = "opm,czml,spk,csv"


@click.command(short_help="Write a flight for other tools.")
@click.argument("path", type=Flown(), metavar="DIR|FILE")
@click.option("--format", "formats", metavar="NAMES", help=f"Which formats, with commas between.  [default: {FORMATS}]")
@click.option("--module", "modules", multiple=True, metavar="NAME", help="Only this module; may be given more than once.")
@click.option("--step", metavar="TIME", help="Spacing of the rows of csv and czml, as 60s.  [default: the nodes of the flight]")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the files.  [default: export, in the folder of the flight]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the list.")
def export(path: Path, formats: str | None, modules: tuple[str, ...], step: str | None, out: Path | None, as_json: bool) -> int:
    """Write a flight in the formats of other tools: from DIR, the folder that `fly` left, without flying again; or from a mission FILE,
    which is flown first.

    \b
    Formats:
      opm    CCSDS orbit parameter messages: first state and manoeuvres of each craft in space
      czml   a scene for Cesium
      spk    a SPICE kernel, and a text kernel with the names of its ids; needs: pip install spiceypy
      csv    tables: one a module, and one of the events
    Orbit ephemeris messages (OEM) and NetCDF lie in the folder of every flight.

    \b
    Examples:
      farside export flights/change6 --format opm,czml,csv
      farside export flights/change6 --format spk --out kernels
      farside export flights/change6 --format csv --module lander --step 60s
      farside export missions/change5_landing.toml --format czml --out scene
    """
    from farside.cli.progress import Progress

    asked = _asked(formats)
    with Progress(question=f"export {path.absolute()} {','.join(asked)}") as progress:
        step_s, mission = _seconds(step), None
        if not path.is_dir():
            progress("read the mission", 0.0)
            mission = load_mission(path)
        folder = writable(out or (path if mission is None else Path("flights") / mission.name) / "export")
        flown = _read(path, progress) if mission is None else _flown(mission, progress)
        progress("write the files", 0.0)
        files = _written(flown, folder, asked, modules, step_s)
    if as_json:
        named = {"mission": flown.mission, "flight_digest": flown.flight_digest}
        click.echo(json.dumps({**named, "files": {name: str(file) for name, file in files.items()}}, indent=2))
    else:
        _print(flown.mission, files)
    return FLOWN


def _asked(formats: str | None) -> list[str]:
    """The formats that were asked for; all when none was, but that which needs a package that is not here, and that is said."""
    names = [name.strip() for name in (formats or FORMATS).split(",") if name.strip()]
    if formats is None and find_spec("spiceypy") is None:
        click.echo("no spk: SPICE kernels are written by spiceypy, which is not installed; pip install spiceypy", err=True)
        names.remove("spk")
    return names


def _seconds(step: str | None) -> float | None:
    """The step in seconds; a usage error that says how to write it."""
    from farside.basis.quantities import DURATION, QuantityError, parse

    if step is None:
        return None
    try:
        return parse(step, DURATION)
    except QuantityError as error:
        raise click.UsageError(f"--step {step}: {error}") from None


def _read(folder: Path, progress: Any) -> Any:
    """The flight that a folder holds; a refusal when it holds none."""
    from farside.products.recorded import FolderError, read_folder

    progress("read the flight", 0.0)
    try:
        return read_folder(folder)
    except FolderError as error:
        raise Refusal(str(error)) from None


def _flown(mission: Any, progress: Any) -> Any:
    """The mission planned and flown."""
    from farside import flight
    from farside.products.recorded import recorded

    with refusals(mission.name):
        return recorded(flight.fly(mission, flight.plan(mission, progress=progress), progress=progress))


def _written(flown: Any, folder: Path, formats: list[str], modules: tuple[str, ...], step_s: float | None) -> Mapping[str, Path]:
    """The library call; a refusal for what cannot be exported, and for a folder that cannot be written."""
    from farside.products.export import ExportError
    from farside.products.export import export as write
    from farside.products.spk import SpiceMissingError

    with refused_files(folder):
        try:
            return write(flown, folder, formats, modules, step_s)
        except SpiceMissingError as error:
            others = ",".join(name for name in formats if name != "spk") or "opm,czml,csv"
            raise Refusal(f"{error}; without it: --format {others}") from None
        except ExportError as error:
            raise Refusal(str(error)) from None


def _print(mission: str, files: Mapping[str, Path]) -> None:
    """What was written, and how large it is."""
    from farside.cli.printing import near

    width = max(map(len, files))
    for name, file in files.items():
        click.echo(f"{name:<{width}}  {math.ceil(file.stat().st_size / 1e3):7,} kB")
    click.echo(f"{mission}: {len(files)} files in {near(next(iter(files.values())).parent)}")
