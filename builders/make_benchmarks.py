"""Write the tables of benchmarks/README.md from what `make bench` measured: benchmarks/results.json.

    python builders/make_benchmarks.py

Nothing is measured here; `tests/test_benchmarks.py` writes them again and compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1]
PAGE, RESULTS = HERE / "benchmarks" / "README.md", HERE / "benchmarks" / "results.json"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
LIMIT, FRESH = "distance to the machine's limit", "a fresh process"
HEADS = {FRESH: ("", "s", "times the first"), LIMIT: ("", "10^9 operations/s", "this core at most", "share", "")}
HEAD = ("", "tolerance", "error", "apart", "ms", "times the first")


def number(value: float) -> str:
    """Three digits, without an exponent."""
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.3g}"


def spread(ratio: list[float]) -> str:
    """The median, and from where to where the pairs go."""
    middle, low, high = (number(x) for x in ratio)
    return middle if low == high else f"{middle} ({low} to {high})"


def line(title: str, row: dict[str, Any]) -> list[str]:
    """The cells of a row; an absent tool says why."""
    if title == LIMIT:
        return [row["tool"], row["error"], row["apart"], row["absent"], row["how"]]
    if row["seconds"] is None:
        return [row["tool"], row["absent"], *[""] * (len(HEADS.get(title, HEAD)) - 2)]
    if title == FRESH:
        return [row["tool"], number(row["seconds"]), spread(row["ratio"])]
    return [row["tool"], row["how"], row["error"], row["apart"], number(1e3 * row["seconds"]), spread(row["ratio"])]


def table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def text(found: dict[str, Any]) -> str:
    """All that is measured, part by part: day and machine, and a table for each case; last the versions."""
    pieces, known = [], {}
    for part in found.values():
        known |= part["versions"]
        pieces.append(f"*{part['machine']}, after the end {part['load_after']}.*")
        for title, rows in part["tables"].items():
            pieces.append(f"**{title[0].upper()}{title[1:]}**\n\n{table(HEADS.get(title, HEAD), [line(title, row) for row in rows])}")
    pieces.append("Versions: " + ", ".join(f"{name} {version}" for name, version in known.items()) + ".")
    return "\n\n".join(pieces) + "\n"


def renewed(page: str, found: dict[str, Any]) -> str:
    """The page with what is measured between its two marks."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + "\n" + text(found) + "\n" + END + rest.split(END)[1]


def main() -> None:
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(HERE)}")


if __name__ == "__main__":
    main()
