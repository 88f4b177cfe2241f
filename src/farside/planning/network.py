"""Who hears a craft or a place at the Moon: the Earth's stations, or a relay satellite with a station in its sight; and for how long.

*Model and limits*: straight lines of sight (`environment.line_of_sight`), as signed angles, positive while somebody hears: the larger of
the direct way to a station and the way by the relay, each being the smallest angle along it. No antennas, no data rates, no light time.
The relay flies by gravity alone from the epoch at which its orbit is declared: nobody keeps its orbit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.basis.axes import planetocentric
from farside.basis.constants import MOON_RADIUS_M
from farside.basis.epochs import utc_from_tdb
from farside.dynamics.world import World
from farside.environment.ephemeris import Sky
from farside.environment.line_of_sight import (
    SITE_MASK_RAD,
    Contact,
    contact_hours,
    contacts,
    earth_from_craft,
    earth_from_relay,
    earth_from_site,
    relay_from_craft,
    relay_from_site,
)
from farside.environment.lunar_site import track_site
from farside.environment.orientation import Ground
from farside.environment.relay import Relay
from farside.environment.stations import DEEP_SPACE, Station
from farside.planning.lunar_plane import LandingGoal
from farside.planning.relay_orbit import RelayOrbit, relay_table

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Who may listen: a relay, if there is one, by its orbit; the stations of the Earth that count; the mask of lunar sites [rad]."""

    relay: RelayOrbit | None = None
    stations: tuple[Station, ...] = DEEP_SPACE
    mask_rad: float = SITE_MASK_RAD


@dataclass(frozen=True)
class Listeners:
    """A network over a span of time. `relay` is where its relay is then: None without one, or when it is lost, and `lost` says how."""

    sky: Sky
    network: Network
    relay: Relay | None
    lost: str = ""


@dataclass(frozen=True)
class StayContacts:
    """From when to when a craft on the ground is heard between touchdown and lift-off; `lost` says what became of a relay that was lost."""

    landed_s: float
    lift_off_s: float
    contacts: tuple[Contact, ...]
    lost: str = ""

    @property
    def hours(self) -> float:
        """Hours of contact."""
        return contact_hours(self.contacts)

    @property
    def stay_hours(self) -> float:
        return (self.lift_off_s - self.landed_s) / 3600.0


def listening(world: World, network: Network, start_s: float, end_s: float) -> Listeners:
    """The network from `start_s` to `end_s`; costs a propagation of the relay (10 ms a week), from its epoch on.

    A relay that strikes the Moon before `end_s`, or whose epoch lies outside the ephemerides of this flight, hears nothing at all.
    """
    if network.relay is None:
        return Listeners(world.sky, network, None)
    sky, epoch_s = world.sky, network.relay.epoch_s
    last_s = sky.start_s + sky.step_s * len(sky.table)
    if not sky.start_s <= epoch_s <= last_s:
        span = f"{utc_from_tdb(sky.start_s, 0)} to {utc_from_tdb(last_s, 0)}"
        lost = f"the relay's orbit is of {utc_from_tdb(epoch_s, 0)}, outside the ephemerides of this flight, {span}; one within would do"
        return Listeners(sky, network, None, lost)
    try:
        return Listeners(sky, network, relay_table(world, network.relay, start_s, end_s))
    except ValueError as error:
        return Listeners(sky, network, None, str(error))


def craft_heard(listeners: Listeners, r_m: Array, epochs_s: Array) -> Array:
    """By what angle [rad] (k,) a craft at `r_m` (k, 3) about the Moon (ICRF) is heard at the epochs (k,)."""
    heard = earth_from_craft(r_m, epochs_s, listeners.sky, listeners.network.stations)
    return _or_by_relay(listeners, heard, epochs_s, lambda relay: relay_from_craft(r_m, relay, epochs_s))


def site_heard(listeners: Listeners, site: Ground, epochs_s: Array) -> Array:
    """By what angle [rad] (k,) a place on the ground is heard, over its horizon's mask, at the epochs (k,)."""
    sky, mask = listeners.sky, listeners.network.mask_rad
    heard = earth_from_site(site, epochs_s, sky, mask)
    if np.any(heard > 0.0):  # otherwise no station need be asked
        heard = np.minimum(heard, earth_from_craft(track_site(site, epochs_s, sky).r_m, epochs_s, sky, listeners.network.stations))
    return _or_by_relay(listeners, heard, epochs_s, lambda relay: relay_from_site(site, relay, epochs_s, sky, mask))


def _or_by_relay(listeners: Listeners, direct: Array, epochs_s: Array, sight: Callable[[Relay], Array]) -> Array:
    """The better of the direct way and that by the relay, which is as good as its worse half."""
    if listeners.relay is None:
        return direct
    onwards = earth_from_relay(listeners.relay, epochs_s, listeners.sky, listeners.network.stations)
    return np.asarray(np.maximum(direct, np.minimum(sight(listeners.relay), onwards)))


def stay_contacts(world: World, network: Network, site: Ground, landed_s: float, lift_off_s: float) -> StayContacts:
    """When a place on the ground is heard between two epochs (TDB s past J2000), and for how many hours.

    `ValueError` when lift-off does not come after touchdown, or never.
    """
    if not 0.0 < lift_off_s - landed_s < np.inf:
        raise ValueError(f"contacts of a stay from {landed_s} to {lift_off_s} s were asked for; a lift-off after the touchdown would do")
    listeners = listening(world, network, landed_s, lift_off_s)
    found = contacts(lambda t: site_heard(listeners, site, t), landed_s, lift_off_s)
    return StayContacts(landed_s, lift_off_s, found, listeners.lost)


def contact_events(stay: StayContacts) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """`contact_start` and `contact_end` of each contact, with their epochs; the end tells its hours and those of the stay so far.

    A contact that holds at touchdown starts there, one that holds at lift-off ends there, so that the last end tells the hours of it all.
    """
    so_far = 0.0
    for contact in stay.contacts:
        so_far += contact.hours
        yield "contact_start", contact.start_s, {}
        yield "contact_end", contact.end_s, {"hours": contact.hours, "hours_so_far": so_far, "hours_of_stay": stay.stay_hours}


def site_of(landing: LandingGoal) -> Ground:
    """The landing site as a place on the ground."""
    x, y, z = landing.site_moon_me * (MOON_RADIUS_M + landing.height_m)
    return Ground(*planetocentric(x, y, z, MOON_RADIUS_M))
