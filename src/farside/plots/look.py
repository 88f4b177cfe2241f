"""One look for every picture: colours, type, labels, and SVG that follows the reader's light or dark.

A colour has a name, a value on white and one on black. Pictures are drawn in the values on white; in the SVG each becomes a CSS
variable (`var(--orbiter)`), which the page sets for either. A module or craft has the same colour in all pictures of a flight. Pictures
are drawn as wide as a telephone shows them, so that their type is legible there; a wide screen shows two side by side.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Box = tuple[float, float, float, float]

WIDTH_IN = 4.9  # of every picture: 353 points, as wide as a telephone is
TYPE_PT, SMALL_PT = 10.0, 8.8
LETTER = 0.56  # width of a letter over its height, on the mean

COLOURS = {
    "ink": ("#1b2430", "#e8edf3"),
    "soft": ("#5b6673", "#a3afbd"),
    "faint": ("#d5dbe2", "#333d49"),
    "card": ("#fefefe", "#171c23"),
    "earth": ("#3b6ea5", "#6f9fd8"),
    "moon": ("#9aa3ad", "#79838f"),
    "sun": ("#b98a00", "#e7c14d"),
    "bad": ("#b3261e", "#ff8a80"),
    "good": ("#2b7a3f", "#7fd08f"),
    "orbiter": ("#1769aa", "#63b0f4"),
    "lander": ("#c05a0a", "#f39a4a"),
    "ascender": ("#0f7d5c", "#45c69a"),
    "capsule": ("#a3317c", "#ec86c6"),
    "stack": ("#4a5670", "#a9b6d3"),
    "launcher": ("#7d5a3c", "#c9a583"),
    "other_1": ("#7a6a00", "#cdb93a"),
    "other_2": ("#5d4bb0", "#a99cf2"),
    "other_3": ("#007a87", "#4cc3cf"),
    "other_4": ("#8a3b3b", "#dd9090"),
}
"""Colour -> its value on white, its value on black."""
SAME = {"returner": "capsule", "second_stage": "launcher", "icube_q": "other_1"}
"""Modules that share the colour of the craft they are better known by."""
_NAMES = {light: name for name, (light, _) in COLOURS.items()}
_SPARE = tuple(name for name in COLOURS if name.startswith("other_"))


def value(name: str) -> str:
    """The value on white of a colour, by which it is drawn."""
    return COLOURS[name][0]


@dataclass(frozen=True)
class Colours:
    """Which colour each module and craft of a flight has, by name."""

    names: dict[str, str]

    def name(self, craft: str) -> str:
        """The name of a craft's colour."""
        return self.names.get(craft, "soft")

    def __call__(self, craft: str) -> str:
        """The value on white of a craft's colour."""
        return value(self.name(craft))


def colours_of(crafts: Iterable[str]) -> Colours:
    """Colours for modules and craft: their own where they have one, then the spare ones in turn."""
    names: dict[str, str] = {}
    for craft in crafts:
        own = SAME.get(craft, craft)
        if own in COLOURS:
            names[craft] = own
    spare = [name for name in _SPARE if name not in names.values()] or list(_SPARE)
    for number, craft in enumerate(one for one in dict.fromkeys(crafts) if one not in names):
        names[craft] = spare[number % len(spare)]
    return Colours(names)


def style_sheet() -> str:
    """The colours as CSS variables: on white, on black for readers who ask for dark, and on white again in print."""
    light, dark = (";".join(f"--{name}:{pair[k]}" for name, pair in COLOURS.items()) for k in (0, 1))
    return (
        f":root{{color-scheme:light dark;{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"@media print{{:root{{color-scheme:light;{light}}}}}"
    )


def settings() -> Any:
    """What matplotlib is set to while a picture is drawn: its settings by name."""
    ink, soft, faint = value("ink"), value("soft"), value("faint")
    return {
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "axes.edgecolor": faint,
        "axes.labelcolor": soft,
        "axes.labelsize": SMALL_PT,
        "axes.titlesize": TYPE_PT,
        "axes.titlecolor": ink,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.8,
        "grid.color": faint,
        "grid.linewidth": 0.5,
        "xtick.color": faint,
        "ytick.color": faint,
        "xtick.labelcolor": soft,
        "ytick.labelcolor": soft,
        "xtick.labelsize": SMALL_PT,
        "ytick.labelsize": SMALL_PT,
        "text.color": ink,
        "font.size": TYPE_PT,
        "lines.linewidth": 1.4,
        "lines.solid_capstyle": "round",
        "patch.edgecolor": "none",
        "svg.fonttype": "none",
        "svg.hashsalt": "farside",
        "path.simplify_threshold": 0.2,
    }


@contextmanager
def drawn(height_in: float) -> Iterator[Figure]:
    """A new figure as wide as all are, while the look is in force."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(settings()):
        yield Figure(figsize=(WIDTH_IN, height_in), layout="constrained")


class Labels(NamedTuple):
    """Labels (x, y, text, colour) of points of some axes, and more points that they should not cover."""

    axes: Axes
    places: Sequence[tuple[float, float, str, str]]
    away: Sequence[tuple[float, float]] = ()


def svg_of(figure: Figure, name: str, *labels: Labels) -> str:
    """The figure as an SVG element to stand in a page: colours as variables, its identifiers under `name`, no width of its own.

    The labels are put where each covers least, when everything else has found its place.
    """
    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context(settings()):
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        for some in labels:
            _put(figure, some)
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(text.getvalue(), name)


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
    kept = set(re.findall(r"url\(#([^)]+)\)", svg)) | set(re.findall(r'xlink:href="#([^"]+)"', svg))
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in kept else "", svg)
    svg = svg.replace("url(#", f"url(#{name}-").replace('xlink:href="#', f'href="#{name}-').replace("xlink:href=", "href=")
    svg = re.sub(r"font(-family)?: [^;\"]*'DejaVu Sans'[^;\"]*", _type, svg)
    svg = re.sub(r"#[0-9a-f]{6}\b", lambda m: f"var(--{_NAMES[m[0]]})" if m[0] in _NAMES else m[0], svg)
    return re.sub(r"\n\s*", "\n", svg).strip()


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
    *((12, 14), (12, -14), (-12, 14), (-12, -14), (0, 20), (0, -20), (20, 26), (-20, 26)),
)
"""Where a label may stand, in points from its place; tried in this order."""


def _put(figure: Figure, labels: Labels) -> None:
    """Labels beside their points, each where it covers least of the others and of the points to stay away from."""
    axes, places, away = labels
    scale = 72.0 / figure.dpi
    to_points = axes.transData.transform
    frame = axes.get_window_extent()
    room = (frame.x0 * scale, frame.y0 * scale, frame.x1 * scale, frame.y1 * scale)
    dots = [tuple(float(c) * scale for c in to_points(place)) for place in (*((x, y) for x, y, _, _ in places), *away)]
    taken: list[Box] = []
    for x, y, text, colour in places:
        px, py = (float(c) * scale for c in to_points((x, y)))
        boxes = [(_box(px, py, text, at), at) for at in AROUND]
        box, at = min(boxes, key=lambda one: _cost(one[0], taken, dots, room))
        taken.append(box)
        note(axes, x, y, text, colour, (float(at[0]), float(at[1])))


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
