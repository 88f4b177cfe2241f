"""Which tests of the site run on which database."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def on_both() -> None:
    """A test of the site that runs on PostgreSQL as well; what the others ask is the same for the site on either."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the site's tests on PostgreSQL, but for those that say `on_both`: to drop its databases takes seconds."""
    left = [item for item in items if Path(__file__).parent in item.path.parents and _only_on_postgresql(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _only_on_postgresql(item: pytest.Item) -> bool:
    given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return given.get("store") == "postgresql" and "on_both" not in item.fixturenames  # type: ignore[attr-defined]
