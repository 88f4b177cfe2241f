"""The states that the three missions of failed landings begin with, as `make_lunar_states.py` finds those of the others.

    python builders/make_failure_states.py [MISSION ...]

What is printed is rounded as there; `tests/missions/test_news.py` compares it with the files.
"""

from __future__ import annotations

import sys

from make_lunar_states import Pass, passing, rounded, world_of

from farside.basis.epochs import tdb_from_utc

PASSES = {
    "luna25": Pass("2023-08-21T08:30:00Z", "2023-08-21T11:15:00Z", (-69.5, 43.5), 91.0, 113.0, 90.0, False),
    "slim": Pass("2024-01-19T12:00:00Z", "2024-01-19T15:20:00Z", (-13.3, 25.2), 600.0, 600.0, 90.0, False),
    "im1": Pass("2024-02-22T20:30:00Z", "2024-02-22T23:24:00Z", (-80.1, 1.4), 92.0, 92.0, 90.0, False),
}
"""The orbit of each mission's lander, all of them coming from the north."""


def state(mission: str) -> dict[str, str]:
    """The values of the table [crafts.lander] of a mission, as they are written."""
    asked = PASSES[mission]
    return rounded(passing(world_of(tdb_from_utc(asked.begin), tdb_from_utc(asked.over)), asked))


def main(names: tuple[str, ...]) -> None:
    for name in names:
        print(f"# {name}\n[crafts.lander]")
        for key, value in state(name).items():
            print(f'{key} = {{ value = "{value}", source = "..." }}')


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or tuple(PASSES))
