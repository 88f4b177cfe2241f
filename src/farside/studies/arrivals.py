"""How far from its aim a craft would come to the Moon if nothing more were corrected: many dispersed coasts from the end of a correction.

*Model*: a craft that believes to be on its way is off it by the error of its fix, of the size that the mission declares, drawn as the fix
of a dispersed flight is ((seed, run, phase, "navigation")); all coast side by side (`dynamics.many`) to 6 hours before the perilune, where
the osculating hyperbola is told by its B-plane. Misses are from the coast without errors. *Limits*: errors of burning are not in it (they
depend on how much must be corrected); the hyperbola of 6 hours before is not that of the perilune, its perilune 30 km off for all alike, so
heights are those of the flight without errors plus what differs; the differences are good to some per cent.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.draws import Draws
from farside.basis.twobody import Arrival, arrival
from farside.dynamics.many import Points, coast_many
from farside.dynamics.world import Point
from farside.flight import Flight, build_world
from farside.phases.correction import Correction
from farside.phases.course import mistaken
from farside.studies.spread import Run, Spread, outcomes, spreads

BEFORE_S = 6.0 * 3600.0  # the perilune: all are well within the Moon's surroundings there, and none has passed it
TOLERANCE = 3e-11  # good to a metre at the Moon


@dataclass(frozen=True)
class Arrivals:
    """Arrivals after one correction: `runs` with their numbers, `steps` that all shared."""

    phase: str
    from_s: float
    runs: tuple[Run, ...] = field(repr=False)
    steps: int = 0

    @property
    def spreads(self) -> dict[str, Spread]:
        """The spread of each number over the runs that have it."""
        return spreads(self.runs)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many pass the Moon, strike it, or never come near."""
        return outcomes(self.runs)


def arrivals(flight: Flight, phase: str, runs: int = 1000) -> Arrivals:
    """Where runs 0 to `runs` - 1 would pass the Moon after the correction `phase` of a flight without errors, were it the last one.

    Numbers of a run: `miss_t_m` and `miss_r_m` in the B-plane, `late_s`, `perilune_altitude_m`. `ValueError`: no such correction on the
    way to the Moon, or no [dispersions] to draw from.
    """
    mission, perilune = flight.mission, flight.plan.perilune
    outward = [one.name for one in mission.phases if isinstance(one, Correction) and one.aim == "perilune"]
    if phase not in outward or perilune is None:
        raise ValueError(f"{mission.name}: {phase!r} is no correction on the way to the Moon; there are: {', '.join(outward) or 'none'}")
    if mission.dispersions is None:
        raise ValueError(f"{mission.name} has no [dispersions] to draw from; add that table")
    arc = next(leg for leg in flight.legs if leg.phase == phase).arcs[-1]
    world, start = build_world(mission), Point(arc.center, arc.end_s, arc.states[-1])
    sigma_r_m, sigma_v_m_s = mission.dispersions.navigation_position_m, mission.dispersions.navigation_velocity_m_s
    states = [start.y]
    for run in range(runs):
        off = Draws(mission.seed, run, True).normal(phase, "navigation", 6)
        states.append(mistaken(start, sigma_r_m * off[:3], sigma_v_m_s * off[3:], True))
    flown = coast_many(
        replace(world, tolerance=TOLERANCE), Points(start.center, start.epoch_s, np.array(states)), perilune.epoch_s - BEFORE_S, "moon"
    )
    if flown.points.center != "moon":
        raise ValueError(f"{mission.name}: nothing comes near the Moon from {phase}; its flight does not either")
    pole = world.moon_me(perilune.epoch_s)[2]
    nominal = _passage(flown.points.states[0], pole)
    assert nominal is not None  # its plan passes the Moon
    told = [_run(run, _passage(y, pole), nominal, perilune.radius_m) for run, y in enumerate(flown.points.states[1:])]
    return Arrivals(phase, start.epoch_s, tuple(told), flown.steps)


def _passage(y: NDArray[np.float64], pole: NDArray[np.float64]) -> Arrival | None:
    """The osculating hyperbola of a state about the Moon (7,); None for one that ended before, or is caught."""
    if not np.isfinite(y).all():
        return None
    try:
        return arrival(y[:3], y[3:6], GM_MOON_M3_S2, pole)
    except ValueError:
        return None


def _run(run: int, passage: Arrival | None, nominal: Arrival, radius_m: float) -> Run:
    """One run beside the coast without errors."""
    if passage is None:
        return Run(run, "lost", "no passage of the Moon; a further correction is needed", {})
    height_m = radius_m + passage.periapsis_m - nominal.periapsis_m - MOON_RADIUS_M
    numbers = {
        "miss_t_m": passage.b_t_m - nominal.b_t_m,
        "miss_r_m": passage.b_r_m - nominal.b_r_m,
        "late_s": passage.to_periapsis_s - nominal.to_periapsis_s,
        "perilune_altitude_m": height_m,
    }
    return Run(run, "passes" if height_m > 0.0 else "strikes", "" if height_m > 0.0 else "a further correction is needed", numbers)
