"""Coasts: the loosest tolerance that is good for a metre, what it costs, and what others take for the same equations, in one run.

    python -m benchmarks.coast

Others: SciPy's DOP853 driving farside's own compiled forces; the same with the forces in plain numpy (those of the tests, written to be
read); heyoka's Taylor series of order 20 with its own forces (those of the tests), compiled once beforehand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import heyoka
import numpy as np
import scipy
from scipy.integrate import solve_ivp

import farside as fs
from benchmarks.measure import CHECKOUT, machine, seconds
from farside.dynamics.forces import Coast, coast_rate, no_stop
from farside.dynamics.world import Point, World, coast
from farside.flight import build_world

sys.path += [str(CHECKOUT / "tests" / "reference"), str(CHECKOUT / "tests" / "dynamics")]

import forces_again  # of the tests
import replay  # of the tests

Fly = Callable[[float], np.ndarray]
DAY_S = 86400.0
GOOD_M = 1.0
TOLERANCES = (1e-6, 3e-7, 1e-7, 3e-8, 1e-8, 3e-9, 1e-9, 3e-10, 1e-10, 3e-11, 1e-11, 3e-12, 1e-12, 3e-13, 1e-13)


def coasts(flight: fs.Flight) -> dict[str, tuple[Point, float]]:
    """Where the coasts begin and how many seconds they take."""
    leaving = next(leg for leg in flight.legs if leg.phase == "tcm_1").arcs[0]
    circle = next(leg for leg in flight.legs if leg.phase == "departure").arcs[0]
    out, low = (Point(arc.center, arc.start_s, arc.states[0]) for arc in (leaving, circle))
    return {
        "to the Moon, 4.6 days": (out, 4.6 * DAY_S),
        "5 days, past the Moon at 200 km": (out, 5.0 * DAY_S),
        "200 km above the Moon, 5 days": (low, 5.0 * DAY_S),
        "200 km above the Moon, three weeks": (low, 21.0 * DAY_S),
    }


def loosest(fly: Fly, reference: np.ndarray) -> tuple[float, float]:
    """The loosest tolerance whose flight, and that of the next tighter one, end within a metre; and the distance [m]."""
    apart = [float(np.linalg.norm(fly(tolerance) - reference)) for tolerance in TOLERANCES]
    for tolerance, here, tighter in zip(TOLERANCES, apart, apart[1:], strict=False):
        if here < GOOD_M and tighter < GOOD_M:
            return tolerance, here
    return TOLERANCES[-1], apart[-1]


def others(world: World, start: Point, end_s: float) -> tuple[Fly, Fly, Fly]:
    """Position (3,) at the end by SciPy with compiled and with plain forces, and by heyoka, as functions of the tolerance."""
    model = Coast(world.forces(start.center), no_stop)

    def by_scipy(rate: Callable[[float, Any], Any]) -> Fly:
        def fly(tolerance: float) -> np.ndarray:
            atol = tolerance * np.array([1e8, 1e8, 1e8, 1e3, 1e3, 1e3, 1.0])
            return np.asarray(solve_ivp(rate, (start.epoch_s, end_s), start.y, method="DOP853", rtol=tolerance, atol=atol).y[:3, -1])

        return fly

    def by_heyoka(_: float) -> np.ndarray:
        return replay.fly(replay.Here(start.epoch_s, start.center, start.r_m, start.v_m_s, start.mass_kg), end_s).r_m

    def plainly(t: float, y: np.ndarray) -> np.ndarray:
        return np.concatenate([y[3:6], forces_again.acceleration(t, y, model.forces), [0.0]])

    return by_scipy(lambda t, y: coast_rate(t, y, model)), by_scipy(plainly), by_heyoka


def line(name: str, tolerance: float | None, error_m: float | None, took_s: float, ratio: float) -> None:
    """One line of the table."""
    told = f"{tolerance:8.0e}" if tolerance else f"{'-':>8}", f"{error_m:9.2g} m" if error_m is not None else f"{'-':>9}  "
    print(f"  {name:<42}{told[0]} {told[1]} {1e3 * took_s:10.2f} ms {ratio:7.1f}")


def compare(world: World, start: Point, length_s: float) -> None:
    """Ours to a metre (the unit of the last column), ours as flown, and the others."""
    end_s = start.epoch_s + length_s

    def ours(tolerance: float) -> np.ndarray:
        return coast(replace(world, tolerance=tolerance), start, end_s).point.r_m

    reference = ours(1e-15)

    def apart(position: np.ndarray) -> float:
        return float(np.linalg.norm(position - reference))

    tolerance, error_m = loosest(ours, reference)
    unit = seconds(lambda: ours(tolerance))
    line("farside, to a metre", tolerance, error_m, unit, 1.0)
    line("farside, as flown", world.tolerance, apart(ours(world.tolerance)), *_timed(lambda: ours(world.tolerance), unit))
    if length_s > 5.0 * DAY_S:
        return
    compiled, plain, taylor = others(world, start, end_s)
    good, error_m = loosest(compiled, reference)
    line("SciPy DOP853, farside's compiled forces", good, error_m, *_timed(lambda: compiled(good), unit))
    line("SciPy DOP853, forces in plain numpy", good, None, *_timed(lambda: plain(good), unit))
    line("heyoka, Taylor series of order 20", None, apart(taylor(0.0)), *_timed(lambda: taylor(0.0), unit))


def _timed(work: Callable[[], object], unit: float) -> tuple[float, float]:
    """Seconds of a call, and how many units that is."""
    took = seconds(work)
    return took, took / unit


def main() -> None:
    print(machine())
    mission = fs.load(CHECKOUT / "missions" / "change6.toml")
    world, flight = build_world(mission), fs.fly(mission, fs.plan(mission))
    print(f"heyoka {heyoka.__version__}, SciPy {scipy.__version__}; the last column is in units of the first line")
    for what, (start, length_s) in coasts(flight).items():
        print(f"\n{what}")
        compare(world, start, length_s)


if __name__ == "__main__":
    main()
