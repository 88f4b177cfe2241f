"""docs/mission_file.md knows every table, key, kind of phase and trigger of a mission file, what each may hold and whether it is needed."""

from __future__ import annotations

import math
import re
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from farside.basis.declaration import NAME_PATTERN, Dated, Declaration, Measured
from farside.basis.quantities import ACCELERATION, ANGLE, AREA, DURATION, FRACTION, LENGTH, MASS, SPEED, THRUST
from farside.environment.declared import Environment, RelaySatellite, SiteTerrain, SolarPressure
from farside.flight import fly, plan
from farside.mission import PHASES, SECTIONS, EngineTable, Header, Mission, ModuleTable, load
from farside.phases.canopies import MACH, PRESSURE, CanopyTable
from farside.phases.capture import Step
from farside.phases.departure import Burner
from farside.phases.dispersions import Dispersions
from farside.phases.docking import Latch
from farside.phases.entry import HeldBank, Msis, SkipGuidance
from farside.phases.faults import FAULTS
from farside.phases.leg import Outcome
from farside.phases.recovery import Asset, Beacon
from farside.phases.rendezvous import Hold, Sensors
from farside.phases.separation import Joined
from farside.phases.surface import LEAK_RATE, TORQUE, Drilling, Scooping, Vessel, Watch
from farside.phases.transport import TEMPERATURE, Stage
from farside.phases.trigger import TRIGGER_KEYS, Trigger
from farside.planning.goals import Goals, InOrbit, Site, Start

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "mission_file.md").read_text(encoding="utf-8")

TABLES: dict[str, type[Declaration]] = {
    "[mission]": Header,
    "[sites.NAME]": Site,
    "[goals]": Goals,
    "[environment]": Environment,
    "[environment.solar_pressure]": SolarPressure,
    "[terrain]": SiteTerrain,
    "[modules.NAME]": ModuleTable,
    "[modules.NAME.engines.ENGINE]": EngineTable,
    "[start]": Start,
    "[crafts.NAME]": InOrbit,
    "[relay]": RelaySatellite,
    "[dispersions]": Dispersions,
    **{f'kind = "{kind}"': declaration for kind, declaration in PHASES.items()},
    "carrier, released": Joined,
    "steps": Step,
    "drill": Drilling,
    "scoop": Scooping,
    "container": Vessel,
    "instruments.NAME": Watch,
    "holds": Hold,
    "sensors": Sensors,
    "latch": Latch,
    "burns": Burner,
    "msis": Msis,
    "guidance skip": SkipGuidance,
    "guidance constant_bank": HeldBank,
    "drogue, main": CanopyTable,
    "beacon": Beacon,
    "assets": Asset,
    "stages": Stage,
    **{f"fault {kind}": declaration for kind, declaration in FAULTS.items()},
    **{f"trigger {key}": declaration for key, declaration in TRIGGER_KEYS.items()},
}
"""The heading of each table in the page, and the declaration that it describes."""

QUANTITIES = (LENGTH, AREA, MASS, DURATION, SPEED, ACCELERATION, THRUST, ANGLE, FRACTION, TORQUE, LEAK_RATE, PRESSURE, MACH, TEMPERATURE)


def section(heading: str) -> str:
    """The text of the page from the heading in backticks to the next heading."""
    found = re.search(rf"^#+ `{re.escape(heading)}`\n(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, f"docs/mission_file.md has no section `{heading}`"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of the Markdown tables in a text, without their heads."""
    lines = [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in text.splitlines() if line.startswith("|")]
    return [cells for cells in lines if cells[0].startswith("`")]


def marks_of(field: FieldInfo) -> list[Any]:
    """What says how the text of a field is read."""
    parts = [*field.metadata, *(mark for part in get_args(field.annotation) for mark in getattr(part, "__metadata__", ()))]
    return [mark for mark in parts if isinstance(mark, (Measured, Dated))]


def is_name(metadata: Iterable[Any]) -> bool:
    """Whether a text must be a name: lower-case letters, digits and _, a letter first."""
    return any(getattr(mark, "pattern", None) == NAME_PATTERN for mark in metadata)


def value_of(field: FieldInfo) -> str:
    """What a field may hold, in the words of the page."""
    if is_name(field.metadata):
        return "name"
    for mark in marks_of(field):
        if isinstance(mark, Dated):
            return "day" if mark.day else "epoch"
        return mark.dimension.name.split(" ", 1)[1] + (f", {mark.within}" if mark.within else "")
    return value_of_type(field.annotation)


def value_of_type(kind: Any) -> str:
    """The same, by its type alone."""
    origin, args = get_origin(kind), get_args(kind)
    if kind == get_args(Trigger)[0] or kind is Trigger:
        return "trigger"
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in args)
    if origin in (Union, types.UnionType):
        return value_of_type(next(part for part in args if part is not type(None)))
    if origin is tuple:
        inner = {value_of_type(part) for part in args if part is not Ellipsis}
        return f"list of {inner.pop()}s"
    if origin is dict or (isinstance(kind, type) and issubclass(kind, Declaration)):
        return "table"
    if hasattr(kind, "__metadata__"):
        return "name" if any(is_name(mark.metadata) for mark in kind.__metadata__) else value_of_type(args[0])
    return {str: "text", int: "whole number"}[kind]


def needed(field: FieldInfo) -> str:
    """Whether it must be there, or what stands for it."""
    if field.is_required():
        return "yes"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default in (None, "", (), {}):
        return "no"
    return f"no: {int(default)}" if isinstance(default, (int, float)) else f"no: `{default}`"


def expected(declaration: type[Declaration]) -> list[list[str]]:
    """Key, value and need of every key, in the order of the declaration; the meaning is for people."""
    return [[f"`{field.alias or name}`", value_of(field), needed(field)] for name, field in declaration.model_fields.items()]


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_is_described_as_it_is(heading: str) -> None:
    found = [cells[:3] for cells in rows(section(heading))]
    wanted = expected(TABLES[heading])
    lines = "\n".join("| " + " | ".join(cells) + " | ... |" for cells in wanted)
    assert found == wanted, f"the table of `{heading}` should have these rows:\n{lines}"
    assert all(len(cells) == 4 and len(cells[3]) >= 10 for cells in rows(section(heading))), "a key without a meaning"


def test_no_section_describes_what_is_not_there() -> None:
    headings = re.findall(r"^#+ `(.+)`$", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(TABLES)


def test_every_table_of_a_file_has_its_section() -> None:
    for name in SECTIONS:
        assert f"`[[{name}]]`" in PAGE or any(heading.startswith(f"[{name}") for heading in TABLES), name
    assert {table for kind in TABLES.values() for table in tables_within(kind)} == set(TABLES.values())


def tables_within(kind: Any) -> set[type[Declaration]]:
    """The declarations that a type is made of, itself included."""
    if isinstance(kind, type) and issubclass(kind, Declaration):
        return {kind, *(table for field in kind.model_fields.values() for table in tables_within(field.annotation))}
    return {table for part in get_args(kind) for table in tables_within(part)}


@pytest.mark.parametrize("dimension", QUANTITIES, ids=lambda dimension: dimension.name)
def test_every_unit_that_messages_advise_is_told(dimension: Any) -> None:
    row = next(cells for cells in rows(PAGE) if cells[0] == f"`{dimension.example}`")
    assert row[1:] == [dimension.name.split(" ", 1)[1], ", ".join(f"`{unit}`" for unit in dimension.units.split(", "))]


def example(name: str, folder: Path) -> Mission:
    """The page's own example of that name, loaded from a file of its own."""
    text = re.search(rf'^```toml\n(\[mission\]\nname = "{name}".*?)^```', PAGE, re.DOTALL | re.MULTILINE)
    assert text is not None
    file = folder / f"{name}.toml"
    file.write_text(text[1], encoding="utf-8")
    return load(file)


def test_the_smallest_mission_is_in_order(tmp_path: Path) -> None:
    """A whole file, as short as it can be."""
    assert [phase.kind for phase in example("smallest", tmp_path).phases] == ["transfer", "separation", "capture"]


def test_the_mission_that_begins_at_the_moon_is_flown(tmp_path: Path) -> None:
    """From the orbit that stands in the file to the ground, with no plan to solve."""
    mission = example("fall", tmp_path)
    flight = fly(mission, plan(mission))
    assert flight.outcome is Outcome.DONE
    first, *_, last = flight.events
    assert (first.name, last.name) == ("deorbit", "impact")
    assert 3600.0 < last.epoch_s - mission.begins_s < 3600.0 + 7200.0, "an hour and less than a revolution of two"
    begins = flight.at(mission.begins_s, "probe")
    assert math.hypot(*begins.r_m) == pytest.approx(1737.4e3 + 95e3, abs=1e-3)
    assert math.hypot(*last.r_m) == pytest.approx(1737.4e3, abs=1.0)


def test_every_way_to_end_is_told() -> None:
    for outcome in Outcome:
        assert outcome.value in (CHECKOUT / "docs" / "files.md").read_text(encoding="utf-8"), outcome
