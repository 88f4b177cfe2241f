"""The arrival at the Moon in the B-plane: where the road would pass it, and where it was aimed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.twobody import arrival as hyperbola
from farside.basis.twobody import impact_parameter
from farside.environment.orientation import icrf_to_moon_me
from farside.plots.drawing import Labels, drawn, svg_of
from farside.plots.look import value
from farside.plots.story import Story, day
from farside.plots.words import Absent, Fact, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from farside.phases.leg import Burn

Array = NDArray[np.float64]
NAME, TITLE = "arrival", "Arrival in the B-plane"
SAMPLES = 120


class Passing(NamedTuple):
    """The osculating hyperbolas at epochs (k,) before the braking: B (k, 2) [m] along T and R; of the last, the periapsis [m] and the
    excess speed [m/s]."""

    epochs_s: Array
    b_m: Array
    periapsis_m: float
    excess_m_s: float


def arrival(story: Story) -> Picture | Absent:
    """The Moon as the craft sees it coming, the aim, and where it would pass by as it comes nearer."""
    burn = next((burn for _, leg in story.flown("capture") for burn in leg.burns), None)
    passing = None if burn is None else _passing(story, burn)
    if burn is None or passing is None:
        return Absent(NAME, TITLE, "no craft of this flight arrives at the Moon from far away and brakes")
    goal = story.flight.plan.perilune
    aim = None
    if goal is not None:
        size = impact_parameter(goal.radius_m, passing.excess_m_s, GM_MOON_M3_S2)
        aim = np.array([size * math.cos(goal.angle_rad), size * math.sin(goal.angle_rad)])
    with drawn(3.3, 1.8) as (figure, (whole, near)):
        colour = story.colours.name(burn.craft)
        svg = svg_of(figure, NAME, _whole(whole, passing, aim, colour), _near(near, passing, aim, colour))
    return Picture(NAME, TITLE, svg, *_caption(burn, passing, aim))


def _passing(story: Story, burn: Burn) -> Passing | None:
    """What the craft's motion about the Moon says on its way in; None where it does not come in on a hyperbola."""
    coasts = [arc for _, arc, _ in story.along(burn.module) if arc.center == "moon" and arc.mode == "coast"]
    arcs = [arc for arc in coasts if arc.end_s <= burn.ignition_s + 1.0]
    if not arcs:
        return None
    epochs = np.linspace(arcs[0].start_s, arcs[-1].end_s, SAMPLES)
    y = story.states(burn.module, epochs)
    pole = icrf_to_moon_me(burn.ignition_s, story.sky)[2]
    found, kept = [], []
    for epoch, state in zip(epochs, y, strict=True):
        r, v = state[:3], state[3:6]
        if np.isfinite(state).all() and v @ v > 2.0 * GM_MOON_M3_S2 / np.linalg.norm(r):
            found.append(hyperbola(r, v, GM_MOON_M3_S2, pole))
            kept.append(epoch)
    if not found:
        return None
    return Passing(np.array(kept), np.array([[one.b_t_m, one.b_r_m] for one in found]), found[-1].periapsis_m, found[-1].excess_m_s)


def _whole(axes: Axes, passing: Passing, aim: Array | None, colour: str) -> Labels:
    """The Moon, the ring inside which its pull would bring the craft to the ground, and the point."""
    from matplotlib.patches import Circle

    strike = impact_parameter(MOON_RADIUS_M, passing.excess_m_s, GM_MOON_M3_S2) / 1e6
    axes.add_patch(Circle((0.0, 0.0), MOON_RADIUS_M / 1e6, color=value("moon"), alpha=0.35))
    axes.add_patch(Circle((0.0, 0.0), strike, fill=False, ec=value("bad"), lw=0.9, ls=(0, (3, 2))))
    b = passing.b_m / 1e6
    axes.plot(b[:, 0], b[:, 1], color=value(colour), lw=0.8)
    axes.plot(b[-1:, 0], b[-1:, 1], "o", color=value(colour), ms=4)
    places = [(0.0, 0.0, "Moon", "soft"), (strike * 0.71, -strike * 0.71, "inside: the ground", "bad")]
    if aim is not None:
        axes.plot([aim[0] / 1e6], [aim[1] / 1e6], "+", color=value("ink"), ms=10, mew=1.1)
        places.append((float(aim[0]) / 1e6, float(aim[1]) / 1e6, "aim", "ink"))
    places.append((float(b[-1, 0]), float(b[-1, 1]), "flown", colour))
    axes.set(aspect="equal", adjustable="datalim", xlabel="thousand km along T", ylabel="along R", title="The Moon as the craft comes")
    axes.margins(0.12)
    axes.invert_yaxis()
    return Labels(axes, places)


def _near(axes: Axes, passing: Passing, aim: Array | None, colour: str) -> Labels:
    """How the point settles: distance from the aim as the Moon comes to rule the motion."""
    target = passing.b_m[-1] if aim is None else aim
    hours = (passing.epochs_s - passing.epochs_s[-1]) / 3600.0
    off = np.linalg.norm(passing.b_m - target, axis=1) / 1e3
    axes.plot(hours, off, color=value(colour))
    axes.set(xlabel="hours to the braking", ylabel="km", title="Distance from the aim, as it settles", ylim=(0.0, None))
    axes.margins(x=0.02)
    crowd = list(zip(hours.tolist(), off.tolist(), strict=True))
    return Labels(axes, [(float(hours[-1]), float(off[-1]), f"{off[-1]:,.1f} km", colour)], crowd)


def _caption(burn: Burn, passing: Passing, aim: Array | None) -> tuple[str, dict[str, Fact]]:
    """The arrival in numbers."""
    b = passing.b_m[-1]
    text = (
        "T lies along the Moon's equator, R points south of it. At the ignition of the braking, {when}, the road passes B at"
        " {b_km:,.1f} km, {angle_deg:.2f}° from T, with {excess_m_s:,.1f} m/s to spare over escape: unbraked, {perilune_km:,.1f} km"
        " above the ground at its lowest. Closer than {strike_km:,.0f} km the Moon's pull would bring it to the ground."
    )
    facts: dict[str, Fact] = {
        "when": day(burn.ignition_s),
        "b_km": float(np.linalg.norm(b)) / 1e3,
        "angle_deg": math.degrees(math.atan2(b[1], b[0])),
        "excess_m_s": passing.excess_m_s,
        "perilune_km": (passing.periapsis_m - MOON_RADIUS_M) / 1e3,
        "strike_km": impact_parameter(MOON_RADIUS_M, passing.excess_m_s, GM_MOON_M3_S2) / 1e3,
    }
    if aim is not None:
        text += " The plan aimed {aim_km:,.1f} km from there."
        facts["aim_km"] = float(np.linalg.norm(b - aim)) / 1e3
    return text, facts
