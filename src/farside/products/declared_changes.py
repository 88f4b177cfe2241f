"""What differs between two mission files: their keys and values, whatever their layout, comments and sources.

Phases go by their names, holds and searchers and other tables of a list by theirs or by their number; a phase that only one file has is one
change. A difference is told where it is a number: of epochs, and of quantities written in one unit.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from farside.basis.epochs import tdb_from_utc

GROUPS = {
    "goals": ("goals", "sites"),
    "vehicles": ("modules", "start", "crafts"),
    "surroundings": ("environment", "terrain", "relay"),
    "errors": ("dispersions", "faults"),
    "phases": ("phases",),
    "mission": ("mission",),
}
"""What a table of a mission file is about."""
Value = str | tuple[str, ...]
QUANTITY = re.compile(r"\s*([-+]?[0-9.]+(?:[eE][-+]?\d+)?)\s*(\S.*?)\s*")


@dataclass(frozen=True, slots=True)
class Change:
    """A key whose value differs: `a` and `b` as written, None where it is not declared; `difference` b less a in words, empty for texts; of
    a list what came in and what went out."""

    group: str
    key: str
    a: str | None
    b: str | None
    difference: str


def declared_changes(a: str, b: str) -> list[Change]:
    """The changes from one mission text to another, group by group, in the order of the files."""
    told_a, told_b = (dict(_values(tomllib.loads(text))) for text in (a, b))
    keys = merged(list(told_a), list(told_b))
    found = [_change(key, told_a.get(key), told_b.get(key)) for key in keys if told_a.get(key) != told_b.get(key)]
    order = list(GROUPS)
    return sorted(_without_parts(found), key=lambda change: order.index(change.group))


def merged(a: list[str], b: list[str]) -> list[str]:
    """The keys of both, each that only the second has after the one that it follows there."""
    keys, place = list(a), 0
    known = set(a)
    for key in b:
        if key in known:
            place = keys.index(key) + 1
        else:
            keys.insert(place, key)
            place += 1
    return keys


def _change(key: str, a: Value | None, b: Value | None) -> Change:
    table = key.partition(".")[0]
    group = next((name for name, tables in GROUPS.items() if table in tables), "mission")
    if isinstance(a, tuple) and isinstance(b, tuple):
        more = " ".join([*(f"-{name}" for name in a if name not in b), *(f"+{name}" for name in b if name not in a)])
        return Change(group, key, ", ".join(a) or "none", ", ".join(b) or "none", more or "in another order")
    one, other = (", ".join(told) or "none" if isinstance(told, tuple) else told for told in (a, b))
    return Change(group, key, one, other, difference(one, other) if one is not None and other is not None else "")


def _without_parts(changes: list[Change]) -> Iterator[Change]:
    """The changes but those of the keys of a phase that only one file has, which is one change itself."""
    whole = {f"{change.key}." for change in changes if (change.a is None) != (change.b is None) and change.key.count(".") == 1}
    for change in changes:
        if change.key.count(".") < 2 or not any(change.key.startswith(prefix) for prefix in whole):
            yield change


def _values(raw: Any, key: str = "") -> Iterator[tuple[str, Value]]:
    """Every value by its key; a phase also by its own key, and the order of phases by that of the list."""
    if isinstance(raw, Mapping) and set(raw) == {"value", "source"}:
        yield key, str(raw["value"])
    elif isinstance(raw, Mapping):
        for name, part in raw.items():
            yield from _values(part, f"{key}.{name}" if key else name)
    elif isinstance(raw, list) and raw and all(isinstance(part, Mapping) for part in raw):
        yield from _tables(raw, key)
    else:
        yield key, tuple(map(str, raw)) if isinstance(raw, list) else str(raw)


def _tables(tables: list[Mapping[str, Any]], key: str) -> Iterator[tuple[str, Value]]:
    """A list of tables, by their names or their numbers."""
    names = [str(table.get("name", number)) for number, table in enumerate(tables, 1)]
    yield key, tuple(names)
    for name, table in zip(names, tables, strict=True):
        if "kind" in table:
            yield f"{key}.{name}", str(table["kind"])
        yield from _values({part: told for part, told in table.items() if part not in ("name", "kind")}, f"{key}.{name}")


def difference(a: str, b: str) -> str:
    """b less a in words: `+1 d 02:00:00` of epochs, `+500 N` of quantities in one unit; empty for what is neither."""
    try:
        return span(tdb_from_utc(b) - tdb_from_utc(a))
    except ValueError:
        pass
    one, other = QUANTITY.fullmatch(a), QUANTITY.fullmatch(b)
    if one is None or other is None or one[2] != other[2]:
        return ""
    return f"{float(other[1]) - float(one[1]):+.6g} {one[2]}"


def span(seconds: float, digits: int = 3) -> str:
    """A time in words, with its sign: `+12.345 s` below two minutes, `-1 d 02:00:00` beyond."""
    if abs(seconds) < 120.0:
        return f"{round(seconds, digits) + 0.0:+.{digits}f} s"
    whole = round(abs(seconds))
    days, rest = divmod(whole, 86400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{'-' if seconds < 0.0 else '+'}{f'{days} d ' if days else ''}{clock}"
