"""Tracks: the arcs of a flight, each sampled once at nodes between which anyone can interpolate.

Modules that are joined share their craft's tracks, and every product (ephemeris files, the trajectory file) is cut from the same ones.

*Model*: nodes lie evenly in the local time scale `sqrt(r^3 / mu)` (a radian of a circular orbit at that radius), or hourly on the ground,
closer together towards both ends, where a Lagrange interpolation looks at one side only; the error at the middle of every interval is then
measured against the dense arc, and the spacing shortened until it holds. Epochs between the ends are multiples of 1/64 s: exact in a float
and in six decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2
from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.dynamics.arcs import Arc
from farside.phases.leg import Burn, Leg

Array = NDArray[np.float64]

DEGREE = 7  # of the Lagrange interpolation that the nodes are made for
ALLOWED_ERROR_M = 0.4  # at the middle of an interval; the files promise 1 m
RADIANS_PER_NODE = 0.33  # first trial of the spacing: 0.3 m in a circular lunar orbit
STAY_S = 3600.0  # spacing on the ground, which turns by half a degree in that time
RAMP = (0.25, 0.25, 0.5, 0.75)  # the first intervals from either end, in shares of the others
TICKS_PER_S = 64.0

GM_M3_S2 = {"earth": GM_EARTH_M3_S2, "moon": GM_MOON_M3_S2}


@dataclass(frozen=True)
class Track:
    """One arc as nodes: `times_s` (k,) TDB s past J2000, `states` (k, 7) as in the arc, `thrust_n` (k,) held from each node on;
    `start_masses_kg` of the joined modules; `burns` are those that push, one unless stages burn side by side."""

    phase: str
    craft: str
    arc: Arc = field(repr=False)
    times_s: Array = field(repr=False)
    states: Array = field(repr=False)
    thrust_n: Array = field(repr=False)
    start_masses_kg: tuple[tuple[str, float], ...]
    burns: tuple[Burn, ...]

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules joined on this arc."""
        return tuple(name for name, _ in self.start_masses_kg)

    def module_mass_kg(self, name: str) -> Array:
        """Mass (k,) of one module at the nodes: those that burn get lighter."""
        return np.asarray(dict(self.start_masses_kg)[name] - lost_kg(self.burns, name, self.times_s, self.states))


def tracks_of(legs: Iterable[Leg]) -> tuple[Track, ...]:
    """Every arc of the legs as a track, in the order of the legs; arcs of no duration have none."""
    return tuple(track for leg in legs for track in leg_tracks(leg))


def leg_tracks(leg: Leg) -> Iterator[Track]:
    """The tracks of one leg; masses of modules are those that the leg tells of the beginning of each arc."""
    for arc, load in zip(leg.arcs, leg.loads, strict=True):
        burns = burns_of(leg, arc)
        if arc.end_s > arc.start_s:
            times, masses = nodes(arc), tuple((module.name, module.mass_kg) for module in load)
            thrust = thrust_at(burns, arc, times)
            yield Track(leg.phase, leg.before[0].name, arc, times, arc.at(times), thrust, masses, burns)


def thrust_at(burns: Sequence[Burn], arc: Arc, times_s: Array) -> Array:
    """Thrust [N] (k,) held at the epochs (k,) of an arc; that of closed loops by their histories: in air, what it would be in vacuum."""
    histories = [burn.history for burn in burns if burn.history is not None]
    if not histories:
        return np.full(times_s.size, arc.thrust_n)
    return np.sum([history.thrusts_n[history.held_at(times_s)] for history in histories], axis=0)


def lost_kg(burns: Sequence[Burn], module: str, times_s: Array, states: Array) -> Array:
    """What a module has lost (k,) at epochs (k,) of an arc with states (k, 7); the first that burns: what the others leave of the whole."""
    whole, others = states[0, 6] - states[:, 6], {burn.module: spent(burn, times_s) for burn in burns[1:]}
    lost = others.get(module, np.zeros(times_s.size))
    return np.asarray(whole - sum(others.values(), lost) if burns and module == burns[0].module else lost)


def spent(burn: Burn, times_s: Array) -> Array:
    """Propellant [kg] (k,) that a burn of a closed loop has used since the first of the epochs (k,)."""
    assert burn.history is not None
    edges = np.append(burn.history.epochs_s, burn.cutoff_s)
    flows = burn.history.thrusts_n / (STANDARD_GRAVITY_M_S2 * burn.isp_s)
    used = np.interp(times_s, edges, np.concatenate([[0.0], np.cumsum(flows * np.diff(edges))]))
    return np.asarray(used - used[0])


def burns_of(leg: Leg, arc: Arc) -> tuple[Burn, ...]:
    """The burns that this arc is of, none on a coast; `LookupError` for one that the leg does not list."""
    if arc.thrust_n == 0.0:
        return ()
    middle = 0.5 * (arc.start_s + arc.end_s)
    found = tuple(burn for burn in leg.burns if burn.ignition_s <= middle <= burn.cutoff_s)
    if found:
        return found
    listed = ", ".join(f"{b.name} {b.ignition_s} .. {b.cutoff_s}" for b in leg.burns) or "none"
    raise LookupError(f"phase {leg.phase}: arc {arc.start_s} .. {arc.end_s} is a burn that the leg does not list; burns listed: {listed}")


def module_tracks(tracks: Iterable[Track], module: str) -> tuple[Track, ...]:
    """The tracks that a module was part of, by epoch."""
    return tuple(sorted((t for t in tracks if module in t.modules), key=lambda t: t.arc.start_s))


def nodes(arc: Arc) -> Array:
    """Epochs (k,) from which a Lagrange interpolation of degree 7 finds every position of the arc again within half a metre."""
    spacing = RADIANS_PER_NODE
    while True:
        times = spaced(arc, spacing)
        if times.size > 100_000 or float(middle_errors_m(arc, times).max()) < ALLOWED_ERROR_M:
            return times
        spacing *= 0.8


def spaced(arc: Arc, spacing_rad: float) -> Array:
    """Epochs `spacing_rad` of the local time scale apart, both ends included, at least a stencil's worth."""
    r = np.linalg.norm(arc.states[:, :3], axis=1)
    rate = np.full(r.size, RADIANS_PER_NODE / STAY_S) if arc.mode == "landed" else np.sqrt(GM_M3_S2[arc.center] / r**3)
    phase = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(arc.times_s))])
    inner = max(int(np.ceil(phase[-1] / spacing_rad - 2.0 * sum(RAMP))), 0)
    steps = np.cumsum(np.concatenate([[0.0], RAMP, np.ones(inner), RAMP[::-1]]))
    times = np.interp(steps / steps[-1] * phase[-1], phase, arc.times_s)
    if arc.end_s - arc.start_s > 64.0 * DEGREE / TICKS_PER_S:
        times = np.round(times * TICKS_PER_S) / TICKS_PER_S
    between = times[1:-1][(times[1:-1] > arc.start_s) & (times[1:-1] < arc.end_s)]
    return np.unique(np.concatenate([[arc.start_s], between, [arc.end_s]]))


def middle_errors_m(arc: Arc, times: Array) -> Array:
    """Distance [m] (k-1,) between interpolation and arc at the middle of each interval."""
    middles = 0.5 * (times[1:] + times[:-1])
    found = interpolated(times, arc.at(times)[:, :3], middles)
    return np.asarray(np.linalg.norm(found - arc.at(middles)[:, :3], axis=1))


def interpolated(times: Array, values: Array, epochs: Array, degree: int = DEGREE) -> Array:
    """Lagrange interpolation of `values` (k, d) at `times` (k,), from the `degree` + 1 nodes around each epoch (or all, if fewer)."""
    count = min(degree + 1, times.size)
    first = np.clip(np.searchsorted(times, epochs, "right") - (count + 1) // 2, 0, times.size - count)
    stencil = first[:, None] + np.arange(count)
    t = times[stencil] - epochs[:, None]
    total: Any = 0.0
    for i in range(count):
        others = [j for j in range(count) if j != i]
        weight = np.prod(t[:, others] / (t[:, others] - t[:, [i]]), axis=1)
        total = total + weight[:, None] * values[stencil[:, i]]
    return np.asarray(total)
