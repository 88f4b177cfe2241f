"""docs/python.md and README.md show what is printed, and every public name."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import check_page, read

import farside as fs


@pytest.mark.parametrize("page", ["README.md", "docs/python.md", "docs/start.md"])
def test_what_the_page_shows_is_what_is_printed(page: str, checkout_like: Path) -> None:
    check_page(page, checkout_like)


def test_every_public_name_is_told() -> None:
    for name in fs.__all__:
        assert f"fs.{name}" in read("docs/python.md") or f"`{name}`" in read("docs/python.md") or name in read("docs/python.md"), name
