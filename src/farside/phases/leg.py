"""What a phase hands back: a leg, with its arcs, events, burns and outcome. Everything a user sees is a reading of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.basis.epochs import utc_from_tdb
from farside.craft.module import Center, Craft, Module, Vector
from farside.dynamics.arcs import Arc


class Outcome(Enum):
    """How a phase or a flight ended. The advice that goes with it stands in the leg's `advice`."""

    DONE = "done"
    PROPELLANT_EXHAUSTED = "propellant exhausted"
    TARGET_MISSED = "target missed"
    IMPACT = "impact"
    NO_CONTACT = "no contact"
    NO_LIGHT = "no light"
    NO_SAFE_GROUND = "no safe ground"
    NO_POWER = "no power"
    OVERLOADED = "overloaded"
    NOT_FOUND = "not found"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Event:
    """Something that happened: the truth at that epoch. `epoch_s` TDB seconds past J2000; state about `center`, ICRF axes."""

    name: str
    phase: str
    craft: str
    modules: tuple[str, ...]
    epoch_s: float
    center: Center
    r_m: Vector
    v_m_s: Vector
    mass_kg: float
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Attitude:
    """The thrust direction during a burn: `cos(w) axis + sin(w) toward`, `w = rate_rad_s * (t - reference_s)`.

    A sweep at constant rate along a great circle; `axis` and `toward` are orthogonal unit vectors in ICRF axes.
    """

    axis: Vector
    toward: Vector
    rate_rad_s: float
    reference_s: float


@dataclass(frozen=True, eq=False)
class Throttled:
    """The history of a closed-loop burn: from each epoch on, until the next, this thrust along this axis (ICRF) is held.

    Two are equal when every number of them is.
    """

    epochs_s: NDArray[np.float64]
    thrusts_n: NDArray[np.float64]
    axes: NDArray[np.float64]

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Throttled):
            return NotImplemented
        pairs = ((self.epochs_s, other.epochs_s), (self.thrusts_n, other.thrusts_n), (self.axes, other.axes))
        return all(np.array_equal(one, two) for one, two in pairs)

    def held_at(self, epochs_s: NDArray[np.float64] | float) -> NDArray[np.intp]:
        """Which entry is held at the epochs (k,): the last one that has begun, the first before all of them."""
        return np.maximum(np.searchsorted(self.epochs_s, epochs_s, "right") - 1, 0)


@dataclass(frozen=True)
class Burn:
    """One burn as it was flown: enough to re-propagate it with another tool. Epochs TDB s past J2000; `thrust_n` and `isp_s` as flown.

    A closed-loop burn has a `history`; its `thrust_n` is the mean and its `attitude` the sweep from first to last axis.
    """

    name: str
    phase: str
    craft: str
    module: str
    engine: str
    center: Center
    ignition_s: float
    cutoff_s: float
    thrust_n: float
    isp_s: float
    ignition_mass_kg: float
    propellant_kg: float
    delta_v_m_s: float
    attitude: Attitude
    history: Throttled | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class History:
    """What a closed loop had at each of its epochs (k,) besides where it was: columns (k,) by name, units in the names.

    Two are equal when every number of them is.
    """

    epochs_s: NDArray[np.float64] = field(repr=False)
    columns: Mapping[str, NDArray[np.float64]] = field(repr=False)

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, History):
            return NotImplemented
        same = np.array_equal(self.epochs_s, other.epochs_s) and self.columns.keys() == other.columns.keys()
        return same and all(np.array_equal(column, other.columns[name], equal_nan=True) for name, column in self.columns.items())


@dataclass(frozen=True, repr=False)
class Leg:
    """What one phase did with one craft. `before` is the craft it was given, `after` those it left (one, or two after a separation).

    Arcs follow each other without gap; `loads` are the modules, with propellant and cargo, as each arc began. `advice` says what happened
    and what would help when the outcome is not `DONE`. `history` is that of a flight through air.
    """

    phase: str
    before: tuple[Craft, ...]
    after: tuple[Craft, ...]
    arcs: tuple[Arc, ...] = field(default=(), repr=False)
    events: tuple[Event, ...] = ()
    burns: tuple[Burn, ...] = ()
    outcome: Outcome = Outcome.DONE
    advice: str = ""
    loads: tuple[tuple[Module, ...], ...] = field(default=(), repr=False)
    history: History | None = None

    @property
    def start_s(self) -> float:
        """When it begins, TDB seconds past J2000."""
        return self.before[0].epoch_s

    @property
    def end_s(self) -> float:
        """When it ends."""
        return self.after[0].epoch_s

    def __repr__(self) -> str:
        hours = (self.end_s - self.start_s) / 3600.0
        long = f"{hours * 60.0:.0f} min" if hours < 2.0 else f"{hours:.1f} h" if hours < 48.0 else f"{hours / 24.0:.1f} d"
        burned = "".join(f", {burn.name} {burn.delta_v_m_s:.1f} m/s" for burn in self.burns)
        return f"<Leg {self.phase} of {self.before[0].name} {utc_from_tdb(self.start_s, 0)} {long}{burned}, {self.outcome.value}>"
