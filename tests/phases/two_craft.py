"""Two craft around the Moon for tests: Chang'e-6's orbiter as it is flown, and an ascender inserted into 15 x 180 km in its plane."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, cast

import numpy as np

from farside.basis.constants import GM_MOON_M3_S2, MOON_RADIUS_M
from farside.basis.draws import Draws
from farside.basis.epochs import tdb_from_utc
from farside.basis.twobody import cross, turned, unit
from farside.craft.container import Container, Portion
from farside.craft.module import Craft, Engine, Module, Orbit, State
from farside.dynamics.world import World
from farside.flight import fly_phase
from farside.guidance.command import vector
from farside.phases.course import Moving, Setting
from farside.phases.dispersions import Dispersions
from farside.phases.docking import Disposal, Docking, HandOver, Latch
from farside.phases.leg import Leg, Outcome
from farside.phases.rendezvous import Hold, Phasing, Rendezvous, Sensors
from farside.phases.separation import Joined, Separation
from farside.phases.trigger import After
from farside.planning.plan import Plan

INSERTED_S = tdb_from_utc("2024-06-03T23:44:30Z")
SAMPLE_UG = 1_935_300_000
PLACE, VELOCITY = np.array([1637501.549, -861883.579, -609962.889]), np.array([-518.917264, -1380.750154, 573.227964])
ERRORS = Dispersions(
    navigation_position_m=300.0,
    navigation_velocity_m_s=0.01,
    thrust=0.005,
    pointing_rad=math.radians(0.2),
    accelerometer=0.0005,
    minimum_correction_m_s=0.1,
)
SENSORS = Sensors(range_error=0.005, bearing_error_rad=math.radians(0.05), rate_error_m_s=0.002)


def orbiter(epoch_s: float = INSERTED_S) -> Craft:
    """Orbiter and returner on 191 x 213 km."""
    engines = (Engine("four_150n", 600.0, 300.0), Engine("two_25n", 50.0, 290.0))
    modules = (Module("orbiter", 1058.0, 1038.5, engines), Module("returner", 300.0))
    return Craft("orbiter", modules, epoch_s, Orbit("moon", vector(PLACE), vector(VELOCITY)))


def ascender(phase_deg: float, propellant_kg: float = 25.0) -> Craft:
    """The ascender at its perilune, so far ahead of the orbiter, with a sealed container."""
    up, normal = unit(PLACE), unit(cross(PLACE, VELOCITY))
    up, low, high = turned(up, normal, math.radians(phase_deg)), MOON_RADIUS_M + 15e3, MOON_RADIUS_M + 180e3
    v = math.sqrt(GM_MOON_M3_S2 * (2.0 / low - 2.0 / (low + high)))
    box = Container(
        "sample", 2 * 10**9, (Portion("scoop-001", "scoop", SAMPLE_UG, 0, 30, INSERTED_S - 1e5, "ce6"),), INSERTED_S - 9e4, 1e-9
    )
    module = Module("ascender", 430.0, propellant_kg, (Engine("four_120n", 480.0, 300.0),), (box,))
    return Craft("ascender", (module,), INSERTED_S, Orbit("moon", vector(low * up), vector(v * cross(normal, up))))


def both(phase_deg: float = 200.0) -> State:
    return State((orbiter(), ascender(phase_deg)))


def phasing(**changed: Any) -> Phasing:
    told = {
        "name": "phasing",
        "kind": "phasing",
        "craft": "ascender",
        "partner": "orbiter",
        "module": "ascender",
        "engine": "four_120n",
        "meeting_s": tdb_from_utc("2024-06-06T03:18:00Z"),
        "ahead_m": 50e3,
        "above_m": 10e3,
        "lowest_altitude_m": 100e3,
    }
    return Phasing(**told | changed)


def rendezvous(**changed: Any) -> Rendezvous:
    told = {
        "name": "rendezvous",
        "kind": "rendezvous",
        "craft": "orbiter",
        "partner": "ascender",
        "module": "orbiter",
        "engine": "four_150n",
        "leave_s": tdb_from_utc("2024-06-06T06:40:00Z"),
        "holds": (
            Hold(distance_m=5e3, transfer_s=5400.0, stay_s=600.0),
            Hold(distance_m=1e3, transfer_s=1800.0, stay_s=600.0),
            Hold(distance_m=100.0, transfer_s=1200.0, stay_s=300.0),
        ),
        "keep_out_m": 50.0,
        "opening_m_s": 0.01,
        "sensors": SENSORS,
    }
    return Rendezvous(**told | changed)


def latch(**changed: Any) -> Latch:
    told = {"closing_speed_m_s": 0.3, "lateral_speed_m_s": 0.05, "offset_m": 0.1, "misalignment_rad": math.radians(3.0)}
    return Latch(**told | changed)


def docking(**changed: Any) -> Docking:
    told = {
        "name": "docking",
        "kind": "docking",
        "craft": "orbiter",
        "partner": "ascender",
        "module": "orbiter",
        "engine": "two_25n",
        "speed_m_s": 0.2,
        "corridor_rad": math.radians(10.0),
        "attitude_error_rad": math.radians(0.5),
        "latch": latch(),
        "sensors": SENSORS,
    }
    return Docking(**told | changed)


def afterwards(deorbit_after_s: float = 86400.0) -> tuple[Moving, ...]:
    """The sample's way over, the separation, the fall."""
    return (
        HandOver(name="hand_over", kind="hand_over", craft="orbiter", route=("ascender", "orbiter", "returner"), duration_s=2160.0),
        Separation(
            name="ascender_separation",
            kind="separation",
            craft="orbiter",
            event="ascender_separation",
            carrier=Joined(name="orbiter", modules=("orbiter", "returner")),
            released=Joined(name="ascender", modules=("ascender",)),
            when=After(after_s=21600.0),
        ),
        Disposal(
            name="disposal",
            kind="disposal",
            craft="ascender",
            event="ascender_impact",
            module="ascender",
            engine="four_120n",
            when=After(after_s=deorbit_after_s),
            perilune_altitude_m=-60e3,
            surface_altitude_m=0.0,
        ),
    )


def setting(world: World, run: int | None = None, draws: Draws | None = None) -> Setting:
    """Without errors; with those of a run; or with draws of one's own."""
    dispersed = draws or (Draws() if run is None else Draws(1, run, True))
    return Setting(world, cast(Plan, None), None, None, ERRORS if dispersed.enabled else None, dispersed)


def fly(given: Setting, state: State, phases: Iterable[Moving]) -> tuple[State, list[Leg]]:
    """The state after the phases, and their legs; the last one that did not end well ends all."""
    legs: list[Leg] = []
    for phase in phases:
        state, flown = fly_phase(given, state, phase)
        legs += flown
        if any(leg.outcome is not Outcome.DONE for leg in flown):
            break
    return state, legs
