"""The relay satellite's orbit: propagated into a table, and searched for where its node and its phase are not published.

*Model*: the size, the tilt and an apolune over the south are declared; node and mean anomaly at an epoch are tried on a grid, each try
flown in the full field, and that kept which hears the whole descent and most of the stay, and whose perilune the Earth does not pull down
in the week before and after (it does from most nodes: 250 km in a week). What comes out is an assumption and belongs into a mission file
as one. *Limits*: the descent is judged from the site, with a horizon mask, not from along its way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.dynamics.arcs import Arc
from farside.dynamics.world import Point, World, coast
from farside.environment.declared import RelaySatellite
from farside.environment.line_of_sight import SITE_MASK_RAD
from farside.environment.lunar_site import SiteTrack, track_site
from farside.environment.orientation import Ground
from farside.environment.relay import Relay, tabulated
from farside.environment.sunlight import seen_from

Array = NDArray[np.float64]

DESCENT_S = 1200.0  # assumed: the descent's last twenty minutes must be heard
TABLE_STEP_S = 60.0  # assumed: the table's pieces are then within a metre
SAMPLE_S = 600.0  # assumed: how closely a try is looked at; a passage of the perilune takes hours
LIFE_S = 7.0 * DAY_S  # assumed: the stay of a mission and its weeks of use, on both sides of the epoch
LOWEST_M = 1.0e5  # assumed: mountains and a month's swing stay below that
SEARCH_TOLERANCE = 1e-9  # of the propagation of a try: some hundred metres in a week
MASS_KG = 1200.0  # facts Q1; of no effect without sunlight's pressure


@dataclass(frozen=True)
class RelayOrbit:
    """An orbit about the Moon, osculating at `epoch_s` (TDB s past J2000): heights over the sphere of 1737.4 km [m], angles [rad].

    Axes: the Moon's mean-Earth equator as it is at that epoch, not turning from then on; the node from its prime meridian.
    """

    epoch_s: float
    perilune_altitude_m: float
    apolune_altitude_m: float
    inclination_rad: float
    node_rad: float
    argument_rad: float
    mean_anomaly_rad: float


@dataclass(frozen=True)
class RelaySearch:
    """What a search found: the orbit, the share of the stay it hears, whether it hears the whole descent, the least elevation then over
    the mask [rad], its lowest height in the weeks about its epoch [m]; how many orbits were tried, and how many of them serve."""

    orbit: RelayOrbit
    covered_share: float
    descent_heard: bool
    descent_margin_rad: float
    lowest_altitude_m: float
    tried: int
    serving: int


def queqiao_2(epoch_s: float) -> RelayOrbit:
    """Queqiao-2's orbit as announced, 200 x 16,000 km, 62.4 deg (facts Q2), its apolune over the south; node and phase are zero: unknown.

    The argument of perilune of 90 deg, where such an orbit is frozen, is an assumption.
    """
    return RelayOrbit(epoch_s, 2.0e5, 1.6e7, math.radians(62.4), 0.0, 0.5 * math.pi, 0.0)


def declared_orbit(relay: RelaySatellite) -> RelayOrbit:
    """The orbit that a mission file declares."""
    return RelayOrbit(
        relay.epoch_s,
        relay.perilune_altitude_m,
        relay.apolune_altitude_m,
        relay.inclination_rad,
        relay.node_rad,
        relay.argument_of_perilune_rad,
        relay.mean_anomaly_rad,
    )


def relay_point(world: World, orbit: RelayOrbit) -> Point:
    """The relay at its orbit's epoch; `ValueError` for an orbit that strikes the Moon or whose apolune is below its perilune."""
    if not 0.0 < orbit.perilune_altitude_m <= orbit.apolune_altitude_m:
        heights = f"{orbit.perilune_altitude_m / 1e3:g} x {orbit.apolune_altitude_m / 1e3:g} km"
        raise ValueError(f"a relay at {heights}: the perilune must be above 0 and the apolune above the perilune")
    near, far = MOON_RADIUS_M + orbit.perilune_altitude_m, MOON_RADIUS_M + orbit.apolune_altitude_m
    a, e = 0.5 * (near + far), (far - near) / (far + near)
    anomaly = _eccentric_anomaly(orbit.mean_anomaly_rad, e)
    c, s, b = math.cos(anomaly), math.sin(anomaly), math.sqrt(1.0 - e * e)
    rate = math.sqrt(GM_MOON_M3_S2 / a) / (1.0 - e * c)
    axes = _perifocal(orbit) @ world.moon_me(orbit.epoch_s)
    r, v = a * np.array([c - e, b * s, 0.0]) @ axes, rate * np.array([-s, b * c, 0.0]) @ axes
    return Point("moon", orbit.epoch_s, np.concatenate([r, v, [MASS_KG]]))


def _eccentric_anomaly(mean_rad: float, e: float) -> float:
    """Kepler's equation by Newton, started where it never overshoots twice."""
    mean = (mean_rad + math.pi) % (2.0 * math.pi) - math.pi
    anomaly = mean + math.copysign(0.85 * e, mean)
    for _ in range(50):
        change = (anomaly - e * math.sin(anomaly) - mean) / (1.0 - e * math.cos(anomaly))
        anomaly -= change
        if abs(change) < 1e-14:
            break
    return anomaly


def _perifocal(orbit: RelayOrbit) -> Array:
    """Rows: towards perilune, along the motion there, the normal; in the axes the angles are told in."""
    cn, sn, ci, si = math.cos(orbit.node_rad), math.sin(orbit.node_rad), math.cos(orbit.inclination_rad), math.sin(orbit.inclination_rad)
    cw, sw = math.cos(orbit.argument_rad), math.sin(orbit.argument_rad)
    node, across = np.array([cn, sn, 0.0]), np.array([-sn * ci, cn * ci, si])
    return np.array([cw * node + sw * across, -sw * node + cw * across, [sn * si, -cn * si, ci]])


def relay_table(world: World, orbit: RelayOrbit, start_s: float, end_s: float, step_s: float = TABLE_STEP_S) -> Relay:
    """The relay from `start_s` to `end_s`, propagated in the full field from its orbit's epoch, wherever that lies.

    `ValueError` when the span is empty or when the relay strikes the Moon on the way, saying when.
    """
    if not start_s < end_s:
        raise ValueError(f"a relay was asked for from {start_s} to {end_s} s; the end must be after the start")
    epochs = np.linspace(start_s, end_s, max(3, math.ceil((end_s - start_s) / step_s) + 1))
    states = np.empty((epochs.size, 6))
    start = relay_point(world, orbit)
    for until, part in ((max(end_s, orbit.epoch_s), epochs >= orbit.epoch_s), (min(start_s, orbit.epoch_s), epochs < orbit.epoch_s)):
        if part.any():
            states[part] = _flown(world, start, until).at(epochs[part])[:, :6] if until != orbit.epoch_s else start.y[:6]
    return tabulated(epochs, states[:, :3], states[:, 3:])


def _flown(world: World, start: Point, until_s: float) -> Arc:
    """The coast from a point to an epoch, either way, as its one arc; `ValueError` when it ends in the Moon."""
    flown = coast(world, start, until_s, keep=True)
    if flown.point.epoch_s != until_s:
        hours = (flown.point.epoch_s - start.epoch_s) / 3600.0
        raise ValueError(f"the relay strikes the Moon {hours:.1f} h from its epoch; a higher perilune or another argument of it would do")
    return flown.arcs[0]


def search_relay_orbit(
    world: World,
    site: Ground,
    touchdown_s: float,
    lift_off_s: float,
    shape: RelayOrbit,
    nodes: int = 24,
    phases: int = 24,
    mask_rad: float = SITE_MASK_RAD,
) -> RelaySearch:
    """Node and mean anomaly of `shape`, tried on an even grid, with which the relay hears the descent and most of the stay.

    An orbit serves when it hears all of the last twenty minutes before touchdown and stays above LOWEST_M for LIFE_S before and after its
    epoch. Of those that serve, the one with the largest share of the stay, in tenths of a percent, then with the largest least elevation
    during the descent. Nothing is refined: the orbit is an assumption, not a fit. With none serving `descent_heard` is false, or
    `lowest_altitude_m` below LOWEST_M. `ValueError` for an epoch after the descent's beginning.
    """
    if shape.epoch_s > touchdown_s - DESCENT_S:
        raise ValueError(
            f"the relay's epoch is {(shape.epoch_s - touchdown_s) / 3600.0:.1f} h past touchdown; one before the descent would do"
        )
    stay = _stay(world, site, touchdown_s, lift_off_s, mask_rad, SAMPLE_S)
    best: tuple[tuple[bool, float, float], RelayOrbit, float] | None = None
    serving = 0
    for node in 2.0 * math.pi * np.arange(nodes) / nodes:
        for phase in 2.0 * math.pi * np.arange(phases) / phases:
            orbit = replace(shape, node_rad=float(node), mean_anomaly_rad=float(phase))
            share, margin, lowest = _judge(stay, orbit)
            serves = margin > 0.0 and lowest > LOWEST_M
            serving += serves
            if best is None or (serves, round(share, 3), margin) > best[0]:
                best = (serves, round(share, 3), margin), orbit, lowest
    assert best is not None
    (_serves, _share, margin), orbit, lowest = best
    share = _judge(_stay(world, site, touchdown_s, lift_off_s, mask_rad, 60.0), orbit)[0]
    return RelaySearch(orbit, share, margin > 0.0, margin, lowest, nodes * phases, serving)


class _Stay(NamedTuple):
    """What a try is looked at with: the world, the site in the descent (eleven epochs) and in its stay, the horizon mask."""

    world: World
    track: SiteTrack
    mask_rad: float


def _stay(world: World, site: Ground, touchdown_s: float, lift_off_s: float, mask_rad: float, sample_s: float) -> _Stay:
    descent = np.linspace(touchdown_s - DESCENT_S, touchdown_s, 11)
    epochs = np.concatenate([descent, np.arange(touchdown_s, lift_off_s, sample_s)])
    return _Stay(replace(world, tolerance=SEARCH_TOLERANCE), track_site(site, epochs, world.sky), mask_rad)


def _judge(stay: _Stay, orbit: RelayOrbit) -> tuple[float, float, float]:
    """Share of the stay, least elevation over the mask in the descent [rad], lowest height [m]; one that strikes the Moon is never seen."""
    last, start = float(stay.track.epochs_s[-1]), relay_point(stay.world, orbit)
    after = coast(stay.world, start, max(last, orbit.epoch_s + LIFE_S), keep=True)
    if after.point.epoch_s < last:
        return 0.0, -math.pi, 0.0
    above = seen_from(stay.track, after.arcs[0].at(stay.track.epochs_s)[:, :3])[0] - stay.mask_rad
    lowest = _lowest(after.arcs[0])
    if lowest > LOWEST_M:
        lowest = min(lowest, _lowest(coast(stay.world, start, orbit.epoch_s - LIFE_S, keep=True).arcs[0]))
    return float(np.mean(above[11:] > 0.0)), float(above[:11].min()), lowest


def _lowest(arc: Arc) -> float:
    """The lowest height [m] over the sphere among an arc's steps, which are close together where it is low."""
    return float(np.linalg.norm(arc.states[:, :3], axis=1).min()) - MOON_RADIUS_M
