"""Entries that tests of guidance and phases begin with."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.basis.twobody import angle_between, unit
from farside.craft.aeroshell import CHANGE_RETURNER
from farside.dynamics import flying as fl
from farside.dynamics.flying import Body, Rolling
from farside.dynamics.world import Point, World
from farside.environment.atmosphere import standard_profile
from farside.environment.wind import calm, seasonal_wind
from farside.guidance.interface import Entry, fly_entry
from farside.guidance.skip_entry import SkipLaw

Array = NDArray[np.float64]
ROLLING = Rolling(math.radians(15.0), math.radians(5.0))
SITE = unit(np.array(itrf_from_geodetic(math.radians(42.3), math.radians(111.4), 1100.0)))  # Siziwang, as missions/change6.toml has it

CHANGE6 = Point(
    "earth",
    772566104.6725833,
    np.array(
        [
            2592350.8003155966,
            5618600.259293368,
            1977574.2480881982,
            -8723.208692356247,
            391.3089248606706,
            6674.690591460839,
            301.535249434,
        ]
    ),
)
"""Where missions/change6.toml comes to 120 km: 10.99 km/s, -5.80 degrees, both inertial, 5015 km from the site, which lies ahead."""


def steeper(point: Point, degrees: float) -> Point:
    """The same point with its inertial flight-path angle so many degrees further down."""
    up, v = unit(point.r_m), point.v_m_s
    level = unit(v - (v @ up) * up)
    angle, speed = math.asin(float(v @ up) / float(np.linalg.norm(v))) - math.radians(degrees), float(np.linalg.norm(v))
    y = point.y.copy()
    y[3:6] = speed * (math.cos(angle) * level + math.sin(angle) * up)
    return replace(point, y=y)


def law(point: Point = CHANGE6, site: Array = SITE, **changed: Any) -> SkipLaw:
    """The law of Chang'e-6's capsule; `changed` fields by name."""
    plain = SkipLaw(
        axes=np.ascontiguousarray(icrf_to_itrf(point.epoch_s)),
        epoch_s=point.epoch_s,
        site=site,
        body=Body(CHANGE_RETURNER.shell(), standard_profile(), seasonal_wind(point.epoch_s)),
        mass_kg=point.mass_kg,
        rolling=ROLLING,
        gate_height_m=10e3,
        gate_speed_m_s=100.0,
        final_bank_rad=math.radians(60.0),
        least_bank_rad=math.radians(15.0),
        most_bank_rad=math.radians(165.0),
        load_limit_g=7.0,
        solve_s=10.0,
        late_solve_s=1.0,
        late_s=120.0,
        reversals=6,
        damping=0.4,
        sensed_m_s2=0.5,
        homing_m_s=400.0,
        filter_s=10.0,
    )
    return plain._replace(**changed)


def guided(world: World, taken: SkipLaw, body: Body | None = None, point: Point = CHANGE6, known: Point | None = None) -> tuple[int, Array]:
    """Fly under the law, in the air that guidance takes it for unless told."""
    entry = Entry(taken, taken.body if body is None else body, ROLLING, taken.gate_height_m)
    return fly_entry(world, point, point if known is None else known, entry)


def miss_km(rows: Array, site: Array = SITE) -> float:
    return 6371.0 * float(angle_between(icrf_to_itrf(float(rows[-1, 0])) @ rows[-1, 1:4], site))


def peak(rows: Array) -> tuple[float, float, float]:
    """Highest load [g], its height [km], seconds since the first row."""
    k = int(np.argmax(rows[:, fl.LOAD]))
    return float(rows[k, fl.LOAD]), float(rows[k, fl.HEIGHT]) / 1e3, float(rows[k, 0] - rows[0, 0])


CALM = calm()
