"""An entry alone, once without errors and as often as asked with them: how each run ended, and its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from farside.phases.entry_alone import EntryAlone, end_of, fly_alone, miss_of
from farside.phases.leg import Leg
from farside.studies.spread import Run

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Entries:
    """The entry without errors, and the runs with them, 0 to n - 1."""

    alone: EntryAlone
    seed: int
    nominal: Leg = field(repr=False)
    runs: tuple[Run, ...] = field(repr=False)


def fly_entries(alone: EntryAlone, runs: int = 0, seed: int = 0, progress: Progress = lambda stage, done: None) -> Entries:
    """Fly an entry alone; run k is the same whatever the number of runs (a tenth of a second each)."""
    progress("fly the entry", 0.0)
    nominal, flown = fly_alone(alone), []
    for run in range(runs):
        progress("fly the runs", run / runs)
        leg = fly_alone(alone, run, seed)
        flown.append(Run(run, leg.outcome.value, leg.advice, numbers_of(alone, leg)))
    return Entries(alone, seed, nominal, tuple(flown))


def numbers_of(alone: EntryAlone, leg: Leg) -> dict[str, float]:
    """Peak loads [g], heat flux [W/cm2] and load [J/cm2], seconds, and how far from the aim it ends [m], if there is one."""
    numbers = {f"{event.name}_g": event.data["load_g"] for event in leg.events if "load_g" in event.data}
    for key, joined in (("heat_flux_w_cm2", max), ("heat_load_j_cm2", sum)):
        numbers[key] = joined([event.data[key] for event in leg.events if key in event.data])
    end, miss_m = end_of(leg), miss_of(alone, leg)
    numbers |= {"seconds": end.seconds, "speed_m_s": end.speed_m_s}
    return numbers if miss_m is None else {**numbers, "miss_m": miss_m}
