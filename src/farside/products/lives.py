"""Who flew from where to where: the craft of a flight, from the parting or joining that made each to the one that ended it.

A craft is the same as long as its name and its modules are. One that stands on the ground turns with it (`stays`); one in the air
or carried over the ground is moved by more than its burns (`in_air`); one made by a docking
has two parents, the active one first: it goes on from where that one is, with the momentum of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from farside.basis.epochs import utc_from_tdb
from farside.craft.module import Center, Craft, Gone, Landed, Orbit
from farside.dynamics.arcs import Arc
from farside.phases.leg import Leg

Life = dict[str, Any]


def craft_lives(legs: Sequence[Leg]) -> list[Life]:
    """The lives, in the order in which they begin in the list of legs; `parents` are indices into it."""
    lives: list[Life] = []
    now: dict[str, int] = {}
    for leg in legs:
        before = leg.before[0]
        if before.name not in now:
            now[before.name] = _begin(lives, before, first_state(leg), ())
        index = now[before.name]
        _follow(lives[index], leg)
        for after in leg.after:
            if (after.name, after.module_names) == (before.name, before.module_names) or isinstance(after.place, Gone):
                continue
            if after.name in now and _is(lives[now[after.name]], after) and index not in lives[now[after.name]]["parents"]:
                lives[now[after.name]]["parents"].append(index)  # the other craft of a docking
            else:
                now[after.name] = _begin(lives, after, craft_state(after, lives[index]["end"]), (index,))
    return lives


def _begin(lives: list[Life], craft: Craft, start: dict[str, Any], parents: tuple[int, ...]) -> int:
    """Add a life; its index."""
    life = {"craft": craft.name, "modules": list(craft.module_names), "parents": list(parents), "start": start, "end": start}
    lives.append({**life, "centers": [], "stays": [], "in_air": []})
    return len(lives) - 1


def _is(life: Life, craft: Craft) -> bool:
    """Whether a craft is the one that begins this life."""
    same = (life["craft"], tuple(life["modules"])) == (craft.name, craft.module_names)
    return same and life["start"]["epoch_tdb_s"] == craft.epoch_s


def _follow(life: Life, leg: Leg) -> None:
    """Go on with a life by a leg."""
    for arc in leg.arcs:
        note_center(life["centers"], arc)
        life["end"] = arc_end(arc)
        if arc.mode == "landed":
            _note_stay(life["stays"], arc, leg)
        elif arc.mode in ("flying", "carried"):
            _note_air(life["in_air"], arc)


def note_center(centers: list[dict[str, Any]], arc: Arc) -> None:
    """Remember from when on a craft is flown about another centre."""
    if not centers or centers[-1]["center"] != arc.center:
        centers.append({"from_tdb_s": arc.start_s, "center": arc.center})


def _note_stay(stays: list[dict[str, Any]], arc: Arc, leg: Leg) -> None:
    """Remember from when to when a craft stands where; what it gathers meanwhile makes it heavier."""
    place = leg.before[0].place
    if not isinstance(place, Landed):
        raise LookupError(f"phase {leg.phase}: {leg.before[0].name} rests from {utc_from_tdb(arc.start_s)} on and has not landed")
    if not stays or stays[-1]["until_tdb_s"] != arc.start_s:
        where = {"center": arc.center, "site": place.site, "r_fixed_m": list(place.r_fixed_m)}
        stays.append({"from_tdb_s": arc.start_s, "until_tdb_s": arc.start_s, **where, "mass_kg": 0.0})
    stays[-1] |= {"until_tdb_s": arc.end_s, "mass_kg": float(arc.states[-1, 6])}


def _note_air(spans: list[dict[str, Any]], arc: Arc) -> None:
    """Remember from when to when a craft flew through the air or was carried, and what it came out with."""
    if not spans or spans[-1]["end"]["epoch_tdb_s"] != arc.start_s:
        spans.append({"start": arc_start(arc)})
    spans[-1]["end"] = arc_end(arc)


def first_state(leg: Leg) -> dict[str, Any]:
    """Where the craft of a leg is at its start."""
    return arc_start(leg.arcs[0]) if leg.arcs else craft_state(leg.before[0])


def arc_start(arc: Arc) -> dict[str, Any]:
    """The state that an arc begins with, every digit."""
    return _state(arc.center, arc.start_s, arc.states[0].tolist())


def arc_end(arc: Arc) -> dict[str, Any]:
    """The state that an arc ends with, every digit."""
    return _state(arc.center, arc.end_s, arc.states[-1].tolist())


def craft_state(craft: Craft, ground: dict[str, Any] | None = None) -> dict[str, Any]:
    """Where a craft is at its epoch, every digit; one that has landed is where the state `ground` says, `ValueError` without it."""
    if isinstance(craft.place, Orbit):
        return _state(craft.place.center, craft.epoch_s, [*craft.place.r_m, *craft.place.v_m_s, craft.mass_kg])
    if ground is None or not isinstance(craft.place, Landed) or ground["epoch_tdb_s"] != craft.epoch_s:
        raise ValueError(f"{craft.name} is {craft.place}; only a craft in space has a state to fly from")
    return {**ground, "mass_kg": craft.mass_kg}


def _state(center: Center, epoch_s: float, values: list[float]) -> dict[str, Any]:
    return {"epoch_tdb_s": epoch_s, "center": center, "r_m": values[:3], "v_m_s": values[3:6], "mass_kg": values[6]}


def separations(legs: Sequence[Leg]) -> list[dict[str, Any]]:
    """Where one craft became several: their names, modules and masses, and what became of those no longer followed."""
    parted = (leg for leg in legs if len(leg.after) > 1)
    return [{**_when(leg), "craft": leg.before[0].name, "parts": [_part(craft) for craft in leg.after]} for leg in parted]


def dockings(legs: Sequence[Leg]) -> list[dict[str, Any]]:
    """Where two craft became one: the legs of both end with it. The active one comes first."""
    found: list[dict[str, Any]] = []
    made: list[Craft] = []
    for leg in legs:
        joined = leg.after[0]
        if len(joined.modules) <= len(leg.before[0].modules):
            continue
        if joined not in made:
            made.append(joined)
            found.append({**_when(leg), "craft": joined.name, "parts": []})
        mine = tuple(joined.module(name) for name in leg.before[0].module_names)
        found[made.index(joined)]["parts"].append(_part(Craft(leg.before[0].name, mine, joined.epoch_s, joined.place)))
    return found


def _when(leg: Leg) -> dict[str, Any]:
    return {"phase": leg.phase, "epoch_tdb_s": leg.end_s, "epoch_utc": utc_from_tdb(leg.end_s)}


def _part(craft: Craft) -> dict[str, Any]:
    return {
        "craft": craft.name,
        "modules": {module.name: module.mass_kg for module in craft.modules},
        "mass_kg": craft.mass_kg,
        "gone": f"{craft.place.where}: {craft.place.why}" if isinstance(craft.place, Gone) else None,
    }
