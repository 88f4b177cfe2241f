"""Everything beside others, kept in benchmarks/results.json, from which the tables of benchmarks/README.md are written.

    python -m benchmarks.everything [--small] [--into FILE] [PART ...]

`make bench` makes the environment first, and runs this in it. A part is measured in one go and keeps its day, machine and load; parts that
are not asked for stay as they are. `--small` is for the tests: short works, one round.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import air, coast, first, lambert, limit
from benchmarks.measure import CHECKOUT, Row, load, machine, show, versions

RESULTS = CHECKOUT / "benchmarks" / "results.json"
PARTS: dict[str, Callable[[bool], dict[str, list[Row]]]] = {
    "coast": coast.tables,
    "lambert": lambert.tables,
    "air": air.tables,
    "first": first.tables,
    "limit": limit.tables,
}


def measured(part: str, small: bool) -> dict[str, Any]:
    """One part, shown as it comes."""
    found: dict[str, Any] = {"machine": machine(), "versions": versions()}
    print(f"{part}: {found['machine']}", flush=True)
    tables = PARTS[part](small)
    for title, rows in tables.items():
        show(title, rows)
    return {**found, "load_after": load(), "tables": {title: [asdict(row) for row in rows] for title, rows in tables.items()}}


def main(words: list[str]) -> None:
    small, kept = "--small" in words, RESULTS
    if "--into" in words:
        kept = Path(words[words.index("--into") + 1])
    asked = [word for word in words if word in PARTS] or list(PARTS)
    for part in asked:
        done = measured(part, small)
        known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        found = {name: done if name == part else known[name] for name in PARTS if name == part or name in known}
        kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if kept == RESULTS:
        subprocess.run([sys.executable, str(CHECKOUT / "builders" / "make_benchmarks.py")], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
