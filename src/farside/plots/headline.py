"""The headline of a flight: what flew, whether it worked, and how much of every limit it used."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.phases.entry import Entry
from farside.phases.gate import Gate
from farside.phases.leg import Outcome
from farside.phases.parachute import Parachute
from farside.plots.story import Record, Story
from farside.plots.words import title
from farside.studies.limits import limits

WORDS = {
    "vertical_speed_m_s": ("speed down", "m/s", ".2f"),
    "horizontal_speed_m_s": ("speed across", "m/s", ".2f"),
    "tilt_deg": ("slope under the feet", "°", ".1f"),
    "lean_deg": ("lean of the craft", "°", ".1f"),
    "target_miss_m": ("distance from the site", "m", ".1f"),
    "closing_speed_m_s": ("closing speed", "m/s", ".3f"),
    "lateral_speed_m_s": ("speed across", "m/s", ".3f"),
    "offset_m": ("off the axis", "m", ".3f"),
    "misalignment_deg": ("misalignment", "°", ".2f"),
}
"""How a limit is called, its unit, and how its numbers are shown."""
ENDS = {"descent": "touchdown", "docking": "docking"}
"""The event that the limits of a kind of phase are asked of."""


@dataclass(frozen=True)
class Margin:
    """A limit and what was: both in `unit`; `share` of it used, above 1 when it was passed."""

    when: str
    what: str
    was: float
    most: float
    unit: str
    spec: str

    @property
    def share(self) -> float:
        return abs(self.was) / self.most if self.most else math.inf


def verdict(story: Story) -> str:
    """Whether it worked, in a sentence."""
    flight = story.flight
    last = story.events[-1] if story.events else None
    if flight.outcome is Outcome.DONE:
        return "Flown to the end of its road" + (f"; the last event: {title(last['event'])}, {last['craft']}." if last else ".")
    return f"Ended before its time: {flight.outcome.value}."


def margins(story: Story) -> list[Margin]:
    """Every limit that the mission declares for what was flown, beside what was."""
    return [*_arrival(story), *_ends(story), *_gates(story), *_entries(story), *_landings(story), *_transports(story)]


def _arrival(story: Story) -> Iterator[Margin]:
    """The epoch of the capture."""
    goals, braking = story.flight.mission.goals, story.first("perilune") or story.first("loi_1")
    if goals.capture_s is not None and goals.capture_tolerance_s and braking is not None:
        off = (braking["epoch_tdb_s"] - goals.capture_s) / 60.0
        yield Margin("capture", "off the declared minute", off, goals.capture_tolerance_s / 60.0, "min", ".1f")


def _ends(story: Story) -> Iterator[Margin]:
    """Touchdowns and dockings."""
    for kind, event in ENDS.items():
        for phase, _ in story.flown(kind):
            data = _data(story, event, phase.name)
            for limit in limits(phase):
                if data is not None and data.get(limit.key) is not None:
                    what, unit, spec = WORDS[limit.key]
                    yield Margin(event, what, float(data[limit.key]), limit.most, unit, spec)


def _data(story: Story, event: str, phase: str) -> dict[str, Any] | None:
    record: Record | None = next((r for r in story.named(event) if r["phase"] == phase), None)
    return None if record is None else dict(record["data"])


def _gates(story: Story) -> Iterator[Margin]:
    """Cross-range at the gate of the atmosphere."""
    for phase, _ in story.flown("gate"):
        data = _data(story, phase.event, phase.name) if isinstance(phase, Gate) else None
        if data is not None and isinstance(phase, Gate):
            yield Margin("gate", "cross-range", data["cross_range_km"], phase.cross_range_max_m / 1e3, "km", ",.0f")


def _entries(story: Story) -> Iterator[Margin]:
    """Loads in the air."""
    for phase, leg in story.flown("entry"):
        if isinstance(phase, Entry) and leg.history is not None:
            load = float(leg.history.columns["load_g"].max())
            yield Margin("entry", "load", load, phase.load_limit_m_s2 / STANDARD_GRAVITY_M_S2, "g", ".2f")


def _landings(story: Story) -> Iterator[Margin]:
    """Canopies and the landing under them."""
    for phase, leg in story.flown("parachute"):
        for name in ("drogue", "main"):
            opened = _data(story, name, leg.phase)
            if opened is not None and "opening_load_n" in opened:
                most = opened["opening_load_limit_n"] / 1e3
                yield Margin(name, "opening load", opened["opening_load_n"] / 1e3, most, "kN", ".1f")
        touch = _data(story, "landing", leg.phase)
        if touch is not None and isinstance(phase, Parachute):
            yield Margin("landing", "speed down", touch["vertical_speed_m_s"], phase.vertical_speed_max_m_s, "m/s", ".1f")
            yield Margin("landing", "speed across", touch["horizontal_speed_m_s"], phase.horizontal_speed_max_m_s, "m/s", ".1f")


def _transports(story: Story) -> Iterator[Margin]:
    """How the capsule was treated on its way to the laboratory."""
    for _, leg in story.flown("transport"):
        done = _data(story, "delivered", leg.phase)
        if done is not None:
            yield Margin("transport", "shock", done["shock_most_g"], done["shock_limit_g"], "g", ".1f")
            least, most = done["temperature_min_k"], done["temperature_max_k"]
            yield Margin("transport", "warmest, over the least allowed", done["temperature_most_k"] - least, most - least, "K", ".1f")
