"""Powered descents: the closed loop alone, the whole phase, and how many dispersed ones a second, in this process and in two others.

    python -m benchmarks.descent [DESCENTS]

A dispersed descent: navigation, accelerometers, sensor noise and hills of a run drawn, the closed loop from ignition to the ground, its
history taken over as an arc, the touchdown judged. Other processes are spawned and have flown one before the clock starts.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from unittest.mock import patch

import numpy as np

import farside as fs
from benchmarks.measure import CHECKOUT, machine
from farside.basis.draws import Draws
from farside.craft.module import Craft
from farside.environment.landing_spot import Spot
from farside.guidance import touchdown
from farside.phases.course import Course, LegEnded, Setting
from farside.phases.descent import LONGEST_S, Descent
from farside.planning.lunar_plane import LandingGoal


@dataclass(frozen=True)
class Ignition:
    """Where powered descents begin: what the phase hands to its closed loop in a flight without errors."""

    phase: Descent
    setting: Setting
    craft: Craft
    descent: touchdown.Descent
    landing: LandingGoal
    spot: Spot

    def loop(self) -> int:
        """The closed loop alone, without errors; answers its number of steps."""
        point = Course(self.setting, self.phase.name, self.craft).point
        noise = np.zeros((round(LONGEST_S / touchdown.STEP_S) + 1, 6))
        return len(touchdown.land(self.setting.world, point, point, self.descent, noise)[1])

    def dispersed(self, run: int) -> bool:
        """A dispersed descent; whether the touchdown was within its limits."""
        course = Course(replace(self.setting, draws=Draws(1, run, True)), self.phase.name, self.craft)
        ground = self.descent.ground._replace(hills=self.phase.hills(course))
        try:
            self.phase.land(course, replace(self.descent, sensors=self.phase.sensors(course), ground=ground), self.landing, self.spot)
        except LegEnded:
            return False
        return True


def ignition() -> tuple[Ignition, Craft]:
    """The ignition of Chang'e-6's lander, and the lander before the phase."""
    mission, land, kept = fs.load(CHECKOUT / "missions" / "change6.toml"), Descent.land, []

    def keeping(phase: Descent, course: Course, descent: touchdown.Descent, landing: LandingGoal, spot: Spot) -> None:
        kept.append((Ignition(phase, course.setting, course.craft, descent, landing, spot), course.before))
        land(phase, course, descent, landing, spot)

    with patch.object(Descent, "land", keeping):
        fs.fly(mission, fs.plan(mission))
    return kept[0]


def told(what: str, work: Callable[[], object], repeats: int = 21) -> None:
    """One line: least and median of the processor's milliseconds, warm."""
    work()
    took = []
    for _ in range(repeats):
        begin = time.process_time()
        work()
        took.append(1e3 * (time.process_time() - begin))
    print(f"{what:<44}{min(took):8.1f} {statistics.median(took):8.1f} ms")


HERE: Ignition  # in a process of its own: where its descents begin


def begin(here: Ignition) -> None:
    """In a process of its own: remember where descents begin, and fly one."""
    global HERE
    HERE = here
    here.dispersed(0)


def fly(run: int) -> tuple[bool, float]:
    """A descent in a process of its own, and the processor's seconds that it took."""
    since = time.process_time()
    return HERE.dispersed(run), time.process_time() - since


def rate(here: Ignition, processes: int, descents: int) -> None:
    """One line: descents a second by the clock in spawned processes, and what one takes of the processor."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), begin, (here,)) as pool:
        list(pool.map(time.sleep, [1.0] * 2 * processes))  # all of them are there, and have flown
        since = time.perf_counter()
        flown = list(pool.map(fly, range(1, descents + 1)))
        clock_s = time.perf_counter() - since
    landed, cpu_s = sum(well for well, _ in flown), statistics.median(took for _, took in flown)
    print(f"{processes} processes: {descents / clock_s:6.1f} a second, {1e3 * cpu_s:.1f} ms each; {landed} of {descents} within limits")


def main(descents: int) -> None:
    print(machine())
    here, before = ignition()
    print(f"{'':<44}{'least':>8} {'median':>8}")
    told(f"closed loop, {here.loop()} steps", here.loop)
    told("the whole phase from separation", lambda: here.phase.fly(Course(here.setting, here.phase.name, before)))
    told("a dispersed descent, from ignition", lambda: here.dispersed(1))
    for processes in (1, 2):
        rate(here, processes, descents)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
