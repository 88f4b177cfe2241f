"""docs/news.md is what docs/claims.toml and a flight say now; a verdict can come out either way."""

from __future__ import annotations

import importlib.util
import tomllib
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from pages import CHECKOUT, differences, read

from farside.flight import Flight

CLAIMS = tomllib.loads(read("docs/claims.toml"))["claims"]


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """builders/make_news.py, which wrote the page."""
    spec = importlib.util.spec_from_file_location("make_news", CHECKOUT / "builders" / "make_news.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_is_flown_now(builder: ModuleType, flights: dict[str, Flight]) -> None:
    found = differences(read("docs/news.md"), builder.page(flights["change6"]))
    assert not found, "`python builders/make_news.py` writes docs/news.md anew\n" + "\n".join(found)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_every_claim_says_what_it_needs(builder: ModuleType, claim: dict[str, Any]) -> None:
    assert claim["statement"].endswith(".") and claim["record"] and set(claim["texts"]) <= set(range(5))
    if "flight" in claim:
        assert claim["flight"] in builder.MEASURES and {"claimed", "within"} <= claim.keys()
    else:
        assert claim["verdict"] in builder.VERDICTS and claim["why"]
    assert ("verdict" in claim) is ("why" in claim)


def test_every_measure_is_used(builder: ModuleType) -> None:
    assert set(builder.MEASURES) == {claim["flight"] for claim in CLAIMS if "flight" in claim}


@pytest.mark.parametrize(("minutes", "verdict"), [(29.0, "confirmed"), (23.2, "imprecise"), (45.0, "wrong")])
def test_a_number_decides(builder: ModuleType, minutes: float, verdict: str) -> None:
    claim = next(claim for claim in CLAIMS if claim["id"] == "S2")
    reading = SimpleNamespace(minutes=lambda first, last: minutes)
    assert builder.judged(claim, reading)[0] == verdict
