"""docs/python.md and README.md show what is printed, and every public name."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import check_page, read, same

import farside as fs


@pytest.mark.parametrize("page", ["README.md", "docs/python.md", "docs/start.md"])
def test_what_the_page_shows_is_what_is_printed(page: str, checkout_like: Path) -> None:
    check_page(page, checkout_like)


@pytest.mark.parametrize(
    ("old", "new", "says_the_same"),
    [
        ("landing 11.85 m/s, 4483.1 m aside", "landing  11.85 m/s, 4482.9 m aside", True),
        ("landing 11.85 m/s, 4483.1 m aside", "landing 11.85 m/s, 4481.1 m aside", False),
        ("landing 11.85 m/s", "landing 11.87 m/s", False),
        ("landing 11.85 m/s", "touchdown 11.85 m/s", False),
        ("19:03:46 tei_1", "19:03:48 tei_1", True),
        ("23:59:58 tei_1", "00:00:02 tei_1", True),
        ("19:03:46 tei_1", "19:03:53 tei_1", False),
        ("2024-06-20 19:03:46", "2024-06-22 19:03:46", False),
    ],
)
def test_what_a_page_may_differ_by(old: str, new: str, says_the_same: bool) -> None:
    assert same(old, new) is says_the_same


def test_every_public_name_is_told() -> None:
    for name in fs.__all__:
        assert f"fs.{name}" in read("docs/python.md") or f"`{name}`" in read("docs/python.md") or name in read("docs/python.md"), name
