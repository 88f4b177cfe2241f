"""A closed-loop burn near the Moon's ground, sampled: where, how fast, how hard and whither it pushes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import MOON_RADIUS_M
from farside.environment.orientation import ground_velocity
from farside.plots.story import on_the_moon

if TYPE_CHECKING:
    from farside.phases.leg import Burn, Leg
    from farside.plots.story import Story

Array = NDArray[np.float64]
SAMPLES = 420
CROWDED = 1.6  # the end has more samples than the beginning, by this power


class Powered(NamedTuple):
    """A powered flight at epochs (k,): seconds since ignition, height above a level and range along the ground to its end or beginning
    [m], speeds over the ground up and across [m/s], thrust [N], its elevation above the horizon [deg]."""

    epochs_s: Array
    seconds: Array
    height_m: Array
    range_m: Array
    up_m_s: Array
    across_m_s: Array
    thrust_n: Array
    pitch_deg: Array


def closed_loop(story: Story, kind: str) -> tuple[Leg, Burn] | None:
    """The first burn with a history in a phase of a kind that was flown, and its leg; None in a flight without."""
    for _, leg in story.flown(kind):
        for burn in leg.burns:
            if burn.history is not None:
                return leg, burn
    return None


def powered(story: Story, leg: Leg, burn: Burn, level_m: float, from_end: bool) -> Powered:
    """The burn sampled. Heights are above a level of so many metres over the Moon's sphere, ranges from the end or from the beginning."""
    history = burn.history
    assert history is not None
    share = 1.0 - (1.0 - np.linspace(0.0, 1.0, SAMPLES)) ** CROWDED
    epochs = burn.ignition_s + (burn.cutoff_s - burn.ignition_s) * share
    middle = 0.5 * (burn.ignition_s + burn.cutoff_s)
    arc = next(arc for arc in leg.arcs if arc.mode == "burn" and arc.start_s <= middle <= arc.end_s)
    y = arc.at(np.clip(epochs, arc.start_s, arc.end_s))
    size, held = np.linalg.norm(y[:, :3], axis=1), history.held_at(epochs)
    up = y[:, :3] / size[:, None]
    ground = np.array([ground_velocity("moon", y[k, :3], y[k, 3:6], float(epochs[k]), story.sky) for k in range(epochs.size)])
    climb = (ground * up).sum(axis=1)
    fixed = on_the_moon(up, epochs, story.sky)
    away = np.arccos(np.clip(fixed @ fixed[-1 if from_end else 0], -1.0, 1.0)) * (MOON_RADIUS_M + level_m)
    pitch = np.degrees(np.arcsin(np.clip((history.axes[held] * up).sum(axis=1), -1.0, 1.0)))
    across = np.linalg.norm(ground - climb[:, None] * up, axis=1)
    return Powered(
        epochs, epochs - burn.ignition_s, size - MOON_RADIUS_M - level_m, away, climb, across, history.thrusts_n[held], pitch
    )
