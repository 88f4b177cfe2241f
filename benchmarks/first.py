"""Import and first answer: what a fresh process takes until a tool has flown one coast to the Moon, or solved one Lambert problem.

    python -m benchmarks.first

By the processor's seconds of the whole process. farside finds its compiled code in the cache, as from the second run on; heyoka compiles
each time, lamberthub's compiled code is kept in its own cache where it keeps one; Orekit starts a Java machine.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence

from benchmarks.measure import CHECKOUT, Row, Run, machine, run, show

PLACE = """
from benchmarks.places import DAY_S, outbound
from farside.dynamics.world import coast
world, point = outbound()
end_s = point.epoch_s + 4.6 * DAY_S
"""
ANSWERS = {
    "farside: import of `farside`": "import farside",
    "farside: a coast to the Moon": PLACE + "coast(world, point, end_s)",
    "heyoka: a coast to the Moon": PLACE
    + "from benchmarks.heyoka_road import Road\nRoad(world, point, 1e-10).fly(point.y[None, :], end_s)",
    "Orekit: a coast to the Moon": PLACE + "from benchmarks.orekit_road import Road\nRoad(world, point).fly(point.y, end_s, 1e-10)",
    "farside: a Lambert problem": "from benchmarks.lambert import by_farside, problems\nby_farside(problems(1)[0])",
    "lamberthub: a Lambert problem": "import lamberthub\nfrom benchmarks.lambert import by_lamberthub, problems\n"
    "by_lamberthub(lamberthub.izzo2015)(problems(1)[0])",
    "SciPy: import of `scipy.integrate`": "import scipy.integrate",
    "heyoka: import": "import heyoka",
    "lamberthub: import": "import lamberthub",
    "RocketPy: import": "import rocketpy",
    "Orekit: import, Java started": "import orekit_jpype\norekit_jpype.initVM()",
}


def measured(tool: str, code: str, unit: list[Run], repeats: int) -> tuple[Row, list[Run]]:
    """One line, in units of the first."""
    runs: list[Run] = []
    try:
        for _ in range(repeats):
            runs.append(run([sys.executable, "-c", code], CHECKOUT, {}))
    except RuntimeError:
        return Row(tool, "", "", "", None, None, "not here, or it failed"), []
    ratios = [a.cpu_s / b.cpu_s for a, b in zip(runs, unit or runs, strict=False)]
    spread = statistics.median(ratios), min(ratios), max(ratios)
    return Row(tool, "", "", "", statistics.median(one.cpu_s for one in runs), spread), runs


def tables(small: bool = False) -> dict[str, list[Row]]:
    rows: list[Row] = []
    unit: Sequence[Run] = []
    names = [*list(ANSWERS)[:1], "farside: a Lambert problem"] if small else list(ANSWERS)
    for tool in names:
        row, runs = measured(tool, ANSWERS[tool], list(unit), 1 if small else 2)
        rows, unit = [*rows, row], unit or runs
    return {"a fresh process": rows}


def main() -> None:
    print(machine())
    for title, rows in tables().items():
        show(title, rows)


if __name__ == "__main__":
    main()
