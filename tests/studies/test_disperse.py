"""Many runs: the same whatever the number of workers, none left out, nothing piled up at an end; interrupts and dead workers."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from farside.flight import Flight
from farside.studies import disperse as d
from farside.studies.alone import Alone, Part, alone
from farside.studies.disperse import Study, disperse, many, one_run
from farside.studies.spread import Run

MISSIONS = Path(__file__).parents[2] / "missions"
MOVING = ("vertical_speed_m_s", "horizontal_speed_m_s", "target_miss_m", "propellant_kg", "late_s")
"""What every run of a landing has its own value of."""


@pytest.fixture(scope="module")
def eight(change3: Alone) -> list[Run]:
    """Eight descents, one after the other."""
    return many(change3, 8, workers=1)


def unclipped(values: list[float]) -> bool:
    """Whether no two values are the same: a limit that clips, or a run counted twice, would make equal ones."""
    return len(set(values)) == len(values)


def test_the_same_on_two_workers_and_alone(change3: Alone, eight: list[Run]) -> None:
    hears = signal.getsignal(signal.SIGINT)
    assert many(change3, 8, workers=2) == eight
    assert signal.getsignal(signal.SIGINT) is hears
    assert one_run(change3, 5) == eight[5]
    assert [run.run for run in eight] == list(range(8))


def test_another_seed_is_another_spread(change3: Alone, eight: list[Run]) -> None:
    other = many(replace(change3, mission=replace(change3.mission, seed=1)), 2, workers=1)
    assert not {run.numbers["late_s"] for run in other} & {run.numbers["late_s"] for run in eight}


def test_numbers_are_those_of_the_event_the_burns_and_the_tanks(change3: Alone, eight: list[Run]) -> None:
    numbers = eight[0].numbers
    assert numbers["propellant_kg"] + numbers["lander_propellant_left_kg"] < 1640.0  # the rest went into the descent ellipse
    assert 1900.0 < numbers["descent_delta_v_m_s"] < 2200.0
    goal_s = change3.mission.goals.touchdown_s
    assert goal_s is not None and numbers["late_s"] == numbers["epoch_tdb_s"] - goal_s


def test_a_few_descents_spread_and_none_is_clipped(eight: list[Run]) -> None:
    assert [run.outcome for run in eight] == ["done"] * 8
    for name in MOVING:
        assert unclipped([run.numbers[name] for run in eight]), name


def test_progress_counts_the_runs(change3: Alone) -> None:
    told: list[tuple[str, float]] = []
    many(change3, 4, workers=1, progress=lambda stage, done: told.append((stage, done)))
    assert told == [("fly: 4 dispersed runs", k / 4) for k in (1, 2, 3, 4)]


def test_a_study_knows_what_it_flew(change3: Alone) -> None:
    study = disperse(change3.mission, 2, workers=1)
    assert isinstance(study, Study) and study.part is Part.LANDING
    assert study.nominal.seed is None and len(study.runs) == 2
    assert repr(study) == "<Study landing of change3_landing, seed 0, 2 runs, 2 done>"
    assert repr(disperse(change3.mission)) == "<Study landing of change3_landing, seed 0, 0 runs>"
    with pytest.raises(ValueError, match=r"has no \[dispersions\] to draw from"):
        disperse(replace(change3.mission, dispersions=None), 1)


def test_a_run_that_fails_is_counted_with_what_it_has(change3: Alone) -> None:
    """With 1100 kg of propellant, 2310 kg in all, 2.03 km/s are out of reach (1124 kg): no touchdown, but what was burned."""
    tank = replace(change3.mission.modules["lander"], propellant_kg=1100.0)
    study = disperse(replace(change3.mission, modules={"lander": tank}), 3, workers=1)
    assert study.outcomes == {"propellant exhausted": 3}
    assert all("ran dry" in run.advice for run in study.runs)
    assert "target_miss_m" not in study.spreads
    assert study.spreads["lander_propellant_left_kg"].count == 3


SCRIPT = """
import sys, farside as fs
from farside.studies.disperse import disperse
if __name__ == "__main__":
    def told(stage, done):
        print(stage, done, flush=True)
    disperse(fs.load(sys.argv[1]), 2000, 2, progress=told)
"""


def living(group: int) -> list[str]:
    """The processes of a group that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            found += [str(stat)] if int(its_group) == group and state != "Z" else []
    return found


def test_an_interrupt_ends_it_at_once_and_leaves_no_worker(tmp_path: Path) -> None:
    """The keyboard sends its signal to every process of the group; the caller alone hears it, and its workers end with it."""
    script = tmp_path / "many.py"
    script.write_text(SCRIPT)
    started = [sys.executable, str(script), str(MISSIONS / "change3_landing.toml")]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            if line.startswith("fly: 2000 dispersed runs"):
                break
        since = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)
        assert time.monotonic() - since < 15.0  # runs at work end, 2000 would take minutes
        said = process.stderr.read()
        assert said.rstrip().endswith("KeyboardInterrupt") and said.count("Traceback") == 1
    while living(process.pid) and time.monotonic() - since < 25.0:  # the last helper of multiprocessing ends when its pipe does
        time.sleep(0.1)
    assert living(process.pid) == []


def test_a_dead_worker_is_told(change3: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(d, "_fly", os._exit)
    with pytest.raises(d.WorkerLost, match="fewer workers may do"):
        many(change3, 4, workers=2)


def test_descents_of_change6_spread(change6: Flight) -> None:
    spread_of_descents(alone(change6.mission, Part.LANDING), 10)


@pytest.mark.slow
def test_two_hundred_descents_of_change6_spread(change6: Flight) -> None:
    spread_of_descents(alone(change6.mission, Part.LANDING), 200)


def spread_of_descents(one: Alone, runs: int) -> None:
    """Every run lands and has every number; nothing piles up at a limit; what spreads does so on both sides of its median."""
    flown = many(one, runs)
    assert [run.run for run in flown] == list(range(runs))
    assert [run.outcome for run in flown] == ["done"] * runs, [run.advice for run in flown if run.advice]
    for name in MOVING:
        values = np.array([run.numbers[name] for run in flown])
        assert unclipped(values.tolist()), name
        low, high = np.median(values) - values.min(), values.max() - np.median(values)
        assert 0.1 < low / high < 10.0, f"{name} leans on one end"
    horizontal = [run.numbers["horizontal_speed_m_s"] for run in flown]
    assert max(horizontal) < 0.5 and max(run.numbers["target_miss_m"] for run in flown) < 60.0  # the reach of the step aside, and some
