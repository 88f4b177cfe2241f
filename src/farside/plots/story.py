"""A flight as pictures read it: its events as they are told, its legs and burns by phase, and where its craft were.

Positions are arrays (k, 3) [m]; epochs (k,) TDB seconds past J2000; axes ICRF unless a name says otherwise.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.epochs import utc_from_tdb
from farside.craft.module import Module
from farside.dynamics.arcs import Arc
from farside.environment.ephemeris import moon_state
from farside.environment.orientation import icrf_to_moon_me
from farside.phases.leg import Burn, Leg
from farside.plots.look import Colours, colours_of
from farside.products.events import event_records, mission_zero_s

if TYPE_CHECKING:
    from farside.environment.ephemeris import Sky
    from farside.flight import Flight
    from farside.mission import Phase

Array = NDArray[np.float64]
Record = Mapping[str, Any]
MOST_EPOCHS = 1000  # of one arc in a picture


class Stretch(NamedTuple):
    """An arc, the leg it is of, and the modules that were joined as it began."""

    leg: Leg
    arc: Arc
    load: tuple[Module, ...]


@dataclass(frozen=True)
class Story:
    """A flight and what pictures ask of it."""

    flight: Flight = field(repr=False)

    @cached_property
    def events(self) -> Sequence[Record]:
        """Every event as `events.json` tells it, by epoch."""
        return event_records(self.flight)

    @cached_property
    def colours(self) -> Colours:
        """The colour of each module, and of each craft: its own where it has one, else that of its first module."""
        crafts = {craft.name: craft.module_names[0] for leg in self.flight.legs for craft in (*leg.after, *leg.before)}
        return colours_of(self.flight.modules, crafts)

    @cached_property
    def zero_s(self) -> float:
        """Where mission time counts from."""
        return mission_zero_s(self.flight)

    @property
    def sky(self) -> Sky:
        return self.flight.sky

    @property
    def legs(self) -> tuple[Leg, ...]:
        return self.flight.legs

    def named(self, event: str) -> list[Record]:
        """The events of that name, by epoch."""
        return [record for record in self.events if record["event"] == event]

    def first(self, event: str) -> Record | None:
        """The first event of that name; None in a flight without."""
        return next(iter(self.named(event)), None)

    def flown(self, kind: str) -> Iterator[tuple[Phase, Leg]]:
        """The phases of a kind that were flown, with the leg of the craft that each moves."""
        for phase in self.flight.mission.phases:
            for leg in self.legs:
                if phase.kind == kind and leg.phase == phase.name and leg.before[0].name == phase.craft:
                    yield phase, leg

    def along(self, module: str) -> list[Stretch]:
        """The arcs that a module was part of, by epoch."""
        legs = [leg for leg in self.legs if module in leg.before[0].module_names]
        found = [Stretch(leg, arc, load) for leg in legs for arc, load in zip(leg.arcs, leg.loads, strict=True)]
        return sorted(found, key=lambda one: one.arc.start_s)

    def states(self, module: str, epochs_s: Array) -> Array:
        """Where a module is at rising epochs (k,): states (k, 7) about the centre of each arc; NaN where it is not followed."""
        out = np.full((epochs_s.size, 7), np.nan)
        for _, arc, _ in self.along(module):
            inside = (epochs_s >= arc.start_s) & (epochs_s <= arc.end_s)
            if inside.any():
                out[inside] = arc.at(epochs_s[inside])
        return out


def flies(arc: Arc) -> bool:
    """Whether a craft moves by itself on an arc: it does not stand, and nobody carries it."""
    return arc.mode in ("coast", "burn", "flying")


def finer(arc: Arc, parts: int = 6) -> Array:
    """Epochs along an arc: each of its steps, which are short where it bends, in so many parts; at most a thousand in all."""
    times, most = arc.times_s, MOST_EPOCHS // parts
    if times.size > most:
        times = times[np.unique(np.linspace(0, times.size - 1, most).astype(int))]
    return np.unique(np.concatenate([np.linspace(a, b, parts + 1) for a, b in itertools.pairwise(times.tolist())] or [times]))


def moon_places(sky: Sky, epochs_s: Array) -> Array:
    """The Moon's states (k, 6) from the Earth's centre."""
    return np.array([moon_state(float(t), sky) for t in epochs_s]).reshape(-1, 6)


def from_earth(arc: Arc, epochs_s: Array, sky: Sky) -> Array:
    """Positions (k, 3) on an arc from the Earth's centre."""
    r: Array = arc.at(epochs_s)[:, :3]
    return r if arc.center == "earth" else r + moon_places(sky, epochs_s)[:, :3]


def from_moon(arc: Arc, epochs_s: Array, sky: Sky) -> Array:
    """Positions (k, 3) on an arc from the Moon's centre."""
    r: Array = arc.at(epochs_s)[:, :3]
    return r if arc.center == "moon" else r - moon_places(sky, epochs_s)[:, :3]


def on_the_moon(r_m: Array, epochs_s: Array, sky: Sky) -> Array:
    """Positions (k, 3) from the Moon's centre, turned into its mean-Earth axes."""
    turns = np.array([icrf_to_moon_me(float(t), sky) for t in epochs_s])
    return np.asarray(np.einsum("kij,kj->ki", turns, r_m))


def burn_named(legs: Sequence[Leg], name: str) -> Burn | None:
    """The first burn of that name."""
    return next((burn for leg in legs for burn in leg.burns if burn.name == name), None)


def day(epoch_s: float) -> str:
    """`3 May 2024, 09:27 UTC`."""
    text = utc_from_tdb(epoch_s, 0)
    months = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
    return f"{int(text[8:10])} {months[int(text[5:7]) - 1]} {text[:4]}, {text[11:16]} UTC"
