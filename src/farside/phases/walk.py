"""Following the craft of a mission file through its phases: who flies at each point, made of what, on the ground or not.

The walk reads raw tables, names only. What it finds is what no table can know alone: craft and modules that are not there, engines that a
module does not have, modules lost or doubled in a separation, craft asked to fly that stand on the ground. It ends where nothing is known
about what comes after: at a phase of no kind that there is, at a separation that does not say into what its craft parts, at a landing, a
lift-off or a docking of craft that are not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from farside.basis.declaration import allowed

Raw = Mapping[str, Any]
Path = tuple[str | int, ...]
Finding = tuple[Path, str]

SPACE, GROUND, AIR, EARTH = "space", "the Moon's ground", "air", "the Earth's ground"
NEEDS = {"surface": GROUND, "ascent": GROUND, "entry": AIR, "parachute": AIR, "recovery": EARTH, "transport": EARTH}
"""Where the craft of a phase must be, if not in space."""
LEADS = {"descent": GROUND, "ascent": SPACE, "gate": AIR, "parachute": EARTH}
"""Where these kinds of phase bring their craft."""
WANTING = {
    (SPACE, GROUND): "has not landed at this point; a descent of it must come before",
    (SPACE, AIR): "has not come down to the air at this point; a gate of it must come before",
    (GROUND, AIR): "stands on the Moon at this point; an ascent, a departure and a gate of it must come before",
    (GROUND, SPACE): "has landed, and stays there",
    (AIR, SPACE): "is in the air beyond its gate, where only an entry and a parachute go on",
    (AIR, GROUND): "is in the air beyond its gate, where only an entry and a parachute go on",
    **{(here, EARTH): "has not landed on the Earth at this point; a parachute of it must come before" for here in (SPACE, GROUND, AIR)},
    **{(EARTH, there): "stands on the Earth, where only a recovery and a transport go on" for there in (SPACE, GROUND, AIR)},
}
"""What is wrong with a craft that is in the one place and should be in the other."""
EITHER_WAY = ("separation", "coast")
"""The kinds of phase whose craft may fly or stand on the ground."""
STAGES = ("boosters", "core", "upper")
"""The keys of a launch whose tables name a module and its engine; the first two are left behind on the way, as is the fairing."""
ON_GROUND = (GROUND, EARTH)
ENDS = ("disposal", "transport")
"""The kinds of phase after which their craft is followed no further."""
BY_CLOCK = ("after", "epoch")
"""The triggers that come for a craft on the ground."""
MOVED = {"descent": ("craft",), "ascent": ("craft",), "gate": ("craft",), "parachute": ("craft",), "docking": ("craft", "partner")}
"""The keys of the craft that these kinds of phase leave elsewhere."""


def tables(raw: Any, key: str) -> list[Raw]:
    """The tables of an array of tables; those that are not tables as empty ones, so that indices stay."""
    found = raw.get(key) if isinstance(raw, Mapping) else None
    return [table if isinstance(table, Mapping) else {} for table in found] if isinstance(found, list) else []


def names(raw: Any) -> list[str]:
    """The texts of a list of names; nothing else in it."""
    return [name for name in raw if isinstance(name, str)] if isinstance(raw, list) else []


def part(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The table of that name; an empty one when there is none."""
    found = raw.get(key)
    return found if isinstance(found, Mapping) else {}


def walk(raw: Raw, kinds: Collection[str]) -> Iterator[Finding]:
    """Every finding about craft, modules and engines in a mission file; `kinds` are those of phases that there are."""
    joined = _at_first(raw)
    yield from _joined_once(joined, part(raw, "modules"))
    flying = {name: modules for _path, name, modules in joined if name}
    if flying:
        yield from _Walk(part(raw, "modules"), flying, kinds).along(tables(raw, "phases"))


def _at_first(raw: Raw) -> list[tuple[Path, str, list[str]]]:
    """The key of the modules, the name and the modules of each craft that the mission begins with."""
    start = part(raw, "start")
    found: list[tuple[Path, str, list[str]]] = []
    if isinstance(start.get("modules"), list):
        craft = start.get("craft")
        found.append((("start", "modules"), craft if isinstance(craft, str) else "", names(start["modules"])))
    for name, table in part(raw, "crafts").items():
        if isinstance(table, Mapping) and isinstance(table.get("modules"), list):
            found.append((("crafts", name, "modules"), name, names(table["modules"])))
    return found


def _joined_once(joined: Sequence[tuple[Path, str, list[str]]], declared: Mapping[str, Any]) -> Iterator[Finding]:
    """Modules that are not joined exactly once at the start."""
    if not joined:
        return
    counted = Counter(name for _path, _craft, modules in joined for name in modules)
    for path, _craft, modules in joined:
        for name in dict.fromkeys(modules):
            if name not in declared:
                yield path, f"no module {name!r}{allowed(name, declared, 'declared')}"
            if counted[name] > 1:
                yield path, f"{name!r} is joined {counted[name]} times; a module is joined once"
    for name in declared:
        if name not in counted:
            yield ("modules", name), f"declared, but not joined at the start; add it to {'.'.join(map(str, joined[0][0]))} or take it out"


@dataclass
class _Walk:
    """Who flies, made of what; where each one is; who ended where."""

    declared: Mapping[str, Any]
    flying: dict[str, list[str]]
    kinds: Collection[str]
    where: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)

    def along(self, phases: Sequence[Raw]) -> Iterator[Finding]:
        for index, phase in enumerate(phases):
            kind, craft = phase.get("kind"), phase.get("craft")
            if not isinstance(kind, str) or kind not in self.kinds:
                return
            yield from self._present(phase, index)
            if not self._followed(kind, phase):
                return
            if isinstance(craft, str):
                yield from self._after(kind, craft, phase, index)

    def _followed(self, kind: str, phase: Raw) -> bool:
        """Whether it is known what the phase leaves."""
        if kind == "separation":
            return isinstance(phase.get("craft"), str) and _is_separation(phase)
        return all(isinstance(phase.get(key), str) and phase[key] in self.flying for key in MOVED.get(kind, ()))

    def _present(self, phase: Raw, index: int) -> Iterator[Finding]:
        """The craft and modules that a phase names, and whether they are there, in the right place."""
        for key in ("craft", "partner", "target"):
            name = phase.get(key)
            if isinstance(name, str) and name not in self.flying:
                where = f" (it ended at {self.ended[name]})" if name in self.ended else ""
                yield ("phases", index, key), f"no such craft at this point{where}{allowed(name, self.flying, 'flying now')}"
            elif isinstance(name, str) and key != "craft" and name == phase.get("craft"):
                others = set(self.flying) - {name}
                yield (
                    ("phases", index, key),
                    f"{name} is the craft of this phase; the {key} is another{allowed(name, others, 'flying now')}",
                )
            elif isinstance(name, str):
                yield from self._placed(str(phase.get("kind")), key, name, index)
        yield from self._waiting(phase, index)
        yield from self._burners(phase, ("phases", index))
        for key in ("container_module", "fairing", "route"):
            for name in names(phase.get("route")) if key == "route" else names([phase.get(key)]):
                yield from self._aboard(phase, name, ("phases", index, key))
        if phase.get("kind") == "launch":
            yield from self._stages(phase, index)

    def _stages(self, phase: Raw, index: int) -> Iterator[Finding]:
        """Parts of a launcher that are one module, and a launcher without a payload."""
        told = {key: name for key in (*STAGES, "fairing") for name in names([_stage(phase, key)])}
        for key, name in told.items():
            twice = next(first for first, other in told.items() if other == name)
            if twice != key:
                yield ("phases", index, key), f"{name} is the launch's {twice} already; each of {', '.join(told)} is a module of its own"
        joined = self.flying.get(str(phase.get("craft")))
        if joined is not None and len(told) == len(STAGES) + 1 and not set(joined) - set(told.values()):
            yield ("phases", index, "craft"), f"{phase['craft']} has nothing to launch; join a payload to it"

    def _placed(self, kind: str, key: str, name: str, index: int) -> Iterator[Finding]:
        """A craft that stands where it should fly, or flies where it should stand."""
        needed, here = NEEDS.get(kind, SPACE) if key == "craft" else SPACE, self.where.get(name, SPACE)
        if needed != here and not (kind in EITHER_WAY and here in ON_GROUND):
            yield ("phases", index, key), f"{name} {WANTING[here, needed]}"

    def _waiting(self, phase: Raw, index: int) -> Iterator[Finding]:
        """Triggers that never come for a craft on the ground."""
        if phase.get("kind") not in EITHER_WAY or self.where.get(str(phase.get("craft"))) not in ON_GROUND:
            return
        for key in ("when", "until"):
            trigger = phase.get(key)
            if isinstance(trigger, Mapping) and trigger and not set(trigger) & set(BY_CLOCK):
                yield ("phases", index, key), f"{phase['craft']} stands on the ground, where that never comes; after or epoch would do"

    def _aboard(self, phase: Raw, module: str, path: Path) -> Iterator[Finding]:
        """A module that is not on the craft of the phase."""
        joined = self.flying.get(str(phase.get("craft")))
        if joined is not None and module not in joined:
            yield path, f"no such module on {phase['craft']} at this point{allowed(module, joined, 'joined now')}"

    def _burners(self, phase: Raw, path: Path) -> Iterator[Finding]:
        """Burns by a module that is not there, or by an engine that it does not have."""
        several = ((burner, (*path, "burns", i)) for i, burner in enumerate(tables(phase, "burns")))
        stages = ((part(phase, key), (*path, key)) for key in STAGES)
        for burner, place in ((phase, path), *several, *stages):
            module, engine = burner.get("module"), burner.get("engine")
            if not isinstance(module, str):
                continue
            joined, table = self.flying.get(str(phase.get("craft"))), self.declared.get(module)
            if joined is not None and module not in joined:
                yield from self._aboard(phase, module, (*place, "module"))
                continue
            engines = table.get("engines", {}) if isinstance(table, Mapping) else None
            if isinstance(engine, str) and isinstance(engines, Mapping) and engine not in engines:
                yield (*place, "engine"), f"no such engine on {module}{allowed(engine, engines)}"

    def _after(self, kind: str, craft: str, phase: Raw, index: int) -> Iterator[Finding]:
        """What a phase leaves flying, standing and ended."""
        if kind == "separation":
            yield from self._parting(phase, index)
            self._part(phase, index)
        elif kind == "launch" and craft in self.flying:
            left = [_stage(phase, key) for key in (*STAGES[:2], "fairing")]
            self.flying[craft] = [module for module in self.flying[craft] if module not in left]
        elif kind in ENDS and self.flying.pop(craft, None) is not None:
            self.ended[craft] = f"the {kind}, phases[{index}]"
        elif kind in LEADS:
            self.where[craft] = LEADS[kind]
        elif kind == "docking" and craft != phase.get("partner"):
            joined = self.flying.pop(str(phase.get("partner")), [])
            self.flying[craft] = [*self.flying.get(craft, []), *joined]
            self.ended[str(phase.get("partner"))] = f"the docking, phases[{index}]"

    def _parting(self, phase: Raw, index: int) -> Iterator[Finding]:
        """Modules lost, gained or doubled in a separation, and names that are taken."""
        carrier, released = phase["carrier"], phase["released"]
        others = set(self.flying) - {phase["craft"]}
        for key, side in (("carrier", carrier), ("released", released)):
            if side["name"] in others:
                yield ("phases", index, key, "name"), "that craft is flying already; each craft needs a name of its own"
        if carrier["name"] == released["name"]:
            yield ("phases", index, "released", "name"), "the carrier has that name; each craft needs a name of its own"
        if phase["craft"] not in self.flying:
            return
        before = self.flying[phase["craft"]]
        after = Counter([*names(carrier["modules"]), *names(released["modules"])])
        for name, times in after.items():
            if name not in before:
                yield ("phases", index), f"{name!r} cannot separate: it is not on {phase['craft']}{allowed(name, before, 'joined now')}"
            if times > 1:
                yield ("phases", index), f"{name!r} goes {times} ways; each module of {phase['craft']} goes with the carrier or is released"
        lost = [name for name in before if name not in after]
        if lost:
            yield ("phases", index), f"{', '.join(lost)} of {phase['craft']} must go with the carrier or be released"

    def _part(self, phase: Raw, index: int) -> None:
        """Replaces the craft by what it parts into, each where it was; a discarded one has ended."""
        craft, carrier, released = phase["craft"], phase["carrier"], phase["released"]
        self.flying.pop(craft, None)
        self.flying[carrier["name"]] = names(carrier["modules"])
        self.flying[released["name"]] = names(released["modules"])
        here = self.where.pop(craft, SPACE)
        self.where |= {carrier["name"]: here, released["name"]: here}
        if "discard" in phase:
            del self.flying[released["name"]]
            self.ended[released["name"]] = f"its separation, phases[{index}]"


def _stage(phase: Raw, key: str) -> Any:
    """The module that a launch names as one of its parts."""
    return phase.get(key) if key == "fairing" else part(phase, key).get("module")


def _is_separation(phase: Raw) -> bool:
    """Whether both parts of a separation have a name and a list of modules."""
    sides = [phase.get("carrier"), phase.get("released")]
    return all(isinstance(p, Mapping) and isinstance(p.get("name"), str) and isinstance(p.get("modules"), list) for p in sides)
