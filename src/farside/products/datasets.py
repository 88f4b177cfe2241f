"""A flight for people who work with xarray and pandas: its trajectories as a tree of datasets, its events as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farside.products.events import event_records
from farside.products.plain import plain
from farside.products.tables import event_table
from farside.products.tracks import module_tracks, tracks_of
from farside.products.trajectory import attributes, history

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from farside.flight import Flight


def to_xarray(flight: Flight) -> xr.DataTree:
    """The trajectories of a flight, a group for each module: what `trajectory.nc` holds (`docs/files.md`), in memory.

    Times are TDB seconds past J2000, positions and velocities SI about `center` in ICRF axes.
    """
    import xarray as xr

    tracks = tracks_of(flight.legs)
    groups = {module: history(module_tracks(tracks, module), module) for module in flight.modules}
    return xr.DataTree.from_dict({"/": xr.Dataset(attrs=attributes(flight)), **groups})


def to_pandas(flight: Flight) -> pd.DataFrame:
    """The events of a flight, a row each: the columns of `events.csv`, `epoch_utc` as time stamps.

    Empty where an event has no such datum; no time stamp in a leap second, which pandas does not know.
    """
    import pandas as pd

    names, rows = event_table(plain(event_records(flight)))
    table = pd.DataFrame(rows, columns=names)
    return table.assign(epoch_utc=pd.to_datetime(table["epoch_utc"], utc=True, errors="coerce"))
