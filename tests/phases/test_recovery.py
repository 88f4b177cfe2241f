"""The recovery: what follows from the landing point, what its events say, and how it ends when nobody sees the capsule."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from down_home import EPOCH_S, RECOVERY, capsule, flown, standing
from pydantic import ValidationError

from farside.basis.axes import itrf_from_geodetic
from farside.craft.module import Landed
from farside.dynamics.world import World
from farside.phases.leg import Leg, Outcome
from farside.phases.recovery import Asset, Beacon, Recovery, spot_of

D = math.radians
HELICOPTER = Asset(
    name="mi_8", kind="helicopter", latitude_rad=D(42.3), longitude_rad=D(111.0), speed_m_s=60.0, sight_range_m=4e3, ready_s=300.0
)
VEHICLE = Asset(name="truck", kind="vehicle", latitude_rad=D(42.2), longitude_rad=D(111.5), speed_m_s=12.0, sight_range_m=1e3)
BEACON = Beacon(starts_s=60.0, range_m=60e3, position_error_m=400.0)


def recovery(**fields: Any) -> Recovery:
    kept: dict[str, Any] = {"name": "recovery", "kind": "recovery", "craft": "capsule", "search_for_s": 43200.0}
    return Recovery(**(kept | {"beacon": BEACON, "assets": (HELICOPTER, VEHICLE)} | fields))


def data(leg: Leg, name: str) -> dict[str, Any]:
    return dict(next(event for event in leg.events if event.name == name).data)


def test_located_then_reached(world: World) -> None:
    leg = flown(world, recovery(), standing(0.05, 0.05))
    assert (leg.outcome, [event.name for event in leg.events]) == (Outcome.DONE, ["located", "reached"])
    located, there = data(leg, "located"), data(leg, "reached")
    assert located["beacon_heard_s"] == 60.0
    assert located["beacon_error_m"] == 0.0  # nominal
    assert located["from_predicted_m"] == pytest.approx(math.hypot(0.05 * 111.07e3, 0.05 * 82.45e3), rel=2e-3)
    assert leg.events[0].epoch_s == EPOCH_S + located["after_landing_s"]
    assert leg.end_s == leg.events[1].epoch_s == EPOCH_S + there["after_landing_s"]
    assert "located by" in leg.advice


def test_the_time_is_the_way(world: World) -> None:
    """The helicopter leaves after 5 min and flies 37 km at 60 m/s; it sees the capsule 4 km before."""
    leg = flown(world, recovery(assets=(HELICOPTER,)), standing(0.0, 0.05))
    way_m = 0.45 * 82.45e3
    assert data(leg, "located")["after_landing_s"] == pytest.approx(300.0 + (way_m - 4e3) / 60.0, rel=2e-3)
    assert data(leg, "reached")["after_landing_s"] == pytest.approx(300.0 + way_m / 60.0, rel=2e-3)


def test_it_stands_where_it_came_down_meanwhile(world: World) -> None:
    craft = standing(0.05)
    leg = flown(world, recovery(), craft)
    assert leg.after[0].place == craft.place
    assert {arc.mode for arc in leg.arcs} == {"landed"}
    assert leg.arcs[0].start_s == craft.epoch_s
    assert leg.arcs[-1].end_s == leg.end_s


def test_nobody_looks(world: World) -> None:
    leg = flown(world, recovery(assets=()), standing(0.1))
    assert leg.outcome is Outcome.NOT_FOUND
    assert "11.1 km from where it was predicted to land, and nobody looks for it" in leg.advice
    assert leg.events == ()
    assert isinstance(leg.after[0].place, Landed)


def test_given_up(world: World) -> None:
    """Forty kilometres away without a beacon: not in twelve hours; in as many as the advice says."""
    lost = recovery(beacon=None, assets=(VEHICLE,))
    leg = flown(world, lost, standing(0.36))
    assert leg.outcome is Outcome.NOT_FOUND
    assert leg.end_s == EPOCH_S + 43200.0
    assert "a beacon, more assets or a search_for of" in leg.advice
    hours = float(leg.advice.split("search_for of ")[1].split(" h")[0])
    longer = recovery(beacon=None, assets=(VEHICLE,), search_for_s=3600.0 * (hours + 0.1))
    assert flown(world, longer, standing(0.36)).outcome is Outcome.DONE
    assert flown(world, recovery(assets=(VEHICLE,)), standing(0.36)).outcome is Outcome.DONE


def test_the_beacon_errs_in_a_run(world: World) -> None:
    errors = [data(flown(world, recovery(), standing(0.05), run), "located")["beacon_error_m"] for run in range(1, 9)]
    assert all(error > 0.0 for error in errors)
    assert 200.0 < float(np.sqrt(np.mean(np.square(errors)) / 2.0)) < 800.0  # sixteen numbers of 400 m


def test_a_craft_in_the_air_is_not_searched_for(world: World) -> None:
    leg = flown(world, recovery(), capsule())
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "a parachute before would do" in leg.advice


def test_the_plane_about_the_site() -> None:
    """A tenth of a degree north and east at 42.3 degrees: arcs of the ellipsoid's radii of curvature."""
    for north, east in ((0.1, 0.0), (0.0, 0.1), (-0.3, 0.2)):
        spot = spot_of(RECOVERY, itrf_from_geodetic(RECOVERY.latitude_rad + D(north), RECOVERY.longitude_rad + D(east), 1100.0))
        assert spot.north_m == pytest.approx(D(north) * (6363.8e3 + 1100.0), abs=0.006 * 82e3 * abs(east) + 3.0)
        assert spot.east_m == pytest.approx(D(east) * (6387.8e3 + 1100.0) * math.cos(RECOVERY.latitude_rad + D(north)), rel=1e-3, abs=1.0)


def test_names_differ() -> None:
    with pytest.raises(ValidationError, match="mi_8 stands there twice"):
        recovery(assets=(HELICOPTER, HELICOPTER))
