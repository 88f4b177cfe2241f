"""What the ground gave: the core by depth, and the portions in the container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farside.craft.container import MICROGRAMS_PER_KG, Container, Portion, containers
from farside.plots.drawing import drawn, note, svg_of
from farside.plots.look import value
from farside.plots.story import day
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.phases.leg import Leg
    from farside.plots.story import Record, Story

NAME, TITLE = "drill-log", "Drill log and portions"
G = MICROGRAMS_PER_KG / 1e3  # micrograms in a gram


def drill_log(story: Story) -> Picture | Absent:
    """The core's pieces by depth, and every portion as a part of the whole."""
    found = next(((leg, item) for _, leg in story.flown("surface") for m in leg.after[0].modules for item in containers(m)), None)
    if found is None or not found[1].portions:
        return Absent(NAME, TITLE, "nothing was collected on the Moon")
    leg, container = found
    core = [one for one in container.portions if one.tool == "drill"]
    scoops = [one for one in container.portions if one.tool == "scoop"]
    colour = value(story.colours.name(leg.before[0].name))
    with drawn(4.2, columns=2) as (figure, (left, right)):
        _core(left, core, colour)
        _portions(right, core, scoops, container, colour)
        svg = svg_of(figure, NAME)
    return Picture(NAME, TITLE, svg, *_caption(story, leg, container, core, scoops))


def _core(axes: Axes, core: list[Portion], colour: str) -> None:
    """The pieces of the core where they were in the ground, as wide as they are heavy."""
    for piece in core:
        top, bottom = piece.depth_top_mm / 1e3, piece.depth_bottom_mm / 1e3
        axes.barh(0.5 * (top + bottom), piece.mass_ug / G, height=0.92 * (bottom - top), color=colour, alpha=0.75)
    axes.invert_yaxis()
    axes.margins(y=0.0)
    axes.set(xlabel="g in a piece", ylabel="m below the ground", title="Core by depth")
    axes.grid(False, axis="y")


def _portions(axes: Axes, core: list[Portion], scoops: list[Portion], container: Container, colour: str) -> None:
    """What lies in the container, one on the other in the order of collecting."""
    height = 0.0
    for part, words, alpha in ((core, "core", 0.75), (scoops, "scoop", 0.4)):
        for number, piece in enumerate(part, 1):
            grams = piece.mass_ug / G
            axes.bar(0.0, grams, bottom=height, width=0.8, color=colour, alpha=alpha, edgecolor=value("card"), linewidth=0.6)
            if words == "scoop":
                note(axes, 0.44, height + 0.5 * grams, f"scoop {number}: {grams:.0f} g", "soft", (4.0, 0.0))
            height += grams
        if part is core and core:
            note(axes, 0.44, 0.5 * height, f"core: {height:.0f} g", "soft", (4.0, 0.0))
    axes.axhline(container.capacity_ug / G, color=value("bad"), lw=0.8, ls=(0, (3, 2)))
    note(axes, 1.9, container.capacity_ug / G, "full", "bad", (0.0, 2.0), ha="right")
    axes.set(xlim=(-0.5, 1.9), xticks=(), ylabel="g in the container", title="Portions", ylim=(0.0, 1.06 * container.capacity_ug / G))
    axes.grid(False, axis="x")


def _caption(
    story: Story, leg: Leg, container: Container, core: list[Portion], scoops: list[Portion]
) -> tuple[str, dict[str, Fact]]:
    """What was collected."""
    text, facts = "", dict[str, Fact]()
    drilled = next((r["data"] for r in story.named("drilling") if r["phase"] == leg.phase), None)
    if drilled is not None:
        text += "The drill went {depth_m:.2f} m deep and was ended by {ended_by}; its core of {core_g:,.1f} g lies in {pieces:d} pieces."
        facts |= {"depth_m": drilled["depth_m"], "ended_by": _ended(drilled)}
        facts |= {"core_g": sum(one.mass_ug for one in core) / G, "pieces": len(core)}
    if scoops:
        text += " {passes:d} passes of the scoop brought {scoop_g:,.1f} g, {least_g:.1f} to {most_g:.1f} g each."
        masses = [one.mass_ug / G for one in scoops]
        facts |= {"passes": len(scoops), "scoop_g": sum(masses), "least_g": min(masses), "most_g": max(masses)}
    text += " Together {sample_g:,.1f} g of the {capacity_g:,.0f} that the container holds"
    facts |= {"sample_g": container.mass_ug / G, "capacity_g": container.capacity_ug / G}
    if container.sealed_s is not None:
        text += ", sealed on {sealed}"
        facts["sealed"] = day(container.sealed_s)
    return (text + ".").strip(), facts


def _ended(drilled: Record) -> str:
    reasons = {"depth": "the depth that was asked", "time": "its time", "torque": "its torque", "rock": "a rock", "soil": "dense soil"}
    return reasons.get(str(drilled["ended_by"]), str(drilled["ended_by"]))
