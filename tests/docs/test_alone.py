"""docs/alone.md: its figures are those of flights flown now, its example prints what it shows, and it names every mission of the kind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import CHECKOUT, check_page, differences, read

import farside as fs
from farside.basis.epochs import utc_from_tdb
from farside.studies.alone import Part, alone, fly_run

PAGE = read("docs/alone.md")
LANDINGS = ("change3_landing", "change5_landing", "apollo11_landing")
DOCKINGS = ("change5_docking", "apollo11_docking")


def rows() -> dict[str, dict[str, str]]:
    """By mission: what -> what farside flies, as the page has it."""
    found: dict[str, dict[str, str]] = {}
    for line in re.findall(r"^\| (\w+_(?:landing|docking)) \| ([^|]+) \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE):
        found.setdefault(line[0], {})[line[1]] = line[2]
    return found


def flown(name: str) -> dict[str, str]:
    """The same as it is flown now; everything that any row may ask."""
    mission = fs.load(CHECKOUT / "missions" / f"{name}.toml")
    flight = fly_run(alone(mission, Part.LANDING if name in LANDINGS else Part.DOCKING))
    at = {event.name: event.epoch_s for event in flight.events}
    when = {event: utc_from_tdb(epoch_s)[:19].replace("T", " ") for event, epoch_s in at.items()}
    if name in DOCKINGS:
        return {"contact": when["docking"]}
    left = [module.propellant_kg for craft in flight.state.crafts for module in craft.modules if module.name == flight.burns[-1].module]
    return {
        "braking begins": when["pdi"],
        "braking, to the high gate": f"{at['high_gate'] - at['pdi']:.0f} s",
        "braking to the ground": f"{(at['touchdown'] - at['pdi']) / 60.0:.1f} min",
        "burn into the descent orbit": when["doi"],
        "from there to braking": f"{(at['pdi'] - at['doi']) / 60.0:.1f} min",
        "propellant left": f"{left[0]:.0f} kg",
    }


@pytest.mark.parametrize("name", [*LANDINGS, *DOCKINGS])
def test_the_table_is_what_is_flown_now(name: str) -> None:
    now, written = flown(name), rows()[name]
    found = differences("\n".join(written.values()), "\n".join(now[what] for what in written))
    assert not found, f"{name}\n" + "\n".join(found)


def test_every_mission_that_begins_at_the_moon_and_flew_well_is_named() -> None:
    for name in (*LANDINGS, *DOCKINGS):
        assert f"(../missions/{name}.toml)" in PAGE
    assert set(rows()) == {*LANDINGS, *DOCKINGS}


def test_what_the_page_shows_is_what_is_printed(checkout_like: Path) -> None:
    check_page("docs/alone.md", checkout_like)
