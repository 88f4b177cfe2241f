"""What it is like at a place on the Moon over a stay: where the Sun stands and how warm the ground is, at chosen epochs.

*Model and limits*: `sunlight` for the Sun, `surface_temperature` (Hayne et al. 2017) for the ground, level and without rocks. The soil is
marched in steps of ten minutes from the first epoch, after lunations with the Sun as it stands then; between steps it is a straight line,
which at sunrise, where it is worst, errs by 0.1 K. An eclipse by the Earth is not seen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.environment.ephemeris import Sky
from farside.environment.orientation import Ground
from farside.environment.sunlight import sunlight
from farside.environment.surface_temperature import HIGHLAND, Soil, soil_temperatures

Array = NDArray[np.float64]
MARCH_S = 600.0  # assumed: of the soil; against steps of a minute no temperature changes by 0.2 K


class SiteConditions(NamedTuple):
    """A site at `epochs_s` (k,), TDB s past J2000: the Sun's elevation over the local horizontal and its azimuth, clockwise from north
    [deg], and the temperature of the ground's surface [K]; a reading, so in the units that people use."""

    epochs_s: Array
    sun_elevation_deg: Array
    sun_azimuth_deg: Array
    temperature_k: Array


def site_conditions(site: Ground, epochs_s: Array | float, sky: Sky, soil: Soil = HIGHLAND, mask_rad: float = 0.0) -> SiteConditions:
    """The Sun and the ground's temperature at a site at the epochs (k,), which must not fall; `mask_rad` is a level horizon's elevation.

    `ValueError` for epochs that fall, or none.
    """
    epochs = np.atleast_1d(np.asarray(epochs_s, dtype=np.float64))
    if epochs.size == 0 or not np.all(np.diff(epochs) >= 0.0):
        raise ValueError(f"conditions of a site were asked for at {epochs.size} epochs, not in order; one or more that rise would do")
    sun = sunlight(site, epochs, sky)
    ground = soil_temperatures(site, float(epochs[0]), float(epochs[-1]), sky, soil, mask_rad, MARCH_S)
    warm = np.interp(epochs, ground.epochs_s, ground.surface_k)
    return SiteConditions(epochs, np.degrees(sun.elevation_rad), np.degrees(sun.azimuth_rad), warm)
