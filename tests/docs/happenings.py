"""The events that farside tells: seen in flights of every mission file, read off the sources; `builders/make_events.py` writes the page.

A number at the end of a name, or within it, is written N: `loi_1` and `loi_2` are one row of docs/events.md, `loi_N`.
"""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pages import CHECKOUT, read

import farside as fs
from farside.flight import Flight
from farside.mission import from_text
from farside.phases.burn_names import burns_of
from farside.products.events import event_records

PAGE = "docs/events.md"
ROW = re.compile(r"^\| `(\w+)` \| ([\w, ]*) \| (.*?) \| (.*?) \|$", re.MULTILINE)
ALONE = ("apollo11_docking", "apollo11_landing", "change3_landing", "change5_docking", "change5_landing", "im1", "luna25", "slim")
"""The mission files that begin at the Moon, each flown in seconds."""
BURN = frozenset(["delta_v_m_s", "duration_s", "propellant_kg", "ignition_mass_kg", "cutoff_utc"])
ORBIT = frozenset(
    [
        *("periapsis_altitude_km", "apoapsis_altitude_km", "inclination_deg", "node_deg", "argument_of_periapsis_deg", "period_s"),
        "c3_km2_s2",
    ]
)


class Seen(NamedTuple):
    """Kinds of phase that told an event, and the keys of its data."""

    kinds: set[str]
    keys: set[str]


class Row(NamedTuple):
    """A row of the page: kinds of phase, what happened, the keys of its data as they are written."""

    kinds: str
    meaning: str
    data: str


def counted(name: str) -> str:
    """The name of an event with its numbers as N."""
    return re.sub(r"_\d+(?=_|$)", "_N", name)


def put(seen: dict[str, Seen], records: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> None:
    """Add the events of a flight; `kinds`: phase -> its kind."""
    for record in records:
        one = seen.setdefault(counted(record["event"]), Seen(set(), set()))
        one.kinds.add(kinds[record["phase"]])
        one.keys.update(set(record["data"]) - {"height_above_site_m"})  # any event near the landing site has that


def put_flight(seen: dict[str, Seen], flight: Flight) -> None:
    put(seen, event_records(flight), {phase.name: phase.kind for phase in flight.mission.phases})


def seen_in(flights: Iterable[Flight]) -> dict[str, Seen]:
    """Every event of these flights and of those of `alone`, the burns that their phases may need, and what the sources note."""
    seen: dict[str, Seen] = {}
    for flight in (*flights, *alone()):
        put_flight(seen, flight)
        for phase in tomllib.loads(flight.mission.text)["phases"]:
            for name in map(counted, burns_of(phase)):  # those that no flight of these needed are burns all the same
                seen.setdefault(name, Seen({phase["kind"]}, {*BURN, *ORBIT, "plane_change_deg"}))
    for name, told in told_by_sources().items():
        one = seen.setdefault(name, Seen(set(told.kinds), set()))
        one.keys.update(told.keys)
    return seen


@functools.cache
def alone() -> tuple[Flight, ...]:
    """The missions that begin at the Moon, flown, a docking with errors drawn, and a descent that is held for want of light."""
    texts = {name: read(f"missions/{name}.toml") for name in ALONE}
    lit = 'sun_elevation_min = { value = "10 deg"'
    assert texts["change3_landing"].count(lit) == 1
    dark = texts["change3_landing"].replace(lit, lit.replace("10 deg", "59 deg"))
    flights = [fs.fly(mission, fs.plan(mission)) for mission in (from_text(text, name) for name, text in {**texts, "dark": dark}.items())]
    rough = from_text(texts["change5_docking"], "change5_docking")
    return (*flights, fs.fly(rough, fs.plan(rough), dispersed=True, run=1))


def told_by_sources() -> dict[str, Seen]:
    """What the phases' sources note by a name that is written there, with the data that is named there: no flight need have it."""
    told: dict[str, Seen] = {}
    for file in sorted((CHECKOUT / "src" / "farside" / "phases").glob("*.py")):
        text = file.read_text(encoding="utf-8")
        for part in ast.parse(text).body:
            kinds = kinds_in(ast.get_source_segment(text, part) or "") or kinds_in(text)
            for call in ast.walk(part):
                if isinstance(call, ast.Call) and called(call) in ("note", "note_at", "note_peak", "Happening"):
                    for name in names(call):
                        one = told.setdefault(name, Seen(kinds, set()))
                        one.keys.update(keyword.arg for keyword in call.keywords if keyword.arg is not None)
    return told


def kinds_in(source: str) -> set[str]:
    """The kinds of phase that a source declares."""
    return set(re.findall(r"""kind: Literal\["(\w+)"\]""", source))


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def names(call: ast.Call) -> Iterator[str]:
    """The names that a call can note: written out; for a canopy, or numbered, in a format."""
    for argument in call.args[:2]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield counted(argument.value)
        elif isinstance(argument, ast.JoinedStr):
            written = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in argument.values)  # type: ignore[misc]
            yield from [written.format(one) for one in ("drogue", "main")] if written == "{}_torn" else [written.format("N")]


def written() -> dict[str, Row]:
    """The rows of the page."""
    return {name: Row(kinds, meaning, data) for name, kinds, meaning, data in ROW.findall(read(PAGE))}


def row_of(name: str, seen: Seen, meaning: str) -> str:
    """A row as the page has it."""
    return f"| `{name}` | {', '.join(sorted(seen.kinds))} | {meaning} | {data_of(seen.keys)} |"


def data_of(keys: set[str]) -> str:
    """Keys in one cell: those of every burn and of every orbit together in a word."""
    rest, said = set(keys), []
    for word, group in (("burn", BURN), ("orbit", ORBIT)):
        if group <= rest:
            said, rest = [*said, word], rest - group
    return ", ".join([*said, *(f"`{key}`" for key in sorted(rest))])
