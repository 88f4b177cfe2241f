"""`burns.json`: the first states and every burn, so that anyone can fly the flight again with another tool.

*Model*: during a burn the thrust points along `cos(w) axis + sin(w) toward` with `w = rate_rad_s (t - reference_tdb_s)`, ICRF axes; one
flown by a closed loop has instead a `throttle_history`: from each epoch on, until the next, its thrust along its axis is held. The mass
falls by thrust over `9.80665 isp_s` a second. Between burns the craft coast, or stand on the ground and turn with it. A separation hands
position and velocity on and parts the modules; a docking joins them, where the active craft is, with the momentum of both. `crafts` lists
who flies from where to where (`lives.py`). Where a craft is `in_air`, that pushes it too, of which this file does not tell: the thrust of
a launch is what its flow makes in vacuum, and who flies it again begins where that ends, in the parking orbit. The states at ignitions,
cut-offs and ends are there to be compared with: no more than the first states, the stays and the burns is needed to fly.

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
from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.phases.leg import Attitude, Burn, Leg, Throttled
from farside.products.events import burn_arcs
from farside.products.lives import arc_end, arc_start, craft_lives, dockings, separations

if TYPE_CHECKING:
    from farside.flight import Flight

HISTORY_S = 30.0  # spacing of the sampled attitude; the law, or the history of a closed loop, is exact


def burns_record(flight: Flight) -> dict[str, Any]:
    """The whole of `burns.json`."""
    lives = craft_lives(flight.legs)
    return {
        "mission": flight.mission.name,
        "digest": flight.mission.digest,
        "conventions": {
            "time": "TDB seconds past J2000 (2000-01-01T12:00:00 TDB)",
            "axes": "ICRF",
            "thrust_direction": "cos(w) axis + sin(w) toward, w = rate_rad_s (t - reference_tdb_s)",
            "throttle_history": "from tdb_s[j] on, until tdb_s[j + 1] or the cut-off, thrust_n[j] along axis[j] is held",
            "mass_flow_kg_s": "thrust_n / (standard_gravity_m_s2 isp_s)",
            "stays": "at rest at r_fixed_m in the axes that turn with center: moon_me (with DE421 those of IAU WGCCRE 2015) or ITRF",
            "in_air": "in air or carried over the ground: what moves it is not told here; a flight goes on from the end of such a span",
            "docking": "position of parts[0], velocity by the momentum of both",
        },
        "constants": force_constants(),
        "first_states": [
            {"craft": life["craft"], "modules": life["modules"], "epoch_utc": utc_from_tdb(life["start"]["epoch_tdb_s"]), **life["start"]}
            for life in lives
            if not life["parents"]
        ],
        "crafts": lives,
        "separations": separations(flight.legs),
        "dockings": dockings(flight.legs),
        "burns": [burn_record(leg, burn) for leg, burn in burns_by_ignition(flight.legs)],
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


def burns_by_ignition(legs: Sequence[Leg]) -> list[tuple[Leg, Burn]]:
    """Every burn with its leg, by ignition, ties by leg."""
    return sorted(((leg, burn) for leg in legs for burn in leg.burns), key=lambda fired: fired[1].ignition_s)


def burn_record(leg: Leg, burn: Burn) -> dict[str, Any]:
    """One burn: when, how strong, where it pointed. That of a closed loop has no law of the attitude; its `thrust_n` is the mean."""
    arcs = burn_arcs(leg, burn)
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
        "attitude": attitude_law(burn.attitude) if burn.history is None else None,
        "attitude_history": attitude_history(burn),
        "throttle_history": throttle_history(burn.history),
    }


def attitude_law(law: Attitude) -> dict[str, Any]:
    """The sweep of the thrust direction, every digit."""
    return {"axis": list(law.axis), "toward": list(law.toward), "rate_rad_s": law.rate_rad_s, "reference_tdb_s": law.reference_s}


def throttle_history(history: Throttled | None) -> dict[str, Any] | None:
    """A closed-loop burn as it was flown, every digit: from each epoch on, until the next, that thrust along that axis; None for others."""
    if history is None:
        return None
    return {"tdb_s": history.epochs_s.tolist(), "thrust_n": history.thrusts_n.tolist(), "axis": history.axes.tolist()}


def attitude_history(burn: Burn) -> list[dict[str, float]]:
    """The thrust direction as right ascension and declination (ICRF), at ignition, cut-off and every half minute at most between."""
    count = max(1, math.ceil((burn.cutoff_s - burn.ignition_s) / HISTORY_S))
    epochs = [burn.ignition_s + (burn.cutoff_s - burn.ignition_s) * k / count for k in range(count)] + [burn.cutoff_s]
    return [{"tdb_s": epoch, **_pointing(*direction_at(burn, epoch))} for epoch in epochs]


def direction_at(burn: Burn, epoch_s: float) -> tuple[float, float, float]:
    """The unit vector of the thrust at an epoch, ICRF axes."""
    if burn.history is not None:
        x, y, z = burn.history.axes[int(burn.history.held_at(epoch_s))].tolist()
        return x, y, z
    w = burn.attitude.rate_rad_s * (epoch_s - burn.attitude.reference_s)
    x, y, z = (math.cos(w) * a + math.sin(w) * b for a, b in zip(burn.attitude.axis, burn.attitude.toward, strict=True))
    return x, y, z


def _pointing(x: float, y: float, z: float) -> dict[str, float]:
    return {"right_ascension_deg": math.degrees(math.atan2(y, x)) % 360.0, "declination_deg": math.degrees(math.atan2(z, math.hypot(x, y)))}
