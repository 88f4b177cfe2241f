"""The timeline: one row an event, and the table that people read.

Runs of small events of one kind (`approach_1`, `approach_2`, ..) share a row, and a narrow terminal gets fewer columns; the table says both
in the lines below it. `events.json` has everything.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from string import Formatter
from typing import TYPE_CHECKING, Any

from farside.products.events import REPEATING, event_records

if TYPE_CHECKING:
    from farside.flight import Flight

HEAD = ("UTC", "mission time", "event", "craft", "altitude km", "km/s", "mass kg", "what")
RIGHT = {"altitude km", "km/s", "mass kg"}
LEAVING = ("mission time", "mass kg", "year", "km/s")  # what a narrow terminal is not told, in this order
SHORTEST = 12  # of a remark that is cut: a delta-v
SMALL_RUN, SMALL_RUN_S = 3, 43200.0  # assumed: so many events of one kind in half a day are one row

REMARKS = (
    "{vertical_speed_m_s:.2f} m/s, {target_miss_m:.1f} m aside",
    "{load_g:.2f} g, {heat_flux_w_cm2:,.0f} W/cm2",
    "{opening_load_n:,.0f} N, {air_speed_m_s:.0f} m/s",
    "by {by}, {how}",
    "{by}: {from} to {to}",
    "by {by}",
    "{sample_mass_ug:,} ug at {site}",
    "{depth_m:.2f} m, {core_mass_kg:.3f} kg",
    "{mass_kg:.3f} kg",
    "{instrument}",
    "{hours:.1f} h",
    "{closing_speed_m_s:.3f} m/s, {lateral_speed_m_s:.3f} across",
    "{distance_m:,.0f} m away",
    "{ahead_m:,.0f} m ahead",
    "to the {taker}",
    "{range_to_target_km:,.0f} km to go",
    "{prediction_miss_m:,.0f} m off prediction",
    "perilune {perilune_altitude_km:.1f} km",
    "falls at {impact_latitude_deg:.1f} N {impact_longitude_deg:.1f} E",
    "{periapsis_altitude_km:.1f} x {apoapsis_altitude_km:.1f} km",
)
"""What an event's data say in a few words: the first that has all its numbers."""
NEAR_GROUND = "{height_above_site_m:,.0f} m up"  # for events that say no more than that, if they fly
FIELDS = {text: tuple(field for _, field, _, _ in Formatter().parse(text) if field) for text in (*REMARKS, NEAR_GROUND)}


@dataclass(frozen=True, slots=True)
class Row:
    """One event, or a run of `count` small ones.

    `met_s` since liftoff; altitude and inertial speed about `center`; `delta_v_m_s` of a burn, else None; `remark` in a few words.
    """

    utc: str
    met_s: float
    event: str
    craft: str
    altitude_km: float
    center: str
    speed_km_s: float
    delta_v_m_s: float | None
    mass_kg: float
    remark: str = ""
    count: int = 1


def rows(flight: Flight) -> list[Row]:
    """The events of a flight, by epoch."""
    return [row(record) for record in event_records(flight)]


def rows_from_events(records: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows of the records of an `events.json`."""
    return [row(record) for record in records]


def row(record: Mapping[str, Any]) -> Row:
    """The row of one record of `events.json`."""
    named = {name: record[name] for name in ("met_s", "event", "craft", "altitude_km", "center", "speed_km_s", "mass_kg")}
    data = record["data"]
    burned = None if record["event"] in REPEATING else data.get("delta_v_m_s")
    said = "not needed" if burned == 0.0 else "" if burned is not None else remark(data, record["altitude_km"])
    return Row(utc=record["epoch_utc"], delta_v_m_s=burned, remark=said, **named)


def remark(data: Mapping[str, Any], altitude_km: float = 0.0) -> str:
    """What the data of an event say in a few words; empty when there is nothing to say."""
    for text in REMARKS:
        if all(data.get(field) is not None for field in FIELDS[text]):
            return text.format(**data)
    height_m = data.get("height_above_site_m")
    return NEAR_GROUND.format(**data) if height_m is not None and height_m > 1.0 else ""


def grouped(timeline: Sequence[Row]) -> list[Row]:
    """The rows, runs of small events of one kind in one; the first of a run tells when, where and how heavy."""
    out: list[Row] = []
    for _, run in groupby(timeline, key=lambda one: (_stem(one.event), one.craft, one.delta_v_m_s is None)):
        same = list(run)
        last, seconds = same[-1], same[-1].met_s - same[0].met_s
        if len(same) < SMALL_RUN or seconds > SMALL_RUN_S:
            out.extend(same)
            continue
        name = f"{same[0].event}..{last.event.rsplit('_', 1)[1]}" if last.event != same[0].event else f"{last.event} x{len(same)}"
        burned = None if last.delta_v_m_s is None else sum(one.delta_v_m_s or 0.0 for one in same)
        out.append(replace(same[0], event=name, delta_v_m_s=burned, remark=f"until {last.utc[11:19]}", count=len(same)))
    return out


def _stem(event: str) -> str:
    return re.sub(r"_\d+$", "", event)


@dataclass(frozen=True)
class Layout:
    """A table that fits: its rows, its heading, its cells line by line, and what a reader should know about them."""

    rows: tuple[Row, ...]
    head: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]

    @property
    def widths(self) -> list[int]:
        return [max(map(len, column)) for column in zip(self.head, *self.cells, strict=True)]

    @property
    def width(self) -> int:
        return sum(self.widths) + 2 * (len(self.head) - 1)

    def lines(self) -> list[str]:
        """The heading and the rows as plain text in columns."""
        out = []
        for line in (self.head, *self.cells):
            parts = [text.rjust(w) if head in RIGHT else text.ljust(w) for head, text, w in zip(self.head, line, self.widths, strict=True)]
            out.append("  ".join(parts).rstrip())
        return out


def table(timeline: Sequence[Row], width: int | None = None) -> str:
    """The rows as plain text in columns, a heading first, in so many characters (None: as many as it takes).

    Altitudes are followed by E or M, the body they are above.
    """
    found = layout(timeline, width)
    return "\n".join((*found.lines(), *found.notes))


def layout(timeline: Sequence[Row], width: int | None = None) -> Layout:
    """The table of the rows in so many characters; below some 75 it is wider than asked."""
    shown = grouped(timeline)
    for count in range(len(LEAVING) + 1):
        found = _without(shown, LEAVING[:count], width)
        if width is None or found.width <= width:
            return found
    room = SHORTEST if width is None else max(SHORTEST, width - found.width + found.widths[-1])
    return _without(shown, LEAVING, width, room)


def _without(shown: Sequence[Row], leaving: tuple[str, ...], width: int | None, room: int | None = None) -> Layout:
    """The table without some columns, remarks cut to so much room."""
    kept = [k for k, head in enumerate(HEAD) if head not in leaving]
    cells = [[texts(one)[k] for k in kept] for one in shown]
    for line in cells:
        line[0] = line[0][5:] if "year" in leaving else line[0]
        line[-1] = line[-1] if room is None or len(line[-1]) <= room else line[-1][: room - 2].rstrip(" ,.") + " …"
    return Layout(tuple(shown), tuple(HEAD[k] for k in kept), tuple(map(tuple, cells)), _notes(shown, leaving, width, cells))


def _notes(shown: Sequence[Row], leaving: tuple[str, ...], width: int | None, cells: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """What the table does not show, and where it is."""
    said = []
    runs = [one.event for one in shown if one.count > 1]
    if runs:
        said.append(f"several events in one row: {', '.join(runs)}; events.json has each")
    if leaving:
        cut = ", remarks cut at …" if any(line[-1].endswith("…") for line in cells) else ""
        said.append(f"left out in {width} columns: {', '.join(leaving)}{cut}")
    return tuple(line for text in said for line in textwrap.wrap(text, width or 1000))


def texts(one: Row) -> tuple[str, ...]:
    """The cells of one row, in the order of `HEAD`."""
    burned = f"{one.delta_v_m_s:8.2f} m/s" if one.delta_v_m_s else ""
    return (
        one.utc[:19].replace("T", " "),
        mission_time(one.met_s),
        one.event,
        one.craft,
        f"{round(one.altitude_km, 1) + 0.0:,.1f} {one.center[0].upper()}",  # + 0.0: the ground is at 0.0, not at -0.0
        f"{one.speed_km_s:.4f}",
        f"{one.mass_kg:,.1f}",
        ", ".join(filter(None, (burned, one.remark))),
    )


def mission_time(seconds: float) -> str:
    """`+29 12:55:35`: days, hours, minutes, whole seconds since the start; minus before it."""
    whole = int(round(abs(seconds), 3))  # as UTC is cut, from milliseconds
    days, rest = divmod(whole, 86400)
    sign = "-" if seconds < 0.0 and whole else "+"
    return f"{sign}{days:02d} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
