"""What an export needs of a flight: its stretches by module, its burns and events; from the flight itself or from the folder it left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from farside.environment.ephemeris import Sky, load_sky
from farside.environment.ephemeris_files import EPHEMERIS_PACKAGES, Ephemeris
from farside.products.burns import burn_record, burns_by_ignition
from farside.products.events import event_records
from farside.products.plain import plain
from farside.products.record import flight_digest, flight_record
from farside.products.stretches import Stretch, from_files, from_tracks
from farside.products.tracks import tracks_of

if TYPE_CHECKING:
    from farside.flight import Flight

EPHEMERIS = "ephemeris"


class FolderError(ValueError):
    """A folder that no flight can be read from; the message says why not and what would help."""


@dataclass(frozen=True)
class Recorded:
    """A flight as it was left: records as in `events.json` and `burns.json`, stretches by module; `sky` says where the Moon was."""

    mission: str
    flight_digest: str
    modules: tuple[str, ...]
    stretches: Mapping[str, tuple[Stretch, ...]] = field(repr=False)
    burns: tuple[Mapping[str, Any], ...] = field(repr=False)
    events: tuple[Mapping[str, Any], ...] = field(repr=False)
    sky: Sky = field(repr=False)


def recorded(flight: Flight) -> Recorded:
    """A flight in memory."""
    tracks = tracks_of(flight.legs)
    burns = tuple(plain(burn_record(leg, burn)) for leg, burn in burns_by_ignition(flight.legs))
    stretches = {module: from_tracks(tracks, module) for module in flight.modules}
    digest = flight_digest(flight_record(flight, ()))
    return Recorded(flight.mission.name, digest, flight.modules, stretches, burns, tuple(plain(event_records(flight))), flight.sky)


def read_folder(folder: Path) -> Recorded:
    """The flight whose files lie in a folder. `FolderError` when they are not there, not whole, or of another version of farside."""
    record, burns, events = (read_json(folder / name) for name in ("flight.json", "burns.json", "events.json"))
    try:
        modules = tuple(record["modules"])
        stretches = _stretches(folder / "trajectory.nc", record, burns["burns"])
        sky = _sky(record, stretches)
        return Recorded(record["mission"], record["flight_digest"], modules, stretches, tuple(burns["burns"]), tuple(events), sky)
    except (KeyError, TypeError, AttributeError) as error:
        raise FolderError(f"{folder}: written by another version of farside ({error!r} cannot be read); fly the mission again") from None


def read_json(file: Path) -> Any:
    """The content of a JSON file of a flight; `FolderError` when it is not there or cannot be read."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FolderError(
            f"{file.parent}: no flight here ({file.name} is missing); `farside fly MISSION --out {file.parent}` makes one"
        ) from None
    except (OSError, ValueError) as error:
        raise FolderError(f"{file}: cannot be read ({error}); fly the mission again") from None


def _stretches(file: Path, record: Mapping[str, Any], burns: list[dict[str, Any]]) -> dict[str, tuple[Stretch, ...]]:
    """Of every module."""
    import xarray as xr

    found = {}
    for module in record["modules"]:
        try:
            with xr.open_dataset(file, group=module) as rows:
                found[module] = from_files(record, burns, rows, module)
        except (OSError, ValueError) as error:
            raise FolderError(f"{file}: cannot be read ({error}); fly the mission again") from None
    return found


def _sky(record: Mapping[str, Any], stretches: Mapping[str, tuple[Stretch, ...]]) -> Sky:
    """Moon and Sun over the flight, by the ephemeris that it was flown with."""
    named = record["data"].get(EPHEMERIS, "de421").partition(",")[0]
    if named not in EPHEMERIS_PACKAGES:
        raise FolderError(f"flown with the ephemeris {named!r}, which this version does not have: {', '.join(EPHEMERIS_PACKAGES)}")
    ends = [epoch for parts in stretches.values() for part in parts for epoch in (part.start_s, part.end_s)]
    return load_sky(min(ends), max(ends), cast(Ephemeris, named))
