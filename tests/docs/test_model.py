"""The numbers of docs/model.md are those of the program."""

from __future__ import annotations

import re

from pages import read

from farside.basis import constants
from farside.dynamics.propagate import TOLERANCE
from farside.environment.gravity import LUNAR_DEGREE

PAGE = read("docs/model.md")


def test_the_numbers_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| `([A-Z]\w+)` \| (\S+) \|", PAGE, re.MULTILINE)
    assert len(rows) > 5
    for name, written in rows:
        assert float(written) == getattr(constants, name), name


def test_tolerance_and_degree() -> None:
    assert f"tolerance {TOLERANCE:g} for what is flown" in PAGE
    assert f"degree and order {LUNAR_DEGREE}" in PAGE


def test_every_abbreviation_in_event_names_is_explained() -> None:
    for word in ("tli", "tcm", "loi", "tei", "isp", "met", "icrf", "moon_me", "moon_pa", "itrf"):
        assert f"| `{word}` |" in PAGE, word
