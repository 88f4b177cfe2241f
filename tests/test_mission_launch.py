"""Launches in mission files: what they need, what they refuse, and what a mission without one needs instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.basis.epochs import tdb_from_utc
from farside.mission import from_text, load
from farside.phases.launch import Launch
from mission_text import CHANGE6, PLACES, edited, in_phase, only_problem, phase_text, place, problems, table_text, without

MISSIONS = Path(__file__).parents[1] / "missions"
INSERTION = """insertion_after = { value = "740 s", source = "facts T30" }
insertion_downrange = { value = "27 deg", source = "assumed: a test" }
"""
JOINED = 'modules = ["boosters", "core", "second_stage", "fairing", '


def unlaunched() -> str:
    """Chang'e-6 from the parking orbit: without the launch, and without the modules that only it needs."""
    text = edited("azimuth_min = ", INSERTION + "azimuth_min = ", without("launch"))
    for module in ("boosters", "core", "fairing"):
        text = edited(table_text(f"modules.{module}"), "", text)
    return edited(JOINED, 'modules = ["second_stage", ', text)


@pytest.mark.parametrize("name", ["change6", "change5"])
def test_the_sample_returns_begin_with_liftoff(name: str) -> None:
    mission = load(MISSIONS / f"{name}.toml")
    launch = mission.phases[0]
    assert isinstance(launch, Launch)
    assert mission.start is not None
    assert mission.start.insertion_after_s is None and mission.start.insertion_downrange_rad is None
    assert mission.begins_s == mission.goals.liftoff_s
    stages = {key: mission.modules[getattr(launch, key).module] for key in ("boosters", "core", "upper")}
    assert {key: stage.mass_kg for key, stage in stages.items()} == {"boosters": 626.4e3, "core": 186.9e3, "upper": 36e3}
    assert load(MISSIONS / "change6.toml").goals.liftoff_s == tdb_from_utc("2024-05-03T09:27:29Z")


def test_a_mission_may_begin_in_the_parking_orbit_instead() -> None:
    mission = from_text(unlaunched())
    assert mission.phases[0].kind == "transfer"
    assert mission.start is not None and mission.start.insertion_after_s == 740.0


def test_where_the_insertion_is_told_and_where_it_is_flown() -> None:
    found = problems(edited("azimuth_min = ", INSERTION + "azimuth_min = "))
    refused = "the launch flies there, and says when and where; take this key out, or the launch"
    assert found == [f'start.insertion_after = "740 s": {refused}', f'start.insertion_downrange = "27 deg": {refused}']
    missing = only_problem(edited('insertion_after = { value = "740 s", source = "facts T30" }\n', "", unlaunched()))
    assert missing.startswith("start.insertion_after: missing, and without a launch the road needs it")
    assert 'write insertion_after = { value = "12 h", source = "..." }' in missing


def test_a_launch_comes_first_and_leads_to_a_transfer() -> None:
    launch, transfer = phase_text("launch"), phase_text("transfer")
    late = without("launch").replace(transfer, f"{transfer}\n{launch}\n")
    assert any('phases[1].kind = "launch": a launch is the first phase or there is none' in line for line in problems(late))
    there = 'phases[0].kind = "launch": a launch leads to a transfer, which must be the next phase'
    assert there in problems(without("transfer"))
    again = launch.replace('name = "launch"', 'name = "again"')
    text = edited(transfer, f"{transfer}\n{again}\n")
    assert any(line.startswith(f"{place('again', text)}.kind") for line in problems(text))


def test_a_wrong_kind_is_told_alone() -> None:
    """What leads to the parking orbit is not known then, and nothing is said about it."""
    found = problems(edited('kind = "launch"', 'kind = "lanch"'))
    assert found[0].startswith("phases[0].kind = \"lanch\": no such kind of phase; did you mean 'launch'?")
    assert not any(line.startswith("start") for line in found)


def test_a_launch_needs_its_goal() -> None:
    text = edited('liftoff = { value = "2024-05-03T09:27:29Z", source = "facts T4" }\n', "")
    assert any(line.startswith("goals.liftoff: missing, and the launch needs it; write liftoff = {") for line in problems(text))


WRONG = [
    ('launcher = "long_march_5"', 'launcher = "long_march_6"', ".launcher", "no such stage table; did you mean 'long_march_5'"),
    ('launcher = "long_march_5"\n', "", ".launcher", "required, and missing"),
    ('core = { module = "core"', 'core = { module = "cor"', ".core.module", "no such module on launcher at this point; did you mean"),
    ('engine = "main" }\ncore', 'engine = "mian" }\ncore', ".boosters.engine", "no such engine on boosters; did you mean 'main'?"),
    ('fairing = "fairing"', 'fairing = "shroud"', ".fairing", "no such module on launcher at this point"),
    ('fairing = "fairing"', 'fairing = "core"', ".fairing", "core is the launch's core already; each of boosters, core,"),
    ('upper = { module = "second_stage"', 'upper = { module = "core"', ".upper", "core is the launch's core already"),
    ('craft = "launcher"', 'craft = "rocket"', ".craft", "no such craft at this point"),
    ('vertical_rise = { value = "12 s"', 'vertical_rise = { value = "12 m"', ".vertical_rise", "is not a duration"),
    ('turn_in_a_second = { value = "2 deg"', 'turn_in_a_second = { value = "0 deg"', "", "must be above 0 deg"),
]


@pytest.mark.parametrize(("old", "new", "key", "why"), WRONG)
def test_parts_that_cannot_be_are_refused(old: str, new: str, key: str, why: str) -> None:
    found = problems(in_phase("launch", old, new))
    assert any(line.startswith(PLACES["launch"] + key) and why in line for line in found), found


def test_what_was_left_behind_is_not_on_the_craft_that_goes_on() -> None:
    found = only_problem(in_phase("transfer", 'module = "second_stage"', 'module = "core"'))
    assert found.startswith(f'{PLACES["transfer"]}.module = "core": no such module on launcher at this point; joined now: ascender, ')


def test_a_launcher_without_a_payload_is_refused() -> None:
    text = f"""[mission]
name = "empty"
{table_text("sites.launch")}
[goals]
liftoff = {{ value = "2024-05-03T09:27:29Z", source = "facts T4" }}
capture = {{ value = "2024-05-08T02:12:00Z", source = "facts T7" }}
capture_tolerance = {{ value = "15 min", source = "assumed: a test" }}
{"".join(table_text(f"modules.{name}") + chr(10) for name in ("boosters", "core", "second_stage", "fairing"))}
{table_text("start").replace(', "orbiter", "returner", "lander", "ascender", "icube_q"', "")}
{phase_text("launch")}
{phase_text("transfer")}
"""
    assert only_problem(text) == 'phases[0].craft = "launcher": launcher has nothing to launch; join a payload to it'


def test_no_launch_from_an_orbit_of_the_moon() -> None:
    text = CHANGE6.replace("[start]", "[crafts.launcher]")
    assert any(line.startswith('phases[0].kind = "launch": no launch in a mission of [crafts]') for line in problems(text))
