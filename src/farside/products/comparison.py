"""Two flights, or two missions, side by side: what changed in what was declared, and what in the answers.

Events and burns of the two go together by their names, the first with the first, the second with the second; where one flight has more of
a name, the rest stand alone. Answers are compared as the files tell them: nothing is flown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from farside.mission import load
from farside.products.declared_changes import Change, declared_changes
from farside.products.recorded import FolderError, read_json

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Side:
    """One of the two: a flight (`record`, `events`, `burns` of its folder), or a mission that was not flown (None, nothing).

    `where` is the path that was asked for, `name` the mission's, `text` its mission file; None for a flight whose folder has none.
    """

    where: str
    name: str
    text: str | None = field(repr=False)
    record: Record | None = field(default=None, repr=False)
    events: Sequence[Record] = field(default=(), repr=False)
    burns: Sequence[Record] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same thing in both: an event, a burn, a module's mass, a total; numbers by name, None in a flight without it."""

    what: str
    a: Mapping[str, Any] | None
    b: Mapping[str, Any] | None

    def more(self, key: str) -> float | None:
        """b less a of a number; None where either is missing."""
        if self.a is None or self.b is None or self.a[key] is None or self.b[key] is None:
            return None
        return float(self.b[key] - self.a[key])


@dataclass(frozen=True)
class Comparison:
    """What differs. `declared` is None when a mission file is missing, `flown` is False when a side was not flown."""

    a: Side
    b: Side
    declared: tuple[Change, ...] | None
    flown: bool
    outcome: Pair | None
    events: tuple[Pair, ...]
    burns: tuple[Pair, ...]
    masses: tuple[Pair, ...]

    @property
    def same_flight(self) -> bool:
        """Whether both are one flight, to the last digit."""
        told = [side.record["flight_digest"] for side in (self.a, self.b) if side.record is not None]
        return len(told) == 2 and told[0] == told[1]


    @property
    def later_s(self) -> float:
        """By how much the second flight began later; nought when either was not flown."""
        if self.a.record is None or self.b.record is None:
            return 0.0
        a, b = (min(leg["start_tdb_s"] for leg in side.record["legs"]) for side in (self.a, self.b) if side.record is not None)
        return float(b - a)


def read_side(path: Path) -> Side:
    """A flight from its folder, or a mission from its file. Raises `FolderError`, or `MissionError` of a file that cannot be flown."""
    if not path.is_dir():
        mission = load(path)
        return Side(str(path), mission.name, mission.text)
    record, events, burns = (read_json(path / name) for name in ("flight.json", "events.json", "burns.json"))
    declared = path / "mission.toml"
    try:
        text = declared.read_text(encoding="utf-8") if declared.exists() else None
        return Side(str(path), record["mission"], text, record, events, burns["burns"])
    except (KeyError, TypeError) as error:
        raise FolderError(f"{path}: written by another version of farside ({error!r} cannot be read); fly the mission again") from None


def compare(a: Side, b: Side) -> Comparison:
    """What differs between two sides; answers only when both were flown."""
    declared = None if a.text is None or b.text is None else tuple(declared_changes(a.text, b.text))
    if a.record is None or b.record is None:
        return Comparison(a, b, declared, False, None, (), (), ())
    outcome = Pair("flight", _summary(a.record), _summary(b.record))
    events = tuple(_paired(a.events, b.events, "event", _event))
    burns = tuple(_paired(a.burns, b.burns, "event", _burn))
    masses = tuple(Pair(name, *told) for name, told in _both(_masses(a.record), _masses(b.record)).items())
    return Comparison(a, b, declared, True, outcome, events, burns, masses)


def _summary(record: Record) -> dict[str, Any]:
    """How a flight ended, and what it came to."""
    return {key: record[key] for key in ("outcome", "advice", "seed", "dispersed", "start_utc", "end_utc", "duration_s", "delta_v_m_s")}


def _event(event: Record) -> dict[str, Any]:
    return {key: event[key] for key in ("phase", "craft", "epoch_utc", "epoch_tdb_s", "met_s", "altitude_km", "speed_km_s", "mass_kg")}


def _burn(burn: Record) -> dict[str, Any]:
    return {key: burn[key] for key in ("phase", "craft", "ignition_utc", "ignition_tdb_s", "duration_s", "delta_v_m_s", "propellant_kg")}


def _paired(a: Iterable[Record], b: Iterable[Record], name: str, told: Any) -> Iterator[Pair]:
    """The records of both that go together, in the order of the first flight, then those that only the second has."""
    one, other = ({what: told(record) for what, record in _numbered(records, name)} for records in (a, b))
    return (Pair(what, *both) for what, both in _both(one, other).items())


def _numbered(records: Iterable[Record], name: str) -> Iterator[tuple[str, Record]]:
    """Records by their names; the second of a name is `name (2)`."""
    seen: dict[str, int] = {}
    for record in records:
        seen[record[name]] = seen.get(record[name], 0) + 1
        yield record[name] + (f" ({seen[record[name]]})" if seen[record[name]] > 1 else ""), record


def _both(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {key: (a.get(key), b.get(key)) for key in dict.fromkeys([*a, *b])}


def _masses(record: Record) -> dict[str, dict[str, Any]]:
    """Of each module at its end: propellant [kg] and sample [micrograms]."""
    found: dict[str, dict[str, Any]] = {name: {} for name in record["modules"]}
    for leg in sorted(record["legs"], key=lambda leg: leg["end_tdb_s"]):
        for craft in leg["after"]:
            found |= {name: {key: module[key] for key in ("propellant_kg", "sample_ug")} for name, module in craft["modules"].items()}
    return found


def comparison_record(found: Comparison) -> dict[str, Any]:
    """The comparison as plain values."""
    sides = {name: _told(side) for name, side in (("a", found.a), ("b", found.b))}
    declared = None if found.declared is None else [asdict(change) for change in found.declared]
    if not found.flown:
        return {**sides, "declared": declared, "answers": None}
    assert found.outcome is not None
    answers = {
        "same_flight": found.same_flight,
        "flight": {"a": found.outcome.a, "b": found.outcome.b},
        "events": [_plain(pair, "event", ("epoch_tdb_s", "met_s", "mass_kg")) for pair in found.events],
        "burns": [_plain(pair, "burn", ("ignition_tdb_s", "delta_v_m_s", "propellant_kg")) for pair in found.burns],
        "masses": [_plain(pair, "module", ("propellant_kg", "sample_ug")) for pair in found.masses],
    }
    return {**sides, "declared": declared, "answers": answers}


def _told(side: Side) -> dict[str, Any]:
    return {"path": side.where, "mission": side.name, "flown": side.record is not None}


def _plain(pair: Pair, name: str, keys: Sequence[str]) -> dict[str, Any]:
    return {name: pair.what, "a": pair.a, "b": pair.b, "b_less_a": {key: pair.more(key) for key in keys}}
