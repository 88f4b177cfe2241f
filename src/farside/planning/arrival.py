"""Which way round the Moon, how long in each ellipse, and how far the plane must be turned: the search before the solving.

*Model*: the excess velocity of the arrival hardly depends on where in the B-plane the Moon is passed, so every angle of the B-plane is
tried on the hyperbola itself: an impulse at perilune into the first ellipse, then the real field for as many revolutions as the calendar
allows. At each perilune the line of apsides either lies in the plane that the landing requires, or it does not; where it does (a root
between two angles), turning the plane about that line at apolune finishes the work. Both senses of orbit and both nodes come out of the
one scan. Every pair of dwell times is priced, and its along-track error in the last circle is told as the change of altitude that would
remove it. *Limits*: seeds; impulses, second ellipses without drift. What is flown is solved afterwards with finite burns in full gravity.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_MOON_M3_S2
from farside.basis.twobody import cross, hyperbola_periapsis, unit
from farside.dynamics import propagate as p
from farside.dynamics.world import Point, World, apsis, coast
from farside.planning.lunar_plane import LunarPlane

Array = NDArray[np.float64]
COARSE, FINE = 24, 5  # B-plane angles of the scan, and parts of each interval in which the plane is crossed
SCAN_TOLERANCE = 1e-8  # of the propagation: seeds


@dataclass(frozen=True)
class Orbits:
    """The declared orbits on the way down: radii [m], periods [s], and the calendar (TDB s past J2000) for the last circle."""

    perilune_m: float
    apolune_m: float
    apolune_tolerance_m: float
    periods_s: tuple[float, ...]
    circle_m: float
    phasing_m: float
    earliest_circle_s: float
    latest_circle_s: float
    least_revolutions: int = 1  # of the first ellipse


@dataclass(frozen=True)
class Option:
    """One way: the B-plane angle, revolutions in the first and in each further ellipse, the turn at apolune (positive about the line of
    apsides towards perilune), the altitude change and the change of the first ellipse's apolune that set the phase, and the price."""

    angle_rad: float
    revolutions: tuple[int, ...]
    turn_rad: float
    altitude_m: float
    apolune_shift_m: float
    price_m_s: float


@dataclass(frozen=True)
class Track:
    """The first ellipse for one B-plane angle: at each perilune its epoch, direction, orbit normal, and the speed at the apolune before."""

    angle_rad: float
    epochs_s: Array
    perilunes: Array
    normals: Array
    apolune_m_s: Array


def circle_speed(radius_m: float) -> float:
    """Speed of a circle about the Moon [m/s]."""
    return math.sqrt(GM_MOON_M3_S2 / radius_m)


def track(world: World, excess: Array, perilune_s: float, orbits: Orbits, angle_rad: float, mass_kg: float) -> Track | None:
    """Capture by an impulse and fly the first ellipse until the calendar ends; None when it strikes the Moon before a full revolution."""
    r, v = hyperbola_periapsis(excess, angle_rad, orbits.perilune_m, GM_MOON_M3_S2, world.moon_me(perilune_s)[2])
    a = 0.5 * (orbits.perilune_m + orbits.apolune_m)
    v = unit(v) * math.sqrt(GM_MOON_M3_S2 * (2.0 / orbits.perilune_m - 1.0 / a))
    point, rows = Point("moon", perilune_s, np.concatenate([r, v, [mass_kg]])), []
    while point.epoch_s < orbits.latest_circle_s:
        far = coast(world, point, point.epoch_s + 5.0 * DAY_S, apsis(False))
        near = coast(world, far.point, far.point.epoch_s + 5.0 * DAY_S, apsis(True))
        if far.status != p.STOPPED or near.status != p.STOPPED:
            break
        point = near.point
        rows.append((point.epoch_s, unit(point.r_m), unit(cross(point.r_m, point.v_m_s)), float(np.linalg.norm(far.point.v_m_s))))
    if not rows:
        return None
    epochs, perilunes, normals, speeds = zip(*rows, strict=True)
    return Track(angle_rad, np.array(epochs), np.array(perilunes), np.array(normals), np.array(speeds))


def dwells(orbits: Orbits, epochs_s: Array) -> tuple[NDArray[np.int64], Array]:
    """All revolutions (k, 1 + ellipses) in the first and the further ellipses that the calendar allows, and the circle's epochs (k,)."""
    most = [max(1, int((orbits.latest_circle_s - epochs_s[0]) / period)) for period in orbits.periods_s]
    revolutions = np.array(list(itertools.product(range(orbits.least_revolutions, epochs_s.size + 1), *(range(1, m + 1) for m in most))))
    if not revolutions.size:
        return np.empty((0, 1 + len(most)), dtype=np.int64), np.empty(0)
    circle = epochs_s[revolutions[:, 0] - 1] + revolutions[:, 1:] @ np.array(orbits.periods_s)
    allowed = (orbits.earliest_circle_s <= circle) & (circle <= orbits.latest_circle_s)
    return revolutions[allowed], circle[allowed]


def options(world: World, excess: Array, perilune_s: float, plane: LunarPlane, orbits: Orbits) -> list[Option]:
    """Every way found, cheapest first: a coarse scan of the B-plane, and a finer one where the required plane is crossed."""
    quick = replace(world, tolerance=SCAN_TOLERANCE)
    step = 2.0 * math.pi / COARSE
    ring = [track(quick, excess, perilune_s, orbits, k * step, plane.over_site.mass_kg) for k in range(COARSE)]
    found = []
    for k, (one, other) in enumerate(zip(ring, ring[1:] + ring[:1], strict=True)):
        if one is None or other is None or not _pairs(one, other, plane, orbits):
            continue
        inner = [track(quick, excess, perilune_s, orbits, (k + i / FINE) * step, plane.over_site.mass_kg) for i in range(1, FINE)]
        fine = [one, *inner, replace(other, angle_rad=(k + 1) * step)]
        found += [option for pair in itertools.pairwise(t for t in fine if t) for option in _pairs(*pair, plane, orbits)]
    return sorted(found, key=lambda option: option.price_m_s)


def nearest(world: World, excess: Array, perilune_s: float, plane: LunarPlane, orbits: Orbits) -> str:
    """How near it comes when there is no way, and what would do: the least change of the first apolune, or angle from the plane, or no
    dwell in the calendar."""
    phased = options(world, excess, perilune_s, plane, replace(orbits, apolune_tolerance_m=math.inf))
    if phased:
        shift_km = min(abs(option.apolune_shift_m) for option in phased) / 1e3
        allowed = f"{orbits.apolune_tolerance_m / 1e3:.0f} are allowed; a longer calendar, a larger phasing or apolune tolerance would do"
        return f"the nearest way is in phase with its first apolune {shift_km:.0f} km off, {allowed}"
    quick = replace(world, tolerance=SCAN_TOLERANCE)
    angles = [angle for k in range(COARSE) for angle in _off_plane(quick, excess, perilune_s, plane, orbits, k * 2.0 * math.pi / COARSE)]
    if not angles:
        days = (orbits.latest_circle_s - orbits.earliest_circle_s) / DAY_S
        return f"no number of revolutions ends in a circle within the {days:.2f} days of its calendar; a longer calendar would do"
    held = "the plane that holds the site at touchdown and at lift_off"
    return f"it stays {math.degrees(min(angles)):.1f} deg from {held}; another stay, capture or calendar would do"


def _off_plane(world: World, excess: Array, perilune_s: float, plane: LunarPlane, orbits: Orbits, angle_rad: float) -> list[float]:
    """Angles of the line of apsides from the required plane, for every dwell with one B-plane angle."""
    flown = track(world, excess, perilune_s, orbits, angle_rad, plane.over_site.mass_kg)
    if flown is None:
        return []
    revolutions, circle = dwells(orbits, flown.epochs_s)
    sines = np.sum(flown.perilunes[revolutions[:, 0] - 1] * plane.normals(circle), axis=1) if circle.size else np.empty(0)
    return [abs(math.asin(min(1.0, max(-1.0, float(sine))))) for sine in sines]


def _pairs(one: Track, other: Track, plane: LunarPlane, orbits: Orbits) -> list[Option]:
    """The options between two neighbouring angles: those dwells for which the line of apsides crosses the required plane there."""
    revolutions, circle = dwells(orbits, one.epochs_s[: min(one.epochs_s.size, other.epochs_s.size)])
    if not circle.size:
        return []
    normals = plane.normals(circle)
    before = np.sum(one.perilunes[revolutions[:, 0] - 1] * normals, axis=1)
    after = np.sum(other.perilunes[revolutions[:, 0] - 1] * normals, axis=1)
    crossing = np.flatnonzero((before * after <= 0.0) & (np.abs(before) + np.abs(after) < 1.0))
    tried = (
        _between(
            one, other, tuple(map(int, revolutions[k])), float(circle[k]), normals[k], before[k] / (before[k] - after[k]), plane, orbits
        )
        for k in crossing
    )
    return [option for option in tried if option is not None]


def _between(
    one: Track, other: Track, revolutions: tuple[int, ...], circle_s: float, normal: Array, share: float, plane: LunarPlane, orbits: Orbits
) -> Option | None:
    """The option at a share of the way between two angles; None when its phase cannot be set."""
    n = revolutions[0]
    line = unit((1.0 - share) * one.perilunes[n - 1] + share * other.perilunes[n - 1])
    has = unit((1.0 - share) * one.normals[n - 1] + share * other.normals[n - 1])
    turn = math.atan2(float(cross(has, normal) @ line), float(has @ normal))
    epoch = float((1.0 - share) * one.epochs_s[n - 1] + share * other.epochs_s[n - 1]) + circle_s - float(one.epochs_s[n - 1])
    late = _late(plane, epoch, line)
    rise, shift = _phase(late, epoch, n, plane, orbits)
    if abs(shift) > max(orbits.apolune_tolerance_m, 1.0):
        return None
    price = 2.0 * float(one.apolune_m_s[n - 1]) * abs(math.sin(0.5 * turn))
    return Option(one.angle_rad + share * (other.angle_rad - one.angle_rad), revolutions, turn, rise, shift, price)


def _late(plane: LunarPlane, epoch_s: float, line: Array) -> float:
    """Seconds by which the circle flown backwards is past `line` at an epoch, within half a revolution."""
    y = plane.state(min(max(epoch_s, plane.backwards.end_s), plane.over_site.epoch_s))
    normal = unit(cross(y[:3], y[3:]))
    angle = math.atan2(float(cross(line, y[:3]) @ normal), float(line @ y[:3]))
    return angle * plane.radius_m / circle_speed(plane.radius_m)


def _phase(late_s: float, epoch_s: float, n: int, plane: LunarPlane, orbits: Orbits) -> tuple[float, float]:
    """Altitude change of the circle [m], and beyond its limit the change of the first apolune [m], that bring the craft over the site.

    A craft that starts down the circle at `line` while the required one is `late_s` past it is behind: it must fly lower, 1.5 dt a / t.
    """
    left = plane.over_site.epoch_s - epoch_s
    per_second = orbits.circle_m / (1.5 * left)
    rise = float(np.clip(-late_s * per_second, -orbits.phasing_m, orbits.phasing_m))
    rest = late_s + rise / per_second
    a = 0.5 * (orbits.perilune_m + orbits.apolune_m)
    period = 2.0 * math.pi * math.sqrt(a**3 / GM_MOON_M3_S2)
    return rise, -rest / n / (1.5 * period / a) * 2.0
