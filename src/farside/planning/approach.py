"""The whole way from the parking orbit to the circle over the landing site, solved together with finite burns in full gravity.

*Model*: `arrival.options` says which way round, how many revolutions in each ellipse and how far to turn; here the B-plane angle and the
normal part of the turn are the unknowns, the site's distance from the orbit's plane at touchdown and at lift-off the conditions. Inside,
each burn solves its own condition as it will do in flight (apolune, period, the epoch over the site). *Limits*: one plane rotation; if no
option closes, the error says what the best one missed. *How we know*: the flight repeats it from the first state, by the same phases.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.roots import Condition, solve
from farside.basis.twobody import arrival, incoming_asymptote
from farside.craft.module import Engine
from farside.dynamics.world import Point, World, apsides, apsis, burn_seconds, coast
from farside.guidance import lunar
from farside.guidance.command import Command, after_burn
from farside.guidance.passage import PeriluneGoal
from farside.planning.arrival import Option, Orbits, nearest, options
from farside.planning.lunar_plane import LandingGoal, LunarPlane, PlanError, out_of_plane, site_direction
from farside.planning.transfer import LaunchGoal, Transfer, plan_transfer

Array = NDArray[np.float64]
CONDITIONS = (
    Condition("site from the orbit's plane at touchdown", "km", 0.05),
    Condition("site from the orbit's plane at lift-off", "km", 0.05),
)
SOLVE_TOLERANCE = 1e-11  # of the propagation while solving; what is found is flown again at full tolerance
TRIES = 4  # of the cheapest options before giving up


@dataclass(frozen=True)
class Lowering:
    """The burns between capture and circle: epochs of the apses they are centred on, and the planned commands."""

    capture: Command
    turn: Command
    turn_s: float
    normal_m_s: float
    lower: tuple[Command, ...]
    lower_s: tuple[float, ...]
    circularise: Command
    circle_s: float
    circle: Point


@dataclass(frozen=True)
class Approach:
    """The road to the circle, with what each part paid."""

    transfer: Transfer
    goal: PeriluneGoal
    apolune_m: float
    option: Option
    lowering: Lowering
    plane: LunarPlane
    missed_km: tuple[float, float]
    periods_s: tuple[float, ...]
    perilune_m: float
    rise_m: float


@dataclass(frozen=True)
class Ship:
    """Masses and engines of the approach: the stack after the launcher has left it."""

    stack_kg: float
    launcher: Engine
    capture: Engine
    lowering: Engine


def lower_to_circle(
    world: World, incoming: Point, ship: Ship, orbits: Orbits, apolune_m: float, option: Option, normal_m_s: float, goal: LandingGoal
) -> Lowering:
    """Fly from before perilune to the circle, solving every burn on the way."""
    perilune = coast(world, incoming, incoming.epoch_s + 10.0 * DAY_S, apsis(True), center="moon").point
    seed = float(np.linalg.norm(perilune.v_m_s)) - _speed_at(perilune, apolune_m)
    capture = lunar.capture(world, incoming, ship.capture, apolune_m, seed)
    after = after_burn(world, coast(world, incoming, capture.ignition_s, center="moon").point, capture, ship.capture)
    first = lunar.period(after)
    n = option.revolutions[0]
    apolune = lunar.apsis_near(world, after, perilune.epoch_s + (n - 0.5) * first, False)
    turn = lunar.turn(world, after, ship.lowering, apolune.epoch_s, normal_m_s, apolune.epoch_s + 0.5 * first, orbits.perilune_m)
    after = after_burn(world, after, turn, ship.lowering)
    low = lunar.apsis_near(world, after, apolune.epoch_s + 0.5 * first, True)
    lower, lower_s = [], []
    for period_s, more in zip(orbits.periods_s, option.revolutions[1:], strict=True):
        a = (period_s / (2.0 * math.pi)) ** (2.0 / 3.0) * GM_MOON_M3_S2 ** (1.0 / 3.0)
        command = lunar.lower(world, after, ship.lowering, low.epoch_s, period_s, lunar.circle_seed(low, a))
        lower.append(command)
        lower_s.append(low.epoch_s)
        after = after_burn(world, after, command, ship.lowering)
        low = lunar.apsis_near(world, after, low.epoch_s + more * period_s, True)
    site = site_direction(world, goal.site_moon_me, goal.touchdown_s)
    seed = lunar.circle_seed(low, orbits.circle_m + option.altitude_m)
    circularise = lunar.circularise(world, after, ship.lowering, low.epoch_s, goal.touchdown_s, site, seed)
    circle = after_burn(world, after, circularise, ship.lowering)
    return Lowering(capture, turn, apolune.epoch_s, normal_m_s, tuple(lower), tuple(lower_s), circularise, low.epoch_s, circle)


def _speed_at(perilune: Point, apolune_m: float) -> float:
    r = float(np.linalg.norm(perilune.r_m))
    return math.sqrt(GM_MOON_M3_S2 * 2.0 * (1.0 / r - 1.0 / (r + apolune_m)))


def stack_before_perilune(world: World, transfer: Transfer, stack_kg: float) -> Point:
    """The stack, alone, two hours before its perilune."""
    back = coast(world, transfer.perilune, transfer.perilune.epoch_s - 7200.0).point
    return replace(back, y=np.append(back.y[:6], stack_kg))


def site_misses(world: World, circle: Point, goal: LandingGoal) -> Array:
    """The site's distance [km] from the orbit's plane at touchdown and at lift-off."""
    first = coast(world, circle, goal.touchdown_s).point
    last = coast(world, first, goal.lift_off_s).point
    if last.epoch_s < goal.lift_off_s:
        return np.full(2, np.nan)
    return np.array([out_of_plane(world, at, goal.site_moon_me) for at in (first, last)]) * MOON_RADIUS_M / 1e3


def plan_approach(
    world: World,
    launch: LaunchGoal,
    ship: Ship,
    orbits: Orbits,
    capture_s: float,
    plane: LunarPlane,
    goal: LandingGoal,
    progress: Callable[[str, float], None],
) -> Approach:
    """Solve the road for the cheapest option that closes; `PlanError` when none does."""
    half = half_capture_s(ship, orbits.perilune_m, orbits.apolune_m)
    perilune = PeriluneGoal(capture_s + half, orbits.perilune_m, math.pi if goal.retrograde else 0.0)
    progress("plan: transfer", 0.0)
    transfer = plan_transfer(world, launch, ship.launcher, perilune)
    progress("plan: ways to the lunar plane", 0.0)
    at = transfer.perilune
    speed = arrival(at.r_m, at.v_m_s, GM_MOON_M3_S2, world.moon_me(at.epoch_s)[2]).excess_m_s
    excess = speed * incoming_asymptote(at.r_m, at.v_m_s, GM_MOON_M3_S2)
    ways = options(world, excess, perilune.epoch_s, plane, orbits)
    progress("plan: approach", 0.0)
    if not ways:
        raise PlanError(
            "lunar orbit: no angle of the B-plane and no dwell brings the line of apsides into the landing plane in phase:"
            f" {nearest(world, excess, perilune.epoch_s, plane, orbits)}"
        )
    ranked = sorted(ways, key=lambda o: o.price_m_s + 3.0 * (o.altitude_m / orbits.phasing_m) ** 2)
    failures = []
    for option in ranked[:TRIES]:
        try:
            return _close(world, launch, ship, orbits, perilune, transfer, option, plane, goal)
        except (PlanError, lunar.GuidanceError) as error:
            failures.append(str(error))
    raise PlanError(f"lunar orbit: {failures[0]}" + (f" ({len(failures) - 1} other ways fail too)" if len(failures) > 1 else ""))


def half_capture_s(ship: Ship, perilune_m: float, apolune_m: float) -> float:
    """Roughly half the duration of the capture burn, for an excess of 0.85 km/s: from ignition to perilune."""
    r = perilune_m
    speed = math.sqrt(0.85e3**2 + 2.0 * GM_MOON_M3_S2 / r) - math.sqrt(GM_MOON_M3_S2 * (2.0 / r - 2.0 / (r + apolune_m)))
    return 0.5 * burn_seconds(ship.stack_kg, speed, ship.capture.thrust_n, ship.capture.exhaust_speed_m_s)


def _close(
    world: World,
    launch: LaunchGoal,
    ship: Ship,
    orbits: Orbits,
    perilune: PeriluneGoal,
    near: Transfer,
    option: Option,
    plane: LunarPlane,
    goal: LandingGoal,
) -> Approach:
    """Solve B-plane angle and normal turn for one option."""
    apolune = orbits.apolune_m + option.apolune_shift_m
    aim = replace(perilune, angle_rad=float(option.angle_rad))
    transfer = plan_transfer(world, launch, ship.launcher, aim, _walk(world, launch, ship, perilune, near, aim))
    for _ in range(2):  # the finite burn lowers the perilune a little: come in as much higher
        incoming = stack_before_perilune(world, transfer, ship.stack_kg)
        seed = float(np.linalg.norm(transfer.perilune.v_m_s)) - _speed_at(transfer.perilune, apolune)
        command = lunar.capture(world, incoming, ship.capture, apolune, seed)
        low = apsides(after_burn(world, incoming, command, ship.capture))[0]
        aim = replace(aim, radius_m=aim.radius_m + orbits.perilune_m - low)
        transfer = plan_transfer(world, launch, ship.launcher, aim, transfer)

    def fly(x: Array, in_world: World) -> tuple[Transfer, PeriluneGoal, Lowering]:
        nonlocal transfer
        goal_x = replace(aim, angle_rad=float(x[0]))
        transfer = plan_transfer(in_world, launch, ship.launcher, goal_x, transfer)
        incoming = stack_before_perilune(in_world, transfer, ship.stack_kg)
        return transfer, goal_x, lower_to_circle(in_world, incoming, ship, orbits, apolune, option, float(x[1]), goal)

    quick = replace(world, tolerance=SOLVE_TOLERANCE)
    speed = math.sqrt(GM_MOON_M3_S2 * 2.0 * (1.0 / apolune - 1.0 / (orbits.perilune_m + apolune)))
    first = np.array([option.angle_rad, -2.0 * speed * math.sin(0.5 * option.turn_rad)])
    found = solve(
        lambda x: site_misses(quick, fly(x, quick)[2].circle, goal), first, np.array([1e-3, 0.2]), CONDITIONS, np.array([0.1, 30.0])
    )
    if not found.met:
        raise PlanError(f"{found.advice}; another calendar would do")
    transfer, aim, lowering = fly(found.x, world)
    rise = 0.5 * sum(apsides(lowering.circle)) - orbits.circle_m
    if abs(rise) > orbits.phasing_m:
        raise PlanError(f"the circle must depart {rise / 1e3:.2f} km from its altitude, allowed is {orbits.phasing_m / 1e3:.2f} km")
    return Approach(
        transfer,
        aim,
        apolune,
        option,
        lowering,
        plane,
        (float(found.missed[0]), float(found.missed[1])),
        orbits.periods_s,
        orbits.perilune_m,
        rise,
    )


def _walk(world: World, launch: LaunchGoal, ship: Ship, start: PeriluneGoal, near: Transfer, aim: PeriluneGoal) -> Transfer:
    """A transfer close to `aim`, reached from `near` in steps of the B-plane angle small enough for each to be found."""
    turn = (aim.angle_rad - start.angle_rad + math.pi) % (2.0 * math.pi) - math.pi
    steps = max(1, math.ceil(abs(turn) / 0.6))
    for k in range(1, steps):
        near = plan_transfer(world, launch, ship.launcher, replace(start, angle_rad=start.angle_rad + turn * k / steps), near)
    return near
