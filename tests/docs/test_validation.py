"""The figures of docs/validation_tables.md are those of a flight flown now, to the last digit that is written."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from pages import differences, read

from farside.flight import Flight

CHECKOUT = Path(__file__).parents[2]
MISSIONS = ("change6", "change5")


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """builders/make_validation.py, which wrote the tables."""
    spec = importlib.util.spec_from_file_location("make_validation", CHECKOUT / "builders" / "make_validation.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("mission", MISSIONS)
def test_the_tables_are_what_is_flown_now(builder: ModuleType, flights: dict[str, Flight], mission: str) -> None:
    now = builder.mission_text(flights[mission])
    page = read("docs/validation_tables.md")
    written = page[page.index(f"## {mission}: goals met") :]
    found = differences("\n".join(written.splitlines()[: len(now.splitlines())]), now)
    assert not found, "`python builders/make_validation.py` writes docs/validation_tables.md anew\n" + "\n".join(found)


@pytest.mark.parametrize(("heading", "text"), [("Entries alone", "entries_text"), ("Under a canopy", "canopies_text")])
def test_what_is_flown_alone_is_what_is_flown_now(builder: ModuleType, heading: str, text: str) -> None:
    now = getattr(builder, text)()
    page = read("docs/validation_tables.md")
    written = page[page.index(f"## {heading}") :]
    found = differences("\n".join(written.splitlines()[: len(now.splitlines())]), now)
    assert not found, "`python builders/make_validation.py` writes docs/validation_tables.md anew\n" + "\n".join(found)


def test_the_text_quotes_the_tables() -> None:
    """Every figure in bold in docs/validation.md stands in the tables."""
    tables = read("docs/validation_tables.md")
    quoted = re.findall(r"\*\*([^*]*\d[^*]*)\*\*", read("docs/validation.md"))
    assert len(quoted) > 10
    for figure in quoted:
        assert figure in tables, f"docs/validation.md quotes {figure!r}, which docs/validation_tables.md does not have"
