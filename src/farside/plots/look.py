"""One look for every picture: colours and type.

A colour has a name, a value on white and one on black. Pictures are drawn in the values on white; in the SVG each becomes a CSS
variable (`var(--orbiter)`), which the page sets for either. A module or craft has the same colour in all pictures of a flight. Pictures
are drawn as wide as a telephone shows them, so that their type is legible there; a wide screen shows two side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WIDTH_IN = 4.9  # of every picture: 353 points, as wide as a telephone is
TYPE_PT, SMALL_PT = 10.0, 8.8
TYPE = (
    'svg text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;'
    "paint-order:stroke;stroke:var(--card);stroke-width:2.5px;stroke-linejoin:round}"
)
"""The type of every picture: the reader's own, with an edge of the ground around it where it crosses a line."""

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
    "lander": ("#b4540a", "#f39a4a"),
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
NAMES = {light: name for name, (light, _) in COLOURS.items()}
"""Value on white -> colour."""
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


def colours_of(modules: Iterable[str], crafts: Mapping[str, str] | None = None) -> Colours:
    """Colours for modules, and for craft (name -> the module that leads it).

    The well known have their own, other modules the spare ones in turn, other craft that of the module that leads them.
    """
    names = {name: SAME.get(name, name) for name in (*modules, *(crafts or {})) if SAME.get(name, name) in COLOURS}
    spare = [name for name in _SPARE if name not in names.values()] or list(_SPARE)
    for number, module in enumerate(one for one in dict.fromkeys(modules) if one not in names):
        names[module] = spare[number % len(spare)]
    return Colours({**{craft: names[lead] for craft, lead in (crafts or {}).items() if lead in names}, **names})


def style_sheet() -> str:
    """The colours as CSS variables: on white, on black for readers who ask for dark, and on white again in print; the type of pictures."""
    light, dark = (";".join(f"--{name}:{pair[k]}" for name, pair in COLOURS.items()) for k in (0, 1))
    return (
        f":root{{color-scheme:light dark;{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"@media print{{:root{{color-scheme:light;{light}}}}}{TYPE}"
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
