"""A craft that is carried over the Earth's ground from one place to another: its arc, which no force of `forces` makes.

*Model*: along the great circle between the two places, from rest to rest: the way made is `3 x^2 - 2 x^3` of the whole after the share `x`
of the time, so that it is never faster than one and a half times its mean; its distance from the Earth's centre goes with it from that of
the one place to that of the other. The Earth turns as in `world.landed_states`. *Limits*: no roads, no flight level.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from farside.basis.twobody import angle_between, cross, unit
from farside.craft.module import Vector
from farside.dynamics.arcs import Arc
from farside.dynamics.world import STAY_S, World, hermite_arc, turning

Array = NDArray[np.float64]


def ground_distance_m(from_m: Vector, to_m: Vector) -> float:
    """Metres along the great circle between two places (ITRF), on the sphere of their mean distance from the Earth's centre."""
    a, b = np.array(from_m), np.array(to_m)
    return float(angle_between(a, b)) * 0.5 * float(np.linalg.norm(a) + np.linalg.norm(b))


def carry(world: World, from_m: Vector, to_m: Vector, from_s: float, until_s: float, mass_kg: float) -> Arc:
    """The arc of a craft that is carried between two places (3,) in ITRF axes, or left at one; cubic between its nodes."""
    epochs = np.linspace(from_s, until_s, max(2, math.ceil((until_s - from_s) / STAY_S["earth"]) + 1))
    states, rates = np.empty((len(epochs), 7)), np.zeros((len(epochs), 7))
    for k, epoch in enumerate(epochs):
        place, moving, gathering = _on_the_way(np.array(from_m), np.array(to_m), float(epoch) - from_s, until_s - from_s)
        turn, spin = turning(world, "earth", float(epoch))
        r, u = turn.T @ place, turn.T @ moving
        v = u + cross(spin, r)
        states[k] = [*r, *v, mass_kg]
        rates[k, :3], rates[k, 3:6] = v, turn.T @ gathering + cross(spin, u + v)
    return hermite_arc("earth", "carried", epochs, states, rates)


def _on_the_way(a: Array, b: Array, past_s: float, seconds: float) -> tuple[Array, Array, Array]:
    """Place, velocity and acceleration (3,) each, in the axes that turn with the Earth, so long after setting off."""
    first, angle, x = unit(a), float(angle_between(a, b)), past_s / seconds
    ahead = unit(unit(b) - math.cos(angle) * first) if angle > 0.0 else np.zeros(3)
    near, far = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    made, speed, gain = x * x * (3.0 - 2.0 * x), 6.0 * x * (1.0 - x) / seconds, (6.0 - 12.0 * x) / seconds**2
    c, s = math.cos(angle * made), math.sin(angle * made)
    up, along = c * first + s * ahead, c * ahead - s * first
    radius, climb = near + (far - near) * made, (far - near) * speed
    turned = angle * speed
    gathering = (far - near) * gain * up + 2.0 * climb * turned * along + radius * (angle * gain * along - turned**2 * up)
    return radius * up, climb * up + radius * turned * along, gathering
