"""Fly the missions and write what came out, beside what is known: docs/validation_tables.md.

    python builders/make_validation.py

`tests/docs/test_validation.py` flies them again and compares. Goals are what the mission file declares: meeting them proves the solving,
not the physics. Predictions are what no file declares. The public record is quoted by its key in the project's facts; where those have no
figure, none stands there.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import farside as fs
from farside.basis.axes import icrf_to_itrf
from farside.basis.constants import DAY_S, GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.epochs import utc_from_tdb
from farside.basis.twobody import angle_between, arrival
from farside.craft.aeroshell import Shell
from farside.craft.parachute import RINGSAIL, Canopy, Opening, opening_load_n
from farside.dynamics.carried import ground_distance_m
from farside.dynamics.flying import Body
from farside.dynamics.hanging import FLOW, LONGEST_S, PULL, fall
from farside.environment.atmosphere import Profile, standard_profile, us1976
from farside.environment.orientation import icrf_to_moon_me
from farside.environment.wind import Wind, calm
from farside.flight import Flight, Truth
from farside.guidance.command import vector
from farside.guidance.interface import Interface
from farside.phases.entry_alone import read_alone, world_of
from farside.products.entry_study import entry_record
from farside.products.events import event_records
from farside.products.orbit import osculating, place
from farside.studies.entries import fly_entries

HERE = Path(__file__).parents[1]
MISSIONS = ("change6", "change5")
TABLES = HERE / "docs" / "validation_tables.md"
Record = dict[str, Any]


@dataclass(frozen=True)
class Goal:
    """One declared goal: what was asked, what the flight did."""

    what: str
    declared: str
    flown: str


@dataclass(frozen=True)
class Prediction:
    """One figure that no file declares, beside the public one where there is one."""

    what: str
    predicted: str
    public: str = ""


@dataclass(frozen=True)
class Reading:
    """A flight with its events by name."""

    flight: Flight
    events: dict[str, Record]

    def utc(self, event: str) -> str:
        return str(self.events[event]["epoch_utc"])[:19] + "Z"

    def since_liftoff_s(self, event: str, at_cutoff: bool = False) -> float:
        since: float = self.events[event]["epoch_tdb_s"] - self.flight.mission.goals.liftoff_s
        return since + (self.events[event]["data"]["duration_s"] if at_cutoff else 0.0)


def read(flight: Flight) -> Reading:
    """The flight's events, each name once."""
    return Reading(flight, {record["event"]: record for record in event_records(flight)})


# --- geometry that no event tells ---------------------------------------------------------------------------------------------------


def site_icrf(flight: Flight, epoch_s: float) -> np.ndarray:
    """Unit vector of the landing site at an epoch."""
    site = flight.mission.landing_site
    c = math.cos(site.latitude_rad)
    direction = np.array([c * math.cos(site.longitude_rad), c * math.sin(site.longitude_rad), math.sin(site.latitude_rad)])
    return np.asarray(icrf_to_moon_me(epoch_s, flight.sky).T @ direction)


def from_site_km(flight: Flight, epoch_s: float) -> float:
    """Distance along the ground between the landing site and the point below the orbiter."""
    return MOON_RADIUS_M / 1e3 * float(angle_between(np.array(flight.at(epoch_s, "orbiter").r_m), site_icrf(flight, epoch_s)))


def from_plane_km(flight: Flight, epoch_s: float) -> float:
    """Distance along the ground between the landing site and the plane of the orbiter's orbit."""
    at = flight.at(epoch_s, "orbiter")
    normal = np.cross(at.r_m, at.v_m_s)
    return MOON_RADIUS_M / 1e3 * abs(math.asin(float(normal @ site_icrf(flight, epoch_s) / np.linalg.norm(normal))))


def orbit_of(flight: Flight, at: Truth) -> Record:
    """Osculating orbit of a truth."""
    return osculating(at.center, at.epoch_s, at.r_m, at.v_m_s, flight.sky)


def node_drift_deg_day(flight: Flight, first_s: float, last_s: float) -> float:
    """Mean drift of the orbiter's ascending node in inertial axes, on the Moon's equator."""
    nodes = []
    for epoch_s in (first_s, last_s):
        at = flight.at(epoch_s, "orbiter")
        axes = icrf_to_moon_me(0.5 * (first_s + last_s), flight.sky)
        h = axes @ np.cross(at.r_m, at.v_m_s)
        nodes.append(math.degrees(math.atan2(h[0], -h[1])))
    return math.remainder(nodes[1] - nodes[0], 360.0) / ((last_s - first_s) / DAY_S)


def excess_m_s(flight: Flight) -> float:
    """Speed with which the Moon is come upon, far from it, from the state at the ignition of `loi_1`."""
    event = next(event for event in flight.events if event.name == "loi_1")
    pole = icrf_to_moon_me(event.epoch_s, flight.sky)[2]
    return arrival(np.array(event.r_m), np.array(event.v_m_s), GM_MOON_M3_S2, pole).excess_m_s


# --- goals ----------------------------------------------------------------------------------------------------------------------------


def goals(reading: Reading) -> Iterator[Goal]:
    """What the file declares, and what the flight did."""
    yield from goals_at_the_moon(reading)
    yield from goals_over_the_site(reading.flight)
    yield from goals_on_the_ground(reading)
    yield from goals_at_docking(reading)
    yield from goals_home(reading)


def goals_at_the_moon(reading: Reading) -> Iterator[Goal]:
    """Capture and circle."""
    e, mission = reading.events, reading.flight.mission
    declared, capture, lowering = mission.goals, mission.phase("capture"), mission.phase("lowering")
    first, circle = e["loi_1"]["data"], e[brakings(reading)[-1]]["data"]
    late_s = e["loi_1"]["epoch_tdb_s"] - declared.capture_s
    within = f"{_utc(declared.capture_s)} within {declared.capture_tolerance_s / 60.0:.0f} min"
    yield Goal("ignition of `loi_1`", within, f"{reading.utc('loi_1')} ({late_s:+.0f} s)")
    asked = f"{capture.perilune_altitude_m / 1e3:.0f} x {capture.apolune_altitude_m / 1e3:.0f} km"
    yield Goal("first ellipse about the Moon", asked, f"{first['periapsis_altitude_km']:.0f} x {first['apoapsis_altitude_km']:.0f} km")
    low, high = circle["periapsis_altitude_km"], circle["apoapsis_altitude_km"]
    allowed = f"{lowering.circular_altitude_m / 1e3:.0f} km within {lowering.phasing_m / 1e3:.0f} km"
    yield Goal("circle: mean altitude", allowed, f"{0.5 * (low + high):.1f} km ({low:.0f} x {high:.0f} km)")
    between = f"{_utc(lowering.earliest_circular_s)} to {_utc(lowering.latest_circular_s)}"
    yield Goal("circle reached", between, reading.utc(brakings(reading)[-1]))
    yield Goal("sense of the lunar orbit", str(declared.lunar_orbit), f"inclination {circle['inclination_deg']:.1f} deg")


def goals_over_the_site(flight: Flight) -> Iterator[Goal]:
    """Touchdown and lift-off."""
    declared = flight.mission.goals
    for what, epoch_s in (("touchdown", declared.touchdown_s), ("lift-off", declared.lift_off_s)):
        yield Goal(f"site from the orbit's plane at {what}", f"0 km at {_utc(epoch_s)}", f"{from_plane_km(flight, epoch_s):.1f} km")
    asked = f"0 km at {_utc(declared.touchdown_s)}"
    yield Goal("point below the orbiter from the site", asked, f"{from_site_km(flight, declared.touchdown_s):.1f} km")


def goals_on_the_ground(reading: Reading) -> Iterator[Goal]:
    """The touchdown and its limits, the sample."""
    flight, descent, surface = reading.flight, reading.flight.mission.phase("descent"), reading.flight.mission.phase("surface")
    down, filled = reading.events["touchdown"]["data"], reading.events["container_sealed"]["data"]
    late_s = reading.events["touchdown"]["epoch_tdb_s"] - flight.mission.goals.touchdown_s
    yield Goal("touchdown", _utc(flight.mission.goals.touchdown_s), f"{reading.utc('touchdown')} ({late_s:+.0f} s)")
    yield Goal("touchdown from the site", "within 100 m", f"{down['target_miss_m']:.1f} m")
    vertical, across = down["vertical_speed_m_s"], down["horizontal_speed_m_s"]
    yield Goal("speed down at touchdown", f"{descent.vertical_speed_max_m_s:.1f} m/s at most", f"{vertical:.2f} m/s")
    yield Goal("speed across at touchdown", f"{descent.horizontal_speed_max_m_s:.1f} m/s at most", f"{across:.3f} m/s")
    yield Goal("slope under the feet", f"{math.degrees(descent.tilt_max_rad):.0f} deg at most", f"{down['tilt_deg']:.1f} deg")
    yield Goal("sample", f"{surface.container.capacity_kg:.0f} kg at most", f"{filled['mass_kg']:.3f} kg")


def goals_at_docking(reading: Reading) -> Iterator[Goal]:
    """The insertion, the meeting and the contact."""
    e, mission = reading.events, reading.flight.mission
    ascent, phasing, docking = mission.phase("ascent"), mission.phase("phasing"), mission.phase("docking")
    low, high = e["ascent_insertion"]["data"]["periapsis_altitude_km"], e["ascent_insertion"]["data"]["apoapsis_altitude_km"]
    asked = f"{ascent.perilune_altitude_m / 1e3:.0f} x {ascent.apolune_altitude_m / 1e3:.0f} km"
    yield Goal("ellipse of the ascender", asked, f"{low:.1f} x {high:.1f} km")
    met = e["rendezvous_start"]["data"]
    asked = f"{phasing.ahead_m / 1e3:.0f} km ahead, {phasing.above_m / 1e3:.0f} km above at {_utc(phasing.meeting_s)}"
    yield Goal("start of the rendezvous", asked, f"{met['ahead_m'] / 1e3:.2f} km, {met['above_m'] / 1e3:.2f} km")
    yield Goal("docking", f"minutes after {_utc(mission.phase('rendezvous').leave_s)}", reading.utc("docking"))
    closing = f"{docking.latch.closing_speed_m_s:.1f} m/s at most"
    yield Goal("closing speed at contact", closing, f"{e['docking']['data']['closing_speed_m_s']:.2f} m/s")


def goals_home(reading: Reading) -> Iterator[Goal]:
    """Departure, separation height and gate."""
    e, mission = reading.events, reading.flight.mission
    departure, gate, passage = mission.phase("departure"), mission.phase("interface"), mission.phase("capsule_separation").when
    window = f"{_utc(departure.earliest_s)} to {_utc(departure.latest_s)}"
    yield Goal("ignition of both burns home", window, f"{reading.utc('tei_1')} and {reading.utc('tei_2')}")
    landing_s = mission.goals.return_landing_s
    window = f"{_utc(landing_s - passage.before_landing_max_s)} to {_utc(landing_s - passage.before_landing_min_s)}"
    yield Goal("5000 km on the way down", window, reading.utc("capsule_separation"))
    entry, asked_deg = e["entry_interface"], math.degrees(gate.flight_path_angle_rad)
    yield Goal("inertial flight-path angle at 120 km", f"{asked_deg:.2f} deg", f"{entry['flight_path_angle_deg']:.2f} deg")
    allowed = f"{gate.range_min_m / 1e3:.0f} to {gate.range_max_m / 1e3:.0f} km"
    yield Goal("range to the site", allowed, f"{entry['data']['range_to_target_km']:.0f} km")
    yield Goal("cross-range", f"below {gate.cross_range_max_m / 1e3:.0f} km", f"{abs(entry['data']['cross_range_km']):.1f} km")
    yield from goals_on_earth(reading)


def goals_on_earth(reading: Reading) -> Iterator[Goal]:
    """The landing, and how the capsule was treated on its way to the laboratory."""
    e, mission = reading.events, reading.flight.mission
    parachute, door = mission.phase("parachute"), e["delivered"]["data"]
    late_s = e["landing"]["epoch_tdb_s"] - mission.goals.return_landing_s
    yield Goal("landing", _utc(mission.goals.return_landing_s), f"{reading.utc('landing')} ({late_s:+.0f} s)")
    down, across = (e["landing"]["data"][f"{way}_speed_m_s"] for way in ("vertical", "horizontal"))
    yield Goal("landing: speed down", f"{parachute.vertical_speed_max_m_s:.0f} m/s at most", f"{down:.1f} m/s")
    yield Goal("landing: speed across", f"{parachute.horizontal_speed_max_m_s:.0f} m/s at most", f"{across:.1f} m/s")
    allowed = f"{door['temperature_min_k']:.0f} to {door['temperature_max_k']:.0f} K"
    yield Goal("capsule on its way to the laboratory", allowed, f"{door['temperature_least_k']:.1f} to {door['temperature_most_k']:.1f} K")
    yield Goal("the hardest shock on that way", f"{door['shock_limit_g']:.1f} g at most", f"{door['shock_most_g']:.1f} g")


def brakings(reading: Reading) -> list[str]:
    """The names of the burns at the Moon, in order."""
    return sorted((name for name in reading.events if name.startswith("loi_")), key=lambda name: int(name[4:]))


def _utc(epoch_s: float) -> str:
    return utc_from_tdb(epoch_s, 0)


# --- predictions ----------------------------------------------------------------------------------------------------------------------

PUBLIC: dict[str, dict[str, str]] = {
    "change6": {
        "mass on the pad": "867 to 870 t (facts 3.1)",
        "boosters": "burn of 173 to 180 s (facts 3.1)",
        "separation": "about 2220 s (T5)",
        "ignition of the descent": "2024-06-01T22:09Z (T10)",
        "sample": "1935.3 g (T23)",
        "ascent": "about 6 min, 355 kg (V9, derived)",
        "entry speed": '"about 11.2" (facts 4.1)',
        "below 5000 km": "South Atlantic (T18)",
        "burns home": "20 or 21 June (facts 2)",
        "speed under the main": "about 11 to 13 m/s (V13, from memory)",
        "first sight": '"minutes after landing" (S25)',
        "hand-over": "28 June (T23)",
    },
    "change5": {
        "mass on the pad": "867 to 870 t (facts 3.1)",
        "boosters": "burn of 173 to 180 s (facts 3.1)",
        "second stage lights": "540 s (T30)",
        "second stage lights at": "187.1 km, 15.85 N 126.24 E (T30)",
        "first burn": "200 s (T30)",
        "insertion": "740 s (T30)",
        "both burns": "637 s (T30)",
        "ignition": "1677 s (T30)",
        "burn": "437 s (T30)",
        "cut-off": "2114 s (T30)",
        "separation": "about 2200 s (T30)",
        "capture altitude": "about 400 km (T33)",
        "circle": "2020-11-29T12:23Z (T34)",
        "ignition of the descent": "2020-12-01T14:57Z (T35)",
        "speed at ignition": "1.7 km/s (T35)",
        "sample": "1731 g (V14)",
        "ascent": "about 6 min (T37)",
        "tei_1": "2020-12-12T01:54Z (T38)",
        "tei_2": "2020-12-13T01:51Z at 230 km (T38)",
        "correction": "28 s of two 25 N (T39)",
        "gate": "2020-12-16T17:33Z (T40)",
        "fall": "20 min (T40)",
        "entry speed": '"about 11.2" (facts 4.1)',
        "speed under the main": "about 11 to 13 m/s (V13, from memory)",
    },
}
"""What the project's facts have, by mission and prediction; nothing here is an input of the mission that it stands beside."""


def predictions(reading: Reading) -> Iterator[Prediction]:
    """The figures that no file declares, along the road."""
    public = PUBLIC[reading.flight.mission.name]
    there = (off_the_ground, to_the_moon, into_orbit, at_the_moon, down, on_the_ground, up, together)
    for part in (*there, home, gate, in_the_air, under_canopies, to_the_door, in_all):
        for what, predicted, key in part(reading):
            yield Prediction(what, predicted, public.get(key, ""))


Line = tuple[str, str, str]


def off_the_ground(reading: Reading) -> Iterator[Line]:
    """The launch, up to the parking orbit."""
    e, flight = reading.events, reading.flight
    orbit, lit = e["parking_orbit"], next(burn for burn in flight.burns if burn.module == "second_stage")
    at = flight.at(lit.ignition_s, "second_stage")
    over = place("earth", at.epoch_s, at.r_m, flight.sky)
    where = f"{over['altitude_km']:.1f} km, {over['latitude_deg']:.2f} N {over['longitude_deg']:.2f} E"
    most = orbit["data"]
    yield "mass on the pad", f"{e['liftoff']['mass_kg'] / 1e3:.1f} t", "mass on the pad"
    for name, key in (("booster_separation", "boosters"), ("fairing_separation", ""), ("core_separation", "")):
        yield f"`{name}`: after liftoff, height", f"{e[name]['met_s']:.1f} s, {e[name]['altitude_km']:.0f} km", key
    pressed = f"{most['highest_dynamic_pressure_pa'] / 1e3:.1f} kPa after {most['highest_dynamic_pressure_after_s']:.0f} s"
    yield "highest load, highest dynamic pressure", f"{most['highest_load_g']:.2f} g, {pressed}", ""
    yield "second stage: first ignition after liftoff", f"{lit.ignition_s - flight.mission.goals.liftoff_s:.0f} s", "second stage lights"
    yield "second stage: where it lights", where, "second stage lights at"
    yield "second stage: first burn", f"{lit.cutoff_s - lit.ignition_s:.0f} s, {lit.propellant_kg:.0f} kg", "first burn"
    yield "`parking_orbit`: after liftoff", f"{orbit['met_s']:.0f} s", "insertion"
    for what in ("booster", "fairing", "core"):
        fall = e[f"{what}_separation"]["data"]
        ellipse = f"{fall['impact_along_km']:.0f} x {fall['impact_across_km']:.0f} km"
        yield f"where it falls, {what}", f"{fall['impact_latitude_deg']:.1f} N {fall['impact_longitude_deg']:.1f} E, {ellipse}", ""


def to_the_moon(reading: Reading) -> Iterator[Line]:
    e, plan = reading.events, reading.flight.plan
    parking, tli = e["parking_orbit"], e["tli"]
    stage = [burn for burn in reading.flight.burns if burn.module == "second_stage"]
    left = reading.flight.mission.modules["second_stage"].propellant_kg - math.fsum(burn.propellant_kg for burn in stage)
    burned_s = math.fsum(burn.cutoff_s - burn.ignition_s for burn in stage)
    yield "launch azimuth", f"{math.degrees(plan.launch.azimuth_rad):.1f} deg", ""
    yield "inclination of the parking orbit", f"{parking['data']['inclination_deg']:.1f} deg", ""
    yield "coast in the parking orbit", f"{(tli['met_s'] - parking['met_s']) / 60.0:.1f} min", ""
    yield "`tli`: ignition after liftoff", f"{reading.since_liftoff_s('tli'):.0f} s", "ignition"
    yield "`tli`: duration", f"{tli['data']['duration_s']:.0f} s", "burn"
    yield "`tli`: cut-off after liftoff", f"{reading.since_liftoff_s('tli', True):.0f} s", "cut-off"
    yield "`tli`: delta-v", f"{tli['data']['delta_v_m_s']:.0f} m/s", ""
    yield "`tli`: C3 at cut-off", f"{tli['data']['c3_km2_s2']:.2f} km2/s2", ""
    yield "`tli`: propellant, and left in the stage", f"{tli['data']['propellant_kg']:.0f} kg, {left:.0f} kg", ""
    yield "second stage: both burns", f"{burned_s:.0f} s", "both burns"
    yield "spacecraft separation after liftoff", f"{reading.since_liftoff_s('spacecraft_separation'):.0f} s", "separation"


def into_orbit(reading: Reading) -> Iterator[Line]:
    e = reading.events
    yield "excess speed at the Moon", f"{excess_m_s(reading.flight):.0f} m/s", ""
    yield "`loi_1`: altitude at ignition", f"{e['loi_1']['altitude_km']:.0f} km", "capture altitude"
    names = brakings(reading)
    for name in names:
        yield _burn(reading, name, "circle" if name == names[-1] else "")


def _burn(reading: Reading, name: str, key: str) -> Line:
    """One line of a burn; its epoch first when there is a public one."""
    data = reading.events[name]["data"]
    text = f"{reading.utc(name)}, {data['delta_v_m_s']:.1f} m/s in {data['duration_s']:.0f} s, {data['propellant_kg']:.0f} kg"
    return f"`{name}`: ignition, delta-v, duration, propellant", text, key


def at_the_moon(reading: Reading) -> Iterator[Line]:
    flight, declared = reading.flight, reading.flight.mission.goals
    over = orbit_of(flight, flight.at(declared.touchdown_s, "orbiter"))
    yield "inclination at touchdown, osculating", f"{over['inclination_deg']:.2f} deg", ""
    drift = node_drift_deg_day(flight, declared.touchdown_s, declared.lift_off_s)
    yield "node's drift from touchdown to lift-off", f"{drift:+.2f} deg/day", ""


def down(reading: Reading) -> Iterator[Line]:
    e = reading.events
    data, start = e["touchdown"]["data"], e["pdi"]
    left = reading.flight.at(e["touchdown"]["epoch_tdb_s"], "lander").mass_kg
    dry = sum(reading.flight.mission.modules[name].dry_mass_kg for name in ("lander", "ascender"))
    dry += reading.flight.mission.modules["ascender"].propellant_kg
    yield "`doi`: ignition, delta-v", f"{reading.utc('doi')}, {e['doi']['data']['delta_v_m_s']:.1f} m/s", ""
    yield "`pdi`: ignition", reading.utc("pdi"), "ignition of the descent"
    yield "`pdi`: altitude and speed", f"{start['altitude_km']:.1f} km, {start['speed_km_s']:.3f} km/s", "speed at ignition"
    for name in ("high_gate", "hover"):
        above, since = e[name]["data"]["height_above_site_m"], e[name]["epoch_tdb_s"] - start["epoch_tdb_s"]
        yield f"`{name}`: height above the site, after `pdi`", f"{above:.0f} m, {since:.0f} s", ""
    yield "descent: duration from `pdi`", f"{data['duration_s']:.0f} s", ""
    spent = f"{start['data']['delta_v_m_s']:.0f} m/s, {data['propellant_kg']:.0f} kg, {left - dry:.0f} kg"
    yield "descent: delta-v, propellant, and left in the lander", spent, ""


def on_the_ground(reading: Reading) -> Iterator[Line]:
    e, flight = reading.events, reading.flight
    heard = [event.data for event in flight.events if event.name == "contact_end"]
    stay = [event.data for event in flight.events if "sun_elevation_deg" in event.data]
    hours = f"{heard[-1]['hours_so_far']:.1f} of {heard[-1]['hours_of_stay']:.1f} h" if heard else "never"
    sun, warm = ([data[key] for data in (stay[0], stay[-1])] for key in ("sun_elevation_deg", "ground_temperature_k"))
    drilled = e["drilling"]["data"]
    yield "drill: depth, core", f"{drilled['depth_m']:.2f} m, {1e3 * drilled['core_mass_kg']:.0f} g", ""
    yield "sample in the container", f"{1e3 * e['container_sealed']['data']['mass_kg']:.1f} g", "sample"
    yield "heard during the stay", hours, ""
    yield "the Sun's elevation, first and last", f"{sun[0]:.1f}, {sun[1]:.1f} deg", ""
    yield "temperature of the ground, first and last", f"{warm[0]:.0f}, {warm[1]:.0f} K", ""


def up(reading: Reading) -> Iterator[Line]:
    e = reading.events
    data = e["ascent_insertion"]["data"]
    burned = f"{data['duration_s']:.0f} s, {data['delta_v_m_s']:.0f} m/s, {data['propellant_kg']:.0f} kg"
    yield "ascent: lift-off mass", f"{data['ignition_mass_kg']:.0f} kg", ""
    yield "ascent: duration, delta-v, propellant", burned, "ascent"
    yield "site out of the orbiter's plane at lift-off", f"{data['out_of_plane_at_liftoff_deg']:.3f} deg", ""


def together(reading: Reading) -> Iterator[Line]:
    e, flight = reading.events, reading.flight
    phasing = [burn for burn in flight.burns if burn.phase == "phasing"]
    near = [burn for burn in flight.burns if burn.phase in ("rendezvous", "docking")]
    yield "phasing: burns, delta-v in all", f"{len(phasing)}, {math.fsum(burn.delta_v_m_s for burn in phasing):.1f} m/s", ""
    yield "rendezvous and docking: delta-v of the orbiter", f"{math.fsum(burn.delta_v_m_s for burn in near):.1f} m/s", ""
    fall = e["ascender_impact"]
    yield "ascender: fall", f"{reading.utc('ascender_impact')} at {fall['latitude_deg']:.1f} N {fall['longitude_deg']:.1f} E", ""


def home(reading: Reading) -> Iterator[Line]:
    e = reading.events
    public = "burns home" if reading.flight.mission.name == "change6" else ""
    for name in ("tei_1", "tei_2"):
        yield _burn(reading, name, public or name)
    between = e["tei_1"]["data"]
    yield "ellipse between the burns home", f"{between['periapsis_altitude_km']:.0f} x {between['apoapsis_altitude_km']:.0f} km", ""
    yield "plane change in the second burn home", f"{e['tei_2']['data']['plane_change_deg']:.1f} deg", ""
    yield "from `tei_2` to the gate", f"{(e['entry_interface']['met_s'] - e['tei_2']['met_s']) / DAY_S:.2f} d", ""
    yield "correction on the way home, nominal", f"{e['return_tcm_1']['data']['delta_v_m_s']:.2f} m/s", "correction"


def gate(reading: Reading) -> Iterator[Line]:
    e = reading.events
    high, low = e["capsule_separation"], e["entry_interface"]
    yield "below the capsule's separation", f"{high['latitude_deg']:.1f} N {high['longitude_deg']:.1f} E", "below 5000 km"
    yield "from 5000 km to 120 km", f"{(low['met_s'] - high['met_s']) / 60.0:.1f} min", "fall"
    yield "`entry_interface`", reading.utc("entry_interface"), "gate"
    yield "inertial speed at 120 km", f"{low['speed_km_s']:.3f} km/s", "entry speed"
    yield "speed relative to the turning Earth", f"{low['ground_speed_km_s']:.3f} km/s", ""
    event = next(event for event in reading.flight.events if event.name == "entry_interface")
    orbit = osculating("earth", event.epoch_s, event.r_m, event.v_m_s, reading.flight.sky)
    yield "inclination of the return", f"{orbit['inclination_deg']:.1f} deg", ""
    yield "below the gate", f"{low['latitude_deg']:.1f} N {low['longitude_deg']:.1f} E", ""
    yield "range to the site", f"{low['data']['range_to_target_km']:.0f} km", ""
    yield "spread of the cross-range between a slow and a fast skip", f"{low['data']['cross_range_spread_km']:.0f} km", ""
    burned = e["orbiter_divert"]["data"]
    price = f"{burned['delta_v_m_s']:.1f} m/s, {burned['propellant_kg']:.1f} kg, {burned['perigee_altitude_km']:.1f} km"
    yield "orbiter: divert after the separation, propellant, perigee flown", price, ""
    orbiter = next(craft for craft in reading.flight.state.crafts if craft.name == "orbiter")
    yield "orbiter: propellant left", f"{orbiter.module('orbiter').propellant_kg:.0f} kg", ""


def in_the_air(reading: Reading) -> Iterator[Line]:
    e = reading.events
    for name in ("first_peak_load", "second_peak_load"):
        told = e[name]["data"]
        load = f"{told['load_g']:.2f} g at {e[name]['altitude_km']:.1f} km"
        heat = f"{told['heat_flux_w_cm2']:.0f} W/cm2, {told['heat_load_j_cm2']:.0f} J/cm2"
        yield f"`{name}`: load, height; hottest, heat load of the dip", f"{load}; {heat}", ""
    out, back = e["skip_exit"], e["second_entry"]
    yield "skip: out at 80 km, in again after", f"{out['speed_km_s']:.2f} km/s, {back['met_s'] - out['met_s']:.0f} s", ""
    yield "skip: highest point", f"{e['skip_apogee']['altitude_km']:.1f} km", ""
    leg = next(leg for leg in reading.flight.legs if leg.phase == "entry")
    yield "from 120 km to 10 km", f"{(leg.end_s - leg.start_s) / 60.0:.1f} min", ""
    yield "at 10 km", leg.advice.split(", density", 1)[0].removeprefix("at 10 km "), ""


def under_canopies(reading: Reading) -> Iterator[Line]:
    e = reading.events
    for name in ("drogue", "main"):
        told = e[name]["data"]
        opens = f"{e[name]['altitude_km']:.1f} km, {told['air_speed_m_s']:.0f} m/s, Mach {told['mach']:.2f}"
        yield f"`{name}`: opens at; load of the opening", f"{opens}; {told['opening_load_n'] / 1e3:.1f} kN", ""
    landing = e["landing"]
    yield "from 10 km to the ground", f"{(landing['met_s'] - e['drogue']['met_s']) / 60.0:.1f} min", ""
    yield "`landing`: speed down", f"{landing['data']['vertical_speed_m_s']:.1f} m/s", "speed under the main"
    yield "`landing`: from the site", f"{landing['data']['target_miss_m'] / 1e3:.1f} km", ""


def to_the_door(reading: Reading) -> Iterator[Line]:
    e = reading.events
    for name, key in (("located", "first sight"), ("reached", "")):
        yield f"`{name}`: after the landing", f"{e[name]['data']['after_landing_s'] / 60.0:.0f} min", key
    yield "`delivered`", reading.utc("delivered"), "hand-over"


def in_all(reading: Reading) -> Iterator[Line]:
    flight = reading.flight
    by_orbiter = [burn for burn in flight.burns if burn.module == "orbiter"]
    used = math.fsum(burn.propellant_kg for burn in by_orbiter)
    left = flight.mission.modules["orbiter"].propellant_kg - used
    yield "orbiter: delta-v in all", f"{math.fsum(burn.delta_v_m_s for burn in by_orbiter):.0f} m/s", ""
    yield "orbiter: propellant, and left", f"{used:.0f} kg, {left:.0f} kg", ""


# --- accuracy -------------------------------------------------------------------------------------------------------------------------


def second_opinion(flight: Flight) -> dict[str, float]:
    """The largest distances [m] between the flight and heyoka's, by kind of arc; each arc from its own recorded start."""
    sys.path.insert(0, str(HERE / "tests" / "reference"))
    import replay  # of the tests: other mathematics, other forces

    from farside.products import write_flight

    with tempfile.TemporaryDirectory() as folder:
        paths = write_flight(flight, Path(folder) / "flight")
        record, burns = (json.loads(paths[name].read_text(encoding="utf-8")) for name in ("flight.json", "burns.json"))
    worst: dict[str, float] = {}
    for row in replay.replay_arcs(record, burns):
        days = (row.to_s - row.from_s) / DAY_S
        kind = "burns" if row.what == "burn" else "coasts of a week and more" if days > 7.0 else "coasts of less than a week"
        worst[kind] = max(worst.get(kind, 0.0), row.error_m)
    return worst


def there_and_back(flight: Flight) -> dict[str, float]:
    """Distances [m] between where arcs began and where flying them backwards from their ends leads."""
    from farside.dynamics.world import Point, coast
    from farside.flight import build_world

    world, found = build_world(flight.mission), {}
    for what, phase in (("to the Moon, 2.5 days", "tcm_2"), ("in low lunar orbit, three weeks", "departure")):
        arc = next(leg for leg in flight.legs if leg.phase == phase).arcs[0]
        back = coast(world, Point(arc.center, arc.end_s, arc.states[-1]), arc.start_s).point
        found[what] = float(np.linalg.norm(back.r_m - arc.states[0, :3]))
    return found


def accuracy(flights: dict[str, Flight]) -> Iterator[tuple[str, str]]:
    """Measured distances, as they are written; other machines differ in the last digits."""
    for name, flight in flights.items():
        for kind, metres in sorted(second_opinion(flight).items()):
            yield f"{name}: {kind}, against heyoka", _length(metres)
    for what, metres in there_and_back(flights["change6"]).items():
        yield f"change6: there and back, {what}", _length(metres)


def _length(metres: float) -> str:
    unit, factor = next((unit for unit in (("m", 1.0), ("mm", 1e3), ("um", 1e6)) if metres * unit[1] >= 1.0), ("um", 1e6))
    return f"{metres * factor:.1g} {unit}" if metres * factor < 10.0 else f"{metres * factor:.0f} {unit}"


# --- writing --------------------------------------------------------------------------------------------------------------------------


def table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    rows = [head, tuple("---" for _ in head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def mission_text(flight: Flight) -> str:
    """The two tables of one mission."""
    reading = read(flight)
    met = table(("goal", "declared", "flown"), [(g.what, g.declared, g.flown) for g in goals(reading)])
    found = table(("prediction", "farside", "public record"), [(p.what, p.predicted, p.public) for p in predictions(reading)])
    name = flight.mission.name
    return f"## {name}: goals met\n\n{met}\n\n## {name}: predictions\n\n{found}\n"


ENTRY_HEAD = ("entry", "begins at", "peak load", "hottest, at the nose", "end", "published")


def entry_lines() -> Iterator[tuple[str, ...]]:
    """The entries of missions/entries, as `farside entry` flies them, beside what their files say was published."""
    for path in sorted((HERE / "missions" / "entries").glob("*.toml")):
        record = entry_record(fly_entries(read_alone(path)))
        begins, end = read_alone(path).begins, record["end"]
        peaks = [event["data"] for event in record["events"] if "load_g" in event["data"]]
        gate = f"{begins.speed_m_s / 1e3:.3f} km/s, {math.degrees(begins.flight_path_angle_rad):.2f} deg, {begins.velocity}"
        flux, heat = max(data["heat_flux_w_cm2"] for data in peaks), math.fsum(data["heat_load_j_cm2"] for data in peaks)
        miss = "" if end["miss_m"] is None else f", {end['miss_m'] / 1e3:.2f} km from its aim"
        ended = f"{end['altitude_m'] / 1e3:.1f} km after {end['seconds']:.1f} s at {end['speed_m_s']:.1f} m/s{miss}"
        told = "; ".join(f"{one['what']} {one['value']}" for one in record["published"])
        loads = ", ".join(f"{data['load_g']:.2f} g" for data in peaks)
        yield f"{record['name']}, {record['guidance'].replace('_', ' ')}", gate, loads, f"{flux:.0f} W/cm2, {heat:.0f} J/cm2", ended, told


def entries_text() -> str:
    """The table of the entries alone."""
    return f"## Entries alone\n\n{table(ENTRY_HEAD, list(entry_lines()))}\n"


CANOPY_EPOCH_S = 772567491.0  # the drogue of Chang'e-6
NO_SHELL = Shell(1e-9, np.array([0.0, 9.0]), np.zeros(2), np.ones(2))


def canopy_rows(
    opening: Opening, body: Body, angle_deg: float, mass_kg: float, speed: float, ground_m: float, seconds: float = LONGEST_S
) -> np.ndarray:
    """A fall under a canopy from 5 km above 42 deg north, eastwards, so steep."""
    begins = Interface(math.radians(42.0), 1.94, 6.3732e6, speed, math.radians(angle_deg), 0.5 * math.pi, inertial=False)
    point, world = begins.point(CANOPY_EPOCH_S, mass_kg), world_of(CANOPY_EPOCH_S)
    return fall(world, point.epoch_s, point.y, body, ground_m, opening, seconds=seconds)[1]


def canopy_lines() -> Iterator[tuple[str, str, str]]:
    """Falls under a canopy beside closed forms: terminal speed, drift in the wind, the loads of openings."""
    full = Opening(0.0, 39.0, 1.0, 1.0, 1.0)
    rows = canopy_rows(full, Body(NO_SHELL, standard_profile(), calm()), -90.0, 310.0, 15.0, 1000.0)
    steady = math.sqrt(2.0 * 310.0 * 9.80 / (float(us1976(1000.0).density_kg_m3[0]) * 39.0))
    yield "310 kg under 39 m2 at 1 km: speed", f"{rows[-1, FLOW]:.2f} m/s", f"{steady:.2f} m/s"
    wind = Wind(np.array([0.0, 2e4]), np.array([7.0, 7.0]), np.array([-3.0, -3.0]))
    rows = canopy_rows(full, Body(NO_SHELL, standard_profile(), wind), -90.0, 310.0, 15.0, 1000.0)
    half, last = rows[len(rows) // 2], rows[-1]
    ends = [vector(icrf_to_itrf(float(row[0])) @ row[1:4]) for row in (half, last)]
    blown = math.hypot(7.0, 3.0) * float(last[0] - half[0])
    yield "drift in an even wind of 7.6 m/s", f"{ground_distance_m(ends[0], ends[1]):.0f} m", f"{blown:.0f} m"
    (main,) = Canopy(RINGSAIL, 8.0, RINGSAIL.drag_coefficient).openings()
    even = Body(NO_SHELL, Profile(0.0, 1e4, np.log(np.full(3, 0.6)), np.full(3, 300.0)), calm())
    for what, mass_kg in (("on 300 kg", 300.0), ("on a mass without end", 1e8)):
        rows = canopy_rows(main, even, 0.0, mass_kg, 250.0, 0.0, 2.0)
        closed = opening_load_n(main, mass_kg, 0.6, 250.0)
        yield f"load of a ringsail of 8 m, {what}, at 250 m/s", f"{rows[:, PULL].max() / 1e3:.1f} kN", f"{closed / 1e3:.1f} kN"


def canopies_text() -> str:
    """The table of falls under canopies."""
    return f"## Under a canopy\n\n{table(('what', 'farside', 'closed form'), list(canopy_lines()))}\n"


HEAD = """# Validation: the tables

Written by `python builders/make_validation.py`; not edited by hand. What they mean is in [validation.md](validation.md).
Keys in brackets are those of the project's facts. Epochs are UTC.
"""


def fly_all(fly: Callable[[fs.Mission], Flight] = lambda mission: fs.fly(mission, fs.plan(mission))) -> dict[str, Flight]:
    """Both missions, flown."""
    return {name: fly(fs.load(HERE / "missions" / f"{name}.toml")) for name in MISSIONS}


def main() -> None:
    flights = fly_all()
    measured = table(("check", "apart"), list(accuracy(flights)))
    alone = (entries_text(), canopies_text())
    parts = [HEAD, *(mission_text(flight) for flight in flights.values()), *alone, f"## Accuracy, measured\n\n{measured}\n"]
    TABLES.write_text("\n".join(parts), encoding="utf-8")
    print(f"wrote {TABLES.relative_to(HERE)}")


if __name__ == "__main__":
    main()
