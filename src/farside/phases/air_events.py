"""Events of a flight through the air, read from the rows of its loop and from its arc: peaks of load, the skip.

A skip is a rise after the first way down, of more than `SKIP_M`. The first peak is the highest load before its apogee, the second one the
highest after it; a flight without a skip has a first peak alone. Exit and second entry are there if the apogee is above their height. Heat
flux is the highest of that dip, convection and radiation together, heat load the sum of the dip (`dynamics.heating`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from farside.dynamics import flying as fl
from farside.dynamics.events import passages
from farside.dynamics.forces import height
from farside.dynamics.heating import W_M2_IN_W_CM2, heat_flux_w_m2, heat_load_j_m2
from farside.phases.course import Course

Array = NDArray[np.float64]
SKIP_M = 1000.0


def apogee_row(rows: Array) -> int | None:
    """The row of the skip's apogee: the highest after the first lowest; None without a skip."""
    heights = rows[:, fl.HEIGHT]
    rising = np.flatnonzero(np.diff(heights) > 0.0)
    if rising.size == 0:
        return None
    low = int(rising[0])
    top = low + int(np.argmax(heights[low:]))
    return top if heights[top] > heights[low] + SKIP_M else None


def tell(course: Course, rows: Array, nose_radius_m: float, skip_m: float) -> None:
    """Note the events of the last arc."""
    top = apogee_row(rows)
    note_peak(course, "first_peak_load", rows[:top] if top else rows, nose_radius_m)
    if top is None:
        return
    note_apogee(course, rows, top)
    arc, forces = course.arcs[-1], course.world.forces("earth")

    def above(y: Array) -> float:
        return float(height(float(rows[top, fl.EPOCH]), y, forces)) - skip_m

    first = float(rows[top, fl.EPOCH])
    ups = [epoch for _, epoch in passages([arc], above) if epoch < first]
    downs = [epoch for _, epoch in passages([arc], above, rising=False) if epoch > first]
    if ups:
        course.note_at("skip_exit", arc, ups[-1])
    if downs:
        course.note_at("second_entry", arc, downs[0])
    note_peak(course, "second_peak_load", rows[top:], nose_radius_m)


def note_peak(course: Course, name: str, rows: Array, nose_radius_m: float) -> None:
    """The highest load of these rows, by a parabola through the highest three."""
    epoch_s, load_g = vertex(rows[:, fl.EPOCH], rows[:, fl.LOAD])
    flux = heat_flux_w_m2(rows[:, fl.DENSITY], rows[:, fl.FLOW], nose_radius_m)
    course.note_at(
        name,
        course.arcs[-1],
        epoch_s,
        load_g=load_g,
        heat_flux_w_cm2=float(flux.max()) / W_M2_IN_W_CM2,
        heat_load_j_cm2=heat_load_j_m2(rows[:, fl.EPOCH], flux) / W_M2_IN_W_CM2,
    )


def note_apogee(course: Course, rows: Array, top: int) -> None:
    """The skip's highest point above the ellipsoid."""
    epoch_s, _ = vertex(rows[top - 1 : top + 2, fl.EPOCH], rows[top - 1 : top + 2, fl.HEIGHT])
    course.note_at("skip_apogee", course.arcs[-1], epoch_s)


def vertex(x: Array, y: Array) -> tuple[float, float]:
    """Place and height of the highest point of a curve, by the parabola through its highest three values."""
    k = int(np.argmax(y))
    if k in (0, len(y) - 1):
        return float(x[k]), float(y[k])
    (left, right), (a, b, c) = (float(x[k - 1] - x[k]), float(x[k + 1] - x[k])), y[k - 1 : k + 2]
    slope_left, slope_right = (a - b) / left, (c - b) / right
    bend = (slope_right - slope_left) / (right - left)
    if bend >= 0.0:
        return float(x[k]), float(b)
    slope = slope_left - bend * left
    shift = min(right, max(left, -0.5 * slope / bend))
    return float(x[k]) + shift, float(b + shift * (slope + bend * shift))
