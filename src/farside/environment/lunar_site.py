"""A place on the Moon's ground, and how it moves: its position and its east, north and up in ICRF axes at any epoch.

*Model and limits*: the mean-Earth axes of the sky (150 m on the ground with DE421, see `ephemeris`); up is away from the Moon's centre.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import from_planetocentric
from farside.basis.constants import MOON_RADIUS_M
from farside.basis.kernel import kernel
from farside.environment.ephemeris import Sky, moon_matrix, sky_at
from farside.environment.orientation import Ground, mean_earth_from, orientation_of

Array = NDArray[np.float64]


class SiteTrack(NamedTuple):
    """A site at epochs (k,) [TDB s past J2000], ICRF axes: `r_m` (k, 3) from the Moon's centre, unit vectors `east`, `north`, `up` (k, 3),
    `moon_m` and `sun_m` (k, 3), the Moon and the Sun from the Earth's centre."""

    epochs_s: Array
    r_m: Array
    east: Array
    north: Array
    up: Array
    moon_m: Array
    sun_m: Array


def moon_site(latitude_deg: float, longitude_deg: float, altitude_m: float) -> Ground:
    """The place at planetocentric latitude and east longitude in the Moon's mean-Earth axes, `altitude_m` above the sphere of 1737.4 km.

    `ValueError` for a latitude or a longitude that is none.
    """
    if not (-90.0 <= latitude_deg <= 90.0 and -360.0 <= longitude_deg <= 360.0):
        raise ValueError(f"latitude {latitude_deg}, longitude {longitude_deg} deg: a place has -90 to 90 and -360 to 360")
    return Ground(math.radians(latitude_deg), math.radians(longitude_deg % 360.0), altitude_m)


def local_axes(site: Ground) -> Array:
    """East, north and up (3, 3; rows) of a site in the Moon's mean-Earth axes."""
    sf, cf = math.sin(site.latitude_rad), math.cos(site.latitude_rad)
    sl, cl = math.sin(site.longitude_rad), math.cos(site.longitude_rad)
    return np.array([[-sl, cl, 0.0], [-sf * cl, -sf * sl, cf], [cf * cl, cf * sl, sf]])


def track_site(site: Ground, epochs_s: Array | float, sky: Sky) -> SiteTrack:
    """The site at the epochs (k,), or at one (k = 1); outside the sky's table the answer is soon wrong."""
    epochs = np.atleast_1d(np.asarray(epochs_s, dtype=np.float64))
    from_table = mean_earth_from(orientation_of(sky)).T  # to the table's axes from mean Earth
    place = np.array(from_planetocentric(site.latitude_rad, site.longitude_rad, site.height_m, MOON_RADIUS_M))
    columns = np.ascontiguousarray(np.vstack([place, local_axes(site)]) @ from_table.T)
    turned, moon, sun = _turned(epochs, columns, sky)
    return SiteTrack(epochs, turned[:, 0], turned[:, 1], turned[:, 2], turned[:, 3], moon, sun)


@kernel
def _turned(epochs, rows, sky):  # type: ignore[no-untyped-def]
    """Vectors fixed to the Moon (n, 3) at the epochs, in ICRF (k, n, 3), and the geocentric Moon and Sun (k, 3)."""
    out = np.empty((epochs.size, rows.shape[0], 3))
    moon, sun = np.empty((epochs.size, 3)), np.empty((epochs.size, 3))
    for i in range(epochs.size):
        s = sky_at(epochs[i], sky)
        m = moon_matrix(s[6], s[7], s[8])
        for j in range(3):
            moon[i, j], sun[i, j] = s[j], s[3 + j]
        for n in range(rows.shape[0]):
            x, y, z = rows[n, 0], rows[n, 1], rows[n, 2]
            out[i, n, 0] = m[0] * x + m[3] * y + m[6] * z
            out[i, n, 1] = m[1] * x + m[4] * y + m[7] * z
            out[i, n, 2] = m[2] * x + m[5] * y + m[8] * z
    return out, moon, sun
