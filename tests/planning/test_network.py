"""Who hears a craft and a site: against the lines of sight they are made of, near side, far side, and a relay that is lost."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from farside.basis.constants import MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.dynamics.world import World
from farside.environment.declared import RelaySatellite
from farside.environment.line_of_sight import contact_hours, contacts, earth_from_relay, earth_from_site, relay_from_craft, relay_from_site
from farside.environment.lunar_site import moon_site, track_site
from farside.environment.orientation import Ground
from farside.environment.stations import DEEP_SPACE, KASHI, NEUQUEN
from farside.planning.lunar_plane import LandingGoal
from farside.planning.network import Network, contact_events, craft_heard, listening, site_heard, site_of, stay_contacts
from farside.planning.relay_orbit import declared_orbit, queqiao_2

SITE = moon_site(-41.6385, 206.0148, -5256.0)
NEAR_SITE = moon_site(43.06, 308.08, -2500.0)  # Chang'e-5
TOUCHDOWN_S, LIFT_OFF_S = tdb_from_utc("2024-06-01T22:23:00Z"), tdb_from_utc("2024-06-03T23:38:00Z")
EPOCH_S = tdb_from_utc("2024-06-01T00:00:00Z")
QUEQIAO = replace(queqiao_2(EPOCH_S), node_rad=math.radians(300.0), mean_anomaly_rad=math.radians(285.0))
BY_RELAY, DIRECT = Network(QUEQIAO), Network()
EPOCHS = np.linspace(TOUCHDOWN_S, LIFT_OFF_S, 97)
SATELLITE = RelaySatellite(
    name="queqiao_2",
    epoch_s=EPOCH_S,
    perilune_altitude_m=2e5,
    apolune_altitude_m=1.6e7,
    inclination_rad=math.radians(62.4),
    node_rad=math.radians(300.0),
    argument_of_perilune_rad=0.5 * math.pi,
    mean_anomaly_rad=math.radians(285.0),
)


def test_the_declared_table_is_the_orbit() -> None:
    assert declared_orbit(SATELLITE) == QUEQIAO


def test_a_table_with_its_apsides_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be more than apolune_altitude"):
        RelaySatellite(**{**dict(SATELLITE), "perilune_altitude_m": 2e7})


def test_the_far_side_is_heard_by_the_relay_alone(world: World) -> None:
    ears, sky = listening(world, BY_RELAY, TOUCHDOWN_S, LIFT_OFF_S), world.sky
    assert ears.relay is not None and not ears.lost
    heard = site_heard(ears, SITE, EPOCHS)
    assert np.array_equal(
        heard > 0.0, (relay_from_site(SITE, ears.relay, EPOCHS, sky) > 0.0) & (earth_from_relay(ears.relay, EPOCHS, sky) > 0.0)
    )
    assert np.all(site_heard(listening(world, DIRECT, TOUCHDOWN_S, LIFT_OFF_S), SITE, EPOCHS) < 0.0)


def test_a_relay_that_no_station_sees_says_nothing(world: World) -> None:
    """With the one station of Argentina the relay is of use while the Moon is up there: about half of the time."""
    one = listening(world, replace(BY_RELAY, stations=(NEUQUEN,)), TOUCHDOWN_S, LIFT_OFF_S)
    three = listening(world, BY_RELAY, TOUCHDOWN_S, LIFT_OFF_S)
    few, many = site_heard(one, SITE, EPOCHS) > 0.0, site_heard(three, SITE, EPOCHS) > 0.0
    assert not np.any(few & ~many)
    assert 0.3 < few.mean() / many.mean() < 0.7


def test_the_near_side_needs_no_relay_but_a_station(world: World) -> None:
    sky = world.sky
    heard = site_heard(listening(world, DIRECT, TOUCHDOWN_S, LIFT_OFF_S), NEAR_SITE, EPOCHS) > 0.0
    assert heard.mean() > 0.9 and np.all(earth_from_site(NEAR_SITE, EPOCHS, sky) > 0.0)
    one = site_heard(listening(world, Network(stations=(KASHI,)), TOUCHDOWN_S, LIFT_OFF_S), NEAR_SITE, EPOCHS) > 0.0
    assert 0.3 < one.mean() < 0.7  # the Moon is up over Kashi for half of the day


def test_a_craft_behind_the_moon_is_heard_by_whoever_sees_it(world: World) -> None:
    """Over the near side by the stations, over the far side by the relay, when that sees it past the Moon."""
    ears, deaf = (listening(world, network, TOUCHDOWN_S, LIFT_OFF_S) for network in (BY_RELAY, DIRECT))
    over = {name: track_site(site, EPOCHS, world.sky) for name, site in (("near", NEAR_SITE), ("far", SITE))}
    craft = {name: track.r_m * (MOON_RADIUS_M + 2e5) / np.linalg.norm(track.r_m, axis=1)[:, None] for name, track in over.items()}
    assert (craft_heard(deaf, craft["near"], EPOCHS) > 0.0).mean() > 0.9
    assert np.all(craft_heard(deaf, craft["far"], EPOCHS) < 0.0)
    assert ears.relay is not None
    onwards = earth_from_relay(ears.relay, EPOCHS, world.sky)
    by_relay = np.minimum(relay_from_craft(craft["far"], ears.relay, EPOCHS), onwards)
    assert np.array_equal(craft_heard(ears, craft["far"], EPOCHS) > 0.0, by_relay > 0.0)
    assert 0.5 < (by_relay > 0.0).mean() < 1.0


def test_the_stay_of_change6_is_heard_for_most_of_its_hours(world: World) -> None:
    """44.3 of 49.3 h: what the sight from the site alone gives (44.6 h with the descent before); the stations see the relay throughout."""
    stay = stay_contacts(world, BY_RELAY, SITE, TOUCHDOWN_S, LIFT_OFF_S)
    relay = listening(world, BY_RELAY, TOUCHDOWN_S, LIFT_OFF_S).relay
    assert relay is not None
    alone = contacts(lambda t: relay_from_site(SITE, relay, t, world.sky), TOUCHDOWN_S, LIFT_OFF_S)
    assert stay.hours == pytest.approx(contact_hours(alone), abs=0.1)
    assert stay.hours == pytest.approx(44.3, abs=0.2)
    assert stay.stay_hours == pytest.approx(49.25)
    assert len(stay.contacts) == 3 and not stay.lost


def test_the_events_of_a_stay_come_in_pairs_and_add_up(world: World) -> None:
    stay = stay_contacts(world, BY_RELAY, SITE, TOUCHDOWN_S, LIFT_OFF_S)
    events = list(contact_events(stay))
    assert [name for name, *_ in events] == ["contact_start", "contact_end"] * 3
    assert [epoch for _, epoch, _ in events] == sorted(epoch for _, epoch, _ in events)
    assert events[0][1] == TOUCHDOWN_S and TOUCHDOWN_S < events[1][1] < events[2][1]
    ends = [data for name, _, data in events if name == "contact_end"]
    assert ends[-1]["hours_so_far"] == pytest.approx(stay.hours) == pytest.approx(sum(data["hours"] for data in ends))


def test_a_relay_that_falls_on_the_moon_is_lost(world: World) -> None:
    """From the node at 180 deg the Earth pulls the perilune down by 30 km a day; nobody hears the site, and it is said why."""
    falling = Network(replace(QUEQIAO, perilune_altitude_m=2e4, node_rad=math.pi, mean_anomaly_rad=math.pi))
    stay = stay_contacts(world, falling, SITE, TOUCHDOWN_S, LIFT_OFF_S)
    assert stay.contacts == () and stay.hours == 0.0
    assert "strikes the Moon" in stay.lost


def test_a_relay_of_another_year_is_lost(world: World) -> None:
    """Outside the ephemerides nothing is propagated: the answer would be wrong."""
    ears = listening(world, Network(replace(QUEQIAO, epoch_s=EPOCH_S - 365.25 * 86400.0)), TOUCHDOWN_S, LIFT_OFF_S)
    assert ears.relay is None
    assert "2023-06-01T18:00:00Z" in ears.lost and "outside the ephemerides" in ears.lost and "one within would do" in ears.lost


@pytest.mark.parametrize("lift_off_s", [TOUCHDOWN_S, TOUCHDOWN_S - 1.0, math.inf, math.nan])
def test_a_stay_that_is_none_is_refused(world: World, lift_off_s: float) -> None:
    with pytest.raises(ValueError, match="a lift-off after the touchdown would do"):
        stay_contacts(world, DIRECT, SITE, TOUCHDOWN_S, lift_off_s)


def test_the_goal_of_a_landing_is_its_place() -> None:
    f, lon = SITE.latitude_rad, SITE.longitude_rad
    direction = np.array([math.cos(f) * math.cos(lon), math.cos(f) * math.sin(lon), math.sin(f)])
    found: Ground = site_of(LandingGoal(direction, TOUCHDOWN_S, LIFT_OFF_S, True, SITE.height_m))
    assert found == pytest.approx(SITE, abs=1e-8)
    assert len(DEEP_SPACE) == 3
