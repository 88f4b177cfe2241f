"""Relative motion of two craft about the Moon, and the burns of the active one that bring the passive one where it is wanted.

*Local axes*: up (outward along the active craft's radius), ahead (in its orbit's plane, across the radius, the way it moves), aside (along
its orbit's normal); the axes turn with it, at its angular rate `r x v / r^2`. *Coordinates*: `up` is the difference of the two radii,
`ahead` the arc on the active craft's radius to the foot of the other in its plane, `aside` the arc from there; near each other they are
Cartesian (5 km ahead: 6 m of difference in up), far away they keep a craft on the same circle at up = 0. Rates are their derivatives.

*Laws*: Clohessy & Wiltshire, *Terminal guidance system for satellite rendezvous*, J. Aerosp. Sci. 27 (1960), for the circle and first
order, and the same targeting on a transition matrix propagated in the full field, with finite burns. The passive craft coasts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2
from farside.basis.roots import Condition, Solution, solve
from farside.basis.twobody import cross, unit
from farside.craft.module import Engine
from farside.dynamics.world import Point, World, apsides, coast
from farside.guidance.command import Command, after_burn, fixed
from farside.guidance.lunar import GuidanceError, period

Array = NDArray[np.float64]
POSITION_STEP_M, RATE_STEP_M_S = 10.0, 0.01  # differences of the propagated transition matrix; second order below 1e-6 of the first
SAMPLE_S = 20.0  # between looks at the distance of two drifting craft: at 0.3 m/s they move 6 m


@dataclass(frozen=True)
class Relative:
    """Where one craft is, seen from another: `r_m` (3,) up, ahead, aside [m]; `v_m_s` (3,) their rates [m/s]."""

    r_m: Array
    v_m_s: Array

    @property
    def distance_m(self) -> float:
        return float(np.linalg.norm(self.r_m))

    @property
    def off_axis_rad(self) -> float:
        """Angle between the line to the other craft and the axis ahead, along which the craft dock."""
        return math.atan2(math.hypot(self.r_m[0], self.r_m[2]), self.r_m[1])


def axes(own: Point) -> Array:
    """Rows up, ahead, aside (3, 3) of the local axes of a craft, in ICRF."""
    up, aside = unit(own.r_m), unit(cross(own.r_m, own.v_m_s))
    return np.array([up, cross(aside, up), aside])


def _turning(own: Point) -> float:
    """Angular rate [rad/s] of the local axes about aside."""
    return float(np.linalg.norm(cross(own.r_m, own.v_m_s)) / (own.r_m @ own.r_m))


def relative(own: Point, other: Point) -> Relative:
    """`other` in the local axes of `own`, both about the Moon at one epoch.

    *Limits*: the turning of the orbit's plane by perturbations (1e-8 rad/s, 0.5 mm/s at 50 km) is left out of the rates.
    """
    a = axes(own)
    q, w = a @ other.r_m, _turning(own)
    dq = a @ other.v_m_s - w * np.array([-q[1], q[0], 0.0])
    r, rate = float(np.linalg.norm(own.r_m)), float(own.r_m @ own.v_m_s / np.linalg.norm(own.r_m))
    size, flat2 = float(np.linalg.norm(q)), float(q[0] ** 2 + q[1] ** 2)
    growing = float(q @ dq) / size
    theta, beta = math.atan2(q[1], q[0]), math.asin(q[2] / size)
    d_theta = (q[0] * dq[1] - q[1] * dq[0]) / flat2
    d_beta = (dq[2] - growing * math.sin(beta)) / math.sqrt(flat2)
    return Relative(
        np.array([size - r, r * theta, r * beta]),
        np.array([growing - rate, rate * theta + r * d_theta, rate * beta + r * d_beta]),
    )


def displaced(own: Point, at: Relative, mass_kg: float = 1.0) -> Point:
    """The craft that is seen from `own` at that place with those rates: the inverse of `relative`."""
    r, rate = float(np.linalg.norm(own.r_m)), float(own.r_m @ own.v_m_s / np.linalg.norm(own.r_m))
    up, theta, beta = at.r_m[0], at.r_m[1] / r, at.r_m[2] / r
    size, growing = r + up, rate + at.v_m_s[0]
    d_theta, d_beta = (at.v_m_s[1] - rate * theta) / r, (at.v_m_s[2] - rate * beta) / r
    (ct, st), (cb, sb) = (math.cos(theta), math.sin(theta)), (math.cos(beta), math.sin(beta))
    e = np.array([cb * ct, cb * st, sb])
    q = size * e
    dq = growing * e + size * (d_theta * cb * np.array([-st, ct, 0.0]) + d_beta * np.array([-sb * ct, -sb * st, cb]))
    a, w = axes(own), _turning(own)
    v = a.T @ (dq + w * np.array([-q[1], q[0], 0.0]))
    return Point(own.center, own.epoch_s, np.array([*(a.T @ q), *v, mass_kg]))


def coelliptic(own: Point, ahead_m: float, above_m: float) -> Relative:
    """A craft ahead and above that stays above: it falls back at 1.5 n times the height (Clohessy & Wiltshire's steady drift)."""
    a = (GM_MOON_M3_S2 * (period(own) / (2.0 * math.pi)) ** 2) ** (1.0 / 3.0)
    n = math.sqrt(GM_MOON_M3_S2 / a**3)
    return Relative(np.array([above_m, ahead_m, 0.0]), np.array([0.0, -1.5 * n * above_m, 0.0]))


def clohessy_wiltshire(mean_motion_rad_s: float, seconds: float) -> Array:
    """Transition matrix (6, 6) of (up, ahead, aside, rates) about a circle, first order in the distance."""
    n, angle = mean_motion_rad_s, mean_motion_rad_s * seconds
    s, c = math.sin(angle), math.cos(angle)
    return np.array(
        [
            [4.0 - 3.0 * c, 0.0, 0.0, s / n, 2.0 * (1.0 - c) / n, 0.0],
            [6.0 * (s - angle), 1.0, 0.0, -2.0 * (1.0 - c) / n, (4.0 * s - 3.0 * angle) / n, 0.0],
            [0.0, 0.0, c, 0.0, 0.0, s / n],
            [3.0 * n * s, 0.0, 0.0, c, 2.0 * s, 0.0],
            [-6.0 * n * (1.0 - c), 0.0, 0.0, -2.0 * s, 4.0 * c - 3.0, 0.0],
            [0.0, 0.0, -n * s, 0.0, 0.0, c],
        ]
    )


def propagated(world: World, own: Point, other: Point, until_s: float) -> tuple[Relative, Array]:
    """The relative state at an epoch and its transition matrix (6, 6) there, in the full field, by central differences."""
    start, arrived = relative(own, other), coast(world, own, until_s).point
    end = relative(arrived, coast(world, other, until_s).point)
    columns = []
    for i, step in enumerate([POSITION_STEP_M] * 3 + [RATE_STEP_M_S] * 3):
        sides = []
        for sign in (1.0, -1.0):
            moved = np.concatenate([start.r_m, start.v_m_s])
            moved[i] += sign * step
            there = coast(world, displaced(own, Relative(moved[:3], moved[3:]), other.mass_kg), until_s).point
            seen = relative(arrived, there)
            sides.append(np.concatenate([seen.r_m, seen.v_m_s]))
        columns.append((sides[0] - sides[1]) / (2.0 * step))
    return end, np.array(columns).T


def rate_towards(matrix: Array, from_m: Array, to_m: Array) -> Array:
    """The relative rate (3,) [m/s] with which a craft at `from_m` drifts to `to_m`, by a transition matrix."""
    return np.asarray(np.linalg.solve(matrix[:3, 3:], to_m - matrix[:3, :3] @ from_m))


def approach(world: World, own: Point, other: Point, engine: Engine, arrival_s: float, to_m: Array, near_m: float) -> Command:
    """The burn of `own`, now, after which `other` is seen at `to_m` (3,) at `arrival_s`, to `near_m`; both propagated in the full field.

    Raises `GuidanceError` when the search ends further away. *Model*: seeded by Clohessy & Wiltshire, corrected by Newton's method with
    the propagated transition matrix as Jacobian.
    """
    now, seconds = relative(own, other), arrival_s - own.epoch_s
    wanted = rate_towards(clohessy_wiltshire(2.0 * math.pi / period(own), seconds), now.r_m, to_m)
    there = coast(world, other, arrival_s).point
    _, matrix = propagated(world, own, other, arrival_s)

    def missed(delta_v: Array) -> Array:
        after = after_burn(world, own, _now(own, delta_v), engine)
        return relative(coast(world, after, arrival_s).point, there).r_m - to_m

    found = solve(missed, now.v_m_s - wanted, np.full(3, 1e-3), _conditions("m", near_m), jacobian=-matrix[:3, 3:])
    return _command(own, found, f"approach to {np.linalg.norm(to_m):.0f} m in {seconds:.0f} s")


def brake(world: World, own: Point, other: Point, engine: Engine, rate_m_s: Array, near_m_s: float = 1e-5) -> Command | None:
    """The burn of `own`, now, after which `other` moves at `rate_m_s` (3,) in its local axes; None when it does already."""
    now = relative(own, other)
    if float(np.linalg.norm(now.v_m_s - rate_m_s)) <= near_m_s:
        return None

    def missed(delta_v: Array) -> Array:
        after = after_burn(world, own, _now(own, delta_v), engine)
        return relative(after, coast(world, other, after.epoch_s).point).v_m_s - rate_m_s

    found = solve(missed, now.v_m_s - rate_m_s, np.full(3, 1e-3), _conditions("m/s", near_m_s), jacobian=-np.eye(3))
    return _command(own, found, "braking")


def _now(own: Point, delta_v: Array) -> Command:
    """The velocity change (3,) in local axes as a command that ignites at once and holds its direction."""
    return Command(own.epoch_s, float(np.linalg.norm(delta_v)), fixed(axes(own).T @ delta_v, own.epoch_s))


def _conditions(unit_: str, near: float) -> tuple[Condition, ...]:
    return tuple(Condition(name, unit_, near) for name in ("up", "ahead", "aside"))


def _command(own: Point, found: Solution, what: str) -> Command:
    if not found.met:
        raise GuidanceError(f"{what}: {found.advice}; more time between the hold points, or a closer start, would do")
    return _now(own, found.x)


def safe_rate(own: Point, at: Relative, opening_m_s: float) -> Array:
    """Relative rate (3,) of a passive craft ahead from which the two drift apart, whatever small errors add to it.

    On the mean the distance grows by three times `opening_m_s` or more: the active craft flies into a slightly higher and slower orbit.
    *Model*: Clohessy & Wiltshire's secular term, -(6 n up + 3 ahead rate); and since rest in the turning axes of an orbit of eccentricity
    e is not rest to its energy, `2 n e` times the distance is added.
    """
    n, (low, high) = 2.0 * math.pi / period(own), apsides(own)
    swing = 2.0 * n * (high - low) / (high + low) * at.distance_m
    return np.array([0.0, -opening_m_s - swing - 2.0 * n * float(at.r_m[0]), 0.0])


def closest(world: World, own: Point, other: Point, seconds: float) -> float:
    """The least distance [m] of two craft that both drift freely for so long."""
    paths = [coast(world, point, own.epoch_s + seconds, keep=True).arcs for point in (own, other)]
    epochs = np.linspace(own.epoch_s, own.epoch_s + seconds, max(2, math.ceil(seconds / SAMPLE_S) + 1))
    if any(arcs[-1].end_s < epochs[-1] for arcs in paths):
        epochs = epochs[epochs <= min(arcs[-1].end_s for arcs in paths)]
    apart = paths[0][0].at(epochs)[:, :3] - paths[1][0].at(epochs)[:, :3]
    return float(np.sqrt((apart**2).sum(axis=1)).min())
