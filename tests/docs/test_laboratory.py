"""The pages of the laboratory say what its verbs say of themselves."""

from __future__ import annotations

import importlib.util

import pytest
from pages import CHECKOUT, read

pytest.importorskip("django", reason="needs the extra lab (Django)")


def test_the_verbs_are_those_of_the_library() -> None:
    spec = importlib.util.spec_from_file_location("make_verbs", CHECKOUT / "builders" / "make_verbs.py")
    assert spec is not None and spec.loader is not None
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    assert read("docs/laboratory_verbs.md") == builder.page(), "`python builders/make_verbs.py` writes docs/laboratory_verbs.md anew"
