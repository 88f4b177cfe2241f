"""Powered explicit guidance: the part that an ascent from the Moon and a launch from the Earth have in common.

*Model*. The thrust direction is `lambda + lambda_dot (t - t_lambda)`, the linear-tangent law in three dimensions; each cycle forecasts
what thrust and gravity bring until the end, and corrects the velocity to gain by what is missing to a radius, a horizontal velocity and a
plane. Whoever calls gives the integrals of the thrust to come, of one engine (`ascent`) or of several stages (`launch`).

*Source*: McHenry, Brand, Long, Cockrell & Thibodeau, *Space Shuttle ascent guidance, navigation, and control*, J. Astronaut. Sci. 27
(1979) 1. *Limits*: central gravity in the forecast.
"""

from __future__ import annotations

import math

import numpy as np

from farside.basis.kernel import kernel
from farside.basis.twobody import cross, kepler

# Places in the memory. Vectors take three.
MODE, LAST, BEGUN, SOLVED, TO_GO, REFERENCE = range(6)
GAIN, BIAS, FALL, GOAL, AXIS, RATE = range(6, 24, 3)
MEMORY = 24


@kernel
def norm(a):
    """Length of an array (3,)."""
    return math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])


@kernel
def dot(a, b):
    """Scalar product of two arrays (3,)."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel
def begin(r, v, angle, mu, memory, law):
    """A first guess of the solution: an angle downrange, the velocity missing, gravity straight down."""
    n = np.array(law.normal)
    up = r - dot(r, n) * n
    up = up / norm(up)
    goal = math.cos(angle) * up + math.sin(angle) * cross(n, up)
    memory[GOAL : GOAL + 3] = law.radius_m * goal
    memory[GAIN : GAIN + 3] = law.speed_m_s * cross(n, goal) - v
    memory[BIAS : BIAS + 3] = 0.0
    memory[FALL : FALL + 3] = -0.5 * mu / dot(r, r) * r / norm(r)
    memory[TO_GO] = 1.0


@kernel
def range_to_go(r, v, axis, to_go, s0, memory, law):
    """The displacement (3,) that thrust is to bring: given but for the part downrange, which the direction of thrust settles."""
    goal, n = memory[GOAL : GOAL + 3], np.array(law.normal)
    aim = goal - (r + v * to_go + memory[FALL : FALL + 3])
    down = cross(n, goal)
    down = down / norm(down)
    aim = aim - dot(down, aim) * down
    return aim + (s0 - dot(axis, aim)) / dot(axis, down) * down + memory[BIAS : BIAS + 3]


@kernel
def thrust_effect(axis, rate, a0, a1, s0, s1, s2, h):
    """Velocity and displacement (3,), (3,) that thrust along the turning direction brings, to second order in the angle."""
    first = axis - rate * (a1 / a0)
    phi = math.acos(max(-1.0, min(1.0, dot(first, axis) / norm(first))))
    spin = -phi * a0 / a1
    aside = rate / max(norm(rate), 1e-30)
    gained = (a0 - 0.5 * a0 * phi * phi - a1 * phi * spin - 0.5 * h * spin * spin) * axis - (a0 * phi + a1 * spin) * aside
    moved = (s0 - 0.5 * s0 * phi * phi - s1 * phi * spin - 0.5 * s2 * spin * spin) * axis - (s0 * phi + s1 * spin) * aside
    return gained, moved


@kernel
def fallen(r, v, gained, moved, to_go, mu):
    """Velocity and displacement (3,), (3,) by gravity over the time to go: of a coast that stays close to the powered path."""
    r1 = r - 0.1 * moved - to_go / 30.0 * gained
    v1 = v + 1.2 / to_go * moved - 0.1 * gained
    r2, v2 = kepler(r1, v1, to_go, mu)
    return v2 - v1, r2 - r1 - to_go * v1


@kernel
def renew(t, r, v, integrals, mu, memory, law):
    """One cycle of the predictor and corrector: the velocity to gain renewed, and the law of steering that goes with it.

    `integrals`: time to go, and (L, J, S, Q, P, H) of the thrust until then. `law` has a radius, a speed and a normal to be reached.
    """
    gain = memory[GAIN : GAIN + 3].copy()
    to_go, a0, a1, s0, s1, s2, h = integrals
    axis = gain / norm(gain)
    memory[FALL : FALL + 3] *= (to_go / memory[TO_GO]) ** 2
    way = range_to_go(r, v, axis, to_go, s0, memory, law)
    rate = (way - s0 * axis) / (s1 - s0 * a1 / a0)
    gained, moved = thrust_effect(axis, rate, a0, a1, s0, s1, s2, h)
    fall_v, fall_r = fallen(r, v, gained, moved, to_go, mu)
    n, end = np.array(law.normal), r + v * to_go + fall_r + moved
    end = end - dot(end, n) * n
    end = end / norm(end)
    memory[GAIN : GAIN + 3] = law.speed_m_s * cross(n, end) - v - fall_v + (gain - gained)
    memory[GOAL : GOAL + 3] = law.radius_m * end
    memory[BIAS : BIAS + 3] = way - moved
    memory[FALL : FALL + 3] = fall_r
    memory[AXIS : AXIS + 3], memory[RATE : RATE + 3] = axis, rate
    memory[SOLVED], memory[TO_GO], memory[REFERENCE] = t, to_go, t + a1 / a0


@kernel
def lacking(r, v, semi_major_m, mu):
    """The speed [m/s] that is missing to the wanted semi-major axis here."""
    return math.sqrt(max(0.0, mu * (2.0 / norm(r) - 1.0 / semi_major_m))) - norm(v)
