"""Coasts: one to the Moon, one past it, a thousand at once, days in a low orbit; to a metre, by farside and by what else would do it.

    python -m benchmarks.coast

All take the loosest tolerance (of a list, a factor of ten apart or three) that ends within a metre of their own answer at the tightest.
SciPy's DOP853 drives farside's compiled forces, heyoka and Orekit have their own.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Entrant, Row, contest, machine, metres, show
from benchmarks.places import DAY_S, low_world, road, scattered
from farside.dynamics.forces import Coast, coast_rate, no_stop
from farside.dynamics.many import Points, coast_many
from farside.dynamics.world import Point, World, coast

Array = NDArray[np.float64]
Fly = Callable[[float], Array]
GOOD_M = 1.0
TOLERANCES = (1e-8, 3e-9, 1e-9, 3e-10, 1e-10, 3e-11, 1e-11, 1e-12, 1e-13)
TIGHT = 1e-15


@dataclass(frozen=True)
class Case:
    """A coast: world, start, length."""

    world: World
    start: Point
    length_s: float

    @property
    def until_s(self) -> float:
        return self.start.epoch_s + self.length_s


def loosest(fly: Fly, truth: Array, tolerances: tuple[float, ...] = TOLERANCES) -> tuple[float, float]:
    """The loosest tolerance that ends within a metre of the truth, as the next tighter one does, and how far [m]; else the last."""
    apart = [float(np.linalg.norm(fly(tolerance) - truth)) for tolerance in tolerances]
    for tolerance, here, tighter in zip(tolerances, apart, apart[1:], strict=False):
        if here < GOOD_M and tighter < GOOD_M:
            return tolerance, here
    return tolerances[-1], apart[-1]


def ours(case: Case, tolerance: float) -> Array:
    return coast(replace(case.world, tolerance=tolerance), case.start, case.until_s).point.r_m


def by_scipy(case: Case, tolerance: float) -> Array:
    """SciPy's DOP853 on farside's compiled forces."""
    from scipy.integrate import solve_ivp

    model, start = Coast(case.world.forces(case.start.center), no_stop), case.start
    size, speed = float(np.linalg.norm(start.r_m)), float(np.linalg.norm(start.v_m_s))
    near = 1e-2 * tolerance * np.array([size] * 3 + [speed] * 3 + [start.mass_kg])
    t0 = start.epoch_s

    def slope(seconds: float, y: Array) -> tuple[float, ...]:
        return tuple(coast_rate(t0 + seconds, y, model))

    found = solve_ivp(slope, (0.0, case.length_s), start.y, method="DOP853", rtol=max(tolerance, 3e-14), atol=near)
    return np.asarray(found.y[:3, -1])


def here(case: Case) -> tuple[Array, list[Entrant]]:
    """farside's answer, and farside and SciPy as entrants."""
    truth = ours(case, TIGHT)
    good, error_m = loosest(lambda tolerance: ours(case, tolerance), truth)
    flown = case.world.tolerance
    as_flown = float(np.linalg.norm(ours(case, flown) - truth))
    scipy, scipy_m = loosest(lambda tolerance: by_scipy(case, tolerance), truth, TOLERANCES[2:])
    return truth, [
        Entrant("farside", f"{good:.0e}", lambda: ours(case, good), metres(error_m), "0"),
        Entrant("farside, as missions are flown", f"{flown:.0e}", lambda: ours(case, flown), metres(as_flown), "0"),
        Entrant("SciPy DOP853, farside's forces", f"{scipy:.0e}", lambda: by_scipy(case, scipy), metres(scipy_m), "0"),
    ]


@functools.cache
def peer(name: str) -> tuple[Any, str]:
    """A module of the benchmarks that needs another tool; else why it is not here."""
    try:
        return importlib.import_module(f"benchmarks.{name}"), ""
    except ImportError as missing:
        return None, f"not here: {missing}"


HEYOKA = (1e-8, 1e-11)  # the order follows from it, and each is compiled anew: two


def heyoka_entrant(case: Case, truth: Array) -> Entrant:
    """heyoka, one craft at a time."""
    module, absent = peer("heyoka_road")
    if module is None:
        return Entrant("heyoka", absent=absent)
    states = case.start.y[None, :]
    tight = module.Road(case.world, case.start, 1e-16).fly(states, case.until_s)[0]
    for tolerance in HEYOKA:
        by_heyoka = module.Road(case.world, case.start, tolerance)
        error_m = _apart(by_heyoka.fly(states, case.until_s)[0], tight)
        if error_m < GOOD_M:
            break
    work = functools.partial(by_heyoka.fly, states, case.until_s)
    return Entrant("heyoka", f"{tolerance:.0e}", work, metres(error_m), metres(_apart(tight, truth)))


def orekit_entrant(case: Case, truth: Array, tool: str = "Orekit DP853", times: float = 1.0) -> Entrant:
    """Orekit, one craft at a time, `times` over; warm, as after many."""
    module, absent = peer("orekit_road")
    if module is None:
        return Entrant(tool, absent=absent)
    by_orekit, y = module.Road(case.world, case.start), case.start.y
    tight = by_orekit.fly(y, case.until_s, 1e-14)
    good, error_m = loosest(lambda tolerance: by_orekit.fly(y, case.until_s, tolerance), tight, TOLERANCES[:7])
    for _ in range(5):
        by_orekit.fly(y, case.until_s, good)
    work = functools.partial(by_orekit.fly, y, case.until_s, good)
    return Entrant(tool, f"{good:.0e}", work, metres(error_m), metres(_apart(tight, truth)), times)


def _apart(a: Array, b: Array) -> float:
    return float(np.linalg.norm(a - b))


def single(case: Case, rounds: int) -> list[Row]:
    """One coast."""
    truth, entrants = here(case)
    return contest([*entrants, heyoka_entrant(case, truth), orekit_entrant(case, truth)], rounds)


def thousand(case: Case, count: int, rounds: int) -> list[Row]:
    """Many coasts of scattered craft: together, one by one, and by heyoka in lanes; those that fly one by one fly some, and are scaled."""
    states, few = scattered(case.start, count), min(count, 50)
    points = Points(case.start.center, case.start.epoch_s, states)
    truth = np.array([_one(case, y, TIGHT) for y in states[:few]])

    def together(tolerance: float) -> Array:
        return coast_many(replace(case.world, tolerance=tolerance), points, case.until_s).points.states[:few, :3]

    def one_by_one(tolerance: float) -> Array:
        return np.array([_one(case, y, tolerance) for y in states[:few]])

    good = next((x for x in TOLERANCES if _farthest(together(x), truth) < GOOD_M), TOLERANCES[-1])
    alone = next((x for x in TOLERANCES if _farthest(one_by_one(x), truth) < GOOD_M), TOLERANCES[-1])
    entrants = [
        Entrant("farside, together (`coast_many`)", f"{good:.0e}", lambda: together(good), metres(_farthest(together(good), truth)), "0"),
        Entrant(
            "farside, one by one", f"{alone:.0e}", lambda: one_by_one(alone), metres(_farthest(one_by_one(alone), truth)), "0", count / few
        ),
        heyoka_lanes(case, states, truth),
        orekit_entrant(case, ours(case, TIGHT), "Orekit DP853, one by one", float(count)),
    ]
    return contest(entrants, rounds)


def heyoka_lanes(case: Case, states: Array, truth: Array) -> Entrant:
    """heyoka with as many craft in one integrator as the processor takes at once."""
    module, absent = peer("heyoka_road")
    if module is None:
        return Entrant("heyoka, in lanes", absent=absent)
    lanes = module.widest()
    tight = module.Road(case.world, case.start, 1e-16).fly(states[: len(truth)], case.until_s)
    for tolerance in HEYOKA:
        batch = module.Road(case.world, case.start, tolerance, lanes)
        error_m = _farthest(batch.fly(states[: len(truth)], case.until_s), tight)
        if error_m < GOOD_M:
            break
    work = functools.partial(batch.fly, states, case.until_s)
    return Entrant(f"heyoka, {lanes} in lanes", f"{tolerance:.0e}", work, metres(error_m), metres(_farthest(tight, truth)))


def _one(case: Case, y: Array, tolerance: float) -> Array:
    return coast(replace(case.world, tolerance=tolerance), Point(case.start.center, case.start.epoch_s, y), case.until_s).point.r_m


def _farthest(a: Array, b: Array) -> float:
    return float(np.linalg.norm(a - b, axis=1).max())


def tables(small: bool = False) -> dict[str, list[Row]]:
    """Every table of coasts; `small` is for a test: short, few, and without waiting."""
    world, out, low = road()
    rounds, share = (1, 0.1) if small else (5, 1.0)
    return {
        "to the Moon, 4.6 days": single(Case(world, out, share * 4.6 * DAY_S), rounds),
        "5 days, past the Moon at 200 km": single(Case(world, out, share * 5.0 * DAY_S), rounds),
        "1000 coasts of 4.6 days to the Moon": thousand(Case(world, out, share * 4.6 * DAY_S), 100 if small else 1000, rounds),
        "a day 200 km above the Moon, field of 12 x 12": single(Case(low_world(), low, share * DAY_S), rounds),
    }


def main() -> None:
    print(machine())
    for title, rows in tables().items():
        show(title, rows)


if __name__ == "__main__":
    main()
