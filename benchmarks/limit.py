"""How far from the machine's limit: the arithmetic of a coast, counted, over its time, beside the most that this core was seen to do.

    python -m benchmarks.limit

*Counted*: the equations are run once with numbers that count what is done to them, without compiling; a square root and a division are one
operation each, as an addition is. A step of DOP853 is 12 rates and its sums; of lanes, rates are counted half-way to the Moon. *Measured
peak*: compiled loops of additions and multiplications on independent numbers, one at a time, and on vectors as wide as the compiler makes
them. Multiplications are not fused with additions, since farside's are not (no fastmath).
"""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

import numba
import numpy as np

from benchmarks.measure import CHECKOUT, Row, machine, run
from benchmarks.places import DAY_S, outbound, road, scattered
from farside.dynamics.dop853 import E3, E5, A, B
from farside.dynamics.many import Points, coast_many
from farside.dynamics.world import coast

TOLERANCE = 3e-10
"""At which the coast to the Moon ends within a metre."""


class Counted(float):
    """A number that counts the operations it takes part in."""

    done = 0
    __array_ufunc__ = None  # numbers of arrays leave the operation to this one


def _counting(name: str) -> Any:
    plain = getattr(float, name)

    def operation(self: Counted, *others: Any) -> Any:
        found = plain(self, *(float(other) for other in others))
        Counted.done += 1
        return Counted(found)

    return operation


for _name in ("add", "sub", "mul", "truediv"):
    for _side in ("", "r"):
        setattr(Counted, f"__{_side}{_name}__", _counting(f"__{_side}{_name}__"))
Counted.__neg__ = lambda self: Counted(-float(self))  # type: ignore[method-assign]


class CountingMath:
    """The functions of `math`, each one operation more, answering with numbers that count."""

    def __getattr__(self, name: str) -> Any:
        plain = getattr(math, name)

        def function(*arguments: float) -> Any:
            found = plain(*(float(x) for x in arguments))
            Counted.done += 1
            return found if isinstance(found, int) else Counted(found)

        return function if callable(plain) else plain


def counted_rates() -> tuple[int, int]:
    """Operations of one rate of a coast about the Earth, and of one lane of a block half-way to the Moon; with compiling switched off."""
    from farside.basis import axes
    from farside.dynamics import forces, lanes
    from farside.environment import ephemeris, gravity

    world, out = outbound()
    for module in (forces, gravity, ephemeris, axes, lanes):
        module.math = CountingMath()  # type: ignore[attr-defined]
    about = world.forces("earth")
    Counted.done = 0
    forces.coast_rate(Counted(out.epoch_s), [Counted(x) for x in out.y], forces.Coast(about, forces.no_stop))
    alone = Counted.done
    sky = np.empty(lanes.SHARED)
    lanes.share(out.epoch_s, about, sky)
    half_way = np.repeat(np.array([*(0.5 * sky[:3] + 1e7), 300.0, 500.0, 200.0]), lanes.LANES)
    y, result, scratch = (
        np.array([Counted(x) for x in row], dtype=object) for row in (half_way, half_way, np.zeros(lanes.SCRATCH * lanes.LANES))
    )
    Counted.done = 0
    lanes.rates(y, result, scratch, sky, forces.EARTH, np.ones(lanes.LANES), about, lanes.strengths(about.field))
    return alone, round(Counted.done / lanes.LANES)


def step_sums() -> int:
    """Operations of the sums of a step of DOP853, position and velocity: two for each weight that is not zero."""
    weights = sum(np.count_nonzero(part) for part in (A[:12], B, E3, E5))
    return 2 * 6 * int(weights)


@numba.njit(error_model="numpy")
def scalar_peak(count: int, x: float) -> float:  # type: ignore[no-untyped-def]
    """Eight sums side by side, each step of one waiting for the one before; of unlike operations, so that no vectors are made of them."""
    a, b, c, d, e, f, g, h = 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7
    for _ in range(count):
        a, b, c, d = a * x, b + x, c * x, d - x
        e, f, g, h = e + x, f * x, g - x, h * x
    return a + b + c + d + e + f + g + h


@numba.njit(error_model="numpy")
def vector_peak(count: int, x: float, y: np.ndarray) -> float:  # type: ignore[no-untyped-def]
    """Eight multiplications and additions on each of 64 numbers that stay in the nearest cache, the numbers side by side."""
    for _ in range(count):
        for i in range(64):
            v = y[i]
            v = ((v * x + 1e-3) * x + 1e-3) * x + 1e-3
            v = ((v * x + 1e-3) * x + 1e-3) * x + 1e-3
            y[i] = (v * x + 1e-3) * x + 1e-3
    return y[0]


def gigaflops(operations: float, work: Any, rounds: int = 5) -> float:
    """Operations a second, in 10^9, of the fastest of some rounds."""
    work()
    took = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        took.append(time.process_time() - begin)
    return operations / min(took) / 1e9


@dataclass(frozen=True)
class Share:
    """A work beside the peak of its kind, in 10^9 operations a second."""

    what: str
    achieved: float
    peak: float
    kind: str
    note: str


def shares(small: bool = False) -> list[Share]:
    """One coast, and a thousand in lanes."""
    rate, lane = counted_in_a_process()
    world, out, _ = road()
    end_s, sharp = out.epoch_s + (0.3 if small else 4.6) * DAY_S, replace(world, tolerance=TOLERANCE)
    scalar = gigaflops(8.0 * 1e6, lambda: scalar_peak(1_000_000, 1.0000001))
    vector = gigaflops(2.0 * 8 * 64 * 40_000, lambda: vector_peak(40_000, 0.999, np.ones(64)))
    one = coast(sharp, out, end_s, keep=True)
    steps = sum(arc.times_s.size - 1 for arc in one.arcs)
    alone = gigaflops(steps * (12 * rate + step_sums()), lambda: coast(sharp, out, end_s))
    points = Points(out.center, out.epoch_s, scattered(out, 100 if small else 1000))
    many = coast_many(sharp, points, end_s)
    lanes = gigaflops(len(points) * many.steps * (12 * lane + step_sums()), lambda: coast_many(sharp, points, end_s), 5)
    told = f"{steps} steps of {12 * rate + step_sums()} operations, {rate} a rate"
    return [
        Share("one coast to the Moon", alone, scalar, "one number at a time", told),
        Share(
            "1000 in lanes",
            lanes,
            vector,
            "vectors",
            f"{many.steps} steps of {12 * lane + step_sums()} operations a lane, {lane} a rate; refused steps, a fifth, are not counted",
        ),
    ]


def counted_in_a_process() -> tuple[int, int]:
    """Operations of a rate, alone and of a lane, counted where nothing is compiled."""
    told = run([sys.executable, "-m", "benchmarks.limit", "--count"], CHECKOUT, {"NUMBA_DISABLE_JIT": "1"}).out.split()
    return int(told[-2]), int(told[-1])


def tables(small: bool = False) -> dict[str, list[Row]]:
    """As a table: operations of a second, those of the peak, the share."""
    rows = []
    for share in shares(small):
        of = f"{share.peak:.2f} ({share.kind})"
        rows.append(Row(share.what, share.note, f"{share.achieved:.2f}", of, None, None, f"{share.achieved / share.peak:.0%}"))
    return {"distance to the machine's limit": rows}


def main() -> None:
    if "--count" in sys.argv:
        print(*counted_rates())
        return
    print(machine())
    for row in tables()["distance to the machine's limit"]:
        print(f"  {row.tool:<24}{row.error} of {row.apart} 10^9 operations a second: {row.absent}; {row.how}")


if __name__ == "__main__":
    main()
