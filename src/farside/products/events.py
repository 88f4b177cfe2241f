"""`events.json`: what happened, where, how fast, with what on board."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from farside.basis.constants import MOON_RADIUS_M
from farside.basis.epochs import utc_from_tdb
from farside.dynamics.arcs import Arc
from farside.environment.orientation import Ground
from farside.phases.leg import Burn, Event, Leg
from farside.products.orbit import motion, osculating, place, plane_change_deg
from farside.products.plain import plain

if TYPE_CHECKING:
    from farside.environment.ephemeris import Sky
    from farside.flight import Flight

WITH_ORBIT = ("parking_orbit", "ascent_insertion")  # events that tell the orbit they stand on, besides burns
REPEATING = {"touchdown": "pdi", "ascent_insertion": "ascent_liftoff"}  # events that repeat the totals of the burn they end
NEAR_SITE_M = 20e3  # assumed: so near the landing site an event tells its height above it


def event_records(flight: Flight) -> list[dict[str, Any]]:
    """Every event as `events.json` writes it, by epoch, ties by leg."""
    zero_s, burns, site = mission_zero_s(flight), burns_by_event(flight.legs), landing_place(flight)
    return [
        event_record(event, zero_s, flight.sky, burns.get((event.phase, REPEATING.get(event.name, event.name))), site)
        for event in flight.events
    ]


def landing_place(flight: Flight) -> Ground | None:
    """The landing site on the Moon; None in a mission without."""
    mission = flight.mission
    site = mission.sites.get(mission.goals.landing_site) if hasattr(mission, "sites") else None
    return None if site is None else Ground(site.latitude_rad, site.longitude_rad, site.altitude_m)


def mission_zero_s(flight: Flight) -> float:
    """Where mission time counts from: the event `liftoff`; the first event in a flight without one."""
    for event in flight.events:
        if event.name == "liftoff":
            return event.epoch_s
    return flight.events[0].epoch_s if flight.events else min(leg.start_s for leg in flight.legs)


def burns_by_event(legs: Sequence[Leg]) -> Mapping[tuple[str, str], tuple[Leg, Burn]]:
    """The burn, and its leg, that an event (phase, name) is the ignition of."""
    return {(burn.phase, burn.name): (leg, burn) for leg in legs for burn in leg.burns}


def event_record(
    event: Event, zero_s: float, sky: Sky, burned: tuple[Leg, Burn] | None = None, site: Ground | None = None
) -> dict[str, Any]:
    """One event; `burned` is the burn that it is the ignition of, or ends, and the leg of that burn; `site` the landing site."""
    where = (event.center, event.epoch_s, event.r_m)
    data: dict[str, Any] = {}
    if burned is not None:
        data = totals(burned[1]) if event.name in REPEATING else burn_data(*burned, sky)
    if event.name in WITH_ORBIT:
        data |= osculating(*where, event.v_m_s, sky)
    if site is not None and event.center == "moon":
        data |= above_site(place(*where, sky), site)
    return {
        "event": event.name,
        "phase": event.phase,
        "craft": event.craft,
        "modules": list(event.modules),
        "epoch_utc": utc_from_tdb(event.epoch_s),
        "epoch_tdb_s": event.epoch_s,
        "met_s": event.epoch_s - zero_s,
        "center": event.center,
        **place(*where, sky),
        "position_km": [x / 1e3 for x in event.r_m],
        "velocity_km_s": [x / 1e3 for x in event.v_m_s],
        **motion(*where, event.v_m_s, sky),
        "mass_kg": event.mass_kg,
        "data": {**data, **plain(event.data)},
    }


def burn_arcs(leg: Leg, burn: Burn) -> list[Arc]:
    """The arcs of a burn, in order; none for a burn too short to be an arc."""
    return [arc for arc in leg.arcs if arc.thrust_n > 0.0 and burn.ignition_s <= 0.5 * (arc.start_s + arc.end_s) <= burn.cutoff_s]


def above_site(where: dict[str, float], site: Ground) -> dict[str, float]:
    """Height above the level of the landing site of a place on the Moon; nothing far from it."""
    north, east = math.radians(where["latitude_deg"]), math.radians(where["longitude_deg"])
    cosine = math.cos(north) * math.cos(site.latitude_rad) * math.cos(east - site.longitude_rad)
    away_m = MOON_RADIUS_M * math.acos(min(1.0, cosine + math.sin(north) * math.sin(site.latitude_rad)))
    height_m = 1e3 * where["altitude_km"] - site.height_m
    return {"height_above_site_m": height_m} if max(away_m, height_m) < NEAR_SITE_M else {}


def totals(burn: Burn) -> dict[str, Any]:
    """What a burn came to."""
    return {
        "delta_v_m_s": burn.delta_v_m_s,
        "duration_s": burn.cutoff_s - burn.ignition_s,
        "propellant_kg": burn.propellant_kg,
        "ignition_mass_kg": burn.ignition_mass_kg,
        "cutoff_utc": utc_from_tdb(burn.cutoff_s),
    }


def burn_data(leg: Leg, burn: Burn, sky: Sky) -> dict[str, Any]:
    """Totals of a burn and the osculating orbit at its cut-off."""
    arcs = burn_arcs(leg, burn)
    if not arcs:  # too short to be an arc: nothing turned
        return totals(burn)
    first, last = arcs[0].states[0].tolist(), arcs[-1].states[-1].tolist()
    turned = plane_change_deg((first[:3], first[3:6]), (last[:3], last[3:6]))
    orbit = osculating(arcs[-1].center, arcs[-1].end_s, tuple(last[:3]), tuple(last[3:6]), sky)
    return {**totals(burn), "plane_change_deg": turned, **orbit}
