"""Entries alone: the files of capsules that flew, what they give, what a file must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.phases.entry_alone import EntryError, end_of, fly_alone, read_alone
from farside.phases.leg import Leg, Outcome

ENTRIES = Path(__file__).parents[2] / "missions" / "entries"
FILES = sorted(path.stem for path in ENTRIES.glob("*.toml"))


def flown(name: str) -> Leg:
    return fly_alone(read_alone(ENTRIES / f"{name}.toml"))


@pytest.mark.parametrize("name", FILES)
def test_every_entry_comes_down_to_its_gate(name: str) -> None:
    alone, leg = read_alone(ENTRIES / f"{name}.toml"), flown(name)
    assert leg.outcome is Outcome.DONE, leg.advice
    assert end_of(leg).altitude_m == pytest.approx(alone.entry.gate_altitude_m, abs=1.0)
    assert leg.events[0].name == "first_peak_load"


def test_what_was_published_of_stardust() -> None:
    """The tolerances are those of tests/guidance/test_entries_flown.py, where they are explained."""
    alone, leg = read_alone(ENTRIES / "stardust.toml"), flown("stardust")
    assert {p.what: p.value for p in alone.published}["peak load"] == "32.89 g"
    assert leg.events[0].data["load_g"] == pytest.approx(32.89, rel=0.03)
    assert end_of(leg).seconds == pytest.approx(137.9, abs=2.0)


def test_apollo_10_and_change_6_come_to_their_places() -> None:
    assert end_of(flown("apollo10")).latitude_deg == pytest.approx(-15.4121, abs=0.02)  # 2 km
    assert end_of(flown("apollo10")).longitude_deg == pytest.approx(194.8501, abs=0.02)
    names = [event.name for event in flown("change6").events]
    assert names == ["first_peak_load", "skip_exit", "skip_apogee", "second_entry", "second_peak_load"]


def test_a_dispersed_entry_is_another_one_and_the_same_again() -> None:
    alone = read_alone(ENTRIES / "change6.toml")
    one, again, other = (fly_alone(alone, run) for run in (1, 1, 2))
    assert one.end_s == again.end_s != other.end_s


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('value = "12.9 km/s"', 'value = "12.9 km"', "begins.speed"),
        ("[begins]", "[begin]", "begins: required, and missing"),
        ('kind = "constant_bank"', 'kind = "luck"', "entry.guidance"),
        ('aeroshell = "stardust"', 'aeroshell = "brick"', "no aeroshell 'brick'"),
        ('wind = "calm"', 'miss_max = { value = "2 km", source = "x" }', "need an"),
        ("[begins]", "[[[", "Invalid"),
    ],
)
def test_a_file_that_is_no_entry_is_told_why(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = (ENTRIES / "stardust.toml").read_text()
    assert old in text
    path = tmp_path / "entry.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(EntryError, match=words):
        read_alone(path)


def test_a_mission_is_no_entry_alone() -> None:
    with pytest.raises(EntryError, match=r"this is a mission; `farside fly .*change6\.toml` flies it"):
        read_alone(ENTRIES.parent / "change6.toml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EntryError, match="No such file"):
        read_alone(tmp_path / "none.toml")
