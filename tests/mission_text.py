"""Mission texts for tests: `missions/change6.toml` with one edit. The file is good, so what is found is the edit."""

from __future__ import annotations

import pathlib
import re
import tomllib

import pytest

from farside.mission import MissionError, from_text

MISSIONS = pathlib.Path(__file__).parents[1] / "missions"
CHANGE6 = (MISSIONS / "change6.toml").read_text(encoding="utf-8")
PLACES = {phase["name"]: f"phases[{index}]" for index, phase in enumerate(tomllib.loads(CHANGE6)["phases"])}
"""Where each phase of Chang'e-6 stands, as messages write it."""


def edited(old: str, new: str, text: str = CHANGE6) -> str:
    """The text with the one place where `old` stands changed."""
    assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
    return text.replace(old, new)


def phase_text(name: str, text: str = CHANGE6) -> str:
    """The text of one phase."""
    found = re.search(rf'\[\[phases\]\]\nname = "{name}"\n.*?(?=\n\[\[phases\]\]|\Z)', text, re.DOTALL)
    assert found is not None
    return found[0]


def without(*names: str, text: str = CHANGE6) -> str:
    """The text without some of its phases."""
    for name in names:
        text = edited(phase_text(name, text), "", text)
    return text


def in_phase(name: str, old: str, new: str, text: str = CHANGE6) -> str:
    """The text with an edit within one phase."""
    return edited(phase_text(name, text), edited(old, new, phase_text(name, text)), text)


def problems(text: str) -> list[str]:
    """All that is wrong with a mission text, as printed."""
    with pytest.raises(MissionError) as refused:
        from_text(text, "x.toml")
    lines = str(refused.value).splitlines()
    assert all(line.startswith("x.toml: ") for line in lines)
    return [line.removeprefix("x.toml: ") for line in lines]


def only_problem(text: str) -> str:
    """The one thing wrong with a mission text."""
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def place(name: str, text: str) -> str:
    """Where a phase stands in a text, as messages write it."""
    return f"phases[{[phase['name'] for phase in tomllib.loads(text)['phases']].index(name)}]"


def table_text(head: str) -> str:
    """The text of one table of Chang'e-6 and of the tables within it."""
    found = re.search(rf"^\[{re.escape(head)}\].*?(?=^\[(?!{re.escape(head)}\.)|^# |\Z)", CHANGE6, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[0].rstrip()


def craft_text(name: str, modules: str, anomaly: str) -> str:
    """A craft in the orbit that Chang'e-6 has a day before its touchdown, to a kilometre and a degree."""
    numbers = {
        "epoch": "2024-06-01T12:00:00Z",
        "perilune_altitude": "195 km",
        "apolune_altitude": "210 km",
        "inclination": "137 deg",
        "node": "254 deg",
        "argument_of_perilune": "60 deg",
        "mean_anomaly": anomaly,
    }
    lines = [f'{key} = {{ value = "{value}", source = "assumed: for tests" }}' for key, value in numbers.items()]
    return "\n".join([f"[crafts.{name}]", f"modules = {modules}", *lines])


LUNAR = "descent surface ascender_release ascent phasing rendezvous docking hand_over ascender_separation disposal".split()  # noqa: SIM905
"""The phases of Chang'e-6 from landing to the ascender's end."""
ORBITER = craft_text("orbiter", '["orbiter", "returner"]', "10 deg")
LANDER = craft_text("lander", '["lander", "ascender"]', "350 deg")
GOALS = "\n".join(line for line in table_text("goals").splitlines() if line.startswith(("[goals]", "touchdown", "lift_off", "lunar_orbit")))
AT_THE_MOON = "\n\n".join(
    [
        '[mission]\nname = "at_the_moon"',
        table_text("sites.landing"),
        GOALS,
        *(table_text(f"modules.{name}") for name in ("orbiter", "returner", "lander", "ascender")),
        ORBITER,
        LANDER,
        *(phase_text(name) for name in LUNAR),
    ]
)
"""Landing, ascent and docking of Chang'e-6 as a mission that begins in orbit of the Moon."""
