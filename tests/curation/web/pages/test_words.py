"""Chinese says everything that English says, and numbers and days are in the reader's form."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

BUILDER = runpy.run_path(str(Path(__file__).parents[4] / "builders" / "make_messages.py"))


def test_every_word_is_translated_and_none_is_left_over() -> None:
    kept, today = BUILDER["catalogue"](), {word if isinstance(word, str) else word[0] for word in BUILDER["words"]()}
    told = {message.id if isinstance(message.id, str) else message.id[0] for message in kept if message.id}
    assert told == today, "run builders/make_messages.py"
    assert not BUILDER["missing"](kept)
    assert BUILDER["PO"].with_suffix(".mo").read_bytes() == BUILDER["compiled"](kept), "run builders/make_messages.py"


@pytest.mark.parametrize(
    ("mass_ug", "shown"),
    [(0, "0 µg"), (999, "999 µg"), (12_500, "12.5 mg"), (1_535_249_434, "1 535.249434 g"), (-2_000_000, "−2 g"), (1_000_001, "1.000001 g")],
)
def test_a_mass_is_shown_to_the_microgram_in_the_unit_that_suits_it(mass_ug: int, shown: str) -> None:
    from farside.web.templatetags.lab import mass

    assert mass(mass_ug) == shown.replace(" ", "\u202f")


def test_every_verb_and_every_argument_has_a_label() -> None:
    """What a curator reads is never the name of a column."""
    from pydantic import BaseModel

    from farside.curation.verbs import VERBS
    from farside.web import words
    from farside.web.asking import _bare

    assert not VERBS.keys() - words.VERBS.keys()
    named: set[str] = set()

    def gather(model: type[BaseModel]) -> None:
        for name, info in model.model_fields.items():
            named.add(name)
            inner = _bare(info.annotation)
            inner = _bare(inner.__args__[0]) if getattr(inner, "__origin__", None) in (list, tuple) else inner
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                gather(inner)

    for verb in VERBS.values():
        gather(verb.arguments)
    assert not named - words.QUESTIONS.keys()
