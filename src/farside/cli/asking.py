"""What commands ask for before they work: a mission, a folder that can be written, data that are here; refused in a sentence otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from farside.cli.refusal import NoPlan, Refusal


class Flown(click.Path):
    """A path on the command line: the folder that `fly` left, or a mission file; one that is not there is told with those that are."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path: Any = super().convert(value, param, ctx)
        if not path.exists():
            from farside.basis.declaration import allowed

            flights = {record.parent for folder in (path.parent, Path("flights")) for record in folder.glob("*/flight.json")}
            there = flights | {file for folder in (path.parent, Path("missions")) for file in folder.glob("*.toml")}
            raise Refusal(f"{path}: no such folder or file{allowed(str(path), map(str, there), 'flights and missions here')}")
        return path


def load_mission(file: Path) -> Any:
    """The mission of a file; a refusal with every problem of it."""
    from farside.mission import MissionError, load

    if file.is_dir():
        inside = f", or {file / 'mission.toml'}" if (file / "mission.toml").is_file() else ""
        raise Refusal(f"{file} is a folder; name a mission file, a .toml{inside}")
    try:
        return load(file)
    except MissionError as error:
        raise Refusal(str(error)) from None


def writable(folder: Path) -> Path:
    """The folder, when files can be put there; said before the flight, not after it."""
    place = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    if not place.is_dir():
        raise Refusal(f"--out {folder}: {place} is a file; name a folder, a new one or one that is there")
    if not os.access(place, os.W_OK | os.X_OK):
        raise Refusal(f"--out {folder}: nothing can be written in {place}; name another folder")
    return folder


@contextmanager
def refusals(name: str) -> Iterator[None]:
    """Planning and flying: goals that cannot be met and data that are not here end the command in a sentence."""
    from farside.environment.ephemeris_files import CoverageError
    from farside.environment.gravity import GravityFileError
    from farside.environment.site_terrain import GroundError
    from farside.environment.store import NotStoredError
    from farside.planning.lunar_plane import PlanError

    try:
        yield
    except PlanError as error:
        raise NoPlan(str(error)) from None
    except (CoverageError, FileNotFoundError, GravityFileError, GroundError, NotStoredError) as error:
        raise Refusal(f"{name}: {error}") from None


@contextmanager
def refused_files(folder: Path) -> Iterator[None]:
    """Writing: a folder that cannot be written after all ends the command in a sentence."""
    try:
        yield
    except OSError as error:
        raise Refusal(f"--out {folder}: {error.strerror or error}; nothing half-written was left") from None


@contextmanager
def own_fonts() -> Iterator[None]:
    """Drawing: what matplotlib keeps (a list of fonts) goes where farside's own caches are."""
    from farside.basis.kernel import cache_root

    os.environ.setdefault("MPLCONFIGDIR", str(cache_root() / "matplotlib"))
    yield


def drawn_report(flight: Any) -> dict[str, Any]:
    """The report as `write_flight` takes it."""
    with own_fonts():
        from farside.plots.report import report_file

        return dict(report_file(flight))


def drawn_entry(flown: Any) -> dict[str, Any]:
    """The report of an entry alone as `write_entries` takes it."""
    with own_fonts():
        from farside.plots.entry_report import entry_report_file

        return dict(entry_report_file(flown))
