"""Orbit parameter messages: CCSDS 502.0-B, key-value notation, one file for each craft that flies by itself.

A message has the first state of a craft in space, its mass, and the manoeuvres that it flies until it parts, joins, lands or enters the
air: what another tool needs to take over from there. ICRF axes, TDB, positions in km, velocities in km/s, masses in kg.

*Model*: the velocity change of a manoeuvre is thrust over mass, integrated over the attitude as it was flown (`burns.json`); its
direction is that mean. *Limits*: a reader that holds this direction all the time flies short burns again to what the turning is worth
(a degree or two in a burn of minutes); a descent to the Moon turns by 90 deg, and is no manoeuvre to plan with. A craft that begins on the
ground has its state where it has reached its orbit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farside.craft.module import STANDARD_GRAVITY_M_S2
from farside.products.oem import epochs_text
from farside.products.recorded import Recorded
from farside.products.stretches import IN_SPACE, Stretch

Array = NDArray[np.float64]
Burns = Sequence[Mapping[str, Any]]

SLICES = 200  # of a swept burn, for its mean direction; Simpson's rule is exact to a millionth of a degree then


@dataclass(frozen=True)
class FreeFlight:
    """A craft in space from one change of its modules, or of its ground, to the next: its first state and the burns that follow."""

    craft: str
    modules: tuple[str, ...]
    phases: tuple[str, ...]
    center: str
    epoch_s: float
    state: Array
    end_s: float
    burns: Burns


def free_flights(flown: Recorded) -> list[FreeFlight]:
    """Every craft in space, by first epoch; modules that are joined fly once."""
    found: dict[tuple[str, float], FreeFlight] = {}
    for module in flown.modules:
        for run in _runs(flown.stretches[module]):
            flight = _free_flight(run, flown.burns)
            found.setdefault((flight.craft, flight.epoch_s), flight)
    return sorted(found.values(), key=lambda flight: (flight.epoch_s, flight.craft))


def _runs(stretches: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """The stretches of each free flight of a module; a burn off the ground is not part of it."""
    run: list[Stretch] = []
    before: Stretch | None = None
    for stretch in stretches:
        rising = stretch.mode == "burn" and before is not None and before.mode == "landed"
        if run and (stretch.mode not in IN_SPACE or (stretch.craft, stretch.modules) != (run[-1].craft, run[-1].modules)):
            yield run
            run = []
        if stretch.mode in IN_SPACE and not rising:
            run.append(stretch)
        before = stretch
    if run:
        yield run


def _free_flight(run: Sequence[Stretch], burns: Burns) -> FreeFlight:
    """The first state of a run, and what its craft burns in it."""
    first, end_s = run[0], run[-1].end_s
    mine = [b for b in burns if b["craft"] == first.craft and first.start_s <= b["ignition_tdb_s"] < end_s]
    phases = tuple(dict.fromkeys(stretch.phase for stretch in run))
    return FreeFlight(first.craft, first.modules, phases, first.center, first.start_s, first.states[0], end_s, mine)


def opm_files(flown: Recorded, modules: Sequence[str], created_utc: str) -> dict[str, str]:
    """File name -> text, for every craft in space that one of the modules is part of; a craft that flies twice is numbered."""
    flights = free_flights(flown)
    names = [flight.craft for flight in flights]
    found: dict[str, str] = {}
    for index, flight in enumerate(flights):
        count = names[: index + 1].count(flight.craft)
        name = f"{flight.craft}_{count}.opm" if names.count(flight.craft) > 1 else f"{flight.craft}.opm"
        if set(modules) & set(flight.modules):
            found[name] = opm_text(flight, flown.mission, created_utc)
    return found


def opm_text(flight: FreeFlight, mission: str, created_utc: str) -> str:
    """The message of one free flight; ends with a newline."""
    (epoch, end), (x, y, z, u, v, w) = _epochs(flight.epoch_s, flight.end_s), (flight.state[:6] / 1e3).tolist()
    lines = [
        "CCSDS_OPM_VERS = 2.0",
        f"COMMENT {mission}: {flight.craft} of {', '.join(flight.modules)}, as flown by farside",
        f"CREATION_DATE = {created_utc.rstrip('Z')}",
        "ORIGINATOR = FARSIDE",
        "",
        f"COMMENT it flies like this until {end} TDB: {', '.join(flight.phases)}",
        f"OBJECT_NAME = {flight.craft.upper()}",
        f"OBJECT_ID = {mission.upper()}-{flight.craft.upper()}",
        f"CENTER_NAME = {flight.center.upper()}",
        "REF_FRAME = ICRF",
        "TIME_SYSTEM = TDB",
        "",
        f"EPOCH = {epoch}",
        *(f"{key} = {value!r} [km]" for key, value in zip("XYZ", (x, y, z), strict=True)),
        *(f"{key}_DOT = {value!r} [km/s]" for key, value in zip("XYZ", (u, v, w), strict=True)),
        "",
        f"MASS = {float(flight.state[6])!r} [kg]",
    ]
    for burn in flight.burns:
        lines += ["", *manoeuvre(burn)]
    return "\n".join(lines) + "\n"


def manoeuvre(burn: Mapping[str, Any]) -> list[str]:
    """The lines of one burn."""
    change = delta_v_m_s(burn) / 1e3
    turned = np.degrees(np.arccos(min(1.0, float(np.linalg.norm(change)) * 1e3 / burn["delta_v_m_s"]))) if burn["delta_v_m_s"] else 0.0
    law = "throttled and turned by a closed loop" if burn["throttle_history"] else "turned evenly"
    return [
        f"COMMENT {burn['event']} in {burn['phase']}, {burn['engine']} of {burn['module']}: {burn['delta_v_m_s']:.4f} m/s along the path"
        + (f", {law}" if turned > 0.1 else ""),
        f"MAN_EPOCH_IGNITION = {_epochs(burn['ignition_tdb_s'])[0]}",
        f"MAN_DURATION = {burn['duration_s']!r} [s]",
        f"MAN_DELTA_MASS = {-burn['propellant_kg']!r} [kg]",
        "MAN_REF_FRAME = ICRF",
        *(f"MAN_DV_{k + 1} = {float(change[k])!r} [km/s]" for k in range(3)),
    ]


def delta_v_m_s(burn: Mapping[str, Any]) -> Array:
    """Thrust over mass, integrated along the attitude of a burn record: (3,) m/s in ICRF axes."""
    flow = 1.0 / (STANDARD_GRAVITY_M_S2 * burn["isp_s"])
    history = burn["throttle_history"]
    if history is not None:
        ends = np.append(history["tdb_s"][1:], burn["cutoff_tdb_s"])
        seconds = np.maximum(ends - np.maximum(history["tdb_s"], burn["ignition_tdb_s"]), 0.0)
        thrust, axes = np.array(history["thrust_n"]), np.array(history["axis"])
    else:
        edges = np.linspace(burn["ignition_tdb_s"], burn["cutoff_tdb_s"], SLICES + 1)
        seconds, thrust = np.diff(edges), np.full(SLICES, burn["thrust_n"])
        axes = _swept(burn["attitude"], 0.5 * (edges[1:] + edges[:-1]))
    masses = burn["ignition_mass_kg"] - np.concatenate([[0.0], np.cumsum(thrust * flow * seconds)])
    size = np.log(masses[:-1] / masses[1:]) / flow
    out: Array = (size[:, None] * axes).sum(axis=0)
    return out


def _swept(law: Mapping[str, Any], epochs_s: Array) -> Array:
    """The directions (k, 3) of a sweep at epochs (k,)."""
    w = law["rate_rad_s"] * (epochs_s - law["reference_tdb_s"])
    out: Array = np.cos(w)[:, None] * np.array(law["axis"]) + np.sin(w)[:, None] * np.array(law["toward"])
    return out


def _epochs(*epochs_s: float) -> list[str]:
    return epochs_text(np.array(epochs_s))
