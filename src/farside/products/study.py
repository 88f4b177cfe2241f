"""Readings of a study: one record of what was flown alone and how its runs spread, and the tables of the runs (CSV, NetCDF)."""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from farside.basis.epochs import utc_from_tdb
from farside.products.events import event_records
from farside.products.files import write_flight
from farside.products.whole import Writer
from farside.studies.alone import ending, whole
from farside.studies.limits import limits
from farside.studies.spread import Run

if TYPE_CHECKING:
    from farside.flight import Flight
    from farside.studies.disperse import Study


def nominal(study: Study) -> Flight:
    """The flight without errors, from the mission's beginning to the part's end."""
    return whole(study.alone, study.nominal)


def write_study(study: Study, folder: Path, more: Mapping[str, Writer] | None = None) -> dict[str, Path]:
    """Write the flight without errors as `write_flight` does, from the mission's beginning to the part's end, and the tables of the runs.

    `more`: what is to lie beside them, by name. Returns file name -> path. Raises `OSError` when the folder cannot be written; then nothing
    has changed.
    """
    tables = {
        "runs.csv": functools.partial(write_csv, runs=study.runs),
        "runs.nc": functools.partial(write_netcdf, runs=study.runs, attributes=_attributes(study)),
    }
    return write_flight(nominal(study), folder, {**(tables if study.runs else {}), **(more or {})})


def study_record(study: Study) -> dict[str, Any]:
    """What was flown, when and how, against what is allowed; and the spread of the runs. Plain values, as JSON takes them."""
    one, flown = study.alone, study.nominal
    names = {phase.name for phase in one.phases}
    return {
        "mission": study.mission.name,
        "digest": study.mission.digest,
        "part": study.part.word,
        "begins_utc": utc_from_tdb(one.state.craft(one.phases[0].craft).epoch_s),
        "begins_declared": not one.before,
        "outcome": flown.outcome.value,
        "advice": flown.advice,
        "events": [record for record in event_records(whole(one, flown)) if record["phase"] in names],
        "limits": _limits(study),
        "late_s": _late_s(study),
        "propellant_kg": _propellant(study),
        "runs": _runs(study) if study.runs else None,
    }


def _limits(study: Study) -> list[dict[str, Any]]:
    """Each declared limit of the end: what it was, what it may be, how much of it is used; nothing for an end that did not come."""
    event = ending(study.alone, study.nominal.legs)
    data = event.data if event else {}
    told = ((limit, data[limit.key]) for limit in limits(study.alone.last) if limit.key in data)
    return [{"what": limit.key, "was": float(was), "most": limit.most, "used": limit.share(data)} for limit, was in told]


def _late_s(study: Study) -> float | None:
    """By how much the touchdown is later than the goal; None for a part without a goal, or an end that did not come."""
    event, goal_s = ending(study.alone, study.nominal.legs), study.mission.goals.touchdown_s
    return event.epoch_s - goal_s if event and goal_s is not None and event.name == "touchdown" else None


def _propellant(study: Study) -> dict[str, dict[str, float]]:
    """Of each module that burned in the part: what it had at its beginning, what it burned, what is left."""
    before = {module.name: module.propellant_kg for craft in study.alone.state.crafts for module in craft.modules}
    after = {module.name: module.propellant_kg for craft in study.nominal.state.crafts for module in craft.modules}
    burned = dict.fromkeys(burn.module for burn in study.nominal.burns)
    return {name: {"before": before[name], "burned": before[name] - after[name], "left": after[name]} for name in burned if name in after}


def _runs(study: Study) -> dict[str, Any]:
    """The runs in short: how many, how they ended, how their numbers spread, and why those ended that did not come to the end."""
    return {
        "count": len(study.runs),
        "seed": study.mission.seed,
        "outcomes": study.outcomes,
        "spread": {name: asdict(spread) for name, spread in study.spreads.items()},
        "within_limits": _within(study),
        "ended": [{"run": run.run, "outcome": run.outcome, "advice": run.advice} for run in study.runs if run.outcome != "done"],
    }


def _within(study: Study) -> dict[str, float]:
    """The largest share of each declared limit that any run used."""
    found = {}
    for limit in limits(study.alone.last):
        shares = [limit.share(run.numbers) for run in study.runs]
        found[limit.key] = max((share for share in shares if math.isfinite(share)), default=math.nan)
    return {key: share for key, share in found.items() if math.isfinite(share)}


def columns(runs: Sequence[Run]) -> list[str]:
    """The names of all numbers, in the order in which runs name them."""
    return list(dict.fromkeys(name for run in runs for name in run.numbers))


def write_csv(path: Path, runs: Sequence[Run]) -> None:
    """One line a run: its number, how it ended, and every number that any run has; empty where this one does not."""
    names = columns(runs)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["run", "outcome", *names, "advice"])
        for run in runs:
            table.writerow([run.run, run.outcome, *(repr(run.numbers[name]) if name in run.numbers else "" for name in names), run.advice])


def write_netcdf(path: Path, runs: Sequence[Run], attributes: dict[str, str]) -> None:
    """The same along a dimension `run`; NaN where a run does not have a number."""
    data = {name: ("run", np.array([run.numbers.get(name, math.nan) for run in runs])) for name in columns(runs)}
    words = {word: ("run", np.array([getattr(run, word) for run in runs], dtype=object)) for word in ("outcome", "advice")}
    xr.Dataset({**data, **words}, {"run": np.array([run.run for run in runs])}, attributes).to_netcdf(path)


def _attributes(study: Study) -> dict[str, str]:
    """What the table says of itself."""
    return {
        "title": f"{study.mission.name}: dispersed runs of its {study.part.word}",
        "mission": study.mission.name,
        "mission_digest": study.mission.digest,
        "seed": str(study.mission.seed),
        "source": "farside",
        "units": "each name ends in its unit",
    }
