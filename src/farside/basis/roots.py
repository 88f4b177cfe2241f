"""Roots: one unknown by a safeguarded secant, several by a damped, scaled Newton iteration that says why when it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Condition:
    """One thing to be met: its name, the unit it is told in, and how near is near enough [that unit]."""

    name: str
    unit: str
    tolerance: float


@dataclass(frozen=True)
class Solution:
    """What a search found: the unknowns, what is left of each condition, whether all are met, and what was tried."""

    x: Array
    missed: Array
    conditions: tuple[Condition, ...]
    tried: int
    jacobian: Array = field(repr=False)

    @property
    def met(self) -> bool:
        return bool(all(abs(m) <= c.tolerance for m, c in zip(self.missed, self.conditions, strict=True)))

    @property
    def advice(self) -> str:
        """The conditions missed, by how much, and how long the search went on."""
        if not np.isfinite(self.missed).all():
            names = ", ".join(c.name for c in self.conditions)
            return f"no trial came near enough to be judged ({names}); {self.tried} trajectories tried"
        lines = [
            f"{c.name} missed by {m:.6g} {c.unit} (allowed {c.tolerance:g})"
            for m, c in zip(self.missed, self.conditions, strict=True)
            if not abs(m) <= c.tolerance
        ]
        return ("; ".join(lines) or "all conditions met") + f"; {self.tried} trajectories tried"


def solve(
    residual: Callable[[Array], Array],
    start: Array,
    steps: Array,
    conditions: tuple[Condition, ...],
    limits: Array | None = None,
    jacobian: Array | None = None,
    iterations: int = 30,
) -> Solution:
    """Find x where `residual(x)` vanishes, each component in its condition's unit and scaled by its tolerance.

    `steps` (n,) are the difference steps of the unknowns, `limits` (n,) the largest change in one iteration. A step is halved until the
    scaled miss shrinks; the Jacobian is kept by Broyden updates while that pays and made anew by differences when it does not. A residual
    with NaN means "no answer there" and shortens the step.
    """
    scale = np.array([c.tolerance for c in conditions])
    x, missed, tried = np.array(start, float), np.asarray(residual(np.array(start, float)), float), 1
    fresh = False
    for _ in range(iterations):
        if not np.isfinite(missed).all() or np.all(np.abs(missed) <= scale):
            break
        if jacobian is None:
            jacobian, fresh = _differences(residual, x, missed, steps), True
            tried += len(x)
        change = -np.linalg.lstsq(jacobian / scale[:, None] * steps, missed / scale, rcond=1e-13)[0] * steps
        if limits is not None:
            change *= min(1.0, float(np.min(limits / np.maximum(np.abs(change), 1e-300))))
        best, share = float(np.linalg.norm(missed / scale)), 1.0
        while share > 1e-3:
            trial = x + share * change
            now = np.asarray(residual(trial), float)
            tried += 1
            if np.isfinite(now).all() and np.linalg.norm(now / scale) < best:
                break
            share *= 0.4
        else:
            if fresh:
                break
            jacobian = None
            continue
        moved = trial - x
        gain = float(np.linalg.norm(now / scale)) / best
        step = moved / steps
        jacobian = jacobian + np.outer((now - missed - jacobian @ moved) / (step @ step), step / steps) if gain < 0.3 else None
        x, missed, fresh = trial, now, False
    return Solution(x, missed, conditions, tried, jacobian if jacobian is not None else np.zeros((len(missed), len(x))))


def _differences(residual: Callable[[Array], Array], x: Array, at: Array, steps: Array) -> Array:
    """Jacobian by forward differences, backward where the forward side has no answer."""
    columns = []
    for i, step in enumerate(steps):
        for h in (step, -step, 0.1 * step):
            moved = x.copy()
            moved[i] += h
            value = np.asarray(residual(moved), float)
            if np.isfinite(value).all():
                break
        columns.append((value - at) / h)
    return np.array(columns).T


def secant(
    function: Callable[[float], float], first: float, second: float, tolerance: float, limit: float = np.inf, iterations: int = 40
) -> tuple[float, float]:
    """(x, function(x)) with |function(x)| <= tolerance, by secants kept inside a bracket once there is one; the best found otherwise."""
    a, fa = first, function(first)
    if abs(fa) <= tolerance:
        return a, fa
    b, fb = second, function(second)
    best = min((a, fa), (b, fb), key=lambda p: abs(p[1]))
    bracket = (a, fa, b, fb) if fa * fb < 0.0 else None
    for _ in range(iterations):
        if abs(best[1]) <= tolerance or fb == fa:
            break
        c = b - fb * (b - a) / (fb - fa)
        c = b + float(np.clip(c - b, -limit, limit))
        if bracket and not min(bracket[0], bracket[2]) < c < max(bracket[0], bracket[2]):
            c = 0.5 * (bracket[0] + bracket[2])
        fc = function(c)
        if bracket:
            low, flow, high, fhigh = bracket
            bracket = (c, fc, high, fhigh) if flow * fc > 0.0 else (low, flow, c, fc)
        elif fb * fc < 0.0:
            bracket = (b, fb, c, fc)
        a, fa, b, fb = b, fb, c, fc
        best = min(best, (c, fc), key=lambda p: abs(p[1]))
    return best
