"""`delivery.json`: what the container holds, where each gram came from, and who has had it, as far as the flight goes.

*Model*: the masses are a simulation's, rounded once when they were collected (`craft.container`); the document repeats those integers. Who
has the container is read from the legs: the module that carries it, on which craft, resting or flying, about which body; on the way to the
laboratory (`phases.transport`) who carries that module, and at the end the laboratory. *Limits*: a flight that ends before the hand-over
says so in the last entry; no balance has weighed anything (`predicted`), and nobody has looked at the seal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from farside.basis.axes import geodetic_from_itrf, planetocentric
from farside.basis.constants import MOON_RADIUS_M
from farside.basis.epochs import utc_from_tdb
from farside.craft.container import Container, Portion, as_of, containers
from farside.craft.module import Craft, Gone, Landed, Module, Place
from farside.delivery import Delivery, compose
from farside.dynamics.arcs import Arc
from farside.phases.leg import Event, Outcome
from farside.products.orbit import place as place_over
from farside.products.record import flight_digest, flight_record

if TYPE_CHECKING:
    from farside.flight import Flight

FLYING = {"earth": "about the Earth", "moon": "about the Moon"}
GROUND = {"earth": "on the Earth", "moon": "on the Moon"}


class Held(NamedTuple):
    """Who has the container from an epoch on: the module, and in words where that is."""

    epoch_s: float
    holder: str
    where: str


def deliver(flight: Flight) -> Delivery | None:
    """The hand-over document of a flight; None when no module carries a container at its end.

    Raises `ValueError` when several containers are carried: a document is of one.
    """
    aboard = [(module, item) for craft in flight.state.crafts for module in craft.modules for item in containers(module)]
    if not aboard:
        return None
    if len(aboard) > 1:
        told = ", ".join(f"{item.id} on {module.name}" for module, item in aboard)
        raise ValueError(f"a delivery is of one container, and {flight.mission.name} ends with {told}")
    container = aboard[0][1]
    custody = [
        {"holder": held.holder, "since_utc": utc_from_tdb(held.epoch_s), "where": held.where}
        for held in (*custody_of(flight, container), last_seen(flight, container))
    ]
    portions = [portion_record(portion) for portion in container.portions]
    digest, brought = flight_digest(flight_record(flight, ())), transport_record(flight, container)
    return compose(flight.mission.name, digest, container_record(container), portions, custody, transport=brought)


def transport_record(flight: Flight, container: Container) -> dict[str, Any] | None:
    """The way to the laboratory as the document holds it; None for a container that did not come there."""
    door = _door(flight, container)
    if door is None:
        return None
    stages = [event for event in flight.events if event.name == "transport" and event.phase == door.phase]
    limits = {key: door.data[key] for key in ("temperature_min_k", "temperature_max_k", "shock_limit_g")}
    return {**limits, "stages": [_stage(event) for event in stages]}


def _stage(event: Event) -> dict[str, Any]:
    told = {key: event.data[key] for key in ("by", "to", "since_utc", "temperature_least_k", "temperature_most_k", "shock_g")}
    return {**told, "until_utc": utc_from_tdb(event.epoch_s)}


def _door(flight: Flight, container: Container) -> Event | None:
    """The hand-over at the laboratory; None in a flight that ends before it."""
    _, module = _carrier(flight, container)
    return next((event for event in flight.events if event.name == "delivered" and module.name in event.modules), None)


def _carrier(flight: Flight, container: Container) -> tuple[Craft, Module]:
    """The craft and the module that the container is on when the flight ends."""
    return next((c, m) for c in flight.state.crafts for m in c.modules if _carries(m, container))


def container_record(container: Container) -> dict[str, Any]:
    """The container as the document holds it; one that was never closed is unsealed."""
    closed = container.sealed_s is not None
    return {
        "id": container.id,
        "capacity_ug": container.capacity_ug,
        "seal": "sealed" if closed else "unsealed",
        "leak_rate_pa_m3_s": container.leak_rate_pa_m3_s,
        "sealed_utc": None if container.sealed_s is None else utc_from_tdb(container.sealed_s),
        "opened": False,
    }


def portion_record(portion: Portion) -> dict[str, Any]:
    """A portion as the document holds it."""
    return {
        "id": portion.id,
        "tool": portion.tool,
        "mass_ug": portion.mass_ug,
        "depth_top_mm": portion.depth_top_mm,
        "depth_bottom_mm": portion.depth_bottom_mm,
        "collected_utc": utc_from_tdb(portion.collected_s),
        "site": portion.site,
    }


def custody_of(flight: Flight, container: Container) -> list[Held]:
    """Every change of holder, craft, ground, body or seal, from the first portion on, by epoch; where several fall on one, the last."""
    first_s = min((portion.collected_s for portion in container.portions), default=-math.inf)
    door = _door(flight, container)
    handed_over_s = math.inf if door is None else door.epoch_s
    found: dict[float, Held] = {}
    for held in sorted(_moments(flight, container), key=lambda held: held.epoch_s):
        found[held.epoch_s] = held
    kept: list[Held] = []
    for held in (held for held in found.values() if first_s <= held.epoch_s < handed_over_s):
        if not kept or held[1:] != kept[-1][1:]:
            kept.append(held)
    return kept


def _moments(flight: Flight, container: Container) -> Iterator[Held]:
    """Who has the container when each arc of the flight begins, and when each leg is done."""
    for leg in flight.legs:
        carried = {event.epoch_s: event for event in leg.events if event.name == "transport"}
        for arc, load in zip(leg.arcs, leg.loads, strict=True):
            for module in load:
                if _carries(module, container) and arc.mode == "carried":
                    yield _on_its_way(container, module, arc.start_s, carried[arc.end_s])
                elif _carries(module, container):
                    place = leg.before[0].place if arc.mode == "landed" else arc
                    yield _held(container, module, leg.before[0].name, arc.start_s, place, flight)
        for craft in leg.after:
            for module in craft.modules:
                if _carries(module, container) and not isinstance(craft.place, Gone):
                    yield _held(container, module, craft.name, craft.epoch_s, craft.place, flight)


def _carries(module: Module, container: Container) -> bool:
    return any(item.id == container.id for item in containers(module))


def _on_its_way(container: Container, module: Module, epoch_s: float, stage: Event) -> Held:
    """One entry: somebody has the module, and brings it to a site or keeps it where it is."""
    here, there = stage.data["from"], stage.data["to"]
    where = f"at {there}" if here is None else f"from {here} to {there}, {stage.data['distance_m'] / 1e3:,.0f} km"
    return Held(epoch_s, stage.data["by"], f"in the {module.name}, {where}; {_seal(as_of(container, epoch_s))}")


def _seal(then: Container) -> str:
    return "sealed" if then.sealed_s is not None else "open, being filled" if then.portions else "open, empty"


def _held(container: Container, module: Module, craft: str, epoch_s: float, place: Place | Arc, flight: Flight) -> Held:
    """One entry: the module has it, on a craft that stands or flies."""
    aboard = "" if craft == module.name else f"aboard the {craft}, "
    return Held(epoch_s, module.name, f"{aboard}{_whereabouts(place, flight, epoch_s)}; {_seal(as_of(container, epoch_s))}")


def _whereabouts(place: Place | Arc, flight: Flight, epoch_s: float) -> str:
    """Where a craft is, in words."""
    if isinstance(place, Gone):
        return f"lost: {place.where}, {place.why}"
    if isinstance(place, Arc) and place.mode == "flying":
        return "in the Earth's air"
    if not isinstance(place, Landed):
        return FLYING[place.center]
    ground = geodetic_from_itrf(*place.r_fixed_m) if place.center == "earth" else planetocentric(*place.r_fixed_m, MOON_RADIUS_M)
    north, east = math.degrees(ground[0]), math.degrees(ground[1])
    return f"{GROUND[place.center]} at {place.site} ({abs(north):.4f} {'S' if north < 0.0 else 'N'}, {east:.4f} E)"


def last_seen(flight: Flight, container: Container) -> Held:
    """Where the flight leaves the container, said as it is: what has not been flown has not happened."""
    craft, module = _carrier(flight, container)
    door = _door(flight, container)
    if door is not None:
        return Held(door.epoch_s, door.data["site"], f"handed over at the door, in the {module.name}; {_seal(container)}, not opened")
    how = "" if flight.outcome is Outcome.DONE else f" ({flight.outcome.value})"
    where = _whereabouts(craft.place, flight, craft.epoch_s)
    if not isinstance(craft.place, Gone | Landed):
        where = f"{_altitude_km(flight, craft):,.0f} km above {'the Earth' if craft.place.center == 'earth' else 'the Moon'}"
    aboard = "" if craft.name == module.name else f"aboard the {craft.name}, "
    landed = isinstance(craft.place, Landed) and craft.place.center == "earth"
    end = f"the flight as flown ends here{how}; {'' if landed else 'not landed on the Earth, '}not handed over"
    return Held(craft.epoch_s, module.name, f"{aboard}{where}: {end}")


def _altitude_km(flight: Flight, craft: Craft) -> float:
    place: Any = craft.place
    return place_over(place.center, craft.epoch_s, place.r_m, flight.sky)["altitude_km"]
