"""The hand-over document: what is in the sealed container, where each gram came from, and who has had it.

The simulator writes it, the laboratory's library reads it, and neither needs the other: this module stands on the standard library
alone. Masses are whole micrograms, depths whole millimetres, times UTC; the document says its own sum and its own digest, and a reader
checks both.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

FORMAT = "farside-delivery"
VERSION = 2
VERSIONS = (1, 2)  # that are read; the first has no `transport`
PARTIAL = ".partial"

TOOLS = ("drill", "scoop")
SEALS = ("sealed", "leaking", "broken", "unsealed")  # unsealed: never closed
LARGEST_INTEGER = 2**53 - 1  # what every reader of JSON keeps exact, RFC 8785


@dataclass(frozen=True, slots=True)
class Portion:
    """What one tool took from one place: whole micrograms, depths in whole millimetres, when, and the name of the site."""

    id: str
    tool: str
    mass_ug: int
    depth_top_mm: int
    depth_bottom_mm: int
    collected_utc: str
    site: str


@dataclass(frozen=True, slots=True)
class Container:
    """The container as it is handed over; `opened` is always false then. One that was never closed (`seal` is unsealed) has neither
    rate nor epoch of sealing."""

    id: str
    capacity_ug: int
    seal: str
    leak_rate_pa_m3_s: float | None
    sealed_utc: str | None
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Custody:
    """Who has the container from an epoch on, until the next one in the list."""

    holder: str
    since_utc: str
    where: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way to the laboratory: who had the container, where it was brought (or left), when, how warm it was [K], and the
    greatest shock [g]."""

    by: str
    to: str
    since_utc: str
    until_utc: str
    temperature_least_k: float
    temperature_most_k: float
    shock_g: float


@dataclass(frozen=True, slots=True)
class Transport:
    """The way to the laboratory, stage by stage, and the limits within which the container was to be kept."""

    temperature_min_k: float
    temperature_max_k: float
    shock_limit_g: float
    stages: tuple[Stage, ...]

    @property
    def within_limits(self) -> bool:
        """Whether every stage kept to them."""
        warm = all(self.temperature_min_k <= s.temperature_least_k and s.temperature_most_k <= self.temperature_max_k for s in self.stages)
        return warm and all(s.shock_g <= self.shock_limit_g for s in self.stages)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The whole document. `flight_digest` is the SHA-256 of what was flown; `predicted` says that no balance has weighed it yet;
    `transport` is None for a container that was not brought to a laboratory."""

    mission: str
    flight_digest: str
    container: Container
    custody: tuple[Custody, ...]
    portions: tuple[Portion, ...]
    predicted: bool = True
    transport: Transport | None = None

    @property
    def mass_ug(self) -> int:
        """The mass of the sample in whole micrograms."""
        return sum(portion.mass_ug for portion in self.portions)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document: the path of the key, what stands there (may be empty), why not and what would work."""

    path: str
    value: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}{f' = {self.value}' if self.value else ''}: {self.message}" if self.path else self.message


class DeliveryError(ValueError):
    """A document that is no delivery, with every problem found in it."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        super().__init__(file, tuple(problems))
        self.file, self.problems = file, tuple(problems)

    def __str__(self) -> str:
        return "\n".join(f"{self.file}: {problem}" for problem in self.problems)


def compose(
    mission: str,
    flight_digest: str,
    container: Mapping[str, Any],
    portions: Sequence[Mapping[str, Any]],
    custody: Sequence[Mapping[str, Any]],
    predicted: bool = True,
    transport: Mapping[str, Any] | None = None,
) -> Delivery:
    """A delivery from plain mappings whose keys are those of the document; `DeliveryError` with every problem in them."""
    parts = {
        "container": dict(container),
        "custody": [dict(c) for c in custody],
        "portions": [dict(p) for p in portions],
        "mass_ug": sum(p["mass_ug"] for p in portions if _is_integer(p.get("mass_ug"))),
        "transport": None if transport is None else {**transport, "stages": [dict(stage) for stage in transport["stages"]]},
    }
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION, "mission": mission, "flight_digest": flight_digest}
    document |= {"predicted": predicted, **parts}
    problems = check(document)
    if problems:
        raise DeliveryError("delivery", problems)
    return _delivery(document)


def document_of(delivery: Delivery) -> dict[str, Any]:
    """The document as JSON holds it, with its sum and its digest."""
    body = {"format": FORMAT, "version": VERSION, **asdict(delivery), "mass_ug": delivery.mass_ug}
    plain: dict[str, Any] = json.loads(json.dumps(body))  # tuples become lists
    return {**plain, "digest": digest(plain)}


def text_of(delivery: Delivery) -> str:
    """The document as the text of a file; `DeliveryError` when it would not be one."""
    document = document_of(delivery)
    problems = check(document)
    if problems:
        raise DeliveryError("delivery", problems)
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def from_text(text: str, file: str = "delivery") -> Delivery:
    """The delivery that a JSON text holds; `file` is what messages call it; `DeliveryError` with every problem of the text."""
    try:
        document = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise DeliveryError(file, [Problem("", "", f"not JSON: {error}")]) from None
    except RecursionError:
        raise DeliveryError(file, [Problem("", "", "not a delivery: it is nested without end")]) from None
    except ValueError as error:
        raise DeliveryError(file, [Problem("", "", str(error))]) from None
    problems = check(document)
    if not problems and "digest" not in document:
        problems = (Problem("digest", "", "required, and missing"),)
    if problems:
        raise DeliveryError(file, problems)
    return _delivery(document)


def read(path: str | os.PathLike[str]) -> Delivery:
    """The delivery in a file; `DeliveryError` that says why it is none, also when the file cannot be read."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        why = "no such file; a flight that brings a sample home writes delivery.json"
    except UnicodeDecodeError as error:
        why = f"not a text in UTF-8 (byte {error.start}); JSON files are"
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    else:
        return from_text(text, str(path))
    raise DeliveryError(str(path), [Problem("", "", why)])


def write(path: str | os.PathLike[str], delivery: Delivery) -> Path:
    """Write the document: whole, or not at all, whenever the writer is killed.

    Raises `DeliveryError` when it would not be one, `OSError` when it cannot be written; then nothing has changed.
    *Model and limits*: written and synced under a hidden locked name in the same folder, then renamed (`os.replace` is atomic); hidden
    files of killed writers are taken away by the next one.
    """
    target, text = Path(path).resolve(), text_of(delivery)
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    handle, hidden = _hidden(target)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(hidden, 0o666 & ~_umask())
            os.replace(hidden, target)
    except BaseException:
        Path(hidden).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return target


def check(document: Any) -> tuple[Problem, ...]:
    """Every problem of a document (the content of a JSON file), in the order of its parts; none for a delivery.

    The digest may be left out (a document in the making has none yet); when it is there it must be right.
    """
    if not isinstance(document, dict):
        return (Problem("", "", f"a delivery is an object with the keys {', '.join(_DOCUMENT)}, not {_shown(document)}"),)
    first = _is_integer(document.get("version")) and document["version"] == 1
    told = {key: wrong for key, wrong in _DOCUMENT.items() if not (first and key == "transport")}
    problems = [*_fields(document, "", told, {"digest"})]
    problems += _parts(document, "container", _CONTAINER, dict)
    problems += _parts(document, "custody", _CUSTODY, list)
    problems += _parts(document, "portions", _PORTION, list)
    if isinstance(document.get("transport"), dict) and not first:
        problems += _parts(document, "transport", _TRANSPORT, dict)
        problems += _parts(document["transport"], "stages", _STAGE, list, "transport.")
    return tuple(problems or [*_across(document)])


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the canonical text of a document without its own digest."""
    return hashlib.sha256(canonical({key: value for key, value in document.items() if key != "digest"})).hexdigest()


def canonical(value: Any) -> bytes:
    """The one text of a JSON value, whatever order and layout it was written in: RFC 8785 (JSON Canonicalization Scheme), in UTF-8.

    Raises `ValueError` for what has none: numbers that are not finite or integers beyond 2^53, keys that are no texts, half characters.
    """
    return _canonical(value).encode("utf-8")


def _canonical(value: Any) -> str:
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_canonical(item) for item in value) + "]"
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_canonical(key)}:{_canonical(value[key])}" for key in keys) + "}"
    raise ValueError(f"{_shown(value)} has no canonical text; JSON values with texts as keys have one")


def _number(value: float) -> str:
    """A number as ECMAScript writes it: the shortest digits that read back, an exponent below 1e-6 and from 1e21 on."""
    if (isinstance(value, int) and abs(value) > LARGEST_INTEGER) or not math.isfinite(value):
        raise ValueError(f"{value} has no canonical text; finite numbers have one, integers up to {LARGEST_INTEGER}")
    sign, digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)  # the value is 0.text times ten to the point
    if text == "0":
        return "0"
    if 0 < point <= 21:
        body = text.ljust(point, "0") if len(text) <= point else f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        body = "0." + "0" * -point + text
    else:
        body = f"{text[0]}{'.' if len(text) > 1 else ''}{text[1:]}e{point - 1:+d}"
    return "-" * sign + body


# What each key may hold: a check that says what would work, or nothing.


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _name(value: Any) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", value)
    return None if fits else 'must be a name of letters, digits, "_", "." and "-", a letter or digit first, like "drill-001"'


def _words(value: Any) -> str | None:
    fits = isinstance(value, str) and value.strip() and len(value) <= 400 and value.isprintable()
    return None if fits else "must be a text in one line, not empty and of at most 400 characters"


def _hexadecimal(value: Any) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value)
    return None if fits else "must be a SHA-256: 64 of the digits 0-9 and a-f"


def _mass(value: Any) -> str | None:
    fits = _is_integer(value) and 1 <= value <= LARGEST_INTEGER
    return None if fits else "must be a whole number of micrograms, 1 or more, without a decimal point"


def _sum(value: Any) -> str | None:
    fits = _is_integer(value) and 0 <= value <= LARGEST_INTEGER
    return None if fits else "must be a whole number of micrograms, without a decimal point"


def _depth(value: Any) -> str | None:
    fits = _is_integer(value) and 0 <= value <= 1_000_000
    return None if fits else "must be a whole number of millimetres below the surface, 0 or more, without a decimal point"


def _rate(value: Any) -> str | None:
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and 0.0 <= value <= 1e12
    return None if fits else "must be a number of Pa m3/s, 0 or more"


def _kelvin(value: Any) -> str | None:
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and 0.0 < value <= 1e4
    return None if fits else "must be a temperature in kelvin, above 0"


def _load(value: Any) -> str | None:
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and 0.0 <= value <= 1e6
    return None if fits else "must be a load in g, 0 or more"


def _truth(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _unopened(value: Any) -> str | None:
    return None if value is False else "must be false: a container is handed over unopened"


def _utc(value: Any) -> str | None:
    fits = isinstance(value, str) and _instant(value)
    return None if fits else "must be UTC like 2024-06-02T04:10:00.000Z"


def _or_null(wrong: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
    """The same check, for a key that may hold nothing."""
    return lambda value: None if value is None else wrong(value)


def _format(value: Any) -> str | None:
    return None if value == FORMAT else f'must be "{FORMAT}"'


def _version(value: Any) -> str | None:
    known = _is_integer(value) and value in VERSIONS
    return None if known else f"must be {' or '.join(map(str, VERSIONS))}, the versions this farside reads; a newer one may read it"


def _list(value: Any) -> str | None:
    return None if isinstance(value, list) else "must be a list"


def _object(value: Any) -> str | None:
    return None if isinstance(value, dict) else "must be an object"


def _tool(value: Any) -> str | None:
    return None if isinstance(value, str) and value in TOOLS else f"must be one of {', '.join(TOOLS)}"


def _seal(value: Any) -> str | None:
    return None if isinstance(value, str) and value in SEALS else f"must be one of {', '.join(SEALS)}"


_DOCUMENT = {
    "format": _format,
    "version": _version,
    "mission": _name,
    "flight_digest": _hexadecimal,
    "predicted": _truth,
    "container": _object,
    "custody": _list,
    "portions": _list,
    "mass_ug": _sum,
    "transport": _or_null(_object),
    "digest": _hexadecimal,
}
_CONTAINER = {
    "id": _name,
    "capacity_ug": _mass,
    "seal": _seal,
    "leak_rate_pa_m3_s": _or_null(_rate),
    "sealed_utc": _or_null(_utc),
    "opened": _unopened,
}
_CUSTODY = {"holder": _words, "since_utc": _utc, "where": _words}
_PORTION = {
    "id": _name,
    "tool": _tool,
    "mass_ug": _mass,
    "depth_top_mm": _depth,
    "depth_bottom_mm": _depth,
    "collected_utc": _utc,
    "site": _name,
}
_TRANSPORT = {"temperature_min_k": _kelvin, "temperature_max_k": _kelvin, "shock_limit_g": _load, "stages": _list}
_STAGE = {
    "by": _words,
    "to": _name,
    "since_utc": _utc,
    "until_utc": _utc,
    "temperature_least_k": _kelvin,
    "temperature_most_k": _kelvin,
    "shock_g": _load,
}


def _parts(document: dict[str, Any], key: str, fields: Mapping[str, Any], kind: type, inside: str = "") -> Iterator[Problem]:
    """The problems within one part of a document (or of what stands `inside` it): an object, or a list of them."""
    part, name = document.get(key), inside + key
    if not isinstance(part, kind):
        return  # said already
    for path, item in ((f"{name}[{i}]", item) for i, item in enumerate(part)) if isinstance(part, list) else ((name, part),):
        if isinstance(item, dict):
            yield from _fields(item, path, fields)
        else:
            yield Problem(path, _shown(item), f"must be an object with the keys {', '.join(fields)}")


def _fields(
    table: dict[str, Any], path: str, fields: Mapping[str, Any], optional: set[str] | frozenset[str] = frozenset()
) -> Iterator[Problem]:
    """The problems of one object key by key: missing, unknown, or holding what it may not."""
    inside = f"{path}." if path else ""
    for key, wrong in fields.items():
        if key in table:
            why = wrong(table[key])
            if why:
                yield Problem(inside + key, _shown(table[key]), why)
        elif key not in optional:
            yield Problem(inside + key, "", "required, and missing")
    for key in table:
        if key not in fields:
            yield Problem(inside + str(key), "", f"no such key here; allowed: {', '.join(fields)}")


def _across(document: dict[str, Any]) -> Iterator[Problem]:
    """What no key can know alone: the sum, the room, names, depths, the order of epochs, the digest."""
    container, portions, custody = document["container"], document["portions"], document["custody"]
    total = sum(portion["mass_ug"] for portion in portions)
    if document["mass_ug"] != total:
        yield Problem("mass_ug", str(document["mass_ug"]), f"the portions sum to {total} ug")
    if total > container["capacity_ug"]:
        yield Problem("container.capacity_ug", str(container["capacity_ug"]), f"the portions are {total} ug, more than it holds")
    for key, wrong in (("leak_rate_pa_m3_s", _rate), ("sealed_utc", _utc)):
        never = container["seal"] == "unsealed"
        why = wrong(container[key]) if not never else None if container[key] is None else "must be null: the container was never sealed"
        if why:
            yield Problem(f"container.{key}", _shown(container[key]), why)
    yield from _portions_across(portions, container["sealed_utc"])
    since = [_instant(each["since_utc"]) for each in custody]
    for i in range(1, len(custody)):
        if since[i] < since[i - 1]:
            yield Problem(f"custody[{i}].since_utc", custody[i]["since_utc"], f"is before the one above it, {custody[i - 1]['since_utc']}")
    yield from _transport_across(document.get("transport"))
    if "digest" in document and document["digest"] != digest(document):
        yield Problem("digest", document["digest"][:12] + "...", "is not that of this document: it was changed after it was written")


def _transport_across(transport: dict[str, Any] | None) -> Iterator[Problem]:
    """Stages that end before they begin or begin before the one above ends, and temperatures upside down."""
    if transport is None:
        return
    if transport["temperature_max_k"] <= transport["temperature_min_k"]:
        least = f"must be above temperature_min_k, {transport['temperature_min_k']} K"
        yield Problem("transport.temperature_max_k", _shown(transport["temperature_max_k"]), least)
    before: tuple[int, ...] = ()
    for i, stage in enumerate(transport["stages"]):
        path, since, until = f"transport.stages[{i}]", _instant(stage["since_utc"]), _instant(stage["until_utc"])
        if since < before:
            yield Problem(f"{path}.since_utc", stage["since_utc"], "is before the stage above it ends")
        if until < since:
            yield Problem(f"{path}.until_utc", stage["until_utc"], f"is before the stage begins, {stage['since_utc']}")
        if stage["temperature_most_k"] < stage["temperature_least_k"]:
            least = f"must not be below temperature_least_k, {stage['temperature_least_k']} K"
            yield Problem(f"{path}.temperature_most_k", _shown(stage["temperature_most_k"]), least)
        before = until


def _portions_across(portions: list[dict[str, Any]], sealed_utc: str | None) -> Iterator[Problem]:
    """Portions with one name, upside down, or collected into a sealed container."""
    first: dict[str, int] = {}
    for i, portion in enumerate(portions):
        if first.setdefault(portion["id"], i) != i:
            yield Problem(f"portions[{i}].id", portion["id"], f"portions[{first[portion['id']]}] has this name; each needs its own")
        if portion["depth_top_mm"] >= portion["depth_bottom_mm"]:
            yield Problem(f"portions[{i}].depth_bottom_mm", str(portion["depth_bottom_mm"]), f"must be below {portion['depth_top_mm']} mm")
        if sealed_utc is not None and _instant(portion["collected_utc"]) > _instant(sealed_utc):
            yield Problem(f"portions[{i}].collected_utc", portion["collected_utc"], f"is after the container was sealed, {sealed_utc}")


_UTC = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _instant(text: str) -> tuple[int, ...]:
    """An epoch as numbers that compare as the epochs do (the last is nanoseconds); empty when it is none.

    *Model and limits*: 23:59:60 is let through on any day, since a table of leap seconds is not of the standard library.
    """
    found = _UTC.fullmatch(text)
    if found is None:
        return ()
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= (28 if month == 2 and not leap_year else _MONTH_DAYS[month - 1]) or year < 1972:
        return ()
    if hour > 23 or minute > 59 or second > (60 if (hour, minute) == (23, 59) else 59):
        return ()
    return year, month, day, hour, minute, second, int((found[7] or "").ljust(9, "0"))


def _delivery(document: Mapping[str, Any]) -> Delivery:
    """The typed delivery of a document without problems."""
    container = dict(document["container"])
    if container["leak_rate_pa_m3_s"] is not None:
        container["leak_rate_pa_m3_s"] = float(container["leak_rate_pa_m3_s"])
    return Delivery(
        document["mission"],
        document["flight_digest"],
        Container(**container),
        tuple(Custody(**each) for each in document["custody"]),
        tuple(Portion(**each) for each in document["portions"]),
        document["predicted"],
        _transport(document.get("transport")),
    )


def _transport(told: Mapping[str, Any] | None) -> Transport | None:
    """The typed way to the laboratory; numbers as floats, however they were written."""
    if told is None:
        return None
    stages = []
    for stage in told["stages"]:
        numbers = {key: float(stage[key]) for key in ("temperature_least_k", "temperature_most_k", "shock_g")}
        stages.append(Stage(**{**stage, **numbers}))
    least, most, shock = (float(told[key]) for key in ("temperature_min_k", "temperature_max_k", "shock_limit_g"))
    return Transport(least, most, shock, tuple(stages))


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; a `ValueError` when a key stands in it twice."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"the key {key!r} stands twice in one object; once would do")
        table[key] = value
    return table


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number of JSON")


def _shown(value: Any) -> str:
    """What stands there, short enough for one line."""
    text = json.dumps(value) if isinstance(value, (str, bool, int, float, type(None))) else type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."


def _hidden(target: Path) -> tuple[int, str]:
    """A fresh hidden file beside the target, open for writing and locked while its writer lives."""
    while True:
        handle, hidden = tempfile.mkstemp(prefix=f".{target.name}.", suffix=PARTIAL, dir=target.parent)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle, hidden
        os.close(handle)  # another writer swept it away before it was locked


def _sweep(target: Path) -> None:
    """Take away the hidden files of killed writers of this target; one whose writer lives is left alone."""
    for hidden in target.parent.iterdir():
        if not (hidden.name.startswith(f".{target.name}.") and hidden.name.endswith(PARTIAL)):
            continue
        try:
            handle = os.open(hidden, os.O_RDWR)
        except OSError:
            continue  # gone by now, or someone else's
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            hidden.unlink(missing_ok=True)
        except BlockingIOError:
            pass  # its writer is at work
        finally:
            os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Ask the disk to hold the new name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """The permissions this process withholds from new files (they can only be read by setting them)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
