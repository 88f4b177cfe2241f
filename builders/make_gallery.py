"""Run the examples that draw, fly Chang'e-6, and write docs/gallery.md and the pictures in docs/pictures, with those of docs/model.md.

    python builders/make_gallery.py

`tests/docs/test_gallery.py` runs them again and compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

import farside as fs
from farside.plots.report import PICTURES as DRAWN
from farside.plots.story import Story
from farside.plots.words import Picture

HERE = Path(__file__).parents[1]
sys.path.insert(0, str(HERE / "tests" / "docs"))

import gallery  # noqa: E402

MODEL = HERE / "docs" / "model.md"


def written(file: Path, text: str) -> None:
    """Write a file, and say whether it is another one now."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(text, encoding="utf-8")
    print(f"{file.relative_to(HERE)}: {'as it was' if before == text else 'written anew'}", flush=True)


def explain() -> None:
    """The pictures of docs/model.md."""
    mission = fs.load(str(HERE / "missions" / "change6.toml"))
    story = Story(fs.fly(mission, fs.plan(mission)))
    found = {picture.name: picture for draw in DRAWN if isinstance(picture := draw(story), Picture)}
    text = MODEL.read_text(encoding="utf-8")
    for name, before in gallery.explained(text).items():
        svg, lines = gallery.picture_of_flight(found[name])
        written(gallery.PICTURES / f"{name}.svg", svg)
        text = text.replace(f"<!-- picture {name} -->\n{before}<!-- end -->", f"<!-- picture {name} -->\n{lines}<!-- end -->")
    written(MODEL, text)


def main() -> None:
    gallery.PICTURES.mkdir(exist_ok=True)
    explain()
    for example in gallery.SHOWN:
        written(gallery.PICTURES / f"{example}.svg", gallery.made(example).svg)
    written(HERE / gallery.PAGE, gallery.page())


if __name__ == "__main__":
    main()
