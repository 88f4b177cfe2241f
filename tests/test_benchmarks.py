"""The benchmarks run, on a small size and without a look at the clock; what they call right is right; the page shows what was measured."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

CHECKOUT = Path(__file__).parents[1]
sys.path.insert(0, str(CHECKOUT))
PAGE = CHECKOUT / "benchmarks" / "README.md"
METRES = {"um": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3}
COASTS = (
    *("to the Moon, 4.6 days", "5 days, past the Moon at 200 km", "1000 coasts of 4.6 days to the Moon"),
    "a day 200 km above the Moon, field of 12 x 12",
)
PEERS = {"heyoka", "Orekit", "lamberthub", "RocketPy", "SciPy"}


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """builders/make_benchmarks.py, which wrote the tables."""
    spec = importlib.util.spec_from_file_location("make_benchmarks", CHECKOUT / "builders" / "make_benchmarks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return json.loads((CHECKOUT / "benchmarks" / "results.json").read_text(encoding="utf-8"))


def test_the_page_shows_what_was_measured(builder: ModuleType, measured: dict[str, Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert builder.renewed(page, measured) == page, "`python builders/make_benchmarks.py` writes benchmarks/README.md anew"


def tables_of(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The tables of all parts."""
    return {title: rows for part in found.values() for title, rows in part["tables"].items()}


def test_figures_carry_a_day_a_machine_and_versions(measured: dict[str, Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for part in measured.values():
        assert re.match(r"20\d\d-\d\d-\d\d, .+, \d+ cores, Python 3\.\d+\.\d+, load before the start [\d., ]+$", part["machine"])
        assert {"numpy", "numba", "scipy", "heyoka"} <= set(part["versions"])
        assert part["machine"] in page


def test_every_case_and_every_peer_is_there_or_said_to_be_missing(measured: dict[str, Any]) -> None:
    from benchmarks.everything import PARTS

    assert list(measured) == list(PARTS)
    rows = [row for rows in tables_of(measured).values() for row in rows]
    assert {row["tool"].split()[0].rstrip(",:") for row in rows} >= PEERS
    for row in rows:
        assert (row["seconds"] is None) == bool(row["absent"])


def test_a_coast_that_counts_is_good_for_a_metre(measured: dict[str, Any]) -> None:
    """Of every tool, by its own tightest answer; and no two tools are further apart than their ephemerides and forces explain."""
    for title in COASTS:
        for row in tables_of(measured)[title]:
            if row["seconds"] is not None:
                assert metres(row["error"]) <= 1.0, (title, row)
                assert metres(row["apart"]) < 20.0, (title, row)  # DE421 against DE440: 2 m at the Moon, more after a passage at 200 km


def metres(told: str) -> float:
    """Back from words."""
    size, _, unit = told.partition(" ")
    return float(size) * METRES[unit] if unit else float(size)


def test_distances_are_told_with_a_unit_that_fits() -> None:
    from benchmarks.measure import metres as told

    assert [told(x) for x in (1234.0, 1.0, 0.5, 0.02, 3e-3, 4.2e-6)] == ["1.2 km", "1 m", "50 cm", "2 cm", "3 mm", "4.2 um"]


def test_a_contest_is_in_turn_and_tells_ratios() -> None:
    from benchmarks.measure import Entrant, contest

    order: list[str] = []

    def busy(name: str, count: int) -> None:
        order.append(name)
        sum(range(count))

    entrants = [
        Entrant("one", work=lambda: busy("one", 300_000)),
        Entrant("gone", absent="not here: no module"),
        Entrant("ten", work=lambda: busy("ten", 3_000_000), times=2.0),
    ]
    one, gone, ten = contest(entrants, rounds=3, least_s=0.0)
    assert order[-6:] == ["one", "ten"] * 3
    assert one.ratio == (1.0, 1.0, 1.0)
    assert gone.seconds is None and gone.absent == "not here: no module"
    assert ten.ratio is not None and 5.0 < ten.ratio[0] < 80.0  # ten times the work, told twice over; a busy machine scatters
    assert ten.ratio[1] <= ten.ratio[0] <= ten.ratio[2]


def test_lambert_problems_are_what_they_say() -> None:
    """Flown from the velocity that is called exact, Kepler's problem ends at the second point; and farside finds that velocity."""
    from benchmarks.lambert import by_farside, problems

    from farside.basis.constants import GM_EARTH_M3_S2
    from farside.basis.twobody import kepler

    for problem in problems(40):
        r, _ = kepler(problem.r1, problem.v1, problem.seconds, GM_EARTH_M3_S2)
        assert np.linalg.norm(r - problem.r2) < 1e-9 * np.linalg.norm(problem.r2) * 100.0
        assert np.linalg.norm(by_farside(problem) - problem.v1) < 1e-8 * np.linalg.norm(problem.v1)


def test_counting_numbers_count() -> None:
    from benchmarks.limit import Counted, CountingMath

    Counted.done = 0
    x, counting = Counted(2.0), CountingMath()
    found = 3.0 * x + x / np.float64(4.0) - counting.sqrt(x * x)
    assert found == 4.5
    assert isinstance(found, Counted)
    assert Counted.done == 6
    assert counting.pi == math.pi


@pytest.mark.slow
def test_everything_runs_small(tmp_path: Path, builder: ModuleType) -> None:
    """Every benchmark from its beginning to its table; who is not in this environment is said to be missing, and no figure is judged."""
    kept = tmp_path / "results.json"
    words = [sys.executable, "-m", "benchmarks.everything", "--small", "--into", str(kept)]
    done = subprocess.run(words, cwd=CHECKOUT, env={**os.environ}, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(kept.read_text(encoding="utf-8"))
    tables = tables_of(found)
    assert len(tables) == 9
    for share in tables.pop("distance to the machine's limit"):
        assert 0.0 < float(share["absent"].rstrip("%")) < 100.0
    for title, rows in tables.items():
        assert rows[0]["tool"].startswith("farside"), title
        assert rows[0]["ratio"] == [1.0, 1.0, 1.0]
        assert all(row["absent"] or row["seconds"] > 0.0 for row in rows)
    assert "not here" in builder.text(found) or {"orekit_jpype", "lamberthub", "rocketpy"} <= set(found["coast"]["versions"])


@pytest.mark.slow
@pytest.mark.parametrize(("module", "words"), [("road", ["1"]), ("descent", ["2"])])
def test_the_others_run(module: str, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *words], cwd=CHECKOUT, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 4
