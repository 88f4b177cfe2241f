"""`flight.json`: what was flown, by what versions, with which data, and how each leg went."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from farside.basis.epochs import utc_from_tdb
from farside.craft.container import sample_mass_ug
from farside.craft.module import Craft, Gone, Landed, Module
from farside.delivery import canonical
from farside.dynamics.arcs import Arc
from farside.environment.ephemeris_files import EPHEMERIS_PACKAGES
from farside.phases.leg import Leg
from farside.products.events import mission_zero_s
from farside.products.lives import arc_end, arc_start
from farside.products.plain import plain

if TYPE_CHECKING:
    from farside.environment.declared import SiteTerrain
    from farside.environment.store import Kind
    from farside.flight import Flight
    from farside.mission import Mission

PACKAGES = ("numpy", "numba", "pyerfa", "jplephem", "astropy-iers-data")


def flight_record(flight: Flight, files: Sequence[str]) -> dict[str, Any]:
    """The whole of `flight.json`; `files` are the names of all that was written beside it."""
    first, last = min(leg.start_s for leg in flight.legs), max(leg.end_s for leg in flight.legs)
    record = {
        "mission": flight.mission.name,
        "digest": flight.mission.digest,
        "seed": flight.mission.seed,
        "run": flight.run,
        "dispersed": flight.seed is not None,
        "versions": versions(flight.mission),
        "data": data_used(flight.mission),
        "outcome": flight.outcome.value,
        "advice": flight.advice,
        "start_utc": utc_from_tdb(first),
        "end_utc": utc_from_tdb(last),
        "duration_s": last - first,
        "met_zero_utc": utc_from_tdb(mission_zero_s(flight)),
        "delta_v_m_s": sum(burn.delta_v_m_s for burn in flight.burns),
        "modules": list(flight.modules),
        "legs": [leg_record(leg) for leg in flight.legs],
    }
    return {**record, "flight_digest": flight_digest(record), "files": list(files)}


def flight_digest(record: Mapping[str, Any]) -> str:
    """SHA-256 of what was flown: the canonical text (RFC 8785) of `flight.json` without the keys `flight_digest` and `files`."""
    told = {key: part for key, part in record.items() if key not in ("flight_digest", "files")}
    return hashlib.sha256(canonical(plain(told))).hexdigest()


def versions(mission: Mission) -> dict[str, str]:
    """Versions of Python and of every package that has a say in the numbers; those not installed are left out."""
    environment = getattr(mission, "environment", None)
    packages = (*PACKAGES, EPHEMERIS_PACKAGES[environment.ephemeris]) if environment else PACKAGES
    found = {"farside": sys.modules["farside"].__version__, "python": platform.python_version()}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def data_used(mission: Mission) -> dict[str, str]:
    """Which ephemeris, gravity, tables and ground the flight stood on; files of the user's by name and SHA-256 digest."""
    environment = getattr(mission, "environment", None)
    if environment is None:
        return {}
    package = EPHEMERIS_PACKAGES[environment.ephemeris]
    gravity = f"degree {environment.moon_gravity_degree}, DE440 header"
    if environment.moon_gravity_file is not None:
        gravity = f"degree {environment.moon_gravity_degree}, {_named('gravity', environment.moon_gravity_file)}"
    lands = any(phase.kind == "descent" for phase in getattr(mission, "phases", ()))
    return {
        "ephemeris": f"{environment.ephemeris}, package {package}",
        "moon_gravity": gravity,
        "earth_gravity": "EGM2008 zonals J2-J6",
        "earth_orientation": "IAU 2006/2000A, package astropy-iers-data",
        "solar_pressure": "none" if environment.solar_pressure is None else f"{plain(environment.solar_pressure)}",
        **({"terrain": _terrain(mission.terrain, mission.seed)} if lands else {}),
    }


def _terrain(declared: SiteTerrain, seed: int) -> str:
    """The ground of the landing site: a file, or what was drawn, and by which seed."""
    if declared.file is not None:
        return _named("terrain", declared.file)
    return f"synthetic, seed {seed}" + (f", {_named('craters', declared.craters)}" if declared.craters is not None else "")


def _named(kind: Kind, name: str) -> str:
    """A file of the user's by name and digest; one that was taken out since the flight has none."""
    from farside.environment.store import NotStoredError, find

    try:
        return f"{name}, sha256 {find(kind, name).sha256}"
    except NotStoredError:
        return f"{name}, sha256 unknown"


def leg_record(leg: Leg) -> dict[str, Any]:
    """One leg: epochs, masses, delta-v, and its arcs with both ends to the last digit."""
    return {
        "phase": leg.phase,
        "craft": leg.before[0].name,
        "modules": list(leg.before[0].module_names),
        "start_tdb_s": leg.start_s,
        "start_utc": utc_from_tdb(leg.start_s),
        "end_tdb_s": leg.end_s,
        "end_utc": utc_from_tdb(leg.end_s),
        "before": [craft_record(craft) for craft in leg.before],
        "after": [craft_record(craft) for craft in leg.after],
        "delta_v_m_s": sum(burn.delta_v_m_s for burn in leg.burns),
        "propellant_kg": sum(burn.propellant_kg for burn in leg.burns),
        "events": [event.name for event in leg.events],
        "burns": [burn.name for burn in leg.burns],
        "outcome": leg.outcome.value,
        "advice": leg.advice,
        "arcs": [arc_record(arc) for arc in leg.arcs],
    }


def craft_record(craft: Craft) -> dict[str, Any]:
    """Who is joined, how heavy, where it stands if it has landed, and what became of a craft that is no longer followed."""
    return {
        "craft": craft.name,
        "modules": {module.name: module_record(module) for module in craft.modules},
        "mass_kg": craft.mass_kg,
        "landed": landed_record(craft.place) if isinstance(craft.place, Landed) else None,
        "gone": f"{craft.place.where}: {craft.place.why}" if isinstance(craft.place, Gone) else None,
    }


def module_record(module: Module) -> dict[str, Any]:
    """What a module weighs: dry, its propellant, and the sample aboard in whole micrograms."""
    parts = {"dry_mass_kg": module.dry_mass_kg, "propellant_kg": module.propellant_kg, "sample_ug": sample_mass_ug([module])}
    return {"mass_kg": module.mass_kg, **parts}


def landed_record(place: Landed) -> dict[str, Any]:
    """On which ground a craft stands, and where in the axes that turn with it."""
    return {"center": place.center, "site": place.site, "r_fixed_m": list(place.r_fixed_m)}


def arc_record(arc: Arc) -> dict[str, Any]:
    """One arc by its ends."""
    return {
        "mode": arc.mode,
        "center": arc.center,
        "thrust_n": arc.thrust_n,
        "steps": len(arc.times_s) - 1,
        "start": arc_start(arc),
        "end": arc_end(arc),
    }
