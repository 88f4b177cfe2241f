"""Stretches: the pieces of one module's trajectory that exports are cut from, of a flight in memory or from the folder it left.

A stretch is one arc of the craft that the module was part of: one centre, one mode, nodes between which a Lagrange interpolation of
degree 7 finds every position again within a metre. Those of a folder are those of the flight, to the bit: the rows of `trajectory.nc`,
and the end of each arc from `flight.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from farside.products.tracks import Track, interpolated, module_tracks

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

IN_SPACE = ("coast", "burn")  # modes of motion that burns and gravity explain


@dataclass(frozen=True)
class Stretch:
    """One arc of a module: `times_s` (k,) TDB s past J2000; `states` (k, 7) position [m], velocity [m/s] about `center` (ICRF axes), mass
    [kg] of all joined `modules`; `module_mass_kg` (k,) of this module; `thrust_n` (k,) held from each node on."""

    phase: str
    craft: str
    modules: tuple[str, ...]
    mode: str
    center: str
    times_s: Array = field(repr=False)
    states: Array = field(repr=False)
    module_mass_kg: Array = field(repr=False)
    thrust_n: Array = field(repr=False)

    @property
    def start_s(self) -> float:
        return float(self.times_s[0])

    @property
    def end_s(self) -> float:
        return float(self.times_s[-1])

    def at(self, epochs_s: Array) -> Array:
        """States (n, 7) at epochs (n,) within: Lagrange of degree 7 for the motion, straight lines for the mass."""
        motion = interpolated(self.times_s, self.states[:, :6], epochs_s)
        mass = np.interp(epochs_s, self.times_s, self.states[:, 6])
        return np.column_stack([self._exact(motion, epochs_s), mass])

    def _exact(self, motion: Array, epochs_s: Array) -> Array:
        """The motion with the nodes themselves where they are asked for."""
        nearest = np.minimum(np.searchsorted(self.times_s, epochs_s), self.times_s.size - 1)
        hit = self.times_s[nearest] == epochs_s
        motion[hit] = self.states[nearest[hit], :6]
        return motion

    def resampled(self, epochs_s: Array) -> Stretch:
        """The same arc with other nodes (n,), both ends among them or not."""
        held = np.maximum(np.searchsorted(self.times_s, epochs_s, "right") - 1, 0)
        mass = np.interp(epochs_s, self.times_s, self.module_mass_kg)
        named = (self.phase, self.craft, self.modules, self.mode, self.center)
        return Stretch(*named, epochs_s, self.at(epochs_s), mass, self.thrust_n[held])


def from_tracks(tracks: Iterable[Track], module: str) -> tuple[Stretch, ...]:
    """The stretches of a module of a flight in memory, by epoch."""
    return tuple(_from_track(track, module) for track in module_tracks(tracks, module))


def _from_track(track: Track, module: str) -> Stretch:
    named = (track.phase, track.craft, track.modules, track.arc.mode, track.arc.center)
    return Stretch(*named, track.times_s, track.states, track.module_mass_kg(module), track.thrust_n)


def from_files(record: Mapping[str, Any], burns: Sequence[Mapping[str, Any]], rows: xr.Dataset, module: str) -> tuple[Stretch, ...]:
    """The stretches of a module from what its flight left: `flight.json`, the list in `burns.json`, its group of `trajectory.nc`.

    Raises `ValueError` when the files do not belong together.
    """
    legs = [leg for leg in record["legs"] if module in leg["modules"]]
    arcs = [(leg, arc) for leg in legs for arc in leg["arcs"] if arc["end"]["epoch_tdb_s"] > arc["start"]["epoch_tdb_s"]]
    arcs.sort(key=lambda told: told[1]["start"]["epoch_tdb_s"])
    table = _Table(rows)
    found = tuple(table.stretch(leg, arc, burns, module) for leg, arc in arcs)
    if sum(stretch.times_s.size - 1 for stretch in found) + 1 != table.times_s.size:
        raise ValueError(f"trajectory.nc has rows of {module} that flight.json tells no arc of: they are of two flights")
    return found


class _Table:
    """The rows of a module in memory."""

    def __init__(self, rows: xr.Dataset) -> None:
        self.times_s = rows["time"].values
        self.states = np.column_stack([rows["r_m"].values, rows["v_m_s"].values, rows["mass_kg"].values])
        self.module_mass_kg, self.thrust_n = rows["module_mass_kg"].values, rows["thrust_n"].values

    def stretch(self, leg: Mapping[str, Any], arc: Mapping[str, Any], burns: Sequence[Mapping[str, Any]], module: str) -> Stretch:
        """The rows of an arc, and its end, which no row has where another arc begins."""
        start, end = arc["start"], arc["end"]
        first, last = np.searchsorted(self.times_s, [start["epoch_tdb_s"], end["epoch_tdb_s"]])
        if last == first or self.times_s[first] != start["epoch_tdb_s"]:
            raise ValueError(f"trajectory.nc has no row where flight.json begins an arc of {module} in {leg['phase']}")
        times = np.append(self.times_s[first:last], end["epoch_tdb_s"])
        states = np.vstack([self.states[first:last], [*end["r_m"], *end["v_m_s"], end["mass_kg"]]])
        start_kg = self.module_mass_kg[first]
        burn = _burn_of(burns, leg, arc)
        lost = states[0, 6] - states[:, 6] if burn is not None and burn["module"] == module else np.zeros(times.size)
        thrust = np.append(self.thrust_n[first:last], _last_thrust_n(burn, arc))
        named = (leg["phase"], leg["craft"], tuple(leg["modules"]), arc["mode"], arc["center"])
        return Stretch(*named, times, states, start_kg - lost, thrust)


def _burn_of(burns: Sequence[Mapping[str, Any]], leg: Mapping[str, Any], arc: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The record of the burn that an arc is of; None for one that is no burn."""
    if arc["mode"] != "burn":
        return None
    middle = 0.5 * (arc["start"]["epoch_tdb_s"] + arc["end"]["epoch_tdb_s"])
    for burn in burns:
        if (burn["phase"], burn["craft"]) == (leg["phase"], leg["craft"]) and burn["ignition_tdb_s"] <= middle <= burn["cutoff_tdb_s"]:
            return burn
    raise ValueError(f"burns.json has no burn of {leg['craft']} in {leg['phase']} where flight.json has one: they are of two flights")


def _last_thrust_n(burn: Mapping[str, Any] | None, arc: Mapping[str, Any]) -> float:
    """The thrust held at the end of an arc."""
    if burn is None or burn["throttle_history"] is None:
        return float(arc["thrust_n"])
    history = burn["throttle_history"]
    return float(history["thrust_n"][max(0, int(np.searchsorted(history["tdb_s"], arc["end"]["epoch_tdb_s"], "right")) - 1)])


def stepped(stretches: Sequence[Stretch], step_s: float | None, least: int = 0) -> Iterator[Stretch]:
    """The stretches with nodes every `step_s` from the first epoch on, and at both ends of each; as they are without a step.

    One that would have less than `least` nodes is left as it is.
    """
    zero_s = stretches[0].start_s if stretches else 0.0
    for stretch in stretches:
        if step_s is None:
            yield stretch
            continue
        first, last = np.floor((stretch.start_s - zero_s) / step_s) + 1, np.ceil((stretch.end_s - zero_s) / step_s)
        inner = zero_s + step_s * np.arange(first, last)
        inner = inner[(inner > stretch.start_s) & (inner < stretch.end_s)]
        epochs = np.concatenate([[stretch.start_s], inner, [stretch.end_s]])
        yield stretch if epochs.size < least else stretch.resampled(epochs)
