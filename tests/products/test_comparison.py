"""Two flights side by side: what a file says otherwise, and what that did; what is the same is not told."""

from dataclasses import replace

import pytest

from farside.mission import MissionError
from farside.phases.leg import Outcome
from farside.products import write_flight
from farside.products.comparison import compare, comparison_record, read_side
from farside.products.comparison_lines import comparison_lines
from farside.products.declared_changes import declared_changes, difference, span
from farside.products.recorded import FolderError
from landing_text import CHANGE3, edited


def test_layout_comments_and_sources_are_no_changes():
    assert declared_changes(CHANGE3, "# another comment\n" + CHANGE3.replace("assumed: ", "assumed:  ")) == []


def test_a_value_is_told_with_what_stands_there():
    (change,) = declared_changes(CHANGE3, edited(CHANGE3, "tilt_max", "8 deg", "9.5 deg"))
    assert (change.group, change.key) == ("phases", "phases.descent.tilt_max")
    assert (change.a, change.b, change.difference) == ("8 deg", "9.5 deg", "+1.5 deg")


def test_a_phase_that_only_one_has_is_one_change():
    until = 'until = { after = { value = "1 h", source = "assumed: test" } }'
    added = f'\n[[phases]]\nname = "wait"\nkind = "coast"\ncraft = "lander"\n{until}\n'
    found = declared_changes(CHANGE3, CHANGE3 + added)
    assert [(change.key, change.a, change.b, change.difference) for change in found] == [
        ("phases", "descent", "descent, wait", "+wait"), ("phases.wait", None, "coast", ""),
    ]  # fmt: skip
    back = declared_changes(CHANGE3 + added, CHANGE3)
    assert [(change.a, change.b) for change in back] == [("descent, wait", "descent"), ("coast", None)]


def test_groups_come_in_order_and_keys_as_in_the_files():
    text = CHANGE3.replace("[environment]", "[terrain]\nfile = 'x'\n\n[environment]").replace('name = "change3_landing"', 'name = "other"')
    found = declared_changes(CHANGE3, edited(text, "tilt_max", "8 deg", "9 deg"))
    assert [change.group for change in found] == ["surroundings", "phases", "mission"]


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        ("3000 N", "3500 N", "+500 N"),
        ("-41.6385 deg", "-40.6385 deg", "+1 deg"),
        ("3000 N", "3 kN", ""),
        ("2024-06-01T22:23:00Z", "2024-06-03T00:23:00Z", "+1 d 02:00:00"),
        ("2024-06-01T22:23:00Z", "2024-06-01T22:22:30.5Z", "-29.500 s"),
        ("retrograde", "prograde", ""),
    ],
)
def test_a_difference_is_told_where_it_is_a_number(a, b, told):
    assert difference(a, b) == told


def test_spans():
    assert [span(seconds, 1) for seconds in (-0.04, 119.96, 120.0, -3600.0, 86400.0 + 61.0)] == [
        "+0.0 s", "+120.0 s", "+00:02:00", "-01:00:00", "+1 d 00:01:01",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def folders(flight, tmp_path_factory):
    """A flight, and one that ends early and whose last craft burned more: read back."""
    root = tmp_path_factory.mktemp("two")
    legs = list(flight.legs)
    burn = legs[5].burns[0]
    legs[5] = replace(legs[5], burns=(replace(burn, delta_v_m_s=burn.delta_v_m_s + 12.5, propellant_kg=burn.propellant_kg + 3.0),))
    late = legs[7].events[0]
    legs[7] = replace(legs[7], events=(replace(late, epoch_s=late.epoch_s + 90.0, mass_kg=late.mass_kg - 3.0),))
    other = replace(flight, legs=tuple(legs[:-1]), outcome=Outcome.PROPELLANT_EXHAUSTED, advice="carry 23 kg more")
    write_flight(flight, root / "a")
    write_flight(other, root / "b")
    return read_side(root / "a"), read_side(root / "b"), root


def test_a_flight_is_the_same_as_itself(folders):
    found = compare(folders[0], folders[0])
    assert found.same_flight
    assert comparison_lines(found)[-1] == "the answers are the same, to the last digit"


def test_answers_differ_where_they_do(folders):
    found = compare(*folders[:2])
    record = comparison_record(found)
    assert record["declared"] is None, "synthetic missions have no file"
    answers = record["answers"]
    assert not answers["same_flight"] and answers["flight"]["b"]["outcome"] == "propellant exhausted"
    burns = {burn["burn"]: burn["b_less_a"] for burn in answers["burns"]}
    assert burns["loi_1"] == {"ignition_tdb_s": 0.0, "delta_v_m_s": pytest.approx(12.5), "propellant_kg": pytest.approx(3.0)}
    assert burns["tli"]["delta_v_m_s"] == 0.0
    events = {event["event"]: event["b_less_a"] for event in answers["events"]}
    assert events["lander_separation"] == {"epoch_tdb_s": 90.0, "met_s": 90.0, "mass_kg": pytest.approx(-3.0)}
    lines = comparison_lines(found)
    assert "what was declared is not compared: a folder has no mission.toml" in lines
    assert any(line.endswith("propellant exhausted; carry 23 kg more") for line in lines)
    assert [line.split()[0] for line in lines if "+12.50" in line] == ["loi_1"]
    assert next(line.split() for line in lines if "lander_separation" in line)[5:] == ["+90.0", "s", "-3.00"]
    assert "tli" not in " ".join(lines)


def test_what_only_one_has_stands_alone(folders, flight):
    a = folders[0]
    b = replace(a, events=a.events[1:], record={**a.record, "flight_digest": "0"})
    (alone,) = (pair for pair in compare(a, b).events if pair.b is None)
    assert alone.what == a.events[0]["event"] and alone.more("met_s") is None
    twice = replace(a, events=(*a.events, a.events[0]), record=b.record)
    assert [pair.what for pair in compare(a, twice).events if pair.a is None] == [f"{a.events[0]['event']} (2)"]


def test_a_flight_that_begins_later_is_compared_since_its_start(folders):
    a = folders[0]
    later = [{**event, "epoch_tdb_s": event["epoch_tdb_s"] + 86400.0} for event in a.events]
    legs = [{**leg, "start_tdb_s": leg["start_tdb_s"] + 86400.0} for leg in a.record["legs"]]
    lines = comparison_lines(compare(a, replace(a, events=later, record={**a.record, "legs": legs, "flight_digest": "0"})))
    assert "events, all epochs of B less +1 d 00:00:00" in lines
    assert f"  {len(later)} others are as long after the start, within half a second, and as heavy" in lines


def test_missions_are_compared_without_flying(tmp_path):
    (tmp_path / "a.toml").write_text(CHANGE3, encoding="utf-8")
    (tmp_path / "b.toml").write_text(edited(CHANGE3, "tilt_max", "8 deg", "9 deg"), encoding="utf-8")
    found = compare(*(read_side(tmp_path / name) for name in ("a.toml", "b.toml")))
    lines = comparison_lines(found)
    assert "declared otherwise: 1 key" in lines
    assert lines[-1].startswith("answers are not compared: both are mission files")
    assert comparison_record(found)["answers"] is None


def test_what_is_neither_is_refused(tmp_path):
    with pytest.raises(FolderError, match=r"flight.json is missing"):
        read_side(tmp_path)
    (tmp_path / "x.toml").write_text("[mission]\n", encoding="utf-8")
    with pytest.raises(MissionError):
        read_side(tmp_path / "x.toml")
    for name in ("flight.json", "events.json", "burns.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(FolderError, match="another version"):
        read_side(tmp_path)
