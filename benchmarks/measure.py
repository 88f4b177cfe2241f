"""How things are measured here: in turn, in fresh processes where that is the question, and what the machine was doing meanwhile."""

from __future__ import annotations

import contextlib
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
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


@dataclass(frozen=True)
class Entrant:
    """One way to do a piece of work: who, how, how far from the right answer, and the work itself; `times` it must be done for the whole.

    `error` is from the tool's own answer at its tightest, or from the exact one; `apart` is from farside's: what the models differ by.
    `absent` says why a tool cannot take part.
    """

    tool: str
    how: str = ""
    work: Callable[[], object] | None = None
    error: str = ""
    apart: str = ""
    times: float = 1.0
    absent: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a table: seconds (median) for the whole work, and how many times those of the first line, pair by pair: median and ends."""

    tool: str
    how: str
    error: str
    apart: str
    seconds: float | None
    ratio: tuple[float, float, float] | None
    absent: str = ""


def contest(entrants: Sequence[Entrant], rounds: int = 7, least_s: float = 0.02) -> list[Row]:
    """Time entrants in turn, A B C A B C, by the processor's seconds of the whole process; the first one is the measure of all.

    A short work is repeated until it fills `least_s`; one that takes seconds is done in three rounds only.
    """
    here = [entrant for entrant in entrants if entrant.work is not None]
    repeats = {entrant.tool + entrant.how: _repeats(entrant, least_s) for entrant in here}
    took: dict[str, list[float]] = {name: [] for name in repeats}
    for _ in range(rounds):
        for entrant in here:
            name = entrant.tool + entrant.how
            if len(took[name]) < 3 or took[name][0] < 3.0 * entrant.times:
                took[name].append(_seconds(entrant, repeats[name]) * entrant.times)
    unit = took[here[0].tool + here[0].how]
    return [_row(entrant, took.get(entrant.tool + entrant.how, []), unit) for entrant in entrants]


def _repeats(entrant: Entrant, least_s: float) -> int:
    """How often a work is repeated for one figure; it has been done once then, and is warm."""
    assert entrant.work is not None
    entrant.work()
    return max(1, math.ceil(least_s / max(_seconds(entrant, 1), 1e-7)))


def _seconds(entrant: Entrant, repeats: int) -> float:
    assert entrant.work is not None
    begin = time.process_time()
    for _ in range(repeats):
        entrant.work()
    return (time.process_time() - begin) / repeats


def _row(entrant: Entrant, took: list[float], unit: list[float]) -> Row:
    if not took:
        return Row(entrant.tool, entrant.how, entrant.error, entrant.apart, None, None, entrant.absent)
    ratios = [a / b for a, b in zip(took, unit, strict=False)]
    spread = statistics.median(ratios), min(ratios), max(ratios)
    return Row(entrant.tool, entrant.how, entrant.error, entrant.apart, statistics.median(took), spread)


def show(title: str, rows: Sequence[Row]) -> None:
    """A table, on a terminal."""
    print(f"\n{title}")
    for row in rows:
        if row.seconds is None or row.ratio is None:
            print(f"  {row.tool:<36}{row.absent}")
            continue
        spread = f"{row.ratio[0]:.3g} ({row.ratio[1]:.3g} to {row.ratio[2]:.3g})"
        print(f"  {row.tool:<36}{row.how:>8} {row.error:>9} {row.apart:>9} {1e3 * row.seconds:12.3f} ms  {spread}")


def metres(distance_m: float) -> str:
    """A distance as it is told: two digits and a unit that fits."""
    for unit, size in (("km", 1e3), ("m", 1.0), ("cm", 1e-2), ("mm", 1e-3)):
        if distance_m >= size:
            return f"{float(f'{distance_m / size:.2g}'):g} {unit}"
    return f"{float(f'{distance_m / 1e-6:.2g}'):g} um"


PEERS = ("heyoka", "jpype1", "lamberthub", "numba", "numpy", "orekit_jpype", "rocketpy", "scipy")


def versions() -> dict[str, str]:
    """Of those that take part, as far as they are here."""
    found = {}
    for name in PEERS:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def load() -> str:
    """How many processes want to run, over one, five and fifteen minutes."""
    return ", ".join(f"{x:.1f}" for x in os.getloadavg())


def machine() -> str:
    """One line: when, where, how busy."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    today = time.strftime("%Y-%m-%d", time.gmtime())
    return f"{today}, {processor}, {os.cpu_count()} cores, Python {platform.python_version()}, load before the start {load()}"
