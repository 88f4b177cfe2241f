"""Readings of an entry alone: one record of what was flown, beside what was published of it, and how its runs spread."""

from __future__ import annotations

import csv
import functools
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from farside.basis.epochs import utc_from_tdb
from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.dynamics.heating import W_M2_IN_W_CM2
from farside.guidance.command import vector
from farside.phases.entry_alone import EntryAlone, end_of, miss_of, world_of
from farside.phases.leg import Leg, Outcome
from farside.products.events import event_record
from farside.products.orbit import motion, place
from farside.products.study import write_csv
from farside.products.whole import Writer, write_whole
from farside.studies.spread import outcomes, spreads

if TYPE_CHECKING:
    from farside.studies.entries import Entries


COLUMNS = ("seconds", "latitude_deg", "longitude_deg", "altitude_km", "speed_km_s", "flight_path_angle_deg", "azimuth_deg")
"""Of `trajectory.csv`, and then the same three of the velocity relative to the turning Earth."""


def write_entries(flown: Entries, folder: Path, more: Mapping[str, Writer] | None = None) -> dict[str, Path]:
    """Write the record, the trajectory and the table of the runs, and `more` beside them; file name -> path. `OSError` when the folder
    cannot be written."""
    writers: dict[str, Writer] = {"trajectory.csv": functools.partial(write_trajectory, flown=flown), **(more or {})}
    if flown.runs:
        writers["runs.csv"] = functools.partial(write_csv, runs=flown.runs)
    return write_whole(folder, {**writers, "entry.json": functools.partial(write_record, flown=flown)}, stale=("runs.csv",))


def write_record(path: Path, flown: Entries) -> None:
    """The record as `entry.json`."""
    path.write_text(json.dumps(entry_record(flown), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_trajectory(path: Path, flown: Entries) -> None:
    """A line a second of the entry without errors: where it is and how it moves, in space and over the ground."""
    arc, sky = flown.nominal.arcs[-1], world_of(flown.alone.begins.epoch_s).sky
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([*COLUMNS, *(f"ground_{name}" for name in COLUMNS[4:])])
        for epoch in np.append(np.arange(arc.start_s, arc.end_s), arc.end_s):
            y = arc.at(float(epoch))[0]
            r, v = vector(y[:3]), vector(y[3:6])
            told = {**place("earth", float(epoch), r, sky), **motion("earth", float(epoch), r, v, sky)}
            table.writerow([round(value, 9) for value in (float(epoch) - arc.start_s, *told.values())])


def entry_record(flown: Entries) -> dict[str, Any]:
    """What was flown, how it ended, what was published, and the spread of the runs. Plain values, as JSON takes them."""
    alone, leg = flown.alone, flown.nominal
    sky, miss = world_of(alone.begins.epoch_s).sky, miss_of(alone, leg)
    return {
        "name": alone.name,
        "description": alone.description,
        "begins_utc": utc_from_tdb(leg.start_s),
        "mass_kg": alone.begins.mass_kg,
        "aeroshell": alone.entry.aeroshell,
        "guidance": alone.entry.guidance.kind,
        "outcome": leg.outcome.value,
        "advice": leg.advice,
        "events": [event_record(event, leg.start_s, sky) for event in leg.events],
        "end": {**asdict(end_of(leg)), "miss_m": miss},
        "limits": {"load_g": alone.entry.load_limit_m_s2 / STANDARD_GRAVITY_M_S2, "miss_m": alone.entry.miss_max_m},
        "published": [{**dict(one), "here": None if one.here is None else answer(alone, leg, one.here)} for one in alone.published],
        "runs": _runs(flown) if flown.runs else None,
    }


def answer(alone: EntryAlone, leg: Leg, what: str) -> str | None:
    """The number of this flight that is to stand beside a published one, with its unit; None when it has none, or ended before."""
    history, end = leg.history, end_of(leg)
    assert history is not None
    columns, hottest = history.columns, int(history.columns["heat_flux_w_m2"].argmax())
    if what == "apogee":
        top = next((event for event in leg.events if event.name == "skip_apogee"), None)
        if top is None:
            return None
        told = event_record(top, leg.start_s, world_of(alone.begins.epoch_s).sky)
        return f"{told['altitude_km']:.1f} km, level at {told['speed_km_s']:.2f} km/s"
    if what in ("seconds", "speed", "mach") and leg.outcome is not Outcome.DONE:
        return None
    return {
        "load": f"{max(event.data['load_g'] for event in leg.events if 'load_g' in event.data):.2f} g",
        "heat_flux": f"{columns['heat_flux_w_m2'].max() / W_M2_IN_W_CM2:.0f} W/cm2",
        "hottest": f"{history.epochs_s[hottest] - leg.start_s:.0f} s, {columns['height_m'][hottest] / 1e3:.0f} km",
        "seconds": f"{end.seconds:.1f} s",
        "speed": f"{end.speed_m_s:.1f} m/s",
        "mach": f"{columns['mach'][-1]:.2f}",
    }[what]


def _runs(flown: Entries) -> dict[str, Any]:
    ended = [asdict(run) for run in flown.runs if run.outcome != flown.nominal.outcome.value]
    spread = {name: asdict(one) for name, one in spreads(flown.runs).items()}
    return {"count": len(flown.runs), "seed": flown.seed, "outcomes": outcomes(flown.runs), "spread": spread, "ended": ended}
