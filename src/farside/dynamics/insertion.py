"""The closed loop from the ground into an orbit: the same truth as `closed_loop`, an inertial estimate, and a cut-off by guidance.

*Model*. Truth: `powered`'s step (full gravity, thrust held within a step along an axis that turns within limits), with first-order engine
lag. Knowledge: position and velocity with an error that drifts by accelerometer bias and scale and by the gravity gradient; nothing
pulls it in, as no sensor looks down on this way. `steering` is chosen by the type of the guidance law; it is given the estimate and
what the accelerometers read, never the state, the mass or the thrust. The engine burns for a share of a step, so that a cut-off is not
rounded to the step.

*Limits*: rigid body, a pointing direction without roll; the ground is the level that the craft left from. *How we know*: the recorded
history, flown again by another integrator, ends where the loop did; a biased estimate inserts with its bias.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.kernel import kernel
from farside.basis.triples import length, plus
from farside.craft.module import Vector
from farside.dynamics.closed_loop import DRY, LANDED, TIME_OUT
from farside.dynamics.powered import drift, gain, move, record, turn

Array = NDArray[np.float64]
INSERTED = 4
SUNK_M = 1.0  # below the level left from: it does not rise, or it came down again
OFF = 1e-4  # share of the thrust below which the engine is out: half a millimetre a second is left


class Inertial(NamedTuple):
    """Errors of the accelerometers as they are in this run: bias (3,) [m/s2] in ICRF axes, scale."""

    bias_m_s2: Array
    scale: float


def steering(
    t: float, place: Vector, velocity: Vector, sensed: Vector, memory: Array, law: tuple[object, ...]
) -> tuple[float, float, float, float]:
    """What guidance wants, from what the craft knows alone; chosen at compile time by the type of `law`.

    `place`, `velocity`: three numbers each about the Moon, ICRF axes, as estimated; `sensed`: the acceleration [m/s2] that the
    accelerometers read since the step before; `memory`: guidance's own (n,) numbers, the first being its mode. Answers the direction of
    thrust (three numbers, unit, ICRF) and for which share of this step the engine is to burn.
    """
    raise TypeError(f"{type(law).__name__} is not a guidance law")


@kernel
def felt(thrust, axis, mass, inertial):
    """The acceleration that the accelerometers read: three numbers, ICRF axes."""
    return plus(inertial.bias_m_s2, (1.0 + inertial.scale) * thrust / mass, axis)


@kernel
def insertion_loop(t, y, axis, error, memory, h, steps, dry_kg, law, engine, turning, inertial, forces):
    """Fly until guidance has cut the engine off, the tank is dry, the craft is down again, or the time is over.

    Rows as `powered.record` writes them, the height above the level left from; thrust and axis are those of the step that led there.
    """
    rows = np.empty((steps + 1, 20))
    y, axis, error = y.copy(), axis.copy(), error.copy()
    level = length(y)
    thrust, spin, status, n, lit, begun = 0.0, 0.0, TIME_OUT, 0, False, t
    for n in range(steps + 1):
        height = length(y) - level
        record(rows[n], t, y, thrust, axis, memory[0], error, height)
        if height < -SUNK_M:
            status = LANDED
            break
        if n == steps:
            break
        place, velocity = plus(y, 1.0, error), plus(y[3:6], 1.0, error[3:])
        wx, wy, wz, share = steering(t, place, velocity, felt(thrust, axis, y[6], inertial), memory, law)
        if lit and share == 0.0 and thrust < OFF * engine.thrust_max_n:
            status = INSERTED
            break
        lit = lit or share > 0.0
        spin = turn(axis, (wx, wy, wz), spin, h, turning)
        thrust += (share * engine.thrust_max_n - thrust) * gain(h, engine.lag_s)
        if y[6] - thrust / engine.exhaust_m_s * h <= dry_kg:
            status = DRY
            break
        later = begun + (n + 1) * h
        move(t, y, later - t, forces, thrust, axis, engine.exhaust_m_s)  # as long as the epochs say: they are rounded to 1e-7 s
        drift(error, y, later - t, thrust, axis, inertial)
        t = later
    return status, rows[: n + 1].copy()
