"""What a mission file declares, for programs: goals, sites, vehicles, phases in order; plain values in degrees, kilograms, UTC."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from farside.basis.epochs import utc_from_tdb

if TYPE_CHECKING:
    from farside.craft.module import Module
    from farside.mission import Mission
    from farside.planning.goals import Site

GOALS = ("liftoff", "capture", "touchdown", "lift_off", "return_landing")


def mission_record(mission: Mission) -> dict[str, Any]:
    """The mission in short; every number with its source is told by `products.citation`."""
    goals = {key: getattr(mission.goals, f"{key}_s") for key in GOALS}
    return {
        "name": mission.name,
        "description": mission.description,
        "digest": mission.digest,
        "seed": mission.seed,
        "begins_utc": utc_from_tdb(mission.begins_s),
        "goals": {key: utc_from_tdb(epoch_s) for key, epoch_s in goals.items() if epoch_s is not None},
        "sites": {name: _site(site) for name, site in mission.sites.items()},
        "modules": {name: _module(module) for name, module in mission.modules.items()},
        "phases": [{"name": phase.name, "kind": phase.kind, "craft": phase.craft} for phase in mission.phases],
        "numbers": len(mission.sources),
        "assumptions": sum(source.startswith("assumed") for _, source in mission.sources.values()),
        "data_files": [{"kind": kind, "name": name} for kind, name in mission.data_files],
    }


def _site(site: Site) -> dict[str, Any]:
    angles = {"latitude_deg": math.degrees(site.latitude_rad), "longitude_deg": math.degrees(site.longitude_rad)}
    return {"body": site.body, **angles, "altitude_m": site.altitude_m}


def _module(module: Module) -> dict[str, Any]:
    engines = {engine.name: {"thrust_n": engine.thrust_n, "isp_s": engine.isp_s} for engine in module.engines}
    return {"dry_mass_kg": module.dry_mass_kg, "propellant_kg": module.propellant_kg, "engines": engines}
