"""`burns.json`: the first state and every burn, so that anyone can fly the flight again with another tool.

*Model*: during a burn the thrust points along `cos(w) axis + sin(w) toward` with `w = rate_rad_s (t - reference_tdb_s)`, ICRF axes; the
mass falls by `thrust_n / (9.80665 isp_s)` a second. Between burns the craft coast. A separation hands position and velocity on and
parts the modules; `crafts` lists who flies from where to where, and which craft it came from. The states at ignitions, cut-offs and ends
are there to be compared with: no more than the first state and the burns is needed to fly.

*Limits*: the equations are Newton's, the ephemerides are not: 3e-10 m/s2 of relativity stand between the Moon's motion in DE421 and the
one that point masses give it, so that a flight integrated about the other body differs by 5 cm in six hours near the Moon. `centers` says
about which body the craft was flown from when on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from farside.basis import constants
from farside.basis.epochs import utc_from_tdb
from farside.craft.module import STANDARD_GRAVITY_M_S2, Center, Craft, Gone, Orbit
from farside.dynamics.arcs import Arc
from farside.phases.leg import Attitude, Burn, Leg, Throttled
from farside.products.events import burn_arcs, burns_by_event

if TYPE_CHECKING:
    from farside.flight import Flight

HISTORY_S = 30.0  # spacing of the sampled attitude; the law itself is exact


def burns_record(flight: Flight) -> dict[str, Any]:
    """The whole of `burns.json`."""
    first = flight.legs[0].before[0]
    return {
        "mission": flight.mission.name,
        "digest": flight.mission.digest,
        "conventions": {
            "time": "TDB seconds past J2000 (2000-01-01T12:00:00 TDB)",
            "axes": "ICRF",
            "thrust_direction": "cos(w) axis + sin(w) toward, w = rate_rad_s (t - reference_tdb_s)",
            "mass_flow_kg_s": "thrust_n / (standard_gravity_m_s2 isp_s)",
        },
        "constants": force_constants(),
        "first_state": {
            "craft": first.name,
            "modules": {module.name: module.mass_kg for module in first.modules},
            "epoch_utc": utc_from_tdb(first.epoch_s),
            **craft_state(first),
        },
        "crafts": craft_lives(flight.legs),
        "separations": separations(flight.legs),
        "burns": [burn_record(leg, burn) for leg, burn in sorted(burns_by_event(flight.legs).values(), key=lambda b: b[1].ignition_s)],
    }


def force_constants() -> dict[str, float]:
    """The numbers of nature that the flight was flown with."""
    return {
        "standard_gravity_m_s2": STANDARD_GRAVITY_M_S2,
        "gm_earth_m3_s2": constants.GM_EARTH_M3_S2,
        "gm_moon_m3_s2": constants.GM_MOON_M3_S2,
        "gm_sun_m3_s2": constants.GM_SUN_M3_S2,
        "earth_radius_m": constants.EARTH_RADIUS_M,
        "earth_j2": constants.EARTH_J2,
        "earth_j3": constants.EARTH_J3,
        "earth_j4": constants.EARTH_J4,
        "earth_j5": constants.EARTH_J5,
        "earth_j6": constants.EARTH_J6,
    }


def craft_lives(legs: Sequence[Leg]) -> list[dict[str, Any]]:
    """Who flew from where to where: a craft is the same as long as its name and its modules are. `parent` is an index into this list."""
    lives: list[dict[str, Any]] = []
    current: dict[tuple[str, tuple[str, ...]], int] = {}

    def begin(craft: Craft, parent: int | None) -> int:
        current[craft.name, craft.module_names] = len(lives)
        start = craft_state(craft)
        life = {"craft": craft.name, "modules": list(craft.module_names), "parent": parent, "start": start, "end": start, "centers": []}
        lives.append(life)
        return len(lives) - 1

    for leg in legs:
        craft = leg.before[0]
        key = (craft.name, craft.module_names)
        index = current[key] if key in current else begin(craft, None)
        for arc in leg.arcs:
            note_center(lives[index]["centers"], arc)
            lives[index]["end"] = arc_end(arc)
        for after in leg.after:
            if (after.name, after.module_names) != key and isinstance(after.place, Orbit):
                begin(after, index)
    return lives


def note_center(centers: list[dict[str, Any]], arc: Arc) -> None:
    """Remember from when on a craft is flown about another centre."""
    if not centers or centers[-1]["center"] != arc.center:
        centers.append({"from_tdb_s": arc.start_s, "center": arc.center})


def arc_start(arc: Arc) -> dict[str, Any]:
    """The state that an arc begins with, every digit."""
    return _state(arc.center, arc.start_s, arc.states[0].tolist())


def arc_end(arc: Arc) -> dict[str, Any]:
    """The state that an arc ends with, every digit."""
    return _state(arc.center, arc.end_s, arc.states[-1].tolist())


def craft_state(craft: Craft) -> dict[str, Any]:
    """Where a craft in space is at its epoch, every digit."""
    if not isinstance(craft.place, Orbit):
        raise ValueError(f"{craft.name} is {craft.place}; only a craft in space has a state to fly from")
    return _state(craft.place.center, craft.epoch_s, [*craft.place.r_m, *craft.place.v_m_s, craft.mass_kg])


def _state(center: Center, epoch_s: float, values: list[float]) -> dict[str, Any]:
    return {"epoch_tdb_s": epoch_s, "center": center, "r_m": values[:3], "v_m_s": values[3:6], "mass_kg": values[6]}


def separations(legs: Sequence[Leg]) -> list[dict[str, Any]]:
    """Where one craft became several: their names, modules and masses, and what became of those no longer followed."""
    found = []
    for leg in legs:
        if len(leg.after) > 1:
            parts = [
                {
                    "craft": craft.name,
                    "modules": {module.name: module.mass_kg for module in craft.modules},
                    "mass_kg": craft.mass_kg,
                    "gone": f"{craft.place.where}: {craft.place.why}" if isinstance(craft.place, Gone) else None,
                }
                for craft in leg.after
            ]
            end = {"epoch_tdb_s": leg.end_s, "epoch_utc": utc_from_tdb(leg.end_s)}
            found.append({"phase": leg.phase, "craft": leg.before[0].name, **end, "parts": parts})
    return found


def burn_record(leg: Leg, burn: Burn) -> dict[str, Any]:
    """One burn: when, how strong, where it pointed."""
    law, arcs = burn.attitude, burn_arcs(leg, burn)
    return {
        "event": burn.name,
        "phase": burn.phase,
        "craft": burn.craft,
        "modules": list(leg.before[0].module_names),
        "module": burn.module,
        "engine": burn.engine,
        "center": burn.center,
        "ignition_tdb_s": burn.ignition_s,
        "ignition_utc": utc_from_tdb(burn.ignition_s),
        "cutoff_tdb_s": burn.cutoff_s,
        "cutoff_utc": utc_from_tdb(burn.cutoff_s),
        "duration_s": burn.cutoff_s - burn.ignition_s,
        "thrust_n": burn.thrust_n,
        "isp_s": burn.isp_s,
        "ignition_mass_kg": burn.ignition_mass_kg,
        "propellant_kg": burn.propellant_kg,
        "delta_v_m_s": burn.delta_v_m_s,
        "ignition_state": arc_start(arcs[0]) if arcs else None,
        "cutoff_state": arc_end(arcs[-1]) if arcs else None,
        "attitude": {"axis": list(law.axis), "toward": list(law.toward), "rate_rad_s": law.rate_rad_s, "reference_tdb_s": law.reference_s},
        "attitude_history": attitude_history(law, burn.ignition_s, burn.cutoff_s),
        "throttle_history": throttle_history(burn.history),
    }


def throttle_history(history: Throttled | None) -> dict[str, Any] | None:
    """A closed-loop burn as it was flown, every digit: from each epoch on, until the next, that thrust along that axis; None for others."""
    if history is None:
        return None
    return {"tdb_s": history.epochs_s.tolist(), "thrust_n": history.thrusts_n.tolist(), "axis": history.axes.tolist()}


def attitude_history(law: Attitude, ignition_s: float, cutoff_s: float) -> list[dict[str, float]]:
    """The thrust direction as right ascension and declination (ICRF), at ignition, cut-off and every half minute at most between."""
    count = max(1, math.ceil((cutoff_s - ignition_s) / HISTORY_S))
    epochs = [ignition_s + (cutoff_s - ignition_s) * k / count for k in range(count)] + [cutoff_s]
    return [{"tdb_s": epoch, **_pointing(law, epoch)} for epoch in epochs]


def _pointing(law: Attitude, epoch_s: float) -> dict[str, float]:
    w = law.rate_rad_s * (epoch_s - law.reference_s)
    x, y, z = (math.cos(w) * a + math.sin(w) * b for a, b in zip(law.axis, law.toward, strict=True))
    return {"right_ascension_deg": math.degrees(math.atan2(y, x)) % 360.0, "declination_deg": math.degrees(math.atan2(z, math.hypot(x, y)))}
