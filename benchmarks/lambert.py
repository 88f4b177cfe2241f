"""Lambert's problem: solutions a second, and how far from the exact answer, by farside and by lamberthub.

    python -m benchmarks.lambert

The problems are pieces of ellipses between two eccentric anomalies, so that the time of flight (Kepler's equation) and the velocities are
known in closed form, in extended precision; half prograde about z, half retrograde; 5 to 355 degrees of true anomaly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Entrant, Row, contest, machine, show
from farside.basis.constants import GM_EARTH_M3_S2
from farside.basis.twobody import lambert

Array = NDArray[np.float64]
SOLVERS = ("izzo2015", "gooding1990", "vallado2013")
TIGHT = 1e-14  # relative tolerance that is asked of lamberthub: its default of 1e-7 costs digits, and saves an iteration


@dataclass(frozen=True)
class Problem:
    """From r1 to r2 [m] in so many seconds, and the velocity [m/s] at r1."""

    r1: Array
    r2: Array
    seconds: float
    v1: Array
    prograde: bool


def problems(count: int) -> list[Problem]:
    """Pieces of ellipses about the Earth."""
    draw, found = np.random.default_rng(3), []
    while len(found) < count:
        a, e = np.longdouble(draw.uniform(1e7, 2e8)), np.longdouble(draw.uniform(0.0, 0.9))
        first, ahead = np.longdouble(draw.uniform(-math.pi, math.pi)), np.longdouble(draw.uniform(0.1, 6.1))
        anomalies = [
            2.0 * math.atan2(math.sqrt(1 + e) * math.sin(x / 2), math.sqrt(1 - e) * math.cos(x / 2)) for x in (first, first + ahead)
        ]
        if not 5.0 < math.degrees(anomalies[1] - anomalies[0]) % 360.0 < 355.0:
            continue
        turn = np.linalg.qr(draw.standard_normal((3, 3)))[0].astype(np.longdouble)
        turn[2] *= np.sign(np.linalg.det(turn.astype(float)))
        mu, across = np.longdouble(GM_EARTH_M3_S2), np.sqrt(1 - e * e)
        r = [turn.T @ np.array([a * (np.cos(x) - e), a * across * np.sin(x), 0]) for x in (first, first + ahead)]
        pace = np.sqrt(mu / a**3) / (1 - e * np.cos(first))
        v1 = turn.T @ np.array([-a * np.sin(first) * pace, a * across * np.cos(first) * pace, 0])
        seconds = np.sqrt(a**3 / mu) * (ahead - e * (np.sin(first + ahead) - np.sin(first)))
        found.append(Problem(r[0].astype(float), r[1].astype(float), float(seconds), v1.astype(float), float(turn[2, 2]) > 0.0))
    return found


def by_farside(problem: Problem) -> Array:
    side = 1.0 if problem.prograde else -1.0
    return lambert(problem.r1, problem.r2, problem.seconds, GM_EARTH_M3_S2, np.array([0.0, 0.0, side]))[0]


def by_lamberthub(solver: Callable[..., Any]) -> Callable[[Problem], Array]:
    def solve(problem: Problem) -> Array:
        found = solver(
            GM_EARTH_M3_S2, problem.r1, problem.r2, problem.seconds, prograde=problem.prograde, maxiter=100, atol=TIGHT, rtol=TIGHT
        )
        return np.asarray(found[0])

    return solve


def judged(solve: Callable[[Problem], Array], tried: list[Problem]) -> str:
    """The median and the largest relative error of the velocity, and how often there was no answer."""
    errors, failed = [], 0
    for problem in tried:
        try:
            errors.append(float(np.linalg.norm(solve(problem) - problem.v1) / np.linalg.norm(problem.v1)))
        except (ValueError, ZeroDivisionError):
            failed += 1
    errors = [error if math.isfinite(error) else math.inf for error in errors]
    return f"{np.median(errors):.0e}, at most {max(errors):.0e}" + (f", {failed} failed" if failed else "")


def entrants(tried: list[Problem]) -> list[Entrant]:
    def entrant(tool: str, how: str, solve: Callable[[Problem], Array]) -> Entrant:
        good = [problem for problem in tried if _answers(solve, problem)]
        return Entrant(tool, how, lambda: [solve(problem) for problem in good], judged(solve, tried), times=1.0 / len(good))

    ours = entrant("farside (Izzo)", "", by_farside)
    try:
        import lamberthub
    except ImportError as missing:
        return [ours, Entrant("lamberthub", absent=f"not here: {missing}")]
    return [ours, *(entrant(f"lamberthub {name}", f"{TIGHT:.0e}", by_lamberthub(getattr(lamberthub, name))) for name in SOLVERS)]


def _answers(solve: Callable[[Problem], Array], problem: Problem) -> bool:
    try:
        solve(problem)
    except (ValueError, ZeroDivisionError):
        return False
    return True


def tables(small: bool = False) -> dict[str, list[Row]]:
    return {"a Lambert problem": contest(entrants(problems(30 if small else 1000)), 1 if small else 5)}


def main() -> None:
    print(machine())
    for title, rows in tables().items():
        show(title, rows)


if __name__ == "__main__":
    main()
