"""The whole chain, asked for by its command: the same files twice, whole files whenever it is killed, twenty missions with errors."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import farside as fs
from farside.flight import Flight
from farside.phases.leg import Outcome
from farside.planning.plan import Plan

CHECKOUT = Path(__file__).parents[2]
CHANGE6 = CHECKOUT / "missions" / "change6.toml"


def asked(out: Path) -> list[str]:
    """The words of a flight of Chang'e-6 into a folder."""
    return [sys.executable, "-m", "farside.cli.main", "fly", str(CHANGE6), "--out", str(out)]


@pytest.mark.slow
def test_two_processes_leave_the_same_events(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert subprocess.run(asked(tmp_path / name), capture_output=True, timeout=300, check=False).returncode == 0
    for file in ("events.json", "burns.json", "plan.json", "delivery.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file


@pytest.mark.slow
def test_ten_kills_leave_nothing_half_written(tmp_path: Path) -> None:
    """At ten moments, while it plans, flies and writes: what is there is whole, and the next flight is as if nothing had been."""
    out, cache = tmp_path / "out", tmp_path / "cache"
    kernels = Path(os.environ["FARSIDE_CACHE"]) / "kernels" if "FARSIDE_CACHE" in os.environ else None
    cache.mkdir()
    if kernels and kernels.is_dir():  # compiled code is not what is tested, and takes half a minute
        (cache / "kernels").symlink_to(kernels)
    environment, moments = {**os.environ, "FARSIDE_CACHE": str(cache)}, random.Random(6)
    for _ in range(10):
        process = subprocess.Popen(asked(out), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.3, 9.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for plan in (cache / "plans").glob("*.json"):
            assert json.loads(plan.read_text())["mission"] == "change6"
        if out.exists():
            record = json.loads((out / "flight.json").read_text())
            assert {name for name in record["files"] if not (out / name).is_file()} == set()
            assert all(json.loads(file.read_text()) for file in out.glob("*.json"))
    assert subprocess.run(asked(out), env=environment, capture_output=True, timeout=300, check=False).returncode == 0
    assert not list(tmp_path.glob(".*partial")) and not list(out.glob(".*partial"))


@pytest.fixture(scope="module")
def twenty(change6: Flight) -> list[Flight]:
    """Twenty missions with errors drawn by twenty seeds, and one plan."""
    plan: Plan = change6.plan
    return [fs.fly(replace(change6.mission, seed=seed), plan, dispersed=True) for seed in range(20)]


@pytest.mark.slow
def test_twenty_missions_with_errors_end_in_a_landing_or_say_why(twenty: list[Flight]) -> None:
    for flight in twenty:
        if flight.outcome is not Outcome.DONE:
            assert any(digit in flight.advice for digit in "0123456789"), flight.advice
            assert "would do" in flight.advice or "allowed" in flight.advice, flight.advice
    assert sum(flight.outcome is Outcome.DONE for flight in twenty) >= 16


@pytest.mark.slow
def test_their_errors_are_their_own(twenty: list[Flight]) -> None:
    touchdowns = {event.epoch_s for flight in twenty for event in flight.events if event.name == "touchdown"}
    assert len(touchdowns) == sum(any(event.name == "touchdown" for event in flight.events) for flight in twenty)
