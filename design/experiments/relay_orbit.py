"""Where the relay satellite could have been: node and phase that hear the landing of Chang'e-6, and how long each node lasts.

    python design/experiments/relay_orbit.py

Queqiao-2's size and tilt are public, its node and phase are not. Each node is flown for a week both ways, with the perilune's lowest
height; then node and phase are searched together, and what the best hears is told.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from farside.basis.constants import DAY_S, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc, utc_from_tdb
from farside.dynamics.world import World, coast
from farside.environment.ephemeris import load_sky
from farside.environment.gravity import moon_gravity
from farside.environment.line_of_sight import contact_hours, contacts, earth_from_relay, relay_from_site
from farside.environment.lunar_site import moon_site
from farside.environment.orientation import mean_earth_from, orientation_of
from farside.planning.relay_orbit import DESCENT_S, LIFE_S, queqiao_2, relay_point, relay_table, search_relay_orbit

SITE = moon_site(-41.6385, 206.0148, -5256.0)
EPOCH_S = tdb_from_utc("2024-06-01T00:00:00Z")
TOUCHDOWN_S, LIFT_OFF_S = tdb_from_utc("2024-06-01T22:23:00Z"), tdb_from_utc("2024-06-03T23:38:00Z")


def main() -> None:
    sky = load_sky(EPOCH_S - 12.0 * DAY_S, EPOCH_S + 12.0 * DAY_S)
    axes = orientation_of(sky)
    world = World(sky, moon_gravity(6, axes), mean_earth_from(axes))
    print("node, deg   lowest height within a week before and after, km (below 0: it strikes the Moon)")
    for node in range(0, 360, 30):
        start = relay_point(world, replace(queqiao_2(EPOCH_S), node_rad=math.radians(node), mean_anomaly_rad=math.pi))
        arcs = [coast(world, start, EPOCH_S + side * LIFE_S, keep=True).arcs[0] for side in (-1.0, 1.0)]
        low = [(np.linalg.norm(arc.states[:, :3], axis=1).min() - MOON_RADIUS_M) / 1e3 for arc in arcs]
        print(f"{node:9d}   {low[0]:6.0f} {low[1]:6.0f}")
    found = search_relay_orbit(world, SITE, TOUCHDOWN_S, LIFT_OFF_S, queqiao_2(EPOCH_S))
    orbit = found.orbit
    print(f"\nof {found.tried} tried {found.serving} hear the whole descent and stay above 100 km")
    print(
        f"node {math.degrees(orbit.node_rad):.0f} deg, mean anomaly {math.degrees(orbit.mean_anomaly_rad):.0f} deg at 2024-06-01T00:00:00Z:"
    )
    print(
        f"  {100.0 * found.covered_share:.1f} % of the stay, {math.degrees(found.descent_margin_rad):.0f} deg above the mask in the descent"
    )
    relay = relay_table(world, orbit, EPOCH_S, LIFT_OFF_S)
    heard = contacts(lambda t: relay_from_site(SITE, relay, t, sky), TOUCHDOWN_S - DESCENT_S, LIFT_OFF_S)
    for contact in heard:
        print(f"  {utc_from_tdb(contact.start_s, 0)} to {utc_from_tdb(contact.end_s, 0)}  {contact.hours:.2f} h")
    on = contacts(lambda t: np.minimum(relay_from_site(SITE, relay, t, sky), earth_from_relay(relay, t, sky)), heard[0].start_s, LIFT_OFF_S)
    print(f"  {contact_hours(heard):.2f} h in all, {contact_hours(on):.2f} h of them with a station on Earth in the relay's sight")


if __name__ == "__main__":
    main()
