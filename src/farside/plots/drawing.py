"""Figures: panels of fixed margins, labels beside what they name, and SVG that follows the reader's light or dark.

Margins are those that the type needs, in inches, and not looked for: that is twice as fast, and panels stand in line.
"""

from __future__ import annotations

import html
import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from farside.plots.look import COLOURS, NAMES, SMALL_PT, WIDTH_IN, settings, style_sheet, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Box = tuple[float, float, float, float]

LETTER = 0.56  # width of a letter over its height, on the mean
LEFT_IN, RIGHT_IN, TOP_IN, BOTTOM_IN = 0.68, 0.14, 0.27, 0.47
GAP_IN, SHARED_GAP_IN = 0.74, 0.36  # between panels: ticks, their label and the next title; the title alone where ticks are shared
COLUMN_GAP_IN = 0.72


onlooker: ContextVar[Callable[[Figure], None] | None] = ContextVar("onlooker", default=None)
"""Who is shown every figure when it is whole and before it becomes a part of a page; `stills` makes files of them."""


@contextmanager
def in_force() -> Iterator[None]:
    """The look, whatever the user's own matplotlibrc says, and that again afterwards."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(settings())
        yield


@contextmanager
def drawn(*heights_in: float, shared: int = False, columns: int = 1, left_in: float = LEFT_IN) -> Iterator[tuple[Figure, list[Axes]]]:
    """A new figure as wide as all are and its panels, one under the other, or in `columns` side by side, while the look is in force.

    `heights_in`: of each row of panels; `shared`: all, or so many from the top, have the horizontal axis of the last of them.
    """
    from matplotlib.figure import Figure

    sharing = len(heights_in) * columns if shared is True else int(shared)
    gaps = [SHARED_GAP_IN if (row + 2) * columns <= sharing else GAP_IN for row in range(len(heights_in))]
    high = TOP_IN + sum(heights_in) + sum(gaps[:-1]) + BOTTOM_IN
    wide = (WIDTH_IN - left_in - RIGHT_IN - COLUMN_GAP_IN * (columns - 1)) / columns
    with in_force():
        figure, axes, top = Figure(figsize=(WIDTH_IN, high)), list[Any](), high - TOP_IN
        for height, gap in zip(heights_in, gaps, strict=True):
            for column in range(columns):
                left = left_in + column * (wide + COLUMN_GAP_IN)
                box = (left / WIDTH_IN, (top - height) / high, wide / WIDTH_IN, height / high)
                axes.append(figure.add_axes(box, sharex=axes[0] if 0 < len(axes) < sharing else None, anchor="W"))
            top -= height + gap
        for one in axes[: max(0, sharing - 1)]:
            one.tick_params(labelbottom=False)
        yield figure, axes


class Labels(NamedTuple):
    """Labels (x, y, text, colour) of points of some axes, and more points that they should not cover."""

    axes: Axes
    places: Sequence[tuple[float, float, str, str]]
    away: Sequence[tuple[float, float]] = ()


def svg_of(figure: Figure, name: str, *labels: Labels) -> str:
    """The figure as an SVG element to stand in a page: colours as variables, its identifiers under `name`, no width of its own.

    The labels are put where each covers least, when everything else has found its place.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    text = io.StringIO()
    with in_force():
        for some in labels:
            _put(figure, some)
        seen = onlooker.get()
        if seen is not None:
            seen(figure)
        FigureCanvasSVG(figure).print_svg(text, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(text.getvalue(), name)


def alone(svg: str, title: str) -> str:
    """A drawing of `svg_of` as a file of its own: with its colours, its ground and a title, 4/3 of its points wide."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box is not None
    wide, high = (round(float(size) * 4.0 / 3.0) for size in box.groups())
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box[0]} width="{wide}" height="{high}" role="img" aria-label="{html.escape(title)}">'
    ground = '<rect width="100%" height="100%" fill="var(--card)"/>'
    body = re.sub(r"^<svg[^>]*>", "", svg)
    return f"{head}\n<title>{html.escape(title)}</title>\n<style>{html.escape(style_sheet(), quote=False)}</style>\n{ground}{body}\n"


def write_picture(file: str | Path, figure: Figure, title: str, *labels: Labels) -> None:
    """Write a figure of `drawn` as an SVG file that follows the reader's light or dark, as `svg_of` puts its labels."""
    Path(file).write_text(alone(svg_of(figure, "picture", *labels), title), encoding="utf-8")


def _inline(svg: str, name: str) -> str:
    """What matplotlib writes, as a part of a page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    box = re.search(r'viewBox="([^"]+)"', svg)
    assert box is not None
    svg = re.sub(r"<svg[^>]*>", f'<svg viewBox="{box[1]}" role="img" aria-labelledby="{name}-title">', svg, count=1)
    svg = re.sub(r'<style type="text/css">.*?</style>', "", svg, flags=re.DOTALL)
    svg = re.sub(r"<defs>\s*</defs>", "", svg)
    svg = re.sub(r"<!--.*?-->", "", svg)
    svg = _numbered(svg, name)
    svg = re.sub(r"font(-family)?: [^;\"]*'DejaVu Sans'[^;\"]*", _type, svg)
    svg = svg.replace("; ; ", "; ")
    svg = re.sub(r"#[0-9a-f]{6}\b", lambda m: f"var(--{NAMES[m[0]]})" if m[0] in NAMES else m[0], svg)
    return re.sub(r"\n\s*", "\n", svg).strip()


def _numbered(svg: str, name: str) -> str:
    """Identifiers that something refers to, numbered as they come; matplotlib's own change from run to run."""
    used = dict.fromkeys(a or b for a, b in re.findall(r'url\(#([^)]+)\)|xlink:href="#([^"]+)"', svg))
    numbers = {old: f"{name}-{k}" for k, old in enumerate(used)}
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{numbers[m[1]]}"' if m[1] in numbers else "", svg)
    svg = re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{numbers[m[1]]})", svg)
    svg = re.sub(r'xlink:href="#([^"]+)"', lambda m: f'href="#{numbers[m[1]]}"', svg)
    return svg.replace("xlink:href=", "href=")


def _type(found: re.Match[str]) -> str:
    """The size of the type alone: the page says which type."""
    size = re.search(r"([\d.]+)px", found[0])
    bold = "font-weight: 700; " if " 700 " in found[0] or " bold " in found[0] else ""
    return f"{bold}font-size: {size[1]}px" if size else ""


def note(axes: Axes, x: float, y: float, text: str, colour: str = "soft", at: tuple[float, float] = (5.0, 4.0), **more: Any) -> None:
    """A label beside a point, `at` so many points right and above of it."""
    across = "left" if at[0] > 0.0 else "right" if at[0] < 0.0 else "center"
    along = "bottom" if at[1] > 0.0 else "top" if at[1] < 0.0 else "center"
    shown = {"color": _value(colour), "fontsize": SMALL_PT, "ha": across, "va": along, "annotation_clip": False, **more}
    axes.annotate(text, (x, y), xytext=at, textcoords="offset points", **shown)


def _value(colour: str) -> str:
    return value(colour) if colour in COLOURS else colour


AROUND = (
    *((6, 4), (6, -4), (-6, 4), (-6, -4), (0, 7), (0, -7)),
    *((12, 14), (12, -14), (-12, 14), (-12, -14), (0, 20), (0, -20), (20, 26), (-20, 26), (24, -30), (-24, -30)),
)
"""Where a label may stand, in points from its place; the nearest of equals is taken."""
LEADER_PT = 16.0  # farther from its place than this, a label has a line to it


def _put(figure: Figure, labels: Labels) -> None:
    """Labels beside their points, each where it covers least of the others and of the points to stay away from."""
    axes, places, away = labels
    axes.get_xlim(), axes.get_ylim()  # settles them
    axes.apply_aspect()
    scale = 72.0 / figure.dpi
    to_points = axes.transData.transform
    frame = axes.get_window_extent()
    room = (frame.x0 * scale, frame.y0 * scale, frame.x1 * scale, frame.y1 * scale)
    dots = [tuple(float(c) * scale for c in to_points(place)) for place in (*((x, y) for x, y, _, _ in places), *away)]
    taken: list[Box] = []
    for x, y, text, colour in places:
        px, py = (float(c) * scale for c in to_points((x, y)))
        boxes = [(_box(px, py, text, at), at) for at in AROUND]
        box, at = min(boxes, key=lambda one: _cost(one[0], taken, dots, room) + math.hypot(*one[1]))
        taken.append(box)
        far = math.hypot(*at) > LEADER_PT
        leader = {"arrowprops": {"arrowstyle": "-", "color": _value(colour), "lw": 0.5, "shrinkA": 0.0, "shrinkB": 2.0}} if far else {}
        note(axes, x, y, text, colour, (float(at[0]), float(at[1])), **leader)


def _box(x: float, y: float, text: str, at: tuple[int, int]) -> Box:
    """The room of a label, in points."""
    lines = text.split("\n")
    wide, high = max(map(len, lines)) * LETTER * SMALL_PT, 1.25 * SMALL_PT * len(lines)
    left = x + at[0] - (0.0 if at[0] > 0 else wide if at[0] < 0 else 0.5 * wide)
    low = y + at[1] - (0.0 if at[1] > 0 else high)
    return left, low, left + wide, low + high


def _cost(box: Box, taken: Sequence[Box], dots: Sequence[tuple[float, ...]], room: Box) -> float:
    """How bad a label there would be: labels under it, points under it, what of it is outside."""
    cost = 0.0
    for other in taken:
        wide = min(box[2], other[2]) - max(box[0], other[0])
        high = min(box[3], other[3]) - max(box[1], other[1])
        cost += 10.0 * max(0.0, wide) * max(0.0, high)
    cost += sum(60.0 for x, y in dots if box[0] - 1 < x < box[2] + 1 and box[1] - 1 < y < box[3] + 1)
    outside = max(0.0, room[0] - box[0]) + max(0.0, box[2] - room[2]) + max(0.0, room[1] - box[1]) + max(0.0, box[3] - room[3])
    return cost + 20.0 * outside
