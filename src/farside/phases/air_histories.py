"""What a launch and a fall under canopies had at each step of their loops, as the `History` of a leg: motion over the ground, air, forces.

The rows are those of `dynamics.launching` and `dynamics.hanging`. *Model*: speeds and angles over the ground are those relative to the
turning Earth; of a launch up is along the geocentric radius, of a fall upright on the ellipsoid, as in the events of either. *Limits*: the
Earth's rate is that in the middle of the rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import WGS84_FLATTENING as FLATTENING
from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.dynamics import hanging as hg
from farside.dynamics import launching as lg
from farside.environment.ephemeris import Sky
from farside.environment.orientation import rotation_rate
from farside.phases.leg import History

Array = NDArray[np.float64]
THRUST, AXIS, HEIGHT = 8, slice(9, 12), 19  # columns of `dynamics.insertion`, which a launch's rows begin with


def launch_history(rows: Array, sky: Sky) -> History:
    """The rows (n, WIDTH) of one leg of a launch. Of two rows at one epoch, where stages change, the later one is kept."""
    rows = rows[np.append(np.diff(rows[:, 0]) > 0.0, True)]
    r, v = rows[:, 1:4], rows[:, 4:7]
    over, up = v - np.cross(turning(rows[:, 0], sky), r), r / np.linalg.norm(r, axis=1)[:, None]
    return History(
        rows[:, 0],
        {
            "height_m": rows[:, HEIGHT],
            "speed_m_s": np.linalg.norm(v, axis=1),
            "ground_speed_m_s": np.linalg.norm(over, axis=1),
            "ground_flight_path_angle_rad": above_horizon(over, up),
            "pitch_rad": above_horizon(rows[:, AXIS], up),
            "thrust_n": rows[:, THRUST],
            "throttle": rows[:, lg.THROTTLE],
            "load_g": rows[:, lg.LOAD] / STANDARD_GRAVITY_M_S2,
            "dynamic_pressure_pa": rows[:, lg.PRESSURE],
            "mach": rows[:, lg.MACH],
            "mass_kg": rows[:, 7],
        },
    )


def fall_history(parts: list[Array], sky: Sky) -> History:
    """The rows (n, COLUMNS) of one fall after the other, a canopy more or less in each: where one begins, the later row is kept."""
    rows = np.concatenate([*(part[:-1] for part in parts[:-1]), parts[-1]])
    rows = rows[np.append(np.diff(rows[:, hg.EPOCH]) > 0.0, True)]
    r, rate = rows[:, hg.PLACE : hg.PLACE + 3], turning(rows[:, hg.EPOCH], sky)
    over, up = rows[:, hg.SPEED : hg.SPEED + 3] - np.cross(rate, r), level_up(r, rate / np.linalg.norm(rate))
    rising = np.sum(over * up, axis=1)
    return History(
        rows[:, hg.EPOCH],
        {
            "height_m": rows[:, hg.HEIGHT],
            "vertical_speed_m_s": -rising,
            "horizontal_speed_m_s": np.linalg.norm(over - rising[:, None] * up, axis=1),
            "air_speed_m_s": rows[:, hg.FLOW],
            "density_kg_m3": rows[:, hg.DENSITY],
            "mach": rows[:, hg.MACH],
            "dynamic_pressure_pa": 0.5 * rows[:, hg.DENSITY] * rows[:, hg.FLOW] ** 2,
            "canopy_drag_area_m2": rows[:, hg.AREA],
            "canopy_force_n": rows[:, hg.PULL],
            "load_g": rows[:, hg.LOAD],
        },
    )


def turning(epochs_s: Array, sky: Sky) -> Array:
    """The Earth's rate of turning (3,) [rad/s] in the middle of the epochs, ICRF axes."""
    return rotation_rate("earth", float(0.5 * (epochs_s[0] + epochs_s[-1])), sky)


def level_up(r_m: Array, pole: Array) -> Array:
    """Upright on the ellipsoid (k, 3) below places near it, the pole being a unit vector: 6e-6 rad off at 10 km of height."""
    along = (r_m @ pole)[:, None] * pole
    up = r_m + ((1.0 - FLATTENING) ** -2 - 1.0) * along
    return np.asarray(up / np.linalg.norm(up, axis=1)[:, None])


def above_horizon(vectors: Array, up: Array) -> Array:
    """The angle [rad] of vectors (k, 3) above the plane across `up` (k, 3); zero for one without a length."""
    rising = np.sum(vectors * up, axis=1)
    across = np.linalg.norm(vectors - rising[:, None] * up, axis=1)
    return np.arctan2(rising, across)
