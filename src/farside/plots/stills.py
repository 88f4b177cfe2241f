"""Pictures of a flight as files of their own, on white: PNG for a page or a mail, SVG for print.

    write_stills(flight, ["descent"], Path("pictures"))
"""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from farside.plots.drawing import onlooker
from farside.plots.look import value
from farside.plots.report import PICTURES, uncollected
from farside.plots.story import Story
from farside.plots.words import Absent, Picture
from farside.products.whole import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from farside.flight import Flight

KINDS = ("png", "svg")
DOTS_PER_INCH = 300  # a picture is 1470 wide
DRAWERS: dict[str, Callable[[Story], Picture | Absent]] = {sys.modules[draw.__module__].NAME: draw for draw in PICTURES}
"""The pictures of a report by their names, which are their anchors on the page."""


class Still(NamedTuple):
    """A picture as a file; without one when the flight does not give it."""

    picture: Picture | Absent
    file: Path | None


def write_stills(flight: Flight, names: Sequence[str], folder: Path, kind: str = "png") -> list[Still]:
    """Write pictures of a flight into a folder, made if need be: `NAME.png` or `NAME.svg`, whole or not at all.

    `names`: of `DRAWERS`. What the flight does not give comes back without a file, and says why. Raises `KeyError` for a name that is
    none, `OSError` when the folder cannot be written.
    """
    story = Story(flight)
    with uncollected():
        drawn = [_drawn(story, name, kind) for name in names]
    contents = {f"{picture.name}.{kind}": content for picture, content in drawn if content is not None}
    files = write_whole(folder, {name: functools.partial(_write, content=content) for name, content in contents.items()})
    return [Still(picture, files.get(f"{picture.name}.{kind}")) for picture, _ in drawn]


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _drawn(story: Story, name: str, kind: str) -> tuple[Picture | Absent, bytes | None]:
    """A picture and its file's content."""
    kept: list[bytes] = []
    with _shown_to(lambda figure: kept.append(_content(figure, kind))):
        picture = DRAWERS[name](story)
    return picture, kept[-1] if isinstance(picture, Picture) else None


@contextmanager
def _shown_to(onlooking: Callable[[Figure], None]) -> Iterator[None]:
    """Every figure that is drawn meanwhile is shown."""
    token = onlooker.set(onlooking)
    try:
        yield
    finally:
        onlooker.reset(token)


def _content(figure: Figure, kind: str) -> bytes:
    """The figure as a file: letters are drawn, so that it looks the same wherever it is opened, and no date is in it."""
    import matplotlib as mpl

    file = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "path"}):
        metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
        figure.savefig(file, format=kind, dpi=DOTS_PER_INCH, facecolor=value("card"), metadata=metadata)
    return file.getvalue()
