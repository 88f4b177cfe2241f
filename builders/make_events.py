"""Fly every mission file, and write which phases tell each event of docs/events.md, and what its data has; the meanings are kept.

    python builders/make_events.py

`tests/docs/test_events.py` flies them again and compares. An event that is new gets a row without a meaning: write one.
"""

from __future__ import annotations

import sys
from pathlib import Path

import farside as fs

HERE = Path(__file__).parents[1]
sys.path.insert(0, str(HERE / "tests" / "docs"))

import happenings  # noqa: E402


def main() -> None:
    missions = [fs.load(str(HERE / "missions" / f"{name}.toml")) for name in ("change6", "change5")]
    seen, kept = happenings.seen_in(fs.fly(mission, fs.plan(mission)) for mission in missions), happenings.written()
    order = [*(name for name in kept if name in seen), *(name for name in seen if name not in kept)]
    rows = [happenings.row_of(name, seen[name], kept[name].meaning if name in kept else "") for name in order]
    page = HERE / happenings.PAGE
    head, _, rest = page.read_text(encoding="utf-8").partition("| --- | --- | --- | --- |\n")
    tail = rest[len("".join(f"{line}\n" for line in rest.splitlines() if line.startswith("| `"))) :]
    page.write_text(head + "| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n" + tail, encoding="utf-8")
    print(f"{happenings.PAGE}: {len(rows)} events, {sum(name not in kept for name in order)} of them new")


if __name__ == "__main__":
    main()
