"""Home from lunar orbit: when to leave, from where in the orbit, and the two burns that end at the gate of the atmosphere on time.

*Model*. Given: the landing site and epoch, when the separation height is passed, the inertial flight-path angle at the entry interface.
Free: the departure epoch within its window, the period of the ellipse between the two burns, their directions. (1) For departure epochs two
hours apart, the two-body path from the Moon to a gate in the plane of Moon and (turned) site seeds a return, which is then flown backwards
from the gate in full gravity until it meets the Moon at the right perilune; one epoch's correction seeds the next (a cold start a day
away diverges). (2) Each is priced with the lunar orbit as it will then lie, the plane change being paid inside the second burn. (3) The
cheapest within the capsule's range is flown forwards with finite burns, the first solved for the epoch of the next perilune, the second
for angle, epoch and cross-range at the gate.

*Limits*: two burns, both at perilune; departures two hours apart are the grid that the price is minimised on. *How we know*: what is
reported was flown forwards from the lunar orbit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_EARTH_M3_S2, GM_MOON_M3_S2, WGS84_RADIUS_M
from farside.basis.roots import Condition, secant, solve
from farside.basis.twobody import angle_between, arrival, bplane_axes, cross, impact_parameter, incoming_asymptote, kepler, turned, unit
from farside.craft.module import Engine
from farside.dynamics import propagate as p
from farside.dynamics.arcs import Arc
from farside.dynamics.world import Point, World, apsis, coast
from farside.guidance import home as legs
from farside.guidance.command import Command, after_burn, local_axes
from farside.guidance.entry import GROUND_RADIUS_M, EntryGoal, Gate
from farside.guidance.lunar import GuidanceError
from farside.planning.lunar_plane import PlanError

Array = NDArray[np.float64]
HOUR_S = 3600.0
SEED_TOLERANCE = 1e-10  # of the backward flights; what is found is flown forwards at full tolerance
KM_AN_HOUR = 45.0  # by which the entry range falls for every hour that the Moon is left later
MIDDLE_RADIUS_M = WGS84_RADIUS_M - 8e3  # of the ellipsoid near 40 deg of latitude; the seeds' Earth
BACKWARDS = (Condition("B-plane, T", "km", 5.0), Condition("B-plane, R", "km", 5.0), Condition("perilune epoch", "s", 5.0))


@dataclass(frozen=True)
class DepartureGoal:
    """The window of both ignitions (TDB s past J2000), the periods allowed between them [s], and the engines."""

    earliest_s: float
    latest_s: float
    period_min_s: float
    period_max_s: float
    first: Engine
    second: Engine


@dataclass(frozen=True)
class Conic:
    """A two-body return: the excess velocity it leaves the Moon with (3,), gate speed [m/s], the angle from gate to turned site [rad]."""

    excess: Array
    speed_m_s: float
    ahead_rad: float


@dataclass(frozen=True)
class Home:
    """A return in full gravity, flown backwards: its perilune state about the Moon, range, and by how much its unknowns left the seed's."""

    leave_s: float
    r_m: Array
    v_m_s: Array
    range_m: float
    nudge: Array


@dataclass(frozen=True)
class Way:
    """A return with a first burn at one pass of the lunar orbit, and the price of each burn as impulses."""

    home: Home
    first_s: float
    prices_m_s: tuple[float, float]


@dataclass(frozen=True)
class Departure:
    """The two burns home and the gate they lead to: the epochs they are centred on, the second's impulse in local axes (3,), and the
    velocity about the Moon (3,) that this impulse would leave with."""

    way: Way
    first: Command
    second: Command
    gate: Gate
    first_s: float
    perilune_s: float
    impulse: Array
    leaving_m_s: Array


def gate_state(goal: EntryGoal, speed: float) -> tuple[Array, Array]:
    """The gate in its own plane: radius along x, motion towards y."""
    angle = goal.flight_path_angle_rad
    return np.array([MIDDLE_RADIUS_M + goal.gate_height_m, 0.0, 0.0]), speed * np.array([math.sin(angle), math.cos(angle), 0.0])


def gate_epoch(goal: EntryGoal, speed: float) -> float:
    """When the gate is reached by two-body fall at that gate speed, the separation height having been passed on time."""
    r, v = gate_state(goal, speed)
    high = MIDDLE_RADIUS_M + goal.passage_height_m
    seconds, _ = secant(lambda t: float(np.linalg.norm(kepler(r, v, -t, GM_EARTH_M3_S2)[0])) / high - 1.0, 900.0, 1200.0, 1e-9)
    return goal.passage_s + seconds


def return_plane(world: World, goal: EntryGoal, leave_s: float, gate_s: float) -> tuple[Array, Array]:
    """Unit normal of the eastward plane of Moon and site; the site as turned half-way between gate and landing (see `guidance.entry`)."""
    site = goal.site(0.5 * (gate_s + goal.landing_s))
    normal = unit(cross(world.moon(leave_s)[:3], site))
    return (normal if normal @ world.earth_pole(leave_s) > 0.0 else -normal), site


def conic_home(world: World, goal: EntryGoal, leave_s: float) -> Conic | None:
    """The two-body path home that leaves the Moon's centre at an epoch; None when no gate speed fits the time."""
    moon = world.moon(leave_s)
    distance = float(np.linalg.norm(moon[:3]))

    def early(speed: float) -> float:
        r, v = gate_state(goal, speed)
        gone = kepler(r, v, -(gate_epoch(goal, speed) - leave_s), GM_EARTH_M3_S2)[0]
        return float(np.linalg.norm(gone)) / distance - 1.0

    escape = math.sqrt(2.0 * GM_EARTH_M3_S2 / (MIDDLE_RADIUS_M + goal.gate_height_m))
    speed, left = secant(early, escape * 0.997, escape * 0.999, 1e-7, limit=0.002 * escape)
    if not abs(left) <= 1e-6:
        return None
    gate_s = gate_epoch(goal, speed)
    normal, site = return_plane(world, goal, leave_s, gate_s)
    r, v = gate_state(goal, speed)
    back, back_v = kepler(r, v, -(gate_s - leave_s), GM_EARTH_M3_S2)
    x = turned(unit(moon[:3]), normal, -math.atan2(back[1], back[0]))
    y = cross(normal, x)
    ahead = math.atan2(float(cross(x, site) @ normal), float(x @ site)) % (2.0 * math.pi)
    return Conic(back_v[0] * x + back_v[1] * y - moon[3:], speed, ahead)


def perilune_for(excess: Array, normal: Array, radius: float) -> tuple[Array, float]:
    """Perilune direction in the plane of `normal` from which an excess velocity is reached, and the turn [rad] of the plane it takes."""
    e = 1.0 + radius * float(excess @ excess) / GM_MOON_M3_S2
    cosine, sine = -1.0 / e, math.sqrt(1.0 - 1.0 / e**2)
    out = unit(excess)
    turn = math.asin(float(np.clip((out @ normal) / sine, -1.0, 1.0)))
    flat = unit(out - normal * float(out @ normal))
    return turned(flat, normal, -math.atan2(sine * math.cos(turn), cosine)), turn


def backwards(world: World, leave_s: float, conic: Conic, goal: EntryGoal, orbit: Array, nudge: Array) -> Home | None:
    """The return that meets the gate, flown backwards to a perilune at `leave_s` from which the lunar orbit (7,) is left cheapest.

    Unknowns: gate speed, tilt of the plane about the turned site, angle from gate to site; `nudge` is added to the conic's. None when
    the Moon is not met.
    """
    normal, radius = unit(cross(orbit[:3], orbit[3:6])), float(np.linalg.norm(orbit[:3]))
    plane, site = return_plane(world, goal, leave_s, gate_epoch(goal, conic.speed_m_s))

    def gate(x: Array) -> Point:
        n = turned(plane, site, float(x[1]))
        up = turned(site, n, -float(x[2]))
        angle = goal.flight_path_angle_rad
        v = float(x[0]) * (math.sin(angle) * up + math.cos(angle) * cross(n, up))
        return Point("earth", gate_epoch(goal, float(x[0])), np.concatenate([(MIDDLE_RADIUS_M + goal.gate_height_m) * up, v, orbit[6:]]))

    def at_moon(x: Array) -> Point | None:
        flown = coast(world, gate(x), leave_s - 10.0 * DAY_S, apsis(False), center="moon")
        met = flown.status in (p.STOPPED, p.IMPACT) and flown.point.center == "moon"  # a trial may run into the Moon: its hyperbola counts
        return flown.point if met and float(flown.point.v_m_s @ flown.point.v_m_s) > _escape2(flown.point) else None

    seed = np.array([conic.speed_m_s, 0.0, conic.ahead_rad])
    x, excess, home = seed + nudge, conic.excess, None
    for _ in range(3):
        miss = _perilune_miss(at_moon, excess, normal, radius, leave_s)
        found = solve(miss, x, np.array([1e-2, 1e-5, 1e-5]), BACKWARDS, np.array([20.0, 0.1, 0.1]))
        x, at = found.x, at_moon(found.x)
        if at is None:
            return None
        excess = -incoming_asymptote(at.r_m, -at.v_m_s, GM_MOON_M3_S2) * math.sqrt(float(at.v_m_s @ at.v_m_s) - _escape2(at))
        start = gate(x)
        along = GROUND_RADIUS_M * angle_between(start.r_m, goal.site(start.epoch_s))
        home = Home(leave_s, at.r_m, at.v_m_s, along, x - seed) if found.met else None
    return home


def _escape2(point: Point) -> float:
    """Escape speed squared from the Moon."""
    return 2.0 * GM_MOON_M3_S2 / float(np.linalg.norm(point.r_m))


def _perilune_miss(
    at_moon: Callable[[Array], Point | None], excess: Array, normal: Array, radius: float, leave_s: float
) -> Callable[[Array], Array]:
    """What a backward flight misses of the perilune from which an excess velocity leaves the orbit of `normal`, in its own B-plane."""
    line, turn = perilune_for(excess, normal, radius)
    leaving = math.cos(turn) * cross(normal, line) + math.sin(turn) * normal

    def residual(x: Array) -> Array:
        at = at_moon(x)
        if at is None:
            return np.full(3, np.nan)
        found = arrival(at.r_m, -at.v_m_s, GM_MOON_M3_S2, normal)
        back = incoming_asymptote(at.r_m, -at.v_m_s, GM_MOON_M3_S2)
        t, r = bplane_axes(back, normal)
        b = cross(back, cross(line, -leaving))
        size = impact_parameter(radius, found.excess_m_s, GM_MOON_M3_S2)
        flat = math.atan2(float(b @ r), float(b @ t))
        miss_t, miss_r = found.b_t_m - size * math.cos(flat), found.b_r_m - size * math.sin(flat)
        return np.array([miss_t / 1e3, miss_r / 1e3, at.epoch_s - found.to_periapsis_s - leave_s])

    return residual


def homes(world: World, flown: Arc, goal: EntryGoal, leaving: DepartureGoal) -> list[Home]:
    """Returns for departures two hours apart, by continuation from the first one that a cold start finds."""
    epochs = [float(t) for t in np.arange(leaving.earliest_s + leaving.period_min_s, leaving.latest_s, 2.0 * HOUR_S)]
    found: list[Home] = []
    for leave_s in epochs:
        conic = conic_home(world, goal, leave_s)
        if conic is None:
            continue
        orbit = flown.at(leave_s - leaving.period_min_s)[0]
        home = backwards(world, leave_s, conic, goal, orbit, found[-1].nudge if found else np.zeros(3))
        if home is not None:
            found.append(home)
    return found


def prices(home: Home, normal: Array, period_s: float) -> tuple[float, float]:
    """Impulses [m/s] from the circle into an ellipse of that period, and from its perilune to the return, turning the plane."""
    radius = float(np.linalg.norm(home.r_m))
    a = (period_s / (2.0 * math.pi)) ** (2.0 / 3.0) * GM_MOON_M3_S2 ** (1.0 / 3.0)
    ellipse = math.sqrt(GM_MOON_M3_S2 * (2.0 / radius - 1.0 / a))
    heading = cross(normal, unit(home.r_m))
    return ellipse - math.sqrt(GM_MOON_M3_S2 / radius), float(np.linalg.norm(home.v_m_s - ellipse * heading))


def ways(world: World, orbit: Point, goal: EntryGoal, leaving: DepartureGoal) -> list[Way]:
    """Every way home by departure epoch and pass of the lunar orbit, cheapest first; ranges outside the capsule's left in."""
    flown = coast(world, orbit, leaving.latest_s, keep=True).arcs[0]
    found = []
    for home in homes(replace(world, tolerance=SEED_TOLERANCE), flown, goal, leaving):
        y = flown.at(home.leave_s - leaving.period_min_s)[0]
        normal = unit(cross(y[:3], y[3:6]))
        for first_s in _passes(y, home.leave_s, home.r_m, leaving):
            found.append(Way(home, first_s, prices(home, normal, home.leave_s - first_s)))
    return sorted(found, key=lambda way: sum(way.prices_m_s))


def _passes(y: Array, leave_s: float, line: Array, leaving: DepartureGoal) -> list[float]:
    """Epochs within the allowed periods before `leave_s` at which the circle passes a direction."""
    normal = unit(cross(y[:3], y[3:6]))
    turn_s = 2.0 * math.pi * math.sqrt(float(np.linalg.norm(y[:3])) ** 3 / GM_MOON_M3_S2)
    past = math.atan2(float(cross(line, y[:3]) @ normal), float(line @ y[:3])) % (2.0 * math.pi)
    last = leave_s - leaving.period_min_s - past / (2.0 * math.pi) * turn_s
    first = max(leaving.earliest_s + 900.0, leave_s - leaving.period_max_s)
    return [last - k * turn_s for k in range(int(max(0.0, last - first) / turn_s) + 1) if last >= first]


def plan_departure(world: World, orbit: Point, goal: EntryGoal, leaving: DepartureGoal) -> Departure:
    """Solve the way home from a lunar orbit; `PlanError` names the condition that cannot be met and by how much."""
    every = ways(world, orbit, goal, leaving)
    if not every:
        raise PlanError(
            "return: no pass of the lunar orbit and no hour of the window leads home; a longer window or other periods would do"
        )
    fitting = [way for way in every if goal.range_min_m <= way.home.range_m <= goal.range_max_m]
    if not fitting:
        low, high = min(w.home.range_m for w in every) / 1e3, max(w.home.range_m for w in every) / 1e3
        short = goal.range_min_m / 1e3 - high if high < goal.range_min_m / 1e3 else low - goal.range_max_m / 1e3
        raise PlanError(
            f"return: entry ranges from {low:.0f} to {high:.0f} km in the window, the capsule flies {goal.range_min_m / 1e3:.0f} to"
            f" {goal.range_max_m / 1e3:.0f} km: {max(short, 0.0):.0f} km {'short' if high < goal.range_min_m / 1e3 else 'too far'};"
            f" a window about {max(short, 0.0) / KM_AN_HOUR:.0f} h {'earlier' if high < goal.range_min_m / 1e3 else 'later'} would do"
        )
    failures = []
    for way in fitting[:4]:
        try:
            return _close(world, orbit, way, goal, leaving)
        except (PlanError, GuidanceError) as error:
            failures.append(str(error))
    raise PlanError(f"return: {failures[0]}" + (f" ({len(failures) - 1} other ways fail too)" if len(failures) > 1 else ""))


def _close(world: World, orbit: Point, way: Way, goal: EntryGoal, leaving: DepartureGoal) -> Departure:
    """Both finite burns of one way."""
    home = way.home
    first_s = legs.pass_near(world, orbit, home.r_m, way.first_s)
    first = legs.first(world, orbit, leaving.first, first_s, home.leave_s, way.prices_m_s[0])
    after = after_burn(world, orbit, first, leaving.first)
    perilune = coast(world, after, home.leave_s + DAY_S, apsis(True, guard_s=HOUR_S)).point
    second, gate, found = legs.second(world, after, leaving.second, perilune.epoch_s, home.v_m_s, goal)
    if not goal.range_min_m <= gate.range_m <= goal.range_max_m:
        raise PlanError(f"the entry range is {gate.range_m / 1e3:.0f} km, outside what the capsule flies")
    left = perilune.v_m_s + local_axes(perilune).T @ found.x
    return Departure(way, first, second, gate, first_s, perilune.epoch_s, found.x, left)
