"""docs/words.md explains what a newcomer meets: every abbreviation of the report, every column of the timeline, every frame of a file."""

from __future__ import annotations

import re

import pytest
from pages import read

from farside.plots.words import ABBREVIATED
from farside.products.timeline import HEAD

PAGE = read("docs/words.md")


def explained(word: str) -> bool:
    """Whether a row of a table begins with the word, alone or among others."""
    return re.search(rf"^\| (?:[^|]*[ `(])?{re.escape(word)}(?:_1)?[`), ][^|]*\| \S", PAGE, re.MULTILINE) is not None


@pytest.mark.parametrize("word", [*sorted(ABBREVIATED), *HEAD, "ICRF", "TDB", "moon_me", "perilune", "apolune", "node", "B-plane"])
def test_it_is_explained(word: str) -> None:
    assert explained(word)


def test_a_word_that_is_not_there_is_not_found() -> None:
    assert not explained("syzygy")
    assert not explained("clock")  # within an explanation only
