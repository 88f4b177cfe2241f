"""Texts of the small missions with an edit, a fault or other ground, and their flights: what the tests of failures share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import farside as fs
from farside.mission import from_text

MISSIONS = Path(__file__).parents[1] / "missions"
CHANGE3, CHANGE5, DOCKING = (
    (MISSIONS / f"{name}.toml").read_text(encoding="utf-8") for name in ("change3_landing", "change5_landing", "change5_docking")
)
ENDINGS = ("vertical_speed_m_s", "horizontal_speed_m_s", "tilt_deg", "lean_deg", "target_miss_m")


def number(value: str) -> str:
    """A number as a file has it."""
    return f'{{ value = "{value}", source = "assumed: test" }}'


def edited(text: str, key: str, old: str, new: str) -> str:
    """The text with the value of one key changed; it must stand there once."""
    told = f'{key} = {{ value = "{old}"'
    assert text.count(told) == 1, f"{told!r} stands there {text.count(told)} times"
    return text.replace(told, f'{key} = {{ value = "{new}"')


def fault(kind: str, phase: str = "descent", **keys: str) -> str:
    """A table [[faults]]; numbers with their unit, names without."""
    lines = [f"{key} = {number(value)}" if " " in value else f'{key} = "{value}"' for key, value in keys.items()]
    return "\n".join(["", "[[faults]]", f'kind = "{kind}"', f'phase = "{phase}"', *lines, ""])


def ground(east: str, north: str) -> str:
    """A table [terrain] of synthetic ground with a regional slope."""
    return f"\n[terrain]\nslope_east = {number(east)}\nslope_north = {number(north)}\n"


def flown(text: str, seed: int = 0, run: int | None = None) -> fs.Flight:
    """The mission flown without errors, or with those of a run; ground and errors by the seed."""
    mission = replace(from_text(text, "x.toml"), seed=seed)
    return fs.fly(mission, fs.plan(mission), dispersed=run is not None, run=run or 0)


def touchdown(flight: fs.Flight) -> dict[str, Any]:
    """The data of the touchdown."""
    return dict(next(event for event in flight.events if event.name == "touchdown").data)
