"""What a flight leaves behind in a folder: plan, flight, events, burns, trajectory, an ephemeris per module, and what it brings home.

All files are readings of the legs; they are written together and renamed into place when they are whole (`whole.py`). Arcs are sampled
and formatted once, whatever the number of modules joined on them.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farside.delivery import Delivery
from farside.delivery import write as write_delivery
from farside.products.burns import burns_record
from farside.products.custody import deliver
from farside.products.events import event_records
from farside.products.histories import write_histories
from farside.products.oem import oem_text
from farside.products.plain import write_json, write_text
from farside.products.record import flight_record
from farside.products.stamp import created_utc
from farside.products.tracks import module_tracks, tracks_of
from farside.products.trajectory import attributes, write_trajectory
from farside.products.whole import Writer, write_whole

if TYPE_CHECKING:
    from farside.flight import Flight

FLIGHT = "flight.json"


def write_flight(flight: Flight, out_dir: str | os.PathLike[str], more: Mapping[str, Writer] | None = None) -> dict[str, Path]:
    """Write every file of a flight into a folder, made if need be; files of an earlier flight there are replaced or taken away.

    `more`: what is to lie beside them, by name. Returns file name -> path. Raises `OSError` when the folder cannot be written; then nothing
    has changed.
    """
    folder = Path(out_dir)
    writers = flight_writers(flight, more or {})
    return write_whole(folder, writers, earlier_files(folder))


def flight_writers(flight: Flight, more: Mapping[str, Writer]) -> Mapping[str, Writer]:
    """File name -> function that writes it; `flight.json`, which names all others, comes last."""
    tracks, created = tracks_of(flight.legs), created_utc()
    text = getattr(flight.mission, "text", "")
    writers: dict[str, Writer] = {"mission.toml": functools.partial(_write_mission, text=text)} if text else {}
    writers |= {
        "plan.json": functools.partial(write_json, value=flight.plan),
        "events.json": functools.partial(write_json, value=event_records(flight)),
        "burns.json": functools.partial(write_json, value=burns_record(flight)),
        "trajectory.nc": functools.partial(write_trajectory, tracks=tracks, modules=flight.modules, attributes=attributes(flight)),
    }
    lines: dict[int, list[str]] = {}
    for module in flight.modules:
        text = oem_text(module_tracks(tracks, module), flight.mission.name, module, created, lines)
        writers[f"{module}.oem"] = functools.partial(write_text, text=text)
    if any(leg.history is not None for leg in flight.legs):
        writers["histories.nc"] = functools.partial(write_histories, legs=flight.legs, attributes=attributes(flight))
    brought = deliver(flight)
    if brought is not None:
        writers["delivery.json"] = functools.partial(_write_delivery, delivery=brought)
    writers |= more
    writers[FLIGHT] = functools.partial(write_json, value=flight_record(flight, (*writers, FLIGHT)))
    return writers


def earlier_files(folder: Path) -> tuple[str, ...]:
    """The files that an earlier flight left in a folder, by its own list; none when there was none or it cannot be read."""
    try:
        named: Any = json.loads((folder / FLIGHT).read_text(encoding="utf-8"))["files"]
        return tuple(str(name) for name in named if Path(str(name)).name == str(name))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _write_mission(path: Path, text: str) -> None:
    """The file that declared the mission, as it was read."""
    path.write_text(text, encoding="utf-8", newline="")


def _write_delivery(path: Path, delivery: Delivery) -> None:
    write_delivery(path, delivery)
