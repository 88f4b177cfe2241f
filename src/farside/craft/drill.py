"""The drill: how fast a core bit goes down, what stops it, and the core that its flexible tube brings up in the order of the layers.

*Model and limits*: the energy to remove a volume is a property of the ground (Teale 1965, Int. J. Rock Mech. Min. Sci. 2, 57):
`E = F / A + 2 pi N T / (A u)` with weight on bit F, annulus A, turns N and torque T of the bit, rate u. The torque of a drag bit follows
its weight, `T = mu F D / 3` (Pessier & Fear 1992, SPE 24584). Cuttings on the auger rub at the wall and take their part of the torque.
Heat, hammering and wear are not in it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from farside.basis.draws import Draws
from farside.craft.ground import Ground, Layer, Rock

SLIVER_M = 0.001  # a piece of core thinner than this stays with the one above it
Ended = Literal["depth", "time", "torque", "rock", "soil"]


@dataclass(frozen=True, slots=True)
class Drill:
    """A core drill: its bit, its speeds, and the work besides going down (unfolding, winding the tube and handing the core over)."""

    bit_m: float
    tube_m: float
    rotation_rad_s: float
    fastest_m_s: float
    slowest_m_s: float
    bit_friction: float
    wall_friction: float
    wall_pressure: float
    cutting_factor: float
    unfold_s: float
    retrieve_s: float
    median_recovery: float
    recovery_scatter: float
    jammed_recovery: float

    @property
    def annulus_m2(self) -> float:
        """What the bit cuts away: its disc without the core."""
        return math.pi / 4.0 * (self.bit_m**2 - self.tube_m**2)

    @property
    def core_m2(self) -> float:
        """The cross-section of the core."""
        return math.pi / 4.0 * self.tube_m**2


DRILL = Drill(
    bit_m=0.038,  # assumed: a slim auger that a lander's frame of 2 m can guide
    tube_m=0.015,  # assumed: 0.74 m of median soil in it are 0.23 kg, about what Chang'e-5 drilled
    rotation_rad_s=2.0 * math.pi * 2.0,  # assumed: 120 turns a minute, as in tests of such bits in simulants
    fastest_m_s=5e-4,  # assumed: 30 mm a minute, so that the tube can wind up with it
    slowest_m_s=5e-5,  # assumed: below 3 mm a minute the bit slides and wears
    bit_friction=0.5,  # Pessier & Fear 1992: 0.5 to 1 for drag bits
    wall_friction=0.6,  # assumed: soil on metal, two thirds of the soil's own
    wall_pressure=0.5,  # assumed: sideways over downward pressure in loose cuttings
    cutting_factor=100.0,  # assumed: cuttings are cut and lifted many times over; median soil then takes 1 to 10 MPa, loosest to densest
    unfold_s=2400.0,  # assumed: with what follows, the 3 h of facts T12
    retrieve_s=3600.0,  # assumed: the same
    median_recovery=0.88,  # assumed: the rest is pushed aside by the bit's edge
    recovery_scatter=0.5,  # assumed: in log odds; two cores in three recover 82 to 92 %
    jammed_recovery=0.15,  # assumed: Chang'e-5's tube took little below its first rocks (Zheng et al. 2022, Chinese J. Aeronaut.)
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard, how deep and how long a drill may work; `time_s` is that of going down alone."""

    weight_on_bit_n: float
    torque_n_m: float
    depth_m: float
    time_s: float


@dataclass(frozen=True, slots=True)
class Bore:
    """A hole: its depth, the time it took, what ended it, and the depth of the first rock that was cut (None without one)."""

    depth_m: float
    time_s: float
    ended: Ended
    first_rock_m: float | None = None

    @property
    def refusal(self) -> str | None:
        """Why the drill could not go on: torque, rock or soil; None when it reached its depth or used up its time."""
        return self.ended if self.ended in ("torque", "rock", "soil") else None


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of the core."""

    top_m: float
    bottom_m: float
    mass_kg: float


def auger_torque_n_m(drill: Drill, density_kg_m3: float, gravity_m_s2: float, depth_m: float) -> float:
    """What the cuttings in the flights take of the torque, growing with the square of the depth.

    *Model and limits*: pressure of the cuttings' weight times `wall_pressure` on the wall of the hole, with Coulomb friction, at the radius
    of the bit: `1/2 K mu rho g z * pi D z * D/2`; loose cuttings weigh what the soil weighs here.
    """
    pressure = 0.5 * drill.wall_pressure * density_kg_m3 * gravity_m_s2 * depth_m
    return drill.wall_friction * pressure * math.pi * drill.bit_m * depth_m * drill.bit_m / 2.0


def penetration_m_s(drill: Drill, weight_on_bit_n: float, bit_torque_n_m: float, energy_pa: float) -> float:
    """The rate at which the bit goes down, 0 without torque, at most the drill's fastest.

    `bit_torque_n_m`: what is left for the bit; the weight may call for less. `energy_pa`: J to cut a cubic metre.
    """
    torque = min(drill.bit_friction * weight_on_bit_n * drill.bit_m / 3.0, bit_torque_n_m)
    if torque <= 0.0:
        return 0.0
    resisting_n = energy_pa * drill.annulus_m2 - weight_on_bit_n
    if resisting_n <= 0.0:
        return drill.fastest_m_s
    return min(drill.fastest_m_s, drill.rotation_rad_s * torque / resisting_n)


def bored(drill: Drill, ground: Ground, limits: Limits, gravity_m_s2: float) -> Bore:
    """The hole that the drill makes in this ground, until its depth, its time, or a refusal."""
    depth, time, first_rock = 0.0, 0.0, None
    for top, bottom, layer, rock in _stretches(ground, limits.depth_m):
        left = limits.torque_n_m - auger_torque_n_m(drill, layer.density_kg_m3, gravity_m_s2, bottom)
        energy = rock.energy_pa if rock else drill.cutting_factor * layer.strength_pa
        rate = penetration_m_s(drill, limits.weight_on_bit_n, left, energy)
        if rate < drill.slowest_m_s:
            unhindered = penetration_m_s(drill, limits.weight_on_bit_n, limits.torque_n_m, energy)
            return Bore(depth, time, "torque" if unhindered >= drill.slowest_m_s else "rock" if rock else "soil", first_rock)
        if rock and first_rock is None:
            first_rock = top
        if time + (bottom - top) / rate > limits.time_s:
            return Bore(depth + rate * (limits.time_s - time), limits.time_s, "time", first_rock)
        depth, time = bottom, time + (bottom - top) / rate
    return Bore(depth, time, "depth", first_rock)


def _stretches(ground: Ground, depth_m: float) -> Iterator[tuple[float, float, Layer, Rock | None]]:
    """The path in pieces within one layer and in or out of one rock, from above."""
    rocks = [rock for rock in ground.rocks if rock.top_m < depth_m]
    edges = sorted({edge for rock in rocks for edge in (rock.top_m, rock.bottom_m)})
    for layer in ground.layers:
        if layer.top_m >= depth_m:
            return
        end = min(layer.bottom_m, depth_m)
        cuts = [layer.top_m, *(edge for edge in edges if layer.top_m < edge < end), end]
        for top, bottom in itertools.pairwise(cuts):
            middle = (top + bottom) / 2.0
            yield top, bottom, layer, next((rock for rock in rocks if rock.top_m <= middle < rock.bottom_m), None)


def recovery(drill: Drill, draws: Draws, phase: str) -> float:
    """The part of the cut core that the tube takes in free soil, by the draw "core, recovery"; the median with draws off."""
    odds = math.log(drill.median_recovery / (1.0 - drill.median_recovery))
    return 1.0 / (1.0 + math.exp(-(odds + drill.recovery_scatter * float(draws.normal(phase, "core, recovery")[0]))))


def core(drill: Drill, ground: Ground, bore: Bore, recovered: float, interval_m: float) -> tuple[Slice, ...]:
    """The core in pieces of `interval_m` (the last may be shorter, or a sliver longer), in the order of the depth they came from.

    *Model and limits*: `recovered` of what the tube cut, and from the first rock on only the drill's `jammed_recovery` of that, since chips
    block its mouth; rock that was cut through counts as soil of that depth.
    """
    jammed_from = bore.depth_m if bore.first_rock_m is None else min(bore.first_rock_m, bore.depth_m)
    count = max(1, math.ceil((bore.depth_m - SLIVER_M) / interval_m)) if bore.depth_m > 0.0 else 0
    edges = [*(index * interval_m for index in range(count)), bore.depth_m]
    pieces = []
    for top, bottom in itertools.pairwise(edges):
        free = min(max(jammed_from, top), bottom) - top
        taken = free + drill.jammed_recovery * (bottom - top - free)
        pieces.append(Slice(top, bottom, drill.core_m2 * taken * recovered * ground.mean_density_kg_m3(top, bottom)))
    return tuple(pieces)
