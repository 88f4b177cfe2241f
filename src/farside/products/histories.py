"""The histories of flights through air: NetCDF, one group for each phase that has one, a row each epoch of its loop.

Besides the epoch a row has what the loop tells in `Leg.history`: of a launch height, speeds, angles, thrust, load and the air's pressure,
of an entry bank, load, air and heat flux, of a fall the canopy's force and area too. Where the craft was then is in `trajectory.nc`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from farside.phases.leg import History, Leg

if TYPE_CHECKING:
    import xarray as xr

UNITS = (
    ("_kg_m3", "kg m-3"), ("_w_m2", "W m-2"), ("_m_s2", "m s-2"), ("_m_s", "m s-1"), ("_rad_s", "rad s-1"), ("_rad", "rad"),
    ("_pa", "Pa"), ("_kg", "kg"), ("_n", "N"), ("_k", "K"), ("_m2", "m2"), ("_m", "m"), ("_s", "s"), ("_g", "9.80665 m s-2"),
)  # fmt: skip
"""The end of a name, and the unit that it stands for; the first that fits."""


def write_histories(path: Path, legs: Sequence[Leg], attributes: Mapping[str, str]) -> None:
    """Write the histories of the legs that have one to `path`, with `attributes` of the whole file."""
    import xarray as xr

    about = {**attributes, "title": f"{attributes['mission']}: histories of its flights through air"}
    xr.Dataset(attrs={"Conventions": "CF-1.8", **about}).to_netcdf(path, mode="w", engine="netcdf4")
    for name, data in history_groups(legs).items():
        data.to_netcdf(path, mode="a", group=name, engine="netcdf4")


def history_groups(legs: Sequence[Leg]) -> dict[str, xr.Dataset]:
    """Name of the phase -> its history; the craft is added where two crafts of a phase have one. Legs of one craft make one history."""
    told: dict[tuple[str, str], list[Leg]] = {}
    for leg in legs:
        if leg.history is not None:
            told.setdefault((leg.phase, leg.before[0].name), []).append(leg)
    phases = [phase for phase, _ in told]
    names = {(phase, craft): phase if phases.count(phase) == 1 else f"{phase}_{craft}" for phase, craft in told}
    return {names[which]: dataset(some) for which, some in told.items()}


def joined(histories: Sequence[History]) -> History:
    """Histories that follow each other as one; where one begins as the other ends, its row is kept."""
    epochs = np.concatenate([one.epochs_s for one in histories])
    kept = np.append(np.diff(epochs) > 0.0, True)
    columns = {name: np.concatenate([one.columns[name] for one in histories])[kept] for name in histories[0].columns}
    return History(epochs[kept], columns)


def dataset(legs: Sequence[Leg]) -> xr.Dataset:
    """The history of one craft in one phase, with its units."""
    import xarray as xr

    history, leg = joined([leg.history for leg in legs if leg.history is not None]), legs[0]
    data = xr.Dataset({name: ("time", column) for name, column in history.columns.items()}, coords={"time": history.epochs_s})
    data["time"].attrs["long_name"] = "TDB seconds past J2000 (2000-01-01T12:00:00 TDB)"
    for name in history.columns:
        data[name].attrs["units"] = unit_of(name)
    return data.assign_attrs(phase=leg.phase, craft=leg.before[0].name, modules=" ".join(leg.before[0].module_names))


def unit_of(name: str) -> str:
    """The unit that the end of a name says; "1" for a pure number."""
    return next((unit for ending, unit in UNITS if name.endswith(ending)), "1")
