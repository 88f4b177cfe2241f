"""Plain data: what JSON can hold, numbers with every digit."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """The value as dictionaries, lists, strings, numbers, truth and None.

    Frozen records (dataclasses, named tuples, declarations) become dictionaries of their fields, arrays lists, enumerations their values;
    numbers that are not finite become None. Raises `TypeError` naming what cannot be said in JSON.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, Path):
        return str(value)
    fields = _fields(value)
    if fields is not None:
        return {str(key): plain(item) for key, item in fields.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be written as JSON; records, mappings, sequences, arrays, text and numbers can")


def _fields(value: Any) -> Mapping[Any, Any] | None:
    """The named parts of a record, None for what is none."""
    if isinstance(value, Mapping):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return dict(value._asdict())
    if hasattr(type(value), "model_fields"):
        return {name: getattr(value, name) for name in type(value).model_fields}
    return None


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON in UTF-8, indented, plain lists in one line; floats as their shortest text that reads back to the bit."""
    path.write_text(json_text(plain(value)) + "\n", encoding="utf-8")


def write_text(path: Path, text: str) -> None:
    """Write a text of ASCII letters, as the formats of other tools are."""
    path.write_text(text, encoding="ascii")


def json_text(value: Any, indent: str = "") -> str:
    """The JSON of plain data: each key and each list or record in a list begins a line; a list of numbers and words is one line."""
    inner = indent + " "
    if isinstance(value, dict) and value:
        lines = [f"{inner}{_line(str(key))}: {json_text(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[\n" + ",\n".join(inner + json_text(item, inner) for item in value) + f"\n{indent}]"
    return _line(value)


def _line(value: Any) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)
