"""JSON Schemas (draft 2020-12) of the files that a flight leaves behind; they ship with the package."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any


def schema(name: str) -> dict[str, Any]:
    """The schema of `NAME.json`, NAME being one of `schema_names()`; `KeyError` naming those for another."""
    if name not in schema_names():
        raise KeyError(f"no schema for {name!r}; there are {', '.join(schema_names())}")
    text = resources.files("farside").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def schema_names() -> tuple[str, ...]:
    """The files that have a schema, without their ending."""
    folder = resources.files("farside").joinpath("schemas")
    return tuple(sorted(item.name.removesuffix(".schema.json") for item in folder.iterdir() if item.name.endswith(".schema.json")))
