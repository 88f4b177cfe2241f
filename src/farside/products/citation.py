"""What a mission stands on: every number with its source or as an assumption, tables chosen by name, models with their references."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from farside.craft.aeroshell import AEROSHELLS
from farside.craft.launcher import LAUNCHERS
from farside.craft.parachute import CANOPY_KINDS
from farside.products.models import MODELS, Model
from farside.products.references import REFERENCES, Reference, entry

if TYPE_CHECKING:
    from farside.mission import Mission

ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a mission: its key, phases by their names (`descent.hover_altitude`), what was written, and where it is from."""

    key: str
    value: str
    source: str

    @property
    def assumed(self) -> bool:
        return self.source.startswith(ASSUMED)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the package that a mission chooses by name: `key` says where, `name` which, and `source` what it is from."""

    key: str
    name: str
    source: str


@dataclass(frozen=True)
class Citation:
    """All that a mission stands on; `references` are those of its models, in their order."""

    mission: str
    digest: str
    numbers: tuple[Number, ...]
    tables: tuple[Table, ...]
    files: tuple[str, ...]
    models: tuple[Model, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        """The works that its models follow, each once."""
        return tuple(REFERENCES[key] for key in dict.fromkeys(key for model in self.models for key in model.after))

    @property
    def assumed(self) -> tuple[Number, ...]:
        """The numbers that nobody published, or that nobody found."""
        return tuple(number for number in self.numbers if number.assumed)


def cite(mission: Mission) -> Citation:
    """What a mission stands on, numbers in the order of its file."""
    numbers = tuple(Number(_named(key, mission), *told) for key, told in mission.sources.items())
    files = tuple(f"{name} ({kind})" for kind, name in mission.data_files)
    models = tuple(model for model in MODELS if model.used(mission))
    return Citation(mission.name, mission.digest, numbers, tuple(_tables(mission)), files, models)


def _named(key: str, mission: Mission) -> str:
    """A key with the name of its phase instead of a number: `phases[9].hover_altitude` is `descent.hover_altitude`."""
    return re.sub(r"^phases\[(\d+)\]", lambda found: mission.phases[int(found[1])].name, key)


def _tables(mission: Mission) -> Iterator[Table]:
    """The tables of the package that phases name."""
    for phase in mission.phases:
        told: Any = phase
        if phase.kind == "launch":
            yield Table(f"{phase.name}.launcher", told.launcher, LAUNCHERS[told.launcher].source)
        elif phase.kind == "entry":
            yield Table(f"{phase.name}.aeroshell", told.aeroshell, AEROSHELLS[told.aeroshell].source)
        elif phase.kind == "parachute":
            stages = ((key, getattr(told, key)) for key in ("drogue", "main"))
            yield from (Table(f"{phase.name}.{key}.canopy", one.canopy, CANOPY_KINDS[one.canopy].source) for key, one in stages if one)


def citation_record(citation: Citation) -> dict[str, Any]:
    """The citation as plain values."""
    return {
        "mission": citation.mission,
        "digest": citation.digest,
        "numbers": [{"key": n.key, "value": n.value, "source": n.source, "assumed": n.assumed} for n in citation.numbers],
        "tables": [{"key": table.key, "name": table.name, "source": table.source} for table in citation.tables],
        "files": list(citation.files),
        "models": [{"what": model.what, "how": model.how, "references": list(model.after)} for model in citation.models],
        "references": {work.key: {"text": work.text, "used_for": work.used_for, "doi": work.doi or None} for work in citation.references},
    }


def citation_lines(citation: Citation) -> list[str]:
    """The citation for people: assumptions last among the numbers, each source once."""
    found = [number for number in citation.numbers if not number.assumed]
    counted = f"{len(citation.numbers)} numbers, {len(citation.assumed)} of them assumptions"
    lines = [f"{citation.mission}: {counted}; {len(citation.models)} models after {len(citation.references)} works", ""]
    lines += ["numbers with a source", *_by_source(found), "", "assumptions", *_by_source(citation.assumed)]
    if citation.tables:
        width = max(len(table.key) for table in citation.tables)
        lines += ["", "tables of the package", *(f"  {table.key:<{width}}  {table.name}: {table.source}" for table in citation.tables)]
    if citation.files:
        lines += ["", "data of your own", *(f"  {name}" for name in citation.files)]
    lines += ["", "models", *(f"  {model.what}: {model.how}{_after(model)}" for model in citation.models)]
    return [*lines, "", "references", *(f"  {work.text}" for work in sorted(citation.references, key=lambda work: work.short))]


def _by_source(numbers: Sequence[Number]) -> Iterator[str]:
    """The numbers under their sources, sources in the order in which they first come."""
    order = {source: k for k, source in enumerate(dict.fromkeys(number.source for number in numbers))}
    for source, group in groupby(sorted(numbers, key=lambda number: order[number.source]), key=lambda number: number.source):
        yield f"  {source}"
        yield from (f"    {number.key} = {number.value}" for number in group)


def _after(model: Model) -> str:
    return f" ({'; '.join(REFERENCES[key].short for key in model.after)})" if model.after else ""


def citation_bibtex(citation: Citation) -> str:
    """The citation as BibTeX: the program, the works, each source of the file with the numbers that are from it, the assumptions as one."""
    version = sys.modules["farside"].__version__
    flown = f"mission {citation.mission}, digest {citation.digest}"
    program = {"title": "{farside}", "author": "{The farside authors}", "version": version, "note": flown}
    entries = [entry("misc", "farside", program), *(work.bibtex for work in citation.references)]
    sources: dict[str, list[Number]] = {}
    for number in citation.numbers:
        sources.setdefault(ASSUMED if number.assumed else number.source, []).append(number)
    used: dict[str, int] = {}
    for source, numbers in sources.items():
        told = f"assumptions of the mission {citation.mission}" if source == ASSUMED else source
        fields = {"title": f"{{{told}}}", "note": "; ".join(f"{number.key} = {number.value}" for number in numbers)}
        entries.append(entry("misc", _key(f"{citation.mission} {source}", used), fields))
    return "\n\n".join(entries) + "\n"


def _key(text: str, used: dict[str, int]) -> str:
    """A key made of a text, another one for another text that looks the same."""
    stem = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].rstrip("-")
    used[stem] = used.get(stem, 0) + 1
    return stem if used[stem] == 1 else f"{stem}-{used[stem]}"
