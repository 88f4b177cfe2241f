"""Commands: what guidance hands to a craft for one burn, and the flying of it.

A command is an ignition epoch, the velocity change at which the accelerometers cut the engine off, and a steering law. *Model*: thrust
constant, direction sweeping at constant rate along a great circle, which for burns of minutes near an apsis costs less than 0.1 m/s more
than following the velocity (the loss is printed with every burn). Commands are made from what the craft knows and are then flown by the
truth: an engine that pushes 1 % harder burns 1 % shorter, an accelerometer that reads 0.1 % low burns 0.1 % too much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.twobody import angle_between, cross, unit
from farside.craft.module import Engine, Vector
from farside.dynamics import world as w
from farside.dynamics.world import Flown, Point, Steering, World

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Command:
    """Ignite at `ignition_s` (TDB s past J2000), steer, cut off when `delta_v_m_s` has been sensed."""

    ignition_s: float
    delta_v_m_s: float
    steering: Steering


def vector(array: Array) -> Vector:
    """An array (3,) as the plain numbers that frozen records keep."""
    return float(array[0]), float(array[1]), float(array[2])


def fixed(direction: Array, epoch_s: float) -> Steering:
    """Steering that holds one direction."""
    axis = unit(direction)
    aside = unit(cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))]))
    return Steering(vector(axis), vector(aside), 0.0, epoch_s)


def sweep(first: Array, first_s: float, last: Array, last_s: float) -> Steering:
    """Steering that turns from one direction at one epoch to another at another, evenly."""
    axis = unit(first)
    aside = unit(last - float(last @ axis) * axis)
    aside = unit(aside - float(aside @ axis) * axis)  # again: what rounding leaves the first time grows as the way is short
    return Steering(vector(axis), vector(aside), float(angle_between(first, last) / (last_s - first_s)), first_s)


def burn_seconds(point: Point, command: Command, engine: Engine) -> float:
    """How long the engine fires for the command, at full thrust and nominal specific impulse."""
    return w.burn_seconds(point.mass_kg, command.delta_v_m_s, engine.thrust_n, engine.exhaust_speed_m_s)


def fly(world: World, point: Point, command: Command, engine: Engine, keep: bool = False) -> tuple[Flown, Flown]:
    """The coast to ignition and the burn, as the engine is declared."""
    before = w.coast(world, point, command.ignition_s, keep=keep)
    after = w.burn(
        world, before.point, burn_seconds(point, command, engine), engine.thrust_n, engine.exhaust_speed_m_s, command.steering, keep
    )
    return before, after


def after_burn(world: World, point: Point, command: Command, engine: Engine) -> Point:
    """Where the command leaves the craft."""
    return fly(world, point, command, engine)[1].point


def along_velocity(world: World, point: Point, apsis_s: float, delta_v_m_s: float, engine: Engine) -> Command:
    """A burn centred on an apsis, along the velocity (`delta_v_m_s` > 0) or against it (< 0), turning with the coasting arc."""
    seconds = w.burn_seconds(point.mass_kg, abs(delta_v_m_s), engine.thrust_n, engine.exhaust_speed_m_s)
    start = w.coast(world, point, apsis_s - 0.5 * seconds).point
    end = w.coast(world, start, apsis_s + 0.5 * seconds).point
    sign = 1.0 if delta_v_m_s > 0.0 else -1.0
    return Command(start.epoch_s, abs(delta_v_m_s), sweep(sign * start.v_m_s, start.epoch_s, sign * end.v_m_s, end.epoch_s))


def local_axes(point: Point) -> Array:
    """Rows: along the velocity, along the orbit's normal, and outward across both (3, 3)."""
    t, n = unit(point.v_m_s), unit(cross(point.r_m, point.v_m_s))
    return np.array([t, n, cross(t, n)])
