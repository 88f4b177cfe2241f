"""What tests of the launch share: Wenchang, Long March 5 with Chang'e-6, and laws without a plan."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import GM_EARTH_M3_S2, WGS84_RADIUS_M
from farside.craft.launcher import LONG_MARCH_5
from farside.dynamics.closed_loop import Turning
from farside.dynamics.world import World
from farside.planning.launch import Pad, Trials, Vessel, pad_at, plane_from

Array = NDArray[np.float64]
LIFTOFF_S = 768000518.185441  # 2024-05-03T09:27:29Z, facts T4
AZIMUTH_RAD = math.radians(103.26)  # about that of Chang'e-6
RADIUS_M = WGS84_RADIUS_M + 200e3
SPEED_M_S = math.sqrt(GM_EARTH_M3_S2 / RADIUS_M)
PAYLOAD_KG = 8350.0  # facts V1
TURNING = Turning(math.radians(2.0), math.radians(1.0))
PITCH_RAD = math.radians(0.82)


def wenchang() -> Pad:
    return pad_at(math.radians(19.614), math.radians(110.951), 10.0)


def trials(world: World, payload_kg: float = PAYLOAD_KG, azimuth_rad: float = AZIMUTH_RAD, radius_m: float = RADIUS_M) -> Trials:
    pad = wenchang()
    vessel = Vessel(LONG_MARCH_5, payload_kg, 12.0, TURNING)
    return Trials(world, pad, LIFTOFF_S, vessel, plane_from(world, pad, LIFTOFF_S, azimuth_rad), radius_m)


@dataclass(frozen=True)
class Reached:
    """How far a state is from the circle asked for."""

    radius_m: float
    speed_m_s: float
    climb_m_s: float
    plane_deg: float


def reached(y: Array, normal: Array, radius_m: float = RADIUS_M) -> Reached:
    r, v = y[:3], y[3:6]
    size = float(np.linalg.norm(r))
    out = float(np.cross(r, v) @ normal / np.linalg.norm(np.cross(r, v)))
    return Reached(
        size - radius_m,
        float(np.linalg.norm(v)) - math.sqrt(GM_EARTH_M3_S2 / radius_m),
        float(r @ v) / size,
        math.degrees(math.acos(min(1.0, out))),
    )
