"""A cabinet's air over time as lines in a box: by the days on which it was read, beside its limits, what was beyond them marked.

*Model and limits*: readings are joined by straight lines, though nobody read between them. Each is judged by the limits that held when it
was read, as its event tells them; the dashed lines are today's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from farside.curation.models import Cabinet

QUANTITIES = (
    ("oxygen_ppb", None, "oxygen_most_ppb", "O₂", "ppm", 1000),
    ("water_ppb", None, "water_most_ppb", "H₂O", "ppm", 1000),
    ("temperature_mk", "temperature_least_mk", "temperature_most_mk", "T", "K", 1000),
    ("pressure_pa", "pressure_least_pa", "pressure_most_pa", "Δp", "Pa", 1),
)
"""Columns of the reading, the least and the most; label, unit that people use, and how many of the ledger's make one of it."""
WIDTH, HEIGHT, EDGE = 400.0, 84.0, 8.0


@dataclass(frozen=True)
class Value:
    """A quantity as it was last read [unit], with its limits: `within` or not."""

    label: str
    unit: str
    value: float | None
    least: float | None
    most: float | None
    within: bool


@dataclass(frozen=True)
class Curve:
    """A quantity over time: the points of a line, the points that were beyond limits, the lines of the limits; in the box's own units."""

    label: str
    unit: str
    last: float
    lowest: float
    highest: float
    since_utc: str
    until_utc: str
    points: str
    beyond: tuple[tuple[float, float, float, str], ...]
    limits: tuple[tuple[float, float], ...]
    width: float = WIDTH
    height: float = HEIGHT


def air_of(cabinet: Cabinet) -> list[Value]:
    """The last reading, of each quantity that has a limit or was read."""
    told = (_value(cabinet.__dict__, *quantity) for quantity in QUANTITIES)
    return [each for each in told if (each.value, each.least, each.most) != (None, None, None)]


def curves(cabinet: Cabinet, states: Iterable[dict[str, Any]]) -> list[Curve]:
    """Each quantity that was read twice or more, from the cabinet's states in the order of their events."""
    by_epoch: dict[str, dict[str, Any]] = {}
    for state in states:
        if state["read_utc"]:
            by_epoch.setdefault(state["read_utc"], state)  # later events tell the reading again, with the limits of their own day
    drawn = []
    for quantity in QUANTITIES:
        read = [(epoch, value) for epoch, state in by_epoch.items() if (value := _value(state, *quantity)).value is not None]
        if len(read) > 1 and read[0][0] < read[-1][0]:
            drawn.append(_curve(read, _value(cabinet.__dict__, *quantity)))
    return drawn


def _value(state: dict[str, Any], name: str, least: str | None, most: str, label: str, unit: str, per: int) -> Value:
    value, low, high = (None if column is None or state[column] is None else state[column] / per for column in (name, least, most))
    return Value(label, unit, value, low, high, value is None or ((low is None or value >= low) and (high is None or value <= high)))


def _curve(read: list[tuple[str, Value]], now: Value) -> Curve:
    epochs, values = [datetime.fromisoformat(epoch) for epoch, _ in read], [float(each.value or 0) for _, each in read]
    limits = [limit for limit in (now.least, now.most) if limit is not None]
    bottom, top = min(values + limits), max(values + limits)
    span, length = (top - bottom) or 1.0, (epochs[-1] - epochs[0]).total_seconds()

    def x(i: int) -> float:
        return round(WIDTH * (epochs[i] - epochs[0]).total_seconds() / length, 1)

    def y(value: float) -> float:
        return round(EDGE + (HEIGHT - 2 * EDGE) * (1 - (value - bottom) / span), 1)

    points = " ".join(f"{x(i)},{y(value)}" for i, value in enumerate(values))
    beyond = tuple((x(i), y(values[i]), values[i], read[i][0]) for i, (_, each) in enumerate(read) if not each.within)
    lines = tuple((y(limit), limit) for limit in limits)
    return Curve(now.label, now.unit, values[-1], min(values), max(values), read[0][0], read[-1][0], points, beyond, lines)
