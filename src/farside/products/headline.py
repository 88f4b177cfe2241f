"""The numbers of a flight that people ask for first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from farside.basis.constants import DAY_S

Record = Mapping[str, Any]


class Number(NamedTuple):
    """One of them: `value` in `unit`, shown by the format `spec`, and in words what it is."""

    name: str
    value: float
    spec: str
    unit: str
    what: str

    @property
    def shown(self) -> str:
        """`1,535.2 g`."""
        return f"{format(self.value, self.spec)} {self.unit}"


ASKED = (
    ("touchdown", "target_miss_m", "miss", ".1f", "m", "from the site at touchdown"),
    ("touchdown", "vertical_speed_m_s", "touchdown", ".2f", "m/s", "down at touchdown"),
    ("docking", "closing_speed_m_s", "closing", ".3f", "m/s", "closing at contact"),
    ("first_peak_load", "load_g", "load", ".2f", "g", "highest load in the air"),
    ("landing", "target_miss_m", "landing_miss", ",.0f", "m", "from the site at landing"),
    ("landing", "vertical_speed_m_s", "landing", ".1f", "m/s", "down at landing"),
)
"""Event, its number, and the name, format, unit and words of it."""


def headline(record: Record, events: Sequence[Record]) -> list[Number]:
    """The first numbers of a flight, those that it has, from what `flight.json` and `events.json` hold."""
    seconds, legs = record["duration_s"], record["legs"]
    long = seconds > 2.0 * DAY_S
    found = [
        Number("flown", seconds / (DAY_S if long else 3600.0), ".1f", "days" if long else "hours", "flown"),
        Number("delta_v", record["delta_v_m_s"], ",.0f", "m/s", "velocity change of all burns"),
    ]
    sample_ug = _sample_ug(legs)
    if sample_ug:
        found.append(Number("sample", sample_ug / 1e6, ",.1f", "g", "of sample aboard at the end"))
    return [*found, *(number for asked in ASKED for number in _told(events, *asked))]


def _sample_ug(legs: Sequence[Record]) -> int:
    """The sample in every module at its last, in whole micrograms."""
    crafts = [craft for leg in sorted(legs, key=lambda leg: float(leg["end_tdb_s"])) for craft in leg["after"]]
    last = {name: int(module["sample_ug"]) for craft in crafts for name, module in craft["modules"].items()}
    return sum(last.values())


def _told(events: Sequence[Record], event: str, key: str, name: str, spec: str, unit: str, what: str) -> Iterator[Number]:
    """What the first event of that name says; of the two peak loads the higher one."""
    found = [one for one in events if one["event"] == event]
    if event == "first_peak_load":
        found += [one for one in events if one["event"] == "second_peak_load"]
        found.sort(key=lambda one: -float(one["data"]["load_g"]))
    if found and found[0]["data"].get(key) is not None:
        yield Number(name, float(found[0]["data"][key]), spec, unit, what)
