"""The timeline: one row per event, and the table that people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farside.products.events import event_records

if TYPE_CHECKING:
    from farside.flight import Flight

HEAD = ("UTC", "mission time", "event", "craft", "altitude km", "speed km/s", "delta-v m/s", "mass kg")
RIGHT = {"altitude km", "speed km/s", "delta-v m/s", "mass kg"}


@dataclass(frozen=True, slots=True)
class Row:
    """One event: `met_s` since liftoff; altitude and inertial speed about `center`; `delta_v_m_s` of a burn, else None."""

    utc: str
    met_s: float
    event: str
    craft: str
    altitude_km: float
    center: str
    speed_km_s: float
    delta_v_m_s: float | None
    mass_kg: float


def rows(flight: Flight) -> list[Row]:
    """The events of a flight, by epoch."""
    return [row(record) for record in event_records(flight)]


def rows_from_events(records: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows of the records of an `events.json`."""
    return [row(record) for record in records]


def row(record: Mapping[str, Any]) -> Row:
    """The row of one record of `events.json`."""
    named = {name: record[name] for name in ("met_s", "event", "craft", "altitude_km", "center", "speed_km_s", "mass_kg")}
    return Row(utc=record["epoch_utc"], delta_v_m_s=record["data"].get("delta_v_m_s"), **named)


def table(timeline: Sequence[Row]) -> str:
    """The rows as plain text in columns, a heading first; altitudes are followed by E or M, the body they are above."""
    cells = [HEAD, *(texts(one) for one in timeline)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(HEAD))]
    lines = []
    for line in cells:
        parts = [text.rjust(w) if head in RIGHT else text.ljust(w) for head, text, w in zip(HEAD, line, widths, strict=True)]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def texts(one: Row) -> tuple[str, ...]:
    """The cells of one row, in the order of `HEAD`."""
    return (
        one.utc[:19].replace("T", " "),
        mission_time(one.met_s),
        one.event,
        one.craft,
        f"{one.altitude_km:,.1f} {one.center[0].upper()}",
        f"{one.speed_km_s:.4f}",
        "" if one.delta_v_m_s is None else f"{one.delta_v_m_s:.2f}",
        f"{one.mass_kg:,.1f}",
    )


def mission_time(seconds: float) -> str:
    """`+29 12:55:35`: days, hours, minutes, whole seconds since the start; minus before it."""
    whole = int(round(abs(seconds), 3))  # as UTC is cut, from milliseconds
    days, rest = divmod(whole, 86400)
    sign = "-" if seconds < 0.0 and whole else "+"
    return f"{sign}{days:02d} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
