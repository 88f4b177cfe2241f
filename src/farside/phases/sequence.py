"""Whether declared phases can be flown one after the other: the craft, modules and engines there at each point, the order of kinds.

The checks read the raw tables of a mission file, names only, so that a wrong number in one phase hides nothing about the next. Each
finding is the path of a key in the file and a message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from farside.basis.declaration import allowed

Raw = Mapping[str, Any]
Path = tuple[str | int, ...]
Finding = tuple[Path, str]

ORDER = ("transfer", "capture", "lowering", "departure", "gate")
"""The kinds that come once, each after the one before it."""
OTHERS = ("separation", "correction", "coast", "descent")
"""The kinds that come as often as they like."""

AT_THE_MOON = ("capture", "departure")
HOMEWARD = ("departure", "gate")
AIMS = {"perilune": ("transfer", "capture"), "landing_pass": AT_THE_MOON, "entry": HOMEWARD}
"""Between which kinds a correction may have which aim."""
TRIGGERS = {"apsis": AT_THE_MOON, "node_on_day": AT_THE_MOON, "altitude": HOMEWARD}
"""Between which kinds a trigger can happen."""


def tables(raw: Any, key: str) -> list[Raw]:
    """The tables of an array of tables; those that are not tables as empty ones, so that indices stay."""
    found = raw.get(key) if isinstance(raw, Mapping) else None
    return [table if isinstance(table, Mapping) else {} for table in found] if isinstance(found, list) else []


def names(raw: Any) -> list[str]:
    """The texts of a list of names; nothing else in it."""
    return [name for name in raw if isinstance(name, str)] if isinstance(raw, list) else []


def kinds(phases: Sequence[Raw]) -> set[str]:
    """The kinds of phase that there are."""
    return {phase["kind"] for phase in phases if isinstance(phase.get("kind"), str)}


def check(raw: Raw) -> Iterator[Finding]:
    """Every finding about the sequence of phases in a mission file."""
    phases = tables(raw, "phases")
    yield from _unique(phases, "name", "each phase needs a name of its own")
    yield from _unique(phases, "event", "each event needs a name of its own")
    yield from _order(phases)
    yield from _between(phases)
    yield from _homeward(phases)
    yield from _joined(raw)
    yield from _walk(raw, phases)


def _unique(phases: Sequence[Raw], key: str, why: str) -> Iterator[Finding]:
    """Names used twice, at each use but the first."""
    seen: dict[str, int] = {}
    for index, phase in enumerate(phases):
        name = phase.get(key)
        if isinstance(name, str) and seen.setdefault(name, index) != index:
            yield ("phases", index, key), f"phases[{seen[name]}] has that {key} already; {why}"


def _order(phases: Sequence[Raw]) -> Iterator[Finding]:
    """Kinds of `ORDER` that come twice, or without the one that leads there."""
    if phases and phases[0].get("kind") in OTHERS:
        yield ("phases", 0, "kind"), "the first phase must be a transfer, out of the parking orbit"
    for index, phase in enumerate(phases):
        kind = phase.get("kind")
        if kind not in ORDER:
            continue
        before = kinds(phases[:index])
        needed = ORDER[max(0, ORDER.index(kind) - 1)]
        if kind in before:
            yield ("phases", index, "kind"), f"there can be only one {kind}"
        elif needed != kind and needed not in before:
            yield ("phases", index, "kind"), f"a {kind} needs a {needed} before it; the order is {', '.join(ORDER)}"


def _homeward(phases: Sequence[Raw]) -> Iterator[Finding]:
    """Departures without the gate and the passage of a height that they aim at; silent where a kind or a trigger is wrong anyway."""
    if kinds(phases) - {*ORDER, *OTHERS}:
        return
    whens = [phase["when"] for phase in phases if isinstance(phase.get("when"), Mapping)]
    passed = any("altitude" in when or not set(when) & {*TRIGGERS, "after", "epoch"} for when in whens)
    for index, phase in enumerate(phases):
        if phase.get("kind") == "departure" and not ("gate" in kinds(phases) and passed):
            yield (
                ("phases", index, "kind"),
                "a departure aims at a gate, and at a separation with when = { altitude = ... } before it; both must follow",
            )


def _between(phases: Sequence[Raw]) -> Iterator[Finding]:
    """Corrections with an aim, and triggers, that make no sense where they stand."""
    for index, phase in enumerate(phases):
        before = kinds(phases[:index])
        for key, word, (first, last) in _bounds(phase):
            if first not in before or last in before:
                yield ("phases", index, key), f"{word} goes after the {first} and before the {last}"


def _bounds(phase: Raw) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """The key and the word in it that ties a phase to a place in the sequence, and the two kinds between which it can be."""
    if phase.get("kind") == "descent":
        yield "kind", "a descent", ("lowering", "departure")
    aim = phase.get("aim")
    if isinstance(aim, str) and aim in AIMS:
        yield "aim", f"a correction with this aim ({aim})", AIMS[aim]
    for key in ("when", "until"):
        trigger = phase.get(key)
        for word in TRIGGERS:
            if isinstance(trigger, Mapping) and word in trigger:
                yield key, f"a trigger by {word}", TRIGGERS[word]


def _joined(raw: Raw) -> Iterator[Finding]:
    """Modules that are not joined exactly once at the start."""
    start = raw.get("start")
    if not isinstance(start, Mapping) or not isinstance(start.get("modules"), list):
        return
    joined, declared = names(start["modules"]), _declared(raw)
    for name, times in Counter(joined).items():
        if name not in declared:
            yield ("start", "modules"), f"no module {name!r}{allowed(name, declared, 'declared')}"
        if times > 1:
            yield ("start", "modules"), f"{name!r} is joined {times} times; a module is joined once"
    for name in declared:
        if name not in joined:
            yield ("modules", name), "declared, but not joined at the start; add it to start.modules or take it out"


def _declared(raw: Raw) -> Mapping[str, Any]:
    """The declared modules, raw."""
    modules = raw.get("modules")
    return modules if isinstance(modules, Mapping) else {}


def _walk(raw: Raw, phases: Sequence[Raw]) -> Iterator[Finding]:
    """Follows the craft through the separations: who flies, made of what, and which engine is on which module of it.

    The walk ends at a separation that does not say into what its craft parts: nothing is known about those that come after.
    """
    start = raw.get("start")
    if not isinstance(start, Mapping) or not isinstance(start.get("craft"), str):
        return
    flying = {start["craft"]: names(start.get("modules"))}
    ended: dict[str, str] = {}
    for index, phase in enumerate(phases):
        craft = phase.get("craft")
        if not isinstance(craft, str):
            if phase.get("kind") == "separation":
                return
            continue
        if craft not in flying:
            where = f" (it ended at {ended[craft]})" if craft in ended else ""
            yield ("phases", index, "craft"), f"no such craft at this point{where}{allowed(craft, flying, 'flying now')}"
        yield from _engines(_declared(raw), flying.get(craft), phase, ("phases", index))
        if phase.get("kind") == "gate" and flying.pop(craft, None) is not None:
            ended[craft] = f"the gate, phases[{index}]"
        if phase.get("kind") == "separation":
            if not _is_separation(phase):
                return
            yield from _parting(flying, phase, index)
            _part(flying, ended, phase, index)


def _engines(declared: Mapping[str, Any], joined: Sequence[str] | None, phase: Raw, path: Path) -> Iterator[Finding]:
    """Burns by a module that is not there, or by an engine that it does not have. `joined` is None when the craft is unknown."""
    burners = [(phase, path), *(((burner, (*path, "burns", i))) for i, burner in enumerate(tables(phase, "burns")))]
    for burner, place in burners:
        module, engine = burner.get("module"), burner.get("engine")
        if not isinstance(module, str):
            continue
        if joined is not None and module not in joined:
            yield (*place, "module"), f"no such module on {phase['craft']} at this point{allowed(module, joined, 'joined now')}"
            continue
        table = declared.get(module)
        engines = table.get("engines", {}) if isinstance(table, Mapping) else None
        if isinstance(engine, str) and isinstance(engines, Mapping) and engine not in engines:
            yield (*place, "engine"), f"no such engine on {module}{allowed(engine, engines)}"


def _is_separation(phase: Raw) -> bool:
    """Whether both parts of a separation have a name and a list of modules."""
    parts = [phase.get("carrier"), phase.get("released")]
    return all(isinstance(p, Mapping) and isinstance(p.get("name"), str) and isinstance(p.get("modules"), list) for p in parts)


def _parting(flying: Mapping[str, list[str]], phase: Raw, index: int) -> Iterator[Finding]:
    """Modules lost, gained or doubled in a separation, and names that are taken."""
    carrier, released = phase["carrier"], phase["released"]
    others = set(flying) - {phase["craft"]}
    for key, part in (("carrier", carrier), ("released", released)):
        if part["name"] in others:
            yield ("phases", index, key, "name"), "that craft is flying already; each craft needs a name of its own"
    if carrier["name"] == released["name"]:
        yield ("phases", index, "released", "name"), "the carrier has that name; each craft needs a name of its own"
    if phase["craft"] not in flying:
        return
    before = flying[phase["craft"]]
    after = Counter([*names(carrier["modules"]), *names(released["modules"])])
    for name, times in after.items():
        if name not in before:
            yield ("phases", index), f"{name!r} cannot separate: it is not on {phase['craft']}{allowed(name, before, 'joined now')}"
        if times > 1:
            yield ("phases", index), f"{name!r} goes {times} ways; each module of {phase['craft']} goes with the carrier or is released"
    lost = [name for name in before if name not in after]
    if lost:
        yield ("phases", index), f"{', '.join(lost)} of {phase['craft']} must go with the carrier or be released"


def _part(flying: dict[str, list[str]], ended: dict[str, str], phase: Raw, index: int) -> None:
    """Replaces the craft by what it parts into; a discarded one has ended."""
    flying.pop(phase["craft"], None)
    flying[phase["carrier"]["name"]] = names(phase["carrier"]["modules"])
    if "discard" in phase:
        ended[phase["released"]["name"]] = f"its separation, phases[{index}]"
    else:
        flying[phase["released"]["name"]] = names(phase["released"]["modules"])
