"""Where what is dropped comes down: a tumbling body in free fall through the air of a turning Earth, and an ellipse around its point.

*Model*: full gravity, drag at a constant coefficient of the mean area that a tumbling body turns to the wind, the launch's own air and
wind; Runge-Kutta of fourth order, 0.25 s. The ellipse: along the track, falls with half and with double the drag; across it, a side
velocity at the parting. *Limits*: it stays whole and does not glide; no chance is said, the ellipse is a statement of size. *How we
know*: without air, Kepler's ellipse meets the sphere at the same place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.basis.constants import WGS84_RADIUS_M
from farside.basis.kernel import kernel
from farside.basis.twobody import cross, unit
from farside.dynamics.forces import gravity
from farside.dynamics.rocket import Air, in_air, moved
from farside.dynamics.world import Point, World

Array = NDArray[np.float64]
STEP_S = 0.25
LONGEST_S = 3.0 * 3600.0
SIDE_M_S = 20.0  # assumed: what parting, winds and a tumbling body's lift push it aside


@dataclass(frozen=True)
class Fall:
    """Where and when it meets the ellipsoid (geodetic, east longitude; TDB s past J2000), and the half axes of the ellipse around it.

    `azimuth_rad` of the track on the ground there, clockwise from north: the direction of `along_m`.
    """

    epoch_s: float
    latitude_rad: float
    longitude_rad: float
    speed_m_s: float
    along_m: float
    across_m: float
    azimuth_rad: float


@kernel
def fall_rate(t, y, area, air, forces):
    """Derivative of (r, v, m) under gravity and the drag of `area` times coefficient [m2]."""
    gx, gy, gz = gravity(t, y, forces)
    _, density, _, _, (vx, vy, vz) = in_air(t, y, air, forces)
    k = 0.5 * density * math.sqrt(vx * vx + vy * vy + vz * vz) * area / y[6]
    return y[3], y[4], y[5], gx - k * vx, gy - k * vy, gz - k * vz, 0.0


@kernel
def fall_loop(t, y, h, limit_s, area, air, forces):
    """Epoch, state, height and air-relative velocity where the height passes zero (linear within the last step); NaN if it does not."""
    begun, y = t, y.copy()
    height, _, _, _, _ = in_air(t, y, air, forces)
    while t - begun < limit_s:
        k1 = fall_rate(t, y, area, air, forces)
        k2 = fall_rate(t + 0.5 * h, moved(y, k1, 0.5 * h), area, air, forces)
        k3 = fall_rate(t + 0.5 * h, moved(y, k2, 0.5 * h), area, air, forces)
        k4 = fall_rate(t + h, moved(y, k3, h), area, air, forces)
        new = y.copy()
        for i in range(7):
            new[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
        lower, _, _, _, velocity = in_air(t + h, new, air, forces)
        if lower <= 0.0 < height:
            x = height / (height - lower)
            return t + x * h, y + x * (new - y), velocity
        t, y, height = t + h, new, lower
    return math.nan, y, (0.0, 0.0, 0.0)


def fall(world: World, point: Point, area_m2: float, air: Air) -> Fall | None:
    """The fall of a body from a point about the Earth; `area_m2` is area times drag coefficient. None when it stays up for three hours."""
    ends = [_landed(world, point, share * area_m2, air) for share in (1.0, 0.5, 2.0)]
    if any(end is None for end in ends):
        return None
    (epoch, place, velocity), *others = (end for end in ends if end is not None)
    along = max(float(np.linalg.norm(there - place)) for _, there, _ in others)
    up, track = unit(place), others[0][1] - others[1][1]  # drag leaves the fall itself hardly a direction
    east = unit(cross(np.array([0.0, 0.0, 1.0]), up))
    azimuth = math.atan2(float(track @ east), float(track @ cross(up, east))) % (2.0 * math.pi)
    latitude, longitude, _ = geodetic_from_itrf(*place)
    speed = float(np.linalg.norm(velocity))
    return Fall(epoch, latitude, longitude, speed, along, SIDE_M_S * (epoch - point.epoch_s), azimuth)


def _landed(world: World, point: Point, area_m2: float, air: Air) -> tuple[float, Array, Array] | None:
    """Epoch, place and velocity through the air (3,) in ITRF axes at the ground."""
    epoch, y, velocity = fall_loop(point.epoch_s, point.y, STEP_S, LONGEST_S, area_m2, air, world.forces("earth"))
    if not math.isfinite(epoch):
        return None
    turn = icrf_to_itrf(epoch)
    return epoch, turn @ y[:3], turn @ np.array(velocity)


def ground_distance(a: Fall, b: Fall) -> float:
    """Distance [m] between two falls along a sphere of the equator's radius."""
    s = math.sin(a.latitude_rad) * math.sin(b.latitude_rad)
    c = math.cos(a.latitude_rad) * math.cos(b.latitude_rad) * math.cos(a.longitude_rad - b.longitude_rad)
    return WGS84_RADIUS_M * math.acos(max(-1.0, min(1.0, s + c)))
