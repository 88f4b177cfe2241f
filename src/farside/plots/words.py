"""What a picture is to the page: its drawing, and a caption whose numbers are facts of the flight.

A caption is a format text whose fields are the facts: no digit of it is typed. On the page each number is a `<data>` element that
holds all of its digits.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

Fact = float | int | str
ABBREVIATED = {"tli", "tcm", "loi", "tei", "doi", "pdi"}


def title(event: str) -> str:
    """The name of an event as people write it: `return TCM 1`."""
    return " ".join(word.upper() if word in ABBREVIATED else word for word in event.split("_"))


@dataclass(frozen=True)
class Picture:
    """A drawing (an SVG element), its title, and its caption with the facts that fill it."""

    name: str
    title: str
    svg: str = field(repr=False)
    caption: str
    facts: Mapping[str, Fact]

    @property
    def told(self) -> str:
        """The caption as HTML."""
        return told(self.caption, self.facts)

    @property
    def words(self) -> str:
        """The caption as plain text."""
        return html.unescape(re.sub(r"<[^>]+>", "", self.told))


@dataclass(frozen=True)
class Absent:
    """A picture that this flight does not give, and why."""

    name: str
    title: str
    why: str


def told(text: str, facts: Mapping[str, Fact]) -> str:
    """The text with its facts, as HTML: each number in a `<data>` element with its full value; `KeyError` for a fact that is missing."""
    out = []
    for words, name, spec, _ in Formatter().parse(text):
        out.append(html.escape(words, quote=False))
        if name is not None:
            out.append(fact(name, facts[name], spec or ""))
    return "".join(out)


def fact(name: str, value: Fact, spec: str = "") -> str:
    """One fact as HTML: a number in a `<data>` element, words in a `<span>`."""
    if isinstance(value, str):
        return f'<span class="word">{html.escape(value, quote=False)}</span>'
    shown = format(value, spec)
    shown = shown.replace("-", "\N{MINUS SIGN}") if shown.lstrip("-").replace(",", "").replace(".", "").isdigit() else shown
    if float(shown.replace(",", "").replace("\N{MINUS SIGN}", "-").rstrip("%") or 0.0) == 0.0:
        shown = shown.replace("\N{MINUS SIGN}", "")
    return f'<data class="fact" data-name="{name}" value="{value!r}">{shown}</data>'
