"""What each module weighs over the mission, and what is left in its tanks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S
from farside.plots.drawing import drawn, svg_of
from farside.plots.look import SMALL_PT, value
from farside.plots.story import Story
from farside.plots.words import Absent, Fact, Picture
from farside.products.tracks import burns_of, lost_kg

Array = NDArray[np.float64]
KEPT = 20  # epochs of a burn that are shown
LEAST_SHARE = 0.01  # of the flight: a module that is followed for less is told of in the caption alone
NAME, TITLE = "masses", "Mass and propellant"


def masses(story: Story) -> Picture | Absent:
    """Propellant in the tanks of each module that has any, as a share of what it was loaded with."""
    tanks = {name: history for name in story.flight.modules if (history := propellant(story, name)) is not None}
    if not tanks:
        return Absent(NAME, TITLE, "no module of this flight has propellant")
    first, last = min(times[0] for times, _ in tanks.values()), max(leg.end_s for leg in story.legs)
    shown = {name: tank for name, tank in tanks.items() if tank[0][-1] - tank[0][0] > LEAST_SHARE * (last - first)} or tanks
    unit_s, unit = (DAY_S, "days") if last - first > 2.0 * DAY_S else (3600.0, "hours")
    with drawn(*(0.5,) * len(shown), shared=True, left_in=0.85) as (figure, rows):
        for axes, (name, (times, left)) in zip(rows, shown.items(), strict=True):
            colour = value(story.colours.name(name))
            since = (times - first) / unit_s
            axes.fill_between(since, left / left[0], color=colour, alpha=0.25, lw=0.0)
            axes.plot(since, left / left[0], color=colour)
            axes.set(ylim=(0.0, 1.08), yticks=(0.0, 1.0), yticklabels=("0", f"{left[0]:,.0f} kg"), xlim=(0.0, (last - first) / unit_s))
            axes.set_title(name.replace("_", " "), color=colour)
            axes.set_title(f"{left[-1]:,.1f} kg left", color=colour, loc="right", fontweight="normal", fontsize=SMALL_PT)
        rows[-1].set_xlabel(f"{unit} since the start")
        svg = svg_of(figure, NAME)
    text = "Propellant left at the end, of what was loaded: " + ", ".join(
        f"{{name_{k}}} {{left_{k}:,.1f}} of {{full_{k}:,.0f}} kg ({{share_{k}:.1f}} %)" for k in range(len(tanks))
    )
    facts: dict[str, Fact] = {}
    for k, (name, (_, left)) in enumerate(tanks.items()):
        facts |= {f"name_{k}": name.replace("_", " "), f"left_{k}": float(left[-1]), f"full_{k}": float(left[0])}
        facts[f"share_{k}"] = 100.0 * float(left[-1] / left[0])
    return Picture(NAME, TITLE, svg, text + ".", facts)


def propellant(story: Story, module: str) -> tuple[Array, Array] | None:
    """Epochs (k,) and propellant [kg] (k,) of a module until it is no longer followed; None for one that never had any."""
    times: list[float] = []
    left: list[float] = []
    for leg, arc, load in story.along(module):
        tank = next(one for one in load if one.name == module).propellant_kg
        burns = burns_of(leg, arc)
        burning = any(burn.module == module for burn in burns)
        used = -lost_kg(burns, module, arc.times_s, arc.states) if burning else np.zeros(2)
        where = arc.times_s if burning else arc.times_s[[0, -1]]
        kept = np.unique(np.linspace(0, where.size - 1, KEPT).astype(int))
        times += where[kept].tolist()
        left += (tank + used[kept]).tolist()
    if not left or left[0] <= 0.0:
        return None
    return np.array(times), np.array(left)
