"""Whether declared phases can be flown one after the other: the order of kinds, and who is there at each point (`phases.walk`).

The checks read the raw tables of a mission file, names only, so that a wrong number in one phase hides nothing about the next. Each
finding is the path of a key in the file and a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from farside.phases.walk import Finding, Path, Raw, part, tables, walk
from farside.planning.goals import Start

__all__ = ["Finding", "Path", "Raw", "check", "kinds", "tables"]

FIRST = "launch"
"""The kind that comes first, or not at all: before the transfer."""
ORDER = ("transfer", "capture", "lowering", "departure", "gate", "entry", "parachute", "recovery", "transport")
"""The kinds that come once, each after the one before it."""
OTHERS = ("separation", "correction", "coast")
"""The kinds that come as often as they like, but not first on a road from the Earth."""
INSERTION = ("insertion_after", "insertion_downrange")
"""The keys of [start] that say where the parking orbit begins when no launch leads there."""
LUNAR = ("descent", "surface", "ascent", "phasing", "rendezvous", "docking", "hand_over", "disposal")
"""The kinds that happen at the Moon, before the departure."""
DIVERT = "divert"
"""The kind that may come as often as one likes, after the departure."""
KINDS = {FIRST, *ORDER, *OTHERS, *LUNAR, DIVERT}

AT_THE_MOON = ("capture", "departure")
HOMEWARD = ("departure", "gate")
AFTER_THE_MOON = ("departure", "")
AIMS = {"perilune": ("transfer", "capture"), "landing_pass": AT_THE_MOON, "entry": HOMEWARD}
"""Between which kinds a correction may have which aim."""
TRIGGERS = {"apsis": AT_THE_MOON, "node_on_day": AT_THE_MOON, "altitude": HOMEWARD}
"""Between which kinds a trigger can happen."""


def kinds(phases: Sequence[Raw]) -> set[str]:
    """The kinds of phase that there are."""
    return {phase["kind"] for phase in phases if isinstance(phase.get("kind"), str)}


def article(word: str) -> str:
    """What stands before a noun."""
    return "an" if word[0] in "aeiou" else "a"


def check(raw: Raw) -> Iterator[Finding]:
    """Every finding about the sequence of phases in a mission file."""
    phases = tables(raw, "phases")
    yield from _unique(phases, "name", "each phase needs a name of its own")
    yield from _unique(phases, "event", "each event needs a name of its own")
    if "start" in raw and "crafts" in raw:
        yield ("crafts",), "a mission begins with [start], on the Earth, or with [crafts], at the Moon; take out one of the two"
        return
    if "crafts" in raw:
        yield from _only_lunar(phases)
    else:
        yield from _beginning(raw, phases)
        yield from _order(phases)
        yield from _between(phases)
        yield from _homeward(phases)
    yield from walk(raw, KINDS)


def _unique(phases: Sequence[Raw], key: str, why: str) -> Iterator[Finding]:
    """Names used twice, at each use but the first."""
    seen: dict[str, int] = {}
    for index, phase in enumerate(phases):
        name = phase.get(key)
        if isinstance(name, str) and seen.setdefault(name, index) != index:
            yield ("phases", index, key), f"phases[{seen[name]}] has that {key} already; {why}"


def _only_lunar(phases: Sequence[Raw]) -> Iterator[Finding]:
    """Phases of a mission that begins in orbit of the Moon which need a road from the Earth or to it."""
    for index, phase in enumerate(phases):
        if phase.get("kind") in (FIRST, *ORDER):
            yield ("phases", index, "kind"), f"no {phase['kind']} in a mission of [crafts]; declare [start] for a road from the Earth"
        for key, word, (first, last) in _bounds(phase):
            if (first, last) != AT_THE_MOON:
                yield ("phases", index, key), f"{word} goes after the {first}, and a mission of [crafts] has none"


def _beginning(raw: Raw, phases: Sequence[Raw]) -> Iterator[Finding]:
    """A launch that is not followed by the transfer, and an insertion that is declared though it is flown, or not though it is not."""
    for index, phase in enumerate(phases):
        if phase.get("kind") == FIRST and index > 0:
            yield ("phases", index, "kind"), "a launch is the first phase or there is none: what flies already cannot be launched"
        elif phase.get("kind") == FIRST and not kinds(phases[1:2]) - (KINDS - {"transfer"}):
            yield ("phases", index, "kind"), "a launch leads to a transfer, which must be the next phase"
    start = part(raw, "start")
    launched = bool(phases) and phases[0].get("kind") == FIRST
    for key in INSERTION if start and kinds(phases[:1]) & KINDS else ():
        if launched and key in start:
            yield ("start", key), "the launch flies there, and says when and where; take this key out, or the launch"
        elif not launched and key not in start:
            yield ("start", key), f"missing, and without a launch the road needs it to know where it begins; write {Start.example(key)}"


def _order(phases: Sequence[Raw]) -> Iterator[Finding]:
    """Kinds of `ORDER` that come twice, or without the one that leads there."""
    if phases and phases[0].get("kind") in (*OTHERS, *LUNAR):
        yield ("phases", 0, "kind"), "the first phase must be a launch, or a transfer out of the parking orbit"
    for index, phase in enumerate(phases):
        kind = phase.get("kind")
        if kind not in ORDER:
            continue
        before = kinds(phases[:index])
        needed = ORDER[max(0, ORDER.index(kind) - 1)]
        if kind in before:
            yield ("phases", index, "kind"), f"there can be only one {kind}"
        elif needed != kind and needed not in before and before <= KINDS:
            why = f"{article(kind)} {kind} needs {article(needed)} {needed} before it"
            yield ("phases", index, "kind"), f"{why}; the order is {', '.join(ORDER)}"


def _homeward(phases: Sequence[Raw]) -> Iterator[Finding]:
    """Departures without the gate and the passage of a height that they aim at; silent where a kind or a trigger is wrong anyway."""
    if kinds(phases) - KINDS:
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
    """Corrections with an aim, and triggers, that make no sense where they stand; a kind before them that is none may be what they need."""
    for index, phase in enumerate(phases):
        before = kinds(phases[:index])
        for key, word, (first, last) in _bounds(phase):
            if last in before or (first not in before and before <= KINDS):
                yield ("phases", index, key), f"{word} goes after the {first}{f' and before the {last}' if last else ''}"


def _bounds(phase: Raw) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """The key and the word in it that ties a phase to a place in the sequence, and the two kinds between which it can be."""
    if phase.get("kind") in LUNAR:
        yield "kind", f"the {phase['kind']}", AT_THE_MOON
    if phase.get("kind") == DIVERT:
        yield "kind", "the divert", AFTER_THE_MOON
    aim = phase.get("aim")
    if isinstance(aim, str) and aim in AIMS:
        yield "aim", f"a correction with this aim ({aim})", AIMS[aim]
    for key in ("when", "until"):
        trigger = phase.get(key)
        for word in TRIGGERS:
            if isinstance(trigger, Mapping) and word in trigger:
                yield key, f"a trigger by {word}", TRIGGERS[word]
