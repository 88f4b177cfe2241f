"""The whole road in fresh processes: first run ever, planning included, from a kept plan; the command line's help; memory; cache misses.

    python -m benchmarks.road [REPEATS]
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import CHECKOUT, FARSIDE, Run, machine, median, run

MISSION = str(CHECKOUT / "missions" / "change6.toml")
MISSES = """
import sys
import farside as fs
from farside.products import write_flight

mission = fs.load(sys.argv[1])
flight = fs.fly(mission, fs.plan(mission))
write_flight(flight, sys.argv[2])

import gc
from numba.core.dispatcher import Dispatcher

compiled = [one for one in gc.get_objects() if isinstance(one, Dispatcher) and one.py_func.__module__.startswith("farside")]
hits = sum(sum(one.stats.cache_hits.values()) for one in compiled)
print(hits, sum(sum(one.stats.cache_misses.values()) for one in compiled))
"""


def row(what: str, found: Run, stages: bool = False) -> None:
    """One line of the table, with the stages that took a twentieth of the time or more when they are told."""
    print(f"{what:<52}{found.wall_s:8.2f} {found.cpu_s:8.2f} {found.peak_mib:8.0f}")
    if stages:
        timing = json.loads(found.out)["timing_s"]
        long = {stage: took for stage, took in timing.items() if took > 0.05 * sum(timing.values())}
        print("    of which " + ", ".join(f"{stage} {took:.2f}" for stage, took in long.items()))


def main(repeats: int) -> None:
    print(machine())
    print(f"{'':<52}{'clock s':>8} {'cpu s':>8} {'MiB':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {"FARSIDE_CACHE": str(folder / "cache")}
        fly = [FARSIDE, "fly", MISSION, "--out", str(folder / "out"), "--timing", "--json"]
        row("farside --help", median([run([FARSIDE, "--help"], folder, env) for _ in range(2 * repeats + 1)]))
        row("first run ever, with compilation", run(fly, folder, env), stages=True)
        planned, kept = [], []
        for _ in range(repeats):
            shutil.rmtree(folder / "cache" / "plans")
            planned.append(run(fly, folder, env))
            kept.append(run(fly, folder, env))
        row(f"planned and flown, compiled code kept (median of {repeats})", median(planned), stages=True)
        row(f"flown from a kept plan (median of {repeats})", median(kept), stages=True)
        shutil.rmtree(folder / "cache" / "plans")
        hits, misses = run([sys.executable, "-c", MISSES, MISSION, str(folder / "again")], folder, env).out.split()
        print(f"second process: {hits} compiled functions from the cache, {misses} compiled anew")
        files = sorted((folder / "out").iterdir())
        print(f"files: {sum(file.stat().st_size for file in files) / 1e6:.1f} MB in {len(files)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
