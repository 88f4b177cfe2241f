"""Pictures of the documents: run the examples that make them, draw those of a flight, compare; `builders/make_gallery.py` writes them anew.

A picture is the same when it says the same words and each of its lines covers the same ground, to a unit of its 353; a number that is
written in a caption may differ by one unit of its last digit.
"""

from __future__ import annotations

import functools
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from pages import CHECKOUT, differences, read

if TYPE_CHECKING:
    from farside.plots.words import Picture

PAGE, PICTURES = "docs/gallery.md", CHECKOUT / "docs" / "pictures"
SHOWN = {
    "move_the_site": "Move the site along the far side",
    "how_long_to_stay": "What 49 hours cost",
    "weaker_engine": "One engine weaker",
    "skip_or_direct": "Skip against direct entry",
    "five_and_six": "Chang'e-5 against Chang'e-6",
}
"""The examples that make a picture, and what its part of the page is called."""
HEAD = """# Gallery

Five questions, each put by a script of some hundred lines that changes the mission file, plans or flies it, and says what comes out.
Pictures and paragraphs are as the scripts make them: `python builders/make_gallery.py` writes this page, a test runs the scripts again and
compares.
"""
UNIT = 1.0  # of a picture's width of 353


class Made(NamedTuple):
    """What an example printed, and the picture that it drew."""

    printed: str
    svg: str

    @property
    def paragraph(self) -> str:
        """What it says in words, after its table."""
        return self.printed.rstrip().rsplit("\n\n", 1)[1]


@functools.cache
def made(example: str) -> Made:
    """An example as it is run without arguments but for its picture."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "picture.svg"
        command = [sys.executable, str(CHECKOUT / "examples" / f"{example}.py"), "--picture", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr
        return Made(done.stdout, file.read_text(encoding="utf-8"))


def section(example: str) -> str:
    """The part of the page on one example."""
    title, name = SHOWN[example], f"{example}.py"
    return (
        f"## {title}\n\n![{title}](pictures/{example}.svg)\n\n{made(example).paragraph}\n\n"
        f"[examples/{name}](../examples/{name}), `python examples/{name} --picture FILE.svg`.\n"
    )


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *map(section, SHOWN)])


def section_of_page(example: str) -> str:
    """The same as it is written."""
    parts_of_page = re.split(r"(?=^## )", read(PAGE), flags=re.MULTILINE)
    return next(part for part in parts_of_page if part.startswith(f"## {SHOWN[example]}\n")).rstrip() + "\n"


def picture_of_flight(picture: Picture) -> tuple[str, str]:
    """A picture of a report as a file of its own, and as the lines of a page: the drawing, and its caption."""
    from farside.plots.drawing import alone

    shown = f"![{picture.title}](pictures/{picture.name}.svg)"
    caption = picture.caption.format(**picture.facts)
    return alone(picture.svg, picture.title), f"{shown}\n\n*{picture.title}, Chang'e-6. {caption}*\n"


def explained(text: str) -> dict[str, str]:
    """The pictures of a flight that a page shows: name -> what stands between its marks."""
    return dict(re.findall(r"<!-- picture ([\w-]+) -->\n(.*?)<!-- end -->", text, re.DOTALL))


def differently_drawn(name: str, now: str) -> list[str]:
    """In what a picture differs from the one that is kept."""
    file = PICTURES / f"{name}.svg"
    if not file.exists():
        return [f"docs/pictures/{name}.svg is not there"]
    old, new = (parts(text) for text in (file.read_text(encoding="utf-8"), now))
    found = differences("\n".join(old.words), "\n".join(new.words))
    if len(old.boxes) != len(new.boxes):
        return [*found, f"{name}: {len(old.boxes)} lines are kept, now there are {len(new.boxes)}"]
    for a, b in zip(old.boxes, new.boxes, strict=True):
        if max(abs(x - y) for x, y in zip(a, b, strict=True)) > UNIT:
            found.append(f"{name}: a line went from {a} to {b}")
    return found


class Parts(NamedTuple):
    """The words of a picture, and the box (left, top, right, bottom) of each of its lines."""

    words: list[str]
    boxes: list[tuple[float, ...]]


def parts(svg: str) -> Parts:
    """What a picture consists of."""
    root, words, boxes = ElementTree.fromstring(svg), [], []
    for one in root.iter():
        kind = one.tag.rpartition("}")[2]
        if kind == "text":
            words.append("".join(one.itertext()))
        elif kind == "path":
            numbers = [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", one.attrib["d"])]
            across, along = numbers[0::2], numbers[1::2]
            boxes.append((min(across), min(along), max(across), max(along)))
    return Parts(words, boxes)
