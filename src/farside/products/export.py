"""Exports: a flight in the formats of other tools, from the flight itself or from the folder it left; nothing is flown again."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from farside.basis.declaration import allowed
from farside.products.czml import czml_lines, czml_packets
from farside.products.opm import opm_files
from farside.products.plain import write_text
from farside.products.recorded import Recorded
from farside.products.spk import names_kernel, spice, write_spk
from farside.products.stamp import created_utc
from farside.products.tables import write_event_table, write_module_table
from farside.products.whole import Writer, write_whole

FORMATS = {
    "opm": "CCSDS orbit parameter messages: first state and manoeuvres of each craft in space",
    "czml": "a scene for Cesium",
    "spk": "a SPICE kernel, and the names of its ids",
    "csv": "tables: a module each, and the events",
}


class ExportError(ValueError):
    """An export that cannot be made as asked; the message says what would work."""


def export(
    flown: Recorded,
    out_dir: Path,
    formats: Sequence[str] = tuple(FORMATS),
    modules: Sequence[str] | None = None,
    step_s: float | None = None,
) -> dict[str, Path]:
    """Write a flight in some formats into a folder; file name -> path.

    `flown`: by `recorded(flight)` or `read_folder(folder)`; `formats` of `FORMATS`; `modules` of the flight's (None: all); `step_s`:
    spacing of the rows of `csv` and `czml` (None: the nodes of the flight, between which interpolation is good to a metre).
    Raises `ExportError` for a format, a module or a step that cannot be, `SpiceMissingError` for `spk` without `spiceypy`, `OSError`
    when the folder cannot be written; then nothing has changed.
    """
    chosen = _checked(flown, formats, modules, step_s)
    writers: dict[str, Writer] = {}
    for name in dict.fromkeys(formats):
        writers |= WRITERS[name](flown, chosen, step_s)
    if not writers:
        raise ExportError(f"nothing to write as {', '.join(formats)}: {', '.join(chosen)} never flew free in space; csv has all its rows")
    return write_whole(out_dir, writers)


def _checked(flown: Recorded, formats: Sequence[str], modules: Sequence[str] | None, step_s: float | None) -> tuple[str, ...]:
    """The modules, in the flight's order."""
    for name in formats or ("",):
        if name not in FORMATS:
            raise ExportError(f"no format {name!r}{allowed(name, FORMATS, 'formats')}")
    for name in modules or ():
        if name not in flown.modules:
            raise ExportError(f"no module {name!r} in {flown.mission}{allowed(name, flown.modules, 'modules')}")
    if step_s is not None and not step_s > 0.0:
        raise ExportError(f"a step of {step_s} s; it must be above 0 s")
    return tuple(name for name in flown.modules if not modules or name in modules)


def _opm(flown: Recorded, modules: Sequence[str], _step_s: float | None) -> dict[str, Writer]:
    return {name: functools.partial(write_text, text=text) for name, text in opm_files(flown, modules, created_utc()).items()}


def _czml(flown: Recorded, modules: Sequence[str], step_s: float | None) -> dict[str, Writer]:
    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(czml_lines(czml_packets(flown, modules, step_s)))

    return {f"{flown.mission}.czml": write}


def _spk(flown: Recorded, modules: Sequence[str], _step_s: float | None) -> dict[str, Writer]:
    spice()  # said before anything is written
    names = functools.partial(write_text, text=names_kernel(flown, modules))
    return {f"{flown.mission}.bsp": functools.partial(write_spk, flown=flown, modules=modules), f"{flown.mission}.tf": names}


def _csv(flown: Recorded, modules: Sequence[str], step_s: float | None) -> dict[str, Writer]:
    events = [event for event in flown.events if set(modules) & set(event["modules"])]
    tables = {f"{m}.csv": functools.partial(write_module_table, flown=flown, module=m, step_s=step_s) for m in modules}
    return {**tables, "events.csv": functools.partial(write_event_table, events=events)}


WRITERS = {"opm": _opm, "czml": _czml, "spk": _spk, "csv": _csv}
