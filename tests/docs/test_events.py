"""docs/events.md knows every event that flights tell and every key of its data, and none that nothing tells."""

from __future__ import annotations

import ast
import re

import pytest
from happenings import BURN, ORBIT, Seen, alone, counted, data_of, names, row_of, seen_in, told_by_sources, written
from pages import read

from farside.flight import Flight

RENEW = "`python builders/make_events.py` writes docs/events.md anew"


@pytest.fixture(scope="module")
def seen(flights: dict[str, Flight]) -> dict[str, Seen]:
    return seen_in(flights.values())


def test_every_event_has_its_row_and_every_row_its_event(seen: dict[str, Seen]) -> None:
    assert set(written()) == set(seen), RENEW
    assert all(row.meaning for row in written().values()), "a row without a meaning"


def test_who_tells_it_and_its_data_are_as_flown(seen: dict[str, Seen]) -> None:
    page = read("docs/events.md")
    missing = [row for name, row in written().items() if row_of(name, seen[name], row.meaning) not in page]
    assert not missing, RENEW


def test_every_key_of_data_is_explained(seen: dict[str, Seen]) -> None:
    files = read("docs/files.md").split("### data of events\n", 1)[1].split("\n## ", 1)[0]
    explained = set(re.findall(r"^\| `(\w+)` \|", files, re.MULTILINE))
    assert {key for one in seen.values() for key in one.keys} | {"height_above_site_m"} == explained


def test_a_flight_that_fails_is_among_them() -> None:
    assert {flight.outcome.value for flight in alone()} >= {"done", "impact", "no light"}


def test_the_sources_are_read() -> None:
    """Names that are written out, in a format, or numbered; what only a rare flight tells is among them."""
    told = told_by_sources()
    assert {"drogue_torn", "main_torn", "hold_N", "skip_apogee", "first_peak_load", "scooping"} <= set(told)
    assert told["drogue_torn"].keys == {"load_n", "load_limit_n"}
    call = ast.parse('course.note(f"{name}_torn", load_n=1.0)').body[0]
    assert isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)
    assert list(names(call.value)) == ["drogue_torn", "main_torn"]


def test_names_and_keys_as_they_are_written() -> None:
    assert [counted(name) for name in ("loi_2", "trim_1_3", "second_entry", "hold_10")] == ["loi_N", "trim_N_N", "second_entry", "hold_N"]
    assert data_of({*BURN, *ORBIT, "plane_change_deg"}) == "burn, orbit, `plane_change_deg`"
    assert data_of(BURN - {"cutoff_utc"}) == "`delta_v_m_s`, `duration_s`, `ignition_mass_kg`, `propellant_kg`"
