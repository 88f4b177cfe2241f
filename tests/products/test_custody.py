"""`delivery.json`: what the container holds and who has had it, as far as the flight goes, and no further."""

import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from farside import delivery
from farside.basis.epochs import utc_from_tdb
from farside.craft.container import Container, containers, loaded
from farside.craft.module import Gone, Landed
from farside.phases.leg import Event, Leg, Outcome
from farside.products import deliver, write_flight
from farside.products.record import flight_digest
from farside.products.schema import schema


@pytest.fixture(scope="module")
def document(lunar):
    return delivery.document_of(deliver(lunar))


def test_it_is_a_delivery(document):
    assert delivery.check(document) == ()
    jsonschema.validate(document, schema("delivery"))


def test_the_container_is_the_one_that_was_filled_to_the_microgram(document, lunar):
    aboard = [c for craft in lunar.state.crafts for module in craft.modules for c in containers(module)]
    assert document["mass_ug"] == aboard[0].mass_ug == 246_913_579 == sum(portion["mass_ug"] for portion in document["portions"])
    assert document["container"]["sealed_utc"] == utc_from_tdb(aboard[0].sealed_s)
    assert (document["container"]["seal"], document["container"]["leak_rate_pa_m3_s"]) == ("sealed", 5e-9)
    assert document["predicted"] is True


def test_custody_goes_from_the_first_scoop_to_the_end_of_the_flight(document, lunar):
    surface, release, _, _, docking, _, first, second, *_, last, _ = lunar.legs
    told = [(entry["holder"], entry["since_utc"]) for entry in document["custody"]]
    assert told == [
        ("ascender", utc_from_tdb(surface.arcs[1].start_s)),  # the first scoop
        ("ascender", utc_from_tdb(surface.arcs[3].start_s)),  # sealed
        ("ascender", utc_from_tdb(release.end_s)),  # off the ground
        ("ascender", utc_from_tdb(docking.end_s)),  # aboard the orbiter
        ("orbiter", utc_from_tdb(first.end_s)),
        ("returner", utc_from_tdb(second.end_s)),
        ("returner", utc_from_tdb(last.end_s)),
    ]
    where = [entry["where"] for entry in document["custody"]]
    assert where[0].startswith("aboard the lander, on the Moon at landing (33.3732 S, 326.3099 E); open, being filled")
    assert where[1].endswith("; sealed") and where[2] == "about the Moon; sealed"
    assert where[3] == where[5] == "aboard the orbiter, about the Moon; sealed" and where[4] == "about the Moon; sealed"


def test_what_has_not_been_flown_has_not_happened(document, lunar):
    assert document["custody"][-1]["where"].endswith(
        "km above the Moon: the flight as flown ends here; not landed on the Earth, not handed over"
    )
    ended = replace(lunar, outcome=Outcome.PROPELLANT_EXHAUSTED)
    assert "ends here (propellant exhausted); not landed" in deliver(ended).custody[-1].where


def test_a_container_that_was_lost_says_so(lunar):
    *others, home, left = lunar.legs
    craft = replace(home.after[0], place=Gone("struck the moon", "at some time"))
    found = deliver(replace(lunar, legs=(*others, replace(home, after=(craft,)), left)))
    assert "lost: struck the moon, at some time: the flight as flown ends here" in found.custody[-1].where


def brought_home(lunar, shock_g=2.0):
    """The flight with its last hours as a way over the Earth's ground: a truck, a stay, and the door."""
    *others, home, left = lunar.legs
    site = Landed("earth", (-2.17e6, 4.39e6, 4.07e6), "recovery")
    down = replace(home.after[0], name="capsule", modules=tuple(m for m in home.after[0].modules if m.name == "returner"), place=site)
    arcs, events, begins_s = [], [], down.epoch_s
    ways = (("a truck", "airfield", 4.0), ("an airfield", "airfield", 6.0), ("a car", "laboratory", 1.0))
    for number, (by, to, hours) in enumerate(ways):
        arc = replace(home.arcs[0], mode="carried", times_s=begins_s + np.linspace(0.0, hours * 3600.0, 3), states=home.arcs[0].states[:3])
        told = {"by": by, "from": ("recovery", None, "airfield")[number], "to": to, "since_utc": utc_from_tdb(arc.start_s)}
        told |= {"temperature_least_k": 290.0, "temperature_most_k": 300.0 + number, "shock_g": shock_g, "distance_m": 1e4}
        where = ("earth", site.r_fixed_m, (0.0, 0.0, 0.0), 300.0)
        events.append(Event("transport", "transport", "capsule", ("returner",), arc.end_s, *where, told))
        arcs.append(arc)
        begins_s = arc.end_s
    limits = {"site": "laboratory", "temperature_min_k": 233.0, "temperature_max_k": 323.0, "shock_limit_g": 20.0}
    events.append(Event("delivered", "transport", "capsule", ("returner",), begins_s, *where, limits))
    after = replace(down, epoch_s=begins_s, place=replace(site, site="laboratory"))
    way = Leg("transport", (down,), (after,), tuple(arcs), tuple(events), loads=(down.modules,) * 3)
    return replace(lunar, legs=(*others, replace(home, after=(down,)), way, left))


def test_custody_goes_on_to_the_door(lunar):
    flight = brought_home(lunar)
    found = deliver(flight)
    told = [(entry.holder, entry.where) for entry in found.custody[-4:]]
    assert told == [
        ("a truck", "in the returner, from recovery to airfield, 10 km; sealed"),
        ("an airfield", "in the returner, at airfield; sealed"),
        ("a car", "in the returner, from airfield to laboratory, 10 km; sealed"),
        ("laboratory", "handed over at the door, in the returner; sealed, not opened"),
    ]
    assert found.custody[-4].since_utc == utc_from_tdb(flight.legs[-2].start_s)
    assert found.custody[-1].since_utc == utc_from_tdb(flight.legs[-2].end_s)
    assert found.mass_ug == deliver(lunar).mass_ug
    jsonschema.validate(delivery.document_of(found), schema("delivery"))
    assert delivery.from_text(delivery.text_of(found)) == found


def test_the_way_is_told_with_its_limits(lunar):
    found = deliver(brought_home(lunar)).transport
    assert [(stage.by, stage.to, stage.temperature_most_k) for stage in found.stages] == [
        ("a truck", "airfield", 300.0),
        ("an airfield", "airfield", 301.0),
        ("a car", "laboratory", 302.0),
    ]
    assert found.within_limits
    assert not deliver(brought_home(lunar, 30.0)).transport.within_limits
    assert deliver(lunar).transport is None


def test_a_capsule_that_lies_on_the_earth_is_not_handed_over(lunar):
    flight = brought_home(lunar)
    *before, _way, left = flight.legs
    found = deliver(replace(flight, legs=(*before, left), outcome=Outcome.NOT_FOUND))
    assert found.custody[-1].where.startswith("aboard the capsule, on the Earth at recovery (")
    assert found.custody[-1].where.endswith("the flight as flown ends here (not found); not handed over")


def test_a_container_that_was_never_closed_is_unsealed(lunar):
    """A flight that ends on the ground, before sealing."""
    surface = lunar.legs[0]
    craft = replace(surface.after[0], modules=surface.loads[2], epoch_s=surface.arcs[1].end_s)
    found = deliver(replace(lunar, legs=(replace(surface, after=(craft,), arcs=surface.arcs[:2], loads=surface.loads[:2]),)))
    assert (found.container.seal, found.container.sealed_utc, found.container.leak_rate_pa_m3_s) == ("unsealed", None, None)
    assert len(found.portions) == 2
    jsonschema.validate(delivery.document_of(found), schema("delivery"))
    assert delivery.from_text(delivery.text_of(found)) == found


def test_no_container_no_document(flight):
    assert deliver(flight) is None


def test_two_containers_are_refused_by_name(lunar):
    *others, home, left = lunar.legs
    returner = home.after[0].module("returner")
    twice = replace(home, after=(home.after[0].with_module(loaded(returner, Container("spare", 1000))),))
    with pytest.raises(ValueError, match="of one container, and change6 ends with sample on returner, spare on returner"):
        deliver(replace(lunar, legs=(*others, twice, left)))


def test_it_is_written_with_the_flight_and_tells_which_flight_that_was(lunar, tmp_path):
    files = write_flight(lunar, tmp_path)
    record = json.loads(files["flight.json"].read_text())
    written = delivery.read(files["delivery.json"])
    assert written.flight_digest == record["flight_digest"] == flight_digest(record), "a reader of the file finds it again"
    assert "delivery.json" in record["files"]
    other = replace(lunar, legs=(*lunar.legs[:-1], replace(lunar.legs[-1], advice="another")))
    assert deliver(other).flight_digest != written.flight_digest
