"""The relay's orbit: elements by SPICE, the table against the propagation, the search on a coarse grid, the orbit that missions declare.

Chang'e-6 declares what `search_relay_orbit(world, SITE, TOUCHDOWN_S, LIFT_OFF_S, queqiao_2(EPOCH_S))` finds on its full grid of 24 by 24
(4 s): node 300 deg, mean anomaly 285 deg at 2024-06-01T00:00:00Z.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import spiceypy

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.dynamics.world import World, coast
from farside.environment.ephemeris import load_sky
from farside.environment.gravity import moon_gravity
from farside.environment.line_of_sight import contact_hours, contacts, earth_from_relay, relay_from_site
from farside.environment.lunar_site import moon_site
from farside.environment.orientation import mean_earth_from, orientation_of
from farside.environment.relay import relay_positions
from farside.planning.relay_orbit import LOWEST_M, queqiao_2, relay_point, relay_table, search_relay_orbit

SITE = moon_site(-41.6385, 206.0148, -5256.0)
TOUCHDOWN_S, LIFT_OFF_S = tdb_from_utc("2024-06-01T22:23:00Z"), tdb_from_utc("2024-06-03T23:38:00Z")
EPOCH_S = tdb_from_utc("2024-06-01T00:00:00Z")
DECLARED = replace(queqiao_2(EPOCH_S), node_rad=math.radians(300.0), mean_anomaly_rad=math.radians(285.0))
DAY_S = 86400.0


@pytest.fixture(scope="module")
def relay_world() -> World:
    sky = load_sky(tdb_from_utc("2024-05-20T00:00:00Z"), tdb_from_utc("2024-06-12T00:00:00Z"))
    axes = orientation_of(sky)
    return World(sky, moon_gravity(6, axes), mean_earth_from(axes))


@pytest.mark.parametrize("phase_deg", [0.0, 10.0, 179.0, 285.0])
def test_elements_are_those_that_spice_reads(relay_world: World, phase_deg: float) -> None:
    orbit = replace(DECLARED, mean_anomaly_rad=math.radians(phase_deg), argument_rad=math.radians(83.0))
    point = relay_point(relay_world, orbit)
    turn = relay_world.moon_me(EPOCH_S)
    perilune, e, inclination, node, argument, mean, *_ = spiceypy.oscelt(
        np.concatenate([turn @ point.r_m, turn @ point.v_m_s]) / 1e3, EPOCH_S, GM_MOON_M3_S2 / 1e9
    )
    assert perilune * (1.0 + e) / (1.0 - e) == pytest.approx(MOON_RADIUS_M / 1e3 + 16000.0, rel=1e-10)
    assert perilune == pytest.approx(MOON_RADIUS_M / 1e3 + 200.0, rel=1e-10)
    for angle, expected in ((inclination, 62.4), (node, 300.0), (argument, 83.0), (mean, phase_deg)):
        assert math.degrees(angle) == pytest.approx(expected, abs=1e-6)


def test_the_period_is_the_announced_day(relay_world: World) -> None:
    """24 h announced (facts Q2); 24.3 h by Kepler."""
    a = MOON_RADIUS_M + 0.5 * (2.0e5 + 1.6e7)
    assert 2.0 * math.pi * math.sqrt(a**3 / GM_MOON_M3_S2) / 3600.0 == pytest.approx(24.3, abs=0.1)


def test_the_table_is_the_propagated_orbit(relay_world: World) -> None:
    """On both sides of the epoch, at and between its points, within a metre (0.12 m at perilune)."""
    relay = relay_table(relay_world, DECLARED, EPOCH_S - 2.0 * DAY_S, EPOCH_S + 3.0 * DAY_S)
    for until in (relay.start_s, relay.end_s):
        arc = coast(relay_world, relay_point(relay_world, DECLARED), until, keep=True).arcs[0]
        epochs = np.linspace(arc.start_s, arc.end_s, 997)
        assert np.linalg.norm(relay_positions(relay, epochs) - arc.at(epochs)[:, :3], axis=1).max() < 1.0


def test_the_declared_orbit_hears_the_descent_and_most_of_the_stay(relay_world: World) -> None:
    """90 % of the stay, in three contacts broken by two perilune passages of two and a half hours; the Earth hears the relay throughout."""
    relay, sky = relay_table(relay_world, DECLARED, EPOCH_S - DAY_S, LIFT_OFF_S + DAY_S), relay_world.sky
    found = contacts(lambda t: relay_from_site(SITE, relay, t, sky), TOUCHDOWN_S - 1200.0, LIFT_OFF_S)
    assert found[0].start_s == TOUCHDOWN_S - 1200.0 and found[0].end_s > TOUCHDOWN_S
    assert contact_hours(found) == pytest.approx(44.6, abs=0.2)
    assert len(found) == 3
    both = contacts(
        lambda t: np.minimum(relay_from_site(SITE, relay, t, sky), earth_from_relay(relay, t, sky)), found[0].start_s, LIFT_OFF_S
    )
    assert contact_hours(both) == pytest.approx(contact_hours(found), abs=0.1)


def test_a_coarse_search_finds_orbits_that_serve(relay_world: World) -> None:
    """Six by eight tries around the declared one's family: the best hears the descent, most of the stay, and stays up."""
    found = search_relay_orbit(relay_world, SITE, TOUCHDOWN_S, LIFT_OFF_S, queqiao_2(EPOCH_S), nodes=6, phases=8)
    assert found.tried == 48 and 0 < found.serving < 48
    assert found.descent_heard and found.descent_margin_rad > 0.0
    assert found.covered_share > 0.85
    assert found.lowest_altitude_m > LOWEST_M


def test_a_relay_at_perilune_over_the_north_does_not_hear_the_landing(relay_world: World) -> None:
    rate = math.sqrt(GM_MOON_M3_S2 / (MOON_RADIUS_M + 8.1e6) ** 3)
    passing = replace(DECLARED, mean_anomaly_rad=-rate * (TOUCHDOWN_S - 600.0 - EPOCH_S))
    relay = relay_table(relay_world, passing, EPOCH_S, LIFT_OFF_S)
    assert relay_from_site(SITE, relay, TOUCHDOWN_S - 600.0, relay_world.sky)[0] < -0.5


def test_where_the_earth_pulls_the_perilune_down_it_is_said(relay_world: World) -> None:
    """From the node at 180 deg the perilune sinks by 250 km within a week, and the relay is lost."""
    falling = replace(DECLARED, node_rad=math.pi, mean_anomaly_rad=math.pi)
    with pytest.raises(ValueError, match="strikes the Moon"):
        relay_table(relay_world, falling, EPOCH_S, EPOCH_S + 8.0 * DAY_S)


def test_orbits_that_are_none_are_refused(relay_world: World) -> None:
    with pytest.raises(ValueError, match="above 0"):
        relay_point(relay_world, replace(DECLARED, perilune_altitude_m=-1.0))
    with pytest.raises(ValueError, match="past touchdown"):
        search_relay_orbit(relay_world, SITE, TOUCHDOWN_S, LIFT_OFF_S, queqiao_2(LIFT_OFF_S))
    with pytest.raises(ValueError, match="the end must be after the start"):
        relay_table(relay_world, DECLARED, EPOCH_S, EPOCH_S)
