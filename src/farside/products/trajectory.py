"""The trajectory file: NetCDF, one group per module, one row per node of the module's tracks.

A row holds from its epoch on: where two arcs meet there is one row, about the centre and in the mode of the later one. Times rise
strictly, from the module's first epoch to its last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from farside.products.tracks import Track, module_tracks

if TYPE_CHECKING:
    import xarray as xr

    from farside.flight import Flight

UNITS = {
    "time": ("s", "TDB seconds past J2000 (2000-01-01T12:00:00 TDB)"),
    "center": ("1", "body at the origin of r_m"),
    "r_m": ("m", "position about center, ICRF axes"),
    "v_m_s": ("m/s", "velocity about center, ICRF axes"),
    "mass_kg": ("kg", "mass of all joined modules"),
    "module_mass_kg": ("kg", "mass of this module"),
    "thrust_n": ("N", "thrust on the joined modules, from this epoch on"),
    "mode": ("1", "coast, burn, landed, flying (in air) or carried (over the ground)"),
    "craft": ("1", "name of the craft this module is part of"),
}
CODES = ("center", "mode", "craft")


def write_trajectory(path: Path, tracks: Sequence[Track], modules: Sequence[str], attributes: Mapping[str, str]) -> None:
    """Write the histories of the modules to `path`, with `attributes` of the whole file; nothing of an older file is kept."""
    import xarray as xr

    xr.Dataset(attrs={"Conventions": "CF-1.8", **attributes}).to_netcdf(path, mode="w", engine="netcdf4")
    for module in modules:
        data = history(module_tracks(tracks, module), module)
        encoding: dict[str, Any] = {name: {"dtype": "S1"} for name in CODES}
        data.to_netcdf(path, mode="a", group=module, engine="netcdf4", encoding=encoding)


def history(tracks: Sequence[Track], module: str) -> xr.Dataset:
    """One module's rows; `tracks` are its own, by epoch."""
    import xarray as xr

    cuts = [(track, track.times_s.size - (track is not tracks[-1])) for track in tracks]  # rows that a track gives
    counts = [k for _, k in cuts]
    columns: dict[str, Any] = {
        "r_m": (("time", "axis"), joined([track.states[:k, :3] for track, k in cuts], (0, 3))),
        "v_m_s": (("time", "axis"), joined([track.states[:k, 3:6] for track, k in cuts], (0, 3))),
        "mass_kg": ("time", joined([track.states[:k, 6] for track, k in cuts], (0,))),
        "module_mass_kg": ("time", joined([track.module_mass_kg(module)[:k] for track, k in cuts], (0,))),
        "thrust_n": ("time", joined([track.thrust_n[:k] for track, k in cuts], (0,))),
        "center": ("time", np.repeat([track.arc.center for track in tracks], counts)),
        "mode": ("time", np.repeat([track.arc.mode for track in tracks], counts)),
        "craft": ("time", np.repeat([track.craft for track in tracks], counts)),
    }
    times = joined([track.times_s[:k] for track, k in cuts], (0,))
    data = xr.Dataset(columns, coords={"time": times, "axis": ["x", "y", "z"]})
    for name, (units, meaning) in UNITS.items():
        data[name].attrs.update({"units": units, "long_name": meaning} if name != "time" else {"long_name": meaning})
    return data


def attributes(flight: Flight) -> dict[str, str]:
    """What the trajectory file says of itself."""
    return {
        "title": f"{flight.mission.name}: trajectories of its modules",
        "mission": flight.mission.name,
        "mission_digest": flight.mission.digest,
        "source": "farside",
        "axes": "ICRF",
        "time": "TDB seconds past J2000 (2000-01-01T12:00:00 TDB)",
    }


def joined(parts: list[Any], empty: tuple[int, ...]) -> Any:
    """The parts end to end; an array of shape `empty` for a module that never flew."""
    return np.concatenate(parts) if parts else np.empty(empty)
