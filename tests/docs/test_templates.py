"""The templates of `farside new` are the missions that come with farside, with what docs/mission_file.md says of each key."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
from pages import CHECKOUT


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """builders/make_templates.py, which wrote them."""
    spec = importlib.util.spec_from_file_location("make_templates", CHECKOUT / "builders" / "make_templates.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["sample_return", "landing", "entry"])
def test_the_template_is_the_mission_with_comments(builder: ModuleType, name: str) -> None:
    written = (builder.OUT / f"{name}.toml").read_text(encoding="utf-8")
    assert written == builder.template(name), "`python builders/make_templates.py` writes the templates anew"
