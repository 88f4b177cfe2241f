"""Ground stations of the Earth, as a table, and how high above their horizon something in space stands."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic

Array = NDArray[np.float64]


class Station(NamedTuple):
    """A station: WGS 84 latitude and east longitude [deg], height [m], and the elevation [deg] above which it works."""

    name: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    mask_deg: float = 5.0  # assumed: hills, and what the air does lower down


KASHI = Station("Kashi", 38.4214, 76.7144, 1300.0)  # facts G1; height assumed: the town's
JIAMUSI = Station("Jiamusi", 46.4939, 130.7706, 100.0)  # facts G2; height assumed: the plain's
NEUQUEN = Station("Neuquén", -38.19, -70.15, 500.0)  # facts G3; height assumed: the plateau's
DEEP_SPACE = (KASHI, JIAMUSI, NEUQUEN)


def placed(station: Station, turn: Array) -> tuple[Array, Array]:
    """Where a station is from the Earth's centre [m] and the unit vector straight up, (k, 3) each, ICRF axes, as the Earth is turned:
    `turn` (k, 3, 3) from ICRF to ITRF."""
    latitude, longitude = math.radians(station.latitude_deg), math.radians(station.longitude_deg)
    place = np.array(itrf_from_geodetic(latitude, longitude, station.altitude_m))
    c = math.cos(latitude)
    up = np.array([c * math.cos(longitude), c * math.sin(longitude), math.sin(latitude)])
    return np.einsum("kij,i->kj", turn, place), np.einsum("kij,i->kj", turn, up)


def station_positions(station: Station, epochs_s: Array) -> tuple[Array, Array]:
    """Positions from the Earth's centre [m] and unit vectors straight up, (k, 3) each, ICRF axes, at the epochs (k,)."""
    return placed(station, icrf_to_itrf(np.atleast_1d(np.asarray(epochs_s, dtype=np.float64))))


def elevation_over(place_m: Array, up: Array, r_m: Array) -> Array:
    """Elevations [rad] (k,) of points `r_m` (k, 3) over places (k, 3) whose straight up is `up` (k, 3), all in the same axes."""
    line = np.asarray(r_m) - place_m
    sine = np.einsum("ki,ki->k", line, up) / np.linalg.norm(line, axis=1)
    return np.asarray(np.arcsin(np.clip(sine, -1.0, 1.0)))


def station_elevation(station: Station, r_m: Array, epochs_s: Array) -> Array:
    """Elevations [rad] (k,) over the station of points `r_m` (k, 3) from the Earth's centre (ICRF); no refraction, no light time."""
    return elevation_over(*station_positions(station, epochs_s), r_m)
