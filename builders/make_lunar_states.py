"""The states that missions at the Moon begin with: orbits that pass over their site on time, as the tables [crafts.NAME] of their files.

    python builders/make_lunar_states.py [MISSION ...]

*How*: size and shape of an orbit, its inclination and whether it passes the site northwards or southwards are given, each with its source
in the mission file; its node and its phase are the two unknowns, the site's distance from its plane and along its track at the epoch of
the pass the two conditions, met by flying it there in the full field (degree 6). Where a lander stays for two days, the circle over the
site at touchdown has the site in its plane again at lift-off (`plan_lunar_plane`), which is its inclination. An orbiter's orbit that a
lander came from is flown on to the epoch that is asked for; a craft after its ascent is put into that plane, at its perilune, so far past
the site. Nothing else is fitted.

What is printed is rounded to 1 m and 1e-4 deg (3 m in a low orbit). `tests/missions/test_lunar_states.py` compares it with the files.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import tdb_from_utc
from farside.basis.roots import Condition, solve
from farside.basis.twobody import cross, turned, unit
from farside.dynamics.world import Point, World, coast
from farside.environment.ephemeris import load_sky
from farside.environment.gravity import moon_gravity
from farside.environment.orientation import mean_earth_from, orientation_of
from farside.guidance.lunar import along_track
from farside.planning.lunar_plane import LandingGoal, out_of_plane, plan_lunar_plane, site_direction
from farside.planning.relay_orbit import RelayOrbit, relay_point

Array = NDArray[np.float64]
MOON_TURN_RAD_S = 2.6617e-6  # of the Moon about its axis: for first guesses only


@dataclass(frozen=True)
class Pass:
    """An orbit at `begin`, to be over a site (degrees, east) at `over`; apsides in km above 1737.4 km, inclination in degrees."""

    begin: str
    over: str
    site_deg: tuple[float, float]
    perilune_km: float
    apolune_km: float
    inclination_deg: float
    northwards: bool

    @property
    def site(self) -> Array:
        return place(*self.site_deg)


def place(latitude_deg: float, longitude_deg: float) -> Array:
    """The unit vector of a place in moon_me axes."""
    lat, lon = math.radians(latitude_deg), math.radians(longitude_deg)
    return np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])


CHANGE3 = Pass("2013-12-14T10:00:00Z", "2013-12-14T13:11:00Z", (44.12, 340.49), 100.0, 100.0, 90.0, True)
APOLLO11 = Pass("1969-07-20T17:44:00Z", "1969-07-20T20:17:40Z", (0.674, 23.473), 111.0, 111.0, 178.75, False)
CHANGE5_SITE = place(43.0590, 308.0792)
CHANGE5_BEGIN, CHANGE5_OVER = "2020-12-01T12:00:00Z", ("2020-12-01T15:11:00Z", "2020-12-03T15:10:00Z")


def world_of(first_s: float, last_s: float) -> World:
    """DE421 and the Moon to degree 6, as the mission files have it."""
    sky = load_sky(first_s - DAY_S, last_s + DAY_S)
    axes = orientation_of(sky)
    return World(sky, moon_gravity(6, axes), mean_earth_from(axes))


def passing(world: World, asked: Pass) -> RelayOrbit:
    """The orbit whose plane holds the site at the epoch of the pass, and which is over it then."""
    begin_s, over_s = tdb_from_utc(asked.begin), tdb_from_utc(asked.over)
    site = site_direction(world, asked.site, over_s)

    def orbit(x: Array) -> RelayOrbit:
        altitudes = (1e3 * asked.perilune_km, 1e3 * asked.apolune_km)
        return RelayOrbit(begin_s, *altitudes, math.radians(asked.inclination_deg), float(x[0]), 0.0, float(x[1]))

    def missed(x: Array) -> Array:
        start = relay_point(world, orbit(x))
        over = coast(world, start, over_s).point
        return np.array([out_of_plane(world, over, asked.site), along_track(world, start, over_s, site)])

    near = (Condition("site from the plane", "rad", 1e-8), Condition("site along the track", "rad", 1e-8))
    found = solve(missed, _first_guess(asked, over_s - begin_s), np.array([1e-4, 1e-4]), near, np.array([0.2, 0.2]))
    assert found.met, found.advice
    return orbit(found.x % (2.0 * math.pi))


def _first_guess(asked: Pass, seconds: float) -> Array:
    """Node and mean anomaly by spherical geometry and two-body motion."""
    i, (lat, lon) = math.radians(asked.inclination_deg), (math.radians(angle) for angle in asked.site_deg)
    u = math.asin(math.sin(lat) / math.sin(i))
    u = u if asked.northwards else math.pi - u
    node = lon - math.atan2(math.cos(i) * math.sin(u), math.cos(u)) + MOON_TURN_RAD_S * seconds
    a = MOON_RADIUS_M + 500.0 * (asked.perilune_km + asked.apolune_km)
    return np.array([node, (u - math.sqrt(GM_MOON_M3_S2 / a**3) * seconds)])


def elements(world: World, point: Point) -> RelayOrbit:
    """The osculating elements of a craft about the Moon, to its mean equator of that epoch."""
    r, v = (world.moon_me(point.epoch_s) @ vector for vector in (point.r_m, point.v_m_s))
    h, size = cross(r, v), float(np.linalg.norm(r))
    normal, ecc = unit(h), cross(v, cross(r, v)) / GM_MOON_M3_S2 - r / size
    e, a = float(np.linalg.norm(ecc)), 1.0 / (2.0 / size - float(v @ v) / GM_MOON_M3_S2)
    node = math.atan2(normal[0], -normal[1])
    ahead = np.array([math.cos(node), math.sin(node), 0.0])
    aside = cross(normal, ahead)
    argument = math.atan2(float(ecc @ aside), float(ecc @ ahead)) if e > 1e-9 else 0.0  # a circle's perilune: at the node
    true = math.atan2(float(r @ aside), float(r @ ahead)) - argument
    eccentric = 2.0 * math.atan2(math.sqrt(1.0 - e) * math.sin(0.5 * true), math.sqrt(1.0 + e) * math.cos(0.5 * true))
    angles = (node, argument, eccentric - e * math.sin(eccentric))
    apsides = (a * (1.0 - e) - MOON_RADIUS_M, a * (1.0 + e) - MOON_RADIUS_M)
    return RelayOrbit(point.epoch_s, *apsides, math.acos(float(normal[2])), *(angle % (2.0 * math.pi) for angle in angles))


def after_ascent(
    world: World, plane: Point, site: Array, lift_off_s: float, past_deg: float, perilune_km: float, apolune_km: float
) -> Point:
    """A craft at its perilune in the plane of another one, so far past the place where its site was at lift-off."""
    normal = unit(cross(plane.r_m, plane.v_m_s))
    up = site_direction(world, site, lift_off_s)
    up = turned(unit(up - normal * float(up @ normal)), normal, math.radians(past_deg))
    low, high = MOON_RADIUS_M + 1e3 * perilune_km, MOON_RADIUS_M + 1e3 * apolune_km
    speed = math.sqrt(GM_MOON_M3_S2 * 2.0 * high / (low * (low + high)))
    return Point("moon", plane.epoch_s, np.concatenate([low * up, speed * cross(normal, up), [1.0]]))


def ahead_of(world: World, craft: Point, angle_deg: float, altitude_km: float) -> Point:
    """A craft on a circle in the same plane, by so much ahead."""
    normal = unit(cross(craft.r_m, craft.v_m_s))
    up, r = turned(unit(craft.r_m), normal, math.radians(angle_deg)), MOON_RADIUS_M + 1e3 * altitude_km
    return Point("moon", craft.epoch_s, np.concatenate([r * up, math.sqrt(GM_MOON_M3_S2 / r) * cross(normal, up), [1.0]]))


def change3_landing() -> dict[str, RelayOrbit]:
    return {"lander": _passing(CHANGE3)}


def change5_circle(until: str) -> tuple[World, Point]:
    """The circle of 200 km over the site of Chang'e-5 that is over it again at lift-off, flown to an epoch."""
    first, last, until_s = *(tdb_from_utc(epoch) for epoch in CHANGE5_OVER), tdb_from_utc(until)
    world = world_of(tdb_from_utc(CHANGE5_BEGIN), last)
    goal = LandingGoal(CHANGE5_SITE, first, last, retrograde=False)
    return world, coast(world, plan_lunar_plane(world, goal, 200e3, first - 600.0, 1.0).over_site, until_s).point


def change5_landing() -> dict[str, RelayOrbit]:
    return {"lander": elements(*change5_circle(CHANGE5_BEGIN))}


def change5_docking() -> dict[str, RelayOrbit]:
    """The orbiter where the circle of the landing has brought it two days later; the ascender in its plane."""
    world, orbiter = change5_circle("2020-12-03T15:16:00Z")
    ascender = after_ascent(world, orbiter, CHANGE5_SITE, tdb_from_utc(CHANGE5_OVER[1]), 9.5, 15.0, 180.0)
    return {"ascender": elements(world, ascender), "orbiter": elements(world, orbiter)}


def apollo11_landing() -> dict[str, RelayOrbit]:
    return {"eagle": _passing(APOLLO11)}


def apollo11_docking() -> dict[str, RelayOrbit]:
    """The plane of the landing a day later; the command module ahead on its circle."""
    lift_off_s, insertion_s = tdb_from_utc("1969-07-21T17:54:00Z"), tdb_from_utc("1969-07-21T18:01:16Z")
    world = world_of(tdb_from_utc(APOLLO11.begin), insertion_s)
    plane = coast(world, relay_point(world, passing(world, APOLLO11)), insertion_s).point
    eagle = after_ascent(world, plane, APOLLO11.site, lift_off_s, 10.5, 17.6, 87.6)
    columbia = ahead_of(world, eagle, math.degrees(472.0 / 1847.0), 111.0)
    return {"eagle": elements(world, eagle), "columbia": elements(world, columbia)}


MISSIONS = {made.__name__: made for made in (change3_landing, change5_landing, change5_docking, apollo11_landing, apollo11_docking)}


def _passing(asked: Pass) -> RelayOrbit:
    return passing(world_of(tdb_from_utc(asked.begin), tdb_from_utc(asked.over)), asked)


def rounded(orbit: RelayOrbit) -> dict[str, str]:
    """The values of a table [crafts.NAME], as they are written: metres, and 1e-4 deg."""
    apsides = (orbit.perilune_altitude_m, orbit.apolune_altitude_m)
    low, high = (f"{f'{height / 1e3:.3f}'.rstrip('0').rstrip('.')} km" for height in apsides)
    angles = {"inclination": orbit.inclination_rad, "node": orbit.node_rad}
    angles |= {"argument_of_perilune": orbit.argument_rad, "mean_anomaly": orbit.mean_anomaly_rad}
    told = {key: f"{f'{round(math.degrees(angle), 4) % 360.0:.4f}'.rstrip('0').rstrip('.')} deg" for key, angle in angles.items()}
    return {"perilune_altitude": low, "apolune_altitude": high, **told}


def main(names: tuple[str, ...]) -> None:
    for name in names:
        print(f"# {name}")
        for craft, orbit in MISSIONS[name]().items():
            print(f"[crafts.{craft}]")
            for key, value in rounded(orbit).items():
                print(f'{key} = {{ value = "{value}", source = "..." }}')


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or tuple(MISSIONS))
