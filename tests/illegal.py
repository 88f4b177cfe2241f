"""How illegal acts are gathered and tried: each is one function, whose name says the act, and is refused in the words given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from forging import last, run

Act = Callable[[], object]


def gathered(acts: list[Any]) -> Callable[[str], Callable[[Act], Act]]:
    """A decorator that puts an act into the list, with a pattern of the words in which it is refused."""

    def refused(words: str) -> Callable[[Act], Act]:
        def add(act: Act) -> Act:
            acts.append(pytest.param(act, words, id=act.__name__))
            return act

        return add

    return refused


def try_it(act: Act, words: str) -> None:
    """The act with a real commit, refused with an integrity error, and nothing of it left."""
    before, rows = last(), counts()
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        act()
    assert last() == before
    assert counts() == rows


def counts() -> list[int]:
    """How many rows there are, table by table, and how much mass."""
    from farside.curation.models import LEDGER

    tables = [model._meta.db_table for model in LEDGER]
    sums = ["(SELECT SUM(mass_ug) FROM curation_sample)", *(f"(SELECT COUNT(*) FROM {table})" for table in tables)]
    return list(run(f"SELECT {', '.join(sums)}")[0])
