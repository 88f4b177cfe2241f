"""How things are measured here: fresh processes, medians, and what the machine was doing meanwhile."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
FARSIDE = str(Path(sys.executable).with_name("farside"))


@dataclass(frozen=True)
class Run:
    """One process: seconds by the clock and of the processor, largest memory held, what it printed."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    out: str


def run(words: Sequence[str], folder: Path, env: dict[str, str]) -> Run:
    """Run a command to its end in a folder; `RuntimeError` when it fails."""
    begin = time.perf_counter()
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, cwd=folder, env={**os.environ, **env}, text=True, **streams) as process:
        out = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}: {out}")
    return Run(time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024.0, out)


def median(runs: Sequence[Run]) -> Run:
    """The run that lies in the middle by the processor's seconds."""
    return sorted(runs, key=lambda run: run.cpu_s)[len(runs) // 2]


def seconds(work: Callable[[], object], least_s: float = 0.3) -> float:
    """Processor's seconds of one call, warm: the median of as many as fit into a third of a second, five at least; a long call once."""
    begin = time.process_time()
    work()
    first = time.process_time() - begin
    took: list[float] = [first] if first > 2.0 else []
    while first <= 2.0 and (len(took) < 5 or sum(took) < least_s):
        begin = time.process_time()
        work()
        took.append(time.process_time() - begin)
    return statistics.median(took)


def machine() -> str:
    """One line: when, where, how busy."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    today = time.strftime("%Y-%m-%d", time.gmtime())
    return f"{today}, {processor}, {os.cpu_count()} cores, Python {platform.python_version()}, load before the start {load}"
