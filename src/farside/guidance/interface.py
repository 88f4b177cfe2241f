"""An entry as it begins and as it is flown: the state at the interface of the atmosphere, and the closed loop down to a height.

*Model*: a point over the turning Earth, geocentric; its velocity by size, flight-path angle from the plane normal to the geocentric radius
(positive up) and azimuth clockwise from north, inertial or relative to the turning Earth: the two angles differ by 0.2 degrees on a return
from the Moon. *Limits*: those of `dynamics.flying`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf
from farside.basis.constants import EARTH_ROTATION_RATE_RAD_S
from farside.basis.twobody import cross
from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.dynamics.flying import Body, Rolling, flight_loop
from farside.dynamics.insertion import Inertial
from farside.dynamics.world import Point, World
from farside.guidance.onboard import GROUND_M, along_across, fixed_state, ground_axes, highest_load, predict
from farside.guidance.skip_entry import MEMORY, ConstantBank, SkipLaw

Array = NDArray[np.float64]
LONGEST_S = 4000  # of flight through the air, in seconds


@dataclass(frozen=True)
class Interface:
    """Where an entry begins: geocentric latitude, east longitude, radius; velocity by speed, flight-path angle and azimuth.

    `inertial` says of which velocity; false: of that relative to the turning Earth.
    """

    latitude_rad: float
    longitude_rad: float
    radius_m: float
    speed_m_s: float
    flight_path_angle_rad: float
    azimuth_rad: float
    inertial: bool = True

    def point(self, epoch_s: float, mass_kg: float) -> Point:
        """The same as a point about the Earth, ICRF axes."""
        up, east, north = local_axes(self.latitude_rad, self.longitude_rad)
        r = self.radius_m * up
        c, s = math.cos(self.flight_path_angle_rad), math.sin(self.flight_path_angle_rad)
        v = self.speed_m_s * (s * up + c * (math.sin(self.azimuth_rad) * east + math.cos(self.azimuth_rad) * north))
        if not self.inertial:
            v = v + cross(np.array([0.0, 0.0, EARTH_ROTATION_RATE_RAD_S]), r)
        turn = icrf_to_itrf(epoch_s).T
        return Point("earth", epoch_s, np.array([*(turn @ r), *(turn @ v), mass_kg]))


def local_axes(latitude_rad: float, longitude_rad: float) -> tuple[Array, Array, Array]:
    """Up, east and north (3,) at a geocentric place, in the axes of the place."""
    a, b, c, s = math.cos(longitude_rad), math.sin(longitude_rad), math.cos(latitude_rad), math.sin(latitude_rad)
    return np.array([c * a, c * b, s]), np.array([-b, a, 0.0]), np.array([-s * a, -s * b, c])


@dataclass(frozen=True)
class Entry:
    """One flight through the air: the law, the body as it is, how it rolls, accelerometer errors, where it ends, the steps.

    `bank_rad` is the bank to begin with; guidance is asked every `step_s`, each of `substeps` Runge-Kutta steps.
    """

    law: SkipLaw | ConstantBank
    body: Body
    rolling: Rolling
    end_height_m: float
    bank_rad: float = 0.0
    inertial: Inertial = field(default_factory=lambda: Inertial(np.zeros(3), 0.0))
    step_s: float = 1.0
    substeps: int = 4


def fly_entry(world: World, point: Point, known: Point, entry: Entry) -> tuple[int, Array]:
    """Fly the closed loop; (status, rows of `dynamics.flying`). `known` is what the craft takes `point` for."""
    status, rows = flight_loop(
        point.epoch_s,
        point.y,
        entry.bank_rad,
        0.0,
        known.y[:6] - point.y[:6],
        np.zeros(MEMORY),
        entry.step_s,
        entry.substeps,
        math.ceil(LONGEST_S / entry.step_s),
        entry.end_height_m,
        entry.law,
        entry.body,
        entry.rolling,
        entry.inertial,
        world.forces("earth"),
    )
    return int(status), rows


def reach_m(law: SkipLaw, point: Point, denser: float = 1.0, more_lift: float = 1.0) -> tuple[float, float]:
    """The shortest and the longest way along the ground that the law's magnitudes of bank make of a point; infinite round the Earth."""
    q = fixed_state(point.epoch_s, point.r_m, point.v_m_s, law)
    site_m = along_across(law.site[0], law.site[1], law.site[2], ground_axes(q))[0]
    ends = [predict(q, 0.0, 1.0, bank, math.pi, denser, more_lift, law)[0] for bank in (law.most_bank_rad, law.least_bank_rad)]
    short, long = (math.inf if end >= math.pi * GROUND_M else end + site_m for end in ends)
    return short, long


def least_load_g(law: SkipLaw, point: Point, denser: float = 1.0, more_lift: float = 1.0) -> float:
    """The load [g] of the way down from a point with lift straight up: less than any other bank has."""
    q = fixed_state(point.epoch_s, point.r_m, point.v_m_s, law)
    return float(highest_load(q, 0.0, 1.0, 0.0, 0.0, denser, more_lift, law)) / STANDARD_GRAVITY_M_S2
