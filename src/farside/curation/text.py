"""The text of an event: canonical JSON, its hash, and the epochs in it.

*Model and limits*: the ledger's JSON holds objects, lists, texts, integers up to 2^53 - 1, truths and nulls, and keys of ASCII: no real
numbers, and no character NUL, which PostgreSQL does not keep. For such values orjson with sorted keys writes RFC 8785
(`delivery.canonical` is the reference, and a property test compares them) in a fraction of the time.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson

LARGEST = 2**53 - 1
_WHOLE = re.compile("[0-9]{1,15}")  # `str.isdigit` takes "²", and any number of digits
_SEALED: deque[str] = deque(maxlen=2)  # the last texts that were made here


class TextError(ValueError):
    """A value that has no place in an event; says where it stands."""


def canonical(value: Any) -> str:
    """The one text of a value; `TextError` when it holds real numbers, integers beyond 2^53, keys beyond ASCII or half characters."""
    if not _fits(value):
        _check(value, "")
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError as error:  # nested deeper than it goes
        raise TextError(str(error)) from None


def is_canonical(text: str) -> bool:
    """Whether a text is the canonical one of the value that it tells; one that was just sealed here is not read again."""
    try:
        return text in _SEALED or canonical(orjson.loads(text)) == text
    except (ValueError, RecursionError):  # `_fits` goes as deep as Python does
        return False


def sealed_text(told: Mapping[str, Any]) -> tuple[str, str]:
    """The text of an event, and its hash: SHA-256 of the text in UTF-8, in hexadecimal."""
    text = canonical(told)
    _SEALED.append(text)
    return text, hash_of(text)


def hash_of(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def now_utc() -> str:
    """This moment by the computer's clock: UTC with milliseconds."""
    return utc_text(datetime.now(UTC))


def utc_text(moment: datetime) -> str:
    """A moment as the ledger writes it, like 2024-06-28T01:09:06.479Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day_of(at_utc: str) -> date:
    """The day of a moment, in UTC."""
    return date.fromisoformat(at_utc[:10])


def whole(text: str) -> int | None:
    """The whole number that a text of digits writes; None when it writes none, or more than 15 digits."""
    return int(text) if _WHOLE.fullmatch(text) else None


def mass_text(mass_ug: int) -> str:
    """A mass as people write it, exact to the microgram: 554 g, 12.5 mg, 434 ug."""
    size = abs(mass_ug)
    unit, digits = ("g", 6) if size >= 1_000_000 else ("mg", 3) if size >= 1_000 else ("ug", 0)
    whole, part = divmod(size, 10**digits)
    decimals = f".{part:0{digits}d}".rstrip("0") if part else ""
    return f"{'-' if mass_ug < 0 else ''}{whole:,}{decimals} {unit}"


def _fits(value: Any) -> bool:
    """Whether a value is plainly one that an event may hold; of the others `_check` tells, and says where."""
    kind = type(value)
    if kind is str:
        return value.isascii() and "\0" not in value
    if kind is int:
        return -LARGEST <= value <= LARGEST
    if kind is dict:
        return all(type(key) is str and _fits(key) and _fits(each) for key, each in value.items())
    return value is None or kind is bool or (kind is list and all(map(_fits, value)))


def _check(value: Any, path: str) -> None:
    if isinstance(value, str):
        if not value.isascii() or "\0" in value:
            _whole(value, path)
    elif isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str) or not key.isascii() or "\0" in key:
                raise TextError(f"{path.lstrip('.')}: the key {key!r} is not a text in ASCII")
            _check(each, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for i, each in enumerate(value):
            _check(each, f"{path}[{i}]")
    elif isinstance(value, bool) or value is None:
        pass
    elif not isinstance(value, int):
        raise TextError(f"{path.lstrip('.')}: {value!r} has no place in an event; write real numbers as decimal texts")
    elif abs(value) > LARGEST:
        raise TextError(f"{path.lstrip('.')}: {value} is beyond the largest integer, {LARGEST}")


def _whole(value: str, path: str) -> None:
    if "\0" in value:
        raise TextError(f"{path.lstrip('.')}: {value!r} has the character NUL, which databases do not keep")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise TextError(f"{path.lstrip('.')}: half a character in {value!r}") from None


def _sha256(text: Any) -> str | None:
    return hash_of(text) if isinstance(text, str) else None


def _is_canonical(text: Any) -> bool:
    return isinstance(text, str) and is_canonical(text)


SHA256, IS_CANONICAL = "farside_sha256", "farside_is_canonical"
SQLITE_FUNCTIONS = {SHA256: _sha256, IS_CANONICAL: _is_canonical}
"""What SQLite cannot do by itself: the functions of our connections that the rules call."""
