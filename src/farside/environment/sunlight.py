"""Where the Sun stands over a place on the Moon, how strong it is, and whether the place is lit.

*Model and limits*: the Sun's centre at its finite distance, seen from the site itself; where it is, not where it was when the light left
(20 seconds of arc); the disc (half a degree) is a point, so that sunrise at a flat horizon is half an hour late; no relief but the mask.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import AU_M
from farside.environment.ephemeris import Sky
from farside.environment.lunar_site import SiteTrack, track_site
from farside.environment.orientation import Ground, icrf_to_moon_me

Array = NDArray[np.float64]


class Sunlight(NamedTuple):
    """The Sun over a site at epochs (k,): elevation above the local horizontal [rad], azimuth clockwise from north in [0, 2 pi) [rad],
    distance [m]."""

    epochs_s: Array
    elevation_rad: Array
    azimuth_rad: Array
    distance_m: Array

    @property
    def distance_au(self) -> Array:
        return self.distance_m / AU_M


def sunlight(site: Ground, epochs_s: Array | float, sky: Sky) -> Sunlight:
    """The Sun over a site on the Moon at the epochs (k,), TDB seconds past J2000."""
    track = track_site(site, epochs_s, sky)
    elevation, azimuth, distance = seen_from(track, track.sun_m - track.moon_m)
    return Sunlight(track.epochs_s, elevation, azimuth, distance)


def seen_from(track: SiteTrack, r_m: Array) -> tuple[Array, Array, Array]:
    """Elevation and azimuth [rad] and distance [m], (k,) each, of points `r_m` (k, 3) from the Moon's centre (ICRF) over a moving site."""
    line = np.atleast_2d(r_m) - track.r_m
    distance = np.linalg.norm(line, axis=1)
    east, north, up = (np.einsum("ij,ij->i", line, axis) for axis in (track.east, track.north, track.up))
    return np.arctan2(up, np.hypot(east, north)), np.arctan2(east, north) % (2.0 * math.pi), distance


def mask_at(mask_rad: float | Array, azimuth_rad: Array) -> Array:
    """The height of the horizon [rad] at the azimuths (k,): one number all round, or heights at equal steps of azimuth from north through
    east, joined by straight lines."""
    heights = np.atleast_1d(np.asarray(mask_rad, dtype=np.float64))
    around = np.append(heights, heights[0])
    return np.interp(np.asarray(azimuth_rad) % (2.0 * math.pi), np.linspace(0.0, 2.0 * math.pi, around.size), around)


def is_lit(sun: Sunlight, mask_rad: float | Array = 0.0) -> NDArray[np.bool_]:
    """Whether the Sun's centre stands above the horizon, which may be a mask (see `mask_at`), at each epoch (k,)."""
    out: NDArray[np.bool_] = sun.elevation_rad > mask_at(mask_rad, sun.azimuth_rad)
    return out


def subsolar_point(epoch_s: float, sky: Sky) -> Ground:
    """The place on the Moon that has the Sun overhead; its height is the Sun's distance above the sphere, of no use."""
    track = track_site(Ground(0.0, 0.0, 0.0), epoch_s, sky)
    x, y, z = icrf_to_moon_me(epoch_s, sky) @ (track.sun_m[0] - track.moon_m[0])
    return Ground(math.atan2(z, math.hypot(x, y)), math.atan2(y, x) % (2.0 * math.pi), math.sqrt(x * x + y * y + z * z))
