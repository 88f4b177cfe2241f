"""The site in this process, asked as programs ask it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ask = Callable[..., "Answer"]


class Answer:
    """A status, headers and the document."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.body: Any = json.loads(response.content)

    def __repr__(self) -> str:
        return f"<{self.status} {self.body}>"


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


@pytest.fixture
def ask() -> Ask:
    """Ask the interface: `ask("get", "samples", by="li")`, `ask("post", "verbs/seal", {...}, by="li", second="wang", key="k")`.

    People are given a token when they first ask; `token` sends one as it is.
    """
    from django.test import Client

    from farside.curation import tokens

    client, given = Client(raise_request_exception=False), dict[str, str]()

    def secret(person: str) -> str:
        if person not in given:
            given[person] = tokens.issue(person)
        return given[person]

    def asked(
        method: str, address: str, body: Any = None, *, by: str | None = None, second: str | None = None, key: str | None = None,
        token: str | None = None,
    ) -> Answer:  # fmt: skip
        headers = {}
        if by or token:
            headers["Authorization"] = f"Bearer {token or secret(str(by))}"
        if second:
            headers["X-Second-Token"] = secret(second)
        if key:
            headers["Idempotency-Key"] = key
        content = {} if body is None else {"data": body if isinstance(body, str) else json.dumps(body), "content_type": "application/json"}
        return Answer(getattr(client, method)(f"/api/{address}", headers=headers, **content))

    return asked
