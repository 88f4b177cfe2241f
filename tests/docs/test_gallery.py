"""docs/gallery.md and its pictures are what the examples make now; the pictures of docs/model.md are of a flight as it is flown now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gallery import PICTURES, SHOWN, differently_drawn, explained, made, parts, picture_of_flight, section, section_of_page
from pages import differences, read

from farside.flight import Flight
from farside.plots.report import PICTURES as DRAWN
from farside.plots.story import Story
from farside.plots.words import Picture

RENEW = "`python builders/make_gallery.py` writes page and pictures anew"
MODEL = explained(read("docs/model.md"))


@pytest.mark.parametrize("example", [one if one == "skip_or_direct" else pytest.param(one, marks=pytest.mark.slow) for one in SHOWN])
def test_a_part_of_the_page_is_what_its_example_says(example: str) -> None:
    found = [*differences(section_of_page(example), section(example)), *differently_drawn(example, made(example).svg)]
    assert not found, RENEW + "\n" + "\n".join(found)


def test_the_page_has_every_example_that_draws() -> None:
    examples = Path(__file__).parents[2] / "examples"
    assert {one.stem for one in examples.glob("*.py") if "write_picture" in one.read_text(encoding="utf-8")} == set(SHOWN)
    assert re.findall(r"^## (.*)$", read("docs/gallery.md"), re.MULTILINE) == list(SHOWN.values())


@pytest.mark.parametrize("name", MODEL)
def test_a_picture_of_the_model_is_of_the_flight(name: str, flights: dict[str, Flight]) -> None:
    story = Story(flights["change6"])
    picture = next(one for draw in DRAWN if (one := draw(story)).name == name)
    assert isinstance(picture, Picture)
    svg, lines = picture_of_flight(picture)
    found = [*differences(MODEL[name], lines), *differently_drawn(name, svg)]
    assert not found, RENEW + "\n" + "\n".join(found)


def test_pictures_are_small_and_each_is_shown() -> None:
    kept = {file.stem: file.stat().st_size for file in PICTURES.glob("*.svg")}
    assert set(kept) == {*SHOWN, *MODEL}
    assert max(kept.values()) < 100e3  # bytes: a page of them loads at once


def test_a_line_that_moved_is_seen(tmp_path: Path) -> None:
    kept = (PICTURES / "skip_or_direct.svg").read_text(encoding="utf-8")
    assert differently_drawn("skip_or_direct", kept) == []
    moved = re.sub(r'd="M ([\d.]+) ', lambda found: f'd="M {float(found[1]) - 40.0:.1f} ', kept, count=30)
    assert differently_drawn("skip_or_direct", moved)
    assert differently_drawn("skip_or_direct", kept.replace("Highest load, g", "Highest load, m"))
    assert len(parts(kept).words) > 10 and len(parts(kept).boxes) > 9
