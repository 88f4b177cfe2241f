"""Burns about the Moon: capture, the turn at apolune, lowering, and the last burn that sets when the craft comes over the site.

Each function takes what the craft knows and answers with a command whose flight, by the same equations, meets its condition. One unknown
each (the velocity change), found by a safeguarded secant from a seed, so that a nominal craft finds the planned value at once and a
disturbed one finds its own. Burns at an apsis are centred on it and turn with the coasting arc.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_MOON_M3_S2
from farside.basis.epochs import utc_from_tdb
from farside.basis.roots import secant
from farside.basis.twobody import cross, unit
from farside.craft.module import Engine
from farside.dynamics import propagate as p
from farside.dynamics.world import Point, World, apsides, apsis, coast
from farside.guidance.command import Command, after_burn, along_velocity, burn_seconds, fixed, local_axes

Array = NDArray[np.float64]


class GuidanceError(ValueError):
    """No command meets the condition: which, by how much, and what was tried."""


def period(point: Point) -> float:
    """Osculating period about the Moon [s]; infinite when open."""
    return ellipse_period(*apsides(point))


def ellipse_period(perilune_m: float, apolune_m: float) -> float:
    """Period [s] of an ellipse about the Moon with these apsides (radii); infinite for a hyperbola, whose apolune is negative."""
    a = 0.5 * (perilune_m + apolune_m)
    return 2.0 * math.pi * math.sqrt(a**3 / GM_MOON_M3_S2) if a > 0.0 else math.inf


def apsis_near(world: World, point: Point, epoch_s: float, perilune: bool) -> Point:
    """The perilune (or apolune) nearest to an epoch that is planned to be one: the first after a third of a revolution before it."""
    wait = max(point.epoch_s, epoch_s - period(point) / 3.0)
    flown = coast(world, coast(world, point, wait).point, epoch_s + 10.0 * DAY_S, apsis(perilune, guard_s=0.0))
    if flown.status != p.STOPPED:
        what = "perilune" if perilune else "apolune"
        raise GuidanceError(f"no {what} within ten days of {utc_from_tdb(epoch_s, 0)}: the orbit strikes the Moon; a higher one would do")
    return flown.point


def _by_delta_v(
    of: Callable[[float], Command], miss: Callable[[Command], float], first: float, step: float, near: float, what: str
) -> Command:
    """The command for which `miss` vanishes, by its velocity change."""
    delta_v, left = secant(lambda x: miss(of(x)), first, first + step, near, limit=50.0 * abs(step))
    if not abs(left) <= near:
        raise GuidanceError(f"{what}: missed by {left:.4g} (allowed {near:g}) with {abs(delta_v):.1f} m/s")
    return of(delta_v)


def capture(world: World, known: Point, engine: Engine, apolune_m: float, seed_m_s: float) -> Command:
    """Brake around the next perilune until the apolune radius is `apolune_m` (to 10 m)."""
    perilune_s = coast(world, known, known.epoch_s + 10.0 * DAY_S, apsis(True), center="moon").point.epoch_s
    start = coast(world, known, perilune_s - 3600.0 if perilune_s - 3600.0 > known.epoch_s else known.epoch_s, center="moon").point

    def over(command: Command) -> float:
        high = apsides(after_burn(world, start, command, engine))[1]
        return 1.0 / apolune_m - 1.0 / high if high != 0.0 else math.inf

    return _by_delta_v(
        lambda x: along_velocity(world, start, perilune_s, -x, engine),
        over,
        seed_m_s,
        1.0,
        10.0 / apolune_m**2,
        "capture: 1/apolune radius",
    )


def lower(world: World, known: Point, engine: Engine, perilune_s: float, period_s: float, seed_m_s: float) -> Command:
    """Brake around a perilune until the osculating period is `period_s` (to 10 ms)."""
    start = before_apsis(world, known, perilune_s)
    return _by_delta_v(
        lambda x: along_velocity(world, start, perilune_s, -x, engine),
        lambda command: period(after_burn(world, start, command, engine)) - period_s,
        seed_m_s,
        0.5,
        0.01,
        "lowering: period [s]",
    )


def before_apsis(world: World, known: Point, apsis_s: float) -> Point:
    """The point a quarter of an hour to an hour before an apsis, from where its burn can be laid out."""
    return coast(world, known, max(known.epoch_s, apsis_s - 3000.0)).point


def turn(
    world: World, known: Point, engine: Engine, apolune_s: float, normal_m_s: float, next_perilune_s: float, perilune_m: float
) -> Command:
    """At an apolune: `normal_m_s` along the orbit's normal, and along the velocity what brings the perilune near an epoch to a radius."""
    at = coast(world, known, apolune_s).point
    along, normal = local_axes(at)[:2]

    def command(tangential: float) -> Command:
        delta_v = tangential * along + normal_m_s * normal
        size = max(float(np.linalg.norm(delta_v)), 1e-6)
        aim = fixed(delta_v if size > 1e-6 else along, apolune_s)
        half = 0.5 * burn_seconds(at, Command(apolune_s, size, aim), engine)
        return Command(apolune_s - half, size, aim)

    def over(tangential: float) -> float:
        after = after_burn(world, known, command(tangential), engine)
        return float(np.linalg.norm(apsis_near(world, after, next_perilune_s, True).r_m)) - perilune_m

    tangential, left = secant(over, 0.0, 0.5, 1.0, limit=20.0)
    if not abs(left) <= 1.0:
        raise GuidanceError(f"turn at apolune: the next perilune misses its height by {left:.0f} m")
    return command(tangential)


def along_track(world: World, point: Point, site_s: float, site_icrf: Array) -> float:
    """Angle [rad] by which the craft is past the site at an epoch, in its orbit's plane, within half a revolution."""
    flown = coast(world, point, site_s)
    if flown.status != p.REACHED:
        raise GuidanceError(f"the craft strikes the Moon {(site_s - flown.point.epoch_s) / 3600.0:.2f} h before it comes over the site")
    at = flown.point
    normal = unit(cross(at.r_m, at.v_m_s))
    return math.atan2(float(cross(site_icrf, at.r_m) @ normal), float(site_icrf @ at.r_m))


def circularise(
    world: World, known: Point, engine: Engine, perilune_s: float, site_s: float, site_icrf: Array, seed_m_s: float, near_rad: float = 1e-4
) -> Command:
    """Brake around a perilune into the near-circle that comes over the site (unit vector (3,), ICRF, at that epoch) at `site_s`.

    The seed chooses the number of revolutions: the search stays within half a revolution of it.
    """
    start = before_apsis(world, known, perilune_s)
    left = site_s - perilune_s
    per_m_s = 3.0 * left / float(np.linalg.norm(known.r_m))  # rough: a change of speed by dv turns the craft back by 3 dv t / r
    step = min(0.05, 0.1 / per_m_s)
    return _by_delta_v(
        lambda x: along_velocity(world, start, perilune_s, -x, engine),
        lambda command: along_track(world, after_burn(world, start, command, engine), site_s, site_icrf),
        seed_m_s,
        step,
        near_rad,
        "circularisation: angle past the site [rad]",
    )


def circle_seed(known: Point, semi_major_m: float) -> float:
    """Impulse [m/s] at a perilune that leaves an orbit of that semi-major axis."""
    r = float(np.linalg.norm(known.r_m))
    return float(np.linalg.norm(known.v_m_s)) - math.sqrt(GM_MOON_M3_S2 * (2.0 / r - 1.0 / semi_major_m))


def capture_seed(world: World, known: Point, apolune_m: float) -> float:
    """Impulse [m/s] at the next perilune that leaves an ellipse of that apolune radius."""
    at = coast(world, known, known.epoch_s + 10.0 * DAY_S, apsis(True), center="moon").point
    return circle_seed(at, 0.5 * (float(np.linalg.norm(at.r_m)) + apolune_m))


def rephase(world: World, known: Point, engine: Engine, site_s: float, site_icrf: Array) -> Command | None:
    """Along or against the velocity, now: the smallest burn that brings the craft over the site at `site_s`; None when it comes anyway."""
    left = known.epoch_s - site_s
    if not left < 0.0:
        raise GuidanceError(f"correction of the pass over the site: it was {left / 3600.0:.2f} h ago; an earlier correction would do")

    def late(delta_v: float) -> float:
        return along_track(world, after_burn(world, known, command(delta_v), engine) if delta_v else known, site_s, site_icrf)

    def command(delta_v: float) -> Command:
        return Command(known.epoch_s, abs(delta_v), fixed(math.copysign(1.0, delta_v) * known.v_m_s, known.epoch_s))

    step = 0.1 * float(np.linalg.norm(known.r_m)) / (3.0 * abs(left))
    delta_v, missed = secant(late, 0.0, step, 1e-4, limit=10.0 * step)
    if not abs(missed) <= 1e-4:
        raise GuidanceError(f"correction of the pass over the site: missed by {missed:.4g} rad")
    return command(delta_v) if delta_v else None
