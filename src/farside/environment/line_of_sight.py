"""Who sees whom about the Moon: the relay from a site or a craft, the Earth's stations from the relay, and from when to when.

Every question is a signed angle, positive while there is sight; contacts are where it is, their ends found by halving. *Model and
limits*: straight lines; the Moon is a ball of 1737.4 km, or as low as the lower of the two if that lies below (no mountains but a site's
mask); the Earth hides nothing that a station's horizon does not; no light time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import icrf_to_itrf
from farside.basis.constants import MOON_RADIUS_M
from farside.environment.ephemeris import Sky
from farside.environment.lunar_site import track_site
from farside.environment.orientation import Ground
from farside.environment.relay import Relay, relay_positions
from farside.environment.stations import DEEP_SPACE, Station, elevation_over, placed
from farside.environment.sunlight import mask_at, seen_from

Array = NDArray[np.float64]

SITE_MASK_RAD = math.radians(5.0)  # assumed: hills around a lunar site, and an antenna that need not point lower
SAMPLE_S = 300.0  # assumed: no contact or gap of interest is shorter than five minutes


class Contact(NamedTuple):
    """From when to when there is sight, TDB s past J2000."""

    start_s: float
    end_s: float

    @property
    def hours(self) -> float:
        return (self.end_s - self.start_s) / 3600.0


def clearance(a_m: Array, b_m: Array, radius_m: float = MOON_RADIUS_M) -> Array:
    """By what angle [rad] (k,) the line between points (k, 3) about a ball's centre clears the ball; negative when it is in the way.

    The sum of both horizons' angles less the angle between the points, all at the centre. A point below the radius lowers the ball to
    itself: it stands on the ground.
    """
    a, b = np.atleast_2d(a_m), np.atleast_2d(b_m)
    ra, rb = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    ball = np.minimum(radius_m, np.minimum(ra, rb))
    between = np.arctan2(np.linalg.norm(np.cross(a, b), axis=1), np.einsum("ij,ij->i", a, b))
    return np.asarray(np.arccos(ball / ra) + np.arccos(ball / rb) - between)


def relay_from_site(site: Ground, relay: Relay, epochs_s: Array | float, sky: Sky, mask_rad: float | Array = SITE_MASK_RAD) -> Array:
    """By what angle [rad] (k,) the relay stands above a site's horizon mask (see `sunlight.mask_at`) at the epochs (k,)."""
    track = track_site(site, epochs_s, sky)
    elevation, azimuth, _distance = seen_from(track, relay_positions(relay, track.epochs_s))
    return np.asarray(elevation - mask_at(mask_rad, azimuth))


def relay_from_craft(r_m: Array, relay: Relay, epochs_s: Array | float) -> Array:
    """By what angle [rad] (k,) a craft at `r_m` (k, 3) about the Moon (ICRF) and the relay see each other past the Moon."""
    return clearance(r_m, relay_positions(relay, epochs_s))


def station_from_craft(station: Station, r_m: Array, epochs_s: Array | float, sky: Sky) -> Array:
    """By what angle [rad] (k,) a station and a craft at `r_m` (k, 3) about the Moon (ICRF) see each other: the smaller of that above the
    station's mask and that past the Moon."""
    return earth_from_craft(r_m, epochs_s, sky, (station,))


def earth_from_craft(r_m: Array, epochs_s: Array | float, sky: Sky, stations: Sequence[Station] = DEEP_SPACE) -> Array:
    """The largest of `station_from_craft` over the stations: positive while one of them sees the craft."""
    epochs = np.atleast_1d(np.asarray(epochs_s, dtype=np.float64))
    about_moon, moon, turn = np.atleast_2d(r_m), track_site(Ground(0.0, 0.0, 0.0), epochs, sky).moon_m, icrf_to_itrf(epochs)
    best = np.full(epochs.size, -math.pi)
    for station in stations:
        place, up = placed(station, turn)
        above = elevation_over(place, up, about_moon + moon) - math.radians(station.mask_deg)
        best = np.maximum(best, np.minimum(above, clearance(place - moon, about_moon)))
    return best


def station_from_relay(station: Station, relay: Relay, epochs_s: Array | float, sky: Sky) -> Array:
    """By what angle [rad] (k,) a station and the relay see each other; see `station_from_craft`."""
    return station_from_craft(station, relay_positions(relay, epochs_s), epochs_s, sky)


def earth_from_relay(relay: Relay, epochs_s: Array | float, sky: Sky, stations: Sequence[Station] = DEEP_SPACE) -> Array:
    """The largest of `station_from_relay` over the stations: positive while one of them sees the relay."""
    return earth_from_craft(relay_positions(relay, epochs_s), epochs_s, sky, stations)


def earth_from_site(site: Ground, epochs_s: Array | float, sky: Sky, mask_rad: float | Array = SITE_MASK_RAD) -> Array:
    """By what angle [rad] (k,) the Earth's centre stands above a site's horizon mask: positive on the near side."""
    track = track_site(site, epochs_s, sky)
    elevation, azimuth, _distance = seen_from(track, -track.moon_m)
    return np.asarray(elevation - mask_at(mask_rad, azimuth))


def contacts(sight: Callable[[Array], Array], start_s: float, end_s: float, sample_s: float = SAMPLE_S) -> tuple[Contact, ...]:
    """From when to when a signed function of epochs (k,) is positive, within a span; its roots to a millisecond.

    Contacts and gaps shorter than `sample_s` may be missed. `ValueError` for a span that runs backwards.
    """
    if not start_s < end_s:
        raise ValueError(f"contacts were asked for from {start_s} to {end_s} s; the end must be after the start")
    epochs = np.linspace(start_s, end_s, max(2, math.ceil((end_s - start_s) / sample_s) + 1))
    seen = sight(epochs) > 0.0
    turns = np.flatnonzero(seen[1:] != seen[:-1])
    ends = [float(t) for t in _roots(sight, epochs[turns], epochs[turns + 1], seen[turns])] if turns.size else []
    ends = ([start_s] if seen[0] else []) + ends + ([end_s] if seen[-1] else [])
    return tuple(Contact(first, last) for first, last in zip(ends[::2], ends[1::2], strict=True))


def _roots(sight: Callable[[Array], Array], low: Array, high: Array, seen_low: NDArray[np.bool_]) -> Array:
    """Where the sign turns between `low` and `high` (k,), all at once by halving."""
    while float(np.max(high - low)) > 1e-3:
        middle = 0.5 * (low + high)
        same = (sight(middle) > 0.0) == seen_low
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return 0.5 * (low + high)


def contact_hours(found: Sequence[Contact]) -> float:
    """The sum of the contacts' hours."""
    return sum(contact.hours for contact in found)
