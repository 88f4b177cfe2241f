"""Tables for spreadsheets: where each module was, row by row, and what happened; CSV (RFC 4180), one heading, UTC and TDB.

*Model*: places in `x_km` .. `vz_km_s` are about `center` in ICRF axes; latitude (geodetic on the Earth, planetocentric in mean-Earth axes
on the Moon), east longitude and altitude are above the turning body. A row holds from its epoch on: where two arcs meet there is one row,
about the centre and in the mode of the later one. *Limits*: UTC is told to the millisecond, in which a craft moves metres; TDB has every
digit.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.basis.epochs import utc_from_tdb
from farside.environment.ephemeris import Sky
from farside.environment.orientation import ground_place
from farside.products.recorded import Recorded
from farside.products.stretches import Stretch, stepped

Array = NDArray[np.float64]
Record = Mapping[str, Any]

COLUMNS = (
    "epoch_utc", "epoch_tdb_s", "phase", "craft", "center", "mode", "x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s",
    "latitude_deg", "longitude_deg", "altitude_km", "mass_kg", "module_mass_kg", "thrust_n",
)  # fmt: skip
"""Of a module's table."""
VECTORS = {"position_km": ("x_km", "y_km", "z_km"), "velocity_km_s": ("vx_km_s", "vy_km_s", "vz_km_s")}
"""Of `events.json`, and the columns they become."""


def write_module_table(path: Path, flown: Recorded, module: str, step_s: float | None = None) -> None:
    """Write the rows of a module: at the nodes of the flight, or every `step_s` and where arcs meet."""
    write_table(path, COLUMNS, module_rows(list(stepped(flown.stretches[module], step_s)), flown.sky))


def module_rows(stretches: Sequence[Stretch], sky: Sky) -> Iterator[list[Any]]:
    """The rows of `COLUMNS`; the end of an arc is the beginning of the next one."""
    for stretch in stretches:
        count = stretch.times_s.size - (stretch is not stretches[-1])
        grounds = places_over(stretch, sky)
        for k in range(count):
            epoch, state = float(stretch.times_s[k]), stretch.states[k].tolist()
            motion = [x / 1e3 for x in state[:6]]
            masses = [state[6], float(stretch.module_mass_kg[k]), float(stretch.thrust_n[k])]
            named = [stretch.phase, stretch.craft, stretch.center, stretch.mode]
            yield [utc_from_tdb(epoch), epoch, *named, *motion, *grounds[k], *masses]


def places_over(stretch: Stretch, sky: Sky) -> list[tuple[float, float, float]]:
    """Latitude and longitude [deg] and altitude [km] over the centre of a stretch, at its nodes."""
    if stretch.center == "earth":
        turned = np.einsum("kij,kj->ki", icrf_to_itrf(stretch.times_s), stretch.states[:, :3])
        grounds = [geodetic_from_itrf(x, y, z) for x, y, z in turned.tolist()]
    else:
        grounds = [tuple(ground_place("moon", r, t, sky)) for t, r in zip(stretch.times_s.tolist(), stretch.states[:, :3], strict=True)]
    return [(math.degrees(north), math.degrees(east) % 360.0, height / 1e3) for north, east, height in grounds]


def event_table(events: Iterable[Record]) -> tuple[list[str], list[dict[str, Any]]]:
    """Column names and rows of the records of an `events.json`: vectors by component, the data of each event in columns of their own.

    `modules` are words between blanks; a list among the data is JSON text. A column of the data whose name another one has begins with
    `data_`.
    """
    rows = [_flat(event) for event in events]
    return list(dict.fromkeys(name for row in rows for name in row)), rows


def _flat(event: Record) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, value in event.items():
        if key in VECTORS:
            row.update(zip(VECTORS[key], value, strict=True))
        elif key != "data":
            row[key] = " ".join(value) if key == "modules" else value
    data = {f"data_{key}" if key in row else key: value for key, value in event["data"].items()}
    return {**row, **{key: _cell(value) for key, value in data.items()}}


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def write_event_table(path: Path, events: Iterable[Record]) -> None:
    """Write `events.csv`: a line an event, empty where it has no such datum."""
    names, rows = event_table(events)
    write_table(path, names, ([row.get(name) for name in names] for row in rows))


def write_table(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a heading and rows; floats as their shortest text that reads back to the bit, nothing for None."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(names)
        table.writerows([repr(cell) if isinstance(cell, float) else cell for cell in row] for row in rows)
