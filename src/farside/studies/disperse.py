"""Many dispersed runs of a part of a mission, on as many processes as wanted: the same runs whatever their number and order.

Each run begins at the same state and draws its errors by (seed, run, phase, parameter), so run 17 is the same alone, among many, and on
any number of workers. *How*: workers are spawned, never forked, and given the world, the plan and the state once; the calling process
flies the part without errors first, which compiles what the workers then load. An interrupt goes to the caller alone: what is at work ends
within a run, what is queued is dropped.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from farside import flight
from farside.flight import Flight
from farside.mission import Mission
from farside.studies.alone import Alone, Part, alone, ending, fly_run
from farside.studies.spread import Run, Spread, outcomes, spreads

Progress = Callable[[str, float], None]
LOST = (
    "a worker process ended before its runs: out of memory or killed, then fewer workers may do; or started from a script whose calls do"
    ' not stand under `if __name__ == "__main__":`, where workers ask for workers'
)


class WorkerLost(RuntimeError):
    """A worker died before its runs were done: what may have been the reason, and what may do."""


@dataclass(frozen=True)
class Study:
    """A part of a mission: its flight without errors (its own legs alone), and dispersed runs beside it, none or many."""

    alone: Alone
    nominal: Flight = field(repr=False)
    runs: tuple[Run, ...] = field(default=(), repr=False)

    @property
    def mission(self) -> Mission:
        return self.alone.mission

    @property
    def part(self) -> Part:
        return self.alone.part

    @property
    def spreads(self) -> dict[str, Spread]:
        """The spread of each number over the runs that have it."""
        return spreads(self.runs)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many runs ended how."""
        return outcomes(self.runs)

    def __repr__(self) -> str:
        ended = "".join(f", {count} {outcome}" for outcome, count in self.outcomes.items())
        return f"<Study {self.part.word} of {self.mission.name}, seed {self.mission.seed}, {len(self.runs)} runs{ended}>"


def disperse(
    mission: Mission, runs: int = 0, workers: int | None = None, part: Part = Part.LANDING, progress: Progress = flight.quiet
) -> Study:
    """A part of a mission without errors, and its runs 0 to `runs` - 1 with them, on `workers` processes.

    `workers` None: one for each processor that this process may use. Raises `NothingToFly` and `PlanError` as `alone` does, `ValueError`
    when errors are asked for and there are no [dispersions], `WorkerLost` when a worker dies.
    """
    if runs and mission.dispersions is None:
        raise ValueError(f"{mission.name} has no [dispersions] to draw from; add that table, or ask for no runs")
    one = alone(mission, part, progress)
    nominal = fly_run(one, progress=progress)
    return Study(one, nominal, tuple(many(one, runs, workers, progress)))


def many(one: Alone, runs: int, workers: int | None = None, progress: Progress = flight.quiet) -> list[Run]:
    """Runs 0 to `runs` - 1 of a part that is ready to be flown."""
    workers = min(workers or processors(), max(runs, 1))
    flown: list[Run] = []
    with closing(_flown_here(one, runs) if workers == 1 else _flown_there(one, runs, workers)) as coming:
        for done in coming:
            flown.append(done)
            progress(f"fly: {runs} dispersed runs", len(flown) / runs)
    return flown


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def one_run(one: Alone, run: int) -> Run:
    """A dispersed run and its numbers."""
    flown = fly_run(one, run)
    return Run(run, flown.outcome.value, flown.advice, numbers(one, flown))


def numbers(one: Alone, flown: Flight) -> dict[str, float]:
    """What is kept of a run: the data of the ending event, when it came, velocity changes by phase, propellant left by module."""
    told: dict[str, float] = {}
    event = ending(one, flown.legs)
    if event is not None:
        told |= {name: float(value) for name, value in event.data.items() if isinstance(value, float)}
        told |= _on_time(one, event.epoch_s)
    for leg in flown.legs:
        if leg.burns:
            told[f"{leg.phase}_delta_v_m_s"] = sum(burn.delta_v_m_s for burn in leg.burns)
    burned = {burn.module for burn in flown.burns}
    left = {module.name: module.propellant_kg for craft in flown.state.crafts for module in craft.modules if module.name in burned}
    return told | {f"{name}_propellant_left_kg": kilograms for name, kilograms in left.items()}


def _on_time(one: Alone, epoch_s: float) -> dict[str, float]:
    """The epoch of the ending event, and how late that is where the mission has a goal for it."""
    goal_s = one.mission.goals.touchdown_s if one.part is Part.LANDING else None
    return {"epoch_tdb_s": epoch_s} if goal_s is None else {"late_s": epoch_s - goal_s, "epoch_tdb_s": epoch_s}


def _flown_here(one: Alone, runs: int) -> Generator[Run, None, None]:
    """Runs one after the other in this process."""
    for run in range(runs):
        yield one_run(one, run)


def _flown_there(one: Alone, runs: int, workers: int) -> Generator[Run, None, None]:
    """Runs in workers, handed back in order; they end with the iteration, however it ends."""
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, (one,))
    try:
        with _deaf():  # workers inherit that
            queued: list[Future[Run]] = [pool.submit(_fly, run) for run in range(runs)]
        for waiting in queued:
            yield waiting.result()
    except BrokenProcessPool:
        raise WorkerLost(LOST) from None
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf() -> Iterator[None]:
    """Interrupts of the keyboard are not heard, nor by processes started meanwhile; in a thread of a program nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_HERE: Alone
"""In a worker: what it flies."""


def _begin(one: Alone) -> None:
    """In a worker, once."""
    global _HERE
    _HERE = one


def _fly(run: int) -> Run:
    """In a worker, for every run."""
    return one_run(_HERE, run)
