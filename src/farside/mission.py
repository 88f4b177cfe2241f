"""Missions: from a TOML file to a frozen `Mission`, or to every problem of that file at once.

A mission file holds goals, never answers: there is no key for a state vector, a burn or a steering constant, and an unknown key is an
error. Types, units and sources are checked table by table; then what no table can know alone: the names of sites, modules, engines and
craft, the order of phases and of epochs. Those checks read the raw file, so that one wrong table hides nothing about the others.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import pathlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from farside.basis.constants import DAY_S
from farside.basis.declaration import (
    FROM_FILE,
    NAME_PATTERN,
    Declaration,
    Mass,
    Name,
    Propellant,
    SpecificImpulse,
    Thrust,
    allowed,
)
from farside.basis.epochs import tdb_from_utc, utc_from_tdb
from farside.craft.module import Engine, Module
from farside.environment.declared import Environment, RelaySatellite, SiteTerrain
from farside.environment.store import Kind
from farside.phases import sequence
from farside.phases.ascent import Ascent
from farside.phases.burn_names import burns_of
from farside.phases.capture import Capture, Lowering
from farside.phases.coast import Coast
from farside.phases.correction import Correction
from farside.phases.departure import Departure
from farside.phases.descent import Descent
from farside.phases.dispersions import Dispersions
from farside.phases.divert import Divert
from farside.phases.docking import Disposal, Docking, HandOver
from farside.phases.entry import Entry
from farside.phases.faults import FAULTS, Fault
from farside.phases.gate import Gate
from farside.phases.launch import Launch
from farside.phases.parachute import Parachute
from farside.phases.recovery import Recovery
from farside.phases.rendezvous import Phasing, Rendezvous
from farside.phases.separation import Separation
from farside.phases.sequence import Finding, Path, Raw
from farside.phases.surface import Surface
from farside.phases.transfer import Transfer
from farside.phases.transport import Transport
from farside.planning.goals import Goals, InOrbit, Site, Start

Road = Launch | Transfer | Separation | Correction | Capture | Lowering | Coast | Departure | Gate | Entry
Lunar = Descent | Surface | Ascent | Phasing | Rendezvous | Docking | HandOver | Disposal
Home = Divert | Parachute | Recovery | Transport
Phase = Road | Lunar | Home
D = TypeVar("D", bound=Declaration)

SECTIONS = ("mission", "sites", "goals", "environment", "terrain", "modules", "start", "crafts", "relay", "dispersions", "faults", "phases")
"""The tables of a mission file."""
GOAL_EPOCHS = ("liftoff", "capture", "touchdown", "lift_off", "return_landing")
"""The epochs of [goals], in the order in which they must come."""
RELAY_S = 60.0 * DAY_S  # assumed: longer from its epoch a relay without orbit keeping is somewhere else, or on the Moon
A_SLIP = 0.85  # assumed: so alike, of 1, are a word and the same with a letter wrong; a true anomaly is no mean anomaly misspelt
MISSPELT = re.compile(r"no such key here; did you mean '([^']+)'")
OTHER_BODY = {"earth": "moon", "moon": "earth"}
AT_THE_SITE: tuple[Path, ...] = (("goals", "touchdown"), ("goals", "lift_off"))
PHASE_EPOCHS: dict[str, tuple[Path, ...]] = {
    "separation": (("when", "epoch"), ("when", "node_on_day")),
    "capture": (("goals", "capture"),),
    "lowering": (("earliest_circular",), ("latest_circular",)),
    "coast": (("until", "epoch"), ("until", "node_on_day")),
    "descent": (AT_THE_SITE[0],),
    "ascent": (AT_THE_SITE[1],),
    "phasing": (("meeting",),),
    "rendezvous": (("leave",),),
    "departure": (("earliest",), ("latest",)),
    "gate": (("goals", "return_landing"),),
}
"""The epochs that phases of a kind are tied to, in the order in which they must come."""

PHASES: dict[str, type[Phase]] = {
    "launch": Launch,
    "transfer": Transfer,
    "separation": Separation,
    "correction": Correction,
    "capture": Capture,
    "lowering": Lowering,
    "coast": Coast,
    "descent": Descent,
    "surface": Surface,
    "ascent": Ascent,
    "phasing": Phasing,
    "rendezvous": Rendezvous,
    "docking": Docking,
    "hand_over": HandOver,
    "disposal": Disposal,
    "departure": Departure,
    "divert": Divert,
    "gate": Gate,
    "entry": Entry,
    "parachute": Parachute,
    "recovery": Recovery,
    "transport": Transport,
}
"""The declaration of each kind of phase."""


class Header(Declaration):
    """The table [mission]."""

    name: Name
    description: str = ""
    seed: Annotated[int, Field(strict=True, ge=0)] = 0


class EngineTable(Declaration):
    """A table [modules.NAME.engines.ENGINE]."""

    thrust_n: Thrust = Field(alias="thrust")
    isp_s: SpecificImpulse = Field(alias="isp")


class ModuleTable(Declaration):
    """A table [modules.NAME]."""

    dry_mass_kg: Mass = Field(alias="dry_mass")
    propellant_kg: Propellant = Field(default=0.0, alias="propellant")
    engines: dict[Name, EngineTable] = Field(default_factory=dict)


@dataclass(frozen=True)
class Mission:
    """What a person declared: goals, vehicles, phases in order. SI, epochs in TDB seconds past J2000.

    `sources` maps the path of each number in the file to what was written there and where it is from; `digest` is the SHA-256 of what the
    file declares, whatever its comments, layout and sources; `text` is the file itself.
    """

    name: str
    description: str
    seed: int
    sites: Mapping[str, Site]
    goals: Goals
    environment: Environment
    terrain: SiteTerrain
    modules: Mapping[str, Module]
    start: Start | None
    crafts: Mapping[str, InOrbit]
    relay: RelaySatellite | None
    dispersions: Dispersions | None
    faults: tuple[Fault, ...]
    phases: tuple[Phase, ...]
    digest: str
    sources: Mapping[str, tuple[str, str]] = field(repr=False)
    text: str = field(repr=False)

    @property
    def launch_site(self) -> Site:
        """The site on Earth where the launcher lifts off; `KeyError` in a mission without one."""
        return self.sites[self.goals.launch_site]

    @property
    def landing_site(self) -> Site:
        """The site on the Moon; `KeyError` in a mission without one."""
        return self.sites[self.goals.landing_site]

    @property
    def recovery_site(self) -> Site:
        """The site on Earth where the capsule comes down; `KeyError` in a mission without one."""
        return self.sites[self.goals.recovery_site]

    @property
    def begins_s(self) -> float:
        """The first epoch of the mission: liftoff, or the earliest of its craft in orbit."""
        liftoff = [self.goals.liftoff_s] if self.goals.liftoff_s is not None else []
        return min([craft.epoch_s for craft in self.crafts.values()] or liftoff)

    @property
    def data_files(self) -> tuple[tuple[Kind, str], ...]:
        """Kind and name of the user's own files that it is flown with (`environment.store`)."""
        named: tuple[tuple[Kind, str | None], ...] = (
            ("gravity", self.environment.moon_gravity_file),
            ("terrain", self.terrain.file),
            ("craters", self.terrain.craters),
            *(("wind", phase.sounding) for phase in self.phases if isinstance(phase, Entry)),
        )
        return tuple((kind, name) for kind, name in named if name is not None)

    def phase(self, name: str) -> Phase:
        """The phase of that name; `KeyError` naming those there are."""
        for phase in self.phases:
            if phase.name == name:
                return phase
        raise KeyError(f"{self.name} has no phase {name!r}; it has {', '.join(p.name for p in self.phases)}")

    def __repr__(self) -> str:
        return f"<Mission {self.name} {utc_from_tdb(self.begins_s, 0)} {len(self.phases)} phases, digest {self.digest[:8]}>"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a mission file: the path of the key, what stands there (may be empty), why not and what would work."""

    path: str
    value: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}{f' = {self.value}' if self.value else ''}: {self.message}" if self.path else self.message


class MissionError(Exception):
    """A mission file that cannot be flown, with every problem found in it."""

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(file, problems)
        self.file, self.problems = file, problems

    def __str__(self) -> str:
        return "\n".join(f"{self.file}: {problem}" for problem in self.problems)


def load(path: str | pathlib.Path) -> Mission:
    """The mission that a TOML file declares; `MissionError` with every problem of the file."""
    return from_text(_text(pathlib.Path(path)), str(path))


def from_text(text: str, file: str = "mission") -> Mission:
    """The mission that a TOML text declares; `file` is what messages call it; `MissionError` with every problem of the text."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MissionError(file, (Problem("", "", f"not TOML: {error}"),)) from None
    return from_raw(raw, file, text)


def from_raw(raw: Raw, file: str = "mission", text: str = "") -> Mission:
    """The mission that the content of a TOML file declares; `MissionError` with every problem of it."""
    reader = _Reader(raw)
    parts = reader.parts()
    checks = (_goals, sequence.check, _epochs, _relay, _faults, _stages)
    across = [_problem(raw, path, message) for check in checks for path, message in check(raw)]
    problems = dict.fromkeys([*reader.problems, *across])
    if problems:
        raise MissionError(file, _in_order(raw, problems))
    mission = Mission(**parts, digest=_digest(raw), sources=_sources(raw), text=text)
    apart = tuple(_problem(raw, path, message) for path, message in _numbers(mission))
    if apart:
        raise MissionError(file, apart)
    return mission


def _numbers(mission: Mission) -> Iterator[Finding]:
    """Numbers of different tables that do not go together, in a mission that is otherwise in order."""
    for index, phase in enumerate(mission.phases):
        if not isinstance(phase, Descent):
            continue
        engine = mission.modules[phase.module].engine(phase.engine)
        if phase.thrust_min_n >= engine.thrust_n:
            most = f"{engine.thrust_n:.0f} N of modules.{phase.module}.engines.{phase.engine}"
            yield ("phases", index, "thrust_min"), f"must be less than the {most}: a throttle goes from less to more"


def _in_order(raw: Raw, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of the file; one about a key that is not there comes with its table."""
    places = {_written(path): index for index, (path, _) in enumerate(_paths(raw))}

    def place(problem: Problem) -> int:
        path = problem.path
        while path not in places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return places[path]

    return tuple(sorted(problems, key=place))


def _text(path: pathlib.Path) -> str:
    """The text of a file, or a `MissionError` that says why not and what is there."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        there = sorted(file.name for file in path.parent.glob("*.toml")) if path.parent.is_dir() else []
        why = f"no such file{allowed(path.name, there, f'mission files in {path.parent}')}"
    except UnicodeDecodeError as error:
        why = f"not a text in UTF-8 (byte {error.start}); TOML files are"
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    raise MissionError(str(path), (Problem("", "", why),))


@dataclass
class _Reader:
    """Reads the tables of a raw file one by one, and remembers what was wrong with each."""

    raw: Raw
    problems: list[Problem] = field(default_factory=list)

    def parts(self) -> dict[str, Any]:
        """The arguments of `Mission` that stand in the file; of no use when there are problems."""
        for key in self.raw:
            if key not in SECTIONS:
                self._wrong((key,), f"no such table{allowed(key, SECTIONS)}")
        at_the_moon = "crafts" in self.raw
        header = self._table(Header, "mission")
        modules = self._named(ModuleTable, "modules")
        return {
            **(dict(header) if header else {}),
            "sites": self._named(Site, "sites") if "sites" in self.raw or not at_the_moon else {},
            "goals": self._table(Goals, "goals") if "goals" in self.raw or not at_the_moon else Goals(),
            "environment": self._table(Environment, "environment") if "environment" in self.raw else Environment(),
            "terrain": self._table(SiteTerrain, "terrain") if "terrain" in self.raw else SiteTerrain(),
            "modules": {name: _module(name, module, self.raw) for name, module in modules.items()},
            "start": self._table(Start, "start") if "start" in self.raw or not at_the_moon else None,
            "crafts": self._named(InOrbit, "crafts") if at_the_moon else {},
            "relay": self._table(RelaySatellite, "relay") if "relay" in self.raw else None,
            "dispersions": self._table(Dispersions, "dispersions") if "dispersions" in self.raw else None,
            "faults": tuple(self._kinds("faults", "fault", FAULTS)) if "faults" in self.raw else (),
            "phases": tuple(self._kinds("phases", "phase", PHASES)),
        }

    def _wrong(self, path: Path, message: str) -> None:
        self.problems.append(_problem(self.raw, path, message))

    def _table(self, kind: type[D], key: str) -> D | None:
        """The table of that name, which must be there."""
        if key not in self.raw:
            instead = " (or tables [crafts.NAME], to begin at the Moon)" if key == "start" else ""
            self._wrong((key,), f"the table [{key}] is required, and missing{instead}; its keys: {', '.join(kind.file_keys())}")
            return None
        return self._declared(kind, self.raw[key], (key,))

    def _named(self, kind: type[D], key: str) -> dict[str, D]:
        """The tables [key.NAME] by their names; those with problems left out."""
        tables = self.raw.get(key)
        if not isinstance(tables, dict) or not tables:
            self._wrong((key,), f"at least one table [{key}.NAME] is required; its keys: {', '.join(kind.file_keys())}")
            return {}
        for name in tables:
            if not re.fullmatch(NAME_PATTERN, name):
                self._wrong((key, name), "a name is lower-case letters, digits and _, a letter first")
        read = {name: self._declared(kind, table, (key, name)) for name, table in tables.items()}
        return {name: table for name, table in read.items() if table is not None}

    def _kinds(self, key: str, what: str, kinds: Mapping[str, type[D]]) -> Iterator[D]:
        """Each table of an array by the declaration of its kind; those with problems left out."""
        found = self.raw.get(key)
        if not isinstance(found, list) or not found:
            self._wrong((key,), f"at least one [[{key}]] is required, with a kind: {', '.join(kinds)}")
            return
        for index, table in enumerate(found):
            kind = table.get("kind") if isinstance(table, dict) else None
            if not isinstance(kind, str) or kind not in kinds:
                why = f"no such kind of {what}" if kind else f"every {what} has a kind"
                self._wrong((key, index, "kind"), why + allowed(str(kind), kinds))
                continue
            declared = self._declared(kinds[kind], table, (key, index))
            if declared is not None:
                yield declared

    def _declared(self, kind: type[D], table: Any, path: Path) -> D | None:
        """The table as its declaration; None, and the problems remembered, when it is not one."""
        try:
            return kind.model_validate(table, context=FROM_FILE, by_alias=True, by_name=False)
        except ValidationError as error:
            told = [((*path, *found["loc"]), found["msg"].removeprefix("Value error, ")) for found in error.errors(include_url=False)]
            for where, message in _told_once(told):
                self._wrong(where, message)
            return None


def _told_once(findings: Sequence[Finding]) -> list[Finding]:
    """The findings without that of a key which is missing since it is misspelt: the misspelling says what was meant."""
    nears = ((path, near[1]) for path, message in findings if (near := MISSPELT.match(message)))
    meant = {(*path[:-1], near) for path, near in nears if difflib.get_close_matches(str(path[-1]), [near], cutoff=A_SLIP)}
    return [(path, message) for path, message in findings if not (path in meant and message.startswith("required, and missing"))]


def _module(name: str, declared: ModuleTable, raw: Raw) -> Module:
    """The module as the craft carries it; its engines know the sources of their numbers."""
    engines = []
    for key, engine in declared.engines.items():
        given = raw["modules"][name]["engines"][key]
        source = "; ".join(f"{number}: {given[number]['source']}" for number in ("thrust", "isp"))
        engines.append(Engine(key, engine.thrust_n, engine.isp_s, source))
    return Module(name, declared.dry_mass_kg, declared.propellant_kg, tuple(engines))


def _goals(raw: Raw) -> Iterator[Finding]:
    """Goals that the phases need and the file does not have, and sites that are not there or on the wrong body."""
    at_the_moon = "crafts" in raw
    goals = raw.get("goals", {} if at_the_moon else None)
    if not isinstance(goals, dict):
        return
    kinds = sequence.kinds(sequence.tables(raw, "phases"))
    kinds -= set(sequence.ORDER) if at_the_moon else set()
    needed = {
        "launch": ("liftoff",),
        "transfer": ("liftoff", "capture", "capture_tolerance"),
        "lowering": ("touchdown", "lift_off"),
        "descent": ("touchdown",),
        "surface": ("touchdown", "lift_off"),
        "ascent": ("lift_off",),
        "departure": ("return_landing",),
        "gate": ("return_landing",),
        **dict.fromkeys(("entry", "parachute", "recovery", "transport"), ("return_landing",)),
    }
    for key in sorted({key for kind in kinds & set(needed) for key in needed[kind]} - set(goals)):
        wanting = next(kind for kind in needed if kind in kinds and key in needed[kind])
        yield ("goals", key), f"missing, and the {wanting} needs it; write {Goals.example(key)}"
    passes = [index for index, phase in enumerate(sequence.tables(raw, "phases")) if phase.get("aim") == "landing_pass"]
    if passes and "touchdown" not in goals and "lowering" not in kinds:
        yield ("phases", passes[0], "aim"), f"the pass is over the landing site at touchdown; write {Goals.example('touchdown')} in [goals]"
    if ("touchdown" in goals) != ("lift_off" in goals) and not at_the_moon and not {"lowering", "descent"} & kinds:
        yield ("goals",), "touchdown and lift_off go together: the lunar plane serves both"
    for role, body, key in (("launch", "earth", "liftoff"), ("landing", "moon", "touchdown"), ("recovery", "earth", "return_landing")):
        if key in goals or f"{role}_site" in goals:
            yield from _site(raw, f"{role}_site", goals.get(f"{role}_site", role), body)


def _faults(raw: Raw) -> Iterator[Finding]:
    """Faults of phases and burns that are not there, or not of the kind that can have them."""
    there = {phase["name"]: phase for phase in sequence.tables(raw, "phases") if isinstance(phase.get("name"), str)}
    for index, fault in enumerate(sequence.tables(raw, "faults")):
        phase = fault.get("phase")
        if not isinstance(phase, str):
            continue
        if phase not in there:
            yield ("faults", index, "phase"), f"no phase {phase!r}{allowed(phase, there)}"
        elif fault.get("kind") in ("sensor_off", "nozzle_lost", "thrust_off") and there[phase].get("kind") != "descent":
            yield ("faults", index, "phase"), f"only a descent can have a {fault['kind']}; {phase} is of kind {there[phase].get('kind')}"
        elif fault.get("kind") == "burns_on" and fault.get("event") not in (burns := burns_of(there[phase])):
            yield ("faults", index, "event"), f"no burn of {phase} that is cut off{allowed(str(fault.get('event')), burns)}"


def _stages(raw: Raw) -> Iterator[Finding]:
    """Stages of a transport to sites that are not there, or are on the Moon."""
    sites = raw.get("sites")
    for index, phase in enumerate(sequence.tables(raw, "phases")):
        for number, stage in enumerate(sequence.tables(phase, "stages")):
            name, path = stage.get("to"), ("phases", index, "stages", number, "to")
            if not isinstance(sites, dict) or not isinstance(name, str):
                continue
            if name not in sites:
                yield path, f"no site {name!r}{allowed(name, sites, 'declared')}"
            elif isinstance(sites[name], dict) and sites[name].get("body") == "moon":
                yield path, f"{name} is on the Moon; a transport goes to a site on the Earth"


def _site(raw: Raw, key: str, name: Any, body: str) -> Iterator[Finding]:
    """A goal's site that is not declared, or is on the other body."""
    sites = raw.get("sites", {} if "crafts" in raw else None)
    if not isinstance(sites, dict) or not isinstance(name, str):
        return
    if name not in sites:
        yield ("goals", key), f"no site {name!r}{allowed(name, sites, 'declared')}"
    elif isinstance(sites[name], dict) and sites[name].get("body") == OTHER_BODY[body]:
        yield ("sites", name, "body"), f"goals.{key} must be on the {body}"


def _epochs(raw: Raw) -> Iterator[Finding]:
    """Epochs of the goals, and of the phases among them, that do not follow each other."""
    yield from _rising([(("goals", key), *_span(raw, ("goals", key))) for key in GOAL_EPOCHS])
    phases = sequence.tables(raw, "phases")
    timeline: list[tuple[Path, float, float]] = [_beginning(raw)]
    waiting = [] if {"descent", "ascent"} & sequence.kinds(phases) else list(AT_THE_SITE)
    for index, phase in enumerate(phases):
        if phase.get("kind") == "departure":
            timeline += [(path, *_span(raw, path)) for path in waiting]
            waiting = []
        for tail in PHASE_EPOCHS.get(str(phase.get("kind")), ()):
            path = tail if tail[0] == "goals" else ("phases", index, *tail)
            timeline.append((path, *_span(raw, path)))
    yield from _rising([*timeline, *((path, *_span(raw, path)) for path in waiting)])


def _beginning(raw: Raw) -> tuple[Path, float, float]:
    """The path and the span of the first epoch of a mission: liftoff, or the earliest of its craft in orbit."""
    crafts = raw.get("crafts")
    paths: list[Path] = [("crafts", name, "epoch") for name in crafts] if isinstance(crafts, dict) and "start" not in raw else []
    spans = [(path, *_span(raw, path)) for path in paths or [("goals", "liftoff")]]
    return min(spans, key=lambda span: span[1] if math.isfinite(span[1]) else math.inf)


def _relay(raw: Raw) -> Iterator[Finding]:
    """A relay whose orbit is of an epoch far from the landing that it is to hear."""
    away_s = abs(_span(raw, ("relay", "epoch"))[0] - _span(raw, ("goals", "touchdown"))[0])
    if away_s > RELAY_S:
        days = f"{away_s / DAY_S:.0f} days from goals.touchdown"
        yield ("relay", "epoch"), f"{days}; nobody keeps its orbit here, so at most {RELAY_S / DAY_S:.0f} days would do"


def _rising(timeline: list[tuple[Path, float, float]]) -> Iterator[Finding]:
    """Of spans (path, first, last epoch; NaN where there is none), those that end before one earlier in the list begins."""
    latest, since = -math.inf, ""
    for path, first, last in timeline:
        if last <= latest and _written(path) != since:
            yield path, f"must be after {since} ({utc_from_tdb(latest, 0)})"
        if first > latest:
            latest, since = first, _written(path)


def _span(raw: Raw, path: Path) -> tuple[float, float]:
    """The first and last epoch that the key at `path` may mean: TDB seconds past J2000, NaN where there is no good epoch."""
    found = _at(raw, path)
    text = found.get("value") if isinstance(found, dict) else f"{found}T00:00:00Z" if isinstance(found, str) else None
    try:
        first = tdb_from_utc(text) if isinstance(text, str) else math.nan
    except ValueError:
        first = math.nan
    return first, first + (DAY_S if path[-1] == "node_on_day" else 0.0)


def _problem(raw: Raw, path: Path, message: str) -> Problem:
    """A problem with what stands at `path`; marks of which trigger was meant, `<...>`, are no keys."""
    keys = tuple(key for key in path if not (isinstance(key, str) and key.startswith(("<", "["))))
    found = _at(raw, keys)
    if isinstance(found, dict) and "value" in found:
        found = found["value"]
    shown = "" if found is None or isinstance(found, (dict, list)) else json.dumps(found, ensure_ascii=False, default=str)
    return Problem(_written(keys), shown if len(shown) <= 60 else shown[:57] + "...", message)


def _at(raw: Any, path: Path) -> Any:
    """What stands at a path of a raw file; None when nothing does."""
    for key in path:
        try:
            raw = raw[key]
        except (KeyError, IndexError, TypeError):
            return None
    return raw


def _written(path: Path) -> str:
    """The path as people write it: phases[7].craft."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def _paths(raw: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every path of a raw file and what stands there, in the order of the file."""
    yield path, raw
    items = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, part in items:
        yield from _paths(part, (*path, key))


def _sources(raw: Raw) -> dict[str, tuple[str, str]]:
    """What was written for each number, and where it is from, by the path of its key."""
    return {_written(path): (part["value"], part["source"]) for path, part in _paths(raw) if _is_number(part)}


def _is_number(part: Any) -> bool:
    """Whether a table is a number with its source, and not a table that happens to have a key of that name."""
    return isinstance(part, dict) and set(part) == {"value", "source"}


def _digest(raw: Raw) -> str:
    """SHA-256 of what a file declares: its keys and values, whatever their order, layout, comments, description and sources."""
    told = {**raw, "mission": {key: part for key, part in raw.get("mission", {}).items() if key != "description"}}
    return hashlib.sha256(json.dumps(_bare(told), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _bare(raw: Any) -> Any:
    """The declared content without sources and without the description."""
    if isinstance(raw, list):
        return [_bare(part) for part in raw]
    if _is_number(raw):
        return raw["value"]
    if isinstance(raw, dict):
        return {key: _bare(part) for key, part in raw.items()}
    return raw
